//! Certificates of clean studies, one study at a time: a JSON document, and a page to print.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use lightcase_deident::{Certificate, Project, Report};
use serde::Serialize;

use super::certificate::{Certified, Decided};
use super::folder::{Outcome, Refused};
use super::journal::{Entry, Journal};
use super::place::{Place, plain};
use super::{file, page};
use crate::init::write_private_with;

/// The certificate of a clean study, as the archive makes one. It can be handed out with the copies:
/// what stands for the digests of the originals is keyed.
#[derive(Debug, Serialize)]
pub(super) struct StudyCertificate {
    #[serde(flatten)]
    pub(super) certificate: Certificate,
    /// Study Instance UID of the copies.
    pub(super) study: String,
    /// Patients that the objects name; with more than one the study is mixed.
    pub(super) patients: usize,
    pub(super) decisions: Vec<Decided>,
}

/// What belongs to a study.
#[derive(Debug, Default)]
struct Gathered<'a> {
    /// By Series and SOP Instance UID, so that neither the names of files nor how many runs there
    /// were makes another certificate.
    objects: BTreeMap<(&'a str, &'a str), &'a Entry>,
    refused: Vec<&'a str>,
}

/// Writes the certificates of all studies that a run has copies of, with what earlier runs made of
/// them.
pub(super) fn write(
    folder: &Path,
    (project, place): (&Project, &Place),
    (outcomes, journal): (&[(PathBuf, Outcome)], &Journal),
) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    for (study, gathered) in gather(outcomes, journal, |report| lies_there(place, report)) {
        let made = gathered.certificate(project, study);
        let named = |kind: &str| folder.join(format!("{}.{kind}", plain(study)));
        write_private_with(&named("json"), |to| Ok(serde_json::to_writer_pretty(to, &made)?))?;
        write_private_with(&named("html"), |to| page::write(&made, to))?;
    }
    Ok(())
}

/// Whether a copy lies where it was put, byte for byte.
fn lies_there(place: &Place, report: &Report) -> bool {
    file::digest(&place.target(report)).is_ok_and(|digest| digest == report.digest_after)
}

/// What belongs to which study. What is refused belongs to none that there is no copy of.
fn gather<'a>(
    outcomes: &'a [(PathBuf, Outcome)],
    journal: &'a Journal,
    lies_there: impl Fn(&Report) -> bool,
) -> BTreeMap<&'a str, Gathered<'a>> {
    let mut studies: BTreeMap<&str, Gathered<'a>> = BTreeMap::new();
    for (_, outcome) in outcomes {
        match outcome {
            Outcome::Object(entry) => {
                studies.entry(entry.report.study.as_str()).or_default().add(entry);
            }
            Outcome::Refused(Refused { why, study: Some(study) }) => {
                studies.entry(study.as_str()).or_default().refused.push(why);
            }
            Outcome::Refused(Refused { study: None, .. }) => {}
        }
    }
    for entry in journal.objects() {
        let Some(gathered) = studies.get_mut(entry.report.study.as_str()) else { continue };
        if !gathered.objects.contains_key(&place_in_study(entry)) && lies_there(&entry.report) {
            gathered.add(entry);
        }
    }
    studies.retain(|_, gathered| !gathered.objects.is_empty());
    studies
}

fn place_in_study(entry: &Entry) -> (&str, &str) {
    (entry.report.series.as_str(), entry.report.sop_instance.as_str())
}

impl<'a> Gathered<'a> {
    fn add(&mut self, entry: &'a Entry) {
        self.objects.entry(place_in_study(entry)).or_insert(entry);
    }

