//! What the element types are accumulated in.

use super::accumulator::{Total, Wrap};
use super::compiled::{Gaps, Sums};
use super::rankable::Rankable;
use crate::element::Element;

/// An element that can be reduced: Rust's integers, `bool`, `f32`, `f64`, and with the feature `half` `f16` and `bf16`.
///
/// Extremes and ranks are of the element's own type. Maxima put -0.0 below 0.0, and so do ranks, where NaN stands above every
/// number; for arguments of extremes the two zeros are equal. Sums, means and what lies between two elements have a type that
/// holds them:
///
/// | element | `sum`, `product`: `Wide` | `mean`: `Mean` | `median`: `Middle` |
/// | --- | --- | --- | --- |
/// | `u8 u16 u32`, `bool` | `u64` | `f64` | `f64` |
/// | `i8 i16 i32` | `i64` | `f64` | `f64` |
/// | `u64 usize u128` | `u128` | `f64` | `f64` |
/// | `i64 isize i128` | `i128` | `f64` | `f64` |
/// | `f32` | `f32` | `f32` | `f32` |
/// | `f64` | `f64` | `f64` | `f64` |
/// | `f16 bf16` | `f32` | `f32` | `f32` |
///
/// Where elements may not count ([`ValidWindows`](crate::ValidWindows)) floats have NaN for a result that is not there, and
/// everything else an `Option`: of extremes `Maybe`, of sums `MaybeWide`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number that windows can be reduced to",
    note = "elements are integers, floats and `bool` (`f16` and `bf16` with the feature `half`); of others, `.map(f)` and `.view()` take any",
    note = "rows in rows (`Vec<Vec<T>>`, `[[T; N]; M]`) are one slice and a shape here: `View::new(&flat, [rows, columns])?`"
)]
pub trait Number:
    Rankable
    + Sums<<Self as Number>::Wide, <Self as Number>::Mean>
    + Gaps<<Self as Number>::Maybe, <Self as Number>::MaybeWide, <Self as Number>::Mean>
{
    /// The type of sums and products.
    type Wide: Total<Mean = <Self as Number>::Mean>;
    /// The type of means.
    type Mean: Wrap;
    /// An element that may not be there: a float itself, an `Option` of anything else.
    type Maybe: Element;
    /// A sum that may not be there, likewise.
    type MaybeWide: Element;
    /// Whether sums and products are exact.
    #[doc(hidden)]
    const EXACT: bool;
    /// A type that holds sums of up to [`FEW`](Self::FEW) elements.
    #[doc(hidden)]
    type Narrow: Total<Mean = Self::Mean>;
    /// One that holds sums of up to [`SOME`](Self::SOME).
    #[doc(hidden)]
    type Medium: Total<Mean = Self::Mean>;
    #[doc(hidden)]
    const FEW: usize;
    #[doc(hidden)]
    const SOME: usize;
    /// The most elements a sum may have.
    #[doc(hidden)]
    const MOST: usize;
    #[doc(hidden)]
    fn narrow(self) -> Self::Narrow;
    /// The elements themselves, if they are added in their own type.
    #[doc(hidden)]
    #[inline(always)]
    fn narrow_all(_elements: &[Self]) -> Option<&[<Self::Narrow as Total>::Bits]> {
        None
    }
    #[doc(hidden)]
    fn middle(self) -> Self::Medium;
    #[doc(hidden)]
    fn wide(self) -> Self::Wide;
    #[doc(hidden)]
    fn from_narrow(sum: Self::Narrow) -> Self::Wide;
    #[doc(hidden)]
    fn from_middle(sum: Self::Medium) -> Self::Wide;
    /// An integer's sign and magnitude.
    #[doc(hidden)]
    fn magnitude(self) -> (bool, u128) {
        (false, 0)
    }
    /// The mean of integers as it was computed.
    #[doc(hidden)]
    fn from_f64(_mean: f64) -> Self::Mean {
        Self::Mean::ZERO
    }
    /// The wide integer with this sign and magnitude.
    #[doc(hidden)]
    fn from_magnitude(_negative: bool, _magnitude: u128) -> Option<Self::Wide> {
        None
    }
}

macro_rules! numbers {
    ($($t:ty: $narrow:ty, $middle:ty, $wide:ty, $mean:ty, $max:expr;)*) => { $(
        impl Number for $t {
            type Wide = $wide;
            type Mean = $mean;
            type Maybe = Option<$t>;
            type MaybeWide = Option<$wide>;
            type Narrow = $narrow;
            type Medium = $middle;
            const EXACT: bool = true;
            const FEW: usize = fits(<$narrow>::MAX as u128, $max);
            const SOME: usize = fits(<$middle>::MAX as u128, $max);
            const MOST: usize = fits(<$wide>::MAX as u128, $max);
            #[inline(always)]
            fn narrow(self) -> $narrow {
                self as $narrow
            }
            #[inline(always)]
            fn middle(self) -> $middle {
                self as $middle
            }
            #[inline(always)]
            fn wide(self) -> $wide {
                self as $wide
            }
            #[inline(always)]
            fn from_narrow(sum: $narrow) -> $wide {
                sum as $wide
            }
            #[inline(always)]
            fn from_middle(sum: $middle) -> $wide {
                sum as $wide
            }
            #[inline(always)]
            fn from_f64(mean: f64) -> $mean {
                mean
            }
            #[inline(always)]
            fn magnitude(self) -> (bool, u128) {
                let wide = self as $wide;
                #[allow(unused_comparisons)] // of unsigned types
                let negative = wide < 0;
                (negative, if negative { (wide as u128).wrapping_neg() } else { wide as u128 })
            }
            #[inline(always)]
            fn from_magnitude(negative: bool, magnitude: u128) -> Option<$wide> {
                match negative {
                    false => <$wide>::try_from(magnitude).ok(),
                    // The lowest number has no positive one.
                    true if magnitude == (<$wide>::MIN as u128).wrapping_neg() => Some(<$wide>::MIN),
                    true => 0i128.checked_sub_unsigned(magnitude)?.try_into().ok(),
                }
            }
        }
    )* };
}

