//! Writing: plaintext streams in, sealed parts stream out.

use bytes::Bytes;
use object_store::{MultipartUpload, ObjectStoreExt, PutPayload};
use tokio::task::JoinSet;
use zeroize::Zeroize;

use super::{Sealed, Vault};
use crate::aead::TAG;
use crate::envelope::{CHUNK, ChunkCipher, Fresh, begin, sealed_len};
use crate::store::{LONG, SHORT, object_path, within};
use crate::{ObjectId, ObjectKind, StorageError, Store, SubjectKey, SubjectKeyId};

/// Room made at the start: enough for the many objects of half a megabyte.
const FIRST: usize = 640 << 10;

impl Vault {
    /// Begins a new object with a random name and a data key of its own.
    ///
    /// # Errors
    /// [`StorageError::Full`] when the disk of a folder is nearly full;
    /// [`StorageError::NoEntropy`].
    pub async fn seal(
        &self,
        kind: ObjectKind,
        subject: &SubjectKey,
    ) -> Result<Sealing, StorageError> {
        self.store.has_room().await?;
        self.seal_fresh(kind, subject, &Fresh::draw()?)
    }

    /// Begins an object from what was drawn for it; nothing may be drawn twice.
    pub(crate) fn seal_fresh(
        &self,
        kind: ObjectKind,
        subject: &SubjectKey,
        fresh: &Fresh,
    ) -> Result<Sealing, StorageError> {
        let (head, cipher) = begin(kind, subject, fresh, self.backend)?;
        let mut buffer = Vec::with_capacity(FIRST);
        buffer.extend_from_slice(&head);
        Ok(Sealing {
            object: fresh.object,
            kind,
            subject_key: subject.id(),
            store: self.store.clone(),
            cipher,
            buffer,
            open: 0,
            index: 0,
            plain_len: 0,
            upload: None,
            broken: false,
        })
    }

    /// Seals bytes that are in memory already.
    ///
    /// # Errors
    /// As [`Vault::seal`] and [`Sealing::finish`].
    pub async fn seal_bytes(
        &self,
        kind: ObjectKind,
        subject: &SubjectKey,
        bytes: Bytes,
    ) -> Result<Sealed, StorageError> {
        let mut sealing = self.seal(kind, subject).await?;
        sealing.write(bytes).await?;
        sealing.finish().await
    }
}

/// An object that is being written. Nothing of it is visible before [`Sealing::finish`], and
/// nothing remains when it is dropped without that.
///
/// Holds at most two parts in memory: the one being filled and the one on its way (1 MiB each
/// with a folder, 8 MiB with a bucket).
pub struct Sealing {
    object: ObjectId,
    kind: ObjectKind,
    subject_key: SubjectKeyId,
    store: Store,
    cipher: ChunkCipher,
    /// Sealed bytes that wait to be sent, then `open` bytes of plaintext of the current chunk.
    buffer: Vec<u8>,
    open: usize,
    index: u64,
    plain_len: u64,
    upload: Option<Upload>,
    broken: bool,
}

impl Sealing {
    /// The name the object will have.
    pub const fn object(&self) -> ObjectId {
        self.object
    }

    /// Plaintext bytes taken so far: the offset of the next byte.
    pub const fn plain_len(&self) -> u64 {
        self.plain_len
    }

