//! Accounts as an administrator manages them.

use lightcase_audit::{Event, SignOutCause};
use lightcase_catalog::{Account, Tx};
use lightcase_model::{AccountId, Ctx, Permission, Role, Timestamp};

use crate::password::check_strength;
use crate::set_up::make;
use crate::{Accounts, AccountsError, NewPerson, Principal, Result};

/// An account as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// Its identifier.
    pub id: AccountId,
    /// The name it signs in with.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last signed in.
    pub last_sign_in_at: Option<Timestamp>,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            name: account.name,
            role: account.role,
            disabled: account.disabled,
            created_at: account.created_at,
            last_sign_in_at: account.last_sign_in_at,
        }
    }
}

impl Accounts {
    /// Makes an account. Every method here needs [`Permission::ManageUsers`].
    pub async fn add_account(
        &self,
        ctx: &Ctx,
        by: &Principal,
        person: NewPerson<'_>,
        role: Role,
    ) -> Result<AccountView> {
        by.need(Permission::ManageUsers)?;
        let prepared = self.prepare(person, role).await?;
        let mut tx = self.catalog.begin().await?;
        let account = make(&mut tx, ctx, prepared).await?;
        tx.commit().await?;
        Ok(account)
    }

    /// All accounts by name.
    pub async fn accounts(&self, by: &Principal) -> Result<Vec<AccountView>> {
        by.need(Permission::ManageUsers)?;
        Ok(self.catalog.accounts().await?.into_iter().map(AccountView::from).collect())
    }

    /// The account of a name, without case.
    pub async fn account_named(&self, by: &Principal, name: &str) -> Result<AccountView> {
        by.need(Permission::ManageUsers)?;
        let account = self.catalog.account_by_name(name.trim()).await?;
        account.map(AccountView::from).ok_or(AccountsError::Unknown)
    }

    /// Disables an account and ends its sessions. Doing it twice is not an error.
    pub async fn disable(&self, ctx: &Ctx, by: &Principal, id: AccountId) -> Result<()> {
        let account = self.managed(by, id).await?;
        if by.account == Some(id) {
            return Err(AccountsError::OwnAccount);
        }
        if account.disabled {
            return Ok(());
        }
        let mut tx = self.catalog.begin().await?;
        tx.set_disabled(id, Some(ctx.now)).await?;
        tx.record(ctx, Event::AccountDisabled { account: id }).await?;
        end_sessions(&mut tx, ctx, id).await?;
        Ok(tx.commit().await?)
    }

    /// Enables a disabled account.
    pub async fn enable(&self, ctx: &Ctx, by: &Principal, id: AccountId) -> Result<()> {
        if !self.managed(by, id).await?.disabled {
            return Ok(());
        }
        let mut tx = self.catalog.begin().await?;
        tx.set_disabled(id, None).await?;
        tx.record(ctx, Event::AccountEnabled { account: id }).await?;
        Ok(tx.commit().await?)
    }

    /// Sets an account's password anew, ends its sessions and lifts its block.
    pub async fn reset_password(
        &self,
        ctx: &Ctx,
        by: &Principal,
        id: AccountId,
        password: &str,
    ) -> Result<()> {
        let account = self.managed(by, id).await?;
        check_strength(&account.name, password)?;
        let verifier = self.passwords.hash(password).await?;
        let mut tx = self.catalog.begin().await?;
        tx.set_password(id, &verifier).await?;
        tx.clear_sign_in_failures(&account.name).await?;
        tx.record(ctx, Event::PasswordReset { account: id }).await?;
        end_sessions(&mut tx, ctx, id).await?;
        Ok(tx.commit().await?)
    }

    async fn managed(&self, by: &Principal, id: AccountId) -> Result<Account> {
        by.need(Permission::ManageUsers)?;
        self.catalog.account(id).await?.ok_or(AccountsError::Unknown)
    }
}

async fn end_sessions(tx: &mut Tx, ctx: &Ctx, account: AccountId) -> Result<()> {
    for session in tx.end_sessions_of(account, None, ctx.now).await? {
        let cause = SignOutCause::Ended;
        tx.record(ctx, Event::SignedOut { account, session, cause }).await?;
    }
    Ok(())
}
