//! Who and what an object is about: read before anything is written.

use lightcase_dataset::{CharacterSets, SpecificCharacterSet, Tag, VR, decode_text};
use lightcase_model::Uid;

use crate::refusal::{Refusal, Result};
use crate::table::iod::Iod;
use crate::tape::Tape;
use crate::{DateShift, ProfileOption, Project, Pseudonym};

pub(crate) const SOP_CLASS: Tag = Tag(0x0008_0016);
pub(crate) const SOP_INSTANCE: Tag = Tag(0x0008_0018);
pub(crate) const PATIENT_NAME: Tag = Tag(0x0010_0010);
pub(crate) const PATIENT_ID: Tag = Tag(0x0010_0020);
pub(crate) const ISSUER: Tag = Tag(0x0010_0021);
const STUDY: Tag = Tag(0x0020_000D);
const SERIES: Tag = Tag(0x0020_000E);

/// Who and what an object is about.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) iod: Iod,
    pub(crate) class: String,
    pub(crate) instance: String,
    pub(crate) study: String,
    pub(crate) series: String,
    /// Of the patient ID; empty where nobody names one, or there is only one.
    pub(crate) issuer: String,
    pub(crate) pseudonym: Option<Pseudonym>,
    pub(crate) shift: Option<DateShift>,
}

impl Subject {
    /// Reads the top level of a data set. `usual_issuer` stands in where it names none.
    pub(crate) fn read(project: &Project, usual_issuer: &str, tape: &Tape) -> Result<Self> {
        let charset = top_charset(tape)?;
        let text = |tag| text_of(tape, charset, tag);
        let class = text(SOP_CLASS);
        let iod = Iod::of_class(&class).ok_or(Refusal::SopClass)?;
        let (instance, study, series) = (text(SOP_INSTANCE), text(STUDY), text(SERIES));
        // What is not mapped names folders and stands in certificates, so that it must be no text; and
        // what is two would be mapped as one.
        let retained = project.profile().has(ProfileOption::RetainUids);
        let is_one = |uid: &str| {
            !uid.is_empty() && !uid.contains('\\') && (!retained || Uid::parse(uid).is_ok())
        };
        if ![&instance, &study, &series].iter().all(|uid| is_one(uid)) {
            return Err(Refusal::Identity);
        }
        let (issuer, id) = (text(ISSUER), text(PATIENT_ID));
        let issuer = match issuer {
            _ if project.profile().has_one_issuer() => String::new(),
            empty if empty.is_empty() => usual_issuer.to_owned(),
            issuer => issuer,
        };
        let shifts = project.profile().has(ProfileOption::RetainModifiedDates);
        let shift = DateShift::of_patient(project.key(), &issuer, &id).filter(|_| shifts);
        if shifts && shift.is_none() {
            return Err(Refusal::NoPatientId);
        }
        let pseudonym = project.pseudonyms().of_patient(&issuer, &id);
        Ok(Self { iod, class, instance, study, series, issuer, pseudonym, shift })
    }
}

/// The character set of the top level.
pub(crate) fn top_charset(tape: &Tape) -> Result<SpecificCharacterSet> {
    let found = tape.level(None).find(|entry| entry.tag == Tag::SPECIFIC_CHARACTER_SET);
    let value = found.and_then(|entry| tape.value(entry)).unwrap_or_default();
    read_charset(value).map(|sets| sets.reading())
}

/// The character sets of a value of (0008,0005); one that is unknown is refused, since then no text
/// can be judged.
pub(crate) fn read_charset(value: &[u8]) -> Result<CharacterSets> {
    let sets = CharacterSets::parse(value);
    if sets.is_known() { Ok(sets) } else { Err(Refusal::CharacterSet) }
}

/// A text at the top level, without padding; empty if it is not there.
pub(crate) fn text_of(tape: &Tape, charset: SpecificCharacterSet, tag: Tag) -> String {
    let found = tape.level(None).find(|entry| entry.tag == tag);
    let Some((entry, value)) = found.and_then(|entry| Some((entry, tape.value(entry)?))) else {
        return String::new();
    };
    let text = decode_text(&charset, entry.vr, value);
    text.trim_matches([' ', '\0']).to_owned()
}

/// A number at the top level: of US, or a text that is one.
pub(crate) fn number_of(tape: &Tape, tag: Tag) -> Option<u32> {
    let entry = tape.level(None).find(|entry| entry.tag == tag)?;
    let value = tape.value(entry)?;
    match (entry.vr, value) {
        (VR::US | VR::SS, [a, b, ..]) => Some(u32::from(if entry.big_endian {
            u16::from_be_bytes([*a, *b])
        } else {
            u16::from_le_bytes([*a, *b])
        })),
        (VR::IS, _) => str::from_utf8(value).ok()?.trim_matches([' ', '\0']).parse().ok(),
        _ => None,
    }
}
