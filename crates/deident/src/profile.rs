//! Profiles: which options are on, what the pixel gate lets through, which devices draw where.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::pixel::{Device, Gate};
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
    pixels: Gate,
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
            gate: file.pixels,
            devices: devices.collect(),
            subjects: file.subjects,
            one_issuer: file.one_issuer,
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
        Ok(self)
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

    pub(crate) fn subjects(&self) -> &[Subject] {
        &self.subjects
    }
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
}
