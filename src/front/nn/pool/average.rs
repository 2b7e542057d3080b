//! Average pooling.

use super::sums::{Plain, Twofold};
use super::{Pool, planes, pooled};
use crate::array::{Array, IntoView};
use crate::error::{Error, Result};
use crate::ops::{Number, Windows, Wrap, cell_counts, short_window};
use crate::spec::Plan;
use alloc::vec::Vec;

/// What the sum of a window is divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Divisor {
    /// The cells that lie in the array or its padding ("count include pad", PyTorch's default); what overhangs the padded
    /// end in ceil mode does not count.
    #[default]
    Padded,
    /// The elements that are there (ONNX's default).
    Elements,
    /// This number (PyTorch's `divisor_override`).
    Fixed(usize),
}

/// An element type that can be averaged in itself: `f32`, `f64`, with the feature `half` `f16` and `bf16` (in `f32`, rounded
/// once), and integers up to 64 bits, which are divided towards zero.
pub trait Average: Number {
    #[doc(hidden)]
    fn quotient(sum: Self::Wide, n: usize) -> Self;
    /// The windows' means by the engine, where it divides as this type does.
    #[doc(hidden)]
    fn means(windows: &Windows<'_, Self>, out: &mut [Self]) -> Option<Result<()>> {
        let _ = (windows, out);
        None
    }
    /// Whether this is no finite number.
    #[doc(hidden)]
    fn unbounded(self) -> bool {
        false
    }
    /// The mean of `cells` elements, divided by `n` instead.
    #[doc(hidden)]
    fn divided(mean: Self, cells: usize, n: usize) -> Self {
        let _ = (cells, n);
        mean
    }
    /// Sums whose error does not grow with their length.
    #[doc(hidden)]
    type Sum: Copy;
    /// A sum of one element; a `small` one where a sum of the elements themselves would not be finite.
    #[doc(hidden)]
    fn summand(self, small: bool) -> Self::Sum;
    #[doc(hidden)]
    fn joined(a: Self::Sum, b: Self::Sum) -> Self::Sum;
    /// The mean of `n` elements.
    #[doc(hidden)]
    fn shared(sum: Self::Sum, n: usize, small: bool) -> Self;
}

macro_rules! floats {
    ($($float:ty: $sum:ty;)*) => { $(
        impl Average for $float {
            #[inline(always)]
            fn quotient(sum: $float, n: usize) -> $float {
                sum / n as $float
            }
            fn means(windows: &Windows<'_, Self>, out: &mut [Self]) -> Option<Result<()>> {
                Some(windows.mean_into(out))
            }
            #[inline(always)]
            fn unbounded(self) -> bool {
                !self.is_finite()
            }
            fn divided(mean: $float, cells: usize, n: usize) -> $float {
                (f64::from(mean) * (cells as f64 / n as f64)) as $float
            }
            type Sum = $sum;
            #[inline(always)]
            fn summand(self, small: bool) -> $sum {
                <$sum>::one(self.into(), small)
            }
            #[inline(always)]
            fn joined(a: $sum, b: $sum) -> $sum {
                a.plus(b)
            }
            #[inline(always)]
            fn shared(sum: $sum, n: usize, small: bool) -> $float {
                sum.mean(n, small) as $float
            }
        }
    )* };
}

macro_rules! integers {
    ($($integer:ty)*) => { $(
        impl Average for $integer {
            #[inline(always)]
            #[allow(clippy::cast_possible_wrap)] // a mean fits its elements' type, or the divisor is smaller: wraps as PyTorch
            fn quotient(sum: Self::Wide, n: usize) -> $integer {
                (sum / n as Self::Wide) as $integer
            }
            type Sum = Self::Wide;
            #[inline(always)]
            fn summand(self, _: bool) -> Self::Wide {
                self.wide()
            }
            #[inline(always)]
            fn joined(a: Self::Wide, b: Self::Wide) -> Self::Wide {
                a.plus(b)
            }
            #[inline(always)]
            fn shared(sum: Self::Wide, n: usize, _: bool) -> $integer {
                Self::quotient(sum, n)
            }
        }
    )* };
}

#[cfg(feature = "half")]
macro_rules! halves {
    ($($half:ty)*) => { $(
        impl Average for $half {
            #[inline(always)]
            fn quotient(sum: f32, n: usize) -> $half {
                <$half>::from_f32(sum / n as f32)
            }
            fn means(windows: &Windows<'_, Self>, out: &mut [Self]) -> Option<Result<()>> {
                let means = pooled(windows, |windows, out| windows.mean_into(out));
                Some(means.map(|means| {
                    for (o, &mean) in out.iter_mut().zip(means.as_slice()) {
                        *o = <$half>::from_f32(mean);
                    }
                }))
            }
            #[inline(always)]
            fn unbounded(self) -> bool {
                !self.is_finite()
            }
            fn divided(mean: $half, cells: usize, n: usize) -> $half {
                <$half>::from_f64(mean.to_f64() * (cells as f64 / n as f64))
            }
            type Sum = f64;
            #[inline(always)]
            fn summand(self, _: bool) -> f64 {
                self.to_f64()
            }
            #[inline(always)]
            fn joined(a: f64, b: f64) -> f64 {
                a + b
            }
            #[inline(always)]
            fn shared(sum: f64, n: usize, _: bool) -> $half {
                <$half>::from_f64(sum / n as f64)
            }
        }
    )* };
}

