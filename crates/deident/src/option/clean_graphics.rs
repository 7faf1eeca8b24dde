//! PS3.15 section E.3.3: annotations keep their geometry.

use super::{Cleaner, Cleaning};
use crate::ProfileOption;

/// Overlay bit planes and curves go under every profile: they are drawings, in which anything may
/// be written.
pub(super) const CLEANER: Cleaner =
    Cleaner { option: ProfileOption::CleanGraphics, clean: Cleaning::of_texts };

#[cfg(test)]
mod tests {
    use lightcase_dataset::VR;

    use super::*;

    #[test]
    fn it_cleans_by_vr() {
        for (vr, cleaning) in
            [(VR::SQ, Cleaning::Items), (VR::LT, Cleaning::Words), (VR::OW, Cleaning::Basic)]
        {
            assert_eq!((CLEANER.clean)(vr), cleaning, "{vr:?}");
        }
    }
}
