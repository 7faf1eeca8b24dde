//! The attack catalogue against the real binary: after each attack the server has never held
//! 512 MiB, and the next C-ECHO is answered. Names of tests begin with the attack's number.
//!
//! Elsewhere: retrieval without a right and to where nobody is known (A9, A12, `retrieve.rs`), what
//! HTTP bodies cost (A20, `crates/web`), and codestreams that lie (A23,
//! `crates/codec/tests/hostile.rs`).

mod memory;
pub(crate) mod raw;
mod shapes;

mod bytes;
mod document;
mod flood;
mod headers;
mod names;
mod pixels;
mod protocol;
mod query;
mod rights;
mod sockets;
mod stow;
mod text;
mod tls;
mod zip;
