//! Which transfer syntaxes and which images are decoded: the allow-list.

use lightcase_model::TransferSyntaxUid;

use crate::{CodecError, Image, Photometric, SampleKind, WordKind};

/// A family of transfer syntaxes that are decoded alike, PS3.5 section 10 and annex A.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Little,
    Big,
    /// Deflated Image Frame Compression: each frame is a deflate stream of native bytes.
    DeflatedFrame,
    Rle,
    /// Lossy JPEG, processes 1, 2 and 4.
    JpegLossy,
    /// Lossless JPEG, process 14.
    JpegLossless,
    JpegLs,
    /// JPEG 2000 part 1 and High-Throughput JPEG 2000.
    Jpeg2000,
    JpegXlLossless,
    /// JPEG XL recompressed from JPEG, or lossy: the codestream says itself what its colours are.
    JpegXl,
}

/// Whether frames of a transfer syntax are decoded here, as far as their image allows it.
pub fn decodes(uid: &TransferSyntaxUid) -> bool {
    Syntax::of(uid).is_ok()
}

impl Syntax {
    pub(crate) fn of(uid: &TransferSyntaxUid) -> Result<Self, CodecError> {
        Ok(match uid.as_str() {
            "1.2.840.10008.1.2"
            | "1.2.840.10008.1.2.1"
            | "1.2.840.10008.1.2.1.98"
            | "1.2.840.10008.1.2.1.99" => Self::Little,
            // The second is GE's private one: implicit little endian with big endian pixels.
            "1.2.840.10008.1.2.2" | "1.2.840.113619.5.2" => Self::Big,
            "1.2.840.10008.1.2.8.1" => Self::DeflatedFrame,
            "1.2.840.10008.1.2.5" => Self::Rle,
            "1.2.840.10008.1.2.4.50" | "1.2.840.10008.1.2.4.51" => Self::JpegLossy,
            "1.2.840.10008.1.2.4.57" | "1.2.840.10008.1.2.4.70" => Self::JpegLossless,
            "1.2.840.10008.1.2.4.80" | "1.2.840.10008.1.2.4.81" => Self::JpegLs,
            "1.2.840.10008.1.2.4.90"
            | "1.2.840.10008.1.2.4.91"
            | "1.2.840.10008.1.2.4.201"
            | "1.2.840.10008.1.2.4.202"
            | "1.2.840.10008.1.2.4.203" => Self::Jpeg2000,
            "1.2.840.10008.1.2.4.110" => Self::JpegXlLossless,
            "1.2.840.10008.1.2.4.111" | "1.2.840.10008.1.2.4.112" => Self::JpegXl,
            other => {
                return Err(CodecError::unsupported(format!("the transfer syntax {other}")));
            }
        })
    }

    /// Whether the frame's bytes are samples rather than a codestream.
    pub(crate) fn native(self) -> bool {
        matches!(self, Self::Little | Self::Big | Self::DeflatedFrame)
    }

    /// Whether images of this shape are decoded in this syntax.
    pub(crate) fn allows(self, image: &Image) -> Result<(), CodecError> {
        if self.native() {
            return self.allows_native(image);
        }
        let bits_known = matches!(image.bits_allocated, 8 | 16)
            || (self == Self::Rle && image.bits_allocated == 32);
        if !bits_known || image.sample == SampleKind::Float {
            return Err(CodecError::unsupported(format!(
                "{} bits per sample in this transfer syntax",
                image.bits_allocated
            )));
        }
        if self != Self::Rle && image.high_bit + 1 != image.bits_stored {
            return Err(CodecError::unsupported("a High Bit above Bits Stored in a codestream"));
        }
        let colours_known = match image.photometric {
            Photometric::Monochrome1 | Photometric::Monochrome2 | Photometric::Rgb => true,
            Photometric::PaletteColor => {
                !matches!(self, Self::JpegLossy | Self::JpegXl) && image.bits_stored <= 16
            }
            Photometric::YbrFull => self != Self::JpegXlLossless,
            Photometric::YbrFull422 => matches!(self, Self::JpegLossy | Self::JpegXl),
            Photometric::YbrIct | Photometric::YbrRct => self == Self::Jpeg2000,
            Photometric::Other => false,
        };
        if !colours_known {
            return Err(CodecError::unsupported(
                "this Photometric Interpretation in this transfer syntax",
            ));
        }
        Ok(())
    }

    /// What the samples of such a frame are once it is decoded.
    pub(crate) fn decoded(self, photometric: Photometric) -> Photometric {
        match (self, photometric) {
            // Their decoders undo the colour transforms they know of.
            (Self::JpegLossy | Self::JpegXl, Photometric::YbrFull | Photometric::YbrFull422)
            | (_, Photometric::YbrIct | Photometric::YbrRct) => Photometric::Rgb,
            (_, Photometric::YbrFull422) => Photometric::YbrFull,
            (_, same) => same,
        }
    }

    fn allows_native(self, image: &Image) -> Result<(), CodecError> {
        match image.photometric {
            Photometric::YbrIct | Photometric::YbrRct | Photometric::Other => {
                return Err(CodecError::unsupported(
                    "this Photometric Interpretation in native pixel data",
                ));
            }
            Photometric::YbrFull422 => {
                let sampled = image.columns.is_multiple_of(2)
                    && image.planar_configuration == 0
                    && image.bits_allocated == 8;
                if !sampled {
                    return Err(CodecError::unsupported("YBR_FULL_422 of this shape"));
                }
            }
            Photometric::Monochrome1
            | Photometric::Monochrome2
            | Photometric::PaletteColor
            | Photometric::Rgb
            | Photometric::YbrFull => {}
        }
        if image.bits_allocated == 1 && image.samples_per_pixel != 1 {
            return Err(CodecError::unsupported("one bit per sample in colour"));
        }
        let pairs_straddle = self == Self::Big
            && image.bits_allocated <= 8
            && image.word == WordKind::Ow
            && !image.native_len()?.is_multiple_of(2);
        if pairs_straddle {
            return Err(CodecError::unsupported("a big endian frame of an odd number of bytes"));
        }
        Ok(())
    }
}

/// Whether a frame of this image in this transfer syntax can be shown, without decoding it.
///
/// `Ok` is no promise: the codestream itself may still turn out to be damaged, or of a kind that
/// its header does not tell (12-bit JPEG, for instance).
pub fn renderable(syntax: &TransferSyntaxUid, image: &Image) -> Result<(), CodecError> {
    decodable(syntax, image)?;
    match image.photometric {
        Photometric::PaletteColor => image
            .palette
            .as_ref()
            .ok_or_else(|| CodecError::unsupported("a palette image without a plain colour table"))?
            .check(),
        Photometric::YbrFull | Photometric::YbrFull422 if image.bits_stored != 8 => {
            Err(CodecError::unsupported("luminance and colour differences of other than 8 bits"))
        }
        Photometric::Rgb if image.signed() => Err(CodecError::unsupported("signed colours")),
        Photometric::Rgb
        | Photometric::YbrFull
        | Photometric::YbrFull422
        | Photometric::YbrIct
        | Photometric::YbrRct
        | Photometric::Monochrome1
        | Photometric::Monochrome2
        | Photometric::Other => Ok(()),
    }
}

/// Whether a frame of this image in this transfer syntax can be decoded, by its header.
pub(crate) fn decodable(uid: &TransferSyntaxUid, image: &Image) -> Result<(), CodecError> {
    image.check()?;
    Syntax::of(uid)?.allows(image)
}
