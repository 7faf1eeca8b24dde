//! The head of a DICOM file: preamble and File Meta Information, PS3.10 section 7.1.

use lightcase_model::{SopClassUid, SopInstanceUid, TransferSyntaxUid};

use crate::error::{Result, ScanError};
use crate::syntax::TransferSyntax;
use crate::vr::{self, Written};

/// Longest head that is read, in bytes: preamble, prefix and group 2.
pub const MAX_FILE_META: usize = 132 + (64 << 10);

const PREAMBLE: usize = 128;

/// What stands in the 128 bytes before the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preamble {
    /// The file has none.
    Absent,
    /// All zero.
    Zero,
    /// Something harmless, such as a TIFF header.
    Other,
    /// The signature of a program, script, archive or document.
    Suspicious,
}

/// What the head of a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMeta {
    /// Transfer Syntax UID (0002,0010); guessed when the file has no group 2.
    pub transfer_syntax: TransferSyntaxUid,
    /// Media Storage SOP Class UID (0002,0002), if it is one.
    pub sop_class: Option<SopClassUid>,
    /// Media Storage SOP Instance UID (0002,0003), if it is one.
    pub sop_instance: Option<SopInstanceUid>,
    /// Bytes before the data set.
    pub meta_len: u64,
    /// What the preamble looks like.
    pub preamble: Preamble,
    /// There was no group 2 and the transfer syntax is a guess from the first element.
    pub guessed: bool,
}

/// Reads the head of a file as it arrives.
///
/// Understood beyond PS3.10: no preamble, no prefix, no group 2 at all (the first element of group
/// 0008 then tells implicit from explicit), group 2 in implicit VR, a wrong or missing group length.
#[derive(Debug, Default)]
pub struct Part10Prefix {
    buffer: Vec<u8>,
    meta_len: usize,
    /// Length from which another look at the buffer is worth it.
    retry_at: usize,
}

impl Part10Prefix {
    /// A reader at the first byte of a file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes; the head once it is complete, or a little later when
    /// the pieces are small. What lies behind it then is in [`Part10Prefix::rest`], and nothing
    /// more should be pushed.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<FileMeta>> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() < self.retry_at {
            return Ok(None);
        }
        // In proportion, so that a file that comes byte by byte is not read over and over.
        self.retry_at = self.buffer.len() + self.buffer.len() / 8;
        let found = parse(&self.buffer, false)?;
        if found.is_none() && self.buffer.len() > MAX_FILE_META {
            return Err(ScanError::LimitExceeded { what: "size of the file meta information" });
        }
        Ok(self.note(found))
    }

    /// The head, now that no more bytes will come.
    pub fn finish(&mut self) -> Result<FileMeta> {
        let found = parse(&self.buffer, true)?;
        self.note(found).ok_or(ScanError::Truncated)
    }

    /// The first bytes of the data set: what was pushed beyond the head.
    pub fn rest(&self) -> &[u8] {
        self.buffer.get(self.meta_len..).unwrap_or_default()
    }

    fn note(&mut self, found: Option<FileMeta>) -> Option<FileMeta> {
        if let Some(meta) = &found {
            self.meta_len = usize::try_from(meta.meta_len).unwrap_or(usize::MAX);
        }
        found
    }
}

/// Reads the head from the first bytes of a file; nothing if more are needed.
fn parse(bytes: &[u8], complete: bool) -> Result<Option<FileMeta>> {
    let prefix = bytes.get(PREAMBLE..PREAMBLE + 4);
    if prefix == Some(b"DICM") {
        let preamble = classify(bytes.get(..PREAMBLE).unwrap_or_default());
        return group_2(bytes, PREAMBLE + 4, preamble, complete);
    }
    if prefix.is_none() && !complete {
        return Ok(None);
    }
    match bytes {
        [] => Err(ScanError::NotDicom("there are no bytes")),
        [b'D', b'I', b'C', b'M', ..] => group_2(bytes, 4, Preamble::Absent, complete),
        [0x02, 0x00, _, 0x00, ..] => group_2(bytes, 0, Preamble::Absent, complete),
        _ => guess(bytes).map(Some),
    }
}

