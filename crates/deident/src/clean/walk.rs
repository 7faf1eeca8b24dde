//! A tape read from its start to its end, and what stays of it written.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, OnceLock};

use lightcase_dataset::{
    Encoder, SpecificCharacterSet, Tag, TransferSyntax, VR, decode_text, width,
};

use super::code::{Code, code_of, part_of_code, value_of};
use super::colour::{COLOUR_SPACE, ICC_PROFILE, SRGB};
use super::fact::{self, Fact};
use super::names::Names;
use super::own::{self, Own};
use super::records::Records;
use super::valid::{age, are_as_many, are_numbers, is_valid, shifted};
use super::{binary, decimal, dummy, script, terms, uid, words};
use crate::decide::{Decision, Place, Verb, Why, decide};
use crate::marker::Marker;
use crate::refusal::{Refusal, Result};
use crate::report::{Counts, Outcome, Step};
use crate::subject::{ISSUER, PATIENT_ID, PATIENT_NAME, Subject, read_charset};
use crate::table::iod::is_bulk;
use crate::tape::{Entry, Event, Tape};
use crate::{Action, AttributeType, Hold, Project};

/// Writes what stays of a data set. State of the top level lives on from one tape to the next.
#[derive(Debug)]
pub(crate) struct Cleaner {
    project: Arc<Project>,
    pub(crate) subject: Subject,
    pub(crate) encoder: Encoder,
    pub(crate) counts: Counts,
    /// What was done to each attribute, if somebody wants to know.
    pub(crate) steps: Option<Vec<Step>>,
    /// Why the object cannot leave after what was found in it.
    pub(crate) holds: BTreeSet<Hold>,
    /// An Extended Offset Table stands before its fragments.
    pub(crate) keeps_offsets: bool,
    /// Those that the object tells.
    names: Names,
    records: Records,
    /// Both, as they are looked for among bytes: made when there are some.
    own: OnceLock<Own>,
    /// In which names are read there.
    charset: SpecificCharacterSet,
    /// UIDs that stand behind others in one value.
    more_uids: usize,
    markers: VecDeque<Marker>,
    /// The marker that comes next stands in the place of what was there.
    replaced: Option<Tag>,
    top: Level,
}

/// The top level, or an item.
#[derive(Debug, Clone)]
struct Level {
    sequence: Option<Tag>,
    /// Where on the tape its item is opened.
    opened: Option<usize>,
    charset: SpecificCharacterSet,
    /// Private creators, by group and block.
    creators: BTreeMap<(u16, u8), String>,
    code: Option<Code>,
    /// A number in it is how old the patient is.
    is_age: bool,
    /// How to write where this is.
    path: Option<String>,
}

/// What stays of a value, and what was done to it.
pub(super) type Cleaned<'t> = (Cow<'t, [u8]>, Outcome);

impl Cleaner {
    pub(crate) fn new(
        project: &Arc<Project>,
        subject: Subject,
        syntax: &TransferSyntax,
        markers: Vec<Marker>,
    ) -> Self {
        let top = Level {
            sequence: None,
            opened: None,
            charset: SpecificCharacterSet::default(),
            creators: BTreeMap::new(),
            code: None,
            is_age: false,
            path: None,
        };
        Self {
            project: Arc::clone(project),
            subject,
            encoder: Encoder::of(syntax),
            counts: Counts::default(),
            steps: None,
            holds: BTreeSet::new(),
            keeps_offsets: false,
            names: Names::default(),
            records: Records::default(),
            own: OnceLock::new(),
            charset: SpecificCharacterSet::default(),
            more_uids: 0,
            markers: markers.into(),
            replaced: None,
            top,
        }
    }

