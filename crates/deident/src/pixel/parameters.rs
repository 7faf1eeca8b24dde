//! Parameters of coding in the headers of JPEG 2000, ITU-T T.800 section A.6, T.814 section A.3:
//! whether each is as long as its own fields say, of sizes that they may have, and stands once.

use std::collections::BTreeSet;

/// Follows the headers of a codestream.
#[derive(Debug, Clone, Default)]
pub(super) struct Parameters {
    components: u16,
    /// Decompositions, the most of any component; `None` before any is told.
    levels: Option<u8>,
    in_tile: bool,
    /// What the open header has: markers, and the component where there is one for each.
    seen: BTreeSet<(u8, u8)>,
}

/// Encoders write a few.
const LAYERS: u16 = 0x1FFF;

/// Progressions of which a header may tell.
const PROGRESSIONS: usize = 32;

impl Parameters {
    /// Takes the number of components; whether it is the first.
    pub(super) fn size(&mut self, components: u16) -> bool {
        let is_first = self.components == 0;
        self.components = components;
        is_first
    }

    /// The header of a tile part begins.
    pub(super) fn tile(&mut self) {
        self.in_tile = true;
        self.seen.clear();
    }

    /// Takes a segment; whether it is one of its kind, and the first for what it is about.
    pub(super) fn take(&mut self, marker: u8, value: &[u8]) -> bool {
        match marker {
            CAPABILITIES => self.is_main(marker) && is_capability(value),
            PROFILE | CORRESPONDING => self.is_main(marker) && value.len() == 2,
            REGISTRATION => self.is_main(marker) && self.is_registration(value),
            STYLE => self.is_first(marker, 0) && self.is_style(value),
            QUANTIZATION => self.is_first(marker, 0) && self.is_quantization(value),
            PROGRESSION => self.is_first(marker, 0) && self.is_progression(value),
            STYLE_OF | QUANTIZATION_OF | REGION_OF => {
                let Some((component, rest)) = value.split_first() else { return false };
                u16::from(*component) < self.components
                    && self.is_first(marker, *component)
                    && match (marker, rest) {
                        (STYLE_OF, [style @ 0..=1, rest @ ..]) => self.is_coding(rest, *style == 1),
                        (QUANTIZATION_OF, _) => self.is_quantization(rest),
                        // More bits than this no coefficient has.
                        (REGION_OF, [0, 0..=37]) => true,
                        _ => false,
                    }
            }
            _ => true,
        }
    }

    fn is_main(&mut self, marker: u8) -> bool {
        !self.in_tile && self.is_first(marker, 0)
    }

    /// Images of more components, whose numbers have two bytes, are none of DICOM.
    fn is_first(&mut self, marker: u8, component: u8) -> bool {
        self.components <= 256 && self.seen.insert((marker, component))
    }

    fn is_style(&mut self, value: &[u8]) -> bool {
        let [style @ 0..=7, 0..=4, high, low, 0..=1, rest @ ..] = value else { return false };
        let layers = u16::from_be_bytes([*high, *low]);
        (1..=LAYERS).contains(&layers) && self.is_coding(rest, style & 1 == 1)
    }

    /// Decompositions, code blocks, transformation, and precincts of each resolution, table A.20.
    fn is_coding(&mut self, value: &[u8], has_precincts: bool) -> bool {
        let [levels @ 0..=32, x @ 0..=8, y @ 0..=8, _, 0..=1, precincts @ ..] = value else {
            return false;
        };
        self.levels = self.levels.max(Some(*levels));
        let most = if has_precincts { usize::from(*levels) + 1 } else { 0 };
        x + y <= 8 && precincts.len() == most && are_precincts(precincts)
    }

    /// A step for each subband, or one for all, or the exponents only, table A.28.
    fn is_quantization(&self, value: &[u8]) -> bool {
        let Some((style, steps)) = value.split_first() else { return false };
        let most = usize::from(self.levels.unwrap_or(32)) * 3 + 1;
        let fits = |count: usize| count % 3 == 1 && count <= most;
        match style & 0x1F {
            0 => fits(steps.len()) && steps.iter().all(|step| step.trailing_zeros() >= 3),
            1 => steps.len() == 2,
            2 => steps.len().is_multiple_of(2) && fits(steps.len() / 2),
            _ => false,
        }
    }

    /// Two numbers for each component, of which no two bytes are characters side by side.
    fn is_registration(&self, value: &[u8]) -> bool {
        let is_character = |byte: &u8| matches!(byte, b' '..=b'~');
        value.len() == 4 * usize::from(self.components)
            && !value.windows(2).any(|two| two.iter().all(is_character))
    }

    /// Changes of the order of progression, table A.32.
    fn is_progression(&self, value: &[u8]) -> bool {
        let (changes, rest) = value.as_chunks::<7>();
        let is_one = |&[from, first, high, low, to, last, order]: &[u8; 7]| {
            let layers = u16::from_be_bytes([high, low]);
            from < to
                && to <= 33
                && u16::from(first) < self.components
                && u16::from(last) <= self.components
                && (layers <= LAYERS || layers == u16::MAX)
                && order <= 4
        };
        rest.is_empty() && changes.len() <= PROGRESSIONS && changes.iter().all(is_one)
    }
}

/// CAP.
const CAPABILITIES: u8 = 0x50;

/// COD.
const STYLE: u8 = 0x52;

/// COC.
const STYLE_OF: u8 = 0x53;

/// PRF.
const PROFILE: u8 = 0x56;

/// CPF.
const CORRESPONDING: u8 = 0x59;

