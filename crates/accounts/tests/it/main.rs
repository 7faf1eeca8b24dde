//! Accounts on both engines of the catalog.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::unchecked_time_subtraction,
    reason = "a test's own data is right, and it says what it skips"
)]

#[path = "../../../catalog/tests/engines/engine.rs"]
#[expect(dead_code, reason = "accounts need neither the database nor its keys themselves")]
mod engine;
mod manage;
mod session;
mod set_up;
mod sign_in;
mod token;

use std::sync::Arc;
use std::time::Duration;

use lightcase_accounts::{AccountView, Accounts, NewPerson, Principal};
use lightcase_catalog::{AuditFilter, Catalog};
use lightcase_model::{Actor, Ctx, Origin, Role, Timestamp};

/// 2026-11-22T00:00:00Z.
const NOW: Timestamp = Timestamp::from_micros(1_795_305_600_000_000);
const PASSWORD: &str = "correct horse";

fn at(later: Duration) -> Ctx {
    let address = "192.0.2.1".parse().unwrap();
    Ctx::new(Actor::Visitor, Origin::Http { address }, NOW.plus(later))
}

fn ctx() -> Ctx {
    at(Duration::ZERO)
}

fn accounts(catalog: &Arc<Catalog>) -> Accounts {
    Accounts::new(Arc::clone(catalog))
}

async fn add(accounts: &Accounts, name: &str, role: Role) -> AccountView {
    let person = NewPerson { name, password: PASSWORD };
    accounts.add_account(&ctx(), &Principal::operator(), person, role).await.unwrap()
}

/// Names of the recorded events, sorted.
async fn events(catalog: &Catalog) -> Vec<String> {
    let filter = AuditFilter { limit: 5000, ..Default::default() };
    let rows = catalog.audit(&filter).await.unwrap();
    let mut names: Vec<String> = rows.into_iter().map(|row| row.record.event).collect();
    names.sort_unstable();
    names
}

/// How many events of a kind were recorded.
async fn recorded(catalog: &Catalog, name: &str) -> usize {
    events(catalog).await.iter().filter(|each| *each == name).count()
}
