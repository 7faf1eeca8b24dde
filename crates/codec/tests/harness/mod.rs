//! What the tests share: a real pool of worker processes, and frames cut out of known files.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test program uses its own part, so no lint is expected in all of them"
)]
#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that panics has done its work"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use dicom_core::value::Value;
use dicom_core::{DataElement, Tag};
use dicom_dictionary_std::tags;
use dicom_object::{DefaultDicomObject, open_file};
use lightcase_codec::{
    Codec, CodecError, Format, Image, Job, Lut, Options, Palette, Photometric, SampleKind,
    VoiFunction, Window, WordKind, WorkerCommand,
};
use lightcase_model::TransferSyntaxUid;

/// A pool of one real worker process, so that the next job meets what the last one left behind.
pub(crate) fn codec() -> Codec {
    codec_with(Options { workers: 1, ..Options::default() })
}

pub(crate) fn codec_with(options: Options) -> Codec {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_lightcase-codec-worker"));
    Codec::new(WorkerCommand { program, arguments: Vec::new() }, options)
}

pub(crate) fn patient_options() -> Options {
    Options { workers: 1, timeout: Duration::from_mins(1), ..Options::default() }
}

pub(crate) fn syntax(uid: &str) -> TransferSyntaxUid {
    TransferSyntaxUid::parse(uid).unwrap()
}

pub(crate) fn decode_job(image: &Image, uid: &str) -> Job {
    Job::Decode { image: image.clone(), syntax: syntax(uid) }
}

pub(crate) fn png_job(image: &Image, uid: &str) -> Job {
    Job::Render {
        image: image.clone(),
        syntax: syntax(uid),
        window: None,
        viewport: None,
        format: Format::Png,
    }
}

/// The public corpus, or `None` (told by name) where there is none.
#[expect(clippy::disallowed_methods, reason = "tests are told of the corpus by the environment")]
pub(crate) fn corpus(test: &str) -> Option<PathBuf> {
    if let Ok(path) = std::env::var("LIGHTCASE_CORPUS") {
        return Some(Path::new(&path).join("public"));
    }
    assert!(
        std::env::var("LIGHTCASE_REQUIRE_CORPUS").as_deref() != Ok("1"),
        "{test} needs LIGHTCASE_CORPUS"
    );
    println!("skipped: {test} needs LIGHTCASE_CORPUS");
    None
}

/// A file's image, transfer syntax and frames.
pub(crate) struct Sample {
    pub(crate) image: Image,
    pub(crate) syntax: String,
    pub(crate) frames: Vec<Bytes>,
}

impl Sample {
    /// The sample, or the reason why dicom-object cannot open the file.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let object =
            open_file(path).map_err(|error| format!("{} not read: {error}", path.display()))?;
        let image = image_of(&object);
        let syntax = object.meta().transfer_syntax().trim_end_matches('\0').to_owned();
        let frames = frames_of(&object, &image)
            .ok_or_else(|| format!("{}: no frames or not told apart", path.display()))?;
        Ok(Self { image, syntax, frames })
    }

    pub(crate) fn read(path: &Path) -> Self {
        Self::open(path).unwrap()
    }

    pub(crate) async fn decode(&self, codec: &Codec, frame: usize) -> Result<Bytes, CodecError> {
        codec.run(decode_job(&self.image, &self.syntax), self.frames[frame].clone()).await
    }

    pub(crate) async fn png(&self, codec: &Codec, frame: usize) -> Result<Bytes, CodecError> {
        codec.run(png_job(&self.image, &self.syntax), self.frames[frame].clone()).await
    }
}

fn number(object: &DefaultDicomObject, tag: Tag) -> Option<u16> {
    object.element(tag).ok()?.to_int::<u16>().ok()
}

fn text(object: &DefaultDicomObject, tag: Tag) -> Option<String> {
    Some(object.element(tag).ok()?.to_str().ok()?.into_owned())
}

fn floats(object: &DefaultDicomObject, tag: Tag) -> Vec<f64> {
    object.element(tag).ok().and_then(|e| e.to_multi_float64().ok()).unwrap_or_default()
}

fn lut(object: &DefaultDicomObject, descriptor: Tag, data: Tag, signed: bool) -> Option<Lut> {
    let words: Vec<u16> = object.element(descriptor).ok()?.to_multi_int().ok()?;
    let data = object.element(data).ok()?.to_bytes().ok()?;
    Lut::parse(words.try_into().ok()?, signed, &data).ok()
}

