//! From a link's address to the first picture, and to any picture of the series, on a phone: a true
//! browser on a network that is slowed down to 4G.

use std::process::Stdio;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::house::{House, SLICES};
use crate::link::{self, Link};
use crate::table::{Aim, percentile};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bench/share/browser.mjs");
/// Visits that count.
const VISITS: u32 = 20;
/// Places in the series that each goes to.
const PLACES: u32 = 20;
/// The script's exit code where it was skipped, having said why.
const SKIPPED: i32 = 77;

/// Which of its figures an aim is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judged {
    NinetyFive,
    Most,
}

pub(crate) async fn run(house: &House) -> anyhow::Result<()> {
    // Each visit is another browser, and one warms the server up.
    let links = link::make(&house.server, &house.study.uid, 1, VISITS + 1)?;
    let link = links.first().context("no link was made")?;
    let Some(visits) = visits(link).await? else { return Ok(()) };
    let count = u32::try_from(visits.len())?;
    ensure!(count == VISITS, "{count} visits came");
    for slices in figures(&visits, "slices", 1.0)? {
        ensure!((slices - f64::from(SLICES)).abs() < 0.5, "the series has {slices} pictures");
    }
    tell(&visits)?;
    before(visits.last().context("there was no visit")?)
}

/// What the browser says of each; nothing where there is none.
async fn visits(link: &Link) -> anyhow::Result<Option<Vec<Value>>> {
    let child = Command::new("node")
        .args([SCRIPT, "--url", &link.url, "--passcode", &link.passcode])
        .args(["--visits", &VISITS.to_string(), "--places", &PLACES.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run node")?;
    let output = child.wait_with_output().await?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.code() == Some(SKIPPED) {
        println!("{}", said.trim());
        return Ok(None);
    }
    ensure!(output.status.success(), "the visits failed ({}): {said}", output.status);
    Ok(Some(serde_json::from_str(said.trim())?))
}

fn tell(visits: &[Value]) -> anyhow::Result<()> {
    use Judged::{Most, NinetyFive};
    println!("\n| {SLICES} CT slices, {VISITS} visits, 4G | median | 95 % | most | aim | |");
    println!("|---|---|---|---|---|---|");
    // Milliseconds as seconds, bytes as kB.
    for (name, key, unit, (digits, aim, judged)) in [
        ("first picture, s", "first", 1e3, (2, Aim::Below(1.5), NinetyFive)),
        ("requests, its own too", "requests", 1.0, (0, Aim::AtMost(12.0), Most)),
        ("kB", "bytes", 1e3, (0, Aim::AtMost(300.0), Most)),
        ("first picture of the opened series, s", "opened", 1e3, (2, Aim::Nothing, Most)),
        ("requests, its own too", "openedRequests", 1.0, (0, Aim::Nothing, Most)),
        ("kB", "openedBytes", 1e3, (0, Aim::Nothing, Most)),
        ("scrollable, s", "scrollable", 1e3, (2, Aim::Below(5.0), NinetyFive)),
        ("any place of it, s", "jumps", 1e3, (2, Aim::Below(1.0), NinetyFive)),
    ] {
        let figures = figures(visits, key, unit)?;
        let [median, high, most] = [50, 95, 100].map(|percent| percentile(&figures, percent));
        let judged = aim.judge(if judged == Most { most } else { high });
        println!("| {name} | {median:.digits$} | {high:.digits$} | {most:.digits$} | {judged} |");
    }
    Ok(())
}

/// What came before the first picture, in the order in which it was asked for.
fn before(visit: &Value) -> anyhow::Result<()> {
    println!("\n| until the first picture | kB | encoding |\n|---|---|---|");
    for one in visit.get("came").and_then(Value::as_array).context("nothing came")? {
        let word = |key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default();
        let bytes = one.get("bytes").and_then(Value::as_f64).unwrap_or_default();
        println!("| `{}` | {:.1} | {} |", word("name"), bytes / 1e3, word("encoding"));
    }
    Ok(())
}

/// One figure of all visits, or several of each, in another unit.
fn figures(visits: &[Value], key: &str, unit: f64) -> anyhow::Result<Vec<f64>> {
    let mut figures = Vec::with_capacity(visits.len());
    for visit in visits {
        let value = visit.get(key).with_context(|| format!("a visit has no {key}"))?;
        let one = std::slice::from_ref(value);
        for figure in value.as_array().map_or(one, Vec::as_slice) {
            let figure = figure.as_f64().with_context(|| format!("{key} is no number"))?;
            figures.push(figure / unit);
        }
    }
    Ok(figures)
}
