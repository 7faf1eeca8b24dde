//! `cargo xtask demo`: from a fresh checkout to a worklist with two studies.

use std::{os::unix::process::CommandExt as _, process::Command};

use anyhow::Context as _;

use crate::{metadata, needs, shell, viewer};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Check everything once and exit instead of serving.
    #[arg(long)]
    once: bool,
    /// Serve HTTPS on the local network, to try it from a phone.
    #[arg(long)]
    lan: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    needs::build()?;
    println!("1/3 the viewer");
    viewer::build()?;
    println!("2/3 the server (minutes on a first build, seconds afterwards)");
    shell::run(&mut shell::cargo(
        "build --release --package lightcase --package lightcase-testkit",
    ))?;
    println!("3/3 two synthetic studies");
    // The same seed gives the same bytes, so that writing over an earlier run changes nothing.
    let target = metadata::target()?;
    let studies = target.join("demo/studies");
    if studies.is_dir() {
        std::fs::remove_dir_all(&studies)?;
    }
    shell::capture(
        Command::new(target.join("release/testkit")).args(["phantom", "--out"]).arg(&studies),
    )?;
    let mut demo = Command::new(target.join("release/lightcase"));
    demo.args(["demo", "--studies"]).arg(studies);
    if options.once {
        demo.arg("--once");
    }
    if options.lan {
        demo.arg("--lan");
    }
    // In this one's place, so that Ctrl-C reaches the server alone and its exit is ours.
    Err(demo.exec()).context("cannot run lightcase")
}
