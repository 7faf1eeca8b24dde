//! Staff accounts.

use lightcase_model::{AccountId, Phi, Role, Timestamp};

use crate::row::{sixteen, stored};
use crate::{Catalog, CatalogError, Result, Tx};

/// An account.
#[derive(Clone)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// The name it signs in with.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Argon2id verifier in PHC form.
    pub password: String,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last signed in.
    pub last_sign_in_at: Option<Timestamp>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("disabled", &self.disabled)
            .finish_non_exhaustive()
    }
}

/// An account to be made.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// Its identifier.
    pub id: AccountId,
    /// The name it signs in with.
    pub name: &'a str,
    /// What it is for.
    pub role: Role,
    /// Argon2id verifier in PHC form.
    pub password: &'a str,
    /// When it is made.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Vec<u8>,
    name: String,
    role: String,
    password: String,
    disabled_at: i64,
    created_at: i64,
    last_sign_in_at: i64,
}

impl Row {
    fn into_account(self) -> Result<Account> {
        Ok(Account {
            id: AccountId::from_bytes(sixteen(&self.id, "account id")?),
            name: self.name,
            role: stored(self.role.parse(), "role")?,
            password: self.password,
            disabled: self.disabled_at != 0,
            created_at: Timestamp::from_micros(self.created_at),
            last_sign_in_at: (self.last_sign_in_at != 0)
                .then(|| Timestamp::from_micros(self.last_sign_in_at)),
        })
    }
}

/// The statement that reads accounts, with what follows it.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, role, password, disabled_at, created_at, last_sign_in_at FROM account",
            $rest
        )
    };
}

/// A name as it is compared. PostgreSQL keeps no NUL, and no account has one in its name: whoever
/// types it is told the same as of any other name that nobody has.
fn folded(name: &str) -> String {
    name.to_lowercase().replace('\0', "\u{FFFD}")
}

impl Tx {
    /// Makes an account; [`CatalogError::Taken`] when the name is known, without case.
    pub async fn add_account(&mut self, new: &NewAccount<'_>) -> Result<()> {
        let added = on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO account (id, name, name_folded, role, password, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name_folded) DO NOTHING",
            )
            .bind(new.id.as_bytes().as_slice()).bind(new.name).bind(folded(new.name))
            .bind(new.role.name()).bind(new.password).bind(new.created_at.micros())
            .execute(&mut *conn).await?.rows_affected()
        });
        if added == 0 {
            return Err(CatalogError::Taken(new.name.to_owned()));
        }
        self.changed = true;
        Ok(())
    }

    /// The address where an account is told what happens to its links; empty when nowhere.
    pub async fn account_email(&mut self, id: AccountId) -> Result<Phi<String>> {
        let email: Option<String> = on_tx!(self, conn => {
            sqlx::query_scalar("SELECT email FROM account WHERE id = $1")
                .bind(id.as_bytes().as_slice()).fetch_optional(&mut *conn).await?
        });
        Ok(Phi::new(email.unwrap_or_default()))
    }

    /// Sets that address.
    pub async fn set_account_email(&mut self, id: AccountId, email: &Phi<String>) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("UPDATE account SET email = $1 WHERE id = $2")
                .bind(email.expose().as_str()).bind(id.as_bytes().as_slice())
                .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Sets the password's verifier.
    pub async fn set_password(&mut self, id: AccountId, password: &str) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("UPDATE account SET password = $1 WHERE id = $2")
                .bind(password).bind(id.as_bytes().as_slice()).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Disables or enables an account; `at` is when it was disabled.
    pub async fn set_disabled(&mut self, id: AccountId, at: Option<Timestamp>) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("UPDATE account SET disabled_at = $1 WHERE id = $2")
                .bind(at.map_or(0, Timestamp::micros)).bind(id.as_bytes().as_slice())
                .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Counts a try to sign in as a failure before it is known whether it is one, in one atomic
    /// statement, so that parallel guesses cannot pass a block; returns the count. `None`: the
    /// name is blocked now. [`Self::clear_sign_in_failures`] takes it back.
    pub async fn count_sign_in(&mut self, name: &str, now: Timestamp) -> Result<Option<i64>> {
        let failures: Option<i64> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "INSERT INTO sign_in_failure (name_folded, failures, blocked_until) \
                 VALUES ($1, 1, 0) ON CONFLICT (name_folded) DO UPDATE \
                 SET failures = sign_in_failure.failures + 1 \
                 WHERE sign_in_failure.blocked_until <= $2 RETURNING failures",
            )
            .bind(folded(name)).bind(now.micros()).fetch_optional(&mut *conn).await?
        });
        self.changed |= failures.is_some();
        Ok(failures)
    }

    /// Blocks sign-ins for a name until an instant.
    pub async fn block_sign_in(&mut self, name: &str, until: Timestamp) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("UPDATE sign_in_failure SET blocked_until = $1 WHERE name_folded = $2")
                .bind(until.micros()).bind(folded(name)).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Forgets the failed sign-ins of a name.
    pub async fn clear_sign_in_failures(&mut self, name: &str) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("DELETE FROM sign_in_failure WHERE name_folded = $1")
                .bind(folded(name)).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Notes a sign-in, if the account is enabled and its password's verifier still is the one
    /// that was checked; whether it is.
    pub async fn note_sign_in(
        &mut self,
        id: AccountId,
        checked: &str,
        at: Timestamp,
    ) -> Result<bool> {
        let noted = on_tx!(self, conn => {
            sqlx::query(
                "UPDATE account SET last_sign_in_at = $1 \
                 WHERE id = $2 AND password = $3 AND disabled_at = 0",
            )
            .bind(at.micros()).bind(id.as_bytes().as_slice()).bind(checked)
            .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= noted > 0;
        Ok(noted > 0)
    }
}

impl Catalog {
    /// The account of a name, without case.
    pub async fn account_by_name(&self, name: &str) -> Result<Option<Account>> {
        let row: Option<Row> = on_engine!(self, pools => {
            sqlx::query_as(select!(" WHERE name_folded = $1"))
                .bind(folded(name)).fetch_optional(&pools.read).await?
        });
        row.map(Row::into_account).transpose()
    }

    /// The account of an identifier.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>> {
        let row: Option<Row> = on_engine!(self, pools => {
            sqlx::query_as(select!(" WHERE id = $1"))
                .bind(id.as_bytes().as_slice()).fetch_optional(&pools.read).await?
        });
        row.map(Row::into_account).transpose()
    }

    /// All accounts by name.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        let rows: Vec<Row> = on_engine!(self, pools => {
            sqlx::query_as(select!(" ORDER BY name_folded"))
                .fetch_all(&pools.read).await?
        });
        rows.into_iter().map(Row::into_account).collect()
    }

    /// How many sign-ins failed for a name, and until when it is blocked.
    pub async fn sign_in_failures(&self, name: &str) -> Result<(i64, Timestamp)> {
        let row: Option<(i64, i64)> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT failures, blocked_until FROM sign_in_failure WHERE name_folded = $1",
            )
            .bind(folded(name)).fetch_optional(&pools.read).await?
        });
        Ok(row.map_or((0, Timestamp::default()), |(n, at)| (n, Timestamp::from_micros(at))))
    }
}
