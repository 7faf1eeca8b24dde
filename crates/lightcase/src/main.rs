//! The imaging archive: one binary.

fn main() {}
