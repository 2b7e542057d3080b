//! What the element types are accumulated in, and in what order they stand.

use crate::element::Element;
use crate::kernel::quotient::Quotient;

pub(crate) mod sealed {
    /// What keeps the traits of this file to the crate's own types.
    pub trait Sealed {}
}

macro_rules! sealed {
    ($($t:ty)*) => { $(impl sealed::Sealed for $t {})* };
}

sealed! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize bool f32 f64 }
#[cfg(feature = "half")]
sealed! { half::f16 half::bf16 }

/// An element type with a largest and a smallest value of a window: Rust's integers, `bool`, `f32`, `f64`, and with feature
/// `half` `f16` and `bf16`.
///
/// Maxima are taken of keys: integers in the order of the elements (IEEE 754's `totalOrder` for floats, NaNs apart). Comparing
/// them needs no branch and no special case, and -0.0 has its place below 0.0.
pub trait Ordered: Element + sealed::Sealed {
    /// What is compared.
    #[doc(hidden)]
    type Key: Copy + Ord + Send + Sync;
    /// The key of the lowest value there is (minus infinity).
    #[doc(hidden)]
    const LOWEST: Self::Key;
    /// The key of the highest one.
    #[doc(hidden)]
    const HIGHEST: Self::Key;
    /// A key above all numbers that stands for NaN.
    #[doc(hidden)]
    const NAN_ABOVE: Self::Key;
    /// A key below all numbers that stands for NaN.
    #[doc(hidden)]
    const NAN_BELOW: Self::Key;
    /// The element's key; `nan` for a NaN.
    #[doc(hidden)]
    fn key(self, nan: Self::Key) -> Self::Key;
    /// The keys of elements that are their own.
    #[doc(hidden)]
    #[inline(always)]
    fn keys(_elements: &[Self]) -> Option<&[Self::Key]> {
        None
    }
    /// The element of a key.
    #[doc(hidden)]
    fn value(key: Self::Key) -> Self;
}

macro_rules! ordered_integers {
    ($($t:ty: $low:expr, $high:expr;)*) => { $(
        impl Ordered for $t {
            type Key = $t;
            const LOWEST: $t = $low;
            const HIGHEST: $t = $high;
            const NAN_ABOVE: $t = $high;
            const NAN_BELOW: $t = $low;
            #[inline(always)]
            fn key(self, _: $t) -> $t {
                self
            }
            #[inline(always)]
            fn keys(elements: &[$t]) -> Option<&[$t]> {
                Some(elements)
            }
            #[inline(always)]
            fn value(key: $t) -> $t {
                key
            }
        }
    )* };
}

macro_rules! ordered_int_types {
    ($($t:ty)*) => { ordered_integers! { $($t: <$t>::MIN, <$t>::MAX;)* } };
}

ordered_int_types! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }
ordered_integers! { bool: false, true; }

macro_rules! ordered_floats {
    ($($t:ty: $key:ty, $bits:ty;)*) => { $(
        impl Ordered for $t {
            type Key = $key;
            const LOWEST: $key = flip(<$t>::NEG_INFINITY.to_bits() as $key as i128, <$key>::BITS) as $key;
            const HIGHEST: $key = <$t>::INFINITY.to_bits() as $key;
            const NAN_ABOVE: $key = <$key>::MAX;
            const NAN_BELOW: $key = <$key>::MIN;
            #[inline(always)]
            fn key(self, nan: $key) -> $key {
                let bits = self.to_bits() as $key;
                // The magnitude of a negative number counts downwards.
                let key = bits ^ ((bits >> (<$key>::BITS - 1)) & <$key>::MAX);
                if self.is_nan() { nan } else { key }
            }
            #[inline(always)]
            fn value(key: $key) -> $t {
                <$t>::from_bits((key ^ ((key >> (<$key>::BITS - 1)) & <$key>::MAX)) as $bits)
            }
        }
    )* };
}

/// The key of a negative number's bits, for constants.
const fn flip(bits: i128, width: u32) -> i128 {
    bits ^ ((1 << (width - 1)) - 1)
}

