//! C-ECHO, PS3.7 section 9.3.5.

use super::set::{CommandSet, NO_DATA_SET, element};
use super::{CommandError, RESPONSE};
use crate::Status;
use crate::syntax::VERIFICATION;

pub(super) const RQ: u16 = 0x0030;
pub(super) const RSP: u16 = RQ | RESPONSE;

/// C-ECHO-RQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CEchoRq {
    /// Message ID (0000,0110).
    pub message_id: u16,
}

/// C-ECHO-RSP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CEchoRsp {
    /// Message ID Being Responded To (0000,0120).
    pub message_id: u16,
    /// Status (0000,0900).
    pub status: Status,
}

impl CEchoRq {
    pub(super) fn read(set: &CommandSet) -> Result<Self, CommandError> {
        let message_id = set.required(element::MESSAGE_ID, "Message ID (0000,0110)")?;
        Ok(Self { message_id })
    }

    /// The command set.
    pub fn encode(&self) -> Vec<u8> {
        CommandSet::default()
            .with_uid(element::AFFECTED_SOP_CLASS_UID, VERIFICATION)
            .with_number(element::COMMAND_FIELD, RQ)
            .with_number(element::MESSAGE_ID, self.message_id)
            .with_number(element::COMMAND_DATA_SET_TYPE, NO_DATA_SET)
            .encode()
    }
}

impl CEchoRsp {
    pub(super) fn read(set: &CommandSet) -> Result<Self, CommandError> {
        let (message_id, status) = set.answered()?;
        Ok(Self { message_id, status })
    }

    /// The command set.
    pub fn encode(&self) -> Vec<u8> {
        CommandSet::default()
            .with_uid(element::AFFECTED_SOP_CLASS_UID, VERIFICATION)
            .with_number(element::COMMAND_FIELD, RSP)
            .with_number(element::MESSAGE_ID_BEING_RESPONDED_TO, self.message_id)
            .with_number(element::COMMAND_DATA_SET_TYPE, NO_DATA_SET)
            .with_number(element::STATUS, self.status.code())
            .encode()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, Decoded};
    use proptest::prelude::*;

    fn check(bytes: &[u8], command: Command) {
        assert_eq!(Command::decode(bytes), Ok(Decoded { command, data_set: false }));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(message_id: u16, status: u16) {
            let rq = CEchoRq { message_id };
            check(&rq.encode(), Command::CEchoRq(rq));
            let rsp = CEchoRsp { message_id, status: Status::from_code(status) };
            check(&rsp.encode(), Command::CEchoRsp(rsp));
        }
    }
}
