//! Frames: cut out of the sealed object without reading the rest of it.

use bytes::{Bytes, BytesMut};
use lightcase_audit::ViewKind;
use lightcase_catalog::{Held, Selection};
use lightcase_codec::Job;
use lightcase_dataset::{PixelData, TransferSyntax};
use lightcase_model::{Ctx, Scope, TransferSyntaxUid};

use crate::image::StoredImage;
use crate::view::{Shown, Viewer};
use crate::{Archive, ArchiveError};

/// Explicit VR Little Endian, the syntax of frames that were decoded.
const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";

/// One frame's bytes.
#[derive(Debug, Clone)]
pub struct FrameData {
    /// Native samples, or a codestream.
    pub bytes: Bytes,
    /// The transfer syntax that the bytes are in: the held one, or Explicit VR Little Endian for
    /// native frames, which the wire has in little endian (PS3.18 section 8.7.3.3).
    pub transfer_syntax: TransferSyntaxUid,
}

/// One instance whose frames can be read.
#[derive(Debug)]
pub struct FrameSource {
    held: Held,
    image: StoredImage,
}

impl FrameSource {
    /// How many frames there are.
    pub fn count(&self) -> u32 {
        self.image.module.number_of_frames.max(1)
    }

    /// The transfer syntax that [`Archive::frames`] hands frames over in.
    pub fn transfer_syntax(&self) -> Result<TransferSyntaxUid, ArchiveError> {
        if TransferSyntax::of(&self.held.transfer_syntax).is_encapsulated() {
            Ok(self.held.transfer_syntax.clone())
        } else {
            explicit_little()
        }
    }

    /// SHA-256 of the data set: as long as it is the same, so is every frame.
    pub const fn digest(&self) -> &[u8; 32] {
        &self.held.location.data_set_sha256
    }
}

impl Archive {
    /// The instance of a selection, to read frames of. Nothing is shown yet.
    pub async fn frame_source(
        &self,
        scope: &Scope,
        selection: &Selection,
    ) -> Result<FrameSource, ArchiveError> {
        let held = self.one(scope, selection).await?;
        let image = StoredImage::parse(&held.image)?;
        Ok(FrameSource { held, image })
    }

    /// Frames, numbered from 1, as they are held; none of them only records that somebody looks,
    /// at what they have already. The view is recorded before the first byte.
    pub async fn frames(
        &self,
        ctx: &Ctx,
        source: &FrameSource,
        numbers: &[u32],
    ) -> Result<Vec<FrameData>, ArchiveError> {
        let FrameSource { held, image } = source;
        self.view(ctx, held, ViewKind::Frames).await?;
        let mut frames = Vec::with_capacity(numbers.len());
        for number in numbers {
            frames.push(self.frame(held, image, *number).await?);
        }
        let bytes = frames.iter().map(|frame| frame.bytes.len()).sum();
        self.seen_by(ctx, held);
        self.viewed(
            &Viewer::of(ctx),
            held,
            ViewKind::Frames,
            Shown { frames: numbers.len(), bytes },
        );
        Ok(frames)
    }

    /// One frame as native samples in little endian, its compression undone.
    pub async fn decoded_frame(
        &self,
        ctx: &Ctx,
        source: &FrameSource,
        number: u32,
    ) -> Result<FrameData, ArchiveError> {
        let FrameSource { held, image } = source;
        if !TransferSyntax::of(&held.transfer_syntax).is_encapsulated() {
            return self.frames(ctx, source, &[number]).await?.pop().ok_or(ArchiveError::NotFound);
        }
        let job = Job::Decode { image: image.describe()?, syntax: held.transfer_syntax.clone() };
        self.view(ctx, held, ViewKind::Frames).await?;
        let bytes = self.codec.run(job, self.cut(held, image, number).await?).await?;
        self.seen_by(ctx, held);
        self.viewed(
            &Viewer::of(ctx),
            held,
            ViewKind::Frames,
            Shown { frames: 1, bytes: bytes.len() },
        );
        Ok(FrameData { bytes, transfer_syntax: explicit_little()? })
    }

    /// The one instance of a selection.
    pub(crate) async fn one(
        &self,
        scope: &Scope,
        selection: &Selection,
    ) -> Result<Held, ArchiveError> {
        let mut held = self.catalog.held(scope, selection).await?;
        held.pop().ok_or(ArchiveError::NotFound)
    }

