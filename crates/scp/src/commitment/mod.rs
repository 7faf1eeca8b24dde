//! Storage Commitment Push Model, PS3.4 annex J: asked with N-ACTION, answered with
//! N-EVENT-REPORT, on the same association while it lasts and on one of our own afterwards.

mod information;
mod reporter;
mod service;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use lightcase_archive::Archive;
use lightcase_dimse::{Context, Reports};
use lightcase_model::{CommitmentId, RequestId};
use tokio::sync::Notify;

use crate::dial::Dialer;
pub(crate) use service::NAction;

/// Well-known SOP Instance of the Storage Commitment Push Model, PS3.4 section J.3.5.
const WELL_KNOWN_INSTANCE: &str = "1.2.840.10008.1.20.1.1";

/// What was asked for and is to be reported. Clones share it.
#[derive(Debug, Clone)]
pub struct Commitments {
    archive: Archive,
    dialer: Dialer,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// The associations that were open when they asked, by what they asked for.
    open: Mutex<HashMap<CommitmentId, Line>>,
    /// Something was asked for.
    asked: Notify,
}

/// A way back to who asked.
#[derive(Debug, Clone)]
struct Line {
    association: RequestId,
    context: Context,
    reports: Reports,
}

impl Commitments {
    /// Commitments of an archive. [`Commitments::run`] reports them.
    pub fn new(archive: Archive, dialer: Dialer) -> Self {
        Self { archive, dialer, shared: Arc::default() }
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<CommitmentId, Line>> {
        self.shared.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the association to answer on, and that there is something to answer.
    fn asked(&self, id: CommitmentId, line: Line) {
        self.open().insert(id, line);
        self.shared.asked.notify_one();
    }

    /// An association is over.
    fn ended(&self, association: RequestId) {
        self.open().retain(|_, line| line.association != association);
    }
}
