//! The command line, as it is typed.

mod authorisation;
mod clean;
mod share;

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use authorisation::{Authorisation, SignedForm, Statement};
pub(crate) use clean::{Policy, Project, Review};
pub(crate) use share::{CreateShare, Share, Whose};

/// The imaging archive that stores studies sealed and lends them out safely.
#[derive(Debug, Parser)]
#[command(name = "lightcase", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) place: Place,
    /// One JSON document instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Which archive is meant.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Place {
    /// Configuration file.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Data directory.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run all services.
    Serve,
    /// Run with example studies, and show what it does.
    Demo(Demo),
    /// Take files, folders and ZIP archives in.
    Import {
        /// DICOM files, ZIP archives, DICOMDIR, or folders of them.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Ask a DICOM peer whether it answers (C-ECHO).
    Echo {
        #[command(flatten)]
        remote: Remote,
    },
    /// Ask a DICOM peer what it holds (C-FIND).
    Find(Find),
    /// Send files to a DICOM peer (C-STORE).
    Store {
        #[command(flatten)]
        remote: Remote,
        /// DICOM files, or folders of them.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Fetch studies from a DICOM peer (C-GET).
    Get(Get),
    /// DICOM peers: who may send, from where.
    #[command(subcommand)]
    Peer(Peer),
    /// What was received of studies, and what is expected of them.
    Completeness {
        /// Study Instance UID; without it, the newest studies.
        #[arg(value_name = "STUDY_UID")]
        study: Option<String>,
        /// At most so many studies.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Clean copies of files, without identities (PS3.15 annex E).
    Deid(Deid),
    /// De-identification projects and their clean copies.
    #[command(subcommand)]
    Project(Project),
    /// What is kept of which origin: identified, a clean copy, or both.
    #[command(subcommand)]
    Policy(Policy),
    /// Clean copies that somebody must look at first.
    #[command(subcommand)]
    Review(Review),
    /// Objects that were refused.
    #[command(subcommand)]
    Quarantine(Quarantine),
    /// Staff accounts.
    #[command(subcommand)]
    User(User),
    /// API tokens.
    #[command(subcommand)]
    Token(Token),
    /// Share links.
    #[command(subcommand)]
    Share(Share),
    /// Records of patients' authorisations, under which images are shared.
    #[command(subcommand)]
    Authorisation(Authorisation),
    /// The audit.
    #[command(subcommand)]
    Audit(Audit),
    /// The configuration in force.
    Config {
        /// Print it, without secrets.
        #[arg(long)]
        show: bool,
    },
    /// Decodes frames for the server, in a process that holds nothing.
    #[command(hide = true)]
    CodecWorker,
}

impl Command {
    /// Whether it works on what an archive holds, so that there must be one.
    pub(crate) const fn needs_archive(&self) -> bool {
        match self {
            Self::Completeness { .. }
            | Self::Audit(_)
            | Self::Quarantine(_)
            | Self::Review(_)
            | Self::Policy(_)
            | Self::Share(_)
            | Self::Authorisation(_) => true,
            Self::Project(command) => !matches!(command, Project::Add { .. }),
            Self::Peer(command) => !matches!(command, Peer::Add(_)),
            Self::User(command) => !matches!(command, User::Add { .. }),
            Self::Token(command) => !matches!(command, Token::Create { .. }),
            Self::Serve
            | Self::Demo(_)
            | Self::Import { .. }
            | Self::Echo { .. }
            | Self::Find(_)
            | Self::Store { .. }
            | Self::Get(_)
            | Self::Deid(_)
            | Self::Config { .. }
            | Self::CodecWorker => false,
        }
    }
}

/// What to clean, to where, how.
#[derive(Debug, Args)]
pub(crate) struct Deid {
    /// A DICOM file, or a folder of them.
    #[arg(value_name = "IN", required_unless_present_any = ["explain", "approve"])]
    pub(crate) from: Option<PathBuf>,
    /// Folder for the clean copies; made when absent. What somebody must look at first goes to
    /// `OUT.quarantine`. A run that was broken off goes on where it was.
    #[arg(value_name = "OUT", required_unless_present_any = ["explain", "approve"])]
    pub(crate) to: Option<PathBuf>,
    /// Profile (TOML); without it, the Basic Profile and Clean Pixel Data.
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Key of the project: 64 hexadecimal digits. Made when absent; `OUT.key` unless given. Runs
    /// with one key link what belongs together, and who has it can find the originals. Neither in IN
    /// nor in what is handed out.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Issuer of Patient ID for objects that name none, as a peer's entry has one. Runs that belong to
    /// one project name the same.
    #[arg(long, value_name = "TEXT")]
    pub(crate) issuer: Option<String>,
    /// Write the certificate of the run (JSON) here. It tells the SHA-256 of the originals: neither in
    /// IN nor in what is handed out.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Write the certificate of each clean study into this folder, as JSON and as a page to print,
    /// under the new Study Instance UID. Made when absent. Neither in IN nor in OUT.
    #[arg(long, value_name = "DIR")]
    pub(crate) certificates: Option<PathBuf>,
    /// Files that are cleaned at the same time; as many as there are processors unless given.
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// Clean nothing: print what would happen to each attribute of this file, and why.
    #[arg(long, value_name = "FILE",
        conflicts_with_all = ["from", "issuer", "report", "certificates", "jobs"])]
    pub(crate) explain: Option<PathBuf>,
    /// Clean nothing: let these files of `OUT.quarantine`, at which somebody has looked, go to OUT.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "reason",
        conflicts_with_all = ["from", "profile", "key", "issuer", "report", "certificates", "jobs",
            "explain"])]
    pub(crate) approve: Vec<PathBuf>,
    /// A rectangle to make black in every frame of what is approved: X,Y,WIDTH,HEIGHT in pixels.
    /// May be repeated.
    #[arg(long = "region", value_name = "X,Y,WIDTH,HEIGHT", requires = "approve")]
    pub(crate) regions: Vec<String>,
    /// Why it is approved, in a few words; it stays in the journal.
    #[arg(long, requires = "approve")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Folder with the example studies; `cargo xtask demo` makes it.
    #[arg(long, value_name = "DIR")]
    pub(crate) studies: PathBuf,
    /// Prove that everything works, then stop.
    #[arg(long)]
    pub(crate) once: bool,
    /// Serve HTTPS with a self-signed certificate on the local network, to look from a phone.
    #[arg(long)]
    pub(crate) lan: bool,
    /// Write what a browser test needs (addresses, sign-in, link) into this file.
    #[arg(long, hide = true, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

