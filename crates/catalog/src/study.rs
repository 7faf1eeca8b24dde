//! A study's row: made before its first object is sealed, because the row picks the key.

use std::sync::Arc;

use lightcase_model::{CollectionId, Phi, StudyId, StudyUid, Timestamp};
use lightcase_storage::{SubjectKey, SubjectKeyId};

use crate::fold::FoldedName;
use crate::row::sixteen;
use crate::{Catalog, CatalogError, NewKey, Result, Tx};

/// Patient and study attributes of the first instance that comes.
#[derive(Debug, Clone)]
pub struct NewStudy {
    /// Collection it goes into.
    pub collection: CollectionId,
    /// Issuer of patient id: (0010,0021), else the peer's configured one, else empty.
    pub issuer: String,
    /// (0010,0020); empty makes a patient of this study alone.
    pub patient_id: Phi<String>,
    /// (0010,0010).
    pub patient_name: Phi<String>,
    /// (0010,0030).
    pub birth_date: Phi<String>,
    /// (0010,0040).
    pub sex: String,
    /// (0020,000D).
    pub study_uid: StudyUid,
    /// (0008,0020).
    pub study_date: String,
    /// (0008,0030).
    pub study_time: String,
    /// (0008,0050).
    pub accession_number: Phi<String>,
    /// (0008,1030).
    pub description: String,
    /// (0008,0090).
    pub referring_physician: Phi<String>,
    /// When its first instance was received.
    pub received_at: Timestamp,
}

/// What became of opening a study for storing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StudyOpening {
    /// Its row, and the key its objects are sealed under.
    Open {
        /// Study row.
        study: StudyId,
        /// Key id.
        subject_key: SubjectKeyId,
        /// Instances it holds.
        instances: i64,
    },
    /// The same Study Instance UID is held with another patient.
    OtherPatient,
}

/// A study's row, as far as opening it needs.
#[derive(sqlx::FromRow)]
struct Found {
    id: i64,
    subject_key: Vec<u8>,
    instances: i64,
    issuer: String,
    patient_id: String,
    /// Store accesses without an end; counted only while it holds nothing.
    open_stores: i64,
}

impl Catalog {
    /// The key of a study that is known, withdrawn or not; `None` when the study is new. For
    /// sealing only: it shows nothing of the study.
    pub async fn study_key_id(
        &self,
        collection: CollectionId,
        study: &StudyUid,
    ) -> Result<Option<SubjectKeyId>> {
        let id: Option<Vec<u8>> = on_engine!(self, pools => {
            sqlx::query_scalar(
                "SELECT subject_key FROM study WHERE collection = $1 AND study_uid = $2",
            )
            .bind(collection.0).bind(study.as_str())
            .fetch_optional(&pools.read).await?
        });
        id.map(|id| Ok(SubjectKeyId::from_bytes(sixteen(&id, "key id")?))).transpose()
    }
}

