//! Requests that are answered with a failure before any service sees them: operations nobody here
//! knows, and parameters that break PS3.7.

use super::set::{CommandSet, NO_DATA_SET, element};
use super::{CommandError, Comment, RESPONSE};
use crate::Status;

/// A request to answer with a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRq {
    /// Message ID (0000,0110).
    pub message_id: u16,
    /// What to answer.
    pub status: Status,
    /// Why.
    pub comment: Comment,
    field: u16,
}

impl RefusedRq {
    /// An operation this implementation does not know. A response nobody awaits is no request,
    /// and cannot be answered.
    pub(super) fn unrecognized(field: u16, set: &CommandSet) -> Result<Self, CommandError> {
        if field & RESPONSE != 0 {
            return Err(CommandError::Missing("Command Field (0000,0100)"));
        }
        Self::because(
            field,
            set,
            Status::UNRECOGNIZED_OPERATION,
            "this operation is not offered here",
        )
    }

    pub(super) fn because(
        field: u16,
        set: &CommandSet,
        status: Status,
        why: &str,
    ) -> Result<Self, CommandError> {
        let message_id = set.required(element::MESSAGE_ID, "Message ID (0000,0110)")?;
        Ok(Self { message_id, status, comment: Comment::new(why), field })
    }

    /// The command set of the response.
    pub fn encode_response(&self) -> Vec<u8> {
        CommandSet::default()
            .with_number(element::COMMAND_FIELD, self.field | RESPONSE)
            .with_number(element::MESSAGE_ID_BEING_RESPONDED_TO, self.message_id)
            .with_number(element::COMMAND_DATA_SET_TYPE, NO_DATA_SET)
            .with_number(element::STATUS, self.status.code())
            .with_text(element::ERROR_COMMENT, self.comment.as_str(), b' ')
            .encode()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;

    fn check(field: u16, expected: Option<Status>) {
        let bytes = CommandSet::default()
            .with_number(element::COMMAND_FIELD, field)
            .with_number(element::MESSAGE_ID, 9)
            .with_number(element::COMMAND_DATA_SET_TYPE, NO_DATA_SET)
            .encode();
        let found = Command::decode(&bytes).ok().map(|decoded| {
            let Command::Refused(refused) = decoded.command else { panic!("{decoded:?}") };
            assert_eq!(refused.message_id, 9);
            let set = CommandSet::decode(&refused.encode_response()).unwrap();
            assert_eq!(set.number(element::COMMAND_FIELD), Some(field | RESPONSE));
            refused.status
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn unknown_requests_are_answered_and_unknown_responses_are_not() {
        check(0x0140, Some(Status::UNRECOGNIZED_OPERATION));
        check(0x0150, Some(Status::UNRECOGNIZED_OPERATION));
        check(0x8140, None);
    }
}
