//! What a renderer needs to know of an image, PS3.3 sections C.7.6.3, C.11.1 and C.11.2.

mod build;
mod data;

use serde::{Deserialize, Serialize};

pub(crate) use build::Builder;

/// The description of an image's pixels. For enhanced objects the values that vary by frame are
/// those of the first frame (or the shared ones). Numbers are as declared, unchecked against each
/// other and against the pixel data.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ImageModule {
    /// Rows (0028,0010).
    pub rows: u16,
    /// Columns (0028,0011).
    pub columns: u16,
    /// Samples per Pixel (0028,0002); 1 if absent.
    pub samples_per_pixel: u16,
    /// Photometric Interpretation (0028,0004); empty if absent.
    pub photometric_interpretation: String,
    /// Planar Configuration (0028,0006); 0 if absent.
    pub planar_configuration: u16,
    /// Bits Allocated (0028,0100).
    pub bits_allocated: u16,
    /// Bits Stored (0028,0101); Bits Allocated if absent.
    pub bits_stored: u16,
    /// High Bit (0028,0102); one less than Bits Stored if absent.
    pub high_bit: u16,
    /// Pixel Representation (0028,0103): 0 unsigned, 1 two's complement; 0 if absent.
    pub pixel_representation: u16,
    /// Number of Frames (0028,0008); 1 if absent, 0 if what was declared is no positive number.
    pub number_of_frames: u32,
    /// Rescale Slope (0028,1053).
    pub rescale_slope: Option<f64>,
    /// Rescale Intercept (0028,1052).
    pub rescale_intercept: Option<f64>,
    /// Rescale Type (0028,1054), such as `HU`.
    pub rescale_type: Option<String>,
    /// Window Center and Width pairs, in order.
    pub windows: Vec<Window>,
    /// VOI LUT Function (0028,1056); `LINEAR` if absent.
    pub voi_lut_function: Option<String>,
    /// There is an item in VOI LUT Sequence (0028,3010).
    pub has_voi_lut: bool,
    /// There is an item in Modality LUT Sequence (0028,3000).
    pub has_modality_lut: bool,
    /// Presentation LUT Shape (2050,0020), such as `INVERSE`.
    pub presentation_lut_shape: Option<String>,
    /// The palette of PALETTE COLOR images.
    pub palette: Option<Palette>,
    /// Pixel Padding Value (0028,0120).
    pub pixel_padding: Option<i32>,
    /// Pixel Padding Range Limit (0028,0121).
    pub pixel_padding_limit: Option<i32>,
    /// Lossy Image Compression (0028,2110) is `01`.
    pub lossy: bool,
    /// Lossy Image Compression Ratio (0028,2112), one per step.
    pub lossy_ratios: Vec<f64>,
    /// Lossy Image Compression Method (0028,2114), one per step.
    pub lossy_methods: Vec<String>,
    /// Pixel Spacing (0028,0030): between rows, between columns, in mm.
    pub pixel_spacing: Option<[f64; 2]>,
    /// Imager Pixel Spacing (0018,1164), in mm at the detector.
    pub imager_pixel_spacing: Option<[f64; 2]>,
    /// Pixel Aspect Ratio (0028,0034): vertical, horizontal.
    pub pixel_aspect_ratio: Option<[f64; 2]>,
    /// Image Position (Patient) (0020,0032), in mm.
    pub image_position: Option<[f64; 3]>,
    /// Image Orientation (Patient) (0020,0037).
    pub image_orientation: Option<[f64; 6]>,
    /// Slice Thickness (0018,0050), in mm.
    pub slice_thickness: Option<f64>,
}

impl ImageModule {
    /// Bits of one native frame, without padding; nothing if that overflows. Chrominance of the
    /// 4:2:2 interpretations is halved (PS3.3 section C.7.6.3.1.2).
    pub fn frame_bits(&self) -> Option<u64> {
        let halved =
            matches!(self.photometric_interpretation.as_str(), "YBR_FULL_422" | "YBR_PARTIAL_422");
        let samples = if halved { 2 } else { u64::from(self.samples_per_pixel) };
        u64::from(self.rows)
            .checked_mul(self.columns.into())?
            .checked_mul(samples)?
            .checked_mul(self.bits_allocated.into())
    }
}

/// Window Center (0028,1050) and Window Width (0028,1051).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// In output units of the modality transformation.
    pub center: f64,
    /// In the same units; what is not positive is kept as it stood.
    pub width: f64,
    /// Window Center & Width Explanation (0028,1055).
    pub explanation: Option<String>,
}

/// Red, Green and Blue Palette Color Lookup Tables, PS3.3 section C.7.9.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Palette {
    /// (0028,1101), (0028,1201) or (0028,1221).
    pub red: Lut,
    /// (0028,1102), (0028,1202) or (0028,1222).
    pub green: Lut,
    /// (0028,1103), (0028,1203) or (0028,1223).
    pub blue: Lut,
}

/// One lookup table as it stood: descriptor and data are not checked against each other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lut {
    /// What the data means; all zero if absent.
    pub descriptor: LutDescriptor,
    /// The table in little endian words, at most 128 KiB; empty if absent. In JSON, base64.
    #[serde(with = "data")]
    pub data: Vec<u8>,
    /// The data is segmented (PS3.3 section C.7.9.2) and must be expanded.
    pub segmented: bool,
}

/// The three values of a lookup table descriptor, PS3.3 section C.7.6.3.1.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LutDescriptor {
    /// Number of entries; a declared 0 is 65,536 here, so 0 means no descriptor.
    pub entries: u32,
    /// First stored pixel value mapped.
    pub first: i32,
    /// Bits of each entry.
    pub bits: u16,
}
