//! The DICOM JSON Model, PS3.18 annex F, written while the data set goes by.

mod number;
mod value;
mod writer;

pub(crate) use value::write_value;
pub(crate) use writer::JsonWriter;
