//! Finds one element of a data set by its path, for the bulk data of PS3.18 section 10.4.

use dicom_core::VR;

use crate::element::{Element, Tag};
use crate::error::Result;
use crate::frames::Fragment;
use crate::inflate::Inflate;
use crate::limits::Limits;
use crate::syntax::TransferSyntax;
use crate::tokenizer::{Sink, Take, Tokenizer};

/// The path of an element: `7FE00010`, or `00081140/1/00091010` with items numbered from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkPath {
    items: Vec<(Tag, u32)>,
    tag: Tag,
}

impl BulkPath {
    /// Reads a path without its `lc:`; nothing if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let mut tag = parse_tag(parts.next()?)?;
        let mut items = Vec::new();
        while let Some(item) = parts.next() {
            let number = item.parse().ok().filter(|number| *number > 0)?;
            items.push((tag, number));
            tag = parse_tag(parts.next()?)?;
        }
        Some(Self { items, tag })
    }

    /// The tag at its end.
    pub fn tag(&self) -> Tag {
        self.tag
    }
}

fn parse_tag(text: &str) -> Option<Tag> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| u32::from_str_radix(text, 16).ok().map(Tag)).flatten()
}

/// Where a value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located {
    /// Of its first byte, from the start of the data set (of the inflated one, if deflated). For
    /// encapsulated pixel data the first byte of the Basic Offset Table's item header.
    pub offset: u64,
    /// In bytes. For encapsulated pixel data all items with the delimiter.
    pub len: u64,
    /// Value representation.
    pub vr: VR,
    /// The value is made of items (PS3.5 section A.4).
    pub encapsulated: bool,
    /// Byte order of the value.
    pub big_endian: bool,
}

/// Walks a data set up to one element.
pub struct Locator {
    inflate: Option<Inflate>,
    tokenizer: Tokenizer,
    finder: Finder,
}

impl Locator {
    /// A locator at the first byte of a data set.
    pub fn new(path: BulkPath, syntax: &TransferSyntax, limits: &Limits) -> Self {
        Self {
            inflate: syntax.is_deflated().then(|| Inflate::new(limits)),
            tokenizer: Tokenizer::new(syntax, limits),
            finder: Finder { path, at: Vec::new(), pending: None, found: None },
        }
    }

    /// Takes the next bytes; the place once it is known, after which no more need be pushed. It
    /// is known from the element's header, so the value itself may not have arrived yet.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<Located>> {
        if self.finder.found.is_none() {
            let Self { inflate, tokenizer, finder } = self;
            match inflate {
                Some(inflate) => inflate.push(bytes, |part| tokenizer.push(part, finder)),
                None => tokenizer.push(bytes, finder),
            }
            // What is wrong behind the element does not matter to who asked for it.
            .or_else(|error| if finder.found.is_some() { Ok(()) } else { Err(error) })?;
        }
        Ok(self.finder.found)
    }
}

struct Finder {
    path: BulkPath,
    at: Vec<(Tag, u32)>,
    pending: Option<Located>,
    found: Option<Located>,
}

impl Finder {
    fn is_here(&self, tag: Tag) -> bool {
        self.found.is_none() && tag == self.path.tag && self.at == self.path.items
    }
}

impl Sink for Finder {
    fn signed(&self) -> bool {
        false
    }

    fn element(&mut self, element: &Element) -> Result<Take> {
        if self.is_here(element.tag) {
            self.found = Some(Located {
                offset: element.offset,
                len: element.len,
                vr: element.vr,
                encapsulated: false,
                big_endian: element.big_endian,
            });
        }
        Ok(Take::Skip)
    }

    fn value(&mut self, _element: &Element, _bytes: &[u8]) -> Result<()> {
        Ok(())
    }

    fn open_sequence(&mut self, tag: Tag) -> Result<()> {
        self.at.push((tag, 0));
        Ok(())
    }

    fn open_item(&mut self) -> Result<()> {
        if let Some((_, item)) = self.at.last_mut() {
            *item = item.saturating_add(1);
        }
        Ok(())
    }

    fn close_item(&mut self) -> Result<()> {
        Ok(())
    }

    fn close_sequence(&mut self) -> Result<()> {
        self.at.pop();
        Ok(())
    }

    fn open_fragments(&mut self, element: &Element) -> Result<()> {
        if self.is_here(element.tag) {
            self.pending = Some(Located {
                offset: element.offset,
                len: 0,
                vr: VR::OB,
                encapsulated: true,
                big_endian: false,
            });
        }
        Ok(())
    }

    fn fragment(&mut self, _index: usize, _fragment: Fragment) -> Result<Take> {
        Ok(Take::Skip)
    }

    fn fragment_value(&mut self, _bytes: &[u8]) -> Result<()> {
        Ok(())
    }

    fn fragment_start(&mut self, _bytes: &[u8]) {}

    fn close_fragments(&mut self, end: u64) -> Result<()> {
        if let Some(pending) = self.pending.take() {
            let len = end.saturating_sub(pending.offset);
            self.found = Some(Located { len, ..pending });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, valid: bool) {
        assert_eq!(BulkPath::parse(text).is_some(), valid, "{text}");
    }

    #[test]
    fn paths() {
        check("7FE00010", true);
        check("00081140/1/00091010", true);
        check("00081140/1", false);
        check("00081140/0/00091010", false);
        check("", false);
        check("../../etc", false);
        check("+FE00010", false);
    }
}
