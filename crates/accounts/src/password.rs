//! Passwords: Argon2id (RFC 9106), few at a time, in the same time whether the name is known.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::{Semaphore, TryAcquireError};
use zeroize::Zeroizing;

use crate::{AccountsError, Result};

/// Fewest characters of a new password (NIST SP 800-63B asks for 8 and no rules beside length).
pub const MIN_PASSWORD: usize = 10;
/// Most bytes of a password: longer ones are nobody's and cost time.
const MAX_BYTES: usize = 1024;
/// How many are hashed at once: each takes 19 MiB and one core.
const AT_ONCE: usize = 2;
/// How many may wait for that.
const WAITING: usize = 64;

/// A verifier of no password, with the parameters of the real ones.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[derive(Debug)]
pub(crate) struct Passwords {
    hashing: Arc<Semaphore>,
    waiting: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            hashing: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Semaphore::new(AT_ONCE + WAITING),
        }
    }
}

/// Argon2id with 19 MiB, two passes, one lane: OWASP's recommendation.
fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None)
        .map_err(|_error: argon2::Error| AccountsError::Hashing)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether a new password is good enough.
pub(crate) fn check_strength(name: &str, password: &str) -> Result<()> {
    if password.chars().count() < MIN_PASSWORD {
        return Err(AccountsError::WeakPassword(
            "The password is shorter than 10 characters. A sentence of a few words is easy to \
             remember.",
        ));
    }
    if password.len() > MAX_BYTES {
        return Err(AccountsError::WeakPassword("The password is longer than 1024 bytes."));
    }
    if password.to_lowercase() == name.to_lowercase() {
        return Err(AccountsError::WeakPassword("The password is the name. Choose another one."));
    }
    let mut characters = password.chars();
    let first = characters.next();
    if characters.all(|each| Some(each) == first) {
        return Err(AccountsError::WeakPassword(
            "The password is one character repeated. Choose another one.",
        ));
    }
    Ok(())
}

impl Passwords {
    /// The verifier of a new password, in PHC form.
    pub(crate) async fn hash(&self, password: &str) -> Result<String> {
        let password = Zeroizing::new(password.to_owned());
        self.run(move || {
            argon2()?
                .hash_password(password.as_bytes())
                .map(|hash| hash.to_string())
                .map_err(|_error: argon2::password_hash::Error| AccountsError::Hashing)
        })
        .await
    }

    /// Whether a password fits a verifier; without one it never does, and takes as long to say so.
    pub(crate) async fn verify(&self, password: &str, verifier: Option<&str>) -> Result<bool> {
        let known = verifier.is_some();
        let verifier = verifier.unwrap_or(DUMMY).to_owned();
        // An over-long one is hashed cut off and refused.
        let whole = password.len() <= MAX_BYTES;
        let bytes = password.as_bytes();
        let password = Zeroizing::new(bytes.get(..MAX_BYTES).unwrap_or(bytes).to_vec());
        self.run(move || {
            let fits = argon2()?.verify_password(&password, verifier.as_str()).is_ok();
            Ok(fits && known && whole)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _place = match self.waiting.try_acquire() {
            Ok(place) => place,
            Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => {
                return Err(AccountsError::Busy);
            }
        };
        let permit = Arc::clone(&self.hashing)
            .acquire_owned()
            .await
            .map_err(|_error: tokio::sync::AcquireError| AccountsError::Busy)?;
        tokio::task::spawn_blocking(move || {
            // Held by the work, not by its caller: a request that was dropped still takes a core.
            let _permit = permit;
            work()
        })
        .await
        .map_err(|_error: tokio::task::JoinError| AccountsError::Hashing)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, password: &str, good: bool) {
        assert_eq!(check_strength(name, password).is_ok(), good, "{password:?}");
    }

    #[test]
    fn short_and_silly_passwords_are_refused() {
        check("jane", "", false);
        check("jane", "123456789", false);
        check("jane", "aaaaaaaaaaaa", false);
        check("jane.doe.radiology", "Jane.Doe.Radiology", false);
        check("jane", &"ab".repeat(600), false);
        check("jane", "correct horse", true);
        check("jane", "ぱすわーどはながくする", true);
    }

    #[tokio::test]
    async fn a_verifier_fits_its_password_only() {
        let passwords = Passwords::default();
        let verifier = passwords.hash("correct horse").await.unwrap();
        assert!(verifier.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{verifier}");
        assert!(passwords.verify("correct horse", Some(&verifier)).await.unwrap());
        assert!(!passwords.verify("correct hors", Some(&verifier)).await.unwrap());
        assert!(!passwords.verify("", None).await.unwrap());
        assert!(!passwords.verify(&"x".repeat(5000), Some(&verifier)).await.unwrap());
    }

    #[test]
    fn the_dummy_costs_what_a_real_one_costs() {
        let hash = argon2::PasswordHash::new(DUMMY).unwrap();
        let real = argon2().unwrap().hash_password(b"x").unwrap();
        assert_eq!(hash.params, real.params);
        assert_eq!(hash.algorithm, real.algorithm);
        assert_eq!(hash.version, real.version);
    }
}
