//! Chores: check, test, demo, bench, fuzz. `cargo xtask <chore> --help` says what each takes.
//!
//! Few dependencies, so that a fresh checkout has this in seconds and builds the rest visibly.

#![expect(clippy::print_stdout, reason = "a chore talks to the terminal")]

mod bench;
mod check;
mod demo;
mod fuzz;
mod metadata;
mod needs;
mod shell;
mod test;
mod venv;
mod viewer;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Chores of this repository")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Format, lints, docs, layers, tidiness, viewer types: needs nothing installed but the tools
    /// that build.
    Check {
        /// Only these of: format, layers, tidy, viewer, lints, docs.
        only: Vec<String>,
    },
    /// Install what the tests need and lack, build, and run them.
    Test(test::Options),
    /// Build what is missing, then start Lightcase with two synthetic studies.
    Demo(demo::Options),
    /// Run a benchmark; ratios are measured within one run.
    Bench {
        /// Which one; another word lists them.
        name: String,
        /// What it takes besides.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Look for bytes that break the readers of PDUs, commands, files and data sets.
    Fuzz(fuzz::Options),
}

fn main() -> ExitCode {
    let outcome = shell::enter_root().and_then(|()| match Arguments::parse().chore {
        Chore::Check { only } => check::run(&only),
        Chore::Test(options) => test::run(&options),
        Chore::Demo(options) => demo::run(&options),
        Chore::Bench { name, words } => bench::run(&name, &words),
        Chore::Fuzz(options) => fuzz::run(&options),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Arguments::command().debug_assert();
    }
}
