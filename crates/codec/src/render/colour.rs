//! Colour pictures: PS3.3 section C.7.6.3.1.2.

use image::{DynamicImage, RgbImage};

use super::samples::{Reader, cells, level, number};
use crate::decode::Decoded;
use crate::{CodecError, Image};

pub(super) fn from_palette(image: &Image, decoded: &Decoded) -> Result<DynamicImage, CodecError> {
    let palette = image
        .palette
        .as_ref()
        .ok_or_else(|| CodecError::unsupported("a palette image without a plain colour table"))?;
    palette.check()?;
    let reader = Reader::new(image, decoded);
    let colours = cells(image, &decoded.bytes)?.flat_map(|cell| {
        let value = reader.value(cell);
        [&palette.red, &palette.green, &palette.blue].map(|lut| lut.look_up(value))
    });
    picture(image, colours.collect())
}

pub(super) fn from_rgb(image: &Image, decoded: &Decoded) -> Result<DynamicImage, CodecError> {
    if image.bits_allocated == 8 && image.bits_stored == 8 {
        return picture(image, decoded.bytes.clone());
    }
    let reader = Reader::new(image, decoded);
    let greatest = number(i64::from(u32::MAX >> 32u32.saturating_sub(image.bits_stored.into())));
    let colours =
        cells(image, &decoded.bytes)?.map(|cell| level(number(reader.value(cell)) / greatest));
    picture(image, colours.collect())
}

pub(super) fn from_luminance(image: &Image, decoded: &Decoded) -> Result<DynamicImage, CodecError> {
    if image.bits_allocated != 8 || image.bits_stored != 8 {
        return Err(CodecError::unsupported("luminance and colour differences of this depth"));
    }
    let pixels = decoded.bytes.as_chunks::<3>().0;
    let colours = pixels.iter().flat_map(|[luminance, blue, red]| {
        let y = f64::from(*luminance);
        let blue = f64::from(*blue) - 128.0;
        let red = f64::from(*red) - 128.0;
        [
            y + 1.402 * red,
            y - (0.114 * 1.772 * blue + 0.299 * 1.402 * red) / 0.587,
            y + 1.772 * blue,
        ]
        .map(|colour| level(colour / 255.0))
    });
    picture(image, colours.collect())
}

fn picture(image: &Image, colours: Vec<u8>) -> Result<DynamicImage, CodecError> {
    RgbImage::from_raw(image.columns.into(), image.rows.into(), colours)
        .map(DynamicImage::ImageRgb8)
        .ok_or_else(|| CodecError::broken("the frame has another size than the header says"))
}
