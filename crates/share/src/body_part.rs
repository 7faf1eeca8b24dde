//! Whether a text names a part of the body that images show.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use lightcase_catalog::Match;

use crate::spelling::{readings, spelled_out};

static PARTS: LazyLock<Vec<Part>> = LazyLock::new(|| read(include_str!("body_part.txt")));
/// Values of Body Part Examined (0018,0015) that say nothing.
const NO_PART: [&str; 14] = [
    "DEFAULT",
    "GENERAL",
    "MISC",
    "NONE",
    "NULL",
    "OTHER",
    "OTHERS",
    "PHANTOM",
    "ROUTINE",
    "SPECIAL",
    "STANDARD",
    "TEST",
    "UNKNOWN",
    "UNSPECIFIED",
];
/// The shortest value beside the terms that is looked for.
const SHORTEST: usize = 4;

/// A part of the body, as the table has it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    /// Terms of Body Part Examined (0018,0015).
    terms: Vec<String>,
    /// Terms of the parts that it belongs to.
    within: Vec<String>,
    /// What it is called, its terms among it.
    names: Vec<Phrase>,
}

impl Part {
    fn is_named_in(&self, words: &[String]) -> bool {
        self.names.iter().any(|name| name.stands_in(words))
    }

    fn belongs_to(&self, other: &Self) -> bool {
        self.within.iter().any(|term| other.terms.contains(term))
    }
}

/// Words one after the other. One with a star stands for all that begin so, another one for itself
/// and for its plural or genitive: "Knies".
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Phrase(Vec<String>);

impl Phrase {
    fn of(text: &str) -> Self {
        Self(spelled_out(text).split_whitespace().map(str::to_owned).collect())
    }

    fn stands_in(&self, words: &[String]) -> bool {
        let Self(own) = self;
        let same = |word: &str, own: &str| match own.strip_suffix('*') {
            Some(beginning) => word.starts_with(beginning),
            None => word.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest == "s"),
        };
        !own.is_empty()
            && words.windows(own.len()).any(|some| some.iter().zip(own).all(|(a, b)| same(a, b)))
    }
}

/// The parts of the body that images show.
#[derive(Default)]
pub(crate) struct BodyParts {
    known: BTreeSet<&'static Part>,
    /// Values that the table does not have.
    others: BTreeSet<Phrase>,
}

impl BodyParts {
    /// The parts that these series show: by Body Part Examined (0018,0015), and where that says
    /// nothing, by Study Description (0008,1030) and Series Description (0008,103E).
    pub(crate) fn of(series: &[Match]) -> Self {
        let described = series.iter().filter_map(|each| {
            let (study, series) = (each.study.as_ref()?, each.series.as_ref()?);
            Some((&series.body_part, [&study.description, &series.description]))
        });
        let mut parts = Self::default();
        for (value, descriptions) in described.collect::<BTreeSet<_>>() {
            parts.add(value, descriptions.map(String::as_str));
        }
        parts
    }

    fn add(&mut self, value: &str, descriptions: [&str; 2]) {
        let letters = value.chars().filter(|each| each.is_alphanumeric());
        let term = letters.collect::<String>().to_uppercase();
        let mut found: Vec<&Part> =
            PARTS.iter().filter(|part| part.terms.contains(&term)).collect();
        if found.is_empty() {
            found = named_in(value);
        }
        if found.is_empty() {
            if term.chars().count() >= SHORTEST && !NO_PART.contains(&term.as_str()) {
                self.others.insert(Phrase(words(value)));
            }
            found = descriptions.into_iter().flat_map(named_in).collect();
        }
        self.known.extend(found);
    }

    /// Whether a text names one of them, what one belongs to or what belongs to one.
    pub(crate) fn stand_in(&self, text: &str) -> bool {
        let words = read_words(text);
        let counts = |part: &Part| {
            let mut known = self.known.iter();
            known.any(|each| *each == part || each.belongs_to(part) || part.belongs_to(each))
        };
        PARTS.iter().any(|part| part.is_named_in(&words) && counts(part))
            || self.others.iter().any(|value| value.stands_in(&words))
    }
}

/// The parts that a text names.
fn named_in(text: &str) -> Vec<&'static Part> {
    let words = read_words(text);
    PARTS.iter().filter(|part| part.is_named_in(&words)).collect()
}

/// The words of a text in both readings.
fn read_words(text: &str) -> Vec<String> {
    let [one, other] = readings(text).map(|reading| words(&reading));
    // No phrase goes from one reading into the other: no word of one is empty.
    [one, vec![String::new()], other].concat()
}

