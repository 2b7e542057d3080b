//! Variances: a monoid over differences, on the engine's loops.

use super::monoid::{Monoid, Pairwise};
use super::number::Real;
use crate::array::Array;
use crate::error::Result;
use crate::ops::Windows;

/// What is known of some elements: how many there are, one of them, how far their mean lies from that one, and the mean
/// squared distance from the mean.
///
/// Only differences of elements are ever rounded, so neither a large mean nor long integers cost digits. The mean of squares
/// is kept, not their sum: it is finite wherever the result is.
#[derive(Clone, Copy)]
struct Spread<T> {
    n: f64,
    origin: T,
    mean: f64,
    square: f64,
}

/// Merges means and mean squared distances, after Chan, Golub and LeVeque (1983): no squares of the elements themselves are
/// summed, so nothing cancels.
struct Variance;

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
        T::rounded(if a.n == 0.0 { f64::NAN } else { a.square })
    }
}

impl<T: Real> Windows<'_, T> {
    /// The variance of each window: the mean squared distance of its elements from their mean.
    ///
    /// `[.., H, W] -> [.., H', W']`; NumPy's `var` over the window axes (divided by `n`, not `n - 1`). Computed in `f64` from
    /// differences of elements (of integers exact ones, each rounded once), so a large mean does not swallow a small variance;
    /// never negative, 0 where all elements are equal, and finite where the variance is. Cost as [`reduce`](Self::reduce). A NaN
    /// or an infinity makes its window NaN, and so does a window without elements.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let x = [1e9, 1e9 + 1.0, 1e9 + 2.0, 7.0];
    /// assert_eq!(unfold(0, 2, 1).windows(&x[..3])?.var().as_slice(), [0.25, 0.25]);
    /// let nanoseconds = [1_700_000_000_000_000_000i64, 1_700_000_000_000_000_003];
    /// assert_eq!(unfold(0, 2, 1).windows(&nanoseconds)?.var().as_slice(), [2.25]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Panics
    /// As [`reduce`](Self::reduce).
    pub fn var(&self) -> Array<T::Mean> {
        self.reduce(&Pairwise(Variance))
    }

    /// [`var`](Self::var) into the caller's buffer.
    ///
    /// # Errors
    /// [`Error::BufferLength`](crate::Error::BufferLength).
    pub fn var_into(&self, out: &mut [T::Mean]) -> Result<()> {
        self.reduce_into(&Pairwise(Variance), out)
    }
}
