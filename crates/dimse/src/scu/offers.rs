//! What is proposed for a C-GET whose objects nobody knows yet.

use lightcase_model::{TransferSyntaxUid, Uid};

use super::{MAX_CONTEXTS, Offer};
use crate::Roles;
use crate::tables::storage::STORAGE;

/// Study Root Query/Retrieve Information Model - GET, PS3.4 section C.6.2.
pub const STUDY_ROOT_GET: &str = "1.2.840.10008.5.1.4.1.2.2.3";

/// Without compression: every peer has these.
const PLAIN: &[&str] = &["1.2.840.10008.1.2.1", "1.2.840.10008.1.2"];

/// With compression, so that a peer may send what it holds as it holds it.
const COMPRESSED: &[&str] = &[
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.4.57",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.4.81",
    "1.2.840.10008.1.2.4.203",
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.51",
];

/// The C-GET class itself, and the storage classes that objects are most often of with us as their
/// SCP, twice each: compressed and not.
pub fn get_offers() -> Vec<Offer> {
    let offer = |class: &str, syntaxes: &[&str], roles| {
        Some(Offer {
            abstract_syntax: Uid::parse(class).ok()?,
            transfer_syntaxes: syntaxes
                .iter()
                .filter_map(|uid| TransferSyntaxUid::parse(uid).ok())
                .collect(),
            roles,
        })
    };
    let storage = Roles { scu: false, scp: true };
    let classes = STORAGE
        .iter()
        .flat_map(|(class, _)| [offer(class, PLAIN, storage), offer(class, COMPRESSED, storage)]);
    [offer(STUDY_ROOT_GET, PLAIN, Roles::DEFAULT)]
        .into_iter()
        .chain(classes)
        .flatten()
        .take(MAX_CONTEXTS)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::is_storage;

    #[test]
    fn every_class_is_a_storage_class_and_fits_the_association() {
        let classes: BTreeSet<_> =
            STORAGE.iter().map(|(uid, _)| Uid::parse(uid).unwrap()).collect();
        assert!(classes.iter().all(is_storage));
        assert_eq!(classes.len(), STORAGE.len(), "a class stands there twice");
        let offers = get_offers();
        assert_eq!(offers.len(), 1 + 2 * STORAGE.len());
        assert!(offers.iter().all(|offer| !offer.transfer_syntaxes.is_empty()));
    }
}
