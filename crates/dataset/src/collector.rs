//! Makes of the token stream what the archive keeps of an object: identity, attributes, image
//! description, place of the pixels, DICOM JSON.

use std::fmt::Write as _;

use dicom_core::VR;
use lightcase_model::{Attribute, Level};

use crate::charset::SpecificCharacterSet;
use crate::element::{Element, Tag};
use crate::error::{Result, ScanError};
use crate::frames::{Fragment, Hints, is_codestream_start, resolve};
use crate::identity::{Attributes, Identity};
use crate::image::Builder;
use crate::json::{JsonWriter, write_value};
use crate::limits::Limits;
use crate::pixel::PixelData;
use crate::signals::Signals;
use crate::text;
use crate::tokenizer::{Sink, Take};
use crate::value::{integer, numbers};
use crate::vr;

const SPECIFIC_CHARACTER_SET: Tag = Tag(0x0008_0005);
const SERIES_INSTANCE_UID: Tag = Tag(0x0020_000E);
const PIXEL_REPRESENTATION: Tag = Tag(0x0028_0103);
const FLOAT_PIXEL_DATA: Tag = Tag(0x7FE0_0008);
const DOUBLE_PIXEL_DATA: Tag = Tag(0x7FE0_0009);
const EXTENDED_OFFSET_TABLE: Tag = Tag(0x7FE0_0001);
const DATA_SET_TRAILING_PADDING: Tag = Tag(0xFFFC_FFFC);

/// One open data set: the top level or an item.
struct Open {
    charset: SpecificCharacterSet,
    signed: bool,
    /// Its tags in ascending order, to know a second one of the same.
    tags: Vec<Tag>,
}

pub(crate) struct Collector {
    limits: Limits,
    unordered_left: u32,
    open: Vec<Open>,
    path: Vec<(Tag, u32)>,
    /// Sequences deep inside one that is passed over.
    muted: usize,
    json: JsonWriter,
    pub(crate) attributes: Attributes,
    pub(crate) identity: Option<Identity>,
    signals: Signals,
    image: Builder,
    pixel: Option<PixelData>,
    tables: Hints,
}

/// What [`Collector::finish`] leaves.
pub(crate) struct Collected {
    pub(crate) identity: Identity,
    pub(crate) attributes: Attributes,
    pub(crate) signals: Signals,
    pub(crate) image: Option<crate::ImageModule>,
    pub(crate) pixel: Option<PixelData>,
    pub(crate) metadata: Vec<u8>,
}

impl Collector {
    pub(crate) fn new(limits: Limits) -> Self {
        let mut json = JsonWriter::new(limits.metadata);
        json.open_data_set();
        Self {
            unordered_left: limits.unordered,
            limits,
            open: vec![Open {
                charset: SpecificCharacterSet::default(),
                signed: false,
                tags: Vec::with_capacity(256),
            }],
            path: Vec::new(),
            muted: 0,
            json,
            attributes: Attributes::default(),
            identity: None,
            signals: Signals::default(),
            image: Builder::default(),
            pixel: None,
            tables: Hints::default(),
        }
    }

    pub(crate) fn finish(mut self) -> Result<Collected> {
        self.json.close_data_set();
        let identity = match self.identity {
            Some(identity) => identity,
            None => Identity::of(&self.attributes)?,
        };
        let frames = self.image.frames();
        if let Some(PixelData::Encapsulated { fragments, frames: found }) = &mut self.pixel {
            *found = resolve(fragments, &self.tables, frames);
        }
        Ok(Collected {
            identity,
            attributes: self.attributes,
            signals: self.signals,
            image: self.image.finish(),
            pixel: self.pixel,
            metadata: self.json.into_bytes(),
        })
    }

    /// Bytes of the parts that grow with the number of elements.
    pub(crate) fn held(&self) -> usize {
        let tags: usize = self.open.iter().map(|open| open.tags.capacity()).sum();
        self.json.capacity().saturating_add(tags.saturating_mul(size_of::<Tag>()))
    }

    fn charset(&self) -> SpecificCharacterSet {
        self.open.last().map(|open| open.charset).unwrap_or_default()
    }

    /// Takes note of a tag of the open data set; false if it has been there before. The first of
    /// several is the one that counts, everywhere.
    fn is_first(&mut self, tag: Tag) -> Result<bool> {
        let Some(open) = self.open.last_mut() else { return Ok(true) };
        if open.tags.last().is_none_or(|last| *last < tag) {
            open.tags.push(tag);
            return Ok(true);
        }
        self.unordered_left = self
            .unordered_left
            .checked_sub(1)
            .ok_or(ScanError::LimitExceeded { what: "elements out of order" })?;
        match open.tags.binary_search(&tag) {
            Ok(_) => Ok(false),
            Err(place) => {
                open.tags.insert(place, tag);
                Ok(true)
            }
        }
    }