fn image_of(object: &DefaultDicomObject) -> Image {
    let get = |tag| number(object, tag).unwrap_or(0);
    let photometric = text(object, tags::PHOTOMETRIC_INTERPRETATION).unwrap_or_default();
    let centers = floats(object, tags::WINDOW_CENTER);
    let widths = floats(object, tags::WINDOW_WIDTH);
    let signed = get(tags::PIXEL_REPRESENTATION) == 1;
    let palette = || {
        Some(Palette {
            red: lut(
                object,
                tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                signed,
            )?,
            green: lut(
                object,
                tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                signed,
            )?,
            blue: lut(
                object,
                tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                signed,
            )?,
        })
    };
    let word = match object.element(tags::PIXEL_DATA).map(DataElement::vr) {
        Ok(dicom_core::VR::OB) => WordKind::Ob,
        _ => WordKind::Ow,
    };
    Image {
        rows: get(tags::ROWS),
        columns: get(tags::COLUMNS),
        samples_per_pixel: get(tags::SAMPLES_PER_PIXEL),
        photometric: Photometric::parse(&photometric),
        planar_configuration: get(tags::PLANAR_CONFIGURATION),
        bits_allocated: get(tags::BITS_ALLOCATED),
        bits_stored: get(tags::BITS_STORED),
        high_bit: get(tags::HIGH_BIT),
        pixel_representation: get(tags::PIXEL_REPRESENTATION),
        sample: SampleKind::Integer,
        word,
        rescale_slope: floats(object, tags::RESCALE_SLOPE).first().copied().unwrap_or(1.0),
        rescale_intercept: floats(object, tags::RESCALE_INTERCEPT).first().copied().unwrap_or(0.0),
        window: centers
            .into_iter()
            .zip(widths)
            .map(|(center, width)| Window { center, width })
            .collect(),
        voi_function: VoiFunction::parse(&text(object, tags::VOILUT_FUNCTION).unwrap_or_default()),
        palette: palette(),
        pixel_padding: None,
    }
}

fn frames_of(object: &DefaultDicomObject, image: &Image) -> Option<Vec<Bytes>> {
    let count = text(object, tags::NUMBER_OF_FRAMES)
        .and_then(|text| text.trim().parse::<usize>().ok())
        .unwrap_or(1)
        .max(1);
    let data = object.element(tags::PIXEL_DATA).ok()?;
    if let Value::PixelSequence(sequence) = data.value() {
        let fragments = sequence.fragments();
        if fragments.len() == count {
            return Some(fragments.iter().map(|f| Bytes::copy_from_slice(f)).collect());
        }
        let offsets = sequence.offset_table();
        if count != 1 && offsets.len() != count {
            return None;
        }
        let mut frames = vec![Vec::new(); count];
        let mut at = 0;
        for fragment in fragments {
            let frame = offsets.iter().filter(|o| **o as usize <= at).count().max(1) - 1;
            frames[frame].extend_from_slice(fragment);
            at += fragment.len() + 8;
        }
        return Some(frames.into_iter().map(Bytes::from).collect());
    }
    // The reader swaps big endian words, so that is undone for the frame to be as in the file.
    let mut bytes = data.to_bytes().ok()?.into_owned();
    let big = object.meta().transfer_syntax().trim_end_matches('\0') == "1.2.840.10008.1.2.2";
    if big && image.word == WordKind::Ow {
        bytes.chunks_exact_mut(2).for_each(<[u8]>::reverse);
    }
    if image.bits_allocated == 1 {
        let pixels = usize::from(image.rows) * usize::from(image.columns);
        return Some((0..count).map(|n| bits(&bytes, n * pixels, pixels)).collect());
    }
    let size = image.native_len().ok()?;
    let cut = |n| Some(Bytes::copy_from_slice(bytes.get(n * size..)?.get(..size)?));
    (0..count).map(cut).collect()
}

/// Bits of a one-bit frame that need not begin with a byte.
fn bits(bytes: &[u8], from: usize, count: usize) -> Bytes {
    let mut frame = vec![0u8; count.div_ceil(8)];
    for at in 0..count {
        let source = from + at;
        frame[at / 8] |= (bytes[source / 8] >> (source % 8) & 1) << (at % 8);
    }
    frame.into()
}
