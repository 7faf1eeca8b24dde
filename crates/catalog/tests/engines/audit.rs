//! The ledger: insert-only, chained in order, personal fields sealed, dangling accesses found.

use std::time::Duration;

use lightcase_audit::{AccessId, Event, GENESIS, Record, Subject, ViewKind, chain, list_digest};
use lightcase_catalog::{AuditFilter, AuditRow, Catalog, Database, OpenReadAccess};
use lightcase_model::{Ctx, Origin, Phi, ShareId};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};

use crate::engine::engines;
use crate::study::{NOW, hold};

/// Runs SQL as somebody would who got hold of the database and its key.
pub(crate) async fn meddle(database: &Database, sql: &'static str) -> Result<(), String> {
    match database {
        Database::Sqlite { .. } => {
            let mut connection = sqlite(database).await;
            connection.execute(sql).await.map(drop).map_err(|error| error.to_string())
        }
        Database::Postgres { url, .. } => {
            let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
            connection.execute(sql).await.map(drop).map_err(|error| error.to_string())
        }
    }
}

async fn rows(catalog: &Catalog) -> Vec<AuditRow> {
    catalog.audit(&AuditFilter { limit: 1000, ..Default::default() }).await.unwrap()
}

#[tokio::test]
async fn rows_are_never_changed_or_deleted() {
    for engine in engines().await {
        hold(&engine, 1, 1, 1).await;
        assert_eq!(engine.catalog.sequence_audit(10).await.unwrap(), 1);
        for sql in [
            "UPDATE audit_event SET at = at + 1",
            "UPDATE audit_event SET canonical = canonical",
            "DELETE FROM audit_event",
            "UPDATE audit_chain SET seq = seq + 1",
            "DELETE FROM audit_chain",
        ] {
            let refused = meddle(&engine.database, sql).await.unwrap_err();
            assert!(refused.contains("audit rows are never"), "{sql}: {refused}");
        }
        if let Database::Postgres { .. } = engine.database {
            let sql = "TRUNCATE audit_event CASCADE";
            assert!(meddle(&engine.database, sql).await.is_err());
        }
        assert_eq!(rows(&engine.catalog).await.len(), 1);
        // The connection that meddles is one that can write elsewhere.
        meddle(&engine.database, "UPDATE study SET study_id = 'x'").await.unwrap();
    }
}

#[tokio::test]
async fn events_are_chained_in_order_once() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        for second in 0..5 {
            let ctx = Ctx::system(NOW.plus(Duration::from_secs(second)));
            catalog.record(&ctx, Event::ServiceStopped {}).await.unwrap();
        }
        assert!(rows(catalog).await.iter().all(|row| row.seq.is_none()));
        assert_eq!(catalog.sequence_audit(3).await.unwrap(), 3);
        assert_eq!(catalog.sequence_audit(3).await.unwrap(), 2);
        assert_eq!(catalog.sequence_audit(3).await.unwrap(), 0);
        let mut rows = rows(catalog).await;
        rows.reverse();
        let mut previous = GENESIS;
        for (row, seq) in rows.iter().zip(1_i64..) {
            assert_eq!(row.seq, Some(seq));
            let leaf = Record::leaf_of(&row.record.canonical());
            previous = chain(&previous, seq.unsigned_abs(), &leaf);
        }
        let last = data_encoding::HEXLOWER.encode(&previous);
        let kept = stored_chain(&engine.database).await;
        assert_eq!(kept, last);
    }
}

async fn stored_chain(database: &Database) -> String {
    let sql = "SELECT chain FROM audit_chain ORDER BY seq DESC LIMIT 1";
    let bytes: Vec<u8> = match database {
        Database::Sqlite { .. } => {
            sqlx::query_scalar(sql).fetch_one(&mut sqlite(database).await).await.unwrap()
        }
        Database::Postgres { url, .. } => {
            let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        }
    };
    data_encoding::HEXLOWER.encode(&bytes)
}

/// A text, as somebody reads it who got hold of the database and its key.
pub(crate) async fn text(database: &Database, sql: &'static str) -> String {
    match database {
        Database::Sqlite { .. } => {
            sqlx::query_scalar(sql).fetch_one(&mut sqlite(database).await).await.unwrap()
        }
        Database::Postgres { url, .. } => {
            let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        }
    }
}

