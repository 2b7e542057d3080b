//! Shape and stride arithmetic, checked once: what the doors of `raw` prove.

use crate::error::{Error, Result};
use crate::spec::{Dims, Strides, checked_len, list};
use smallvec::SmallVec;

/// One axis of a picked view: which axis of the old view it runs along, by how many positions, how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Picked {
    pub(crate) axis: usize,
    pub(crate) step: isize,
    pub(crate) count: usize,
}

/// Whether distinct indices of a picked view are distinct indices of the old one of rank `old`, axis by axis.
pub(super) fn distinct(old: usize, rank: usize, axis: impl Fn(usize) -> Picked) -> bool {
    (0..old).all(|a| {
        let mut along = (0..rank).map(&axis).filter(|p| p.axis == a && p.count > 1);
        match (along.next(), along.next(), along.next()) {
            (None, ..) => true,
            (Some(p), None, _) => p.step != 0,
            (Some(p), Some(q), None) => !meet(p, q),
            _ => false,
        }
    })
}

/// Whether `i * p.step + j * q.step` takes some value twice for `i < p.count`, `j < q.count`.
fn meet(p: Picked, q: Picked) -> bool {
    let (a, b) = (p.step.unsigned_abs(), q.step.unsigned_abs());
    if a == 0 || b == 0 {
        return true;
    }
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    // The smallest move along p that a move along q undoes, and that move.
    b / x < p.count && a / x < q.count
}

/// Row-major strides of a shape whose length was checked.
#[inline]
pub(super) fn row_major(shape: &[usize]) -> Strides {
    let mut strides = Strides::from_elem(0, shape.len());
    let mut stride = 1isize;
    for a in (0..shape.len()).rev() {
        strides[a] = stride;
        // Cannot overflow: `checked_len` bounds the product of all axes that are not empty.
        stride *= shape[a].max(1) as isize;
    }
    strides
}

/// Proves that every index of a layout lies inside a slice of `len` elements.
pub(super) fn reachable(len: usize, shape: Dims, strides: &[isize], offset: usize) -> Result<(Dims, Strides)> {
    if strides.len() != shape.len() {
        return Err(Error::RankMismatch { what: "list of strides", found: strides.len(), rank: shape.len() });
    }
    let elements = checked_len("a view", &shape)?;
    let strides = Strides::from_slice(strides);
    let fits = match elements {
        0 => offset <= len,
        _ => extent(&shape, &strides, offset).is_some_and(|(low, high)| low >= 0 && (high as usize) < len),
    };
    if fits {
        Ok((shape, strides))
    } else {
        Err(Error::LayoutOutside { shape: shape.to_vec(), strides: strides.to_vec(), offset, len })
    }
}

/// The lowest and highest offset of a layout without empty axes, if they fit `isize`.
fn extent(shape: &[usize], strides: &[isize], offset: usize) -> Option<(isize, isize)> {
    let (mut low, mut high) = (isize::try_from(offset).ok()?, isize::try_from(offset).ok()?);
    for (&n, &s) in shape.iter().zip(strides) {
        let reach = s.checked_mul(isize::try_from(n - 1).ok()?)?;
        low = low.checked_add(reach.min(0))?;
        high = high.checked_add(reach.max(0))?;
    }
    Some((low, high))
}

/// The first axis, by stride, that may run into the shorter ones; `None` proves all indices distinct.
pub(super) fn overlapping_axis(shape: &[usize], strides: &[isize]) -> Option<usize> {
    if shape.contains(&0) {
        return None;
    }
    let mut axes: SmallVec<[usize; 6]> = (0..shape.len()).filter(|&a| shape[a] > 1).collect();
    axes.sort_unstable_by_key(|&a| strides[a].unsigned_abs());
    let mut reach = 0usize;
    for &a in &axes {
        let stride = strides[a].unsigned_abs();
        if stride <= reach {
            return Some(a);
        }
        // Inside a slice, so the sum fits.
        reach += stride * (shape[a] - 1);
    }
    None
}

