//! PS3.15 section E.3.4: the tree of a report stays, its texts keep harmless words.

use super::{Cleaner, Cleaning};
use crate::ProfileOption;

/// Names, dates and texts inside are judged by their own rows of the table.
pub(super) const CLEANER: Cleaner =
    Cleaner { option: ProfileOption::CleanStructuredContent, clean: Cleaning::of_texts };

#[cfg(test)]
mod tests {
    use lightcase_dataset::VR;

    use super::*;

    #[test]
    fn it_cleans_by_vr() {
        for (vr, cleaning) in
            [(VR::SQ, Cleaning::Items), (VR::UT, Cleaning::Words), (VR::PN, Cleaning::Basic)]
        {
            assert_eq!((CLEANER.clean)(vr), cleaning, "{vr:?}");
        }
    }
}
