//! The provenance gate: from where an image comes says whether somebody must look at it first.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::class::{Content, content};
use crate::subject::{Subject, text_of, top_charset};
use crate::tape::{Entry, Event, Tape};
use lightcase_dataset::{SpecificCharacterSet, Tag, decode_text};

/// Terms of Image Type (0008,0008) and Frame Type (0008,9007), value 3 and on, of pictures straight
/// from a detector or computed from them alone.
const SAFE_TERMS: &[&str] = &[
    "2D",
    "3D",
    "ADC",
    "ADD",
    "ASL",
    "AVERAGE",
    "AXIAL",
    "BIPLANE A",
    "BIPLANE B",
    "CSA MPR",
    "CT_SOM5 SPI",
    "DIFFUSION",
    "DIS2D",
    "DIS3D",
    "DIXON",
    "DYNAMIC",
    "EMISSION",
    "EPI",
    "FA",
    "FAT",
    "FFE",
    "FIELD_MAP",
    "FLAIR",
    "FMRI",
    "GATED",
    "GRE",
    "HELICAL",
    "IMAGINARY",
    "IN_PHASE",
    "IR",
    "LOCALIZER",
    "M",
    "M_FFE",
    "M_IR",
    "M_PCA",
    "M_SE",
    "MAGNITUDE",
    "MAXIMUM",
    "MINIMUM",
    "MEAN",
    "MIP",
    MIXED,
    "MOSAIC",
    "MPR",
    "ND",
    "NONE",
    "NORM",
    "NORMAL",
    "OPP_PHASE",
    "ORIGINAL",
    "OTHER",
    "P",
    "PCA",
    "PHASE MAP",
    "PROPELLER",
    "R",
    "REAL",
    "RECON TOMO",
    "RECON GATED TOMO",
    "REFORMATTED",
    "RESAMPLED",
    "SE",
    "SINGLE PLANE",
    "STATIC",
    "STIR",
    "SWI",
    "T1",
    "T2",
    "TOF",
    "TOMO",
    "TRACEW",
    "TSE",
    "VOLUME",
    "WATER",
    "WHOLE BODY",
];

/// Frames are of different kinds, PS3.3 section C.8.16.1.
const MIXED: &str = "MIXED";

const IMAGE_TYPE: Tag = Tag(0x0008_0008);
const FRAME_TYPE: Tag = Tag(0x0008_9007);
const CONVERSION_TYPE: Tag = Tag(0x0008_0064);
const BURNED_IN: Tag = Tag(0x0028_0301);
const SPECIMEN_LABEL: Tag = Tag(0x0048_0010);

/// What a profile lets through beyond the rule. The certificate says so, since it names the
/// profile.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Gate {
    /// SOP Class UIDs that nobody needs to look at.
    pub(crate) release_classes: Vec<String>,
    /// SOP Class UIDs whose images may be SECONDARY.
    pub(crate) release_secondary: Vec<String>,
    /// Terms of Image Type that are safe besides the built-in ones.
    pub(crate) safe_terms: Vec<String>,
}

/// Why an object is held until somebody has looked at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// Screens, photographs, documents, reports, voices.
    SopClass,
    /// Image Type (0008,0008) is absent or not ORIGINAL or DERIVED, or Frame Type (0008,9007) of some
    /// frames, as below.
    ImageType,
    /// Image Type is not PRIMARY.
    Secondary,
    /// A further value of Image Type is not known to be safe.
    ImageTypeTerm,
    /// Burned In Annotation (0028,0301) is not NO, or Specimen Label in Image (0048,0010).
    BurnedInAnnotation,
    /// Conversion Type (0008,0064) is there: it was scanned or captured.
    ConversionType,
    /// An overlay lies in the bits of the pixels.
    OverlayInPixels,
    /// Bits beyond Bits Stored (0028,0101) are in use.
    StrayBits,
    /// A compressed frame has a text that is not the name of an encoder, or is no codestream.
    CodestreamText,
    /// Compressed frames that nothing here can follow: video, JPEG XL, deflated ones, and those whose
    /// samples have more bits than Bits Stored (0028,0101).
    NotWatched,
    /// An offset table does not point at the frames.
    OffsetTable,
    /// There are more or fewer bytes than pixels.
    PixelLength,
    /// Samples or tables of the object are not as it says, or read as text; or a number that they are read
    /// by is one of the patient's.
    Samples,
    /// An image without pixels: they are somewhere else.
    NoPixels,
    /// Pixels where the class has none.
    UnexpectedPixels,
    /// Text was to be blanked, and the pixels are not such that it can be done.
    NotBlanked,
}

