//! PS3.15 section E.3.3: annotations keep their geometry.

use lightcase_dataset::VR;

use super::{Cleaner, Cleaning};
use crate::ProfileOption;

pub(super) const CLEANER: Cleaner = Cleaner { option: ProfileOption::CleanGraphics, clean };

/// Overlay bit planes and curves go under every profile: they are drawings, in which anything may
/// be written.
fn clean(vr: VR) -> Cleaning {
    if vr == VR::SQ {
        Cleaning::Items
    } else if matches!(vr, VR::LO | VR::SH | VR::ST | VR::LT | VR::UT | VR::UC) {
        Cleaning::Words
    } else {
        Cleaning::Basic
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_cleans_by_vr() {
        for (vr, cleaning) in
            [(VR::SQ, Cleaning::Items), (VR::LT, Cleaning::Words), (VR::OW, Cleaning::Basic)]
        {
            assert_eq!(clean(vr), cleaning, "{vr:?}");
        }
    }
}
