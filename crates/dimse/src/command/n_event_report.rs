//! N-EVENT-REPORT, PS3.7 section 10.3.1.

use lightcase_model::Uid;

use super::set::{CommandSet, element};
use super::{CommandError, Comment, RESPONSE, data_set_type};
use crate::Status;

pub(super) const RQ: u16 = 0x0100;
pub(super) const RSP: u16 = RQ | RESPONSE;

/// N-EVENT-REPORT-RQ. Its data set, if any, is the event information.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NEventReportRq {
    /// Message ID (0000,0110).
    pub message_id: u16,
    /// Affected SOP Class UID (0000,0002), where it is valid.
    pub affected_class: Option<Uid>,
    /// Affected SOP Instance UID (0000,1000), where it is valid.
    pub affected_instance: Option<Uid>,
    /// Event Type ID (0000,1002).
    pub event_type: u16,
}

/// N-EVENT-REPORT-RSP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NEventReportRsp {
    /// Message ID Being Responded To (0000,0120).
    pub message_id: u16,
    /// Affected SOP Class UID (0000,0002), where it is valid.
    pub affected_class: Option<Uid>,
    /// Affected SOP Instance UID (0000,1000), where it is valid.
    pub affected_instance: Option<Uid>,
    /// Event Type ID (0000,1002).
    pub event_type: u16,
    /// Status (0000,0900).
    pub status: Status,
    /// Error Comment (0000,0902).
    pub comment: Option<Comment>,
}

impl NEventReportRq {
    pub(super) fn read(set: &CommandSet) -> Result<Self, CommandError> {
        Ok(Self {
            message_id: set.required(element::MESSAGE_ID, "Message ID (0000,0110)")?,
            affected_class: set.class(),
            affected_instance: set.uid(element::AFFECTED_SOP_INSTANCE_UID),
            event_type: set.number(element::EVENT_TYPE_ID).unwrap_or_default(),
        })
    }

    /// The command set; `information` says whether a data set follows.
    pub fn encode(&self, information: bool) -> Vec<u8> {
        CommandSet::default()
            .with_class(self.affected_class.as_ref())
            .with_number(element::COMMAND_FIELD, RQ)
            .with_number(element::MESSAGE_ID, self.message_id)
            .with_number(element::COMMAND_DATA_SET_TYPE, data_set_type(information))
            .with_valid_uid(element::AFFECTED_SOP_INSTANCE_UID, self.affected_instance.as_ref())
            .with_number(element::EVENT_TYPE_ID, self.event_type)
            .encode()
    }
}

impl NEventReportRsp {
    pub(super) fn read(set: &CommandSet) -> Result<Self, CommandError> {
        let (message_id, status) = set.answered()?;
        Ok(Self {
            message_id,
            affected_class: set.class(),
            affected_instance: set.uid(element::AFFECTED_SOP_INSTANCE_UID),
            event_type: set.number(element::EVENT_TYPE_ID).unwrap_or_default(),
            status,
            comment: set.comment(),
        })
    }

    /// The command set.
    pub fn encode(&self) -> Vec<u8> {
        CommandSet::default()
            .with_class(self.affected_class.as_ref())
            .with_number(element::COMMAND_FIELD, RSP)
            .with_number(element::MESSAGE_ID_BEING_RESPONDED_TO, self.message_id)
            .with_number(element::COMMAND_DATA_SET_TYPE, data_set_type(false))
            .with_number(element::STATUS, self.status.code())
            .with_comment(self.comment.as_ref())
            .with_valid_uid(element::AFFECTED_SOP_INSTANCE_UID, self.affected_instance.as_ref())
            .with_number(element::EVENT_TYPE_ID, self.event_type)
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
            message_id: u16, status: u16, event_type: u16, data_set: bool,
            instance in "2(\\.[1-9][0-9]{0,8}){1,5}",
        ) {
            let class = Some(Uid::parse("1.2.840.10008.1.20.1").unwrap());
            let instance = Some(Uid::parse(&instance).unwrap());
            let rq = NEventReportRq {
                message_id,
                affected_class: class.clone(),
                affected_instance: instance.clone(),
                event_type,
            };
            let decoded = Command::decode(&rq.encode(data_set)).unwrap();
            prop_assert_eq!(decoded, Decoded { command: Command::NEventReportRq(rq), data_set });
            let rsp = NEventReportRsp {
                message_id,
                affected_class: class,
                affected_instance: instance,
                event_type,
                status: Status::from_code(status),
                comment: None,
            };
            let decoded = Command::decode(&rsp.encode()).unwrap();
            prop_assert_eq!(decoded, Decoded { command: Command::NEventReportRsp(rsp), data_set: false });
        }
    }
}
