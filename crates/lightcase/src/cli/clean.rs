//! De-identification inside the archive: projects, policies, reviews.

use std::path::PathBuf;

use clap::Subcommand;

/// De-identification projects: a profile under a key of its own, and the clean copies.
#[derive(Debug, Subcommand)]
pub(crate) enum Project {
    /// Make a project. Its profile and its key never change.
    Add {
        /// Its name: a-z, 0-9, - and _.
        name: String,
        /// Profile (TOML); without it, the Basic Profile and Clean Pixel Data.
        #[arg(long, value_name = "FILE")]
        profile: Option<PathBuf>,
    },
    /// Show all projects.
    List,
    /// Show the studies of a project.
    Studies {
        /// Its name.
        name: String,
    },
    /// Order clean copies of studies that are held; a running server makes them, or this command.
    Copy {
        /// Its name.
        name: String,
        /// Study Instance UIDs of the originals.
        #[arg(required = true, value_name = "STUDY_UID")]
        studies: Vec<String>,
    },
    /// Print the certificate of a clean study, as JSON.
    Certificate {
        /// Its name.
        name: String,
        /// Study Instance UID of the copies.
        #[arg(value_name = "STUDY_UID")]
        study: String,
    },
    /// Tell whom a clean study is of. It is on record who asked, and why.
    Reidentify {
        /// Its name.
        name: String,
        /// Study Instance UID of the copies.
        #[arg(value_name = "STUDY_UID")]
        study: String,
        /// Why, in a few words.
        #[arg(long)]
        reason: String,
    },
}

/// What is kept of an origin's studies.
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Show what was said of which origin.
    List,
    /// Say what is kept: keep (identified, as it came), clean:PROJECT (only a clean copy), or
    /// both:PROJECT.
    Set {
        /// import, stow, or ae: and a calling AE title, such as ae:CT1.
        origin: String,
        /// keep, clean:PROJECT or both:PROJECT.
        policy: String,
    },
    /// Let an origin follow deident.policy of the configuration again.
    Clear {
        /// As for set.
        origin: String,
    },
}

/// Clean copies that somebody must look at before they may leave.
#[derive(Debug, Subcommand)]
pub(crate) enum Review {
    /// Show what waits.
    List {
        /// Only of this project.
        #[arg(long)]
        project: Option<String>,
    },
    /// Let one go to its project.
    Approve {
        /// As listed.
        id: String,
        /// A rectangle to make black in every frame: X,Y,WIDTH,HEIGHT in pixels. May be repeated.
        #[arg(long = "region", value_name = "X,Y,WIDTH,HEIGHT")]
        regions: Vec<String>,
        /// Why, in a few words.
        #[arg(long)]
        reason: String,
    },
    /// Remove one for good.
    Reject {
        /// As listed.
        id: String,
        /// Why, in a few words.
        #[arg(long)]
        reason: String,
    },
}
