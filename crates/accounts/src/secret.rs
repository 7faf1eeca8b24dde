//! Random secrets that are given out once and of which a hash is kept.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// 256 random bits: a cookie, a token, the secret of a link. Never formatted; [`Secret::expose`]
/// is the one way out.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// Fresh random bits from the operating system.
    ///
    /// # Panics
    /// When the operating system gives none: nothing safe can go on then.
    #[expect(clippy::expect_used, reason = "without entropy nothing safe can go on")]
    pub fn random() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes).expect("the operating system gives random bytes");
        Self(bytes)
    }

    /// Reads what [`Self::expose`] wrote; every other spelling is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        // Only this length decodes to 32 bytes; `decode_mut` asks for a buffer of exact size.
        if text.len() != 43 {
            return None;
        }
        BASE64URL_NOPAD.decode_mut(text.as_bytes(), &mut *bytes).ok()?;
        Some(Self(bytes))
    }

    /// The secret as 43 characters of base64url, for the one who is to have it.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64URL_NOPAD.encode(&*self.0))
    }

    /// The bytes, to key an HMAC with.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What is kept of it: SHA-256 of the bytes.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(*self.0).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_it_wrote_in_one_spelling_and_prints_nothing() {
        let secret = Secret::random();
        let text = secret.expose();
        assert_eq!(Secret::parse(&text).map(|each| each.hash()), Some(secret.hash()));
        assert_eq!(format!("{secret:?}"), "<secret>");
        assert!(Secret::parse("").is_none());
        assert!(Secret::parse(&"A".repeat(44)).is_none());
        assert!(Secret::parse(&"!".repeat(43)).is_none());
        // The last character carries four bits; the other two must be zero.
        assert!(Secret::parse(&"B".repeat(43)).is_none());
    }
}
