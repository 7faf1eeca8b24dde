//! Somebody who proved who they are.

use std::collections::BTreeSet;

use lightcase_catalog::{Account, Token};
use lightcase_model::{AccountId, Actor, Permission, Role, Scope, SessionId, Timestamp};

use crate::{AccountsError, Result};

/// Somebody who proved who they are, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who acts, for the context.
    pub actor: Actor,
    /// The name that others read.
    pub name: String,
    /// What they may do.
    pub permissions: BTreeSet<Permission>,
    /// The account, unless it is a token or the command line.
    pub account: Option<AccountId>,
    /// Its role.
    pub role: Option<Role>,
    /// The session, when there is one.
    pub session: Option<SessionId>,
    /// When the session or token ends whatever happens; `None` when never.
    pub expires: Option<Timestamp>,
}

impl Principal {
    /// The name of the operator, where no other was given.
    pub const OPERATOR: &'static str = "the operator of this archive";

    /// Somebody at the machine's command line, who owns the data directory and may do everything.
    pub fn operator() -> Self {
        let roles = Role::ALL.iter().flat_map(|role| role.permissions());
        let mut permissions: BTreeSet<Permission> = roles.copied().collect();
        permissions.insert(Permission::ShareWithoutFactor);
        permissions.insert(Permission::ReadAudit);
        Self {
            actor: Actor::Operator,
            name: Self::OPERATOR.to_owned(),
            permissions,
            account: None,
            role: None,
            session: None,
            expires: None,
        }
    }

    pub(crate) fn of_account(account: &Account, session: SessionId, expires: Timestamp) -> Self {
        Self {
            actor: Actor::Account(account.id),
            name: account.name.clone(),
            permissions: account.role.permissions().iter().copied().collect(),
            account: Some(account.id),
            role: Some(account.role),
            session: Some(session),
            expires: Some(expires),
        }
    }

    pub(crate) fn of_token(token: Token) -> Self {
        let scopes = token.scopes.iter().flat_map(|scope| scope.permissions());
        Self {
            actor: Actor::Token(token.id),
            permissions: scopes.copied().collect(),
            name: token.name,
            account: None,
            role: None,
            session: None,
            expires: token.expires_at,
        }
    }

    /// Whether they may do that.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Refuses when they may not do that.
    pub fn need(&self, permission: Permission) -> Result<()> {
        if self.may(permission) { Ok(()) } else { Err(AccountsError::NotPermitted(permission)) }
    }

    /// What they may see: the archive for who may search, view or share, nothing for everybody
    /// else. Whether they may do a thing with it is asked beside it.
    pub fn scope(&self) -> Scope {
        let needs = [Permission::Search, Permission::View, Permission::Share];
        if needs.into_iter().any(|each| self.may(each)) { Scope::archive() } else { Scope::Nothing }
    }
}
