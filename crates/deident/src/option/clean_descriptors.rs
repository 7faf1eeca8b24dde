//! PS3.15 section E.3.5: descriptions and comments keep the words that are known to be harmless.

use lightcase_dataset::VR;

use super::{Cleaner, Cleaning};
use crate::ProfileOption;

pub(super) const CLEANER: Cleaner = Cleaner { option: ProfileOption::CleanDescriptors, clean };

/// Never a list of words to take out: names are new every day.
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
        for (vr, cleaning) in [
            (VR::LO, Cleaning::Words),
            (VR::SQ, Cleaning::Items),
            (VR::OB, Cleaning::Basic),
            (VR::CS, Cleaning::Basic),
        ] {
            assert_eq!(clean(vr), cleaning, "{vr:?}");
        }
    }
}
