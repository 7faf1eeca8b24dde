//! Keeping the bytes of a refused object, within limits; their digest is kept in any case.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, stream};
use lightcase_catalog::{Came, Quarantined, WAITS_ALREADY};
use lightcase_model::{Ctx, Timestamp};
use lightcase_storage::{Expected, ObjectKind, Sealed, Sealing, SubjectKey};
use sha2::{Digest, Sha256};

use crate::Archive;
use crate::ingest::{Body, BodyError, Taken, discard};
use crate::refusal::{Fault, Reason};

/// The most bytes of one object that are kept: 512 MiB.
pub(crate) const LONGEST: u64 = 512 << 20;
/// The most objects of one sender and day that are kept.
const OBJECTS: i64 = 1_000;
/// All of quarantine is at most this part of the store's disk: a twentieth.
const PART: u64 = 20;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// What was kept of an object.
pub(super) struct Kept {
    /// Where its bytes are, or why they are nowhere.
    pub(super) place: Result<Quarantined, &'static str>,
    /// How many came.
    pub(super) length: u64,
    /// Their SHA-256, when any came.
    pub(super) sha256: Option<[u8; 32]>,
}

impl Kept {
    pub(super) const fn nothing(why: &'static str) -> Self {
        Self { place: Err(why), length: 0, sha256: None }
    }
}

impl Archive {
    /// Seals the bytes under the day's key, as far as there is room for them.
    pub(super) async fn keep(
        &self,
        ctx: &Ctx,
        came: &Came,
        reason: Reason,
        (taken, rest): (Taken, Body),
    ) -> Result<Kept, Fault> {
        if reason.may_pass() {
            // The sender keeps its object and sends it again.
            return Ok(Kept::nothing("there was no place for them"));
        }
        // What was acknowledged once and has no other place is kept whatever the limits.
        let limited = !matches!(taken, Taken::Adopted { .. });
        let (before, spent): (Body, Option<Expected>) = match taken {
            Taken::Lost => return Ok(Kept::nothing("the transfer broke off")),
            Taken::Head(head) => (stream::iter(head.into_iter().map(Ok)).boxed(), None),
            Taken::Partial { sealing, key, skip } => {
                let object = Expected::from(&sealing.finish().await?);
                (self.read_back(object, key, skip).await?, Some(object))
            }
            Taken::Object { object, key, skip } => {
                (self.read_back(object, key, skip).await?, Some(object))
            }
            Taken::Adopted { object, key, skip } => {
                (self.read_back(*object, key, skip).await?, Some(*object))
            }
        };
        let room = if limited { self.room(came, ctx.now).await? } else { Room::of_one_object() };
        let copy = match room {
            Room { most: 0, why } => Copy::hashing(why),
            room => {
                let key = self.quarantine_key(ctx).await?;
                Copy::sealing(self.vault.seal(ObjectKind::Quarantine, &key).await?, room)
            }
        };
        let mut kept = copy.run(before, rest).await?;
        if limited
            && let (Ok(place), Some(sha256)) = (&kept.place, &kept.sha256)
            && self.catalog.waits_already(came, sha256).await?
        {
            // A modality sends what was refused again and again; one copy is enough to decide on.
            discard(self, place.object).await;
            kept.place = Err(WAITS_ALREADY);
        }
        if let Some(object) = spent
            && (limited || kept.place.is_ok())
        {
            discard(self, object.object).await;
        }
        Ok(kept)
    }

    /// How many bytes may be kept of an object of this sender now. Two that are refused at the same
    /// time may both find the last room: the limits are against floods, not for accounts.
    async fn room(&self, came: &Came, now: Timestamp) -> Result<Room, Fault> {
        let midnight = now.micros().saturating_sub(now.micros().rem_euclid(DAY));
        let since = Timestamp::from_micros(midnight);
        let refused = self.catalog.refused_since(&came.way, &came.calling, since).await?;
        if refused >= OBJECTS {
            return Ok(Room { most: 0, why: "this sender had 1,000 objects refused today" });
        }
        let longest = Room::of_one_object();
        let Some(disk) = self.vault.capacity().await? else { return Ok(longest) };
        let held = u64::try_from(self.catalog.quarantined_bytes().await?).unwrap_or(0);
        let left = (disk / PART).saturating_sub(held);
        if left >= LONGEST {
            return Ok(longest);
        }
        Ok(Room { most: left, why: "quarantine holds 5 % of the disk already" })
    }

    async fn read_back(
        &self,
        object: Expected,
        key: Arc<SubjectKey>,
        skip: u64,
    ) -> Result<Body, Fault> {
        let body = self.vault.open(&object, &key, skip.min(object.plain_len)..object.plain_len);
        Ok(body.await?.map(|bytes| bytes.map_err(|error| BodyError(error.to_string()))).boxed())
    }
}

/// What may be kept, and why not more.
struct Room {
    most: u64,
    why: &'static str,
}

impl Room {
    const fn of_one_object() -> Self {
        Self { most: LONGEST, why: "it is longer than 512 MiB" }
    }
}

/// A body on its way into quarantine. What exceeds the room is not kept at all, only counted and
/// hashed.
struct Copy {
    sealing: Option<Sealing>,
    room: Room,
    length: u64,
    hash: Sha256,
}

impl Copy {
    fn sealing(sealing: Sealing, room: Room) -> Self {
        Self { sealing: Some(sealing), room, length: 0, hash: Sha256::new() }
    }

    fn hashing(why: &'static str) -> Self {
        Self { sealing: None, room: Room { most: 0, why }, length: 0, hash: Sha256::new() }
    }

    /// `before` is read back from the store and must come whole, since its source is removed
    /// after; of `rest` a sender that goes away leaves what came so far.
    async fn run(mut self, before: Body, rest: Body) -> Result<Kept, Fault> {
        let whole = before.map(|bytes| {
            bytes.map(Some).map_err(|error| Fault::new(Reason::StoreDown, error.to_string()))
        });
        let mut body = whole.chain(rest.map(|bytes| Ok(bytes.ok())));
        while let Some(bytes) = body.next().await {
            let Some(bytes): Option<Bytes> = bytes? else { break };
            self.hash.update(&bytes);
            self.length =
                self.length.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            if self.length > self.room.most {
                self.sealing = None;
            } else if let Some(sealing) = &mut self.sealing {
                sealing.write(bytes).await?;
            }
        }
        let place = match self.sealing {
            Some(sealing) => Ok(quarantined(&sealing.finish().await?)),
            None => Err(self.room.why),
        };
        Ok(Kept { place, length: self.length, sha256: Some(self.hash.finalize().into()) })
    }
}

fn quarantined(sealed: &Sealed) -> Quarantined {
    Quarantined {
        object: sealed.object,
        subject_key: sealed.subject_key,
        sealed_length: i64::try_from(sealed.sealed_len).unwrap_or(i64::MAX),
        plain_length: i64::try_from(sealed.plain_len).unwrap_or(i64::MAX),
    }
}
