//! What every handler works with.

use std::sync::Arc;

use lightcase_accounts::Accounts;
use lightcase_archive::Archive;
use lightcase_catalog::Catalog;
use lightcase_model::{Actor, Clock, Ctx, Origin, RequestId, SessionId};
use lightcase_share::Shares;
use lightcase_storage::KeyRing;

use crate::config::WebConfig;
use crate::health::Readiness;
use crate::limit::Limit;
use crate::running::Running;
use crate::seldom::Seldom;
use crate::share::download::DOWNLOADS_OF_ONE;
use crate::upload::{UPLOADS, UPLOADS_OF_ONE};

/// What the edge is made of.
#[derive(Debug)]
pub struct WebParts {
    /// What comes in and goes out.
    pub archive: Archive,
    /// Who may act.
    pub accounts: Arc<Accounts>,
    /// What is lent out.
    pub shares: Arc<Shares>,
    /// The keys, for readiness.
    pub keys: Arc<KeyRing>,
    /// The clock.
    pub clock: Clock,
    /// Surroundings.
    pub config: WebConfig,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) archive: Archive,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) shares: Arc<Shares>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) clock: Clock,
    pub(crate) config: WebConfig,
    pub(crate) limit: Limit,
    pub(crate) refusals: Seldom,
    /// By visitor.
    pub(crate) downloads: Running<SessionId>,
    /// By account or token.
    pub(crate) uploads: Running<Actor>,
    pub(crate) readiness: Readiness,
}

/// The state of the router. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Web(Arc<Inner>);

impl std::ops::Deref for Web {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Web {
    pub(crate) fn new(parts: WebParts) -> Self {
        let WebParts { archive, accounts, shares, keys, clock, config } = parts;
        let (limit, readiness) = (Limit::default(), Readiness::default());
        let refusals = Seldom::default();
        let downloads = Running::new(DOWNLOADS_OF_ONE, usize::MAX);
        let uploads = Running::new(UPLOADS_OF_ONE, UPLOADS);
        Self(Arc::new(Inner {
            archive,
            accounts,
            shares,
            keys,
            clock,
            config,
            limit,
            refusals,
            downloads,
            uploads,
            readiness,
        }))
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        self.archive.catalog()
    }

    /// The context of one request.
    pub(crate) fn ctx(&self, actor: Actor, origin: Origin, request: RequestId) -> Ctx {
        Ctx { actor, origin, now: self.clock.now(), request }
    }
}
