//! How many cells of each window count, and the first window that has too few.

use crate::error::{Error, Result};
use crate::spec::{AxisPlan, Dims, Plan};
use alloc::vec::Vec;
use core::ops::Range;

/// How many elements each window of an axis holds.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// Of the windows before those inside, and behind them.
    front: Vec<usize>,
    behind: Vec<usize>,
    /// The windows that hold all their cells.
    inside: Range<usize>,
    window: usize,
}

impl Held {
    /// Padding counts if it is filled, holes and overhang never do.
    pub(crate) fn new(axis: &AxisPlan, filled: bool) -> Held {
        let inside = if axis.base_dilation() == 1 { axis.interior() } else { 0..0 };
        Held {
            front: axis.held(0..inside.start, filled),
            behind: axis.held(inside.end..axis.count(), filled),
            inside,
            window: axis.window(),
        }
    }

    /// Every window that is not like all others, and one that is, with its elements.
    fn candidates(&self) -> impl Iterator<Item = (usize, usize)> {
        let front = self.front.iter().copied().enumerate();
        let one = self.inside.clone().map(|i| (i, self.window)).take(1);
        let behind = self.inside.end..;
        front.chain(one).chain(behind.zip(self.behind.iter().copied()))
    }

    /// The windows around those inside that hold all their cells, too.
    pub(crate) fn full(&self) -> Range<usize> {
        let full = |n: &&usize| **n == self.window;
        let before = self.front.iter().rev().take_while(full).count();
        let behind = self.behind.iter().take_while(full).count();
        self.inside.start - before..self.inside.end + behind
    }

    /// Calls `f` for all windows that hold fewer than `need` elements.
    pub(crate) fn short(&self, need: usize, mut f: impl FnMut(Range<usize>)) {
        let ends = [(0, &self.front), (self.inside.end, &self.behind)];
        for (from, held) in ends {
            let short = held.iter().enumerate().filter(|(_, n)| **n < need);
            short.for_each(|(k, _)| f(from + k..from + k + 1));
        }
        if self.window < need {
            f(self.inside.clone());
        }
    }

    /// Elements of window `i`.
    pub(crate) fn at(&self, i: usize) -> usize {
        match self.front.get(i) {
            Some(&n) => n,
            None if i < self.inside.end => self.window,
            None => self.behind[i - self.inside.end],
        }
    }

    /// Elements of all windows of a range, if they are as many.
    pub(crate) fn all(&self, range: Range<usize>) -> Option<usize> {
        let first = self.at(range.start);
        let inside = self.inside.start <= range.start && range.end <= self.inside.end;
        (inside || range.into_iter().all(|i| self.at(i) == first)).then_some(first)
    }
}

/// The first window, in row-major order of the result, that holds fewer than `need` cells, and how many it holds.
pub(crate) fn short_window(plan: &Plan, filled: bool, need: usize) -> Option<(Vec<usize>, usize)> {
    let shape = plan.reduced_dims();
    if shape.contains(&0) {
        return None;
    }
    let axes = plan.axes_in_order();
    // For each axis, candidates in order: every window that is not like all others, and one that is.
    let counts: Vec<Vec<(usize, usize)>> = axes.iter().map(|a| Held::new(a, filled).candidates().collect()).collect();
    let least: Vec<usize> = counts.iter().map(|c| c.iter().map(|&(_, n)| n).min().unwrap_or(0)).collect();
    let mut index = Dims::from_elem(0, shape.len());
    let mut product = 1usize;
    for (k, axis) in axes.iter().enumerate() {
        let rest = least[k + 1..].iter().fold(1usize, |p, &n| p.saturating_mul(n));
        let fits = |n: usize| product.saturating_mul(n).saturating_mul(rest) < need;
        let &(i, n) = counts[k].iter().find(|&&(_, n)| fits(n))?;
        index[axis.axis()] = i;
        product = product.saturating_mul(n);
    }
    (product < need).then(|| (index.to_vec(), product))
}

/// Refuses windows so large that places in a block do not fit 31 bits.
pub(crate) fn check_cells(plan: &Plan, filled: bool) -> Result<()> {
    const LIMIT: usize = 1 << 31;
    if plan.reduced_dims().contains(&0) {
        return Ok(());
    }
    let most = |a: &AxisPlan| Held::new(a, filled).candidates().map(|(_, n)| n).max().unwrap_or(0);
    let shape: Vec<usize> = plan.axes().iter().map(most).collect();
    if shape.iter().fold(1, |p: usize, &n| p.saturating_mul(n)) < LIMIT {
        return Ok(());
    }
    Err(Error::TooLarge { what: "a window", shape, limit: LIMIT - 1, unit: "elements" })
}

/// How many cells of each window count along each unfolded axis, in the array's order.
pub(crate) fn cell_counts(plan: &Plan, filled: bool) -> Vec<Vec<usize>> {
    let axes = plan.axes_in_order();
    axes.iter().map(|a| a.held(0..a.count(), filled)).collect()
}
