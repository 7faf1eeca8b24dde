//! Records of patients' authorisations.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Records of patients' authorisations, under which images are shared.
#[derive(Debug, Subcommand)]
pub(crate) enum Authorisation {
    /// Record what a signed form says. What the law asks for and is left out is refused by name.
    Add(SignedForm),
    /// Record a new version of one; the old ones stay. Links that would outlive it are shortened.
    Change {
        /// Its identifier.
        id: String,
        #[command(flatten)]
        form: SignedForm,
    },
    /// List the records of a patient, newest first.
    List {
        /// Study Instance UID of any study of the patient.
        #[arg(long, value_name = "UID")]
        study: String,
    },
    /// Show one.
    Show {
        /// Its identifier.
        id: String,
    },
    /// Attach a scan of the signed form: a PDF, PNG or JPEG of at most 20 MiB.
    Attach {
        /// Its identifier.
        id: String,
        /// The scan.
        file: PathBuf,
    },
    /// Print everything there is of one as JSON: all versions, digests of the scans, its links.
    Export {
        /// Its identifier.
        id: String,
        /// Write the scan that was attached last into this new file.
        #[arg(long, value_name = "FILE")]
        form: Option<PathBuf>,
    },
    /// Revoke one; every link that was made under it ends at once.
    Revoke {
        /// Its identifier.
        id: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

/// What a signed form says (45 CFR 164.508(c)).
#[derive(Debug, Args)]
pub(crate) struct SignedForm {
    /// Study Instance UID of any study of the patient.
    #[arg(long, value_name = "UID")]
    pub(crate) study: String,
    /// What may be disclosed.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) description: String,
    /// Who may disclose it.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) discloser: String,
    /// To whom.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) recipient: String,
    /// What for.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) purpose: String,
    /// Its last day, until midnight UTC. This, --expiry-event, or both.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) expires: Option<String>,
    /// The event that ends it.
    #[arg(long, value_name = "EVENT")]
    pub(crate) expiry_event: Option<String>,
    /// Who signed.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "NAME")]
    pub(crate) signed_by: String,
    /// On which day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) signed_on: Option<String>,
    /// By what right somebody signed for the patient; left out when the patient signed.
    #[arg(long, value_name = "AUTHORITY")]
    pub(crate) representative: Option<String>,
    /// A statement that the form has; all three are needed.
    #[arg(long = "statement", value_enum, value_delimiter = ',')]
    pub(crate) statements: Vec<Statement>,
}

/// The statements that a form must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Statement {
    /// That the patient may revoke it, and how.
    Revocation,
    /// Whether treatment or payment depends on signing it.
    Conditioning,
    /// That the recipient may pass on what was disclosed.
    Redisclosure,
}
