//! Status codes: PS3.7 annex C, and PS3.4 table B.2-1 for C-STORE.

use std::fmt;

/// The Status (0000,0900) of a response.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(u16);

/// The class of a status, PS3.7 section C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusKind {
    /// The operation was done.
    Success,
    /// More responses follow.
    Pending,
    /// The operation was cancelled.
    Cancel,
    /// The operation was done, with a remark.
    Warning,
    /// The operation was not done.
    Failure,
}

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $meaning:literal;)*) => {
        impl Status {
            $($(#[$doc])* pub const $name: Self = Self($code);)*

            /// The meaning as the standard prints it; empty for codes that only a service class
            /// defines.
            pub fn meaning(self) -> &'static str {
                match self.0 {
                    $($code => $meaning,)*
                    0xA700..=0xA7FF => "Refused: Out of Resources",
                    0xA900..=0xA9FF => "Error: Data Set does not match SOP Class",
                    0xC000..=0xCFFF => "Error: Cannot understand",
                    _ => "",
                }
            }
        }
    };
}

statuses! {
    /// PS3.7 C.1.1.
    SUCCESS = 0x0000, "Success";
    /// PS3.7 C.3.
    CANCEL = 0xFE00, "Cancel";
    /// PS3.7 C.2.1.
    PENDING = 0xFF00, "Pending";
    /// PS3.7 C.4.
    PENDING_WARNING = 0xFF01, "Pending: optional keys not supported";
    /// PS3.7 C.4.2.
    WARNING = 0x0001, "Warning";
    /// PS3.7 C.4.3.
    ATTRIBUTE_LIST_ERROR = 0x0107, "Warning: Attribute List Error";
    /// PS3.7 C.4.1.
    ATTRIBUTE_VALUE_OUT_OF_RANGE = 0x0116, "Warning: Attribute Value Out of Range";
    /// PS3.7 C.5.1.
    CLASS_INSTANCE_CONFLICT = 0x0119, "Error: Class-Instance Conflict";
    /// PS3.7 C.5.6.
    DUPLICATE_SOP_INSTANCE = 0x0111, "Error: Duplicate SOP Instance";
    /// PS3.7 C.5.7.
    DUPLICATE_INVOCATION = 0x0210, "Error: Duplicate Invocation";
    /// PS3.7 C.5.8.
    INVALID_ARGUMENT_VALUE = 0x0115, "Error: Invalid Argument Value";
    /// PS3.7 C.5.9.
    INVALID_ATTRIBUTE_VALUE = 0x0106, "Error: Invalid Attribute Value";
    /// PS3.7 C.5.10.
    INVALID_SOP_INSTANCE = 0x0117, "Error: Invalid SOP Instance";
    /// PS3.7 C.5.11.
    MISSING_ATTRIBUTE = 0x0120, "Error: Missing Attribute";
    /// PS3.7 C.5.12.
    MISSING_ATTRIBUTE_VALUE = 0x0121, "Error: Missing Attribute Value";
    /// PS3.7 C.5.13.
    MISTYPED_ARGUMENT = 0x0212, "Error: Mistyped Argument";
    /// PS3.7 C.5.14.
    NO_SUCH_ARGUMENT = 0x0114, "Error: No Such Argument";
    /// PS3.7 C.5.15.
    NO_SUCH_EVENT_TYPE = 0x0113, "Error: No Such Event Type";
    /// PS3.7 C.5.16.
    NO_SUCH_SOP_INSTANCE = 0x0112, "Error: No Such SOP Instance";
    /// PS3.7 C.5.17.
    NO_SUCH_SOP_CLASS = 0x0118, "Error: No Such SOP Class";
    /// PS3.7 C.5.18.
    PROCESSING_FAILURE = 0x0110, "Error: Processing Failure";
    /// PS3.7 C.5.19.
    RESOURCE_LIMITATION = 0x0213, "Error: Resource Limitation";
    /// PS3.7 C.5.20.
    UNRECOGNIZED_OPERATION = 0x0211, "Error: Unrecognized Operation";
    /// PS3.7 C.5.21.
    NO_SUCH_ACTION_TYPE = 0x0123, "Error: No Such Action Type";
    /// PS3.7 C.5.22.
    SOP_CLASS_NOT_SUPPORTED = 0x0122, "Refused: SOP Class Not Supported";
    /// PS3.7 C.5.23.
    NOT_AUTHORIZED = 0x0124, "Refused: Not Authorized";
    /// PS3.4 table B.2-1; for C-FIND table C.4-1.
    OUT_OF_RESOURCES = 0xA700, "Refused: Out of Resources";
    /// PS3.4 tables C.4-2 and C.4-3.
    UNABLE_TO_COUNT_MATCHES = 0xA701,
        "Refused: Out of Resources - Unable to calculate number of matches";
    /// PS3.4 tables C.4-2 and C.4-3.
    UNABLE_TO_PERFORM_SUB_OPERATIONS = 0xA702,
        "Refused: Out of Resources - Unable to perform sub-operations";
    /// PS3.4 table C.4-2.
    MOVE_DESTINATION_UNKNOWN = 0xA801, "Refused: Move Destination unknown";
    /// PS3.4 table B.2-1.
    DATA_SET_DOES_NOT_MATCH_SOP_CLASS = 0xA900, "Error: Data Set does not match SOP Class";
    /// PS3.4 table B.2-1.
    CANNOT_UNDERSTAND = 0xC000, "Error: Cannot understand";
    /// PS3.4 table B.2-1.
    COERCION_OF_DATA_ELEMENTS = 0xB000, "Warning: Coercion of Data Elements";
    /// PS3.4 table B.2-1.
    ELEMENTS_DISCARDED = 0xB006, "Warning: Elements Discarded";
    /// PS3.4 table B.2-1.
    DATA_SET_DOES_NOT_MATCH_SOP_CLASS_WARNING = 0xB007,
        "Warning: Data Set does not match SOP Class";
}

