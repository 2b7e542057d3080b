//! Folding a strided block of cells into a strided block of sums (or maxima, or whatever else joins two numbers).
#![allow(unsafe_code)] // reads through a view's pointer and writes overlapping runs without a bounds check an element

use super::level::{Kernel, Level};
use crate::array::View;
use core::ops::Mul;
use smallvec::SmallVec;

/// One loop of a block: how often, and how far destination and source move.
#[derive(Clone, Copy, Debug)]
struct Loop {
    count: usize,
    to: isize,
    from: isize,
}

type Loops = SmallVec<[Loop; 8]>;

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
    let Some(mut loops) = checked_loops(out.len(), offset, strides, source) else { return };
    coalesce(&mut loops);
    let (inner, middle) = innermost(&mut loops);
    let (to, from) = (out.as_mut_ptr().wrapping_add(offset), source.as_ptr());
    // `checked_loops` proved that every index of the loops lies in `out`, which is borrowed exclusively; every read is an
    // element of `source`, whose indices the loops run over.
    Level::detect().run(Rows { outer: &loops, middle, inner, to, from, f });
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
        walk(outer, |_, at| {
            for i in 0..middle.count as isize {
                // SAFETY: sums over an index's parts, by the proof of whoever made this.
                unsafe { line(inner, to.offset(at.to + i * middle.to), from.offset(at.from + i * middle.from), f) }
            }
        });
    }
}

/// `out[offset + sum(i * strides)] = f(that, source[i], weight)`, the weight being `scale` times `weights[a][i_a]` for every
/// axis that has weights.
///
/// # Panics
/// If the block reaches outside `out`, or an axis has another number of weights than indices.
pub(crate) fn merge_weighted<T: Copy, A: Copy + Mul<Output = A>>(
    out: &mut [A],
    offset: usize,
    strides: &[isize],
    source: &View<'_, T>,
    (scale, weights): (A, &[Option<&[A]>]),
    f: impl Fn(A, T, A) -> A + Copy,
) {
    let Some(mut loops) = checked_loops(out.len(), offset, strides, source) else { return };
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
    Level::detect().run(WeightedRows { outer: &loops, others, inner, along, scale, to, from, f });
}

/// The loops of [`merge_weighted`], on the terms of [`Rows`]; `along` must have one weight for each of the inner loop's
/// indices.
struct WeightedRows<'l, T, A, F> {
    outer: &'l [Loop],
    others: &'l [Option<&'l [A]>],
    inner: Loop,
    along: Option<&'l [A]>,
    scale: A,
    to: *mut A,
    from: *const T,
    f: F,
}

impl<T: Copy, A: Copy + Mul<Output = A>, F: Fn(A, T, A) -> A + Copy> Kernel for WeightedRows<'_, T, A, F> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let WeightedRows { outer, others, inner, along, scale, to, from, f } = self;
        walk(outer, |index, at| {
            let mut scale = scale;
            for (w, &i) in others.iter().zip(index) {
                if let Some(w) = w {
                    scale = scale * w[i];
                }
            }
            // SAFETY: sums over an index's parts, by the proof of whoever made this.
            unsafe {
                let (to, from) = (to.offset(at.to), from.offset(at.from));
                match along {
                    Some(w) => weighted_line(inner, to, from, w, |a, x, w| f(a, x, scale * w)),
                    None => line(inner, to, from, |a, x| f(a, x, scale)),
                }
            }
        });
    }
}

/// Elements that are joined in one go: windows give short rows, which a longer vector loop would leave to its rest.
const CHUNK: usize = 16;

/// A loop that does nothing but go through once.
const ONCE: Loop = Loop { count: 1, to: 0, from: 0 };

/// Takes the last two loops.
fn innermost(loops: &mut Loops) -> (Loop, Loop) {
    let inner = loops.pop().unwrap_or(ONCE);
    (inner, loops.pop().unwrap_or(ONCE))
}

