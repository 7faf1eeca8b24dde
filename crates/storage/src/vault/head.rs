//! The head of a stored object: fetched once, then remembered.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Expected, Vault};
use crate::envelope::{ChunkCipher, HEAD, Header, plain_len, sealed_len, unlock};
use crate::{ObjectId, StorageError, SubjectKey};

const MOST: usize = 8192;

/// Heads by object, so that a frame read costs one request and not two. They are stored bytes,
/// not secrets, and are verified at each use like fetched ones.
#[derive(Debug, Default)]
pub(super) struct Heads(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    heads: HashMap<ObjectId, [u8; HEAD]>,
    order: VecDeque<ObjectId>,
}

impl Heads {
    fn get(&self, object: ObjectId) -> Option<[u8; HEAD]> {
        self.lock().heads.get(&object).copied()
    }

    fn put(&self, object: ObjectId, head: [u8; HEAD]) {
        let mut kept = self.lock();
        if kept.heads.insert(object, head).is_none() {
            kept.order.push_back(object);
        }
        while kept.order.len() > MOST {
            if let Some(oldest) = kept.order.pop_front() {
                kept.heads.remove(&oldest);
            }
        }
    }

    pub(super) fn forget(&self, object: ObjectId) {
        let mut kept = self.lock();
        if kept.heads.remove(&object).is_some() {
            kept.order.retain(|kept| *kept != object);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vault {
    /// Fetches and verifies the head of the expected object; gives the cipher of its chunks.
    pub(super) async fn unlock(
        &self,
        expected: &Expected,
        subject: &SubjectKey,
    ) -> Result<ChunkCipher, StorageError> {
        if subject.id() != expected.subject_key {
            return Err(StorageError::KeyRefused { why: "not the subject key of this object" });
        }
        if sealed_len(expected.plain_len)? != expected.sealed_len {
            return Err(StorageError::corrupt("stored length"));
        }
        let (head, fetched) = match self.heads.get(expected.object) {
            Some(head) => (head, false),
            None => (self.fetch_head(expected).await?, true),
        };
        let cipher = unlock(&head, expected.object, expected.kind, subject, self.backend)?;
        if fetched {
            self.heads.put(expected.object, head);
        }
        Ok(cipher)
    }

    async fn fetch_head(&self, expected: &Expected) -> Result<[u8; HEAD], StorageError> {
        let end = u64::try_from(HEAD).unwrap_or(u64::MAX);
        let bytes = self.fetch(expected.object, Some(expected.sealed_len), 0..end).await?;
        to_head(&bytes)
    }

    /// What a stored object says it is, for a catalog that is built anew. Nothing of this is
    /// authentic until the object was read under its subject key.
    ///
    /// # Errors
    /// [`StorageError::NotFound`], [`StorageError::Corrupt`], [`StorageError::Unavailable`].
    pub async fn describe(&self, object: ObjectId) -> Result<Expected, StorageError> {
        let sealed_len = self.stored_len(object).await?;
        let plain_len = plain_len(sealed_len)?;
        let end = u64::try_from(HEAD).unwrap_or(u64::MAX);
        let head = to_head(&self.fetch(object, Some(sealed_len), 0..end).await?)?;
        let header = Header::parse(&Header::split(&head)?.0)?;
        if header.object != object {
            return Err(StorageError::corrupt("object id"));
        }
        let (kind, subject_key) = (header.kind, header.subject_key);
        Ok(Expected { object, kind, subject_key, plain_len, sealed_len })
    }
}

fn to_head(bytes: &[u8]) -> Result<[u8; HEAD], StorageError> {
    bytes
        .try_into()
        .map_err(|_e: std::array::TryFromSliceError| StorageError::corrupt("header length"))
}
