//! From the identifier of a request to a query (PS3.4 C.4.1.1.3.1 and C.4.1.2).

use std::collections::BTreeSet;

use lightcase_dataset::{CharacterSets, Identifier, Tag};
use lightcase_dimse::Status;
use lightcase_model::{Attribute, Key, Level, Matching, Query};

use super::model::{Model, Options};

/// Query/Retrieve Level (0008,0052).
pub(super) const LEVEL: Tag = Tag(0x0008_0052);
/// Retrieve AE Title (0008,0054).
pub(super) const RETRIEVE_AE_TITLE: Tag = Tag(0x0008_0054);
/// Instance Availability (0008,0056).
pub(super) const INSTANCE_AVAILABILITY: Tag = Tag(0x0008_0056);
/// Available Transfer Syntax UID (0008,3002).
pub(super) const AVAILABLE_TRANSFER_SYNTAX_UID: Tag = Tag(0x0008_3002);

/// A query as a peer asked it.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) query: Query,
    /// What it wants to know of each match.
    pub(super) wanted: BTreeSet<Attribute>,
    /// It wants to know the transfer syntax an instance is held in.
    pub(super) transfer_syntax: bool,
    /// It also asked for what is neither matched nor returned.
    pub(super) unsupported: bool,
    /// The character sets it is answered in.
    pub(super) sets: CharacterSets,
}

/// Why a request is no query.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: Status,
    pub(super) comment: String,
}

/// The identifier does not fit the model.
fn mismatch(comment: impl Into<String>) -> Refused {
    Refused { status: Status::DATA_SET_DOES_NOT_MATCH_SOP_CLASS, comment: comment.into() }
}

impl Asked {
    pub(super) fn read(
        identifier: &Identifier,
        model: Model,
        options: Options,
    ) -> Result<Self, Refused> {
        let level = level(identifier.text(LEVEL).unwrap_or_default())
            .filter(|level| model.has(*level))
            .ok_or_else(|| mismatch("Query/Retrieve Level is absent or not of this model"))?;
        let mut query = Query::at(level, 0);
        query.fuzzy = options.fuzzy;
        query.combined = options.combined;
        let mut asked = Self {
            query,
            wanted: BTreeSet::new(),
            transfer_syntax: false,
            unsupported: false,
            sets: identifier.sets().clone(),
        };
        for (tag, value) in identifier.iter() {
            match tag {
                LEVEL | RETRIEVE_AE_TITLE | INSTANCE_AVAILABILITY => {}
                AVAILABLE_TRANSFER_SYNTAX_UID if level == Level::Instance => {
                    asked.transfer_syntax = true;
                }
                other => asked.key(other, value.as_text())?,
            }
        }
        if !options.relational {
            asked.check_above(model)?;
        }
        Ok(asked)
    }

    fn key(&mut self, tag: Tag, text: &str) -> Result<(), Refused> {
        let level = self.query.level;
        let attribute = Attribute::by_tag((tag.group(), tag.element()))
            .filter(|attribute| attribute.is_returned_at(level));
        let Some(attribute) = attribute else {
            self.unsupported = true;
            return Ok(());
        };
        self.wanted.insert(attribute);
        if !attribute.is_matched_at(level) {
            return Ok(());
        }
        let matching = Matching::parse(attribute, text).map_err(|error| Refused {
            status: Status::UNABLE_TO_PROCESS,
            comment: error.to_string(),
        })?;
        self.query.keys.extend(matching.map(|matching| Key { attribute, matching }));
        Ok(())
    }

    /// In a hierarchical query the entity of each level above is named (PS3.4 C.4.1.2.1).
    fn check_above(&self, model: Model) -> Result<(), Refused> {
        for attribute in model.above(self.query.level) {
            let key = self.query.keys.iter().find(|key| key.attribute == attribute);
            let single = match key.map(|key| &key.matching) {
                Some(Matching::Single(_)) => true,
                Some(Matching::Uids(uids)) => uids.len() == 1,
                Some(Matching::WildCard(_) | Matching::Range(_)) | None => false,
            };
            if !single {
                let keyword = attribute.keyword();
                return Err(mismatch(format!("{keyword} must have one value at this level")));
            }
        }
        Ok(())
    }
}

