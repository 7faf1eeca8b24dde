//! Matching against an oracle: PS3.4 C.2.2.2 in plain Rust, on random studies and random keys.

use std::collections::BTreeSet;

use lightcase_catalog::NewStudy;
use lightcase_model::{Attribute, Key, Level, Matching, Phi, Query, Scope};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::engine::engines;
use crate::study::{hold_as, new_study};

/// A study as it was held, and whether the oracle says that a key matches it.
struct Entry {
    number: u32,
    name: String,
    patient_id: String,
    date: String,
    time: String,
}

/// Case and accents of the letters that the names below are made of.
fn plain(text: &str) -> String {
    let letter = |each: char| match each {
        'Ä' | 'ä' | 'Á' | 'á' => 'a',
        'É' | 'é' => 'e',
        other => other.to_ascii_lowercase(),
    };
    text.chars().map(letter).collect()
}

/// Component groups without the delimiters and spaces that say nothing.
fn groups(name: &str) -> [String; 3] {
    let mut groups = plain(name).splitn(3, '=').map(tidy).collect::<Vec<_>>().into_iter();
    [(); 3].map(|()| groups.next().unwrap_or_default())
}

fn tidy(group: &str) -> String {
    let parts: Vec<String> = group
        .split('^')
        .map(|part| part.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
        .collect();
    parts.join("^").trim_end_matches('^').to_owned()
}

/// `*` is any run, `?` any one character.
fn wild(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), None) => wild(rest, text),
        (Some(('*', rest)), Some((_, later))) => wild(rest, text) || wild(pattern, later),
        (Some((want, rest)), Some((have, later))) => {
            (*want == '?' || want == have) && wild(rest, later)
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    let characters = |text: &str| text.chars().collect::<Vec<_>>();
    wild(&characters(pattern), &characters(text))
}

/// A group of a name: components that are allowed to be anything may also be absent.
fn group_matches(pattern: &str, group: &str, is_wild: bool) -> bool {
    if !is_wild {
        return pattern == group;
    }
    matches(pattern, group)
        || pattern
            .strip_suffix("^*")
            .is_some_and(|shorter| !shorter.is_empty() && group_matches(shorter, group, true))
}

fn name_matches(key: &str, name: &str) -> bool {
    let is_wild = key.contains(['*', '?']);
    let universal = |pattern: &str| pattern.chars().all(|each| each == '*');
    let name = groups(name);
    if key.contains('=') {
        return plain(key).splitn(3, '=').zip(&name).all(|(pattern, group)| {
            let pattern = tidy(pattern);
            universal(&pattern) || group_matches(&pattern, group, is_wild)
        });
    }
    let pattern = tidy(&plain(key));
    universal(&pattern) || name.iter().any(|group| group_matches(&pattern, group, is_wild))
}

/// Hundredths of a second since midnight, from the first to the last that a TM value means.
fn moments(time: &str) -> (u32, u32) {
    let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
    let part = |at: usize| whole.get(at..at + 2).map_or(0, |part| part.parse().unwrap());
    let hundredths = format!("{fraction:0<2}").parse::<u32>().unwrap();
    let first = ((part(0) * 60 + part(2)) * 60 + part(4)) * 100 + hundredths;
    let length = match (whole.len(), fraction.is_empty()) {
        (2, _) => 360_000,
        (4, _) => 6_000,
        (_, true) => 100,
        (_, false) => 1,
    };
    (first, first + length - 1)
}

fn time_matches(matching: &Matching, time: &str) -> bool {
    let (at, _) = moments(time);
    !time.is_empty()
        && match matching {
            Matching::Single(value) => moments(value).0 == at,
            Matching::Range(range) => {
                range.from.as_ref().is_none_or(|from| moments(from).0 <= at)
                    && range.to.as_ref().is_none_or(|to| at <= moments(to).1)
            }
            Matching::WildCard(_) | Matching::Uids(_) => panic!("no key of a time"),
        }
}

fn date_matches(matching: &Matching, date: &str) -> bool {
    !date.is_empty()
        && match matching {
            Matching::Single(value) => value == date,
            Matching::Range(range) => {
                range.from.as_ref().is_none_or(|from| from.as_str() <= date)
                    && range.to.as_ref().is_none_or(|to| date <= to.as_str())
            }
            Matching::WildCard(_) | Matching::Uids(_) => panic!("no key of a date"),
        }
}

fn combined(date: &Matching, time: &Matching, entry: &Entry) -> bool {
    let (Matching::Range(days), Matching::Range(times)) = (date, time) else {
        return date_matches(date, &entry.date) && time_matches(time, &entry.time);
    };
    if days.from.is_some() != times.from.is_some() || days.to.is_some() != times.to.is_some() {
        return date_matches(date, &entry.date) && time_matches(time, &entry.time);
    }
    let at = (entry.date.as_str(), moments(&entry.time).0);
    let from = days.from.as_deref().zip(times.from.as_deref());
    let to = days.to.as_deref().zip(times.to.as_deref());
    !entry.date.is_empty()
        && from.is_none_or(|(day, time)| (day, moments(time).0) <= at)
        && to.is_none_or(|(day, time)| at <= (day, moments(time).1))
}

