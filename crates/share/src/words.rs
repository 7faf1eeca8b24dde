//! Every word that a recipient or an owner of a link reads from the server, one catalogue for each
//! language.
//!
//! A catalogue is a TOML file in `words/`, built in. Its texts are fields of a type, so that one
//! that lacks a text, or has one too many, does not pass the tests.

use std::sync::LazyLock;

use lightcase_accounts::Principal;
use lightcase_model::{AlertKind, Authority, Language, Timestamp};
use serde::Deserialize;

/// A catalogue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    instant: String,
    sender: SenderWords,
    purpose: PurposeWords,
    pub(crate) notice: NoticeWords,
    pub(crate) link: LinkWords,
    pub(crate) code: CodeWords,
    pub(crate) alert: AlertWords,
}

/// The operator, who has no name: as who begins a sentence, and as whom something is done to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SenderWords {
    who: String,
    whom: String,
}

/// What a link is for, where nobody says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PurposeWords {
    treatment: String,
    own_access: String,
    authorisation: String,
}

/// The notice that a recipient accepts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticeWords {
    pub(crate) shares: String,
    pub(crate) until: String,
    pub(crate) logged: String,
    pub(crate) keep: String,
    /// The same for the patient, whose images they are.
    pub(crate) keep_own: String,
    pub(crate) diagnosis: String,
    pub(crate) others: String,
}

/// The mail that brings a link.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkWords {
    pub(crate) subject: String,
    pub(crate) open: String,
    /// For a link that does not open at once.
    pub(crate) starts: String,
    pub(crate) until: String,
    pub(crate) passcode: String,
    pub(crate) code: String,
    pub(crate) account: String,
    pub(crate) message: String,
    pub(crate) private: String,
}

/// The mail that brings a one-time code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeWords {
    pub(crate) subject: String,
    pub(crate) code: String,
    pub(crate) lifetime: String,
    pub(crate) unasked: String,
}

/// The mail that tells an owner something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlertWords {
    pub(crate) recipient: String,
    pub(crate) more: String,
    pub(crate) subject: OfAlert,
    pub(crate) text: OfAlert,
}

/// A text for each kind of alert.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfAlert {
    first_opening: String,
    new_network: String,
    locked: String,
    frozen: String,
    downloaded: String,
    delivery_failed: String,
    revoked: String,
}

impl OfAlert {
    pub(crate) fn of(&self, kind: AlertKind) -> &str {
        match kind {
            AlertKind::FirstOpening => &self.first_opening,
            AlertKind::NewNetwork => &self.new_network,
            AlertKind::Locked => &self.locked,
            AlertKind::Frozen => &self.frozen,
            AlertKind::Downloaded => &self.downloaded,
            AlertKind::DeliveryFailed => &self.delivery_failed,
            AlertKind::Revoked => &self.revoked,
        }
    }
}

static ENGLISH: LazyLock<Words> = LazyLock::new(|| read(include_str!("words/en.toml")));
static GERMAN: LazyLock<Words> = LazyLock::new(|| read(include_str!("words/de.toml")));

#[expect(clippy::expect_used, reason = "built in, covered by the tests below")]
fn read(catalogue: &str) -> Words {
    toml::from_str(catalogue).expect("a catalogue has all texts and no others")
}

impl Words {
    /// The catalogue of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        }
    }

    /// A sender in texts: `{sender}` begins a sentence, `{whom}` stands within one.
    pub(crate) fn sender<'a>(&'a self, name: &'a str) -> [(&'static str, &'a str); 2] {
        let (who, whom) = if name == Principal::OPERATOR {
            (self.sender.who.as_str(), self.sender.whom.as_str())
        } else {
            (name, name)
        };
        [("sender", who), ("whom", whom)]
    }

    /// What a link is for, where nobody says it: by what right it is made says enough.
    pub(crate) fn purpose(&self, authority: Authority) -> &str {
        match authority {
            Authority::Treatment => &self.purpose.treatment,
            Authority::OwnAccess => &self.purpose.own_access,
            Authority::Authorisation(_) => &self.purpose.authorisation,
        }
    }

    /// An instant, to the minute, with its zone.
    pub(crate) fn instant(&self, at: Timestamp) -> String {
        // RFC 3339 in UTC: 2026-11-22T08:30:00Z.
        let at = at.to_string();
        let part = |from: usize, to: usize| at.get(from..to).unwrap_or("?");
        let values = [
            ("year", part(0, 4)),
            ("month", part(5, 7)),
            ("day", part(8, 10)),
            ("hour", part(11, 13)),
            ("minute", part(14, 16)),
        ];
        fill(&self.instant, &values)
    }
}

/// A text with its values. What stands in a value is not looked at again: a name with braces in it
/// stays a name.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, next)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = next;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const CATALOGUES: [&str; 2] = [include_str!("words/en.toml"), include_str!("words/de.toml")];

    /// The texts of a catalogue by the path of their key.
    fn texts(catalogue: &str) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        let table: toml::Table = catalogue.parse().unwrap();
        let mut open: Vec<(String, toml::Value)> = table.into_iter().collect();
        while let Some((path, value)) = open.pop() {
            if let Some(inner) = value.as_table() {
                let below = inner.iter();
                open.extend(below.map(|(key, value)| (format!("{path}.{key}"), value.clone())));
            } else {
                drop(texts.insert(path, value.as_str().unwrap().to_owned()));
            }
        }
        texts
    }

    fn places(text: &str) -> Vec<&str> {
        let mut places: Vec<_> =
            text.split('{').skip(1).map(|rest| rest.split_once('}').unwrap().0).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    #[test]
    fn all_catalogues_have_the_same_texts_with_the_same_places() {
        let [english, others @ ..] = CATALOGUES.map(texts);
        assert!(english.len() > 20);
        for other in others {
            assert_eq!(english.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
            for (key, text) in &english {
                assert_eq!(places(text), places(&other[key]), "{key}");
                assert!(!text.trim().is_empty() && text.trim() == text, "{key}");
                assert_ne!(text, &other[key], "{key}");
            }
        }
        for language in Language::ALL {
            assert!(!Words::of(*language).link.open.is_empty());
        }
    }

    #[test]
    fn who_has_no_name_is_called_in_the_language_of_the_text() {
        let check = |language, name: &str, expected: [&str; 2]| {
            assert_eq!(Words::of(language).sender(name).map(|(_, value)| value), expected);
        };
        let operator = Principal::operator().name;
        let english = ["The operator of this archive", "the operator of this archive"];
        check(Language::English, &operator, english);
        let german = ["Die Leitung dieses Archivs", "der Leitung dieses Archivs"];
        check(Language::German, &operator, german);
        for language in Language::ALL.iter().copied() {
            check(language, "Dr. Roe", ["Dr. Roe"; 2]);
        }
    }

    #[test]
    fn values_are_filled_in_once() {
        let check = |text, values: &[(&str, &str)], filled| assert_eq!(fill(text, values), filled);
        check("{a} and {b}", &[("a", "{b}"), ("b", "2")], "{b} and 2");
        check("{unknown} {", &[("a", "1")], "{unknown} {");
        check("", &[], "");
    }

    #[test]
    fn instants_have_their_zone() {
        let at = Timestamp::parse_rfc3339("2026-11-22T17:30:59+09:00").unwrap();
        let check = |language, text| assert_eq!(Words::of(language).instant(at), text);
        check(Language::English, "2026-11-22, 08:30 UTC");
        check(Language::German, "22.11.2026, 08:30 Uhr (UTC)");
    }
}
