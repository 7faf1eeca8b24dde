//! How a series cuts the head (PS3.3 C.7.6.2, Image Plane).

/// The direction in which slices are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plane {
    /// Rows run to the patient's left, columns to the back.
    Axial,
    /// Rows run to the back, columns to the feet.
    Sagittal,
}

impl Plane {
    /// The direction of a row: from the first pixel to the last.
    pub fn row(self) -> [f64; 3] {
        match self {
            Self::Axial => [1.0, 0.0, 0.0],
            Self::Sagittal => [0.0, 1.0, 0.0],
        }
    }

    /// The direction of a column: from the first pixel to the last.
    pub fn column(self) -> [f64; 3] {
        match self {
            Self::Axial => [0.0, 1.0, 0.0],
            Self::Sagittal => [0.0, 0.0, -1.0],
        }
    }

    /// Row × column: where the slices ascend to.
    pub fn normal(self) -> [f64; 3] {
        match self {
            Self::Axial => [0.0, 0.0, 1.0],
            Self::Sagittal => [-1.0, 0.0, 0.0],
        }
    }
}

/// `start + step × direction`.
pub(super) fn along([x, y, z]: [f64; 3], step: f64, [dx, dy, dz]: [f64; 3]) -> [f64; 3] {
    [x + step * dx, y + step * dy, z + step * dz]
}

/// The scalar product.
pub(super) fn dot(left: [f64; 3], right: [f64; 3]) -> f64 {
    left[0] * right[0] + left[1] * right[1] + left[2] * right[2]
}
