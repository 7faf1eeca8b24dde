//! Our DIMSE services, one file each, and the map from refusal to DIMSE status.
//!
//! They translate and decide nothing: a command becomes a call of the archive, and its answer a
//! status. The one rule kept here is who may associate, because only this edge knows associations.

mod c_echo;
mod c_find;
mod c_store;
mod origin;
mod peers;
mod refusal;
mod services;

pub use c_find::FindLimits;
pub use peers::{OpenLoopback, Peers};
pub use services::services;
