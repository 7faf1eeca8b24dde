//! Files: their head, then their data set, in pieces.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lightcase_dataset::fuzzing::file(bytes));
