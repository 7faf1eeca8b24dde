//! Rules of the text itself, each with the reason it is broken by.

use std::path::Path;

use anyhow::bail;

use crate::shell;

const MOST_LINES: usize = 600;
const TEXT: [&str; 14] =
    ["rs", "toml", "md", "sql", "py", "ts", "tsx", "mjs", "js", "css", "html", "yml", "yaml", "sh"];
/// Crates in which a hexadecimal number of four digits is a DIMSE status or command. The others
/// speak of bytes: tags, markers, lengths.
const SPEAK_STATUS: [&str; 7] = ["dimse", "scp", "archive", "share", "web", "catalog", "lightcase"];
/// Where the standard's tables are kept, whose numbers are data.
const TABLES: [&str; 5] = ["/table/", "/tables/", "/command/", "/generated/", "/tests/"];
const VAGUE: [&str; 9] =
    ["common", "util", "utils", "helper", "helpers", "manager", "base", "types", "misc"];

pub(super) fn run() -> anyhow::Result<()> {
    let listing = shell::capture(&mut shell::line(
        "git -c core.quotepath=off ls-files --cached --others --exclude-standard",
    ))?;
    let mut broken = Vec::new();
    for path in listing.lines() {
        let extension = Path::new(path).extension().and_then(|it| it.to_str()).unwrap_or_default();
        if !TEXT.contains(&extension) {
            continue;
        }
        // A file deleted but still in the index, or one that is not text, has no words to judge.
        if let Ok(text) = std::fs::read_to_string(path) {
            broken.extend(faults(path, &text).into_iter().map(|fault| format!("{path}{fault}")));
        }
    }
    if !broken.is_empty() {
        bail!("{} broken\n  {}", broken.len(), broken.join("\n  "));
    }
    Ok(())
}

/// What is wrong with one file, each beginning with `:line: `.
fn faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if Path::new(path).extension().is_some_and(|it| it == "rs") {
        faults.extend(of_rust(path, text));
    }
    // Words that put off, and places that only one machine has. Spelled in halves, because this
    // file is judged too.
    let putting_off = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("for", " now")];
    let places = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
    for (number, line) in text.lines().enumerate() {
        let at = number + 1;
        for word in putting_off {
            if whole_word(line, word) {
                faults.push(format!(":{at}: says {word:?}: do it, or leave it out"));
            }
        }
        for place in places {
            let absolute = line.match_indices(place).any(|(start, _)| {
                let before = line.get(..start).and_then(|it| it.chars().next_back());
                before.is_none_or(|c| !c.is_alphanumeric() && !"._-/}>*".contains(c))
            });
            if absolute {
                faults.push(format!(":{at}: names {place}, which only one machine has"));
            }
        }
    }
    faults
}

fn of_rust(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let in_table = TABLES.iter().any(|part| path.contains(part));
    let generated = text.lines().take(5).any(|line| line.contains("@generated"));
    if !text.starts_with("//!") {
        faults.push(":1: does not start with `//!`: say what the file is".to_owned());
    }
    let lines = text.lines().count();
    if lines > MOST_LINES && !in_table && !generated {
        faults.push(format!(":1: has {lines} lines, more than {MOST_LINES}: split it by verb"));
    }
    let stem = Path::new(path).file_stem().and_then(|it| it.to_str()).unwrap_or_default();
    let folder = Path::new(path).parent().and_then(Path::file_name).and_then(|it| it.to_str());
    if VAGUE.contains(&stem) || folder.is_some_and(|folder| VAGUE.contains(&folder)) {
        faults.push(":1: has a name that says nothing: name what is in it".to_owned());
    }
    let krate = path.strip_prefix("crates/").and_then(|rest| rest.split('/').next());
    let status_matters = krate.is_some_and(|krate| SPEAK_STATUS.contains(&krate))
        && !in_table
        && !["status", "command"].contains(&stem);
    let mut in_tests = false;
    for (number, line) in text.lines().enumerate() {
        in_tests |= line.trim() == "#[cfg(test)]";
        if status_matters
            && !in_tests
            && !line.trim_start().starts_with("//")
            && four_digit_hex(line)
        {
            faults.push(format!(
                ":{}: a bare status or command number: name it in status.rs or command/",
                number + 1
            ));
        }
        if line.contains(concat!("#[", "error(")) && line.contains("{source") {
            faults.push(format!(
                ":{}: Display repeats its source, which a report then prints twice",
                number + 1
            ));
        }
    }
    faults
}

/// Whether a hexadecimal literal of exactly four digits stands in the line.
fn four_digit_hex(line: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| {
        word.strip_prefix("0x").is_some_and(|digits| {
            let digits =
                digits.strip_suffix("_u16").or(digits.strip_suffix("u16")).unwrap_or(digits);
            digits.len() == 4 && digits.chars().all(|c| c.is_ascii_hexdigit())
        })
    })
}

/// Whether `word` stands in `line` on its own. Capitals count: `todo!` is clippy's to refuse.
fn whole_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, found)| {
        let before = line.get(..start).and_then(|it| it.chars().next_back());
        let after = line.get(start + found.len()..).and_then(|it| it.chars().next());
        before.is_none_or(|c| !c.is_alphanumeric()) && after.is_none_or(|c| !c.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::faults;

    fn check(path: &str, text: &str, expected: &[&str]) {
        let found = faults(path, text);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (fault, word) in found.iter().zip(expected) {
            assert!(fault.contains(word), "{fault} lacks {word}");
        }
    }

    #[test]
    fn a_tidy_file_has_no_faults() {
        check("crates/scp/src/echo.rs", "//! Echo.\n\nlet tag = 0x0008_0018;\n", &[]);
        check("README.md", "See workshop/root/readme.\n", &[]);
    }

    #[test]
    fn each_rule_is_held() {
        check("crates/scp/src/a.rs", "fn a() {}\n", &["//!"]);
        check("crates/scp/src/util.rs", "//! U.\n", &["says nothing"]);
        check("crates/scp/src/a.rs", "//! A.\nlet s = 0xA700;\n", &["status"]);
        check("crates/scp/src/status.rs", "//! A.\nlet s = 0xA700;\n", &[]);
        check("crates/scp/src/a.rs", "//! A.\n#[cfg(test)]\nlet s = 0xA700;\n", &[]);
        check("crates/codec/src/a.rs", "//! A.\nlet marker = 0xFFD8;\n", &[]);
        check(
            "crates/scp/src/a.rs",
            concat!("//! A.\n#[", "error(\"x: {source}\")]\n"),
            &["twice"],
        );
        check("a.md", concat!("later, TO", "DO: this\n"), &["leave it out"]);
        check("a.toml", concat!("path = \"/wo", "rk/x\"\n"), &["one machine"]);
        check("crates/x/src/a.rs", &format!("//! A.\n{}", "\n".repeat(600)), &["601 lines"]);
        check("crates/x/src/table/a.rs", &format!("//! A.\n{}", "\n".repeat(600)), &[]);
    }
}
