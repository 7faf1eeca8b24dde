//! What is certified of objects: the engine's part, and what somebody decided.

use std::io::Write;

use lightcase_deident::{Certificate, Profile, Region, Report};
use serde::Serialize;

use super::journal::{Approved, Entry};

/// The certificate of a run.
#[derive(Debug, Serialize)]
pub(super) struct Certified {
    #[serde(flatten)]
    pub(super) certificate: Certificate,
    /// Studies whose objects are of more than one patient.
    pub(super) mixed_studies: usize,
    /// Objects that were held and approved.
    pub(super) decisions: Vec<Decided>,
}

/// A decision. Why it was made stays in the journal: it is free text.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Decided {
    pub(super) sop_instance_uid: String,
    pub(super) decision: &'static str,
    pub(super) at: String,
    /// Why it was held.
    pub(super) held: String,
    pub(super) regions: Vec<Region>,
}

impl Decided {
    fn of(report: &Report, approved: Approved) -> Self {
        Self {
            sop_instance_uid: report.sop_instance.clone(),
            decision: "approved",
            at: approved.at,
            held: approved.held,
            regions: approved.regions,
        }
    }
}

impl Certified {
    /// Over objects that were written, and the reasons for which others were not.
    pub(super) fn of<'a>(
        profile: &Profile,
        objects: impl IntoIterator<Item = Entry>,
        refused: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut certificate = Certificate::new(profile);
        let mut decisions = Vec::new();
        for Entry { report, approved } in objects {
            decisions.extend(approved.map(|approved| Decided::of(&report, approved)));
            certificate.add(report);
        }
        for why in refused {
            *certificate.refused.entry(why.to_owned()).or_default() += 1;
        }
        let mixed_studies =
            certificate.patients().into_values().filter(|named| named.len() > 1).count();
        Self { certificate, mixed_studies, decisions }
    }

    /// Writes it as a JSON document.
    pub(super) fn write(&self, to: &mut dyn Write) -> std::io::Result<()> {
        Ok(serde_json::to_writer_pretty(to, self)?)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use lightcase_deident::{Counts, Verdict};

    use super::*;

    /// An object that was written.
    pub(in crate::command::deid) fn entry(study: &str, instance: &str, patient: &str) -> Entry {
        let report = Report {
            sop_class: "1.2.840.10008.5.1.4.1.1.2".to_owned(),
            sop_instance: instance.to_owned(),
            series: "2.25.2".to_owned(),
            study: study.to_owned(),
            patient: patient.to_owned(),
            verdict: Verdict::Released,
            blanked: Vec::new(),
            proposed: Vec::new(),
            counts: Counts::default(),
            digest_before: "aa".to_owned(),
            digest_after: "bb".to_owned(),
        };
        Entry { report, approved: None }
    }

    /// The same, after somebody has looked at it.
    pub(in crate::command::deid) fn approved(entry: Entry, regions: &[Region]) -> Entry {
        let approved = Approved {
            held: "Image Type".to_owned(),
            at: "2026-11-29T08:00:00Z".to_owned(),
            reason: "it showed Quillerby".to_owned(),
            regions: regions.to_vec(),
        };
        Entry { approved: Some(approved), ..entry }
    }

    fn written(objects: Vec<Entry>, refused: &[&str]) -> String {
        let certified = Certified::of(&Profile::default(), objects, refused.iter().copied());
        let mut written = Vec::new();
        certified.write(&mut written).unwrap();
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn objects_and_decisions_stand_beside_the_rules() {
        let object = approved(entry("2.25.3", "2.25.1", "S1"), &[]);
        let written = written(vec![object], &["no DICOM"]);
        let document: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(document["objects"][0]["digest_after"], "bb");
        assert_eq!(document["refused"]["no DICOM"], 1);
        assert_eq!(document["decisions"][0]["sopInstanceUid"], "2.25.1");
        assert_eq!(document["mixed_studies"], 0);
        assert!(!written.contains("Quillerby"));
    }

    #[test]
    fn studies_of_several_patients_are_counted() {
        let objects = [("2.25.3", "S1"), ("2.25.3", ""), ("2.25.4", "S1"), ("2.25.4", "S2")];
        let objects = objects.map(|(study, patient)| entry(study, "2.25.1", patient)).to_vec();
        let document: serde_json::Value = serde_json::from_str(&written(objects, &[])).unwrap();
        assert_eq!(document["mixed_studies"], 1);
    }
}
