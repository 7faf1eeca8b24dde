//! Metadata: the data sets as DICOM JSON, without touching the objects.

use std::io::Read as _;

use lightcase_audit::ViewKind;
use lightcase_catalog::{Metadata, Selection};
use lightcase_dataset::rebase_bulk_data;
use lightcase_model::{Ctx, Scope};

use crate::view::{Seen, Shown, Viewer};
use crate::{Archive, ArchiveError};

/// The scanner's own cap on a document.
const LIMIT: u64 = 64 << 20;

impl Archive {
    /// The metadata of a selection as one JSON array (PS3.18 section 10.4.1.1.2). Bulk data URIs
    /// of the documents, kept as `lc:<path>`, become `<bulk>/series/…/instances/…/bulkdata/<path>`,
    /// where `bulk` is the study's address under the caller's own mount.
    pub async fn metadata(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        selection: &Selection,
        bulk: &str,
    ) -> Result<String, ArchiveError> {
        let documents = self.catalog.metadata(scope, selection).await?;
        if documents.is_empty() {
            return Err(ArchiveError::NotFound);
        }
        let mut last = None;
        for document in &documents {
            if last != Some(document.series) {
                let seen = Seen {
                    study: document.study,
                    series: document.series,
                    study_uid: &selection.study,
                    series_uid: &document.series_uid,
                };
                self.view(ctx, seen, ViewKind::Metadata).await?;
                last = Some(document.series);
            }
        }
        let (viewer, archive) = (Viewer::of(ctx), self.clone());
        let (selection, bulk) = (selection.clone(), bulk.to_owned());
        tokio::task::spawn_blocking(move || {
            let mut array = String::from("[");
            for document in &documents {
                if array.len() > 1 {
                    array.push(',');
                }
                let before = array.len();
                push_document(&mut array, document, &bulk)?;
                let seen = Seen {
                    study: document.study,
                    series: document.series,
                    study_uid: &selection.study,
                    series_uid: &document.series_uid,
                };
                let bytes = array.len().saturating_sub(before);
                archive.viewed(&viewer, seen, ViewKind::Metadata, Shown { frames: 0, bytes });
            }
            array.push(']');
            Ok(array)
        })
        .await
        .map_err(|error| ArchiveError::Damaged(Box::new(error)))?
    }
}

fn push_document(array: &mut String, document: &Metadata, bulk: &str) -> Result<(), ArchiveError> {
    let mut json = Vec::new();
    flate2::read::DeflateDecoder::new(document.document.as_slice())
        .take(LIMIT)
        .read_to_end(&mut json)
        .map_err(|error| ArchiveError::Damaged(Box::new(error)))?;
    let base =
        format!("{bulk}/series/{}/instances/{}/bulkdata/", document.series_uid, document.sop_uid);
    let json = String::from_utf8(rebase_bulk_data(&json, &base))
        .map_err(|error| ArchiveError::Damaged(Box::new(error)))?;
    array.push_str(&json);
    Ok(())
}
