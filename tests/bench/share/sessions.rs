//! 500 recipients, each with a link and a session of their own, who read at once.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::task::JoinSet;

use crate::house::House;
use crate::link::{self, Link, Visitor};
use crate::memory::{self, Memory};
use crate::reading::{Reads, Tally};
use crate::table::{Aim, megabytes, percentile};

const SESSIONS: usize = 500;
/// Recipients behind one address: fewer than it may open links at once.
const BEHIND_ONE: usize = 20;

pub(crate) async fn run(house: &House) -> anyhow::Result<()> {
    let links = link::make(&house.server, &house.study.uid, SESSIONS, 1)?;
    let visitors = open(house, &links).await?;
    let pid = house.server.pid().context("the server is gone")?;
    println!(
        "\n| {SESSIONS} sessions at once | requests | put off | median ms | 95 % ms | MB/s | MiB \
         before | at most | after | errors | aim | |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    let mut failed = Vec::new();
    for (name, reads, aim) in [
        ("frames, 512 KiB", Reads::Frames, Aim::AtMost(0.0)),
        ("pictures drawn by the server", Reads::Pictures, Aim::Nothing),
    ] {
        memory::forget_peak(pid);
        let before = memory::of(pid);
        let (tally, elapsed) = read(house, &visitors, reads).await?;
        tell((name, aim), &tally, elapsed, (before, memory::of(pid)));
        failed.extend(tally.errors.into_iter().next().map(|error| (name, error)));
    }
    for (name, error) in failed {
        println!("\nThe first error, {name}: {error}");
    }
    Ok(())
}

/// Opens the links, each group of them from an address of its own.
async fn open(house: &House, links: &[Link]) -> anyhow::Result<Vec<Visitor>> {
    let base = house.server.url();
    let mut opening = JoinSet::new();
    for (links, group) in links.chunks(BEHIND_ONE).zip(1..) {
        let http = link::browser(&base, Some(Ipv4Addr::new(127, 0, 1, group).into()))?;
        let (links, base) = (links.to_vec(), base.clone());
        opening.spawn(async move {
            let mut visitors = Vec::with_capacity(links.len());
            for link in &links {
                visitors.push(link.open(&http, &base).await?);
            }
            anyhow::Ok(visitors)
        });
    }
    let mut visitors = Vec::with_capacity(links.len());
    while let Some(opened) = opening.join_next().await {
        visitors.append(&mut opened??);
    }
    Ok(visitors)
}

/// Lets all of them read, each one thing after the other.
async fn read(
    house: &House,
    visitors: &[Visitor],
    reads: Reads,
) -> anyhow::Result<(Tally, Duration)> {
    let mut waiting = Vec::with_capacity(visitors.len());
    for (visitor, recipient) in visitors.iter().zip(0..) {
        let paths = (0..reads.each()).map(|turn| reads.path(house, recipient, turn));
        waiting.push((visitor.clone(), paths.collect::<anyhow::Result<Vec<_>>>()?));
    }
    let begun = Instant::now();
    let mut reading = JoinSet::new();
    for (visitor, paths) in waiting {
        reading.spawn(async move {
            let mut tally = Tally::default();
            for path in paths {
                tally.ask(&visitor, reads, &path).await;
            }
            tally
        });
    }
    let mut all = Tally::default();
    while let Some(tally) = reading.join_next().await {
        all.add(tally?);
    }
    Ok((all, begun.elapsed()))
}

fn tell(
    (name, aim): (&str, Aim),
    tally: &Tally,
    elapsed: Duration,
    (before, after): (Option<Memory>, Option<Memory>),
) {
    let Tally { requests, put_off, bytes, seconds, errors } = tally;
    let [median, most] = [50, 95].map(|percent| percentile(seconds, percent) * 1e3);
    let rate = megabytes(*bytes) / elapsed.as_secs_f64();
    let mebibytes =
        |value: Option<f64>| value.map(|value| format!("{value:.0}")).unwrap_or_default();
    let memory = [before.map(|it| it.now), after.map(|it| it.peak), after.map(|it| it.now)]
        .map(mebibytes)
        .join(" | ");
    let count = errors.len();
    let judged = aim.judge(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
    println!(
        "| {name} | {requests} | {put_off} | {median:.0} | {most:.0} | {rate:.0} | {memory} | \
         {count} | {judged} |"
    );
}