    /// Takes more plaintext. When this errs, or its future is dropped, the object is lost.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`], [`StorageError::Full`], [`StorageError::TooLong`];
    /// [`StorageError::Interrupted`] after an earlier write did not end.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StorageError> {
        self.enter()?;
        let mut rest = bytes.as_ref();
        while !rest.is_empty() {
            let room = CHUNK.saturating_sub(self.open);
            let (now, later) = rest.split_at(rest.len().min(room));
            self.make_room(now.len());
            self.buffer.extend_from_slice(now);
            self.open = self.open.saturating_add(now.len());
            rest = later;
            if self.open == CHUNK {
                self.close_chunk(false)?;
                self.send_full_parts().await?;
            }
        }
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.plain_len = self.plain_len.checked_add(more).ok_or(StorageError::TooLong)?;
        self.broken = false;
        Ok(())
    }

    /// Seals the last chunk and makes the object visible and durable.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`], [`StorageError::Full`], [`StorageError::Interrupted`].
    pub async fn finish(mut self) -> Result<Sealed, StorageError> {
        self.enter()?;
        self.make_room(TAG);
        self.close_chunk(true)?;
        let sealed_len = sealed_len(self.plain_len)?;
        self.send_full_parts().await?;
        let rest = std::mem::take(&mut self.buffer);
        if let Some(mut upload) = self.upload.take() {
            if !rest.is_empty() {
                upload.send(rest).await?;
            }
            upload.complete().await?;
        } else {
            let path = object_path(self.object);
            within(LONG, self.store.objects().put(&path, PutPayload::from(rest))).await?;
        }
        let Self { object, kind, subject_key, plain_len, .. } = self;
        Ok(Sealed { object, kind, subject_key, plain_len, sealed_len })
    }

    /// Marks the object as lost until the call comes to its end.
    fn enter(&mut self) -> Result<(), StorageError> {
        if self.broken {
            return Err(StorageError::Interrupted);
        }
        self.broken = true;
        Ok(())
    }

    /// Grows the buffer without leaving plaintext behind in freed memory.
    fn make_room(&mut self, more: usize) {
        let needed = self.buffer.len().saturating_add(more);
        if needed <= self.buffer.capacity() {
            return;
        }
        let doubled = self.buffer.capacity().saturating_mul(2).min(self.most());
        let mut grown = Vec::with_capacity(doubled.max(needed));
        grown.extend_from_slice(&self.buffer);
        self.wipe_open();
        self.buffer = grown;
    }

    /// The most the buffer ever holds: a part that lacks one byte, and a chunk.
    fn most(&self) -> usize {
        self.store.part().saturating_add(CHUNK).saturating_add(TAG)
    }

    fn wipe_open(&mut self) {
        let start = self.buffer.len().saturating_sub(self.open);
        self.buffer.split_at_mut(start).1.zeroize();
    }

    fn close_chunk(&mut self, last: bool) -> Result<(), StorageError> {
        let start = self.buffer.len().saturating_sub(self.open);
        let (_, chunk) = self.buffer.split_at_mut(start);
        let tag = self.cipher.seal(self.index, last, chunk)?;
        self.make_room(TAG);
        self.buffer.extend_from_slice(&tag);
        self.open = 0;
        self.index = self.index.checked_add(1).ok_or(StorageError::TooLong)?;
        Ok(())
    }

    /// Sends whole parts; called between chunks, so the buffer holds sealed bytes only.
    async fn send_full_parts(&mut self) -> Result<(), StorageError> {
        let part = self.store.part();
        while self.buffer.len() > part {
            let mut next = Vec::with_capacity(self.most());
            next.extend_from_slice(self.buffer.split_at(part).1);
            let mut full = std::mem::replace(&mut self.buffer, next);
            full.truncate(part);
            let upload = match &mut self.upload {
                Some(upload) => upload,
                none => none.insert(Upload::begin(&self.store, self.object).await?),
            };
            upload.send(full).await?;
        }
        Ok(())
    }
}

impl Drop for Sealing {
    fn drop(&mut self) {
        self.wipe_open();
    }
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealing")
            .field("object", &self.object)
            .field("plain_len", &self.plain_len)
            .finish_non_exhaustive()
    }
}

/// Parts on their way, one at a time; aborted when dropped before it is complete.
struct Upload {
    parts: Option<Box<dyn MultipartUpload>>,
    sending: JoinSet<object_store::Result<()>>,
}

impl Upload {
    async fn begin(store: &Store, object: ObjectId) -> Result<Self, StorageError> {
        let path = object_path(object);
        let parts = within(SHORT, store.objects().put_multipart(&path)).await?;
        Ok(Self { parts: Some(parts), sending: JoinSet::new() })
    }

    /// Waits until the part before is there, then sends this one beside the caller's work.
    async fn send(&mut self, part: Vec<u8>) -> Result<(), StorageError> {
        self.settle().await?;
        let parts = self.parts.as_mut().ok_or(StorageError::Interrupted)?;
        self.sending.spawn(parts.put_part(PutPayload::from(part)));
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), StorageError> {
        while let Some(ended) = within(LONG, async { Ok(self.sending.join_next().await) }).await? {
            match ended {
                Ok(sent) => sent?,
                Err(ended) => return Err(StorageError::Unavailable { source: Box::new(ended) }),
            }
        }
        Ok(())
    }

    async fn complete(mut self) -> Result<(), StorageError> {
        self.settle().await?;
        let parts = self.parts.as_mut().ok_or(StorageError::Interrupted)?;
        within(LONG, parts.complete()).await?;
        self.parts = None;
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.sending.abort_all();
        let Some(mut parts) = self.parts.take() else { return };
        // Without a runtime the backend's own clean-up, or the bucket's rule for incomplete
        // uploads, has to do.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = within(SHORT, parts.abort()).await {
                    tracing::debug!(%error, "an unfinished upload could not be aborted");
                }
            });
        }
    }
}
