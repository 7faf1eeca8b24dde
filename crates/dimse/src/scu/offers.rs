//! What is proposed for a C-GET.

use std::collections::BTreeSet;

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

/// What is rarer still: proposed where a peer names the SOP class and not the transfer syntax, since
/// nothing of this can be converted by most peers.
const RARE: &[&str] = &[
    "1.2.840.10008.1.2.4.102",
    "1.2.840.10008.1.2.4.103",
    "1.2.840.10008.1.2.4.100",
    "1.2.840.10008.1.2.4.101",
    "1.2.840.10008.1.2.4.104",
    "1.2.840.10008.1.2.4.105",
    "1.2.840.10008.1.2.4.106",
    "1.2.840.10008.1.2.4.107",
    "1.2.840.10008.1.2.4.108",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.1.98",
    "1.2.840.10008.1.2.4.202",
    "1.2.840.10008.1.2.4.110",
    "1.2.840.10008.1.2.4.111",
    "1.2.840.10008.1.2.4.112",
    "1.2.840.10008.1.2.4.92",
    "1.2.840.10008.1.2.4.93",
    "1.2.840.10008.1.2.8.1",
];

/// What a peer is expected to send.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    /// SOP class of some objects.
    pub class: Uid,
    /// Their transfer syntaxes; empty where the peer does not tell.
    pub syntaxes: Vec<TransferSyntaxUid>,
}

/// The C-GET class itself, and contexts with us as their SCP. A peer picks one transfer syntax of a
/// context: for what is expected each syntax has a context of its own, so that everything can come
/// as it is held, beside one without compression. Where nothing is expected, the classes that
/// objects are most often of stand there twice each: compressed and not.
pub fn get_offers(expected: &BTreeSet<Expected>) -> Vec<Offer> {
    let mut offers = vec![offer(STUDY_ROOT_GET, PLAIN, Roles::DEFAULT)];
    let storage = Roles { scu: false, scp: true };
    if expected.is_empty() {
        offers.extend(STORAGE.iter().flat_map(|(class, _)| {
            [PLAIN, COMPRESSED].map(|syntaxes| offer(class, syntaxes, storage))
        }));
    } else {
        let classes: BTreeSet<&str> = expected.iter().map(|each| each.class.as_str()).collect();
        // What every class needs comes before what some would like: there is room for 128.
        offers.extend(classes.iter().map(|class| offer(class, PLAIN, storage)));
        let told: BTreeSet<(&str, &str)> = expected
            .iter()
            .flat_map(|each| each.syntaxes.iter().map(|one| (each.class.as_str(), one.as_str())))
            .filter(|(_, syntax)| !PLAIN.contains(syntax))
            .collect();
        offers.extend(told.iter().map(|(class, syntax)| offer(class, &[*syntax], storage)));
        let silent = expected.iter().filter(|each| each.syntaxes.is_empty());
        let silent: BTreeSet<&str> = silent.map(|each| each.class.as_str()).collect();
        offers.extend(COMPRESSED.iter().chain(RARE).flat_map(|syntax| {
            silent.iter().map(|class| offer(class, &[*syntax], storage)).collect::<Vec<_>>()
        }));
    }
    offers.into_iter().flatten().take(MAX_CONTEXTS).collect()
}

fn offer(class: &str, syntaxes: &[&str], roles: Roles) -> Option<Offer> {
    let syntaxes = syntaxes.iter().filter_map(|uid| TransferSyntaxUid::parse(uid).ok());
    let transfer_syntaxes = syntaxes.collect();
    Some(Offer { abstract_syntax: Uid::parse(class).ok()?, transfer_syntaxes, roles })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::is_storage;

    #[test]
    fn every_class_is_a_storage_class_and_fits_the_association() {
        let classes: BTreeSet<_> =
            STORAGE.iter().map(|(uid, _)| Uid::parse(uid).unwrap()).collect();
        assert!(classes.iter().all(is_storage));
        assert_eq!(classes.len(), STORAGE.len(), "a class stands there twice");
        let offers = get_offers(&BTreeSet::new());
        assert_eq!(offers.len(), 1 + 2 * STORAGE.len());
        assert!(offers.iter().all(|offer| !offer.transfer_syntaxes.is_empty()));
    }

    #[test]
    fn what_is_expected_comes_as_it_is_held() {
        let expected = |class: &str, syntaxes: &[&str]| Expected {
            class: Uid::parse(class).unwrap(),
            syntaxes: syntaxes.iter().map(|uid| TransferSyntaxUid::parse(uid).unwrap()).collect(),
        };
        let (told, silent) = ("1.2.840.10008.5.1.4.1.1.2", "1.2.3.4");
        let jpeg = "1.2.840.10008.1.2.4.70";
        let offers = get_offers(&BTreeSet::from([
            expected(told, &[jpeg]),
            expected(told, &[PLAIN[0]]),
            expected(silent, &[]),
        ]));
        let of = |class: &str| -> Vec<usize> {
            let of = offers.iter().filter(|offer| offer.abstract_syntax.as_str() == class);
            of.map(|offer| offer.transfer_syntaxes.len()).collect()
        };
        assert_eq!(of(told), [2, 1]);
        let mut alone = vec![1; COMPRESSED.len() + RARE.len() + 1];
        alone[0] = 2;
        assert_eq!(of(silent), alone);
        let many = (0..200).map(|n| expected(&format!("1.2.{n}"), &[])).collect();
        assert_eq!(get_offers(&many).len(), MAX_CONTEXTS);
    }
}
