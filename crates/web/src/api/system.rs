//! What this archive is, and whether its own DICOM port answers.

use axum::extract::State;
use lightcase_dimse::scu;
use serde::Serialize;

use crate::body::Json;
use crate::route::{Access, Route, routes};
use crate::state::Web;

pub(crate) const ROUTES: &[Route] = routes! {
    Access::SignedIn, get "/system" => system;
    Access::SignedIn, post "/system/echo" => echo;
};

/// What this archive is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct System {
    version: String,
    ae_title: String,
    dicom_host: String,
    dicom_port: u16,
    dicom_tls_port: Option<u16>,
    public_url: String,
    open_loopback: bool,
}

/// The outcome of an echo.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Echo {
    ok: bool,
    milliseconds: u64,
    message: String,
}

/// What this archive is.
#[utoipa::path(get, path = "/api/v1/system", tag = "System", responses((status = 200, body = System)))]
pub(crate) async fn system(State(web): State<Web>) -> Json<System> {
    let system = &web.config.system;
    Json(System {
        version: system.version.clone(),
        ae_title: system.ae_title.to_string(),
        dicom_host: system.dicom_host.clone(),
        dicom_port: system.dicom_port,
        dicom_tls_port: system.dicom_tls_port,
        public_url: web.config.public_url.origin().ascii_serialization(),
        open_loopback: system.open_loopback,
    })
}

/// C-ECHO to this archive's own DICOM port.
#[utoipa::path(post, path = "/api/v1/system/echo", tag = "System",
    responses((status = 200, body = Echo)))]
pub(crate) async fn echo(State(web): State<Web>) -> Json<Echo> {
    let begun = std::time::Instant::now();
    let answer = Box::pin(scu::echo(&web.config.echo)).await;
    let took = match &answer {
        Ok(took) => *took,
        Err(_) => begun.elapsed(),
    };
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let message = match &answer {
        Ok(_) => format!("{} answers.", web.config.echo.called),
        Err(error) => format!("No answer: {error}."),
    };
    Json(Echo { ok: answer.is_ok(), milliseconds, message })
}
