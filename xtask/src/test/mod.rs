//! `cargo xtask test`: everything that can be shown, against real peers.

mod peers;
mod python;
mod script;
mod servers;
mod suite;
mod tally;

use anyhow::bail;

use crate::{metadata, needs, shell, viewer};
use script::Folder;
use tally::Tally;

/// Foreign clients, which wait for each other more than they compute.
const INTEROP: Folder = Folder { path: "tests/interop", extension: "py", at_once: 2 };
/// A browser takes the machine for itself.
const BROWSER: Folder = Folder { path: "tests/browser", extension: "mjs", at_once: 1 };

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Run only what has this word in its name.
    #[arg(long)]
    only: Option<String>,
    /// Add the long runs.
    #[arg(long)]
    long: bool,
    /// Let a skip fail the run.
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    needs::build()?;
    let mut tally = Tally::default();
    let missing = needs::peers();
    let absent = |name: &str| missing.iter().any(|(peer, _)| peer == name);
    for (peer, advice) in &missing {
        tally.skip(peer, advice);
    }
    let python = if absent("python") { None } else { python::environment(&mut tally) };
    viewer::build()?;
    // With the features that the tests bring, so that nothing is compiled twice.
    shell::run(&mut shell::cargo("build --release --workspace --bins --tests"))?;

    let target = metadata::target()?;
    let mut environment = peers::environment(&target, python.as_deref(), &mut tally)?;
    let mut servers = Vec::new();
    for (variable, server) in servers::start(&target, !absent("postgresql"))? {
        environment.push((variable, server.description.clone()));
        servers.push(server);
    }
    suite::run(options, &environment, &mut tally)?;
    if options.only.as_deref().is_none_or(|word| "viewer".contains(word)) {
        match viewer::test() {
            Some(Ok(())) => tally.passed += 1,
            Some(Err(error)) => {
                println!("FAIL viewer: {error:#}");
                tally.failed += 1;
            }
            None => {}
        }
    }
    if python.is_some() {
        script::run(&INTEROP, options.only.as_deref(), &environment, &mut tally)?;
    }
    if !absent("chromium") {
        script::run(&BROWSER, options.only.as_deref(), &environment, &mut tally)?;
    }
    drop(servers);

    tally.print();
    if tally.failed > 0 {
        bail!("{} failed", tally.failed);
    }
    let avoidable = tally.avoidable_skips();
    if options.strict && avoidable > 0 {
        bail!("--strict: {avoidable} skipped");
    }
    if tally.passed == 0 {
        bail!("nothing ran: no name has that word");
    }
    Ok(())
}