impl Hold {
    /// Whether looking at the frames answers it. Whatever hides beside them is not seen: then the
    /// pixels must be decoded and written anew, or the object stays where it is.
    pub const fn is_seen(self) -> bool {
        match self {
            Self::SopClass
            | Self::ImageType
            | Self::Secondary
            | Self::ImageTypeTerm
            | Self::BurnedInAnnotation
            | Self::ConversionType
            | Self::UnexpectedPixels
            | Self::NotBlanked => true,
            Self::OverlayInPixels
            | Self::StrayBits
            | Self::CodestreamText
            | Self::NotWatched
            | Self::OffsetTable
            | Self::PixelLength
            | Self::Samples
            | Self::NoPixels => false,
        }
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SopClass => "objects of this class may show or tell who it is",
            Self::ImageType => "Image Type does not say where the image comes from",
            Self::Secondary => "Image Type says SECONDARY",
            Self::ImageTypeTerm => "Image Type has a value that is not known to be safe",
            Self::BurnedInAnnotation => "Burned In Annotation does not say NO",
            Self::ConversionType => "the image was scanned or captured",
            Self::OverlayInPixels => "an overlay lies in the bits of the pixels",
            Self::StrayBits => "bits beyond those of the pixels are in use",
            Self::CodestreamText => "a compressed frame holds text beside its pixels",
            Self::NotWatched => "compressed frames cannot be followed to their last bit",
            Self::OffsetTable => "the offset table does not point at the frames",
            Self::PixelLength => "there are more or fewer bytes than pixels",
            Self::Samples => "samples or tables are not what they are said to be, or read as text",
            Self::NoPixels => "the pixels are somewhere else",
            Self::UnexpectedPixels => "there are pixels in an object of a class without",
            Self::NotBlanked => "the known text could not be blanked in these pixels",
        })
    }
}

impl Gate {
    /// Why an object must be looked at; nothing when it may go.
    pub(crate) fn judge(&self, subject: &Subject, tape: &Tape, has_pixels: bool) -> Vec<Hold> {
        let class = subject.class.as_str();
        let listed = |list: &[String]| list.iter().any(|each| each == class);
        let charset = top_charset(tape).unwrap_or_default();
        let values = values_of(&text_of(tape, charset, IMAGE_TYPE));
        let secondary = listed(&self.release_secondary);
        let mut holds = Vec::new();
        match content(class) {
            Content::Data if has_pixels => holds.push(Hold::UnexpectedPixels),
            Content::Data => {}
            Content::Review if listed(&self.release_classes) => {}
            Content::Review => holds.push(Hold::SopClass),
            Content::Image => {
                if !has_pixels {
                    holds.push(Hold::NoPixels);
                }
                if !listed(&self.release_classes) {
                    let frames = frame_types(tape, charset);
                    // Some frames of a mixture may be of a kind that is not safe.
                    let mixed = |values: &[String]| values.iter().any(|value| value == MIXED);
                    let known = self.safe_terms.iter().any(|term| term == MIXED);
                    if frames.is_empty() && mixed(&values) && !known {
                        holds.push(Hold::ImageTypeTerm);
                    }
                    let all = std::iter::once(&values).chain(&frames);
                    holds.extend(all.flat_map(|values| self.image_type(values, secondary)));
                }
            }
        }
        if has_element(tape, CONVERSION_TYPE) && !text_of(tape, charset, CONVERSION_TYPE).is_empty()
        {
            holds.push(Hold::ConversionType);
        }
        let label = text_of(tape, charset, SPECIMEN_LABEL);
        if !matches!(text_of(tape, charset, BURNED_IN).as_str(), "" | "NO")
            || has_element(tape, SPECIMEN_LABEL) && label != "NO"
        {
            holds.push(Hold::BurnedInAnnotation);
        }
        if has_pixels && has_overlay_in_pixels(tape) {
            holds.push(Hold::OverlayInPixels);
        }
        holds
    }

    fn image_type(&self, values: &[String], secondary: bool) -> Vec<Hold> {
        let value = |at: usize| values.get(at).map_or("", String::as_str);
        let mut holds = Vec::new();
        if !matches!(value(0), "ORIGINAL" | "DERIVED") {
            holds.push(Hold::ImageType);
        } else if value(1) != "PRIMARY" && !(secondary && value(1) == "SECONDARY") {
            holds.push(Hold::Secondary);
        }
        let safe = |term: &String| {
            term.is_empty() || SAFE_TERMS.contains(&term.as_str()) || self.safe_terms.contains(term)
        };
        if !values.iter().skip(2).all(safe) {
            holds.push(Hold::ImageTypeTerm);
        }
        holds
    }
}

fn values_of(text: &str) -> Vec<String> {
    text.split('\\').map(|value| value.trim().to_owned()).collect()
}

/// Frame Type (0008,9007) of every item that has one, each once. One that was not gathered is as if
/// empty, which is none.
fn frame_types(tape: &Tape, charset: SpecificCharacterSet) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for event in &tape.events {
        if let Event::Element(entry) = event
            && entry.tag == FRAME_TYPE
        {
            let value = tape.value(entry).unwrap_or_default();
            let text = decode_text(&charset, entry.vr, value);
            found.insert(values_of(text.trim_matches([' ', '\0'])));
        }
    }
    found
}

fn has_element(tape: &Tape, tag: Tag) -> bool {
    tape.level(None).any(|entry| entry.tag == tag)
}

