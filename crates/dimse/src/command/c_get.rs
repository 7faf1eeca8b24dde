//! C-GET, PS3.7 section 9.3.3.

use lightcase_model::Uid;

use super::set::{CommandSet, DATA_SET, element};
use super::{CommandError, Comment, Priority, RESPONSE, SubOperations, data_set_type};
use crate::Status;

pub(super) const RQ: u16 = 0x0010;
pub(super) const RSP: u16 = RQ | RESPONSE;

/// C-GET-RQ. Its data set is the identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CGetRq {
    /// Message ID (0000,0110).
    pub message_id: u16,
    /// Affected SOP Class UID (0000,0002), where the requestor gave a valid one; it is that of the
    /// presentation context.
    pub affected_class: Option<Uid>,
    /// Priority (0000,0700).
    pub priority: Priority,
}

/// C-GET-RSP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CGetRsp {
    /// Message ID Being Responded To (0000,0120).
    pub message_id: u16,
    /// Affected SOP Class UID (0000,0002), where the responder gave a valid one.
    pub affected_class: Option<Uid>,
    /// Status (0000,0900).
    pub status: Status,
    /// Error Comment (0000,0902).
    pub comment: Option<Comment>,
    /// How far it is; absent where nothing was begun.
    pub sub_operations: Option<SubOperations>,
}

impl CGetRq {
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

impl CGetRsp {
    pub(super) fn read(set: &CommandSet) -> Result<Self, CommandError> {
        let (message_id, status) = set.answered()?;
        Ok(Self {
            message_id,
            affected_class: set.class(),
            status,
            comment: set.comment(),
            sub_operations: SubOperations::read(set),
        })
    }

    /// The command set; `identifier` says whether a data set, the Failed SOP Instance UID List,
    /// follows.
    pub fn encode(&self, identifier: bool) -> Vec<u8> {
        CommandSet::default()
            .with_class(self.affected_class.as_ref())
            .with_number(element::COMMAND_FIELD, RSP)
            .with_number(element::MESSAGE_ID_BEING_RESPONDED_TO, self.message_id)
            .with_number(element::COMMAND_DATA_SET_TYPE, data_set_type(identifier))
            .with_number(element::STATUS, self.status.code())
            .with_comment(self.comment.as_ref())
            .with_sub_operations(self.sub_operations)
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
            message_id: u16, status: u16, data_set: bool,
            counts in proptest::option::of(any::<(Option<u16>, u16, u16, u16)>()),
        ) {
            let affected_class = None;
            let priority = Priority::Medium;
            let rq = CGetRq { message_id, affected_class: affected_class.clone(), priority };
            let decoded = Command::decode(&rq.encode()).unwrap();
            prop_assert_eq!(decoded, Decoded { command: Command::CGetRq(rq), data_set: true });
            let sub_operations = counts.map(|(remaining, completed, failed, warning)| {
                SubOperations { remaining, completed, failed, warning }
            });
            let comment = Some(Comment::new("why"));
            let status = Status::from_code(status);
            let rsp = CGetRsp { message_id, affected_class, status, comment, sub_operations };
            let decoded = Command::decode(&rsp.encode(data_set)).unwrap();
            prop_assert_eq!(decoded, Decoded { command: Command::CGetRsp(rsp), data_set });
        }
    }
}
