//! PS3.15 section E.3.4: the tree of a report stays, its texts keep harmless words.

use lightcase_dataset::VR;

use super::{Cleaner, Cleaning};
use crate::ProfileOption;

pub(super) const CLEANER: Cleaner =
    Cleaner { option: ProfileOption::CleanStructuredContent, clean };

/// Names, dates and texts inside are judged by their own rows of the table.
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
            [(VR::SQ, Cleaning::Items), (VR::UT, Cleaning::Words), (VR::PN, Cleaning::Basic)]
        {
            assert_eq!(clean(vr), cleaning, "{vr:?}");
        }
    }
}
