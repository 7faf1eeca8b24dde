//! Share links: what was granted, and in which state the link is.

use std::collections::{BTreeMap, BTreeSet};

use lightcase_model::{
    AccountId, AuthorisationId, Authority, CollectionId, Factor, Grant, Language, May, Phi,
    SeriesId, SeriesUid, ShareId, StudyId, StudyUid, Timestamp,
};

use crate::row::{sixteen, stored};
use crate::share_source::{in_sight, push_of_studies, sources_in_sight};
use crate::sql::Sql;
use crate::{Catalog, Result, Tx};

/// A link to be made.
#[derive(Debug, Clone)]
pub struct NewShare {
    /// Its identifier.
    pub id: ShareId,
    /// Where what it grants lies: the archive, or clean copies made for it.
    pub collection: CollectionId,
    /// SHA-256 of the secret.
    pub secret_hash: [u8; 32],
    /// HMAC-SHA-256(secret, passcode); `None` without a passcode.
    pub passcode_verifier: Option<[u8; 32]>,
    /// Who it is for.
    pub recipient: Phi<String>,
    /// The recipient's address; empty when none was given.
    pub email: Phi<String>,
    /// What is asked for, in order.
    pub factors: Vec<Factor>,
    /// What the sender writes to the recipient; may be empty.
    pub message: Phi<String>,
    /// The language of notice and mail.
    pub language: Language,
    /// Whether series that arrive later belong to it.
    pub live: bool,
    /// What it is for.
    pub purpose: String,
    /// By what right it is made.
    pub authority: Authority,
    /// What may be done.
    pub may: May,
    /// Who made it; `None` is the command line or a token.
    pub created_by: Option<AccountId>,
    /// The name that the recipient reads.
    pub shared_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it can be opened.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// How many browsers may open it.
    pub max_uses: u32,
    /// Studies with their series; `whole` tells that the study was chosen, not single series.
    pub grants: Vec<(StudyId, BTreeSet<SeriesId>, bool)>,
    /// The studies of the archive of which clean copies were made for it; else empty.
    pub sources: BTreeSet<StudyId>,
}

/// The state of a link at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareState {
    /// It can be opened.
    Live,
    /// Its time is over.
    Expired,
    /// It was ended before its time.
    Revoked,
    /// Too many wrong tries over its lifetime: for good.
    Frozen,
    /// Too many wrong tries in a row: for a while.
    Locked,
    /// All its studies are withdrawn, until one is brought back; or any that its clean copies were
    /// made of, until all are.
    Withdrawn,
    /// Its time has not come.
    NotYet,
    /// No use is left: only browsers that proved themselves come in again.
    Exhausted,
}

impl ShareState {
    /// The word of the API and the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::NotYet => "notYet",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Frozen => "frozen",
            Self::Locked => "locked",
            Self::Withdrawn => "withdrawn",
            Self::Exhausted => "exhausted",
        }
    }
}

/// A study of a link, as its owner reads it.
#[derive(Debug, Clone)]
pub struct ShareStudy {
    /// Row.
    pub id: StudyId,
    /// (0020,000D).
    pub study_uid: StudyUid,
    /// (0010,0010).
    pub patient_name: Phi<String>,
    /// (0008,1030).
    pub description: String,
    /// (0008,0020).
    pub study_date: String,
    /// Whether the whole study was chosen.
    pub whole: bool,
    /// The granted series.
    pub series: Vec<(SeriesId, SeriesUid)>,
}

