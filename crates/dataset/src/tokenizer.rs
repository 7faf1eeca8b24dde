//! The push-style reader of PS3.5 section 7: bytes in, elements, items and fragments out.
//!
//! Invariants: the stack of open containers is the only thing that grows with nesting and its
//! height is capped; every container and every value ends inside the one that holds it; a value is
//! gathered only when the sink asked for it, and only as fast as its bytes arrive; a skipped value
//! costs one subtraction per push.

use dicom_core::VR;

use crate::element::{Element, Tag};
use crate::error::{Result, ScanError};
use crate::frames::Fragment;
use crate::limits::Limits;
use crate::syntax::TransferSyntax;
use crate::vr::{self, Written};

/// What becomes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// Gather it and hand it over whole.
    Value,
    /// Hand over its first bytes, at most four, and count past the others. Fragments only.
    Start,
    /// Hand its bytes over as they come, through [`Sink::part`] or [`Sink::fragment_part`].
    Pass,
    /// Count past it.
    Skip,
}

/// Enough to know the start of a codestream by.
pub(crate) const START: u64 = 4;

/// Who listens. Calls are properly nested; offsets count from the start of the data set.
pub trait Sink {
    /// Pixel Representation in force, for "US or SS".
    fn signed(&self) -> bool;
    /// An element with a value; [`Sink::value`] follows when the answer is [`Take::Value`].
    fn element(&mut self, element: &Element) -> Result<Take>;
    /// The whole value.
    fn value(&mut self, element: &Element, bytes: &[u8]) -> Result<()>;
    /// The next bytes of a value that [`Take::Pass`] was answered to, and whether they are its
    /// last; whoever never answers so gets none.
    fn part(&mut self, _element: &Element, _bytes: &[u8], _last: bool) -> Result<()> {
        Ok(())
    }
    /// A sequence: SQ, or UN that turns out to be one.
    fn open_sequence(&mut self, tag: Tag) -> Result<()>;
    /// An item of the sequence opened last.
    fn open_item(&mut self) -> Result<()>;
    /// The item opened last ends.
    fn close_item(&mut self) -> Result<()>;
    /// The sequence opened last ends.
    fn close_sequence(&mut self) -> Result<()>;
    /// Encapsulated pixel data; `element.len` is zero.
    fn open_fragments(&mut self, element: &Element) -> Result<()>;
    /// Fragment 0 is the Basic Offset Table, the only one that may be taken whole.
    fn fragment(&mut self, index: usize, fragment: Fragment) -> Result<Take>;
    /// The whole fragment that [`Take::Value`] was answered to.
    fn fragment_value(&mut self, bytes: &[u8]) -> Result<()>;
    /// The first bytes of the fragment that [`Take::Start`] was answered to.
    fn fragment_start(&mut self, bytes: &[u8]);
    /// The next bytes of a fragment that [`Take::Pass`] was answered to; whoever never answers so
    /// gets none.
    fn fragment_part(&mut self, _bytes: &[u8]) -> Result<()> {
        Ok(())
    }
    /// `end` is the offset behind the delimiter.
    fn close_fragments(&mut self, end: u64) -> Result<()>;
}

#[derive(Debug, Clone, Copy)]
struct Encoding {
    implicit: bool,
    big_endian: bool,
}

/// What UN hides, PS3.5 section 6.2.2 note 2.
const INSIDE_UN: Encoding = Encoding { implicit: true, big_endian: false };

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sequence,
    Item,
    Fragments { next: usize },
}

#[derive(Debug, Clone, Copy)]
struct Container {
    kind: Kind,
    /// Where it ends, if its length was written.
    end: Option<u64>,
    /// The nearest end, its own or of one that holds it.
    bound: u64,
    encoding: Encoding,
}

#[derive(Debug, Clone, Copy)]
enum Pending {
    Element(Element),
    Fragment,
    /// With the length of what follows the start.
    FragmentStart(u64),
}

#[derive(Debug, Clone, Copy)]
enum State {
    Header,
    Value(Pending, u64),
    Pass(Element, u64),
    PassFragment(u64),
    Skip(u64),
    Padding,
}

struct Header {
    tag: Tag,
    /// Nothing for items and delimiters.
    vr: Option<VR>,
    /// The VR as it stood, before the dictionary was asked about UN.
    was_un: bool,
    len: u32,
}

const UNDEFINED: u32 = 0xFFFF_FFFF;