/// The view's axes as loops, if it holds anything: proves that all of them stay inside `out`.
fn checked_loops<T>(len: usize, offset: usize, strides: &[isize], source: &View<'_, T>) -> Option<Loops> {
    let shape = source.shape();
    assert_eq!(shape.len(), strides.len(), "one stride an axis");
    if shape.contains(&0) {
        return None;
    }
    let mut bounds = isize::try_from(offset).ok().map(|o| (o, o));
    for (&n, &s) in shape.iter().zip(strides) {
        bounds = bounds.and_then(|(low, high)| {
            let reach = s.checked_mul(isize::try_from(n - 1).ok()?)?;
            Some((low.checked_add(reach.min(0))?, high.checked_add(reach.max(0))?))
        });
    }
    assert!(bounds.is_some_and(|(low, high)| low >= 0 && (high as usize) < len), "a block outside of its sums");
    let axes = shape.iter().zip(strides).zip(source.strides());
    Some(axes.map(|((&count, &to), &from)| Loop { count, to, from }).collect())
}

/// Drops loops of one and joins those that continue each other; their order stays.
fn coalesce(loops: &mut Loops) {
    loops.retain(|l| l.count > 1);
    let mut kept = 0;
    for k in 1..loops.len() {
        let (outer, inner) = (loops[kept], loops[k]);
        let n = inner.count as isize;
        if inner.to.checked_mul(n) == Some(outer.to) && inner.from.checked_mul(n) == Some(outer.from) {
            loops[kept] = Loop { count: outer.count * inner.count, ..inner };
        } else {
            kept += 1;
            loops[kept] = inner;
        }
    }
    loops.truncate(kept + 1);
}

/// How far destination and source have moved.
#[derive(Clone, Copy)]
struct At {
    to: isize,
    from: isize,
}

/// Calls `f` for every index of some loops in row-major order.
#[inline(always)]
fn walk(loops: &[Loop], mut f: impl FnMut(&[usize], At)) {
    let mut index: SmallVec<[usize; 8]> = SmallVec::from_elem(0, loops.len());
    let mut at = At { to: 0, from: 0 };
    loop {
        f(&index, at);
        let mut k = loops.len();
        loop {
            if k == 0 {
                return;
            }
            k -= 1;
            let l = loops[k];
            index[k] += 1;
            if index[k] < l.count {
                at.to += l.to;
                at.from += l.from;
                break;
            }
            // Back to this loop's start.
            at.to -= l.to * (l.count - 1) as isize;
            at.from -= l.from * (l.count - 1) as isize;
            index[k] = 0;
        }
    }
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
            let (to, to_rest) = to.as_chunks_mut::<CHUNK>();
            let (from, from_rest) = from.as_chunks::<CHUNK>();
            for (to, from) in to.iter_mut().zip(from) {
                for k in 0..CHUNK {
                    to[k] = f(to[k], from[k]);
                }
            }
            for (a, &x) in to_rest.iter_mut().zip(from_rest) {
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

/// The innermost loop with a weight an index.
///
/// # Safety
/// As [`line`]; `weights` must hold one for each index.
#[inline(always)]
unsafe fn weighted_line<T: Copy, A: Copy>(
    l: Loop,
    to: *mut A,
    from: *const T,
    weights: &[A],
    f: impl Fn(A, T, A) -> A,
) {
    // SAFETY: all offsets are those of the loop, by the contract.
    unsafe {
        if l.to == 1 && l.from == 1 {
            let to = core::slice::from_raw_parts_mut(to, l.count);
            let from = core::slice::from_raw_parts(from, l.count);
            for ((a, &x), &w) in to.iter_mut().zip(from).zip(weights) {
                *a = f(*a, x, w);
            }
        } else {
            for (i, &w) in weights.iter().enumerate() {
                let a = to.offset(i as isize * l.to);
                *a = f(*a, *from.offset(i as isize * l.from), w);
            }
        }
    }
}
