//! DIMSE commands, PS3.7 chapter 9: one file per command.

mod c_cancel;
mod c_echo;
mod c_find;
mod c_get;
mod c_move;
mod c_store;
mod comment;
mod n_action;
mod n_event_report;
mod refused;
mod set;
mod sub_operations;

pub use c_cancel::CCancelRq;
pub use c_echo::{CEchoRq, CEchoRsp};
pub use c_find::{CFindRq, CFindRsp};
pub use c_get::{CGetRq, CGetRsp};
pub use c_move::{CMoveRq, CMoveRsp};
pub use c_store::{CStoreRq, CStoreRsp, MoveOriginator, Priority};
pub use comment::Comment;
pub use n_action::{NActionRq, NActionRsp};
pub use n_event_report::{NEventReportRq, NEventReportRsp};
pub use refused::RefusedRq;
pub use sub_operations::SubOperations;

use set::{CommandSet, DATA_SET, NO_DATA_SET, element};

/// The longest command set taken, in bytes. The longest a peer needs is under 1 KiB.
pub(crate) const COMMAND_LIMIT: usize = 16 * 1024;

/// The bit that makes a request's Command Field that of its response.
const RESPONSE: u16 = 0x8000;

/// Command Data Set Type (0000,0800) of a message with or without a data set.
const fn data_set_type(follows: bool) -> u16 {
    if follows { DATA_SET } else { NO_DATA_SET }
}

/// A command set that is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The bytes end inside an element.
    #[error("the command set is cut off")]
    CutOff,
    /// An element of another group.
    #[error("the command set has an element outside group 0000")]
    Group,
    /// The same element twice.
    #[error("the command set has an element twice")]
    Doubled,
    /// An element without which the message cannot be answered.
    #[error("the command set has no valid {0}")]
    Missing(&'static str),
}

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// C-ECHO-RQ.
    CEchoRq(CEchoRq),
    /// C-ECHO-RSP.
    CEchoRsp(CEchoRsp),
    /// C-STORE-RQ.
    CStoreRq(CStoreRq),
    /// C-STORE-RSP.
    CStoreRsp(CStoreRsp),
    /// C-FIND-RQ.
    CFindRq(CFindRq),
    /// C-FIND-RSP.
    CFindRsp(CFindRsp),
    /// C-GET-RQ.
    CGetRq(CGetRq),
    /// C-GET-RSP.
    CGetRsp(CGetRsp),
    /// C-MOVE-RQ.
    CMoveRq(CMoveRq),
    /// C-MOVE-RSP.
    CMoveRsp(CMoveRsp),
    /// N-ACTION-RQ.
    NActionRq(NActionRq),
    /// N-ACTION-RSP.
    NActionRsp(NActionRsp),
    /// N-EVENT-REPORT-RQ.
    NEventReportRq(NEventReportRq),
    /// N-EVENT-REPORT-RSP.
    NEventReportRsp(NEventReportRsp),
    /// C-CANCEL-RQ.
    CCancelRq(CCancelRq),
    /// A request that is answered with a failure, whatever the service.
    Refused(RefusedRq),
}

/// A command as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The command.
    pub command: Command,
    /// Whether a data set follows.
    pub data_set: bool,
}

impl Command {
    /// Reads a command set.
    pub fn decode(bytes: &[u8]) -> Result<Decoded, CommandError> {
        let set = CommandSet::decode(bytes)?;
        let field = set.required(element::COMMAND_FIELD, "Command Field (0000,0100)")?;
        let kind =
            set.required(element::COMMAND_DATA_SET_TYPE, "Command Data Set Type (0000,0800)")?;
        let command = match field {
            c_echo::RQ => CEchoRq::read(&set).map(Self::CEchoRq)?,
            c_echo::RSP => CEchoRsp::read(&set).map(Self::CEchoRsp)?,
            c_store::RQ => CStoreRq::read(&set)?,
            c_store::RSP => CStoreRsp::read(&set).map(Self::CStoreRsp)?,
            c_find::RQ => CFindRq::read(&set).map(Self::CFindRq)?,
            c_find::RSP => CFindRsp::read(&set).map(Self::CFindRsp)?,
            c_get::RQ => CGetRq::read(&set).map(Self::CGetRq)?,
            c_get::RSP => CGetRsp::read(&set).map(Self::CGetRsp)?,
            c_move::RQ => CMoveRq::read(&set)?,
            c_move::RSP => CMoveRsp::read(&set).map(Self::CMoveRsp)?,
            n_action::RQ => NActionRq::read(&set).map(Self::NActionRq)?,
            n_action::RSP => NActionRsp::read(&set).map(Self::NActionRsp)?,
            n_event_report::RQ => NEventReportRq::read(&set).map(Self::NEventReportRq)?,
            n_event_report::RSP => NEventReportRsp::read(&set).map(Self::NEventReportRsp)?,
            c_cancel::RQ => CCancelRq::read(&set).map(Self::CCancelRq)?,
            _ => RefusedRq::unrecognized(field, &set).map(Self::Refused)?,
        };
        Ok(Decoded { command, data_set: kind != NO_DATA_SET })
    }

    /// The name of the message, for logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CEchoRq(_) => "C-ECHO-RQ",
            Self::CEchoRsp(_) => "C-ECHO-RSP",
            Self::CStoreRq(_) => "C-STORE-RQ",
            Self::CStoreRsp(_) => "C-STORE-RSP",
            Self::CFindRq(_) => "C-FIND-RQ",
            Self::CFindRsp(_) => "C-FIND-RSP",
            Self::CGetRq(_) => "C-GET-RQ",
            Self::CGetRsp(_) => "C-GET-RSP",
            Self::CMoveRq(_) => "C-MOVE-RQ",
            Self::CMoveRsp(_) => "C-MOVE-RSP",
            Self::NActionRq(_) => "N-ACTION-RQ",
            Self::NActionRsp(_) => "N-ACTION-RSP",
            Self::NEventReportRq(_) => "N-EVENT-REPORT-RQ",
            Self::NEventReportRsp(_) => "N-EVENT-REPORT-RSP",
            Self::CCancelRq(_) => "C-CANCEL-RQ",
            Self::Refused(_) => "a request that is refused",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(set: &CommandSet, expected: CommandError) {
        assert_eq!(Command::decode(&set.encode()), Err(expected));
    }

    #[test]
    fn a_command_needs_what_makes_it_answerable() {
        let set = CommandSet::default();
        check(&set, CommandError::Missing("Command Field (0000,0100)"));
        let set = set.with_number(element::COMMAND_FIELD, c_echo::RQ);
        check(&set, CommandError::Missing("Command Data Set Type (0000,0800)"));
        let set = set.with_number(element::COMMAND_DATA_SET_TYPE, NO_DATA_SET);
        check(&set, CommandError::Missing("Message ID (0000,0110)"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            drop(Command::decode(&bytes));
        }
    }
}
