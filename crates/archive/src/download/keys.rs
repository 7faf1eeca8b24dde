//! The keys of directory records, from the index and, where a record needs more, from the object's
//! own metadata.

use std::collections::HashMap;
use std::io::Read as _;

use lightcase_catalog::{HeldInstance, HeldSeries, HeldStudy};
use lightcase_dataset::{CharacterSets, Identifier, Tag, TransferSyntax};
use lightcase_model::TransferSyntaxUid;
use serde_json::Value;
use serde_json::value::RawValue;

use super::kind::{Key, Kind};

/// The scanner's own cap on a document.
const LIMIT: u64 = 64 << 20;
/// Sequences nested in each other that are copied into a record; no key has more.
const DEPTH: u8 = 8;
/// Dates and times of studies that have none: what other writers of directories put there.
const NO_DATE: &str = "19000101";
const NO_TIME: &str = "000000";

const CONCEPT_NAME: Tag = Tag(0x0040_A043);
const CONTENT: Tag = Tag(0x0040_A730);
const VERIFICATION_DATE_TIME: Tag = Tag(0x0040_A030);

/// A date (DA), if it is one.
pub(super) fn date(text: &str) -> Option<&str> {
    let text = text.trim();
    (text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// A time (TM), if it is one.
pub(super) fn time(text: &str) -> Option<&str> {
    let text = text.trim();
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = matches!(clock.len(), 2 | 4 | 6) && digits(clock);
    let part = matches!(fraction.len(), 1..=6) && digits(fraction);
    (whole && part && (clock.len() == 6 || !text.contains('.'))).then_some(text)
}

/// Text without what its VR cannot have, and no longer than that.
fn fit(text: &str, most: usize) -> String {
    let shown = text.chars().filter(|character| !character.is_control());
    shown.take(most).collect::<String>().trim().to_owned()
}

fn number(number: i64) -> String {
    // IS goes as far as 32 bits.
    i32::try_from(number).unwrap_or(0).to_string()
}

/// The keys of a PATIENT record; `id` is not empty, and no other patient's of the file-set.
pub(super) fn patient(study: &HeldStudy, id: &str) -> Identifier {
    let patient = &study.patient;
    let mut keys = Keys::new();
    keys.text(Tag(0x0010_0010), &fit(patient.name.expose(), 324), "");
    keys.text(Tag(0x0010_0020), id, "");
    keys.text(Tag(0x0010_0030), date(patient.birth_date.expose()).unwrap_or_default(), "");
    keys.text(Tag(0x0010_0040), &fit(&patient.sex, 16), "");
    keys.set
}

/// The keys of a STUDY record; `number` is its place in the file-set.
pub(super) fn study(study: &HeldStudy, number: usize) -> Identifier {
    let attributes = &study.study;
    let mut keys = Keys::new();
    keys.text(Tag(0x0008_0020), &study_date(study), "");
    keys.text(Tag(0x0008_0030), &study_time(study), "");
    keys.text(Tag(0x0008_0050), &fit(attributes.accession_number.expose(), 16), "");
    keys.text(Tag(0x0008_1030), &fit(&attributes.description, 64), "");
    keys.text(Tag(0x0020_000D), attributes.study_uid.as_str(), "");
    keys.text(Tag(0x0020_0010), &fit(&attributes.study_id, 16), &number.to_string());
    keys.set
}

/// The keys of a SERIES record.
pub(super) fn series(series: &HeldSeries) -> Identifier {
    let attributes = &series.series;
    let mut keys = Keys::new();
    keys.text(Tag(0x0008_0060), &fit(&attributes.modality, 16), "OT");
    keys.text(Tag(0x0008_103E), &fit(&attributes.description, 64), "");
    keys.text(Tag(0x0020_000E), attributes.series_uid.as_str(), "");
    keys.text(Tag(0x0020_0011), &number(attributes.series_number), "");
    keys.set
}

fn study_date(study: &HeldStudy) -> String {
    let series = study.series.iter().filter_map(|each| date(&each.series.series_date));
    date(&study.study.study_date).or_else(|| series.min()).unwrap_or(NO_DATE).to_owned()
}

fn study_time(study: &HeldStudy) -> String {
    time(&study.study.study_time).unwrap_or(NO_TIME).to_owned()
}

/// What an object's record is made from, beside the object.
pub(super) struct Around<'a> {
    pub(super) study: &'a HeldStudy,
    pub(super) series: &'a HeldSeries,
    /// Its metadata, where its kind needs them.
    pub(super) document: Option<&'a Document>,
}

/// The keys of an object's record.
pub(super) fn instance(instance: &HeldInstance, kind: &Kind, around: &Around<'_>) -> Identifier {
    let mut keys = Keys::new();
    keys.set.put_text(Tag(0x0020_0013), number(instance.instance.instance_number));
    for key in kind.keys {
        keys.put(*key, around);
    }
    keys.set
}

/// An object's metadata as DICOM JSON (PS3.18 annex F), by the keys of its top level.
pub(super) struct Document(HashMap<String, Box<RawValue>>);

impl Document {
    /// Reads a stored document; one that cannot be read has nothing in it.
    pub(super) fn inflate(deflated: &[u8]) -> Self {
        let mut json = Vec::new();
        let read = flate2::read::DeflateDecoder::new(deflated).take(LIMIT).read_to_end(&mut json);
        let elements = read.ok().and_then(|_length| serde_json::from_slice(&json).ok());
        Self(elements.unwrap_or_default())
    }

    fn element(&self, tag: Tag) -> Option<Value> {
        let raw = self.0.get(&format!("{:08X}", tag.0))?;
        serde_json::from_str(raw.get()).ok()
    }

    fn text(&self, tag: Tag) -> Option<String> {
        text_of(&self.element(tag)?)
    }

    fn items(&self, tag: Tag) -> Vec<Identifier> {
        self.element(tag).map(|element| items_of(&element, DEPTH, |_| true)).unwrap_or_default()
    }
}

/// The values of a text or number, joined; `None` without any.
fn text_of(element: &Value) -> Option<String> {
    let values = element.get("Value")?.as_array()?;
    let texts: Vec<String> = values.iter().map(value_of).collect::<Option<_>>()?;
    let text = texts.join("\\");
    (!text.is_empty()).then_some(text)
}

fn value_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(_) | Value::Array(_) => None,
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Object(name) => {
            let groups = ["Alphabetic", "Ideographic", "Phonetic"];
            let groups = groups.map(|each| name.get(each).and_then(Value::as_str).unwrap_or(""));
            Some(groups.join("=").trim_end_matches('=').to_owned())
        }
    }
}