pub(crate) struct Tokenizer {
    encoding: Encoding,
    max_depth: usize,
    /// A VR that the standard does not have is an error and not bytes of unknown meaning.
    known_vrs_only: bool,
    elements_left: u32,
    items_left: u32,
    depth: usize,
    stack: Vec<Container>,
    head: [u8; 12],
    filled: usize,
    value: Vec<u8>,
    state: State,
    position: u64,
}

impl Tokenizer {
    pub(crate) fn new(syntax: &TransferSyntax, limits: &Limits) -> Self {
        Self {
            encoding: Encoding {
                implicit: syntax.is_implicit(),
                big_endian: syntax.is_big_endian(),
            },
            max_depth: limits.depth,
            known_vrs_only: false,
            elements_left: limits.elements,
            items_left: limits.items,
            depth: 0,
            stack: Vec::new(),
            head: [0; 12],
            filled: 0,
            value: Vec::new(),
            state: State::Header,
            position: 0,
        }
    }

    /// Takes an unknown VR for an error.
    pub(crate) const fn with_known_vrs_only(mut self) -> Self {
        self.known_vrs_only = true;
        self
    }

    /// Bytes of the data set read so far.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut impl Sink) -> Result<()> {
        let mut rest = bytes;
        loop {
            match self.state {
                State::Header => {
                    self.close_finished(sink)?;
                    if !self.gather_header(&mut rest) {
                        return Ok(());
                    }
                    if self.stack.is_empty() && self.head.iter().take(8).all(|byte| *byte == 0) {
                        self.position += 8;
                        self.state = State::Padding;
                        continue;
                    }
                    let header = self.header(sink.signed())?;
                    self.position += u64::try_from(self.filled).unwrap_or(0);
                    self.filled = 0;
                    self.begin(&header, sink)?;
                }
                State::Value(pending, left) => {
                    let (now, left) = self.split(&mut rest, left);
                    if left == 0 && self.value.is_empty() {
                        self.state = Self::deliver(pending, now, sink)?;
                        continue;
                    }
                    self.value.extend_from_slice(now);
                    if left > 0 {
                        self.state = State::Value(pending, left);
                        return Ok(());
                    }
                    let value = std::mem::take(&mut self.value);
                    self.state = Self::deliver(pending, &value, sink)?;
                }
                State::Pass(element, left) => {
                    let (now, left) = self.split(&mut rest, left);
                    if !now.is_empty() {
                        sink.part(&element, now, left == 0)?;
                    }
                    if left > 0 {
                        self.state = State::Pass(element, left);
                        return Ok(());
                    }
                    self.state = State::Header;
                }
                State::PassFragment(left) => {
                    let (now, left) = self.split(&mut rest, left);
                    if !now.is_empty() {
                        sink.fragment_part(now)?;
                    }
                    if left > 0 {
                        self.state = State::PassFragment(left);
                        return Ok(());
                    }
                    self.state = State::Header;
                }
                State::Skip(left) => {
                    let (_, left) = self.split(&mut rest, left);
                    if left > 0 {
                        self.state = State::Skip(left);
                        return Ok(());
                    }
                    self.state = State::Header;
                }
                State::Padding => {
                    if rest.iter().any(|byte| *byte != 0) {
                        return Err(self.malformed("bytes behind the end of the data set"));
                    }
                    self.split(&mut rest, u64::MAX);
                    return Ok(());
                }
            }
        }
    }

    /// The end of the bytes: is it the end of the data set?
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) -> Result<()> {
        match self.state {
            State::Header => {
                self.close_finished(sink)?;
                let zeros = self.head.iter().take(self.filled).all(|byte| *byte == 0);
                if self.stack.is_empty() && zeros { Ok(()) } else { Err(ScanError::Truncated) }
            }
            State::Padding => Ok(()),
            State::Value(..) | State::Pass(..) | State::PassFragment(_) | State::Skip(_) => {
                Err(ScanError::Truncated)
            }
        }
    }

    fn malformed(&self, what: &'static str) -> ScanError {
        ScanError::Malformed { offset: self.position, what }
    }

    /// Takes up to `left` bytes off `rest`; gives them and what is then left.
    fn split<'a>(&mut self, rest: &mut &'a [u8], left: u64) -> (&'a [u8], u64) {
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
        let (now, later) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        *rest = later;
        let count = u64::try_from(count).unwrap_or(0);
        self.position = self.position.saturating_add(count);
        (now, left - count)
    }

    /// Hands a gathered value over; what comes next.
    fn deliver(pending: Pending, bytes: &[u8], sink: &mut impl Sink) -> Result<State> {
        match pending {
            Pending::Element(element) => sink.value(&element, bytes)?,
            Pending::Fragment => sink.fragment_value(bytes)?,
            Pending::FragmentStart(behind) => {
                sink.fragment_start(bytes);
                return Ok(State::Skip(behind));
            }
        }
        Ok(State::Header)
    }

    fn current(&self) -> Encoding {
        self.stack.last().map_or(self.encoding, |top| top.encoding)
    }

    /// Fills the header buffer; false until a whole header is in it.
    fn gather_header(&mut self, rest: &mut &[u8]) -> bool {
        loop {
            let wanted = if self.filled < 8 { 8 } else { self.header_len() };
            if self.filled >= wanted {
                return true;
            }
            let Some(room) = self.head.get_mut(self.filled..wanted) else { return true };
            let count = room.len().min(rest.len());
            let (Some(room), Some((now, later))) =
                (room.get_mut(..count), rest.split_at_checked(count))
            else {
                return false;
            };
            room.copy_from_slice(now);
            *rest = later;
            self.filled += count;
            if count == 0 {
                return false;
            }
        }
    }

    fn header_len(&self) -> usize {
        let item = self.tag().group() == 0xFFFE;
        let [_, _, _, _, first, second, ..] = self.head;
        if !item
            && !self.current().implicit
            && matches!(vr::written([first, second]), Written::Long(_))
        {
            12
        } else {
            8
        }
    }

    fn tag(&self) -> Tag {
        let [a, b, c, d, ..] = self.head;
        if self.current().big_endian {
            Tag(u32::from_be_bytes([a, b, c, d]))
        } else {
            Tag(u32::from_be_bytes([b, a, d, c]))
        }
    }

    fn header(&self, signed: bool) -> Result<Header> {
        let [_, _, _, _, second @ .., _, _, _, _] = self.head;
        let [.., third_1, third_2, third_3, third_4] = self.head;
        let [vr_1, vr_2, len_1, len_2] = second;
        let encoding = self.current();
        let long = |bytes: [u8; 4]| {
            if encoding.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        let tag = self.tag();
        if tag.group() == 0xFFFE {
            return Ok(Header { tag, vr: None, was_un: false, len: long(second) });
        }
        if encoding.implicit {
            let vr = vr::of_dictionary(tag, signed).unwrap_or(VR::UN);
            return Ok(Header { tag, vr: Some(vr), was_un: vr == VR::UN, len: long(second) });
        }
        let (vr, len) = match vr::written([vr_1, vr_2]) {
            Written::Short(vr) => {
                let len = if encoding.big_endian {
                    u16::from_be_bytes([len_1, len_2])
                } else {
                    u16::from_le_bytes([len_1, len_2])
                };
                (vr, u32::from(len))
            }
            Written::Long(vr) => (vr, long([third_1, third_2, third_3, third_4])),
            Written::Garbage => return Err(self.malformed("the VR is not two letters")),
        };
        if self.known_vrs_only && VR::from_binary([vr_1, vr_2]).is_none() {
            return Err(self.malformed("a VR that the standard does not have"));
        }
        let was_un = vr == VR::UN;
        let vr = if was_un && len != UNDEFINED {
            vr::of_dictionary(tag, signed).unwrap_or(VR::UN)
        } else {
            vr
        };
        Ok(Header { tag, vr: Some(vr), was_un, len })
    }

    fn begin(&mut self, header: &Header, sink: &mut impl Sink) -> Result<()> {
        match (self.stack.last().map(|top| top.kind), header.vr) {
            (Some(Kind::Sequence), _) => self.in_sequence(header, sink),
            (Some(Kind::Fragments { next }), _) => self.in_fragments(header, next, sink),
            (Some(Kind::Item) | None, Some(vr)) => self.element(header, vr, sink),
            (Some(Kind::Item), None)
                if header.tag == Tag::ITEM_END
                    && self.stack.last().is_some_and(|top| top.end.is_none()) =>
            {
                self.close(sink)
            }
            (Some(Kind::Item) | None, None) => Err(self.malformed("an item outside a sequence")),
        }
    }

    fn in_sequence(&mut self, header: &Header, sink: &mut impl Sink) -> Result<()> {
        if header.tag == Tag::ITEM {
            self.items_left = self
                .items_left
                .checked_sub(1)
                .ok_or(ScanError::LimitExceeded { what: "items in sequences" })?;
            let encoding = self.current();
            self.open(Kind::Item, header.len, encoding)?;
            return sink.open_item();
        }
        let undefined = self.stack.last().is_some_and(|top| top.end.is_none());
        if header.tag == Tag::SEQUENCE_END && undefined {
            return self.close(sink);
        }
        Err(self.malformed("a sequence holds something that is no item"))
    }

    fn in_fragments(&mut self, header: &Header, next: usize, sink: &mut impl Sink) -> Result<()> {
        if header.tag == Tag::SEQUENCE_END {
            return self.close(sink);
        }
        if header.tag != Tag::ITEM || header.len == UNDEFINED {
            return Err(self.malformed("encapsulated pixel data holds something that is no item"));
        }
        let len = u64::from(header.len);
        self.check_bound(len)?;
        if let Some(top) = self.stack.last_mut() {
            top.kind = Kind::Fragments { next: next.saturating_add(1) };
        }
        let take = sink.fragment(next, Fragment { offset: self.position, len })?;
        self.state = match take {
            Take::Value => State::Value(Pending::Fragment, len),
            Take::Start => {
                let start = len.min(START);
                State::Value(Pending::FragmentStart(len - start), start)
            }
            Take::Pass => State::PassFragment(len),
            Take::Skip => State::Skip(len),
        };
        Ok(())
    }

    fn element(&mut self, header: &Header, vr: VR, sink: &mut impl Sink) -> Result<()> {
        self.elements_left = self
            .elements_left
            .checked_sub(1)
            .ok_or(ScanError::LimitExceeded { what: "data elements" })?;
        let mut element = Element {
            tag: header.tag,
            vr,
            offset: self.position,
            len: u64::from(header.len),
            big_endian: self.current().big_endian && !header.was_un,
        };
        let undefined = header.len == UNDEFINED;
        if vr == VR::SQ || (undefined && vr == VR::UN) {
            if self.depth >= self.max_depth {
                return Err(ScanError::LimitExceeded { what: "nested sequences" });
            }
            let encoding = if header.was_un { INSIDE_UN } else { self.current() };
            self.open(Kind::Sequence, header.len, encoding)?;
            self.depth += 1;
            return sink.open_sequence(header.tag);
        }
        if undefined {
            if !matches!(vr, VR::OB | VR::OW) {
                return Err(self.malformed("undefined length where a length is needed"));
            }
            element.len = 0;
            let encoding = self.current();
            self.open(Kind::Fragments { next: 0 }, UNDEFINED, encoding)?;
            return sink.open_fragments(&element);
        }
        self.check_bound(element.len)?;
        self.state = match sink.element(&element)? {
            Take::Value => State::Value(Pending::Element(element), element.len),
            Take::Pass => State::Pass(element, element.len),
            Take::Start | Take::Skip => State::Skip(element.len),
        };
        Ok(())
    }

    fn bound(&self) -> u64 {
        self.stack.last().map_or(u64::MAX, |top| top.bound)
    }

    fn check_bound(&self, len: u64) -> Result<()> {
        match self.position.checked_add(len) {
            Some(end) if end <= self.bound() => Ok(()),
            _ => Err(self.malformed("an element is longer than what holds it")),
        }
    }

    fn open(&mut self, kind: Kind, len: u32, encoding: Encoding) -> Result<()> {
        let (end, bound) = if len == UNDEFINED {
            (None, self.bound())
        } else {
            self.check_bound(u64::from(len))?;
            let end = self.position.saturating_add(u64::from(len));
            (Some(end), end)
        };
        self.stack.push(Container { kind, end, bound, encoding });
        Ok(())
    }

    fn close(&mut self, sink: &mut impl Sink) -> Result<()> {
        match self.stack.pop().map(|top| top.kind) {
            Some(Kind::Sequence) => {
                self.depth = self.depth.saturating_sub(1);
                sink.close_sequence()
            }
            Some(Kind::Item) => sink.close_item(),
            Some(Kind::Fragments { .. }) => sink.close_fragments(self.position),
            None => Ok(()),
        }
    }

    /// Closes the containers of defined length whose end has been reached.
    fn close_finished(&mut self, sink: &mut impl Sink) -> Result<()> {
        if self.filled > 0 {
            return Ok(());
        }
        while self.stack.last().is_some_and(|top| top.end == Some(self.position)) {
            self.close(sink)?;
        }
        if self.stack.last().is_some_and(|top| top.bound <= self.position) {
            return Err(self.malformed("an item is not closed inside what holds it"));
        }
        Ok(())
    }
}
