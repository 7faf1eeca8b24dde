//! README.TXT: what a download is, for people who have never seen one.

use lightcase_model::Language;

/// What the text says of a download.
pub(super) struct Facts {
    pub(super) language: Language,
    pub(super) files: usize,
    pub(super) studies: usize,
    /// Whether it is of clean copies, which name nobody.
    pub(super) clean: bool,
}

/// The text, with the line ends that every editor shows.
pub(super) fn readme(facts: &Facts) -> String {
    let text = match facts.language {
        Language::English => include_str!("readme.en.txt"),
        Language::German => include_str!("readme.de.txt"),
    };
    text.replace("{count}", &count(facts)).replace("{whose}", whose(facts)).replace('\n', "\r\n")
}

fn count(facts: &Facts) -> String {
    let (files, studies) = (facts.files, facts.studies);
    let (file, of, study) = match facts.language {
        Language::English => (
            if files == 1 { "file" } else { "files" },
            ", of",
            if studies == 1 { "examination" } else { "examinations" },
        ),
        Language::German => (
            if files == 1 { "Datei" } else { "Dateien" },
            " aus",
            if studies == 1 { "Untersuchung" } else { "Untersuchungen" },
        ),
    };
    format!("{files} {file}{of} {studies} {study}")
}

fn whose(facts: &Facts) -> &'static str {
    match (facts.language, facts.clean) {
        (Language::English, false) => {
            "These are health data of a person, whose name is in the files."
        }
        (Language::English, true) => {
            "These are health data of a person, whose name was taken out of the files."
        }
        (Language::German, false) => {
            "Das sind Gesundheitsdaten eines Menschen, dessen Name in den Dateien steht."
        }
        (Language::German, true) => {
            "Das sind Gesundheitsdaten eines Menschen, dessen Name aus den Dateien entfernt ist."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_counts_and_leaves_nothing_open() {
        let check = |language, (files, studies), clean: bool, words: [&str; 2]| {
            let text = readme(&Facts { language, files, studies, clean });
            for word in words {
                assert!(text.contains(word), "{word}: {text}");
            }
            assert!(!text.contains(['{', '}']), "{text}");
            assert!(text.lines().all(|line| line.chars().count() <= 86), "{text}");
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        };
        let (english, german) = (Language::English, Language::German);
        let (named, cleaned) = ("whose name is in the files", "whose name was taken out");
        check(english, (187, 2), false, ["187 files, of 2 examinations\r\n", named]);
        check(english, (2, 1), true, ["2 files, of 1 examination\r\n", cleaned]);
        check(english, (1, 1), false, ["1 file, of 1 examination\r\n", named]);
        let (named, cleaned) = ("Name in den Dateien steht", "Name aus den Dateien entfernt ist");
        check(german, (187, 2), true, ["187 Dateien aus 2 Untersuchungen\r\n", cleaned]);
        check(german, (2, 1), false, ["2 Dateien aus 1 Untersuchung\r\n", named]);
        check(german, (1, 1), true, ["1 Datei aus 1 Untersuchung\r\n", cleaned]);
    }
}
