//! The ICC profile that stands where an object cannot be without one. A profile holds texts, dates and
//! serial numbers of who made it, and tables of any bytes, so that none stays.

use lightcase_dataset::Tag;

/// ICC Profile (0028,2000).
pub(crate) const ICC_PROFILE: Tag = Tag(0x0028_2000);

/// Color Space (0028,2002).
pub(crate) const COLOUR_SPACE: Tag = Tag(0x0028_2002);

/// What Color Space calls the space of [`srgb`], PS3.3 section C.11.15.1.2.
pub(crate) const SRGB: &[u8] = b"SRGB";

const HEADER: usize = 128;

/// Numbers of a colour, 16 bits before the point and 16 behind it.
type Numbers = [u32; 3];

/// Of PCS illuminant D50, to which the others are adapted.
const WHITE: Numbers = [0x0000_F6D6, 0x0001_0000, 0x0000_D32D];
const RED: Numbers = [0x0000_6FA2, 0x0000_38F5, 0x0000_0390];
const GREEN: Numbers = [0x0000_6299, 0x0000_B785, 0x0000_18DA];
const BLUE: Numbers = [0x0000_24A0, 0x0000_0F84, 0x0000_B6CF];

/// From D65, the white of sRGB, to D50.
const ADAPTATION: [u32; 9] = [
    0x0001_0C42,
    0x0000_05DE,
    0xFFFF_F325,
    0x0000_0793,
    0x0000_FD90,
    0xFFFF_FBA1,
    0xFFFF_FDA2,
    0x0000_03DC,
    0x0000_C06E,
];

/// The curve of IEC 61966-2-1: exponent 2.4, and 1/1.055, 0.055/1.055, 1/12.92 and 0.04045.
const CURVE: [u32; 5] = [0x0002_6666, 0x0000_F2A7, 0x0000_0D59, 0x0000_13D0, 0x0000_0A5B];

/// sRGB as an input device's profile of ICC.1 version 4.2, as PS3.3 section C.11.15.1.1 wants it: the
/// same bytes always, without a maker, a model or a day.
pub(super) fn srgb() -> Vec<u8> {
    let curve = parametric();
    let elements: [(&[&[u8; 4]], Vec<u8>); 8] = [
        (&[b"desc"], text("sRGB")),
        (&[b"cprt"], text("CC0")),
        (&[b"wtpt"], xyz(WHITE)),
        (&[b"chad"], fixed(*b"sf32", &ADAPTATION)),
        (&[b"rXYZ"], xyz(RED)),
        (&[b"gXYZ"], xyz(GREEN)),
        (&[b"bXYZ"], xyz(BLUE)),
        // The three channels share one curve.
        (&[b"rTRC", b"gTRC", b"bTRC"], curve),
    ];
    let count: usize = elements.iter().map(|(names, _)| names.len()).sum();
    let start = HEADER + 4 + count * 12;
    let (mut table, mut data) = (number(count).to_vec(), Vec::new());
    for (names, element) in &elements {
        for name in *names {
            table.extend_from_slice(*name);
            table.extend_from_slice(&number(start + data.len()));
            table.extend_from_slice(&number(element.len()));
        }
        data.extend_from_slice(element);
    }
    [header(start + data.len()), table, data].concat()
}

fn header(size: usize) -> Vec<u8> {
    let mut header = number(size).to_vec();
    header.extend_from_slice(&[0; 4]);
    header.extend_from_slice(&[4, 0x20, 0, 0]);
    header.extend_from_slice(b"scnrRGB XYZ ");
    // A date has to stand here: the first of January 2000.
    header.extend_from_slice(&[0x07, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    header.extend_from_slice(b"acsp");
    // No platform, flags, maker, model or attributes; rendering intent Perceptual.
    header.extend_from_slice(&[0; 28]);
    header.extend(WHITE.iter().flat_map(|number| number.to_be_bytes()));
    header.resize(HEADER, 0);
    header
}

/// A multiLocalizedUnicodeType with one text, in English.
fn text(text: &str) -> Vec<u8> {
    const BEFORE: usize = 28;
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut element = b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0CenUS".to_vec();
    element.extend_from_slice(&number(wide.len()));
    element.extend_from_slice(&number(BEFORE));
    element.extend_from_slice(&wide);
    padded(element)
}

fn xyz(numbers: Numbers) -> Vec<u8> {
    fixed(*b"XYZ ", &numbers)
}

fn parametric() -> Vec<u8> {
    let mut element = b"para\0\0\0\0\0\x03\0\0".to_vec();
    element.extend(CURVE.iter().flat_map(|number| number.to_be_bytes()));
    element
}

fn fixed(signature: [u8; 4], numbers: &[u32]) -> Vec<u8> {
    let mut element = [signature, [0; 4]].concat();
    element.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
    element
}

/// Elements begin at multiples of four.
fn padded(mut element: Vec<u8>) -> Vec<u8> {
    element.resize(element.len().next_multiple_of(4), 0);
    element
}

fn number(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or_default().to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number_at(bytes: &[u8], at: usize) -> usize {
        let bytes = bytes[at..at + 4].try_into().unwrap();
        usize::try_from(u32::from_be_bytes(bytes)).unwrap()
    }

    /// ICC.1:2010 sections 7.2 and 7.3, and the tags that section 8.3.3 requires of an input device.
    #[test]
    fn the_profile_is_one() {
        let profile = srgb();
        assert_eq!(number_at(&profile, 0), profile.len());
        assert_eq!(&profile[36..40], b"acsp");
        assert_eq!(&profile[12..24], b"scnrRGB XYZ ");
        assert_eq!(number_at(&profile, 64), 0);
        assert!(profile.len().is_multiple_of(4));
        let count = number_at(&profile, 128);
        let entries = (0..count).map(|nth| 132 + nth * 12);
        let mut names = Vec::new();
        for entry in entries {
            let (at, len) = (number_at(&profile, entry + 4), number_at(&profile, entry + 8));
            assert!(at >= 132 + count * 12 && at.is_multiple_of(4) && at + len <= profile.len());
            let signature: &[u8] = match &profile[entry..entry + 4] {
                b"desc" | b"cprt" => b"mluc",
                b"chad" => b"sf32",
                b"rTRC" | b"gTRC" | b"bTRC" => b"para",
                _ => b"XYZ ",
            };
            assert_eq!(&profile[at..at + 4], signature);
            names.push(profile[entry..entry + 4].to_vec());
        }
        names.sort();
        let expected =
            ["bTRC", "bXYZ", "chad", "cprt", "desc", "gTRC", "gXYZ", "rTRC", "rXYZ", "wtpt"];
        assert_eq!(names, expected.map(|name| name.as_bytes().to_vec()));
    }

    /// The colours make white together, within a few of the last bits.
    #[test]
    fn the_numbers_are_those_of_srgb() {
        for at in 0..3 {
            assert!((RED[at] + GREEN[at] + BLUE[at]).abs_diff(WHITE[at]) <= 16);
        }
        let of = |bits: u32| f64::from(bits) / 65536.0;
        for (bits, expected) in
            CURVE.into_iter().zip([2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045])
        {
            assert!((of(bits) - expected).abs() < 1e-4);
        }
    }
}
