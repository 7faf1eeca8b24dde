//! Frames and descriptions made to do harm: an error, the parent lives, and the next job works.

#![allow(
    clippy::allow_attributes,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that panics has done its work"
)]

mod harness;

use bytes::Bytes;
use harness::{codec, decode_job, png_job};
use lightcase_codec::{Codec, CodecError, Image, Photometric};
use proptest::prelude::*;

const NATIVE: &str = "1.2.840.10008.1.2.1";
const JPEG: &str = "1.2.840.10008.1.2.4.50";
const JPEG_LOSSLESS: &str = "1.2.840.10008.1.2.4.70";
const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";
const JPEG_2000: &str = "1.2.840.10008.1.2.4.90";
const JPEG_XL: &str = "1.2.840.10008.1.2.4.110";
const RLE: &str = "1.2.840.10008.1.2.5";
const DEFLATED: &str = "1.2.840.10008.1.2.8.1";

#[derive(Debug, PartialEq)]
enum Outcome {
    Broken,
    Unsupported,
    Limit,
}

async fn check(codec: &Codec, image: &Image, uid: &str, frame: &[u8], expected: Outcome) {
    for job in [decode_job(image, uid), png_job(image, uid)] {
        let outcome = match codec.run(job, Bytes::copy_from_slice(frame)).await {
            Err(CodecError::Broken { .. }) => Outcome::Broken,
            Err(CodecError::Unsupported { .. }) => Outcome::Unsupported,
            Err(CodecError::LimitExceeded { .. }) => Outcome::Limit,
            other => panic!("{uid} of {} bytes: {other:?}", frame.len()),
        };
        assert_eq!(outcome, expected, "{uid} of {} bytes", frame.len());
    }
    next_job_works(codec).await;
}

async fn next_job_works(codec: &Codec) {
    let image = grey(2, 2, 8);
    let answer = codec.run(decode_job(&image, NATIVE), Bytes::from_static(&[1, 2, 3, 4])).await;
    assert_eq!(answer, Ok(Bytes::from_static(&[1, 2, 3, 4])));
}

fn grey(rows: u16, columns: u16, bits: u16) -> Image {
    Image::new(rows, columns, Photometric::Monochrome2, bits)
}

/// A grey baseline JPEG of this size.
fn jpeg(rows: u16, columns: u16) -> Vec<u8> {
    let mut file = Vec::new();
    let pixels = vec![77; usize::from(rows) * usize::from(columns)];
    let mut encoder = image::codecs::jpeg::JpegEncoder::new(&mut file);
    let size = (u32::from(columns), u32::from(rows));
    encoder.encode(&pixels, size.0, size.1, image::ExtendedColorType::L8).unwrap();
    file
}

fn rle(segments: u32, body: &[u8]) -> Vec<u8> {
    let mut frame: Vec<u8> = segments.to_le_bytes().into();
    frame.extend_from_slice(&64u32.to_le_bytes());
    frame.resize(64, 0);
    frame.extend_from_slice(body);
    frame
}

/// The main header of a grey JPEG 2000 codestream, and nothing after it.
fn jpeg_2000(rows: u32, columns: u32) -> Vec<u8> {
    let mut stream = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0];
    for word in [columns, rows, 0, 0, columns, rows, 0, 0] {
        stream.extend_from_slice(&word.to_be_bytes());
    }
    stream.extend_from_slice(&[0, 1, 7, 1, 1]);
    stream.extend_from_slice(&[0xFF, 0x52, 0, 12, 0, 0, 0, 1, 0, 5, 4, 4, 0, 0]);
    stream
}

#[tokio::test]
async fn codestreams_of_another_size_are_refused() {
    let codec = codec();
    let small = grey(8, 8, 8);
    check(&codec, &small, JPEG, &jpeg(64, 64), Outcome::Broken).await;
    check(&codec, &grey(64, 64, 8), JPEG, &jpeg(8, 8), Outcome::Broken).await;
    check(&codec, &small, JPEG_2000, &jpeg_2000(64, 64), Outcome::Broken).await;
    check(&codec, &small, JPEG_2000, &jpeg_2000(u32::MAX, u32::MAX), Outcome::Broken).await;
    check(&codec, &small, RLE, &rle(1, &[0x81, 7]), Outcome::Broken).await;
    check(&codec, &small, RLE, &rle(1, &[0x81, 7, 0]), Outcome::Broken).await;
    check(&codec, &small, RLE, &rle(0xFFFF_FFFF, &[0x81, 7]), Outcome::Broken).await;
    check(&codec, &small, RLE, &[1, 0, 0, 0], Outcome::Broken).await;
    check(&codec, &small, NATIVE, &[0; 63], Outcome::Broken).await;
    check(&codec, &small, DEFLATED, &[0; 63], Outcome::Broken).await;
}

