//! What sums are accumulated in, and how they are divided.

use super::sealed::Sealed;
use crate::array::{SameBits, bits_mut};
use crate::element::Element;
use crate::kernel::quotient::{CHUNK, quotients};

/// Numbers that can be added and multiplied in their own type, integers modulo two to the number of their bits.
pub trait Wrap: Element + Sealed {
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

/// A type that sums are accumulated in.
pub trait Total: Wrap {
    /// What sums are added up in: integers wrap alike with a sign and without, so those without are added as those with one.
    #[doc(hidden)]
    type Bits: Wrap;
    #[doc(hidden)]
    fn bits(self) -> Self::Bits;
    #[doc(hidden)]
    fn of_bits(bits: Self::Bits) -> Self;
    /// Sums as they are added up.
    #[doc(hidden)]
    fn all_bits(sums: &mut [Self]) -> &mut [Self::Bits];
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
    fn means<const FUSED: bool>(sums: &[Self::Bits], n: Self::Count, out: &mut [Self::Mean]) {
        for (out, &sum) in out.iter_mut().zip(sums) {
            *out = Self::of_bits(sum).mean(n);
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

macro_rules! added_as {
    ($bits:ty) => {
        type Bits = $bits;
        #[inline(always)]
        fn bits(self) -> $bits {
            SameBits::bits(self)
        }
        #[inline(always)]
        fn of_bits(bits: $bits) -> Self {
            bits as Self
        }
        #[inline(always)]
        fn all_bits(sums: &mut [Self]) -> &mut [$bits] {
            bits_mut(sums)
        }
    };
}

/// What summands are shrunk by: there are fewer cells in any window.
const SMALL: i32 = 64;

macro_rules! float_accumulators {
    ($($t:ty)*) => { $(
        impl Total for $t {
            added_as! { $t }
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
            fn means<const FUSED: bool>(sums: &[$t], n: $t, out: &mut [$t]) {
                quotients::<FUSED, _>(sums, n, out);
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
    ($($t:ty as $bits:ty;)*) => { $(
        impl Total for $t {
            added_as! { $bits }
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
            fn means<const FUSED: bool>(sums: &[$bits], n: f64, out: &mut [f64]) {
                let (chunks, rest) = sums.as_chunks::<CHUNK>();
                for (sums, out) in chunks.iter().zip(out.chunks_exact_mut(CHUNK)) {
                    let mut wide = [0.0; CHUNK];
                    for i in 0..CHUNK {
                        wide[i] = f64::from(sums[i] as $t);
                    }
                    quotients::<FUSED, _>(&wide, n, out);
                }
                for (&sum, out) in rest.iter().zip(&mut out[sums.len() - rest.len()..]) {
                    *out = (sum as $t).mean(n);
                }
            }
            #[inline(always)]
            fn total(self) -> $t {
                self
            }
        }
    )* };
}

small_accumulators! { u16 as i16; u32 as i32; i16 as i16; i32 as i32; }

macro_rules! large_accumulators {
    ($($t:ty as $bits:ty: $magnitude:expr;)*) => { $(
        impl Total for $t {
            added_as! { $bits }
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
    u64 as i64: |a| a as u128;
    i64 as i64: |a| a.unsigned_abs() as u128;
    u128 as i128: |a| a;
    i128 as i128: |a| a.unsigned_abs();
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
