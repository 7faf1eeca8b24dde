//! Every fact as an event type, canonical encoding, hashes.
