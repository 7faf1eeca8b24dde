//! Command sets.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lightcase_dimse::fuzzing::commands(bytes));
