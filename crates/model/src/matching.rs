//! How a key matches (PS3.4 C.2.2.2), from the text of its value.

use crate::{Attribute, Uid, UidError, is_day};

/// A range of days or of times; either end may be open. Days are DA text, `YYYYMMDD`, times are TM
/// text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateRange {
    /// First that matches.
    pub from: Option<String>,
    /// Last that matches. A time without its seconds is all of its minute.
    pub to: Option<String>,
}

/// How one attribute is matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matching {
    /// Single value; person names without case and accents.
    Single(String),
    /// Wild card: `*` any run, `?` any one character.
    WildCard(String),
    /// Range of days or times.
    Range(DateRange),
    /// List of UIDs.
    Uids(Vec<Uid>),
}

/// A value that is no key of its attribute. Its text never holds the value, and fits an Error
/// Comment (0000,0902): 64 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a UID.
    #[error("{}: a UID has digits and dots, 64 at most", .0.keyword())]
    Uid(Attribute, UidError),
    /// Neither a day nor a range of days.
    #[error("{}: one day, YYYYMMDD, or a range a-b, a-, -b", .0.keyword())]
    Day(Attribute),
    /// Neither a time nor a range of times.
    #[error("{}: one time, HHMMSS, or a range a-b, a-, -b", .0.keyword())]
    Time(Attribute),
    /// Not a number.
    #[error("{} is matched by a whole number", .0.keyword())]
    Number(Attribute),
    /// Several values, or a character that no value has.
    #[error("{} is matched by one value", .0.keyword())]
    Values(Attribute),
}

impl Matching {
    /// Reads the value of a key; `None` is universal matching, which does not narrow. Values of a
    /// UID list are parted by `\`.
    pub fn parse(attribute: Attribute, value: &str) -> Result<Option<Self>, KeyError> {
        let value = value.trim_matches([' ', '\0']);
        if value.chars().all(|each| each == '*') {
            return Ok(None);
        }
        match attribute.vr() {
            "UI" => {
                let uids = value.split('\\').map(|uid| Uid::parse(uid.trim()));
                let uids = uids.collect::<Result<_, _>>();
                uids.map(|uids| Some(Self::Uids(uids)))
                    .map_err(|error| KeyError::Uid(attribute, error))
            }
            "DA" => range(value, is_day, KeyError::Day(attribute)),
            "TM" => range(value, is_time, KeyError::Time(attribute)),
            "IS" | "US" => match value.parse::<i64>() {
                Ok(number) => Ok(Some(Self::Single(number.to_string()))),
                Err(_) => Err(KeyError::Number(attribute)),
            },
            _ if value.contains(['\\', '\0']) => Err(KeyError::Values(attribute)),
            _ if value.contains(['*', '?']) => Ok(Some(Self::WildCard(value.to_owned()))),
            _ => Ok(Some(Self::Single(value.to_owned()))),
        }
    }
}

/// One value or a range of them, open at both ends being universal; `wrong` when it is neither.
fn range(
    value: &str,
    allowed: impl Fn(&str) -> bool,
    wrong: KeyError,
) -> Result<Option<Matching>, KeyError> {
    let Some((from, to)) = value.split_once('-') else {
        let single = || Some(Matching::Single(value.to_owned()));
        return if allowed(value) { Ok(single()) } else { Err(wrong) };
    };
    let end = |text: &str| match text.trim() {
        "" => Ok(None),
        text if allowed(text) => Ok(Some(text.to_owned())),
        _ => Err(wrong),
    };
    let (from, to) = (end(from)?, end(to)?);
    let open = from.is_none() && to.is_none();
    Ok((!open).then_some(Matching::Range(DateRange { from, to })))
}

/// HH, HHMM, HHMMSS or HHMMSS.FFFFFF (PS3.5 section 6.2, TM).
fn is_time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && matches!(whole.len(), 2 | 4 | 6)
        && (1..=6).contains(&fraction.len())
        && (whole.len() == 6 || !text.contains('.'))
        && whole.as_bytes().chunks(2).zip([24, 60, 61]).all(|(pair, end)| {
            str::from_utf8(pair)
                .ok()
                .and_then(|pair| pair.parse().ok())
                .is_some_and(|n: u8| n < end)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(attribute: Attribute, value: &str, expected: Option<Matching>) {
        assert_eq!(Matching::parse(attribute, value), Ok(expected), "{value}");
    }

    #[track_caller]
    fn wrong(attribute: Attribute, value: &str, expected: KeyError) {
        assert_eq!(Matching::parse(attribute, value), Err(expected), "{value}");
    }

    fn single(text: &str) -> Matching {
        Matching::Single(text.to_owned())
    }

    fn between(from: Option<&str>, to: Option<&str>) -> Matching {
        let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
        Matching::Range(DateRange { from: owned(from), to: owned(to) })
    }

    #[test]
    fn keys_are_of_the_kind_that_their_vr_allows() {
        use Attribute::{PatientName, SeriesNumber, StudyDate, StudyInstanceUID, StudyTime};
        for attribute in Attribute::ALL {
            check(*attribute, "", None);
            check(*attribute, " ** ", None);
        }
        check(PatientName, "Doe^Jane ", Some(single("Doe^Jane")));
        check(PatientName, "D?e*", Some(Matching::WildCard("D?e*".to_owned())));
        wrong(PatientName, "a\\b", KeyError::Values(PatientName));
        wrong(PatientName, "a\0b", KeyError::Values(PatientName));
        let uids = ["1.2", "1.3"].map(|uid| Uid::parse(uid).unwrap()).to_vec();
        check(StudyInstanceUID, "1.2\\1.3", Some(Matching::Uids(uids)));
        assert!(matches!(
            Matching::parse(StudyInstanceUID, "1.2*"),
            Err(KeyError::Uid(StudyInstanceUID, _))
        ));
        check(StudyDate, "20260101", Some(single("20260101")));
        check(StudyDate, "20260101-", Some(between(Some("20260101"), None)));
        check(StudyDate, "-20260101", Some(between(None, Some("20260101"))));
        check(StudyDate, "20260101 - 20260102", Some(between(Some("20260101"), Some("20260102"))));
        check(StudyDate, "-", None);
        wrong(StudyDate, "20260230", KeyError::Day(StudyDate));
        wrong(StudyDate, "2026*", KeyError::Day(StudyDate));
        check(StudyTime, "10-1030", Some(between(Some("10"), Some("1030"))));
        check(StudyTime, "103000.5", Some(single("103000.5")));
        for value in ["1", "103", "2460", "10.5", "10:30", "103000.1234567", "1030-x"] {
            wrong(StudyTime, value, KeyError::Time(StudyTime));
        }
        check(SeriesNumber, "+07", Some(single("7")));
        wrong(SeriesNumber, "two", KeyError::Number(SeriesNumber));
    }

    #[test]
    fn errors_name_the_key_and_never_its_value() {
        for attribute in Attribute::ALL {
            for value in ["Doe", "1.02", "1..2", "a\\b", &"1".repeat(65), "1.2.x"] {
                if let Err(error) = Matching::parse(*attribute, value) {
                    assert!(error.to_string().len() <= 64, "{error}");
                }
            }
        }
        let error = Matching::parse(Attribute::StudyDate, "Doe").unwrap_err();
        assert!(error.to_string().starts_with("StudyDate") && !error.to_string().contains("Doe"));
    }
}
