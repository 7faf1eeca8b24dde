//! Reading a range of a bundle, and the account of it.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lightcase_audit::{AccessId, Event};
use lightcase_catalog::DownloadRange;
use lightcase_model::{Actor, AlertKind, Ctx, StudyId};
use lightcase_storage::{SubjectKey, SubjectKeyId};
use tokio::sync::mpsc;

use super::bundle::{Bundle, Extent, FRONT, Part};
use super::layout::Piece;
use super::source::Source;
use crate::error::cause;
use crate::{Archive, ArchiveError};

/// The way objects go, as it stands in the ledger.
const SERVICE: &str = "ZIP";
/// For so long a key is used before it is asked for again: one that was shredded opens no more.
const KEY_KEPT: Duration = Duration::from_secs(1);

/// Pieces that are handed over together, none of which is read yet: whoever takes each by itself
/// wakes and is woken for each.
const TOGETHER: usize = 16;

/// Takes what comes next.
type Sender = mpsc::Sender<Result<Vec<Source>, ArchiveError>>;

/// A range that is handed over.
#[derive(Debug)]
pub(super) struct Run {
    archive: Archive,
    ctx: Ctx,
    bundle: Arc<Bundle>,
    range: Range<u64>,
    /// Whether its receiver has what came before.
    continues: bool,
    /// Studies that come, with their parts of the range.
    coming: VecDeque<(Part, Range<u64>)>,
    begun: Vec<Begun>,
    /// What is noted of it where it is a link's.
    noted: Option<DownloadRange>,
    /// The key that was asked for last, and when.
    key: Option<(Arc<SubjectKey>, Instant)>,
}

/// A disclosure under way.
#[derive(Debug)]
struct Begun {
    access: AccessId,
    study: StudyId,
    within: Range<u64>,
}

/// Why nothing more is sent.
enum Stopped {
    /// The receiver went away.
    Gone,
    /// Something cannot be read, or not be recorded.
    Failed(ArchiveError),
}

impl From<ArchiveError> for Stopped {
    fn from(error: ArchiveError) -> Self {
        Self::Failed(error)
    }
}

impl Run {
    pub(super) fn new(archive: &Archive, ctx: &Ctx, bundle: Arc<Bundle>, asked: Extent) -> Self {
        let Extent { range, continues } = asked;
        let coming = bundle.parts(&range).into();
        let (archive, ctx) = (archive.clone(), ctx.clone());
        let (begun, noted, key) = (Vec::new(), None, None);
        Self { archive, ctx, bundle, range, continues, coming, begun, noted, key }
    }

    /// Records the beginning for the first study, and notes the range where it is a link's.
    pub(super) async fn begin(&mut self) -> Result<(), ArchiveError> {
        let access = AccessId::random();
        let Some((begun, event)) = self.coming_next(access) else { return Ok(()) };
        let mut tx = self.archive.catalog.begin().await?;
        if let Actor::Recipient { share, session: _ } = self.ctx.actor {
            let range = DownloadRange {
                access,
                share,
                etag: self.bundle.digest().0,
                total: self.bundle.length(),
                from: self.range.start,
                to: self.range.end,
                continues: self.continues,
            };
            tx.begin_download(&range, self.ctx.now).await?;
            self.noted = Some(range);
        }
        tx.record(&self.ctx, event).await?;
        tx.commit().await?;
        self.begun.push(begun);
        Ok(())
    }

    /// The next study, and the event that is to be recorded of it.
    fn coming_next(&mut self, access: AccessId) -> Option<(Begun, Event)> {
        let (part, within) = self.coming.pop_front()?;
        let (instances, _) = self.bundle.layout.files_in(FRONT, &within);
        let event = Event::RetrieveBegun {
            access_id: access,
            study: part.study,
            series: None,
            service: SERVICE,
            destination: None,
            instances,
            offset: within.start,
            study_uid: part.study_uid,
        };
        Some((Begun { access, study: part.study, within }, event))
    }

    /// Says where the range is, piece after piece, until it is at its end or somebody is gone.
    pub(super) async fn feed(&mut self, sender: &Sender) {
        if let Err(Stopped::Failed(error)) = Box::pin(self.send(sender)).await {
            // Whoever went away does not miss the reason.
            drop(sender.send(Err(error)).await);
        }
    }

