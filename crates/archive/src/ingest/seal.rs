//! Sealed: every byte is scanned, hashed, encrypted and on its way to the store.

use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use lightcase_dataset::{Identity, Scan, Scanner, write_file_meta};
use lightcase_model::TransferSyntaxUid;
use lightcase_storage::{ObjectKind, Sealing, SubjectKey, Vault};
use sha2::{Digest, Sha256};

use super::decide::Decided;
use super::room::Room;
use super::validate::{Validated, cut_off};
use super::{Body, Failed, Taken};
use crate::record::IngestRecord;
use crate::refusal::Fault;

/// An object whose last byte is sealed, but not durable yet. Made by [`seal`] only.
pub(crate) struct Sealed {
    pub(super) sealing: Sealing,
    pub(super) key: Arc<SubjectKey>,
    pub(super) scan: Scan,
    pub(super) transfer_syntax: TransferSyntaxUid,
    pub(super) layout: Layout,
    pub(super) room: Room,
}

/// Lengths and digests of the plaintext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) record_length: u64,
    pub(crate) meta_length: u64,
    pub(crate) file_length: u64,
    pub(crate) file_sha256: [u8; 32],
    pub(crate) file_crc32: u32,
    pub(crate) data_set_sha256: [u8; 32],
}

/// Seals the object under the study's key while its bytes arrive.
pub(crate) async fn seal(
    decided: Decided,
    vault: &Vault,
    key: Arc<SubjectKey>,
    record: &IngestRecord,
) -> Result<Sealed, Failed> {
    let Validated { identity, transfer_syntax, .. } = &decided.validated;
    let front = (record.to_bytes(), meta_of(identity, transfer_syntax));
    pour(decided, vault, (ObjectKind::Image, key), front).await
}

/// Seals the bare data set as quarantine, under its key.
pub(crate) async fn spool(
    decided: Decided,
    vault: &Vault,
    key: Arc<SubjectKey>,
) -> Result<Sealed, Failed> {
    pour(decided, vault, (ObjectKind::Quarantine, key), (Vec::new(), Vec::new())).await
}

async fn pour(
    decided: Decided,
    vault: &Vault,
    (kind, key): (ObjectKind, Arc<SubjectKey>),
    (record, meta): (Vec<u8>, Vec<u8>),
) -> Result<Sealed, Failed> {
    let Decided { validated, decision: _ } = decided;
    let Validated { identity: _, transfer_syntax, scanner, head, rest, room } = validated;
    let (record_length, meta_length) = (length(&record), length(&meta));
    let mut sealing = match begin(vault, (kind, &key), &record, &meta).await {
        Ok(sealing) => sealing,
        Err(fault) => return Err(Failed { fault, taken: Taken::Lost, rest }),
    };
    let mut pass = Pass::new((scanner, room), &meta);
    let skip = record_length.saturating_add(meta_length);
    // The scanner has seen the head already; from there on every byte passes it here.
    let head = futures::stream::iter(head.into_iter().map(|bytes| (Ok(bytes), true)));
    let mut body = head.chain(rest.map(|bytes| (bytes, false)));
    while let Some((bytes, scanned)) = body.next().await {
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error) => return Err(cut_off(&error.to_string(), ending(body))),
        };
        let taken = pass.take(&bytes, scanned);
        if let Err(error) = sealing.write(bytes).await {
            return Err(Failed { fault: error.into(), taken: Taken::Lost, rest: ending(body) });
        }
        // Only now: what the scan stumbled over is in the blob too, so that a blob which a crash
        // leaves here can never pass for a whole object.
        if let Err(fault) = taken {
            let taken = Taken::Partial { sealing: Box::new(sealing), key, skip };
            return Err(Failed { fault, taken, rest: ending(body) });
        }
    }
    let rest = ending(body);
    match pass.finish(record_length, meta_length) {
        Ok((scan, layout, room)) => {
            Ok(Sealed { sealing, key, scan, transfer_syntax, layout, room })
        }
        Err(fault) => {
            let taken = Taken::Partial { sealing: Box::new(sealing), key, skip };
            Err(Failed { fault, taken, rest })
        }
    }
}

fn meta_of(identity: &Identity, transfer_syntax: &TransferSyntaxUid) -> Vec<u8> {
    write_file_meta(&identity.sop_class, &identity.sop_instance, transfer_syntax)
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

async fn begin(
    vault: &Vault,
    (kind, key): (ObjectKind, &SubjectKey),
    record: &[u8],
    meta: &[u8],
) -> Result<Sealing, Fault> {
    let mut sealing = vault.seal(kind, key).await?;
    sealing.write(Bytes::copy_from_slice(record)).await?;
    sealing.write(Bytes::copy_from_slice(meta)).await?;
    Ok(sealing)
}

/// What is still to come of a body, for quarantine.
fn ending(
    body: impl futures::Stream<Item = (Result<Bytes, super::BodyError>, bool)> + Send + 'static,
) -> Body {
    body.map(|(bytes, _)| bytes).boxed()
}

/// The one pass over the bytes: scan, digests, checksum.
pub(super) struct Pass {
    scanner: Scanner,
    room: Room,
    file: Sha256,
    crc32: crc32fast::Hasher,
    data_set: Sha256,
    data_set_length: u64,
}

impl Pass {
    pub(super) fn new((scanner, room): (Scanner, Room), meta: &[u8]) -> Self {
        let mut crc32 = crc32fast::Hasher::new();
        crc32.update(meta);
        Self {
            scanner,
            room,
            file: Sha256::new_with_prefix(meta),
            crc32,
            data_set: Sha256::new(),
            data_set_length: 0,
        }
    }

    pub(super) fn take(&mut self, bytes: &[u8], scanned: bool) -> Result<(), Fault> {
        if !scanned {
            self.scanner.push(bytes)?;
            self.room.grow(self.scanner.held())?;
        }
        self.file.update(bytes);
        self.crc32.update(bytes);
        self.data_set.update(bytes);
        self.data_set_length = self.data_set_length.saturating_add(length(bytes));
        Ok(())
    }

    pub(super) fn finish(
        self,
        record_length: u64,
        meta_length: u64,
    ) -> Result<(Scan, Layout, Room), Fault> {
        let scan = self.scanner.finish()?;
        let layout = Layout {
            record_length,
            meta_length,
            file_length: meta_length.saturating_add(self.data_set_length),
            file_sha256: self.file.finalize().into(),
            file_crc32: self.crc32.finalize(),
            data_set_sha256: self.data_set.finalize().into(),
        };
        Ok((scan, layout, self.room))
    }
}
