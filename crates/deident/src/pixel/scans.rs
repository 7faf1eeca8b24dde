//! Which coefficients the scans of a frame have told, ITU-T T.81 sections F, G and H: a scan of what is
//! told already is not shown, and may say anything.

use std::collections::BTreeMap;

/// Follows the scans of a frame.
#[derive(Debug, Clone, Default)]
pub(super) struct Scans {
    /// By component and coefficient, how many of its last bits are still to come.
    told: BTreeMap<(u8, u8), u8>,
}

impl Scans {
    /// Takes a scan of components that tells all of them; whether it is the first of each.
    pub(super) fn whole(&mut self, components: impl Iterator<Item = u8>) -> bool {
        components.fold(true, |is_new, id| is_new & self.told.insert((id, 0), 0).is_none())
    }

    /// Takes a scan of components that tells of a band of coefficients some bits, `bits` being what
    /// was told before and what is left; whether those are the next of each.
    pub(super) fn part(
        &mut self,
        components: impl Iterator<Item = u8>,
        band: (u8, u8),
        bits: u8,
    ) -> bool {
        let (first, last) = band;
        let (before, left) = (bits >> 4, bits & 0xF);
        let of_band = |id| (first..=last).map(move |at| (id, at));
        let is_next = components.flat_map(of_band).fold(true, |is_next, place| {
            let told = self.told.insert(place, left);
            is_next
                & match told {
                    None => before == 0,
                    Some(told) => before == told && left + 1 == before,
                }
        });
        is_next && first <= last && last <= 63 && (first > 0 || last == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bands and bits of scans of one component.
    #[track_caller]
    fn check(scans: &[((u8, u8), u8)], expected: bool) {
        let mut told = Scans::default();
        let fits = scans.iter().all(|(band, bits)| told.part([1].into_iter(), *band, *bits));
        assert_eq!(fits, expected, "{scans:02X?}");
    }

    #[test]
    fn scans_tell_what_is_not_told_yet() {
        check(&[((0, 0), 0), ((1, 63), 0)], true);
        // As the Independent JPEG Group refines.
        let refined = [
            ((0, 0), 0x01),
            ((1, 5), 0x02),
            ((6, 63), 0x02),
            ((1, 63), 0x21),
            ((0, 0), 0x10),
            ((1, 63), 0x10),
        ];
        check(&refined, true);
        check(&[&refined[..], &[((1, 63), 0x10)]].concat(), false);
        check(&[&refined[..], &[((1, 63), 0x00)]].concat(), false);
        check(&[((0, 0), 0), ((0, 0), 0)], false);
        check(&[((1, 63), 0x02), ((1, 63), 0x20)], false);
        check(&[((1, 63), 0x10)], false);
        check(&[((0, 63), 0)], false);
        check(&[((6, 5), 0)], false);
        check(&[((1, b'Q'), 0)], false);
    }

    #[test]
    fn components_come_once() {
        let mut scans = Scans::default();
        assert!(scans.whole([1, 2].into_iter()) && scans.whole([3].into_iter()));
        assert!(!scans.whole([2].into_iter()));
        assert!(!Scans::default().whole([1, 1].into_iter()));
    }
}
