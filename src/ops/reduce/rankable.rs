//! Elements with an order that sorting, medians and arguments of extremes can use.

use super::extreme::Extreme;
use super::ordered::Ordered;
use crate::element::Element;

/// An element type with an order: Rust's integers, `bool`, `f32`, `f64`, and with the feature `half` `f16` and `bf16`.
///
/// NaN stands above every number. Ranks put -0.0 below 0.0, as maxima do; for arguments of extremes they are equal.
pub trait Rankable: Ordered {
    /// What lies between two elements: `f32` for `f32` and shorter floats, `f64` for everything else.
    type Middle: Element;
    /// An element's place in the order and a position, as one integer that compares like the pair.
    #[doc(hidden)]
    type Packed: Copy + Ord + Default + Send + Sync;
    /// Whether there are only 256 elements, which have a [`byte`](Self::byte) each.
    #[doc(hidden)]
    const BYTE: bool = false;
    /// Whether some elements are [`unordered`](Self::unordered).
    #[doc(hidden)]
    const NANS: bool = false;
    /// Place in the order and position, the one that is looked for on top; NaN stays there.
    /// Never `Packed::default()` for a position below `u32::MAX`.
    #[doc(hidden)]
    fn pack(self, of: Extreme, position: u32) -> Self::Packed;
    /// As [`pack`](Self::pack) of largest ones, with -0.0 below 0.0.
    #[doc(hidden)]
    fn place(self, position: u32) -> Self::Packed;
    /// The position in a packed pair.
    #[doc(hidden)]
    fn position(packed: Self::Packed) -> u32;
    #[doc(hidden)]
    fn unordered(self) -> bool;
    /// NaN, if there is one; else zero.
    #[doc(hidden)]
    fn unordered_value() -> Self;
    #[doc(hidden)]
    fn nan_middle() -> Self::Middle;
    /// What lies `t` of the way from `low` to `high`.
    #[doc(hidden)]
    fn between(low: Self, high: Self, t: f64) -> Self::Middle;
    #[doc(hidden)]
    fn byte(self) -> u8 {
        0
    }
    #[doc(hidden)]
    fn from_byte(_: u8) -> Self {
        Self::default()
    }
}

/// Packs a key of `$key` bits above a position.
macro_rules! packing {
    (u64) => {
        type Packed = u64;
        #[inline(always)]
        fn pack(self, of: Extreme, position: u32) -> u64 {
            let key = self.order_key(of);
            ((key as u64) << 32) | u64::from(position)
        }
        #[inline(always)]
        fn place(self, position: u32) -> u64 {
            let key = self.total_key();
            ((key as u64) << 32) | u64::from(position)
        }
        #[inline(always)]
        fn position(packed: u64) -> u32 {
            packed as u32
        }
    };
    (u128) => {
        type Packed = u128;
        #[inline(always)]
        fn pack(self, of: Extreme, position: u32) -> u128 {
            let key = self.order_key(of);
            ((key as u128) << 32) | u128::from(position)
        }
        #[inline(always)]
        fn place(self, position: u32) -> u128 {
            let key = self.total_key();
            ((key as u128) << 32) | u128::from(position)
        }
        #[inline(always)]
        fn position(packed: u128) -> u32 {
            packed as u32
        }
    };
    (pair) => {
        type Packed = (u128, u32);
        #[inline(always)]
        fn pack(self, of: Extreme, position: u32) -> (u128, u32) {
            (self.order_key(of) as u128, position)
        }
        #[inline(always)]
        fn place(self, position: u32) -> (u128, u32) {
            (self.total_key() as u128, position)
        }
        #[inline(always)]
        fn position(packed: (u128, u32)) -> u32 {
            packed.1
        }
    };
}

/// A type's place in its order, as an unsigned number.
trait OrderKey {
    type Key;
    fn order_key(self, of: Extreme) -> Self::Key;
    /// The same with -0.0 below 0.0.
    fn total_key(self) -> Self::Key;
}

