//! API tokens: `lc_` and 256 random bits, shown once.

use std::fmt;

use lightcase_audit::Event;
use lightcase_catalog::Token;
use lightcase_model::{Actor, Ctx, Permission, Phi, Timestamp, TokenId, TokenScope};
use zeroize::Zeroizing;

use crate::name::name;
use crate::{Accounts, AccountsError, Principal, Result, Secret};

const PREFIX: &str = "lc_";

/// The text of a token, which is shown once. `Debug` prints nothing of it.
#[derive(Clone)]
pub struct TokenSecret(Secret);

impl TokenSecret {
    /// `lc_` and 43 characters of base64url.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", *self.0.expose()))
    }

    /// Reads the text of a token.
    fn parse(text: &str) -> Option<Self> {
        Secret::parse(text.strip_prefix(PREFIX)?).map(Self)
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// A token to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// What its maker calls it.
    pub name: &'a str,
    /// What it may be used for.
    pub scopes: &'a [TokenScope],
    /// When it ends; `None` when never.
    pub expires: Option<Timestamp>,
}

impl Accounts {
    /// Makes a token, which may do no more than its maker: an administrator sees no study, so the
    /// scopes that reach studies are given by the operator, at the command line.
    ///
    /// # Errors
    /// `NotPermitted` without [`Permission::ManageUsers`]; `Malformed` for a scope that allows more
    /// than `by` may do, and for a name, list or end that cannot be.
    pub async fn create_token(
        &self,
        ctx: &Ctx,
        by: &Principal,
        new: NewToken<'_>,
    ) -> Result<(Token, TokenSecret)> {
        by.need(Permission::ManageUsers)?;
        let label = name(new.name)?;
        let mut scopes = new.scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(AccountsError::Malformed("The token has no scope. Name at least one."));
        }
        if !scopes.iter().all(|scope| may_give(by, *scope)) {
            return Err(AccountsError::Malformed(
                "A token may do no more than who makes it, and an administrator sees no study. \
                 Make this token at the command line: lightcase token create.",
            ));
        }
        if new.expires.is_some_and(|expires| expires <= ctx.now) {
            return Err(AccountsError::Malformed("The token would have expired already."));
        }
        let secret = TokenSecret(Secret::random());
        let token = Token {
            id: TokenId::random(),
            name: label.to_owned(),
            scopes,
            created_at: ctx.now,
            expires_at: new.expires,
            revoked_at: None,
        };
        let mut tx = self.catalog.begin().await?;
        tx.add_token(&token, &secret.0.hash()).await?;
        let event = Event::TokenCreated {
            token: token.id,
            scopes: token.scopes.clone(),
            expires: new.expires,
            label: Phi::new(token.name.clone()),
        };
        tx.record(ctx, event).await?;
        tx.commit().await?;
        Ok((token, secret))
    }

    /// Who a bearer token (`lc_…`, without the word Bearer) stands for; `None` when it is unknown,
    /// expired or revoked.
    pub async fn token(&self, now: Timestamp, bearer: &str) -> Result<Option<Principal>> {
        let Some(secret) = TokenSecret::parse(bearer) else { return Ok(None) };
        let token = self.catalog.token(&secret.0.hash()).await?;
        Ok(token
            .filter(|token| token.revoked_at.is_none())
            .filter(|token| token.expires_at.is_none_or(|expires| expires > now))
            .map(Principal::of_token))
    }

    /// All tokens, newest first.
    pub async fn tokens(&self, by: &Principal) -> Result<Vec<Token>> {
        by.need(Permission::ManageUsers)?;
        Ok(self.catalog.tokens().await?)
    }

    /// Revokes a token. Doing it twice is not an error.
    pub async fn revoke_token(&self, ctx: &Ctx, by: &Principal, id: TokenId) -> Result<()> {
        by.need(Permission::ManageUsers)?;
        let known = self.catalog.tokens().await?.into_iter().find(|token| token.id == id);
        let token = known.ok_or(AccountsError::Unknown)?;
        if token.revoked_at.is_some() {
            return Ok(());
        }
        let mut tx = self.catalog.begin().await?;
        if tx.revoke_token(id, ctx.now).await? {
            tx.record(ctx, Event::TokenRevoked { token: id }).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Whether a maker may give a scope to a token.
fn may_give(by: &Principal, scope: TokenScope) -> bool {
    let allowed = scope.permissions();
    // What a scope that allows nothing yet will once allow, only the operator has for certain.
    (!allowed.is_empty() || by.actor == Actor::Operator)
        && allowed.iter().all(|permission| by.may(*permission))
}
