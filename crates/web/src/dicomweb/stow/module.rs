//! The Store Instances Response Module, PS3.18 section I.2, as DICOM JSON. It is written item by item:
//! a request may have twenty thousand.

use std::collections::BTreeSet;

use lightcase_archive::MediaStorage;
use lightcase_dimse::Status;
use lightcase_model::{SeriesUid, SopClassUid, SopInstanceUid, StudyUid};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

/// The module.
pub(super) struct Module {
    /// Address of the mount.
    root: String,
    /// Referenced SOP Sequence (0008,1199).
    pub(super) stored: Vec<Stored>,
    /// Failed SOP Sequence (0008,1198).
    failed: Vec<Failed>,
    /// Other Failures Sequence (0008,119A): nobody knows of which instances.
    others: Vec<Failed>,
}

/// An object that is held.
pub(super) struct Stored {
    pub(super) sop_class: SopClassUid,
    pub(super) sop_instance: SopInstanceUid,
    /// Where it can be retrieved; `None` where only a clean copy is kept.
    pub(super) place: Option<(StudyUid, SeriesUid)>,
}

/// An object that is not held.
pub(super) struct Failed {
    pub(super) of: MediaStorage,
    pub(super) status: Status,
}

impl Module {
    pub(super) const fn new(root: String) -> Self {
        Self { root, stored: Vec::new(), failed: Vec::new(), others: Vec::new() }
    }

    pub(super) fn failed(&mut self, failed: Failed) {
        let list =
            if failed.of.sop_instance.is_some() { &mut self.failed } else { &mut self.others };
        list.push(failed);
    }

    pub(super) const fn has_failures(&self) -> bool {
        !self.failed.is_empty() || !self.others.is_empty()
    }

    /// Of some only a clean copy is kept.
    pub(super) fn has_coerced(&self) -> bool {
        self.stored.iter().any(|each| each.place.is_none())
    }

    /// Retrieve URL (0008,1190) of the study, of which there can be one.
    fn url(&self) -> Value {
        let places = self.stored.iter().filter_map(|each| each.place.as_ref());
        let studies: BTreeSet<_> = places.map(|(study, _)| study).collect();
        match studies.first() {
            Some(study) if studies.len() == 1 => {
                value("UR", format!("{}/studies/{study}", self.root))
            }
            Some(_) | None => json!({ "vr": "UR" }),
        }
    }

    fn stored_item(&self, stored: &Stored) -> Value {
        let Stored { sop_class, sop_instance, place } = stored;
        let (class, instance) = (sop_class.as_str(), sop_instance.as_str());
        match place {
            Some((study, series)) => {
                let below = format!("studies/{study}/series/{series}/instances/{instance}");
                json!({
                    "00081150": value("UI", class),
                    "00081155": value("UI", instance),
                    "00081190": value("UR", format!("{}/{below}", self.root)),
                })
            }
            None => json!({
                "00081150": value("UI", class),
                "00081155": value("UI", instance),
                "00081190": { "vr": "UR" },
                "00081196": value("US", Status::COERCION_OF_DATA_ELEMENTS.code()),
            }),
        }
    }
}

fn failed_item(failed: &Failed) -> Value {
    let MediaStorage { sop_class, sop_instance } = &failed.of;
    let reason = value("US", failed.status.code());
    let Some(instance) = sop_instance else { return json!({ "00081197": reason }) };
    let class = sop_class.as_ref().map(|class| value("UI", class.as_str()));
    json!({
        "00081150": class.unwrap_or_else(|| json!({ "vr": "UI" })),
        "00081155": value("UI", instance.as_str()),
        "00081197": reason,
    })
}

fn value(vr: &str, value: impl Into<Value>) -> Value {
    let value: Value = value.into();
    json!({ "vr": vr, "Value": [value] })
}

impl Serialize for Module {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("00081190", &self.url())?;
        if !self.failed.is_empty() {
            map.serialize_entry("00081198", &Sequence(&self.failed, failed_item))?;
        }
        if !self.stored.is_empty() {
            let item = |stored: &Stored| self.stored_item(stored);
            map.serialize_entry("00081199", &Sequence(&self.stored, item))?;
        }
        if !self.others.is_empty() {
            map.serialize_entry("0008119A", &Sequence(&self.others, failed_item))?;
        }
        map.end()
    }
}

/// A sequence, and what makes its items when they are written.
struct Sequence<'a, T, F>(&'a [T], F);

impl<T, F: Fn(&T) -> Value> Serialize for Sequence<'_, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("vr", "SQ")?;
        map.serialize_entry("Value", &Items(self))?;
        map.end()
    }
}

struct Items<'a, T, F>(&'a Sequence<'a, T, F>);

impl<T, F: Fn(&T) -> Value> Serialize for Items<'_, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Sequence(items, item) = self.0;
        serializer.collect_seq(items.iter().map(item))
    }
}
