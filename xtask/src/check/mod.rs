//! `cargo xtask check`: every rule that a tool can hold, in the order of their price.

mod layers;
mod tidy;

use anyhow::bail;

use crate::{needs, shell, viewer};

type Check = (&'static str, fn() -> anyhow::Result<()>);

/// Runs every check, or those named, and says at the end which failed.
pub(crate) fn run(only: &[String]) -> anyhow::Result<()> {
    needs::build()?;
    let checks: [Check; 6] = [
        ("format", || shell::run(&mut shell::cargo("fmt --all --check"))),
        ("layers", layers::run),
        ("tidy", tidy::run),
        ("viewer", viewer::check),
        ("lints", || {
            shell::run(&mut shell::cargo(
                "clippy --release --workspace --all-targets -- -D warnings",
            ))
        }),
        ("docs", || {
            shell::run(
                shell::cargo("doc --release --workspace --no-deps")
                    .env("RUSTDOCFLAGS", "-D warnings"),
            )
        }),
    ];
    if let Some(unknown) = only.iter().find(|name| !checks.iter().any(|(known, _)| known == name)) {
        bail!("there is no check called {unknown:?}");
    }
    let mut failed = Vec::new();
    for (name, check) in checks {
        if !only.is_empty() && !only.iter().any(|wanted| wanted == name) {
            continue;
        }
        match check() {
            Ok(()) => println!("{name}: ok"),
            Err(error) => {
                println!("{name}: {error:#}");
                failed.push(name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("check failed: {}", failed.join(", "));
    }
    println!("\nchecks passed");
    Ok(())
}
