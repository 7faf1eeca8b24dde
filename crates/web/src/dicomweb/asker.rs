//! Who asks, as the DICOMweb handlers see it: a context, a scope, and a right that can end.

use std::collections::HashMap;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use lightcase_model::{Collections, Ctx, Scope};

use crate::api::projects::{any_named, named};
use crate::caller::{Staff, Watch, route_of};
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
    let watch = staff.watch(&web);
    let scope = staff.principal.scope();
    request.extensions_mut().insert(Asker { ctx: staff.ctx, scope, root, cache: STAFF, watch });
    Ok(next.run(request).await)
}

/// Turns staff into an asker of a project's clean copies, or of what is held of it.
pub(crate) async fn project(
    State(web): State<Web>,
    Extension(staff): Extension<Staff>,
    request: Request,
    next: Next,
) -> Answer {
    let (mut parts, body) = request.into_parts();
    let Path(mut path) = Path::<HashMap<String, String>>::from_request_parts(&mut parts, &web)
        .await
        .map_err(|_error: PathRejection| Problem::not_found())?;
    let project = path.remove("project").ok_or_else(Problem::not_found)?;
    let (mount, project, collection) = if route_of(&parts).starts_with("/review/") {
        let project = any_named(&web, &project).await?;
        let review = project.review;
        ("review", project, review)
    } else {
        let project = named(&web, &project).await?;
        let collection = project.collection;
        ("projects", project, collection)
    };
    let root = base(&web.config, &parts.uri, &parts.headers);
    let watch = staff.watch(&web);
    parts.extensions.insert(Asker {
        ctx: staff.ctx,
        scope: Scope::All(Collections::from([collection])),
        root: format!("{root}/{mount}/{}/dicom-web", project.name),
        cache: STAFF,
        watch,
    });
    Ok(next.run(Request::from_parts(parts, body)).await)
}

impl FromRequestParts<Web> for Asker {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Answer<Self> {
        let found = Extension::<Self>::from_request_parts(parts, web).await;
        found.map(|Extension(asker)| asker).map_err(Problem::internal)
    }
}
