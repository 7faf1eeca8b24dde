//! What the engine does to whole objects, and what it must never do.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

mod approval;
mod around;
mod blanking;
mod canary;
mod characteristics;
mod codes;
mod colour;
mod corpus;
mod explained;
mod floats;
mod kept;
mod links;
mod mutants;
mod numbers;
mod pieces;
mod plants;
mod profiles;
mod records;
mod retained;
mod samples;
mod secret;
mod support;
