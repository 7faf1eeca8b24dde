//! The query models and what is agreed on about them (PS3.4 C.3, C.5.1.1 and C.6).

use lightcase_model::{Attribute, Level, Uid};

/// Patient Root Query/Retrieve Information Model - FIND.
const PATIENT_ROOT: &str = "1.2.840.10008.5.1.4.1.2.1.1";
/// Study Root Query/Retrieve Information Model - FIND.
const STUDY_ROOT: &str = "1.2.840.10008.5.1.4.1.2.2.1";
/// Patient/Study Only Query/Retrieve Information Model - FIND, retired.
const PATIENT_STUDY_ONLY: &str = "1.2.840.10008.5.1.4.1.2.3.1";

/// A query model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    PatientRoot,
    StudyRoot,
    PatientStudyOnly,
}

/// Whether an abstract syntax is that of a C-FIND answered here.
pub(crate) fn is_query(abstract_syntax: &Uid) -> bool {
    Model::of(abstract_syntax).is_some()
}

impl Model {
    pub(super) fn of(abstract_syntax: &Uid) -> Option<Self> {
        match abstract_syntax.as_str() {
            PATIENT_ROOT => Some(Self::PatientRoot),
            STUDY_ROOT => Some(Self::StudyRoot),
            PATIENT_STUDY_ONLY => Some(Self::PatientStudyOnly),
            _ => None,
        }
    }

    pub(super) fn has(self, level: Level) -> bool {
        match self {
            Self::PatientRoot => true,
            Self::StudyRoot => level > Level::Patient,
            Self::PatientStudyOnly => level < Level::Series,
        }
    }

    /// The unique keys of the levels above one, which a hierarchical query must name.
    pub(super) fn above(self, level: Level) -> impl Iterator<Item = Attribute> {
        let unique = [
            (Level::Patient, Attribute::PatientID),
            (Level::Study, Attribute::StudyInstanceUID),
            (Level::Series, Attribute::SeriesInstanceUID),
        ];
        let above = move |(each, _): &(Level, Attribute)| *each < level && self.has(*each);
        unique.into_iter().filter(above).map(|(_, attribute)| attribute)
    }
}

/// What SOP Class Extended Negotiation can agree on (PS3.4 table C.5-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Options {
    /// The unique keys of the levels above need not be there.
    pub(super) relational: bool,
    /// Ranges of a date and of its time are one.
    pub(super) combined: bool,
    /// Person names are matched loosely.
    pub(super) fuzzy: bool,
}

impl Options {
    /// The bytes of the answer: of what is known here, all that was proposed.
    pub(super) fn answer(proposed: &[u8]) -> Vec<u8> {
        let known = proposed.iter().zip([1, 1, 1].into_iter().chain(std::iter::repeat(0)));
        known.map(|(wanted, known)| u8::from(*wanted == 1) & known).collect()
    }

    /// Reads such an answer; empty when nothing was negotiated.
    pub(super) fn agreed(answer: &[u8]) -> Self {
        let at = |index| answer.get(index) == Some(&1);
        Self { relational: at(0), combined: at(1), fuzzy: at(2) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_have_their_levels_and_unique_keys() {
        use Attribute::{PatientID, SeriesInstanceUID, StudyInstanceUID};
        let check = |model: Model, level, expected: &[Attribute]| {
            assert_eq!(model.above(level).collect::<Vec<_>>(), expected, "{model:?} {level:?}");
        };
        check(Model::PatientRoot, Level::Patient, &[]);
        check(Model::PatientRoot, Level::Series, &[PatientID, StudyInstanceUID]);
        check(Model::StudyRoot, Level::Study, &[]);
        check(Model::StudyRoot, Level::Instance, &[StudyInstanceUID, SeriesInstanceUID]);
        check(Model::PatientStudyOnly, Level::Study, &[PatientID]);
        assert!(!Model::StudyRoot.has(Level::Patient));
        assert!(!Model::PatientStudyOnly.has(Level::Series));
    }

    #[test]
    fn what_is_proposed_and_known_is_agreed_on() {
        assert_eq!(Options::answer(&[1, 0, 1, 1, 1]), [1, 0, 1, 0, 0]);
        assert_eq!(Options::answer(&[]), Vec::<u8>::new());
        let agreed = Options::agreed(&[1, 0, 1]);
        assert_eq!(agreed, Options { relational: true, combined: false, fuzzy: true });
        assert_eq!(Options::agreed(&[]), Options::default());
    }
}
