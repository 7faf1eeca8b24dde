//! Scans of signed forms: sealed, never changed, one beside the other.

use lightcase_model::{AuthorisationId, Phi, Timestamp};

use crate::authorisation::context;
use crate::key::KeyPurpose;
use crate::row::stored;
use crate::{Catalog, CatalogError, Result, Tx};

/// A scan to be attached.
#[derive(Debug, Clone)]
pub struct NewForm {
    /// Its media type.
    pub media_type: &'static str,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Its bytes; kept sealed.
    pub bytes: Phi<Vec<u8>>,
    /// When it is attached.
    pub at: Timestamp,
    /// Name of who attaches it.
    pub by: String,
}

/// What is known of a scan without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorisationForm {
    /// Its number, from 1.
    pub number: u32,
    /// The version that was in force when it was attached.
    pub version: u32,
    /// Its media type.
    pub media_type: String,
    /// How many bytes it has.
    pub length: u64,
    /// SHA-256 of them.
    pub sha256: [u8; 32],
    /// When it was attached.
    pub at: Timestamp,
    /// Name of who attached it.
    pub by: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    version: i64,
    media_type: String,
    length: i64,
    sha256: Vec<u8>,
    attached_at: i64,
    attached_by: String,
}

impl Row {
    fn into_form(self) -> Result<AuthorisationForm> {
        Ok(AuthorisationForm {
            number: stored(u32::try_from(self.number), "number of a form")?,
            version: stored(u32::try_from(self.version), "version of a form")?,
            media_type: self.media_type,
            length: stored(u64::try_from(self.length), "length of a form")?,
            sha256: stored(self.sha256.as_slice().try_into(), "digest of a form")?,
            at: Timestamp::from_micros(self.attached_at),
            by: self.attached_by,
        })
    }
}

impl Tx {
    /// Attaches a scan to the version in force; the version's number, or `None` when there is no
    /// such record or it is revoked. The caller records the event.
    pub async fn attach_form(&mut self, id: AuthorisationId, new: &NewForm) -> Result<Option<u32>> {
        // Two scans at once get a number each: this locks the record.
        let version: Option<i64> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "UPDATE authorisation SET version = version WHERE id = $1 AND revoked_at = 0 \
                 RETURNING version",
            )
            .bind(id.as_bytes().as_slice()).fetch_optional(&mut *conn).await?
        });
        let Some(version) = version else { return Ok(None) };
        let number: i64 = on_tx!(self, conn => {
            sqlx::query_scalar(
                "SELECT CAST(COUNT(*) + 1 AS BIGINT) FROM authorisation_form \
                 WHERE authorisation = $1",
            )
            .bind(id.as_bytes().as_slice()).fetch_one(&mut *conn).await?
        });
        let key = self.key_for(&KeyPurpose::System, new.at).await?;
        let sealed = key.seal_field(&context(id, &format!("form/{number}")), new.bytes.expose());
        let sealed = sealed.map_err(CatalogError::Keys)?;
        let length = stored(i64::try_from(new.bytes.expose().len()), "length of a form")?;
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO authorisation_form (authorisation, number, version, media_type, \
                 length, sha256, attached_at, attached_by, sealed) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(id.as_bytes().as_slice()).bind(number).bind(version).bind(new.media_type)
            .bind(length).bind(new.sha256.as_slice()).bind(new.at.micros())
            .bind(new.by.as_str()).bind(sealed).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(Some(stored(u32::try_from(version), "version of an authorisation")?))
    }
}

impl Catalog {
    /// The scans of a record, oldest first.
    pub async fn authorisation_forms(&self, id: AuthorisationId) -> Result<Vec<AuthorisationForm>> {
        let rows: Vec<Row> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT number, version, media_type, length, sha256, attached_at, attached_by \
                 FROM authorisation_form WHERE authorisation = $1 ORDER BY number",
            )
            .bind(id.as_bytes().as_slice()).fetch_all(&pools.read).await?
        });
        rows.into_iter().map(Row::into_form).collect()
    }

    /// The bytes of a scan, by its number.
    pub async fn form_bytes(
        &self,
        id: AuthorisationId,
        number: u32,
        now: Timestamp,
    ) -> Result<Option<Phi<Vec<u8>>>> {
        let sealed: Option<Vec<u8>> = on_engine!(self, pools => {
            sqlx::query_scalar(
                "SELECT sealed FROM authorisation_form WHERE authorisation = $1 AND number = $2",
            )
            .bind(id.as_bytes().as_slice()).bind(i64::from(number))
            .fetch_optional(&pools.read).await?
        });
        let Some(sealed) = sealed else { return Ok(None) };
        let key = self.key_for(&KeyPurpose::System, now).await?;
        let opened = key.open_field(&context(id, &format!("form/{number}")), &sealed);
        Ok(Some(Phi::new(opened.map_err(CatalogError::Keys)?)))
    }
}
