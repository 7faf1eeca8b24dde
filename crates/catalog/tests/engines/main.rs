//! The catalog on both of its engines: every check runs on SQLite and on PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's own data is right, and it says what it skips"
)]

mod accounts;
mod adoption;
mod audit;
mod authorisation;
mod clean;
mod commitment;
mod completeness;
mod download;
mod engine;
mod find;
mod group;
mod lent;
mod matching;
mod outbox;
mod peers;
mod recipients;
mod server;
mod store;
mod study;
mod wanted;
mod worklist;
