//! Devices that are known to write into their images, and where.

use serde::{Deserialize, Serialize};

/// A rectangle of pixels, from the left and from the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// First column, from 0.
    pub x: u32,
    /// First row, from 0.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl From<[u32; 4]> for Region {
    fn from([x, y, width, height]: [u32; 4]) -> Self {
        Self { x, y, width, height }
    }
}

/// A device, as its images name it, and the regions that it writes into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    /// Manufacturer (0008,0070).
    pub(crate) manufacturer: String,
    /// Manufacturer's Model Name (0008,1090).
    pub(crate) model: String,
    /// Software Versions (0018,1020); any when it is not given.
    pub(crate) software: Option<String>,
    pub(crate) rows: u32,
    pub(crate) columns: u32,
    pub(crate) regions: Vec<Region>,
}

impl Device {
    /// Whether an image comes from it, in every word and with the size.
    pub(crate) fn made(&self, text: impl Fn(u32) -> String, rows: u32, columns: u32) -> bool {
        text(0x0008_0070) == self.manufacturer
            && text(0x0008_1090) == self.model
            && self.software.as_ref().is_none_or(|software| text(0x0018_1020) == *software)
            && (rows, columns) == (self.rows, self.columns)
    }
}
