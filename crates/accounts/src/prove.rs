//! Proving a name with its password: one answer and one duration for every cause.

use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::{Account, Tx};
use lightcase_model::{Ctx, Phi, Timestamp};

use crate::name::{MAX_NAME, user_agent};
use crate::{Accounts, AccountsError, Result};

/// Wrong tries before the first block.
const FREE_TRIES: i64 = 5;
/// The first block; it doubles with every further wrong try.
const FIRST_BLOCK: Duration = Duration::from_secs(30);
/// The longest block: whoever guesses also keeps the owner out, so not for ever.
const LONGEST_BLOCK: Duration = Duration::from_mins(15);

/// A name that was proved, and the transaction in which it was, to be committed with its event.
pub(crate) struct Proved {
    pub(crate) tx: Tx,
    pub(crate) account: Account,
}

/// How long a name is blocked after so many wrong tries.
fn block_after(failures: i64) -> Option<Duration> {
    let doublings = failures.checked_sub(FREE_TRIES).filter(|over| *over >= 0)?;
    let doublings = u32::try_from(doublings).unwrap_or(u32::MAX);
    let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
    Some(FIRST_BLOCK.saturating_mul(factor).min(LONGEST_BLOCK))
}

impl Accounts {
    pub(crate) async fn prove(
        &self,
        ctx: &Ctx,
        name: &str,
        password: &str,
        agent: Option<&str>,
    ) -> Result<Proved> {
        // PostgreSQL keeps no NUL, and no account has a control character in its name.
        let plain = |each: char| if each.is_control() { char::REPLACEMENT_CHARACTER } else { each };
        let name: String = name.trim().chars().map(plain).take(MAX_NAME).collect();
        let failed = |account: Option<&Account>, reason| Event::SignInFailed {
            account: account.map(|account| account.id),
            reason,
            account_name: Phi::new(name.clone()),
            user_agent: user_agent(agent),
        };
        // Spares the hashing; what decides is the count below.
        let (_, until) = self.catalog.sign_in_failures(&name).await?;
        if until > ctx.now {
            self.catalog.record(ctx, failed(None, "blocked")).await?;
            return Err(blocked(until, ctx.now));
        }
        let account = self.catalog.account_by_name(&name).await?;
        let verifier = account.as_ref().map(|account| account.password.as_str());
        let fits = self.passwords.verify(password, verifier).await?;

        let mut tx = self.catalog.begin().await?;
        let Some(failures) = tx.count_sign_in(&name, ctx.now).await? else {
            tx.record(ctx, failed(None, "blocked")).await?;
            tx.commit().await?;
            let (_, until) = self.catalog.sign_in_failures(&name).await?;
            return Err(blocked(until, ctx.now));
        };
        let reason = match account {
            Some(account) if fits => {
                // The password may have been set anew, or the account disabled, while it was hashed.
                if tx.note_sign_in(account.id, &account.password, ctx.now).await? {
                    tx.clear_sign_in_failures(&name).await?;
                    return Ok(Proved { tx, account });
                }
                failed(Some(&account), "disabled")
            }
            Some(account) => failed(Some(&account), "wrong_password"),
            None => failed(None, "unknown_name"),
        };
        if let Some(block) = block_after(failures) {
            tx.block_sign_in(&name, ctx.now.plus(block)).await?;
        }
        tx.record(ctx, reason).await?;
        tx.commit().await?;
        Err(AccountsError::WrongCredentials)
    }
}

fn blocked(until: Timestamp, now: Timestamp) -> AccountsError {
    AccountsError::Blocked { retry_after: until.since(now).max(Duration::from_secs(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(failures: i64, seconds: Option<u64>) {
        assert_eq!(block_after(failures), seconds.map(Duration::from_secs), "{failures}");
    }

    #[test]
    fn blocks_double_and_end() {
        check(1, None);
        check(4, None);
        check(5, Some(30));
        check(6, Some(60));
        check(9, Some(480));
        check(10, Some(900));
        check(i64::MAX, Some(900));
        check(100_000, Some(900));
    }
}