    fn certificate(&self, project: &Project, study: &str) -> StudyCertificate {
        let objects = self.objects.values().map(|entry| {
            let mut entry = Entry::clone(entry);
            entry.report.digest_before = project.keyed_digest(&entry.report.digest_before);
            entry
        });
        let refused = self.refused.iter().copied();
        let Certified { certificate, mixed_studies: _, decisions } =
            Certified::of(project.profile(), objects, refused);
        let patients = certificate.patients().into_values().map(|named| named.len()).sum();
        StudyCertificate { certificate, study: study.to_owned(), patients, decisions }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use lightcase_deident::{Profile, ProjectKey};

    use super::super::certificate::tests::{approved, entry};
    use super::*;

    fn object(study: &str, instance: &str, patient: &str) -> (PathBuf, Outcome) {
        (PathBuf::new(), Outcome::Object(Arc::new(entry(study, instance, patient))))
    }

    fn refused(study: Option<&str>) -> (PathBuf, Outcome) {
        let (why, study) = ("a SOP class is private".to_owned(), study.map(str::to_owned));
        (PathBuf::new(), Outcome::Refused(Refused { why, study }))
    }

    fn journal(folder: &Path, noted: &[Entry]) -> Journal {
        let place = Place::of(&folder.join("out")).unwrap();
        std::fs::create_dir_all(&place.quarantine).unwrap();
        let mut journal = Journal::open(&place).unwrap();
        for (number, entry) in noted.iter().enumerate() {
            journal.note(&number.to_string(), &Arc::new(entry.clone())).unwrap();
        }
        journal
    }

    #[test]
    fn a_study_has_what_earlier_runs_made_of_it_and_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let noted = ["2.25.1", "2.25.2", "2.25.8"].map(|uid| entry("2.25.30", uid, "S1"));
        let elsewhere = entry("2.25.50", "2.25.9", "S1");
        let journal = journal(folder.path(), &[&noted[..], &[elsewhere]].concat());
        let outcomes = [
            object("2.25.30", "2.25.3", "S2"),
            object("2.25.30", "2.25.1", "S1"),
            object("2.25.30", "2.25.1", "S1"),
            object("2.25.40", "2.25.4", ""),
            refused(Some("2.25.30")),
            refused(Some("2.25.60")),
            refused(None),
        ];
        let found = gather(&outcomes, &journal, |report| report.sop_instance != "2.25.8");
        let project = Project::new(Profile::default(), ProjectKey::from_bytes([7; 32]));
        let told = |study: &str| {
            let made = found[study].certificate(&project, study);
            let objects = made.certificate.objects.into_iter();
            let uids: Vec<_> = objects.map(|report| report.sop_instance).collect();
            (uids.join(" "), made.patients, made.certificate.refused.into_values().sum::<usize>())
        };
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), ["2.25.30", "2.25.40"]);
        assert_eq!(told("2.25.30"), ("2.25.1 2.25.2 2.25.3".to_owned(), 2, 1));
        assert_eq!(told("2.25.40"), ("2.25.4".to_owned(), 0, 0));
    }

    #[test]
    fn what_is_handed_out_names_no_original() {
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path(), &[]);
        let mut held = entry("2.25.30", "2.25.1", "S1");
        held.report.digest_before = "c0ffee".repeat(8);
        let held = Outcome::Object(Arc::new(approved(held, &[])));
        let project = Project::new(Profile::default(), ProjectKey::from_bytes([7; 32]));
        let (place, certificates) =
            (Place::of(&folder.path().join("out")).unwrap(), folder.path().join("certificates"));
        let outcomes = [(PathBuf::from("Quillerby.dcm"), held)];
        write(&certificates, (&project, &place), (&outcomes, &journal)).unwrap();
        for kind in ["json", "html"] {
            let made = certificates.join(format!("2.25.30.{kind}"));
            let text = std::fs::read_to_string(made).unwrap();
            assert!(text.contains("hmac-sha-256:") && text.contains("2.25.1"), "{text}");
            assert!(!text.contains("Quillerby") && !text.contains("c0ffee"), "{text}");
        }
        assert_eq!(std::fs::read_dir(&certificates).unwrap().count(), 2);
    }
}
