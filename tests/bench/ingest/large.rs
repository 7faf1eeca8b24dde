//! One object of 492 MB: what it takes, and how much memory.

use std::time::Instant;

use anyhow::bail;
use lightcase_dimse::scu::{Outcome, Outgoing, Session, Source};
use lightcase_model::{SopClassUid, SopInstanceUid, TransferSyntaxUid};
use lightcase_testkit::phantom::Study;
use tokio::io::AsyncReadExt as _;

use crate::contender::Contender;
use crate::load::{CT, EXPLICIT_VR_LITTLE_ENDIAN, context};
use crate::process;

const BYTES: u32 = 492_000_000;

/// Sends it to all; the same object, since nobody has it yet.
pub(crate) async fn run(contenders: &[Contender]) -> anyhow::Result<()> {
    println!("\n| one object of 492 MB | s | peak MiB |\n|---|---|---|");
    for contender in contenders {
        let mut session = Session::connect(&contender.target, &[context()?]).await?;
        if let Some(pid) = contender.pid {
            process::forget_peak(pid);
        }
        let begun = Instant::now();
        let outcome = session.store(object()?).await?;
        let seconds = begun.elapsed().as_secs_f64();
        let Outcome::Stored(_) = outcome else {
            bail!("{} did not take it: {outcome:?}", contender.name);
        };
        session.release().await?;
        let peak = contender.pid.and_then(process::peak);
        let peak = peak.map(|peak| format!("{peak:.0}")).unwrap_or_default();
        println!("| {} | {seconds:.1} | {peak} |", contender.name);
    }
    Ok(())
}

/// A CT slice whose Pixel Data (7FE0,0010) goes on and on. It is made as it is read.
fn object() -> anyhow::Result<Outgoing> {
    let study = Study::ct_of(9, 1, 64);
    let Some(instance) = study.instances().next() else { bail!("the phantom has no slice") };
    let pixels = 64 * 64 * 2;
    let mut head = instance.data_set;
    head.truncate(head.len().saturating_sub(pixels + 4));
    head.extend_from_slice(&BYTES.to_le_bytes());
    let body = std::io::Cursor::new(head).chain(tokio::io::repeat(7).take(u64::from(BYTES)));
    Ok(Outgoing {
        class: SopClassUid::parse(CT)?,
        instance: SopInstanceUid::parse(&instance.sop_instance)?,
        syntax: TransferSyntaxUid::parse(EXPLICIT_VR_LITTLE_ENDIAN)?,
        source: Source::Reader(Box::new(body)),
    })
}
