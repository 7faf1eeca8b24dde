//! C-CANCEL, PS3.7 sections 9.3.2.3, 9.3.3.3 and 9.3.4.3.

use super::CommandError;
use super::set::{CommandSet, NO_DATA_SET, element};

pub(super) const RQ: u16 = 0x0FFF;

/// C-CANCEL-RQ: stop answering a C-FIND, C-GET or C-MOVE. It has no response of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CCancelRq {
    /// Message ID Being Responded To (0000,0120): the request to stop.
    pub message_id: u16,
}

impl CCancelRq {
    pub(super) fn read(set: &CommandSet) -> Result<Self, CommandError> {
        let message_id = set.required(
            element::MESSAGE_ID_BEING_RESPONDED_TO,
            "Message ID Being Responded To (0000,0120)",
        )?;
        Ok(Self { message_id })
    }

    /// The command set.
    pub fn encode(&self) -> Vec<u8> {
        CommandSet::default()
            .with_number(element::COMMAND_FIELD, RQ)
            .with_number(element::MESSAGE_ID_BEING_RESPONDED_TO, self.message_id)
            .with_number(element::COMMAND_DATA_SET_TYPE, NO_DATA_SET)
            .encode()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, Decoded};

    #[test]
    fn what_is_written_is_read() {
        let cancel = CCancelRq { message_id: 7 };
        assert_eq!(
            Command::decode(&cancel.encode()),
            Ok(Decoded { command: Command::CCancelRq(cancel), data_set: false })
        );
    }
}