impl Status {
    /// PS3.4 tables C.4-2 and C.4-3: sub-operations complete, one or more failures or warnings.
    /// For C-STORE the same code means something else.
    pub const SUB_OPERATIONS_COMPLETE_WITH_FAILURES: Self = Self::COERCION_OF_DATA_ELEMENTS;

    /// A status by its code.
    pub const fn from_code(code: u16) -> Self {
        Self(code)
    }

    /// The code.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// The class the code belongs to.
    pub const fn kind(self) -> StatusKind {
        match self.0 {
            0x0000 => StatusKind::Success,
            0x0001 | 0x0107 | 0x0116 | 0xB000..=0xBFFF => StatusKind::Warning,
            0xFE00 => StatusKind::Cancel,
            0xFF00 | 0xFF01 => StatusKind::Pending,
            _ => StatusKind::Failure,
        }
    }
}

impl fmt::Display for Status {
    /// For example `A700H (Refused: Out of Resources)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}H", self.0)?;
        match self.meaning() {
            "" => Ok(()),
            meaning => write!(f, " ({meaning})"),
        }
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: u16, kind: StatusKind, text: &str) {
        let status = Status::from_code(code);
        assert_eq!(status.kind(), kind);
        assert_eq!(status.to_string(), text);
    }

    #[test]
    fn codes_have_the_class_and_meaning_of_the_standard() {
        check(0x0000, StatusKind::Success, "0000H (Success)");
        check(0xA703, StatusKind::Failure, "A703H (Refused: Out of Resources)");
        check(0xA801, StatusKind::Failure, "A801H (Refused: Move Destination unknown)");
        check(0xB007, StatusKind::Warning, "B007H (Warning: Data Set does not match SOP Class)");
        check(0xFF01, StatusKind::Pending, "FF01H (Pending: optional keys not supported)");
        check(0x0124, StatusKind::Failure, "0124H (Refused: Not Authorized)");
        check(0xFE00, StatusKind::Cancel, "FE00H (Cancel)");
        check(0x0999, StatusKind::Failure, "0999H");
    }
}
