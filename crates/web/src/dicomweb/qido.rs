//! QIDO-RS: search (PS3.18 section 10.6).

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use lightcase_catalog::Selection;
use lightcase_model::{Attribute, Level, Matching, Query};

use super::asker::Asker;
use super::parameters::Parameters;
use super::selected::Selected;
use super::{accept, dicom_json};
use crate::problem::{Answer, Problem};
use crate::state::Web;

/// What DICOM JSON is offered as.
pub(crate) const JSON: [&str; 2] = ["application/dicom+json", "application/json"];

/// Studies.
#[utoipa::path(get, path = "/dicom-web/studies", tag = "DICOMweb",
    responses((status = 200, content_type = "application/dicom+json", body = Vec<serde_json::Value>)))]
pub(crate) async fn studies(
    State(web): State<Web>,
    asker: Asker,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    find(&web, &asker, Asked { level: Level::Study, within: None, query, headers }).await
}

/// Series, of one study or of all.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series", tag = "DICOMweb",
    responses((status = 200, content_type = "application/dicom+json", body = Vec<serde_json::Value>)))]
pub(crate) async fn series(
    State(web): State<Web>,
    asker: Asker,
    selected: Selected,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let within = selected.selection;
    find(&web, &asker, Asked { level: Level::Series, within, query, headers }).await
}

/// Instances, of one series, of one study or of all.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances", tag = "DICOMweb",
    responses((status = 200, content_type = "application/dicom+json", body = Vec<serde_json::Value>)))]
pub(crate) async fn instances(
    State(web): State<Web>,
    asker: Asker,
    selected: Selected,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let within = selected.selection;
    find(&web, &asker, Asked { level: Level::Instance, within, query, headers }).await
}

struct Asked {
    level: Level,
    within: Option<Selection>,
    query: Option<String>,
    headers: HeaderMap,
}

async fn find(web: &Web, asker: &Asker, asked: Asked) -> Answer {
    let Asked { level, within, query, headers } = asked;
    let media = accept::choose(&headers, &JSON).ok_or_else(|| {
        Problem::not_acceptable("Search answers as application/dicom+json or application/json.")
    })?;
    let Parameters { query, ignored } =
        Parameters::parse(level, query.as_deref().unwrap_or_default())?;
    let query = match &within {
        Some(selection) => scoped(query, selection),
        None => query,
    };
    let page = web.archive.find(&asker.ctx, &asker.scope, &query).await?;
    if page.items.is_empty()
        && let Some(selection) = &within
        && !exists(web, asker, selection).await?
    {
        return Err(Problem::not_found());
    }
    let above = within.is_none();
    let matches: Vec<_> = page
        .items
        .iter()
        .map(|found| dicom_json::of_match(found, level, above, &asker.root))
        .collect();
    let body = serde_json::to_vec(&matches).map_err(Problem::internal)?;
    let headers = [(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, asker.cache)];
    let mut response = (headers, body).into_response();
    if page.more {
        warn(&mut response, asker, "There are additional results that can be requested");
    }
    if !ignored.is_empty() {
        let names = ignored.join(" ");
        warn(&mut response, asker, &format!("These parameters were not used to match: {names}"));
    }
    Ok(response)
}

fn scoped(query: Query, selection: &Selection) -> Query {
    let study = Matching::Uids(vec![selection.study.as_uid().clone()]);
    let query = query.with(Attribute::StudyInstanceUID, study);
    match &selection.series {
        Some(series) => {
            let series = Matching::Uids(vec![series.as_uid().clone()]);
            query.with(Attribute::SeriesInstanceUID, series)
        }
        None => query,
    }
}

/// Whether what the path names is in sight at all.
async fn exists(web: &Web, asker: &Asker, selection: &Selection) -> Answer<bool> {
    let query = scoped(Query::at(Level::Series, 1), selection);
    Ok(!web.catalog().find(&asker.scope, &query).await?.items.is_empty())
}

/// `Warning: 299` as PS3.18 section 8.3.4 words it.
fn warn(response: &mut Response, asker: &Asker, text: &str) {
    let value = format!("299 {}: \"{text}\"", asker.root);
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().append(header::WARNING, value);
    }
}
