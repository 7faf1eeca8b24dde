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
    /// What it is to the archive: `identified`, or `quarantined`.
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
}

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
            version: 1,
            collection: collection.0,
            disposition: disposition.to_owned(),
            origin: way(&ctx.origin).to_owned(),
            calling,
            called,
            received: ctx.now,
            transfer_syntax: transfer_syntax.clone(),
            policy: policy.to_owned(),
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
