//! What became of the objects of a request, and the answer that says so: the Store Instances
//! Response Module, PS3.18 section I.2.

use std::collections::BTreeSet;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use lightcase_archive::{Accepted, ImportError, MediaStorage, Reason, Refusal};
use lightcase_dimse::Status;
use lightcase_model::StudyUid;
use serde_json::{Value, json};

use crate::problem::{Answer, Problem};

/// What became of the objects so far.
pub(super) struct Tally {
    /// Address of the mount.
    root: String,
    studies: BTreeSet<StudyUid>,
    /// Items of Referenced SOP Sequence (0008,1199).
    stored: Vec<Value>,
    /// Of some only a clean copy is kept.
    coerced: bool,
    /// Items of Failed SOP Sequence (0008,1198).
    failed: Vec<Value>,
    /// Items of Other Failures Sequence (0008,119A).
    others: Vec<Value>,
    /// Why the first was not taken, as long as all that were not may be taken later.
    later: Option<Problem>,
    /// Some will never be taken.
    never: bool,
    /// Why the body was not read to its end.
    broken: Option<Problem>,
}

impl Tally {
    pub(super) const fn new(root: String) -> Self {
        Self {
            root,
            studies: BTreeSet::new(),
            stored: Vec::new(),
            coerced: false,
            failed: Vec::new(),
            others: Vec::new(),
            later: None,
            never: false,
            broken: None,
        }
    }

    /// An object is held.
    pub(super) fn took(&mut self, accepted: &Accepted) {
        let Accepted { sop_class, study, series, sop_instance, cleaned, already_held: _ } =
            accepted;
        let mut item = named(Some(sop_class.as_str()), Some(sop_instance.as_str()));
        if *cleaned {
            // Where its copy lies is not told: that would be the way from the patient to the copy.
            item.push(("00081190", empty("UR")));
            item.push(("00081196", code(Status::COERCION_OF_DATA_ELEMENTS)));
            self.coerced = true;
        } else {
            let url =
                format!("{}/studies/{study}/series/{series}/instances/{sop_instance}", self.root);
            item.push(("00081190", value("UR", url)));
            self.studies.insert(study.clone());
        }
        self.stored.push(object(item));
    }

    /// An object was refused, and has its place in the list of refusals.
    pub(super) fn refused(&mut self, refusal: &Refusal, of: MediaStorage) {
        let status = status(refusal.reason);
        let MediaStorage { sop_class, sop_instance } = of;
        if refusal.reason.may_pass() {
            self.later.get_or_insert_with(|| refusal.clone().into());
        } else {
            self.never = true;
        }
        let class = sop_class.as_ref().map(lightcase_model::SopClassUid::as_str);
        match sop_instance {
            Some(instance) => {
                let mut item = named(class, Some(instance.as_str()));
                item.push(("00081197", code(status)));
                self.failed.push(object(item));
            }
            None => self.others.push(object(vec![("00081197", code(status))])),
        }
    }

    /// A part is no object that is stored.
    pub(super) fn no_object(&mut self, error: &ImportError) {
        let status = match error {
            ImportError::NotDicom(_) | ImportError::CutOff(_) => Status::CANNOT_UNDERSTAND,
            ImportError::Index => Status::SOP_CLASS_NOT_SUPPORTED,
        };
        self.other(status, &error.to_string());
    }

    /// A part is of another type.
    pub(super) fn unreadable(&mut self, why: &str) {
        self.other(Status::CANNOT_UNDERSTAND, why);
    }

    fn other(&mut self, status: Status, why: &str) {
        tracing::info!(why, "a part of a request to store was refused");
        self.never = true;
        self.others.push(object(vec![("00081197", code(status))]));
    }

    /// The body could not be read on.
    pub(super) fn broke(&mut self, why: Problem) {
        self.broken = Some(why);
    }

    /// The answer.
    pub(super) fn answer(self, media: &'static str) -> Answer {
        let failures = self.failed.len().saturating_add(self.others.len());
        if self.stored.is_empty() && failures == 0 {
            return Err(self.broken.unwrap_or_else(|| {
                Problem::bad_request("The body holds no object. Send at least one part.")
            }));
        }
        let later = self.later.as_ref().filter(|_| !self.never && self.stored.is_empty());
        let status = match (&self.broken, later) {
            (Some(broken), _) => broken.status,
            (None, Some(later)) => later.status,
            (None, None) if self.stored.is_empty() => StatusCode::CONFLICT,
            (None, None) if failures > 0 || self.coerced => StatusCode::ACCEPTED,
            (None, None) => StatusCode::OK,
        };
        let retry_after = later.and_then(|later| later.retry_after);
        let warning =
            self.broken.as_ref().map(|broken| format!("299 lightcase \"{}\"", broken.detail));
        let body = serde_json::to_vec(&self.module()).map_err(Problem::internal)?;
        let mut response = (status, [(header::CONTENT_TYPE, media)], body).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(warning) = warning {
            let warning = HeaderValue::from_str(&warning).map_err(Problem::internal)?;
            headers.insert(header::WARNING, warning);
        }
        Ok(response)
    }

    fn module(self) -> Value {
        // Of a study's address there can be one.
        let url = match self.studies.iter().next() {
            Some(study) if self.studies.len() == 1 => {
                value("UR", format!("{}/studies/{study}", self.root))
            }
            Some(_) | None => empty("UR"),
        };
        let sequences =
            [("00081198", self.failed), ("00081199", self.stored), ("0008119A", self.others)];
        let filled = sequences.into_iter().filter(|(_, items)| !items.is_empty());
        let filled = filled.map(|(tag, items)| (tag, json!({ "vr": "SQ", "Value": items })));
        object([("00081190", url)].into_iter().chain(filled).collect())
    }
}

/// What the sender is told of a refusal: the status that a sender over DIMSE would be told.
const fn status(reason: Reason) -> Status {
    match reason {
        Reason::NotPermitted => Status::NOT_AUTHORIZED,
        Reason::Malformed | Reason::UidMismatch | Reason::LimitExceeded => {
            Status::CANNOT_UNDERSTAND
        }
        Reason::ClassMismatch => Status::DATA_SET_DOES_NOT_MATCH_SOP_CLASS,
        Reason::Conflict => Status::DUPLICATE_SOP_INSTANCE,
        Reason::Full => Status::OUT_OF_RESOURCES,
        Reason::StoreDown | Reason::IndexDown | Reason::KeysDown => Status::PROCESSING_FAILURE,
    }
}

type Elements = Vec<(&'static str, Value)>;

/// Referenced SOP Class UID (0008,1150) and Referenced SOP Instance UID (0008,1155).
fn named(class: Option<&str>, instance: Option<&str>) -> Elements {
    let uid = |uid: Option<&str>| uid.map_or_else(|| empty("UI"), |uid| value("UI", uid));
    vec![("00081150", uid(class)), ("00081155", uid(instance))]
}

fn object(elements: Elements) -> Value {
    Value::Object(elements.into_iter().map(|(tag, value)| (tag.to_owned(), value)).collect())
}

fn value(vr: &str, value: impl Into<Value>) -> Value {
    let value: Value = value.into();
    json!({ "vr": vr, "Value": [value] })
}

fn empty(vr: &str) -> Value {
    json!({ "vr": vr })
}

fn code(status: Status) -> Value {
    value("US", status.code())
}
