//! Query parameters of QIDO-RS (PS3.18 section 8.3.4) as a [`Query`].

use lightcase_model::{Attribute, Key, Level, Matching, Query};

use crate::problem::{Answer, Problem};

/// The most matches of one answer, and how many there are when nobody says.
pub(crate) const MOST: u32 = 1_000;

/// A query, and what of it was not understood.
#[derive(Debug)]
pub(crate) struct Parameters {
    pub(crate) query: Query,
    /// Names of parameters that were left out of account.
    pub(crate) ignored: Vec<String>,
}

impl Parameters {
    /// Reads the query string at a level.
    pub(crate) fn parse(level: Level, text: &str) -> Answer<Self> {
        let mut read = Self { query: Query::at(level, MOST), ignored: Vec::new() };
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            match &*name {
                "limit" => read.query.limit = number(&value, "limit")?.min(MOST),
                "offset" => read.query.offset = number(&value, "offset")?,
                "fuzzymatching" => read.query.fuzzy = &*value == "true",
                // Every attribute that is indexed is returned anyway; others have no column.
                "includefield" => {}
                name => read.key(name, &value)?,
            }
        }
        Ok(read)
    }

    fn key(&mut self, name: &str, value: &str) -> Answer<()> {
        let level = self.query.level;
        let Some(attribute) = attribute(name).filter(|each| each.is_matched_at(level)) else {
            if self.ignored.len() < 20 {
                self.ignored.push(printable(name));
            }
            return Ok(());
        };
        if value.contains('\0') {
            let keyword = attribute.keyword();
            return Err(Problem::bad_request(format!("{keyword} has a NUL, which nothing has.")));
        }
        // PS3.18 section 8.3.4.1: lists are written with a comma, or as PS3.4 does.
        let list = if attribute.vr() == "UI" { value.replace(',', "\\") } else { value.to_owned() };
        let matching =
            Matching::parse(attribute, &list).map_err(|error: lightcase_model::KeyError| {
                Problem::bad_request(format!("{error}."))
            })?;
        let Some(matching) = matching else { return Ok(()) };
        // A UID list may also be given by repeating the parameter.
        let known = self.query.keys.iter_mut().find(|key| key.attribute == attribute);
        if let (Some(Key { matching: Matching::Uids(known), .. }), Matching::Uids(more)) =
            (known, &matching)
        {
            known.extend(more.iter().cloned());
            return Ok(());
        }
        self.query.keys.push(Key { attribute, matching });
        Ok(())
    }
}

/// An attribute by keyword or by eight hexadecimal digits.
fn attribute(name: &str) -> Option<Attribute> {
    if let Some(attribute) = Attribute::by_keyword(name) {
        return Some(attribute);
    }
    if name.len() != 8 {
        return None;
    }
    let (group, element) = name.split_at_checked(4)?;
    let number = |text| u16::from_str_radix(text, 16).ok();
    Attribute::by_tag((number(group)?, number(element)?))
}

fn number(value: &str, name: &str) -> Answer<u32> {
    value.parse().map_err(|_error: std::num::ParseIntError| {
        Problem::bad_request(format!("{name} is a whole number from 0 on."))
    })
}

/// A parameter's name as a header can repeat it.
fn printable(name: &str) -> String {
    name.chars().filter(|each| each.is_ascii_alphanumeric() || *each == '.').take(64).collect()
}

#[cfg(test)]
mod tests {
    use lightcase_model::{DateRange, Uid};

    use super::*;

    fn check(level: Level, text: &str, expected: Option<&[(Attribute, Matching)]>) {
        let read = Parameters::parse(level, text).ok().map(|read| {
            let keys = read.query.keys.into_iter();
            keys.map(|key| (key.attribute, key.matching)).collect::<Vec<_>>()
        });
        assert_eq!(read.as_deref(), expected, "{text}");
    }

    fn single(text: &str) -> Matching {
        Matching::Single(text.to_owned())
    }

    fn between(from: Option<&str>, to: Option<&str>) -> Matching {
        let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
        Matching::Range(DateRange { from: owned(from), to: owned(to) })
    }

    #[test]
    fn keys_are_read_by_keyword_and_tag() {
        use Attribute::{AccessionNumber, Modality, PatientID, PatientName, StudyDate};
        let study = Level::Study;
        let wild = Matching::WildCard("Doe*".to_owned());
        check(study, "", Some(&[]));
        check(study, "PatientName=Doe*", Some(&[(PatientName, wild.clone())]));
        check(study, "00100010=Doe%2A", Some(&[(PatientName, wild)]));
        check(study, "0010001x=Doe", Some(&[]));
        check(study, "PatientID=A%26B+C", Some(&[(PatientID, single("A&B C"))]));
        check(study, "PatientID=", Some(&[]));
        check(study, "AccessionNumber=*", Some(&[]));
        check(study, "AccessionNumber=7", Some(&[(AccessionNumber, single("7"))]));
        check(study, "StudyDate=20260101", Some(&[(StudyDate, single("20260101"))]));
        check(study, "StudyDate=20260101-", Some(&[(StudyDate, between(Some("20260101"), None))]));
        check(study, "StudyDate=-20260131", Some(&[(StudyDate, between(None, Some("20260131")))]));
        check(study, "StudyDate=2026", None);
        check(study, "StudyDate=20261399", None);
        check(study, "StudyDate=20260101-20260230", None);
        check(study, "StudyDate=20260101-x", None);
        check(study, "limit=x", None);
        check(study, "PatientID=A%00B", None);
        check(study, "Modality=CT", Some(&[]));
        check(Level::Series, "Modality=CT", Some(&[(Modality, single("CT"))]));
        check(Level::Series, "SeriesNumber=two", None);
    }

    #[test]
    fn uid_lists_come_in_three_spellings() {
        let uid = |text| Uid::parse(text).unwrap();
        let both = Matching::Uids(vec![uid("1.2"), uid("1.3")]);
        let expected = [(Attribute::StudyInstanceUID, both)];
        check(Level::Study, "StudyInstanceUID=1.2,1.3", Some(&expected));
        check(Level::Study, "0020000D=1.2%5C1.3", Some(&expected));
        check(Level::Study, "StudyInstanceUID=1.2&StudyInstanceUID=1.3", Some(&expected));
        check(Level::Study, "StudyInstanceUID=x", None);
    }

    #[test]
    fn limits_hold_and_the_unknown_is_named() {
        let read = Parameters::parse(
            Level::Study,
            "limit=5000&offset=7&fuzzymatching=true&includefield=all&Foo%0D%0A=1&00400275.00080050=2",
        )
        .unwrap();
        assert_eq!((read.query.limit, read.query.offset, read.query.fuzzy), (MOST, 7, true));
        assert_eq!(read.ignored, ["Foo", "00400275.00080050"]);
    }
}
