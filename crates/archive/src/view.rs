//! Views: who looks at which series. One beginning is recorded before the first byte, one end
//! with counts at idle, at the session's end or at shutdown; so no frame waits for a disk.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lightcase_audit::{AccessId, Event, ViewKind};
use lightcase_catalog::Held;
use lightcase_model::{
    Actor, Ctx, InstanceId, Phi, SeriesId, SeriesUid, ShareId, StudyId, StudyUid, Timestamp,
};

use crate::unbroken::unbroken;
use crate::{Archive, ArchiveError};

/// After so long without a byte a view has ended.
const IDLE: Duration = Duration::from_mins(1);

/// Who looks, as views tell them apart: one account, token or recipient's session.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Viewer(String);

impl Viewer {
    /// The viewer of a request.
    pub fn of(ctx: &Ctx) -> Self {
        Self(match &ctx.actor {
            Actor::System => "system".to_owned(),
            Actor::Operator => "operator".to_owned(),
            Actor::Account(account) => format!("account/{account}"),
            Actor::Token(token) => format!("token/{token}"),
            Actor::Peer(title) => format!("peer/{title}"),
            Actor::Recipient { share: _, session } => format!("recipient/{session}"),
            Actor::Visitor => "visitor".to_owned(),
        })
    }
}

type Key = (Viewer, SeriesId, ViewKind);

#[derive(Debug)]
struct View {
    access: AccessId,
    study: StudyId,
    actor: Ctx,
    frames: u64,
    bytes: u64,
    seen: Timestamp,
}

/// The views under way. Bounded by what people look at within a minute.
#[derive(Debug, Default)]
pub(crate) struct Views {
    open: Mutex<HashMap<Key, View>>,
    /// Images that recipients were shown since it was last written down.
    seen: Mutex<HashMap<ShareId, Images>>,
}

type Images = BTreeSet<(SeriesId, InstanceId)>;

/// The series that is looked at.
pub(crate) struct Seen<'a> {
    pub(crate) study: StudyId,
    pub(crate) series: SeriesId,
    pub(crate) study_uid: &'a StudyUid,
    pub(crate) series_uid: &'a SeriesUid,
}

/// How much of it was shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) frames: usize,
    pub(crate) bytes: usize,
}

impl<'a> From<&'a Held> for Seen<'a> {
    fn from(held: &'a Held) -> Self {
        Self {
            study: held.study,
            series: held.series,
            study_uid: &held.study_uid,
            series_uid: &held.series_uid,
        }
    }
}

impl Archive {
    /// Records the beginning of a view, unless it is under way. Returns when it is durable.
    pub(crate) async fn view(
        &self,
        ctx: &Ctx,
        seen: impl Into<Seen<'_>>,
        kind: ViewKind,
    ) -> Result<(), ArchiveError> {
        let seen = seen.into();
        let key = (Viewer::of(ctx), seen.series, kind);
        if self.views.touch(&key, ctx.now) {
            return Ok(());
        }
        let access = AccessId::random();
        let event = Event::ViewBegun {
            access_id: access,
            study: seen.study,
            series: Some(seen.series),
            kind,
            study_uid: Phi::new(seen.study_uid.to_string()),
            series_uid: Some(Phi::new(seen.series_uid.to_string())),
        };
        let (study, actor) = (seen.study, ctx.clone());
        let archive = self.clone();
        unbroken(async move {
            archive.catalog.record(&actor, event).await?;
            let now = actor.now;
            let view = View { access, study, actor, frames: 0, bytes: 0, seen: now };
            // Two requests that began at once each recorded a beginning; each gets its end.
            if let Some(other) = archive.views.begin(key, view) {
                archive.end_view(other, now, false).await?;
            }
            Ok(())
        })
        .await
    }

    /// Remembers that a recipient was shown an image, or takes it along. Written down with the next
    /// end of views: what a crash loses of it are counts, the views themselves are recorded before.
    pub(crate) fn seen_by(&self, ctx: &Ctx, held: &Held) {
        if let Actor::Recipient { share, session: _ } = ctx.actor {
            let mut seen = self.views.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.entry(share).or_default().insert((held.series, held.id));
        }
    }

    /// Writes down which images recipients were shown.
    pub async fn note_seen(&self) -> Result<(), ArchiveError> {
        let seen = {
            let mut seen = self.views.seen.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *seen)
        };
        for (share, images) in seen {
            self.catalog.note_seen(share, &images).await?;
        }
        Ok(())
    }

    /// Counts what was shown.
    pub(crate) fn viewed<'a>(
        &self,
        viewer: &Viewer,
        seen: impl Into<Seen<'a>>,
        kind: ViewKind,
        shown: Shown,
    ) {
        let key = (viewer.clone(), seen.into().series, kind);
        self.views.count(&key, shown);
    }

    /// Records the end of views that have been idle; with `all`, of all of them, for shutdown.
    pub async fn end_views(&self, now: Timestamp, all: bool) -> Result<(), ArchiveError> {
        for view in self.views.take(|view| all || now.since(view.seen) >= IDLE) {
            self.end_view(view, now, false).await?;
        }
        self.note_seen().await
    }

    /// Records the end of everything one viewer looks at: they left.
    pub async fn end_views_of(&self, viewer: &Viewer, now: Timestamp) -> Result<(), ArchiveError> {
        for view in self.views.take(|view| Viewer::of(&view.actor) == *viewer) {
            self.end_view(view, now, false).await?;
        }
        Ok(())
    }

    async fn end_view(
        &self,
        view: View,
        now: Timestamp,
        recovered: bool,
    ) -> Result<(), ArchiveError> {
        let ctx = Ctx { now, ..view.actor };
        self.catalog
            .record(
                &ctx,
                Event::ViewEnded {
                    access_id: view.access,
                    study: view.study,
                    frames: view.frames,
                    bytes: view.bytes,
                    recovered,
                },
            )
            .await?;
        Ok(())
    }
}

impl Views {
    fn with<T>(&self, act: impl FnOnce(&mut HashMap<Key, View>) -> T) -> T {
        // A panic elsewhere leaves counts that are still true.
        act(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn touch(&self, key: &Key, now: Timestamp) -> bool {
        self.with(|views| views.get_mut(key).map(|view| view.seen = now).is_some())
    }

    fn begin(&self, key: Key, view: View) -> Option<View> {
        self.with(|views| views.insert(key, view))
    }

    fn count(&self, key: &Key, Shown { frames, bytes }: Shown) {
        self.with(|views| {
            if let Some(view) = views.get_mut(key) {
                view.frames = view.frames.saturating_add(u64::try_from(frames).unwrap_or(u64::MAX));
                view.bytes = view.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
            }
        });
    }

    fn take(&self, ended: impl Fn(&View) -> bool) -> Vec<View> {
        self.with(|views| views.extract_if(|_, view| ended(view)).map(|(_, view)| view).collect())
    }
}
