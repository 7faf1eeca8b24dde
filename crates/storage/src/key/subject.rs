//! A subject key, and the sealing of small fields under it.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha512;
use zeroize::Zeroizing;

use crate::aead::{Aead, Backend, KEY, NONCE, TAG, TagMismatch, random};
use crate::{StorageError, SubjectKeyId};

const FIELD_LABEL: &[u8] = b"lightcase/field/v1";
const FIELD_VERSION: u8 = 1;

/// The key of one study and generation, one account, one day's quarantine, or the system.
///
/// It wraps the data keys of objects and seals small fields (an audit row's personal values).
/// Destroying every wrapped copy of it makes all of that unreadable. Wiped from memory when
/// dropped; never formatted.
pub struct SubjectKey {
    id: SubjectKeyId,
    secret: Zeroizing<[u8; KEY]>,
}

impl SubjectKey {
    pub(crate) fn new(id: SubjectKeyId, secret: Zeroizing<[u8; KEY]>) -> Self {
        Self { id, secret }
    }

    /// Its public name, as it stands in headers and in the catalog.
    pub const fn id(&self) -> SubjectKeyId {
        self.id
    }

    /// The cipher that wraps data keys.
    pub(crate) fn cipher(&self, backend: Backend) -> Result<Box<dyn Aead>, StorageError> {
        backend.cipher(&self.secret)
    }

    /// Seals a small field: `1 ‖ nonce 12 ‖ ciphertext ‖ tag 16`, 29 bytes longer than the text.
    ///
    /// `context` says where the field stands (table, column, row id) and must be the same when it
    /// is opened, so a sealed field copied to another place does not open there.
    ///
    /// # Errors
    /// [`StorageError::NoEntropy`].
    pub fn seal_field(&self, context: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, StorageError> {
        let nonce: [u8; NONCE] = random()?;
        let mut text = Zeroizing::new(plaintext.to_vec());
        let tag = self.field_cipher()?.seal(&nonce, &self.field_aad(context), &mut text)?;
        Ok([&[FIELD_VERSION][..], &nonce, &text, &tag].concat())
    }

    /// Opens a field sealed by [`SubjectKey::seal_field`] under this key and context.
    ///
    /// # Errors
    /// [`StorageError::KeyRefused`] for another key, another context, or altered bytes.
    pub fn open_field(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StorageError> {
        let refused = || StorageError::KeyRefused { why: "sealed field" };
        let (version, rest) = sealed.split_first().ok_or_else(refused)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or_else(refused)?;
        let (text, tag) = rest.split_last_chunk::<TAG>().ok_or_else(refused)?;
        if *version != FIELD_VERSION {
            return Err(StorageError::KeyRefused { why: "version of a sealed field" });
        }
        let mut text = text.to_vec();
        self.field_cipher()?
            .open(nonce, &self.field_aad(context), &mut text, tag)
            .map_err(|_e: TagMismatch| refused())?;
        Ok(text)
    }

    /// Fields have a key of their own, so that their random nonces never meet the ones of
    /// wrapped data keys.
    fn field_cipher(&self) -> Result<Box<dyn Aead>, StorageError> {
        let mut key = Zeroizing::new([0; KEY]);
        Hkdf::<Sha512>::new(None, self.secret.as_slice())
            .expand(FIELD_LABEL, key.as_mut_slice())
            .map_err(|_e: hkdf::InvalidLength| StorageError::TooLong)?;
        Backend::default().cipher(&key)
    }

    fn field_aad(&self, context: &[u8]) -> Vec<u8> {
        [&[FIELD_VERSION][..], self.id.as_bytes(), context].concat()
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectKey({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(fill: u8) -> SubjectKey {
        SubjectKey::new(SubjectKeyId::from_bytes([fill; 16]), Zeroizing::new([fill; KEY]))
    }

    #[test]
    fn a_field_opens_under_its_key_and_context_alone() {
        let sealed = key(1).seal_field(b"audit/7", b"Doe^Jane").unwrap();
        assert_eq!(sealed.len(), b"Doe^Jane".len() + 29);
        assert_eq!(key(1).open_field(b"audit/7", &sealed).unwrap(), b"Doe^Jane");
        assert!(key(1).open_field(b"audit/8", &sealed).is_err());
        assert!(key(2).open_field(b"audit/7", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(key(1).open_field(b"audit/7", &altered).is_err(), "byte {at}");
            assert!(key(1).open_field(b"audit/7", &sealed[..at]).is_err(), "cut at {at}");
        }
        assert_ne!(sealed, key(1).seal_field(b"audit/7", b"Doe^Jane").unwrap());
    }

    #[test]
    fn debug_hides_the_secret() {
        let text = format!("{:?}", key(7));
        assert!(text.starts_with("SubjectKey(") && !text.contains('7') || text.len() < 40);
        assert!(!text.contains("7, 7") && !text.contains("0707"));
    }
}
