//! `cargo xtask bench ingest`: how fast objects are taken in, sealed and durable, beside Orthanc
//! (where Debian's is installed) and beside a sink that does nothing but append each object to a
//! file and `fdatasync` it before it answers Success.
//!
//! All are asked by the same sender over loopback, in turns, so that whatever else the machine
//! does meets them alike; each is told by the median of its turns, and as a ratio to the others.
//! Every turn sends objects with fresh UIDs. Figures in a run belong together; between runs or
//! machines only the ratios can be compared.

#![expect(clippy::print_stdout, reason = "the tables are what it is for")]

mod contender;
mod large;
mod load;
mod process;
mod sink;
mod table;
mod turn;

use anyhow::Context as _;
use contender::Contender;
use load::Load;

/// Turns of each contender at each setting.
const TURNS: usize = 5;

fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut contenders = vec![
        Contender::lightcase().context("Lightcase did not start")?,
        Contender::sink(folder.path()).await?,
    ];
    match Contender::orthanc()? {
        Some(orthanc) => contenders.push(orthanc),
        None => println!("skipped: Orthanc is not installed (Debian: apt-get install orthanc)"),
    }
    for (load, associations, objects) in [
        (Load::slices(512, 32), 1, 60),
        (Load::slices(512, 32), 4, 120),
        (Load::slices(512, 32), 8, 160),
        (Load::slices(72, 64), 4, 600),
    ] {
        let mut table = table::Table::new(&load, associations, &contenders);
        for _ in 0..TURNS {
            for (at, contender) in contenders.iter().enumerate() {
                let turn = turn::take(contender, &load, associations, objects).await?;
                table.add(at, turn);
            }
        }
        println!("{table}");
    }
    large::run(&contenders).await
}
