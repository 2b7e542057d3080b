//! `T(n)` over rows that are made one at a time.

use super::rows::{At, Rows, Slot, Slots};
use alloc::vec::Vec;

/// Rows for `T(n)`: about `log2 n`.
pub(crate) struct Tree {
    rows: Vec<Slot>,
}

/// Makes row `j`.
pub(crate) type Leaf<'a> = dyn FnMut(&mut dyn Rows, usize, At) + 'a;

impl Tree {
    /// For up to `most` rows.
    pub(crate) fn new(slots: &mut Slots, most: usize) -> Tree {
        Tree { rows: (0..digits(most)).map(|_| slots.next()).collect() }
    }

    /// For no rows: stands for another one meanwhile.
    pub(crate) fn none() -> Tree {
        Tree { rows: Vec::new() }
    }

    /// `to = T(n)` of the rows `leaf(0..n)`, each of `len` cells.
    pub(crate) fn combine(&self, rows: &mut dyn Rows, n: usize, to: At, len: usize, leaf: &mut Leaf<'_>) {
        if n == 1 {
            return leaf(rows, 0, to);
        }
        let depth = digits(n);
        for &row in &self.rows[..depth] {
            rows.fit(row, len);
        }
        let mut first = 0;
        for digit in (0..depth).filter(|d| n >> d & 1 == 1) {
            if first == 0 {
                perfect(rows, digit, 0, to, len, &self.rows, leaf);
            } else {
                let own = At::start(self.rows[digit]);
                perfect(rows, digit, first, own, len, &self.rows[..digit], leaf);
                rows.append(to, own, len);
            }
            first += 1 << digit;
        }
    }
}

/// How many binary digits `n` has.
fn digits(n: usize) -> usize {
    (usize::BITS - n.leading_zeros()) as usize
}

/// The balanced tree of `1 << digit` rows from `first` on.
fn perfect(rows: &mut dyn Rows, digit: usize, first: usize, to: At, len: usize, below: &[Slot], leaf: &mut Leaf<'_>) {
    if digit == 0 {
        return leaf(rows, first, to);
    }
    perfect(rows, digit - 1, first, to, len, below, leaf);
    let own = At::start(below[digit - 1]);
    perfect(rows, digit - 1, first + (1 << (digit - 1)), own, len, &below[..digit - 1], leaf);
    rows.append(to, own, len);
}
