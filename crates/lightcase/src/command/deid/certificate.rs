//! The certificate of a folder: the engine's, and what somebody decided.

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

    /// As a JSON document.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}
