//! What numbers that are folded are summed in.

use super::cells::Cells;
use super::merge::Fold;
use crate::element::Element;
use crate::error::Result;
use core::ops::{Add, Mul};
use num_traits::{AsPrimitive, NumCast, Zero};

/// A number that patches may hold: the floats, and the integers up to 64 bits.
///
/// | patches | sums | weighted sums | means | weighted means | `fold_wide` |
/// | --- | --- | --- | --- | --- | --- |
/// | `f32` | `f32`; `f64` after [`Merge::wide`](crate::Merge::wide) | the same | `f64` | `f64` | `f64` |
/// | `f64` | `f64`; twice `f64` after `wide` | the same | twice `f64` | twice `f64` | `f64` |
/// | integers up to 32 bits | `i64`, exact | `f64` | `i64`, exact | `f64` | `i64` |
/// | 64 bits, `usize`, `isize` | `i128`, exact | `f64` | `i128`, exact | `f64` | `i128` |
///
/// Twice `f64` is a sum with the sum of what its additions rounded away beside it.
pub trait FoldElement:
    Element
    + PartialOrd
    + Folded
    + AsPrimitive<Self::Sum>
    + AsPrimitive<Self::Real>
    + AsPrimitive<Self::Wide>
    + AsPrimitive<f64>
{
    /// What sums are kept in.
    #[doc(hidden)]
    type Sum: Accumulator;
    /// What weighted sums are kept in.
    #[doc(hidden)]
    type Real: Accumulator;
    /// What holds every sum, or a more precise one.
    type Wide: Accumulator + Folded;
    /// What means are summed in: the error does not grow with the number of cells.
    #[doc(hidden)]
    type Blend: Blend;
    /// No number is less.
    #[doc(hidden)]
    const LOWEST: Self;
    /// No number is greater.
    #[doc(hidden)]
    const HIGHEST: Self;
    /// How many numbers [`Sum`](Self::Sum) and [`Wide`](Self::Wide) add without overflow.
    #[doc(hidden)]
    const MOST: usize;
    /// Runs a fold. For `f32` and `f64` it is compiled in this crate, once; for other types where it is called.
    #[doc(hidden)]
    fn fold_into(fold: &Fold<Self>, patches: Cells<'_, '_, Self>, out: &mut [Self]) -> Result<()> {
        fold.run_into(patches, out)
    }
    /// The same with the widest sums.
    #[doc(hidden)]
    fn fold_wide_into(fold: &Fold<Self>, patches: Cells<'_, '_, Self>, out: &mut [Self::Wide]) -> Result<()> {
        fold.run_wide_into(patches, out)
    }
}

/// A number that a fold may end in.
pub trait Folded: Element + NumCast {
    /// Whether it is an integer: quotients are rounded to the nearest, and a number outside its range is an error.
    const INTEGER: bool;
}

/// A number that sums are kept in.
pub trait Accumulator: Element + NumCast + Zero + Add<Output = Self> + Mul<Output = Self> {
    /// The quotient; integers round to the nearest, halves away from zero. The divisor is not zero.
    #[doc(hidden)]
    fn over(self, divisor: Self) -> Self;
    /// The nearest integer, halves away from zero.
    #[doc(hidden)]
    fn nearest(self) -> Self;
}

/// What the cells of a mean are summed in.
#[doc(hidden)]
pub trait Blend: Element {
    /// One number more.
    fn plus(self, x: f64) -> Self;
    /// The sum.
    fn value(self) -> f64;
}

impl Blend for f64 {
    #[inline(always)]
    fn plus(self, x: f64) -> Self {
        self + x
    }
    #[inline(always)]
    fn value(self) -> f64 {
        self
    }
}

/// A sum, and the sum of what its additions rounded away (Knuth's two-sum, which is exact whichever number is larger).
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Twofold {
    sum: f64,
    rest: f64,
}

