//! Rows of products `a * w` written front to back, past the caches if that pays: whole lines of them go from the registers to
//! memory, and nothing is stored twice.
#![allow(unsafe_code)] // streaming stores

use super::caches::{LINE, PRODUCT_AHEAD};
use super::level::{Kernel, Level};
use super::lined::Lined;
use super::stream::prefetch;
use crate::element::Element;
use num_traits::Float;

/// An output being filled with rows of products.
pub(crate) struct Products<'a, T> {
    out: Lined<'a, T>,
    w: &'a [T],
    level: Level,
}

impl<'a, T: Float + Element> Products<'a, T> {
    /// Products with `w`, to be written to `out`, past the caches if `streaming` and machine and element type allow it.
    pub(crate) fn new(out: &'a mut [T], w: &'a [T], streaming: bool) -> Self {
        Products::with_level(out, w, streaming, Level::detect())
    }

    pub(super) fn with_level(out: &'a mut [T], w: &'a [T], streaming: bool, level: Level) -> Self {
        Products { out: Lined::new(out, streaming, level), w, level }
    }

    /// Appends `rows` rows: the stretches of `from` that are as long as `w` and start every `step`, times `w`.
    ///
    /// # Panics
    /// If `from` or what is left of the output ends before they do.
    pub(crate) fn push(&mut self, from: &[T], step: usize, rows: usize) {
        self.level.run(Push { products: self, from, step, rows });
    }

    /// Writes what is still on its way.
    pub(crate) fn finish(self) {
        self.out.finish();
    }
}

struct Push<'p, 'a, T> {
    products: &'p mut Products<'a, T>,
    from: &'p [T],
    step: usize,
    rows: usize,
}

impl<T: Float + Element> Kernel for Push<'_, '_, T> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        self.run_at::<16>();
    }

    #[inline(always)]
    fn run_at<const BYTES: usize>(self) {
        let Products { out, w, .. } = self.products;
        let w = *w;
        for i in 0..self.rows {
            let row = &self.from[i * self.step..][..w.len()];
            if out.streams() {
                // What a row some steps ahead reads and the one before it does not: streaming stores hold up the reading.
                prefetch(&row[..self.step.min(row.len())], (PRODUCT_AHEAD as isize) / size_of::<T>() as isize);
            }
            // SAFETY: what writes the lines writes all of them; `run_at` is entered with 64 bytes at the level of AVX-512 alone.
            unsafe {
                out.append(
                    w.len(),
                    |to, at| product(to, &row[at..], &w[at..]),
                    |to, at| stream_products::<T, BYTES>(to, &row[at..][..to.len()], &w[at..][..to.len()]),
                );
            }
        }
    }
}

/// `out = a * w`.
#[inline(always)]
fn product<T: Float>(out: &mut [T], a: &[T], w: &[T]) {
    for ((o, &a), &w) in out.iter_mut().zip(a).zip(w) {
        *o = a * w;
    }
}

/// `out = a * w` with streaming stores.
///
/// # Safety
/// Slices of the same length, whole lines; `out` stands on a line unless it is empty; [`streams_lines`](super::stream::streams_lines) holds for `T`, and `BYTES` is 64 only
/// where this machine has AVX-512. A fence must be called before the borrow of `out` ends.
#[inline(always)]
unsafe fn stream_products<T: Float + 'static, const BYTES: usize>(out: &mut [T], a: &[T], w: &[T]) {
    debug_assert!(out.len() == a.len() && out.len() == w.len(), "products of other lengths");
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        use core::any::TypeId;
        let (to, a, w, n) = (out.as_mut_ptr(), a.as_ptr(), w.as_ptr(), out.len());
        // SAFETY: the contract; the pointers are cast to what they point to.
        unsafe {
            match TypeId::of::<T>() {
                t if t == TypeId::of::<f32>() => match BYTES == LINE {
                    #[cfg(feature = "std")]
                    true => return x86::wide_f32(to.cast(), a.cast(), w.cast(), n),
                    _ => return x86::narrow_f32(to.cast(), a.cast(), w.cast(), n),
                },
                t if t == TypeId::of::<f64>() => match BYTES == LINE {
                    #[cfg(feature = "std")]
                    true => return x86::wide_f64(to.cast(), a.cast(), w.cast(), n),
                    _ => return x86::narrow_f64(to.cast(), a.cast(), w.cast(), n),
                },
                _ => {}
            }
        }
    }
    product(out, a, w);
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use core::arch::x86_64::*;

    macro_rules! products {
        ($($name:ident: $number:ty, $feature:literal, $lanes:literal, $load:ident, $times:ident, $stream:ident;)*) => { $(
            /// Products of whole lines with streaming stores.
            ///
            /// # Safety
            /// `n` numbers, whole lines of them, must be readable at `a` and `w` and writable at `to`, a multiple of a
            /// line, which overlaps neither. The machine must have the feature. A fence must follow.
            #[inline]
            #[target_feature(enable = $feature)]
            pub(super) unsafe fn $name(to: *mut $number, a: *const $number, w: *const $number, n: usize) {
                for i in (0..n).step_by($lanes) {
                    // SAFETY: `i + lanes <= n`, as a line is a multiple of the lanes; so is the store's address.
                    unsafe { $stream(to.add(i), $times($load(a.add(i)), $load(w.add(i)))) };
                }
            }
        )* };
    }

    products! {
        narrow_f32: f32, "sse2", 4, _mm_loadu_ps, _mm_mul_ps, _mm_stream_ps;
        narrow_f64: f64, "sse2", 2, _mm_loadu_pd, _mm_mul_pd, _mm_stream_pd;
    }
    #[cfg(feature = "std")]
    products! {
        wide_f32: f32, "avx512f", 16, _mm512_loadu_ps, _mm512_mul_ps, _mm512_stream_ps;
        wide_f64: f64, "avx512f", 8, _mm512_loadu_pd, _mm512_mul_pd, _mm512_stream_pd;
    }
}
