//! Rows of products `a * w` written front to back, past the caches if that pays.
//!
//! Whole lines of a product go from the registers to memory; nothing is stored twice. Where one row ends and the next
//! begins inside a line, both are collected in one line's buffer first, as memory takes whole lines only.
#![allow(unsafe_code)] // streaming stores

use super::level::{Kernel, Level};
use super::stream::{LINE, fence, stream_lines, streams_lines};
use num_traits::Float;

/// Elements an edge has room for: a line of the smallest numbers there are.
const MOST: usize = 16;
/// Bytes between what is multiplied and what is asked for meanwhile.
#[cfg(target_arch = "x86_64")]
const AHEAD: usize = 4096;

/// An output being filled with rows of products.
pub(crate) struct Products<'a, T> {
    out: &'a mut [T],
    w: &'a [T],
    /// How many elements of `out` are written or in `edge`.
    done: usize,
    edge: Option<Edge<T>>,
    level: Level,
}

/// The line that `out[done]` lies in, up to that element.
#[repr(align(64))]
struct Edge<T> {
    cells: [T; MOST],
    filled: usize,
}

impl<'a, T: Float + 'static> Products<'a, T> {
    /// Products with `w`, to be written to `out`, past the caches if `streaming` and machine and element type allow it.
    pub(crate) fn new(out: &'a mut [T], w: &'a [T], streaming: bool) -> Self {
        Products::with_level(out, w, streaming, Level::detect())
    }

    pub(super) fn with_level(out: &'a mut [T], w: &'a [T], streaming: bool, level: Level) -> Self {
        let size = size_of::<T>();
        let streams = streaming && streams_lines::<T>() && LINE / size <= MOST;
        let edge = streams.then(|| Edge { cells: [T::zero(); MOST], filled: out.as_ptr().addr() % LINE / size });
        Products { out, w, done: 0, edge, level }
    }

    /// Appends `rows` rows: the stretches of `from` that are as long as `w` and start every `step`, times `w`.
    ///
    /// # Panics
    /// If `from` or what is left of the output ends before they do.
    pub(crate) fn push(&mut self, from: &[T], step: usize, rows: usize) {
        let level = self.level;
        if level.vector_bytes() == LINE {
            level.run(Push::<_, true> { products: self, from, step, rows });
        } else {
            level.run(Push::<_, false> { products: self, from, step, rows });
        }
    }

    /// Writes what is still in the edge.
    pub(crate) fn finish(mut self) {
        self.flush();
        debug_assert_eq!(self.done, self.out.len(), "an output written in part");
    }

    /// Appends one row. `WIDE` lines leave in one store.
    ///
    /// # Safety
    /// `WIDE` only where this machine has AVX-512.
    #[inline(always)]
    unsafe fn row<const WIDE: bool>(&mut self, row: &[T]) {
        let w = self.w;
        let line = LINE / size_of::<T>();
        let head = match &self.edge {
            None => {
                product(&mut self.out[self.done..][..w.len()], row, w);
                self.done += w.len();
                return;
            }
            Some(edge) if edge.filled > 0 => (line - edge.filled).min(w.len()),
            Some(_) => 0,
        };
        let (first, row) = row.split_at(head);
        let (first_w, w) = w.split_at(head);
        self.collect(first, first_w);
        let whole = w.len() / line * line;
        let lines = &mut self.out[self.done..][..whole];
        // SAFETY: no lines, or the edge is empty, so that a line begins here; as many whole ones each; the drop fences;
        // `WIDE` as promised.
        unsafe { stream_products::<T, WIDE>(lines, &row[..whole], &w[..whole]) };
        self.done += whole;
        self.collect(&row[whole..], &w[whole..]);
    }

    /// Appends products that end at or before the end of the line the edge stands for.
    #[inline(always)]
    fn collect(&mut self, row: &[T], w: &[T]) {
        let Some(edge) = &mut self.edge else { return };
        product(&mut edge.cells[edge.filled..][..w.len()], row, w);
        edge.filled += w.len();
        self.done += w.len();
        if edge.filled == LINE / size_of::<T>() {
            self.flush();
        }
    }

    /// Stores the cells of the edge that belong to the output.
    fn flush(&mut self) {
        let Some(edge) = &mut self.edge else { return };
        // The output may have begun in the middle of the line.
        let ours = edge.filled.min(self.done);
        let (to, from) = (&mut self.out[self.done - ours..self.done], &edge.cells[edge.filled - ours..edge.filled]);
        // SAFETY: the drop fences.
        unsafe { stream_lines(to, from) };
        edge.filled = 0;
    }
}

impl<T> Drop for Products<'_, T> {
    fn drop(&mut self) {
        if self.edge.is_some() {
            fence();
        }
    }
}

struct Push<'p, 'a, T, const WIDE: bool> {
    products: &'p mut Products<'a, T>,
    from: &'p [T],
    step: usize,
    rows: usize,
}

impl<T: Float + 'static, const WIDE: bool> Kernel for Push<'_, '_, T, WIDE> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        for i in 0..self.rows {
            let row = &self.from[i * self.step..][..self.products.w.len()];
            #[cfg(target_arch = "x86_64")]
            if self.products.edge.is_some() {
                ask_for(row, self.step);
            }
            // SAFETY: `push` asks for the wide form only at a level that has AVX-512.
            unsafe { self.products.row::<WIDE>(row) };
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

/// Asks for what a row some steps ahead reads and the one before it does not: streaming stores hold up the reading.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn ask_for<T>(row: &[T], step: usize) {
    use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    let from = row.as_ptr().cast::<i8>().wrapping_add(AHEAD);
    for at in (0..size_of_val(&row[..step.min(row.len())])).step_by(LINE) {
        // SAFETY: a hint, which may name any address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.wrapping_add(at)) };
    }
}

/// `out = a * w` with streaming stores.
///
/// # Safety
/// Slices of the same length, whole lines; `out` stands on a line unless it is empty; [`streams_lines`] holds for `T`, and `WIDE` only
/// where this machine has AVX-512. [`fence`] must be called before the borrow of `out` ends.
#[inline(always)]
unsafe fn stream_products<T: Float + 'static, const WIDE: bool>(out: &mut [T], a: &[T], w: &[T]) {
    debug_assert!(out.len() == a.len() && out.len() == w.len(), "products of other lengths");
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        use core::any::TypeId;
        let (to, a, w, n) = (out.as_mut_ptr(), a.as_ptr(), w.as_ptr(), out.len());
        // SAFETY: the contract; the pointers are cast to what they point to.
        unsafe {
            match TypeId::of::<T>() {
                t if t == TypeId::of::<f32>() => match WIDE {
                    #[cfg(feature = "std")]
                    true => return x86::wide_f32(to.cast(), a.cast(), w.cast(), n),
                    _ => return x86::narrow_f32(to.cast(), a.cast(), w.cast(), n),
                },
                t if t == TypeId::of::<f64>() => match WIDE {
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
