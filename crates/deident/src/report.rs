//! What was done: counts, reasons, digests, and the steps for whoever asks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decide::Why;
use crate::{EDITION, Hold, Profile, RULES, Region};

/// What became of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It stayed as it was; of a sequence, its items were gone through.
    Kept,
    /// A part of the value stayed.
    Cleaned,
    /// Another value stands in its place.
    Replaced,
    /// A UID was mapped.
    Mapped,
    /// A date was moved.
    Shifted,
    /// It has no value now.
    Emptied,
    /// It is gone.
    Removed,
    /// It was not there.
    Added,
}

/// How many attributes had which outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counts(BTreeMap<Outcome, u64>);

impl Counts {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        *self.0.entry(outcome).or_default() += 1;
    }

    /// How many had this one.
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.0.get(&outcome).copied().unwrap_or(0)
    }

    /// Adds those of another object.
    pub fn merge(&mut self, other: &Self) {
        for (outcome, count) in &other.0 {
            *self.0.entry(*outcome).or_default() += count;
        }
    }
}

/// What happened to one attribute, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its keyword, behind those of the sequences that hold it.
    pub attribute: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, as a sentence.
    pub why: String,
}

/// Whether an object may leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is", content = "because")]
pub enum Verdict {
    /// It may.
    Released,
    /// It may once these regions are blanked in every frame: the pixels are compressed, and whoever
    /// can decode them does it, through an [`Approval`](crate::Approval) of these regions.
    ReleasedOnceBlanked(Vec<Region>),
    /// Not before somebody has looked at it. Its attributes are clean, its pixels as they came.
    Held(BTreeSet<Hold>),
}

/// What was done to one object. Nothing of the original can be told from it but the digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// SOP Class UID.
    pub sop_class: String,
    /// SOP Instance UID of the clean object.
    pub sop_instance: String,
    /// Series Instance UID of the clean object.
    pub series: String,
    /// Study Instance UID of the clean object.
    pub study: String,
    /// Patient ID of the clean object, a pseudonym; empty where the original names nobody.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub patient: String,
    /// Whether it may leave.
    pub verdict: Verdict,
    /// Regions that were blanked.
    pub blanked: Vec<Region>,
    /// Of an object that is held, the regions that the profile knows of its device and that were not
    /// blanked: a proposal for whoever looks at it. They may reach beyond the image.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposed: Vec<Region>,
    /// How many attributes had which outcome.
    pub counts: Counts,
    /// SHA-256 of the bytes that came, in hexadecimal.
    pub digest_before: String,
    /// SHA-256 of the bytes that went.
    pub digest_after: String,
}

/// What a profile lets through, or takes as one, beyond the rule: its name alone does not tell.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Widened {
    /// SOP classes whose objects nobody looks at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub release_classes: Vec<String>,
    /// SOP classes whose images may be SECONDARY.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub release_secondary: Vec<String>,
    /// Terms that are safe besides those of the standard.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub safe_terms: Vec<String>,
    /// How many devices it knows, whose images are released once their regions are black.
    #[serde(default)]
    pub devices: usize,
    /// Issuers of patient IDs are left out.
    #[serde(default)]
    pub one_issuer: bool,
    /// Ages of 90 years and over stay as they are.
    #[serde(default)]
    pub exact_ages: bool,
    /// Versions of context groups and templates move with the patient's dates.
    #[serde(default)]
    pub moved_versions: bool,
}

impl Widened {
    fn of(profile: &Profile) -> Self {
        let gate = profile.gate();
        Self {
            release_classes: gate.release_classes.clone(),
            release_secondary: gate.release_secondary.clone(),
            safe_terms: gate.safe_terms.clone(),
            devices: profile.devices().len(),
            one_issuer: profile.has_one_issuer(),
            exact_ages: profile.has_exact_ages(),
            moved_versions: profile.has_moved_versions(),
        }
    }
}

