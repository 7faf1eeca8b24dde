//! De-identification projects: their studies, certificates, and the way back.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use lightcase_archive::{CleanOrigin, StudyCertificate};
use lightcase_catalog::Project as Row;
use lightcase_model::{Permission, ProjectName, ProjectNameError, StudyUid, UidError};
use serde::{Deserialize, Serialize};

use super::instant::instant;
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

const READ: Access = Access::Needs(Permission::ReadClean);

pub(crate) const ROUTES: &[Route] = routes! {
    READ, get "/projects" => list;
    READ, get "/projects/{project}/studies" => studies;
    READ, get "/projects/{project}/studies/{study}/certificate" => certificate;
    Access::Needs(Permission::ReIdentify), post "/projects/{project}/reidentify" => reidentify;
};

/// De-identification projects by name.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Projects {
    projects: Vec<Project>,
}

/// A de-identification project.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Project {
    name: String,
    /// What its profile is called.
    profile: String,
    /// The profile's options, as profile files name them.
    options: Vec<String>,
    created_at: String,
    /// How many studies have clean copies.
    studies: usize,
    /// How many objects wait for somebody to look at them.
    waiting: i64,
}

/// The studies of a project.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct CleanStudies {
    studies: Vec<CleanStudy>,
}

/// A clean study, and how many of its objects are in which state.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CleanStudy {
    study_uid: String,
    /// Released unseen.
    released: i64,
    /// Not decided yet.
    waiting: i64,
    /// Released by somebody.
    approved: i64,
    /// Rejected by somebody.
    rejected: i64,
}

/// Whose study is asked for, and why.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Reidentify {
    /// Study Instance UID of the copies.
    study_uid: String,
    reason: String,
}

/// Whom a clean study is of.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reidentified {
    patient_id: String,
    patient_name: String,
    birth_date: String,
    issuer: String,
    /// Study Instance UID of the original.
    study_uid: String,
    /// What its copies were made of, which certificates do not tell.
    originals: Vec<OriginalDigest>,
}

/// What a copy was made of.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OriginalDigest {
    /// SOP Instance UID of the copy.
    sop_instance_uid: String,
    /// SHA-256 of the original's data set, in hexadecimal.
    sha256: String,
}

/// A project that a path names. That of a share link is read by the link alone.
pub(crate) async fn named(web: &Web, name: &str) -> Answer<Row> {
    let project = any_named(web, name).await?;
    if project.lent { Err(Problem::not_found()) } else { Ok(project) }
}

/// A project that a path names, also that of a share link, for those who review.
pub(crate) async fn any_named(web: &Web, name: &str) -> Answer<Row> {
    let nothing = |_error: ProjectNameError| Problem::not_found();
    let name = ProjectName::parse(name).map_err(nothing)?;
    web.catalog().project(&name).await?.ok_or_else(Problem::not_found)
}

fn study_named(uid: &str) -> Answer<StudyUid> {
    StudyUid::parse(uid).map_err(|_error: UidError| Problem::not_found())
}

/// All projects, but those of share links.
#[utoipa::path(get, path = "/api/v1/projects", tag = "De-identification",
    responses((status = 200, body = Projects)))]
pub(crate) async fn list(State(web): State<Web>, staff: Staff) -> Answer<Json<Projects>> {
    let mut projects = Vec::new();
    for project in web.catalog().projects().await?.into_iter().filter(|project| !project.lent) {
        let studies = web.catalog().clean_studies(project.id).await?;
        let profile = web.archive.profile(&staff.ctx, &project.name).await?;
        projects.push(Project {
            name: project.name.to_string(),
            profile: profile.name,
            options: profile.options,
            created_at: instant(project.created_at),
            studies: studies.len(),
            waiting: studies.iter().map(|study| study.waiting).sum(),
        });
    }
    Ok(Json(Projects { projects }))
}

/// The studies of a project.
#[utoipa::path(get, path = "/api/v1/projects/{project}/studies", tag = "De-identification",
    params(("project" = String, Path)),
    responses((status = 200, body = CleanStudies), (status = 404)))]
pub(crate) async fn studies(
    State(web): State<Web>,
    _staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<Json<CleanStudies>> {
    let Path(project) = path?;
    let project = named(&web, &project).await?;
    let studies = web.catalog().clean_studies(project.id).await?.into_iter();
    let studies = studies.map(|study| CleanStudy {
        study_uid: study.study_uid,
        released: study.released,
        waiting: study.waiting,
        approved: study.approved,
        rejected: study.rejected,
    });
    Ok(Json(CleanStudies { studies: studies.collect() }))
}

/// The certificate of a clean study: what was done to its objects, by which rules, who decided what.
#[utoipa::path(get, path = "/api/v1/projects/{project}/studies/{study}/certificate",
    tag = "De-identification",
    params(("project" = String, Path), ("study" = String, Path)),
    responses((status = 200, body = Object), (status = 404)))]
pub(crate) async fn certificate(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Answer<Json<StudyCertificate>> {
    let Path((project, study)) = path?;
    let (project, study) = (named(&web, &project).await?, study_named(&study)?);
    Ok(Json(web.archive.certificate(&staff.ctx, &project.name, &study).await?))
}

/// Tells whom a clean study is of. It is on record who asked, and why.
#[utoipa::path(post, path = "/api/v1/projects/{project}/reidentify", tag = "De-identification",
    params(("project" = String, Path)), request_body = Reidentify,
    responses((status = 200, body = Reidentified), (status = 400), (status = 404)))]
pub(crate) async fn reidentify(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    Json(asked): Json<Reidentify>,
) -> Answer<Json<Reidentified>> {
    let Path(project) = path?;
    let (project, study) = (named(&web, &project).await?, study_named(&asked.study_uid)?);
    let told = web.archive.reidentify(&staff.ctx, &project.name, &study, &asked.reason).await?;
    let CleanOrigin { patient_id, patient_name, birth_date, issuer, study_uid } = told.origin;
    let originals = told.originals.into_iter();
    let originals = originals
        .map(|each| OriginalDigest { sop_instance_uid: each.sop_instance_uid, sha256: each.sha256 })
        .collect();
    Ok(Json(Reidentified { patient_id, patient_name, birth_date, issuer, study_uid, originals }))
}
