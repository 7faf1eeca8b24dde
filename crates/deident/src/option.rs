//! The options of the profile, PS3.15 section E.3. One that cleans has a file of its own below,
//! and a line in [`CLEANERS`].

use std::fmt;

use lightcase_dataset::VR;

mod clean_descriptors;
mod clean_graphics;
mod clean_structured_content;
mod retain_device_identity;
mod retain_modified_dates;
mod retain_patient_characteristics;

/// What an option does where its column of the table says C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cleaning {
    /// What the Basic Profile does: nothing of such a value is known to be safe.
    Basic,
    /// The same rules run in the items of the sequence.
    Items,
    /// Words of the vocabulary stay.
    Words,
    /// Dates and times move with the patient's.
    Shift,
}

impl Cleaning {
    /// Where an option cleans texts. Never a list of words to take out: names are new every day.
    fn of_texts(vr: VR) -> Self {
        if vr == VR::SQ {
            Self::Items
        } else if matches!(vr, VR::LO | VR::SH | VR::ST | VR::LT | VR::UT | VR::UC) {
            Self::Words
        } else {
            Self::Basic
        }
    }
}

/// An option that cleans.
pub(crate) struct Cleaner {
    pub(crate) option: ProfileOption,
    /// By VR.
    pub(crate) clean: fn(VR) -> Cleaning,
}

/// Options with a C in their column, the stricter first.
pub(crate) const CLEANERS: &[Cleaner] = &[
    retain_modified_dates::CLEANER,
    retain_device_identity::CLEANER,
    retain_patient_characteristics::CLEANER,
    clean_descriptors::CLEANER,
    clean_structured_content::CLEANER,
    clean_graphics::CLEANER,
];

macro_rules! options {
    ($($(#[$doc:meta])* $variant:ident = $code:literal $name:literal $meaning:literal;)*) => {
        /// An option of the Basic Application Level Confidentiality Profile.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProfileOption { $($(#[$doc])* $variant,)* }

        impl ProfileOption {
            /// All of them, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// Code value of coding scheme DCM, PS3.16 CID 7050, for (0012,0064).
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
            /// The word in profiles and on the command line.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
            /// Code meaning of PS3.16 CID 7050.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

options! {
    /// E.3.1: identities burned into pixels. No column in the table.
    CleanPixelData = "113101" "clean-pixel-data" "Clean Pixel Data Option";
    /// E.3.2: faces that can be rebuilt from a volume. No column in the table.
    CleanRecognizableVisualFeatures = "113102" "clean-recognizable-visual-features" "Clean Recognizable Visual Features Option";
    /// E.3.3: overlays, curves, annotations.
    CleanGraphics = "113103" "clean-graphics" "Clean Graphics Option";
    /// E.3.4: structured reports.
    CleanStructuredContent = "113104" "clean-structured-content" "Clean Structured Content Option";
    /// E.3.5: descriptions and comments.
    CleanDescriptors = "113105" "clean-descriptors" "Clean Descriptors Option";
    /// E.3.6.1: dates and times as they are.
    RetainFullDates = "113106" "retain-full-dates" "Retain Longitudinal Temporal Information Full Dates Option";
    /// E.3.6.2: dates and times shifted, intervals kept.
    RetainModifiedDates = "113107" "retain-modified-dates" "Retain Longitudinal Temporal Information Modified Dates Option";
    /// E.3.7: age, sex, size, weight.
    RetainPatientCharacteristics = "113108" "retain-patient-characteristics" "Retain Patient Characteristics Option";
    /// E.3.8: which device.
    RetainDeviceIdentity = "113109" "retain-device-identity" "Retain Device Identity Option";
    /// E.3.9: UIDs as they are.
    RetainUids = "113110" "retain-uids" "Retain UIDs Option";
    /// E.3.10: private attributes known to be safe.
    RetainSafePrivate = "113111" "retain-safe-private" "Retain Safe Private Option";
    /// E.3.11: which institution.
    RetainInstitutionIdentity = "113112" "retain-institution-identity" "Retain Institution Identity Option";
}

impl fmt::Display for ProfileOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.meaning())
    }
}