impl Tx {
    /// Finds or makes the row of a study and its patient. `candidate` is the key of a study that
    /// seemed new; it goes in only when this transaction makes the row.
    pub async fn open_study(
        &mut self,
        new: &NewStudy,
        candidate: Option<&NewKey>,
    ) -> Result<StudyOpening> {
        if let Some(found) = self.study_of(new).await? {
            return self.reopen(new, found).await;
        }
        let candidate = candidate.ok_or(CatalogError::Corrupt("study key"))?;
        let patient = self.patient_row(new).await?;
        self.insert_key(candidate, "study", new.received_at).await?;
        let referring = FoldedName::of(new.referring_physician.expose());
        let id: Option<i64> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "INSERT INTO study (collection, patient, study_uid, study_date, study_time, \
                 accession_number, study_id, description, referring_physician, \
                 referring_physician_folded, referring_physician_ideographic, \
                 referring_physician_phonetic, referring_physician_words, received_at, \
                 subject_key) \
                 VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, $10, $11, $12, $13, $14) \
                 ON CONFLICT (collection, study_uid) DO NOTHING RETURNING id",
            )
            .bind(new.collection.0).bind(patient).bind(new.study_uid.as_str())
            .bind(new.study_date.as_str()).bind(new.study_time.as_str())
            .bind(new.accession_number.expose().as_str())
            .bind(new.description.as_str()).bind(new.referring_physician.expose().as_str())
            .bind(referring.alphabetic).bind(referring.ideographic).bind(referring.phonetic)
            .bind(referring.words).bind(new.received_at.micros())
            .bind(candidate.id.as_bytes().as_slice())
            .fetch_optional(&mut *conn).await?
        });
        self.changed = true;
        if let Some(id) = id {
            return Ok(StudyOpening::Open {
                study: StudyId(id),
                subject_key: candidate.id,
                instances: 0,
            });
        }
        // Another association was faster; its key is the study's.
        let found = self.study_of(new).await?.ok_or(CatalogError::Corrupt("study"))?;
        self.reopen(new, found).await
    }

    /// Opens a study that has a row. One that holds nothing, and into which nobody is storing, was
    /// opened by objects that were refused: what those said of the patient binds nobody.
    async fn reopen(&mut self, new: &NewStudy, found: Found) -> Result<StudyOpening> {
        let id = found.id;
        let found = if found.instances == 0 {
            // Two that open it at the same time see each other's beginning: this locks the row.
            on_tx!(self, conn => {
                sqlx::query("UPDATE study SET instances = instances WHERE id = $1")
                    .bind(id).execute(&mut *conn).await?;
            });
            self.study_of(new).await?.ok_or(CatalogError::Corrupt("study"))?
        } else {
            found
        };
        let same = found.patient_id == *new.patient_id.expose() && found.issuer == new.issuer;
        if !same && (found.instances > 0 || found.open_stores > 0) {
            return Ok(StudyOpening::OtherPatient);
        }
        if !same {
            self.describe_anew(new, id).await?;
        }
        Ok(StudyOpening::Open {
            study: StudyId(id),
            subject_key: SubjectKeyId::from_bytes(sixteen(&found.subject_key, "key id")?),
            instances: found.instances,
        })
    }

    async fn describe_anew(&mut self, new: &NewStudy, id: i64) -> Result<()> {
        let patient = self.patient_row(new).await?;
        let referring = FoldedName::of(new.referring_physician.expose());
        on_tx!(self, conn => {
            sqlx::query(
                "UPDATE study SET patient = $2, study_date = $3, study_time = $4, \
                 accession_number = $5, description = $6, referring_physician = $7, \
                 referring_physician_folded = $8, referring_physician_ideographic = $9, \
                 referring_physician_phonetic = $10, referring_physician_words = $11, \
                 received_at = $12, study_id = '' WHERE id = $1",
            )
            .bind(id).bind(patient).bind(new.study_date.as_str()).bind(new.study_time.as_str())
            .bind(new.accession_number.expose().as_str()).bind(new.description.as_str())
            .bind(new.referring_physician.expose().as_str())
            .bind(referring.alphabetic).bind(referring.ideographic).bind(referring.phonetic)
            .bind(referring.words).bind(new.received_at.micros())
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    async fn study_of(&mut self, new: &NewStudy) -> Result<Option<Found>> {
        Ok(on_tx!(self, conn => {
            sqlx::query_as(
                "SELECT st.id, st.subject_key, st.instances, p.issuer, p.patient_id, \
                 (SELECT COUNT(*) FROM audit_event b WHERE b.study = st.id \
                 AND b.name = 'store_begun' AND st.instances = 0 AND NOT EXISTS \
                 (SELECT 1 FROM audit_event e WHERE e.access = b.access \
                 AND e.name = 'store_ended')) AS open_stores FROM study st \
                 JOIN patient p ON p.id = st.patient \
                 WHERE st.collection = $1 AND st.study_uid = $2",
            )
            .bind(new.collection.0).bind(new.study_uid.as_str())
            .fetch_optional(&mut *conn).await?
        }))
    }

    async fn patient_row(&mut self, new: &NewStudy) -> Result<i64> {
        let patient_id = new.patient_id.expose().as_str();
        let name = FoldedName::of(new.patient_name.expose());
        on_tx!(self, conn => {
            let inserted: Option<i64> = sqlx::query_scalar(
                "INSERT INTO patient (collection, issuer, patient_id, name, name_folded, \
                 name_ideographic, name_phonetic, name_words, birth_date, sex) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                 ON CONFLICT (collection, issuer, patient_id) WHERE patient_id <> '' \
                 DO NOTHING RETURNING id",
            )
            .bind(new.collection.0).bind(new.issuer.as_str()).bind(patient_id)
            .bind(new.patient_name.expose().as_str()).bind(name.alphabetic)
            .bind(name.ideographic).bind(name.phonetic).bind(name.words)
            .bind(new.birth_date.expose().as_str()).bind(new.sex.as_str())
            .fetch_optional(&mut *conn).await?;
            if let Some(id) = inserted {
                return Ok(id);
            }
            Ok(sqlx::query_scalar(
                "SELECT id FROM patient WHERE collection = $1 AND issuer = $2 AND patient_id = $3",
            )
            .bind(new.collection.0).bind(new.issuer.as_str()).bind(patient_id)
            .fetch_one(&mut *conn).await?)
        })
    }
}

impl Catalog {
    /// The unwrapped key of an id.
    pub async fn subject_key(&self, id: SubjectKeyId, now: Timestamp) -> Result<Arc<SubjectKey>> {
        let wrapped: Vec<u8> = on_engine!(self, pools => {
            sqlx::query_scalar("SELECT wrapped FROM subject_key WHERE id = $1")
                .bind(id.as_bytes().as_slice()).fetch_one(&pools.read).await?
        });
        self.unwrap(id, wrapped, now).await
    }
}
