//! Phantoms, servers and peers for tests.