    async fn frame(
        &self,
        held: &Held,
        image: &StoredImage,
        number: u32,
    ) -> Result<FrameData, ArchiveError> {
        let bytes = self.cut(held, image, number).await?;
        let syntax = TransferSyntax::of(&held.transfer_syntax);
        if syntax.is_encapsulated() {
            return Ok(FrameData { bytes, transfer_syntax: held.transfer_syntax.clone() });
        }
        let bytes = if syntax.has_big_endian_pixels() && image.module.bits_allocated > 8 {
            let job =
                Job::Decode { image: image.describe()?, syntax: held.transfer_syntax.clone() };
            self.codec.run(job, bytes).await?
        } else {
            bytes
        };
        Ok(FrameData { bytes, transfer_syntax: explicit_little()? })
    }

    /// The bytes of a frame as the data set has them.
    pub(crate) async fn cut(
        &self,
        held: &Held,
        image: &StoredImage,
        number: u32,
    ) -> Result<Bytes, ArchiveError> {
        if number == 0 || number > image.module.number_of_frames.max(1) {
            return Err(ArchiveError::NotFound);
        }
        let index = number.saturating_sub(1);
        match &image.pixel {
            PixelData::Native { offset, len }
            | PixelData::FloatNative { offset, len, double: _ } => {
                self.cut_native(held, image, index, *offset..offset.saturating_add(*len)).await
            }
            PixelData::Encapsulated { fragments: _, frames: _ } => {
                let index = usize::try_from(index).unwrap_or(usize::MAX);
                let fragments = image.pixel.frame(index).ok_or_else(|| {
                    ArchiveError::NotRenderable(
                        "the object does not tell which of its fragments make up which frame"
                            .to_owned(),
                    )
                })?;
                let mut bytes = BytesMut::new();
                for fragment in fragments {
                    let end = fragment.offset.saturating_add(fragment.len);
                    bytes.extend_from_slice(&self.range(held, fragment.offset..end).await?);
                }
                Ok(bytes.freeze())
            }
        }
    }

    async fn cut_native(
        &self,
        held: &Held,
        image: &StoredImage,
        index: u32,
        pixels: std::ops::Range<u64>,
    ) -> Result<Bytes, ArchiveError> {
        let module = &image.module;
        // Frames of one bit per sample follow each other without padding (PS3.5 section 8.1.1).
        // Native YBR_FULL_422 has two chrominance samples for two pixels: 16 bits a pixel.
        let samples = match module.photometric_interpretation.as_str() {
            "YBR_FULL_422" => 2,
            _ => u64::from(module.samples_per_pixel),
        };
        let bits = u64::from(module.rows)
            .checked_mul(u64::from(module.columns))
            .and_then(|n| n.checked_mul(samples))
            .and_then(|n| n.checked_mul(u64::from(module.bits_allocated)));
        let too_large = || ArchiveError::NotRenderable("a frame of this size".to_owned());
        let bits = bits.ok_or_else(too_large)?;
        let first = bits.checked_mul(u64::from(index)).ok_or_else(too_large)?;
        let last = first.checked_add(bits).ok_or_else(too_large)?;
        let (start, end) =
            (pixels.start.saturating_add(first / 8), pixels.start.saturating_add(last.div_ceil(8)));
        if end > pixels.end {
            return Err(ArchiveError::NotRenderable(
                "the pixel data is shorter than Rows, Columns and Number of Frames say".to_owned(),
            ));
        }
        let bytes = self.range(held, start..end).await?;
        Ok(match u32::try_from(first % 8) {
            Ok(0) | Err(_) => bytes,
            Ok(shift) => shift_bits(&bytes, shift, last.saturating_sub(first).div_ceil(8)),
        })
    }
}

fn explicit_little() -> Result<TransferSyntaxUid, ArchiveError> {
    TransferSyntaxUid::parse(EXPLICIT_LITTLE)
        .map_err(|error| ArchiveError::Damaged(Box::new(error)))
}

/// Moves a frame of single bits, which starts `shift` bits into its first byte, to a byte's start.
fn shift_bits(bytes: &[u8], shift: u32, length: u64) -> Bytes {
    let next = bytes.iter().copied().skip(1).chain([0]);
    let shifted = bytes.iter().zip(next).map(|(low, high)| {
        let pair = u16::from_le_bytes([*low, high]) >> shift;
        let [low, _] = pair.to_le_bytes();
        low
    });
    shifted.take(usize::try_from(length).unwrap_or(usize::MAX)).collect::<Vec<_>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_bits_are_moved_to_the_start_of_a_byte() {
        // The frame is bits 4 to 15: low bits come first.
        assert_eq!(shift_bits(&[0b1010_0000, 0b1100_0011], 4, 2).as_ref(), [0b0011_1010, 0b1100]);
    }
}
