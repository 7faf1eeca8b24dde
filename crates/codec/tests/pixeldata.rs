//! Frames of the corpus against `dicom-pixeldata`, a second implementation with other ways around
//! the codestream decoders. Where it is known to be wrong, that it is wrong is what is tested.

#![allow(
    clippy::allow_attributes,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that panics has done its work"
)]

mod harness;

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::tags;
use dicom_object::{DefaultDicomObject, FileMetaTableBuilder, InMemDicomObject, open_file};
use dicom_pixeldata::{PixelDecoder as _, PlanarConfiguration};
use harness::{Sample, codec_with, corpus, decode_job, patient_options};
use lightcase_codec::{CodecError, Image, Photometric, WordKind};

/// Folders whose files may be opened by a reader without limits.
const FOLDERS: &[&str] = &["charset", "classes", "generated", "odd", "series", "syntax"];

/// Files with frames that are not the same, what [`compare`] says of each, and why.
const KNOWN: &[(&str, &str, &str)] = &[
    ("classes/dcmjs__sample-op", "refused: the image is damaged: the JPEG process", MISLABELLED),
    ("classes/dcmqi__label.seg", "109 bytes for 110", LAST_BITS),
    ("classes/highdicom__seg_image_sm_dots_tiled_full", "12 bytes for 13", LAST_BITS),
    ("classes/pylibjpeg-data__TOSHIBA_J2K_SIZ1_PixRep0", "refused: this image cannot", BELOW_ZERO),
    ("generated/classes/sc_mf_single_bit", "231 bytes for 232", LAST_BITS),
    ("syntax/pydicom-data__liver_deflate", "4096 bytes for 32768", STILL_PACKED),
    ("syntax/pydicom__SC_jpeg_no_color_transform", "137 apart", NO_APP14),
    ("syntax/pydicom__SC_rgb_rle_32bit", "not decoded: Could not decode", WIDE_RLE),
    ("syntax/pydicom__SC_ybr_full_422_uncompressed", "not decoded: Frame #0", SHARED_COLOUR),
];
const MISLABELLED: &str = "a lossy JPEG in a lossless transfer syntax, which it decodes";
const LAST_BITS: &str = "it cuts one-bit frames at whole bytes, and begins the next one there";
const BELOW_ZERO: &str =
    "samples below zero in an image of unsigned ones, which it lets wrap round to the brightest";
const STILL_PACKED: &str = "it unpacks one-bit samples only where nothing was compressed";
const NO_APP14: &str =
    "it takes three components for luminance and colour whatever the header says";
const WIDE_RLE: &str = "it decodes RLE of 8 and 16 bits alone";
const SHARED_COLOUR: &str = "it wants three samples for each pixel of native YBR_FULL_422";

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Its samples in the order in which ours are: by pixel, and one bit to a one-bit sample.
fn theirs(object: &DefaultDicomObject, image: &Image, frame: usize) -> Result<Vec<u8>, String> {
    let frame = u32::try_from(frame).unwrap();
    let decode = || object.decode_pixel_data_frame(frame).map_err(|error| error.to_string());
    // It panics where a codestream is larger than the image.
    let decoded = catch_unwind(AssertUnwindSafe(decode))
        .map_err(|_panic: Box<dyn Any + Send>| "a panic".to_owned())??;
    let samples = decoded.data();
    if image.bits_allocated == 1 {
        let eight = |bits: &[u8]| {
            bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit != 0) << at)
        };
        return Ok(samples.chunks(8).map(eight).collect());
    }
    if decoded.planar_configuration() == PlanarConfiguration::Standard
        || image.samples_per_pixel == 1
    {
        return Ok(samples.to_vec());
    }
    let size = usize::from(image.bits_allocated / 8);
    let plane = samples.len() / 3;
    let cells = (0..plane / size).flat_map(|at| (0..3).map(move |of| of * plane + at * size));
    Ok(cells.flat_map(|at| samples[at..at + size].iter().copied()).collect())
}

/// The largest difference of two samples.
fn apart(image: &Image, ours: &[u8], theirs: &[u8]) -> Option<u16> {
    if ours.len() != theirs.len() {
        return None;
    }
    let pairs = ours.iter().zip(theirs);
    if image.bits_allocated != 16 {
        return pairs.map(|(a, b)| u16::from(a.abs_diff(*b))).max();
    }
    let words = |bytes: &[u8]| -> Vec<u16> {
        bytes.as_chunks::<2>().0.iter().map(|word| u16::from_le_bytes(*word)).collect()
    };
    words(ours).iter().zip(words(theirs)).map(|(a, b)| a.abs_diff(b)).max()
}

/// Lossy syntaxes may end in other roundings.
fn tolerance(syntax: &str) -> u16 {
    match syntax.strip_prefix("1.2.840.10008.1.2.4.") {
        Some("50" | "51" | "111" | "112") => 4,
        _ => 0,
    }
}

