//! Text: windows over tokens as ranges, n-grams, and windows over a `&str`. Nothing is copied.

mod ngrams;
mod strings;
mod tokens;

pub use ngrams::{Gram, ngrams};
pub use strings::{StrWindow, StrWindows, Unit};
pub use tokens::{Align, TokenPlan, TokenWindow, TokenWindows};