ordered_floats! {
    f32: i32, u32;
    f64: i64, u64;
}
#[cfg(feature = "half")]
ordered_floats! {
    half::f16: i16, u16;
    half::bf16: i16, u16;
}

/// Numbers that can be added and multiplied in their own type, integers modulo two to the number of their bits.
pub trait Wrap: Element + sealed::Sealed {
    #[doc(hidden)]
    const ZERO: Self;
    #[doc(hidden)]
    const ONE: Self;
    #[doc(hidden)]
    fn plus(self, other: Self) -> Self;
    #[doc(hidden)]
    fn times(self, other: Self) -> Self;
    /// Whether sums are rounded and can tell by how much.
    #[doc(hidden)]
    const ROUNDS: bool = false;
    /// The sum, and what rounding took from it added to what it `took` before.
    #[doc(hidden)]
    #[inline(always)]
    fn with(self, other: Self, took: Self) -> (Self, Self) {
        (self.plus(other), took)
    }
    /// A sum and what rounding took from it.
    #[doc(hidden)]
    #[inline(always)]
    fn settled(self, _took: Self) -> Self {
        self
    }
}

/// The rounding error of a float's sum is a float (Møller 1965, Knuth: The Art of Computer Programming, 4.2.2, theorem B).
macro_rules! carries {
    () => {
        const ROUNDS: bool = true;
        #[inline(always)]
        fn with(self, other: Self, took: Self) -> (Self, Self) {
            let sum = self + other;
            let added = sum - self;
            (sum, took + ((self - (sum - added)) + (other - added)))
        }
        #[inline(always)]
        fn settled(self, took: Self) -> Self {
            let sum = self + took;
            // Infinity minus infinity is NaN, so what an infinite sum took is none; and zero must not take a sign.
            if took == 0.0 || sum.is_nan() { self } else { sum }
        }
    };
}

macro_rules! wrap {
    ($($t:ty: $zero:expr, $one:expr, |$a:ident, $b:ident| $plus:expr, $times:expr $(, $carries:ident)?;)*) => { $(
        impl Wrap for $t {
            $($carries! {})?
            const ZERO: $t = $zero;
            const ONE: $t = $one;
            #[inline(always)]
            fn plus(self, $b: $t) -> $t {
                let $a = self;
                $plus
            }
            #[inline(always)]
            fn times(self, $b: $t) -> $t {
                let $a = self;
                $times
            }
        }
    )* };
}

macro_rules! wrap_integers {
    ($($t:ty)*) => { wrap! { $($t: 0, 1, |a, b| a.wrapping_add(b), a.wrapping_mul(b);)* } };
}

wrap_integers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }
// -0.0 is what adds nothing: 0.0 would turn a sum of -0.0 into 0.0.
wrap! {
    f32: -0.0, 1.0, |a, b| a + b, a * b, carries;
    f64: -0.0, 1.0, |a, b| a + b, a * b, carries;
}
#[cfg(feature = "half")]
wrap! {
    half::f16: half::f16::NEG_ZERO, half::f16::ONE, |a, b| a + b, a * b;
    half::bf16: half::bf16::NEG_ZERO, half::bf16::ONE, |a, b| a + b, a * b;
}