async fn sqlite(database: &Database) -> sqlx::SqliteConnection {
    let Database::Sqlite { path, key } = database else { panic!("another engine") };
    let key = data_encoding::HEXLOWER.encode(&*key.0);
    let options = SqliteConnectOptions::new().filename(path);
    options.pragma("key", format!("\"x'{key}'\"")).connect().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_sequencers_number_every_event_once() {
    for engine in engines().await {
        for _ in 0..20 {
            engine.catalog.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        }
        let mut sequencers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let catalog = std::sync::Arc::clone(&engine.catalog);
            sequencers.spawn(async move { catalog.sequence_audit(5).await.unwrap() });
        }
        sequencers.join_all().await;
        while engine.catalog.sequence_audit(100).await.unwrap() > 0 {}
        let mut numbers: Vec<_> =
            rows(&engine.catalog).await.iter().map(|row| row.seq.unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=20).collect::<Vec<i64>>());
    }
}

#[tokio::test]
async fn personal_fields_are_sealed_and_open_for_their_subject_only() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let share = ShareId::random();
        let address = "192.0.2.44".parse().unwrap();
        let ctx = Ctx { origin: Origin::Share { share, address }, ..Ctx::system(NOW) };
        let reason = Some(Phi::new("sent to the wrong doctor".to_owned()));
        catalog.record(&ctx, Event::ShareRevoked { share, reason }).await.unwrap();
        let filter = AuditFilter { share: Some(share), limit: 5, ..Default::default() };
        let rows = catalog.audit(&filter).await.unwrap();
        assert_eq!(rows.len(), 1);
        let record = &rows[0].record;
        let text = String::from_utf8(record.canonical()).unwrap();
        assert!(!text.contains("192.0.2.44") && !text.contains("wrong doctor"), "{text}");
        let open = async |subject| catalog.open_personal(record, subject, NOW).await.unwrap();
        let personal = open(Subject::Share(share)).await.unwrap();
        assert_eq!(personal.address.as_deref(), Some("192.0.2.44"));
        assert_eq!(personal.reason.as_deref(), Some("sent to the wrong doctor"));
        assert_eq!(open(Subject::System).await, None);
    }
}

#[tokio::test]
async fn accesses_that_were_begun_and_not_ended_are_found() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let held = hold(&engine, 1, 1, 2).await;
        let open = catalog.open_store_accesses().await.unwrap();
        assert_eq!((open.len(), open[0].access, open[0].study), (1, held.access, held.id));
        assert_eq!(open[0].begun, NOW);
        assert_eq!(open[0].sop_uids, ["1.2.3.1.1.1", "1.2.3.1.1.2"]);
        let ended = Event::StoreEnded {
            access_id: held.access,
            study: held.id,
            count: 2,
            already_held: 0,
            refused: 0,
            list_digest: list_digest([]),
            recovered: true,
        };
        let ctx = Ctx::system(NOW);
        catalog.record(&ctx, ended).await.unwrap();
        assert!(catalog.open_store_accesses().await.unwrap().is_empty());

        let access_id = AccessId::random();
        let begun = Event::ViewBegun {
            access_id,
            study: held.id,
            series: None,
            kind: ViewKind::Frames,
            study_uid: Phi::new(held.uid.to_string()),
            series_uid: None,
        };
        catalog.record(&ctx, begun).await.unwrap();
        let open = catalog.open_read_accesses().await.unwrap();
        let (event, study, begun) = ("view_begun".to_owned(), held.id, NOW);
        assert_eq!(open, [OpenReadAccess { event, access: access_id, study, begun }]);
        let ended =
            Event::ViewEnded { access_id, study: held.id, frames: 1, bytes: 2, recovered: false };
        catalog.record(&ctx, ended).await.unwrap();
        assert!(catalog.open_read_accesses().await.unwrap().is_empty());
        let filter = AuditFilter { study: Some(held.id), limit: 10, ..Default::default() };
        assert_eq!(catalog.audit(&filter).await.unwrap().len(), 4);
    }
}
