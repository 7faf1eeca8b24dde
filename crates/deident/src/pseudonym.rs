//! Other names for patients.

use std::collections::BTreeMap;

use data_encoding::BASE32_NOPAD;
use lightcase_model::Phi;

use crate::ProjectKey;
use crate::key::trimmed;

/// What a patient is called in the clean copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pseudonym {
    /// For Patient ID (0010,0020).
    pub id: String,
    /// For Patient's Name (0010,0010).
    pub name: String,
}

/// The pseudonyms of one project: a list that somebody supplied, and for everybody else 80 bits of
/// HMAC-SHA-256 under the project's key.
#[derive(Debug, Clone)]
pub struct Pseudonyms {
    key: ProjectKey,
    supplied: BTreeMap<(Phi<String>, Phi<String>), Pseudonym>,
}

impl Pseudonyms {
    /// Without a list.
    pub const fn new(key: ProjectKey) -> Self {
        Self { key, supplied: BTreeMap::new() }
    }

    /// Calls a patient by a supplied name.
    #[must_use]
    pub fn with(mut self, issuer: &str, id: &str, pseudonym: Pseudonym) -> Self {
        self.supplied.insert(patient(issuer, id), pseudonym);
        self
    }

    /// The pseudonym of a patient; `None` when the patient ID is empty, since then nobody is named.
    pub fn of_patient(&self, issuer: &str, id: &str) -> Option<Pseudonym> {
        let patient = patient(issuer, id);
        let (issuer, id) = (patient.0.expose(), patient.1.expose());
        if id.is_empty() {
            return None;
        }
        if let Some(supplied) = self.supplied.get(&patient) {
            return Some(supplied.clone());
        }
        let mac = self.key.of_patient("pseudonym", issuer, id);
        let code = BASE32_NOPAD.encode(mac.get(..10).unwrap_or(&mac));
        Some(Pseudonym { name: format!("SUBJECT^{code}"), id: code })
    }

    /// What a thing is called that other items of an object name so: short enough for a Code String.
    pub(crate) fn of_thing(&self, name: &[u8]) -> String {
        let mac = self.key.hmac(&[b"thing\0", name]);
        format!("ID{}", BASE32_NOPAD.encode(mac.get(..5).unwrap_or(&mac)))
    }
}

fn patient(issuer: &str, id: &str) -> (Phi<String>, Phi<String>) {
    (Phi::new(trimmed(issuer).to_owned()), Phi::new(trimmed(id).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonyms(key: u8) -> Pseudonyms {
        Pseudonyms::new(ProjectKey::from_bytes([key; 32]))
    }

    #[test]
    fn a_patient_keeps_one_pseudonym_within_a_project() {
        let one = pseudonyms(1).of_patient("HOSPITAL", "P1").unwrap();
        assert_eq!(one.id.len(), 16);
        assert_eq!(one.name, format!("SUBJECT^{}", one.id));
        assert_eq!(pseudonyms(1).of_patient("HOSPITAL ", "P1\0"), Some(one.clone()));
        for (key, issuer, id) in [(2, "HOSPITAL", "P1"), (1, "OTHER", "P1"), (1, "HOSPITAL", "P2")]
        {
            assert_ne!(pseudonyms(key).of_patient(issuer, id), Some(one.clone()));
        }
        assert_eq!(pseudonyms(1).of_patient("HOSPITAL", " "), None);
    }

    #[test]
    fn a_supplied_name_comes_first() {
        let subject = Pseudonym { id: "S001".to_owned(), name: "Trial^S001".to_owned() };
        let list = pseudonyms(1).with("", "P1", subject.clone());
        assert_eq!(list.of_patient("", "P1 "), Some(subject.clone()));
        assert_ne!(list.of_patient("", "P2"), Some(subject));
        assert!(!format!("{list:?}").contains("P1"));
    }
}
