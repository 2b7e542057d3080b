//! The last step of a reduction: rows combined in registers, lowered, and stored, past the caches if they are many.
#![allow(unsafe_code)] // streaming stores

use super::level::{Kernel, Level};
use super::rows::{CHUNK, Counts, Last, Reduction, TAPS, combine, small, tree, tree_of_large};
use super::stream::{Bursts, LINE};
use alloc::vec::Vec;
use core::array::from_fn;
use core::marker::PhantomData;

/// The result rows as accumulators.
pub(crate) fn finish<T, R: Reduction<T>>(level: Level, r: &R, dst: &mut [R::Acc], last: &Last<'_, R::Acc>) {
    match last {
        Last::One(a) => dst.copy_from_slice(&a[..dst.len()]),
        Last::Taps([a, b]) => combine(level, r, dst, a, b),
        Last::Taps(rows) => store(level, dst, rows, None, Kept { r, element: PhantomData }),
    }
}

/// The result rows, lowered; streamed if there are `bursts`.
pub(crate) fn finish_lowered<T, R: Reduction<T>>(
    level: Level,
    r: &R,
    dst: &mut [R::Out],
    last: &Last<'_, R::Acc>,
    counts: &Counts<'_, R::Count>,
    bursts: Option<&Bursts<R::Out>>,
) {
    let one;
    let rows: &[&[R::Acc]] = match last {
        Last::One(a) => {
            one = [*a];
            &one
        }
        Last::Taps(rows) => rows,
    };
    store(level, dst, rows, bursts, Lowered { r, counts, element: PhantomData });
}

/// How combined taps become what is stored.
trait Lower<A>: Sync {
    type Out: Copy;
    fn combine(&self, a: A, b: A) -> A;
    /// What becomes of `L` values from place `at` on.
    fn lower<const FUSED: bool, const L: usize>(&self, at: usize, values: &[A; L], out: &mut [Self::Out; L]);
}

struct Kept<'a, T, R> {
    r: &'a R,
    element: PhantomData<fn(T)>,
}

impl<T, R: Reduction<T>> Lower<R::Acc> for Kept<'_, T, R> {
    type Out = R::Acc;
    #[inline(always)]
    fn combine(&self, a: R::Acc, b: R::Acc) -> R::Acc {
        self.r.combine(a, b)
    }
    #[inline(always)]
    fn lower<const FUSED: bool, const L: usize>(&self, _: usize, values: &[R::Acc; L], out: &mut [R::Acc; L]) {
        *out = *values;
    }
}

struct Lowered<'a, T, R: Reduction<T>> {
    r: &'a R,
    counts: &'a Counts<'a, R::Count>,
    element: PhantomData<fn(T)>,
}

impl<T, R: Reduction<T>> Lower<R::Acc> for Lowered<'_, T, R> {
    type Out = R::Out;
    #[inline(always)]
    fn combine(&self, a: R::Acc, b: R::Acc) -> R::Acc {
        self.r.combine(a, b)
    }
    #[inline(always)]
    fn lower<const FUSED: bool, const L: usize>(&self, at: usize, values: &[R::Acc; L], out: &mut [R::Out; L]) {
        match self.counts {
            Counts::All(n) => self.r.lower_all::<FUSED, L>(values, *n, out),
            Counts::Each(n) => {
                let n = &n[at..at + L];
                for i in 0..L {
                    out[i] = self.r.lower(values[i], n[i]);
                }
            }
        }
    }
}

struct Taps<'a, A, S: Lower<A>, const K: usize> {
    dst: &'a mut [S::Out],
    rows: [&'a [A]; K],
    bursts: Option<&'a Bursts<S::Out>>,
    how: S,
}

impl<A: Copy, S: Lower<A>, const K: usize> Kernel for Taps<'_, A, S, K> {
    type Out = ();
    #[inline(always)]
    fn run(self) {
        self.run_at::<16>();
    }
    #[inline(always)]
    fn run_at<const BYTES: usize>(self) {
        if const { small::<A>() && small::<S::Out>() } {
            self.by_chunks::<BYTES>();
        } else {
            one_by_one(self.dst, &self.rows, &self.how);
        }
    }
}

/// Values too large for a chunk of them.
#[inline(never)]
fn one_by_one<A: Copy, S: Lower<A>>(dst: &mut [S::Out], rows: &[&[A]], how: &S) {
    let mut stack = Vec::with_capacity(4);
    for (k, out) in dst.iter_mut().enumerate() {
        tree_of_large(&|a, b| how.combine(a, b), &|j| rows[j][k], rows.len(), &mut stack);
        if let Some(value) = stack.first_chunk() {
            how.lower::<false, 1>(k, value, core::array::from_mut(out));
        }
    }
}