floats! { f32: Plain; f64: Twofold; }
integers! { u8 u16 u32 u64 i8 i16 i32 i64 }
#[cfg(feature = "half")]
halves! { half::f16 half::bf16 }

impl Pool {
    /// The mean of each window: `[N, C, spatial..] -> [N, C, grid..]`, in the element's own type.
    ///
    /// A window without anything to divide by is NaN. Integers are divided towards zero, as PyTorch does;
    /// [`Windows::mean`] gives the exact mean as `f64`. Cost as [`Windows::mean`].
    ///
    /// ```
    /// use ndwindow::{View, nn::{Divisor, Pool}};
    ///
    /// let x = View::new(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1, 1, 6])?;
    /// let pool = Pool::new([3]).step(2).pad(1).ceil();
    /// assert_eq!(pool.avg_pool(&x, Divisor::Padded)?.as_slice(), [1.0, 3.0, 5.0, 3.0]);
    /// assert_eq!(pool.avg_pool(&x, Divisor::Elements)?.as_slice(), [1.5, 3.0, 5.0, 6.0]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan); [`Error::Parameter`]; for integers also [`Error::EmptyWindow`].
    pub fn avg_pool<'x, X>(&self, array: X, divisor: Divisor) -> Result<Array<X::Elem>>
    where
        X: IntoView<'x>,
        X::Elem: Average,
    {
        let windows = self.windows(array)?;
        let mut out = Array::try_zeros("a pooling", windows.plan().reduced_dims())?;
        average(windows, divisor, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`avg_pool`](Self::avg_pool) into the caller's buffer.
    ///
    /// # Errors
    /// As [`avg_pool`](Self::avg_pool); [`Error::BufferLength`].
    pub fn avg_pool_into<'x, X>(&self, array: X, divisor: Divisor, out: &mut [X::Elem]) -> Result<()>
    where
        X: IntoView<'x>,
        X::Elem: Average,
    {
        average(self.windows(array)?, divisor, out)
    }
}

fn average<T: Average>(windows: Windows<'_, T>, divisor: Divisor, out: &mut [T]) -> Result<()> {
    windows.check_buffer(out.len())?;
    if let Divisor::Fixed(0) = divisor {
        return Err(Error::zero_divisor());
    }
    let plan = windows.plan().clone();
    if !matches!(divisor, Divisor::Fixed(_)) {
        let filled = divisor == Divisor::Padded;
        let windows = if filled { windows.fill(T::default()) } else { windows };
        if let Some(done) = T::means(&windows, out) {
            return done;
        }
        if let Some((index, _)) = short_window(&plan, filled, 1) {
            return Err(Error::EmptyWindow { what: "integer mean", index });
        }
        return divide(&windows, divisor, out);
    }
    divide(&windows, divisor, out)
}

fn divide<T: Average>(windows: &Windows<'_, T>, divisor: Divisor, out: &mut [T]) -> Result<()> {
    if out.is_empty() {
        return Ok(());
    }
    let sums = pooled(windows, |w, out| T::total(w, None, out))?;
    let plan = windows.plan();
    let numbers = divisors(plan, divisor);
    for (out, sums) in out.chunks_mut(numbers.len().max(1)).zip(sums.as_slice().chunks(numbers.len().max(1))) {
        for ((o, &s), &n) in out.iter_mut().zip(sums).zip(&numbers) {
            *o = T::quotient(s, n);
        }
    }
    // Where a sum is no number the quotient may be one.
    if out.iter().any(|&o| o.unbounded()) {
        let mut means = Array::try_zeros("a pooling", plan.reduced_dims())?;
        if let Some(done) = T::means(windows, means.as_mut_slice()) {
            done?;
            let cells =
                divisors(plan, if windows.fill_value().is_some() { Divisor::Padded } else { Divisor::Elements });
            let every = cells.iter().zip(&numbers).cycle();
            for ((o, &mean), (&cells, &n)) in out.iter_mut().zip(means.as_slice()).zip(every) {
                if o.unbounded() && cells > 0 {
                    *o = T::divided(mean, cells, n);
                }
            }
        }
    }
    Ok(())
}

/// What each window of a plane is divided by, row-major over the grid.
pub(super) fn divisors(plan: &Plan, divisor: Divisor) -> Vec<usize> {
    let filled = match divisor {
        Divisor::Fixed(n) => {
            let (_, grid) = planes(&plan.reduced_dims(), plan.axes().len());
            return alloc::vec![n; grid];
        }
        Divisor::Padded => true,
        Divisor::Elements => false,
    };
    let mut all = alloc::vec![1];
    for counts in cell_counts(plan, filled) {
        all = all.iter().flat_map(|&n| counts.iter().map(move |&c| n * c)).collect();
    }
    all
}
