//! Records that a patient authorised a disclosure, in all their versions. Nothing takes one out.

use lightcase_model::{AuthorisationId, PatientId, Phi, ShareId, StudyId, StudyUid, Timestamp};
use lightcase_storage::SubjectKey;

use crate::key::KeyPurpose;
use crate::row::{sixteen, stored};
use crate::sql::Sql;
use crate::{Catalog, CatalogError, Result, Tx};

/// What a form says, as it is recorded.
#[derive(Debug, Clone)]
pub struct NewTerms {
    /// As the rules wrote it; kept sealed.
    pub terms: Phi<Vec<u8>>,
    /// The end of its last day; `None` when an event ends it.
    pub expires_at: Option<Timestamp>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Name of who recorded it.
    pub recorded_by: String,
}

/// A record to be made.
#[derive(Debug, Clone)]
pub struct NewAuthorisation {
    /// Its identifier.
    pub id: AuthorisationId,
    /// Whose images it is about.
    pub patient: PatientId,
    /// The study by which the patient was named.
    pub study: StudyId,
    /// Its first version.
    pub terms: NewTerms,
}

/// A version of a record.
#[derive(Debug, Clone)]
pub struct AuthorisationVersion {
    /// Its number, from 1.
    pub number: u32,
    /// As the rules wrote it.
    pub terms: Phi<Vec<u8>>,
    /// The end of its last day; `None` when an event ends it.
    pub expires_at: Option<Timestamp>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Name of who recorded it.
    pub recorded_by: String,
}

/// That a record was revoked.
#[derive(Debug, Clone)]
pub struct AuthorisationRevocation {
    /// When.
    pub at: Timestamp,
    /// Name of who did it.
    pub by: String,
    /// Why.
    pub reason: Phi<String>,
}

/// A record with the version in force.
#[derive(Debug, Clone)]
pub struct Authorisation {
    /// Its identifier.
    pub id: AuthorisationId,
    /// Whose images it is about.
    pub patient: PatientId,
    /// (0010,0010).
    pub patient_name: Phi<String>,
    /// (0010,0020).
    pub patient_number: Phi<String>,
    /// The study by which the patient was named.
    pub study: StudyId,
    /// (0020,000D) of that study.
    pub study_uid: StudyUid,
    /// When it was first recorded.
    pub created_at: Timestamp,
    /// The version in force.
    pub current: AuthorisationVersion,
    /// That it was revoked.
    pub revoked: Option<AuthorisationRevocation>,
}

/// What a link that is to rest on a record has to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whose images it is about.
    pub patient: PatientId,
    /// Number of the version in force.
    pub version: u32,
    /// The end of its last day; `None` when an event ends it.
    pub expires_at: Option<Timestamp>,
    /// Whether it was revoked.
    pub revoked: bool,
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    number: i64,
    terms: Vec<u8>,
    expires_at: i64,
    recorded_at: i64,
    recorded_by: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Vec<u8>,
    patient: i64,
    patient_name: String,
    patient_id: String,
    study: i64,
    study_uid: String,
    created_at: i64,
    revoked_at: i64,
    revoked_by: String,
    reason: Option<Vec<u8>>,
    #[sqlx(flatten)]
    version: VersionRow,
}

const SELECT: &str = "SELECT a.id, a.patient, p.name AS patient_name, p.patient_id, a.study, \
    st.study_uid, a.created_at, a.revoked_at, a.revoked_by, a.reason, v.number, v.terms, \
    v.expires_at, v.recorded_at, v.recorded_by FROM authorisation a \
    JOIN patient p ON p.id = a.patient JOIN study st ON st.id = a.study \
    JOIN authorisation_version v ON v.authorisation = a.id AND v.number = a.version";

/// Version numbers are counted by this file, from 1.
fn number(stored_number: i64) -> Result<u32> {
    stored(u32::try_from(stored_number), "version of an authorisation")
}

fn instant(micros: i64) -> Option<Timestamp> {
    (micros != 0).then(|| Timestamp::from_micros(micros))
}

