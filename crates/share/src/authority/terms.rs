//! What the form says, element by element.

use std::time::Duration;

use lightcase_model::{Day, Phi, Timestamp};
use serde::{Deserialize, Serialize};

use crate::AuthorisationFault;
use crate::mail::is_no_text;
use crate::spelling::is_blank;

/// Most characters of an element that describes.
const LONG: usize = 2000;
/// Most characters of an element that names.
const SHORT: usize = 200;
/// Where the day begins first: a form signed there today may bear tomorrow's date in UTC.
const EARLIEST_ZONE: Duration = Duration::from_hours(14);

/// The elements of an authorisation (45 CFR 164.508(c)), as somebody read them off the form. Empty
/// and absent ones are refused by name.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Terms {
    /// What may be disclosed.
    pub description: String,
    /// Who may disclose it.
    pub discloser: String,
    /// To whom. Informational: whether a link's recipient is meant is for its maker to judge.
    pub recipient: String,
    /// What for.
    pub purpose: String,
    /// Its last day. This, an event, or both.
    pub expires: Option<Day>,
    /// The event that ends it. Somebody revokes the record when it happens.
    pub expiry_event: Option<String>,
    /// Who signed.
    pub signed_by: String,
    /// On which day.
    pub signed_on: Option<Day>,
    /// When somebody signed for the patient, by what right; `None` when the patient did.
    pub representative: Option<String>,
    /// Which statements the form has.
    pub statements: Statements,
}

/// The statements that a form must have (45 CFR 164.508(c)(2)).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Statements {
    /// That the patient may revoke it, and how.
    pub revocation: bool,
    /// Whether anything depends on signing it.
    pub conditioning: bool,
    /// That the recipient may pass on what was disclosed.
    pub redisclosure: bool,
}

impl std::fmt::Debug for Terms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<phi>")
    }
}

impl Terms {
    /// Without surrounding spaces, and an event only if it says something.
    #[must_use]
    pub(crate) fn tidied(mut self) -> Self {
        for text in [
            &mut self.description,
            &mut self.discloser,
            &mut self.recipient,
            &mut self.purpose,
            &mut self.signed_by,
        ] {
            *text = text.trim().to_owned();
        }
        self.expiry_event =
            self.expiry_event.map(|text| text.trim().to_owned()).filter(|text| !is_blank(text));
        self.representative = self.representative.map(|text| text.trim().to_owned());
        self
    }

    /// Refuses what is no authorisation, whoever records it.
    pub(crate) fn check(&self, now: Timestamp) -> Result<(), AuthorisationFault> {
        use AuthorisationFault as Fault;
        element("description", &self.description, LONG, Fault::NoDescription)?;
        element("discloser", &self.discloser, SHORT, Fault::NoDiscloser)?;
        element("recipient", &self.recipient, SHORT, Fault::NoRecipient)?;
        element("purpose", &self.purpose, LONG, Fault::NoPurpose)?;
        if let Some(event) = &self.expiry_event {
            element("event that ends it", event, LONG, Fault::NoExpiry)?;
        } else if self.expires.is_none() {
            return Err(Fault::NoExpiry);
        }
        element("signature", &self.signed_by, SHORT, Fault::NoSignature)?;
        let signed_on = self.signed_on.ok_or(Fault::NoSignatureDate)?;
        if let Some(representative) = &self.representative {
            let missing = Fault::NoRepresentative;
            element("representative's authority", representative, LONG, missing)?;
        }
        let Statements { revocation, conditioning, redisclosure } = self.statements;
        if !revocation {
            return Err(Fault::NoRevocationStatement);
        }
        if !conditioning {
            return Err(Fault::NoConditioningStatement);
        }
        if !redisclosure {
            return Err(Fault::NoRedisclosureStatement);
        }
        if signed_on.begin() > now.plus(EARLIEST_ZONE) {
            return Err(Fault::SignedLater(signed_on));
        }
        match self.expires {
            Some(day) if day.end() <= now => Err(Fault::Over(day)),
            Some(_) | None => Ok(()),
        }
    }

