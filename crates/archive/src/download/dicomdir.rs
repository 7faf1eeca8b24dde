//! DICOMDIR: the directory of a file-set (PS3.3 annex F, PS3.10 section 8.6). Records are linked by
//! their offsets in the file, and come here as one reads them: a patient, its first study, that
//! one's first series, its objects, the next series.

use lightcase_dataset::{Encoder, IMPLEMENTATION_CLASS_UID, Identifier, Tag, TransferSyntax, VR};
use lightcase_model::{Level, TransferSyntaxUid, UidError};

use super::kind::{PRIVATE, PRIVATE_RECORD_UID};

/// Media Storage Directory Storage.
const SOP_CLASS: &str = "1.2.840.10008.1.3.10";
/// File-set ID (0004,1130).
const FILE_SET: &[u8] = b"LIGHTCASE";

const IN_USE: [u8; 2] = [0xFF, 0xFF];
/// Where in a record the offset of the next one stands, and that of the first one below it.
const NEXT: usize = 16;
const BELOW: usize = 38;

/// The file that a record is about.
pub(super) struct Referenced<'a> {
    /// Referenced File ID (0004,1500), its components joined by backslashes.
    pub(super) file: String,
    /// Referenced SOP Class UID in File (0004,1510).
    pub(super) sop_class: &'a str,
    /// Referenced SOP Instance UID in File (0004,1511).
    pub(super) sop_instance: &'a str,
    /// Referenced Transfer Syntax UID in File (0004,1512).
    pub(super) transfer_syntax: &'a str,
}

/// A directory that is being written.
#[derive(Debug)]
pub(super) struct Directory {
    out: Vec<u8>,
    syntax: TransferSyntax,
    /// Where the root's offsets stand: of its first and of its last record.
    root: (usize, usize),
    /// Where the length of the sequence stands.
    sequence: usize,
    /// Where the last record of each level begins, below those of the levels above.
    last: [Option<usize>; 4],
}

const fn depth(level: Level) -> usize {
    match level {
        Level::Patient => 0,
        Level::Study => 1,
        Level::Series => 2,
        Level::Instance => 3,
    }
}

/// File Meta Information without the name of a version, so that another version of the program
/// writes the same.
fn meta(encoder: &mut Encoder, instance: &str) -> Vec<u8> {
    encoder.element(Tag(0x0002_0001), VR::OB, &[0, 1]);
    for (tag, uid) in [
        (Tag(0x0002_0002), SOP_CLASS),
        (Tag(0x0002_0003), instance),
        (Tag(0x0002_0010), TransferSyntax::EXPLICIT_LITTLE),
        (Tag(0x0002_0012), IMPLEMENTATION_CLASS_UID),
    ] {
        encoder.element(tag, VR::UI, uid.as_bytes());
    }
    let group = encoder.take();
    let length = u32::try_from(group.len()).unwrap_or(0);
    encoder.element(Tag(0x0002_0000), VR::UL, &length.to_le_bytes());
    [vec![0; 128], b"DICM".to_vec(), encoder.take(), group].concat()
}

impl Directory {
    /// An empty directory; `instance` is its SOP Instance UID, and so that of the file-set.
    pub(super) fn new(instance: &str) -> Result<Self, UidError> {
        let syntax = TransferSyntaxUid::parse(TransferSyntax::EXPLICIT_LITTLE)?;
        let syntax = TransferSyntax::of(&syntax);
        let mut encoder = Encoder::of(&syntax);
        let mut out = meta(&mut encoder, instance);
        encoder.element(Tag(0x0004_1130), VR::CS, FILE_SET);
        out.append(&mut encoder.take());
        let mut placeholder = |tag, vr, value: &[u8]| {
            encoder.element(tag, vr, value);
            out.append(&mut encoder.take());
            out.len().saturating_sub(value.len())
        };
        let first = placeholder(Tag(0x0004_1200), VR::UL, &[0; 4]);
        let last = placeholder(Tag(0x0004_1202), VR::UL, &[0; 4]);
        // File-set Consistency Flag: nothing is known to be inconsistent.
        placeholder(Tag(0x0004_1212), VR::US, &[0; 2]);
        encoder.header(Tag(0x0004_1220), VR::SQ, 0);
        out.append(&mut encoder.take());
        let sequence = out.len().saturating_sub(4);
        Ok(Self { out, syntax, root: (first, last), sequence, last: [None; 4] })
    }

    /// Adds a record below the last one of the level above. A value that cannot be written leaves
    /// its record without keys, which none of ours does.
    pub(super) fn push(
        &mut self,
        level: Level,
        kind: &str,
        referenced: Option<&Referenced<'_>>,
        keys: &Identifier,
    ) {
        let at = self.out.len();
        self.link(level, at);
        let mut encoder = Encoder::of(&self.syntax);
        encoder.element(Tag(0x0004_1400), VR::UL, &[0; 4]);
        encoder.element(Tag(0x0004_1410), VR::US, &IN_USE);
        encoder.element(Tag(0x0004_1420), VR::UL, &[0; 4]);
        encoder.element(Tag(0x0004_1430), VR::CS, kind.as_bytes());
        if kind == PRIVATE.name {
            encoder.element(Tag(0x0004_1432), VR::UI, PRIVATE_RECORD_UID.as_bytes());
        }
        if let Some(Referenced { file, sop_class, sop_instance, transfer_syntax }) = referenced {
            encoder.element(Tag(0x0004_1500), VR::CS, file.as_bytes());
            encoder.element(Tag(0x0004_1510), VR::UI, sop_class.as_bytes());
            encoder.element(Tag(0x0004_1511), VR::UI, sop_instance.as_bytes());
            encoder.element(Tag(0x0004_1512), VR::UI, transfer_syntax.as_bytes());
        }
        encoder.raw(&keys.write(&self.syntax).unwrap_or_default());
        let record = encoder.take();
        self.out.extend([0xFE, 0xFF, 0x00, 0xE0]);
        self.out.extend(u32::try_from(record.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.out.extend(record);
    }

    /// Makes the record at an offset known to the one before it, or to the one above.
    fn link(&mut self, level: Level, at: usize) {
        let depth = depth(level);
        let above = depth.checked_sub(1).and_then(|above| self.last.get(above).copied().flatten());
        let place = match (self.last.get(depth).copied().flatten(), above) {
            (Some(before), _) => before.saturating_add(NEXT),
            (None, Some(above)) => above.saturating_add(BELOW),
            (None, None) => self.root.0,
        };
        self.patch(place, at);
        if depth == 0 {
            self.patch(self.root.1, at);
        }
        let below = self.last.iter_mut().skip(depth);
        for (deeper, last) in below.enumerate() {
            *last = (deeper == 0).then_some(at);
        }
    }

    fn patch(&mut self, place: usize, number: usize) {
        let number = u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
        if let Some(field) = self.out.get_mut(place..place.saturating_add(4)) {
            field.copy_from_slice(&number);
        }
    }

    /// The file; `None` when it is too long for its offsets.
    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        u32::try_from(self.out.len()).ok()?;
        let length = self.out.len().saturating_sub(self.sequence).saturating_sub(4);
        self.patch(self.sequence, length);
        Some(self.out)
    }
}