fn group_2(
    bytes: &[u8],
    start: usize,
    preamble: Preamble,
    complete: bool,
) -> Result<Option<FileMeta>> {
    let (mut class, mut instance, mut syntax) = (None, None, None);
    let mut at = start;
    loop {
        let head = bytes.get(at..).unwrap_or_default();
        if let [group_low, group_high, ..] = head
            && [*group_low, *group_high] != [0x02, 0x00]
        {
            break;
        }
        let Some(element) = element(head, at)? else {
            if !complete {
                return Ok(None);
            }
            if head.is_empty() {
                break;
            }
            return Err(ScanError::Truncated);
        };
        let text = str::from_utf8(element.value).unwrap_or_default().trim_matches([' ', '\0']);
        match element.number {
            0x0002 => class = SopClassUid::parse(text).ok(),
            0x0003 => instance = SopInstanceUid::parse(text).ok(),
            0x0010 => syntax = Some(text),
            _ => {}
        }
        at = at.saturating_add(element.len);
    }
    let malformed = |what| ScanError::Malformed { offset: offset(at), what };
    let syntax = syntax.ok_or(malformed("the file meta information has no Transfer Syntax UID"))?;
    let transfer_syntax =
        TransferSyntaxUid::parse(syntax).map_err(|_error: lightcase_model::UidError| {
            malformed("Transfer Syntax UID is not a UID")
        })?;
    Ok(Some(FileMeta {
        transfer_syntax,
        sop_class: class,
        sop_instance: instance,
        meta_len: offset(at),
        preamble,
        guessed: false,
    }))
}

struct MetaElement<'a> {
    number: u16,
    value: &'a [u8],
    /// Of header and value.
    len: usize,
}

/// One element of group 2; nothing if it has not arrived whole.
fn element(bytes: &[u8], at: usize) -> Result<Option<MetaElement<'_>>> {
    let (Some([_, _, low, high]), Some(second)) =
        (bytes.first_chunk::<4>(), bytes.get(4..).and_then(<[u8]>::first_chunk::<4>))
    else {
        return Ok(None);
    };
    let [vr_1, vr_2, len_low, len_high] = *second;
    let (header, len) = match vr::written([vr_1, vr_2]) {
        Written::Short(_) => (8, u32::from(u16::from_le_bytes([len_low, len_high]))),
        Written::Long(_) => {
            let Some(third) = bytes.get(8..).and_then(<[u8]>::first_chunk::<4>) else {
                return Ok(None);
            };
            (12, u32::from_le_bytes(*third))
        }
        Written::Garbage => (8, u32::from_le_bytes(*second)),
    };
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    if at.saturating_add(len) > MAX_FILE_META {
        let what = "an element of the file meta information is too long";
        return Err(ScanError::Malformed { offset: offset(at), what });
    }
    let number = u16::from_le_bytes([*low, *high]);
    Ok(bytes.get(header..header + len).map(|value| MetaElement {
        number,
        value,
        len: header + len,
    }))
}

/// The syntax of a data set without head, from its first element, which must be of group 0008.
fn guess(bytes: &[u8]) -> Result<FileMeta> {
    let nothing = ScanError::NotDicom("there is neither a DICM prefix nor a data set");
    let (Some(tag), Some(second)) =
        (bytes.first_chunk::<4>(), bytes.get(4..).and_then(<[u8]>::first_chunk::<4>))
    else {
        return Err(nothing);
    };
    let [vr_1, vr_2, _, _] = *second;
    let explicit = vr::written([vr_1, vr_2]) != Written::Garbage;
    let uid = match tag {
        [0x08, 0x00, _, _] if explicit => TransferSyntax::EXPLICIT_LITTLE,
        // An element this early is short; text files and pictures would claim megabytes.
        [0x08, 0x00, 0..=0x20, 0x00] if u32::from_le_bytes(*second) <= 1024 => {
            TransferSyntax::IMPLICIT_LITTLE
        }
        [0x00, 0x08, _, _] if explicit => TransferSyntax::EXPLICIT_BIG,
        _ => return Err(nothing),
    };
    let transfer_syntax =
        TransferSyntaxUid::parse(uid).map_err(|_error: lightcase_model::UidError| nothing)?;
    Ok(FileMeta {
        transfer_syntax,
        sop_class: None,
        sop_instance: None,
        meta_len: 0,
        preamble: Preamble::Absent,
        guessed: true,
    })
}

fn classify(preamble: &[u8]) -> Preamble {
    const SUSPICIOUS: &[&[u8]] = &[
        b"MZ",
        b"\x7fELF",
        b"#!",
        b"<",
        b"%PDF",
        b"PK",
        b"\x89PNG",
        b"GIF8",
        b"\xff\xd8\xff",
        b"\xca\xfe\xba\xbe",
        b"\xcf\xfa\xed\xfe",
        b"Rar!",
        b"\x1f\x8b",
    ];
    if preamble.iter().all(|byte| *byte == 0) {
        return Preamble::Zero;
    }
    let start = preamble.trim_ascii_start();
    if SUSPICIOUS.iter().any(|signature| start.starts_with(signature)) {
        Preamble::Suspicious
    } else {
        Preamble::Other
    }
}

fn offset(at: usize) -> u64 {
    u64::try_from(at).unwrap_or(u64::MAX)
}
