//! Norms and variances: monoids over `f64`, on the engine's loops.

use super::monoid::{Monoid, monoid};
use super::number::Number;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::Windows;
use num_traits::Float;

mod sealed {
    pub trait Sealed {}
}

/// An element type whose norms and variances are numbers: integers up to 64 bits, `f32`, `f64`, and with the feature `half`
/// `f16` and `bf16`.
///
/// Both are computed in `f64` and rounded at the end, to `f32` for `f32` and shorter floats.
pub trait Real: Number + sealed::Sealed {
    #[doc(hidden)]
    fn real(self) -> f64;
    #[doc(hidden)]
    fn rounded(value: f64) -> Self::Mean;
}

macro_rules! real {
    ($($t:ty)*; $mean:ty) => { $(
        impl sealed::Sealed for $t {}
        impl Real for $t {
            #[inline(always)]
            fn real(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn rounded(value: f64) -> $mean {
                value as $mean
            }
        }
    )* };
}

real!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize f64; f64);
real!(f32; f32);

#[cfg(feature = "half")]
macro_rules! real_halves {
    ($($t:ty)*) => { $(
        impl sealed::Sealed for $t {}
        impl Real for $t {
            #[inline(always)]
            fn real(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn rounded(value: f64) -> Self::Mean {
                value as Self::Mean
            }
        }
    )* };
}

#[cfg(feature = "half")]
real_halves!(half::f16 half::bf16);

/// Number, mean, and sum of squared distances from the mean, of some elements.
///
/// Merged after Chan, Golub and LeVeque (1983): no squares of the elements themselves are summed, so nothing cancels.
struct Variance;

impl<T: Real> Monoid<T> for Variance {
    type Acc = (f64, f64, f64);
    type Out = T::Mean;

    #[inline(always)]
    fn identity(&self) -> Self::Acc {
        (0.0, 0.0, 0.0)
    }

    #[inline(always)]
    fn lift(&self, x: T) -> Self::Acc {
        // An infinity lies at no distance from itself that is a number.
        (1.0, x.real(), x.real() - x.real())
    }

    #[inline(always)]
    fn combine(&self, a: Self::Acc, b: Self::Acc) -> Self::Acc {
        let n = a.0 + b.0;
        // Two empty sides have no mean to weigh.
        let share = b.0 / n.max(1.0);
        let apart = b.1 - a.1;
        (n, a.1 + apart * share, a.2 + b.2 + apart * apart * a.0 * share)
    }

    #[inline(always)]
    fn lower(&self, a: Self::Acc) -> T::Mean {
        T::rounded(a.2 / a.0)
    }
}

impl<T: Real> Windows<'_, T> {
    /// The variance of each window: the mean squared distance of its elements from their mean.
    ///
    /// `[.., H, W] -> [.., H', W']`; NumPy's `var` over the window axes (divided by `n`, not `n - 1`). Computed in `f64` by
    /// merging means, so a large mean does not swallow a small variance; cost as [`reduce`](Self::reduce). A NaN or an
    /// infinity makes its window NaN, and so does a window without elements.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let x = [1e9, 1e9 + 1.0, 1e9 + 2.0, 7.0];
    /// assert_eq!(unfold(0, 2, 1).windows(&x[..3])?.var().as_slice(), [0.25, 0.25]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Panics
    /// As [`reduce`](Self::reduce).
    pub fn var(&self) -> Array<T::Mean> {
        self.reduce(&Variance)
    }

    /// [`var`](Self::var) into the caller's buffer.
    ///
    /// # Errors
    /// [`Error::BufferLength`].
    pub fn var_into(&self, out: &mut [T::Mean]) -> Result<()> {
        self.reduce_into(&Variance, out)
    }

    /// The `p`-norm of each window: `(sum |x|^p)^(1/p)`; Euclid's for 2, the largest absolute value for infinity.
    ///
    /// `[.., H, W] -> [.., H', W']`. Summed in `f64`, rounded once; cost as [`reduce`](Self::reduce). A NaN makes its window
    /// NaN; a window without elements has norm 0.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let x = [3, -4, 0, 12];
    /// assert_eq!(unfold(0, 2, 1).windows(&x)?.norm(2.0)?.as_slice(), [5.0, 4.0, 12.0]);
    /// assert_eq!(unfold(0, 2, 1).windows(&x)?.norm(f64::INFINITY)?.as_slice(), [4.0, 4.0, 12.0]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NormOrder`] unless `p > 0`.
    pub fn norm(&self, p: f64) -> Result<Array<T::Mean>> {
        let mut out = Array::zeros(self.plan().reduced_shape());
        self.norm_into(p, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`norm`](Self::norm) into the caller's buffer.
    ///
    /// # Errors
    /// As [`norm`](Self::norm); [`Error::BufferLength`].
    pub fn norm_into(&self, p: f64, out: &mut [T::Mean]) -> Result<()> {
        let size = |x: T| x.real().abs();
        let plus = |a: f64, b: f64| a + b;
        if p.is_nan() || p <= 0.0 {
            Err(Error::NormOrder { p })
        } else if p == 1.0 {
            self.reduce_into(&monoid(0.0, size, plus, T::rounded), out)
        } else if p == 2.0 {
            let square = |x: T| x.real() * x.real();
            self.reduce_into(&monoid(0.0, square, plus, |s: f64| T::rounded(Float::sqrt(s))), out)
        } else if p == f64::INFINITY {
            let larger = |a: f64, b: f64| if a > b || a.is_nan() { a } else { b };
            self.reduce_into(&monoid(0.0, size, larger, T::rounded), out)
        } else {
            let power = |x: T| Float::powf(size(x), p);
            self.reduce_into(&monoid(0.0, power, plus, |s: f64| T::rounded(Float::powf(s, p.recip()))), out)
        }
    }
}
