//! Received: an object as an edge hands it over. Nothing of it is believed.

use bytes::Bytes;
use futures::stream::BoxStream;
use lightcase_model::{Phi, SopClassUid, SopInstanceUid, StudyUid, TransferSyntaxUid};

use crate::import::MediaStorage;

/// The data set's bytes, as they arrive.
pub(crate) type Body = BoxStream<'static, Result<Bytes, BodyError>>;

/// The bytes stopped before their end: the sender went away, aborted, or was too slow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the transfer was cut off: {0}")]
pub struct BodyError(pub String);

/// An object as an edge hands it over.
pub struct Received {
    /// Affected SOP Class UID of the command; `None` where there was no command.
    pub affected_class: Option<SopClassUid>,
    /// Affected SOP Instance UID of the command; `None` where there was no command.
    pub affected_instance: Option<SopInstanceUid>,
    /// The study that the request is for; `None` where it is for any.
    pub study: Option<StudyUid>,
    /// What the File Meta Information of a file names; `None` where it was none.
    pub media_storage: Option<MediaStorage>,
    /// The transfer syntax of the data set.
    pub transfer_syntax: TransferSyntaxUid,
    /// Who sent it, for the list of refusals: an address, a file name.
    pub sender: Phi<String>,
    /// The data set, without File Meta Information.
    pub body: Body,
}

impl std::fmt::Debug for Received {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Received")
            .field("transfer_syntax", &self.transfer_syntax)
            .finish_non_exhaustive()
    }
}
