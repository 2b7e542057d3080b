//! Windows of which only some cells count.

mod cut;
mod engine;
mod held;
mod spots;
mod under;
mod verbs;
mod walk;

pub(super) use engine::{reduce, run};
pub(super) use held::{MaskHeld, sorted};
pub(super) use spots::{Spots, most};
pub(super) use under::Under;
pub use verbs::Masked;
