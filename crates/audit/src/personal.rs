//! What in an event names or traces a person.

use std::fmt;

use lightcase_model::Phi;
use serde::{Deserialize, Serialize};

/// The fields of an event that name or trace a person, apart from the rest so that they can be
/// sealed under a [`crate::Subject`]'s key. `Debug` prints none of them.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Personal {
    /// Network address the request came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The browser or program, as it called itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Name of an account, as it was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_name: Option<String>,
    /// Patient's Name (0010,0010).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient_name: Option<String>,
    /// Patient ID (0010,0020).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient_id: Option<String>,
    /// Study Instance UID (0020,000D).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub study_uid: Option<String>,
    /// Series Instance UID (0020,000E).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series_uid: Option<String>,
    /// SOP Instance UID (0008,0018).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sop_instance_uid: Option<String>,
    /// Who a share is for, as its maker wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// The address a share was made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What a person called a thing: a token, a share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Why, in a person's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The opened bytes are not the personal fields of a record.
#[derive(Debug, thiserror::Error)]
#[error("the opened personal fields of the record cannot be read")]
pub struct PersonalError(#[from] serde_json::Error);

impl Personal {
    /// Whether there is nothing to seal.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The bytes to seal: JSON.
    pub fn to_vec(&self) -> Vec<u8> {
        // A struct of optional texts has no value that cannot be written.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads what [`Self::to_vec`] wrote.
    pub fn parse(opened: &[u8]) -> Result<Self, PersonalError> {
        Ok(serde_json::from_slice(opened)?)
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<phi>")
    }
}

/// A personal field of an event, known or not.
pub(crate) trait Traces {
    fn text(self) -> Option<String>;
}

impl Traces for Phi<String> {
    fn text(self) -> Option<String> {
        Some(self.into_exposed())
    }
}

impl Traces for Option<Phi<String>> {
    fn text(self) -> Option<String> {
        self.map(Phi::into_exposed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_it_wrote_and_prints_nothing() {
        let personal =
            Personal { patient_name: Some("Doe^Jane".to_owned()), ..Personal::default() };
        assert_eq!(personal.to_vec(), br#"{"patient_name":"Doe^Jane"}"#);
        assert_eq!(Personal::parse(&personal.to_vec()).unwrap(), personal);
        assert_eq!(format!("{personal:?}"), "<phi>");
        assert!(Personal::parse(b"{\"x\":1}").is_err());
    }
}
