//! Profiles: which options are on, what the pixel gate lets through, which devices draw where.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::key::trimmed;
use crate::pixel::{Device, Gate};
use crate::table::iod::Iod;
use crate::{ProfileOption, Region};

/// The Basic Application Level Confidentiality Profile and the options chosen with it, PS3.15
/// sections E.2 and E.3. The default has Clean Pixel Data and nothing else.
///
/// Full and Modified Dates are never both chosen, and nothing is claimed that is not done:
/// Clean Recognizable Visual Features cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    name: String,
    options: BTreeSet<ProfileOption>,
    gate: Gate,
    devices: Vec<Device>,
    subjects: Vec<Subject>,
    one_issuer: bool,
    exact_ages: bool,
    moved_versions: bool,
}

/// A patient and the names that were chosen for the clean copy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subject {
    #[serde(default)]
    pub(crate) issuer: String,
    pub(crate) id: String,
    pub(crate) pseudonym_id: String,
    pub(crate) pseudonym_name: String,
}

/// Why a profile is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// The text is no TOML, or has a key that is not known.
    #[error("the profile cannot be read: {0}")]
    Syntax(String),
    /// An option that does not exist.
    #[error("{0:?} is no option of PS3.15 section E.3")]
    UnknownOption(String),
    /// Two options that contradict each other.
    #[error("retain-full-dates and retain-modified-dates cannot both be chosen")]
    BothDates,
    /// An option that this engine does not carry out and therefore does not claim.
    #[error("clean-recognizable-visual-features cannot be chosen: faces are not removed")]
    NoDefacing,
    /// A name that certificates cannot print.
    #[error("a profile needs a name, in ASCII")]
    NoName,
    /// What only Clean Pixel Data reads.
    #[error("[pixels] and [[device]] say nothing without the option clean-pixel-data")]
    PixelsUnread,
    /// A class that nobody sends, so that the line lets nothing through.
    #[error("{0:?} under [pixels] is no SOP class that is known")]
    UnknownClass(String),
    /// A term that no Code String can be.
    #[error("{0:?} under safe_terms is no term: capital letters, digits, space, _ , 16 at most")]
    NoTerm(String),
    /// A device whose images stay as they are.
    #[error("the device {0:?} has no regions: without any, leave it out")]
    NoRegions(String),
    /// A region that makes nothing black.
    #[error("a region of the device {0:?} lies outside its images, or has no size")]
    RegionOutside(String),
    /// Two devices that are one.
    #[error("the device {0:?} stands there twice, with the same software and size")]
    SameDevice(String),
    /// A patient without an ID.
    #[error("a [[subject]] needs the id of a patient")]
    NoSubject,
    /// The patient's ID is not repeated: it may be an original one.
    #[error("two [[subject]] have the same issuer and id: which of the names is it?")]
    SameSubject,
    /// A pseudonym of two patients.
    #[error("two [[subject]] have the pseudonym_id {0:?}: two patients would become one")]
    SamePseudonym(String),
    /// An issuer where issuers are left out.
    #[error("one_issuer = true leaves issuers out, and a [[subject]] names one")]
    IssuerUnread,
    /// A name that is empty, or that not every character set holds.
    #[error("{0:?} is no pseudonym: ASCII without backslash is, of 1 to 64 characters")]
    NoPseudonym(String),
}

/// What a profile file holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    options: Vec<String>,
    #[serde(default)]
    one_issuer: bool,
    #[serde(default)]
    exact_ages: bool,
    #[serde(default)]
    moved_versions: bool,
    pixels: Option<Gate>,
    #[serde(default, rename = "device")]
    devices: Vec<DeviceFile>,
    #[serde(default, rename = "subject")]
    subjects: Vec<Subject>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceFile {
    manufacturer: String,
    model: String,
    software: Option<String>,
    rows: u32,
    columns: u32,
    /// X, Y, width, height, in pixels.
    regions: Vec<[u32; 4]>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            name: "basic".to_owned(),
            options: BTreeSet::from([ProfileOption::CleanPixelData]),
            gate: Gate::default(),
            devices: Vec::new(),
            subjects: Vec::new(),
            one_issuer: false,
            exact_ages: false,
            moved_versions: false,
        }
    }
}

impl Profile {
    /// The default profile with these options besides Clean Pixel Data.
    pub fn with_options(
        options: impl IntoIterator<Item = ProfileOption>,
    ) -> Result<Self, ProfileError> {
        let mut profile = Self::default();
        profile.options.extend(options);
        profile.checked()
    }