impl VersionRow {
    fn opened(self, id: AuthorisationId, key: &SubjectKey) -> Result<AuthorisationVersion> {
        let number = number(self.number)?;
        let terms = key.open_field(&context(id, &format!("terms/{number}")), &self.terms);
        Ok(AuthorisationVersion {
            number,
            terms: Phi::new(terms.map_err(CatalogError::Keys)?),
            expires_at: instant(self.expires_at),
            recorded_at: Timestamp::from_micros(self.recorded_at),
            recorded_by: self.recorded_by,
        })
    }
}

impl Row {
    fn opened(self, key: &SubjectKey) -> Result<Authorisation> {
        let id = AuthorisationId::from_bytes(sixteen(&self.id, "authorisation id")?);
        let reason = self.reason.map(|sealed| key.open_field(&context(id, "reason"), &sealed));
        let reason = reason.transpose().map_err(CatalogError::Keys)?.unwrap_or_default();
        let reason = stored(String::from_utf8(reason), "reason of a revocation")?;
        let revoked = instant(self.revoked_at).map(|at| AuthorisationRevocation {
            at,
            by: self.revoked_by,
            reason: Phi::new(reason),
        });
        Ok(Authorisation {
            id,
            patient: PatientId(self.patient),
            patient_name: Phi::new(self.patient_name),
            patient_number: Phi::new(self.patient_id),
            study: StudyId(self.study),
            study_uid: stored(self.study_uid.parse(), "study UID")?,
            created_at: Timestamp::from_micros(self.created_at),
            current: self.version.opened(id, key)?,
            revoked,
        })
    }
}

