//! The worklist.

use std::collections::HashMap;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use lightcase_audit::Event;
use lightcase_catalog::{Studies, WorklistFilter, WorklistRow};
use lightcase_model::{Attribute, Level, Permission, Scope, StudyId, is_day};
use serde::{Deserialize, Serialize};

use super::completeness::{Progress, progress};
use super::instant::instant;
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

pub(crate) const ROUTES: &[Route] = routes! {
    Access::Needs(Permission::Search), get "/worklist" => worklist;
};

/// The longest text that is looked for, in characters.
const LONGEST: usize = 200;

/// What to look for.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub(crate) struct Search {
    /// Words: start of a part of the name, of the patient id, or of the accession number.
    q: String,
    modality: String,
    /// First study date, YYYYMMDD.
    from: String,
    /// Last study date, YYYYMMDD.
    to: String,
    /// Withdrawn studies instead of those in sight.
    withdrawn: bool,
    limit: u32,
    offset: u32,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            q: String::new(),
            modality: String::new(),
            from: String::new(),
            to: String::new(),
            withdrawn: false,
            limit: 50,
            offset: 0,
        }
    }
}

/// The worklist.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Worklist {
    studies: Vec<ListedStudy>,
    /// Whether there are more behind these.
    more: bool,
    refused: Refused,
}

/// Objects that were not taken.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Refused {
    count: i64,
}

/// A study.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListedStudy {
    study_instance_uid: String,
    patient_name: String,
    patient_id: String,
    issuer: String,
    birth_date: String,
    sex: String,
    study_date: String,
    study_time: String,
    accession_number: String,
    description: String,
    modalities: Vec<String>,
    series: i64,
    instances: i64,
    received_at: String,
    withdrawn: Option<Withdrawn>,
    /// Live links to it.
    shares: i64,
    /// Received and expected; null while it is hidden.
    progress: Option<Progress>,
}

/// When, by whom and why a study was hidden.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Withdrawn {
    at: String,
    by: String,
    reason: String,
}

/// Studies, newest study date first.
#[utoipa::path(get, path = "/api/v1/worklist", tag = "Studies", params(Search),
    responses((status = 200, body = Worklist)))]
pub(crate) async fn worklist(
    State(web): State<Web>,
    staff: Staff,
    query: Result<Query<Search>, QueryRejection>,
) -> Answer<Json<Worklist>> {
    let Query(search) = query?;
    if search.withdrawn && !staff.principal.may(Permission::Withdraw) {
        return Err(Problem::not_permitted(Permission::Withdraw));
    }
    let Scope::All(collections) = staff.principal.scope() else {
        return Err(Problem::not_permitted(Permission::Search));
    };
    let keys = keys(&search);
    let filter = filter(search)?;
    let page = web.catalog().worklist(&collections, &filter, staff.ctx.now).await?;
    let matches = u64::try_from(page.items.len()).unwrap_or(u64::MAX);
    web.catalog().record(&staff.ctx, Event::Queried { level: Level::Study, keys, matches }).await?;
    let count = if staff.principal.may(Permission::SeeRefusals) {
        web.catalog().count_refusals().await?
    } else {
        0
    };
    let ids = page.items.iter().filter_map(|row| row.found.study.as_ref().map(|study| study.id));
    let ids: Vec<StudyId> = ids.collect();
    let scope = Scope::All(collections);
    let known = web.catalog().completeness(&scope, Studies::Ids(&ids)).await?;
    let mut known: HashMap<StudyId, Progress> =
        known.into_iter().map(|each| (each.study, progress(each.count, each.arriving))).collect();
    let mut studies = Vec::with_capacity(page.items.len());
    for row in page.items {
        let progress = row.found.study.as_ref().and_then(|study| known.remove(&study.id));
        studies.extend(listed(&web, row, progress).await?);
    }
    Ok(Json(Worklist { studies, more: page.more, refused: Refused { count } }))
}

/// Which attributes were asked for, for the audit.
fn keys(search: &Search) -> Vec<Attribute> {
    let mut keys = Vec::new();
    if !search.q.trim().is_empty() {
        keys.extend([Attribute::PatientName, Attribute::PatientID, Attribute::AccessionNumber]);
    }
    if !search.modality.is_empty() {
        keys.push(Attribute::ModalitiesInStudy);
    }
    if !search.from.is_empty() || !search.to.is_empty() {
        keys.push(Attribute::StudyDate);
    }
    keys
}

fn filter(search: Search) -> Answer<WorklistFilter> {
    if search.q.contains('\0') || search.modality.contains('\0') {
        return Err(Problem::bad_request("A search has no NUL in it."));
    }
    if search.q.chars().nth(LONGEST).is_some() {
        return Err(Problem::bad_request("q has at most 200 characters."));
    }
    // A code string is no longer (PS3.5 section 6.2, CS).
    if search.modality.chars().nth(16).is_some() {
        return Err(Problem::bad_request("modality has at most 16 characters."));
    }
    let day = |text: String| match text.len() {
        0 => Ok(None),
        _ if is_day(&text) => Ok(Some(text)),
        _ => Err(Problem::bad_request("from and to are days as YYYYMMDD.")),
    };
    Ok(WorklistFilter {
        text: search.q,
        modality: Some(search.modality).filter(|modality| !modality.is_empty()),
        from: day(search.from)?,
        to: day(search.to)?,
        withdrawn: search.withdrawn,
        limit: search.limit.clamp(1, 500),
        offset: search.offset,
    })
}

async fn listed(
    web: &Web,
    row: WorklistRow,
    progress: Option<Progress>,
) -> Answer<Option<ListedStudy>> {
    let WorklistRow { found, withdrawn, shares } = row;
    let (patient, Some(study)) = (found.patient, found.study) else { return Ok(None) };
    let withdrawn = match withdrawn {
        None => None,
        Some(withdrawn) => {
            let by = match withdrawn.by {
                Some(id) => web.catalog().account(id).await?.map(|account| account.name),
                None => Some(lightcase_accounts::Principal::OPERATOR.to_owned()),
            };
            Some(Withdrawn {
                at: instant(withdrawn.at),
                by: by.unwrap_or_default(),
                reason: withdrawn.reason,
            })
        }
    };
    Ok(Some(ListedStudy {
        study_instance_uid: study.study_uid.to_string(),
        patient_name: patient.name.into_exposed(),
        patient_id: patient.patient_id.into_exposed(),
        issuer: patient.issuer,
        birth_date: patient.birth_date.into_exposed(),
        sex: patient.sex,
        study_date: study.study_date,
        study_time: study.study_time,
        accession_number: study.accession_number.into_exposed(),
        description: study.description,
        modalities: study.modalities,
        series: study.series,
        instances: study.instances,
        received_at: instant(study.received_at),
        withdrawn,
        shares,
        progress,
    }))
}
