//! `cargo fuzz run masked`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ndwindow_fuzz::check("masked", bytes));
