//! Samples and tables that say how many they are: look-up tables, palettes and waveforms.

use lightcase_dataset::{Tag, VR};

use crate::tape::Tape;

/// LUT Data (0028,3006).
const LUT_DATA: u32 = 0x0028_3006;

/// Waveform Data (5400,1010).
const WAVEFORM_DATA: u32 = 0x5400_1010;

/// Whether a value is as long as the attributes beside it say.
pub(super) fn are_declared(tape: &Tape, opened: Option<usize>, tag: Tag, len: usize) -> bool {
    let padded = |bytes: usize| bytes.checked_add(bytes % 2);
    let numbers = |tag: u32| numbers_of(tape, opened, Tag(tag));
    let descriptor = match tag.0 {
        LUT_DATA => 0x0028_3002,
        0x0028_1201..=0x0028_1204 => tag.0 - 0x100,
        0x0028_1408 => 0x0028_1407,
        WAVEFORM_DATA => {
            let one = |tag| numbers(tag).first().copied();
            let size = || -> Option<usize> {
                let (channels, samples) = (one(0x003A_0005)?, one(0x003A_0010)?);
                channels.checked_mul(samples)?.checked_mul(one(0x5400_1004)? / 8)
            };
            return len > 0 && size().and_then(padded) == Some(len);
        }
        _ => return false,
    };
    let Some(entries) = numbers(descriptor).first().copied() else { return false };
    // PS3.3 section C.11.1.1: zero stands for 65536. Those of eight bits lie in bytes or in words.
    let entries = if entries == 0 { 1 << 16 } else { entries };
    padded(entries) == Some(len) || entries.checked_mul(2) == Some(len)
}

/// Numbers of US, SS or UL beside a value.
fn numbers_of(tape: &Tape, opened: Option<usize>, tag: Tag) -> Vec<usize> {
    let Some(entry) = tape.level(opened).find(|entry| entry.tag == tag) else { return Vec::new() };
    let value = tape.value(entry).unwrap_or_default();
    let width = if entry.vr == VR::UL { 4 } else { 2 };
    let join = |number: usize, byte: &u8| number << 8 | usize::from(*byte);
    let number = |bytes: &[u8]| {
        if entry.big_endian { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) }
    };
    value.chunks_exact(width).map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tags: &[(u32, VR, &[u8])], tag: u32, len: usize, expected: bool) {
        let mut tape = Tape::default();
        for (tag, vr, value) in tags {
            tape.element(Tag(*tag), *vr, false, Some(value));
        }
        assert_eq!(are_declared(&tape, None, Tag(tag), len), expected, "{tag:08X} {len}");
    }

    #[test]
    fn tables_are_as_long_as_their_descriptor_says() {
        for (data, descriptor) in [
            (0x0028_3006, 0x0028_3002),
            (0x0028_1202, 0x0028_1102),
            (0x0028_1204, 0x0028_1104),
            (0x0028_1408, 0x0028_1407),
        ] {
            let three = [(descriptor, VR::US, &[3, 0, 0, 0, 16, 0][..])];
            for (len, is) in [(6, true), (4, true), (2, false), (5, false), (28, false)] {
                check(&three, data, len, is);
            }
            check(&[(descriptor, VR::US, &[0; 6])], data, 131_072, true);
            check(&[], data, 6, false);
        }
    }

    #[test]
    fn waveforms_are_as_long_as_their_channels() {
        let shape: [(u32, VR, &[u8]); 3] = [
            (0x003A_0005, VR::US, &[3, 0]),
            (0x003A_0010, VR::UL, &[5, 0, 0, 0]),
            (0x5400_1004, VR::US, &[8, 0]),
        ];
        check(&shape, WAVEFORM_DATA, 16, true);
        check(&shape, WAVEFORM_DATA, 28, false);
        check(&shape[1..], WAVEFORM_DATA, 16, false);
        check(&shape, 0x0066_0016, 16, false);
    }
}