/// Whether an overlay group has a plane and no Overlay Data (60xx,3000) of its own at its level, PS3.3
/// section C.9.2, or says that it has bits in the pixels.
fn has_overlay_in_pixels(tape: &Tape) -> bool {
    let is_data = |entry: &Entry| entry.tag.element() == 0x3000;
    let overlays = overlays(tape);
    let separate: BTreeSet<(usize, u16)> = overlays
        .iter()
        .filter(|(_, entry)| is_data(entry))
        .map(|(level, entry)| (*level, entry.tag.group()))
        .collect();
    overlays.iter().any(|(level, entry)| {
        let position = entry.tag.element() == 0x0102
            && tape.value(entry).is_none_or(|value| value.iter().any(|byte| *byte != 0));
        position || !separate.contains(&(*level, entry.tag.group()))
    })
}

/// Attributes of overlays, each with a number for its level.
fn overlays(tape: &Tape) -> Vec<(usize, &Entry)> {
    let (mut found, mut levels) = (Vec::new(), Vec::new());
    for (at, event) in tape.events.iter().enumerate() {
        match event {
            Event::OpenItem => levels.push(at + 1),
            Event::CloseItem => {
                levels.pop();
            }
            Event::Element(entry) if entry.tag.group() & 0xFF01 == 0x6000 => {
                found.push((levels.last().copied().unwrap_or(0), entry));
            }
            Event::Element(_) | Event::OpenSequence(_) | Event::CloseSequence => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use lightcase_dataset::VR;

    use super::*;

    const ROWS: u32 = 0x6000_0010;
    const POSITION: u32 = 0x6000_0102;
    const DATA: u32 = 0x6000_3000;

    /// Some attributes at the top level, and some in items, all of them 0.
    fn tape(top: &[u32], items: &[&[u32]]) -> Tape {
        let mut tape = Tape::default();
        let element = |tape: &mut Tape, tag: &u32| {
            tape.element(Tag(*tag), VR::US, false, Some(&[0, 0]));
        };
        tape.push(Event::OpenSequence(Tag(0x0008_1115)));
        for item in items {
            tape.push(Event::OpenItem);
            item.iter().for_each(|tag| element(&mut tape, tag));
            tape.push(Event::CloseItem);
        }
        tape.push(Event::CloseSequence);
        for tag in top {
            element(&mut tape, tag);
        }
        tape
    }

    #[test]
    fn a_plane_has_its_data_at_its_own_level() {
        type Case<'a> = (&'a [u32], &'a [&'a [u32]], bool);
        let cases: [Case<'_>; 7] = [
            (&[ROWS, POSITION, DATA], &[], false),
            (&[ROWS], &[], true),
            (&[ROWS], &[&[DATA]], true),
            (&[], &[&[ROWS, DATA], &[ROWS]], true),
            (&[ROWS, DATA], &[&[ROWS, DATA]], false),
            (&[ROWS, DATA, ROWS + 0x0002_0000], &[], true),
            (&[], &[], false),
        ];
        for (top, items, expected) in cases {
            assert_eq!(has_overlay_in_pixels(&tape(top, items)), expected, "{top:08X?} {items:X?}");
        }
    }

    #[track_caller]
    fn check_frames(frames: &[&str], expected: &[Hold]) {
        let mut tape = Tape::default();
        tape.push(Event::OpenSequence(Tag(0x5200_9230)));
        for frame in frames {
            tape.push(Event::OpenItem);
            tape.push(Event::OpenSequence(Tag(0x0018_9329)));
            tape.push(Event::OpenItem);
            tape.element(FRAME_TYPE, VR::CS, false, Some(frame.as_bytes()));
            tape.push(Event::CloseItem);
            tape.push(Event::CloseSequence);
            tape.push(Event::CloseItem);
        }
        tape.push(Event::CloseSequence);
        let gate = Gate::default();
        let types = frame_types(&tape, SpecificCharacterSet::default());
        let holds: BTreeSet<Hold> =
            types.iter().flat_map(|values| gate.image_type(values, false)).collect();
        assert_eq!(holds.into_iter().collect::<Vec<_>>(), expected, "{frames:?}");
    }

    #[test]
    fn each_frame_says_where_it_comes_from() {
        const SAFE: &str = "ORIGINAL\\PRIMARY\\VOLUME\\NONE ";
        check_frames(&[], &[]);
        check_frames(&[SAFE, SAFE, "DERIVED\\PRIMARY\\MPR\\MEAN"], &[]);
        check_frames(
            &[SAFE, "DERIVED\\SECONDARY\\SCREEN SAVE\\NONE"],
            &[Hold::Secondary, Hold::ImageTypeTerm],
        );
        check_frames(&["DERIVED\\PRIMARY\\SCREEN SAVE", SAFE], &[Hold::ImageTypeTerm]);
        check_frames(&[SAFE, "MIXED\\PRIMARY\\VOLUME"], &[Hold::ImageType]);
        check_frames(&[SAFE, ""], &[Hold::ImageType]);
    }

    /// If each looked at all others, this took hours.
    #[test]
    fn many_overlays_are_looked_at_once() {
        let items = vec![&[ROWS, DATA][..]; 200_000];
        assert!(!has_overlay_in_pixels(&tape(&[], &items)));
    }
}
