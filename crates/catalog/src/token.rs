//! API tokens. Only the hash of a token is kept.

use lightcase_model::{Timestamp, TokenId, TokenScope};

use crate::row::{sixteen, stored};
use crate::{Catalog, Result, Tx};

/// A token as it is listed and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its identifier.
    pub id: TokenId,
    /// What its maker called it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<TokenScope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; `None` when never.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Vec<u8>,
    name: String,
    scopes: String,
    created_at: i64,
    expires_at: i64,
    revoked_at: i64,
}

fn instant(micros: i64) -> Option<Timestamp> {
    (micros != 0).then(|| Timestamp::from_micros(micros))
}

impl Row {
    fn into_token(self) -> Result<Token> {
        Ok(Token {
            id: TokenId::from_bytes(sixteen(&self.id, "token id")?),
            name: self.name,
            scopes: self
                .scopes
                .split(' ')
                .filter(|scope| !scope.is_empty())
                .map(|scope| stored(scope.parse(), "token scope"))
                .collect::<Result<_>>()?,
            created_at: Timestamp::from_micros(self.created_at),
            expires_at: instant(self.expires_at),
            revoked_at: instant(self.revoked_at),
        })
    }
}

impl Tx {
    /// Makes a token.
    pub async fn add_token(&mut self, token: &Token, secret_hash: &[u8; 32]) -> Result<()> {
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.name()).collect();
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO token (id, secret_hash, name, scopes, created_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(token.id.as_bytes().as_slice()).bind(secret_hash.as_slice())
            .bind(token.name.as_str()).bind(scopes.join(" ")).bind(token.created_at.micros())
            .bind(token.expires_at.map_or(0, Timestamp::micros))
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Revokes a token; whether it was live.
    pub async fn revoke_token(&mut self, id: TokenId, at: Timestamp) -> Result<bool> {
        let revoked = on_tx!(self, conn => {
            sqlx::query("UPDATE token SET revoked_at = $1 WHERE id = $2 AND revoked_at = 0")
                .bind(at.micros()).bind(id.as_bytes().as_slice())
                .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= revoked > 0;
        Ok(revoked > 0)
    }
}

impl Catalog {
    /// The token of a secret's hash, revoked and expired ones included.
    pub async fn token(&self, secret_hash: &[u8; 32]) -> Result<Option<Token>> {
        let row: Option<Row> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT id, name, scopes, created_at, expires_at, revoked_at FROM token \
                 WHERE secret_hash = $1",
            )
            .bind(secret_hash.as_slice()).fetch_optional(&pools.read).await?
        });
        row.map(Row::into_token).transpose()
    }

    /// All tokens, newest first.
    pub async fn tokens(&self) -> Result<Vec<Token>> {
        let rows: Vec<Row> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT id, name, scopes, created_at, expires_at, revoked_at FROM token \
                 ORDER BY created_at DESC, id DESC",
            )
            .fetch_all(&pools.read).await?
        });
        rows.into_iter().map(Row::into_token).collect()
    }
}
