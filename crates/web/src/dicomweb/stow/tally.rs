//! What became of the objects of a request, and the status and the warning that say so.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use lightcase_archive::{Accepted, ImportError, MediaStorage, Reason, Refusal};
use lightcase_dimse::Status;

use super::module::{Failed, Module, Stored};
use crate::problem::{Answer, Problem};

/// What names no instance.
const NOTHING: MediaStorage = MediaStorage { sop_class: None, sop_instance: None };

/// What became of the objects so far.
pub(super) struct Tally {
    module: Module,
    /// Why the first was not taken that may be taken later.
    later: Option<Problem>,
    /// Some will never be taken.
    never: bool,
    /// Why the body was not read to its end.
    broken: Option<Problem>,
}

impl Tally {
    /// `root` is the address of the mount.
    pub(super) const fn new(root: String) -> Self {
        Self { module: Module::new(root), later: None, never: false, broken: None }
    }

    /// An object is held.
    pub(super) fn took(&mut self, accepted: Accepted) {
        let Accepted { sop_class, study, series, sop_instance, cleaned, already_held: _ } =
            accepted;
        // Where a clean copy lies is not told: that would be the way from the patient to the copy.
        let place = (!cleaned).then_some((study, series));
        self.module.stored.push(Stored { sop_class, sop_instance, place });
    }

    /// An object was refused, and has its place in the list of refusals.
    pub(super) fn refused(&mut self, refusal: Refusal, named: Option<MediaStorage>) {
        let of = named.unwrap_or(NOTHING);
        self.module.failed(Failed { of, status: status(refusal.reason) });
        if refusal.reason.may_pass() {
            self.later.get_or_insert_with(|| refusal.into());
        } else {
            self.never = true;
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
        tracing::debug!(why, "a part of a request to store was refused");
        self.never = true;
        self.module.failed(Failed { of: NOTHING, status });
    }

    /// The body could not be read on.
    pub(super) fn broke(&mut self, why: Problem) {
        self.broken = Some(why);
    }

    /// The answer.
    pub(super) fn answer(self, media: &'static str) -> Answer {
        let Self { module, later, never, broken } = self;
        let (some, all) = (!module.stored.is_empty(), !module.has_failures());
        if !some && all {
            return Err(broken.unwrap_or_else(|| {
                Problem::bad_request("The body holds no object. Send at least one part.")
            }));
        }
        let later = later.filter(|_| !never && !some);
        let status = match (&broken, &later) {
            (Some(broken), _) => broken.status,
            (None, Some(later)) => later.status,
            (None, None) if !some => StatusCode::CONFLICT,
            (None, None) if all && !module.has_coerced() => StatusCode::OK,
            (None, None) => StatusCode::ACCEPTED,
        };
        let body = serde_json::to_vec(&module).map_err(Problem::internal)?;
        let mut response = (status, [(header::CONTENT_TYPE, media)], body).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = later.and_then(|later| later.retry_after) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(broken) = broken {
            let warning = format!("299 lightcase \"{}\"", broken.detail);
            let warning = HeaderValue::from_str(&warning).map_err(Problem::internal)?;
            headers.insert(header::WARNING, warning);
        }
        Ok(response)
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