/// What to fetch, from where, to where.
#[derive(Debug, Args)]
pub(crate) struct Get {
    #[command(flatten)]
    pub(crate) remote: Remote,
    /// Study Instance UIDs.
    #[arg(long, required = true, num_args = 1.., value_name = "UID")]
    pub(crate) study: Vec<String>,
    /// Only these series of the study.
    #[arg(long, num_args = 1.., value_name = "UID")]
    pub(crate) series: Vec<String>,
    /// Folder for the files; made when absent. Files that are there already stay.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// A DICOM peer to call.
#[derive(Debug, Args)]
pub(crate) struct Remote {
    /// `AE@HOST:PORT`.
    #[arg(value_name = "AE@HOST:PORT")]
    pub(crate) target: String,
    /// Calling AE title.
    #[arg(long, default_value = "LIGHTCASE_SCU", value_name = "AE")]
    pub(crate) calling: String,
    /// Speak TLS.
    #[arg(long, requires = "ca")]
    pub(crate) tls: bool,
    /// Authorities that may have signed the peer's certificate (PEM).
    #[arg(long, requires = "tls", value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Certificate to show to the peer (PEM).
    #[arg(long, requires_all = ["tls", "key"], value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,
    /// Private key of that certificate (PEM).
    #[arg(long, requires = "cert", value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Name the peer's certificate has, where it is not the host that is called.
    #[arg(long, requires = "tls", value_name = "NAME")]
    pub(crate) tls_name: Option<String>,
}

/// A query.
#[derive(Debug, Args)]
pub(crate) struct Find {
    #[command(flatten)]
    pub(crate) remote: Remote,
    /// What to list: patient, study, series or image.
    #[arg(long, default_value = "study", value_name = "LEVEL")]
    pub(crate) level: String,
    /// `Keyword=value` narrows, `Keyword` alone asks for the attribute; may be given several times.
    #[arg(short = 'k', long = "key", value_name = "KEYWORD[=VALUE]")]
    pub(crate) keys: Vec<String>,
    /// At most so many matches; then the peer is told to stop.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) limit: usize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Peer {
    /// Add a peer.
    Add(NewPeer),
    /// Change what is given here of a peer's entry; the rest stays.
    Change(ChangedPeer),
    /// List the peers.
    List,
    /// Remove a peer.
    Remove {
        /// AE title.
        title: String,
    },
    /// List unknown callers that were refused.
    Refused,
    /// Let an unknown caller in that was refused, to echo and store, from where it called.
    Allow {
        /// AE title.
        title: String,
        /// Address it called from, where several used the title.
        #[arg(long)]
        from: Option<IpAddr>,
    },
}

/// A peer to be added.
#[derive(Debug, Args)]
pub(crate) struct NewPeer {
    /// AE title.
    pub(crate) title: String,
    /// Host name or address it calls from; `*` is any.
    pub(crate) host: String,
    /// Port it is called at.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
    /// What it may do: echo, store, find, move, get, commit.
    #[arg(long, value_delimiter = ',', default_values_t = ["echo".to_owned(), "store".to_owned()])]
    pub(crate) rights: Vec<String>,
    /// Call it over TLS.
    #[arg(long)]
    pub(crate) tls: bool,
    /// Certificate that it must show, as a PEM file.
    #[arg(long, value_name = "FILE", conflicts_with = "fingerprint")]
    pub(crate) certificate: Option<PathBuf>,
    /// Certificate that it must show, by the SHA-256 of its DER in hexadecimal.
    #[arg(long, value_name = "SHA256")]
    pub(crate) fingerprint: Option<String>,
    /// Issuer of Patient ID for objects that name none.
    #[arg(long, default_value = "")]
    pub(crate) issuer: String,
}

/// What changes of a peer.
#[derive(Debug, Args)]
pub(crate) struct ChangedPeer {
    /// AE title.
    pub(crate) title: String,
    /// Host name or address it calls from; `*` is any.
    #[arg(long)]
    pub(crate) host: Option<String>,
    /// Port it is called at.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
    /// It is not called any more.
    #[arg(long, conflicts_with = "port")]
    pub(crate) no_port: bool,
    /// What it may do: echo, store, find, move, get, commit.
    #[arg(long, value_delimiter = ',')]
    pub(crate) rights: Option<Vec<String>>,
    /// Whether it is called over TLS.
    #[arg(long, value_name = "BOOL")]
    pub(crate) tls: Option<bool>,
    /// Certificate that it must show, as a PEM file.
    #[arg(long, value_name = "FILE", conflicts_with = "fingerprint")]
    pub(crate) certificate: Option<PathBuf>,
    /// Certificate that it must show, by the SHA-256 of its DER in hexadecimal.
    #[arg(long, value_name = "SHA256")]
    pub(crate) fingerprint: Option<String>,
    /// It need not show a certificate.
    #[arg(long, conflicts_with_all = ["certificate", "fingerprint"])]
    pub(crate) no_certificate: bool,
    /// Issuer of Patient ID for objects that name none; empty for no issuer.
    #[arg(long)]
    pub(crate) issuer: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Quarantine {
    /// List refused objects, newest first.
    List {
        /// Those that are resolved instead of the open ones.
        #[arg(long)]
        resolved: bool,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Show one: sender, reason, size, and what became of it.
    Show {
        /// Its identifier.
        id: String,
        /// Write the data set, as it came, into this new file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Try objects again: the whole ingest, with nothing edited.
    Redrive {
        /// Their identifiers.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Give one up, and remove its bytes for good.
    Discard {
        /// Its identifier.
        id: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add an account.
    Add {
        /// Name to sign in with.
        name: String,
        /// admin, radiologist, technologist, privacy, researcher or recipient.
        #[arg(long)]
        role: String,
        /// Read the password from standard input instead of asking for it.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the accounts.
    List,
    /// Disable an account, or enable it again.
    Disable {
        /// Name.
        name: String,
        /// Enable instead.
        #[arg(long)]
        undo: bool,
    },
    /// Say where an account is told what happens to its links; nowhere without an address.
    AlertAddress {
        /// Name.
        name: String,
        /// An address of mail.
        email: Option<String>,
    },
    /// Set a new password; its sessions end.
    ResetPassword {
        /// Name.
        name: String,
        /// Read the password from standard input instead of asking for it.
        #[arg(long)]
        password_stdin: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token; it is shown this once.
    Create {
        /// What to call it.
        name: String,
        /// What it may be used for; may be given several times.
        #[arg(long = "scope", required = true)]
        scopes: Vec<String>,
        /// When it ends: `30d`, `12h`, or an instant with a zone.
        #[arg(long)]
        expires: Option<String>,
    },
    /// List the tokens.
    List,
    /// Revoke a token.
    Revoke {
        /// Its identifier.
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Print the newest records as JSON lines; personal fields stay sealed.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
        /// Only this kind of event.
        #[arg(long)]
        event: Option<String>,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use lightcase_model::Role;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_help_names_every_role() {
        let mut command = Cli::command();
        let add = command.find_subcommand_mut("user").unwrap().find_subcommand_mut("add").unwrap();
        let help = add.render_long_help().to_string();
        for role in Role::ALL {
            assert!(help.contains(role.name()), "{role}: {help}");
        }
    }
}
