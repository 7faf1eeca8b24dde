//! C-FIND, PS3.7 section 9.3.2.

use lightcase_model::Uid;

use super::set::{CommandSet, DATA_SET, element};
use super::{CommandError, Comment, Priority, RESPONSE, data_set_type};
use crate::Status;

pub(super) const RQ: u16 = 0x0020;
pub(super) const RSP: u16 = RQ | RESPONSE;

/// C-FIND-RQ. Its data set is the identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CFindRq {
    /// Message ID (0000,0110).
    pub message_id: u16,
    /// Affected SOP Class UID (0000,0002), where the requestor gave a valid one; it is that of the
    /// presentation context.
    pub affected_class: Option<Uid>,
    /// Priority (0000,0700).
    pub priority: Priority,
}

/// C-FIND-RSP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CFindRsp {
    /// Message ID Being Responded To (0000,0120).
    pub message_id: u16,
    /// Affected SOP Class UID (0000,0002), where the responder gave a valid one.
    pub affected_class: Option<Uid>,
    /// Status (0000,0900).
    pub status: Status,
    /// Error Comment (0000,0902).
    pub comment: Option<Comment>,
}

impl CFindRq {
    pub(super) fn read(set: &CommandSet) -> Result<Self, CommandError> {
        Ok(Self {
            message_id: set.required(element::MESSAGE_ID, "Message ID (0000,0110)")?,
            affected_class: set.class(),
            priority: Priority::of(set.number(element::PRIORITY)),
        })
    }

    /// The command set.
    pub fn encode(&self) -> Vec<u8> {
        CommandSet::default()
            .with_class(self.affected_class.as_ref())
            .with_number(element::COMMAND_FIELD, RQ)
            .with_number(element::MESSAGE_ID, self.message_id)
            .with_number(element::PRIORITY, self.priority.code())
            .with_number(element::COMMAND_DATA_SET_TYPE, DATA_SET)
            .encode()
    }
}

impl CFindRsp {
    pub(super) fn read(set: &CommandSet) -> Result<Self, CommandError> {
        let (message_id, status) = set.answered()?;
        Ok(Self { message_id, affected_class: set.class(), status, comment: set.comment() })
    }

    /// The command set; `identifier` says whether a data set follows.
    pub fn encode(&self, identifier: bool) -> Vec<u8> {
        CommandSet::default()
            .with_class(self.affected_class.as_ref())
            .with_number(element::COMMAND_FIELD, RSP)
            .with_number(element::MESSAGE_ID_BEING_RESPONDED_TO, self.message_id)
            .with_number(element::COMMAND_DATA_SET_TYPE, data_set_type(identifier))
            .with_number(element::STATUS, self.status.code())
            .with_comment(self.comment.as_ref())
            .encode()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Command, Decoded};

    proptest! {
        #[test]
        fn what_is_written_is_read(
            message_id: u16, status: u16, code in 0_u16..3, data_set: bool,
            class in proptest::option::of("1(\\.[1-9][0-9]{0,8}){1,5}"),
        ) {
            let affected_class = class.map(|uid| Uid::parse(&uid).unwrap());
            let priority = Priority::of(Some(code));
            let rq = CFindRq { message_id, affected_class: affected_class.clone(), priority };
            let decoded = Command::decode(&rq.encode()).unwrap();
            prop_assert_eq!(decoded, Decoded { command: Command::CFindRq(rq), data_set: true });
            let status = Status::from_code(status);
            let rsp = CFindRsp { message_id, affected_class, status, comment: None };
            let decoded = Command::decode(&rsp.encode(data_set)).unwrap();
            prop_assert_eq!(decoded, Decoded { command: Command::CFindRsp(rsp), data_set });
        }
    }
}