#[inline]
pub(super) fn offset_of(index: &[usize], shape: &[usize], strides: &[isize]) -> Option<isize> {
    if index.len() != shape.len() {
        return None;
    }
    let mut offset = 0isize;
    for k in 0..index.len() {
        if index[k] >= shape[k] {
            return None;
        }
        // Wraps only if a later axis is empty: the strides of an array without elements may be anything.
        offset = offset.wrapping_add((index[k] as isize).wrapping_mul(strides[k]));
    }
    Some(offset)
}

/// The number of elements if they lie row-major without gaps.
#[inline]
pub(crate) fn contiguous(shape: &[usize], strides: &[isize]) -> Option<usize> {
    let mut expected = 1usize;
    for (&n, &s) in shape.iter().zip(strides).rev() {
        if n == 0 {
            return Some(0);
        }
        if n > 1 && s != expected as isize {
            return shape.contains(&0).then_some(0);
        }
        expected *= n;
    }
    Some(expected)
}

/// The product of all axes that are not empty, if it fits.
#[inline]
fn product(shape: &[usize]) -> Option<usize> {
    shape.iter().filter(|&&n| n > 0).try_fold(1, |len: usize, &n| len.checked_mul(n))
}

/// Every axis as it is, but `axis` from its start on.
pub(super) fn slicing(shape: &[usize], axis: usize, step: isize, count: usize) -> impl Fn(usize) -> Picked {
    move |a| match a == axis {
        true => Picked { axis, step, count },
        false => Picked { axis: a, step: 1, count: shape[a] },
    }
}

/// Every axis as it is, but without `axis`.
pub(super) fn without(shape: &[usize], axis: usize) -> impl Fn(usize) -> Picked {
    move |k| {
        let a = k + (k >= axis) as usize;
        Picked { axis: a, step: 1, count: shape[a] }
    }
}

/// Offset, shape and strides of a picked view of `rank` axes, if each of its indices is an index of the old one.
///
/// Compiled for each `axis`: views of every type of element share one that is made where no element is known ([`slicing`]), or come
/// through a pointer.
pub(super) fn picked(
    shape: &[usize],
    strides: &[isize],
    starts: &[usize],
    rank: usize,
    axis: impl Fn(usize) -> Picked,
) -> Option<(isize, Dims, Strides)> {
    let old = shape.len();
    if starts.len() != old || strides.len() != old {
        return None;
    }
    let mut new_shape: Dims = list(rank, |_| 0);
    let mut new_strides: Strides = list(rank, |_| 0);
    // The lowest and highest position picked along each old axis.
    let mut low: Strides = list(old, |a| isize::try_from(starts[a]).unwrap_or(isize::MAX));
    let mut high = fast_copy(&low);
    {
        let (new_shape, new_strides) = (&mut new_shape[..], &mut new_strides[..]);
        let (low, high) = (&mut low[..], &mut high[..]);
        for k in 0..rank {
            let p = axis(k);
            new_shape[k] = p.count;
            // Overflows only where no index multiplies it: otherwise step * (count - 1) is an index of the old view.
            new_strides[k] = strides.get(p.axis)?.checked_mul(p.step).unwrap_or(0);
            // Saturated bounds lie outside every axis.
            let reach = p.step.saturating_mul(p.count.saturating_sub(1).min(isize::MAX as usize) as isize);
            let side = if reach < 0 { &mut low[p.axis] } else { &mut high[p.axis] };
            *side = side.saturating_add(reach);
        }
    }
    // A view of another crate may come in with more elements than our limit: it may be turned and cut, not grow.
    if checked_len("a view", &new_shape).is_err() && product(&new_shape)? > product(shape)? {
        return None;
    }
    if new_shape.contains(&0) {
        return Some((0, new_shape, new_strides));
    }
    let mut offset = 0;
    for a in 0..old {
        if low[a] < 0 || high[a] as usize >= shape[a] {
            return None;
        }
        // `start` lies between them, so it is an index of the old view, and the product and the sum an offset of it.
        offset += starts[a] as isize * strides[a];
    }
    Some((offset, new_shape, new_strides))
}

/// A copy of a list with fixed-size moves instead of a loop.
#[inline(always)]
pub(super) fn fast_copy<T: Copy + Default>(from: &SmallVec<[T; 6]>) -> SmallVec<[T; 6]> {
    list(from.len(), |k| from[k])
}

#[cfg(test)]
mod tests;
