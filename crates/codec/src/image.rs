//! What a frame's bytes mean: the Image Pixel module, PS3.3 section C.7.6.3, and what shows it.

use lightcase_model::TransferSyntaxUid;
use serde::{Deserialize, Serialize};

use crate::syntax::{Syntax, decodable};
use crate::{CodecError, Palette, VoiFunction, Window};

/// The most bytes one decoded frame may take: 256 MiB.
pub const FRAME_LIMIT: usize = 256 << 20;

/// Photometric Interpretation (0028,0004), PS3.3 section C.7.6.3.1.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Photometric {
    /// The lowest value is white.
    Monochrome1,
    /// The lowest value is black.
    Monochrome2,
    /// Values are indexes of a [`Palette`].
    PaletteColor,
    /// Red, green, blue.
    Rgb,
    /// Full-range luminance and two colour differences.
    YbrFull,
    /// As [`Photometric::YbrFull`], the colour differences at half the horizontal resolution.
    YbrFull422,
    /// JPEG 2000 irreversible colour transform.
    YbrIct,
    /// JPEG 2000 reversible colour transform.
    YbrRct,
    /// A name this crate does not know; never decoded.
    Other,
}

impl Photometric {
    /// Reads the value of (0028,0004), trailing padding allowed. What is not known is `Other`.
    pub fn parse(text: &str) -> Self {
        match text.trim_matches([' ', '\0']) {
            "MONOCHROME1" => Self::Monochrome1,
            "MONOCHROME2" => Self::Monochrome2,
            "PALETTE COLOR" => Self::PaletteColor,
            "RGB" => Self::Rgb,
            "YBR_FULL" => Self::YbrFull,
            "YBR_FULL_422" => Self::YbrFull422,
            "YBR_ICT" => Self::YbrIct,
            "YBR_RCT" => Self::YbrRct,
            _ => Self::Other,
        }
    }

    /// The defined term as PS3.3 prints it; `None` for [`Photometric::Other`].
    pub fn as_str(self) -> Option<&'static str> {
        Some(match self {
            Self::Monochrome1 => "MONOCHROME1",
            Self::Monochrome2 => "MONOCHROME2",
            Self::PaletteColor => "PALETTE COLOR",
            Self::Rgb => "RGB",
            Self::YbrFull => "YBR_FULL",
            Self::YbrFull422 => "YBR_FULL_422",
            Self::YbrIct => "YBR_ICT",
            Self::YbrRct => "YBR_RCT",
            Self::Other => return None,
        })
    }

    fn samples(self) -> Option<u16> {
        match self {
            Self::Monochrome1 | Self::Monochrome2 | Self::PaletteColor => Some(1),
            Self::Rgb | Self::YbrFull | Self::YbrFull422 | Self::YbrIct | Self::YbrRct => Some(3),
            Self::Other => None,
        }
    }
}

/// Which of the pixel data elements holds the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SampleKind {
    /// Pixel Data (7FE0,0010).
    Integer,
    /// Float Pixel Data (7FE0,0008) or Double Float Pixel Data (7FE0,0009).
    Float,
}

/// VR of native Pixel Data. It tells whether big endian swaps pairs of 8-bit samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WordKind {
    /// OB: a string of bytes, never swapped.
    Ob,
    /// OW: a string of 16-bit words.
    Ow,
}

/// Everything that is needed to decode and to show one frame.
///
/// The fields are what the data set says; [`Image::check`] tells whether it can be believed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// Rows (0028,0010).
    pub rows: u16,
    /// Columns (0028,0011).
    pub columns: u16,
    /// Samples per Pixel (0028,0002): 1 or 3.
    pub samples_per_pixel: u16,
    /// Photometric Interpretation (0028,0004).
    pub photometric: Photometric,
    /// Planar Configuration (0028,0006): 0 by pixel, 1 by plane. Ignored for compressed frames.
    pub planar_configuration: u16,
    /// Bits Allocated (0028,0100): 1, 8, 16, 32, and 64 for floats.
    pub bits_allocated: u16,
    /// Bits Stored (0028,0101).
    pub bits_stored: u16,
    /// High Bit (0028,0102).
    pub high_bit: u16,
    /// Pixel Representation (0028,0103): 0 unsigned, 1 two's complement.
    pub pixel_representation: u16,
    /// Integer or float pixel data.
    pub sample: SampleKind,
    /// VR of native pixel data; only big endian 8-bit images depend on it.
    pub word: WordKind,
    /// Rescale Slope (0028,1053); 1 when absent.
    pub rescale_slope: f64,
    /// Rescale Intercept (0028,1052); 0 when absent.
    pub rescale_intercept: f64,
    /// Window Center and Width (0028,1050), (0028,1051) in their order; the first is the default.
    pub window: Vec<Window>,
    /// VOI LUT Function (0028,1056).
    pub voi_function: VoiFunction,
    /// The colour table of a PALETTE COLOR image.
    pub palette: Option<Palette>,
    /// Pixel Padding Value (0028,0120) and Range Limit (0028,0121), lowest and highest padded value
    /// both included. Left out of the automatic window.
    pub pixel_padding: Option<(i32, i32)>,
}

