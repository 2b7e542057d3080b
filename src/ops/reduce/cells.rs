//! Scratch rows that stand on cache lines, so that a register of any width is stored in one piece.

use crate::kernel::{LINE, in_line};
use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

/// A row of accumulators, of the length it was last [`fit`](Self::fit) for or longer.
pub(crate) struct Cells<A> {
    data: Vec<A>,
    /// Where a line begins.
    start: usize,
}

impl<A> Default for Cells<A> {
    fn default() -> Self {
        Cells { data: Vec::new(), start: 0 }
    }
}

impl<A: Copy> Cells<A> {
    /// Makes it long enough; what it held stays only if it was.
    pub(crate) fn fit(&mut self, len: usize, value: A) {
        if self.len() < len {
            self.grow(len, value);
        }
    }

    #[inline(never)]
    fn grow(&mut self, len: usize, value: A) {
        self.data.clear();
        self.data.resize(len + in_line::<A>(), value);
        // Of no use where a cell does not divide a line.
        self.start = self.data.as_ptr().align_offset(LINE).min(in_line::<A>());
    }
}

impl<A> Deref for Cells<A> {
    type Target = [A];
    fn deref(&self) -> &[A] {
        &self.data[self.start..]
    }
}

impl<A> DerefMut for Cells<A> {
    fn deref_mut(&mut self) -> &mut [A] {
        &mut self.data[self.start..]
    }
}
