//! Data sets in six transfer syntaxes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lightcase_dataset::fuzzing::data_set(bytes));
