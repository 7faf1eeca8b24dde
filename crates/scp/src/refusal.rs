//! From refusal to DIMSE status.

use lightcase_archive::Reason;
use lightcase_dimse::{Response, Status};

/// What the peer is answered. Its comment says what to do in what fits the 64 characters of Error
/// Comment (0000,0902), and never anything of the object.
pub fn response(reason: Reason) -> Response {
    let (status, comment) = match reason {
        Reason::NotPermitted => {
            (Status::NOT_AUTHORIZED, "This peer may not do that; ask the archive's administrator")
        }
        Reason::Malformed => {
            (Status::CANNOT_UNDERSTAND, "The data set cannot be read, or is not a whole object")
        }
        Reason::UidMismatch => {
            (Status::CANNOT_UNDERSTAND, "The data set is not the instance that the command names")
        }
        Reason::LimitExceeded => {
            (Status::CANNOT_UNDERSTAND, "The data set exceeds a limit of the archive")
        }
        Reason::ClassMismatch => (
            Status::DATA_SET_DOES_NOT_MATCH_SOP_CLASS,
            "The data set is of another SOP class than the command says",
        ),
        Reason::Conflict => (
            Status::DUPLICATE_SOP_INSTANCE,
            "Contradicts what is held under these UIDs; in quarantine",
        ),
        Reason::Full => (Status::OUT_OF_RESOURCES, "The archive is full; send again later"),
        Reason::StoreDown => {
            (Status::PROCESSING_FAILURE, "The object store is down; send again later")
        }
        Reason::IndexDown => (Status::PROCESSING_FAILURE, "The index is down; send again later"),
        Reason::KeysDown => (Status::PROCESSING_FAILURE, "The key ring is down; send again later"),
    };
    Response::because(status, comment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reason: Reason, code: u16) {
        assert_eq!(response(reason).status.code(), code, "{reason:?}");
    }

    #[test]
    fn refusals_have_the_status_of_the_contract() {
        check(Reason::NotPermitted, 0x0124);
        check(Reason::Malformed, 0xC000);
        check(Reason::UidMismatch, 0xC000);
        check(Reason::LimitExceeded, 0xC000);
        check(Reason::ClassMismatch, 0xA900);
        check(Reason::Conflict, 0x0111);
        check(Reason::Full, 0xA700);
        check(Reason::StoreDown, 0x0110);
        check(Reason::IndexDown, 0x0110);
        check(Reason::KeysDown, 0x0110);
    }

    #[test]
    fn comments_are_whole() {
        for reason in Reason::ALL {
            let comment = response(reason).comment.unwrap();
            assert!(comment.as_str().len() <= 64 && !comment.as_str().contains('?'), "{comment}");
            assert!(comment.as_str().ends_with(|last: char| last.is_alphabetic()), "{comment}");
        }
    }
}
