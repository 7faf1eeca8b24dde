//! A clean copy of one object: judged in a first pass, filed in a second.

use std::collections::HashMap;
use std::sync::Arc;

use futures::StreamExt;
use lightcase_audit::{AccessId, Event, ListDigest};
use lightcase_catalog::{CleanObject, CleanState, NewClean};
use lightcase_dataset::TransferSyntax;
use lightcase_deident::{Deidentifier, Done, Refusal, Report, Verdict};
use lightcase_model::{
    Ctx, Phi, ReviewId, SopInstanceUid, StudyId, StudyUid, TransferSyntaxUid, UidError,
};
use lightcase_storage::{Expected, SubjectKey};
use sha2::{Digest, Sha256};

use super::origin::CleanOrigin;
use super::pass::{Bytestream, Machine, Stopped, ended, pass};
use super::project::OpenProject;
use crate::ingest::{Failed, Intake, Received, Stored, Taken, discard};
use crate::refusal::{Fault, Reason};
use crate::turns::Turn;
use crate::{Archive, ArchiveError};

/// Where an object lies of which a copy is made.
pub(crate) struct Source {
    pub(super) object: Expected,
    pub(super) key: Arc<SubjectKey>,
    /// Bytes before its data set.
    pub(super) skip: u64,
    pub(super) transfer_syntax: TransferSyntaxUid,
    /// Issuer of Patient ID where the data set has none.
    pub(super) issuer: String,
    pub(super) sop_instance: String,
    pub(super) origin: CleanOrigin,
}

impl Source {
    /// A bare data set that was spooled a moment ago.
    pub(crate) fn spooled(stored: &Stored, issuer: &str) -> Self {
        let (identity, attributes) = (&stored.scan.identity, &stored.scan.attributes);
        Self {
            object: stored.object,
            key: Arc::clone(&stored.key),
            skip: 0,
            transfer_syntax: stored.transfer_syntax.clone(),
            issuer: issuer.to_owned(),
            sop_instance: identity.sop_instance.to_string(),
            origin: CleanOrigin::of_data_set(identity, attributes, issuer),
        }
    }
}

/// What became of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CopyFate {
    /// It was made.
    Made,
    /// It was there.
    Held,
    /// It was there, and somebody has rejected it: it is gone.
    Rejected,
}

/// Why there is no copy.
#[derive(Debug)]
pub(crate) enum NoCopy {
    /// The engine does not clean such an object, now or ever.
    Refused(Refusal),
    /// It contradicts what the project holds.
    Conflict,
    /// It is held, and was rejected for an earlier link, or waits for one.
    Waits,
    /// A part did not answer, or the copy was not taken.
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for NoCopy {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

/// What the sender of an object is told of which only a copy was to be kept.
pub(crate) fn cleaned(no: NoCopy) -> Fault {
    match no {
        NoCopy::Refused(refusal) => Fault::new(
            Reason::NotPermitted,
            format!(
                "only clean copies of what comes from here are kept, and none can be made: {refusal}"
            ),
        ),
        NoCopy::Conflict => Fault::new(
            Reason::Conflict,
            "the project holds a clean copy of other content under this SOP Instance UID",
        ),
        NoCopy::Waits => Fault::new(Reason::NotPermitted, "it waits for somebody to look at it"),
        NoCopy::Fault(fault) => fault,
    }
}

impl Machine for Deidentifier {
    type Done = Done;
    type Error = Refusal;
    fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        Self::push(self, bytes, out)
    }
    fn finish(self, out: &mut Vec<u8>) -> Result<Done, Refusal> {
        Self::finish(self, out)
    }
}

/// The clean copies of one association, request or run.
#[derive(Debug)]
pub(crate) struct CleanIntake {
    archive: Archive,
    project: Arc<OpenProject>,
    /// Into the project.
    released: Intake,
    /// To those who look first.
    waiting: Intake,
    studies: HashMap<StudyUid, Made>,
}

#[derive(Debug)]
struct Made {
    access: AccessId,
    study: StudyId,
    released: u64,
    held: u64,
    reports: Sha256,
}

impl CleanIntake {
    pub(crate) fn new(
        archive: &Archive,
        project: &Arc<OpenProject>,
        decision: &'static str,
    ) -> Self {
        Self {
            archive: archive.clone(),
            released: archive.intake_into(project.row.collection).deciding(decision),
            waiting: archive.intake_into(project.row.review).deciding(decision),
            project: Arc::clone(project),
            studies: HashMap::new(),
        }
    }

