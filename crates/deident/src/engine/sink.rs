//! The listener: gathers what stands before the pixels, passes the pixels on, gathers the rest.

use lightcase_dataset::{
    Element, Encoder, Fragment, ScanError, Sink, Tag, Take, TransferSyntax, VR,
};

use crate::pixel::Offsets;
use crate::refusal::{Refusal, Result};
use crate::tape::{Event, Tape};

/// Bytes that are kept of what is not pixels: an enhanced object of some thousand frames has a
/// header of some ten million.
const MOST: usize = 128 << 20;

const PIXEL_REPRESENTATION: Tag = Tag(0x0028_0103);

/// How the pixels begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pixels {
    None,
    /// With their header.
    Native(Element),
    Fragments,
}

impl Pixels {
    /// The tag they stand under.
    pub(super) const fn tag(self) -> Option<Tag> {
        match self {
            Self::None => None,
            Self::Native(element) => Some(element.tag),
            Self::Fragments => Some(Tag::PIXEL_DATA),
        }
    }

    /// The header of native pixels.
    pub(super) const fn native(self) -> Option<Element> {
        match self {
            Self::Native(element) => Some(element),
            Self::None | Self::Fragments => None,
        }
    }
}

/// What is done with an object while it streams by. Calls come in the order of the methods.
pub(super) trait Work {
    /// Whether the value of an element beside the pixels may matter.
    fn gathers(&self, element: &Element) -> bool;
    /// Pixels that are not those of the image: whether they may be left out.
    fn leaves_out_pixels(&self, offset: u64) -> Result<()>;
    /// All that stands before the pixels; what is to stand there is written.
    fn begin(&mut self, syntax: &TransferSyntax, tape: &Tape, pixels: Pixels) -> Result<()>;
    /// What it writes to, once it has begun.
    fn encoder(&mut self) -> Option<&mut Encoder>;
    /// The next bytes of native pixels, to be written.
    fn part(&mut self, bytes: &[u8]);
    /// A fragment of the image begins; not the first, which is the offset table.
    fn fragment(&mut self, fragment: Fragment);
    /// Its next bytes, to be looked at only.
    fn fragment_part(&mut self, bytes: &[u8]);
    /// An offset table that was written does not point at the fragments.
    fn mislead(&mut self) -> Result<()>;
    /// All that stands behind the pixels; the last is written.
    fn end(&mut self, tape: &Tape) -> Result<()>;
}

/// What lies between the walker and the output.
pub(super) struct Core<W> {
    pub(super) work: W,
    syntax: TransferSyntax,
    tape: Tape,
    /// The pixels have begun, or the data set has ended without.
    begun: bool,
    /// Of the top level and the items that are open: the tag that came last, and whether pixels
    /// are signed there.
    levels: Vec<(Option<Tag>, bool)>,
    failed: Option<Refusal>,
    /// Of the fragments of the image, while they come.
    passing: Option<Offsets>,
}

type Heard<T> = std::result::Result<T, ScanError>;

impl<W: Work> Core<W> {
    pub(super) fn new(work: W, syntax: &TransferSyntax) -> Self {
        Self {
            work,
            syntax: syntax.clone(),
            tape: Tape::default(),
            begun: false,
            levels: vec![(None, false)],
            failed: None,
            passing: None,
        }
    }

    /// What was written since the last time.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.work.encoder().map(Encoder::take).unwrap_or_default()
    }

    /// Tells our refusals, which the walker passed through, from those of the walker.
    pub(super) fn settle(&mut self, walked: Heard<()>) -> Result<()> {
        match (self.failed.take(), walked) {
            (Some(refusal), _) => Err(refusal),
            (None, walked) => Ok(walked?),
        }
    }

    /// The data set has ended.
    pub(super) fn finish(&mut self) -> Result<()> {
        if !self.begun {
            self.begin(Pixels::None)?;
        }
        self.work.end(&std::mem::take(&mut self.tape))
    }

    fn begin(&mut self, pixels: Pixels) -> Result<()> {
        self.begun = true;
        self.work.begin(&self.syntax, &std::mem::take(&mut self.tape), pixels)
    }

    /// Lets a refusal through the walker.
    fn pass<T>(&mut self, result: Result<T>) -> Heard<T> {
        result.map_err(|refusal| {
            self.failed = Some(refusal);
            ScanError::NotExact("refused")
        })
    }

    /// Notes that a tag comes; it must be above the last one of its level.
    fn ascend(&mut self, tag: Tag) -> Heard<()> {
        let full = self.tape.size() > MOST;
        let last = self.levels.last_mut().map(|(last, _)| last.replace(tag));
        if last.flatten().is_some_and(|last| last >= tag) {
            return self.pass(Err(Refusal::Order));
        }
        if full { self.pass(Err(Refusal::TooLarge)) } else { Ok(()) }
    }

    /// Refuses pixels of the image behind those that have come: PS3.3 section C.7.6.3 has one kind of them,
    /// and no decoder says which it shows.
    fn are_the_only_pixels(&mut self, tag: Tag, offset: u64) -> Heard<()> {
        let are_second = self.levels.len() == 1 && tag.is_pixels() && self.begun;
        if are_second { self.pass(Err(misplaced(offset))) } else { Ok(()) }
    }

    /// Whether the pixels of the image begin, and are the first that do.
    fn begins_pixels(&self, tag: Tag) -> bool {
        self.levels.len() == 1 && tag.is_pixels() && !self.begun
    }
}