fn words(text: &str) -> Vec<String> {
    let text = spelled_out(text);
    let words = text.split(|each: char| !each.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn read(table: &str) -> Vec<Part> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut columns = line.split('|');
            let mut next = || columns.next().unwrap_or_default();
            let (terms, within, names) = (next(), next(), next());
            let all = |column: &str| column.split_whitespace().map(str::to_owned).collect();
            let names = names.split(',').chain(terms.split_whitespace());
            Part { terms: all(terms), within: all(within), names: names.map(Phrase::of).collect() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, text: &str, named: bool) {
        let mut parts = BodyParts::default();
        parts.add(value, ["", ""]);
        assert_eq!(parts.stand_in(text), named, "{value}: {text}");
    }

    #[test]
    fn a_part_is_found_by_its_term_and_in_both_languages() {
        check("CHEST", "Compare the CHEST of May", true);
        check("CSPINE", "CSPINE, two views", true);
        check("CSPINE", "die Halswirbels\u{e4}ule von gestern", true);
        check("CSPINE", "HWS-MRT vom Mai", true);
        check("LSPINE", "Lendenwirbelsaeule", true);
        check("LSPINE", "her lumbar spine", true);
        check("KNEE", "das rechte Kniegelenk", true);
        check("KNEE", "die Knie-MRT", true);
        check("KNEE", "both knees", true);
        check("FOOT", "Bilder des Fu\u{df}es", true);
        check("FOOT", "BILDER DER F\u{dc}\u{df}E", true);
        check("FOOT", "die Fu\u{308}\u{df}e", true);
        check("KNEE", "das K\u{ad}nie", true);
        check("KNEE", "ein\u{200b}Knie", true);
        check("HIP", "beide H\u{fc}ften", true);
        check("LEG", "the left leg's images", true);
        check("GALLBLADDER", "the gall\nbladder", true);
    }

    #[test]
    fn what_it_belongs_to_and_what_belongs_to_it_count_too() {
        check("ABDOMEN", "the lesion in the liver", true);
        check("LIVER", "CT of the abdomen", true);
        check("HEAD", "MRI of the brain", true);
        check("CHEST", "der Herd in der Lunge", true);
        check("LIVER", "the spleen", false);
        check("FINGER", "on the other hand", true);
        check("FINGER", "the arm", false);
    }

    #[test]
    fn other_parts_and_other_words_do_not_count() {
        check("CHEST", "on the other hand, the knee is fine", false);
        check("HAND", "on the other hand", true);
        check("HAND", "Es handelt sich um die Behandlung, die ich Ihnen \u{fc}bergab", false);
        check("HEART", "Mit herzlichen Gr\u{fc}\u{df}en", false);
        check("LUNG", "zur weiteren Behandlung", false);
        check("LEG", "Ich lege die Aufnahmen bei, sie sind beinahe alle da", false);
        check("FOOT", "siehe Fu\u{df}note", false);
        check("EYE", "im Augenblick", false);
        check("SPINE", "Bitte zur\u{fc}ck an uns, please send back", false);
        check("ARM", "die Armada", false);
        check("KNEE", "", false);
        check("WHOLEBODY", "the whole of it", false);
    }

    #[test]
    fn values_are_read_as_modalities_write_them() {
        check("L-SPINE", "LWS", true);
        check("c spine", "HWS", true);
        check("ABDOMEN/PELVIS", "Becken", true);
        check("ABDOMENPELVIS", "Becken", true);
        check("CHEST_TO_PELVIS", "der Thorax", true);
        check("Kniegelenk li.", "the knee", true);
        check("GINOCCHIO", "il ginocchio sinistro", true);
        check("PLACENTA", "the placenta", true);
        check("OTHER", "the other images", false);
        check("unknown", "of unknown origin", false);
        check("N/A", "n a", false);
        check("", "the knee", false);
    }

    #[test]
    fn descriptions_count_where_the_value_says_nothing() {
        let check = |value: &str, descriptions: [&str; 2], text: &str, named: bool| {
            let mut parts = BodyParts::default();
            parts.add(value, descriptions);
            assert_eq!(parts.stand_in(text), named, "{value}, {descriptions:?}: {text}");
        };
        check("", ["MRT Knie links", "t1_tse"], "the knee", true);
        check("", ["MRT", "Knie t1"], "the knee", true);
        check("", ["MRT Knie links", ""], "links", false);
        check("UNKNOWN", ["MRT Knie links", ""], "the knee", true);
        check("HEAD", ["MRT Knie links", ""], "the knee", false);
    }

    #[test]
    fn the_table_is_whole() {
        let known: Vec<&String> = PARTS.iter().flat_map(|part| &part.terms).collect();
        for part in &*PARTS {
            let code = |term: &String| term.chars().all(|each| each.is_ascii_uppercase());
            assert!(!part.terms.is_empty() && part.terms.iter().all(code), "{:?}", part.terms);
            assert!(part.within.iter().all(|term| known.contains(&term)), "{:?}", part.within);
            assert!(part.names.len() > part.terms.len(), "{:?}", part.terms);
            for Phrase(own) in &part.names {
                assert!(!own.is_empty(), "{:?}", part.terms);
                let word = |word: &String| {
                    let word = word.strip_suffix('*').unwrap_or(word);
                    !word.is_empty() && word.chars().all(char::is_alphanumeric)
                };
                assert!(own.iter().all(word), "{:?}: {own:?}", part.terms);
            }
        }
    }
}
