//! Sessions of staff: who a cookie stands for.

use std::time::Duration;

use lightcase_audit::SignOutCause;
use lightcase_model::{Ctx, Timestamp};

use crate::{Accounts, Principal, Result, Secret};

/// A session ends when nothing came for so long.
pub const SESSION_IDLE: Duration = Duration::from_mins(30);
/// A session ends after so long whatever happens.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(12);
/// How often at most it is noted that a session was used.
const TOUCH: Duration = Duration::from_mins(1);

impl Accounts {
    /// Who a cookie stands for; `None` when its session has ended, idled away or expired, or its
    /// account is disabled.
    pub async fn session(&self, now: Timestamp, cookie: &str) -> Result<Option<Principal>> {
        let Some(secret) = Secret::parse(cookie) else { return Ok(None) };
        let Some(session) = self.catalog.session(&secret.hash()).await? else { return Ok(None) };
        let over = if session.expires_at <= now {
            Some(SignOutCause::Expired)
        } else if now.since(session.seen_at) >= SESSION_IDLE {
            Some(SignOutCause::Idle)
        } else {
            None
        };
        if let Some(cause) = over {
            self.end_session(&Ctx::system(now), session.account, session.id, cause).await?;
            return Ok(None);
        }
        let Some(account) = self.catalog.account(session.account).await? else { return Ok(None) };
        if account.disabled {
            return Ok(None);
        }
        if now.since(session.seen_at) >= TOUCH {
            self.catalog.touch_session(session.id, now).await?;
        }
        Ok(Some(Principal::of_account(&account, session.id, session.expires_at)))
    }
}
