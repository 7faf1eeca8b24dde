//! Bytes of a peer as an identifier, under caps and without recursion.

use std::collections::BTreeMap;

use dicom_core::VR;

use super::{Identifier, Value};
use crate::charset::CharacterSets;
use crate::element::{Element, Tag};
use crate::error::{Result, ScanError};
use crate::frames::Fragment;
use crate::limits::Limits;
use crate::syntax::TransferSyntax;
use crate::text::normalized;
use crate::tokenizer::{Sink, Take, Tokenizer};
use crate::value::{self, Number};
use crate::vr;

/// Sequences nested in each other: no identifier of the standard has more than three.
const DEPTH: usize = 16;

/// Reads an identifier that is pushed in pieces of any size. Memory is bounded by the length it
/// was made for.
pub struct IdentifierReader {
    tokenizer: Tokenizer,
    reading: Reading,
    left: usize,
}

impl IdentifierReader {
    /// A reader of one data set of at most `longest` bytes.
    pub fn new(syntax: &TransferSyntax, longest: usize) -> Result<Self> {
        if syntax.is_deflated() {
            return Err(ScanError::UnsupportedEncoding);
        }
        let limits = Limits { depth: DEPTH, ..Limits::default() };
        Ok(Self {
            tokenizer: Tokenizer::new(syntax, &limits),
            reading: Reading { open: vec![Open::default()], sequences: Vec::new() },
            left: longest,
        })
    }

    /// More bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.left = self
            .left
            .checked_sub(bytes.len())
            .ok_or(ScanError::LimitExceeded { what: "length of the identifier" })?;
        self.tokenizer.push(bytes, &mut self.reading)
    }

    /// The data set, when the bytes end where it does.
    pub fn finish(mut self) -> Result<Identifier> {
        self.tokenizer.finish(&mut self.reading)?;
        let root = self.reading.open.pop().unwrap_or_default();
        Ok(root.close(&CharacterSets::default()))
    }
}

impl Identifier {
    /// Reads bytes that are in memory already.
    pub fn read(bytes: &[u8], syntax: &TransferSyntax) -> Result<Self> {
        let mut reader = IdentifierReader::new(syntax, bytes.len())?;
        reader.push(bytes)?;
        reader.finish()
    }
}

/// A data set whose end has not been seen. Its text is decoded when it closes, because only then
/// its character sets are known for sure.
#[derive(Default)]
struct Open {
    elements: BTreeMap<Tag, Raw>,
    sets: Option<CharacterSets>,
}

enum Raw {
    Value(Element, Vec<u8>),
    Items(Vec<Identifier>),
}

impl Open {
    fn close(self, outer: &CharacterSets) -> Identifier {
        let sets = self.sets.unwrap_or_else(|| outer.clone());
        let reading = sets.reading();
        let mut closed = Identifier::new(sets);
        for (tag, raw) in self.elements {
            let (vr, value) = match raw {
                Raw::Items(items) => (VR::SQ, Value::Items(items)),
                Raw::Value(element, bytes) => {
                    let vr = element.vr;
                    let value = if vr::is_text(vr) {
                        Value::Text(normalized(&reading, vr, &bytes))
                    } else if vr::is_bytes(vr) || vr == VR::AT {
                        Value::Bytes(value::little_endian(&element, &bytes))
                    } else {
                        Value::Text(decimals(&element, &bytes))
                    };
                    (vr, value)
                }
            };
            closed.put(tag, vr, value);
        }
        closed
    }
}

fn decimals(element: &Element, bytes: &[u8]) -> String {
    let numbers = value::numbers(element, bytes).map(|number| match number {
        Number::Integer(number) => number.to_string(),
        Number::Unsigned(number) => number.to_string(),
        Number::Single(number) => number.to_string(),
        Number::Double(number) => number.to_string(),
    });
    numbers.collect::<Vec<_>>().join("\\")
}

/// The data sets that are open, the outermost first, and between them the sequences.
struct Reading {
    open: Vec<Open>,
    sequences: Vec<(Tag, Vec<Identifier>)>,
}

impl Reading {
    fn insert(&mut self, tag: Tag, raw: Raw, offset: u64) -> Result<()> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        match open.elements.insert(tag, raw) {
            Some(_) => Err(ScanError::Malformed { offset, what: "an element stands there twice" }),
            None => Ok(()),
        }
    }
}

impl Sink for Reading {
    fn signed(&self) -> bool {
        false
    }

    fn element(&mut self, _: &Element) -> Result<Take> {
        Ok(Take::Value)
    }

    fn value(&mut self, element: &Element, bytes: &[u8]) -> Result<()> {
        if element.tag == Tag::SPECIFIC_CHARACTER_SET {
            if let Some(open) = self.open.last_mut() {
                open.sets = Some(CharacterSets::parse(bytes));
            }
            return Ok(());
        }
        self.insert(element.tag, Raw::Value(*element, bytes.to_vec()), element.offset)
    }

    fn open_sequence(&mut self, tag: Tag) -> Result<()> {
        self.sequences.push((tag, Vec::new()));
        Ok(())
    }

    fn open_item(&mut self) -> Result<()> {
        self.open.push(Open::default());
        Ok(())
    }

    fn close_item(&mut self) -> Result<()> {
        let Some(item) = self.open.pop() else { return Ok(()) };
        let outer = self.open.iter().rev().find_map(|open| open.sets.as_ref());
        let item = item.close(outer.unwrap_or(&CharacterSets::default()));
        if let Some((_, items)) = self.sequences.last_mut() {
            items.push(item);
        }
        Ok(())
    }

    fn close_sequence(&mut self) -> Result<()> {
        let Some((tag, items)) = self.sequences.pop() else { return Ok(()) };
        self.insert(tag, Raw::Items(items), 0)
    }

    fn open_fragments(&mut self, element: &Element) -> Result<()> {
        let what = "pixel data in an identifier";
        Err(ScanError::Malformed { offset: element.offset, what })
    }

    fn fragment(&mut self, _: usize, _: Fragment) -> Result<Take> {
        Ok(Take::Skip)
    }

    fn fragment_value(&mut self, _: &[u8]) -> Result<()> {
        Ok(())
    }

    fn fragment_start(&mut self, _: &[u8]) {}

    fn close_fragments(&mut self, _: u64) -> Result<()> {
        Ok(())
    }
}
