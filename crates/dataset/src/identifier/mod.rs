//! Small data sets held whole: the identifiers of C-FIND, C-GET and C-MOVE (PS3.4 annex C) and the
//! action and event information of storage commitment (PS3.4 annex J).

mod json;
mod read;
mod walk;
mod write;

use std::collections::BTreeMap;
use std::fmt;

use dicom_core::VR;

use crate::charset::CharacterSets;
use crate::element::Tag;
use crate::text::split_values;
use crate::vr;

pub use read::IdentifierReader;
pub use write::WriteError;

/// One value of an [`Identifier`].
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Text in UTF-8 without padding, several values joined by `\`. Binary numbers are decimals.
    Text(String),
    /// The items of a sequence.
    Items(Vec<Identifier>),
    /// Anything else, in little endian.
    Bytes(Vec<u8>),
}

/// A small data set by tag. Its `Debug` names the tags only.
///
/// Specific Character Set (0008,0005) is no element of it: reading uses it up, and writing puts it
/// in front, with the sets that the values were written in.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Identifier {
    elements: BTreeMap<Tag, (VR, Value)>,
    sets: CharacterSets,
}

impl Identifier {
    /// An empty data set that is written in these character sets where they hold its values.
    pub fn new(sets: CharacterSets) -> Self {
        Self { elements: BTreeMap::new(), sets }
    }

    /// The character sets it came in, or is to be written in.
    pub fn sets(&self) -> &CharacterSets {
        &self.sets
    }

    /// Puts text under a tag, in place of what was there. The VR is that of the dictionary, and UN
    /// for a tag that is not in it.
    pub fn put_text(&mut self, tag: Tag, text: impl Into<String>) {
        let vr = vr::of_dictionary(tag, false).unwrap_or(VR::UN);
        self.put(tag, vr, Value::Text(text.into()));
    }

    /// Puts a sequence under a tag, in place of what was there.
    pub fn put_items(&mut self, tag: Tag, items: Vec<Self>) {
        self.put(tag, VR::SQ, Value::Items(items));
    }

    fn put(&mut self, tag: Tag, vr: VR, value: Value) {
        if tag != Tag::SPECIFIC_CHARACTER_SET && !tag.is_group_length() {
            self.elements.insert(tag, (vr, value));
        }
    }

    /// Whether a tag is there, with or without a value.
    pub fn contains(&self, tag: Tag) -> bool {
        self.elements.contains_key(&tag)
    }

    /// The text of an element; `None` when it is absent or no text, empty when it is empty.
    pub fn text(&self, tag: Tag) -> Option<&str> {
        match self.elements.get(&tag) {
            Some((_, Value::Text(text))) => Some(text),
            Some((_, Value::Items(_) | Value::Bytes(_))) | None => None,
        }
    }

    /// The values of a text element that are not empty.
    pub fn texts(&self, tag: Tag) -> impl Iterator<Item = &str> {
        let vr = self.elements.get(&tag).map_or(VR::UN, |(vr, _)| *vr);
        let text = self.text(tag).unwrap_or_default();
        split_values(vr, text).filter(|value| !value.is_empty())
    }

    /// The items of a sequence; none when it is absent.
    pub fn items(&self, tag: Tag) -> &[Self] {
        match self.elements.get(&tag) {
            Some((_, Value::Items(items))) => items,
            Some((_, Value::Text(_) | Value::Bytes(_))) | None => &[],
        }
    }

    /// All elements in the order of their tags.
    pub fn iter(&self) -> impl Iterator<Item = (Tag, &Value)> {
        self.elements.iter().map(|(tag, (_, value))| (*tag, value))
    }
}

impl Value {
    /// The text of a value, empty for what is none.
    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Items(_) | Self::Bytes(_) => "",
        }
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.elements.keys()).finish()
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Value::Text",
            Self::Items(_) => "Value::Items",
            Self::Bytes(_) => "Value::Bytes",
        })
    }
}

#[cfg(test)]
mod tests;
