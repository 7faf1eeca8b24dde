//! The records of a ZIP archive whose files are stored as they are (APPNOTE.TXT 6.3, section 4.3).

/// Lengths and offsets from here on stand in a ZIP64 field (section 4.4.1.4).
const LONG: u64 = 0xFFFF_FFFF;
/// So many files, or more, are counted in a ZIP64 record.
const MANY: u64 = 65_535;

/// Version 1.0, and 4.5 where a ZIP64 field is used (section 4.4.3).
const PLAIN: u16 = 10;
const ZIP64: u16 = 45;
/// The upper half of "version made by": the attributes below are those of Unix.
const UNIX: u16 = 3 << 8;
/// A plain file that its owner may write and everybody read.
const ATTRIBUTES: u32 = 0o100_644 << 16;
/// 1980-01-01, the first day of this calendar: when the archive was asked for is not part of it.
const DATE: u16 = 1 << 5 | 1;

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    /// Its path; ASCII, with `/` between its parts.
    pub(super) name: String,
    /// Its length in bytes.
    pub(super) length: u64,
    /// CRC-32 of its bytes.
    pub(super) crc32: u32,
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// A number as its 32-bit field has it: all ones when it stands elsewhere.
fn field(number: u64) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

fn short(number: u64) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

/// The ZIP64 field with these numbers; nothing without any.
fn extra(numbers: &[u64]) -> Vec<u8> {
    if numbers.is_empty() {
        return Vec::new();
    }
    let mut field = vec![0x01, 0x00];
    field.extend(short(length(&[0; 8]).saturating_mul(u64::try_from(numbers.len()).unwrap_or(0))));
    for number in numbers {
        field.extend(number.to_le_bytes());
    }
    field
}

impl File {
    fn local_extra(&self) -> Vec<u8> {
        // Section 4.5.3: in a local header both lengths, or none.
        if self.length < LONG { Vec::new() } else { extra(&[self.length, self.length]) }
    }

    fn central_extra(&self, at: u64) -> Vec<u8> {
        let lengths = (self.length >= LONG).then_some(self.length);
        let numbers = lengths.into_iter().chain(lengths).chain((at >= LONG).then_some(at));
        extra(&numbers.collect::<Vec<_>>())
    }

    /// What both headers share, from the version to the length of the extra field.
    fn common(&self, out: &mut Vec<u8>, extra: &[u8]) {
        out.extend(if extra.is_empty() { PLAIN } else { ZIP64 }.to_le_bytes());
        // No flag, not compressed, midnight.
        out.extend([0; 6]);
        out.extend(DATE.to_le_bytes());
        out.extend(self.crc32.to_le_bytes());
        out.extend(field(self.length));
        out.extend(field(self.length));
        out.extend(short(length(self.name.as_bytes())));
        out.extend(short(length(extra)));
    }

    /// The header before its bytes (section 4.3.7).
    pub(super) fn local(&self) -> Vec<u8> {
        let extra = self.local_extra();
        let mut out = b"PK\x03\x04".to_vec();
        self.common(&mut out, &extra);
        out.extend(self.name.as_bytes());
        out.extend(extra);
        out
    }

    /// The header in the directory (section 4.3.12), for a file whose local header is at an offset.
    pub(super) fn central(&self, at: u64) -> Vec<u8> {
        let extra = self.central_extra(at);
        let mut out = b"PK\x01\x02".to_vec();
        out.extend((UNIX | ZIP64).to_le_bytes());
        self.common(&mut out, &extra);
        // No comment, first disk, no internal attributes.
        out.extend([0; 6]);
        out.extend(ATTRIBUTES.to_le_bytes());
        out.extend(field(at));
        out.extend(self.name.as_bytes());
        out.extend(extra);
        out
    }

    /// The length of [`File::local`].
    pub(super) fn local_length(&self) -> u64 {
        30_u64
            .saturating_add(length(self.name.as_bytes()))
            .saturating_add(length(&self.local_extra()))
    }

    /// The length of [`File::central`].
    pub(super) fn central_length(&self, at: u64) -> u64 {
        let extra = length(&self.central_extra(at));
        46_u64.saturating_add(length(self.name.as_bytes())).saturating_add(extra)
    }
}

/// What follows a directory of so many files that begins at an offset and has a length (sections
/// 4.3.14 to 4.3.16).
pub(super) fn end(files: u64, at: u64, long: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(98);
    if files >= MANY || at >= LONG || long >= LONG {
        out.extend(b"PK\x06\x06");
        out.extend(44_u64.to_le_bytes());
        out.extend((UNIX | ZIP64).to_le_bytes());
        out.extend(ZIP64.to_le_bytes());
        // This disk, and the directory's.
        out.extend([0; 8]);
        for number in [files, files, long, at] {
            out.extend(number.to_le_bytes());
        }
        out.extend(b"PK\x06\x07");
        out.extend([0; 4]);
        out.extend(at.saturating_add(long).to_le_bytes());
        out.extend(1_u32.to_le_bytes());
    }
    out.extend(b"PK\x05\x06");
    out.extend([0; 4]);
    out.extend(short(files));
    out.extend(short(files));
    out.extend(field(long));
    out.extend(field(at));
    // No comment.
    out.extend([0; 2]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_known_before_the_records_are_made() {
        for length in [0, 1, LONG - 1, LONG, LONG + 1, 1 << 40] {
            for at in [0, LONG - 1, LONG, LONG + 1] {
                let file = File { name: "DICOM/IM000001".to_owned(), length, crc32: 7 };
                let (local, central) = (file.local(), file.central(at));
                assert_eq!(file.local_length(), super::length(&local), "{length}");
                assert_eq!(file.central_length(at), super::length(&central), "{length} at {at}");
            }
        }
    }

    #[test]
    fn a_number_that_does_not_fit_stands_in_the_zip64_field() {
        let check = |length, at, local: usize, central: usize| {
            let file = File { name: String::new(), length, crc32: 0 };
            let lengths = (file.local().len() - 30, file.central(at).len() - 46);
            assert_eq!(lengths, (local, central), "{length} at {at}");
        };
        check(LONG - 1, LONG - 1, 0, 0);
        check(LONG, 0, 20, 20);
        check(0, LONG, 0, 12);
        check(LONG, LONG, 20, 28);
        for (files, at, long, length) in
            [(65_534, 9, 9, 22), (65_535, 9, 9, 98), (1, LONG, 9, 98), (1, 9, LONG, 98)]
        {
            assert_eq!(end(files, at, long).len(), length, "{files} {at} {long}");
        }
    }
}
