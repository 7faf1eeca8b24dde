//! Signing in: a session for a proved name.

use lightcase_audit::Event;
use lightcase_catalog::Session;
use lightcase_model::{Ctx, Phi, SessionId, Timestamp};

use crate::name::user_agent;
use crate::prove::Proved;
use crate::{Accounts, Principal, Result, SESSION_LIFETIME, Secret};

/// A session that was begun.
#[derive(Debug)]
pub struct SignedIn {
    /// Who signed in.
    pub principal: Principal,
    /// The cookie's value; its hash is kept.
    pub cookie: Secret,
    /// When the session ends whatever happens.
    pub expires: Timestamp,
}

impl Accounts {
    /// Signs in, recorded either way.
    ///
    /// # Errors
    /// [`crate::AccountsError::WrongCredentials`] whatever is wrong, after the same time;
    /// `Blocked` after five wrong tries for a name, for 30 s and twice as long each time, at most
    /// 15 minutes; `Busy` when too many are signing in at once.
    pub async fn sign_in(
        &self,
        ctx: &Ctx,
        name: &str,
        password: &str,
        agent: Option<&str>,
    ) -> Result<SignedIn> {
        let Proved { mut tx, account } = self.prove(ctx, name, password, agent).await?;
        let cookie = Secret::random();
        let expires = ctx.now.plus(SESSION_LIFETIME);
        let session = Session {
            id: SessionId::random(),
            account: account.id,
            created_at: ctx.now,
            seen_at: ctx.now,
            expires_at: expires,
        };
        tx.add_session(&session, &cookie.hash()).await?;
        let event = Event::SignedIn {
            account: account.id,
            session: session.id,
            account_name: Phi::new(account.name.clone()),
            user_agent: user_agent(agent),
        };
        tx.record(ctx, event).await?;
        tx.commit().await?;
        let principal = Principal::of_account(&account, session.id, expires);
        Ok(SignedIn { principal, cookie, expires })
    }
    /// Proves a name with its password without beginning a session; the name as the account has it.
    ///
    /// # Errors
    /// As [`Accounts::sign_in`].
    pub async fn verify(
        &self,
        ctx: &Ctx,
        name: &str,
        password: &str,
        agent: Option<&str>,
    ) -> Result<String> {
        let Proved { mut tx, account } = self.prove(ctx, name, password, agent).await?;
        let event = Event::AccountProved {
            account: account.id,
            account_name: Phi::new(account.name.clone()),
            user_agent: user_agent(agent),
        };
        tx.record(ctx, event).await?;
        tx.commit().await?;
        Ok(account.name)
    }
}
