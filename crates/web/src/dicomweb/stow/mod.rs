//! STOW-RS: store (PS3.18 section 10.5). Each object passes the same ingest as one that comes over
//! DIMSE, and is durable and findable before the answer says so.

mod module;
mod payload;
mod tally;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use lightcase_archive::{Archive, ArchiveError, Intake, Received};
use lightcase_model::{Actor, Ctx, Origin, Permission, Phi, StudyUid};

use super::accept;
use super::asker::Asker;
use super::qido::JSON;
use super::selected::Selected;
use crate::caller::Watch;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::running::OneRuns;
use crate::state::Web;
use crate::upload::{pass_over, patient, while_allowed};
use payload::{Kind, Part, Payload};
use tally::Tally;

const IMPORT: Access = Access::Needs(Permission::Import);

/// Paths below the root of the staff's mount. Nothing is stored through a link, or into the clean
/// copies of a project.
pub(crate) const ROUTES: &[Route] = routes! {
    IMPORT, post "/studies" => store;
    IMPORT, post "/studies/{study}" => store;
};

/// Takes PS3.10 files: `multipart/related; type="application/dicom"`, or a single one as
/// `application/dicom`. The answer is the Store Instances Response Module (PS3.18 section I.2) and
/// names what was stored and what was not: 200 when all was, 202 when some was or only a clean copy
/// is kept, 409 when nothing was; 503 and 507 when the same may be taken later. Below a study,
/// objects of other studies are refused.
#[utoipa::path(post, path = "/dicom-web/studies", tag = "DICOMweb",
    request_body(content = Vec<u8>, content_type = "multipart/related"),
    responses(
        (status = 200, content_type = "application/dicom+json", body = serde_json::Value),
        (status = 202, content_type = "application/dicom+json", body = serde_json::Value),
        (status = 400), (status = 406), (status = 413), (status = 415),
        (status = 409, content_type = "application/dicom+json", body = serde_json::Value),
        (status = 503, content_type = "application/dicom+json", body = serde_json::Value),
        (status = 507, content_type = "application/dicom+json", body = serde_json::Value)))]
pub(crate) async fn store(
    State(web): State<Web>,
    asker: Asker,
    selected: Selected,
    request: Request,
) -> Answer {
    let upload = web.uploads.begin(&asker.ctx.actor).ok_or(ArchiveError::Busy)?;
    let (parts, body) = request.into_parts();
    let body = patient(body.into_data_stream());
    let (media, kind) = match wanted(&parts.headers) {
        Ok(wanted) => wanted,
        Err(problem) => {
            pass_over(body).await;
            return Err(problem);
        }
    };
    let payload = Payload::new(kind, body);
    // The guard of this mount knows no other origin.
    let Origin::Http { address } = asker.ctx.origin else { return Err(Problem::defect()) };
    let run = Run {
        archive: web.archive.clone(),
        ctx: Ctx { origin: Origin::Stow { address }, ..asker.ctx },
        study: selected.selection.map(|selection| selection.study),
        tally: Tally::new(asker.root),
        watch: asker.watch,
        _upload: upload,
    };
    // A sender that goes away cuts the body off, not the chain: what was begun is ended.
    let tally = tokio::spawn(run.run(payload)).await.map_err(Problem::internal)?;
    tally.answer(media)
}

/// As what the answer is wanted, and how the objects come.
fn wanted(headers: &HeaderMap) -> Answer<(&'static str, Kind)> {
    let media = accept::choose(headers, &JSON).ok_or_else(|| {
        Problem::not_acceptable(
            "What was stored is told as application/dicom+json or application/json.",
        )
    })?;
    Ok((media, Kind::of(headers)?))
}

/// One request.
struct Run {
    archive: Archive,
    ctx: Ctx,
    /// The study that it is for, where its path names one.
    study: Option<StudyUid>,
    tally: Tally,
    watch: Watch,
    _upload: OneRuns<Actor>,
}

impl Run {
    async fn run(mut self, mut payload: Payload) -> Tally {
        let mut intake = self.archive.intake(String::new());
        loop {
            let next = tokio::select! {
                biased;
                () = self.watch.ended.cancelled() => Err(Problem::signed_out()),
                next = payload.next() => next,
            };
            match next {
                Ok(Some(part)) => {
                    self.part(&mut intake, &part).await;
                    tokio::select! {
                        () = self.watch.ended.cancelled() => {}
                        () = part.skip() => {}
                    }
                }
                Ok(None) => break,
                Err(broken) => {
                    self.tally.broke(broken);
                    break;
                }
            }
        }
        Box::pin(intake.end(&self.now())).await;
        self.tally
    }

    fn now(&self) -> Ctx {
        Ctx { now: self.archive.clock().now(), ..self.ctx.clone() }
    }

    async fn part(&mut self, intake: &mut Intake, part: &Part) {
        if !part.is_dicom() {
            self.tally.unreadable("a part is not of type application/dicom");
            return;
        }
        let sender = Phi::new(part.name().to_owned());
        let bytes = while_allowed(part.bytes(), self.watch.ended.clone());
        let received = match Received::from_file(bytes, sender).await {
            Ok(received) => received,
            Err(unread) => {
                self.tally.no_object(&unread.error);
                Box::pin(intake.refuse(&self.now(), unread)).await;
                return;
            }
        };
        let named = received.media_storage.clone();
        let received = Received { study: self.study.clone(), ..received };
        match Box::pin(intake.ingest(&self.now(), received)).await {
            Ok(accepted) => self.tally.took(accepted),
            Err(refusal) => self.tally.refused(refusal, named),
        }
    }
}
