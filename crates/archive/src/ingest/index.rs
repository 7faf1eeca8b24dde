//! Indexed: a transaction, shared with others that come at the same time, after which the object
//! is findable and Success may be said.

use std::io::Write as _;
use std::sync::Arc;

use lightcase_catalog::{Catalog, Location, NewClean, NewInstance, Outcome};
use lightcase_dataset::{Attributes, PixelData, Scan};
use lightcase_model::{Attribute, ProjectId, Timestamp};

use super::expect::expectations;
use super::intake::OpenStudy;
use super::store::Stored;
use crate::image::StoredImage;
use crate::refusal::Fault;

/// What is noted of an object beside what it says itself.
pub(super) struct Noted {
    /// When it was received.
    pub(super) received: Timestamp,
    /// What was done to it, where it is a clean copy.
    pub(super) clean: Option<NewClean>,
    /// The project that is to have a clean copy of it.
    pub(super) copied_into: Option<ProjectId>,
}

impl Noted {
    pub(super) const fn received(received: Timestamp) -> Self {
        Self { received, clean: None, copied_into: None }
    }
}

/// The rows of the object, or why there are none.
pub(super) async fn index(
    noted: Noted,
    catalog: &Arc<Catalog>,
    stored: &Stored,
    open: &OpenStudy,
) -> Result<Outcome, Fault> {
    let new = row(noted, stored, open);
    Ok(catalog.index(new).await?)
}

pub(super) fn row(noted: Noted, stored: &Stored, open: &OpenStudy) -> NewInstance {
    let Scan { identity, attributes, signals, image, pixel, metadata, .. } = &stored.scan;
    let layout = &stored.layout;
    let module = image.as_ref();
    let has_pixels = pixel.is_some();
    let number = |attribute| number(attributes, attribute);
    let frames = if has_pixels {
        module.map_or(1, |module| i64::from(module.number_of_frames.max(1)))
    } else {
        0
    };
    NewInstance {
        collection: open.collection,
        study: open.id,
        study_id: text(attributes, Attribute::StudyID),
        series_uid: identity.series.clone(),
        modality: text(attributes, Attribute::Modality),
        series_number: number(Attribute::SeriesNumber),
        series_date: text(attributes, Attribute::SeriesDate),
        series_time: text(attributes, Attribute::SeriesTime),
        series_description: text(attributes, Attribute::SeriesDescription),
        body_part: text(attributes, Attribute::BodyPartExamined),
        sop_uid: identity.sop_instance.clone(),
        sop_class: identity.sop_class.clone(),
        transfer_syntax: stored.transfer_syntax.clone(),
        instance_number: number(Attribute::InstanceNumber),
        frames,
        rows: module.map_or(0, |module| i64::from(module.rows)),
        columns: module.map_or(0, |module| i64::from(module.columns)),
        bits_allocated: module.map_or(0, |module| i64::from(module.bits_allocated)),
        location: Location {
            object: stored.object.object,
            sealed_offset: 0,
            sealed_length: signed(stored.object.sealed_len),
            plain_length: signed(stored.object.plain_len),
            subject_key: stored.object.subject_key,
            record_length: signed(layout.record_length),
            file_length: signed(layout.file_length),
            file_sha256: layout.file_sha256,
            file_crc32: layout.file_crc32,
            meta_length: signed(layout.meta_length),
            data_set_sha256: layout.data_set_sha256,
        },
        image: image_json(module, pixel.as_ref()),
        metadata: deflate(metadata.as_bytes()),
        expectations: expectations(signals, frames),
        store_access: open.access,
        received_at: noted.received,
        clean: noted.clean,
        clean_into: noted.copied_into,
    }
}

/// Lengths are far below the signed limit: storage caps an object at 256 TiB.
fn signed(length: u64) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

pub(crate) fn text(attributes: &Attributes, attribute: Attribute) -> String {
    attributes.get(attribute).unwrap_or_default().to_owned()
}

/// An IS value; 0 when it is absent or no number, so that sort keys are never NULL.
fn number(attributes: &Attributes, attribute: Attribute) -> i64 {
    attributes.get(attribute).and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

fn image_json(
    module: Option<&lightcase_dataset::ImageModule>,
    pixel: Option<&PixelData>,
) -> String {
    match (module, pixel) {
        (Some(module), Some(pixel)) => {
            let image = StoredImage { module: module.clone(), pixel: pixel.clone() };
            serde_json::to_string(&image).unwrap_or_default()
        }
        (Some(_) | None, Some(_) | None) => String::new(),
    }
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(
        Vec::with_capacity(bytes.len() / 4),
        flate2::Compression::fast(),
    );
    // A Vec takes every byte.
    if encoder.write_all(bytes).is_err() {
        return Vec::new();
    }
    encoder.finish().unwrap_or_default()
}
