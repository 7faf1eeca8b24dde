//! `cargo xtask fuzz`: libFuzzer with the address sanitizer, for as long as one likes.
//!
//! The targets are built by plain cargo, with the flags that the tool cargo-fuzz would give. Those
//! are unstable, so the stable compiler is told by `RUSTC_BOOTSTRAP` to take them. Nothing has to
//! be installed but a C++ compiler.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::{metadata, shell};

/// The binaries of `fuzz/Cargo.toml`.
const TARGETS: [&str; 4] = ["pdu", "command", "head", "dataset"];
/// An input that takes longer (seconds) or a process that needs more memory (MiB) is a finding.
const LIMITS: [&str; 3] = ["-timeout=10", "-rss_limit_mb=1024", "-max_len=65536"];

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only this target.
    target: Option<String>,
    /// How long each target runs.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let chosen: Vec<&str> = TARGETS
        .into_iter()
        .filter(|target| options.target.as_deref().is_none_or(|name| name == *target))
        .collect();
    if chosen.is_empty() {
        bail!("there is no such target; there are: {}", TARGETS.join(", "));
    }
    if !["c++", "g++", "clang++"].iter().any(|name| shell::installed(name)) {
        bail!("libFuzzer needs a C++ compiler (Debian: apt-get install g++)");
    }
    let machine = machine()?;
    let folder = metadata::target()?.join("fuzz");
    build(&machine, &folder)?;
    for target in chosen {
        hunt(target, &machine, &folder, options.seconds)?;
    }
    Ok(())
}

/// The machine that this runs on. Named to cargo, it keeps the flags away from build scripts.
fn machine() -> anyhow::Result<String> {
    let text = shell::capture(&mut shell::line("rustc -vV"))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not tell what it runs on")?.to_owned())
}

fn build(machine: &str, folder: &Path) -> anyhow::Result<()> {
    let flags = [
        "--cfg=fuzzing",
        "-Cpasses=sancov-module",
        "-Cllvm-args=-sanitizer-coverage-level=4",
        "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
        "-Cllvm-args=-sanitizer-coverage-pc-table",
        "-Cllvm-args=-sanitizer-coverage-trace-compares",
        "-Zsanitizer=address",
        "-Ccodegen-units=1",
    ];
    let mut command = shell::cargo("build --release --manifest-path fuzz/Cargo.toml --bins");
    command.args(["--target", machine, "--target-dir"]).arg(folder);
    shell::run(command.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", flags.join(" ")))
}

/// Runs one target. What it learns stays in its own folder; the seeds are only read.
fn hunt(target: &str, machine: &str, folder: &Path, seconds: u32) -> anyhow::Result<()> {
    let (learnt, found) = (folder.join("corpus").join(target), folder.join("found"));
    std::fs::create_dir_all(&learnt)?;
    std::fs::create_dir_all(&found)?;
    let binary = folder.join(machine).join("release").join(target);
    let mut command = std::process::Command::new(binary);
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/{target}-", found.display()))
        .arg("-print_final_stats=1")
        .args(LIMITS)
        .arg(learnt)
        .arg(Path::new("fuzz/corpus").join(target));
    shell::run(&mut command)
        .with_context(|| format!("{target} found something; the input is in {}", found.display()))
}
