//! The CT study.

use super::{
    Plane, Series, Study,
    head::Signal,
    header::{CT_CODE, study_code},
    uid::uid,
};

/// Slices of the CT, 1 mm apart.
pub const CT_SLICES: u32 = 168;
/// Rows and columns of the CT.
pub const CT_COLUMNS: u16 = 512;

/// Millimetres covered in the plane and along the body.
const FIELD: f64 = 250.0;
const LENGTH: f64 = 168.0;

/// Hounsfield units of the CT that [`Study::ct`] makes; the seed does not change pixels.
pub fn ct_value(slice: u32, x: u32, y: u32) -> i32 {
    series(0, CT_SLICES, CT_COLUMNS).value(slice, x, y)
}

pub(super) fn study(seed: u64, slices: u32, columns: u16) -> Study {
    Study {
        seed,
        uid: study_code(seed, CT_CODE),
        frame_of_reference: uid(seed, &[CT_CODE, u32::MAX]),
        modality: "CT",
        description: "CT head without contrast",
        date: "20260113",
        time: "094127",
        series: vec![series(seed, slices, columns)],
    }
}

fn series(seed: u64, slices: u32, columns: u16) -> Series {
    let step = LENGTH / f64::from(slices.max(1));
    Series {
        seed,
        uid: uid(seed, &[CT_CODE, 2]),
        number: 2,
        description: "Head 1.0 H30s",
        plane: Plane::Axial,
        slices,
        columns,
        spacing: FIELD / f64::from(columns),
        step,
        thickness: step,
        window: (40, 400),
        signal: Signal::Ct,
    }
}