/// A number whose sums, products and means are accumulated in a wider type.
///
/// | element | `sum`, `product` | `mean` |
/// | --- | --- | --- |
/// | `u8 u16 u32`, `bool` | `u64` | `f64` |
/// | `i8 i16 i32` | `i64` | `f64` |
/// | `u64 usize u128` | `u128` | `f64` |
/// | `i64 isize i128` | `i128` | `f64` |
/// | `f32` | `f32` | `f32` |
/// | `f64` | `f64` | `f64` |
/// | `f16 bf16` (feature `half`) | `f32` | `f32` |
pub trait Number: Element + sealed::Sealed {
    /// The type of sums and products.
    type Wide: Total<Mean = Self::Mean>;
    /// The type of means.
    type Mean: Wrap;
    /// Whether sums and products are exact.
    #[doc(hidden)]
    const EXACT: bool;
    /// A type that holds sums of up to [`FEW`](Self::FEW) elements.
    #[doc(hidden)]
    type Narrow: Total<Mean = Self::Mean>;
    /// One that holds sums of up to [`SOME`](Self::SOME).
    #[doc(hidden)]
    type Middle: Total<Mean = Self::Mean>;
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
    fn narrow_all(_elements: &[Self]) -> Option<&[Self::Narrow]> {
        None
    }
    #[doc(hidden)]
    fn middle(self) -> Self::Middle;
    #[doc(hidden)]
    fn wide(self) -> Self::Wide;
    #[doc(hidden)]
    fn from_narrow(sum: Self::Narrow) -> Self::Wide;
    #[doc(hidden)]
    fn from_middle(sum: Self::Middle) -> Self::Wide;
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

/// A number whose sums have a wider type to be held in: all but `u128` and `i128`, whose sums are a `Result`.
pub trait Summable: Number {}

macro_rules! summable {
    ($($t:ty)*) => { $(impl Summable for $t {})* };
}

summable! { bool u8 u16 u32 u64 usize i8 i16 i32 i64 isize f32 f64 }
#[cfg(feature = "half")]
summable! { half::f16 half::bf16 }

/// A type that sums are accumulated in.
pub trait Total: Wrap {
    /// The type of means.
    #[doc(hidden)]
    type Mean: Wrap;
    /// A number of elements, as [`mean`](Self::mean) divides by it.
    #[doc(hidden)]
    type Count: Copy + Send + Sync;
    #[doc(hidden)]
    fn count(n: usize) -> Self::Count;
    /// The quotient, rounded once.
    #[doc(hidden)]
    fn mean(self, n: Self::Count) -> Self::Mean;
    /// All quotients; see [`lower_all`](crate::kernel::rows::Reduction::lower_all).
    #[doc(hidden)]
    #[inline(always)]
    fn means<const FUSED: bool, const L: usize>(sums: &[Self; L], n: Self::Count, out: &mut [Self::Mean; L]) {
        for i in 0..L {
            out[i] = sums[i].mean(n);
        }
    }
    /// A sum of zeros is 0.0, whatever their signs.
    #[doc(hidden)]
    fn total(self) -> Self;
    /// A summand so small that no sum of such overflows, if `small` is asked for and it could.
    #[doc(hidden)]
    #[inline(always)]
    fn shrunk(self, _small: bool) -> Self {
        self
    }
    /// The mean whose summands were [`shrunk`](Self::shrunk).
    #[doc(hidden)]
    #[inline(always)]
    fn grown(mean: Self::Mean, _small: bool) -> Self::Mean {
        mean
    }
    /// Whether a mean is finite.
    #[doc(hidden)]
    #[inline(always)]
    fn is_finite(_mean: Self::Mean) -> bool {
        true
    }
    /// Whether a sum of so many summands like this one could overflow.
    #[doc(hidden)]
    #[inline(always)]
    fn overflows(self, _times: usize) -> bool {
        false
    }
}

/// What summands are shrunk by: there are fewer cells in any window.
const SMALL: i32 = 64;

macro_rules! float_accumulators {
    ($($t:ty)*) => { $(
        impl Total for $t {
            type Mean = $t;
            type Count = $t;
            #[inline(always)]
            fn count(n: usize) -> $t {
                n as $t
            }
            #[inline(always)]
            fn mean(self, n: $t) -> $t {
                self / n
            }
            #[inline(always)]
            fn means<const FUSED: bool, const L: usize>(sums: &[$t; L], n: $t, out: &mut [$t; L]) {
                <$t as Quotient>::divide::<FUSED, L>(sums, n, out);
            }
            #[inline(always)]
            fn total(self) -> $t {
                self + 0.0
            }
            #[inline(always)]
            fn shrunk(self, small: bool) -> $t {
                self * if small { const { 1.0 / (1u128 << SMALL) as $t } } else { 1.0 }
            }
            #[inline(always)]
            fn grown(mean: $t, small: bool) -> $t {
                if !small {
                    return mean;
                }
                let grown = mean * (1u128 << SMALL) as $t;
                // The mean of the largest numbers may be rounded to more than the largest.
                if mean.is_finite() { grown.clamp(<$t>::MIN, <$t>::MAX) } else { grown }
            }
            #[inline(always)]
            fn is_finite(mean: $t) -> bool {
                mean.is_finite()
            }
            #[inline(always)]
            fn overflows(self, times: usize) -> bool {
                self.is_finite() && !(self * times as $t).is_finite()
            }
        }
    )* };
}

float_accumulators! { f32 f64 }

macro_rules! small_accumulators {
    ($($t:ty)*) => { $(
        impl Total for $t {
            type Mean = f64;
            type Count = f64;
            #[inline(always)]
            fn count(n: usize) -> f64 {
                n as f64
            }
            #[inline(always)]
            fn mean(self, n: f64) -> f64 {
                f64::from(self) / n
            }
            #[inline(always)]
            fn means<const FUSED: bool, const L: usize>(sums: &[$t; L], n: f64, out: &mut [f64; L]) {
                let mut wide = [0.0; L];
                for i in 0..L {
                    wide[i] = f64::from(sums[i]);
                }
                f64::divide::<FUSED, L>(&wide, n, out);
            }
            #[inline(always)]
            fn total(self) -> $t {
                self
            }
        }
    )* };
}

small_accumulators! { u16 u32 i16 i32 }

macro_rules! large_accumulators {
    ($($t:ty: $magnitude:expr;)*) => { $(
        impl Total for $t {
            type Mean = f64;
            type Count = usize;
            #[inline(always)]
            fn count(n: usize) -> usize {
                n
            }
            #[inline(always)]
            fn mean(self, n: usize) -> f64 {
                let magnitude: fn($t) -> u128 = $magnitude;
                let size = quotient(0, magnitude(self), n);
                #[allow(unused_comparisons)] // of unsigned types
                if self < 0 { -size } else { size }
            }
            #[inline(always)]
            fn total(self) -> $t {
                self
            }
        }
    )* };
}

large_accumulators! {
    u64: |a| a as u128;
    i64: |a| a.unsigned_abs() as u128;
    u128: |a| a;
    i128: |a| a.unsigned_abs();
}

/// `(high 2^128 + low) / n`, rounded once, to even; NaN for nothing.
pub(super) fn quotient(high: u128, low: u128, n: usize) -> f64 {
    const EXACT: u128 = 1 << f64::MANTISSA_DIGITS;
    if n == 0 {
        return f64::NAN;
    }
    if high == 0 && low < EXACT && (n as u128) < EXACT {
        return low as f64 / n as f64;
    }
    // The highest 127 bits, so that the whole part of the quotient has more digits than a mantissa; what is cut off then only
    // matters by not being zero, and one last digit says that.
    let up = match high {
        0 => low.leading_zeros() as i32 - 1,
        _ => high.leading_zeros() as i32 - 129,
    };
    let (top, cut) = match up {
        0.. => (low << up, false),
        _ if high == 0 => (low >> 1, low & 1 == 1),
        -127..0 => (high << (128 + up) | low >> -up, low << (128 + up) != 0),
        _ => (high >> (-up - 128), low != 0 || high << (256 + up).min(127) != 0 && up < -128),
    };
    let (whole, left) = (top / n as u128, top % n as u128);
    // A power of two, and the result is at least 2^-64 and below 2^256: both are exact.
    let scale = f64::from_bits(((1023 - up) as u64) << 52);
    (whole | u128::from(left != 0 || cut)) as f64 * scale
}

macro_rules! numbers {
    ($($t:ty: $narrow:ty, $middle:ty, $wide:ty, $mean:ty, $max:expr;)*) => { $(
        impl Number for $t {
            type Wide = $wide;
            type Mean = $mean;
            type Narrow = $narrow;
            type Middle = $middle;
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
            type Narrow = $wide;
            type Middle = $wide;
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
