//! Norms: sums of powers, and scaled ones where powers are no numbers.

use super::monoid::{Monoid, Pairwise, monoid};
use super::number::Real;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::Windows;
use num_traits::Float;

/// 2^-840: sums of powers below this are not trusted, as some of their terms may have been too small for a number.
const TRUSTED: f64 = f64::from_bits((1023 - 840) << 52);

/// Orders below this take scaled sums at once: a small power tells different numbers no longer apart.
const SMALLEST: f64 = 1.0 / 16.0;

/// A sum of powers: `largest^p * sum`, with terms of at most 1, as LAPACK's `lassq` keeps it.
#[derive(Clone, Copy)]
pub(crate) struct Scaled {
    largest: f64,
    sum: f64,
}

/// Sums of `p`-th powers, with their signs or without.
pub(crate) struct Powers {
    pub(crate) p: f64,
    pub(crate) signed: bool,
}

impl Powers {
    /// `x^p` for `x` from -1 to 1.
    #[inline(always)]
    fn power(&self, x: f64) -> f64 {
        match self.p {
            1.0 => x,
            2.0 => x * x,
            3.0 => x * x * x,
            p => Float::powf(x, p),
        }
    }

    /// `(largest^p * sum)^(1 / p)`.
    #[inline]
    fn root(&self, Scaled { largest, sum }: Scaled) -> f64 {
        match self.p {
            1.0 => largest * sum,
            2.0 => largest * Float::sqrt(sum),
            p if p > 1.0 => largest * Float::powf(sum, p.recip()),
            p => {
                // The root alone may be no number where its product with a small number is one.
                let third = Float::powf(sum, p.recip() / 3.0);
                largest * third * third * third
            }
        }
    }
}

impl<T: Real> Monoid<T> for Powers {
    type Acc = Scaled;
    type Out = f64;

    #[inline(always)]
    fn identity(&self) -> Scaled {
        Scaled { largest: 0.0, sum: 0.0 }
    }

    #[inline(always)]
    fn lift(&self, x: T) -> Scaled {
        let x = x.real();
        match x.is_nan() {
            true => Scaled { largest: 0.0, sum: x },
            false if x == 0.0 => Scaled { largest: 0.0, sum: 0.0 },
            false => Scaled { largest: x.abs(), sum: if self.signed { self.power(x.signum()) } else { 1.0 } },
        }
    }

    #[inline(always)]
    fn combine(&self, a: Scaled, b: Scaled) -> Scaled {
        let (low, high) = if a.largest > b.largest { (b, a) } else { (a, b) };
        // Of infinities, too, the quotient is 1.
        let share = if low.largest == high.largest { 1.0 } else { self.power(low.largest / high.largest) };
        Scaled { largest: high.largest, sum: high.sum + low.sum * share }
    }

    #[inline(always)]
    fn lower(&self, a: Scaled) -> f64 {
        self.root(a)
    }
}

impl<T: Real> Windows<'_, T> {
    /// The `p`-norm of each window: `(sum |x|^p)^(1/p)`; Euclid's for 2, the largest absolute value for infinity.
    ///
    /// `[.., H, W] -> [.., H', W']`. Summed in `f64`, rounded once; a norm that is a number comes out where its powers are none
    /// (too large, or too small). Cost as [`reduce`](Self::reduce); twice, with some powers more, where an array has such
    /// windows. A NaN makes its window NaN; a window without elements has norm 0.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let x = [3, -4, 0, 12];
    /// assert_eq!(unfold(0, 2, 1).windows(&x)?.norm(2.0)?.as_slice(), [5.0, 4.0, 12.0]);
    /// assert_eq!(unfold(0, 2, 1).windows(&x)?.norm(f64::INFINITY)?.as_slice(), [4.0, 4.0, 12.0]);
    /// let large = unfold(0, 2, 1).windows(&[3e200f64, 4e200])?.norm(2.0)?; // their squares are no numbers
    /// assert!((large[[0]] / 5e200 - 1.0).abs() < 1e-15);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Parameter`] unless `p > 0`.
    pub fn norm(&self, p: f64) -> Result<Array<T::Mean>> {
        let mut out = Array::zeros(self.plan().reduced_dims());
        self.norm_into(p, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`norm`](Self::norm) into the caller's buffer.
    ///
    /// # Errors
    /// As [`norm`](Self::norm); [`Error::BufferLength`].
    pub fn norm_into(&self, p: f64, out: &mut [T::Mean]) -> Result<()> {
        let size = |x: T| x.real().abs();
        if p.is_nan() || p <= 0.0 {
            Err(Error::norm_order(p))
        } else if p == 1.0 {
            self.reduce_into(&Pairwise(monoid(0.0, size, |a, b| a + b, T::rounded)), out)
        } else if p == f64::INFINITY {
            let larger = |a: f64, b: f64| if a > b || a.is_nan() { a } else { b };
            self.reduce_into(&monoid(0.0, size, larger, T::rounded), out)
        } else if p < SMALLEST {
            self.scaled(p, out, |_| true)
        } else {
            if p == 2.0 {
                self.trusted(|x| x * x, Float::sqrt, out)?;
            } else {
                self.trusted(|x| Float::powf(x, p), |s| Float::powf(s, p.recip()), out)?;
            }
            match out.iter().any(|&norm| T::unknown(norm)) {
                true => self.scaled(p, out, T::unknown),
                false => Ok(()),
            }
        }
    }

    /// Norms by plain sums of powers; NaN where such a sum cannot be trusted.
    fn trusted(
        &self,
        power: impl Fn(f64) -> f64 + Sync,
        root: impl Fn(f64) -> f64 + Sync,
        out: &mut [T::Mean],
    ) -> Result<()> {
        let lift = |x: T| {
            let size = x.real().abs();
            let power = power(size);
            // A power too small for a number still says that there is something.
            if power < f64::MIN_POSITIVE && size > 0.0 { f64::MIN_POSITIVE } else { power }
        };
        let lower = |sum: f64| match sum == 0.0 || (TRUSTED..f64::INFINITY).contains(&sum) {
            true => T::rounded(root(sum)),
            false => T::rounded(f64::NAN),
        };
        self.reduce_into(&Pairwise(monoid(0.0, lift, |a, b| a + b, lower)), out)
    }

    /// Norms by scaled sums, where `wanted`.
    fn scaled(&self, p: f64, out: &mut [T::Mean], wanted: impl Fn(T::Mean) -> bool) -> Result<()> {
        self.check_buffer(out.len())?;
        let norms = self.reduce(&Pairwise(Powers { p, signed: false }));
        for (out, &norm) in out.iter_mut().zip(norms.as_slice()) {
            if wanted(*out) {
                *out = T::rounded(norm);
            }
        }
        Ok(())
    }
}
