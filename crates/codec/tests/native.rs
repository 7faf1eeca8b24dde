//! Small frames whose samples and pictures can be told by hand.

#![allow(
    clippy::allow_attributes,
    clippy::unwrap_used,
    reason = "a test that panics has done its work"
)]

mod harness;

use bytes::Bytes;
use harness::{codec, decode_job, png_job, syntax};
use lightcase_codec::{
    Format, Image, Job, Lut, Palette, Photometric, SampleKind, VoiFunction, Window, WordKind,
};

const LITTLE: &str = "1.2.840.10008.1.2.1";
const BIG: &str = "1.2.840.10008.1.2.2";
const GE: &str = "1.2.840.113619.5.2";

fn grey(columns: u16, bits: u16) -> Image {
    Image::new(1, columns, Photometric::Monochrome2, bits)
}

async fn check_samples(image: &Image, uid: &str, frame: &[u8], expected: &[u8]) {
    let answer = codec().run(decode_job(image, uid), Bytes::copy_from_slice(frame)).await;
    assert_eq!(answer.as_deref(), Ok(expected), "{uid}");
    assert!(image.decoded(&syntax(uid)).is_ok());
}

async fn check_levels(image: &Image, frame: &[u8], expected: &[u8]) {
    let answer = codec().run(png_job(image, LITTLE), Bytes::copy_from_slice(frame)).await.unwrap();
    let picture = image::load_from_memory(&answer).unwrap();
    assert_eq!(picture.as_bytes(), expected);
}

#[tokio::test]
async fn bytes_are_put_in_order() {
    check_samples(&grey(2, 16), LITTLE, &[1, 2, 3, 4], &[1, 2, 3, 4]).await;
    check_samples(&grey(2, 16), BIG, &[1, 2, 3, 4], &[2, 1, 4, 3]).await;
    check_samples(&grey(2, 16), GE, &[1, 2, 3, 4], &[2, 1, 4, 3]).await;
    check_samples(&grey(1, 32), BIG, &[1, 2, 3, 4], &[4, 3, 2, 1]).await;
    check_samples(&grey(2, 8), BIG, &[1, 2], &[2, 1]).await;
    let bytes = Image { word: WordKind::Ob, ..grey(2, 8) };
    check_samples(&bytes, BIG, &[1, 2], &[1, 2]).await;
    let planes = Image { planar_configuration: 1, ..Image::new(1, 2, Photometric::Rgb, 8) };
    check_samples(&planes, LITTLE, &[1, 2, 3, 4, 5, 6], &[1, 3, 5, 2, 4, 6]).await;
    let shared = Image::new(1, 2, Photometric::YbrFull422, 8);
    check_samples(&shared, LITTLE, &[10, 20, 30, 40], &[10, 30, 40, 20, 30, 40]).await;
    assert_eq!(shared.decoded(&syntax(LITTLE)).unwrap().photometric, Photometric::YbrFull);
    // The byte that makes the length even is no sample.
    check_samples(&grey(3, 8), LITTLE, &[1, 2, 3, 0], &[1, 2, 3]).await;
}

