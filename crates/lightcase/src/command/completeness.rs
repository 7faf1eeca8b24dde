//! `completeness`: what was received of studies, and what is expected of them.

use std::process::ExitCode;

use anyhow::bail;
use lightcase_audit::Event;
use lightcase_catalog::{Completeness, Count, Studies};
use lightcase_model::{Attribute, Level, Scope, StudyUid};

use crate::house::House;
use crate::output;

/// Prints one study with its series, or the newest studies. Exit 1: something is known to be
/// missing.
pub(crate) async fn run(
    house: &House,
    study: Option<&str>,
    limit: u32,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let uid = study.map(StudyUid::parse).transpose()?;
    let which = uid.as_ref().map_or(Studies::Newest(limit), Studies::Uid);
    let found = house.catalog.completeness(&Scope::archive(), which).await?;
    let keys = uid.as_ref().map(|_| Attribute::StudyInstanceUID).into_iter().collect();
    let matches = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let event = Event::Queried { level: Level::Series, keys, matches };
    house.catalog.record(&house.operator(), event).await?;
    if let (Some(uid), []) = (&uid, found.as_slice()) {
        bail!("no study {uid} is held");
    }
    let missing = found.iter().any(|study| study.count.missing() > 0);
    if json {
        let studies: Vec<_> = found.iter().map(document).collect();
        output::json(&serde_json::json!({ "studies": studies }));
    } else {
        print(&found, uid.is_some());
    }
    Ok(if missing { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn document(study: &Completeness) -> serde_json::Value {
    let series: Vec<_> = study
        .series
        .iter()
        .map(|series| {
            let signals: Vec<_> = series
                .signals
                .iter()
                .map(|signal| {
                    serde_json::json!({
                        "source": signal.source, "name": signal.name,
                        "received": signal.received, "expected": signal.expected,
                    })
                })
                .collect();
            serde_json::json!({
                "seriesInstanceUid": series.series_uid, "received": series.count.received,
                "expected": series.count.expected, "arriving": series.arriving,
                "signals": signals,
            })
        })
        .collect();
    serde_json::json!({
        "studyInstanceUid": study.study_uid, "received": study.count.received,
        "expected": study.count.expected, "arriving": study.arriving, "series": series,
    })
}

fn print(found: &[Completeness], series_too: bool) {
    let mut rows = Vec::new();
    for study in found {
        rows.push(vec![study.study_uid.to_string(), words(study.count, study.arriving)]);
        for series in study.series.iter().filter(|_| series_too) {
            let uid = format!("  {}", series.series_uid);
            rows.push(vec![uid, words(series.count, series.arriving)]);
        }
    }
    output::table(&["STUDY", "STATE"], &rows);
}

/// `still arriving, 187 of 188`; `188 of 188`; `188, no signal`.
fn words(count: Count, arriving: bool) -> String {
    let count = match count.expected {
        Some(expected) => format!("{} of {expected}", count.received),
        None => format!("{}, no signal", count.received),
    };
    if arriving { format!("still arriving, {count}") } else { count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_in_words() {
        let check = |received, expected, arriving, text| {
            assert_eq!(words(Count { received, expected }, arriving), text);
        };
        check(187, Some(188), false, "187 of 188");
        check(188, Some(188), false, "188 of 188");
        check(12, None, false, "12, no signal");
        check(12, None, true, "still arriving, 12, no signal");
        check(187, Some(188), true, "still arriving, 187 of 188");
    }
}
