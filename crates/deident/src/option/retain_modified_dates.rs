//! PS3.15 section E.3.6.2: dates and times move by whole days.

use lightcase_dataset::VR;

use super::{Cleaner, Cleaning};
use crate::ProfileOption;

pub(super) const CLEANER: Cleaner = Cleaner { option: ProfileOption::RetainModifiedDates, clean };

/// What is no date in spite of its row is left to the Basic Profile.
fn clean(vr: VR) -> Cleaning {
    if vr == VR::SQ {
        Cleaning::Items
    } else if matches!(vr, VR::DA | VR::DT | VR::TM) {
        Cleaning::Shift
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
            [(VR::DA, Cleaning::Shift), (VR::TM, Cleaning::Shift), (VR::SH, Cleaning::Basic)]
        {
            assert_eq!(clean(vr), cleaning, "{vr:?}");
        }
    }
}
