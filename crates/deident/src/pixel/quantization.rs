//! The quantization tables of ITU-T T.81 annex K, as the encoders of the Independent JPEG Group scale
//! them by quality: their numbers can look like letters.

const LUMINANCE: [u8; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
    29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81,
    87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

const CHROMINANCE: [u8; 64] = [
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// Whether a table of bytes is one of these.
pub(super) fn is_usual(table: &[u8]) -> bool {
    let is = |usual: &[u8; 64], quality| {
        let scaled = usual.iter().map(|number| scaled(u32::from(*number), quality));
        scaled.eq(table.iter().map(|byte| u32::from(*byte)))
    };
    (1..=100).any(|quality| is(&LUMINANCE, quality) || is(&CHROMINANCE, quality))
}

fn scaled(number: u32, quality: u32) -> u32 {
    let percent = if quality < 50 { 5000 / quality.max(1) } else { 200 - 2 * quality };
    ((number * percent + 50) / 100).clamp(1, 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_known_at_every_quality() {
        assert!(is_usual(&LUMINANCE) && is_usual(&CHROMINANCE));
        // Quality 75, and 100.
        let half: Vec<u8> = LUMINANCE.iter().map(|number| number.div_ceil(2)).collect();
        assert!(is_usual(&half) && is_usual(&[1; 64]));
        let mut other = LUMINANCE;
        other[40] = b'Q';
        assert!(!is_usual(&other));
        assert!(!is_usual(&LUMINANCE[..63]) && !is_usual(&[]));
    }
}
