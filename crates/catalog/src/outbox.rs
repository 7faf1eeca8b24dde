//! The outbox: mails that wait for the mail server, sealed, and what became of each.

use std::collections::BTreeMap;
use std::time::Duration;

use lightcase_model::{MailId, Phi, ShareId, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::key::KeyPurpose;
use crate::row::{sixteen, stored};
use crate::sql::{Bind, Sql};
use crate::{Catalog, CatalogError, Result, Tx};

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// A link, to its recipient.
    Link,
    /// A one-time code, to the recipient of a link.
    Code,
    /// Something the owner of a link is told.
    Alert,
}

impl MailKind {
    const ALL: [Self; 3] = [Self::Link, Self::Code, Self::Alert];

    /// The word of the catalog and the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Code => "code",
            Self::Alert => "alert",
        }
    }

    fn read(name: &str) -> Result<Self> {
        let kind = Self::ALL.into_iter().find(|kind| kind.name() == name);
        kind.ok_or(CatalogError::Corrupt("kind of a mail"))
    }
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// It waits for the mail server.
    Queued,
    /// The mail server took it.
    Sent,
    /// The mail server refused it, or did not take it in time.
    Failed,
    /// Its link ended before.
    Cancelled,
}

impl MailState {
    const ALL: [Self; 4] = [Self::Queued, Self::Sent, Self::Failed, Self::Cancelled];

    /// The word of the API and the catalog.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn read(name: &str) -> Result<Self> {
        let state = Self::ALL.into_iter().find(|state| state.name() == name);
        state.ok_or(CatalogError::Corrupt("state of a mail"))
    }
}

/// What is kept sealed of a mail until the mail server has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Address of who it is for.
    pub to: Phi<String>,
    /// Its subject, one line.
    pub subject: Phi<String>,
    /// Its text, plain.
    pub text: Phi<String>,
}

/// A mail to be sent.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// Its identifier, also in the log and the audit.
    pub id: MailId,
    /// The link it is about.
    pub share: Option<ShareId>,
    /// What it is about.
    pub kind: MailKind,
    /// What it says, and to whom.
    pub letter: Letter,
    /// When it was made; it is due at once.
    pub at: Timestamp,
    /// When it is given up.
    pub ends: Timestamp,
}

/// A mail that is to be sent, leased to whoever claimed it.
#[derive(Debug, Clone)]
pub struct DueMail {
    /// Its identifier.
    pub id: MailId,
    /// The link it is about.
    pub share: Option<ShareId>,
    /// What it is about.
    pub kind: MailKind,
    /// What it says, and to whom.
    pub letter: Letter,
    /// How often it was claimed, this time included.
    pub tries: i64,
    /// When it is given up.
    pub ends: Timestamp,
}

/// What became of the mail of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Where it stands.
    pub state: MailState,
    /// How often it was tried.
    pub tries: i64,
    /// Since when it stands there.
    pub at: Timestamp,
    /// Why the last try failed; empty when none did.
    pub error: String,
}

/// A mail that [`Tx::sweep_mail`] took out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweptMail {
    /// Its identifier.
    pub id: MailId,
    /// The link it was about.
    pub share: Option<ShareId>,
    /// What it was about.
    pub kind: MailKind,
    /// How often it was tried.
    pub tries: i64,
    /// [`MailState::Failed`] or [`MailState::Cancelled`].
    pub state: MailState,
}

/// Why a mail failed that was not taken before its end.
const TOO_LATE: &str = "The mail server did not take it in time.";

/// The stored form of a [`Letter`], before it is sealed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    v: u8,
    to: String,
    subject: String,
    text: String,
}

/// Whether the link of a mail to its recipient has ended at the instant of a placeholder. What its
/// owner is told of an ended link is worth telling.
macro_rules! ended {
    ($now:literal) => {
        concat!(
            "(outbox.kind <> 'alert' AND EXISTS (SELECT 1 FROM share s WHERE s.id = outbox.share \
             AND (s.revoked_at <> 0 OR s.frozen_at <> 0 OR s.expires_at <= ",
            $now,
            ")))"
        )
    };
}

#[derive(sqlx::FromRow)]
struct DueRow {
    share: Option<Vec<u8>>,
    kind: String,
    sealed: Option<Vec<u8>>,
    tries: i64,
    ends_at: i64,
}

fn share_of(bytes: Option<Vec<u8>>) -> Result<Option<ShareId>> {
    bytes.map(|bytes| sixteen(&bytes, "share id").map(ShareId::from_bytes)).transpose()
}

