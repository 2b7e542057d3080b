//! Reductions that need the windows' elements at hand: arguments of extremes and order statistics.
//!
//! The result is cut into *blocks*: boxes of windows that share elements. Each block's elements are copied once into a
//! small dense box that stays in a cache; cells that hold nothing are left out of it, so that what is left for an
//! operation is an array without padding, holes, dilation or strides, and for each axis the range of it that each window
//! holds. A window's result depends on its own elements only, so neither the cut nor the number of threads shows.

mod each;
mod few;
mod side;
mod walk;

pub(crate) use each::{Places, each_block};
pub(crate) use few::{Seen, each_window, repeats};
pub(crate) use side::{Cuts, Side};
pub(crate) use walk::{rows, snake};

use alloc::borrow::Cow;

/// The elements of some windows: a dense row-major box with one side for each unfolded axis, in the array's order.
pub(crate) struct Block<'s, T> {
    pub(crate) sides: &'s [Cow<'s, Side>],
    pub(crate) data: &'s [T],
    /// The same, and some elements of any value behind them.
    pub(crate) spared: &'s [T],
}
