//! Axes that several axes are flattened into: copies, and taking them apart again without one.

use crate::array::{Array, Picked, View};
use crate::element::Element;
use crate::error::Result;
use crate::ops::Windows;
use crate::spec::Dims;
use alloc::vec::Vec;

/// All windows copied, in a shape of as many elements.
pub(super) fn copied<T: Element>(windows: &Windows<'_, T>, shape: Dims) -> Result<Array<T>> {
    let mut array = Array::try_zeros("a copy of windows", shape)?;
    windows.copy_into(array.as_mut_slice())?;
    Ok(array)
}

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
