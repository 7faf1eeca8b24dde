//! Chores: demo, test, bench, check.

fn main() {}
