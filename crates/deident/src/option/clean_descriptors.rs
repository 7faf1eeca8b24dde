//! PS3.15 section E.3.5: descriptions and comments keep the words that are known to be harmless.

use super::{Cleaner, Cleaning};
use crate::ProfileOption;

pub(super) const CLEANER: Cleaner =
    Cleaner { option: ProfileOption::CleanDescriptors, clean: Cleaning::of_texts };

#[cfg(test)]
mod tests {
    use lightcase_dataset::VR;

    use super::*;

    #[test]
    fn it_cleans_by_vr() {
        for (vr, cleaning) in [
            (VR::LO, Cleaning::Words),
            (VR::SQ, Cleaning::Items),
            (VR::OB, Cleaning::Basic),
            (VR::CS, Cleaning::Basic),
        ] {
            assert_eq!((CLEANER.clean)(vr), cleaning, "{vr:?}");
        }
    }
}
