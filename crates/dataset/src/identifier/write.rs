//! An identifier as bytes, in little endian.

use dicom_core::VR;

use super::walk::{Step, walk};
use super::{Identifier, Value};
use crate::charset::CharacterSets;
use crate::element::Tag;
use crate::syntax::TransferSyntax;
use crate::vr;

/// Sequences and items are written without their length, closed by delimiters.
const UNDEFINED: u32 = 0xFFFF_FFFF;

/// A value that its own VR cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The text does not fit the character sets.
    #[error("the character sets do not hold a value")]
    NotHeld,
    /// Not a number, not ASCII where only ASCII may be, or longer than a length can say.
    #[error("a value does not fit its VR: {0:?}")]
    Unfit(Tag),
    /// A transfer syntax that nothing is written in.
    #[error("identifiers are written in little endian, not deflated")]
    UnsupportedEncoding,
}

impl Identifier {
    /// The bytes of the data set in Implicit or Explicit VR Little Endian, in its own character
    /// sets where they hold every value, else in UTF-8.
    ///
    /// # Errors
    /// [`WriteError::Unfit`] for a value that its VR cannot hold in any character set.
    pub fn write(&self, syntax: &TransferSyntax) -> Result<Vec<u8>, WriteError> {
        if syntax.is_big_endian() || syntax.is_deflated() {
            return Err(WriteError::UnsupportedEncoding);
        }
        match self.write_in(self.sets(), syntax) {
            Err(WriteError::NotHeld) => self.write_in(&CharacterSets::unicode(), syntax),
            written @ (Ok(_) | Err(WriteError::Unfit(_) | WriteError::UnsupportedEncoding)) => {
                written
            }
        }
    }

    fn write_in(
        &self,
        sets: &CharacterSets,
        syntax: &TransferSyntax,
    ) -> Result<Vec<u8>, WriteError> {
        let mut out = Out { bytes: Vec::with_capacity(512), implicit: syntax.is_implicit() };
        let announced = sets.value();
        // Group 0008 may begin below the character set, with (0008,0001) only, which is retired.
        if !announced.is_empty() {
            out.element(Tag::SPECIFIC_CHARACTER_SET, VR::CS, announced.as_bytes())?;
        }
        walk(self, |step| {
            match step {
                Step::Element(tag, vr, value) => {
                    let bytes = field(sets, tag, vr, value)?;
                    out.element(tag, vr, &bytes)?;
                }
                Step::OpenSequence(tag) => out.header(tag, VR::SQ, UNDEFINED),
                Step::OpenItem => out.item(Tag::ITEM, UNDEFINED),
                Step::CloseItem => out.item(Tag::ITEM_END, 0),
                Step::CloseSequence => out.item(Tag::SEQUENCE_END, 0),
            }
            Ok(())
        })?;
        Ok(out.bytes)
    }
}

/// The value field of an element, not yet padded.
pub(super) fn field(
    sets: &CharacterSets,
    tag: Tag,
    vr: VR,
    value: &Value,
) -> Result<Vec<u8>, WriteError> {
    match value {
        Value::Text(text) if vr::is_text(vr) => sets
            .encode(vr, text)
            .ok_or(if vr::has_charset(vr) { WriteError::NotHeld } else { WriteError::Unfit(tag) }),
        Value::Text(text) if vr == VR::UN => Ok(text.as_bytes().to_vec()),
        Value::Text(text) if text.is_empty() => Ok(Vec::new()),
        Value::Text(text) => {
            let numbers = text.split('\\').map(|text| number(vr, text.trim()));
            let numbers: Option<Vec<Vec<u8>>> = numbers.collect();
            numbers.map(|numbers| numbers.concat()).ok_or(WriteError::Unfit(tag))
        }
        Value::Bytes(bytes) => Ok(bytes.clone()),
        // The walk opens sequences by itself.
        Value::Items(_) => Ok(Vec::new()),
    }
}

fn number(vr: VR, text: &str) -> Option<Vec<u8>> {
    Some(match vr.to_string() {
        "US" => text.parse::<u16>().ok()?.to_le_bytes().to_vec(),
        "SS" => text.parse::<i16>().ok()?.to_le_bytes().to_vec(),
        "UL" => text.parse::<u32>().ok()?.to_le_bytes().to_vec(),
        "SL" => text.parse::<i32>().ok()?.to_le_bytes().to_vec(),
        "UV" => text.parse::<u64>().ok()?.to_le_bytes().to_vec(),
        "SV" => text.parse::<i64>().ok()?.to_le_bytes().to_vec(),
        "FL" => text.parse::<f32>().ok()?.to_le_bytes().to_vec(),
        "FD" => text.parse::<f64>().ok()?.to_le_bytes().to_vec(),
        _ => return None,
    })
}

struct Out {
    bytes: Vec<u8>,
    implicit: bool,
}

impl Out {
    fn element(&mut self, tag: Tag, vr: VR, value: &[u8]) -> Result<(), WriteError> {
        let even = value.len().next_multiple_of(2);
        let len = u32::try_from(even).ok().filter(|len| *len != UNDEFINED);
        let len = len.ok_or(WriteError::Unfit(tag))?;
        if !self.implicit && !vr::is_long(vr) && u16::try_from(len).is_err() {
            return Err(WriteError::Unfit(tag));
        }
        self.header(tag, vr, len);
        self.bytes.extend_from_slice(value);
        if even > value.len() {
            self.bytes.push(if vr == VR::UI || vr::is_bytes(vr) { 0 } else { b' ' });
        }
        Ok(())
    }

    fn header(&mut self, tag: Tag, vr: VR, len: u32) {
        if self.implicit {
            return self.item(tag, len);
        }
        self.tag(tag);
        self.bytes.extend_from_slice(vr.to_string().as_bytes());
        if vr::is_long(vr) {
            self.bytes.extend_from_slice(&[0, 0]);
            self.bytes.extend_from_slice(&len.to_le_bytes());
        } else {
            let [low, high, ..] = len.to_le_bytes();
            self.bytes.extend_from_slice(&[low, high]);
        }
    }

    /// A header without a VR.
    fn item(&mut self, tag: Tag, len: u32) {
        self.tag(tag);
        self.bytes.extend_from_slice(&len.to_le_bytes());
    }

    fn tag(&mut self, tag: Tag) {
        self.bytes.extend_from_slice(&tag.group().to_le_bytes());
        self.bytes.extend_from_slice(&tag.element().to_le_bytes());
    }
}
