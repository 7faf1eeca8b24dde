//! Who asks, as the DICOMweb handlers see it: a context, a scope, and a right that can end.

use axum::Extension;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use lightcase_model::{Ctx, Scope};

use crate::caller::{Staff, Watch};
use crate::problem::{Answer, Problem};
use crate::security::base;
use crate::state::Web;

/// Who asks. Staff and share visitors look the same from here on.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) ctx: Ctx,
    pub(crate) scope: Scope,
    /// Address of the mount: `https://images.example.org/dicom-web`.
    pub(crate) root: String,
    /// What `Cache-Control` says of patient data.
    pub(crate) cache: &'static str,
    pub(crate) watch: Watch,
}

/// Patient data for staff: kept by their browser, asked for anew each time.
const STAFF: &str = "private, no-cache";

/// Turns staff into an asker.
pub(crate) async fn staff(
    State(web): State<Web>,
    Extension(staff): Extension<Staff>,
    mut request: Request,
    next: Next,
) -> Answer {
    let root = format!("{}/dicom-web", base(&web.config, request.uri(), request.headers()));
    request.extensions_mut().insert(Asker {
        ctx: staff.ctx,
        scope: staff.principal.scope(),
        root,
        cache: STAFF,
        watch: Watch::none(),
    });
    Ok(next.run(request).await)
}

impl FromRequestParts<Web> for Asker {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Answer<Self> {
        let found = Extension::<Self>::from_request_parts(parts, web).await;
        found.map(|Extension(asker)| asker).map_err(Problem::internal)
    }
}
