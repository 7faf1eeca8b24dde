//! A link's ZIP over HTTP on loopback, beside reading and opening the same objects in the vault.

use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use anyhow::{Context as _, ensure};

use crate::house::{House, SLICES};
use crate::link::{self, Visitor};
use crate::table::{Aim, megabytes, percentile};
use crate::vault::Sealed;

/// Bytes that the receiver takes at a time.
const PIECE: usize = 256 << 10;
/// Turns of each.
const TURNS: usize = 7;

pub(crate) async fn run(house: &House) -> anyhow::Result<()> {
    let base = house.server.url();
    let links = link::make(&house.server, &house.study.uid, 1, 1)?;
    let link = links.first().context("no link was made")?;
    let visitor = link.open(&link::browser(&base, None)?, &base).await?;
    let sealed = Sealed::of(&house.server.data_dir()).await?;
    let count = u32::try_from(sealed.count())?;
    ensure!(count == SLICES, "there are {count} objects in the vault");
    let (mut zip, mut one, mut two) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..=TURNS {
        let rates = (rate(&visitor).await?, sealed.rate(1).await?, sealed.rate(2).await?);
        // The first round fills caches.
        if turn > 0 {
            zip.push(rates.0);
            one.push(rates.1);
            two.push(rates.2);
        }
    }
    tell(house, [zip, one, two].map(|rates| percentile(&rates, 50)));
    Ok(())
}

fn tell(house: &House, [zip, one, two]: [f64; 3]) {
    let size = megabytes(house.bytes);
    println!("\n| {SLICES} CT slices, {size:.0} MB | MB/s | ZIP to it | aim | |");
    println!("|---|---|---|---|---|");
    println!("| ZIP over HTTP | {zip:.0} | | | |");
    let row = |name: &str, rate: f64, aim: Aim| {
        let ratio = zip / rate;
        println!("| {name} | {rate:.0} | {ratio:.2} | {} |", aim.judge(ratio));
    };
    row("the vault, one object after the other", one, Aim::AtLeast(0.7));
    row("the vault, two objects at once", two, Aim::Nothing);
}

/// Downloads all of it; MB/s. A receiver that counts bytes and does nothing else: one that has more to do
/// would be measured with it, on the processors that the server has.
async fn rate(visitor: &Visitor) -> anyhow::Result<f64> {
    let (server, request) = visitor.plain_request("download")?;
    tokio::task::spawn_blocking(move || {
        let begun = Instant::now();
        let mut connection = TcpStream::connect(&server)?;
        connection.write_all(request.as_bytes())?;
        let mut reader = BufReader::with_capacity(PIECE, connection);
        let length = head(&mut reader)?;
        let mut bytes = 0;
        loop {
            let count = reader.fill_buf()?.len();
            if count == 0 {
                break;
            }
            bytes += u64::try_from(count)?;
            reader.consume(count);
        }
        ensure!(length == bytes, "{bytes} bytes came instead of {length}");
        Ok(megabytes(bytes) / begun.elapsed().as_secs_f64())
    })
    .await?
}

/// Reads the head of an answer, which has to be a whole one; the length of its body.
fn head(reader: &mut impl BufRead) -> anyhow::Result<u64> {
    let (mut line, mut length) = (String::new(), None);
    reader.read_line(&mut line)?;
    ensure!(line.starts_with("HTTP/1.1 200 "), "the server answers {line:?}");
    loop {
        line.clear();
        ensure!(reader.read_line(&mut line)? > 0, "the answer breaks off");
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().parse()?);
        }
    }
    length.context("the answer does not say how long it is")
}
