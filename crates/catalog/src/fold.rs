//! Folding of names, so that case and trailing delimiters do not matter when matching.

/// A person name as it is searched: lower case, without trailing `^` and `=` delimiters, single spaces.
pub(crate) fn fold_name(name: &str) -> String {
    let lower = name.to_lowercase();
    let groups: Vec<String> = lower
        .split('=')
        .map(|group| {
            let parts: Vec<String> = group
                .split('^')
                .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect();
            parts.join("^").trim_end_matches('^').to_owned()
        })
        .collect();
    groups.join("=").trim_end_matches('=').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, folded: &str) {
        assert_eq!(fold_name(name), folded);
    }

    #[test]
    fn case_padding_and_empty_ends_are_folded() {
        check("Doe^Jane^^", "doe^jane");
        check("DOE^JANE  ANN", "doe^jane ann");
        check("Yamada^Tarou=山田^太郎=やまだ^たろう", "yamada^tarou=山田^太郎=やまだ^たろう");
        check("Müller^Ümit==", "müller^ümit");
        check("", "");
    }
}
