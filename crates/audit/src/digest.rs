//! One digest for a list of objects.

use std::fmt;

use data_encoding::HEXLOWER;
use lightcase_model::SopInstanceUid;
use sha2::{Digest, Sha256};

/// A SHA-256 digest that stands for a list, a text or a certificate; printed as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListDigest(pub [u8; 32]);

impl fmt::Display for ListDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for ListDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The digest of a list of objects: SHA-256 over their SOP Instance UIDs in ascending order, each
/// once and each followed by a line feed. `LC_ALL=C sort -u list | sha256sum` computes the same.
pub fn list_digest<'a>(uids: impl IntoIterator<Item = &'a SopInstanceUid>) -> ListDigest {
    let mut sorted: Vec<&str> = uids.into_iter().map(SopInstanceUid::as_str).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut hash = Sha256::new();
    for uid in sorted {
        hash.update(uid);
        hash.update(b"\n");
    }
    ListDigest(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(uids: &[&str], expected: &str) {
        let uids: Vec<_> = uids.iter().map(|uid| SopInstanceUid::parse(uid).unwrap()).collect();
        assert_eq!(list_digest(&uids).to_string(), expected);
    }

    #[test]
    fn order_and_repetition_do_not_matter_but_borders_do() {
        // printf '1.2\n1.23\n' | sha256sum
        check(
            &["1.23", "1.2", "1.23"],
            "4eacf40fcd2ad413d42342fc4b26be58d472c963495c372ef496b69a5eee6416",
        );
        // printf '1.21\n1.23\n' | sha256sum
        check(
            &["1.21", "1.23"],
            "936a219884f941dd8c24e49309d5f843a5c6fa8f2489b54bb0a29fc8ad2ca738",
        );
        // sha256sum < /dev/null
        check(&[], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
