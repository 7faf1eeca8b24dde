//! An object that is held in another transfer syntax: whether it says the same.
//!
//! The bytes differ by nature, so both are written anew in the one syntax that has room for nothing
//! but elements and values, compressed frames decoded, and those are compared. What cannot be shown
//! to be the same waits in quarantine: Success would tell the sender that it may delete its own.

use lightcase_catalog::{Conflict, Held, Outcome};
use lightcase_model::{Collections, InstanceId, Scope};

use super::index::{Noted, row};
use super::intake::OpenStudy;
use super::store::Stored;
use crate::refusal::{Fault, Reason};
use crate::{Archive, ArchiveError};

/// What became of an object, once its content has been compared where the index cannot.
pub(super) enum Settled {
    /// It has rows of its own.
    Indexed,
    /// It was held before, as this instance.
    AlreadyHeld(InstanceId),
    /// It contradicts what is held.
    Conflict(Conflict),
}

/// Compares the content where the index has found another transfer syntax.
pub(super) async fn settle(
    archive: &Archive,
    outcome: Outcome,
    stored: &Stored,
    open: &OpenStudy,
) -> Result<Settled, Fault> {
    let rows = match outcome {
        Outcome::Indexed(_) => return Ok(Settled::Indexed),
        Outcome::AlreadyHeld(rows) => return Ok(Settled::AlreadyHeld(rows.instance)),
        Outcome::Conflict(conflict) => return Ok(Settled::Conflict(conflict)),
        Outcome::OtherSyntax(rows) => rows,
    };
    let scope = Scope::All(Collections::from([open.collection]));
    let held = archive.catalog.held_instance(&scope, rows.instance).await?;
    let Some(held) = held else {
        // It is withdrawn: nobody may look into it.
        return Ok(Settled::Conflict(Conflict::OtherContent));
    };
    let new = row(Noted::received(archive.clock.now()), stored, open);
    let new = Held {
        transfer_syntax: new.transfer_syntax,
        location: new.location,
        image: new.image,
        frames: new.frames,
        ..held.clone()
    };
    let same = match (archive.content_sha256(&held).await, archive.content_sha256(&new).await) {
        (Ok(held), Ok(new)) => held == new,
        (Err(error), _) | (_, Err(error)) => unknown(error)?,
    };
    Ok(if same {
        Settled::AlreadyHeld(rows.instance)
    } else {
        Settled::Conflict(Conflict::OtherContent)
    })
}

/// What cannot be compared is not the same; what can be in a moment is tried again by the sender.
fn unknown(error: ArchiveError) -> Result<bool, Fault> {
    match error {
        ArchiveError::Index(error) => Err(error.into()),
        ArchiveError::Store(error) => Err(error.into()),
        ArchiveError::Busy => {
            Err(Fault::new(Reason::StoreDown, "too much is being decoded; try again in a moment"))
        }
        ArchiveError::NotFound
        | ArchiveError::ViewOnly
        | ArchiveError::BadRequest(_)
        | ArchiveError::Conflict(_)
        | ArchiveError::NotRenderable(_)
        | ArchiveError::Damaged(_) => Ok(false),
    }
}
