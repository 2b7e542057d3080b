//! `cargo fuzz run conv`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ndwindow_fuzz::check("conv", bytes));
