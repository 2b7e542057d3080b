//! `T(n)` over rows that are made one at a time.

use super::cells::Cells;
use crate::kernel::level::Level;
use crate::kernel::rows::{self, Reduction};
use alloc::vec::Vec;

/// Buffers for `T(n)`: about `log2 n` rows.
pub(crate) struct Tree<A> {
    rows: Vec<Cells<A>>,
}

impl<A> Default for Tree<A> {
    fn default() -> Self {
        Tree { rows: Vec::new() }
    }
}

/// How many binary digits `n` has.
pub(crate) fn digits(n: usize) -> usize {
    (usize::BITS - n.leading_zeros()) as usize
}

/// Makes row `j`.
pub(crate) type Leaf<'a, A> = dyn FnMut(usize, &mut [A]) + 'a;

impl<A: Copy> Tree<A> {
    /// `dst = T(n)` of the rows `leaf(0..n)`.
    pub(crate) fn combine<T, R>(&mut self, level: Level, r: &R, n: usize, dst: &mut [A], leaf: &mut Leaf<'_, A>)
    where
        R: Reduction<T, Acc = A>,
    {
        if n == 1 {
            return leaf(0, dst);
        }
        let depth = digits(n);
        if self.rows.len() < depth {
            self.rows.resize_with(depth, Cells::default);
        }
        for row in &mut self.rows[..depth] {
            row.fit(dst.len(), r.identity());
        }
        let mut first = 0;
        for digit in (0..depth).filter(|d| n >> d & 1 == 1) {
            if first == 0 {
                perfect(level, r, digit, 0, dst, &mut self.rows, leaf);
            } else {
                let (below, own) = self.rows.split_at_mut(digit);
                let own = &mut own[0][..dst.len()];
                perfect(level, r, digit, first, own, below, leaf);
                rows::append(level, r, dst, own);
            }
            first += 1 << digit;
        }
    }
}

/// The balanced tree of `1 << digit` rows from `first` on.
fn perfect<T, R: Reduction<T>>(
    level: Level,
    r: &R,
    digit: usize,
    first: usize,
    dst: &mut [R::Acc],
    rows: &mut [Cells<R::Acc>],
    leaf: &mut Leaf<'_, R::Acc>,
) {
    if digit == 0 {
        return leaf(first, dst);
    }
    perfect(level, r, digit - 1, first, dst, rows, leaf);
    let (below, own) = rows.split_at_mut(digit - 1);
    let own = &mut own[0][..dst.len()];
    perfect(level, r, digit - 1, first + (1 << (digit - 1)), own, below, leaf);
    rows::append(level, r, dst, own);
}