    /// Cleans a tape.
    pub(crate) fn run(&mut self, tape: &Tape) -> Result<()> {
        self.names.collect(tape)?;
        self.records.collect(tape)?;
        self.charset = charset_of(tape).unwrap_or(self.top.charset);
        self.own = OnceLock::new();
        self.more_uids = self.more_uids.saturating_add(uid::beyond_one(tape));
        if self.more_uids > uid::MOST_BEYOND_ONE {
            return Err(Refusal::TooLarge);
        }
        let mut levels: Vec<Level> = Vec::new();
        // Sequences that are open, with the number of the next item.
        let mut sequences: Vec<(Tag, usize)> = Vec::new();
        let mut top = self.top.clone();
        let mut at = 0;
        while let Some(event) = tape.events.get(at) {
            let is_top = levels.is_empty();
            let level = levels.last_mut().unwrap_or(&mut top);
            match event {
                Event::Element(entry) => {
                    if !(is_top && self.mark(entry.tag)) {
                        self.element(tape, entry, level)?;
                    }
                }
                Event::OpenSequence(tag) => {
                    let marked = is_top && self.mark(*tag);
                    if !marked && self.sequence(tape, at, *tag, level) {
                        sequences.push((*tag, 0));
                    } else {
                        at = tape.end_of(at);
                    }
                }
                Event::OpenItem => {
                    let fact = fact::fact_of(tape, at);
                    if fact.is_some_and(|fact| fact::is_removed(self.project.profile(), fact)) {
                        if let Some((tag, _)) = sequences.last() {
                            self.remove(level, *tag);
                        }
                        at = fact::end_of_item(tape, at);
                    } else {
                        let mut item = self.item(tape, at, level, sequences.last_mut());
                        item.is_age |= fact == Some(Fact::Age);
                        levels.push(item);
                        self.encoder.open_item();
                    }
                }
                Event::CloseItem => {
                    levels.pop();
                    self.encoder.close_item();
                }
                Event::CloseSequence => {
                    sequences.pop();
                    self.encoder.close_sequence();
                }
            }
            at += 1;
        }
        self.top = top;
        Ok(())
    }

    /// Writes the markers that come before a tag; whether the tag is of a marker itself, which
    /// then stands in its place.
    pub(crate) fn mark(&mut self, next: Tag) -> bool {
        let stands = |marker: &Marker| marker.tag() == next;
        while let Some(marker) = self.markers.pop_front_if(|marker| marker.tag() < next) {
            marker.write(&mut self.encoder);
            let outcome = if self.replaced.take() == Some(marker.tag()) {
                Outcome::Replaced
            } else {
                Outcome::Added
            };
            self.note_at_top(name(marker.tag()), outcome, Why::Marker);
        }
        let is_one = self.markers.front().is_some_and(stands);
        if is_one {
            self.replaced = Some(next);
        }
        is_one
    }

    /// Notes what was done to something at the top level that is not decided by attribute.
    pub(crate) fn note_at_top(&mut self, attribute: String, outcome: Outcome, why: Why) {
        self.counts.add(outcome);
        if let Some(steps) = &mut self.steps {
            steps.push(Step { attribute, outcome, why: why.to_string() });
        }
    }

    fn item(
        &self,
        tape: &Tape,
        at: usize,
        holder: &Level,
        sequence: Option<&mut (Tag, usize)>,
    ) -> Level {
        let (tag, index) = sequence.map_or((None, 0), |(tag, next)| {
            *next += 1;
            (Some(*tag), *next)
        });
        let path = self.steps.is_some().then(|| {
            let outer = holder.path.as_deref().unwrap_or_default();
            format!("{outer}{}[{index}].", tag.map_or(String::new(), name))
        });
        Level {
            sequence: tag,
            opened: Some(at),
            charset: holder.charset,
            creators: BTreeMap::new(),
            code: Some(code_of(tape, Some(at), &self.names, &self.records)),
            is_age: holder.is_age && tag == Some(fact::MEASURED_VALUE),
            path,
        }
    }

    /// Notes that items of a sequence do not stay, since they say who or how the patient is.
    fn remove(&mut self, level: &Level, tag: Tag) {
        let why = Why::Characteristic;
        let decision = Decision { verb: Verb::Drop, otherwise: Action::X, why };
        self.note(level, tag, Outcome::Removed, &decision);
    }

    /// Whether a sequence stays, with what its items keep; what stands for it else is written.
    fn sequence(&mut self, tape: &Tape, at: usize, tag: Tag, level: &Level) -> bool {
        let decision = self.decide(level, tag, VR::SQ);
        if matches!(decision.verb, Verb::Recurse | Verb::Keep) {
            if fact::are_all_removed(self.project.profile(), tape, at) {
                self.remove(level, tag);
                return false;
            }
            self.encoder.open_sequence(tag);
            self.note(level, tag, Outcome::Kept, &decision);
            return true;
        }
        self.leave(level, tag, VR::SQ, &decision);
        false
    }

