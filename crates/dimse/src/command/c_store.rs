//! C-STORE, PS3.7 section 9.3.1.

use lightcase_model::{AeTitle, SopClassUid, SopInstanceUid};

use super::set::{CommandSet, DATA_SET, NO_DATA_SET, element};
use super::{Command, CommandError, Comment, RESPONSE, RefusedRq};
use crate::Status;

pub(super) const RQ: u16 = 0x0001;
pub(super) const RSP: u16 = RQ | RESPONSE;

/// Priority (0000,0700).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Priority {
    /// 0002H.
    Low,
    /// 0000H, and what an unknown value is taken for: priority changes nothing here.
    #[default]
    Medium,
    /// 0001H.
    High,
}

impl Priority {
    pub(super) fn of(code: Option<u16>) -> Self {
        match code {
            Some(1) => Self::High,
            Some(2) => Self::Low,
            _ => Self::Medium,
        }
    }

    pub(super) fn code(self) -> u16 {
        match self {
            Self::Medium => 0,
            Self::High => 1,
            Self::Low => 2,
        }
    }
}

/// The C-MOVE a C-STORE is a sub-operation of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveOriginator {
    /// Move Originator Application Entity Title (0000,1030).
    pub title: AeTitle,
    /// Move Originator Message ID (0000,1031).
    pub message_id: u16,
}

/// C-STORE-RQ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CStoreRq {
    /// Message ID (0000,0110).
    pub message_id: u16,
    /// Affected SOP Class UID (0000,0002).
    pub affected_class: SopClassUid,
    /// Affected SOP Instance UID (0000,1000).
    pub affected_instance: SopInstanceUid,
    /// Priority (0000,0700).
    pub priority: Priority,
    /// The C-MOVE behind it, if any.
    pub move_originator: Option<MoveOriginator>,
}

/// C-STORE-RSP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CStoreRsp {
    /// Message ID Being Responded To (0000,0120).
    pub message_id: u16,
    /// Affected SOP Class UID (0000,0002), where the responder gave a valid one.
    pub affected_class: Option<SopClassUid>,
    /// Affected SOP Instance UID (0000,1000), where the responder gave a valid one.
    pub affected_instance: Option<SopInstanceUid>,
    /// Status (0000,0900).
    pub status: Status,
    /// Error Comment (0000,0902).
    pub comment: Option<Comment>,
}

impl CStoreRq {
    /// A request whose UIDs break PS3.5 chapter 9 becomes [`Command::Refused`]: its data set is
    /// read away and the association lives on.
    pub(super) fn read(set: &CommandSet) -> Result<Command, CommandError> {
        let message_id = set.required(element::MESSAGE_ID, "Message ID (0000,0110)")?;
        let refuse = |status, why| RefusedRq::because(RQ, set, status, why).map(Command::Refused);
        let class = set.text(element::AFFECTED_SOP_CLASS_UID).unwrap_or_default();
        let Ok(affected_class) = SopClassUid::parse(&class) else {
            return refuse(Status::NO_SUCH_SOP_CLASS, "Affected SOP Class UID is not a valid UID");
        };
        let instance = set.text(element::AFFECTED_SOP_INSTANCE_UID).unwrap_or_default();
        let Ok(affected_instance) = SopInstanceUid::parse(&instance) else {
            return refuse(
                Status::INVALID_SOP_INSTANCE,
                "Affected SOP Instance UID is not a valid UID",
            );
        };
        if set.number(element::COMMAND_DATA_SET_TYPE) == Some(NO_DATA_SET) {
            return refuse(Status::MISTYPED_ARGUMENT, "C-STORE without a data set");
        }
        let title = set.text(element::MOVE_ORIGINATOR_AE).and_then(|t| AeTitle::parse(&t).ok());
        let move_originator = title.map(|title| MoveOriginator {
            title,
            message_id: set.number(element::MOVE_ORIGINATOR_MESSAGE_ID).unwrap_or_default(),
        });
        let priority = Priority::of(set.number(element::PRIORITY));
        Ok(Command::CStoreRq(Self {
            message_id,
            affected_class,
            affected_instance,
            priority,
            move_originator,
        }))
    }

    /// The command set.
    pub fn encode(&self) -> Vec<u8> {
        let set = CommandSet::default()
            .with_uid(element::AFFECTED_SOP_CLASS_UID, self.affected_class.as_str())
            .with_number(element::COMMAND_FIELD, RQ)
            .with_number(element::MESSAGE_ID, self.message_id)
            .with_number(element::PRIORITY, self.priority.code())
            .with_number(element::COMMAND_DATA_SET_TYPE, DATA_SET)
            .with_uid(element::AFFECTED_SOP_INSTANCE_UID, self.affected_instance.as_str());
        match &self.move_originator {
            None => set.encode(),
            Some(origin) => set
                .with_title(element::MOVE_ORIGINATOR_AE, &origin.title)
                .with_number(element::MOVE_ORIGINATOR_MESSAGE_ID, origin.message_id)
                .encode(),
        }
    }
}