/// How many times `max` fits.
const fn fits(limit: u128, max: u128) -> usize {
    let n = limit / max;
    if n > usize::MAX as u128 { usize::MAX } else { n as usize }
}

numbers! {
    bool: u16, u32, u64, f64, 1;
    u8: u16, u32, u64, f64, u8::MAX as u128;
    u16: u32, u64, u64, f64, u16::MAX as u128;
    u32: u64, u64, u64, f64, u32::MAX as u128;
    u64: u128, u128, u128, f64, u64::MAX as u128;
    usize: u128, u128, u128, f64, usize::MAX as u128;
    u128: u128, u128, u128, f64, u128::MAX;
    i8: i16, i32, i64, f64, 1 << 7;
    i16: i32, i64, i64, f64, 1 << 15;
    i32: i64, i64, i64, f64, 1 << 31;
    i64: i128, i128, i128, f64, 1 << 63;
    isize: i128, i128, i128, f64, isize::MIN.unsigned_abs() as u128;
    i128: i128, i128, i128, f64, i128::MAX as u128;
}

macro_rules! float_numbers {
    ($($t:ty: $wide:ty, |$x:ident| $widen:expr, |$all:ident| $wide_all:expr;)*) => { $(
        impl Number for $t {
            type Wide = $wide;
            type Mean = $wide;
            type Maybe = $t;
            type MaybeWide = $wide;
            type Narrow = $wide;
            type Medium = $wide;
            const EXACT: bool = false;
            const FEW: usize = usize::MAX;
            const SOME: usize = usize::MAX;
            const MOST: usize = usize::MAX;
            #[inline(always)]
            fn narrow(self) -> $wide {
                self.wide()
            }
            #[inline(always)]
            fn narrow_all($all: &[$t]) -> Option<&[$wide]> {
                $wide_all
            }
            #[inline(always)]
            fn middle(self) -> $wide {
                self.wide()
            }
            #[inline(always)]
            fn wide(self) -> $wide {
                let $x = self;
                $widen
            }
            #[inline(always)]
            fn from_narrow(sum: $wide) -> $wide {
                sum
            }
            #[inline(always)]
            fn from_middle(sum: $wide) -> $wide {
                sum
            }
        }
    )* };
}

float_numbers! {
    f32: f32, |x| x, |all| Some(all);
    f64: f64, |x| x, |all| Some(all);
}
#[cfg(feature = "half")]
float_numbers! {
    half::f16: f32, |x| x.to_f32(), |_all| None;
    half::bf16: f32, |x| x.to_f32(), |_all| None;
}

/// A number that is no `bool`: integers, `f32`, `f64`, and with the feature `half` `f16` and `bf16`.
///
/// It is added and multiplied in its own type by [`WrappingSum`](crate::WrappingSum) and
/// [`WrappingProduct`](crate::WrappingProduct), and has norms and variances. These are computed in `f64` and rounded at the end, to `f32` for `f32` and shorter floats.
pub trait Real: Number + Wrap {
    #[doc(hidden)]
    fn real(self) -> f64;
    /// `self - other`, rounded once.
    #[doc(hidden)]
    fn apart(self, other: Self) -> f64;
    #[doc(hidden)]
    fn rounded(value: f64) -> Self::Mean;
    /// Whether a result is NaN.
    #[doc(hidden)]
    fn unknown(result: Self::Mean) -> bool;
}

macro_rules! real {
    ($($t:ty)*; $mean:ty, |$x:ident| $real:expr, |$a:ident, $b:ident| $apart:expr) => { $(
        impl Real for $t {
            #[inline(always)]
            fn real(self) -> f64 {
                let $x = self;
                $real
            }
            #[inline(always)]
            fn apart(self, $b: $t) -> f64 {
                let $a = self;
                $apart
            }
            #[inline(always)]
            fn rounded(value: f64) -> $mean {
                value as $mean
            }
            #[inline(always)]
            fn unknown(result: $mean) -> bool {
                result.is_nan()
            }
        }
    )* };
}

real!(u8 u16 u32 i8 i16 i32 f64; f64, |x| x as f64, |a, b| a.real() - b.real());
real!(f32; f32, |x| x.into(), |a, b| a.real() - b.real());
#[cfg(feature = "half")]
real!(half::f16 half::bf16; f32, |x| x.into(), |a, b| a.real() - b.real());
// Longer than the 53 digits of an `f64`: subtracted first.
real!(
    u64 usize u128 i64 isize i128; f64, |x| x as f64,
    |a, b| if a < b { -(a.abs_diff(b) as f64) } else { a.abs_diff(b) as f64 }
);
