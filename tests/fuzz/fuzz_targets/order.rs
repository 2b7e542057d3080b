//! `cargo fuzz run order`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ndwindow_fuzz::check("order", bytes));
