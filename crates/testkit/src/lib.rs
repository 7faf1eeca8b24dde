//! What tests and the demo need and the product does not: synthetic patients with known pixels,
//! private servers that stop with their guard, certificates, and mutants of a corpus.
//!
//! The crate knows nothing of the product's insides. Phantoms are written by hand, without the
//! libraries the product reads them with, so that an agreement between the two means something;
//! the product itself is started as the real binary.

pub mod certificates;
pub mod mutants;
pub mod phantom;
pub mod servers;
