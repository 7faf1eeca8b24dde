//! Frames of the corpus against what pydicom makes of them, and against their native twins.

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

use std::path::Path;

use data_encoding::HEXLOWER;
use harness::{Sample, codec_with, corpus, patient_options};
use lightcase_codec::{Codec, CodecError, Photometric};
use sha2::{Digest, Sha256};

/// What the table says and we refuse, by the beginning of the name and what the sentence names.
const REFUSED: &[(&str, &str)] = &[
    ("syntax/cornerstone3D__CTImage.dcm_JPEGProcess2_4", "lossy JPEG of 12 bits"),
    ("syntax/pydicom__JPGExtended", "lossy JPEG of 12 bits"),
    ("generated/syntax/mr_jpeg_ext12_51", "lossy JPEG of 12 bits"),
    ("syntax/pydicom-data__liver_j2k", "1 bits per sample"),
];

/// Files that the reader of these tests (not the decoder) cannot open, at most.
const UNREADABLE: usize = 14;

enum Compared {
    Same,
    Unreadable(String),
}

/// Compares levels at even distances.
fn near<'a>(
    name: &str,
    levels: &[u8],
    expected: impl Iterator<Item = &'a str>,
    tolerance: i32,
) -> Result<(), String> {
    for (n, expected) in expected.enumerate() {
        let expected: i32 = expected.parse().unwrap();
        let found = i32::from(levels[levels.len() * n / 24]);
        if (found - expected).abs() > tolerance {
            return Err(format!("{name}: {found} instead of {expected} at {n}/24"));
        }
    }
    Ok(())
}

