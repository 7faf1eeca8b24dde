//! Whether a text says whose images it is about.

use lightcase_catalog::Match;

use crate::spelling::{composed, readings, spelled_out, without_dots};

/// A part of a name from which on a word is recognised by how it begins: cases of a name end in
/// letters of their own.
const BEGINS: usize = 4;
/// The shortest number of a patient that says anything.
const NUMBER: usize = 3;

/// What a patient is known by.
#[derive(Default)]
pub(crate) struct Known {
    /// PN.
    names: Vec<String>,
    /// Of the patient and of studies.
    numbers: Vec<String>,
}

impl Known {
    /// Known by names alone.
    pub(crate) fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self { names: names.into_iter().map(str::to_owned).collect(), numbers: Vec::new() }
    }

    /// Known by what the archive holds: names, Patient ID and Accession Number.
    pub(crate) fn of(found: &[Match]) -> Self {
        let mut known = Self::default();
        for each in found {
            known.names.push(each.patient.name.expose().clone());
            known.numbers.push(each.patient.patient_id.expose().clone());
            let accession = each.study.as_ref().map(|study| study.accession_number.expose());
            known.numbers.extend(accession.cloned());
        }
        known
    }

    /// Whether a part of a name, or a number, stands in a text.
    pub(crate) fn stands_in(&self, text: &str) -> bool {
        let text = Text::of(text);
        self.names.iter().any(|name| text.names(name, true)) || self.number_in(&text)
    }

    /// The same of the name of a recipient, who may share a given name with the patient.
    pub(crate) fn stands_in_name(&self, name: &str) -> bool {
        let text = Text::of(name);
        self.names.iter().any(|name| text.names(name, false)) || self.number_in(&text)
    }

    fn number_in(&self, text: &Text) -> bool {
        self.numbers.iter().any(|number| text.has_number(number))
    }
}

/// A text in which names are looked for.
struct Text {
    /// Its readings, in lower case.
    lower: [String; 2],
    /// Without blanks, for names in scripts that have none.
    joined: String,
    words: Vec<Word>,
}

/// A word of a text, or a part of a name.
struct Word {
    spelled_out: String,
    without_dots: String,
    capital: bool,
}

impl Word {
    /// Of a text that was [`composed`].
    fn of(word: &str) -> Self {
        let spelled_out = spelled_out(word);
        Self {
            without_dots: without_dots(&spelled_out),
            spelled_out,
            capital: word.starts_with(char::is_uppercase),
        }
    }
}

impl Text {
    fn of(text: &str) -> Self {
        let readings = readings(text);
        Self {
            joined: joined(&composed(text)),
            words: readings.iter().flat_map(|reading| parts(reading)).map(Word::of).collect(),
            lower: readings.map(|reading| reading.to_lowercase()),
        }
    }

    /// Whether a part of a PN stands in it: of the family name, and of the given names if they
    /// count. Prefixes and suffixes name nobody.
    fn names(&self, name: &str, given_count: bool) -> bool {
        composed(name).split('=').any(|group| {
            let mut components = group.split('^');
            let family = components.next().unwrap_or_default();
            let given: Vec<&str> = components.take(2).collect();
            let capitals = family.contains(char::is_uppercase);
            // The small words of "von der Au" are words like others.
            let small = |part: &str| {
                capitals && part.chars().count() < BEGINS && part.starts_with(char::is_lowercase)
            };
            let whole = joined(&format!("{family}{}", given.concat()));
            parts(family).any(|part| !small(part) && self.has_part(part, 2))
                || given_count
                    && given.iter().copied().flat_map(parts).any(|each| self.has_part(each, 3))
                || whole.contains(unspaced) && self.has_part(&whole, 2)
        })
    }