#[tokio::test]
async fn stored_bits_become_levels() {
    check_levels(&grey(3, 8), &[10, 20, 30], &[0, 128, 255]).await;
    check_levels(&grey(3, 8), &[7, 7, 7], &[0, 0, 0]).await;
    let inverse = Image { photometric: Photometric::Monochrome1, ..grey(3, 8) };
    check_levels(&inverse, &[10, 20, 30], &[255, 128, 0]).await;
    let padded = Image { pixel_padding: Some((0, 1)), ..grey(4, 8) };
    check_levels(&padded, &[0, 10, 20, 30], &[0, 0, 128, 255]).await;
    let signed = Image { pixel_representation: 1, ..grey(3, 8) };
    check_levels(&signed, &[0xF6, 0, 10], &[0, 128, 255]).await;
    // Twelve bits stored, an overlay above them: the overlay is not seen.
    let twelve = Image { bits_stored: 12, high_bit: 11, ..grey(2, 16) };
    check_levels(&twelve, &[0x00, 0xF0, 0xFF, 0x0F], &[0, 255]).await;
    // The same left in the cell.
    let high = Image { bits_stored: 12, high_bit: 15, ..grey(2, 16) };
    check_levels(&high, &[0x0F, 0x00, 0xF0, 0xFF], &[0, 255]).await;
    check_levels(&grey(10, 1), &[0b0000_0101, 0b10], &[255, 0, 255, 0, 0, 0, 0, 0, 0, 255]).await;
    let wide = [0u32, 0x8000_0000, 0xFFFF_FFFF].map(u32::to_le_bytes).concat();
    check_levels(&grey(3, 32), &wide, &[0, 128, 255]).await;
    let float = Image { sample: SampleKind::Float, ..grey(4, 32) };
    let values = [0.0f32, 0.5, 1.0, f32::NAN].map(f32::to_le_bytes).concat();
    check_levels(&float, &values, &[0, 128, 255, 0]).await;
}

#[tokio::test]
async fn windows_are_those_of_the_standard() {
    let values = [-1000i16, -160, -159, 39, 238, 239, 240].map(i16::to_le_bytes).concat();
    let abdomen = Image {
        pixel_representation: 1,
        window: vec![Window { center: 40.0, width: 400.0 }],
        ..grey(7, 16)
    };
    check_levels(&abdomen, &values, &[0, 0, 1, 127, 254, 255, 255]).await;
    let rescaled = Image { rescale_slope: 2.0, rescale_intercept: -1000.0, ..abdomen.clone() };
    let stored = [0i16, 420, 520, 619, 620, 700, 800].map(i16::to_le_bytes).concat();
    check_levels(&rescaled, &stored, &[0, 0, 128, 254, 255, 255, 255]).await;
    let exact = Image { voi_function: VoiFunction::LinearExact, ..abdomen.clone() };
    check_levels(&exact, &values, &[0, 0, 1, 127, 254, 254, 255]).await;
    // A width the formula cannot take is no window.
    let none = Image { window: vec![Window { center: 40.0, width: 0.0 }], ..grey(3, 8) };
    check_levels(&none, &[10, 20, 30], &[0, 128, 255]).await;
}

#[tokio::test]
async fn palettes_give_colours() {
    let table = |entries: &[u16], bits| Lut { first: 1, bits, entries: entries.to_vec() };
    let palette = Palette {
        red: table(&[0xFF00, 0], 16),
        green: table(&[0, 0x8000], 16),
        blue: table(&[7, 9], 8),
    };
    let image = Image { palette: Some(palette), ..Image::new(1, 4, Photometric::PaletteColor, 8) };
    let expected = [255, 0, 7, 255, 0, 7, 0, 128, 9, 0, 128, 9];
    check_levels(&image, &[0, 1, 2, 200], &expected).await;
}

#[tokio::test]
async fn pictures_have_the_wished_size_and_format() {
    let image = Image::new(100, 200, Photometric::Monochrome2, 8);
    let job = |viewport, format| Job::Render {
        image: image.clone(),
        syntax: syntax(LITTLE),
        window: Some(Window { center: 128.0, width: 256.0 }),
        viewport,
        format,
    };
    let frame = Bytes::from(vec![200; 20_000]);
    let codec = codec();
    for (viewport, format, start, size) in [
        (None, Format::Png, &b"\x89PNG"[..], (200, 100)),
        (Some((64, 64)), Format::Jpeg { quality: 90 }, &b"\xFF\xD8\xFF"[..], (64, 32)),
        (Some((4000, 4000)), Format::Jpeg { quality: 80 }, &b"\xFF\xD8\xFF"[..], (200, 100)),
    ] {
        let file = codec.run(job(viewport, format), frame.clone()).await.unwrap();
        assert!(file.starts_with(start));
        let picture = image::load_from_memory(&file).unwrap().into_luma8();
        assert_eq!(picture.dimensions(), size);
        assert!(picture.pixels().all(|level| level.0[0].abs_diff(200) <= 2));
    }
}
