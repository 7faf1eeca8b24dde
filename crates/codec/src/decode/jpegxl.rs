//! JPEG XL, ISO/IEC 18181; PS3.5 section A.4.11.

use jxl_oxide::image::BitDepth;
use jxl_oxide::{AllocTracker, JxlImage, JxlThreadPool};

use super::{Cells, Claim, Decoded};
use crate::{CodecError, FRAME_LIMIT, Image, Photometric};

pub(super) fn decode(image: &Image, frame: &[u8]) -> Result<Decoded, CodecError> {
    let damaged = || CodecError::broken("the JPEG XL codestream is damaged");
    let picture = JxlImage::builder()
        .pool(JxlThreadPool::none())
        .alloc_tracker(AllocTracker::with_limit(4 * FRAME_LIMIT))
        .read(frame)
        .map_err(|_error: Box<dyn std::error::Error + Send + Sync>| damaged())?;
    let BitDepth::IntegerSample { bits_per_sample: precision } =
        picture.image_header().metadata.bit_depth
    else {
        return Err(CodecError::unsupported("JPEG XL of float samples"));
    };
    let format = picture.pixel_format();
    if format.has_alpha() || format.has_black() {
        return Err(CodecError::unsupported("JPEG XL with extra channels"));
    }
    Claim {
        rows: picture.height(),
        columns: picture.width(),
        samples: format.channels(),
        precision,
    }
    .check(image)?;
    if precision > 16 {
        return Err(CodecError::unsupported("JPEG XL of more than 16 bits"));
    }

    let rendered = picture
        .render_frame(0)
        .map_err(|_error: Box<dyn std::error::Error + Send + Sync>| damaged())?;
    let samples = rendered.image_all_channels();
    let greatest = f32::from(u16::MAX >> (16 - precision));
    let mut cells = Cells::new(image, precision)?;
    samples.buf().iter().for_each(|sample| cells.push(whole(*sample * greatest, greatest)));
    let photometric =
        if image.samples_per_pixel == 3 { Photometric::Rgb } else { image.photometric };
    Ok(Decoded::filled(image, cells.bytes, photometric))
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0 … 65535 first; there is no other conversion from floats"
)]
fn whole(sample: f32, greatest: f32) -> u32 {
    sample.round().clamp(0.0, greatest) as u32
}
