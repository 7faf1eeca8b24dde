//! A command set as elements: Implicit VR Little Endian, group 0000 only (PS3.7 section 6.3.1).

use std::collections::BTreeMap;

use lightcase_model::{AeTitle, Uid};

use super::{CommandError, Comment, SubOperations};
use crate::Status;

/// Elements of group 0000, PS3.7 annex E, by the name PS3.6 gives them.
pub(super) mod element {
    pub(in crate::command) const GROUP_LENGTH: u16 = 0x0000;
    pub(in crate::command) const AFFECTED_SOP_CLASS_UID: u16 = 0x0002;
    pub(in crate::command) const REQUESTED_SOP_CLASS_UID: u16 = 0x0003;
    pub(in crate::command) const COMMAND_FIELD: u16 = 0x0100;
    pub(in crate::command) const MESSAGE_ID: u16 = 0x0110;
    pub(in crate::command) const MESSAGE_ID_BEING_RESPONDED_TO: u16 = 0x0120;
    pub(in crate::command) const MOVE_DESTINATION: u16 = 0x0600;
    pub(in crate::command) const PRIORITY: u16 = 0x0700;
    pub(in crate::command) const COMMAND_DATA_SET_TYPE: u16 = 0x0800;
    pub(in crate::command) const STATUS: u16 = 0x0900;
    pub(in crate::command) const ERROR_COMMENT: u16 = 0x0902;
    pub(in crate::command) const AFFECTED_SOP_INSTANCE_UID: u16 = 0x1000;
    pub(in crate::command) const REQUESTED_SOP_INSTANCE_UID: u16 = 0x1001;
    pub(in crate::command) const EVENT_TYPE_ID: u16 = 0x1002;
    pub(in crate::command) const ACTION_TYPE_ID: u16 = 0x1008;
    pub(in crate::command) const REMAINING_SUB_OPERATIONS: u16 = 0x1020;
    pub(in crate::command) const COMPLETED_SUB_OPERATIONS: u16 = 0x1021;
    pub(in crate::command) const FAILED_SUB_OPERATIONS: u16 = 0x1022;
    pub(in crate::command) const WARNING_SUB_OPERATIONS: u16 = 0x1023;
    pub(in crate::command) const MOVE_ORIGINATOR_AE: u16 = 0x1030;
    pub(in crate::command) const MOVE_ORIGINATOR_MESSAGE_ID: u16 = 0x1031;
}

/// Command Data Set Type: no data set follows.
pub(super) const NO_DATA_SET: u16 = 0x0101;
/// Command Data Set Type: a data set follows. Any other value than 0101H means so.
pub(super) const DATA_SET: u16 = 0x0001;

/// Elements by number, values as on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CommandSet(BTreeMap<u16, Vec<u8>>);

