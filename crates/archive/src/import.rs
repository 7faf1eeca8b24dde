//! Import: a file of PS3.10 as a received object.

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use lightcase_dataset::{Part10Prefix, Preamble, ScanError};
use lightcase_model::Phi;

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

impl Received {
    /// Reads the head of a PS3.10 file and hands its data set over. Group 2 ends here: it is
    /// rebuilt from the data set.
    pub async fn from_file<S>(file: S, name: Phi<String>) -> Result<Self, ImportError>
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
        if meta.sop_class.is_some_and(|class| class.as_str() == MEDIA_STORAGE_DIRECTORY) {
            return Err(ImportError::Index);
        }
        if meta.preamble == Preamble::Suspicious {
            tracing::warn!(
                "the preamble of an imported file looks like a program or a document; it is left out"
            );
        }
        let rest = Bytes::copy_from_slice(prefix.rest());
        Ok(Self {
            affected_class: None,
            affected_instance: None,
            transfer_syntax: meta.transfer_syntax,
            sender: name,
            // Whoever drains it may ask again after its end.
            body: stream::iter([Ok(rest)]).chain(file).fuse().boxed(),
        })
    }
}