/// Where a sealed letter stands, so that it opens nowhere else.
fn context(id: MailId) -> Vec<u8> {
    [b"outbox/".as_slice(), id.as_bytes()].concat()
}

impl Tx {
    /// Puts a mail into the outbox. A one-time code takes the place of those before it, which
    /// count no more. The caller records the event.
    pub async fn queue_mail(&mut self, new: &NewMail) -> Result<()> {
        let sheet = Sheet {
            v: 1,
            to: new.letter.to.expose().clone(),
            subject: new.letter.subject.expose().clone(),
            text: new.letter.text.expose().clone(),
        };
        let bytes = Zeroizing::new(stored(serde_json::to_vec(&sheet), "letter")?);
        let key = self.key_for(&KeyPurpose::System, new.at).await?;
        let sealed = key.seal_field(&context(new.id), &bytes).map_err(CatalogError::Keys)?;
        if let (MailKind::Code, Some(share)) = (new.kind, new.share) {
            self.cancel(share, &[MailKind::Code], new.at).await?;
        }
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO outbox (id, share, kind, sealed, due_at, ends_at, created_at, \
                 changed_at) VALUES ($1, $2, $3, $4, $5, $6, $5, $5)",
            )
            .bind(new.id.as_bytes().as_slice())
            .bind(new.share.map(|share| share.as_bytes().to_vec()))
            .bind(new.kind.name()).bind(sealed).bind(new.at.micros()).bind(new.ends.micros())
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Takes out what waits for the recipient of a link that ends or is made anew; how many mails
    /// that were. What its owner is to be told stays. The caller records the event.
    pub async fn cancel_mail_of(&mut self, share: ShareId, at: Timestamp) -> Result<u64> {
        self.cancel(share, &[MailKind::Link, MailKind::Code], at).await
    }