impl Blend for Twofold {
    #[inline(always)]
    fn plus(self, x: f64) -> Self {
        let sum = self.sum + x;
        let of_x = sum - self.sum;
        let lost = (self.sum - (sum - of_x)) + (x - of_x);
        Twofold { sum, rest: self.rest + lost }
    }
    #[inline(always)]
    fn value(self) -> f64 {
        let value = self.sum + self.rest;
        // Behind an infinity nothing was rounded away that has a value.
        if value.is_nan() { self.sum } else { value }
    }
}

macro_rules! compiled {
    ($t:ty, $wide:ty) => {
        #[inline(never)]
        fn fold_into(fold: &Fold<$t>, patches: Cells<'_, '_, $t>, out: &mut [$t]) -> Result<()> {
            fold.run_into(patches, out)
        }
        #[inline(never)]
        fn fold_wide_into(fold: &Fold<$t>, patches: Cells<'_, '_, $t>, out: &mut [$wide]) -> Result<()> {
            fold.run_wide_into(patches, out)
        }
    };
}

macro_rules! numbers {
    ($($t:ty: $sum:ty, $real:ty, $wide:ty, $blend:ty, $low:expr, $high:expr, $most:expr $(, $here:ident)?;)+) => {
        $(impl FoldElement for $t {
            $($here! { $t, $wide })?
            type Sum = $sum;
            type Real = $real;
            type Wide = $wide;
            type Blend = $blend;
            const LOWEST: Self = $low;
            const HIGHEST: Self = $high;
            const MOST: usize = $most;
        })+
    };
}

numbers! {
    f32: f32, f32, f64, f64, f32::NEG_INFINITY, f32::INFINITY, usize::MAX, compiled;
    f64: f64, f64, f64, Twofold, f64::NEG_INFINITY, f64::INFINITY, usize::MAX, compiled;
    i8: i64, f64, i64, f64, i8::MIN, i8::MAX, 1 << 31;
    i16: i64, f64, i64, f64, i16::MIN, i16::MAX, 1 << 31;
    i32: i64, f64, i64, f64, i32::MIN, i32::MAX, 1 << 31;
    u8: i64, f64, i64, f64, u8::MIN, u8::MAX, 1 << 31;
    u16: i64, f64, i64, f64, u16::MIN, u16::MAX, 1 << 31;
    u32: i64, f64, i64, f64, u32::MIN, u32::MAX, 1 << 31;
    i64: i128, f64, i128, f64, i64::MIN, i64::MAX, usize::MAX / 2;
    u64: i128, f64, i128, f64, u64::MIN, u64::MAX, usize::MAX / 2;
    isize: i128, f64, i128, f64, isize::MIN, isize::MAX, usize::MAX / 2;
    usize: i128, f64, i128, f64, usize::MIN, usize::MAX, usize::MAX / 2;
}

macro_rules! folded {
    ($integer:expr; $($t:ty)+) => {
        $(impl Folded for $t {
            const INTEGER: bool = $integer;
        })+
    };
}

folded!(false; f32 f64);
folded!(true; i8 i16 i32 i64 i128 isize u8 u16 u32 u64 usize);

macro_rules! real {
    ($($t:ident)+) => {
        $(impl Accumulator for $t {
            #[inline(always)]
            fn over(self, divisor: Self) -> Self {
                self / divisor
            }
            #[inline(always)]
            fn nearest(self) -> Self {
                num_traits::Float::round(self)
            }
        })+
    };
}

macro_rules! whole {
    ($($t:ident)+) => {
        $(impl Accumulator for $t {
            #[inline]
            fn over(self, divisor: Self) -> Self {
                let (quotient, rest) = (self / divisor, self % divisor);
                // Twice the rest against the divisor, without doubling.
                let up = rest.abs() >= divisor.abs() - rest.abs();
                quotient + if up { self.signum() * divisor.signum() } else { 0 }
            }
            #[inline(always)]
            fn nearest(self) -> Self {
                self
            }
        })+
    };
}

real!(f32 f64);
whole!(i64 i128);
