//! One register of numbers at a time: the arithmetic the contraction kernels are written in.
//!
//! Compilers keep a block of accumulators in registers for some block shapes and spill all of them for the next; these
//! few operations, given by name for each instruction set, take that decision away from them.
#![allow(unsafe_code)] // loads and stores through pointers, and instructions that need a detected level

use core::ops::{Add, Mul};

/// A number that convolution can multiply and add.
///
/// Implemented for `f32`, `f64`, `i32` and `i64`; integers wrap here, and their callers bound the sums.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number that convolution can multiply and add",
    note = "these are `f32`, `f64`, `i32` and `i64`: convert first (`.map(f32::from)`), or see `nn::Conv::run_wide`, `integer` and `quantized`"
)]
pub trait Scalar: crate::Element + PartialEq + Add<Output = Self> + Mul<Output = Self> + private::Registers {}

impl Scalar for f32 {}
impl Scalar for f64 {}
impl Scalar for i32 {}
impl Scalar for i64 {}

pub(crate) mod private {
    use super::Vector;

    /// Which registers hold an element at each level; the portable ones hold 16 bytes.
    pub trait Registers: Sized {
        /// Any level.
        type Portable: Vector<Elem = Self>;
        /// 32 bytes, for AVX2 and FMA.
        #[cfg(target_arch = "x86_64")]
        type Avx2: Vector<Elem = Self>;
        /// 64 bytes, for AVX-512F.
        #[cfg(target_arch = "x86_64")]
        type Avx512: Vector<Elem = Self>;
        /// Whether additions lose anything to rounding.
        const LOSES: bool;
        /// `self + other`; integers wrap.
        fn plus(self, other: Self) -> Self;
        /// `self + low + other` as a sum and, in `low`, what it lost to rounding: less than its last place.
        fn carried(self, other: Self, low: &mut Self) -> Self;
    }
}

/// One register of elements.
///
/// # Safety
/// Every function may be called only where the instruction set of the type was detected. `load` and `store` reach
/// `LEN` elements from their pointer, aligned as one element.
pub trait Vector: Copy {
    /// What it holds.
    type Elem: crate::Element;
    /// How many.
    const LEN: usize;
    /// `LEN` elements from memory.
    unsafe fn load(from: *const Self::Elem) -> Self;
    /// `LEN` elements to memory.
    unsafe fn store(self, to: *mut Self::Elem);
    /// One element in all places.
    unsafe fn splat(x: Self::Elem) -> Self;
    /// `self + other`.
    unsafe fn plus(self, other: Self) -> Self;
    /// `self * b + c`, rounded once where the instruction set fuses the two.
    unsafe fn madd(self, b: Self, c: Self) -> Self;
    /// The last `M` elements of `before`, and then all of these but the last `M`: a power of two, less than `LEN`.
    #[inline(always)]
    unsafe fn moved<const M: usize>(self, before: Self) -> Self {
        let mut both = [Self::Elem::default(); 2 * LONGEST];
        let at = both.as_mut_ptr();
        // SAFETY: no register has more elements than the longest.
        unsafe {
            before.store(at);
            self.store(at.add(Self::LEN));
            Self::load(at.add(Self::LEN.saturating_sub(M)))
        }
    }
}

/// Elements of the longest register.
pub(crate) const LONGEST: usize = 16;

/// Registers of a 16-byte instruction set, left to the compiler.
#[derive(Clone, Copy)]
pub struct Portable<T, const N: usize>([T; N]);

macro_rules! portable {
    ($t:ty, $n:literal, |$a:ident, $b:ident, $c:ident| $madd:expr) => {
        impl Vector for Portable<$t, $n> {
            type Elem = $t;
            const LEN: usize = $n;
            #[inline(always)]
            unsafe fn load(from: *const $t) -> Self {
                // SAFETY: the caller's pointer reaches LEN elements.
                Portable(unsafe { from.cast::<[$t; $n]>().read_unaligned() })
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $t) {
                // SAFETY: as in `load`.
                unsafe { to.cast::<[$t; $n]>().write_unaligned(self.0) }
            }
            #[inline(always)]
            unsafe fn splat(x: $t) -> Self {
                Portable([x; $n])
            }
            #[inline(always)]
            unsafe fn plus(self, other: Self) -> Self {
                Portable(core::array::from_fn(|i| private::Registers::plus(self.0[i], other.0[i])))
            }
            #[inline(always)]
            unsafe fn madd(self, b: Self, c: Self) -> Self {
                Portable(core::array::from_fn(|i| {
                    let ($a, $b, $c) = (self.0[i], b.0[i], c.0[i]);
                    $madd
                }))
            }
        }
    };
}