    /// Whether a part of a name stands in it; shorter ones than `least` say nothing. A short one is
    /// a whole word with a capital, or its genitive: "Li", "Lis". So is one whose dots were left
    /// out a word with a capital: "Schon", not "schon", is Schön.
    fn has_part(&self, part: &str, least: usize) -> bool {
        let letters = part.chars().count();
        if part.contains(unspaced) {
            return letters > 1 && self.joined.contains(part);
        }
        let long = letters >= BEGINS;
        if !long && letters < least {
            return false;
        }
        let part = Word::of(part);
        // "Doe" has no dots to leave out: "do" is another word.
        let dotted = part.without_dots.chars().count() >= letters.min(BEGINS);
        let fits = |word: &str, part: &str| {
            word.strip_prefix(part).is_some_and(|rest| long || rest.is_empty() || rest == "s")
        };
        self.words.iter().any(|word| {
            (long || word.capital) && fits(&word.spelled_out, &part.spelled_out)
                || dotted && word.capital && fits(&word.without_dots, &part.without_dots)
        })
    }

    /// Whether a number stands in it, or a part of one that is long enough.
    fn has_number(&self, number: &str) -> bool {
        let number = composed(number.trim()).to_lowercase();
        let long = |text: &str| text.chars().count() >= NUMBER;
        let whole = long(&number) && self.lower.iter().any(|text| bounded(text, &number));
        whole
            || parts(&number).filter(|part| long(part)).any(|part| {
                let part = spelled_out(part);
                self.words.iter().any(|word| word.spelled_out == part)
            })
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|each: char| !each.is_alphanumeric() && !unspaced(each));
    parts.filter(|part| !part.is_empty())
}

