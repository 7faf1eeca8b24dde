//! Grey pictures: modality LUT, window, inversion; PS3.3 sections C.7.6.3, C.11.1 and C.11.2.

use image::{DynamicImage, GrayImage};

use super::samples::{Reader, cells, level, number};
use crate::decode::Decoded;
use crate::{CodecError, Image, Photometric, SampleKind, VoiFunction, Window};

pub(super) fn picture(
    image: &Image,
    decoded: &Decoded,
    wished: Option<Window>,
) -> Result<DynamicImage, CodecError> {
    let chosen =
        wished.or_else(|| image.window.first().copied()).filter(|w| image.voi_function.usable(*w));
    let tone = |window: Tone, value: f64| {
        let place = window.place(value * image.rescale_slope + image.rescale_intercept);
        let place =
            if decoded.photometric == Photometric::Monochrome1 { 1.0 - place } else { place };
        level(place)
    };
    let shades: Vec<u8> = if image.sample == SampleKind::Float {
        let values = floats(image, &decoded.bytes)?;
        let window = Tone::choose(image, chosen, values.iter().copied());
        values.into_iter().map(|value| tone(window, value)).collect()
    } else {
        let reader = Reader::new(image, decoded);
        let stored = || cells(image, &decoded.bytes);
        let window = if image.bits_allocated == 1 {
            Tone::Span(0.0, 1.0)
        } else if chosen.is_some() {
            Tone::choose(image, chosen, [])
        } else {
            let padding = image.pixel_padding.map(|(a, b)| (a.min(b).into(), a.max(b).into()));
            let shown =
                |value: &i64| padding.is_none_or(|(a, b): (i64, i64)| !(a..=b).contains(value));
            let values = stored()?.map(|cell| reader.value(cell)).filter(shown).map(number);
            Tone::choose(image, None, values)
        };
        if image.bits_allocated == 32 {
            stored()?.map(|cell| tone(window, number(reader.value(cell)))).collect()
        } else {
            // At most 65536 different cells: each is calculated once.
            let table: Vec<u8> =
                (0..=0xFFFF).map(|cell| tone(window, number(reader.value(cell)))).collect();
            stored()?
                .map(|cell| usize::try_from(cell).ok().and_then(|at| table.get(at)).copied())
                .map(Option::unwrap_or_default)
                .collect()
        }
    };
    GrayImage::from_raw(image.columns.into(), image.rows.into(), shades)
        .map(DynamicImage::ImageLuma8)
        .ok_or_else(|| CodecError::broken("the frame has another size than the header says"))
}

/// How values after the modality LUT become tones.
#[derive(Clone, Copy)]
enum Tone {
    Windowed(VoiFunction, Window),
    /// From the darkest value to the brightest.
    Span(f64, f64),
}

impl Tone {
    fn choose(
        image: &Image,
        window: Option<Window>,
        stored: impl IntoIterator<Item = f64>,
    ) -> Self {
        if let Some(window) = window {
            return Self::Windowed(image.voi_function, window);
        }
        let values = stored
            .into_iter()
            .filter(|value| value.is_finite())
            .map(|value| value * image.rescale_slope + image.rescale_intercept);
        let (least, greatest) = values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| (a.min(value), b.max(value)));
        Self::Span(least, greatest)
    }

    fn place(self, value: f64) -> f64 {
        match self {
            Self::Windowed(function, window) => function.place(window, value),
            // A frame of one value has no contrast to show: black.
            Self::Span(least, greatest) if greatest <= least => 0.0,
            Self::Span(least, greatest) => ((value - least) / (greatest - least)).clamp(0.0, 1.0),
        }
    }
}

fn floats(image: &Image, bytes: &[u8]) -> Result<Vec<f64>, CodecError> {
    match image.bits_allocated {
        32 => Ok(bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b).into()).collect()),
        64 => Ok(bytes.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect()),
        _ => Err(CodecError::unsupported("floats of this size")),
    }
}