    fn decide(&self, level: &Level, tag: Tag, vr: VR) -> Decision {
        let [block, number] = tag.element().to_be_bytes();
        let block = if block == 0 { number } else { block };
        let place = Place {
            iod: self.subject.iod,
            sequence: level.sequence,
            offsets: self.keeps_offsets,
            creator: level.creators.get(&(tag.group(), block)).map(String::as_str),
        };
        decide(self.project.profile(), &place, tag, vr)
    }

    fn element(&mut self, tape: &Tape, entry: &Entry, level: &mut Level) -> Result<()> {
        let (tag, vr) = (entry.tag, entry.vr);
        let value = tape.value(entry);
        if tag == Tag::SPECIFIC_CHARACTER_SET {
            let sets = read_charset(value.unwrap_or_default())?;
            level.charset = sets.reading();
            self.encoder.element(tag, VR::CS, sets.value().as_bytes());
            let why = Why::CharacterSet;
            let decision = Decision { verb: Verb::Keep, otherwise: Action::X, why };
            self.note(level, tag, Outcome::Kept, &decision);
            return Ok(());
        }
        if !tag.group().is_multiple_of(2)
            && let ([0, block], Some(value)) = (tag.element().to_be_bytes(), value)
        {
            let creator = String::from_utf8_lossy(value).trim_matches([' ', '\0']).to_owned();
            level.creators.insert((tag.group(), block), creator);
        }
        let decision = self.decide(level, tag, vr);
        let Some(value) = value.filter(|_| decision.verb != Verb::Drop) else {
            self.leave(level, tag, vr, &decision);
            return Ok(());
        };
        if value.is_empty() {
            self.encoder.element(tag, vr, value);
            self.note(level, tag, Outcome::Kept, &decision);
            return Ok(());
        }
        if let Some((bytes, outcome)) = self.cleaned(tape, level, entry, decision.verb)? {
            self.encoder.element(tag, vr, &bytes);
            self.note(level, tag, outcome, &decision);
        } else {
            if decision.verb == Verb::Numbers && is_bulk(tag)
                || are_pixels_read_by(tag) && self.records.are_in(vr, entry.big_endian, value)
            {
                self.holds.insert(Hold::Samples);
            }
            self.leave(level, tag, vr, &decision);
        }
        Ok(())
    }