    /// Whether an element takes part at all.
    fn admit(&mut self, tag: Tag, offset: u64) -> Result<bool> {
        if self.muted > 0 {
            return Ok(false);
        }
        if self.path.is_empty() {
            if tag.group() == 0 {
                let what = "a command element in a data set";
                return Err(ScanError::Malformed { offset, what });
            }
            if tag > SERIES_INSTANCE_UID && self.identity.is_none() {
                self.identity = Identity::of(&self.attributes).ok();
            }
            if tag.is_pixels() && self.identity.is_none() {
                // Nothing behind the pixels can name the object, and the pixels may be long.
                self.identity = Some(Identity::of(&self.attributes)?);
            }
        }
        Ok(!tag.is_group_length()
            && tag.group() != 2
            && tag != DATA_SET_TRAILING_PADDING
            && self.is_first(tag)?)
    }

    fn is_bulk(&self, element: &Element) -> bool {
        let cap = if vr::is_bytes(element.vr) {
            self.limits.inline_bytes
        } else if vr::is_text(element.vr) {
            self.limits.text
        } else {
            self.limits.inline_value
        };
        element.len > cap || (element.tag.is_pixels() && element.len > 0)
    }

    fn write_bulk(&mut self, tag: Tag, vr: VR) -> Result<()> {
        let mut uri = String::from("lc:");
        for (sequence, item) in &self.path {
            // Writing to a String cannot fail; a short URI would only name nothing.
            if write!(uri, "{sequence}/{item}/").is_err() {
                break;
            }
        }
        uri.push_str(&tag.to_string());
        self.json.open_member(tag, vr)?;
        self.json.raw(",\"BulkDataURI\":");
        self.json.string(&uri);
        self.json.close_member();
        Ok(())
    }

    /// Remembers where the pixels of the image itself are.
    fn note_pixels(&mut self, element: &Element) {
        if !self.path.is_empty() || self.pixel.is_some() {
            return;
        }
        let (offset, len) = (element.offset, element.len);
        self.pixel = match element.tag {
            Tag::PIXEL_DATA => Some(PixelData::Native { offset, len }),
            FLOAT_PIXEL_DATA => Some(PixelData::FloatNative { offset, len, double: false }),
            DOUBLE_PIXEL_DATA => Some(PixelData::FloatNative { offset, len, double: true }),
            _ => None,
        };
    }

    fn wants_table(&self, element: &Element) -> bool {
        self.path.is_empty()
            && element.tag == EXTENDED_OFFSET_TABLE
            && element.len <= self.limits.offset_table
    }

    /// Offsets of the Extended Offset Table, whatever VR a writer gave them.
    fn read_table(&mut self, element: &Element, bytes: &[u8]) {
        let (chunks, _) = bytes.as_chunks::<8>();
        self.tables.extended = chunks
            .iter()
            .map(|chunk| {
                if element.big_endian {
                    u64::from_be_bytes(*chunk)
                } else {
                    u64::from_le_bytes(*chunk)
                }
            })
            .collect();
    }

    fn note_context(&mut self, element: &Element, bytes: &[u8]) {
        let Some(open) = self.open.last_mut() else { return };
        if element.tag == SPECIFIC_CHARACTER_SET {
            open.charset = SpecificCharacterSet::parse(bytes);
        } else if element.tag == PIXEL_REPRESENTATION {
            open.signed = integer(element, bytes) == Some(1);
        }
    }

    fn note_attribute(&mut self, element: &Element, bytes: &[u8]) {
        let tag = (element.tag.group(), element.tag.element());
        let Some(attribute) = Attribute::by_tag(tag).filter(|each| is_header(*each)) else {
            return;
        };
        let text = if vr::is_text(element.vr) {
            text::normalized(&self.charset(), element.vr, bytes)
        } else {
            let values = numbers(element, bytes).map(|number| match number {
                crate::value::Number::Integer(value) => value.to_string(),
                crate::value::Number::Unsigned(value) => value.to_string(),
                crate::value::Number::Single(value) => value.to_string(),
                crate::value::Number::Double(value) => value.to_string(),
            });
            values.collect::<Vec<_>>().join("\\")
        };
        self.attributes.insert(attribute, text);
    }
}

/// Attributes that an archive answers from its own counting are none of the header, even where a
/// header has them.
fn is_header(attribute: Attribute) -> bool {
    attribute.level() == Level::Instance
        || !matches!(
            attribute,
            Attribute::ModalitiesInStudy
                | Attribute::NumberOfStudyRelatedSeries
                | Attribute::NumberOfStudyRelatedInstances
                | Attribute::NumberOfSeriesRelatedInstances
        )
}

