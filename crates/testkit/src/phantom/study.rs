//! Studies, series and instances, and the pixels in them.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    Plane, ct, file,
    head::{Signal, spans},
    header, mr,
    plane::along,
    uid::uid,
};

/// One object, ready to be sent.
#[derive(Debug, Clone)]
pub struct Instance {
    /// SOP Class UID.
    pub sop_class: &'static str,
    /// SOP Instance UID.
    pub sop_instance: String,
    /// Series Instance UID.
    pub series: String,
    /// The slice, counted from 1, which is the Instance Number.
    pub slice: u32,
    /// The data set in Explicit VR Little Endian, without File Meta Information.
    pub data_set: Vec<u8>,
}

/// One series: a stack of parallel slices.
#[derive(Debug, Clone)]
pub struct Series {
    pub(super) seed: u64,
    /// Series Instance UID.
    pub uid: String,
    /// Series Number.
    pub number: u32,
    /// Series Description.
    pub description: &'static str,
    /// The direction of the cuts.
    pub plane: Plane,
    /// How many slices there are.
    pub slices: u32,
    /// Rows and columns of each slice.
    pub columns: u16,
    /// Distance between pixel centres in millimetres.
    pub spacing: f64,
    /// Distance between slice centres in millimetres.
    pub step: f64,
    /// Slice Thickness in millimetres.
    pub thickness: f64,
    /// Window Center and Window Width.
    pub window: (i32, i32),
    pub(super) signal: Signal,
}

/// One study of the phantom's head.
#[derive(Debug, Clone)]
pub struct Study {
    pub(super) seed: u64,
    /// Study Instance UID.
    pub uid: String,
    pub(super) frame_of_reference: String,
    /// `CT` or `MR`.
    pub modality: &'static str,
    /// Study Description.
    pub description: &'static str,
    pub(super) date: &'static str,
    pub(super) time: &'static str,
    /// The series, by Series Number.
    pub series: Vec<Series>,
}

impl Study {
    /// The CT: one axial series of [`super::CT_SLICES`] slices.
    pub fn ct(seed: u64) -> Self {
        ct::study(seed, ct::CT_SLICES, ct::CT_COLUMNS)
    }

    /// The CT cut into `slices` slices of `columns`² pixels; it covers the head all the same.
    pub fn ct_of(seed: u64, slices: u32, columns: u16) -> Self {
        ct::study(seed, slices, columns)
    }

    /// The MR: T1 sagittal, T2, FLAIR and diffusion axial.
    pub fn mr(seed: u64) -> Self {
        mr::study(seed, mr::MR_SLICES)
    }

    /// The MR with `slices` slices in each series.
    pub fn mr_of(seed: u64, slices: u32) -> Self {
        mr::study(seed, slices)
    }

    /// Patient ID.
    pub fn patient_id(&self) -> String {
        format!("{}{:04}", super::PATIENT_ID_PREFIX, self.seed)
    }

    /// Accession Number.
    pub fn accession(&self) -> String {
        format!(
            "{}-{}-{:04}",
            self.modality,
            self.date.get(..4).unwrap_or_default(),
            self.seed % 10_000
        )
    }

    /// Every object, series by series and slice by slice.
    pub fn instances(&self) -> impl Iterator<Item = Instance> + Send + '_ {
        self.series.iter().flat_map(move |series| {
            (1..=series.slices).map(move |slice| self.instance(series, slice))
        })
    }

    /// How many objects there are.
    pub fn count(&self) -> u32 {
        self.series.iter().map(|series| series.slices).sum()
    }

    /// One object of `series`, which is one of this study's.
    pub fn instance(&self, series: &Series, slice: u32) -> Instance {
        Instance {
            sop_class: header::sop_class(self),
            sop_instance: series.sop_instance(slice),
            series: series.uid.clone(),
            slice,
            data_set: header::data_set(self, series, slice),
        }
    }

    /// Writes every object as a PS3.10 file into `folder`, which is created when absent.
    pub fn write(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        std::fs::create_dir_all(folder)?;
        self.instances()
            .map(|instance| {
                let path = folder.join(format!(
                    "{}-{}.dcm",
                    self.modality.to_lowercase(),
                    instance.sop_instance.rsplit('.').next().unwrap_or_default()
                ));
                #[expect(clippy::disallowed_methods, reason = "phantoms can be made again")]
                std::fs::write(&path, file::part10(&instance))?;
                Ok(path)
            })
            .collect()
    }
}

impl Series {
    /// SOP Instance UID of a slice.
    pub fn sop_instance(&self, slice: u32) -> String {
        uid(self.seed, &[header::modality_code(self.signal), self.number, slice])
    }

    /// What is added to a stored value to get the real one: Rescale Intercept.
    pub fn intercept(&self) -> i32 {
        match self.signal {
            Signal::Ct => -1024,
            Signal::T1 | Signal::T2 | Signal::Flair | Signal::Dwi => 0,
        }
    }

    /// The stored pixel at column `x` and row `y`, both counted from 0, of a slice.
    pub fn stored(&self, slice: u32, x: u32, y: u32) -> u16 {
        let t = f64::from(x) * self.spacing;
        spans(self.row_start(slice, y), self.plane.row(), self.signal)
            .iter()
            .filter(|span| span.from <= t && t <= span.to)
            .fold(self.background(), |value, span| value.saturating_add_signed(span.adds))
    }

    /// The real value of a pixel: Hounsfield units for CT.
    pub fn value(&self, slice: u32, x: u32, y: u32) -> i32 {
        i32::from(self.stored(slice, x, y)) + self.intercept()
    }

    /// Every stored pixel of a slice, little endian, row by row.
    pub fn pixels(&self, slice: u32) -> Vec<u8> {
        let places: Vec<f64> = (0..self.columns).map(|x| f64::from(x) * self.spacing).collect();
        let mut row = vec![0_u16; places.len()];
        let mut out = Vec::with_capacity(places.len() * places.len() * 2);
        for y in 0..self.columns {
            row.fill(self.background());
            for span in spans(self.row_start(slice, u32::from(y)), self.plane.row(), self.signal) {
                let from = places.partition_point(|t| *t < span.from);
                let to = places.partition_point(|t| *t <= span.to);
                for value in row.get_mut(from..to).unwrap_or_default() {
                    *value = value.saturating_add_signed(span.adds);
                }
            }
            out.extend(row.iter().flat_map(|value| value.to_le_bytes()));
        }
        out
    }

    /// The centre of the first pixel of a slice: Image Position (Patient).
    pub fn position(&self, slice: u32) -> [f64; 3] {
        let half = f64::from(self.columns - 1) / 2.0 * self.spacing;
        let depth = (f64::from(slice) - f64::from(self.slices).midpoint(1.0)) * self.step;
        let centre = along([0.0; 3], depth, self.plane.normal());
        along(along(centre, -half, self.plane.row()), -half, self.plane.column())
    }

    fn row_start(&self, slice: u32, y: u32) -> [f64; 3] {
        along(self.position(slice), f64::from(y) * self.spacing, self.plane.column())
    }

    /// The stored value of air.
    fn background(&self) -> u16 {
        match self.signal {
            Signal::Ct => 24,
            Signal::T1 | Signal::T2 | Signal::Flair | Signal::Dwi => 0,
        }
    }
}
