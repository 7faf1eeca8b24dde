//! C-MOVE, PS3.7 section 9.3.4.

use lightcase_model::{AeTitle, Uid};

use super::set::{CommandSet, DATA_SET, element};
use super::{
    Command, CommandError, Comment, Priority, RESPONSE, RefusedRq, SubOperations, data_set_type,
};
use crate::Status;

pub(super) const RQ: u16 = 0x0021;
pub(super) const RSP: u16 = RQ | RESPONSE;

/// C-MOVE-RQ. Its data set is the identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CMoveRq {
    /// Message ID (0000,0110).
    pub message_id: u16,
    /// Affected SOP Class UID (0000,0002), where the requestor gave a valid one; it is that of the
    /// presentation context.
    pub affected_class: Option<Uid>,
    /// Priority (0000,0700).
    pub priority: Priority,
    /// Move Destination (0000,0600).
    pub destination: AeTitle,
}

/// C-MOVE-RSP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CMoveRsp {
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

impl CMoveRq {
    /// A request without a valid destination becomes [`Command::Refused`].
    pub(super) fn read(set: &CommandSet) -> Result<Command, CommandError> {
        let message_id = set.required(element::MESSAGE_ID, "Message ID (0000,0110)")?;
        let destination = set.text(element::MOVE_DESTINATION).unwrap_or_default();
        let Ok(destination) = AeTitle::parse(&destination) else {
            let why = "Move Destination is not a valid AE title";
            let refused = RefusedRq::because(RQ, set, Status::MOVE_DESTINATION_UNKNOWN, why);
            return refused.map(Command::Refused);
        };
        Ok(Command::CMoveRq(Self {
            message_id,
            affected_class: set.class(),
            priority: Priority::of(set.number(element::PRIORITY)),
            destination,
        }))
    }

    /// The command set.
    pub fn encode(&self) -> Vec<u8> {
        CommandSet::default()
            .with_class(self.affected_class.as_ref())
            .with_number(element::COMMAND_FIELD, RQ)
            .with_number(element::MESSAGE_ID, self.message_id)
            .with_number(element::PRIORITY, self.priority.code())
            .with_title(element::MOVE_DESTINATION, &self.destination)
            .with_number(element::COMMAND_DATA_SET_TYPE, DATA_SET)
            .encode()
    }
}

impl CMoveRsp {
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
    use crate::Decoded;

    #[test]
    fn a_move_without_a_destination_is_refused_and_the_association_lives() {
        let set = CommandSet::default()
            .with_number(element::COMMAND_FIELD, RQ)
            .with_number(element::MESSAGE_ID, 4)
            .with_number(element::COMMAND_DATA_SET_TYPE, DATA_SET);
        let Command::Refused(refused) = Command::decode(&set.encode()).unwrap().command else {
            panic!("it is taken");
        };
        assert_eq!(refused.status, Status::MOVE_DESTINATION_UNKNOWN);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            message_id: u16, status: u16, data_set: bool,
            counts in proptest::option::of(any::<(Option<u16>, u16, u16, u16)>()),
        ) {
            let affected_class = None;
            let priority = Priority::Medium;
            let destination = AeTitle::parse("STATION").unwrap();
            let rq = CMoveRq { message_id, affected_class: None, priority, destination };
            let decoded = Command::decode(&rq.encode()).unwrap();
            prop_assert_eq!(decoded, Decoded { command: Command::CMoveRq(rq), data_set: true });
            let sub_operations = counts.map(|(remaining, completed, failed, warning)| {
                SubOperations { remaining, completed, failed, warning }
            });
            let comment = Some(Comment::new("why"));
            let status = Status::from_code(status);
            let rsp = CMoveRsp { message_id, affected_class, status, comment, sub_operations };
            let decoded = Command::decode(&rsp.encode(data_set)).unwrap();
            prop_assert_eq!(decoded, Decoded { command: Command::CMoveRsp(rsp), data_set });
        }
    }
}