    async fn cancel(&mut self, share: ShareId, kinds: &[MailKind], at: Timestamp) -> Result<u64> {
        let mut sql =
            Sql::new("UPDATE outbox SET state = 'cancelled', sealed = NULL, changed_at = ");
        sql.int(at.micros()).push(" WHERE state = 'queued' AND share = ").bytes(share.as_bytes());
        sql.push(" AND kind IN ").list(kinds.iter().map(|kind| Bind::Text(kind.name().to_owned())));
        let cancelled = on_tx!(self, conn => {
            bound!(sqlx::query, sql).execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= cancelled > 0;
        Ok(cancelled)
    }

    /// The mail server took a mail; whether that was not known. It counts although its link ended
    /// while it was on its way. The caller records the event.
    pub async fn mail_sent(&mut self, id: MailId, at: Timestamp) -> Result<bool> {
        let changed = on_tx!(self, conn => {
            sqlx::query(
                "UPDATE outbox SET state = 'sent', sealed = NULL, last_error = '', \
                 changed_at = $2 WHERE id = $1 AND state <> 'sent'",
            )
            .bind(id.as_bytes().as_slice()).bind(at.micros())
            .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= changed > 0;
        Ok(changed > 0)
    }

    /// Gives a mail up, for a reason that holds neither address nor secret; whether it was queued.
    /// The caller records the event.
    pub async fn give_mail_up(&mut self, id: MailId, why: &str, at: Timestamp) -> Result<bool> {
        let changed = on_tx!(self, conn => {
            sqlx::query(
                "UPDATE outbox SET state = 'failed', sealed = NULL, last_error = $2, \
                 changed_at = $3 WHERE id = $1 AND state = 'queued'",
            )
            .bind(id.as_bytes().as_slice()).bind(why).bind(at.micros())
            .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= changed > 0;
        Ok(changed > 0)
    }

    /// Takes out what was not taken in time and what belongs to links that ended, whoever ended
    /// them. The caller records an event for each.
    pub async fn sweep_mail(&mut self, now: Timestamp) -> Result<Vec<SweptMail>> {
        type Row = (Vec<u8>, Option<Vec<u8>>, String, i64, String);
        let rows: Vec<Row> = on_tx!(self, conn => {
            sqlx::query_as(concat!(
                "UPDATE outbox SET sealed = NULL, changed_at = $1, \
                 state = CASE WHEN ", ended!("$1"), " THEN 'cancelled' ELSE 'failed' END, \
                 last_error = CASE WHEN ", ended!("$1"), " THEN '' ELSE $2 END \
                 WHERE state = 'queued' AND ((ends_at <= $1 AND lease_until <= $1) OR ",
                ended!("$1"),
                ") RETURNING id, share, kind, tries, state",
            ))
            .bind(now.micros()).bind(TOO_LATE).fetch_all(&mut *conn).await?
        });
        self.changed |= !rows.is_empty();
        let swept = |(id, share, kind, tries, state): Row| {
            Ok(SweptMail {
                id: MailId::from_bytes(sixteen(&id, "mail id")?),
                share: share_of(share)?,
                kind: MailKind::read(&kind)?,
                tries,
                state: MailState::read(&state)?,
            })
        };
        rows.into_iter().map(swept).collect()
    }
}

impl Catalog {
    /// Claims the mail that has been due longest, codes first, for as long as the lease lasts.
    /// Leases and tries are bookkeeping: nothing that the ledger tells.
    pub async fn claim_mail(&self, now: Timestamp, lease: Duration) -> Result<Option<DueMail>> {
        // Of two that found the same one, one gets it, and the other looks again.
        let (id, row) = loop {
            let due: Option<Vec<u8>> = on_engine!(self, pools => {
                sqlx::query_scalar(concat!(
                    "SELECT id FROM outbox WHERE state = 'queued' AND due_at <= $1 \
                     AND lease_until <= $1 AND ends_at > $1 AND NOT ", ended!("$1"),
                    " ORDER BY CASE WHEN kind = 'code' THEN 0 ELSE 1 END, due_at, id LIMIT 1",
                ))
                .bind(now.micros()).fetch_optional(&pools.read).await?
            });
            let Some(due) = due else { return Ok(None) };
            let row: Option<DueRow> = on_engine!(self, pools => {
                sqlx::query_as(concat!(
                    "UPDATE outbox SET lease_until = $3, tries = tries + 1 WHERE id = $2 \
                     AND state = 'queued' AND lease_until <= $1 AND NOT ", ended!("$1"),
                    " RETURNING share, kind, sealed, tries, ends_at",
                ))
                .bind(now.micros()).bind(due.as_slice()).bind(now.plus(lease).micros())
                .fetch_optional(&pools.write).await?
            });
            if let Some(row) = row {
                break (MailId::from_bytes(sixteen(&due, "mail id")?), row);
            }
        };
        let key = self.key_for(&KeyPurpose::System, now).await?;
        let sealed = row.sealed.ok_or(CatalogError::Corrupt("letter"))?;
        let opened = key.open_field(&context(id), &sealed).map_err(CatalogError::Keys)?;
        let sheet: Sheet = stored(serde_json::from_slice(&Zeroizing::new(opened)), "letter")?;
        if sheet.v != 1 {
            return Err(CatalogError::Corrupt("letter"));
        }
        Ok(Some(DueMail {
            id,
            share: share_of(row.share)?,
            kind: MailKind::read(&row.kind)?,
            letter: Letter {
                to: Phi::new(sheet.to),
                subject: Phi::new(sheet.subject),
                text: Phi::new(sheet.text),
            },
            tries: row.tries,
            ends: Timestamp::from_micros(row.ends_at),
        }))
    }

    /// Gives a claim back, to be made again when it is due; `why` holds neither address nor
    /// secret.
    pub async fn mail_failed(&self, id: MailId, due: Timestamp, why: &str) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query(
                "UPDATE outbox SET due_at = $2, lease_until = 0, last_error = $3 \
                 WHERE id = $1 AND state = 'queued'",
            )
            .bind(id.as_bytes().as_slice()).bind(due.micros()).bind(why)
            .execute(&pools.write).await?;
        });
        Ok(())
    }

    /// What became of the mails that brought links to their recipients, of each link the last.
    pub async fn mail_of(&self, shares: &[ShareId]) -> Result<BTreeMap<ShareId, Delivery>> {
        type Row = (Vec<u8>, String, i64, i64, String);
        let mut sql = Sql::new(
            "SELECT share, state, tries, changed_at, last_error FROM outbox WHERE share IN ",
        );
        sql.list(shares.iter().map(|share| Bind::Bytes(share.as_bytes().to_vec())));
        sql.push(" AND kind = 'link' ORDER BY created_at, id");
        let rows: Vec<Row> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        let delivery = |(share, state, tries, at, error): Row| {
            let share = ShareId::from_bytes(sixteen(&share, "share id")?);
            let (state, at) = (MailState::read(&state)?, Timestamp::from_micros(at));
            Ok((share, Delivery { state, tries, at, error }))
        };
        rows.into_iter().map(delivery).collect()
    }
}
