//! Import: a file of PS3.10 as a received object.

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use lightcase_dataset::{Part10Prefix, Preamble, ScanError};
use lightcase_model::{Phi, SopClassUid, SopInstanceUid};

use crate::ingest::{BodyError, Received};

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

impl Received {
    /// Reads the head of a PS3.10 file and hands its data set over, with what that head names.
    /// Group 2 ends here: it is rebuilt from the data set.
    pub async fn from_file<S>(
        file: S,
        name: Phi<String>,
    ) -> Result<(Self, MediaStorage), ImportError>
    where
        S: Stream<Item = Result<Bytes, BodyError>> + Send + 'static,
    {
        let mut file = Box::pin(file);
        let mut prefix = Part10Prefix::new();
        let meta = loop {
            match file.next().await {
                Some(Ok(bytes)) => {
                    if let Some(meta) = prefix.push(&bytes).map_err(ImportError::NotDicom)? {
                        break meta;
                    }
                }
                Some(Err(error)) => return Err(ImportError::CutOff(error)),
                None => break prefix.finish().map_err(ImportError::NotDicom)?,
            }
        };
        let named = MediaStorage { sop_class: meta.sop_class, sop_instance: meta.sop_instance };
        let class = named.sop_class.as_ref();
        if class.is_some_and(|class| class.as_str() == MEDIA_STORAGE_DIRECTORY) {
            return Err(ImportError::Index);
        }
        if meta.preamble == Preamble::Suspicious {
            tracing::warn!(
                "the preamble of an imported file looks like a program or a document; it is left out"
            );
        }
        let rest = Bytes::copy_from_slice(prefix.rest());
        let received = Self {
            affected_class: None,
            affected_instance: None,
            study: None,
            transfer_syntax: meta.transfer_syntax,
            sender: name,
            // Whoever drains it may ask again after its end.
            body: stream::iter([Ok(rest)]).chain(file).fuse().boxed(),
        };
        Ok((received, named))
    }
}
