//! Who an object is, and the attributes the catalog indexes.

use std::collections::BTreeMap;
use std::fmt;

use lightcase_model::{Attribute, Phi, SeriesUid, SopClassUid, SopInstanceUid, StudyUid, UidError};

use crate::error::{Result, ScanError};

/// The identity of a composite object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// SOP Class UID (0008,0016).
    pub sop_class: SopClassUid,
    /// SOP Instance UID (0008,0018).
    pub sop_instance: SopInstanceUid,
    /// Study Instance UID (0020,000D).
    pub study: StudyUid,
    /// Series Instance UID (0020,000E).
    pub series: SeriesUid,
    /// Patient ID (0010,0020), empty if absent or empty.
    pub patient_id: Phi<String>,
    /// Issuer of Patient ID (0010,0021), empty if absent or empty.
    pub issuer: Phi<String>,
}

impl Identity {
    pub(crate) fn of(attributes: &Attributes) -> Result<Self> {
        Ok(Self {
            sop_class: uid(attributes, Attribute::SOPClassUID, SopClassUid::parse)?,
            sop_instance: uid(attributes, Attribute::SOPInstanceUID, SopInstanceUid::parse)?,
            study: uid(attributes, Attribute::StudyInstanceUID, StudyUid::parse)?,
            series: uid(attributes, Attribute::SeriesInstanceUID, SeriesUid::parse)?,
            patient_id: text(attributes, Attribute::PatientID),
            issuer: text(attributes, Attribute::IssuerOfPatientID),
        })
    }
}

fn uid<T>(
    attributes: &Attributes,
    attribute: Attribute,
    parse: impl Fn(&str) -> std::result::Result<T, UidError>,
) -> Result<T> {
    parse(attributes.get(attribute).unwrap_or_default())
        .map_err(|_error: UidError| ScanError::Identity { keyword: attribute.keyword() })
}

fn text(attributes: &Attributes, attribute: Attribute) -> Phi<String> {
    Phi::new(attributes.get(attribute).unwrap_or_default().to_owned())
}

/// The indexed attributes that stood in the top level of the data set, decoded to UTF-8, without
/// padding, several values joined by `\`. Present but empty attributes are the empty text. The
/// `Debug` output names the attributes only.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Attributes(BTreeMap<Attribute, String>);

impl Attributes {
    /// The text of an attribute, if it was there.
    pub fn get(&self, attribute: Attribute) -> Option<&str> {
        self.0.get(&attribute).map(String::as_str)
    }

    /// All of them, in the order of [`Attribute::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, &str)> {
        self.0.iter().map(|(attribute, text)| (*attribute, text.as_str()))
    }

    pub(crate) fn insert(&mut self, attribute: Attribute, text: String) {
        self.0.insert(attribute, text);
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