impl CStoreRsp {
    pub(super) fn read(set: &CommandSet) -> Result<Self, CommandError> {
        let (message_id, status) = set.answered()?;
        Ok(Self {
            message_id,
            affected_class: set
                .text(element::AFFECTED_SOP_CLASS_UID)
                .and_then(|uid| SopClassUid::parse(&uid).ok()),
            affected_instance: set
                .text(element::AFFECTED_SOP_INSTANCE_UID)
                .and_then(|uid| SopInstanceUid::parse(&uid).ok()),
            status,
            comment: set.comment(),
        })
    }

    /// The command set.
    pub fn encode(&self) -> Vec<u8> {
        let mut set = CommandSet::default()
            .with_number(element::COMMAND_FIELD, RSP)
            .with_number(element::MESSAGE_ID_BEING_RESPONDED_TO, self.message_id)
            .with_number(element::COMMAND_DATA_SET_TYPE, NO_DATA_SET)
            .with_number(element::STATUS, self.status.code());
        if let Some(class) = &self.affected_class {
            set = set.with_uid(element::AFFECTED_SOP_CLASS_UID, class.as_str());
        }
        if let Some(instance) = &self.affected_instance {
            set = set.with_uid(element::AFFECTED_SOP_INSTANCE_UID, instance.as_str());
        }
        set.with_comment(self.comment.as_ref()).encode()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Decoded;
    use proptest::prelude::*;

    fn raw(class: &str, instance: &str, data_set: u16) -> Vec<u8> {
        CommandSet::default()
            .with_uid(element::AFFECTED_SOP_CLASS_UID, class)
            .with_number(element::COMMAND_FIELD, RQ)
            .with_number(element::MESSAGE_ID, 3)
            .with_number(element::COMMAND_DATA_SET_TYPE, data_set)
            .with_uid(element::AFFECTED_SOP_INSTANCE_UID, instance)
            .encode()
    }

    fn check(class: &str, instance: &str, data_set: u16, expected: Option<Status>) {
        let decoded = Command::decode(&raw(class, instance, data_set)).unwrap();
        let found = if let Command::Refused(refused) = decoded.command {
            Some(refused.status)
        } else {
            assert!(matches!(decoded.command, Command::CStoreRq(_)), "{class} {instance}");
            None
        };
        assert_eq!(found, expected, "{class} {instance}");
    }

    #[test]
    fn uids_that_break_the_rules_are_refused_and_the_association_lives() {
        let bad = Some(Status::INVALID_SOP_INSTANCE);
        check("1.2.3", "1.2.3.4", DATA_SET, None);
        check("1.2.3", "1.2.3.4", 0xFEFE, None);
        check("1.2.3", "../../etc/x", DATA_SET, bad);
        check("1.2.3", &"1".repeat(65), DATA_SET, bad);
        check("1.2.3", "1..2", DATA_SET, bad);
        check("1.2.3", "1.2\0.3", DATA_SET, bad);
        check("1.2.3", "1.02", DATA_SET, bad);
        check("1.2.3", "", DATA_SET, bad);
        check("x", "1.2.3.4", DATA_SET, Some(Status::NO_SUCH_SOP_CLASS));
        check("1.2.3", "1.2.3.4", NO_DATA_SET, Some(Status::MISTYPED_ARGUMENT));
    }

    fn title() -> impl Strategy<Value = AeTitle> {
        "[A-Z0-9_]{1,16}".prop_map(|text| AeTitle::parse(&text).unwrap())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            message_id: u16, status: u16, code in 0_u16..3,
            class in "1(\\.[1-9][0-9]{0,8}){1,5}", instance in "2(\\.[1-9][0-9]{0,8}){1,5}",
            origin in proptest::option::of((title(), any::<u16>())),
            comment in proptest::option::of("[a-z]{1,70}"),
        ) {
            let rq = CStoreRq {
                message_id,
                affected_class: SopClassUid::parse(&class).unwrap(),
                affected_instance: SopInstanceUid::parse(&instance).unwrap(),
                priority: Priority::of(Some(code)),
                move_originator: origin
                    .map(|(title, message_id)| MoveOriginator { title, message_id }),
            };
            let decoded = Command::decode(&rq.encode()).unwrap();
            let rsp = CStoreRsp {
                message_id,
                affected_class: Some(rq.affected_class.clone()),
                affected_instance: Some(rq.affected_instance.clone()),
                status: Status::from_code(status),
                comment: comment.map(|text| Comment::new(&text)),
            };
            prop_assert_eq!(decoded, Decoded { command: Command::CStoreRq(rq), data_set: true });
            let decoded = Command::decode(&rsp.encode()).unwrap();
            prop_assert_eq!(decoded, Decoded { command: Command::CStoreRsp(rsp), data_set: false });
        }
    }
}