impl Tx {
    /// Makes a record with its first version. The caller records the event.
    pub async fn add_authorisation(&mut self, new: &NewAuthorisation) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO authorisation (id, patient, study, version, created_at) \
                 VALUES ($1, $2, $3, 1, $4)",
            )
            .bind(new.id.as_bytes().as_slice()).bind(new.patient.0).bind(new.study.0)
            .bind(new.terms.recorded_at.micros()).execute(&mut *conn).await?;
        });
        self.changed = true;
        self.add_version(new.id, 1, &new.terms).await
    }

    /// Adds a version, which is in force from now on; its number, or `None` when there is no such
    /// record or it is revoked. The caller records the event.
    pub async fn change_authorisation(
        &mut self,
        id: AuthorisationId,
        terms: &NewTerms,
    ) -> Result<Option<u32>> {
        let version: Option<i64> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "UPDATE authorisation SET version = version + 1 \
                 WHERE id = $1 AND revoked_at = 0 RETURNING version",
            )
            .bind(id.as_bytes().as_slice()).fetch_optional(&mut *conn).await?
        });
        let Some(version) = version.map(number).transpose()? else { return Ok(None) };
        self.changed = true;
        self.add_version(id, version, terms).await?;
        Ok(Some(version))
    }

    async fn add_version(
        &mut self,
        id: AuthorisationId,
        version: u32,
        new: &NewTerms,
    ) -> Result<()> {
        let key = self.key_for(&KeyPurpose::System, new.recorded_at).await?;
        let context = context(id, &format!("terms/{version}"));
        let sealed = key.seal_field(&context, new.terms.expose()).map_err(CatalogError::Keys)?;
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO authorisation_version (authorisation, number, terms, expires_at, \
                 recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id.as_bytes().as_slice()).bind(i64::from(version)).bind(sealed)
            .bind(new.expires_at.map_or(0, Timestamp::micros)).bind(new.recorded_at.micros())
            .bind(new.recorded_by.as_str()).execute(&mut *conn).await?;
        });
        Ok(())
    }

    /// What a record allows now. Until this transaction ends nobody changes or revokes it, so
    /// what is made on the strength of it is found by whoever does.
    pub async fn hold_authorisation(&mut self, id: AuthorisationId) -> Result<Option<Standing>> {
        let found: Option<(i64, i64, i64, i64)> = on_tx!(self, conn => {
            // Locks the row on both engines.
            sqlx::query("UPDATE authorisation SET version = version WHERE id = $1")
                .bind(id.as_bytes().as_slice()).execute(&mut *conn).await?;
            sqlx::query_as(
                "SELECT a.patient, a.version, v.expires_at, a.revoked_at FROM authorisation a \
                 JOIN authorisation_version v ON v.authorisation = a.id AND v.number = a.version \
                 WHERE a.id = $1",
            )
            .bind(id.as_bytes().as_slice()).fetch_optional(&mut *conn).await?
        });
        found
            .map(|(patient, version, expires_at, revoked_at)| {
                Ok(Standing {
                    patient: PatientId(patient),
                    version: number(version)?,
                    expires_at: instant(expires_at),
                    revoked: revoked_at != 0,
                })
            })
            .transpose()
    }

    /// Revokes a record; whether it was not revoked before. The caller records the event and ends
    /// the links.
    pub async fn revoke_authorisation(
        &mut self,
        id: AuthorisationId,
        revocation: &AuthorisationRevocation,
    ) -> Result<bool> {
        let key = self.key_for(&KeyPurpose::System, revocation.at).await?;
        let reason = revocation.reason.expose().as_bytes();
        let reason = key.seal_field(&context(id, "reason"), reason).map_err(CatalogError::Keys)?;
        let revoked = on_tx!(self, conn => {
            sqlx::query(
                "UPDATE authorisation SET revoked_at = $2, revoked_by = $3, reason = $4 \
                 WHERE id = $1 AND revoked_at = 0",
            )
            .bind(id.as_bytes().as_slice()).bind(revocation.at.micros())
            .bind(revocation.by.as_str()).bind(reason)
            .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= revoked > 0;
        Ok(revoked > 0)
    }

    /// The links that rest on a record, are not revoked, and end after an instant; with their ends.
    pub async fn links_under(
        &mut self,
        id: AuthorisationId,
        after: Timestamp,
    ) -> Result<Vec<(ShareId, Timestamp)>> {
        let links: Vec<(Vec<u8>, i64)> = on_tx!(self, conn => {
            sqlx::query_as(
                "SELECT id, expires_at FROM share WHERE authorisation = $1 AND revoked_at = 0 \
                 AND expires_at > $2 ORDER BY created_at, id",
            )
            .bind(id.as_bytes().as_slice()).bind(after.micros()).fetch_all(&mut *conn).await?
        });
        links
            .into_iter()
            .map(|(share, expires)| {
                let share = ShareId::from_bytes(sixteen(&share, "share id")?);
                Ok((share, Timestamp::from_micros(expires)))
            })
            .collect()
    }
}

impl Catalog {
    /// A record.
    pub async fn authorisation(
        &self,
        id: AuthorisationId,
        now: Timestamp,
    ) -> Result<Option<Authorisation>> {
        let mut sql = Sql::new(SELECT);
        sql.push(" WHERE a.id = ").bytes(id.as_bytes());
        Ok(self.opened_authorisations(sql, now).await?.pop())
    }

    /// The records of a patient, newest first.
    pub async fn authorisations_of(
        &self,
        patient: PatientId,
        now: Timestamp,
    ) -> Result<Vec<Authorisation>> {
        let mut sql = Sql::new(SELECT);
        sql.push(" WHERE a.patient = ").int(patient.0);
        sql.push(" ORDER BY a.created_at DESC, a.id DESC");
        self.opened_authorisations(sql, now).await
    }

    async fn opened_authorisations(&self, sql: Sql, now: Timestamp) -> Result<Vec<Authorisation>> {
        let rows: Vec<Row> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.key_for(&KeyPurpose::System, now).await?;
        rows.into_iter().map(|row| row.opened(&key)).collect()
    }

    /// All versions of a record, oldest first.
    pub async fn authorisation_versions(
        &self,
        id: AuthorisationId,
        now: Timestamp,
    ) -> Result<Vec<AuthorisationVersion>> {
        let rows: Vec<VersionRow> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT number, terms, expires_at, recorded_at, recorded_by \
                 FROM authorisation_version WHERE authorisation = $1 ORDER BY number",
            )
            .bind(id.as_bytes().as_slice()).fetch_all(&pools.read).await?
        });
        let key = self.key_for(&KeyPurpose::System, now).await?;
        rows.into_iter().map(|row| row.opened(id, &key)).collect()
    }
}

/// Where a sealed field stands, so that it opens nowhere else.
pub(crate) fn context(id: AuthorisationId, field: &str) -> Vec<u8> {
    [b"authorisation/".as_slice(), id.as_bytes(), b"/", field.as_bytes()].concat()
}
