//! What a person decided about an object that was held.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use data_encoding::HEXLOWER;
use lightcase_dataset::{
    Element, Encoder, Fragment, ScanError, SpecificCharacterSet, Tag, TransferSyntax, VR, width,
};
use sha2::{Digest, Sha256};

use super::sink::{Pixels, Work, misplaced};
use super::stream::Stream;
use crate::marker::{BURNED_IN, METHOD, METHOD_CODES, Marker, REMOVED, write_code};
use crate::pixel::{Beside, Blanker, StrayBits};
use crate::refusal::{Refusal, Result};
use crate::subject::text_of;
use crate::tape::{Entry, Event, Tape};
use crate::{Layout, ProfileOption, Region};

/// Writes an object that was held, once somebody has looked at it: the regions which that person
/// drew are blanked in every frame, and the object says so.
///
/// It takes the data set that a [`Deidentifier`](crate::Deidentifier) wrote, in the transfer syntax
/// it wrote it in, or the same with its pixels decoded; one that does not say in (0012,0062) that it
/// was cleaned is refused. With pixels, Burned In Annotation (0028,0301) is NO then, and the Clean
/// Pixel Data Option stands once in (0012,0063) and (0012,0064). Without, what was burned in is NO
/// only where the object speaks of it. Everything else stays as it was, byte for byte.
///
/// Regions need native pixels: of compressed ones, [`Refusal::Compressed`] asks the caller to decode
/// them. As long as no region is drawn, compressed pixels pass untouched, unless they hold a text that
/// no decoder shows: nobody saw it, and [`Refusal::Unseen`] asks for the same. Of native pixels it says
/// that bits beyond Bits Stored are in use, which nobody sees either.
///
/// Memory stays small and pieces may have any size, as with a de-identifier; nothing that was
/// written may leave before [`Approval::finish`]. One that has failed is spent.
///
/// ```
/// use lightcase_dataset::TransferSyntax;
/// use lightcase_deident::{Approval, Refusal, Region};
/// use lightcase_model::TransferSyntaxUid;
///
/// # fn approve(held: &[u8]) -> Result<Vec<u8>, Refusal> {
/// # let uid = TransferSyntaxUid::parse("1.2.840.10008.1.2.1").unwrap();
/// let syntax = TransferSyntax::of(&uid);
/// let name = Region { x: 0, y: 0, width: 200, height: 24 };
/// let mut run = Approval::of_data_set(&syntax, &[name]);
/// let mut approved = Vec::new();
/// for piece in held.chunks(64 << 10) {
///     run.push(piece, &mut approved)?;
/// }
/// let done = run.finish(&mut approved)?;
/// assert!(done.had_pixels);
/// # Ok(approved) }
/// # assert_eq!(approve(b""), Err(Refusal::NotClean));
/// ```
pub struct Approval {
    stage: Result<Box<Stream<Approving>>>,
    before: Sha256,
    after: Sha256,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// There were pixels, and the object says now that nothing is burned into them.
    pub had_pixels: bool,
    /// Regions that were blanked.
    pub blanked: Vec<Region>,
    /// SHA-256 of the bytes that came, in hexadecimal.
    pub digest_before: String,
    /// SHA-256 of the bytes that went.
    pub digest_after: String,
}

impl Approval {
    /// At the first byte of a clean data set, without group 2. What is written is in the same
    /// syntax. Without regions, the object was found to tell nothing as it is.
    pub fn of_data_set(syntax: &TransferSyntax, regions: &[Region]) -> Self {
        let stage = Stream::new(Approving::new(syntax, regions), syntax).map(Box::new);
        Self { stage, before: Sha256::new(), after: Sha256::new() }
    }

