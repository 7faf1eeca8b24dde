//! A data set, or what stands before its pixels, as a flat list: nesting costs no stack.

use lightcase_dataset::{Tag, VR};

/// One thing that stands in a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Element(Entry),
    OpenSequence(Tag),
    OpenItem,
    CloseItem,
    CloseSequence,
}

/// An element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) tag: Tag,
    pub(crate) vr: VR,
    pub(crate) big_endian: bool,
    start: usize,
    /// `None`: the value was not gathered, since whatever is decided it cannot stay.
    len: Option<usize>,
}

/// The list and the values it speaks of.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    pub(crate) events: Vec<Event>,
    values: Vec<u8>,
}

impl Tape {
    pub(crate) fn push(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Notes an element with its value.
    pub(crate) fn element(&mut self, tag: Tag, vr: VR, big_endian: bool, value: Option<&[u8]>) {
        let start = self.values.len();
        self.values.extend_from_slice(value.unwrap_or_default());
        let len = value.map(<[u8]>::len);
        self.events.push(Event::Element(Entry { tag, vr, big_endian, start, len }));
    }

    /// The value of an element, if it was gathered.
    pub(crate) fn value(&self, entry: &Entry) -> Option<&[u8]> {
        self.values.get(entry.start..entry.start.checked_add(entry.len?)?)
    }

    /// Where the sequence ends that is opened at a place; of one that is not closed, the end.
    pub(crate) fn end_of(&self, opened: usize) -> usize {
        let mut depth = 0_usize;
        let events = self.events.iter().enumerate().skip(opened);
        for (at, event) in events {
            match event {
                Event::OpenSequence(_) => depth += 1,
                Event::CloseSequence if depth <= 1 => return at,
                Event::CloseSequence => depth -= 1,
                Event::OpenItem | Event::CloseItem | Event::Element(_) => {}
            }
        }
        self.events.len()
    }

    /// Bytes that it holds.
    pub(crate) fn size(&self) -> usize {
        self.values.len() + self.events.len() * size_of::<Event>()
    }

    /// The elements of the item that is opened at a place, not those in sequences within; from
    /// the start when the place is `None`.
    pub(crate) fn level(&self, opened: Option<usize>) -> impl Iterator<Item = &Entry> {
        let start = opened.map_or(0, |at| at + 1);
        let mut depth = 0_usize;
        let events = self.events.get(start..).unwrap_or_default().iter();
        events
            .map_while(move |event| {
                match event {
                    Event::OpenSequence(_) | Event::OpenItem => depth += 1,
                    Event::CloseItem | Event::CloseSequence => depth = depth.checked_sub(1)?,
                    Event::Element(entry) if depth == 0 => return Some(Some(entry)),
                    Event::Element(_) => {}
                }
                Some(None)
            })
            .flatten()
    }
}