/// A link, without its grants.
#[derive(Clone)]
pub struct Share {
    /// Its identifier.
    pub id: ShareId,
    /// Collection its studies live in.
    pub collection: CollectionId,
    /// SHA-256 of the secret.
    pub secret_hash: [u8; 32],
    /// HMAC-SHA-256(secret, passcode); `None` without a passcode.
    pub passcode_verifier: Option<[u8; 32]>,
    /// Who it is for.
    pub recipient: Phi<String>,
    /// The recipient's address; empty when none was given.
    pub email: Phi<String>,
    /// What is asked for, in order.
    pub factors: Vec<Factor>,
    /// What the sender writes to the recipient; may be empty.
    pub message: Phi<String>,
    /// The language of notice and mail.
    pub language: Language,
    /// Whether series that arrive later belong to it.
    pub live: bool,
    /// What it is for.
    pub purpose: String,
    /// By what right it was made.
    pub authority: Authority,
    /// What may be done.
    pub may: May,
    /// Who made it.
    pub created_by: Option<AccountId>,
    /// The name that the recipient reads.
    pub shared_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it can be opened.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// How many browsers may open it.
    pub max_uses: i64,
    /// How many did.
    pub uses: i64,
    /// Wrong tries over its lifetime.
    pub failed_attempts: i64,
    /// Visits that proved nothing.
    pub probes: i64,
    /// No try is looked at before.
    pub locked_until: Timestamp,
    /// When it was frozen.
    pub frozen_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Whether all its studies are withdrawn now, or any that its clean copies were made of.
    pub withdrawn: bool,
    /// First opening.
    pub first_opened_at: Option<Timestamp>,
    /// Last opening.
    pub last_opened_at: Option<Timestamp>,
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Share").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Share {
    /// Its state at an instant.
    pub fn state(&self, now: Timestamp) -> ShareState {
        if self.revoked_at.is_some() {
            ShareState::Revoked
        } else if self.frozen_at.is_some() {
            ShareState::Frozen
        } else if self.expires_at <= now {
            ShareState::Expired
        } else if self.starts_at.is_some_and(|starts| starts > now) {
            ShareState::NotYet
        } else if self.withdrawn {
            ShareState::Withdrawn
        } else if self.locked_until > now {
            ShareState::Locked
        } else if self.uses >= self.max_uses {
            ShareState::Exhausted
        } else {
            ShareState::Live
        }
    }
}

/// Which links to list, newest first.
#[derive(Debug, Clone, Default)]
pub struct ShareFilter {
    /// Only links to this study, or to clean copies of it.
    pub study: Option<StudyUid>,
    /// Only ended ones (`false`), or those that have not ended (`true`), locked ones and ones whose
    /// studies are withdrawn included.
    pub live: Option<bool>,
    /// Only those that nobody ever opened.
    pub never_opened: bool,
    /// Only those for a recipient whose name or address has this in it, without case.
    pub recipient: Option<Phi<String>>,
    /// Only those of this account.
    pub created_by: Option<AccountId>,
    /// At most so many.
    pub limit: u32,
    /// Skip so many.
    pub offset: u32,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Vec<u8>,
    collection: i64,
    secret_hash: Vec<u8>,
    passcode_verifier: Option<Vec<u8>>,
    recipient: String,
    email: String,
    factors: String,
    message: String,
    language: String,
    live: i64,
    purpose: String,
    authority: String,
    authorisation: Option<Vec<u8>>,
    may: String,
    created_by: Option<Vec<u8>>,
    shared_by: String,
    created_at: i64,
    starts_at: i64,
    expires_at: i64,
    max_uses: i64,
    uses: i64,
    failed_attempts: i64,
    probes: i64,
    locked_until: i64,
    frozen_at: i64,
    revoked_at: i64,
    withdrawn: i64,
    first_opened_at: i64,
    last_opened_at: i64,
}

const COLUMNS: &str = concat!(
    "SELECT s.id, s.collection, s.secret_hash, s.passcode_verifier, s.recipient, s.email, \
     s.factors, s.message, s.language, s.live, s.purpose, s.authority, s.authorisation, s.may, \
     s.created_by, s.shared_by, s.created_at, s.starts_at, s.expires_at, s.max_uses, s.uses, \
     s.failed_attempts, s.probes, s.locked_until, s.frozen_at, s.revoked_at, CAST(CASE WHEN ",
    in_sight!("s.id"),
    " THEN 0 ELSE 1 END AS BIGINT) AS withdrawn, s.first_opened_at, s.last_opened_at FROM share s"
);

fn instant(micros: i64) -> Option<Timestamp> {
    (micros != 0).then(|| Timestamp::from_micros(micros))
}

fn authority(word: &str, record: Option<Vec<u8>>) -> Result<Authority> {
    let record = record.map(|id| sixteen(&id, "authorisation id").map(AuthorisationId::from_bytes));
    stored(Authority::of(word, record.transpose()?), "authority of a link")
}

