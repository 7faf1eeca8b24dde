//! The archive: what its rules work on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lightcase_catalog::Catalog;
use lightcase_codec::Codec;
use lightcase_deident::Policy;
use lightcase_model::Clock;
use lightcase_storage::{KeyRing, SubjectKeyId, Vault};

use crate::clean::{self, Projects};
use crate::download;
use crate::ingest::Rooms;
use crate::turns::Turns;
use crate::view::Views;

/// The most objects of one study, unless told otherwise: several times what the largest true ones
/// have, and little enough that one sender cannot fill the index with a study that nobody can open.
pub const STUDY_LIMIT: i64 = 200_000;

/// What an archive is made of.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Rows and ledger.
    pub catalog: Arc<Catalog>,
    /// Sealed blobs.
    pub vault: Vault,
    /// Keys.
    pub ring: Arc<KeyRing>,
    /// Decoders.
    pub codec: Codec,
    /// The clock, for streams that outlive the request they began with.
    pub clock: Clock,
    /// What is kept of what comes in, where nothing else was said of its origin.
    pub policy: Policy,
}

/// The archive. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Archive {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) vault: Vault,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) codec: Codec,
    pub(crate) clock: Clock,
    pub(crate) policy: Policy,
    /// Projects that were opened.
    pub(crate) projects: Projects,
    /// Objects that are cleaned at a time.
    pub(crate) clean_turns: Turns,
    /// The most objects of one study.
    pub(crate) study_limit: i64,
    pub(crate) views: Arc<Views>,
    /// Memory for what comes in.
    pub(crate) rooms: Rooms,
    /// Who lays out a download now.
    pub(crate) download_turns: Turns,
    /// The quarantine's key that was last seen to lie beside the blobs.
    pub(crate) day_key: Arc<Mutex<Option<SubjectKeyId>>>,
}

impl Archive {
    /// An archive of these parts.
    pub fn new(parts: Parts) -> Self {
        let Parts { catalog, vault, ring, codec, clock, policy } = parts;
        let (views, day_key) = (Arc::default(), Arc::default());
        let (study_limit, rooms) = (STUDY_LIMIT, Rooms::default());
        Self {
            catalog,
            vault,
            ring,
            codec,
            clock,
            policy,
            projects: Projects::default(),
            clean_turns: clean::turns(),
            study_limit,
            views,
            rooms,
            download_turns: download::turns(),
            day_key,
        }
    }

    /// Takes so many objects of a study, instead of [`STUDY_LIMIT`]. Associations that store into
    /// the same study at once may each go on from where it stood when they began.
    #[must_use]
    pub fn limited_to(self, study_limit: i64) -> Self {
        Self { study_limit, ..self }
    }

    /// Cleans so many objects at a time, instead of four, and lets one wait so long for its turn,
    /// instead of a minute.
    #[must_use]
    pub fn cleaning(self, at_once: usize, patience: Duration) -> Self {
        Self { clean_turns: Turns::new(at_once, patience), ..self }
    }

    /// The catalog, for rules beside this one.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The vault, for readiness and maintenance.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}
