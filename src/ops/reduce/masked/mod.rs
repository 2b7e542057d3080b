//! Windows of which only some cells count.

mod cut;
mod held;
mod spots;
mod under;
mod verbs;
mod walk;

pub(super) use held::sorted;
pub(super) use spots::{Spots, most};
pub use verbs::Masked;
