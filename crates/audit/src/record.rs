//! One row of the audit, and the bytes and the hash that stand for it.

use data_encoding::BASE64;
use lightcase_model::{AccountId, EventId, ParseIdError, RequestId, ShareId, StudyId, Timestamp};
use sha2::{Digest, Sha256};

use crate::field::Field;
use crate::{AccessId, Json, JsonError};

/// One fact as it is kept for ever.
///
/// The canonical encoding is a stored format: version 1 is RFC 8785 JSON with the members
/// `v`, `id`, `at`, `actor`, `origin`, `request`, `event`, `data` and, when there are any,
/// `personal` (base64 of the ciphertext).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The event.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// Who acted: `kind`, and the identifier that goes with it.
    pub actor: Json,
    /// How it came: `kind`, and AE titles or the share where they apply; no network address.
    pub origin: Json,
    /// The request, the same as in reply and log.
    pub request: RequestId,
    /// Name of the kind of event; one of [`crate::Event::NAMES`] of the version that wrote it.
    pub event: String,
    /// The public fields of the event.
    pub data: Json,
    /// The personal fields, sealed.
    pub personal: Option<Vec<u8>>,
}

/// Why bytes are not the canonical encoding of a record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Not JSON of the kind records are made of.
    #[error("the record is not readable")]
    Json(#[from] JsonError),
    /// A member is missing or not what it must be.
    #[error("the record has no valid {0:?}")]
    Member(&'static str),
    /// Written by a later version.
    #[error("the record is of a version this program does not know")]
    Version,
    /// The same content, but other bytes than the canonical ones.
    #[error("the record is not in its canonical form")]
    Form,
}

impl Record {
    const VERSION: u16 = 1;

    /// RFC 8785 JSON of everything.
    pub fn canonical(&self) -> Vec<u8> {
        self.to_json().to_vec()
    }

    /// The leaf hash of RFC 9162 section 2.1.1: SHA-256 of a zero byte and the canonical encoding.
    pub fn leaf(&self) -> [u8; 32] {
        Self::leaf_of(&self.canonical())
    }

    /// The leaf hash of a canonical encoding that is at hand.
    pub fn leaf_of(canonical: &[u8]) -> [u8; 32] {
        Sha256::new().chain_update([0]).chain_update(canonical).finalize().into()
    }

    /// Reads a canonical encoding, and nothing but that: a record that parses has exactly the
    /// given bytes as its [`Self::canonical`].
    pub fn parse(canonical: &[u8]) -> Result<Self, RecordError> {
        let json = Json::parse(canonical)?;
        if json.get("v") != Some(&Json::integer(Self::VERSION)) {
            return Err(RecordError::Version);
        }
        let text = |name| json.get(name).and_then(Json::as_str).ok_or(RecordError::Member(name));
        let object = |name| match json.get(name) {
            Some(members @ Json::Object(_)) => Ok(members.clone()),
            Some(_) | None => Err(RecordError::Member(name)),
        };
        let record = Self {
            id: text("id")?.parse().map_err(|_error: ParseIdError| RecordError::Member("id"))?,
            at: json
                .get("at")
                .and_then(Json::as_i64)
                .map(Timestamp::from_micros)
                .ok_or(RecordError::Member("at"))?,
            actor: object("actor")?,
            origin: object("origin")?,
            request: text("request")?
                .parse()
                .map_err(|_error: ParseIdError| RecordError::Member("request"))?,
            event: text("event")?.to_owned(),
            data: object("data")?,
            personal: match json.get("personal") {
                None => None,
                Some(_) => Some(BASE64.decode(text("personal")?.as_bytes()).map_err(
                    |_error: data_encoding::DecodeError| RecordError::Member("personal"),
                )?),
            },
        };
        if record.canonical() == canonical { Ok(record) } else { Err(RecordError::Form) }
    }

    /// The studies the record is about.
    pub fn studies(&self) -> Vec<StudyId> {
        let many = match self.data.get("studies") {
            Some(Json::List(studies)) => studies.as_slice(),
            Some(_) | None => &[],
        };
        self.data
            .get("study")
            .into_iter()
            .chain(many)
            .filter_map(Json::as_i64)
            .map(StudyId)
            .collect()
    }

    /// The share the record is about.
    pub fn share(&self) -> Option<ShareId> {
        self.data.get("share")?.as_str()?.parse().ok()
    }

    /// The access that the record begins or ends.
    pub fn access(&self) -> Option<AccessId> {
        self.data.get("access_id")?.as_str()?.parse().ok()
    }

    /// The account the record is about; who acted is in [`Self::actor`].
    pub fn account(&self) -> Option<AccountId> {
        self.data.get("account")?.as_str()?.parse().ok()
    }

    /// Everything as JSON.
    pub(crate) fn to_json(&self) -> Json {
        let mut members = vec![
            ("v", Json::integer(Self::VERSION)),
            ("id", self.id.json()),
            ("at", Json::integer(self.at.micros())),
            ("actor", self.actor.clone()),
            ("origin", self.origin.clone()),
            ("request", self.request.json()),
            ("event", self.event.json()),
            ("data", self.data.clone()),
        ];
        if let Some(ciphertext) = &self.personal {
            members.push(("personal", Json::Text(BASE64.encode(ciphertext))));
        }
        Json::object(members)
    }
}