/// QCD.
const QUANTIZATION: u8 = 0x5C;

/// QCC.
const QUANTIZATION_OF: u8 = 0x5D;

/// RGN.
const REGION_OF: u8 = 0x5E;

/// POC.
const PROGRESSION: u8 = 0x5F;

/// CRG.
const REGISTRATION: u8 = 0x63;

/// That of T.814 alone, whose reserved bits are zero.
fn is_capability(value: &[u8]) -> bool {
    let [0, 2, 0, 0, high, low] = *value else { return false };
    u16::from_be_bytes([high, low]) & 0x07C0 == 0
}

/// Whether precincts are squares, or grow with the resolution.
fn are_precincts(sizes: &[u8]) -> bool {
    let grows = |part: fn(u8) -> u8| sizes.is_sorted_by_key(|size| part(*size));
    sizes.iter().all(|size| size >> 4 == size & 0xF)
        || grows(|size| size >> 4) && grows(|size| size & 0xF)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of an image of three components.
    #[track_caller]
    fn check(segments: &[(u8, &[u8])], in_tile: bool, expected: bool) {
        let mut parameters = Parameters::default();
        assert!(parameters.size(3));
        if in_tile {
            parameters.tile();
        }
        let fits = segments.iter().all(|(marker, value)| parameters.take(*marker, value));
        assert_eq!(fits, expected, "{segments:02X?} {in_tile}");
    }

    const COD: &[u8] = b"\0\0\0\x01\0\x05\x04\x04\0\x01";
    const QCD: &[u8] = b"\x40@HHPHHPHHPHHPHHP";

    #[test]
    fn each_has_the_length_of_its_fields() {
        for (marker, value, expected) in [
            (0x50, &b"\0\x02\0\0\0\x0A"[..], true),
            (0x50, b"\0\x02\0\0\0\x0A\0\0", false),
            (0x50, b"\0\x02\0\0QU", false),
            (0x50, b"QUIL\0\x0A", false),
            (0x52, COD, true),
            (0x52, b"\0\0\0\x01\0\x05\x04\x04\0\x01Quil", false),
            (0x52, b"\x01\0\0\x01\0\x02\x04\x04\0\x01\x77\x88\x88", true),
            (0x52, b"\x01\0\0\x01\0\x02\x04\x04\0\x01\x88\x77\x77", true),
            (0x52, b"\x01\0\0\x01\0\x02\x04\x04\0\x01\x67\x78\x89", true),
            (0x52, b"\x01\0\0\x01\0\x03\x04\x04\0\x011976", false),
            (0x52, b"\0\0QU\0\x05\x04\x04\0\x01", false),
            (0x52, b"\0\0\0\x01\0\x05\x06\x04\0\x01", false),
            (0x52, b"\x427731905\x01\x02", false),
            (0x53, b"\x01\0\x05\x04\x04\0\x01", true),
            (0x53, b"\x03\0\x05\x04\x04\0\x01", false),
            (0x53, b"\x01Quiller", false),
            (0x56, b"\0\x03", true),
            (0x59, b"7731905", false),
            (0x5C, QCD, true),
            (0x5C, b"\x41\x6F\0", true),
            (0x5C, b"\x42\x6F\0\x6E\0\x6E\0\x6D\0", true),
            (0x5C, b"\x42\x6F\0\x6E\0\x6E\0", false),
            (0x5C, b"\x427731905\x01\x02", false),
            (0x5C, b"\x40QUIL", false),
            (0x5D, b"\x01\x41\x6F\0", true),
            (0x5D, b"Q\x41\x6F\0", false),
            (0x5E, b"\x02\0\x05", true),
            (0x5E, b"\x02\0Q", false),
            (0x5E, b"\x02\x007731905", false),
            (0x5F, b"\0\0\0\x01\x01\x03\0\x01\0\0\x01\x06\x03\x02", true),
            (0x5F, b"Quiller", false),
            (0x5F, b"\0\0\0\x01\x01\x03\0\x01", false),
            (0x63, &[0; 12], true),
            (0x63, &[0; 8], false),
            (0x63, b"\0\0\0\x001976\0\0\0\0", false),
            (0x57, b"\0\x05", true),
        ] {
            check(&[(marker, value)], false, expected);
        }
        // No more subbands than there are.
        check(&[(0x52, COD), (0x5C, QCD)], false, true);
        check(&[(0x52, COD), (0x5C, b"\x40@HHPHHPHHPHHPHHPHHP")], false, false);
    }

    #[test]
    fn each_stands_once_in_its_header() {
        for (marker, value) in [
            (0x52, COD),
            (0x5C, QCD),
            (0x53, b"\x01\0\x05\x04\x04\0\x01"),
            (0x5D, b"\x01\x41\x6F\0"),
            (0x5E, b"\x01\0\x05"),
        ] {
            check(&[(marker, value)], true, true);
            check(&[(marker, value); 2], true, false);
            check(&[(marker, value); 2], false, false);
        }
        check(&[(0x5E, b"\x01\0\x05"), (0x5E, b"\x02\0\x05")], false, true);
        for (marker, value) in
            [(0x50, &b"\0\x02\0\0\0\x0A"[..]), (0x56, b"\0\x03"), (0x63, &[0; 12])]
        {
            check(&[(marker, value); 2], false, false);
            check(&[(marker, value)], true, false);
        }
        let mut parameters = Parameters::default();
        assert!(parameters.size(1) && parameters.take(0x52, COD));
        parameters.tile();
        assert!(parameters.take(0x52, COD) && !parameters.size(1));
    }
}
