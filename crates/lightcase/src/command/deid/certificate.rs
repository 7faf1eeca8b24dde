//! The certificate of a folder: the engine's, and what somebody decided.

use std::io::Write;

use lightcase_deident::{Certificate, Profile, Region};
use serde::Serialize;

use super::journal::Entry;

/// The certificate of a folder.
#[derive(Debug, Serialize)]
pub(super) struct Certified {
    #[serde(flatten)]
    pub(super) certificate: Certificate,
    /// Objects that were held and approved.
    decisions: Vec<Decided>,
}

/// A decision. Why it was made stays in the journal: it is free text.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Decided {
    sop_instance_uid: String,
    decision: &'static str,
    at: String,
    /// Why it was held.
    held: String,
    regions: Vec<Region>,
}

impl Certified {
    /// A certificate over no objects.
    pub(super) fn new(profile: &Profile) -> Self {
        Self { certificate: Certificate::new(profile), decisions: Vec::new() }
    }

    /// Adds an object.
    pub(super) fn add(&mut self, entry: Entry) {
        if let Some(approved) = entry.approved {
            self.decisions.push(Decided {
                sop_instance_uid: entry.report.sop_instance.clone(),
                decision: "approved",
                at: approved.at,
                held: approved.held,
                regions: approved.regions,
            });
        }
        self.certificate.add(entry.report);
    }

    /// Adds an input that was not cleaned.
    pub(super) fn refuse(&mut self, why: &str) {
        *self.certificate.refused.entry(why.to_owned()).or_default() += 1;
    }

    /// Writes it as a JSON document.
    pub(super) fn write(&self, to: &mut dyn Write) -> std::io::Result<()> {
        Ok(serde_json::to_writer_pretty(to, self)?)
    }
}

#[cfg(test)]
mod tests {
    use lightcase_deident::{Counts, Report, Verdict};

    use super::super::journal::Approved;
    use super::*;

    #[test]
    fn objects_and_decisions_stand_beside_the_rules() {
        let report = Report {
            sop_class: "1.2.840.10008.5.1.4.1.1.2".to_owned(),
            sop_instance: "2.25.1".to_owned(),
            series: "2.25.2".to_owned(),
            study: "2.25.3".to_owned(),
            patient: "S1".to_owned(),
            verdict: Verdict::Released,
            blanked: Vec::new(),
            proposed: Vec::new(),
            counts: Counts::default(),
            digest_before: "aa".to_owned(),
            digest_after: "bb".to_owned(),
        };
        let approved = Approved {
            held: "Image Type".to_owned(),
            at: "2026-11-29T08:00:00Z".to_owned(),
            reason: "it showed Quillerby".to_owned(),
            regions: Vec::new(),
        };
        let mut certified = Certified::new(&Profile::default());
        certified.add(Entry { report, approved: Some(approved) });
        certified.refuse("no DICOM");
        let mut written = Vec::new();
        certified.write(&mut written).unwrap();
        let document: serde_json::Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(document["objects"][0]["digest_after"], "bb");
        assert_eq!(document["refused"]["no DICOM"], 1);
        assert_eq!(document["decisions"][0]["sopInstanceUid"], "2.25.1");
        assert!(!String::from_utf8(written).unwrap().contains("Quillerby"));
    }
}