/// The items of a sequence that `wanted` takes.
fn items_of(element: &Value, depth: u8, wanted: impl Fn(&Value) -> bool) -> Vec<Identifier> {
    let Some(deeper) = depth.checked_sub(1) else { return Vec::new() };
    let items = element.get("Value").and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter(|item| wanted(item))
        .map(|item| item_of(item, deeper))
        .collect()
}

fn item_of(item: &Value, depth: u8) -> Identifier {
    let mut keys = Keys::new();
    for (tag, element) in item.as_object().into_iter().flatten() {
        let Some(tag) = u32::from_str_radix(tag, 16).ok().map(Tag) else { continue };
        if tag.group() % 2 == 1 {
            continue;
        }
        if element.get("vr").and_then(Value::as_str) == Some("SQ") {
            keys.set.put_items(tag, items_of(element, depth, |_| true));
        } else if let Some(text) = text_of(element) {
            keys.text(tag, &text, "");
        }
    }
    keys.set
}

/// Keys that are being gathered.
struct Keys {
    set: Identifier,
}

impl Keys {
    fn new() -> Self {
        Self { set: Identifier::new(CharacterSets::default()) }
    }

    /// Puts text, or what stands for it where it is empty or cannot be written.
    fn text(&mut self, tag: Tag, text: &str, otherwise: &str) {
        let mut alone = Identifier::new(CharacterSets::default());
        alone.put_text(tag, text);
        let written = TransferSyntaxUid::parse(TransferSyntax::EXPLICIT_LITTLE)
            .is_ok_and(|syntax| alone.write(&TransferSyntax::of(&syntax)).is_ok());
        self.set.put_text(tag, if written && !text.is_empty() { text } else { otherwise });
    }