fn factors(stored_names: &str) -> Result<Vec<Factor>> {
    stored_names.split_whitespace().map(|name| stored(name.parse(), "factor")).collect()
}

/// Name and address as they are searched by.
pub(crate) fn folded(recipient: &str, email: &str) -> String {
    format!("{recipient}\n{email}").to_lowercase()
}

/// A pattern of LIKE for texts that have this in them.
fn contains(text: &str) -> String {
    format!("%{}%", escaped(&text.trim().to_lowercase()))
}

/// A text as it stands in a pattern of LIKE, escaped by `!`.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// The part of an address behind the `@`, in lower case; empty when there is none.
pub(crate) fn domain(email: &str) -> String {
    email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default()
}

impl Row {
    fn into_share(self) -> Result<Share> {
        Ok(Share {
            id: ShareId::from_bytes(sixteen(&self.id, "share id")?),
            collection: CollectionId(self.collection),
            secret_hash: stored(self.secret_hash.as_slice().try_into(), "secret hash")?,
            passcode_verifier: self
                .passcode_verifier
                .map(|verifier| stored(verifier.as_slice().try_into(), "passcode verifier"))
                .transpose()?,
            recipient: Phi::new(self.recipient),
            email: Phi::new(self.email),
            factors: factors(&self.factors)?,
            message: Phi::new(self.message),
            language: stored(self.language.parse(), "language")?,
            live: self.live != 0,
            purpose: self.purpose,
            authority: authority(&self.authority, self.authorisation)?,
            may: if self.may == "download" { May::Download } else { May::View },
            created_by: self
                .created_by
                .map(|by| sixteen(&by, "account id").map(AccountId::from_bytes))
                .transpose()?,
            shared_by: self.shared_by,
            created_at: Timestamp::from_micros(self.created_at),
            starts_at: instant(self.starts_at),
            expires_at: Timestamp::from_micros(self.expires_at),
            max_uses: self.max_uses,
            uses: self.uses,
            failed_attempts: self.failed_attempts,
            probes: self.probes,
            locked_until: Timestamp::from_micros(self.locked_until),
            frozen_at: instant(self.frozen_at),
            revoked_at: instant(self.revoked_at),
            withdrawn: self.withdrawn != 0,
            first_opened_at: instant(self.first_opened_at),
            last_opened_at: instant(self.last_opened_at),
        })
    }
}

/// Series of a link's studies that do not belong to it.
macro_rules! new_series {
    ($share:literal) => {
        concat!(
            "FROM series se WHERE se.study IN (SELECT study FROM share_grant WHERE share = ",
            $share,
            ") AND NOT EXISTS (SELECT 1 FROM share_grant h WHERE h.share = ",
            $share,
            " AND h.series = se.id)"
        )
    };
}

