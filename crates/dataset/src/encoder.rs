//! Writing data sets, PS3.5 section 7.1 and annex A.

use dicom_core::VR;
use lightcase_model::TransferSyntaxUid;

use crate::element::Tag;
use crate::syntax::TransferSyntax;
use crate::vr;

/// The transfer syntaxes that every peer takes: little endian, neither deflated nor encapsulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain {
    /// Implicit VR Little Endian.
    Implicit,
    /// Explicit VR Little Endian.
    Explicit,
}

impl Plain {
    /// The plain syntax that a UID names, if it names one.
    pub fn of(uid: &TransferSyntaxUid) -> Option<Self> {
        match uid.as_str() {
            TransferSyntax::IMPLICIT_LITTLE => Some(Self::Implicit),
            TransferSyntax::EXPLICIT_LITTLE => Some(Self::Explicit),
            _ => None,
        }
    }

    /// Its UID.
    pub const fn uid(self) -> &'static str {
        match self {
            Self::Implicit => TransferSyntax::IMPLICIT_LITTLE,
            Self::Explicit => TransferSyntax::EXPLICIT_LITTLE,
        }
    }
}

/// A value longer than this does not fit a header with a 16-bit length.
const SHORT: u32 = 0xFFFE;

const UNDEFINED: u32 = 0xFFFF_FFFF;

/// Appends elements to a data set. Sequences and items are of undefined length, so that nothing
/// has to be known before it is written. The caller keeps to ascending tags.
#[derive(Debug)]
pub struct Encoder {
    implicit: bool,
    big_endian: bool,
    out: Vec<u8>,
}

impl Encoder {
    /// An empty data set.
    pub(crate) const fn new(plain: Plain) -> Self {
        Self { implicit: matches!(plain, Plain::Implicit), big_endian: false, out: Vec::new() }
    }

    /// An empty data set in a transfer syntax. What a deflated one deflates is written, and
    /// whether pixel data are in fragments is the caller's affair.
    pub fn of(syntax: &TransferSyntax) -> Self {
        Self { implicit: syntax.is_implicit(), big_endian: syntax.is_big_endian(), out: Vec::new() }
    }

    /// Values are to be given in big endian.
    pub const fn is_big_endian(&self) -> bool {
        self.big_endian
    }

    /// Opens encapsulated pixel data, PS3.5 section A.4; fragments follow, each by
    /// [`Encoder::fragment`] and [`Encoder::raw`], and [`Encoder::close_sequence`].
    pub fn open_fragments(&mut self, tag: Tag, vr: VR) {
        self.header(tag, vr, UNDEFINED);
    }

    /// The header of a fragment.
    pub fn fragment(&mut self, len: u32) {
        self.mark(Tag::ITEM, len);
    }

    /// An element with its value; a value of odd length is padded as its VR asks for (PS3.5
    /// section 6.2).
    pub fn element(&mut self, tag: Tag, vr: VR, value: &[u8]) {
        let odd = value.len() % 2 == 1;
        let len = value.len().saturating_add(usize::from(odd));
        self.header(tag, vr, u32::try_from(len).unwrap_or(UNDEFINED));
        self.out.extend_from_slice(value);
        if odd {
            self.out.push(if vr::is_text(vr) && vr != VR::UI { b' ' } else { 0 });
        }
    }

    /// Opens a sequence.
    pub fn open_sequence(&mut self, tag: Tag) {
        self.header(tag, VR::SQ, UNDEFINED);
    }

    /// Opens an item.
    pub fn open_item(&mut self) {
        self.mark(Tag::ITEM, UNDEFINED);
    }

    /// Closes the item that was opened last.
    pub fn close_item(&mut self) {
        self.mark(Tag::ITEM_END, 0);
    }

    /// Closes the sequence that was opened last.
    pub fn close_sequence(&mut self) {
        self.mark(Tag::SEQUENCE_END, 0);
    }

    /// What was written since it was last taken.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Gives back what was taken, once it was used: its memory is written to again. What is asked for
    /// anew is cleared by the system anew.
    pub fn reuse(&mut self, mut taken: Vec<u8>) {
        if self.out.is_empty() {
            taken.clear();
            self.out = taken;
        }
    }

    /// The header of an element whose value follows through [`Encoder::raw`].
    pub fn header(&mut self, tag: Tag, vr: VR, len: u32) {
        self.tag(tag);
        if self.implicit {
            self.long(len);
            return;
        }
        // PS3.5 section 6.2.2: a value too long for its VR's header travels as UN.
        let vr = if !vr::is_long(vr) && len > SHORT { VR::UN } else { vr };
        self.out.extend_from_slice(&vr.to_bytes());
        match u16::try_from(len) {
            Ok(len) if !vr::is_long(vr) => self.short(len),
            Ok(_) | Err(_) => {
                self.out.extend_from_slice(&[0, 0]);
                self.long(len);
            }
        }
    }

    /// Bytes of a value.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn mark(&mut self, tag: Tag, len: u32) {
        self.tag(tag);
        self.long(len);
    }

    fn tag(&mut self, tag: Tag) {
        self.short(tag.group());
        self.short(tag.element());
    }

    fn short(&mut self, number: u16) {
        let bytes = if self.big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
        self.out.extend_from_slice(&bytes);
    }

    fn long(&mut self, number: u32) {
        let bytes = if self.big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
        self.out.extend_from_slice(&bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(plain: Plain, tag: u32, vr: VR, value: &[u8], expected: &[u8]) {
        let mut encoder = Encoder::new(plain);
        encoder.element(Tag(tag), vr, value);
        let bytes = encoder.take();
        assert!(bytes.starts_with(expected), "{:?}", bytes.get(..12));
        assert_eq!(bytes.len() % 2, 0);
    }

    #[test]
    fn what_is_given_back_is_written_to_and_nothing_is_lost() {
        let mut encoder = Encoder::new(Plain::Explicit);
        encoder.raw(b"one");
        let taken = encoder.take();
        let place = taken.as_ptr();
        encoder.reuse(taken);
        encoder.raw(b"two");
        encoder.reuse(b"three".to_vec());
        let taken = encoder.take();
        assert_eq!((taken.as_slice(), taken.as_ptr()), (&b"two"[..], place));
    }

    #[test]
    fn headers_are_those_of_the_standard() {
        check(Plain::Explicit, 0x0008_0060, VR::CS, b"CT", b"\x08\0\x60\0CS\x02\0CT");
        check(Plain::Implicit, 0x0008_0060, VR::CS, b"CT", b"\x08\0\x60\0\x02\0\0\0CT");
        check(Plain::Explicit, 0x0008_0018, VR::UI, b"1.2", b"\x08\0\x18\0UI\x04\x001.2\0");
        check(Plain::Explicit, 0x0010_0020, VR::LO, b"P", b"\x10\0\x20\0LO\x02\0P ");
        check(Plain::Explicit, 0x7FE0_0010, VR::OW, &[1], b"\xE0\x7F\x10\0OW\0\0\x02\0\0\0\x01\0");
        let long = vec![b'x'; 65_535];
        check(Plain::Explicit, 0x0010_4000, VR::LT, &long, b"\x10\0\0\x40UN\0\0\0\0\x01\0x");
    }
}
