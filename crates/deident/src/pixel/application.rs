//! Application segments that images need: ITU-T T.871 (JFIF), T.872 (Adobe), T.84 (SPIFF), and those
//! that two makers write before lossless frames. Each is read to its last byte, since what is free in
//! it may say anything.

use super::size::Size;

/// Whether an application segment is one of those.
pub(super) fn is_known(marker: u8, value: &[u8], size: Size) -> bool {
    match marker {
        0xE0 => is_jfif(value) || is_ljif(value),
        0xE8 => is_spiff(value, size) || is_transform(value),
        0xEE => is_adobe(value),
        _ => false,
    }
}

/// Densities that scanners have are far below.
const DENSEST: u16 = 0x1FFF;

/// Without a thumbnail.
fn is_jfif(value: &[u8]) -> bool {
    let Some([1, minor, units, a, b, c, d, 0, 0]) = value.strip_prefix(b"JFIF\0") else {
        return false;
    };
    let densities = [u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d])];
    *minor <= 2 && *units <= 2 && densities.iter().all(|density| *density <= DENSEST)
}

/// Of LEAD Technologies.
fn is_ljif(value: &[u8]) -> bool {
    value == b"LJIF\0\x01\0\0\0\0\0\0\0"
}

/// The header, or its end, which holds the start of the image.
fn is_spiff(value: &[u8], size: Size) -> bool {
    if value == b"\0\0\0\x01\xFF\xD8" {
        return true;
    }
    let Some([major, minor, profile, components, numbers @ ..]) = value.strip_prefix(b"SPIFF\0")
    else {
        return false;
    };
    let Some((sizes, [space, bits, compression, units, densities @ ..])) =
        numbers.split_at_checked(8)
    else {
        return false;
    };
    let [height, width] = sizes.as_chunks::<4>().0 else { return false };
    let (densities, rest) = densities.as_chunks::<4>();
    let dense = |density: &[u8; 4]| u32::from_be_bytes(*density) <= u32::from(DENSEST);
    matches!(*major, 1 | 2)
        && *minor <= 2
        && *profile <= 4
        && (1..=4).contains(components)
        && size.fits(u32::from_be_bytes(*width), u32::from_be_bytes(*height))
        && *space <= 15
        && (1..=16).contains(bits)
        && *compression <= 8
        && *units <= 2
        && rest.is_empty()
        && densities.len() == 2
        && densities.iter().all(dense)
}

/// A colour transform of JPEG-LS, of Hewlett-Packard.
fn is_transform(value: &[u8]) -> bool {
    matches!(value.strip_prefix(b"mrfx"), Some([0..=5]))
}

/// Version, two words of flags and a colour transform; or nothing but zeros, as an encoder of lossless
/// frames writes.
fn is_adobe(value: &[u8]) -> bool {
    match value.strip_prefix(b"Adobe") {
        Some([0, 100 | 101, flags, 0, 0, 0, 0..=2]) => flags.trailing_zeros() >= 6,
        Some(rest) => rest.len() <= 7 && rest.iter().all(|byte| *byte == 0),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(marker: u8, value: &[u8], expected: bool) {
        let size = Size { rows: Some(100), columns: Some(96) };
        assert_eq!(is_known(marker, value, size), expected, "{marker:02X} {value:02X?}");
    }

    const SPIFF: &[u8; 30] =
        b"SPIFF\0\x02\0\0\x01\0\0\0\x64\0\0\0\x60\x0A\x10\x06\x01\0\0\x01\x2C\0\0\x01\x2C";

    #[test]
    fn segments_are_read_to_their_last_byte() {
        check(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0", true);
        check(0xE0, b"JFIF\0\x01\x02\x01\x00\x48\x00\x48\0\0", true);
        check(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0Q", false);
        check(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01", false);
        check(0xE0, b"JFIF\0\x01\x01\0QUIL\0\0", false);
        check(0xE0, b"JFIF\0QUILLERBY", false);
        check(0xE0, b"JFIF\0", false);
        check(0xE0, b"LJIF\0\x01\0\0\0\0\0\0\0", true);
        check(0xE0, b"LJIF\0QUILLERB", false);
        check(0xE8, b"\0\0\0\x01\xFF\xD8", true);
        check(0xE8, SPIFF, true);
        check(0xE8, &SPIFF[..29], false);
        check(0xE8, b"SPIFF\0Quillerby^Anne 19760904", false);
        for at in 6..30 {
            let mut other = *SPIFF;
            other[at] = b'Q';
            check(0xE8, &other, matches!(at, 25 | 29));
        }
        check(0xE8, b"mrfx\x01", true);
        check(0xE8, b"mrfxQ", false);
        check(0xEE, b"Adobe\0\x64\0\0\0\0\0", true);
        check(0xEE, b"Adobe\0\x64\x80\0\0\0\x01", true);
        check(0xEE, b"Adobe\0\0\0\0\0", true);
        check(0xEE, b"Adobe7731905", false);
        check(0xEE, b"Adobe\0\x64\0\0\0\0Q", false);
        check(0xE1, b"Exif\0\0", false);
    }
}