fn joined(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Whether a word stands in a text with neither letter nor digit beside it.
fn bounded(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at.saturating_add(word.len())..);
        let after = after.and_then(|after| after.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// Characters of scripts that put no blanks between words: Thai and its neighbours, Chinese,
/// Japanese; and Korean, whose particles follow a name without one.
fn unspaced(each: char) -> bool {
    matches!(
        each,
        '\u{0E00}'..='\u{0EFF}'
            | '\u{1000}'..='\u{109F}'
            | '\u{1100}'..='\u{11FF}'
            | '\u{1780}'..='\u{17FF}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{30FF}'
            | '\u{3130}'..='\u{318F}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{AC00}'..='\u{D7AF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{FF66}'..='\u{FF9F}'
            | '\u{20000}'..='\u{3FFFD}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, named: bool) {
        assert_eq!(Known::named([name]).stands_in(text), named, "{name}: {text}");
    }

    #[test]
    fn a_name_is_found_in_every_case_of_it() {
        check("Lovelace^Ada", "The images of Mrs. LOVELACE, as said.", true);
        check("Lovelace^Ada", "Frau Lovelaces Aufnahmen", true);
        check("Lovelace^Augusta Ada", "augusta's images", true);
        check("Lovelace^Ada", "Adas Bilder", true);
        check("Lovelace^Ada", "der Befund in Adana", false);
        check("Lovelace^Ada", "With love", false);
        check("Doe^Jane^^Prof", "Professor Roe has asked for them", false);
        check("M\u{fc}ller^Eva", "die Bilder von Frau M\u{dc}LLER", true);
        check("", "The head", false);
    }

    #[test]
    fn short_names_are_words_with_a_capital() {
        check("Li^Na", "Images of Mr. Li", true);
        check("LI^NA", "Lis Bilder", true);
        check("Li^Na", "the left lung, li", false);
        check("Li^Na", "Liver. Na, so was", false);
        check("Wu^Bo", "Wunde", false);
        check("von der Au^Max", "Die Bilder, die bei der Untersuchung von gestern", false);
        check("von der Au^Max", "Herr von der Au", true);
    }

    #[test]
    fn a_name_is_found_however_it_is_spelled() {
        for text in [
            "Frau M\u{fc}ller",
            "J\u{f6}rg",
            "J\u{f6}rgs Bilder",
            "frau mu\u{308}ller",
            "Ms. Muller",
        ] {
            check("MUELLER^JOERG", text, true);
            check("M\u{fc}ller^J\u{f6}rg", text, true);
        }
        check("Muller^Jorg", "Herr M\u{fc}ller", true);
        check("Muller^Jorg", "Mueller", true);
        for text in
            ["Goessmann", "G\u{f6}ssmann", "Go\u{308}\u{df}mann", "Gossmann", "Aenne", "Anne"]
        {
            check("G\u{f6}\u{df}mann^\u{c4}nne", text, true);
            check("Go\u{308}\u{df}mann^A\u{308}nne", text, true);
        }
        check("Zzpatientname^", "of Zzpatient\u{ad}name", true);
        check("Zzpatientname^", "of\u{200b}Zzpatientname", true);
        check("Zzpatientname^", "\u{ff3a}zpatientname", true);
        check("Zzpatient\u{ad}name^", "Zzpatientname", true);
        check("Garc\u{ed}a^Jos\u{e9}", "garcia", true);
        check("L\u{fc}^Na", "Mr. Lu, Mr. Lue", true);
    }

    #[test]
    fn words_that_look_like_names_without_dots_are_words() {
        check("Sch\u{f6}n^Eva", "Sie sind schon da", false);
        check("L\u{f6}we^Eva", "the lower ones", false);
        check("Doe^Jane", "Do not pass them on", false);
        check("Baer^Eva", "Bar of soap", false);
        check("M\u{fc}ller^Eva", "Maller, Miller", false);
    }

    #[test]
    fn names_without_blanks_around_them_are_found_within() {
        let yamada = "Yamada^Tarou=\u{5c71}\u{7530}^\u{592a}\u{90ce}=\u{3084}\u{307e}\u{3060}";
        check(yamada, "\u{5c71}\u{7530}\u{3055}\u{3093}\u{306e}\u{753b}\u{50cf}", true);
        check(yamada, "\u{5c71}\u{306e}\u{753b}\u{50cf}", false);
        check("Wang^Ming=\u{738b}^\u{660e}=", "\u{738b}\u{660e}\u{7684}\u{7167}\u{7247}", true);
        check("Wang^Ming=\u{738b}^\u{660e}=", "\u{738b}\u{5148}\u{751f}", false);
        check("Hong^Gildong=\u{d64d}^\u{ae38}\u{b3d9}=", "\u{ae38}\u{b3d9}\u{c758}", true);
        let somchai = "\u{0e2a}\u{0e21}\u{0e0a}\u{0e32}\u{0e22}";
        let text = format!("\u{0e20}\u{0e32}\u{0e1e}{somchai}");
        check(&format!("\u{0e43}\u{0e08}^{somchai}"), &text, true);
    }

    #[test]
    fn numbers_are_found_whole_and_in_part() {
        let check = |number: &str, text: &str, found: bool| {
            let known = Known { names: Vec::new(), numbers: vec![number.to_owned()] };
            assert_eq!(known.stands_in(text), found, "{number}: {text}");
            assert_eq!(known.stands_in_name(text), found, "{number}: {text}");
        };
        check("P-17", "patient p-17.", true);
        check("P-17", "patient P-170", false);
        check("20261234", "see 20261234", true);
        check("20261234", "see 120261234", false);
        check("ACC/20261234", "see 20261234", true);
        check("P1", "series P1", false);
        check("20261234", "see 2026\u{ad}1234", true);
        check("20261234", "see\u{200b}20261234", true);
        check("20261234", "\u{ff12}\u{ff10}261234", true);
        check("", "nothing", false);
    }

    #[test]
    fn a_recipient_may_have_the_given_name_of_a_patient() {
        let known = Known::named(["Doe^Jane"]);
        assert!(!known.stands_in_name("Dr. Jane Roe"));
        assert!(known.stands_in_name("Jane Doe") && known.stands_in_name("Familie DOE"));
    }
}
