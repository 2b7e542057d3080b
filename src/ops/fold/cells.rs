//! The cells a fold reads: one array of all patches, or an array for each window.

use crate::array::View;

/// The patches of a fold.
#[doc(hidden)]
pub enum Cells<'p, 'a, T> {
    /// One array, in the plan's shape.
    Together(&'p View<'a, T>),
    /// One for each window, row-major over the grid, in the plan's shape with grid axes of one.
    Apart(&'p [View<'a, T>]),
}

impl<T> Clone for Cells<'_, '_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Cells<'_, '_, T> {}

impl<'p, 'a, T> Cells<'p, 'a, T> {
    /// How many cells there are.
    pub(super) fn len(self) -> usize {
        match self {
            Cells::Together(patches) => patches.len(),
            Cells::Apart(list) => list.iter().map(View::len).sum(),
        }
    }

    /// How far apart cells lie; of an array each, in the first one.
    pub(super) fn strides(self) -> &'p [isize] {
        match self {
            Cells::Together(patches) => patches.strides(),
            Cells::Apart(list) => list.first().map_or(&[], |first| first.strides()),
        }
    }

    pub(super) fn are_apart(self) -> bool {
        matches!(self, Cells::Apart(_))
    }
}