/// The certificate of a study: what was done to its objects, by which rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// What made it.
    pub engine: String,
    /// Edition of PS3.15 whose table was used, and its number of rows.
    pub table: String,
    /// Name of the profile.
    pub profile: String,
    /// Codes and meanings of its options, PS3.16 CID 7050.
    pub options: Vec<String>,
    /// What it lets through beyond the rule.
    #[serde(default)]
    pub widened: Widened,
    /// How many attributes had which outcome, over all objects.
    pub counts: Counts,
    /// Objects that may leave.
    pub released: usize,
    /// Objects that may not leave yet.
    pub held: usize,
    /// Inputs that were not cleaned at all, by reason.
    pub refused: BTreeMap<String, usize>,
    /// The objects.
    pub objects: Vec<Report>,
}

impl Certificate {
    /// A certificate over no objects.
    pub fn new(profile: &Profile) -> Self {
        Self {
            engine: concat!("lightcase-deident ", env!("CARGO_PKG_VERSION")).to_owned(),
            table: format!("PS3.15 {EDITION}, Table E.1-1, {} rows", RULES.len()),
            profile: profile.name().to_owned(),
            options: profile
                .options()
                .map(|option| format!("{} {}", option.code(), option.meaning()))
                .collect(),
            widened: Widened::of(profile),
            counts: Counts::default(),
            released: 0,
            held: 0,
            refused: BTreeMap::new(),
            objects: Vec::new(),
        }
    }

    /// Adds an object.
    pub fn add(&mut self, report: Report) {
        self.counts.merge(&report.counts);
        match report.verdict {
            Verdict::Released => self.released += 1,
            Verdict::ReleasedOnceBlanked(_) | Verdict::Held(_) => self.held += 1,
        }
        self.objects.push(report);
    }

    /// Adds an input that was not cleaned.
    pub fn refuse(&mut self, refusal: &crate::Refusal) {
        *self.refused.entry(refusal.to_string()).or_default() += 1;
    }

    /// Which patients the objects of each study name, under their pseudonyms: issuer and ID tell them
    /// apart. A study with more than one is mixed; one whose objects name nobody has none.
    pub fn patients(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut patients: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for report in &self.objects {
            let named = patients.entry(report.study.as_str()).or_default();
            if !report.patient.is_empty() {
                named.insert(report.patient.as_str());
            }
        }
        patients
    }

    /// As a JSON document.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kept => "kept",
            Self::Cleaned => "cleaned",
            Self::Replaced => "replaced",
            Self::Mapped => "mapped",
            Self::Shifted => "shifted",
            Self::Emptied => "emptied",
            Self::Removed => "removed",
            Self::Added => "added",
        })
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(rule) => write!(f, "Table E.1-1 says {}", rule.basic),
            Self::Option(option) => write!(f, "{option}"),
            Self::Safe => f.write_str("not in Table E.1-1, and its kind holds no identity"),
            Self::Unfit => f.write_str(
                "not in Table E.1-1, and its value is not all of what may stay of its kind",
            ),
            Self::Unlisted => f.write_str("not known to be safe"),
            Self::WrongVr => f.write_str("its VR is not the one that PS3.6 gives it"),
            Self::Private => f.write_str("private"),
            Self::SafePrivate => f.write_str("on the list of safe private attributes"),
            Self::Overlay => f.write_str("overlays and curves may hold text"),
            Self::GroupLength => f.write_str("not part of a data set"),
            Self::Characteristic => f.write_str("it says who or how the patient is"),
            Self::CharacterSet => f.write_str("texts could not be read without"),
            Self::Marker => f.write_str("it says what was done"),
            Self::Pixels => f.write_str("the pixels pass as they come"),
            Self::Blanked => {
                f.write_str("the regions that are known for the device are made black")
            }
            Self::Meta => f.write_str("it is made anew, behind an empty preamble"),
            Self::Nested => f.write_str("pixels inside a sequence"),
        }
    }
}
