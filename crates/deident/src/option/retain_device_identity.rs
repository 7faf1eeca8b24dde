//! PS3.15 section E.3.8: what the device is called.

use lightcase_dataset::VR;

use super::{Cleaner, Cleaning};
use crate::ProfileOption;

pub(super) const CLEANER: Cleaner = Cleaner { option: ProfileOption::RetainDeviceIdentity, clean };

/// The column says C for application entity titles, which often hold the name of a hospital: none is
/// known to be safe.
fn clean(_vr: VR) -> Cleaning {
    Cleaning::Basic
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_cleans_by_vr() {
        for (vr, cleaning) in [(VR::AE, Cleaning::Basic), (VR::LO, Cleaning::Basic)] {
            assert_eq!(clean(vr), cleaning, "{vr:?}");
        }
    }
}
