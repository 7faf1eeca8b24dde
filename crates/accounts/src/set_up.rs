//! The first start: a link that makes the first accounts, once.

use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::{NewAccount, Tx};
use lightcase_model::{AccountId, Ctx, Phi, Role, Timestamp};

use crate::name::name;
use crate::password::check_strength;
use crate::{AccountView, Accounts, AccountsError, Result, Secret};

/// How long a set-up link can be used.
pub const SETUP_LINK_LIFETIME: Duration = Duration::from_hours(24);

/// Name and password of an account to be made. `Debug` prints neither.
#[derive(Clone, Copy)]
pub struct NewPerson<'a> {
    /// The name to sign in with.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
}

impl std::fmt::Debug for NewPerson<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPerson")
    }
}

/// The accounts that set-up made.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// The first administrator.
    pub administrator: AccountView,
    /// The radiologist, when one was asked for: an administrator sees no studies.
    pub radiologist: Option<AccountView>,
}

/// Name and verifier of an account about to be made.
pub(crate) struct Prepared<'a> {
    name: &'a str,
    role: Role,
    verifier: String,
}

impl Accounts {
    /// Whether no account was made yet.
    pub async fn needs_setup(&self) -> Result<bool> {
        Ok(self.catalog.needs_setup().await?)
    }

    /// The token of a fresh set-up link, valid 24 hours and once; earlier ones end.
    pub async fn begin_setup(&self, now: Timestamp) -> Result<Secret> {
        if !self.needs_setup().await? {
            return Err(AccountsError::SetUpOver);
        }
        let token = Secret::random();
        let mut tx = self.catalog.begin().await?;
        tx.add_setup_link(&token.hash(), now.plus(SETUP_LINK_LIFETIME)).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Uses a set-up link: makes the first administrator and, if asked for, a radiologist, all or
    /// nothing.
    pub async fn set_up(
        &self,
        ctx: &Ctx,
        token: &str,
        administrator: NewPerson<'_>,
        radiologist: Option<NewPerson<'_>>,
    ) -> Result<SetUp> {
        let token = Secret::parse(token).ok_or(AccountsError::SetUpOver)?;
        if !self.needs_setup().await? {
            return Err(AccountsError::SetUpOver);
        }
        let administrator = self.prepare(administrator, Role::Admin).await?;
        let radiologist = match radiologist {
            Some(person) => Some(self.prepare(person, Role::Radiologist).await?),
            None => None,
        };
        let mut tx = self.catalog.begin().await?;
        if !tx.use_setup_link(&token.hash(), ctx.now).await? {
            return Err(AccountsError::SetUpOver);
        }
        let administrator = make(&mut tx, ctx, administrator).await?;
        let event = Event::SetUpCompleted {
            account: administrator.id,
            account_name: Phi::new(administrator.name.clone()),
        };
        tx.record(ctx, event).await?;
        let radiologist = match radiologist {
            Some(prepared) => Some(make(&mut tx, ctx, prepared).await?),
            None => None,
        };
        tx.commit().await?;
        Ok(SetUp { administrator, radiologist })
    }

    pub(crate) async fn prepare<'a>(
        &self,
        person: NewPerson<'a>,
        role: Role,
    ) -> Result<Prepared<'a>> {
        let name = name(person.name)?;
        check_strength(name, person.password)?;
        Ok(Prepared { name, role, verifier: self.passwords.hash(person.password).await? })
    }
}

/// Makes an account in a transaction, with its event.
pub(crate) async fn make(tx: &mut Tx, ctx: &Ctx, prepared: Prepared<'_>) -> Result<AccountView> {
    let new = NewAccount {
        id: AccountId::random(),
        name: prepared.name,
        role: prepared.role,
        password: &prepared.verifier,
        created_at: ctx.now,
    };
    tx.add_account(&new).await?;
    let event = Event::AccountCreated {
        account: new.id,
        role: new.role,
        account_name: Phi::new(new.name.to_owned()),
    };
    tx.record(ctx, event).await?;
    Ok(AccountView {
        id: new.id,
        name: new.name.to_owned(),
        role: new.role,
        disabled: false,
        created_at: ctx.now,
        last_sign_in_at: None,
    })
}
