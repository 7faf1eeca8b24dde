//! What the engine holds, and the decision of somebody who has looked at it.
//!
//! A decision is recorded first and carried out then; one that a crash cut short is carried out at
//! the next start. Carried out twice it is the same.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use lightcase_audit::Event;
use lightcase_catalog::{CleanObject, CleanState, Decision, Held, NewClean, Pixels, Selection};
use lightcase_dataset::{PixelData, TransferSyntax};
use lightcase_deident::{Approval, Approved, Hold, Refusal, Region, Report, Verdict};
use lightcase_model::{
    CollectionId, Collections, Ctx, Phi, ProjectName, ReviewId, Scope, SopInstanceUid, StudyUid,
    TransferSyntaxUid, UidError,
};

use lightcase_storage::StorageError;

use super::certificate::{digest_before, report};
use super::pass::{Machine, Passing, Stopped, ended, pass};
use super::project::OpenProject;
use crate::error::cause;
use crate::image::StoredImage;
use crate::ingest::{Failed, Received, Taken, discard};
use crate::refusal::Reason;
use crate::{Archive, ArchiveError};

/// The most that is listed at once.
const LISTED: u32 = 500;
/// The most rectangles of an object.
const REGIONS: usize = 100;
/// Longest reason, in characters.
const REASON: usize = 1_000;

/// A copy that waits.
#[derive(Debug, Clone)]
pub struct Review {
    /// What is noted of it.
    pub object: CleanObject,
    /// Its project.
    pub project: ProjectName,
    /// Its pixels.
    pub pixels: Pixels,
    /// Why it is held, as sentences.
    pub because: Vec<String>,
    /// Rectangles that the profile proposes.
    pub regions: Vec<Region>,
}

impl Machine for Approval {
    type Done = Approved;
    type Error = Refusal;
    fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        Self::push(self, bytes, out)
    }
    fn finish(self, out: &mut Vec<u8>) -> Result<Approved, Refusal> {
        Self::finish(self, out)
    }
}

impl Archive {
    /// What waits, of one project or of all, the oldest first; at most 500.
    pub async fn reviews(
        &self,
        project: Option<&ProjectName>,
    ) -> Result<Vec<Review>, ArchiveError> {
        let projects = self.catalog.projects().await?;
        let wanted = match project {
            None => None,
            Some(name) => Some(self.project(name).await?.id),
        };
        let mut reviews = Vec::new();
        for object in self.catalog.waiting(wanted, LISTED).await? {
            let Some(project) = projects.iter().find(|each| each.id == object.project) else {
                continue;
            };
            let Some(instance) = object.instance else { continue };
            let Some(pixels) = self.catalog.pixels(instance).await? else { continue };
            let report = report(&object)?;
            let (because, regions) = match report.verdict {
                Verdict::Released => (Vec::new(), Vec::new()),
                Verdict::ReleasedOnceBlanked(regions) => {
                    (vec!["the device is known to write into its images".to_owned()], regions)
                }
                Verdict::Held(holds) => {
                    (holds.iter().map(ToString::to_string).collect(), report.proposed)
                }
            };
            let project = project.name.clone();
            reviews.push(Review { object, project, pixels, because, regions });
        }
        Ok(reviews)
    }

    /// Lets a copy that waits go to its project, with these rectangles made black in every frame.
    ///
    /// # Errors
    /// [`ArchiveError::NotFound`]; [`ArchiveError::Conflict`] when it was decided about;
    /// [`ArchiveError::BadRequest`] without a reason, or for rectangles that cannot be.
    pub async fn approve(
        &self,
        ctx: &Ctx,
        id: ReviewId,
        by: &str,
        (regions, reason): (&[Region], &str),
    ) -> Result<(), ArchiveError> {
        let reason = reason_of(reason)?;
        let (object, project, held) = self.undecided(ctx, id).await?;
        self.check_regions(&held, regions).await?;
        let anew = anew(&object, &held, regions)?;
        // Nothing is decided that cannot be carried out.
        let tried = async {
            let (_, passing) = self.approved(&held, regions, anew).await?;
            passing.dry().await.map(drop).map_err(refused)
        };
        if let Err(error) = Box::pin(tried).await {
            // Whoever was faster may have taken it away meanwhile.
            let now = self.catalog.clean_object(id).await?.map(|object| object.state);
            return Err(if now == Some(CleanState::Waiting) { error } else { decided() });
        }
        let decision = Decision {
            state: CleanState::Approved,
            by: by.to_owned(),
            reason,
            regions: json(regions)?,
            at: ctx.now,
        };
        self.note(ctx, &object, &held, decision).await?;
        let object = self.catalog.clean_object(id).await?.ok_or(ArchiveError::NotFound)?;
        let carried_out = self.carry_out(ctx, &project, &object).await;
        if let Err(error) = &carried_out {
            self.take_back(ctx, (&project, &object, &held), error).await?;
        }
        carried_out
    }

