//! A one-time code, mailed to the address the link was made for.

use std::fmt;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use lightcase_accounts::Secret;
use lightcase_catalog::Tx;
use lightcase_model::{Ctx, Timestamp};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Lock, Proof};
use crate::Result;

const DIGITS: usize = 8;
/// A code lives so long.
const LIFETIME: Duration = Duration::from_mins(10);
/// Another one is mailed only after so long.
const PAUSE: Duration = Duration::from_mins(1);
/// After so many that nobody proved, and every so many again, the next has to wait for an hour:
/// whoever holds a link cannot flood its recipient, nor keep them out for good.
const MAILED: i64 = 10;
const LONG_PAUSE: Duration = Duration::from_hours(1);

/// Eight digits. Never formatted but by [`Code::expose`].
pub(crate) struct Code(Zeroizing<String>);

impl Code {
    #[expect(clippy::expect_used, reason = "without entropy nothing safe can go on")]
    fn random() -> Self {
        let mut bytes = Zeroizing::new([0_u8; 8]);
        getrandom::fill(&mut *bytes).expect("the operating system gives random bytes");
        // 2^64 modulo 10^8 leaves one code in a hundred thousand million likelier than another.
        let number = u64::from_le_bytes(*bytes) % 100_000_000;
        Self(Zeroizing::new(format!("{number:0DIGITS$}")))
    }

    /// A code as it was typed, without spaces and hyphens.
    fn typed(text: &str) -> Self {
        let digits = text.chars().filter(|each| !each.is_whitespace() && *each != '-');
        Self(Zeroizing::new(digits.take(DIGITS + 1).collect()))
    }

    /// The eight digits.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Another message than a passcode's, so that neither can stand for the other.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn mac(&self, secret: &Secret) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.bytes())
            .expect("HMAC takes keys of any length");
        mac.update(b"code ");
        mac.update(self.0.as_bytes());
        mac
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// Compares a code with the one that was mailed last.
pub(super) async fn tries(tx: &mut Tx, ctx: &Ctx, lock: &Lock<'_>, typed: &str) -> Result<Proof> {
    let mailed = tx.try_code(lock.share.id, ctx.now).await?;
    let mac = Code::typed(typed).mac(lock.secret);
    let right = mac.verify_slice(&mailed.unwrap_or([0; 32])).is_ok() && mailed.is_some();
    if right {
        tx.forgive_code(lock.share.id).await?;
    }
    Ok(Proof::of(right))
}

/// How long to wait for the next code after so many.
const fn pause(mailed: i64) -> Duration {
    if mailed % MAILED == 0 { LONG_PAUSE } else { PAUSE }
}

/// Makes a code, unless one was mailed just now or too many were; with how many were mailed.
pub(crate) async fn make(
    tx: &mut Tx,
    now: Timestamp,
    lock: &Lock<'_>,
) -> Result<Option<(Code, i64)>> {
    let before = tx.mailed_code(lock.share.id).await?;
    if before.is_some_and(|before| now.since(before.sent_at) < pause(before.mailed)) {
        return Ok(None);
    }
    let code = Code::random();
    let verifier = code.mac(lock.secret).finalize().into_bytes().into();
    tx.set_code(lock.share.id, &verifier, now, now.plus(LIFETIME)).await?;
    Ok(Some((code, before.map_or(0, |before| before.mailed) + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_wait_longer_after_many_and_never_for_good() {
        assert_eq!([1, 9, 11].map(pause), [PAUSE; 3]);
        assert_eq!([10, 20, 1_000].map(pause), [LONG_PAUSE; 3]);
    }

    #[test]
    fn a_code_is_eight_digits_and_fits_its_own_link_only() {
        let (one, other) = (Secret::random(), Secret::random());
        let code = Code::random();
        assert_eq!(code.expose().len(), 8);
        assert!(code.expose().bytes().all(|byte| byte.is_ascii_digit()));
        let verifier = code.mac(&one).finalize().into_bytes();
        let typed = format!(" {}-{} ", &code.expose()[..4], &code.expose()[4..]);
        assert!(Code::typed(&typed).mac(&one).verify(&verifier).is_ok());
        assert!(code.mac(&other).verify(&verifier).is_err());
        assert_eq!(format!("{code:?}"), "<secret>");
    }
}
