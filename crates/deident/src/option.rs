//! The options of the profile, PS3.15 section E.3.

use std::fmt;

macro_rules! options {
    ($($(#[$doc:meta])* $variant:ident = $code:literal $meaning:literal;)*) => {
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
            /// Code meaning of PS3.16 CID 7050.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

options! {
    /// E.3.1: identities burned into pixels. No column in the table.
    CleanPixelData = "113101" "Clean Pixel Data Option";
    /// E.3.2: faces that can be rebuilt from a volume. No column in the table.
    CleanRecognizableVisualFeatures = "113102" "Clean Recognizable Visual Features Option";
    /// E.3.3: overlays, curves, annotations.
    CleanGraphics = "113103" "Clean Graphics Option";
    /// E.3.4: structured reports.
    CleanStructuredContent = "113104" "Clean Structured Content Option";
    /// E.3.5: descriptions and comments.
    CleanDescriptors = "113105" "Clean Descriptors Option";
    /// E.3.6.1: dates and times as they are.
    RetainFullDates = "113106" "Retain Longitudinal Temporal Information Full Dates Option";
    /// E.3.6.2: dates and times shifted, intervals kept.
    RetainModifiedDates = "113107" "Retain Longitudinal Temporal Information Modified Dates Option";
    /// E.3.7: age, sex, size, weight.
    RetainPatientCharacteristics = "113108" "Retain Patient Characteristics Option";
    /// E.3.8: which device.
    RetainDeviceIdentity = "113109" "Retain Device Identity Option";
    /// E.3.9: UIDs as they are.
    RetainUids = "113110" "Retain UIDs Option";
    /// E.3.10: private attributes known to be safe.
    RetainSafePrivate = "113111" "Retain Safe Private Option";
    /// E.3.11: which institution.
    RetainInstitutionIdentity = "113112" "Retain Institution Identity Option";
}

impl fmt::Display for ProfileOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.meaning())
    }
}
