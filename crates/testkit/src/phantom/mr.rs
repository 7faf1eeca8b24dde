//! The MR study.

use super::{
    Plane, Series, Study,
    head::Signal,
    header::{MR_CODE, study_code},
    uid::uid,
};

/// Slices in each series.
pub(super) const MR_SLICES: u32 = 24;
const COLUMNS: u16 = 256;
const FIELD: f64 = 240.0;

pub(super) fn study(seed: u64, slices: u32) -> Study {
    let length = 156.0;
    let step = length / f64::from(slices.max(1));
    let series = |number: u32, description, signal, window| Series {
        seed,
        uid: uid(seed, &[MR_CODE, number]),
        number,
        description,
        plane: if signal == Signal::T1 { Plane::Sagittal } else { Plane::Axial },
        slices,
        columns: COLUMNS,
        spacing: FIELD / f64::from(COLUMNS),
        step: if signal == Signal::T1 { step * 0.875 } else { step },
        thickness: step * 0.75,
        window,
        signal,
    };
    Study {
        seed,
        uid: study_code(seed, MR_CODE),
        frame_of_reference: uid(seed, &[MR_CODE, u32::MAX]),
        modality: "MR",
        description: "MR brain",
        date: "20260209",
        time: "151204",
        series: vec![
            series(2, "T1 SE sag", Signal::T1, (500, 1000)),
            series(3, "T2 TSE ax", Signal::T2, (900, 1800)),
            series(4, "FLAIR ax", Signal::Flair, (500, 1000)),
            series(5, "DWI b1000 ax", Signal::Dwi, (600, 1200)),
        ],
    }
}
