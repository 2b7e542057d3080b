//! Reductions of windows.

mod arg;
mod block;
mod order;
mod rankable;

pub use rankable::Rankable;