impl Sink for Collector {
    fn signed(&self) -> bool {
        self.open.last().is_some_and(|open| open.signed)
    }

    fn element(&mut self, element: &Element) -> Result<Take> {
        if !self.admit(element.tag, element.offset)? {
            return Ok(Take::Skip);
        }
        self.note_pixels(element);
        if !self.is_bulk(element) {
            return Ok(Take::Value);
        }
        self.write_bulk(element.tag, element.vr)?;
        let wanted = self.wants_table(element) || Builder::wants(&self.path, element);
        Ok(if wanted { Take::Value } else { Take::Skip })
    }

    fn value(&mut self, element: &Element, bytes: &[u8]) -> Result<()> {
        self.note_context(element, bytes);
        if self.wants_table(element) {
            self.read_table(element, bytes);
        }
        if self.path.is_empty() {
            self.note_attribute(element, bytes);
            self.signals.note(self.charset(), element, bytes);
        }
        let charset = self.charset();
        self.image.value(&self.path, &charset, element, bytes);
        if self.is_bulk(element) {
            return Ok(());
        }
        self.json.open_member(element.tag, element.vr)?;
        // The JSON is UTF-8, whatever the data set was.
        let bytes = if element.tag == SPECIFIC_CHARACTER_SET && !bytes.is_empty() {
            b"ISO_IR 192"
        } else {
            bytes
        };
        write_value(&mut self.json, &charset, element, bytes);
        self.json.close_member();
        Ok(())
    }

    fn open_sequence(&mut self, tag: Tag) -> Result<()> {
        if self.muted > 0 || !self.admit(tag, 0)? {
            self.muted += 1;
            return Ok(());
        }
        self.json.open_member(tag, VR::SQ)?;
        self.path.push((tag, 0));
        Ok(())
    }

    fn open_item(&mut self) -> Result<()> {
        if self.muted > 0 {
            return Ok(());
        }
        if let Some((_, item)) = self.path.last_mut() {
            *item = item.saturating_add(1);
            self.json.raw(if *item == 1 { ",\"Value\":[" } else { "," });
        }
        let signed = self.signed();
        self.open.push(Open { charset: self.charset(), signed, tags: Vec::new() });
        self.json.open_data_set();
        self.image.item(&self.path);
        Ok(())
    }

    fn close_item(&mut self) -> Result<()> {
        if self.muted == 0 {
            self.open.pop();
            self.json.close_data_set();
        }
        Ok(())
    }

    fn close_sequence(&mut self) -> Result<()> {
        if self.muted > 0 {
            self.muted -= 1;
            return Ok(());
        }
        if self.path.pop().is_some_and(|(_, items)| items > 0) {
            self.json.raw("]");
        }
        self.json.close_member();
        Ok(())
    }

    fn open_fragments(&mut self, element: &Element) -> Result<()> {
        if !self.admit(element.tag, element.offset)? {
            self.muted += 1;
            return Ok(());
        }
        self.write_bulk(element.tag, VR::OB)?;
        if self.path.is_empty() && element.tag == Tag::PIXEL_DATA && self.pixel.is_none() {
            self.pixel = Some(PixelData::Encapsulated { fragments: Vec::new(), frames: None });
        }
        self.path.push((element.tag, 0));
        Ok(())
    }

    fn fragment(&mut self, index: usize, fragment: Fragment) -> Result<Take> {
        if index > self.limits.fragments {
            return Err(ScanError::LimitExceeded { what: "fragments of pixel data" });
        }
        let ours = self.muted == 0 && matches!(self.path.as_slice(), [(Tag::PIXEL_DATA, _)]);
        let Some(PixelData::Encapsulated { fragments, .. }) = self.pixel.as_mut().filter(|_| ours)
        else {
            return Ok(Take::Skip);
        };
        if index == 0 {
            let short = fragment.len <= self.limits.offset_table;
            return Ok(if short { Take::Value } else { Take::Skip });
        }
        fragments.push(fragment);
        self.tables.starts.push(false);
        Ok(Take::Start)
    }

    fn fragment_start(&mut self, bytes: &[u8]) {
        if let Some(start) = self.tables.starts.last_mut() {
            *start = is_codestream_start(bytes);
        }
    }

    fn fragment_value(&mut self, bytes: &[u8]) -> Result<()> {
        // Encapsulated pixel data exists in little endian only (PS3.5 section A.4).
        let (chunks, _) = bytes.as_chunks::<4>();
        self.tables.basic =
            chunks.iter().map(|chunk| u64::from(u32::from_le_bytes(*chunk))).collect();
        Ok(())
    }

    fn close_fragments(&mut self, _end: u64) -> Result<()> {
        if self.muted > 0 {
            self.muted -= 1;
        } else {
            self.path.pop();
        }
        Ok(())
    }
}