    /// Takes the next bytes and appends what can be written of them.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.before.update(bytes);
        let start = out.len();
        let result = match &mut self.stage {
            Ok(stream) => stream.push(bytes).and_then(|approved| stream.write(approved, out)),
            Err(refusal) => Err(refusal.clone()),
        };
        if let Err(refusal) = &result {
            self.stage = Err(refusal.clone());
        }
        self.after.update(out.get(start..).unwrap_or_default());
        result
    }

    /// No more bytes will come: the last that is written, and what was done.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<Approved> {
        let start = out.len();
        let mut stream = self.stage?;
        let approved = stream.finish()?;
        stream.write(approved, out)?;
        let work = stream.close(out)?;
        self.after.update(out.get(start..).unwrap_or_default());
        Ok(Approved {
            had_pixels: work.had_pixels,
            blanked: work.regions,
            digest_before: HEXLOWER.encode(&self.before.finalize()),
            digest_after: HEXLOWER.encode(&self.after.finalize()),
        })
    }
}

/// Writes what comes, but for what the object says of the decision.
struct Approving {
    encoder: Encoder,
    regions: Vec<Region>,
    blanker: Option<Blanker>,
    beside: Option<Beside>,
    stray: Option<StrayBits>,
    had_pixels: bool,
    /// What is to be said and has not been, in ascending order.
    statements: VecDeque<Marker>,
}

const OPTION: ProfileOption = ProfileOption::CleanPixelData;

impl Approving {
    fn new(syntax: &TransferSyntax, regions: &[Region]) -> Self {
        Self {
            encoder: Encoder::of(syntax),
            regions: regions.to_vec(),
            blanker: None,
            beside: None,
            stray: None,
            had_pixels: false,
            statements: VecDeque::new(),
        }
    }

    /// What the object is to say.
    fn statements(tape: &Tape, had_pixels: bool) -> VecDeque<Marker> {
        let burned_in = Marker::Text(BURNED_IN, VR::CS, "NO".to_owned());
        if had_pixels {
            let (code, meaning) = (OPTION.code(), OPTION.meaning());
            let method = Marker::Text(METHOD, VR::LO, meaning.to_owned());
            return [method, Marker::Codes(METHOD_CODES, vec![(code, meaning)]), burned_in].into();
        }
        let speaks = tape.level(None).any(|entry| entry.tag == BURNED_IN);
        speaks.then_some(burned_in).into_iter().collect()
    }

    fn blank(&mut self, syntax: &TransferSyntax, tape: &Tape, pixels: Pixels) -> Result<()> {
        if self.regions.is_empty() {
            return Ok(());
        }
        let layout = match pixels {
            Pixels::None => return Err(Refusal::NoPixels),
            Pixels::Fragments => return Err(Refusal::Compressed),
            Pixels::Native(element) => Layout::of_native(tape, syntax, Some(element)),
        };
        if !Layout::has_all(tape, &self.regions) {
            return Err(Refusal::Outside);
        }
        self.blanker = Some(Blanker::new(layout.ok_or(Refusal::Packed)?, &self.regions));
        Ok(())
    }

    /// Says what belongs before a tag; gives what is to be said under the tag itself.
    fn say(&mut self, next: Tag) -> Option<Marker> {
        while let Some(marker) = self.statements.pop_front_if(|marker| marker.tag() < next) {
            marker.write(&mut self.encoder);
        }
        self.statements.pop_front_if(|marker| marker.tag() == next)
    }

    fn replay(&mut self, tape: &Tape) -> Result<()> {
        let mut at = 0;
        while let Some(event) = tape.events.get(at) {
            let (said, end) = match event {
                Event::Element(entry) => (self.say(entry.tag), at),
                Event::OpenSequence(tag) => (self.say(*tag), tape.end_of(at)),
                Event::OpenItem | Event::CloseItem | Event::CloseSequence => (None, at),
            };
            match (said, event) {
                (None, _) => self.copy(tape, at..=end)?,
                (Some(Marker::Text(tag, _, text)), Event::Element(entry)) => {
                    self.amend(tape, entry, tag, &text)?;
                }
                (Some(Marker::Codes(tag, _)), Event::OpenSequence(_)) => {
                    self.codes(tape, tag, at, end)?;
                }
                // Nothing that belongs there: it is put right.
                (Some(marker), _) => marker.write(&mut self.encoder),
            }
            at = end + 1;
        }
        Ok(())
    }

