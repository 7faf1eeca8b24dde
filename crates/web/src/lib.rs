//! DICOMweb, the JSON API, share pages, sign-in, static viewer: HTTP for the rules below.
//!
//! Everything starts at [`router`]. Handlers translate: they turn a request into a call of
//! `archive`, `accounts` or `share`, and what comes back into an answer; every reason of refusal
//! has its status in one file. Routes are lists from which the router is made, each
//! with its guard, so that none can be mounted without.
//!
//! Decides nothing: who may see what is a [`lightcase_model::Scope`] that was made below.

mod address;
mod api;
mod body;
mod caller;
mod conditional;
mod config;
mod cookie;
mod dicomweb;
mod health;
mod limit;
mod observe;
mod openapi;
mod page;
mod problem;
mod range;
mod route;
mod router;
mod running;
mod security;
mod seldom;
mod server;
mod share;
mod state;
#[cfg(test)]
mod tests;
mod upload;

pub use address::{NotANetwork, TrustedProxies};
pub use config::{SystemInfo, WebConfig};
pub(crate) use problem::Problem;
pub use router::router;
pub use server::{serve, serve_tls};
pub use state::WebParts;
