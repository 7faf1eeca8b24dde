//! The Rust tests, through nextest where it is installed.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

use super::{Options, Tally};
use crate::{
    metadata::{Package, packages},
    shell,
};

/// Where `.config/nextest.toml` has the report written, wherever cargo builds to.
const REPORT: &str = "target/nextest/default/junit.xml";

pub(super) fn run(
    options: &Options,
    environment: &[(&'static str, String)],
    tally: &mut Tally,
) -> anyhow::Result<()> {
    if shell::capture(&mut shell::cargo("nextest --version")).is_ok() {
        with_nextest(options, Path::new(REPORT), environment, tally)
    } else {
        with_cargo(options, environment, tally)
    }
}

fn with_nextest(
    options: &Options,
    report: &Path,
    environment: &[(&'static str, String)],
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let mut command = shell::cargo("nextest run --release --workspace --no-tests pass");
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    if let Some(word) = &options.only {
        command.args(["--filterset", &filter(word, &packages()?)]);
    }
    if options.long {
        command.args(["--run-ignored", "all"]).env("LIGHTCASE_LONG", "1");
    }
    if report.is_file() {
        std::fs::remove_file(report)?;
    }
    let outcome = shell::run(&mut command);
    let Ok(text) = std::fs::read_to_string(report) else {
        return outcome.and_then(|()| bail!("nextest left no report at {}", report.display()));
    };
    let (tests, failed) = (attribute(&text, "tests"), attribute(&text, "failures"));
    let errors = attribute(&text, "errors");
    let failed = failed.context("nextest's report has no failures")? + errors.unwrap_or(0);
    tally.passed += tests.context("nextest's report has no count")?.saturating_sub(failed);
    tally.failed += failed;
    tally.skips_in(&text);
    if outcome.is_err() && failed == 0 {
        return outcome;
    }
    Ok(())
}

/// Tests, crates and test files with `word` in their name. nextest refuses an expression with a
/// part that cannot match, so only parts that do are in it.
fn filter(word: &str, packages: &[Package]) -> String {
    let mut parts = vec![format!("test(~{word})")];
    if packages.iter().any(|package| package.name.contains(word)) {
        parts.push(format!("package(~{word})"));
    }
    if packages.iter().flat_map(|package| &package.tests).any(|test| test.contains(word)) {
        parts.push(format!("binary(~{word})"));
    }
    parts.join(" | ")
}

/// A number of the report's outermost element.
fn attribute(report: &str, name: &str) -> Option<u64> {
    let (_, rest) = report.split_once("<testsuites ")?;
    let (element, _) = rest.split_once('>')?;
    let (_, rest) = element.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()?.parse().ok()
}

fn with_cargo(
    options: &Options,
    environment: &[(&'static str, String)],
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let mut command: Command = shell::cargo("test --release --workspace --no-fail-fast");
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command.args(&options.only).args(["--", "--show-output"]);
    if options.long {
        command.arg("--include-ignored").env("LIGHTCASE_LONG", "1");
    }
    println!(
        "\n$ cargo test --release --workspace (cargo-nextest is faster: cargo install cargo-nextest)"
    );
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}");
    let (mut passed, mut failed) = (0, 0);
    for line in text.lines().filter(|line| line.starts_with("test result: ")) {
        passed += before(line, " passed");
        failed += before(line, " failed");
    }
    tally.passed += passed;
    tally.failed += failed;
    tally.skips_in(&text);
    if !output.status.success() && failed == 0 {
        bail!("cargo test failed ({})", output.status);
    }
    Ok(())
}

/// The number that stands before `word`.
fn before(line: &str, word: &str) -> u64 {
    line.split_once(word)
        .and_then(|(head, _)| head.rsplit(' ').next()?.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{attribute, before, filter};
    use crate::metadata::Package;

    #[test]
    fn a_word_selects_tests_crates_and_files() {
        let package = |name: &str, test: &str| Package {
            name: name.to_owned(),
            dependencies: Vec::new(),
            benches: Vec::new(),
            tests: vec![test.to_owned()],
        };
        let packages = [package("lightcase-audit", "golden"), package("lightcase-web", "kill")];
        assert_eq!(filter("audit", &packages), "test(~audit) | package(~audit)");
        assert_eq!(filter("kill", &packages), "test(~kill) | binary(~kill)");
        assert_eq!(filter("nothing", &packages), "test(~nothing)");
    }

    #[test]
    fn reports_are_read() {
        let report = r#"<?xml version="1.0"?><testsuites name="nextest-run" tests="14" failures="2" errors="0"><testsuite tests="1"/>"#;
        assert_eq!(attribute(report, "tests"), Some(14));
        assert_eq!(attribute(report, "failures"), Some(2));
        assert_eq!(attribute("<testsuites>", "tests"), None);
        let line = "test result: ok. 12 passed; 3 failed; 0 ignored; 0 measured";
        assert_eq!((before(line, " passed"), before(line, " failed")), (12, 3));
    }
}