/// `same`, or the difference.
fn compare(
    sample: &Sample,
    ours: Result<Bytes, CodecError>,
    theirs: Result<Vec<u8>, String>,
) -> String {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => match apart(&sample.image, &ours, &theirs) {
            None => format!("{} bytes for {}", theirs.len(), ours.len()),
            Some(apart) if apart <= tolerance(&sample.syntax) => "same".to_owned(),
            Some(apart) => format!("{apart} apart"),
        },
        (Err(ours), Ok(_)) => format!("refused: {ours}"),
        (Ok(_), Err(theirs)) => format!("not decoded: {theirs}"),
        (Err(_), Err(_)) => "nothing".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_decode_as_in_dicom_pixeldata() {
    let Some(corpus) = corpus("frames_decode_as_in_dicom_pixeldata") else { return };
    let codec = codec_with(patient_options());
    let mut paths = Vec::new();
    for folder in FOLDERS {
        files(&corpus.join(folder), &mut paths);
    }
    paths.sort();
    let (mut same, mut wrong, mut met) = (BTreeMap::<_, u32>::new(), Vec::new(), BTreeSet::new());
    for path in paths {
        let Ok(sample) = Sample::open(&path) else { continue };
        let object = open_file(&path).unwrap();
        let name = path.strip_prefix(&corpus).unwrap().to_str().unwrap();
        for frame in 0..sample.frames.len() {
            let ours = sample.decode(&codec, frame).await;
            let verdict = compare(&sample, ours, theirs(&object, &sample.image, frame));
            let known = KNOWN.iter().find(|(start, _, _)| name.starts_with(start));
            match (verdict.as_str(), known) {
                ("same", None) => *same.entry(sample.syntax.clone()).or_default() += 1,
                ("nothing", None) => {}
                (verdict, Some((start, known, why))) if verdict.starts_with(known) => {
                    if met.insert(*start) {
                        println!("{name}: {why}");
                    }
                }
                (verdict, _) => wrong.push(format!("{name} {frame}: {verdict}")),
            }
        }
    }
    println!("{same:#?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(met.len(), KNOWN.len(), "met only {met:?}");
    assert!(same.values().sum::<u32>() > 450);
    assert!(same.len() >= 20);
}

/// It takes the indexes of a colour table for shades of grey, and says nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_palette_is_colour_to_us_alone() {
    let Some(corpus) = corpus("a_palette_is_colour_to_us_alone") else { return };
    let codec = codec_with(patient_options());
    let path = corpus.join("syntax/cornerstone3D__TestPattern_Palette.dcm");
    let sample = Sample::read(&path);
    let indexes = sample.decode(&codec, 0).await.unwrap();
    let theirs = open_file(&path).unwrap().decode_pixel_data_frame(0).unwrap().to_vec().unwrap();
    assert_eq!(indexes, theirs);
    let picture = image::load_from_memory(&sample.png(&codec, 0).await.unwrap()).unwrap();
    assert!(picture.to_rgb8().pixels().any(|pixel| pixel[0] != pixel[1]));
}

/// Six samples of 8 bits in big endian, as they are in the file.
async fn check_big_endian(vr: VR, word: WordKind) {
    let stored = [1, 2, 3, 4, 5, 6];
    let codec = codec_with(patient_options());
    let image = Image { word, ..Image::new(1, 2, Photometric::Rgb, 8) };
    let job = decode_job(&image, "1.2.840.10008.1.2.2");
    let ours = codec.run(job, Bytes::from_owner(stored)).await.unwrap();
    let number = |tag, value: u16| DataElement::new(tag, VR::US, PrimitiveValue::from(value));
    let object = InMemDicomObject::from_element_iter([
        number(tags::SAMPLES_PER_PIXEL, 3),
        DataElement::new(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, PrimitiveValue::from("RGB")),
        number(tags::PLANAR_CONFIGURATION, 0),
        number(tags::ROWS, 1),
        number(tags::COLUMNS, 2),
        number(tags::BITS_ALLOCATED, 8),
        number(tags::BITS_STORED, 8),
        number(tags::HIGH_BIT, 7),
        number(tags::PIXEL_REPRESENTATION, 0),
        DataElement::new(tags::PIXEL_DATA, vr, PrimitiveValue::U8(stored.to_vec().into())),
    ]);
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax("1.2.840.10008.1.2.2")
        .media_storage_sop_class_uid("1.2.840.10008.5.1.4.1.1.7")
        .media_storage_sop_instance_uid("1.2.34");
    let mut file = Vec::new();
    object.with_meta(meta).unwrap().write_all(&mut file).unwrap();
    assert!(file.ends_with(&stored));
    let object = dicom_object::from_reader(file.as_slice()).unwrap();
    assert_eq!(theirs(&object, &image, 0).unwrap(), ours);
}

#[tokio::test(flavor = "multi_thread")]
async fn big_endian_bytes_are_swapped_where_they_are_words() {
    check_big_endian(VR::OB, WordKind::Ob).await;
    check_big_endian(VR::OW, WordKind::Ow).await;
}
