//! Passwords: Argon2id (RFC 9106), few at a time, in the same time whether the name is known.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, Version};
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
    memory: Arc<Memory>,
}

/// What was hashed in, kept to be hashed in again: allocated for every hash, it would stay behind
/// in the allocator's arena of each thread that ever did one. There is one for each permit.
#[derive(Default)]
struct Memory(Mutex<Vec<Vec<Block>>>);

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memory")
    }
}

impl Memory {
    fn lent<T>(&self, work: impl FnOnce(&mut Vec<Block>) -> T) -> T {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let done = work(blocks.get_or_insert_default());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(blocks);
        done
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            hashing: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Semaphore::new(AT_ONCE + WAITING),
            memory: Arc::default(),
        }
    }
}

/// 19 MiB, two passes, one lane: OWASP's recommendation for Argon2id.
fn params() -> Result<Params> {
    let bytes = Some(Params::DEFAULT_OUTPUT_LEN);
    Params::new(19 * 1024, 2, 1, bytes).map_err(|_error: argon2::Error| AccountsError::Hashing)
}

/// Argon2id in this memory, which grows when it does not suffice.
fn argon2id(
    params: &Params,
    password: &[u8],
    salt: &Salt,
    memory: &mut Vec<Block>,
) -> Result<Output> {
    let (blocks, bytes) = (params.block_count(), params.output_len());
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut out = [0; Output::MAX_LENGTH];
    let out = out.get_mut(..bytes.unwrap_or(Params::DEFAULT_OUTPUT_LEN));
    let out = out.ok_or(AccountsError::Hashing)?;
    argon2
        .hash_password_into_with_memory(password, salt, out, memory.as_mut_slice())
        .map_err(|_error: argon2::Error| AccountsError::Hashing)?;
    Output::new(out).map_err(|_error: argon2::password_hash::phc::Error| AccountsError::Hashing)
}

fn hashed(password: &[u8], memory: &mut Vec<Block>) -> Result<String> {
    let mut salt = [0; Salt::RECOMMENDED_LENGTH];
    getrandom::fill(&mut salt).map_err(|_error: getrandom::Error| AccountsError::Hashing)?;
    let failed = |_error: argon2::password_hash::phc::Error| AccountsError::Hashing;
    let (salt, params) = (Salt::new(&salt).map_err(failed)?, params()?);
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params)
            .map_err(|_error: argon2::password_hash::Error| AccountsError::Hashing)?,
        salt: Some(salt),
        hash: Some(argon2id(&params, password, &salt, memory)?),
    };
    Ok(hash.to_string())
}

/// Whether a password fits; one that was not made by [`hashed`] nothing fits.
fn fits(password: &[u8], verifier: &str, memory: &mut Vec<Block>) -> bool {
    let Ok(hash) = PasswordHash::new(verifier) else { return false };
    let (Ok(params), Some(salt), Some(kept)) = (Params::try_from(&hash), hash.salt, hash.hash)
    else {
        return false;
    };
    let ours = hash.algorithm == Algorithm::Argon2id.ident()
        && hash.version == Some(Version::V0x13.into());
    // Compared in constant time by `Output`.
    ours && argon2id(&params, password, &salt, memory).is_ok_and(|found| found == kept)
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
        self.run(move |memory| hashed(password.as_bytes(), memory)).await
    }

    /// Whether a password fits a verifier; without one it never does, and takes as long to say so.
    pub(crate) async fn verify(&self, password: &str, verifier: Option<&str>) -> Result<bool> {
        let known = verifier.is_some();
        let verifier = verifier.unwrap_or(DUMMY).to_owned();
        // An over-long one is hashed cut off and refused.
        let whole = password.len() <= MAX_BYTES;
        let bytes = password.as_bytes();
        let password = Zeroizing::new(bytes.get(..MAX_BYTES).unwrap_or(bytes).to_vec());
        self.run(move |memory| Ok(fits(&password, &verifier, memory) && known && whole)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> Result<T> + Send + 'static,
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
        let memory = Arc::clone(&self.memory);
        tokio::task::spawn_blocking(move || {
            // Held by the work, not by its caller: a request that was dropped still takes a core.
            let _permit = permit;
            memory.lent(work)
        })
        .await
        .map_err(|_error: tokio::task::JoinError| AccountsError::Hashing)?
    }
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher, PasswordVerifier};

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
        let mut memory = Vec::new();
        let hash = PasswordHash::new(DUMMY).unwrap();
        let real = PasswordHash::new(&hashed(b"x", &mut memory).unwrap()).unwrap();
        assert_eq!(hash.params, real.params);
        assert_eq!(hash.algorithm, real.algorithm);
        assert_eq!(hash.version, real.version);
        assert_eq!(hash.hash.map(|each| each.len()), real.hash.map(|each| each.len()));
    }

    #[test]
    fn verifiers_are_those_of_argon2_itself_both_ways() {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params().unwrap());
        let mut memory = Vec::new();
        for password in [b"correct horse".as_slice(), b"battery staple"] {
            let theirs = argon2.hash_password(password).unwrap().to_string();
            assert!(fits(password, &theirs, &mut memory));
            assert!(!fits(b"wrong horse", &theirs, &mut memory));
            let ours = hashed(password, &mut memory).unwrap();
            assert!(argon2.verify_password(password, ours.as_str()).is_ok());
            assert!(!fits(password, &ours.replace("argon2id", "argon2i"), &mut memory));
        }
        assert_eq!(memory.len(), 19 * 1024);
        // One that needs more memory, or less, than what is there.
        for kibibytes in [20 * 1024, 8] {
            let params = Params::new(kibibytes, 1, 1, None).unwrap();
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let theirs = argon2.hash_password(b"correct horse").unwrap().to_string();
            assert!(fits(b"correct horse", &theirs, &mut memory));
        }
        assert!(!fits(b"correct horse", "", &mut memory));
    }

    /// However many threads hash, and however many callers go away meanwhile.
    #[tokio::test(flavor = "multi_thread")]
    async fn memory_is_that_of_the_permits() {
        let passwords = Arc::new(Passwords::default());
        for _ in 0..4 {
            let mut callers = tokio::task::JoinSet::new();
            for _ in 0..AT_ONCE + WAITING {
                let passwords = Arc::clone(&passwords);
                callers.spawn(async move { passwords.verify("correct horse", None).await });
            }
            assert!(callers.join_next().await.unwrap().unwrap().is_ok());
            callers.shutdown().await;
        }
        let all = u32::try_from(AT_ONCE).unwrap();
        let _idle = passwords.hashing.acquire_many(all).await.unwrap();
        let kept = passwords.memory.0.lock().unwrap();
        let blocks: Vec<usize> = kept.iter().map(Vec::capacity).collect();
        assert_eq!(blocks, [19 * 1024; AT_ONCE]);
    }
}
