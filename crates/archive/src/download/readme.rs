//! README.TXT: what a download is, for people who have never seen one.

use lightcase_model::Language;

/// The text, with the line ends that every editor shows.
pub(super) fn readme(language: Language, files: usize, studies: usize) -> String {
    let text = match language {
        Language::English => include_str!("readme.en.txt"),
        Language::German => include_str!("readme.de.txt"),
    };
    text.replace("{files}", &files.to_string())
        .replace("{studies}", &studies.to_string())
        .replace('\n', "\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_counts_and_leaves_nothing_open() {
        for language in [Language::English, Language::German] {
            let text = readme(language, 187, 2);
            assert!(text.contains("187") && !text.contains(['{', '}']), "{text}");
            assert!(text.lines().all(|line| line.chars().count() <= 86), "{text}");
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        }
    }
}