impl<W: Work> Sink for Core<W> {
    fn signed(&self) -> bool {
        self.levels.last().is_some_and(|(_, signed)| *signed)
    }

    fn element(&mut self, element: &Element) -> Heard<Take> {
        let tag = element.tag;
        self.ascend(tag)?;
        self.are_the_only_pixels(tag, element.offset)?;
        if self.begins_pixels(tag) {
            if tag == Tag::PIXEL_DATA && self.syntax.is_encapsulated() || !tag.allows(element.vr) {
                return self.pass(Err(misplaced(element.offset)));
            }
            let begun = self.begin(Pixels::Native(*element));
            self.pass(begun)?;
            if let Some(encoder) = self.work.encoder() {
                encoder.header(tag, element.vr, u32::try_from(element.len).unwrap_or(u32::MAX));
            }
            return Ok(Take::Pass);
        }
        if tag.is_pixels() {
            let left_out = self.work.leaves_out_pixels(element.offset);
            self.pass(left_out)?;
        }
        if tag.is_pixels() || !self.work.gathers(element) {
            self.tape.element(tag, element.vr, element.big_endian, None);
            return Ok(Take::Skip);
        }
        let size = usize::try_from(element.len).unwrap_or(usize::MAX);
        if self.tape.size().saturating_add(size) > MOST {
            return self.pass(Err(Refusal::TooLarge));
        }
        Ok(Take::Value)
    }

    fn value(&mut self, element: &Element, bytes: &[u8]) -> Heard<()> {
        if element.tag == PIXEL_REPRESENTATION
            && let (Some((_, signed)), [a, b]) = (self.levels.last_mut(), bytes)
        {
            *signed = (*a, *b) == if element.big_endian { (0, 1) } else { (1, 0) };
        }
        self.tape.element(element.tag, element.vr, element.big_endian, Some(bytes));
        Ok(())
    }

    fn part(&mut self, _element: &Element, bytes: &[u8], _last: bool) -> Heard<()> {
        self.work.part(bytes);
        Ok(())
    }

    fn open_sequence(&mut self, tag: Tag) -> Heard<()> {
        self.ascend(tag)?;
        self.tape.push(Event::OpenSequence(tag));
        Ok(())
    }

    fn open_item(&mut self) -> Heard<()> {
        self.levels.push((None, self.signed()));
        self.tape.push(Event::OpenItem);
        Ok(())
    }

    fn close_item(&mut self) -> Heard<()> {
        self.levels.pop();
        self.tape.push(Event::CloseItem);
        Ok(())
    }

    fn close_sequence(&mut self) -> Heard<()> {
        self.tape.push(Event::CloseSequence);
        Ok(())
    }

    fn open_fragments(&mut self, element: &Element) -> Heard<()> {
        let tag = element.tag;
        self.ascend(tag)?;
        self.are_the_only_pixels(tag, element.offset)?;
        if !self.begins_pixels(tag) {
            let left_out = self.work.leaves_out_pixels(element.offset);
            self.pass(left_out)?;
            self.tape.element(tag, VR::OB, element.big_endian, None);
            return Ok(());
        }
        if tag != Tag::PIXEL_DATA || !self.syntax.is_encapsulated() {
            return self.pass(Err(misplaced(element.offset)));
        }
        let offsets = Offsets::watch(&self.tape);
        let begun = self.begin(Pixels::Fragments);
        self.pass(begun)?;
        if let Some(encoder) = self.work.encoder() {
            encoder.open_fragments(tag, element.vr);
        }
        self.passing = Some(offsets);
        Ok(())
    }

    fn fragment(&mut self, index: usize, fragment: Fragment) -> Heard<Take> {
        let (Some(offsets), Some(encoder)) = (&mut self.passing, self.work.encoder()) else {
            return Ok(Take::Skip);
        };
        if index > 0 {
            encoder.fragment(u32::try_from(fragment.len).unwrap_or(u32::MAX));
            offsets.fragment(fragment);
            self.work.fragment(fragment);
            return Ok(Take::Pass);
        }
        if offsets.may_be_basic(fragment.len) {
            return Ok(Take::Value);
        }
        encoder.fragment(0);
        Ok(Take::Skip)
    }

    fn fragment_value(&mut self, bytes: &[u8]) -> Heard<()> {
        let (Some(offsets), Some(encoder)) = (&mut self.passing, self.work.encoder()) else {
            return Ok(());
        };
        let table = if offsets.take_basic(bytes) { bytes } else { &[] };
        encoder.fragment(u32::try_from(table.len()).unwrap_or(u32::MAX));
        encoder.raw(table);
        Ok(())
    }

    fn fragment_start(&mut self, _bytes: &[u8]) {}

    fn fragment_part(&mut self, bytes: &[u8]) -> Heard<()> {
        self.work.fragment_part(bytes);
        if let Some(encoder) = self.work.encoder() {
            encoder.raw(bytes);
        }
        Ok(())
    }

    fn close_fragments(&mut self, _end: u64) -> Heard<()> {
        let Some(offsets) = self.passing.take() else { return Ok(()) };
        if let Some(encoder) = self.work.encoder() {
            encoder.close_sequence();
        }
        let told = if offsets.mislead() { self.work.mislead() } else { Ok(()) };
        self.pass(told)
    }
}

/// Pixels that are not as the transfer syntax has them, PS3.5 section A.4.
pub(super) const fn misplaced(offset: u64) -> Refusal {
    let what = "pixel data that are not as the transfer syntax has them";
    Refusal::Unreadable(ScanError::Malformed { offset, what })
}
