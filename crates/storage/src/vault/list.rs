//! What lies in the store.

use futures::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};
use lightcase_model::Timestamp;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore};

use super::Vault;
use crate::store::{LONG, OBJECTS, object_id, within};
use crate::{ObjectId, StorageError};

/// An object as the store lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredObject {
    /// Its name.
    pub object: ObjectId,
    /// Bytes in the store.
    pub sealed_len: u64,
    /// When the store says it was written.
    pub written: Timestamp,
}

impl Vault {
    /// All complete objects, in no order. Names that are not ours are passed over.
    pub fn list(&self) -> BoxStream<'static, Result<StoredObject, StorageError>> {
        unhurried(self.store.objects().list(Some(&Path::from(OBJECTS))))
            .try_filter_map(async |meta| Ok(stored(&meta)))
            .boxed()
    }
}

fn stored(meta: &ObjectMeta) -> Option<StoredObject> {
    let object = object_id(&meta.location)?;
    let written = Timestamp::from_micros(meta.last_modified.timestamp_micros());
    Some(StoredObject { object, sealed_len: meta.size, written })
}

/// A listing in which no single step may take for ever; it ends after an error.
pub(super) fn unhurried(
    listing: BoxStream<'static, object_store::Result<ObjectMeta>>,
) -> impl Stream<Item = Result<ObjectMeta, StorageError>> + Send + 'static {
    stream::try_unfold(listing, async |mut listing| {
        let next = within(LONG, listing.try_next()).await?;
        Ok(next.map(|meta| (meta, listing)))
    })
}
