//! From a frame's bytes to its samples, one file per family of transfer syntaxes.

mod jpeg;
mod jpeg2000;
mod jpegls;
mod jpegxl;
mod markers;
mod native;
mod rle;

use lightcase_model::TransferSyntaxUid;

use crate::syntax::Syntax;
use crate::{CodecError, Image, Photometric};

/// A decoded frame.
pub(crate) struct Decoded {
    /// [`Image::decoded_len`] bytes: by pixel, little endian.
    pub(crate) bytes: Vec<u8>,
    /// What the samples are now.
    pub(crate) photometric: Photometric,
    /// Lowest bit of a sample within its cell.
    pub(crate) shift: u32,
    /// Bits of a sample from there. What is above is not pixel data (overlays lived there once).
    pub(crate) bits: u32,
}

/// Decodes one frame. Runs in the worker only.
pub(crate) fn decode(
    image: &Image,
    uid: &TransferSyntaxUid,
    frame: &[u8],
) -> Result<Decoded, CodecError> {
    let syntax = Syntax::of(uid)?;
    syntax.allows(image)?;
    let decoded = match syntax {
        Syntax::Little | Syntax::Big => native::decode(image, frame, syntax == Syntax::Big),
        Syntax::DeflatedFrame => native::decode(image, &native::inflate(image, frame)?, false),
        Syntax::Rle => rle::decode(image, frame),
        Syntax::JpegLossy | Syntax::JpegLossless => jpeg::decode(image, frame, syntax),
        Syntax::JpegLs => jpegls::decode(image, frame),
        Syntax::Jpeg2000 => jpeg2000::decode(image, frame),
        Syntax::JpegXlLossless | Syntax::JpegXl => jpegxl::decode(image, frame),
    }?;
    if decoded.bytes.len() != image.decoded_len()? {
        return Err(CodecError::broken("the decoded frame has another size than the header says"));
    }
    if decoded.photometric != syntax.decoded(image.photometric) {
        return Err(CodecError::broken("the codestream has other colours than the header says"));
    }
    Ok(decoded)
}

impl Decoded {
    /// Samples whose cells are as the data set describes them.
    fn cells(image: &Image, bytes: Vec<u8>, photometric: Photometric) -> Self {
        let bits = u32::from(image.bits_stored);
        let shift = (u32::from(image.high_bit) + 1).saturating_sub(bits);
        Self { bytes, photometric, shift, bits }
    }

    /// Samples of a codestream, which fill their cells (see [`Cells`]).
    fn filled(image: &Image, bytes: Vec<u8>, photometric: Photometric) -> Self {
        Self { bytes, photometric, shift: 0, bits: u32::from(image.bits_allocated) }
    }
}

/// What a codestream says of itself, compared with the data set before anything is decoded.
struct Claim {
    rows: u32,
    columns: u32,
    samples: usize,
    precision: u32,
}

impl Claim {
    fn check(&self, image: &Image) -> Result<(), CodecError> {
        let same_shape = self.rows == u32::from(image.rows)
            && self.columns == u32::from(image.columns)
            && self.samples == usize::from(image.samples_per_pixel);
        if !same_shape {
            return Err(CodecError::broken(format!(
                "the codestream has {} rows, {} columns, {} samples; the header {}, {}, {}",
                self.rows,
                self.columns,
                self.samples,
                image.rows,
                image.columns,
                image.samples_per_pixel
            )));
        }
        if self.precision == 0 || self.precision > u32::from(image.bits_allocated) {
            return Err(CodecError::broken("the codestream has more bits than Bits Allocated"));
        }
        Ok(())
    }
}

/// Writes samples of a codestream's precision into cells of Bits Allocated.
///
/// Codestreams other than JPEG 2000 do not say whether they are signed, and those that do are often
/// wrong: the data set decides. Signed samples are extended from the precision, others are cut to it.
struct Cells {
    mask: u32,
    sign: u32,
    wide: bool,
    bytes: Vec<u8>,
}

impl Cells {
    fn new(image: &Image, precision: u32) -> Result<Self, CodecError> {
        let mask = u32::MAX >> 32u32.saturating_sub(precision).min(31);
        let sign = if image.signed() { mask ^ (mask >> 1) } else { 0 };
        let bytes = Vec::with_capacity(image.decoded_len()?);
        Ok(Self { mask, sign, wide: image.bits_allocated > 8, bytes })
    }

    /// Takes a decoder's output: 16-bit words of this machine above 8 bits, else bytes.
    fn fill(&mut self, samples: &[u8]) {
        if self.mask > 0xFF {
            for word in samples.as_chunks::<2>().0 {
                self.push(u16::from_ne_bytes(*word).into());
            }
        } else {
            for byte in samples {
                self.push((*byte).into());
            }
        }
    }

    fn push(&mut self, sample: u32) {
        let sample = sample & self.mask;
        let extended = if sample & self.sign == 0 { sample } else { sample | !self.mask };
        let [low, high, _, _] = extended.to_le_bytes();
        self.bytes.push(low);
        if self.wide {
            self.bytes.push(high);
        }
    }
}