    /// The end of its last day.
    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        self.expires.map(Day::end)
    }

    /// The bytes that are kept sealed: JSON.
    pub(crate) fn to_bytes(&self) -> Phi<Vec<u8>> {
        // A struct of texts, days and truth values has no value that cannot be written.
        Phi::new(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads what [`Self::to_bytes`] wrote.
    pub(crate) fn from_bytes(bytes: &Phi<Vec<u8>>) -> Option<Self> {
        serde_json::from_slice(bytes.expose()).ok()
    }
}

fn element(
    name: &'static str,
    text: &str,
    most: usize,
    missing: AuthorisationFault,
) -> Result<(), AuthorisationFault> {
    if is_blank(text) {
        Err(missing)
    } else if text.chars().count() > most {
        Err(AuthorisationFault::TooLong { element: name, most })
    } else if text.contains(|each: char| each != '\n' && is_no_text(each)) {
        Err(AuthorisationFault::ControlCharacter(name))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22T00:00:00Z.
    const NOW: Timestamp = Timestamp::from_micros(1_795_305_600_000_000);

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn whole() -> Terms {
        Terms {
            description: "All images of the head".to_owned(),
            discloser: "Example Hospital".to_owned(),
            recipient: "Example Insurance".to_owned(),
            purpose: "at the request of the patient".to_owned(),
            expires: Some(day("2027-03-31")),
            expiry_event: None,
            signed_by: "Jane Doe".to_owned(),
            signed_on: Some(day("2026-11-20")),
            representative: None,
            statements: Statements { revocation: true, conditioning: true, redisclosure: true },
        }
    }

    /// What is said when the change is made to a whole one, and the word that names the element.
    type Case = (fn(&mut Terms), AuthorisationFault, &'static str);

    #[test]
    fn each_missing_element_is_refused_by_name() {
        use AuthorisationFault as Fault;
        assert_eq!(whole().tidied().check(NOW), Ok(()));
        let cases: &[Case] = &[
            (|terms| terms.description.clear(), Fault::NoDescription, "description"),
            (|terms| terms.discloser = "  ".to_owned(), Fault::NoDiscloser, "discloser"),
            (|terms| terms.recipient.clear(), Fault::NoRecipient, "recipient"),
            (|terms| terms.purpose = "\n\t ".to_owned(), Fault::NoPurpose, "purpose"),
            (|terms| terms.expires = None, Fault::NoExpiry, "expiry"),
            (|terms| terms.signed_by.clear(), Fault::NoSignature, "signature is"),
            (|terms| terms.signed_on = None, Fault::NoSignatureDate, "date of the signature"),
            (
                |terms| terms.representative = Some(" ".to_owned()),
                Fault::NoRepresentative,
                "representative",
            ),
            (|terms| terms.statements.revocation = false, Fault::NoRevocationStatement, "revoke"),
            (
                |terms| terms.statements.conditioning = false,
                Fault::NoConditioningStatement,
                "conditioning",
            ),
            (
                |terms| terms.statements.redisclosure = false,
                Fault::NoRedisclosureStatement,
                "re-disclosure",
            ),
        ];
        for (change, fault, word) in cases {
            let mut terms = whole();
            change(&mut terms);
            assert_eq!(terms.tidied().check(NOW).as_ref(), Err(fault));
            let said = fault.to_string();
            assert!(said.contains(word) && said.contains("missing"), "{said}");
        }
        let nothing = Terms::default().tidied().check(NOW);
        assert_eq!(nothing, Err(Fault::NoDescription));
    }

    #[test]
    fn days_count_whole_and_in_every_zone() {
        use AuthorisationFault as Fault;
        let expiry = |text: &str| Terms { expires: Some(day(text)), ..whole() }.check(NOW);
        assert_eq!(expiry("2026-11-22"), Ok(()));
        assert_eq!(expiry("2026-11-21"), Err(Fault::Over(day("2026-11-21"))));
        let signed = |text: &str, hour: u64| {
            let now = NOW.plus(Duration::from_hours(hour));
            Terms { signed_on: Some(day(text)), ..whole() }.check(now).is_ok()
        };
        assert!(signed("2026-11-22", 0) && signed("1999-12-31", 0));
        assert!(signed("2026-11-23", 10), "it is tomorrow already in Kiritimati");
        assert!(!signed("2026-11-23", 9) && !signed("2026-11-24", 23));
    }

    #[test]
    fn an_event_or_a_day_ends_it() {
        let by_event = |text: &str| {
            let event = Some(text.to_owned());
            Terms { expires: None, expiry_event: event, ..whole() }.tidied()
        };
        assert_eq!(by_event("the end of the trial").check(NOW), Ok(()));
        assert_eq!(by_event("the end of the trial").expires_at(), None);
        for unseen in ["  ", "\u{2060}"] {
            assert_eq!(by_event(unseen).check(NOW), Err(AuthorisationFault::NoExpiry));
        }
        let both = Terms { expiry_event: Some("discharge".to_owned()), ..whole() };
        assert_eq!(both.check(NOW), Ok(()));
        assert_eq!(both.expires_at().unwrap().to_string(), "2027-04-01T00:00:00Z");
    }

    #[test]
    fn what_nobody_could_read_is_refused() {
        let said = |terms: Terms| terms.check(NOW).unwrap_err().to_string();
        let long = Terms { description: "ä".repeat(LONG + 1), ..whole() };
        assert_eq!(said(long), "The description is longer than 2000 characters.");
        assert_eq!(Terms { description: "ä".repeat(LONG), ..whole() }.check(NOW), Ok(()));
        let name = Terms { signed_by: "x".repeat(SHORT + 1), ..whole() };
        assert_eq!(said(name), "The signature is longer than 200 characters.");
        let bell = Terms { purpose: "a\u{7}".to_owned(), ..whole() };
        assert_eq!(said(bell), "The purpose has a control character.");
        let turned = Terms { recipient: "a\u{202e}b".to_owned(), ..whole() };
        assert_eq!(said(turned), "The recipient has a control character.");
        assert_eq!(Terms { purpose: "a\nb".to_owned(), ..whole() }.check(NOW), Ok(()));
        let unseen = Terms { signed_by: "\u{200b}".to_owned(), ..whole() };
        assert_eq!(unseen.check(NOW), Err(AuthorisationFault::NoSignature));
        let unseen = Terms { discloser: "\u{ad}".to_owned(), ..whole() };
        assert_eq!(unseen.check(NOW), Err(AuthorisationFault::NoDiscloser));
    }

    #[test]
    fn terms_are_read_as_they_were_written_and_print_nothing() {
        let terms = whole();
        assert_eq!(Terms::from_bytes(&terms.to_bytes()), Some(terms.clone()));
        assert_eq!(format!("{terms:?}"), "<phi>");
    }
}
