//! Gathers an [`ImageModule`] while the data set goes by.

use crate::charset::SpecificCharacterSet;
use crate::element::{Element, Tag};
use crate::text;
use crate::value::{floats, integer, little_endian};

use super::{ImageModule, Lut, LutDescriptor, Palette, Window};

/// Longest palette data that is gathered: 65,536 entries of two bytes.
const MAX_PALETTE: u64 = 128 << 10;

/// Where an element stands: the open sequences and the number of the item in each, from 1.
pub(crate) type Path = [(Tag, u32)];

const SHARED_GROUPS: Tag = Tag(0x5200_9229);
const PER_FRAME_GROUPS: Tag = Tag(0x5200_9230);
const VOI_LUT: Tag = Tag(0x0028_3010);
const MODALITY_LUT: Tag = Tag(0x0028_3000);

#[derive(Default)]
pub(crate) struct Builder {
    module: ImageModule,
    rows: Option<u16>,
    columns: Option<u16>,
    bits_allocated: Option<u16>,
    bits_stored: Option<u16>,
    high_bit: Option<u16>,
    samples: Option<u16>,
    frames: Option<u32>,
    centers: Vec<Option<f64>>,
    widths: Vec<Option<f64>>,
    explanations: Vec<String>,
    palette: Palette,
    has_palette: bool,
}

/// The functional group macro (PS3.3 section C.7.6.16.2) of an element of the first frame.
fn functional_group(path: &Path) -> Option<Tag> {
    match path {
        [(SHARED_GROUPS | PER_FRAME_GROUPS, 1), (group, 1)] => Some(*group),
        _ => None,
    }
}

impl Builder {
    /// Frames declared so far.
    pub(crate) fn frames(&self) -> u32 {
        self.frames.unwrap_or(1)
    }

    /// Whether a value is needed although it is longer than what is gathered otherwise.
    pub(crate) fn wants(path: &Path, element: &Element) -> bool {
        path.is_empty()
            && matches!(element.tag.0, 0x0028_1201..=0x0028_1203 | 0x0028_1221..=0x0028_1223)
            && element.len <= MAX_PALETTE
    }

    /// An item was opened; the path ends with it.
    pub(crate) fn item(&mut self, path: &Path) {
        let lut = match path {
            [(lut, _)] => *lut,
            [outer @ .., (lut, _)] if functional_group(outer).is_some() => *lut,
            _ => return,
        };
        if lut == VOI_LUT {
            self.module.has_voi_lut = true;
        } else if lut == MODALITY_LUT {
            self.module.has_modality_lut = true;
        }
    }

    /// An element went by.
    pub(crate) fn value(
        &mut self,
        path: &Path,
        charset: &SpecificCharacterSet,
        element: &Element,
        bytes: &[u8],
    ) {
        let belongs = match functional_group(path) {
            None => path.is_empty(),
            Some(Tag(0x0028_9145)) => matches!(element.tag.0, 0x0028_1052..=0x0028_1054),
            Some(Tag(0x0028_9132)) => {
                matches!(element.tag.0, 0x0028_1050 | 0x0028_1051 | 0x0028_1055 | 0x0028_1056)
            }
            Some(Tag(0x0028_9110)) => matches!(element.tag.0, 0x0028_0030 | 0x0018_0050),
            Some(Tag(0x0020_9113)) => element.tag.0 == 0x0020_0032,
            Some(Tag(0x0020_9116)) => element.tag.0 == 0x0020_0037,
            Some(_) => false,
        };
        if belongs {
            self.pixel_value(element, bytes);
            self.display_value(charset, element, bytes);
        }
    }

    /// Attributes of the Image Pixel module.
    fn pixel_value(&mut self, element: &Element, bytes: &[u8]) {
        let number = || integer(element, bytes).and_then(|value| u16::try_from(value).ok());
        match element.tag.0 {
            0x0028_0002 => self.samples = number(),
            0x0028_0004 => self.module.photometric_interpretation = word(element, bytes),
            0x0028_0006 => self.module.planar_configuration = number().unwrap_or(0),
            0x0028_0008 => {
                let frames = integer(element, bytes).and_then(|value| u32::try_from(value).ok());
                let blank = bytes.iter().all(|byte| matches!(byte, b' ' | 0));
                self.frames = if blank { None } else { Some(frames.unwrap_or(0)) };
            }
            0x0028_0010 => self.rows = number(),
            0x0028_0011 => self.columns = number(),
            0x0028_0100 => self.bits_allocated = number(),
            0x0028_0101 => self.bits_stored = number(),
            0x0028_0102 => self.high_bit = number(),
            0x0028_0103 => self.module.pixel_representation = number().unwrap_or(0),
            0x0028_0120 => self.module.pixel_padding = whole(element, bytes),
            0x0028_0121 => self.module.pixel_padding_limit = whole(element, bytes),
            0x0028_1101..=0x0028_1103 => {
                let signed = self.module.pixel_representation == 1;
                if let Some(lut) = self.lut(element.tag) {
                    lut.descriptor = descriptor(element, bytes, signed);
                }
            }
            0x0028_1201..=0x0028_1203 | 0x0028_1221..=0x0028_1223 => {
                self.has_palette = true;
                if let Some(lut) = self.lut(element.tag) {
                    lut.data = little_endian(element, bytes);
                    lut.segmented = element.tag.0 >= 0x0028_1221;
                }
            }
            _ => {}
        }
    }

