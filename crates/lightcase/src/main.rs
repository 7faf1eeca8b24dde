//! Lightcase: one binary. Its first argument says what it is to do.

mod address;
mod cli;
mod clock;
mod command;
mod config;
mod demo;
mod house;
mod init;
mod logging;
mod output;
mod serve;
mod upkeep;
mod web;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::CodecWorker) {
        // Before anything else is loaded: this process meets hostile bytes and must hold nothing.
        return lightcase_codec::work(std::io::stdin().lock(), std::io::stdout().lock());
    }
    match command::run(cli) {
        Ok(code) => code,
        Err(error) => {
            output::problem(&error);
            ExitCode::from(1)
        }
    }
}
