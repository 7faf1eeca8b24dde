//! Handing objects over one by one, to a peer that answers each: the other half of a C-GET and of
//! a C-MOVE. Recorded as a disclosure of each study that objects are of.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use lightcase_audit::{AccessId, Event};
use lightcase_catalog::{Listed, Wanted};
use lightcase_model::{AeTitle, Ctx, Phi, Scope, SopClassUid, StudyId, TransferSyntaxUid};

use crate::ahead::Ahead;
use crate::{Archive, ArchiveError};

/// The most objects that are handed over at once: the counts of PS3.7 have 16 bits.
const MOST: u32 = 65_535;

/// The way objects go.
#[derive(Debug, Clone)]
pub struct Passage {
    /// The service, as it stands in the ledger.
    pub service: &'static str,
    /// Who gets them, where it is not who asks.
    pub destination: Option<AeTitle>,
}

/// Objects on their way. Its owner calls [`HandOver::end`] when it is done with them; otherwise
/// the next start accounts for what was begun.
#[derive(Debug)]
pub struct HandOver {
    archive: Archive,
    ctx: Ctx,
    scope: Scope,
    passage: Passage,
    left: VecDeque<Listed>,
    /// The next object, while the one before it goes out.
    ahead: Option<Ahead>,
    access: Option<Access>,
    bytes: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Access {
    id: AccessId,
    study: StudyId,
    instances: u64,
    complete: bool,
}

/// The data set of an object, as it goes out.
pub type Sending = BoxStream<'static, io::Result<Bytes>>;

impl Archive {
    /// The objects that keys name, ready to be handed over.
    ///
    /// # Errors
    /// [`ArchiveError::BadRequest`] for more objects than can be counted, and
    /// [`ArchiveError::ViewOnly`] where some may be looked at only.
    pub async fn hand_over(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        wanted: &Wanted,
        passage: Passage,
    ) -> Result<HandOver, ArchiveError> {
        let listed = self.catalog.wanted(scope, wanted, MOST.saturating_add(1)).await?;
        if u32::try_from(listed.len()).is_ok_and(|count| count <= MOST) {
            if listed.iter().any(|each| !scope.may_download(each.study)) {
                return Err(ArchiveError::ViewOnly);
            }
            return Ok(HandOver {
                archive: self.clone(),
                ctx: ctx.clone(),
                scope: scope.clone(),
                passage,
                left: listed.into(),
                ahead: None,
                access: None,
                bytes: Arc::default(),
            });
        }
        Err(ArchiveError::BadRequest(format!(
            "More than {MOST} objects are asked for at once; ask for less, study by study."
        )))
    }
}

fn is_alike(one: &Listed, other: &Listed) -> bool {
    one.sop_class == other.sop_class && one.transfer_syntax == other.transfer_syntax
}

impl HandOver {
    /// How many objects have not been looked at yet.
    pub fn left(&self) -> usize {
        self.left.len()
    }

    /// SOP classes and held transfer syntaxes of the next objects, as many as fit a number of
    /// pairs; how many objects that are.
    pub fn kinds(&self, most: usize) -> (BTreeSet<(SopClassUid, TransferSyntaxUid)>, usize) {
        let mut kinds = BTreeSet::new();
        for (count, each) in self.left.iter().enumerate() {
            let kind = (each.sop_class.clone(), each.transfer_syntax.clone());
            if kinds.len() >= most && !kinds.contains(&kind) {
                return (kinds, count);
            }
            kinds.insert(kind);
        }
        (kinds, self.left.len())
    }

    /// The next object; that it is about to be disclosed is recorded when this returns.
    pub async fn next(&mut self) -> Result<Option<Listed>, ArchiveError> {
        let Some(listed) = self.left.front().cloned() else { return Ok(None) };
        if self.access.as_ref().is_none_or(|access| access.study != listed.study) {
            self.end_access().await;
            self.begin_access(&listed).await?;
        }
        Ok(self.left.pop_front())
    }

    /// Gives up all that is left.
    pub fn rest(&mut self) -> impl Iterator<Item = Listed> {
        if let Some(access) = &mut self.access {
            access.complete = false;
        }
        self.left.drain(..)
    }

    /// The data set of an object that [`HandOver::next`] gave, in a transfer syntax: as it is
    /// held, or written anew where that is exact.
    pub async fn open(
        &mut self,
        listed: &Listed,
        syntax: &TransferSyntaxUid,
    ) -> Result<Sending, ArchiveError> {
        let ahead = self.ahead.take().filter(|ahead| ahead.is(listed, syntax));
        let this = match ahead {
            Some(ahead) => ahead,
            None => Ahead::read(&self.archive, &self.scope, listed, syntax),
        };
        let body = this.open().await?;
        // One of the same kind goes out in the same transfer syntax, or else is read anew.
        self.ahead = self
            .left
            .front()
            .filter(|next| is_alike(next, listed))
            .map(|next| Ahead::read(&self.archive, &self.scope, next, syntax));
        let counted = Arc::clone(&self.bytes);
        Ok(body
            .map(move |bytes| {
                let bytes = bytes.map_err(io::Error::other)?;
                let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                counted.fetch_add(length, Ordering::Relaxed);
                Ok(bytes)
            })
            .boxed())
    }

    /// What became of the object that was given last.
    pub const fn done(&mut self, taken: bool) {
        if let Some(access) = &mut self.access {
            if taken {
                access.instances = access.instances.saturating_add(1);
            } else {
                access.complete = false;
            }
        }
    }

    /// Gives up what is left, and records the end.
    pub async fn end(mut self) {
        let study = self.access.as_ref().map(|access| access.study);
        let given_up = self.left.front().is_some_and(|next| Some(next.study) == study);
        if given_up && let Some(access) = &mut self.access {
            access.complete = false;
        }
        self.end_access().await;
    }

    async fn begin_access(&mut self, first: &Listed) -> Result<(), ArchiveError> {
        let id = AccessId::random();
        let more = self.left.iter().take_while(|each| each.study == first.study).count();
        let instances = u64::try_from(more).unwrap_or(u64::MAX);
        let begun = Event::RetrieveBegun {
            access_id: id,
            study: first.study,
            series: None,
            service: self.passage.service,
            destination: self.passage.destination.clone(),
            instances,
            offset: 0,
            study_uid: Phi::new(first.study_uid.to_string()),
        };
        let ctx = Ctx { now: self.archive.clock.now(), ..self.ctx.clone() };
        self.archive.catalog.record(&ctx, begun).await?;
        self.access = Some(Access { id, study: first.study, instances: 0, complete: true });
        Ok(())
    }

    async fn end_access(&mut self) {
        let Some(access) = self.access.take() else { return };
        let ctx = Ctx { now: self.archive.clock.now(), ..self.ctx.clone() };
        let ended = Event::RetrieveEnded {
            access_id: access.id,
            study: access.study,
            instances: access.instances,
            bytes: self.bytes.swap(0, Ordering::Relaxed),
            complete: access.complete,
            recovered: false,
        };
        if let Err(error) = self.archive.catalog.record(&ctx, ended).await {
            // Start-up finds the beginning without an end and accounts for it.
            let error = crate::error::cause(&error);
            tracing::error!(error, "the end of a retrieval could not be recorded");
        }
    }
}