    /// What stays of a value and what was done to it; `None` when nothing stays.
    fn cleaned<'t>(
        &self,
        tape: &'t Tape,
        level: &Level,
        entry: &Entry,
        verb: Verb,
    ) -> Result<Option<Cleaned<'t>>> {
        let (tag, vr) = (entry.tag, entry.vr);
        let value = tape.value(entry).unwrap_or_default();
        let changed = |new: Cow<'t, [u8]>, outcome| {
            let same = *new == *value.trim_ascii_end() || *new == *value;
            Some(if same { (Cow::Borrowed(value), Outcome::Kept) } else { (new, outcome) })
        };
        let kept = || Some((self.ordered(entry, value), Outcome::Kept));
        let exact = self.project.profile().has_exact_ages();
        if level.is_age && fact::is_measured(tag) {
            let age = fact::age(tape, level.opened, value, exact);
            let age = age.filter(|_| tag == fact::NUMERIC_VALUE);
            return Ok(age.and_then(|age| changed(age.into(), Outcome::Cleaned)));
        }
        if tag == COLOUR_SPACE && self.has_dummy_profile(tape, level) {
            return Ok(changed(SRGB.into(), Outcome::Replaced));
        }
        Ok(match verb {
            Verb::Keep | Verb::Numbers | Verb::Decimal | Verb::ShortDecimal
                if self.records.are_in(vr, entry.big_endian, value) =>
            {
                None
            }
            // Nobody says what these are, or only the object itself.
            Verb::Unknown | Verb::ManyShortNumbers | Verb::Numbers
                if !tag.group().is_multiple_of(2)
                    && (self.records.are_in_unknown(value) || self.tells(value)) =>
            {
                None
            }
            Verb::Keep => kept().filter(|_| is_valid(&level.charset, entry, value)),
            Verb::Numbers => kept().filter(|_| {
                are_numbers(tape, (level.opened, &level.charset), entry, value)
                    && !self.tells(value)
            }),
            Verb::ShortNumbers => {
                kept().filter(|_| binary::is_short(&level.charset, vr, entry.big_endian, value))
            }
            Verb::ManyShortNumbers => {
                kept().filter(|_| binary::are_short(&level.charset, vr, entry.big_endian, value))
            }
            Verb::Unknown => self.unknown(level, entry, value),
            Verb::Decimal | Verb::ShortDecimal | Verb::Terms if !are_as_many(entry, value) => None,
            Verb::Decimal => kept().filter(|_| decimal::is_decimal(vr, value)),
            Verb::ShortDecimal => kept()
                .filter(|_| decimal::is_decimal(vr, value) && !decimal::is_record_number(value)),
            Verb::Terms => terms::terms(value, self.project.profile().terms())
                .and_then(|bytes| changed(bytes.into(), Outcome::Cleaned)),
            Verb::Words => words::words(&level.charset, vr, value, &self.names)
                .and_then(|text| changed(text.into_bytes().into(), Outcome::Cleaned)),
            Verb::Shift => self
                .subject
                .shift
                .and_then(|shift| shifted(shift, vr, value))
                .map(|text| (text.into_bytes().into(), Outcome::Shifted)),
            Verb::Uid => {
                let map = self.project.uids();
                let bytes = uid::uids(map, (tag.group(), tag.element()), value)?;
                bytes.map(|bytes| {
                    let same = bytes == value.strip_suffix(b"\0").unwrap_or(value);
                    (bytes.into(), if same { Outcome::Kept } else { Outcome::Mapped })
                })
            }
            Verb::Age => age(value, exact).and_then(|age| changed(age.into(), Outcome::Cleaned)),
            Verb::Pseudonym => self.pseudonym(tape, level, entry),
            Verb::Link => self
                .other_name(value)
                .map_or_else(kept, |other| Some((other.into_bytes().into(), Outcome::Replaced))),
            Verb::Code if level.code == Some(Code::Unit) && tag == MEANING => {
                value_of(tape, level.opened)
                    .and_then(|unit| changed(unit.into(), Outcome::Replaced))
            }
            Verb::Code => level.code.and_then(|code| part_of_code(code, tag, value)),
            Verb::Recurse | Verb::Drop => None,
        })
    }

    /// The pseudonym of a thing that others refer to by its name; `None` where that is a term.
    fn other_name(&self, value: &[u8]) -> Option<String> {
        let name = value.strip_suffix(b"\0").unwrap_or(value).trim_ascii();
        let is_term =
            terms::terms(value, self.project.profile().terms()).is_some_and(|terms| terms == name);
        (!is_term).then(|| self.project.pseudonyms().of_thing(name))
    }

    /// Whether another ICC profile stands at a level in place of the one that came.
    fn has_dummy_profile(&self, tape: &Tape, level: &Level) -> bool {
        let required = self.subject.iod.type_of(level.sequence, ICC_PROFILE);
        required == AttributeType::One
            && tape.level(level.opened).any(|entry| entry.tag == ICC_PROFILE)
    }

    /// Whether bytes hold what the object itself tells of who it is about.
    pub(crate) fn tells(&self, value: &[u8]) -> bool {
        let made = || Own::of(&self.names, &self.records, self.charset);
        value.len() >= own::SHORTEST && self.own.get_or_init(made).are_in(value)
    }

    /// What the patient is called: at the top level, and wherever else an ID says who is meant. Where
    /// an item names no issuer, that of the top level counts.
    fn pseudonym(&self, tape: &Tape, level: &Level, entry: &Entry) -> Option<Cleaned<'static>> {
        let text = |entry: &Entry| {
            let text = decode_text(&level.charset, entry.vr, tape.value(entry).unwrap_or_default());
            text.trim_matches([' ', '\0']).to_owned()
        };
        let pseudonym = match (level.opened, entry.tag) {
            (None, _) => self.subject.pseudonym.clone(),
            (Some(_), PATIENT_ID) => {
                let named = tape.level(level.opened).find(|entry| entry.tag == ISSUER).map(text);
                let own = named.filter(|issuer| {
                    !issuer.is_empty() && !self.project.profile().has_one_issuer()
                });
                let issuer = own.as_ref().unwrap_or(&self.subject.issuer);
                self.project.pseudonyms().of_patient(issuer, &text(entry))
            }
            (Some(_), _) => None,
        }?;
        let text = if entry.tag == PATIENT_NAME { pseudonym.name } else { pseudonym.id };
        Some((text.into_bytes().into(), Outcome::Replaced))
    }

    /// What stays of a value whose VR nobody knows: numbers in text or in bytes, terms, words.
    fn unknown<'t>(&self, level: &Level, entry: &Entry, value: &'t [u8]) -> Option<Cleaned<'t>> {
        let is_text =
            value.iter().all(|byte| matches!(byte, b' '..=b'~' | 0)) || script::may_be_text(value);
        let kept = || Some((Cow::Borrowed(value), Outcome::Kept));
        let terms = || terms::terms(value, self.project.profile().terms());
        let cleaned = |mut new: Vec<u8>| {
            let same = new == value.trim_ascii_end();
            // Nothing says that it is a text, which is padded with a space.
            if !new.len().is_multiple_of(2) {
                new.push(b' ');
            }
            (new.into(), if same { Outcome::Kept } else { Outcome::Cleaned })
        };
        if decimal::is_decimal(VR::DS, value) {
            kept().filter(|_| !decimal::is_record_number(value))
        } else if is_text {
            let words =
                || words::words(&level.charset, VR::LO, value, &self.names).map(String::into_bytes);
            terms().or_else(words).map(cleaned)
        } else {
            let charset = &level.charset;
            kept()
                .filter(|_| binary::may_be_short(entry.big_endian, value))
                .filter(|_| !binary::holds_text(charset, VR::OB, entry.big_endian, value))
        }
    }

    /// The value in the byte order of the data set: what UN hid is little endian everywhere.
    fn ordered<'t>(&self, entry: &Entry, value: &'t [u8]) -> Cow<'t, [u8]> {
        let mut value = Cow::Borrowed(value);
        if entry.big_endian != self.encoder.is_big_endian() {
            value.to_mut().chunks_exact_mut(width(entry.vr)).for_each(<[u8]>::reverse);
        }
        value
    }

    /// Writes what stands for a value that does not stay.
    fn leave(&mut self, level: &Level, tag: Tag, vr: VR, decision: &Decision) {
        let vr = tag.standard_vr().unwrap_or(vr);
        let outcome = match decision.otherwise {
            Action::D => {
                dummy(&mut self.encoder, self.project.uids(), tag, vr);
                Outcome::Replaced
            }
            Action::Z if vr == VR::SQ => {
                self.encoder.open_sequence(tag);
                self.encoder.close_sequence();
                Outcome::Emptied
            }
            Action::Z => {
                self.encoder.element(tag, vr, b"");
                Outcome::Emptied
            }
            Action::X
            | Action::K
            | Action::C
            | Action::U
            | Action::XZ
            | Action::XD
            | Action::ZD
            | Action::XZD
            | Action::XZU => Outcome::Removed,
        };
        self.note(level, tag, outcome, decision);
    }

    fn note(&mut self, level: &Level, tag: Tag, outcome: Outcome, decision: &Decision) {
        self.counts.add(outcome);
        if let Some(steps) = &mut self.steps {
            let path = level.path.as_deref().unwrap_or_default();
            let stayed = matches!(outcome, Outcome::Kept | Outcome::Mapped);
            let why = if decision.why == Why::Safe && !stayed { Why::Unfit } else { decision.why };
            let attribute = format!("{path}{}", name(tag));
            steps.push(Step { attribute, outcome, why: why.to_string() });
        }
    }
}

/// Code Meaning (0008,0104).
const MEANING: Tag = Tag(0x0008_0104);

/// Whether pixels are read by a number in text: Number of Frames, Rescale Intercept and Slope. What
/// stands in its place does not fit them.
const fn are_pixels_read_by(tag: Tag) -> bool {
    matches!(tag.0, 0x0028_0008 | 0x0028_1052 | 0x0028_1053)
}

/// The character set that the top level says it has.
fn charset_of(tape: &Tape) -> Option<SpecificCharacterSet> {
    let entry = tape.level(None).find(|entry| entry.tag == Tag::SPECIFIC_CHARACTER_SET)?;
    read_charset(tape.value(entry)?).ok().map(|sets| sets.reading())
}

/// How an attribute is called.
fn name(tag: Tag) -> String {
    tag.keyword().map_or_else(|| format!("{tag:?}"), str::to_owned)
}
