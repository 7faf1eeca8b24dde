//! The DICOM JSON Model, PS3.18 annex F, written while the data set goes by.

mod number;
mod rebase;
mod value;
mod writer;

pub use rebase::rebase_bulk_data;
pub(crate) use value::write_value;
pub(crate) use writer::JsonWriter;
