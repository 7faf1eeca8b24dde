//! Import: a file of PS3.10 as a received object.

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use lightcase_dataset::{Part10Prefix, Preamble, ScanError};
use lightcase_model::{Phi, SopClassUid, SopInstanceUid};

use crate::ingest::{Body, BodyError, Failed, Received, Taken};
use crate::quarantine::Sent;
use crate::refusal::{Fault, Reason};

/// Media Storage Directory Storage (PS3.4 annex B).
const MEDIA_STORAGE_DIRECTORY: &str = "1.2.840.10008.1.3.10";

/// Why a file is not an object at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is not a DICOM file.
    #[error("{0}")]
    NotDicom(ScanError),
    /// It is a DICOMDIR (PS3.10 section 8.6): an index of files that lie beside it.
    #[error("this is a DICOMDIR, an index of other files; import the folder it lies in")]
    Index,
    /// Its bytes stopped before their end.
    #[error("{0}")]
    CutOff(BodyError),
}

/// What File Meta Information names. Nothing is filed by it; an object that cannot be read is told
/// apart from others by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaStorage {
    /// Media Storage SOP Class UID (0002,0002), if it is one.
    pub sop_class: Option<SopClassUid>,
    /// Media Storage SOP Instance UID (0002,0003), if it is one.
    pub sop_instance: Option<SopInstanceUid>,
}

/// A file that is not an object at all, with its bytes: those that were read, and those still to come.
pub struct Unread {
    /// Why.
    pub error: ImportError,
    sender: Phi<String>,
    taken: Vec<Bytes>,
    rest: Body,
}

impl std::fmt::Debug for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unread").field("error", &self.error).finish_non_exhaustive()
    }
}

impl From<Unread> for ImportError {
    fn from(unread: Unread) -> Self {
        unread.error
    }
}

impl Unread {
    /// As what it is refused.
    pub(crate) fn into_failed(self) -> (Sent, Failed) {
        let Self { error, sender, taken, rest } = self;
        let taken = match &error {
            ImportError::CutOff(_) => Taken::Lost,
            ImportError::NotDicom(_) | ImportError::Index => Taken::Head(taken),
        };
        let fault = Fault::new(Reason::Malformed, error.to_string());
        (Sent::unread(sender), Failed { fault, taken, rest })
    }
}

impl Received {
    /// Reads the head of a PS3.10 file and hands its data set over. Group 2 ends here: it is
    /// rebuilt from the data set.
    pub async fn from_file<S>(file: S, name: Phi<String>) -> Result<Self, Unread>
    where
        S: Stream<Item = Result<Bytes, BodyError>> + Send + 'static,
    {
        // Whoever drains it may ask again after its end.
        let mut file = file.fuse().boxed();
        let mut prefix = Part10Prefix::new();
        let mut taken = Vec::new();
        let read = loop {
            match file.next().await {
                Some(Ok(bytes)) => {
                    let read = prefix.push(&bytes);
                    taken.push(bytes);
                    match read {
                        Ok(None) => {}
                        Ok(Some(meta)) => break Ok(meta),
                        Err(error) => break Err(ImportError::NotDicom(error)),
                    }
                }
                Some(Err(error)) => break Err(ImportError::CutOff(error)),
                None => break prefix.finish().map_err(ImportError::NotDicom),
            }
        };
        let read = read.and_then(|meta| match &meta.sop_class {
            Some(class) if class.as_str() == MEDIA_STORAGE_DIRECTORY => Err(ImportError::Index),
            Some(_) | None => Ok(meta),
        });
        let meta = match read {
            Ok(meta) => meta,
            Err(error) => return Err(Unread { error, sender: name, taken, rest: file }),
        };
        if meta.preamble == Preamble::Suspicious {
            tracing::warn!(
                "the preamble of an imported file looks like a program or a document; it is left out"
            );
        }
        let rest = Bytes::copy_from_slice(prefix.rest());
        Ok(Self {
            affected_class: None,
            affected_instance: None,
            study: None,
            media_storage: Some(MediaStorage {
                sop_class: meta.sop_class,
                sop_instance: meta.sop_instance,
            }),
            transfer_syntax: meta.transfer_syntax,
            sender: name,
            body: stream::iter([Ok(rest)]).chain(file).boxed(),
        })
    }
}
