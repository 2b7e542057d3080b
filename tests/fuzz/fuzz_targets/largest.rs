//! `cargo fuzz run largest`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ndwindow_fuzz::check("largest", bytes));