    /// Reads a profile file.
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        let file: File = toml::from_str(text)
            .map_err(|error: toml::de::Error| ProfileError::Syntax(error.message().to_owned()))?;
        let mut options = BTreeSet::new();
        for word in file.options {
            let found = ProfileOption::ALL.iter().find(|option| option.name() == word);
            options.insert(*found.ok_or(ProfileError::UnknownOption(word))?);
        }
        let gate = file.pixels;
        let reads_pixels = options.contains(&ProfileOption::CleanPixelData);
        if !reads_pixels && (gate.is_some() || !file.devices.is_empty()) {
            return Err(ProfileError::PixelsUnread);
        }
        let devices = file.devices.into_iter().map(|device| Device {
            manufacturer: device.manufacturer,
            model: device.model,
            software: device.software,
            rows: device.rows,
            columns: device.columns,
            regions: device.regions.into_iter().map(Region::from).collect(),
        });
        Self {
            name: file.name,
            options,
            gate: gate.unwrap_or_default(),
            devices: devices.collect(),
            subjects: file.subjects,
            one_issuer: file.one_issuer,
            exact_ages: file.exact_ages,
            moved_versions: file.moved_versions,
        }
        .checked()
    }

    fn checked(self) -> Result<Self, ProfileError> {
        if self.has(ProfileOption::RetainFullDates) && self.has(ProfileOption::RetainModifiedDates)
        {
            return Err(ProfileError::BothDates);
        }
        if self.has(ProfileOption::CleanRecognizableVisualFeatures) {
            return Err(ProfileError::NoDefacing);
        }
        if !is_printable(&self.name) {
            return Err(ProfileError::NoName);
        }
        self.gate.check()?;
        self.check_devices()?;
        self.check_subjects()?;
        Ok(self)
    }

    fn check_devices(&self) -> Result<(), ProfileError> {
        let mut seen = BTreeSet::new();
        for device in &self.devices {
            let model = || device.model.clone();
            if device.regions.is_empty() {
                return Err(ProfileError::NoRegions(model()));
            }
            let within = |region: &Region| {
                region.x < device.columns
                    && region.y < device.rows
                    && region.width > 0
                    && region.height > 0
            };
            if !device.regions.iter().all(within) {
                return Err(ProfileError::RegionOutside(model()));
            }
            let size = (device.rows, device.columns);
            if !seen.insert((&device.manufacturer, &device.model, &device.software, size)) {
                return Err(ProfileError::SameDevice(model()));
            }
        }
        Ok(())
    }

    fn check_subjects(&self) -> Result<(), ProfileError> {
        let (mut seen, mut called) = (BTreeSet::new(), BTreeSet::new());
        for subject in &self.subjects {
            let (issuer, id) = (trimmed(&subject.issuer), trimmed(&subject.id));
            if id.is_empty() {
                return Err(ProfileError::NoSubject);
            }
            if self.one_issuer && !issuer.is_empty() {
                return Err(ProfileError::IssuerUnread);
            }
            if !seen.insert((issuer, id)) {
                return Err(ProfileError::SameSubject);
            }
            if !called.insert(trimmed(&subject.pseudonym_id)) {
                return Err(ProfileError::SamePseudonym(subject.pseudonym_id.clone()));
            }
            for name in [&subject.pseudonym_id, &subject.pseudonym_name] {
                if !is_printable(name) || name.len() > 64 || name.contains('\\') {
                    return Err(ProfileError::NoPseudonym(name.clone()));
                }
            }
        }
        Ok(())
    }

    /// What it is called, in certificates.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The options, in the order of their codes.
    pub fn options(&self) -> impl Iterator<Item = ProfileOption> {
        self.options.iter().copied()
    }

    /// Whether an option is chosen.
    pub fn has(&self, option: ProfileOption) -> bool {
        self.options.contains(&option)
    }

    /// Terms of Code Strings that are safe besides those of the standard.
    pub(crate) fn terms(&self) -> &[String] {
        &self.gate.safe_terms
    }

    pub(crate) const fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(crate) fn devices(&self) -> &[Device] {
        &self.devices
    }

    /// All patient IDs come from one issuer, so that (0010,0021), which some objects have and others
    /// lack, does not part a patient in two.
    pub(crate) const fn has_one_issuer(&self) -> bool {
        self.one_issuer
    }

    /// Ages that are retained stay as they are, also those of 90 years and over, which are few enough
    /// to know a patient by.
    pub(crate) fn has_exact_ages(&self) -> bool {
        self.exact_ages && self.has(ProfileOption::RetainPatientCharacteristics)
    }

    /// Versions of context groups and templates move with the patient's dates, although they are
    /// published, so that whoever knows one knows by how far.
    pub(crate) fn has_moved_versions(&self) -> bool {
        self.moved_versions && self.has(ProfileOption::RetainModifiedDates)
    }

    pub(crate) fn subjects(&self) -> &[Subject] {
        &self.subjects
    }
}

impl Gate {
    fn check(&self) -> Result<(), ProfileError> {
        let classes = self.release_classes.iter().chain(&self.release_secondary);
        let unknown = classes.into_iter().find(|class| Iod::of_class(class).is_none());
        if let Some(class) = unknown {
            return Err(ProfileError::UnknownClass(class.clone()));
        }
        let is_term = |term: &&String| {
            let allowed = |byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' ' | b'_');
            (1..=16).contains(&term.len()) && term.bytes().all(allowed)
        };
        match self.safe_terms.iter().find(|term| !is_term(term)) {
            Some(term) => Err(ProfileError::NoTerm(term.clone())),
            None => Ok(()),
        }
    }
}

