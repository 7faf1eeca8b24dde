//! Phantoms and test servers from the command line.

use std::{io::Write as _, path::PathBuf};

use clap::{Parser, Subcommand, ValueEnum};
use lightcase_testkit::phantom::{CT_COLUMNS, CT_SLICES, Study, summary};

#[derive(Debug, Parser)]
#[command(name = "testkit", version, about = "Phantoms and test servers")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write synthetic head studies as DICOM files and print what is in them as JSON.
    Phantom {
        /// The folder to write into; created when absent.
        #[arg(long)]
        out: PathBuf,
        /// Which studies.
        #[arg(long, value_enum, default_value = "all")]
        kind: Kind,
        /// Slices in each series, instead of 168 (CT) and 24 (MR).
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        slices: Option<u32>,
        /// Another seed gives another patient and other UIDs.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Ct,
    Mr,
    All,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Phantom { out, kind, slices, seed } => {
            let ct = || Study::ct_of(seed, slices.unwrap_or(CT_SLICES), CT_COLUMNS);
            let mr = || slices.map_or_else(|| Study::mr(seed), |slices| Study::mr_of(seed, slices));
            let studies = match kind {
                Kind::Ct => vec![ct()],
                Kind::Mr => vec![mr()],
                Kind::All => vec![ct(), mr()],
            };
            for study in &studies {
                study.write(&out.join(study.modality.to_lowercase()))?;
            }
            print(&summary(&studies))
        }
    }
}

fn print(document: &serde_json::Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, document)?;
    writeln!(out)?;
    Ok(out.flush()?)
}
