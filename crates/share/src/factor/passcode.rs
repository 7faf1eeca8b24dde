//! Passcodes: eight characters told by another way than the link.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use lightcase_accounts::Secret;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Crockford's base 32: no I, L, O and U, so that it can be told by telephone.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;

/// A passcode: 40 random bits. Given out once; never formatted but by [`Passcode::expose`].
#[derive(Clone)]
pub struct Passcode(Zeroizing<String>);

impl Passcode {
    /// A fresh one from the operating system's randomness.
    #[expect(clippy::expect_used, reason = "without entropy nothing safe can go on")]
    pub(crate) fn random() -> Self {
        let mut bytes = Zeroizing::new([0_u8; LENGTH]);
        getrandom::fill(&mut *bytes).expect("the operating system gives random bytes");
        // 256 is a multiple of 32, so every character is as likely as any other.
        let characters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
        Self(Zeroizing::new(characters.map(|byte| char::from(*byte)).collect()))
    }

    /// The eight characters.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A passcode as somebody typed it: case, spaces and hyphens do not matter, and letters that
    /// look like digits are those digits. What is no passcode stays so, and fits nothing.
    pub(crate) fn normalised(typed: &str) -> Self {
        let characters = typed.chars().filter(|each| !each.is_whitespace() && *each != '-');
        // One more than the length is enough to fit nothing.
        let characters = characters.take(LENGTH + 1).map(|each| match each.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        });
        Self(Zeroizing::new(characters.collect()))
    }

    /// What is kept: HMAC-SHA-256(key = link secret, passcode). Whoever steals the database lacks
    /// the key and cannot try passcodes.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    pub(crate) fn mac(&self, secret: &Secret) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.bytes())
            .expect("HMAC takes keys of any length");
        mac.update(self.0.as_bytes());
        mac
    }

    pub(crate) fn verifier(&self, secret: &Secret) -> [u8; 32] {
        self.mac(secret).finalize().into_bytes().into()
    }

    /// Whether it fits a verifier, in constant time.
    pub(crate) fn fits(&self, secret: &Secret, verifier: &[u8; 32]) -> bool {
        self.mac(secret).verify_slice(verifier).is_ok()
    }
}

impl fmt::Debug for Passcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, read: &str) {
        assert_eq!(Passcode::normalised(typed).expose(), read);
    }

    #[test]
    fn what_is_typed_is_read_kindly() {
        check("abcd-2345", "ABCD2345");
        check(" ab cd 23 45\n", "ABCD2345");
        check("oOiIlL00", "00111100");
        check("abcd23456789", "ABCD23456");
        check("", "");
    }

    #[test]
    fn a_passcode_fits_its_own_link_only() {
        let (one, other) = (Secret::random(), Secret::random());
        let passcode = Passcode::random();
        assert_eq!(passcode.expose().len(), 8);
        assert!(passcode.expose().bytes().all(|byte| ALPHABET.contains(&byte)));
        let verifier = passcode.verifier(&one);
        let typed = passcode.expose().to_lowercase();
        assert!(Passcode::normalised(&typed).fits(&one, &verifier));
        assert!(!passcode.fits(&other, &verifier));
        assert!(!Passcode::normalised("").fits(&one, &verifier));
        assert_eq!(format!("{passcode:?}"), "<secret>");
    }
}