/// Names the registers of a type at each level.
macro_rules! registers {
    ($t:ty, $losses:ident, |$x:ident, $y:ident| $plus:expr, $portable:ty, $avx2:ty, $avx512:ty) => {
        impl private::Registers for $t {
            type Portable = $portable;
            #[cfg(target_arch = "x86_64")]
            type Avx2 = $avx2;
            #[cfg(target_arch = "x86_64")]
            type Avx512 = $avx512;
            #[inline(always)]
            fn plus(self, other: $t) -> $t {
                let ($x, $y) = (self, other);
                $plus
            }
            $losses!($t);
        }
    };
}

/// Integers lose nothing.
macro_rules! exact {
    ($t:ty) => {
        const LOSES: bool = false;
        #[inline(always)]
        fn carried(self, other: $t, _: &mut $t) -> $t {
            private::Registers::plus(self, other)
        }
    };
}

/// What an addition of floats loses is a float: Knuth's exact sum of two, then Dekker's of the sum and all that was lost.
macro_rules! rounded {
    ($t:ty) => {
        const LOSES: bool = true;
        #[inline(always)]
        fn carried(self, other: $t, low: &mut $t) -> $t {
            // The loss of a sum that is infinite is not a number: it has lost nothing.
            let lost = |x: $t| if x.is_nan() { 0.0 } else { x };
            let sum = self + other;
            let back = sum - self;
            let loss = lost(*low + ((self - (sum - back)) + (other - back)));
            let whole = sum + loss;
            *low = lost(loss - (whole - sum));
            whole
        }
    };
}

#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::{__m256, __m256d, __m256i, __m512, __m512d, __m512i};
#[cfg(target_arch = "x86_64")]
use core::mem::transmute_copy;

portable!(f32, 4, |a, b, c| a * b + c);
portable!(f64, 2, |a, b, c| a * b + c);
portable!(i32, 4, |a, b, c| a.wrapping_mul(b).wrapping_add(c));
// 64-bit products have no instruction below AVX-512DQ: all levels are the compiler's.
portable!(i64, 2, |a, b, c| a.wrapping_mul(b).wrapping_add(c));
portable!(i64, 4, |a, b, c| a.wrapping_mul(b).wrapping_add(c));
portable!(i64, 8, |a, b, c| a.wrapping_mul(b).wrapping_add(c));
registers!(f32, rounded, |x, y| x + y, Portable<f32, 4>, __m256, __m512);
registers!(f64, rounded, |x, y| x + y, Portable<f64, 2>, __m256d, __m512d);
registers!(i32, exact, |x, y| x.wrapping_add(y), Portable<i32, 4>, __m256i, __m512i);
registers!(i64, exact, |x, y| x.wrapping_add(y), Portable<i64, 2>, Portable<i64, 4>, Portable<i64, 8>);

