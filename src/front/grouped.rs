//! Axes that several axes were flattened into, taken apart without a copy.

use crate::array::{Picked, View};
use crate::spec::Dims;
use alloc::vec::Vec;

/// The view whose axis `a` is seen as the axes `groups[a]`, row-major; the product of each group is the axis's length.
pub(super) fn ungroup<'a, T>(view: &View<'a, T>, groups: &[Dims]) -> View<'a, T> {
    let mut axes: Vec<Picked> = Vec::new();
    for (axis, group) in groups.iter().enumerate() {
        let mut step = 1;
        let behind = axes.len();
        for &count in group.iter().rev() {
            axes.insert(behind, Picked { axis, step, count });
            step *= count.max(1) as isize;
        }
    }
    let starts = Dims::from_elem(0, view.rank());
    match view.pick(&starts, axes.len(), |k| axes[k]) {
        Some(view) => view,
        None => unreachable!("indices of a group are indices of its axis"),
    }
}
