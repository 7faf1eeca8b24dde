//! Our DIMSE services, one file each, and the map from refusal to DIMSE status.
//!
//! They translate and decide nothing: a command becomes a call of the archive, and its answer a
//! status. The one rule kept here is who may associate, because only this edge knows associations.

mod c_echo;
mod c_find;
mod c_get;
mod c_move;
mod c_store;
mod commitment;
mod delivery;
mod dial;
mod hand_over;
mod models;
mod origin;
mod peers;
mod refusal;
mod services;
mod tally;
mod wanted;

pub use c_find::FindLimits;
pub use commitment::Commitments;
pub use dial::Dialer;
pub use peers::{OpenLoopback, Peers};
pub use refusal::response;
pub use services::services;