impl Image {
    /// An image with nothing but its shape: unsigned, all bits stored, by pixel, no window.
    pub fn new(rows: u16, columns: u16, photometric: Photometric, bits_allocated: u16) -> Self {
        Self {
            rows,
            columns,
            samples_per_pixel: photometric.samples().unwrap_or(1),
            photometric,
            planar_configuration: 0,
            bits_allocated,
            bits_stored: bits_allocated,
            high_bit: bits_allocated.saturating_sub(1),
            pixel_representation: 0,
            sample: SampleKind::Integer,
            word: WordKind::Ow,
            rescale_slope: 1.0,
            rescale_intercept: 0.0,
            window: Vec::new(),
            voi_function: VoiFunction::Linear,
            palette: None,
            pixel_padding: None,
        }
    }

    /// Whether the description is possible at all and within [`FRAME_LIMIT`].
    pub fn check(&self) -> Result<(), CodecError> {
        if self.rows == 0 || self.columns == 0 {
            return Err(CodecError::broken("Rows or Columns is zero"));
        }
        let Some(samples) = self.photometric.samples() else {
            return Err(CodecError::unsupported("this Photometric Interpretation is not known"));
        };
        if samples != self.samples_per_pixel {
            return Err(CodecError::broken(format!(
                "Samples per Pixel is {}, the Photometric Interpretation has {samples}",
                self.samples_per_pixel
            )));
        }
        let bits_known = match self.sample {
            SampleKind::Integer => matches!(self.bits_allocated, 1 | 8 | 16 | 32),
            SampleKind::Float => matches!(self.bits_allocated, 32 | 64),
        };
        if !bits_known {
            return Err(CodecError::unsupported(format!(
                "Bits Allocated of {} is not one we decode",
                self.bits_allocated
            )));
        }
        let stored_fits = (1..=self.bits_allocated).contains(&self.bits_stored)
            && self.high_bit < self.bits_allocated
            && self.high_bit + 1 >= self.bits_stored;
        if self.sample == SampleKind::Integer && !stored_fits {
            return Err(CodecError::broken("Bits Stored and High Bit do not fit Bits Allocated"));
        }
        if self.pixel_representation > 1 || self.planar_configuration > 1 {
            return Err(CodecError::broken(
                "Pixel Representation and Planar Configuration are 0 or 1",
            ));
        }
        if !self.rescale_slope.is_finite()
            || self.rescale_slope == 0.0
            || !self.rescale_intercept.is_finite()
        {
            return Err(CodecError::broken(
                "the Rescale Slope and Intercept are no usable numbers",
            ));
        }
        if self.sample == SampleKind::Float && samples != 1 {
            return Err(CodecError::broken("float pixel data has one sample per pixel"));
        }
        // The second half is about pictures of one-bit images: eight times their samples.
        if self.decoded_len()? > FRAME_LIMIT || self.pixels() > FRAME_LIMIT / 2 {
            return Err(CodecError::limit("one frame would take more than 256 MiB"));
        }
        Ok(())
    }

    /// Bytes of the frame once decoded: by pixel, all samples at full resolution, little endian;
    /// for one bit per sample, eight pixels to a byte and the last byte filled up.
    pub fn decoded_len(&self) -> Result<usize, CodecError> {
        let bits = self
            .samples()
            .and_then(|samples| samples.checked_mul(usize::from(self.bits_allocated)))
            .ok_or_else(|| CodecError::limit("the frame's size overflows"))?;
        Ok(bits.div_ceil(8))
    }

    /// Bytes of the frame when it is not compressed, as the data set's native pixel data has them.
    pub fn native_len(&self) -> Result<usize, CodecError> {
        let full = self.decoded_len()?;
        // YBR_FULL_422 shares each pair of colour differences between two pixels.
        Ok(if self.photometric == Photometric::YbrFull422 { full / 3 * 2 } else { full })
    }

    /// The image that [`crate::Job::Decode`] gives: the same, native, by pixel, and with the
    /// Photometric Interpretation that its samples have then.
    pub fn decoded(&self, syntax: &TransferSyntaxUid) -> Result<Self, CodecError> {
        decodable(syntax, self)?;
        Ok(Self {
            photometric: Syntax::of(syntax)?.decoded(self.photometric),
            planar_configuration: 0,
            ..self.clone()
        })
    }

    /// The number of pixels.
    pub(crate) fn pixels(&self) -> usize {
        usize::from(self.rows).saturating_mul(usize::from(self.columns))
    }

    fn samples(&self) -> Option<usize> {
        usize::from(self.rows)
            .checked_mul(usize::from(self.columns))?
            .checked_mul(usize::from(self.samples_per_pixel))
    }

    /// Bytes of one sample; zero for one bit per sample.
    pub(crate) fn sample_bytes(&self) -> usize {
        usize::from(self.bits_allocated / 8)
    }

    pub(crate) fn signed(&self) -> bool {
        self.pixel_representation == 1
    }
}