impl<A: Copy, S: Lower<A>, const K: usize> Taps<'_, A, S, K> {
    #[inline(always)]
    fn by_chunks<const BYTES: usize>(self) {
        let Taps { dst, rows, bursts, how } = self;
        let n = dst.len();
        let rows = rows.map(|row| &row[..n]);
        if n < CHUNK {
            for k in 0..n {
                let value = tree(|a, b| how.combine(a, b), |j| rows[j][k], K);
                how.lower::<false, 1>(k, &[value], core::array::from_mut(&mut dst[k]));
            }
            return;
        }
        // Through arrays of their own, as the compiler does not know that rows and results do not overlap.
        let any = dst[0];
        let (mut values, mut even) = (Lines([rows[0][0]; CHUNK]), Lines([any; CHUNK]));
        let (values, even) = (values.cells(), even.cells());
        // What does not fill a chunk is a part of one.
        let head = match bursts {
            Some(_) => dst.as_ptr().align_offset(LINE).min(n),
            None => 0,
        };
        if head > 0 {
            chunk::<A, S, K, BYTES>(&how, &rows, 0, values, even);
            dst[..head].copy_from_slice(&even[..head]);
        }
        let (chunks, tail) = dst[head..].as_chunks_mut::<CHUNK>();
        let put = |to: &mut [S::Out; CHUNK], out: &[S::Out; CHUNK]| match bursts {
            // SAFETY: `run_at` is entered with 64 bytes at the level of AVX-512 alone; who made `bursts` holds the result until
            // it is dropped.
            Some(bursts) => unsafe { bursts.store::<BYTES, CHUNK>(to, *out) },
            None => *to = *out,
        };
        if size_of::<S::Out>() < size_of::<A>() {
            // Two at a time: narrow results cannot be loaded again at once, in wider registers than they were stored from.
            let mut odd = Lines([any; CHUNK]);
            let odd = odd.cells();
            let (pairs, last) = chunks.as_chunks_mut::<2>();
            let done = 2 * pairs.len();
            for (c, [first, second]) in pairs.iter_mut().enumerate() {
                let at = head + 2 * c * CHUNK;
                chunk::<A, S, K, BYTES>(&how, &rows, at, values, even);
                chunk::<A, S, K, BYTES>(&how, &rows, at + CHUNK, values, odd);
                put(first, even);
                put(second, odd);
            }
            if let [last] = last {
                chunk::<A, S, K, BYTES>(&how, &rows, head + done * CHUNK, values, even);
                put(last, even);
            }
        } else {
            for (c, to) in chunks.iter_mut().enumerate() {
                chunk::<A, S, K, BYTES>(&how, &rows, head + c * CHUNK, values, even);
                put(to, even);
            }
        }
        if !tail.is_empty() {
            chunk::<A, S, K, BYTES>(&how, &rows, n - CHUNK, values, even);
            tail.copy_from_slice(&even[CHUNK - tail.len()..]);
        }
    }
}

/// The results from place `k` on, of a chunk.
#[inline(always)]
fn chunk<A: Copy, S: Lower<A>, const K: usize, const BYTES: usize>(
    how: &S,
    rows: &[&[A]; K],
    k: usize,
    values: &mut [A; CHUNK],
    out: &mut [S::Out; CHUNK],
) {
    let cells: [&[A; CHUNK]; K] = from_fn(|j| match rows[j][k..].first_chunk() {
        Some(cells) => cells,
        None => unreachable!("rows have a chunk more"),
    });
    for i in 0..CHUNK {
        values[i] = tree(|a, b| how.combine(a, b), |j| cells[j][i], K);
    }
    match BYTES > 16 || cfg!(target_arch = "aarch64") {
        true => how.lower::<true, CHUNK>(k, values, out),
        false => how.lower::<false, CHUNK>(k, values, out),
    }
}

/// Whole cache lines: registers stored at their boundaries are loaded again without a stall.
#[repr(align(64))]
pub(super) struct Lines<T, const L: usize>(pub(super) [T; L]);

impl<T, const L: usize> Lines<T, L> {
    /// What it holds. (Borrowed as a whole: the compiler takes a struct apart otherwise, and forgets where it stands.)
    #[inline(always)]
    pub(super) fn cells(&mut self) -> &mut [T; L] {
        &mut self.0
    }
}

fn store<A: Copy, S: Lower<A>>(
    level: Level,
    dst: &mut [S::Out],
    rows: &[&[A]],
    bursts: Option<&Bursts<S::Out>>,
    how: S,
) {
    macro_rules! by_count {
        ($($k:literal)*) => { match rows.len() {
            $($k => level.run(Taps::<A, S, $k> { dst, rows: from_fn(|j| rows[j]), bursts, how }),)*
            n => unreachable!("{n} rows, at most {TAPS}"),
        } };
    }
    by_count!(1 2 3 4 5 6 7 8)
}