    /// Makes and files the copy of an object. Twice the same is the same copy.
    pub(crate) async fn copy(&mut self, ctx: &Ctx, source: &Source) -> Result<CopyFate, NoCopy> {
        let done = self.archive.judge(&self.project, source).await?;
        let report = done.report;
        let uid = SopInstanceUid::parse(&report.sop_instance).map_err(broken)?;
        if let Some(known) = self.archive.catalog.clean_by_uid(self.project.row.id, &uid).await? {
            same(&known, &report)?;
            return Ok(if known.state == CleanState::Rejected {
                CopyFate::Rejected
            } else {
                CopyFate::Held
            });
        }
        let study = StudyUid::parse(&report.study).map_err(broken)?;
        let decided = self.decided_before(&report).await?;
        if !self.studies.contains_key(&study) {
            self.note_origin(ctx, &study, &source.origin).await?;
        }
        let (state, intake) = match &report.verdict {
            Verdict::Released => (CleanState::Released, &mut self.released),
            Verdict::ReleasedOnceBlanked(_) | Verdict::Held(_) => {
                (CleanState::Waiting, &mut self.waiting)
            }
        };
        let text = serde_json::to_string(&report)
            .map_err(|error| Fault::new(Reason::IndexDown, error.to_string()))?;
        let clean = NewClean {
            id: ReviewId::random(),
            project: self.project.row.id,
            state,
            report: text.clone(),
            digest_before: report.digest_before.clone(),
        };
        let id = clean.id;
        let turn = self.archive.turn().await?;
        let machine = machine(&self.project, source);
        let (body, ending) = pass(machine, self.archive.bytes(source).await?, turn).split();
        let received = Received {
            affected_class: None,
            affected_instance: None,
            study: None,
            media_storage: None,
            transfer_syntax: source.transfer_syntax.clone(),
            sender: Phi::new(String::new()),
            body: only(body, report.digest_after.clone()),
        };
        let accepted = match Box::pin(intake.take_clean(ctx, received, clean)).await {
            Ok(accepted) => accepted,
            Err(Failed { fault, taken, rest: _ }) => {
                if let Taken::Object { object, .. } = taken {
                    discard(&self.archive, object.object).await;
                }
                return Err(fault.into());
            }
        };
        ended::<Deidentifier>(ending).await.map_err(stopped)?;
        let at = intake.access_of(&study);
        self.count(study, at, state, &text);
        if let Some(decided) = decided {
            self.archive.approve_again(ctx, id, &decided).await;
        } else if let Verdict::ReleasedOnceBlanked(regions) = &report.verdict {
            self.archive.blank_known(ctx, id, regions).await;
        }
        Ok(if accepted.already_held { CopyFate::Held } else { CopyFate::Made })
    }

    /// What somebody decided about the same original for an earlier share link: it holds for this
    /// one too, so that nobody is asked twice.
    async fn decided_before(&self, report: &Report) -> Result<Option<CleanObject>, NoCopy> {
        if !self.project.row.lent || !matches!(report.verdict, Verdict::Held(_)) {
            return Ok(None);
        }
        let before = self.archive.catalog.lent_before(&report.digest_before).await?;
        match before {
            Some(before) if before.state != CleanState::Approved => Err(NoCopy::Waits),
            decided => Ok(decided),
        }
    }

    /// Notes that there is no copy of an object that came for this project alone, so that the
    /// certificate of its study says so. Another patient's, which no study takes, is one.
    pub(crate) async fn note_refused(&self, ctx: &Ctx, source: &Source, sentence: &str) {
        let engine = &self.project.engine;
        let study = engine.mapped(&source.origin.study_uid);
        let object = engine.mapped(&source.sop_instance);
        let (project, uids) = (self.project.row.id, (study.as_str(), object.as_str()));
        let noted = self.archive.catalog.refuse_clean(project, uids, sentence, ctx.now).await;
        if let Err(error) = noted {
            let error = crate::error::cause(&error);
            tracing::error!(error, "a certificate will lack an object that cannot be cleaned");
        }
    }

