//! PS3.15 section E.3.7: what a patient is like.

use lightcase_dataset::VR;

use super::{Cleaner, Cleaning};
use crate::ProfileOption;

pub(super) const CLEANER: Cleaner =
    Cleaner { option: ProfileOption::RetainPatientCharacteristics, clean };

/// The column says C for allergies, needs and states: free text.
fn clean(vr: VR) -> Cleaning {
    if matches!(vr, VR::LO | VR::SH | VR::LT) { Cleaning::Words } else { Cleaning::Basic }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_cleans_by_vr() {
        for (vr, cleaning) in [(VR::LO, Cleaning::Words), (VR::SQ, Cleaning::Basic)] {
            assert_eq!(clean(vr), cleaning, "{vr:?}");
        }
    }
}
