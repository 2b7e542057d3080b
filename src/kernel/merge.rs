//! Folding a strided block of cells into a strided block of sums (or maxima, or whatever else joins two numbers).
//!
//! Memory keeps these loops waiting: with AVX-512 `col2im` took 4.2 ms for 4.0 and an overlap-add 28 for 28 (one core of an Intel Xeon,
//! November 2026), so there are none for it.
#![allow(unsafe_code)] // reads through a view's pointer and writes overlapping runs without a bounds check an element

use super::level::{Kernel, Level};
use super::loops::{Loop, Loops, ONCE, Walk, checked_loops, coalesce};
use crate::array::View;
use core::ops::Mul;
use smallvec::SmallVec;

/// `out[offset + sum(i * strides)] = f(that, source[i])` for every index `i` of the view in row-major order.
///
/// Several indices may reach the same element of `out`; they are joined in that order.
///
/// # Panics
/// If the block reaches outside `out`.
pub(crate) fn merge_block<T: Copy, A: Copy>(
    out: &mut [A],
    offset: usize,
    strides: &[isize],
    source: &View<'_, T>,
    f: impl Fn(A, T) -> A + Copy,
) {
    let Some(mut loops) = checked_loops(out.len(), offset, strides.iter().copied(), source) else { return };
    coalesce(&mut loops);
    let (inner, middle) = innermost(&mut loops);
    let (to, from) = (out.as_mut_ptr().wrapping_add(offset), source.as_ptr());
    // `checked_loops` proved that every index of the loops lies in `out`, which is borrowed exclusively; every read is an
    // element of `source`, whose indices the loops run over.
    Level::detect().run_short(Rows { outer: &loops, middle, inner, to, from, f });
}

/// The loops of [`merge_block`]. Whoever makes one has proved that, for every index of the loops, `from` is readable and
/// `to` readable and writable, and that the two do not overlap.
struct Rows<'l, T, A, F> {
    outer: &'l [Loop],
    middle: Loop,
    inner: Loop,
    to: *mut A,
    from: *const T,
    f: F,
}

impl<T: Copy, A: Copy, F: Fn(A, T) -> A + Copy> Kernel for Rows<'_, T, A, F> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Rows { outer, middle, inner, to, from, f } = self;
        let mut walk = Walk::new(outer);
        loop {
            let at = walk.at;
            for i in 0..middle.count as isize {
                // SAFETY: sums over an index's parts, by the proof of whoever made this.
                unsafe { line(inner, to.offset(at.to + i * middle.to), from.offset(at.from + i * middle.from), f) }
            }
            if !walk.on() {
                return;
            }
        }
    }
}

/// [`merge_block`] of several blocks, one after the other, which differ only in where they start and how long their last axis
/// is; along that axis both sides are contiguous. Where all of them overlap, a sum is read and written once for all.
///
/// # Panics
/// If a block reaches outside `out`, or is not like the others.
pub(crate) fn merge_side_by_side<T: Copy, A: Copy>(
    out: &mut [A],
    strides: &[isize],
    blocks: &[(usize, View<'_, T>)],
    f: impl Fn(A, T) -> A + Copy,
) {
    let mut outer: Option<Loops> = None;
    let mut sides: SmallVec<[Side<T>; 8]> = SmallVec::new();
    for (offset, view) in blocks {
        let Some(mut loops) = checked_loops(out.len(), *offset, strides.iter().copied(), view) else { return };
        let row = loops.pop().unwrap_or(ONCE);
        assert!((row.to, row.from) == (1, 1), "rows that are not contiguous");
        assert!(outer.as_ref().is_none_or(|o| *o == loops), "blocks that are not alike");
        outer = Some(loops);
        sides.push(Side { start: *offset, end: *offset + row.count, from: view.as_ptr() });
    }
    let start = sides.iter().map(|s| s.start).max().unwrap_or(0);
    let end = sides.iter().map(|s| s.end).min().unwrap_or(0).max(start);
    let mut outer = outer.unwrap_or_default();
    coalesce(&mut outer);
    // As in `merge_block`, for each of the blocks.
    Level::detect().run_short(SideRows { outer: &outer, sides: &sides, shared: (start, end), to: out.as_mut_ptr(), f });
}

/// One of several blocks: its first row's place in the sums, and where it is read from.
struct Side<T> {
    start: usize,
    end: usize,
    from: *const T,
}

/// The loops of [`merge_side_by_side`], on the terms of [`Rows`] for each side.
struct SideRows<'l, T, A, F> {
    outer: &'l [Loop],
    sides: &'l [Side<T>],
    /// What all first rows have in common; empty if nothing.
    shared: (usize, usize),
    to: *mut A,
    f: F,
}

impl<T: Copy, A: Copy, F: Fn(A, T) -> A + Copy> Kernel for SideRows<'_, T, A, F> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let SideRows { outer, sides, shared: (start, end), to, f } = self;
        let mut walk = Walk::new(outer);
        loop {
            let (to, moved) = (to.wrapping_offset(walk.at.to), walk.at.from);
            // SAFETY: every range below is a part of a side's row, `start..end` of all of them; see `merge_block`.
            unsafe {
                // What is shared, as many rows at once as there are, but one.
                let shared = |side: &Side<T>| side.from.offset(moved).add(start - side.start);
                let (fours, rest) = sides.as_chunks::<4>();
                let (fours, rest) = if end > start { (fours, rest) } else { (&[][..], &[][..]) };
                for [a, b, c, d] in fours {
                    together([shared(a), shared(b), shared(c), shared(d)], to.add(start), end - start, f);
                }
                match rest {
                    [a, b, c] => together([shared(a), shared(b), shared(c)], to.add(start), end - start, f),
                    [a, b] => together([shared(a), shared(b)], to.add(start), end - start, f),
                    _ => {}
                }
                // What lies before the shared part of each, and what lies behind it; of a last one that is left over, all. One loop,
                // as they are apart.
                for (k, side) in sides.iter().enumerate() {
                    let before = start.min(side.end);
                    let behind =
                        if rest.len() == 1 && k + 1 == sides.len() { before } else { end.clamp(side.start, side.end) };
                    for (from, end) in [(side.start, before), (behind, side.end)] {
                        let part = Loop { count: end - from, to: 1, from: 1 };
                        line(part, to.add(from), side.from.offset(moved).add(from - side.start), f);
                    }
                }
            }
            if !walk.on() {
                return;
            }
        }
    }
}

