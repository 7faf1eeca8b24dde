//! Size and file format of a picture.

use image::DynamicImage;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops;

use super::Wish;
use crate::{CodecError, Format};

pub(super) fn write(picture: DynamicImage, wish: &Wish) -> Result<Vec<u8>, CodecError> {
    let size = (picture.width(), picture.height());
    let (width, height) = wish.viewport.map_or(size, |viewport| fit(size, viewport));
    let picture = if (width, height) == size {
        picture
    } else {
        picture.resize_exact(width, height, imageops::FilterType::Triangle)
    };
    let mut file = Vec::new();
    match wish.format {
        Format::Jpeg { quality } => picture
            .write_with_encoder(JpegEncoder::new_with_quality(&mut file, quality.clamp(1, 100))),
        Format::Png => picture.write_with_encoder(PngEncoder::new_with_quality(
            &mut file,
            CompressionType::Fast,
            FilterType::Adaptive,
        )),
    }
    .map_err(|_error: image::ImageError| CodecError::unsupported("a picture of this size"))?;
    Ok(file)
}

/// The largest size of the picture's shape inside the viewport, never larger than the picture.
fn fit((width, height): (u32, u32), (across, down): (u32, u32)) -> (u32, u32) {
    let (across, down) = (across.clamp(1, width), down.clamp(1, height));
    let scaled = |side: u32, by: u32, of: u32| {
        let exact = (u64::from(side) * u64::from(by) + u64::from(of) / 2) / u64::from(of);
        u32::try_from(exact).unwrap_or(side).max(1)
    };
    // Whichever side is the tighter one decides.
    if u64::from(across) * u64::from(height) <= u64::from(down) * u64::from(width) {
        (across, scaled(height, across, width).min(down))
    } else {
        (scaled(width, down, height).min(across), down)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pictures_fit_and_do_not_grow() {
        let check = |size, viewport, expected| assert_eq!(fit(size, viewport), expected);
        check((512, 512), (256, 100), (100, 100));
        check((512, 256), (128, 128), (128, 64));
        check((256, 512), (128, 128), (64, 128));
        check((64, 64), (1000, 1000), (64, 64));
        check((4000, 1), (10, 10), (10, 1));
        check((10, 10), (0, 5), (1, 1));
    }

    proptest! {
        #[test]
        fn never_outside(w in 1u32..70000, h in 1u32..70000, a in 0u32..70000, d in 0u32..70000) {
            let (width, height) = fit((w, h), (a, d));
            prop_assert!(width >= 1 && height >= 1);
            prop_assert!(width <= w.min(a.max(1)) && height <= h.min(d.max(1)));
        }
    }
}