    /// Lets an approved copy wait again that the project did not take: what its certificate counts as
    /// released lies there. One that does lie there, or of which nobody can say, is left to the next
    /// start.
    async fn take_back(
        &self,
        ctx: &Ctx,
        (project, object, held): (&OpenProject, &CleanObject, &Held),
        error: &ArchiveError,
    ) -> Result<(), ArchiveError> {
        if self.lies_in(project.row.collection, object).await?.is_some() {
            return Ok(());
        }
        let event = Event::Reviewed {
            review: object.id,
            study: held.study,
            decision: "undone",
            regions: 0,
            reason: Phi::new(format!("the project did not take it: {error}")),
        };
        let mut tx = self.catalog.begin().await?;
        if tx.undecide(object.id).await? {
            tx.record(ctx, event).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Removes a copy that waits for good.
    ///
    /// # Errors
    /// As [`Archive::approve`].
    pub async fn reject(
        &self,
        ctx: &Ctx,
        id: ReviewId,
        by: &str,
        reason: &str,
    ) -> Result<(), ArchiveError> {
        let reason = reason_of(reason)?;
        let (object, project, held) = self.undecided(ctx, id).await?;
        let decision = Decision {
            state: CleanState::Rejected,
            by: by.to_owned(),
            reason,
            regions: json(&[])?,
            at: ctx.now,
        };
        self.note(ctx, &object, &held, decision).await?;
        let object = self.catalog.clean_object(id).await?.ok_or(ArchiveError::NotFound)?;
        self.carry_out(ctx, &project, &object).await
    }

    /// Carries out decisions that a crash cut short. Called at the start.
    pub async fn finish_reviews(&self, ctx: &Ctx) -> Result<(), ArchiveError> {
        for object in self.catalog.decided_but_there().await? {
            let project = self.project_of(ctx, object.project).await?;
            if let Err(error) = self.carry_out(ctx, &project, &object).await {
                let error = cause(&error);
                tracing::error!(error, "a decision about a clean copy could not be carried out");
            }
        }
        Ok(())
    }

    /// Blanks what the profile knows of the device. What cannot be waits for somebody.
    pub(super) async fn blank_known(&self, ctx: &Ctx, id: ReviewId, regions: &[Region]) {
        let why = "the profile says where this device writes";
        let by = "the profile of the project";
        if let Err(error) = Box::pin(self.approve(ctx, id, by, (regions, why))).await {
            let error = cause(&error);
            tracing::warn!(error, "known regions could not be blanked; the image waits for review");
        }
    }

    /// Does what somebody has decided about the same original for an earlier share link.
    pub(super) async fn approve_again(&self, ctx: &Ctx, id: ReviewId, before: &CleanObject) {
        const BEFORE: &str = "as before: ";
        let why = before.reason.expose();
        let why = why.strip_prefix(BEFORE).unwrap_or(why);
        let why: String = BEFORE.chars().chain(why.chars()).take(REASON).collect();
        let approved = match regions_of(before) {
            Ok(regions) => {
                Box::pin(self.approve(ctx, id, &before.decided_by, (&regions, &why))).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = approved {
            let error = cause(&error);
            tracing::warn!(error, "what was decided for an earlier link cannot be done again");
        }
    }

    async fn undecided(
        &self,
        ctx: &Ctx,
        id: ReviewId,
    ) -> Result<(CleanObject, std::sync::Arc<OpenProject>, Held), ArchiveError> {
        let object = self.catalog.clean_object(id).await?.ok_or(ArchiveError::NotFound)?;
        if object.state != CleanState::Waiting {
            return Err(decided());
        }
        let project = self.project_of(ctx, object.project).await?;
        let held = self.lies_in(project.row.review, &object).await?;
        Ok((object, project, held.ok_or(ArchiveError::NotFound)?))
    }

    /// The instance of a copy in a collection: by its UIDs, since once it is filed its row is the
    /// project's, also while it still lies among what waits.
    async fn lies_in(
        &self,
        collection: CollectionId,
        object: &CleanObject,
    ) -> Result<Option<Held>, ArchiveError> {
        let broken = |error: UidError| ArchiveError::Damaged(Box::new(error));
        let selection = Selection {
            study: StudyUid::parse(&object.study_uid).map_err(broken)?,
            series: None,
            instance: Some(SopInstanceUid::parse(&object.sop_uid).map_err(broken)?),
        };
        let scope = Scope::All(Collections::from([collection]));
        Ok(self.catalog.held(&scope, &selection).await?.into_iter().next())
    }

    async fn note(
        &self,
        ctx: &Ctx,
        object: &CleanObject,
        held: &Held,
        decision: Decision,
    ) -> Result<(), ArchiveError> {
        let regions: Vec<Region> = serde_json::from_str(&decision.regions)
            .map_err(|error| ArchiveError::Damaged(Box::new(error)))?;
        let event = Event::Reviewed {
            review: object.id,
            study: held.study,
            decision: decision.state.name(),
            regions: u64::try_from(regions.len()).unwrap_or(u64::MAX),
            reason: decision.reason.clone(),
        };
        let mut tx = self.catalog.begin().await?;
        if !tx.decide(object.id, &decision).await? {
            return Err(decided());
        }
        tx.record(ctx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn carry_out(
        &self,
        ctx: &Ctx,
        project: &OpenProject,
        object: &CleanObject,
    ) -> Result<(), ArchiveError> {
        let review = project.row.review;
        if object.state == CleanState::Approved
            && let Some(held) = self.lies_in(review, object).await?
            && !self.is_noted(project, object).await?
        {
            // Filed twice it is the same, and what says what lies there is never lost.
            let approved = self.file_approved(ctx, project, object, &held).await?;
            self.note_approved(object, approved).await?;
        }
        if let Some(blob) = self.catalog.blob_of(review, &object.sop_uid).await? {
            self.vault.remove(blob).await?;
        }
        let mut tx = self.catalog.begin().await?;
        tx.forget_copy(review, &object.sop_uid).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether an approved copy lies with the project and its report says so: what waited may be
    /// gone then.
    async fn is_noted(
        &self,
        project: &OpenProject,
        object: &CleanObject,
    ) -> Result<bool, ArchiveError> {
        let Some(filed) = self.lies_in(project.row.collection, object).await? else {
            return Ok(false);
        };
        let (written, regions) = (report(object)?, regions_of(object)?);
        let digest = HEXLOWER.encode(&filed.location.data_set_sha256);
        Ok(written.digest_after == digest && written.blanked == regions)
    }

    /// Notes what lies with the project now. Why it was held stays.
    async fn note_approved(
        &self,
        object: &CleanObject,
        Approved { digest_after, blanked, .. }: Approved,
    ) -> Result<(), ArchiveError> {
        let written = Report { digest_after, blanked, ..report(object)? };
        let written = serde_json::to_string(&written)
            .map_err(|error| ArchiveError::Damaged(Box::new(error)))?;
        let mut tx = self.catalog.begin().await?;
        tx.note_report(object.id, &written).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Files an approved copy with its project.
    async fn file_approved(
        &self,
        ctx: &Ctx,
        project: &OpenProject,
        object: &CleanObject,
        held: &Held,
    ) -> Result<Approved, ArchiveError> {
        let regions = regions_of(object)?;
        let anew = anew(object, held, &regions)?;
        let (transfer_syntax, passing) = self.approved(held, &regions, anew).await?;
        let (body, ending) = passing.split();
        let received = Received {
            affected_class: None,
            affected_instance: None,
            study: None,
            media_storage: None,
            transfer_syntax,
            sender: Phi::new(String::new()),
            body,
        };
        let clean = NewClean {
            id: object.id,
            project: project.row.id,
            state: CleanState::Approved,
            digest_before: digest_before(&object.report),
            report: object.report.clone(),
        };
        let mut intake = self.intake_into(project.row.collection).deciding("clean");
        let taken = Box::pin(intake.take_clean(ctx, received, clean)).await;
        Box::pin(intake.end(ctx)).await;
        if let Err(Failed { fault, taken, rest: _ }) = taken {
            if let Taken::Object { object, .. } = taken {
                discard(self, object.object).await;
            }
            return Err(if fault.reason == Reason::Full {
                ArchiveError::Store(StorageError::Full)
            } else if fault.reason.may_pass() {
                ArchiveError::Busy
            } else {
                ArchiveError::Conflict(fault.sentence)
            });
        }
        ended::<Approval>(ending).await.map_err(refused)
    }

    /// The copy as it will lie with the project, and its transfer syntax: what it is held in, or a
    /// plain one where compressed pixels are written anew.
    async fn approved(
        &self,
        held: &Held,
        regions: &[Region],
        anew: bool,
    ) -> Result<(TransferSyntaxUid, Passing<Approval>), ArchiveError> {
        let turn = self.clean_turns.take().await.ok_or(ArchiveError::Busy)?;
        let (syntax, body) = if anew {
            let plain = plain()?;
            let body = self.data_set_in(held, &plain).await?;
            (plain, body)
        } else {
            (held.transfer_syntax.clone(), self.data_set(held).await?)
        };
        let machine = Approval::of_data_set(&TransferSyntax::of(&syntax), regions);
        Ok((syntax, pass(machine, body, turn)))
    }

    async fn check_regions(&self, held: &Held, regions: &[Region]) -> Result<(), ArchiveError> {
        if regions.len() > REGIONS {
            return Err(ArchiveError::BadRequest("at most 100 rectangles can be drawn".to_owned()));
        }
        let Some(pixels) = self.catalog.pixels(held.id).await? else {
            return Err(ArchiveError::NotFound);
        };
        let inside = |region: &Region| {
            let end = |start: u32, length: u32| i64::from(start) + i64::from(length);
            region.width > 0
                && region.height > 0
                && end(region.x, region.width) <= pixels.pixel_columns
                && end(region.y, region.height) <= pixels.pixel_rows
        };
        if regions.iter().all(inside) {
            return Ok(());
        }
        Err(ArchiveError::BadRequest(format!(
            "each rectangle has a width and a height, and lies within the {} x {} pixels",
            pixels.pixel_columns, pixels.pixel_rows
        )))
    }
}

/// Whether compressed pixels are written anew: to blank them, or to leave behind what lies beside
/// them.
///
/// # Errors
/// [`ArchiveError::BadRequest`] where something is hidden that nobody sees who looks at the frames.
fn anew(object: &CleanObject, held: &Held, regions: &[Region]) -> Result<bool, ArchiveError> {
    let beside = lies_beside(&report(object)?.verdict)?;
    Ok((beside || !regions.is_empty()) && is_encapsulated(held)?)
}

/// Whether something lies beside compressed pixels that stays behind when they are decoded.
///
/// # Errors
/// [`ArchiveError::BadRequest`] where something is hidden that nobody sees who looks at the frames.
pub fn lies_beside(verdict: &Verdict) -> Result<bool, ArchiveError> {
    let none = BTreeSet::new();
    let holds = match verdict {
        Verdict::Held(holds) => holds,
        Verdict::Released | Verdict::ReleasedOnceBlanked(_) => &none,
    };
    let stays_behind = |hold: &Hold| matches!(hold, Hold::CodestreamText | Hold::NotWatched);
    if let Some(hidden) = holds.iter().find(|hold| !hold.is_seen() && !stays_behind(hold)) {
        return Err(ArchiveError::BadRequest(format!(
            "{hidden}: nobody sees what may be hidden there; it can only be rejected"
        )));
    }
    Ok(holds.iter().any(stays_behind))
}

/// Explicit VR Little Endian, in which compressed pixels are written anew.
pub(super) fn plain() -> Result<TransferSyntaxUid, ArchiveError> {
    TransferSyntaxUid::parse("1.2.840.10008.1.2.1")
        .map_err(|error: UidError| ArchiveError::Damaged(Box::new(error)))
}

fn is_encapsulated(held: &Held) -> Result<bool, ArchiveError> {
    if held.image.is_empty() {
        return Ok(false);
    }
    Ok(matches!(StoredImage::parse(&held.image)?.pixel, PixelData::Encapsulated { .. }))
}

/// The rectangles of the decision about a copy.
fn regions_of(object: &CleanObject) -> Result<Vec<Region>, ArchiveError> {
    serde_json::from_str(&object.regions).map_err(|error| ArchiveError::Damaged(Box::new(error)))
}

fn json(regions: &[Region]) -> Result<String, ArchiveError> {
    serde_json::to_string(regions).map_err(|error| ArchiveError::Damaged(Box::new(error)))
}

/// A reason that says something.
pub(super) fn reason_of(reason: &str) -> Result<Phi<String>, ArchiveError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON {
        return Err(ArchiveError::BadRequest(
            "say in a few words (at most 1,000 characters) why".to_owned(),
        ));
    }
    Ok(Phi::new(reason.to_owned()))
}

fn decided() -> ArchiveError {
    ArchiveError::Conflict("somebody has decided about this already".to_owned())
}

fn refused(stopped: Stopped<Refusal>) -> ArchiveError {
    match stopped {
        Stopped::Refused(error) => ArchiveError::BadRequest(error.to_string()),
        Stopped::Source(error) => ArchiveError::NotRenderable(error),
    }
}