async fn check(codec: &Codec, corpus: &Path, line: &str) -> Result<Compared, String> {
    let mut words = line.split_ascii_whitespace();
    let mut word = || words.next().unwrap();
    let (name, frame, kind) = (word(), word().parse::<usize>().unwrap(), word());
    let sample = match Sample::open(&corpus.join(name)) {
        Ok(sample) => sample,
        Err(why) => return Ok(Compared::Unreadable(why)),
    };
    if kind == "picture" {
        let shown = sample.png(codec, frame).await.map_err(|error| format!("{name}: {error}"))?;
        let shown = image::load_from_memory(&shown).map_err(|error| error.to_string())?;
        return near(name, shown.as_bytes(), words, 1).map(|()| Compared::Same);
    }
    let decoded = sample.decode(codec, frame).await;
    if let Some((_, why)) = REFUSED.iter().find(|(start, _)| name.starts_with(start)) {
        return match decoded {
            Err(CodecError::Unsupported { why: said }) if said.contains(why) => Ok(Compared::Same),
            other => Err(format!("{name}: {other:?} instead of {why}")),
        };
    }
    let decoded = decoded.map_err(|error| format!("{name} {frame}: {error}"))?;
    if kind == "exact" {
        let expected = word();
        if HEXLOWER.encode(&Sha256::digest(&decoded)) != expected {
            return Err(format!("{name} {frame}: other samples"));
        }
    } else {
        assert_eq!(kind, "near");
        assert_eq!(sample.image.bits_allocated, 8);
        near(name, &decoded, words, 4)?;
    }
    let picture = sample.png(codec, frame).await.map_err(|error| format!("{name}: {error}"))?;
    let picture = image::load_from_memory(&picture).map_err(|error| error.to_string())?;
    assert_eq!(picture.width(), u32::from(sample.image.columns));
    assert_eq!(picture.height(), u32::from(sample.image.rows));
    let grey =
        matches!(sample.image.photometric, Photometric::Monochrome1 | Photometric::Monochrome2);
    assert_eq!(picture.color().has_color(), !grey);
    Ok(Compared::Same)
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_decode_as_in_pydicom() {
    let Some(corpus) = corpus("frames_decode_as_in_pydicom") else { return };
    let codec = codec_with(patient_options());
    let mut wrong = Vec::new();
    let mut unreadable = Vec::new();
    for line in include_str!("golden.txt").lines().filter(|line| !line.starts_with('#')) {
        match check(&codec, &corpus, line).await {
            Ok(Compared::Same) => {}
            Ok(Compared::Unreadable(why)) => unreadable.push(why),
            Err(why) => wrong.push(why),
        }
    }
    println!("{}", unreadable.join("\n"));
    assert!(unreadable.len() <= UNREADABLE);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn check_twins(native: &str, others: &[&str]) {
    let Some(corpus) = corpus(native) else { return };
    let corpus = corpus.join("generated/syntax");
    let codec = codec_with(patient_options());
    let twin = Sample::read(&corpus.join(native));
    for name in others {
        let other = Sample::read(&corpus.join(name));
        assert_eq!(other.frames.len(), twin.frames.len(), "{name}");
        for frame in 0..twin.frames.len() {
            let expected = twin.decode(&codec, frame).await.unwrap();
            let found = other.decode(&codec, frame).await.unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(found == expected, "{name}: frame {frame} has other samples than {native}");
            let pictures = (twin.png(&codec, frame).await, other.png(&codec, frame).await);
            assert!(pictures.0.is_ok() && pictures.0 == pictures.1, "{name}: another picture");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lossless_ct_is_the_same_in_all_syntaxes() {
    check_twins(
        "ct_native.dcm",
        &[
            "ct_big_endian.dcm",
            "ct_encapsulated_uncompressed_1.98.dcm",
            "ct_htj2k_lossless_201.dcm",
            "ct_implicit_group_lengths.dcm",
            "ct_jpegll_57.dcm",
            "ct_jpegll_70.dcm",
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lossless_mr_is_the_same_in_all_syntaxes() {
    let others = [
        "mr_deflated.dcm",
        "mr_htj2k_lossless_201.dcm",
        "mr_htj2k_rpcl_202.dcm",
        "mr_jxl_lossless_110.dcm",
    ];
    check_twins("mr_native.dcm", &others).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lossless_frames_are_the_same_in_all_syntaxes() {
    let others = [
        "mf_deflated_image_frame_8.1.dcm",
        "mf_j2k_3_fragments_bot.dcm",
        "mf_j2k_extended_offset_table.dcm",
        "mf_jpegls_no_bot.dcm",
        "mf_rle.dcm",
    ];
    check_twins("mf_native.dcm", &others).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lossless_colours_are_the_same_in_all_syntaxes() {
    check_twins("us_native.dcm", &["us_htj2k_lossless_rgb_201.dcm", "us_jxl_lossless_110.dcm"])
        .await;
}

/// The mean difference of two colour pictures, in levels.
async fn check_near(one: &str, other: &str, most: f64) {
    let Some(corpus) = corpus(one) else { return };
    let corpus = corpus.join("generated/syntax");
    let codec = codec_with(patient_options());
    let [one, two] = [one, other].map(|name| Sample::read(&corpus.join(name)));
    let one = one.decode(&codec, 0).await.unwrap();
    let two = two.decode(&codec, 0).await.unwrap();
    assert_eq!(one.len(), two.len());
    let sum: u64 = one.iter().zip(&two).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let mean = sum as f64 / one.len() as f64;
    assert!(mean <= most, "{other}: {mean}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lossy_colours_stay_near() {
    check_near("us_native.dcm", "us_jpeg_baseline_50.dcm", 4.0).await;
    check_near("us_native.dcm", "us_jxl_lossy_112.dcm", 4.0).await;
    check_near("us_jpeg_baseline_50.dcm", "us_jxl_recompressed_jpeg_111.dcm", 4.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_frames_leave_the_worker_pool_well() {
    let Some(corpus) = corpus("malformed_frames_leave_the_worker_pool_well") else { return };
    let codec = codec_with(patient_options());
    let good = Sample::read(&corpus.join("generated/syntax/mr_native.dcm"));
    for (name, refused) in [
        ("encap_htj2k_truncated.dcm", true),
        ("encap_j2k_siz_huge.dcm", true),
        ("encap_j2k_truncated.dcm", true),
        ("encap_jls_truncated.dcm", true),
        ("encap_jpeg_colour_as_mono.dcm", true),
        ("encap_jpeg_is_png.dcm", true),
        ("encap_jpeg_random_body.dcm", false),
        ("encap_jpeg_sof_65500.dcm", true),
        ("encap_jpeg_truncated.dcm", true),
        ("encap_jxl_truncated.dcm", true),
        ("encap_rle_255_segments.dcm", true),
        ("encap_rle_short.dcm", true),
        ("image_bits_gt_alloc.dcm", true),
        ("image_rows_zero.dcm", true),
    ] {
        let path = corpus.join("malformed/made").join(name);
        let Ok(sample) = Sample::open(&path) else { continue };
        let answer = sample.png(&codec, 0).await;
        assert!(!refused || answer.is_err(), "{name} gave a picture");
        assert!(!matches!(answer, Err(CodecError::TimedOut)), "{name}: {answer:?}");
        println!("{name}: {:?}", answer.map(|picture| picture.len()));
        good.png(&codec, 0).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_codestream_gives_no_picture() {
    let Some(corpus) = corpus("half_a_codestream_gives_no_picture") else { return };
    let codec = codec_with(patient_options());
    for name in [
        "ct_htj2k_lossless_201.dcm",
        "ct_jpegll_57.dcm",
        "ct_jpegll_70.dcm",
        "mf_deflated_image_frame_8.1.dcm",
        "mf_j2k_3_fragments_bot.dcm",
        "mf_jpegls_no_bot.dcm",
        "mf_rle.dcm",
        "mr_htj2k_lossy_203.dcm",
        "mr_htj2k_rpcl_202.dcm",
        "mr_jpegls_near_81.dcm",
        "mr_jxl_lossless_110.dcm",
        "us_htj2k_lossless_rgb_201.dcm",
        "us_jpeg_baseline_50.dcm",
        "us_jxl_lossless_110.dcm",
        "us_jxl_lossy_112.dcm",
        "us_jxl_recompressed_jpeg_111.dcm",
    ] {
        let sample = Sample::read(&corpus.join("generated/syntax").join(name));
        let whole = sample.frames[0].clone();
        for tenths in [1, 5, 9] {
            let cut = whole.slice(..whole.len() * tenths / 10);
            let job = harness::decode_job(&sample.image, &sample.syntax);
            let answer = codec.run(job, cut).await;
            assert!(answer.is_err(), "{name}: {tenths} tenths gave a picture");
        }
        sample.decode(&codec, 0).await.unwrap();
    }
}