/// Implements [`Vector`] with the named instructions.
#[cfg(target_arch = "x86_64")]
macro_rules! vector {
    ($v:ident, $t:ty, $n:literal, $load:ident, $store:ident, $splat:ident, $plus:ident, $moved:ident, |$a:ident, $b:ident, $c:ident| $madd:expr) => {
        impl Vector for core::arch::x86_64::$v {
            type Elem = $t;
            const LEN: usize = $n;
            #[inline(always)]
            unsafe fn load(from: *const $t) -> Self {
                // SAFETY: the caller detected the level; the unaligned load reaches LEN elements, as it promised.
                unsafe { core::arch::x86_64::$load(from.cast()) }
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $t) {
                // SAFETY: as in `load`.
                unsafe { core::arch::x86_64::$store(to.cast(), self) }
            }
            #[inline(always)]
            unsafe fn splat(x: $t) -> Self {
                // SAFETY: the caller detected the level.
                unsafe { core::arch::x86_64::$splat(x) }
            }
            #[inline(always)]
            unsafe fn plus(self, other: Self) -> Self {
                // SAFETY: the caller detected the level.
                unsafe { core::arch::x86_64::$plus(self, other) }
            }
            #[inline(always)]
            unsafe fn madd(self, b: Self, c: Self) -> Self {
                use core::arch::x86_64::*;
                let ($a, $b, $c) = (self, b, c);
                // SAFETY: the caller detected the level.
                unsafe { $madd }
            }
            #[inline(always)]
            unsafe fn moved<const M: usize>(self, before: Self) -> Self {
                // SAFETY: the caller detected the level.
                unsafe { $moved(self, before, M * size_of::<$t>()) }
            }
        }
    };
}

/// See [`Vector::moved`], by 4, 8, 16 or 32 bytes.
///
/// # Safety
/// AVX-512F must have been detected, and `R` be one of its registers.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn moved_512<R>(own: R, before: R, bytes: usize) -> R {
    use core::arch::x86_64::_mm512_alignr_epi32 as moved;
    const { assert!(size_of::<R>() == size_of::<__m512i>()) };
    // SAFETY: the contract; every register of this size may hold any bits.
    unsafe {
        let (own, before) = (transmute_copy::<R, __m512i>(&own), transmute_copy::<R, __m512i>(&before));
        let moved = match bytes {
            4 => moved::<15>(own, before),
            8 => moved::<14>(own, before),
            16 => moved::<12>(own, before),
            _ => moved::<8>(own, before),
        };
        transmute_copy::<__m512i, R>(&moved)
    }
}

/// See [`Vector::moved`], by 4, 8 or 16 bytes.
///
/// # Safety
/// AVX2 must have been detected, and `R` be one of its registers.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn moved_256<R>(own: R, before: R, bytes: usize) -> R {
    use core::arch::x86_64::{_mm256_alignr_epi8 as moved, _mm256_permute2x128_si256 as halves};
    const { assert!(size_of::<R>() == size_of::<__m256i>()) };
    // SAFETY: the contract; every register of this size may hold any bits.
    unsafe {
        let (own, before) = (transmute_copy::<R, __m256i>(&own), transmute_copy::<R, __m256i>(&before));
        // The second half of those before, and the first one of these.
        let between = halves::<0x21>(before, own);
        let moved = match bytes {
            4 => moved::<12>(own, between),
            8 => moved::<8>(own, between),
            _ => between,
        };
        transmute_copy::<__m256i, R>(&moved)
    }
}

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use super::{Vector, moved_256, moved_512};

    vector!(__m512, f32, 16, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_set1_ps, _mm512_add_ps, moved_512, |a, b, c| {
        _mm512_fmadd_ps(a, b, c)
    });
    vector!(__m512d, f64, 8, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_set1_pd, _mm512_add_pd, moved_512, |a, b, c| {
        _mm512_fmadd_pd(a, b, c)
    });
    vector!(
        __m512i,
        i32,
        16,
        _mm512_loadu_si512,
        _mm512_storeu_si512,
        _mm512_set1_epi32,
        _mm512_add_epi32,
        moved_512,
        |a, b, c| _mm512_add_epi32(_mm512_mullo_epi32(a, b), c)
    );
    vector!(__m256, f32, 8, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_set1_ps, _mm256_add_ps, moved_256, |a, b, c| {
        _mm256_fmadd_ps(a, b, c)
    });
    vector!(__m256d, f64, 4, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_set1_pd, _mm256_add_pd, moved_256, |a, b, c| {
        _mm256_fmadd_pd(a, b, c)
    });
    vector!(
        __m256i,
        i32,
        8,
        _mm256_loadu_si256,
        _mm256_storeu_si256,
        _mm256_set1_epi32,
        _mm256_add_epi32,
        moved_256,
        |a, b, c| _mm256_add_epi32(_mm256_mullo_epi32(a, b), c)
    );
}
