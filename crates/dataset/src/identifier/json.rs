//! An identifier in the DICOM JSON Model, PS3.18 annex F.

use dicom_core::VR;

use super::Identifier;
use super::walk::{Step, walk};
use super::write::field;
use crate::charset::CharacterSets;
use crate::element::Element;
use crate::error::Result;
use crate::json::{JsonWriter, write_value};
use crate::limits::Limits;

impl Identifier {
    /// One JSON object. A value that its VR cannot hold is left out, its element is not.
    ///
    /// # Errors
    /// When it would be longer than [`Limits::metadata`] allows.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let sets = CharacterSets::unicode();
        let reading = sets.reading();
        let mut json = JsonWriter::new(Limits::default().metadata);
        let mut items: Vec<usize> = Vec::new();
        json.open_data_set();
        walk(self, |step| {
            match step {
                Step::Element(tag, vr, value) => {
                    let bytes = field(&sets, tag, vr, value).unwrap_or_default();
                    let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                    let element = Element { tag, vr, offset: 0, len, big_endian: false };
                    json.open_member(tag, vr)?;
                    write_value(&mut json, &reading, &element, &bytes);
                    json.close_member();
                }
                Step::OpenSequence(tag) => {
                    json.open_member(tag, VR::SQ)?;
                    items.push(0);
                }
                Step::OpenItem => {
                    if let Some(count) = items.last_mut() {
                        json.raw(if *count == 0 { ",\"Value\":[" } else { "," });
                        *count = count.saturating_add(1);
                    }
                    json.open_data_set();
                }
                Step::CloseItem => json.close_data_set(),
                Step::CloseSequence => {
                    if items.pop().is_some_and(|count| count > 0) {
                        json.raw("]");
                    }
                    json.close_member();
                }
            }
            Ok(())
        })?;
        json.close_data_set();
        Ok(json.into_bytes())
    }
}