/// Joins `N` rows of `count` elements with one row of sums, the first row first.
///
/// # Safety
/// All rows must be readable, the sums writable, without overlap between the two.
#[inline(always)]
unsafe fn together<const N: usize, T: Copy, A: Copy>(
    rows: [*const T; N],
    to: *mut A,
    count: usize,
    f: impl Fn(A, T) -> A + Copy,
) {
    // SAFETY: ranges of the rows, by the contract.
    unsafe {
        let done = chunks_together::<CHUNK, N, T, A>(rows, to, 0, count, f);
        let done = chunks_together::<4, N, T, A>(rows, to, done, count, f);
        chunks_together::<1, N, T, A>(rows, to, done, count, f);
    }
}

/// As many whole chunks of `W` from `from` on as there are; returns where they end.
///
/// # Safety
/// As [`together`].
#[inline(always)]
unsafe fn chunks_together<const W: usize, const N: usize, T: Copy, A: Copy>(
    rows: [*const T; N],
    to: *mut A,
    from: usize,
    count: usize,
    f: impl Fn(A, T) -> A,
) -> usize {
    let mut at = from;
    while at + W <= count {
        // SAFETY: `at..at + W` lies in `0..count`; arrays of elements are aligned as their elements.
        unsafe {
            let sums = to.add(at).cast::<[A; W]>();
            let mut sum = *sums;
            for row in rows {
                let cells = *row.add(at).cast::<[T; W]>();
                for k in 0..W {
                    sum[k] = f(sum[k], cells[k]);
                }
            }
            *sums = sum;
        }
        at += W;
    }
    at
}

/// `out[offset + sum(i * strides)] = f(that, source[i], weight)`, the weight being `scale` times `weights[a][i_a]` for every
/// axis that has weights.
///
/// # Panics
/// If the block reaches outside `out`, or an axis has another number of weights than indices.
pub(crate) fn merge_weighted<T: Copy, A: Copy, W: Copy + Mul<Output = W>>(
    out: &mut [A],
    offset: usize,
    strides: &[isize],
    source: &View<'_, T>,
    (scale, weights): (W, &[Option<&[W]>]),
    f: impl Fn(A, T, W) -> A + Copy,
) {
    let Some(mut loops) = checked_loops(out.len(), offset, strides.iter().copied(), source) else { return };
    assert_eq!(loops.len(), weights.len(), "one entry of weights an axis");
    for (l, w) in loops.iter().zip(weights) {
        assert!(w.is_none_or(|w| w.len() == l.count), "one weight an index");
    }
    let inner = loops.pop().unwrap_or(ONCE);
    let (along, others) = match weights.split_last() {
        Some((last, others)) => (*last, others),
        None => (None, weights),
    };
    let (to, from) = (out.as_mut_ptr().wrapping_add(offset), source.as_ptr());
    // As in `merge_block`; `along` has one weight for each of the inner loop's indices.
    Level::detect().run_short(WeightedRows { outer: &loops, others, inner, along, scale, to, from, f });
}

