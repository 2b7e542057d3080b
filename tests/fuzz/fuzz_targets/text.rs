//! `cargo fuzz run text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ndwindow_fuzz::check("text", bytes));