/// The values that a strategy gives, the same in every run.
fn sample<T: std::fmt::Debug>(strategy: &impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

const NAME: &str = "[aAbäÁ山]{0,2}(\\^[aBé山]{0,2}( b)?){0,2}(=[山aÄ]{0,2}(\\^[山b]{0,1})?){0,2}";
const NAME_KEY: &str = "[aAbä山*?]{0,3}(\\^[aBé*?]{0,2}){0,2}(=[山a*?]{0,2}(\\^[山*]{1})?){0,2}";
const TEXT: &str = "[aA%_\\x27\"1-]{0,4}";
const TEXT_KEY: &str = "[aA%_\\x27\"1*?-]{0,5}";
const DATE: &str = "(2026010[1-5])?";
const TIME: &str = "(0[0-2](([03]0)((00|30)(\\.(0|5|25))?)?)?)?";
const DATES: &str = "2026010[1-5]|2026010[12]-2026010[345]|-2026010[1-5]|2026010[1-5]-";
const TIMES: &str =
    "0[0-2]([03]0)?|00([03]0(00|30)?)?-0[12]([03]0(30)?)?|-0[0-2](30)?|0[0-2](3030)?-";

#[tokio::test]
async fn sql_matches_what_the_oracle_matches() {
    let of = |pattern: &str| proptest::string::string_regex(pattern).unwrap();
    let entries: Vec<Entry> = sample(&(of(NAME), of(TEXT), of(DATE), of(TIME)), 120)
        .into_iter()
        .zip(1..)
        .map(|((name, id, date, time), number)| {
            // Two patients of one id would be one.
            let patient_id = format!("{id}{number}");
            Entry { number, name, patient_id, date, time }
        })
        .collect();
    let keys = sample(&(of(NAME_KEY), of(TEXT_KEY), of(DATES), of(TIMES)), 250);
    for engine in engines().await {
        for entry in &entries {
            let new = NewStudy {
                patient_id: Phi::new(entry.patient_id.clone()),
                patient_name: Phi::new(entry.name.clone()),
                study_date: entry.date.clone(),
                study_time: entry.time.clone(),
                accession_number: Phi::new(entry.number.to_string()),
                ..new_study(entry.number)
            };
            hold_as(&engine, new, (entry.number, 1, 1)).await;
        }
        let check = async |keys: &[(Attribute, &str)],
                           merge: bool,
                           oracle: &dyn Fn(&Entry) -> bool| {
            let mut query = Query { combined: merge, ..Query::at(Level::Study, 1_000) };
            for (attribute, text) in keys {
                let matching = Matching::parse(*attribute, text).unwrap();
                query.keys.extend(matching.map(|matching| Key { attribute: *attribute, matching }));
            }
            let scope = Scope::archive();
            let found = engine.catalog.find(&scope, &query).await.unwrap();
            let number = |each: &lightcase_catalog::Match| {
                each.study.as_ref().unwrap().accession_number.expose().parse::<u32>().unwrap()
            };
            let numbers: BTreeSet<u32> = found.items.iter().map(number).collect();
            let expected: BTreeSet<u32> =
                entries.iter().filter(|entry| oracle(entry)).map(|entry| entry.number).collect();
            assert_eq!(numbers, expected, "{keys:?} {merge}");
            // The two ways to read all matches agree.
            let ids = engine.catalog.find_ids(&scope, &query).await.unwrap().items;
            let rows = engine.catalog.find_rows(&scope, Level::Study, &ids).await.unwrap();
            let order =
                |items: &[lightcase_catalog::Match]| items.iter().map(number).collect::<Vec<_>>();
            assert_eq!(order(&rows), order(&found.items));
        };
        for (name, id, date, time) in &keys {
            check(&[(Attribute::PatientName, name)], false, &|entry| {
                name_matches(name.trim(), &entry.name)
            })
            .await;
            let universal = id.chars().all(|each| each == '*');
            check(&[(Attribute::PatientID, id)], false, &|entry| {
                universal || matches(id, &entry.patient_id)
            })
            .await;
            let days = Matching::parse(Attribute::StudyDate, date).unwrap().unwrap();
            let times = Matching::parse(Attribute::StudyTime, time).unwrap().unwrap();
            let both = [(Attribute::StudyDate, date.as_str()), (Attribute::StudyTime, time)];
            check(&both, false, &|entry| {
                date_matches(&days, &entry.date) && time_matches(&times, &entry.time)
            })
            .await;
            check(&both, true, &|entry| combined(&days, &times, entry)).await;
        }
    }
}

#[tokio::test]
async fn names_match_loosely_by_the_starts_of_their_parts() {
    for engine in engines().await {
        let named = |number: u32, name: &str| NewStudy {
            patient_name: Phi::new(name.to_owned()),
            ..new_study(number)
        };
        hold_as(&engine, named(1, "Yamada^Tarou=山田^太郎=やまだ^たろう"), (1, 1, 1)).await;
        hold_as(&engine, named(2, "Müller-Lüdenscheidt^Anne Marie"), (2, 1, 1)).await;
        let check = async |key: &str, expected: usize| {
            let matching = Matching::Single(key.to_owned());
            let query = Query { fuzzy: true, ..Query::at(Level::Study, 10) };
            let query = query.with(Attribute::PatientName, matching);
            let found = engine.catalog.find(&Scope::archive(), &query).await.unwrap();
            assert_eq!(found.items.len(), expected, "{key}");
        };
        check("tar yam", 1).await;
        check("太 やま", 1).await;
        check("marie^MULLER", 1).await;
        check("arie", 0).await;
        check("%", 0).await;
        check("m", 1).await;
    }
}
