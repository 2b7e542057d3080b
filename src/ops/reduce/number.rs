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
}

macro_rules! wrap {
    ($($t:ty: $zero:expr, $one:expr, |$a:ident, $b:ident| $plus:expr, $times:expr;)*) => { $(
        impl Wrap for $t {
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
    f32: -0.0, 1.0, |a, b| a + b, a * b;
    f64: -0.0, 1.0, |a, b| a + b, a * b;
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
    /// The most elements a product may have.
    #[doc(hidden)]
    const FACTORS: usize;
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
}

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
}

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
                let size = quotient(magnitude(self), n);
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

/// `sum / n`, rounded once, to even; NaN for nothing.
fn quotient(sum: u128, n: usize) -> f64 {
    const EXACT: u128 = 1 << f64::MANTISSA_DIGITS;
    if n == 0 {
        return f64::NAN;
    }
    if sum < EXACT && (n as u128) < EXACT {
        return sum as f64 / n as f64;
    }
    // Shifted so far that the whole part of the quotient has more digits than a mantissa; what is cut off then only
    // matters by not being zero, and one last digit says that.
    let shift = sum.leading_zeros().min(127);
    let (whole, left) = ((sum << shift) / n as u128, (sum << shift) % n as u128);
    // A power of two, and the result is at least 2^-64: both are exact.
    let scale = f64::from_bits(u64::from(1023 - shift) << 52);
    (whole | u128::from(left != 0)) as f64 * scale
}

macro_rules! numbers {
    ($($t:ty: $narrow:ty, $middle:ty, $wide:ty, $mean:ty, $max:expr, $factors:literal;)*) => { $(
        impl Number for $t {
            type Wide = $wide;
            type Mean = $mean;
            type Narrow = $narrow;
            type Middle = $middle;
            const EXACT: bool = true;
            const FEW: usize = fits(<$narrow>::MAX as u128, $max);
            const SOME: usize = fits(<$middle>::MAX as u128, $max);
            const MOST: usize = fits(<$wide>::MAX as u128, $max);
            const FACTORS: usize = $factors;
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
        }
    )* };
}

/// How many times `max` fits.
const fn fits(limit: u128, max: u128) -> usize {
    let n = limit / max;
    if n > usize::MAX as u128 { usize::MAX } else { n as usize }
}

numbers! {
    bool: u16, u32, u64, f64, 1, 64;
    u8: u16, u32, u64, f64, u8::MAX as u128, 8;
    u16: u32, u64, u64, f64, u16::MAX as u128, 4;
    u32: u64, u64, u64, f64, u32::MAX as u128, 2;
    u64: u128, u128, u128, f64, u64::MAX as u128, 2;
    usize: u128, u128, u128, f64, usize::MAX as u128, 2;
    u128: u128, u128, u128, f64, u128::MAX, 1;
    i8: i16, i32, i64, f64, 1 << 7, 8;
    i16: i32, i64, i64, f64, 1 << 15, 4;
    i32: i64, i64, i64, f64, 1 << 31, 2;
    i64: i128, i128, i128, f64, 1 << 63, 2;
    isize: i128, i128, i128, f64, isize::MIN.unsigned_abs() as u128, 2;
    i128: i128, i128, i128, f64, i128::MAX as u128, 1;
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
            const FACTORS: usize = usize::MAX;
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
