//! Phantoms and test servers from the command line.

mod guests;

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use clap::{Parser, Subcommand, ValueEnum};
use lightcase_testkit::{
    certificates::Authority,
    phantom::{CT_COLUMNS, CT_SLICES, Study, summary},
    servers::{Postgres, S3},
};

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
    /// Write an authority (`authority.crt`) and, signed by it, a certificate and a key
    /// (`<name>.crt`, `<name>.key`) for each name: DICOM nodes on this machine.
    Certificates {
        /// The folder to write into; created when absent.
        #[arg(long)]
        out: PathBuf,
        /// The nodes.
        names: Vec<String>,
    },
    /// Serve S3 from a folder, print how to reach it as one line of JSON, and stop when standard
    /// input ends.
    S3 {
        /// The folder whose folders are the buckets; created when absent.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Run the `lightcase` binary with a CT and an MR pushed to it over DICOM, print how to reach
    /// it as one line of JSON, and stop when standard input ends.
    Lightcase,
    /// Run a private PostgreSQL cluster, print its URL as one line of JSON, and stop when
    /// standard input ends.
    Postgres,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Ct,
    Mr,
    All,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Phantom { out, kind, slices, seed } => phantom(&out, kind, slices, seed),
        Command::Certificates { out, names } => certificates(&out, &names),
        Command::S3 { dir } => {
            std::fs::create_dir_all(&dir)?;
            let server = S3::in_folder(&dir)?;
            print(&server.description().to_string())?;
            until_input_ends()
        }
        Command::Lightcase => {
            let (server, description) = guests::start()?;
            print(&description.to_string())?;
            until_input_ends()?;
            drop(server);
            Ok(())
        }
        Command::Postgres => {
            let server = Postgres::start()?;
            print(&serde_json::json!({ "url": server.url() }).to_string())?;
            until_input_ends()
        }
    }
}

fn phantom(out: &Path, kind: Kind, slices: Option<u32>, seed: u64) -> anyhow::Result<()> {
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
    print(&serde_json::to_string_pretty(&summary(&studies))?)
}

fn certificates(out: &Path, names: &[String]) -> anyhow::Result<()> {
    std::fs::create_dir_all(out)?;
    let authority = Authority::new("Tests")?;
    authority.write(out, "authority")?;
    for name in names {
        authority.node(&["localhost", "127.0.0.1"])?.write(out, name)?;
    }
    Ok(())
}

fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

/// Whoever started the server holds the other end, and its death ends the input too.
fn until_input_ends() -> anyhow::Result<()> {
    std::io::stdin().lock().read_to_end(&mut Vec::new())?;
    Ok(())
}
