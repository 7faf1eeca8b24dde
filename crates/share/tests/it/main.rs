//! Share links on both engines of the catalog.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unchecked_time_subtraction,
    reason = "a test's own data is right, and it says what it skips"
)]

mod anew;
mod authority;
mod challenge;
mod change;
mod create;
#[path = "../../../catalog/tests/engines/engine.rs"]
mod engine;
mod factorless;
mod factors;
mod form;
mod guess;
mod mail;
mod mended;
mod open;
#[path = "../../../catalog/tests/engines/study.rs"]
mod study;
mod visit;
mod wire;
mod withdrawn;
mod work;

use std::sync::Arc;
use std::time::Duration;

use lightcase_accounts::{Accounts, Principal};
use lightcase_archive::{Archive, Parts};
use lightcase_catalog::{AuditFilter, Catalog};
use lightcase_codec::{Codec, WorkerCommand};
use lightcase_deident::Policy;
use lightcase_model::{AccountId, Actor, Clock, Ctx, Origin, Role, SessionId, ShareId, StudyUid};
use lightcase_share::{
    Attempt, Created, NewLink, Opened, Progress, Recipient, Result, Shares, Visit,
};
use lightcase_storage::{KeyRing, Store, Vault};
use study::NOW;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

fn at(later: Duration) -> Ctx {
    let address = "192.0.2.1".parse().unwrap();
    Ctx::new(Actor::Visitor, Origin::Http { address }, NOW.plus(later))
}

fn ctx() -> Ctx {
    at(Duration::ZERO)
}

fn shares(catalog: &Arc<Catalog>) -> Shares {
    let accounts = Arc::new(Accounts::new(Arc::clone(catalog)));
    Shares::new(archive(catalog, Clock::new(|| NOW)), accounts)
}

fn archive(catalog: &Arc<Catalog>, clock: Clock) -> Archive {
    let ring = KeyRing::open_or_create(&tempfile::tempdir().unwrap().path().join("k"), None);
    let none = WorkerCommand { program: "none".into(), arguments: Vec::new() };
    Archive::new(Parts {
        catalog: Arc::clone(catalog),
        vault: Vault::new(Store::memory()),
        ring: Arc::new(ring.unwrap()),
        codec: Codec::new(none, lightcase_codec::Options::default()),
        clock,
        policy: Policy::Keep,
    })
}

fn staff(role: Role) -> Principal {
    let id = AccountId::random();
    Principal {
        actor: Actor::Account(id),
        name: "Dr. Jane".to_owned(),
        permissions: role.permissions().iter().copied().collect(),
        account: Some(id),
        role: Some(role),
        session: Some(SessionId::random()),
        expires: None,
    }
}

/// A link of the usual kind: whole study, one day, five uses, passcode.
fn link_to(study: &StudyUid) -> NewLink {
    NewLink::to(study.clone(), Recipient::named("Dr. A. Example"), NOW.plus(DAY))
}

async fn create(shares: &Shares, new: NewLink) -> Key {
    let mut made = shares.create(&ctx(), &Principal::operator(), new).await.unwrap();
    Key::of(made.links.remove(0))
}

/// What a recipient holds.
#[derive(Clone)]
struct Key {
    id: ShareId,
    share: String,
    secret: String,
    passcode: String,
}

impl Key {
    fn of(created: Created) -> Self {
        let link = created.link.expose();
        let mut parts = link.split('.').skip(1).map(str::to_owned);
        Self {
            id: created.share.id,
            share: parts.next().unwrap(),
            secret: parts.next().unwrap(),
            passcode: created.passcode.map(|each| each.expose().to_owned()).unwrap_or_default(),
        }
    }

    fn attempt(&self) -> Attempt<'_> {
        Attempt {
            share: &self.share,
            secret: &self.secret,
            passcode: Some(&self.passcode),
            user_agent: Some("test"),
            ..Attempt::default()
        }
    }

    fn wrong(&self) -> Attempt<'_> {
        Attempt { passcode: Some("WRONG"), ..self.attempt() }
    }

    async fn open(&self, shares: &Shares, later: Duration) -> Result<Opened> {
        begun(shares.open(&at(later), self.attempt()).await)
    }
}

/// The session that a try began.
fn begun(progress: Result<Progress>) -> Result<Opened> {
    match progress? {
        Progress::Opened(opened) => Ok(opened),
        Progress::Next { factor, .. } => panic!("{factor} is asked for"),
    }
}

async fn visit(shares: &Shares, opened: &Opened, later: Duration) -> Option<Visit> {
    let handle = opened.handle.to_string();
    shares.session(at(later).now, &handle, &opened.cookie.expose()).await.unwrap()
}

/// Accepts the notice and returns the visit after it.
async fn accept(shares: &Shares, opened: &Opened) -> Visit {
    let before = visit(shares, opened, Duration::ZERO).await.unwrap();
    let hash = shares.view(&before).await.unwrap().notice.hash.to_string();
    let shown = shares.accept(&ctx(), before, &hash).await.unwrap();
    let after = visit(shares, opened, Duration::ZERO).await.unwrap();
    assert_eq!(shown.scope(), after.scope());
    after
}

/// How many events of a kind were recorded for a link.
async fn recorded(catalog: &Catalog, share: ShareId, name: &str) -> usize {
    let filter =
        AuditFilter { share: Some(share), event: Some(name.to_owned()), limit: 5000, study: None };
    catalog.audit(&filter).await.unwrap().len()
}
