//! Synthetic head studies whose every pixel is known: a CT in Hounsfield units and an MR with
//! four series of the same head.
//!
//! Noise-free and deterministic: the same seed gives the same bytes, on every machine. Slices
//! are counted from 1 and ascend along the normal of the image plane (row direction × column
//! direction), which is also their Instance Number: foot to head for axial series, the
//! patient's left to right for sagittal ones.

mod ct;
mod element;
mod file;
mod head;
mod header;
mod mr;
mod plane;
mod probe;
mod study;
mod uid;

pub use ct::{CT_COLUMNS, CT_SLICES, ct_value};
pub use element::Elements;
pub use file::part10;
pub use plane::Plane;
pub use probe::{Probe, grey, probes, summary};
pub use study::{Instance, Series, Study};

/// The name planted in every object: the one to search for where no name may be.
pub const PATIENT_NAME: &str = "Phantom^Ada Lovelace^^Dr";
/// Her birth date, as DICOM writes it (DA).
pub const PATIENT_BIRTH_DATE: &str = "19511210";
/// The start of every Patient ID; the seed follows.
pub const PATIENT_ID_PREFIX: &str = "PHANTOM-";
/// The issuer of those ids.
pub const PATIENT_ISSUER: &str = "Phantom Hospital";
/// Her address, planted for de-identification and for searches in data at rest.
pub const PATIENT_ADDRESS: &str = "12 St James's Square, London";
/// Who sent her.
pub const REFERRING_PHYSICIAN: &str = "Babbage^Charles";
/// Where it was; not ASCII, so that the character set is exercised.
pub const INSTITUTION_NAME: &str = "Klinik für Phantome";

/// Everything planted that must not show where personal data are sealed.
pub const PLANTED: [&str; 5] =
    ["Ada Lovelace", PATIENT_BIRTH_DATE, PATIENT_ADDRESS, REFERRING_PHYSICIAN, "PHANTOM-0"];
