//! The secret of a de-identification project.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::ZeroizeOnDrop;

/// The secret of a de-identification project: 256 random bits. Who has it can recompute every
/// replacement; `Debug` does not print it, and it is wiped when dropped.
#[derive(Clone, ZeroizeOnDrop)]
pub struct ProjectKey([u8; 32]);

impl ProjectKey {
    /// From random bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// HMAC-SHA-256 of the parts, one after another.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length, RFC 2104 section 3")]
    pub(crate) fn hmac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut hmac = Hmac::<Sha256>::new_from_slice(&self.0).expect("every length is a key");
        for part in parts {
            hmac.update(part);
        }
        hmac.finalize().into_bytes().into()
    }

    /// HMAC-SHA-256 over a patient, for one purpose. The parts cannot run into each other, and a
    /// label keeps purposes, and the UID map, apart.
    pub(crate) fn of_patient(&self, purpose: &str, issuer: &str, id: &str) -> [u8; 32] {
        let length = u64::try_from(issuer.len()).unwrap_or(u64::MAX).to_be_bytes();
        self.hmac(&[purpose.as_bytes(), b"\0", &length, issuer.as_bytes(), id.as_bytes()])
    }
}

impl fmt::Debug for ProjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProjectKey")
    }
}

/// A text without the padding of PS3.5 section 6.2.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(['\0', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_hmac_sha_256() {
        // RFC 4231 has no key of 32 bytes; computed with Python's hmac module.
        let mac = ProjectKey::from_bytes([7; 32]).hmac(&[b"1.2", b".3"]);
        assert_eq!(
            data_encoding::HEXLOWER.encode(&mac),
            "73bbbcd06d5bbadf77cbf2db62efb77f5f49e115e0ee44a133b8f4290f67c52d"
        );
    }

    #[test]
    fn issuer_and_id_do_not_run_into_each_other() {
        let key = ProjectKey::from_bytes([7; 32]);
        assert_ne!(key.of_patient("x", "AB", "C"), key.of_patient("x", "A", "BC"));
        assert_ne!(key.of_patient("x", "A", "B"), key.of_patient("y", "A", "B"));
    }

    #[test]
    fn debug_does_not_print_it() {
        assert_eq!(format!("{:?}", ProjectKey::from_bytes([7; 32])), "ProjectKey");
    }
}