impl Tx {
    /// Makes a link with its grants. The caller records the event.
    pub async fn add_share(&mut self, new: &NewShare) -> Result<()> {
        let may = match new.may {
            May::View => "view",
            May::Download => "download",
        };
        let factors: String = new.factors.iter().flat_map(|each| [each.name(), " "]).collect();
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO share (id, collection, secret_hash, passcode_verifier, recipient, \
                 purpose, may, created_by, shared_by, created_at, expires_at, max_uses, email, \
                 email_domain, factors, message, language, live, starts_at, recipient_folded, \
                 authority, authorisation) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
                 $17, $18, $19, $20, $21, $22)",
            )
            .bind(new.id.as_bytes().as_slice()).bind(new.collection.0)
            .bind(new.secret_hash.as_slice())
            .bind(new.passcode_verifier.map(|verifier| verifier.to_vec()))
            .bind(new.recipient.expose().as_str()).bind(new.purpose.as_str()).bind(may)
            .bind(new.created_by.map(|by| by.as_bytes().to_vec())).bind(new.shared_by.as_str())
            .bind(new.created_at.micros()).bind(new.expires_at.micros())
            .bind(i64::from(new.max_uses))
            .bind(new.email.expose().as_str()).bind(domain(new.email.expose()))
            .bind(factors.as_str()).bind(new.message.expose().as_str())
            .bind(new.language.name()).bind(i64::from(new.live))
            .bind(new.starts_at.map_or(0, Timestamp::micros))
            .bind(folded(new.recipient.expose(), new.email.expose()))
            .bind(new.authority.name())
            .bind(new.authority.record().map(|record| record.as_bytes().to_vec()))
            .execute(&mut *conn).await?;
            for (study, series, whole) in &new.grants {
                for series in series {
                    sqlx::query(
                        "INSERT INTO share_grant (share, study, series, whole_study) \
                         VALUES ($1, $2, $3, $4)",
                    )
                    .bind(new.id.as_bytes().as_slice()).bind(study.0).bind(series.0)
                    .bind(i64::from(*whole)).execute(&mut *conn).await?;
                }
            }
            for study in &new.sources {
                sqlx::query("INSERT INTO share_source (share, study) VALUES ($1, $2)")
                    .bind(new.id.as_bytes().as_slice()).bind(study.0)
                    .execute(&mut *conn).await?;
            }
        });
        self.changed = true;
        Ok(())
    }

    /// Takes series that arrived since into a link that shows whole studies; how many there were.
    pub async fn grow_share(&mut self, id: ShareId) -> Result<u64> {
        let grown = on_tx!(self, conn => {
            sqlx::query(concat!(
                "INSERT INTO share_grant (share, study, series, whole_study) \
                 SELECT $1, se.study, se.id, 1 ", new_series!("$1"),
                " ON CONFLICT (share, study, series) DO NOTHING"
            ))
            .bind(id.as_bytes().as_slice()).execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= grown > 0;
        Ok(grown)
    }

    /// Revokes a link; whether it was not revoked before.
    pub async fn revoke_share(&mut self, id: ShareId, at: Timestamp) -> Result<bool> {
        let revoked = on_tx!(self, conn => {
            sqlx::query("UPDATE share SET revoked_at = $1 WHERE id = $2 AND revoked_at = 0")
                .bind(at.micros()).bind(id.as_bytes().as_slice())
                .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= revoked > 0;
        Ok(revoked > 0)
    }
}

impl Catalog {
    /// The link of an identifier, whatever its state.
    pub async fn share(&self, id: ShareId) -> Result<Option<Share>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE s.id = ").bytes(id.as_bytes());
        let row: Option<Row> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_optional(&pools.read).await?
        });
        row.map(Row::into_share).transpose()
    }

    /// Links, newest first; one more than the limit when there are more.
    pub async fn shares(&self, filter: &ShareFilter, now: Timestamp) -> Result<Vec<Share>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE 1 = 1");
        if let Some(study) = &filter.study {
            push_of_studies(&mut sql, "st.study_uid = ", study.as_str());
        }
        if let Some(live) = filter.live {
            let live_at = "(s.revoked_at = 0 AND s.frozen_at = 0 AND s.expires_at > ";
            sql.push(if live { " AND " } else { " AND NOT " }).push(live_at);
            sql.int(now.micros()).push(")");
        }
        if filter.never_opened {
            sql.push(" AND s.first_opened_at = 0");
        }
        if let Some(recipient) = &filter.recipient {
            sql.push(" AND s.recipient_folded LIKE ").text(contains(recipient.expose()));
            sql.push(" ESCAPE '!'");
        }
        if let Some(by) = filter.created_by {
            sql.push(" AND s.created_by = ").bytes(by.as_bytes());
        }
        sql.push(" ORDER BY s.created_at DESC, s.id DESC LIMIT ").int(i64::from(filter.limit) + 1);
        sql.push(" OFFSET ").int(filter.offset);
        let rows: Vec<Row> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        rows.into_iter().map(Row::into_share).collect()
    }

    /// The links that rest on a record, oldest first, whatever their state.
    pub async fn shares_under(&self, record: AuthorisationId) -> Result<Vec<Share>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE s.authorisation = ").bytes(record.as_bytes());
        sql.push(" ORDER BY s.created_at, s.id");
        let rows: Vec<Row> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        rows.into_iter().map(Row::into_share).collect()
    }

    /// Whether series arrived since that do not belong to a link.
    pub async fn share_may_grow(&self, id: ShareId) -> Result<bool> {
        let new: Option<i64> = on_engine!(self, pools => {
            sqlx::query_scalar(concat!("SELECT CAST(1 AS BIGINT) ", new_series!("$1"), " LIMIT 1"))
                .bind(id.as_bytes().as_slice()).fetch_optional(&pools.read).await?
        });
        Ok(new.is_some())
    }

    /// The studies of a link, withdrawn ones included, as its owner reads them.
    pub async fn share_studies(&self, id: ShareId) -> Result<Vec<ShareStudy>> {
        type Row = (i64, String, String, String, String, i64, i64, String);
        let rows: Vec<Row> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT st.id, st.study_uid, p.name, st.description, st.study_date, \
                 g.whole_study, se.id, se.series_uid FROM share_grant g \
                 JOIN study st ON st.id = g.study JOIN patient p ON p.id = st.patient \
                 JOIN series se ON se.id = g.series WHERE g.share = $1 \
                 ORDER BY st.study_date DESC, st.id DESC, se.series_number, se.id",
            )
            .bind(id.as_bytes().as_slice()).fetch_all(&pools.read).await?
        });
        let mut studies: Vec<ShareStudy> = Vec::new();
        for (study, study_uid, name, description, date, whole, series, series_uid) in rows {
            let series = (SeriesId(series), stored(series_uid.parse(), "series UID")?);
            match studies.last_mut() {
                Some(last) if last.id.0 == study => last.series.push(series),
                Some(_) | None => studies.push(ShareStudy {
                    id: StudyId(study),
                    study_uid: stored(study_uid.parse(), "study UID")?,
                    patient_name: Phi::new(name),
                    description,
                    study_date: date,
                    whole: whole != 0,
                    series: vec![series],
                }),
            }
        }
        Ok(studies)
    }

    /// (0010,0030) of the patient of a link; empty when it is not known.
    pub async fn share_birth_date(&self, id: ShareId) -> Result<Phi<String>> {
        let date: Option<String> = on_engine!(self, pools => {
            sqlx::query_scalar(
                "SELECT p.birth_date FROM share_grant g JOIN study st ON st.id = g.study \
                 JOIN patient p ON p.id = st.patient WHERE g.share = $1 LIMIT 1",
            )
            .bind(id.as_bytes().as_slice()).fetch_optional(&pools.read).await?
        });
        Ok(Phi::new(date.unwrap_or_default()))
    }

    /// What a link shows, as a scope's grants; without studies that are withdrawn now, and nothing
    /// when any that its clean copies were made of is.
    pub async fn share_grants(&self, share: &Share) -> Result<Vec<Grant>> {
        let rows: Vec<(i64, i64)> = on_engine!(self, pools => {
            sqlx::query_as(concat!(
                "SELECT g.study, g.series FROM share_grant g JOIN study st ON st.id = g.study \
                 WHERE g.share = $1 AND st.withdrawn_at = 0 AND ",
                sources_in_sight!("$1")
            ))
            .bind(share.id.as_bytes().as_slice()).fetch_all(&pools.read).await?
        });
        let mut studies: BTreeMap<i64, BTreeSet<SeriesId>> = BTreeMap::new();
        for (study, series) in rows {
            studies.entry(study).or_default().insert(SeriesId(series));
        }
        Ok(studies
            .into_iter()
            .map(|(study, series)| Grant {
                collection: share.collection,
                study: StudyId(study),
                series: Some(series),
                may: share.may,
            })
            .collect())
    }

    /// How many frames the granted series of a link hold.
    pub async fn share_frames(&self, id: ShareId) -> Result<BTreeMap<SeriesId, i64>> {
        let rows: Vec<(i64, i64)> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT i.series, CAST(SUM(i.frames) AS BIGINT) FROM share_grant g \
                 JOIN instance i ON i.series = g.series WHERE g.share = $1 GROUP BY i.series",
            )
            .bind(id.as_bytes().as_slice()).fetch_all(&pools.read).await?
        });
        Ok(rows.into_iter().map(|(series, frames)| (SeriesId(series), frames)).collect())
    }
}