macro_rules! integers {
    ($($t:ty, $unsigned:ty, $packed:tt $(, $byte:tt)?;)*) => { $(
        impl OrderKey for $t {
            type Key = $unsigned;
            #[inline(always)]
            fn order_key(self, of: Extreme) -> $unsigned {
                let top = 1 << (<$unsigned>::BITS - 1);
                let turn = if of.least { <$unsigned>::MAX } else { 0 } ^ if of.turned { top } else { 0 };
                (self as $unsigned) ^ (<$t>::MIN as $unsigned) ^ turn
            }
            #[inline(always)]
            fn total_key(self) -> $unsigned {
                self.order_key(Extreme::LARGEST)
            }
        }
        impl Rankable for $t {
            type Middle = f64;
            packing!($packed);
            #[inline(always)]
            fn unordered(self) -> bool {
                false
            }
            fn unordered_value() -> $t {
                0
            }
            fn nan_middle() -> f64 {
                f64::NAN
            }
            #[inline]
            fn between(low: $t, high: $t, t: f64) -> f64 {
                let apart = (high as $unsigned).wrapping_sub(low as $unsigned);
                if t == 0.5 {
                    // Exact before the one rounding to f64, wherever half an integer fits at all.
                    let middle = (low as $unsigned).wrapping_add(apart >> 1) as $t;
                    return middle as f64 + 0.5 * (apart & 1) as f64;
                }
                low as f64 + apart as f64 * t
            }
            $(
                const BYTE: bool = $byte;
                #[inline(always)]
                fn byte(self) -> u8 {
                    self as u8 ^ <$t>::MIN as u8
                }
                #[inline(always)]
                fn from_byte(byte: u8) -> $t {
                    (byte ^ <$t>::MIN as u8) as $t
                }
            )?
        }
    )* };
}

integers! {
    u8, u8, u64, true;
    i8, u8, u64, true;
    u16, u16, u64;
    i16, u16, u64;
    u32, u32, u64;
    i32, u32, u64;
    u64, u64, u128;
    i64, u64, u128;
    usize, usize, u128;
    isize, usize, u128;
    u128, u128, pair;
    i128, u128, pair;
}

impl OrderKey for bool {
    type Key = u8;
    #[inline(always)]
    fn order_key(self, of: Extreme) -> u8 {
        u8::from(self != of.least)
    }
    #[inline(always)]
    fn total_key(self) -> u8 {
        self.into()
    }
}
impl Rankable for bool {
    type Middle = f64;
    const BYTE: bool = true;
    packing!(u64);
    #[inline(always)]
    fn unordered(self) -> bool {
        false
    }
    fn unordered_value() -> bool {
        false
    }
    fn nan_middle() -> f64 {
        f64::NAN
    }
    fn between(low: bool, high: bool, t: f64) -> f64 {
        u8::between(low.into(), high.into(), t)
    }
    #[inline(always)]
    fn byte(self) -> u8 {
        self.into()
    }
    #[inline(always)]
    fn from_byte(byte: u8) -> bool {
        byte != 0
    }
}

macro_rules! floats {
    ($($t:ty, $bits:ty, $signed:ty, $packed:tt, $middle:ty, $wide:expr;)*) => { $(
        impl OrderKey for $t {
            type Key = $bits;
            #[inline(always)]
            fn order_key(self, of: Extreme) -> $bits {
                // Adding zero makes -0.0 the same as 0.0.
                let key = (self + <$t>::from_bits(0)).total_key();
                if self.is_nan() || !of.least { key } else { !key }
            }
            #[inline(always)]
            fn total_key(self) -> $bits {
                // The sign bit on top; a negative number's magnitude counts down.
                let bits = self.to_bits();
                let flip = ((bits as $signed >> (<$bits>::BITS - 1)) as $bits) | (1 << (<$bits>::BITS - 1));
                if self.is_nan() { <$bits>::MAX } else { bits ^ flip }
            }
        }
        impl Rankable for $t {
            type Middle = $middle;
            const NANS: bool = true;
            packing!($packed);
            #[inline(always)]
            fn unordered(self) -> bool {
                <$t>::is_nan(self)
            }
            fn unordered_value() -> $t {
                <$t>::NAN
            }
            fn nan_middle() -> $middle {
                <$middle>::NAN
            }
            #[inline]
            fn between(low: $t, high: $t, t: f64) -> $middle {
                if t == 0.0 || low == high {
                    return low.into();
                }
                if t == 1.0 {
                    return high.into();
                }
                let (low, high): (f64, f64) = ($wide(low), $wide(high));
                let apart = high - low;
                let middle = match apart.is_finite() {
                    // A product that is rounded up must not pass the upper one.
                    true => (low + apart * t).min(high),
                    // Two finite numbers may lie further apart than there are numbers; beside an infinity, neither weight
                    // being 0, the infinity is what comes out, and NaN between the two of them.
                    false => low * (1.0 - t) + high * t,
                };
                middle as $middle
            }
        }
    )* };
}