    /// Attributes that decide how the pixels are shown.
    fn display_value(&mut self, charset: &SpecificCharacterSet, element: &Element, bytes: &[u8]) {
        let module = &mut self.module;
        match element.tag.0 {
            0x0018_0050 => first(&mut module.slice_thickness, one(element, bytes)),
            0x0018_1164 => first(&mut module.imager_pixel_spacing, all(element, bytes)),
            0x0020_0032 => first(&mut module.image_position, all(element, bytes)),
            0x0020_0037 => first(&mut module.image_orientation, all(element, bytes)),
            0x0028_0030 => first(&mut module.pixel_spacing, all(element, bytes)),
            0x0028_0034 => first(&mut module.pixel_aspect_ratio, all(element, bytes)),
            0x0028_1050 if self.centers.is_empty() => self.centers = floats(element, bytes),
            0x0028_1051 if self.widths.is_empty() => self.widths = floats(element, bytes),
            0x0028_1052 => first(&mut module.rescale_intercept, one(element, bytes)),
            0x0028_1053 => first(&mut module.rescale_slope, one(element, bytes)),
            0x0028_1054 => first(&mut module.rescale_type, Some(word(element, bytes))),
            0x0028_1055 if self.explanations.is_empty() => {
                let text = text::normalized(charset, element.vr, bytes);
                self.explanations = text.split('\\').map(str::to_owned).collect();
            }
            0x0028_1056 => first(&mut module.voi_lut_function, Some(word(element, bytes))),
            0x0028_2110 => module.lossy = word(element, bytes) == "01",
            0x0028_2112 => {
                module.lossy_ratios = floats(element, bytes).into_iter().flatten().collect();
            }
            0x0028_2114 => {
                let methods = word(element, bytes);
                module.lossy_methods = methods.split('\\').map(str::to_owned).collect();
            }
            0x2050_0020 => module.presentation_lut_shape = Some(word(element, bytes)),
            _ => {}
        }
    }

    fn lut(&mut self, tag: Tag) -> Option<&mut Lut> {
        match tag.element() & 0xF {
            1 => Some(&mut self.palette.red),
            2 => Some(&mut self.palette.green),
            3 => Some(&mut self.palette.blue),
            _ => None,
        }
    }

    /// The module, if Rows, Columns and Bits Allocated were there and are numbers.
    pub(crate) fn finish(self) -> Option<ImageModule> {
        let bits_allocated = self.bits_allocated?;
        let bits_stored = self.bits_stored.unwrap_or(bits_allocated);
        let explanations = self.explanations.into_iter().map(Some).chain(std::iter::repeat(None));
        let pairs = self.centers.into_iter().zip(self.widths).zip(explanations);
        let windows = pairs
            .filter_map(|((center, width), explanation)| {
                let explanation = explanation.filter(|text| !text.is_empty());
                Some(Window { center: center?, width: width?, explanation })
            })
            .collect();
        Some(ImageModule {
            rows: self.rows?,
            columns: self.columns?,
            bits_allocated,
            bits_stored,
            high_bit: self.high_bit.unwrap_or(bits_stored.saturating_sub(1)),
            samples_per_pixel: self.samples.unwrap_or(1),
            number_of_frames: self.frames.unwrap_or(1),
            windows,
            palette: self.has_palette.then_some(self.palette),
            ..self.module
        })
    }
}

/// What stands first is kept: the top level before functional groups, shared before per frame.
fn first<T>(place: &mut Option<T>, value: Option<T>) {
    if place.is_none() {
        *place = value;
    }
}

fn one(element: &Element, bytes: &[u8]) -> Option<f64> {
    floats(element, bytes).first().copied().flatten()
}

fn all<const N: usize>(element: &Element, bytes: &[u8]) -> Option<[f64; N]> {
    let values: Vec<f64> = floats(element, bytes).into_iter().collect::<Option<_>>()?;
    values.try_into().ok()
}

fn whole(element: &Element, bytes: &[u8]) -> Option<i32> {
    integer(element, bytes).and_then(|value| i32::try_from(value).ok())
}

/// A code string.
fn word(element: &Element, bytes: &[u8]) -> String {
    text::normalized(&SpecificCharacterSet::default(), element.vr, bytes)
}

/// Entries and bits are unsigned whatever the VR; the first value mapped follows the pixels.
fn descriptor(element: &Element, bytes: &[u8], signed: bool) -> LutDescriptor {
    let ordered = little_endian(element, bytes);
    let (words, _) = ordered.as_chunks::<2>();
    let [entries, start, bits] = words else { return LutDescriptor::default() };
    let entries = u16::from_le_bytes(*entries);
    LutDescriptor {
        entries: if entries == 0 { 1 << 16 } else { entries.into() },
        first: if signed {
            i16::from_le_bytes(*start).into()
        } else {
            u16::from_le_bytes(*start).into()
        },
        bits: u16::from_le_bytes(*bits),
    }
}
