//! Newcomers: unknown callers that were refused, for whoever may let them in.

use std::net::IpAddr;

use lightcase_model::{AeTitle, NewcomerId, Timestamp};

use crate::row::{sixteen, stored};
use crate::{Catalog, Result, Tx};

/// At most so many are kept, the newest: whoever can reach the port can fill the list.
const KEPT: i64 = 100;

/// An unknown caller. One for each title, address and certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// Names it in the API.
    pub id: NewcomerId,
    /// The title it claimed.
    pub title: AeTitle,
    /// Where it called from.
    pub address: IpAddr,
    /// SHA-256 of the certificate (DER) that it showed.
    pub certificate: Option<[u8; 32]>,
    /// When it was refused first.
    pub first_at: Timestamp,
    /// When it was refused last.
    pub last_at: Timestamp,
    /// How often it was refused.
    pub times: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Vec<u8>,
    title: String,
    address: String,
    certificate: Vec<u8>,
    first_at: i64,
    last_at: i64,
    times: i64,
}

impl Row {
    fn into_newcomer(self) -> Result<Newcomer> {
        let certificate = Some(self.certificate).filter(|digest| !digest.is_empty());
        Ok(Newcomer {
            id: NewcomerId::from_bytes(sixteen(&self.id, "newcomer id")?),
            title: stored(self.title.parse(), "AE title")?,
            address: stored(self.address.parse(), "network address")?,
            certificate: certificate
                .map(|digest| stored(digest.as_slice().try_into(), "certificate digest"))
                .transpose()?,
            first_at: Timestamp::from_micros(self.first_at),
            last_at: Timestamp::from_micros(self.last_at),
            times: self.times,
        })
    }
}

impl Tx {
    /// Notes an unknown caller that was refused, and forgets the oldest where there are too many.
    /// The caller records the event.
    pub async fn note_newcomer(
        &mut self,
        title: &AeTitle,
        address: IpAddr,
        certificate: Option<&[u8; 32]>,
        at: Timestamp,
    ) -> Result<()> {
        let digest = certificate.map_or(&[][..], <[u8; 32]>::as_slice);
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO newcomer (id, title, address, certificate, first_at, last_at, times) \
                 VALUES ($1, $2, $3, $4, $5, $5, 1) ON CONFLICT (title, address, certificate) \
                 DO UPDATE SET last_at = $5, times = newcomer.times + 1",
            )
            .bind(NewcomerId::random().as_bytes().as_slice()).bind(title.as_str())
            .bind(address.to_string()).bind(digest).bind(at.micros())
            .execute(&mut *conn).await?;
            sqlx::query(
                "DELETE FROM newcomer WHERE id NOT IN \
                 (SELECT id FROM newcomer ORDER BY last_at DESC, id LIMIT $1)",
            )
            .bind(KEPT).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }
}

impl Catalog {
    /// Unknown callers that were refused, newest first.
    pub async fn newcomers(&self) -> Result<Vec<Newcomer>> {
        let rows: Vec<Row> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT id, title, address, certificate, first_at, last_at, times FROM newcomer \
                 ORDER BY last_at DESC, id",
            )
            .fetch_all(&pools.read).await?
        });
        rows.into_iter().map(Row::into_newcomer).collect()
    }
}