impl CommandSet {
    /// Reads a command set. The group length is not believed, since the fragments bound the set
    /// already; elements out of order are taken, doubled ones are not.
    pub(super) fn decode(mut bytes: &[u8]) -> Result<Self, CommandError> {
        let mut elements = BTreeMap::new();
        while let Some((head, rest)) = bytes.split_first_chunk::<8>() {
            let [g0, g1, e0, e1, l0, l1, l2, l3] = *head;
            if u16::from_le_bytes([g0, g1]) != 0 {
                return Err(CommandError::Group);
            }
            let length =
                usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).unwrap_or(usize::MAX);
            let Some((value, rest)) = rest.split_at_checked(length) else {
                return Err(CommandError::CutOff);
            };
            let element = u16::from_le_bytes([e0, e1]);
            if elements.insert(element, value.to_vec()).is_some() {
                return Err(CommandError::Doubled);
            }
            bytes = rest;
        }
        if !bytes.is_empty() {
            return Err(CommandError::CutOff);
        }
        Ok(Self(elements))
    }

    /// Writes the set with its group length.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for (element, value) in self.0.iter().filter(|(e, _)| **e != element::GROUP_LENGTH) {
            write_element(&mut body, *element, value);
        }
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let mut whole = Vec::new();
        write_element(&mut whole, element::GROUP_LENGTH, &length.to_le_bytes());
        whole.append(&mut body);
        whole
    }

    /// A US value.
    pub(super) fn number(&self, element: u16) -> Option<u16> {
        match self.0.get(&element)?.as_slice() {
            &[low, high] => Some(u16::from_le_bytes([low, high])),
            _ => None,
        }
    }

    /// A US value the command cannot do without.
    pub(super) fn required(&self, element: u16, name: &'static str) -> Result<u16, CommandError> {
        self.number(element).ok_or(CommandError::Missing(name))
    }

    /// A text value without its padding; characters beyond printable ASCII become `?`.
    pub(super) fn text(&self, element: u16) -> Option<String> {
        let text: String = self
            .0
            .get(&element)?
            .iter()
            .map(|byte| match byte {
                0x20..=0x7E => char::from(*byte),
                0 => ' ',
                _ => '?',
            })
            .collect();
        Some(text.trim().to_owned())
    }

    /// A UID, where it is there and valid.
    pub(super) fn uid(&self, element: u16) -> Option<Uid> {
        self.text(element).and_then(|text| Uid::parse(&text).ok())
    }

    /// Affected SOP Class UID, where it is there and valid.
    pub(super) fn class(&self) -> Option<Uid> {
        self.uid(element::AFFECTED_SOP_CLASS_UID)
    }

    /// Error Comment, where there is one.
    pub(super) fn comment(&self) -> Option<Comment> {
        let text = self.text(element::ERROR_COMMENT).filter(|text| !text.is_empty())?;
        Some(Comment::new(&text))
    }

    /// What every response has: which request it answers, and how.
    pub(super) fn answered(&self) -> Result<(u16, Status), CommandError> {
        let message_id = self.required(
            element::MESSAGE_ID_BEING_RESPONDED_TO,
            "Message ID Being Responded To (0000,0120)",
        )?;
        let status = self.required(element::STATUS, "Status (0000,0900)")?;
        Ok((message_id, Status::from_code(status)))
    }

    pub(super) fn with_valid_uid(self, element: u16, uid: Option<&Uid>) -> Self {
        match uid {
            None => self,
            Some(uid) => self.with_uid(element, uid.as_str()),
        }
    }

    pub(super) fn with_class(self, class: Option<&Uid>) -> Self {
        self.with_valid_uid(element::AFFECTED_SOP_CLASS_UID, class)
    }

    pub(super) fn with_comment(self, comment: Option<&Comment>) -> Self {
        match comment {
            None => self,
            Some(comment) => self.with_text(element::ERROR_COMMENT, comment.as_str(), b' '),
        }
    }

    pub(super) fn with_sub_operations(self, counts: Option<SubOperations>) -> Self {
        match counts {
            None => self,
            Some(counts) => counts.write(self),
        }
    }

    pub(super) fn with_number(mut self, element: u16, value: u16) -> Self {
        self.0.insert(element, value.to_le_bytes().to_vec());
        self
    }

    pub(super) fn with_uid(self, element: u16, uid: &str) -> Self {
        self.with_text(element, uid, 0)
    }

    pub(super) fn with_title(self, element: u16, title: &AeTitle) -> Self {
        self.with_text(element, title.as_str(), b' ')
    }

    pub(super) fn with_text(mut self, element: u16, text: &str, padding: u8) -> Self {
        let mut value = text.as_bytes().to_vec();
        if !value.len().is_multiple_of(2) {
            value.push(padding);
        }
        self.0.insert(element, value);
        self
    }
}

fn write_element(into: &mut Vec<u8>, element: u16, value: &[u8]) {
    into.extend_from_slice(&[0, 0]);
    into.extend_from_slice(&element.to_le_bytes());
    into.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes());
    into.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(bytes: &[u8], expected: CommandError) {
        assert_eq!(CommandSet::decode(bytes), Err(expected));
    }

    #[test]
    fn broken_sets_are_refused() {
        check(&[0], CommandError::CutOff);
        check(&[8, 0, 0, 0, 0, 0, 0, 0], CommandError::Group);
        check(&[0, 0, 0, 1, 255, 255, 255, 255, 0, 0], CommandError::CutOff);
        check(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], CommandError::Doubled);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            elements in proptest::collection::btree_map(
                1_u16.., proptest::collection::vec(any::<u8>(), 0..80), 0..20),
        ) {
            let set = CommandSet(elements);
            let mut read = CommandSet::decode(&set.encode()).unwrap();
            prop_assert!(read.0.remove(&element::GROUP_LENGTH).is_some());
            prop_assert_eq!(read, set);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            drop(CommandSet::decode(&bytes));
        }
    }
}
