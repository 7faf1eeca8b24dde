//! AES-256-GCM behind one small trait, with two backends that give equal bytes.

mod aws_lc;
mod rust_crypto;

use crate::StorageError;

/// Bytes of a key.
pub(crate) const KEY: usize = 32;
/// Bytes of a nonce.
pub(crate) const NONCE: usize = 12;
/// Bytes of a tag.
pub(crate) const TAG: usize = 16;

/// The library that encrypts. The stored bytes are the same with both; a test holds that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// `aws-lc-rs`: assembly, about five times as fast.
    #[default]
    AwsLc,
    /// `aes-gcm` of the Rust Crypto project: pure Rust.
    RustCrypto,
}

/// The tag does not belong to these bytes.
#[derive(Debug)]
pub(crate) struct TagMismatch;

/// AES-256-GCM (NIST SP 800-38D) with 96-bit nonces and 128-bit tags under one key.
pub(crate) trait Aead: Send + Sync {
    /// Encrypts in place and gives the tag.
    fn seal(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        text: &mut [u8],
    ) -> Result<[u8; TAG], StorageError>;

    /// Verifies and decrypts in place. After a mismatch `text` holds nothing to be used.
    fn open(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        text: &mut [u8],
        tag: &[u8; TAG],
    ) -> Result<(), TagMismatch>;
}

impl Backend {
    pub(crate) fn cipher(self, key: &[u8; KEY]) -> Result<Box<dyn Aead>, StorageError> {
        Ok(match self {
            Self::AwsLc => Box::new(aws_lc::AwsLc::new(key)?),
            Self::RustCrypto => Box::new(rust_crypto::RustCrypto::new(key)),
        })
    }
}

/// Fills a fixed-length array from the operating system's generator.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], StorageError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_e: getrandom::Error| StorageError::NoEntropy)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn both_backends_give_equal_bytes(
            key: [u8; KEY], nonce: [u8; NONCE], aad: Vec<u8>, text: Vec<u8>,
        ) {
            let (fast, pure) =
                (Backend::AwsLc.cipher(&key).unwrap(), Backend::RustCrypto.cipher(&key).unwrap());
            let (mut a, mut b) = (text.clone(), text.clone());
            let tag_a = fast.seal(&nonce, &aad, &mut a).unwrap();
            let tag_b = pure.seal(&nonce, &aad, &mut b).unwrap();
            prop_assert_eq!((&a, tag_a), (&b, tag_b));
            pure.open(&nonce, &aad, &mut a, &tag_a).unwrap();
            fast.open(&nonce, &aad, &mut b, &tag_b).unwrap();
            prop_assert_eq!((&a, &b), (&text, &text));
        }

        #[test]
        fn both_backends_refuse_an_altered_tag(key: [u8; KEY], text: Vec<u8>, at in 0..TAG) {
            for backend in [Backend::AwsLc, Backend::RustCrypto] {
                let cipher = backend.cipher(&key).unwrap();
                let mut sealed = text.clone();
                let mut tag = cipher.seal(&[0; NONCE], b"", &mut sealed).unwrap();
                tag[at] ^= 1;
                prop_assert!(cipher.open(&[0; NONCE], b"", &mut sealed, &tag).is_err());
            }
        }
    }
}
