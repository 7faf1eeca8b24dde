//! A bundle: everything that is known of a download before a byte of an image is read.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use lightcase_audit::ListDigest;
use lightcase_catalog::{HeldInstance, HeldStudy, Location};
use lightcase_model::{CollectionId, InstanceId, Language, Level, Phi, StudyId};
use sha2::{Digest, Sha256};

use super::dicomdir::{Directory, Referenced};
use super::keys::{self, Around, Document};
use super::kind::kind_of;
use super::layout::Layout;
use super::readme::{Facts, readme};
use super::record::File;

/// Files before those of DICOM objects.
pub(super) const FRONT: usize = 3;
/// Changes when the same content is laid out in another way: it is part of the digest.
const VERSION: &[u8] = b"lightcase download 1\n";

/// A download that is laid out: the same for the same content, wherever and whenever it is asked
/// for.
#[derive(Debug)]
pub struct Bundle {
    pub(super) layout: Arc<Layout>,
    /// The bytes of the files before those of DICOM objects.
    pub(super) front: [Bytes; FRONT],
    /// Where the bytes of the others are.
    pub(super) held: Vec<Location>,
    pub(super) studies: Vec<Part>,
    digest: ListDigest,
}

/// The part of a bundle that is accounted for under a study: from its first object to that of the
/// next study. What lies before all objects counts for the first, what lies behind for the last.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) study: StudyId,
    pub(super) study_uid: Phi<String>,
    pub(super) from: u64,
}

/// The bytes of a bundle that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// Which.
    pub range: Range<u64>,
    /// Whether they showed, by its digest, that they go on with this very bundle.
    pub continues: bool,
}

impl Bundle {
    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.layout.total()
    }

    /// How many DICOM objects are in it.
    pub const fn objects(&self) -> usize {
        self.held.len()
    }

    /// SHA-256 of everything that decides its bytes: two bundles with the same one are equal.
    pub const fn digest(&self) -> ListDigest {
        self.digest
    }

    /// The studies that a range touches, with their part of it.
    pub(super) fn parts(&self, range: &Range<u64>) -> Vec<(Part, Range<u64>)> {
        let ends = self.studies.iter().skip(1).map(|part| part.from).chain([self.length()]);
        let parts = self.studies.iter().cloned().zip(ends);
        parts
            .map(|(part, to)| {
                let within = part.from.max(range.start)..to.min(range.end);
                (part, within)
            })
            .filter(|(_, within)| !within.is_empty())
            .collect()
    }
}

/// Objects whose record needs more than the index has.
pub(super) fn documented(studies: &[HeldStudy]) -> Vec<InstanceId> {
    let series = studies.iter().flat_map(|study| &study.series);
    let instances = series.flat_map(|series| &series.instances);
    let needy = instances.filter(|each| !kind(each).keys.is_empty());
    needy.map(|each| each.instance.id).collect()
}

fn kind(held: &HeldInstance) -> &'static super::kind::Kind {
    let instance = &held.instance;
    kind_of(instance.sop_class.as_str(), instance.frames > 0 || instance.rows > 0)
}

/// Where an object lies, by its place among studies, series and instances, each counted from 1: PS3.10
/// section 8.5 allows eight of these characters in a component.
fn components((study, series, instance): (usize, usize, usize)) -> [String; 4] {
    let (study, series) = (format!("ST{study:04}"), format!("SE{series:04}"));
    ["DICOM".to_owned(), study, series, format!("IM{instance:06}")]
}

/// Lays out what is held; `None` when it is longer than its formats can say.
pub(super) fn lay_out(
    studies: &[HeldStudy],
    documents: &HashMap<InstanceId, Vec<u8>>,
    language: Language,
) -> Option<Bundle> {
    let (mut held, mut files, mut starts) = (Vec::new(), Vec::new(), Vec::new());
    let mut listing = Vec::new();
    for (study, number) in studies.iter().zip(1..) {
        starts.push(FRONT.checked_add(held.len())?);
        for (series, series_number) in study.series.iter().zip(1..) {
            for (each, instance_number) in series.instances.iter().zip(1..) {
                let name = components((number, series_number, instance_number)).join("/");
                let length = u64::try_from(each.location.file_length).ok()?;
                list(&mut listing, &each.location.file_sha256, &name);
                files.push(File { name, length, crc32: each.location.file_crc32 });
                held.push(each.location.clone());
            }
        }
    }
    let dicomdir = dicomdir(studies, documents, &uid_of(&listing))?;
    let clean = studies.iter().all(|each| each.study.collection != CollectionId::ARCHIVE);
    let facts = Facts { language, files: held.len(), studies: studies.len(), clean };
    let readme = readme(&facts).into_bytes();
    let mut sums = Vec::with_capacity(listing.len().saturating_add(256));
    list(&mut sums, &Sha256::digest(&readme).into(), "README.TXT");
    list(&mut sums, &Sha256::digest(&dicomdir).into(), "DICOMDIR");
    sums.append(&mut listing);

    let front = [("README.TXT", readme), ("DICOMDIR", dicomdir), ("SHA256SUMS", sums)];
    let digest = digest(front.iter().map(|(_, bytes)| bytes.as_slice()), &files);
    let mut all: Vec<File> = front.iter().map(|(name, bytes)| written(name, bytes)).collect();
    all.append(&mut files);
    let layout = Layout::new(all)?;
    let studies = studies.iter().zip(&starts).zip(0..).map(|((study, start), place)| Part {
        study: study.study.id,
        study_uid: Phi::new(study.study.study_uid.to_string()),
        from: if place == 0 { 0 } else { layout.start_of(*start) },
    });
    let studies = studies.collect();
    let front = front.map(|(_, bytes)| Bytes::from(bytes));
    Some(Bundle { layout: Arc::new(layout), front, held, studies, digest })
}

