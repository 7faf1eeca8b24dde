//! Counts of C-STORE sub-operations, PS3.7 tables 9.3-6 and 9.3-9.

use super::set::{CommandSet, element};

/// How far a C-GET or C-MOVE is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SubOperations {
    /// Number of Remaining Sub-operations (0000,1020); absent in a final response that was not
    /// cancelled.
    pub remaining: Option<u16>,
    /// Number of Completed Sub-operations (0000,1021).
    pub completed: u16,
    /// Number of Failed Sub-operations (0000,1022).
    pub failed: u16,
    /// Number of Warning Sub-operations (0000,1023).
    pub warning: u16,
}

impl SubOperations {
    /// The counts of a response, where it has any.
    pub(super) fn read(set: &CommandSet) -> Option<Self> {
        let remaining = set.number(element::REMAINING_SUB_OPERATIONS);
        let completed = set.number(element::COMPLETED_SUB_OPERATIONS);
        let failed = set.number(element::FAILED_SUB_OPERATIONS);
        let warning = set.number(element::WARNING_SUB_OPERATIONS);
        remaining.or(completed).or(failed).or(warning)?;
        Some(Self {
            remaining,
            completed: completed.unwrap_or_default(),
            failed: failed.unwrap_or_default(),
            warning: warning.unwrap_or_default(),
        })
    }

    pub(super) fn write(self, set: CommandSet) -> CommandSet {
        let set = set
            .with_number(element::COMPLETED_SUB_OPERATIONS, self.completed)
            .with_number(element::FAILED_SUB_OPERATIONS, self.failed)
            .with_number(element::WARNING_SUB_OPERATIONS, self.warning);
        match self.remaining {
            None => set,
            Some(remaining) => set.with_number(element::REMAINING_SUB_OPERATIONS, remaining),
        }
    }
}