floats! {
    f32, u32, i32, u64, f32, f64::from;
    f64, u64, i64, u128, f64, f64::from;
}
#[cfg(feature = "half")]
floats! {
    half::f16, u16, i16, u64, f32, f64::from;
    half::bf16, u16, i16, u64, f32, f64::from;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_packed_elements_is_that_of_the_elements() {
        let x = [f64::NEG_INFINITY, -1e300, -1.0, -f64::MIN_POSITIVE, 0.0, 5e-324, 2.0, f64::INFINITY, f64::NAN];
        for (i, &a) in x.iter().enumerate() {
            for (j, &b) in x.iter().enumerate() {
                assert_eq!(a.pack(Extreme::LARGEST, 1).cmp(&b.pack(Extreme::LARGEST, 1)), i.cmp(&j), "{a} {b}");
                assert_eq!(
                    (a as f32).pack(Extreme::SMALLEST, 1) == (b as f32).pack(Extreme::SMALLEST, 1),
                    (a as f32) == (b as f32) || i == j
                );
                if !a.is_nan() && !b.is_nan() {
                    assert_eq!(a.pack(Extreme::SMALLEST, 1).cmp(&b.pack(Extreme::SMALLEST, 1)), j.cmp(&i), "{a} {b}");
                }
            }
        }
        assert_eq!((-f64::NAN).pack(Extreme::LARGEST, 3), f64::NAN.pack(Extreme::SMALLEST, 3));
        assert_eq!((-0.0f32).pack(Extreme::LARGEST, 3), 0.0f32.pack(Extreme::LARGEST, 3));
        let y = [i16::MIN, -1, 0, 1, i16::MAX];
        assert!(y.windows(2).all(|w| w[0].pack(Extreme::LARGEST, 9) < w[1].pack(Extreme::LARGEST, 1)));
        assert!(y.windows(2).all(|w| w[0].pack(Extreme::SMALLEST, 1) > w[1].pack(Extreme::SMALLEST, 9)));
        assert_eq!(i128::position((-5i128).pack(Extreme::LARGEST, 77)), 77);
        assert_eq!(i8::from_byte((-7i8).byte()), -7);
        assert!((-7i8).byte() < 3i8.byte());
    }

    #[test]
    fn between_rounds_once_and_knows_infinities() {
        assert_eq!(u64::between(u64::MAX - 1, u64::MAX, 0.5), u64::MAX as f64);
        assert_eq!(i8::between(-128, 127, 0.5), -0.5);
        assert_eq!(f64::between(-1.5e308, 1.5e308, 0.5), 0.0);
        assert_eq!(f64::between(f64::INFINITY, f64::INFINITY, 0.5), f64::INFINITY);
        assert_eq!(f32::between(1.0, 2.0, 0.25), 1.25);
        let (inf, most) = (f64::INFINITY, f64::MAX);
        // low, high, weight of the higher one, what lies there
        let table = [
            (1.0, inf, 0.0, 1.0),
            (1.0, inf, 0.25, inf),
            (1.0, inf, 1.0, inf),
            (-inf, 1.0, 0.0, -inf),
            (-inf, 1.0, 0.5, -inf),
            (-inf, most, 0.75, -inf),
            (-inf, 1.0, 1.0, 1.0),
            (-inf, -inf, 0.5, -inf),
            (-inf, inf, 0.0, -inf),
            (-inf, inf, 1.0, inf),
            (-most, inf, 0.5, inf),
            (-most, most, 0.5, 0.0),
            (most, most, 0.5, most),
            (most / 2.0, most, 0.5, most * 0.75),
        ];
        for (low, high, t, want) in table {
            assert_eq!(f64::between(low, high, t), want, "{t} of the way from {low} to {high}");
        }
        assert!(f64::between(-inf, inf, 0.5).is_nan());
        assert_eq!(f32::between(f32::NEG_INFINITY, 1.0, 0.5), f32::NEG_INFINITY);
    }
}
