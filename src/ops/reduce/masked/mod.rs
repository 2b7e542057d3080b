//! Windows of which only some cells count.

mod cut;
mod engine;
mod held;
mod spots;
mod verbs;
mod walk;

pub(super) use engine::{Under, reduce};
pub(super) use held::{MaskHeld, sorted};
pub(super) use spots::{Spots, most};
pub use verbs::Masked;
