//! Reductions that need the windows' elements at hand: order statistics.
//!
//! The result is cut into *blocks*: boxes of windows that share elements. Each block's elements are copied once into a
//! small dense box that stays in a cache, unless an operation takes the array's lines as they lie; cells that hold nothing
//! are left out of it, so that what is left for an operation is an array without padding, holes, dilation or strides, and
//! for each axis the range of it that each window holds. A window's result depends on its own elements only, so neither
//! the cut nor the number of threads shows.

mod each;
mod few;
mod side;
mod walk;

pub(crate) use each::{Each, Places, SPARE, each_block};
pub(crate) use few::{Seen, each_window, repeats};
use side::Stretch;
pub(crate) use side::{Cuts, Side};
pub(crate) use walk::{rows, snake};

use alloc::borrow::Cow;
use alloc::vec::Vec;

/// The elements of some windows: a box with one side for each unfolded axis, in the array's order.
pub(crate) struct Block<'s, T> {
    pub(crate) sides: &'s [Cow<'s, Side>],
    /// The elements, dense and row-major; none where they are read where they lie.
    pub(crate) data: &'s [T],
    /// The same, and some elements of any value behind them.
    pub(crate) spared: &'s [T],
    /// The lines of the array the box has along its last side, one for each index of the other sides, if they are read there.
    in_place: Option<Vec<&'s [T]>>,
}

impl<T> Block<'_, T> {
    /// Whether the elements are read where they lie, with no copy of them.
    pub(crate) fn is_in_place(&self) -> bool {
        self.in_place.is_some()
    }

    /// If they are: for each index of all sides but the last a line of elements, and which of them the last side's cells are.
    pub(crate) fn lines(&self) -> Option<(&[&[T]], &[Stretch])> {
        Some((self.in_place.as_ref()?, &self.sides.last()?.stretches))
    }
}
