//! In what order elements stand: the keys that extremes compare.

use super::compiled::Extremes;
use super::sealed::Sealed;
use crate::element::Element;
use core::ops::{BitXor, Not};

/// An element type with a largest and a smallest value of a window: Rust's integers, `bool`, `f32`, `f64`, and with feature
/// `half` `f16` and `bf16`.
///
/// Maxima are taken of keys: integers in the order of the elements (IEEE 754's `totalOrder` for floats, NaNs apart). Comparing
/// them needs no branch and no special case, and -0.0 has its place below 0.0.
pub trait Ordered: Element + Sealed + Extremes {
    /// What is compared.
    #[doc(hidden)]
    type Key: Copy + Default + Ord + Not<Output = Self::Key> + BitXor<Output = Self::Key> + Send + Sync;
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
    /// The highest bit of a key.
    #[doc(hidden)]
    const TOP: Self::Key;
    /// Whether pools of it have loops of their own.
    #[doc(hidden)]
    const FUSED: bool = false;
    /// The element's key; `nan` for a NaN.
    #[doc(hidden)]
    fn key(self, nan: Self::Key) -> Self::Key;
    /// The keys of elements that are their own.
    #[doc(hidden)]
    #[inline(always)]
    fn keys(_elements: &[Self]) -> Option<&[Self::Key]> {
        None
    }
    /// The same of elements to be written.
    #[doc(hidden)]
    #[inline(always)]
    fn keys_mut(_elements: &mut [Self]) -> Option<&mut [Self::Key]> {
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
            const TOP: $t = 1 << (<$t>::BITS - 1);
            #[inline(always)]
            fn key(self, _: $t) -> $t {
                self
            }
            #[inline(always)]
            fn keys(elements: &[$t]) -> Option<&[$t]> {
                Some(elements)
            }
            #[inline(always)]
            fn keys_mut(elements: &mut [$t]) -> Option<&mut [$t]> {
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

ordered_int_types! { u8 u16 i16 i32 i64 i128 }

/// Types whose loops are those of another one, which stands in the same order: a bit flipped or two are cheaper than to compile
/// every loop once more.
macro_rules! ordered_like {
    ($($t:ty: $key:ty, |$x:ident| $as_key:expr, |$of:ident| $value:expr;)*) => { $(
        impl Ordered for $t {
            type Key = $key;
            const LOWEST: $key = { let $x = <$t>::MIN; $as_key };
            const HIGHEST: $key = { let $x = <$t>::MAX; $as_key };
            const NAN_ABOVE: $key = Self::HIGHEST;
            const NAN_BELOW: $key = Self::LOWEST;
            const TOP: $key = 1 << (<$key>::BITS - 1);
            #[inline(always)]
            fn key(self, _: $key) -> $key {
                let $x = self;
                $as_key
            }
            #[inline(always)]
            fn value($of: $key) -> $t {
                $value
            }
        }
    )* };
}

ordered_like! {
    i8: u8, |x| x as u8 ^ 1 << 7, |key| (key ^ 1 << 7) as i8;
    u32: i32, |x| x as i32 ^ i32::MIN, |key| (key ^ i32::MIN) as u32;
    u64: i64, |x| x as i64 ^ i64::MIN, |key| (key ^ i64::MIN) as u64;
    u128: i128, |x| x as i128 ^ i128::MIN, |key| (key ^ i128::MIN) as u128;
    usize: i64, |x| x as i64 ^ i64::MIN, |key| (key ^ i64::MIN) as usize;
    isize: i64, |x| x as i64, |key| key as isize;
}

impl Ordered for bool {
    type Key = u8;
    const LOWEST: u8 = 0;
    const HIGHEST: u8 = 1;
    const NAN_ABOVE: u8 = 1;
    const NAN_BELOW: u8 = 0;
    const TOP: u8 = 1 << 7;
    #[inline(always)]
    fn key(self, _: u8) -> u8 {
        self.into()
    }
    #[inline(always)]
    fn value(key: u8) -> bool {
        key != 0
    }
}

macro_rules! ordered_floats {
    ($($t:ty: $key:ty, $bits:ty, fused: $fused:literal;)*) => { $(
        impl Ordered for $t {
            type Key = $key;
            const FUSED: bool = $fused;
            const LOWEST: $key = flip(<$t>::NEG_INFINITY.to_bits() as $key as i128, <$key>::BITS) as $key;
            const HIGHEST: $key = <$t>::INFINITY.to_bits() as $key;
            const NAN_ABOVE: $key = <$key>::MAX;
            const NAN_BELOW: $key = <$key>::MIN;
            const TOP: $key = 1 << (<$key>::BITS - 1);
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
    f32: i32, u32, fused: true;
    f64: i64, u64, fused: true;
}
#[cfg(feature = "half")]
ordered_floats! {
    half::f16: i16, u16, fused: false;
    half::bf16: i16, u16, fused: false;
}
