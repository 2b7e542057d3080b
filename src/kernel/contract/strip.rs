//! Runs and blocks of a strided array read into a slice.
#![allow(unsafe_code)] // the inner loop reads without bounds checks

use crate::View;

/// Elements along an axis: the next is `step` further.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Along {
    pub(crate) axis: usize,
    pub(crate) step: isize,
    pub(crate) count: usize,
}

/// Writes the elements at `index`, `index + step`, ... along an axis to `to`, each put through `lift`.
///
/// # Panics
/// If one of them lies outside the view.
#[inline(always)]
pub(crate) fn read_along<S: Copy, T>(
    view: &View<'_, S>,
    index: &[usize],
    axis: usize,
    step: usize,
    to: &mut [T],
    lift: impl Fn(S) -> T,
) {
    let columns = Along { axis, step: step as isize, count: to.len() };
    read_block(view, index, Along { axis, step: 0, count: 1 }, columns, 0, to, lift);
}

/// Writes `rows` by `columns` elements from `index` on to `to`, whose rows lie `apart`, each put through `lift`.
///
/// # Panics
/// If one of them lies outside the view, or `to` is too short.
#[inline(always)]
pub(crate) fn read_block<S: Copy, T>(
    view: &View<'_, S>,
    index: &[usize],
    rows: Along,
    columns: Along,
    apart: usize,
    to: &mut [T],
    lift: impl Fn(S) -> T,
) {
    if rows.count == 0 || columns.count == 0 {
        return;
    }
    let (shape, strides) = (view.shape(), view.strides());
    assert!(index.len() == shape.len() && to.len() >= (rows.count - 1) * apart + columns.count);
    let mut offset = 0;
    for a in 0..shape.len() {
        let (mut low, mut high) = (index[a] as isize, index[a] as isize);
        for along in [rows, columns] {
            if along.axis == a {
                // What does not fit its type is outside of every shape.
                let reach = along.step.saturating_mul((along.count - 1).min(isize::MAX as usize) as isize);
                low = low.saturating_add(reach.min(0));
                high = high.saturating_add(reach.max(0));
            }
        }
        assert!(low >= 0 && (high as usize) < shape[a], "elements outside the view");
        offset += index[a] as isize * strides[a];
    }
    let (down, right) = (strides[rows.axis] * rows.step, strides[columns.axis] * columns.step);
    // SAFETY: on every axis the lowest and the highest index are inside the shape, so all are, and a view reaches every
    // index of its shape.
    unsafe {
        let from = view.as_ptr().offset(offset);
        for r in 0..rows.count {
            let from = from.offset(r as isize * down);
            let to = &mut to[r * apart..][..columns.count];
            if right == 1 {
                let from = core::slice::from_raw_parts(from, to.len());
                for (to, &x) in to.iter_mut().zip(from) {
                    *to = lift(x);
                }
            } else {
                for (i, to) in to.iter_mut().enumerate() {
                    *to = lift(*from.offset(i as isize * right));
                }
            }
        }
    }
}
