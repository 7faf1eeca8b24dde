//! Bytes of a connection, in each state of an association.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lightcase_dimse::fuzzing::pdus(bytes));
