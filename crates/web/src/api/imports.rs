//! One file of PS3.10 through the same ingest as everything else.

use axum::extract::{Request, State};
use lightcase_archive::{ArchiveError, ImportError, Received};
use lightcase_model::{Ctx, Origin, Permission, Phi};
use serde::Serialize;

use super::session::header_text;
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;
use crate::upload::{patient, while_allowed};

pub(crate) const ROUTES: &[Route] = routes! {
    Access::Needs(Permission::Import), post "/imports" => import;
};

/// The outcome of one file. Its UIDs are those that it came with, also where only a clean copy of it
/// is kept.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Imported {
    /// `stored` or `alreadyHeld`.
    outcome: &'static str,
    study_instance_uid: String,
    series_instance_uid: String,
    sop_instance_uid: String,
}

/// Takes one file. `X-Lightcase-File-Name` is its percent-encoded name, for the list of refusals.
#[utoipa::path(post, path = "/api/v1/imports", tag = "Studies",
    request_body(content = Vec<u8>, content_type = "application/dicom"),
    responses((status = 200, body = Imported), (status = 400), (status = 409), (status = 413),
        (status = 503), (status = 507)))]
pub(crate) async fn import(
    State(web): State<Web>,
    staff: Staff,
    request: Request,
) -> Answer<Json<Imported>> {
    let (parts, body) = request.into_parts();
    let name = file_name(header_text(&parts.headers, "x-lightcase-file-name").unwrap_or("import"));
    let upload = web.uploads.begin(&staff.ctx.actor).ok_or(ArchiveError::Busy)?;
    let watch = staff.watch(&web);
    let ctx = Ctx { origin: Origin::Import, ..staff.ctx };
    let body = while_allowed(patient(body.into_data_stream()), watch.ended.clone());
    let received = Received::from_file(body, Phi::new(name)).await.map_err(ImportError::from)?;
    // A sender that goes away cuts the body off, not the chain: what was begun is ended.
    let taken = tokio::spawn(async move {
        let mut intake = web.archive.intake(String::new());
        let taken = intake.ingest(&ctx, received).await;
        intake.end(&ctx).await;
        drop((watch, upload));
        taken
    });
    let accepted = taken.await.map_err(Problem::internal)??;
    Ok(Json(Imported {
        outcome: if accepted.already_held { "alreadyHeld" } else { "stored" },
        study_instance_uid: accepted.study.to_string(),
        series_instance_uid: accepted.series.to_string(),
        sop_instance_uid: accepted.sop_instance.to_string(),
    }))
}

/// A name to be shown back: percent-decoded, without control characters, of bounded length.
fn file_name(header: &str) -> String {
    let decoded = url::form_urlencoded::parse(header.as_bytes()).next();
    let name = decoded.map_or_else(String::new, |(name, _)| name.into_owned());
    name.chars().filter(|each| !each.is_control()).take(255).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_decoded_and_tamed() {
        assert_eq!(file_name("Sch%C3%A4del%20%26%20Hals.dcm"), "Schädel & Hals.dcm");
        assert_eq!(file_name("a%0D%0Ab%00"), "ab");
        assert_eq!(file_name(&"x".repeat(1000)).len(), 255);
        assert_eq!(file_name(""), "");
    }
}
