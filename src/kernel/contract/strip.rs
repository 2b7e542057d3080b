//! Runs of a strided array read into a slice.
#![allow(unsafe_code)] // the inner loop reads without bounds checks

use crate::View;

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
    if to.is_empty() {
        return;
    }
    let (shape, strides) = (view.shape(), view.strides());
    assert!(index.len() == shape.len());
    let mut offset = 0;
    for a in 0..shape.len() {
        let last = if a == axis { index[a] + (to.len() - 1) * step } else { index[a] };
        assert!(last < shape[a]);
        offset += index[a] as isize * strides[a];
    }
    let stride = strides[axis] * step as isize;
    // SAFETY: the first and the last index are inside the shape, so all of them are, and a view reaches every index of its
    // shape.
    unsafe {
        let from = view.as_ptr().offset(offset);
        if stride == 1 {
            let from = core::slice::from_raw_parts(from, to.len());
            for (to, &x) in to.iter_mut().zip(from) {
                *to = lift(x);
            }
        } else {
            for (i, to) in to.iter_mut().enumerate() {
                *to = lift(*from.offset(i as isize * stride));
            }
        }
    }
}
