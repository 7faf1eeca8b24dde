//! `cargo xtask bench retrieve`: how fast a CT study comes back by C-GET and by C-MOVE, beside
//! Orthanc (where Debian's is installed).
//!
//! The receiver is the same for both and keeps nothing. C-GET is asked by our own SCU, C-MOVE by
//! DCMTK's `movescu`, whose start is part of the time of both.

#![expect(clippy::print_stdout, reason = "the tables are what it is for")]

mod discard;
mod get;
mod move_to;
mod station;

use std::time::Duration;

use discard::Discard;
use lightcase_testkit::phantom::Study;
use station::Station;

/// CT slices of 512 KiB.
const SLICES: u32 = 160;
const COLUMNS: u16 = 512;
/// Turns of each station.
const TURNS: usize = 7;

/// What is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    Get,
    Move,
}

fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let study = Study::ct_of(1, SLICES, COLUMNS);
    let bytes: usize = study.instances().map(|instance| instance.data_set.len()).sum();
    let megabytes = f64::from(u32::try_from(bytes)?) / 1e6;
    let discard = Discard::start().await?;
    let stations = Station::all(discard.address.port())?;
    for station in &stations {
        station.fill(&study).await?;
    }
    println!("\n| {SLICES} slices, {megabytes:.0} MB | | MB/s | objects/s | Lightcase to it |");
    println!("|---|---|---|---|---|");
    for service in [Service::Get, Service::Move] {
        if service == Service::Move && !move_to::installed() {
            println!("skipped: dcmtk is not installed (Debian: apt-get install dcmtk)");
            continue;
        }
        let mut times = vec![Vec::new(); stations.len()];
        for _ in 0..TURNS {
            for (station, times) in stations.iter().zip(&mut times) {
                times.push(match service {
                    Service::Get => get::time(&station.target, &study.uid).await?,
                    Service::Move => move_to::time(station, &study.uid, &discard).await?,
                });
            }
        }
        tell(service, &stations, times, megabytes);
    }
    Ok(())
}

fn tell(service: Service, stations: &[Station], times: Vec<Vec<Duration>>, megabytes: f64) {
    let mut ours = None;
    for (station, mut times) in stations.iter().zip(times) {
        times.sort_unstable();
        let median = times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64);
        let ratio = median / *ours.get_or_insert(median);
        let (name, service) = (station.name, format!("C-{service:?}").to_uppercase());
        let (rate, objects) = (megabytes / median, f64::from(SLICES) / median);
        println!("| {service} | {name} | {rate:.0} | {objects:.0} | {ratio:.2} |");
    }
}
