//! `cargo xtask bench share`: what a link costs whom it was sent to, and the server, on a CT of
//! 1,500 slices: from the address to the first picture on a phone (`picture`), the ZIP beside the
//! vault that its objects are read from (`zip`), 500 recipients at once (`sessions`), and how long
//! refusals take, each reason beside the others (`refusal`). The words choose; without any, all are
//! measured.
//!
//! Each figure stands beside what was aimed at. Seconds on a phone hold on any machine that is not
//! slower; of the others only ratios can be compared between machines.

#![expect(clippy::print_stdout, reason = "the tables are what it is for")]

mod house;
mod link;
mod memory;
mod noise;
mod picture;
mod reading;
mod refusal;
mod sessions;
mod table;
mod vault;
mod zip;

use anyhow::bail;
use house::House;

/// What can be chosen.
const PARTS: [&str; 4] = ["picture", "zip", "sessions", "refusal"];

fn main() -> anyhow::Result<()> {
    // Cargo adds a word of its own.
    let chosen: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let Some(unknown) = chosen.iter().find(|word| !PARTS.contains(&word.as_str())) {
        bail!("nothing is called {unknown:?}; there are: {}", PARTS.join(", "));
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(&chosen))
}

async fn run(chosen: &[String]) -> anyhow::Result<()> {
    let wanted = |part: &str| chosen.is_empty() || chosen.iter().any(|word| word == part);
    let house = House::open().await?;
    if wanted("picture") {
        picture::run(&house).await?;
    }
    if wanted("zip") {
        zip::run(&house).await?;
    }
    if wanted("sessions") {
        sessions::run(&house).await?;
    }
    if wanted("refusal") {
        refusal::run(&house).await?;
    }
    Ok(())
}