    fn put(&mut self, key: Key, around: &Around<'_>) {
        let document = around.document;
        let text = |tag| document.and_then(|each| each.text(tag));
        let items = |tag| document.map(|each| each.items(tag)).unwrap_or_default();
        match key {
            Key::Date(tag) => {
                let own = text(tag).and_then(|text| date(&text).map(ToOwned::to_owned));
                let series = date(&around.series.series.series_date).map(ToOwned::to_owned);
                let date = own.or(series).unwrap_or_else(|| study_date(around.study));
                self.text(tag, &date, NO_DATE);
            }
            Key::Time(tag) => {
                let own = text(tag).and_then(|text| time(&text).map(ToOwned::to_owned));
                let series = time(&around.series.series.series_time).map(ToOwned::to_owned);
                let time = own.or(series).unwrap_or_else(|| study_time(around.study));
                self.text(tag, &time, NO_TIME);
            }
            Key::Text(tag, otherwise) => self.text(tag, &text(tag).unwrap_or_default(), otherwise),
            Key::Empty(tag) => self.text(tag, &text(tag).unwrap_or_default(), ""),
            Key::Items(tag) => self.set.put_items(tag, items(tag)),
            Key::Present(tag) => {
                if let Some(text) = text(tag) {
                    self.text(tag, &text, "");
                } else if let items @ [_, ..] = items(tag).as_slice() {
                    self.set.put_items(tag, items.to_vec());
                }
            }
            Key::Title => {
                let mut title = items(CONCEPT_NAME);
                title.truncate(1);
                let title = if title.is_empty() { vec![untitled()] } else { title };
                self.set.put_items(CONCEPT_NAME, title);
            }
            Key::Modifiers => self.modifiers(document),
            Key::Verified => self.verified(document),
        }
    }

    fn modifiers(&mut self, document: Option<&Document>) {
        let modifies = |item: &Value| {
            let relation = item.get("0040A010").and_then(text_of);
            relation.is_some_and(|relation| relation == "HAS CONCEPT MOD")
        };
        let content = document.and_then(|each| each.element(CONTENT));
        let items = content.map(|each| items_of(&each, DEPTH, modifies)).unwrap_or_default();
        if !items.is_empty() {
            self.set.put_items(CONTENT, items);
        }
    }

    fn verified(&mut self, document: Option<&Document>) {
        let Some(document) = document else { return };
        if document.text(Tag(0x0040_A493)).is_none_or(|flag| flag != "VERIFIED") {
            return;
        }
        let observers = document.items(Tag(0x0040_A073));
        let at = observers.iter().filter_map(|each| each.text(VERIFICATION_DATE_TIME)).max();
        let content = self.set.text(Tag(0x0008_0023)).unwrap_or(NO_DATE).to_owned();
        self.text(VERIFICATION_DATE_TIME, at.unwrap_or_default(), &content);
    }
}

/// A title for documents that say none: (121144, DCM, "Document Title").
fn untitled() -> Identifier {
    let mut code = Identifier::new(CharacterSets::default());
    code.put_text(Tag(0x0008_0100), "121144");
    code.put_text(Tag(0x0008_0102), "DCM");
    code.put_text(Tag(0x0008_0104), "Document Title");
    code
}
