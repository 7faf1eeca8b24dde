//! Clean copies: made by `deident`'s engine, filed in collections of their own; what the engine
//! holds waits until somebody has looked at it.

mod certificate;
mod copy;
mod jobs;
mod lend;
mod origin;
mod outside;
mod pass;
mod project;
mod reidentify;
mod review;
mod spent;

pub use certificate::{Decided, StudyCertificate};
pub use jobs::Copied;
pub use lend::{LENT_SERIES, Lent};
pub use origin::CleanOrigin;
pub use outside::approve_file;
pub use project::{BASIC, ProfileShown};
pub use reidentify::{OriginalDigest, Reidentified};
pub use review::{Review, lies_beside};

pub(crate) use certificate::digest_before;
pub(crate) use copy::{CleanIntake, CopyFate, Source, cleaned};
pub(crate) use jobs::LEASE;
pub(crate) use pass::turns;
pub(crate) use project::{OpenProject, Projects};
