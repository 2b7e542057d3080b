//! How many cells of a window count, and the first window that has too few.

use crate::error::{Error, Result};
use crate::spec::{AxisPlan, Dims, Plan};
use alloc::vec::Vec;

/// The first window, in row-major order of the result, that holds fewer than `need` cells, and how many it holds.
pub(crate) fn short_window(plan: &Plan, filled: bool, need: usize) -> Option<(Vec<usize>, usize)> {
    let shape = plan.reduced_dims();
    if shape.contains(&0) {
        return None;
    }
    let mut axes: Vec<&AxisPlan> = plan.axes().iter().collect();
    axes.sort_by_key(|a| a.axis());
    // For each axis, candidates in order: every window that is not like all others, and one that is.
    let counts: Vec<Vec<(usize, usize)>> = axes.iter().map(|a| candidates(a, filled)).collect();
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

fn candidates(axis: &AxisPlan, filled: bool) -> Vec<(usize, usize)> {
    let inside = if axis.base_dilation() == 1 { axis.interior() } else { 0..0 };
    let one = inside.start..inside.end.min(inside.start + 1);
    let behind = inside.end..axis.count();
    let some = [0..inside.start, one, behind];
    some.into_iter().flat_map(|range| range.clone().zip(axis.held(range, filled))).collect()
}

/// Refuses windows so large that places in a block do not fit 31 bits.
pub(crate) fn check_cells(plan: &Plan, filled: bool) -> Result<()> {
    const LIMIT: usize = 1 << 31;
    if plan.reduced_dims().contains(&0) {
        return Ok(());
    }
    let most = |a: &AxisPlan| candidates(a, filled).into_iter().map(|(_, n)| n).max().unwrap_or(0);
    let shape: Vec<usize> = plan.axes().iter().map(most).collect();
    if shape.iter().fold(1, |p: usize, &n| p.saturating_mul(n)) < LIMIT {
        return Ok(());
    }
    Err(Error::TooLarge { what: "a window", shape, limit: LIMIT - 1, unit: "elements" })
}

/// How many cells of each window count along each unfolded axis, in the array's order.
pub(crate) fn cell_counts(plan: &Plan, filled: bool) -> Vec<Vec<usize>> {
    let mut axes: Vec<&AxisPlan> = plan.axes().iter().collect();
    axes.sort_by_key(|a| a.axis());
    axes.iter().map(|a| a.held(0..a.count(), filled)).collect()
}
