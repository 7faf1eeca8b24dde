//! Stored: the sealed blob is durable.

use std::sync::Arc;

use lightcase_dataset::Scan;
use lightcase_model::TransferSyntaxUid;
use lightcase_storage::{Expected, SubjectKey};

use super::room::Room;
use super::seal::{Layout, Sealed};
use crate::refusal::Fault;

/// An object whose bytes are durable, but which is not findable yet. Made by [`store`] only.
pub(crate) struct Stored {
    pub(crate) object: Expected,
    pub(crate) key: Arc<SubjectKey>,
    pub(crate) scan: Scan,
    pub(crate) transfer_syntax: TransferSyntaxUid,
    pub(super) layout: Layout,
    pub(super) _room: Room,
}

/// Makes the blob durable and visible in the store.
pub(crate) async fn store(sealed: Sealed) -> Result<Stored, Fault> {
    let Sealed { sealing, key, scan, transfer_syntax, layout, room } = sealed;
    let object = sealing.finish().await?;
    let object = Expected::from(&object);
    Ok(Stored { object, key, scan, transfer_syntax, layout, _room: room })
}
