//! The command line, as it is typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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
    /// Send files to a DICOM peer (C-STORE).
    Store {
        #[command(flatten)]
        remote: Remote,
        /// DICOM files, or folders of them.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// DICOM peers: who may send, from where.
    #[command(subcommand)]
    Peer(Peer),
    /// Staff accounts.
    #[command(subcommand)]
    User(User),
    /// API tokens.
    #[command(subcommand)]
    Token(Token),
    /// Share links.
    #[command(subcommand)]
    Share(Share),
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

#[derive(Debug, Subcommand)]
pub(crate) enum Peer {
    /// Add a peer.
    Add {
        /// AE title.
        title: String,
        /// Host name or address it calls from; `*` is any.
        host: String,
        /// Port it is called at.
        #[arg(long)]
        port: Option<u16>,
        /// What it may do.
        #[arg(long, value_delimiter = ',', default_values_t = ["echo".to_owned(), "store".to_owned()])]
        rights: Vec<String>,
    },
    /// List the peers.
    List,
    /// Remove a peer.
    Remove {
        /// AE title.
        title: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add an account.
    Add {
        /// Name to sign in with.
        name: String,
        /// admin, radiologist or technologist.
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
pub(crate) enum Share {
    /// Make a link; link and passcode are shown this once.
    Create {
        /// Study Instance UID; may be given several times.
        #[arg(long = "study", required = true)]
        studies: Vec<String>,
        /// Series Instance UID; only these instead of the whole study.
        #[arg(long = "series")]
        series: Vec<String>,
        /// Who it is for.
        #[arg(long)]
        recipient: String,
        /// Let the recipient take the DICOM objects along.
        #[arg(long)]
        download: bool,
        /// When it ends: `7d`, `12h`, or an instant with a zone; 90 days at most.
        #[arg(long, default_value = "7d")]
        expires: String,
        /// How many browsers may open it.
        #[arg(long, default_value_t = 5)]
        uses: u32,
        /// No passcode: whoever has the link gets in.
        #[arg(long)]
        no_passcode: bool,
    },
    /// List the links.
    List {
        /// Only links to this study.
        #[arg(long)]
        study: Option<String>,
    },
    /// Show one link.
    Show {
        /// Its identifier.
        id: String,
    },
    /// End a link now.
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

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