/// PS3.4 C.6.1.1 prints the levels so.
fn level(text: &str) -> Option<Level> {
    match text {
        "PATIENT" => Some(Level::Patient),
        "STUDY" => Some(Level::Study),
        "SERIES" => Some(Level::Series),
        "IMAGE" => Some(Level::Instance),
        _ => None,
    }
}

/// The same the other way round.
pub(super) const fn level_text(level: Level) -> &'static str {
    match level {
        Level::Patient => "PATIENT",
        Level::Study => "STUDY",
        Level::Series => "SERIES",
        Level::Instance => "IMAGE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(elements: &[(u32, &str)]) -> Identifier {
        let mut identifier = Identifier::default();
        for (tag, text) in elements {
            identifier.put_text(Tag(*tag), *text);
        }
        identifier
    }

    #[track_caller]
    fn check(
        model: Model,
        relational: bool,
        elements: &[(u32, &str)],
        expected: Result<usize, u16>,
    ) {
        let options = Options { relational, ..Options::default() };
        let read = Asked::read(&identifier(elements), model, options);
        let read = read.map(|asked| asked.query.keys.len()).map_err(|why| why.status.code());
        assert_eq!(read, expected, "{elements:?}");
    }

    const STUDY: (u32, &str) = (0x0008_0052, "STUDY");
    const SERIES: (u32, &str) = (0x0008_0052, "SERIES");

    #[test]
    fn the_level_belongs_to_the_model() {
        check(Model::StudyRoot, false, &[], Err(0xA900));
        check(Model::StudyRoot, false, &[(0x0008_0052, "WORKLIST")], Err(0xA900));
        check(Model::StudyRoot, false, &[(0x0008_0052, "PATIENT")], Err(0xA900));
        check(Model::PatientRoot, false, &[(0x0008_0052, "PATIENT")], Ok(0));
        check(Model::StudyRoot, false, &[STUDY, (0x0010_0010, "Doe*")], Ok(1));
        check(Model::StudyRoot, false, &[STUDY, (0x0010_0010, "*")], Ok(0));
        check(Model::StudyRoot, false, &[STUDY, (0x0008_0020, "yesterday")], Err(0xC001));
    }

    #[test]
    fn unique_keys_above_have_one_value_unless_queries_are_relational() {
        let study = (0x0020_000D, "1.2");
        check(Model::StudyRoot, false, &[SERIES], Err(0xA900));
        check(Model::StudyRoot, false, &[SERIES, (0x0020_000D, "1.2\\1.3")], Err(0xA900));
        check(Model::StudyRoot, false, &[SERIES, study], Ok(1));
        check(Model::StudyRoot, true, &[SERIES], Ok(0));
        check(Model::PatientRoot, false, &[SERIES, study], Err(0xA900));
        check(Model::PatientRoot, false, &[SERIES, study, (0x0010_0020, "P*")], Err(0xA900));
        check(Model::PatientRoot, false, &[SERIES, study, (0x0010_0020, "P1")], Ok(2));
    }

    #[test]
    fn what_is_not_supported_is_noted_and_does_not_narrow() {
        let read = |elements: &[(u32, &str)]| {
            Asked::read(&identifier(elements), Model::StudyRoot, Options::default()).unwrap()
        };
        let asked = read(&[STUDY, (0x0008_0060, "CT"), (0x0010_0040, "F")]);
        assert!(asked.unsupported && asked.wanted.len() == 1 && asked.query.keys.len() == 1);
        let asked = read(&[STUDY, (0x0020_1206, "5"), (0x0008_0054, ""), (0x0008_0056, "")]);
        assert!(!asked.unsupported && asked.wanted.len() == 1 && asked.query.keys.is_empty());
        assert!(read(&[STUDY, (0x0020_1200, "")]).unsupported);
        assert!(read(&[STUDY, (0x0008_1110, "")]).unsupported);
    }
}