/// Whether a text says something, in ASCII.
fn is_printable(text: &str) -> bool {
    !trimmed(text).is_empty() && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Profile, ProfileError> {
        Profile::from_toml(text)
    }

    #[test]
    fn a_profile_is_read_and_checked() {
        let profile = read("name = 'x'\noptions = ['retain-uids']\n").unwrap();
        assert!(profile.has(ProfileOption::RetainUids));
        assert!(!profile.has(ProfileOption::CleanPixelData));
        let both = "name = 'x'\noptions = ['retain-full-dates', 'retain-modified-dates']";
        assert_eq!(read(both), Err(ProfileError::BothDates));
        let faces = "name = 'x'\noptions = ['clean-recognizable-visual-features']";
        assert_eq!(read(faces), Err(ProfileError::NoDefacing));
        let unknown = "name = 'x'\noptions = ['keep-everything']";
        assert_eq!(read(unknown), Err(ProfileError::UnknownOption("keep-everything".to_owned())));
        for wrong in [
            "options = []",
            "name = 'x'\noptions = []\nkeep = true",
            "name = 'x'\noptions = []\n[pixels]\nall = true",
        ] {
            assert!(matches!(read(wrong), Err(ProfileError::Syntax(_))), "{wrong}");
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &ProfileError) {
        let head = if text.contains("options") {
            "name = 'x'\n"
        } else {
            "name = 'x'\noptions = ['clean-pixel-data']\n"
        };
        assert_eq!(read(&format!("{head}{text}")).as_ref(), Err(expected), "{text}");
    }

    #[test]
    fn pixels_and_devices_say_something() {
        use ProfileError::{NoRegions, NoTerm, PixelsUnread, RegionOutside, SameDevice};
        let device = |rest: &str| {
            format!("[[device]]\nmanufacturer = 'M'\nmodel = 'N'\nrows = 8\ncolumns = 9\n{rest}\n")
        };
        let good = device("regions = [[0, 0, 4, 1]]");
        assert!(read(&format!("name = 'x'\noptions = ['clean-pixel-data']\n{good}")).is_ok());
        check(&format!("options = []\n{good}"), &PixelsUnread);
        check("options = []\n[pixels]\nsafe_terms = ['A']", &PixelsUnread);
        let class = "not a uid".to_owned();
        for list in ["release_classes", "release_secondary"] {
            let text = format!("[pixels]\n{list} = ['not a uid']");
            check(&text, &ProfileError::UnknownClass(class.clone()));
        }
        for term in ["", "small", "SEVENTEEN LETTERS", "A\\\\B"] {
            let text = format!("[pixels]\nsafe_terms = [\"{term}\"]");
            check(&text, &NoTerm(term.replace("\\\\", "\\")));
        }
        check(&device("regions = []"), &NoRegions("N".to_owned()));
        for region in ["9, 0, 1, 1", "0, 8, 1, 1", "0, 0, 0, 1", "0, 0, 1, 0"] {
            let text = device(&format!("regions = [[{region}]]"));
            check(&text, &RegionOutside("N".to_owned()));
        }
        check(&[good.clone(), good].concat(), &SameDevice("N".to_owned()));
    }

    #[test]
    fn subjects_are_one_patient_each() {
        use ProfileError::{
            IssuerUnread, NoName, NoPseudonym, NoSubject, SamePseudonym, SameSubject,
        };
        let subject = |issuer: &str, id: &str, pseudonym: &str| {
            format!(
                "[[subject]]\nissuer = '{issuer}'\nid = '{id}'\n\
                 pseudonym_id = '{pseudonym}'\npseudonym_name = 'Trial'\n"
            )
        };
        let two = [subject("", "P1", "S1"), subject("H", "P1", "S2")].concat();
        assert!(read(&format!("name = 'x'\noptions = []\n{two}")).is_ok());
        check(&format!("one_issuer = true\n{two}"), &IssuerUnread);
        check(&[subject("", "P1", "S1"), subject("", "P1 ", "S2")].concat(), &SameSubject);
        let same = [subject("", "P1", "S1"), subject("", "P2", "S1 ")].concat();
        check(&same, &SamePseudonym("S1 ".to_owned()));
        check(&subject("", " ", "S1"), &NoSubject);
        for wrong in ["", "J\u{fc}rgen", "a\\b", &"S".repeat(65)] {
            check(&subject("", "P1", wrong), &NoPseudonym(wrong.to_owned()));
        }
        for name in ["", "J\u{fc}rgen"] {
            assert_eq!(read(&format!("name = '{name}'\noptions = []")), Err(NoName));
        }
    }
}
