//! `cargo xtask bench query`: how long a C-FIND takes in an archive of 10,000 studies, on SQLite
//! and on PostgreSQL, beside Orthanc (where Debian's is installed).
//!
//! The same queries go to all over loopback, in turns, one after the other on one association;
//! told are the median and the 95th percentile, from the request to the last response.

#![expect(clippy::print_stdout, reason = "the tables are what it is for")]

mod fill;
mod keys;
mod station;

use std::time::{Duration, Instant};

use anyhow::ensure;
use keys::Case;
use lightcase_dimse::scu::Session;
use station::Station;

/// Studies in each archive.
const STUDIES: u32 = 10_000;
/// Rounds of all stations.
const ROUNDS: u32 = 300;

fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let stations = Station::all()?;
    for station in &stations {
        let begun = Instant::now();
        fill::fill(&station.target, STUDIES).await?;
        println!("{}: {STUDIES} studies in {:.0?}", station.name, begun.elapsed());
    }
    println!("\n| query | | matches | median ms | 95 % ms | Lightcase on SQLite to it |");
    println!("|---|---|---|---|---|---|");
    for case in Case::ALL {
        measure(case, &stations).await?;
    }
    Ok(())
}

async fn measure(case: Case, stations: &[Station]) -> anyhow::Result<()> {
    let mut sessions = Vec::new();
    for station in stations {
        let session = Session::connect(&station.target, &[keys::context()?]).await?;
        sessions.push((station.name, session, Vec::new(), 0));
    }
    for round in 0..ROUNDS {
        let query = case.query(round.wrapping_mul(7_919) % STUDIES)?;
        for (name, session, times, matches) in &mut sessions {
            let begun = Instant::now();
            let found = session.find(&query, |_| {}).await?;
            times.push(begun.elapsed());
            ensure!(found.status.code() == 0, "{name}: {}", found.status);
            *matches = found.matches;
        }
    }
    let mut first = None;
    for (name, session, mut times, matches) in sessions {
        session.release().await?;
        times.sort_unstable();
        let at = |percent: usize| times.get(times.len() * percent / 100).copied();
        let (median, late) = (milliseconds(at(50)), milliseconds(at(95)));
        let ratio = *first.get_or_insert(median) / median;
        let case = case.name();
        println!("| {case} | {name} | {matches} | {median:.2} | {late:.2} | {ratio:.2} |");
    }
    Ok(())
}

fn milliseconds(duration: Option<Duration>) -> f64 {
    duration.unwrap_or_default().as_secs_f64() * 1e3
}
