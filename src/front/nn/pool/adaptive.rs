//! Pooling to a size: the whole plane, or a given number of windows.

use super::{Average, pooled};
use crate::array::{Array, IntoView, View, checked_bytes};
use crate::error::{Error, Result};
use crate::ops::{Number, Ordered, Windows};
use crate::spec::{Dims, IntoPerAxis, PerAxis, checked_len, unfold};
use alloc::vec::Vec;
use core::ops::Range;

/// The largest element of each plane: `[N, C, spatial..] -> [N, C, 1..]`, ONNX's `GlobalMaxPool`.
///
/// All axes behind the second are spatial: an array without a batch needs an axis of one before it.
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
    X::Elem: Number,
{
    let view = array.into_view();
    pooled(&unfold(&spatial(view.rank())?[..], &view.shape()[2..], 1).windows(view)?, Windows::max_into)
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
    pooled(&unfold(&spatial(view.rank())?[..], &view.shape()[2..], 1).windows(view)?, Windows::mean_into)
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
/// spatial as `size` has numbers; one number that is no list does not say how many. Reads every element at most twice an
/// axis. Sums are wider than the elements, so the error does not grow with the windows, and means of numbers are numbers.
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
/// [`Error::SpatialUnsaid`] for a size in one number; [`Error::AxisOutOfRange`] for more sizes than axes; [`Error::SpanTooLong`] for windows over an empty axis;
/// [`Error::TooLarge`], [`Error::OutOfMemory`].
pub fn adaptive_avg_pool<'x, X>(array: X, size: impl IntoPerAxis<usize>) -> Result<Array<X::Elem>>
where
    X: IntoView<'x>,
    X::Elem: Average,
{
    let view = array.into_view();
    let shares = Shares::new(view.shape(), size.into_per_axis())?;
    let mut out = Array::try_zeros(POOLING, shares.out.clone())?;
    shares.means(&view, false, out.as_mut_slice(), |_| true)?;
    if out.iter().any(|&mean| mean.unbounded()) {
        shares.means(&view, true, out.as_mut_slice(), Average::unbounded)?;
    }
    Ok(out)
}

/// The largest elements of `size` windows an axis that share the plane evenly: PyTorch's `adaptive_max_pool`.
///
/// The windows, the cost and the errors are those of [`adaptive_avg_pool`]; a NaN makes its window NaN.
///
/// # Errors
/// As [`adaptive_avg_pool`].
pub fn adaptive_max_pool<'x, X>(array: X, size: impl IntoPerAxis<usize>) -> Result<Array<X::Elem>>
where
    X: IntoView<'x>,
    X::Elem: Number,
{
    let view = array.into_view();
    let shares = Shares::new(view.shape(), size.into_per_axis())?;
    let mut out = Array::try_zeros(POOLING, shares.out.clone())?;
    let keys = shares.reduce(&view, |x| x.key(X::Elem::NAN_ABOVE), core::cmp::max)?;
    for (out, &key) in out.as_mut_slice().iter_mut().zip(&keys) {
        *out = X::Elem::value(key);
    }
    Ok(out)
}

const POOLING: &str = "an adaptive pooling";

/// `count` windows that share an axis of `len` elements evenly.
#[derive(Clone, Copy)]
struct Share {
    axis: usize,
    len: usize,
    count: usize,
}

impl Share {
    /// The elements of window `i`.
    #[inline]
    fn range(self, i: usize) -> Range<usize> {
        // Wide enough for any two lengths.
        let (len, count) = (self.len as u128, self.count as u128);
        let bound = |i: usize| i as u128 * len;
        (bound(i) / count) as usize..bound(i + 1).div_ceil(count) as usize
    }

    fn ranges(self) -> impl Iterator<Item = Range<usize>> + Clone {
        (0..self.count).map(move |i| self.range(i))
    }
}

/// Shares of each spatial axis, and the shapes before and behind.
struct Shares {
    shares: Vec<Share>,
    out: Dims,
}

impl Shares {
    fn new(shape: &[usize], size: PerAxis<usize>) -> Result<Shares> {
        let spatial = match &size {
            PerAxis::Each(s) => s.len(),
            &PerAxis::One(size) => {
                return Err(Error::SpatialUnsaid { what: "a size of", size, rank: shape.len() });
            }
        };
        let Some(first) = shape.len().checked_sub(spatial) else {
            return Err(Error::AxisOutOfRange { axis: -(spatial as isize), rank: shape.len() });
        };
        checked_len("an array", shape)?;
        let mut out = Dims::from_slice(shape);
        let mut shares = Vec::with_capacity(spatial);
        for k in 0..spatial {
            let (axis, len, count) = (first + k, shape[first + k], size.at(k));
            if len == 0 && count > 0 {
                let padded = false;
                return Err(Error::SpanTooLong { axis, window: 1, dilation: 1, span: 1, len: 0, padded });
            }
            out[axis] = count;
            shares.push(Share { axis, len, count });
        }
        Ok(Shares { shares, out })
    }

    /// The `wanted` means; `small` ones of numbers whose sums would not be numbers.
    fn means<T: Average>(
        &self,
        view: &View<'_, T>,
        small: bool,
        out: &mut [T],
        wanted: impl Fn(T) -> bool,
    ) -> Result<()> {
        if out.is_empty() {
            // There may be more counts than memory.
            return Ok(());
        }
        let sums = self.reduce(view, |x| x.summand(small), T::joined)?;
        let mut counts = alloc::vec![1];
        for share in &self.shares {
            counts = counts.iter().flat_map(|&n| share.ranges().map(move |r| n * r.len())).collect::<Vec<usize>>();
        }
        for ((out, &sum), &n) in out.iter_mut().zip(&sums).zip(counts.iter().cycle()) {
            if wanted(*out) {
                *out = T::shared(sum, n, small);
            }
        }
        Ok(())
    }

    /// Combines the elements of every share, one axis after another: first those that get shorter, so that nothing on the way
    /// is larger than both the array and the result; else the last one first.
    fn reduce<T: Copy, A: Copy>(
        &self,
        view: &View<'_, T>,
        lift: impl Fn(T) -> A,
        combine: impl Fn(A, A) -> A,
    ) -> Result<Vec<A>> {
        let mut shape = Dims::from_slice(view.shape());
        if self.out.contains(&0) || shape.contains(&0) {
            return Ok(Vec::new());
        }
        let mut now = reserved(&shape)?;
        match view.as_slice() {
            Some(slice) => now.extend(slice.iter().map(|&x| lift(x))),
            None => now.extend(view.iter().map(|&x| lift(x))),
        }
        let (shorter, longer): (Vec<Share>, Vec<Share>) = self.shares.iter().rev().partition(|s| s.count <= s.len);
        for share in shorter.into_iter().chain(longer) {
            let inner: usize = shape[share.axis + 1..].iter().product();
            shape[share.axis] = share.count;
            let mut next = reserved(&shape)?;
            for block in now.chunks_exact(share.len * inner) {
                for range in share.ranges() {
                    let from = next.len();
                    next.extend_from_slice(&block[range.start * inner..(range.start + 1) * inner]);
                    for row in block[(range.start + 1) * inner..range.end * inner].chunks_exact(inner) {
                        for (a, &x) in next[from..].iter_mut().zip(row) {
                            *a = combine(*a, x);
                        }
                    }
                }
            }
            now = next;
        }
        Ok(now)
    }
}

/// Room for an array of this shape.
fn reserved<A>(shape: &[usize]) -> Result<Vec<A>> {
    let len = checked_bytes::<A>(POOLING, shape)?;
    let mut room = Vec::new();
    match room.try_reserve_exact(len) {
        Ok(()) => Ok(room),
        Err(_) => Err(Error::OutOfMemory { what: POOLING, shape: shape.to_vec(), bytes: len * size_of::<A>() }),
    }
}
