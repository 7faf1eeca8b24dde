//! Places with known values, for tests that look at drawn pixels.

use serde_json::{Value, json};

use super::{
    PATIENT_NAME, Series, Study,
    plane::{along, dot},
};

/// Points of the head in millimetres of the patient's system, each amid one tissue.
const PLACES: [(&str, [f64; 3]); 7] = [
    ("air", [-85.0, -85.0, 0.0]),
    ("skull", [0.0, -88.8, 0.0]),
    ("brain", [-5.0, 45.0, 10.0]),
    ("left ventricle", [26.0, 10.0, 0.0]),
    ("right ventricle", [-26.0, 10.0, 0.0]),
    ("air cavity", [0.0, -68.0, -30.0]),
    ("rod", [95.0, -20.0, 0.0]),
];

/// A pixel whose neighbours have its value too, so that interpolation does not matter.
#[derive(Debug, Clone)]
pub struct Probe {
    /// What lies there.
    pub place: &'static str,
    /// The slice, counted from 1 along the normal.
    pub slice: u32,
    /// The column, counted from 0.
    pub x: u32,
    /// The row, counted from 0.
    pub y: u32,
    /// The real value: Hounsfield units for CT.
    pub value: i32,
}

/// The probes of a series; places that its slices miss or cut at an edge are left out.
pub fn probes(series: &Series) -> Vec<Probe> {
    PLACES.iter().filter_map(|(place, point)| probe(series, place, *point)).collect()
}

fn probe(series: &Series, place: &'static str, point: [f64; 3]) -> Option<Probe> {
    let first = series.position(1);
    let offset = along(point, -1.0, first);
    let slice = nearest(dot(offset, series.plane.normal()) / series.step, series.slices)? + 1;
    let columns = u32::from(series.columns);
    let x = nearest(dot(offset, series.plane.row()) / series.spacing, columns)?;
    let y = nearest(dot(offset, series.plane.column()) / series.spacing, columns)?;
    let value = series.value(slice, x, y);
    let flat = (-2..=2).all(|dx| {
        (-2..=2).all(|dy| {
            x.checked_add_signed(dx)
                .zip(y.checked_add_signed(dy))
                .is_some_and(|(x, y)| series.value(slice, x, y) == value)
        })
    });
    flat.then_some(Probe { place, slice, x, y, value })
}

/// The index nearest to `at`, when it is below `count`.
fn nearest(at: f64, count: u32) -> Option<u32> {
    (0..count).find(|index| (f64::from(*index) - at).abs() <= 0.5)
}

/// The grey 0..=255 that `value` is drawn in under a linear window (PS3.3 C.11.2.1.2.1).
pub fn grey(value: i32, (centre, width): (i32, i32)) -> i32 {
    let range = (width - 1).max(1);
    // 255 × ((value − (centre − 0.5)) / (width − 1) + 0.5), doubled to stay in whole numbers.
    let doubled = 255 * (2 * (value - centre) + 1 + range);
    (doubled + range).div_euclid(2 * range).clamp(0, 255)
}

/// The studies as JSON: UIDs, counts, and probes with their value and grey.
pub fn summary(studies: &[Study]) -> Value {
    let mut points = Vec::new();
    for study in studies {
        for series in &study.series {
            points.extend(probes(series).into_iter().map(|probe| {
                json!({
                    "study": study.uid,
                    "series": series.uid,
                    "seriesDescription": series.description,
                    "place": probe.place,
                    "slice": probe.slice,
                    "sopInstance": series.sop_instance(probe.slice),
                    "x": probe.x,
                    "y": probe.y,
                    "hu": probe.value,
                    "greyAt40_400": grey(probe.value, (40, 400)),
                    "window": [series.window.0, series.window.1],
                    "grey": grey(probe.value, series.window),
                })
            }));
        }
    }
    json!({
        "patientName": PATIENT_NAME,
        "instances": studies.iter().map(Study::count).sum::<u32>(),
        "studies": studies.iter().map(of_study).collect::<Vec<_>>(),
        "probes": points,
    })
}

fn of_study(study: &Study) -> Value {
    json!({
        "uid": study.uid,
        "patientId": study.patient_id(),
        "accession": study.accession(),
        "modality": study.modality,
        "description": study.description,
        "instances": study.count(),
        "series": study.series.iter().map(|series| json!({
            "uid": series.uid,
            "number": series.number,
            "description": series.description,
            "slices": series.slices,
            "columns": series.columns,
            "window": [series.window.0, series.window.1],
        })).collect::<Vec<_>>(),
    })
}
