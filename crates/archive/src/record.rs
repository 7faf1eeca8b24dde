//! The ingest record: what is known of an object's coming, sealed in front of its bytes.
//!
//! With it a catalog can be rebuilt from the bucket and the root key alone.

use lightcase_model::{CollectionId, Ctx, Origin, Timestamp, TransferSyntaxUid};
use serde::{Deserialize, Serialize};

/// Version 1: `u32` big endian length, then this as JSON, then the PS3.10 file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IngestRecord {
    /// Format version.
    pub version: u8,
    /// Collection it belongs to.
    pub collection: i64,
    /// What it is: `identified`; of a clean copy `released` or `waiting`.
    pub disposition: String,
    /// The way it came: `dimse`, `stow`, `import`, `share`.
    pub origin: String,
    /// Calling AE title, over DIMSE.
    pub calling: Option<String>,
    /// Called AE title, over DIMSE.
    pub called: Option<String>,
    /// When it was received, microseconds UTC.
    pub received: Timestamp,
    /// The syntax it came in.
    pub transfer_syntax: TransferSyntaxUid,
    /// The policy that decided.
    pub policy: String,
    /// Issuer of Patient ID that stood in where the data set has none; empty when none did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub issuer: String,
    /// What was done to it, where it is a clean copy: the engine's report, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
}

/// Version of the record.
const VERSION: u8 = 1;

impl IngestRecord {
    pub(crate) fn new(
        ctx: &Ctx,
        collection: CollectionId,
        disposition: &str,
        transfer_syntax: &TransferSyntaxUid,
        policy: &str,
    ) -> Self {
        let (calling, called) = match &ctx.origin {
            Origin::Dimse { calling, called, address: _ } => {
                (Some(calling.to_string()), Some(called.to_string()))
            }
            Origin::Http { .. }
            | Origin::Stow { .. }
            | Origin::Import
            | Origin::Share { .. }
            | Origin::Local => (None, None),
        };
        Self {
            version: VERSION,
            collection: collection.0,
            disposition: disposition.to_owned(),
            origin: way(&ctx.origin).to_owned(),
            calling,
            called,
            received: ctx.now,
            transfer_syntax: transfer_syntax.clone(),
            policy: policy.to_owned(),
            issuer: String::new(),
            report: None,
        }
    }

    /// The record with its length in front.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // A struct of texts and numbers has no value that cannot be written.
        let json = serde_json::to_vec(self).unwrap_or_default();
        let length = u32::try_from(json.len()).unwrap_or(0);
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend_from_slice(&json);
        bytes
    }

    /// Reads a record from the beginning of an object; also how many bytes it takes. `None`: it is
    /// not whole, or not of a version that this program knows.
    pub(crate) fn parse(plaintext: &[u8]) -> Option<(Self, usize)> {
        let (length, rest) = plaintext.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let record: Self = serde_json::from_slice(rest.get(..length)?).ok()?;
        (record.version == VERSION).then_some((record, length.saturating_add(4)))
    }
}

/// The way an object came, as one word.
pub(crate) const fn way(origin: &Origin) -> &'static str {
    match origin {
        Origin::Dimse { .. } => "dimse",
        Origin::Stow { .. } => "stow",
        Origin::Http { .. } | Origin::Import => "import",
        Origin::Share { .. } => "share",
        Origin::Local => "local",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> IngestRecord {
        let syntax = TransferSyntaxUid::parse("1.2.840.10008.1.2.1").unwrap();
        let ctx = Ctx::system(Timestamp::from_micros(1));
        IngestRecord::new(&ctx, CollectionId::ARCHIVE, "identified", &syntax, "keep")
    }

    #[test]
    fn a_record_is_read_back_with_its_length() {
        for issuer in ["", "HOSPITAL"] {
            let record = IngestRecord { issuer: issuer.to_owned(), ..record() };
            let mut bytes = record.to_bytes();
            let length = bytes.len();
            bytes.extend_from_slice(b"the file");
            assert_eq!(IngestRecord::parse(&bytes), Some((record, length)));
        }
    }

    #[test]
    fn what_is_cut_or_of_a_later_version_is_not_read() {
        let bytes = record().to_bytes();
        for end in 0..bytes.len() {
            assert_eq!(IngestRecord::parse(&bytes[..end]), None);
        }
        let later = IngestRecord { version: 2, ..record() };
        assert_eq!(IngestRecord::parse(&later.to_bytes()), None);
        assert_eq!(IngestRecord::parse(&[0xff; 64]), None);
    }
}