    async fn send(&mut self, sender: &Sender) -> Result<(), Stopped> {
        let mut pieces = self.bundle.layout.pieces(self.range.clone()).peekable();
        while let Some((at, _)) = pieces.peek() {
            let place = sender.reserve().await.map_err(|_gone| Stopped::Gone)?;
            self.begin_at(*at).await?;
            let next = self.coming.front().map_or(u64::MAX, |(_, within)| within.start);
            let mut some = Vec::with_capacity(TOGETHER);
            while some.len() < TOGETHER
                && let Some((_, piece)) = pieces.next_if(|(at, _)| *at < next)
            {
                some.push(self.source(piece).await?);
            }
            place.send(Ok(some));
        }
        Ok(())
    }

    /// Records the beginning for studies whose part begins before or at an offset.
    async fn begin_at(&mut self, at: u64) -> Result<(), ArchiveError> {
        while self.coming.front().is_some_and(|(_, within)| within.start <= at) {
            let next = self.coming_next(AccessId::random());
            let Some((begun, event)) = next else { return Ok(()) };
            let ctx = Ctx { now: self.archive.clock.now(), ..self.ctx.clone() };
            self.archive.catalog.record(&ctx, event).await?;
            self.begun.push(begun);
        }
        Ok(())
    }

    /// Where the bytes of a piece are.
    async fn source(&mut self, piece: Piece) -> Result<Source, ArchiveError> {
        let (file, range) = match piece {
            Piece::Written(bytes) => return Ok(Source::Made(bytes.into())),
            Piece::Of { file, range } => (file, range),
        };
        let held = file.checked_sub(FRONT).and_then(|held| self.bundle.held.get(held));
        if let Some(location) = held.cloned() {
            let key = self.key(location.subject_key).await?;
            return Ok(Source::Held { location, key, range });
        }
        let inside = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let bytes = self.bundle.front.get(file).cloned().unwrap_or_default();
        Ok(Source::Made(bytes.slice(inside(range.start)..inside(range.end).min(bytes.len()))))
    }

    /// A study's key, which is the same for object after object.
    async fn key(&mut self, id: SubjectKeyId) -> Result<Arc<SubjectKey>, ArchiveError> {
        let kept = self.key.as_ref().filter(|(key, at)| key.id() == id && at.elapsed() < KEY_KEPT);
        if let Some((key, _)) = kept {
            return Ok(Arc::clone(key));
        }
        let asked = Instant::now();
        let key = self.archive.catalog.subject_key(id, self.archive.clock.now()).await?;
        self.key = Some((Arc::clone(&key), asked));
        Ok(key)
    }

    /// Records the ends, and what was handed over.
    pub(super) async fn end(self, handed: u64) {
        if let Err(error) = Box::pin(self.record_end(handed)).await {
            // Start-up finds the beginnings without an end and accounts for them.
            tracing::error!(error = cause(&error), "the end of a download could not be recorded");
        }
    }

    async fn record_end(self, handed: u64) -> Result<(), ArchiveError> {
        let ctx = Ctx { now: self.archive.clock.now(), ..self.ctx };
        let to = self.range.start.saturating_add(handed);
        let mut tx = self.archive.catalog.begin().await?;
        for Begun { access, study, within } in self.begun {
            let given = within.start..within.end.min(to).max(within.start);
            let (_, instances) = self.bundle.layout.files_in(FRONT, &given);
            let ended = Event::RetrieveEnded {
                access_id: access,
                study,
                instances,
                bytes: given.end.saturating_sub(given.start),
                complete: given.end == within.end,
                recovered: false,
            };
            tx.record(&ctx, ended).await?;
        }
        if let Some(range) = &self.noted
            && tx.end_download(range, handed, ctx.now).await?
        {
            let (share, digest) = (range.share, self.bundle.digest());
            let event = Event::ShareDownloaded { share, bytes: range.total, digest };
            tx.record(&ctx, event).await?;
            tx.alert(share, AlertKind::Downloaded, ctx.now).await?;
        }
        Ok(tx.commit().await?)
    }
}
