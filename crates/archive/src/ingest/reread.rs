//! Stored again: an object whose sealed bytes are in the store already is read where another would
//! be sealed.

use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use lightcase_storage::{Expected, SubjectKey};

use super::decide::Decided;
use super::seal::Pass;
use super::store::Stored;
use super::validate::Validated;
use crate::refusal::{Fault, Reason};

/// A blob, and what precedes the data set in it.
pub(crate) struct Blob {
    pub(crate) object: Expected,
    pub(crate) key: Arc<SubjectKey>,
    /// Length of the ingest record with its length field.
    pub(crate) record_length: u64,
    /// Preamble, prefix and File Meta Information.
    pub(crate) meta: Bytes,
}

impl Blob {
    /// Bytes before the data set.
    pub(crate) fn skip(&self) -> u64 {
        self.record_length.saturating_add(self.meta_length())
    }

    fn meta_length(&self) -> u64 {
        u64::try_from(self.meta.len()).unwrap_or(u64::MAX)
    }
}

/// Scans and digests the data set to its last byte, as sealing does.
pub(super) async fn reread(decided: Decided, blob: &Blob) -> Result<Stored, Fault> {
    let Decided { validated, decision: _ } = decided;
    let Validated { identity: _, transfer_syntax, scanner, head, mut rest, room } = validated;
    let mut pass = Pass::new((scanner, room), &blob.meta);
    for bytes in &head {
        pass.take(bytes, true)?;
    }
    while let Some(bytes) = rest.next().await {
        let bytes = bytes.map_err(|error| Fault::new(Reason::StoreDown, error.to_string()))?;
        pass.take(&bytes, false)?;
    }
    let (scan, layout, room) = pass.finish(blob.record_length, blob.meta_length())?;
    let (object, key) = (blob.object, Arc::clone(&blob.key));
    Ok(Stored { object, key, scan, transfer_syntax, layout, _room: room })
}
