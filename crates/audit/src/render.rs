//! Renditions: the same records for other readers, one file each.

mod line;

pub use line::line;
