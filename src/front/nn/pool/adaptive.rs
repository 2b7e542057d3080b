//! Pooling to a size: the whole plane, or a given number of windows.

use super::Average;
use crate::array::{Array, IntoView, View};
use crate::error::{Error, Result};
use crate::ops::{Number, Ordered, Wrap};
use crate::spec::{Dims, IntoSizes, PerAxis, unfold};
use alloc::vec::Vec;
use core::ops::Range;

/// The largest element of each plane: `[N, C, spatial..] -> [N, C, 1..]`, ONNX's `GlobalMaxPool`.
///
/// ```
/// use ndwindow::{View, nn::global_max_pool};
///
/// let x = View::new(&[1, 4, 2, 3, 0, 0], [1, 2, 3])?;
/// assert_eq!(global_max_pool(&x)?.as_slice(), [4, 3]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
///
/// # Errors
/// [`Error::AxisOutOfRange`] without a spatial axis (rank below 3), [`Error::ZeroWindow`] for an empty one.
pub fn global_max_pool<'x, X>(array: X) -> Result<Array<X::Elem>>
where
    X: IntoView<'x>,
    X::Elem: Ordered,
{
    let view = array.into_view();
    Ok(unfold(&spatial(view.rank())?[..], &view.shape()[2..], 1).windows(view)?.max())
}

/// The mean of each plane: `[N, C, spatial..] -> [N, C, 1..]`, ONNX's `GlobalAveragePool`.
///
/// # Errors
/// As [`global_max_pool`].
pub fn global_avg_pool<'x, X>(array: X) -> Result<Array<<X::Elem as Number>::Mean>>
where
    X: IntoView<'x>,
    X::Elem: Number,
{
    let view = array.into_view();
    Ok(unfold(&spatial(view.rank())?[..], &view.shape()[2..], 1).windows(view)?.mean())
}

/// All axes behind the second.
fn spatial(rank: usize) -> Result<Vec<isize>> {
    if rank < 3 {
        return Err(Error::AxisOutOfRange { axis: 2, rank });
    }
    Ok((2..rank as isize).collect())
}

/// The means of `size` windows an axis that share the plane evenly: PyTorch's `adaptive_avg_pool`.
///
/// `[N, C, spatial..] -> [N, C, size..]`. Of `n` elements window `i` of `m` has those from `floor(i * n / m)` to
/// `ceil((i + 1) * n / m)`, so neighbours may share elements and differ in size by one. As many axes at the end are
/// spatial as `size` has numbers (one number stands for all axes behind the second). Reads every element at most twice an
/// axis.
///
/// ```
/// use ndwindow::{View, nn::adaptive_avg_pool};
///
/// let x = View::new(&[1.0, 2.0, 3.0, 4.0, 5.0], [1, 1, 5])?;
/// assert_eq!(adaptive_avg_pool(&x, [2])?.as_slice(), [2.0, 4.0]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
///
/// # Errors
/// [`Error::AxisOutOfRange`] for more sizes than axes; [`Error::SpanTooLong`] for windows over an empty axis.
pub fn adaptive_avg_pool<'x, X>(array: X, size: impl IntoSizes) -> Result<Array<X::Elem>>
where
    X: IntoView<'x>,
    X::Elem: Average,
{
    let view = array.into_view();
    let shares = Shares::new(view.shape(), size.into_sizes())?;
    let (sums, shape) = shares.reduce(&view, |x| x.wide(), Wrap::plus);
    let mut counts = alloc::vec![1];
    for ranges in &shares.ranges {
        counts = counts.iter().flat_map(|&n| ranges.iter().map(move |r| n * r.len())).collect::<Vec<usize>>();
    }
    let means = sums.iter().zip(counts.iter().cycle()).map(|(&s, &n)| X::Elem::quotient(s, n)).collect();
    Array::new(means, shape)
}

/// The largest elements of `size` windows an axis that share the plane evenly: PyTorch's `adaptive_max_pool`.
///
/// The windows, the cost and the errors are those of [`adaptive_avg_pool`]; a NaN makes its window NaN.
///
/// # Errors
/// As [`adaptive_avg_pool`].
pub fn adaptive_max_pool<'x, X>(array: X, size: impl IntoSizes) -> Result<Array<X::Elem>>
where
    X: IntoView<'x>,
    X::Elem: Ordered,
{
    let view = array.into_view();
    let shares = Shares::new(view.shape(), size.into_sizes())?;
    let (keys, shape) = shares.reduce(&view, |x| x.key(X::Elem::NAN_ABOVE), core::cmp::max);
    Array::new(keys.into_iter().map(X::Elem::value).collect(), shape)
}

/// Ranges that share each spatial axis.
struct Shares {
    ranges: Vec<Vec<Range<usize>>>,
}

impl Shares {
    fn new(shape: &[usize], size: PerAxis<usize>) -> Result<Shares> {
        let spatial = match &size {
            PerAxis::Each(s) => s.len(),
            PerAxis::One(_) => shape.len().saturating_sub(2).max(1),
        };
        let Some(first) = shape.len().checked_sub(spatial) else {
            return Err(Error::AxisOutOfRange { axis: -(spatial as isize), rank: shape.len() });
        };
        let mut ranges = Vec::with_capacity(spatial);
        for k in 0..spatial {
            let (n, m) = (shape[first + k], size.at(k));
            if n == 0 && m > 0 {
                let (axis, padded) = (first + k, false);
                return Err(Error::SpanTooLong { axis, window: 1, dilation: 1, span: 1, len: 0, padded });
            }
            // Wide enough for any two lengths.
            let bound = |i: usize| i as u128 * n as u128;
            let m = m as u128;
            ranges.push(
                (0..m as usize).map(|i| (bound(i) / m) as usize..bound(i + 1).div_ceil(m) as usize).collect::<Vec<_>>(),
            );
        }
        Ok(Shares { ranges })
    }

    /// Combines the elements of every share, one axis after another, the last one first.
    fn reduce<T: Copy, A: Copy>(
        &self,
        view: &View<'_, T>,
        lift: impl Fn(T) -> A,
        combine: impl Fn(A, A) -> A,
    ) -> (Vec<A>, Dims) {
        let mut now: Vec<A> = match view.as_slice() {
            Some(slice) => slice.iter().map(|&x| lift(x)).collect(),
            None => view.iter().map(|&x| lift(x)).collect(),
        };
        let mut shape = Dims::from_slice(view.shape());
        let first = shape.len() - self.ranges.len();
        for (k, ranges) in self.ranges.iter().enumerate().rev() {
            let inner: usize = shape[first + k + 1..].iter().product();
            let mut next = Vec::new();
            for block in now.chunks_exact((shape[first + k] * inner).max(1)) {
                for range in ranges {
                    let from = next.len();
                    next.extend_from_slice(&block[range.start * inner..(range.start + 1) * inner]);
                    for row in block[(range.start + 1) * inner..range.end * inner].chunks_exact(inner.max(1)) {
                        for (a, &x) in next[from..].iter_mut().zip(row) {
                            *a = combine(*a, x);
                        }
                    }
                }
            }
            shape[first + k] = ranges.len();
            now = next;
        }
        (now, shape)
    }
}
