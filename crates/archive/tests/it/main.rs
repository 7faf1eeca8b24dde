//! The archive over a folder store and an embedded catalog.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's own data is right"
)]

mod adopt;
mod bulk;
mod clean;
mod download;
mod house;
mod recover;
