//! Variances and standard deviations: a monoid over differences, on the engine's loops.

use super::monoid::{Monoid, Pairwise};
use super::number::Real;
use crate::array::Array;
use crate::error::Result;
use crate::ops::Windows;
use num_traits::Float;

/// What is known of some elements: how many there are, one of them, how far their mean lies from that one, and the mean
/// squared distance from the mean.
///
/// Only differences of elements are ever rounded, so neither a large mean nor long integers cost digits. The mean of squares
/// is kept, not their sum: it is finite wherever the result is.
#[derive(Clone, Copy)]
pub(super) struct Spread<T> {
    n: f64,
    origin: T,
    mean: f64,
    square: f64,
}

/// Merges means and mean squared distances, after Chan, Golub and LeVeque (1983): no squares of the elements themselves are
/// summed, so nothing cancels.
#[derive(Clone, Copy)]
pub(super) struct Variance {
    /// What is taken from the number of elements before it divides.
    pub(super) ddof: usize,
    /// Whether the standard deviation is wanted, its root.
    pub(super) root: bool,
    /// How many elements there must be.
    pub(super) least: usize,
}

impl Variance {
    fn of(ddof: usize, root: bool) -> Pairwise<Variance> {
        Pairwise(Variance { ddof, root, least: 1 })
    }
}

impl<T: Real> Monoid<T> for Variance {
    type Acc = Spread<T>;
    type Out = T::Mean;

    #[inline(always)]
    fn identity(&self) -> Spread<T> {
        Spread { n: 0.0, origin: T::default(), mean: 0.0, square: 0.0 }
    }

    #[inline(always)]
    fn lift(&self, x: T) -> Spread<T> {
        // 0.0; NaN of an infinity or a NaN, which stays in every merge.
        Spread { n: 1.0, origin: x, mean: 0.0, square: x.apart(x) }
    }

    #[inline(always)]
    fn combine(&self, a: Spread<T>, b: Spread<T>) -> Spread<T> {
        if a.n == 0.0 {
            return b;
        }
        if b.n == 0.0 {
            return a;
        }
        let n = a.n + b.n;
        let (left, right) = (a.n / n, b.n / n);
        let apart = b.origin.apart(a.origin) + (b.mean - a.mean);
        let between = (apart * left) * (apart * right);
        // Numbers too far apart for a difference have no variance that is one, but it is not unknown either.
        let between = if between.is_nan() { f64::INFINITY } else { between };
        Spread {
            n,
            origin: a.origin,
            mean: a.mean + apart * right,
            square: a.square * left + b.square * right + between,
        }
    }

    #[inline(always)]
    fn lower(&self, a: Spread<T>) -> T::Mean {
        let Variance { ddof, root, least } = *self;
        let free = a.n - ddof as f64;
        if free <= 0.0 || a.n < least as f64 {
            return T::rounded(f64::NAN);
        }
        // By 1 where nothing is taken: the mean square as it is.
        let square = a.square * (a.n / free);
        T::rounded(if root { Float::sqrt(square) } else { square })
    }
}

impl<T: Real> Windows<'_, T> {
    /// The variance of each window: the sum of its elements' squared distances from their mean, divided by `n - ddof`.
    ///
    /// `[.., H, W] -> [.., H', W']`; NumPy's `var(ddof=ddof)` over the window axes: 0 divides by the number of elements, as
    /// NumPy does unless told otherwise, 1 by one less, as pandas does (an estimate of what the elements are a sample of). Computed in `f64` from
    /// differences of elements (of integers exact ones, each rounded once), so a large mean does not swallow a small variance;
    /// never negative, 0 where all elements are equal, and finite where the variance is. Cost as [`reduce`](Self::reduce). A NaN
    /// or an infinity makes its window NaN, and so does a window of `ddof` elements or fewer, as in NumPy's `nanvar`.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let x = [1e9f64, 1e9 + 1.0, 1e9 + 2.0, 7.0];
    /// assert_eq!(unfold(0, 2, 1).windows(&x[..3])?.var(0).as_slice(), [0.25, 0.25]);
    /// assert_eq!(unfold(0, 2, 1).windows(&x[..3])?.var(1).as_slice(), [0.5, 0.5]);
    /// assert!(unfold(0, 2, 1).windows(&x[..2])?.var(2).as_slice()[0].is_nan());
    /// let nanoseconds = [1_700_000_000_000_000_000i64, 1_700_000_000_000_000_003];
    /// assert_eq!(unfold(0, 2, 1).windows(&nanoseconds)?.var(0).as_slice(), [2.25]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Panics
    /// As [`reduce`](Self::reduce).
    pub fn var(&self, ddof: usize) -> Array<T::Mean> {
        self.reduce(&Variance::of(ddof, false))
    }

    /// [`var`](Self::var) into the caller's buffer.
    ///
    /// # Errors
    /// [`Error::BufferLength`](crate::Error::BufferLength).
    pub fn var_into(&self, ddof: usize, out: &mut [T::Mean]) -> Result<()> {
        self.reduce_into(&Variance::of(ddof, false), out)
    }

    /// The standard deviation of each window: the root of [`var`](Self::var), rounded once more.
    ///
    /// `[.., H, W] -> [.., H', W']`; NumPy's `std(ddof=ddof)` over the window axes. Everything else as [`var`](Self::var).
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// assert_eq!(unfold(0, 2, 2).windows(&[1, 5, 7, 7])?.std(0).as_slice(), [2.0, 0.0]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Panics
    /// As [`reduce`](Self::reduce).
    pub fn std(&self, ddof: usize) -> Array<T::Mean> {
        self.reduce(&Variance::of(ddof, true))
    }

    /// [`std`](Self::std) into the caller's buffer.
    ///
    /// # Errors
    /// [`Error::BufferLength`](crate::Error::BufferLength).
    pub fn std_into(&self, ddof: usize, out: &mut [T::Mean]) -> Result<()> {
        self.reduce_into(&Variance::of(ddof, true), out)
    }
}