#[tokio::test]
async fn descriptions_that_cannot_be_are_refused_before_a_worker_sees_them() {
    let codec = codec();
    let frame = [0u8; 64];
    let grey = |bits| grey(65535, 65535, bits);
    check(&codec, &grey(8), NATIVE, &frame, Outcome::Limit).await;
    check(&codec, &grey(16), JPEG_2000, &frame, Outcome::Limit).await;
    check(&codec, &grey(1), NATIVE, &frame, Outcome::Limit).await;
    for bits in [0, 2, 12, 33, 64, 65535] {
        check(&codec, &grey(bits), NATIVE, &frame, Outcome::Unsupported).await;
    }
    let image = Image::new(8, 8, Photometric::Monochrome2, 8);
    let stored = |bits_stored, high_bit| Image { bits_stored, high_bit, ..image.clone() };
    for (bits_stored, high_bit) in [(0, 7), (9, 8), (33, 32), (8, 8), (8, 3), (65535, 65535)] {
        check(&codec, &stored(bits_stored, high_bit), NATIVE, &frame, Outcome::Broken).await;
    }
    let broken = [
        Image { rows: 0, ..image.clone() },
        Image { columns: 0, ..image.clone() },
        Image { samples_per_pixel: 3, ..image.clone() },
        Image { samples_per_pixel: 0, ..image.clone() },
        Image { pixel_representation: 2, ..image.clone() },
        Image { planar_configuration: 9, ..image.clone() },
        Image { rescale_slope: 0.0, ..image.clone() },
        Image { rescale_slope: f64::NAN, ..image.clone() },
        Image { rescale_intercept: f64::INFINITY, ..image.clone() },
    ];
    for image in broken {
        check(&codec, &image, NATIVE, &frame, Outcome::Broken).await;
    }
    let other = Image { photometric: Photometric::Other, ..image.clone() };
    check(&codec, &other, NATIVE, &frame, Outcome::Unsupported).await;
    check(&codec, &image, "1.2.840.10008.1.2.4.102", &frame, Outcome::Unsupported).await;
    check(&codec, &image, NATIVE, &[], Outcome::Broken).await;
}

#[tokio::test]
async fn bombs_do_not_grow() {
    let codec = codec();
    let zeros = vec![0u8; 64 << 20];
    let mut deflated = Vec::new();
    let mut encoder =
        flate2::read::DeflateEncoder::new(zeros.as_slice(), flate2::Compression::best());
    std::io::copy(&mut encoder, &mut deflated).unwrap();
    check(&codec, &grey(8, 8, 8), DEFLATED, &deflated, Outcome::Broken).await;
    // A run for every pixel of the largest frame there can be is refused for its size alone.
    check(&codec, &grey(65535, 2048, 8), RLE, &rle(1, &[0x81, 0]), Outcome::Broken).await;
    check(&codec, &grey(65535, 2049, 8), RLE, &rle(1, &[0x81, 0]), Outcome::Limit).await;
}

#[tokio::test]
async fn truncated_codestreams_are_refused() {
    let codec = codec();
    let whole = jpeg(64, 64);
    let image = grey(64, 64, 8);
    for length in [2, 3, 20, 160, 200, 330] {
        let cut = &whole[..length.min(whole.len() - 30)];
        check(&codec, &image, JPEG, cut, Outcome::Broken).await;
    }
    for uid in [JPEG_LOSSLESS, JPEG_LS, JPEG_2000, JPEG_XL] {
        check(&codec, &image, uid, &whole[..1], Outcome::Broken).await;
        check(&codec, &image, uid, &[0xFF; 300], Outcome::Broken).await;
    }
    check(&codec, &image, JPEG_2000, &jpeg_2000(64, 64), Outcome::Broken).await;
}

#[test]
fn random_bytes_are_answered() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let codec = runtime.block_on(async { codec() });
    let bases = [jpeg(16, 16), jpeg_2000(16, 16), rle(1, &[0x81; 40])];
    let places = proptest::collection::vec((0usize..1000, any::<u8>()), 0..12);
    let uids = [JPEG, JPEG_LOSSLESS, JPEG_LS, JPEG_2000, JPEG_XL, RLE, DEFLATED];
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() };
    proptest!(config, |(base in 0usize..3, places in places, uid in 0usize..7, tail in any::<Vec<u8>>())| {
        let mut frame = bases[base].clone();
        frame.extend_from_slice(&tail);
        for (place, byte) in places {
            let place = place % frame.len();
            frame[place] = byte;
        }
        let image = grey(16, 16, 8);
        let answer = runtime.block_on(codec.run(decode_job(&image, uids[uid]), frame.into()));
        match answer {
            Ok(samples) => prop_assert_eq!(samples.len(), 256),
            Err(CodecError::Busy | CodecError::TimedOut) => prop_assert!(false, "{:?}", answer),
            Err(_) => {}
        }
    });
    runtime.block_on(next_job_works(&codec));
}
