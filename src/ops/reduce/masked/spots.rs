//! Where the cells of a run of windows lie along one axis.

use super::super::line::Run;
use crate::spec::gcd;
use alloc::vec;
use alloc::vec::Vec;

/// Positions along an axis, in even distances, among which all cells of some windows are.
#[derive(Clone, Debug)]
pub(in super::super) struct Spots {
    /// The first one, and how far they are apart.
    pub(in super::super) first: isize,
    pub(in super::super) unit: usize,
    /// How many spots further on the next window begins, and the next cell lies.
    pub(in super::super) window: usize,
    pub(in super::super) cell: usize,
    /// How many there are.
    pub(in super::super) len: usize,
    /// Which of them are cells.
    pub(in super::super) needed: Vec<bool>,
}

impl Spots {
    /// One position that is no axis'.
    pub(in super::super) fn none() -> Spots {
        Spots { first: 0, unit: 1, window: 1, cell: 1, len: 1, needed: vec![true] }
    }

    pub(in super::super) fn new(run: &Run, cells: usize, dilation: usize) -> Spots {
        let unit = if run.count == 1 { dilation } else { gcd(run.step, dilation) };
        let (window, cell) = (run.step / unit, dilation / unit);
        let len = (run.count - 1) * window + (cells - 1) * cell + 1;
        let mut needed = vec![window == 1 && (cell == 1 || run.count >= cell); len];
        if !needed[0] {
            let each = |i: usize| (0..cells).map(move |j| i * window + j * cell);
            (0..run.count).flat_map(each).for_each(|k| needed[k] = true);
        }
        Spots { first: run.start, unit, window, cell, len, needed }
    }

    /// The position of a spot.
    pub(in super::super) fn at(&self, k: usize) -> isize {
        self.first + (k * self.unit) as isize
    }
}

/// How many windows of a line may be computed together: one at a time where most of what lies between their cells is read by none.
pub(in super::super) fn most(count: usize, step: usize, cells: usize, dilation: usize) -> usize {
    let unit = gcd(step, dilation);
    let between = |count: usize| {
        let far = (count - 1).saturating_mul(step / unit);
        far.saturating_add((cells - 1).saturating_mul(dilation / unit)).saturating_add(1)
    };
    if count > 1 && between(count) > count.saturating_mul(cells).saturating_mul(4) { 1 } else { count }
}
