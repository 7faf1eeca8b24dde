//! The action table is the one of the edition it claims.
//!
//! To take a newer edition: change `src/table/profile.rs` row by row after the standard (with
//! `LIGHTCASE_CORPUS` set, the second test prints each row that differs, as it must be), then
//! `EDITION`, and the count and digest below, which the first test prints. Name the changed rows in
//! the changelog: what is removed from data sets changes with them.
#![expect(clippy::unwrap_used, reason = "writing to a string cannot fail")]
#![expect(clippy::print_stdout, reason = "a skip is announced")]

use std::fmt::Write as _;
use std::path::PathBuf;

use lightcase_deident::{Action, EDITION, Pattern, ProfileOption, RULES, Rule};
use sha2::{Digest, Sha256};

/// The options in the order of the table's columns.
const COLUMNS: [ProfileOption; 10] = [
    ProfileOption::RetainSafePrivate,
    ProfileOption::RetainUids,
    ProfileOption::RetainDeviceIdentity,
    ProfileOption::RetainInstitutionIdentity,
    ProfileOption::RetainPatientCharacteristics,
    ProfileOption::RetainFullDates,
    ProfileOption::RetainModifiedDates,
    ProfileOption::CleanDescriptors,
    ProfileOption::CleanStructuredContent,
    ProfileOption::CleanGraphics,
];

/// A row as text: tag, name, keyword, VR, retired, in standard IOD, basic, options; by tabs.
fn text(rule: &Rule) -> String {
    let flag = |set: bool| if set { "Y" } else { "N" };
    let mut row = format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}",
        rule.pattern,
        rule.name,
        rule.keyword,
        rule.vr,
        flag(rule.retired),
        flag(rule.in_standard_iod),
        rule.basic
    );
    for option in COLUMNS {
        write!(row, "\t{}", rule.under(option).map_or("", Action::code)).unwrap();
    }
    row
}

#[test]
fn the_table_is_pinned() {
    let table: String = RULES.iter().map(|rule| text(rule) + "\n").collect();
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(table));
    assert_eq!(
        (EDITION, RULES.len(), digest.as_str()),
        ("2024e", 621, "80468aad6b6e429d94abeef8400a22681a924cf0a107b4a839b86af379a98767"),
    );
}

#[test]
fn every_option_of_a_row_has_a_column_and_only_keeps_or_cleans() {
    for rule in RULES {
        for (option, action) in rule.options {
            assert!(COLUMNS.contains(option), "{} {option}", rule.pattern);
            assert!(matches!(action, Action::K | Action::C), "{} {option}", rule.pattern);
        }
        assert_eq!(rule.keyword.is_empty(), rule.vr.is_empty(), "{}", rule.pattern);
        assert!(rule.pattern != Pattern::OddGroups || rule.basic == Action::X);
    }
}

#[test]
fn every_row_is_that_of_the_published_table() {
    let Some(corpus) = corpus() else { return };
    let published = std::fs::read_to_string(corpus.join("confidentiality_profile.csv")).unwrap();
    let mut rows: Vec<String> = published
        .lines()
        .skip(1)
        .map(|line| {
            let mut cells = cells(line);
            let mask = cells.remove(1);
            assert_eq!(mask.is_empty(), !cells[0].contains(['X', 'G']), "{line}");
            if cells[4].is_empty() {
                cells[4].push('N');
            }
            cells.join("\t")
        })
        .collect();
    let mut ours: Vec<String> = RULES.iter().map(text).collect();
    rows.sort();
    ours.sort();
    let missing: Vec<_> = rows.iter().filter(|row| !ours.contains(row)).collect();
    let invented: Vec<_> = ours.iter().filter(|row| !rows.contains(row)).collect();
    assert!(missing.is_empty() && invented.is_empty(), "lacks {missing:#?}\nhas {invented:#?}");
    assert_eq!(ours.len(), rows.len());
}

/// The cells of a line of CSV; quotes may surround a cell with commas.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

#[expect(clippy::disallowed_methods, reason = "tests take the corpus from the environment")]
fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var("LIGHTCASE_CORPUS").ok().map(PathBuf::from);
    if corpus.is_none() {
        println!("skipped: every_row_is_that_of_the_published_table (LIGHTCASE_CORPUS is not set)");
        assert_ne!(std::env::var("LIGHTCASE_REQUIRE_CORPUS").as_deref(), Ok("1"));
    }
    corpus
}