    fn copy(&mut self, tape: &Tape, range: RangeInclusive<usize>) -> Result<()> {
        for event in tape.events.get(range).unwrap_or_default() {
            match event {
                Event::Element(entry) => self.element(tape, entry)?,
                Event::OpenSequence(tag) => self.encoder.open_sequence(*tag),
                Event::OpenItem => self.encoder.open_item(),
                Event::CloseItem => self.encoder.close_item(),
                Event::CloseSequence => self.encoder.close_sequence(),
            }
        }
        Ok(())
    }

    fn element(&mut self, tape: &Tape, entry: &Entry) -> Result<()> {
        // No clean data set has what VR UN hides in the other byte order.
        if entry.big_endian != self.encoder.is_big_endian() && width(entry.vr) > 1 {
            let what = "values in another byte order than the data set";
            return Err(Refusal::Unreadable(ScanError::NotExact(what)));
        }
        let value = tape.value(entry).unwrap_or_default();
        let len = u32::try_from(value.len())
            .map_err(|_long: std::num::TryFromIntError| Refusal::TooLarge)?;
        self.encoder.header(entry.tag, entry.vr, len);
        self.encoder.raw(value);
        Ok(())
    }

    /// Writes a text that is there already, if need be with what it is to say.
    fn amend(&mut self, tape: &Tape, entry: &Entry, tag: Tag, text: &str) -> Result<()> {
        let value = tape.value(entry).unwrap_or_default();
        let new = if tag == METHOD {
            said_once(value, text)
        } else {
            (trimmed(value) != text.as_bytes()).then(|| text.as_bytes().to_vec())
        };
        match new {
            Some(new) => self.encoder.element(tag, entry.vr, &new),
            None => self.element(tape, entry)?,
        }
        Ok(())
    }

    /// Writes the codes of what was done, this option's once.
    fn codes(&mut self, tape: &Tape, tag: Tag, opened: usize, end: usize) -> Result<()> {
        self.encoder.open_sequence(tag);
        let (mut said, mut at) = (false, opened + 1);
        while at < end {
            let last = end_of_item(tape, at).min(end.saturating_sub(1));
            let again = is_of_option(tape, at) && std::mem::replace(&mut said, true);
            if !again {
                self.copy(tape, at..=last)?;
            }
            at = last + 1;
        }
        if !said {
            write_code(&mut self.encoder, OPTION.code(), OPTION.meaning());
        }
        self.encoder.close_sequence();
        Ok(())
    }
}

impl Work for Approving {
    fn gathers(&self, _element: &Element) -> bool {
        true
    }

    fn leaves_out_pixels(&self, offset: u64) -> Result<()> {
        Err(misplaced(offset))
    }

    fn begin(&mut self, syntax: &TransferSyntax, tape: &Tape, pixels: Pixels) -> Result<()> {
        if text_of(tape, SpecificCharacterSet::default(), REMOVED) != "YES" {
            return Err(Refusal::NotClean);
        }
        self.blank(syntax, tape, pixels)?;
        self.had_pixels = pixels != Pixels::None;
        if pixels == Pixels::Fragments {
            self.beside = Some(Beside::watch(syntax, tape));
        }
        if pixels.native().is_some_and(|element| element.tag == Tag::PIXEL_DATA) {
            self.stray = StrayBits::watch(tape, syntax.has_big_endian_pixels());
        }
        self.statements = Self::statements(tape, self.had_pixels);
        self.replay(tape)?;
        // Pixels come last, so that all is said before them.
        self.say(pixels.tag().unwrap_or(Tag(u32::MAX)));
        Ok(())
    }

