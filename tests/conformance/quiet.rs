//! Panics caught and kept as text, so that one bad case does not end the run.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

static LAST: Mutex<String> = Mutex::new(String::new());

/// Keeps panics off the terminal; [`caught`] gives their text.
pub fn hush() {
    panic::set_hook(Box::new(|info| {
        if let Ok(mut last) = LAST.lock() {
            *last = info.to_string();
        }
    }));
}

/// Runs `job`; a panic becomes its message and place.
pub fn caught<R>(job: impl FnOnce() -> R) -> Result<R, String> {
    panic::catch_unwind(AssertUnwindSafe(job)).map_err(|_| match LAST.lock() {
        Ok(last) => last.replace('\n', " "),
        Err(_) => "panicked".into(),
    })
}