/// The loops of [`merge_weighted`], on the terms of [`Rows`]; `along` must have one weight for each of the inner loop's
/// indices.
struct WeightedRows<'l, T, A, W, F> {
    outer: &'l [Loop],
    others: &'l [Option<&'l [W]>],
    inner: Loop,
    along: Option<&'l [W]>,
    scale: W,
    to: *mut A,
    from: *const T,
    f: F,
}

impl<T: Copy, A: Copy, W: Copy + Mul<Output = W>, F: Fn(A, T, W) -> A + Copy> Kernel for WeightedRows<'_, T, A, W, F> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let WeightedRows { outer, others, inner, along, scale, to, from, f } = self;
        let mut walk = Walk::new(outer);
        loop {
            let mut scale = scale;
            for (w, &i) in others.iter().zip(&walk.index) {
                if let Some(w) = w {
                    scale = scale * w[i];
                }
            }
            // SAFETY: sums over an index's parts, by the proof of whoever made this.
            unsafe {
                let (to, from) = (to.offset(walk.at.to), from.offset(walk.at.from));
                match along {
                    Some(w) => weighted_line(inner, to, from, (scale, w), f),
                    None => line(inner, to, from, |a, x| f(a, x, scale)),
                }
            }
            if !walk.on() {
                return;
            }
        }
    }
}

/// Elements that are joined in one go: windows give short rows, which a longer vector loop would leave to its rest.
const CHUNK: usize = 16;

/// Rows from here on are left to the compiler's own, longer vector loop.
const LONG: usize = 128;

/// Takes the last two loops.
fn innermost(loops: &mut Loops) -> (Loop, Loop) {
    let inner = loops.pop().unwrap_or(ONCE);
    (inner, loops.pop().unwrap_or(ONCE))
}

/// The innermost loop.
///
/// # Safety
/// Every offset of the loop must be readable from `from` and both readable and writable at `to`, without overlap
/// between the two.
#[inline(always)]
unsafe fn line<T: Copy, A: Copy>(l: Loop, to: *mut A, from: *const T, f: impl Fn(A, T) -> A) {
    // SAFETY: all offsets are those of the loop, by the contract.
    unsafe {
        if l.to == 1 && l.from == 1 {
            let to = core::slice::from_raw_parts_mut(to, l.count);
            let from = core::slice::from_raw_parts(from, l.count);
            let short = if l.count < LONG { l.count } else { 0 };
            let (to, from) = (to.split_at_mut(short), from.split_at(short));
            let (short_to, short_from) = chunks::<CHUNK, T, A>(to.0, from.0, &f);
            let (short_to, short_from) = chunks::<8, T, A>(short_to, short_from, &f);
            let (short_to, short_from) = chunks::<4, T, A>(short_to, short_from, &f);
            for (a, &x) in short_to.iter_mut().zip(short_from) {
                *a = f(*a, x);
            }
            for (a, &x) in to.1.iter_mut().zip(from.1) {
                *a = f(*a, x);
            }
        } else if l.to == 0 {
            let mut a = *to;
            for i in 0..l.count as isize {
                a = f(a, *from.offset(i * l.from));
            }
            *to = a;
        } else {
            for i in 0..l.count as isize {
                let a = to.offset(i * l.to);
                *a = f(*a, *from.offset(i * l.from));
            }
        }
    }
}

/// Joins as many whole chunks as there are, and gives back what is behind them.
#[inline(always)]
fn chunks<'s, const N: usize, T: Copy, A: Copy>(
    to: &'s mut [A],
    from: &'s [T],
    f: &impl Fn(A, T) -> A,
) -> (&'s mut [A], &'s [T]) {
    let (to, to_rest) = to.as_chunks_mut::<N>();
    let (from, from_rest) = from.as_chunks::<N>();
    for (to, from) in to.iter_mut().zip(from) {
        for k in 0..N {
            to[k] = f(to[k], from[k]);
        }
    }
    (to_rest, from_rest)
}

/// The innermost loop with a weight an index: `scale * weights[i]`.
///
/// # Safety
/// As [`line`]; `weights` must hold one for each index.
#[inline(always)]
unsafe fn weighted_line<T: Copy, A: Copy, W: Copy + Mul<Output = W>>(
    l: Loop,
    to: *mut A,
    from: *const T,
    (scale, weights): (W, &[W]),
    f: impl Fn(A, T, W) -> A,
) {
    // SAFETY: all offsets are those of the loop, by the contract.
    unsafe {
        if l.to == 1 && l.from == 1 {
            let to = core::slice::from_raw_parts_mut(to, l.count);
            let from = core::slice::from_raw_parts(from, l.count);
            for ((a, &x), &w) in to.iter_mut().zip(from).zip(weights) {
                *a = f(*a, x, scale * w);
            }
        } else {
            for (i, &w) in weights.iter().enumerate() {
                let a = to.offset(i as isize * l.to);
                *a = f(*a, *from.offset(i as isize * l.from), scale * w);
            }
        }
    }
}