    fn encoder(&mut self) -> Option<&mut Encoder> {
        Some(&mut self.encoder)
    }

    fn part(&mut self, bytes: &[u8]) {
        if let Some(stray) = &mut self.stray {
            stray.push(bytes);
        }
        match &mut self.blanker {
            Some(blanker) => {
                let mut bytes = bytes.to_vec();
                blanker.push(&mut bytes);
                self.encoder.raw(&bytes);
            }
            None => self.encoder.raw(bytes),
        }
    }

    fn fragment(&mut self, fragment: Fragment) {
        if let Some(beside) = &mut self.beside {
            beside.fragment(fragment);
        }
    }

    fn fragment_part(&mut self, bytes: &[u8]) {
        if let Some(beside) = &mut self.beside {
            // Whom the object is about it does not tell any more.
            beside.push(bytes, |_| false);
        }
    }

    fn mislead(&mut self) -> Result<()> {
        Err(Refusal::Unseen)
    }

    fn end(&mut self, tape: &Tape) -> Result<()> {
        if self.beside.take().is_some_and(|beside| beside.holds().next().is_some())
            || self.stray.as_ref().is_some_and(StrayBits::found)
        {
            return Err(Refusal::Unseen);
        }
        self.replay(tape)
    }
}

/// A value without its padding.
fn trimmed(value: &[u8]) -> &[u8] {
    let padding = |byte: &u8| matches!(byte, b' ' | 0);
    let end = value.iter().rposition(|byte| !padding(byte)).map_or(0, |last| last + 1);
    value.get(..end).unwrap_or_default()
}

/// Values of which one is this text, and only one; `None` when they are so.
fn said_once(value: &[u8], text: &str) -> Option<Vec<u8>> {
    let is_said = |each: &[u8]| each.trim_ascii() == text.as_bytes();
    let value = trimmed(value);
    let values = || value.split(|byte| *byte == b'\\').filter(|_| !value.is_empty());
    if values().filter(|each| is_said(each)).count() == 1 {
        return None;
    }
    let mut said = false;
    let mut kept: Vec<&[u8]> =
        values().filter(|each| !(is_said(each) && std::mem::replace(&mut said, true))).collect();
    if !said {
        kept.push(text.as_bytes());
    }
    Some(kept.join(&b'\\'))
}

/// Where the item ends that is opened at a place.
fn end_of_item(tape: &Tape, opened: usize) -> usize {
    let mut at = opened + 1;
    loop {
        match tape.events.get(at) {
            Some(Event::OpenSequence(_)) => at = tape.end_of(at) + 1,
            Some(Event::Element(_)) => at += 1,
            Some(Event::OpenItem | Event::CloseItem | Event::CloseSequence) | None => return at,
        }
    }
}

/// Whether an item is the code of the option, PS3.16 CID 7050.
fn is_of_option(tape: &Tape, opened: usize) -> bool {
    let has = |tag: u32, text: &str| {
        let entry = tape.level(Some(opened)).find(|entry| entry.tag == Tag(tag));
        entry
            .and_then(|entry| tape.value(entry))
            .is_some_and(|value| trimmed(value) == text.as_bytes())
    };
    has(0x0008_0100, OPTION.code()) && has(0x0008_0102, "DCM")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: Option<&str>) {
        let new = said_once(value.as_bytes(), OPTION.meaning());
        assert_eq!(new.as_deref(), expected.map(str::as_bytes), "{value}");
    }

    #[test]
    fn what_was_done_is_said_once() {
        check("Clean Pixel Data Option", None);
        check("Basic\\Clean Pixel Data Option\\Lightcase ", None);
        check("", Some("Clean Pixel Data Option"));
        check("Basic ", Some("Basic\\Clean Pixel Data Option"));
        let twice = "Clean Pixel Data Option\\Basic\\Clean Pixel Data Option ";
        check(twice, Some("Clean Pixel Data Option\\Basic"));
    }
}