fn written(name: &str, bytes: &[u8]) -> File {
    let mut crc32 = crc32fast::Hasher::new();
    crc32.update(bytes);
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    File { name: name.to_owned(), length, crc32: crc32.finalize() }
}

/// Adds a line that `sha256sum -c` reads.
fn list(sums: &mut Vec<u8>, sha256: &[u8; 32], name: &str) {
    sums.extend(HEXLOWER.encode(sha256).bytes());
    sums.extend(b"  ");
    sums.extend(name.bytes());
    sums.push(b'\n');
}

fn digest<'a>(front: impl Iterator<Item = &'a [u8]>, files: &[File]) -> ListDigest {
    let mut hash = Sha256::new_with_prefix(VERSION);
    for bytes in front {
        hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(bytes);
    }
    // Names and contents of the others are in SHA256SUMS.
    for file in files {
        hash.update(file.length.to_le_bytes());
        hash.update(file.crc32.to_le_bytes());
    }
    ListDigest(hash.finalize().into())
}

/// The UID of the file-set of these files: a UUID of version 8 (RFC 9562) under 2.25 (PS3.5 section
/// B.2).
fn uid_of(listing: &[u8]) -> String {
    let mut uuid = [0; 16];
    uuid.iter_mut().zip(Sha256::digest(listing)).for_each(|(byte, from)| *byte = from);
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut uuid;
    *version = *version & 0x0F | 0x80;
    *variant = *variant & 0x3F | 0x80;
    format!("2.25.{}", u128::from_be_bytes(uuid))
}

/// The file-set's directory: patients in the order of their first study.
fn dicomdir(
    studies: &[HeldStudy],
    documents: &HashMap<InstanceId, Vec<u8>>,
    uid: &str,
) -> Option<Vec<u8>> {
    let mut patients: Vec<Vec<(usize, &HeldStudy)>> = Vec::new();
    let mut places = BTreeMap::new();
    for (study, number) in studies.iter().zip(1..) {
        let place = *places.entry(study.patient.id.0).or_insert(patients.len());
        match patients.get_mut(place) {
            Some(known) => known.push((number, study)),
            None => patients.push(vec![(number, study)]),
        }
    }
    let mut directory = Directory::new(uid).ok()?;
    let mut ids = HashSet::new();
    for (studies, number) in patients.iter().zip(1_usize..) {
        let (_, first) = studies.first()?;
        let id = patient_id(first, number, &mut ids);
        directory.push(Level::Patient, "PATIENT", None, &keys::patient(first, &id));
        for (number, study) in studies {
            directory.push(Level::Study, "STUDY", None, &keys::study(study, *number));
            series(&mut directory, study, *number, documents);
        }
    }
    directory.finish()
}

/// Patient ID (0010,0020) of a record: neither empty nor another record's (PS3.3 section F.5.1).
fn patient_id(study: &HeldStudy, number: usize, taken: &mut HashSet<String>) -> String {
    let own: String = study.patient.patient_id.expose().trim().chars().take(58).collect();
    let own = if own.chars().any(char::is_control) { String::new() } else { own };
    let id = if own.is_empty() || taken.contains(&own) { format!("{own}#{number}") } else { own };
    taken.insert(id.clone());
    id
}

fn series(
    directory: &mut Directory,
    study: &HeldStudy,
    number: usize,
    documents: &HashMap<InstanceId, Vec<u8>>,
) {
    for (series, series_number) in study.series.iter().zip(1..) {
        directory.push(Level::Series, "SERIES", None, &keys::series(series));
        for (each, instance_number) in series.instances.iter().zip(1..) {
            let document = documents.get(&each.instance.id).map(|each| Document::inflate(each));
            let around = Around { study, series, document: document.as_ref() };
            let kind = kind(each);
            let referenced = Referenced {
                file: components((number, series_number, instance_number)).join("\\"),
                sop_class: each.instance.sop_class.as_str(),
                sop_instance: each.instance.sop_uid.as_str(),
                transfer_syntax: each.instance.transfer_syntax.as_str(),
            };
            let keys = keys::instance(each, kind, &around);
            directory.push(Level::Instance, kind.name, Some(&referenced), &keys);
        }
    }
}

#[cfg(test)]
mod tests;
