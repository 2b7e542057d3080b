//! What is refused, and with which words.

use ndwindow::Result;

pub(crate) fn words<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("no error"),
        Err(error) => error.to_string(),
    }
}

/// Checks a table of results and their words.
macro_rules! refused {
    ($($result:expr => $text:expr),+ $(,)?) => { $(assert_eq!($crate::refused::words($result), $text);)+ };
}

pub(crate) use refused;
