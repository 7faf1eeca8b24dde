//! What an object's header lets expect of its series and study.

use lightcase_catalog::Expectation;
use lightcase_dataset::Signals;

/// A count above this is a mistake of the sender.
const MOST: i64 = 1_000_000;

/// The expectations of one object. `frames` is how many it has: counts of images say nothing where
/// one object holds several.
pub(crate) fn expectations(signals: &Signals, frames: i64) -> Vec<Expectation> {
    let mut found = Vec::new();
    let mut expect = |source, name: &str, whole_study, expected: Option<i64>| {
        if let Some(expected) = expected.filter(|count| (1..=MOST).contains(count)) {
            found.push(Expectation { source, name: name.to_owned(), whole_study, expected });
        }
    };
    let Signals {
        acquisition_number,
        images_in_acquisition,
        study_related_instances,
        series_related_instances,
        concatenation_uid,
        in_concatenation_total_number,
        ..
    } = signals;
    if frames == 1 {
        expect("ImagesInAcquisition", acquisition_number, false, *images_in_acquisition);
        expect("NumberOfSlices", "", false, slices(signals));
    }
    expect("NumberOfSeriesRelatedInstances", "", false, *series_related_instances);
    expect("NumberOfStudyRelatedInstances", "", true, *study_related_instances);
    if !concatenation_uid.is_empty() {
        let total = *in_concatenation_total_number;
        expect("InConcatenationTotalNumber", concatenation_uid, false, total);
    }
    found
}

/// Images of a PET series (PS3.3 section C.8.9.1); gated ones have further factors and say nothing.
fn slices(signals: &Signals) -> Option<i64> {
    let slices = signals.number_of_slices?;
    match signals.series_type.split('\\').next() {
        Some("STATIC" | "WHOLE BODY") => Some(slices),
        Some("DYNAMIC") => slices.checked_mul(signals.number_of_time_slices?),
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(signals: &Signals, frames: i64, expected: &[(&str, &str, i64)]) {
        let found = expectations(signals, frames);
        let found: Vec<_> =
            found.iter().map(|each| (each.source, each.name.as_str(), each.expected)).collect();
        assert_eq!(found, expected, "{signals:?}");
    }

    #[test]
    fn counts_of_the_header_are_expectations() {
        let acquisition = Signals {
            acquisition_number: "2".to_owned(),
            images_in_acquisition: Some(188),
            series_related_instances: Some(200),
            ..Signals::default()
        };
        let series = ("NumberOfSeriesRelatedInstances", "", 200);
        check(&acquisition, 1, &[("ImagesInAcquisition", "2", 188), series]);
        check(&acquisition, 40, &[series]);
        let concatenation = Signals {
            concatenation_uid: "1.2.9".to_owned(),
            in_concatenation_total_number: Some(4),
            ..Signals::default()
        };
        check(&concatenation, 900, &[("InConcatenationTotalNumber", "1.2.9", 4)]);
        let pet = |series_type: &str| Signals {
            series_type: series_type.to_owned(),
            number_of_slices: Some(47),
            number_of_time_slices: Some(10),
            ..Signals::default()
        };
        check(&pet("WHOLE BODY\\IMAGE"), 1, &[("NumberOfSlices", "", 47)]);
        check(&pet("DYNAMIC\\IMAGE"), 1, &[("NumberOfSlices", "", 470)]);
        check(&pet("GATED\\IMAGE"), 1, &[]);
    }

    #[test]
    fn nonsense_expects_nothing() {
        for count in [i64::MIN, -1, 0, MOST + 1, i64::MAX] {
            let signals = Signals { images_in_acquisition: Some(count), ..Signals::default() };
            check(&signals, 1, &[]);
            let signals = Signals {
                series_type: "DYNAMIC".to_owned(),
                number_of_slices: Some(count),
                number_of_time_slices: Some(i64::MAX),
                ..Signals::default()
            };
            check(&signals, 1, &[]);
        }
    }
}
