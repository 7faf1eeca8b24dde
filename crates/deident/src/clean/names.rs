//! The names that an object itself tells: of persons, institutions and places. No text of it keeps
//! one, although it may be a word of the vocabulary too.

use std::collections::BTreeSet;

use lightcase_dataset::{SpecificCharacterSet, Tag, VR, decode_text};

use crate::refusal::{Refusal, Result};
use crate::tape::{Entry, Tape};

/// Words of names, in small letters.
#[derive(Debug, Default)]
pub(super) struct Names {
    words: BTreeSet<String>,
    /// Bytes that the words take.
    size: usize,
    /// Of the top level, which goes on from one tape to the next.
    charset: SpecificCharacterSet,
}

/// Texts beside those of VR PN that name an institution or a place.
const PLACES: &[Tag] = &[
    Tag(0x0008_0080), // Institution Name
    Tag(0x0008_0081), // Institution Address
    Tag(0x0008_1040), // Institutional Department Name
    Tag(0x0008_0092), // Referring Physician's Address
    Tag(0x0010_1040), // Patient's Address
    Tag(0x0010_2150), // Country of Residence
    Tag(0x0010_2152), // Region of Residence
    Tag(0x0010_2299), // Responsible Organization
    Tag(0x0012_0010), // Clinical Trial Sponsor Name
    Tag(0x0012_0031), // Clinical Trial Site Name
    Tag(0x0038_0400), // Patient's Institution Residence
    Tag(0x0040_1102), // Person's Address
];

/// Bytes that the words of an object take at most.
const MOST: usize = 16 << 20;

impl Names {
    /// Takes in those of a tape, at every depth, also of what does not stay.
    ///
    /// # Errors
    /// So many that no object names them, and memory would be theirs.
    pub(super) fn collect(&mut self, tape: &Tape) -> Result<()> {
        let mut charset = self.charset;
        super::elements::each(tape, &mut charset, |entry, charset| {
            self.take(tape, entry, charset);
            if self.size > MOST { Err(Refusal::TooLarge) } else { Ok(()) }
        })?;
        self.charset = charset;
        Ok(())
    }

    fn take(&mut self, tape: &Tape, entry: &Entry, charset: SpecificCharacterSet) {
        /// Longer text is no name.
        const LONGEST: usize = 10 << 10;
        let is_person = entry.vr == VR::PN || entry.tag.standard_vr() == Some(VR::PN);
        if !is_person && !PLACES.contains(&entry.tag) {
            return;
        }
        let value = tape.value(entry).unwrap_or_default();
        let value = value.get(..value.len().min(LONGEST)).unwrap_or_default();
        // Also behind VR UN, to which no character set applies.
        let text = decode_text(&charset, if is_person { VR::PN } else { VR::LO }, value);
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        for word in words.map(str::to_lowercase) {
            let size = word.len() + size_of::<String>();
            if self.words.insert(word) {
                self.size += size;
            }
        }
    }

    /// Each of them.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// Whether a word, in small letters, is part of one.
    pub(super) fn has(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::Event;

    #[track_caller]
    fn check(tape: &Tape, expected: &[&str]) {
        let mut names = Names::default();
        names.collect(tape).unwrap();
        assert_eq!(names.words.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn persons_and_places_are_named_at_every_depth() {
        let mut tape = Tape::default();
        let text = |tape: &mut Tape, tag, vr, value: &[u8]| {
            tape.element(Tag(tag), vr, false, Some(value));
        };
        text(&mut tape, 0x0008_0005, VR::CS, b"ISO_IR 100");
        text(&mut tape, 0x0008_0080, VR::LO, b"Short Street Clinic ");
        text(&mut tape, 0x0008_1030, VR::LO, b"Chest");
        text(&mut tape, 0x0008_1040, VR::LO, b"Wing");
        text(&mut tape, 0x0012_0010, VR::LO, b"Power");
        tape.push(Event::OpenSequence(Tag(0x0008_1115)));
        tape.push(Event::OpenItem);
        text(&mut tape, 0x0008_0005, VR::CS, b"ISO_IR 144");
        text(&mut tape, 0x0010_0010, VR::UN, b"\xBB\xEE\xDA\xE1^WALL");
        tape.push(Event::CloseItem);
        tape.push(Event::CloseSequence);
        text(&mut tape, 0x0010_0010, VR::PN, b"M\xFCller-Hand^Bo=x");
        tape.element(Tag(0x0010_1001), VR::PN, false, None);
        check(
            &tape,
            &[
                "bo", "clinic", "hand", "müller", "power", "short", "street", "wall", "wing", "x",
                "люкс",
            ],
        );
        check(&Tape::default(), &[]);
    }

    #[test]
    fn more_names_than_an_object_has_are_refused() {
        let of = |count: u32| {
            let mut tape = Tape::default();
            for at in 0..count {
                let names: Vec<_> = (0..1000).map(|each| format!("{at:03x}{each:03x}")).collect();
                tape.element(Tag(0x0010_0010), VR::PN, false, Some(names.join("^").as_bytes()));
            }
            Names::default().collect(&tape)
        };
        assert_eq!(of(100), Ok(()));
        assert_eq!(of(1000), Err(Refusal::TooLarge));
    }
}
