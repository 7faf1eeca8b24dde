//! The attributes that the catalog indexes, by level of the query/retrieve model (PS3.4 C.6).

/// A level of the query/retrieve information model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// PATIENT.
    Patient,
    /// STUDY.
    Study,
    /// SERIES.
    Series,
    /// IMAGE, which PS3.18 calls instance.
    Instance,
}

macro_rules! attributes {
    ($($name:ident, $level:ident, ($group:literal, $element:literal), $vr:literal;)*) => {
        /// An indexed attribute, named by its keyword in PS3.6.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Attribute { $(
            #[doc = concat!(stringify!($name), ", VR ", $vr, ".")]
            $name,
        )* }

        impl Attribute {
            /// All of them, in the order of their levels.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// Group and element number.
            pub const fn tag(self) -> (u16, u16) {
                match self { $(Self::$name => ($group, $element),)* }
            }
            /// Keyword of PS3.6.
            pub const fn keyword(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
            /// Value representation.
            pub const fn vr(self) -> &'static str {
                match self { $(Self::$name => $vr,)* }
            }
            /// Level it belongs to.
            pub const fn level(self) -> Level {
                match self { $(Self::$name => Level::$level,)* }
            }
        }
    };
}

attributes! {
    PatientName, Patient, (0x0010, 0x0010), "PN";
    PatientID, Patient, (0x0010, 0x0020), "LO";
    IssuerOfPatientID, Patient, (0x0010, 0x0021), "LO";
    PatientBirthDate, Patient, (0x0010, 0x0030), "DA";
    PatientSex, Patient, (0x0010, 0x0040), "CS";
    NumberOfPatientRelatedStudies, Patient, (0x0020, 0x1200), "IS";
    NumberOfPatientRelatedSeries, Patient, (0x0020, 0x1202), "IS";
    NumberOfPatientRelatedInstances, Patient, (0x0020, 0x1204), "IS";
    StudyInstanceUID, Study, (0x0020, 0x000D), "UI";
    StudyDate, Study, (0x0008, 0x0020), "DA";
    StudyTime, Study, (0x0008, 0x0030), "TM";
    AccessionNumber, Study, (0x0008, 0x0050), "SH";
    ModalitiesInStudy, Study, (0x0008, 0x0061), "CS";
    ReferringPhysicianName, Study, (0x0008, 0x0090), "PN";
    StudyDescription, Study, (0x0008, 0x1030), "LO";
    StudyID, Study, (0x0020, 0x0010), "SH";
    NumberOfStudyRelatedSeries, Study, (0x0020, 0x1206), "IS";
    NumberOfStudyRelatedInstances, Study, (0x0020, 0x1208), "IS";
    SeriesInstanceUID, Series, (0x0020, 0x000E), "UI";
    Modality, Series, (0x0008, 0x0060), "CS";
    SeriesDate, Series, (0x0008, 0x0021), "DA";
    SeriesTime, Series, (0x0008, 0x0031), "TM";
    SeriesDescription, Series, (0x0008, 0x103E), "LO";
    BodyPartExamined, Series, (0x0018, 0x0015), "CS";
    SeriesNumber, Series, (0x0020, 0x0011), "IS";
    NumberOfSeriesRelatedInstances, Series, (0x0020, 0x1209), "IS";
    SOPInstanceUID, Instance, (0x0008, 0x0018), "UI";
    SOPClassUID, Instance, (0x0008, 0x0016), "UI";
    InstanceNumber, Instance, (0x0020, 0x0013), "IS";
    NumberOfFrames, Instance, (0x0028, 0x0008), "IS";
    Rows, Instance, (0x0028, 0x0010), "US";
    Columns, Instance, (0x0028, 0x0011), "US";
    BitsAllocated, Instance, (0x0028, 0x0100), "US";
}

impl Attribute {
    /// Counted when it is asked for rather than stored; it is never matched.
    pub const fn is_count(self) -> bool {
        matches!(
            self,
            Self::NumberOfPatientRelatedStudies
                | Self::NumberOfPatientRelatedSeries
                | Self::NumberOfPatientRelatedInstances
                | Self::NumberOfStudyRelatedSeries
                | Self::NumberOfStudyRelatedInstances
                | Self::NumberOfSeriesRelatedInstances
        )
    }

    /// Whether a query at a level can match it: not when it belongs to a level below, and not when
    /// it is a count.
    pub fn is_matched_at(self, level: Level) -> bool {
        self.level() <= level && !self.is_count()
    }

    /// Whether a match of a level has it. Patients are counted at their own level only.
    pub fn is_returned_at(self, level: Level) -> bool {
        let counted_patient = self.level() == Level::Patient && self.is_count();
        self.level() <= level && (!counted_patient || level == Level::Patient)
    }

    /// The indexed attribute of a PS3.6 keyword.
    pub fn by_keyword(keyword: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|each| each.keyword() == keyword)
    }

    /// The indexed attribute of a tag.
    pub fn by_tag(tag: (u16, u16)) -> Option<Self> {
        Self::ALL.iter().copied().find(|each| each.tag() == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_keywords_are_unique() {
        for each in Attribute::ALL {
            assert_eq!(Attribute::by_tag(each.tag()), Some(*each));
            assert_eq!(Attribute::by_keyword(each.keyword()), Some(*each));
        }
    }
}