    fn count(
        &mut self,
        study: StudyUid,
        at: Option<(AccessId, StudyId)>,
        state: CleanState,
        report: &str,
    ) {
        let Some((access, row)) = at else { return };
        let made = self.studies.entry(study).or_insert_with(|| Made {
            access,
            study: row,
            released: 0,
            held: 0,
            reports: Sha256::new(),
        });
        made.reports.update(report);
        made.reports.update(b"\n");
        let count = if state == CleanState::Released { &mut made.released } else { &mut made.held };
        *count = count.saturating_add(1);
    }

    /// Kept before the copy is there: a copy without a way back could never be explained.
    async fn note_origin(
        &self,
        ctx: &Ctx,
        study: &StudyUid,
        origin: &CleanOrigin,
    ) -> Result<(), Fault> {
        let text = serde_json::to_vec(origin)
            .map_err(|error| Fault::new(Reason::IndexDown, error.to_string()))?;
        let mut tx = self.archive.catalog.begin().await?;
        tx.note_origin(self.project.row.id, study, &text, ctx.now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Records what was made, study by study.
    pub(crate) async fn end(self, ctx: &Ctx) {
        Box::pin(self.released.end(ctx)).await;
        Box::pin(self.waiting.end(ctx)).await;
        for made in self.studies.into_values() {
            let event = Event::CleanCopied {
                access_id: made.access,
                study: made.study,
                project: self.project.row.id,
                released: made.released,
                held: made.held,
                digest: ListDigest(made.reports.finalize().into()),
            };
            if let Err(error) = self.archive.catalog.record(ctx, event).await {
                let error = crate::error::cause(&error);
                tracing::error!(error, "clean copies could not be accounted for");
            }
        }
    }
}

impl Archive {
    /// What the engine says of an object, without writing anything.
    async fn judge(&self, project: &OpenProject, source: &Source) -> Result<Done, NoCopy> {
        let turn = self.turn().await?;
        let machine = machine(project, source);
        pass(machine, self.bytes(source).await?, turn).dry().await.map_err(stopped)
    }

    /// The turn of an object. One that does not get it in time stays where it is, and its sender's.
    async fn turn(&self) -> Result<Turn, Fault> {
        self.clean_turns.take().await.ok_or_else(|| {
            Fault::new(Reason::Full, "too many objects are cleaned at once; send it again")
        })
    }

    async fn bytes(&self, source: &Source) -> Result<Bytestream<ArchiveError>, Fault> {
        let range = source.skip..source.object.plain_len;
        let body = self.vault.open(&source.object, &source.key, range).await?;
        Ok(body.map(|bytes| bytes.map_err(ArchiveError::from)).boxed())
    }
}

fn machine(project: &OpenProject, source: &Source) -> Deidentifier {
    let syntax = TransferSyntax::of(&source.transfer_syntax);
    Deidentifier::of_data_set(&project.engine, &syntax).with_issuer(&source.issuer)
}

/// The body, which ends with an error unless it is the very one that was judged.
fn only(body: Bytestream<crate::BodyError>, digest: String) -> Bytestream<crate::BodyError> {
    let start = (Some(body), Sha256::new(), digest);
    futures::stream::unfold(start, |(body, mut hash, digest)| async move {
        let mut body = body?;
        match body.next().await {
            Some(Ok(bytes)) => {
                hash.update(&bytes);
                Some((Ok(bytes), (Some(body), hash, digest)))
            }
            Some(Err(error)) => Some((Err(error), (None, hash, digest))),
            None => {
                let found = data_encoding::HEXLOWER.encode(&hash.clone().finalize());
                let error = crate::BodyError("it is not the copy that was judged".to_owned());
                (found != digest).then_some((Err(error), (None, hash, digest)))
            }
        }
    })
    .boxed()
}

fn stopped(stopped: Stopped<Refusal>) -> NoCopy {
    match stopped {
        Stopped::Refused(refusal) => NoCopy::Refused(refusal),
        Stopped::Source(error) => {
            tracing::error!(error, "an object could not be read for its clean copy");
            NoCopy::Fault(Fault::new(Reason::StoreDown, "the object store does not answer"))
        }
    }
}

fn broken(error: UidError) -> Fault {
    Fault::new(Reason::Malformed, error.to_string())
}

/// A copy under the same UID is there, or was and has been decided about.
fn same(known: &CleanObject, report: &Report) -> Result<(), NoCopy> {
    let before: Report = serde_json::from_str(&known.report)
        .map_err(|error| Fault::new(Reason::IndexDown, error.to_string()))?;
    if before.digest_before == report.digest_before { Ok(()) } else { Err(NoCopy::Conflict) }
}
