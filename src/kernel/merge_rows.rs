//! Folding rows of several blocks into rows of sums that are written once: each element is joined in a register.
#![allow(unsafe_code)] // reads through views' pointers, overlapping chunks of a row

use super::level::{Kernel, Level};
use super::loops::{Loop, Loops, ONCE, Walk, checked_loops, coalesce};
use crate::array::View;
use core::any::TypeId;
use core::ops::Range;
use smallvec::SmallVec;

/// Elements that are joined at a time, in short rows and in others.
const SHORT: usize = 8;
const CHUNK: usize = 16;

/// The sums themselves, if they are what is asked for: `part`, if its elements are of type `A`.
pub(crate) fn same_mut<O: 'static, A: 'static>(part: &mut [O]) -> Option<&mut [A]> {
    // SAFETY: the two types are one.
    (TypeId::of::<O>() == TypeId::of::<A>())
        .then(|| unsafe { core::slice::from_raw_parts_mut(part.as_mut_ptr().cast(), part.len()) })
}

/// The elements, if they are of type `A`.
pub(crate) fn same<O: 'static, A: 'static>(row: &[O]) -> Option<&[A]> {
    // SAFETY: the two types are one.
    (TypeId::of::<O>() == TypeId::of::<A>())
        .then(|| unsafe { core::slice::from_raw_parts(row.as_ptr().cast(), row.len()) })
}

/// `out[row + sum(i * strides)] = f(.. f(f(start, block_0[i]), block_1[i]) ..)` for rows of `row.len()` elements, whatever
/// they held; `row` is the first of them.
///
/// Each block comes with the place in `out` of its first element. They differ only in that and in how long their last axis
/// is, which both sides have contiguous; a block that does not reach an element of a row is left out there.
///
/// # Panics
/// If there is no block, a row or a block reaches outside `out`, or a block outside the rows or is not like the others.
pub(crate) fn merge_rows<T: Copy, A: Copy>(
    out: &mut [A],
    row: Range<usize>,
    strides: &[isize],
    blocks: &[(usize, View<'_, T>)],
    (start, f): (A, impl Fn(A, T) -> A + Copy),
) {
    let mut outer: Option<Loops> = None;
    let mut sides: SmallVec<[Side<T>; 16]> = SmallVec::new();
    for (offset, view) in blocks {
        let Some(mut loops) = checked_loops(out.len(), *offset, strides.iter().copied(), view) else { return };
        let inner = loops.pop().unwrap_or(ONCE);
        assert!((inner.to, inner.from) == (1, 1) || inner.count == 1, "rows that are not contiguous");
        assert!(outer.as_ref().is_none_or(|o| *o == loops), "blocks that are not alike");
        outer = Some(loops);
        assert!(row.start <= *offset && offset + inner.count <= row.end, "a block outside of its rows");
        let first = offset - row.start;
        sides.push(Side { cells: first..first + inner.count, from: view.as_ptr().wrapping_sub(first) });
    }
    let mut outer = outer.expect("one block at least");
    // The blocks lie in `out` by now; the rows reach as far before and behind them in every turn of the loops.
    let (low, high) = outer.iter().fold((0, 0), |(low, high): (isize, isize), l| {
        let reach = l.to * (l.count as isize - 1);
        (low + reach.min(0), high + reach.max(0))
    });
    let inside = row.end <= out.len() && row.start as isize + low >= 0 && row.end as isize + high <= out.len() as isize;
    assert!(inside, "a row outside of its sums");
    coalesce(&mut outer);
    let len = row.len();
    let shared = sides.iter().fold(0..len, |shared, side| {
        let start = shared.start.max(side.cells.start);
        start..shared.end.min(side.cells.end).max(start)
    });
    // Elements that not all blocks reach are joined one by one. If all rows together have no chunk in common, all are.
    let shared = if shared.len() < SHORT { 0..0 } else { shared };
    let edges = (0..shared.start)
        .chain(shared.end..len)
        .map(|at| Edge { at, sides: (0..sides.len()).filter(|&s| sides[s].cells.contains(&at)).collect() });
    let edges: SmallVec<[Edge; 8]> = edges.collect();
    let to = out.as_mut_ptr().wrapping_add(row.start);
    // What is checked above: for every index of the loops, `to..to + len` lies in `out`, which is borrowed exclusively, and
    // the cells of each side are elements of its view.
    Level::detect().run_short(SumRows { outer: &outer, sides: &sides, shared, edges: &edges, to, start, f });
}

/// The rows of one block.
struct Side<T> {
    /// The elements of a row that it reaches.
    cells: Range<usize>,
    /// Where the first row's element 0 would be read.
    from: *const T,
}

/// An element of the rows that some sides do not reach, and those that do.
struct Edge {
    at: usize,
    sides: SmallVec<[usize; 16]>,
}

/// The loops of [`merge_rows`]. Whoever makes one has proved that, for every index of the loops, a row from `to` on is
/// writable, the cells of every side readable, and that the two do not overlap; `shared` and the edges' sides are cells of
/// their sides, and `shared` is empty or has a short chunk.
struct SumRows<'l, T, A, F> {
    outer: &'l [Loop],
    sides: &'l [Side<T>],
    shared: Range<usize>,
    edges: &'l [Edge],
    to: *mut A,
    start: A,
    f: F,
}

impl<T: Copy, A: Copy, F: Fn(A, T) -> A + Copy> Kernel for SumRows<'_, T, A, F> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let SumRows { outer, sides, shared, edges, to, start, f } = self;
        let mut rows: SmallVec<[*const T; 32]> = sides.iter().map(|side| side.from).collect();
        let rows = &mut rows[..];
        let mut walk = Walk::new(outer);
        loop {
            for (row, side) in rows.iter_mut().zip(sides) {
                *row = side.from.wrapping_offset(walk.at.from);
            }
            let to = to.wrapping_offset(walk.at.to);
            // SAFETY: the edges' sides reach them, all sides reach `shared`; the proof of whoever made this.
            unsafe {
                for edge in edges {
                    let mut sum = start;
                    for &side in &edge.sides {
                        sum = f(sum, *rows.get_unchecked(side).wrapping_add(edge.at));
                    }
                    *to.add(edge.at) = sum;
                }
                match shared.len() {
                    0 => {}
                    CHUNK.. => chunks::<CHUNK, T, A>(rows, shared.clone(), to, start, f),
                    _ => chunks::<SHORT, T, A>(rows, shared.clone(), to, start, f),
                }
            }
            if !walk.on() {
                return;
            }
        }
    }
}

/// Joins the elements of a range of all rows, `W` at a time.
///
/// # Safety
/// The range must be readable in all rows, writable at `to`, and at least `W` long.
#[inline(always)]
unsafe fn chunks<const W: usize, T: Copy, A: Copy>(
    rows: &[*const T],
    range: Range<usize>,
    to: *mut A,
    start: A,
    f: impl Fn(A, T) -> A + Copy,
) {
    let mut at = range.start;
    // SAFETY: `at..at + W` lies in the range.
    unsafe {
        while at + W <= range.end {
            chunk::<W, T, A>(rows, at, to, start, f);
            at += W;
        }
        if at < range.end {
            // Some elements twice: they come out the same.
            chunk::<W, T, A>(rows, range.end - W, to, start, f);
        }
    }
}

/// Joins `W` elements of each row and stores the sums.
///
/// # Safety
/// `at..at + W` must be readable in all rows and writable at `to`.
#[inline(always)]
unsafe fn chunk<const W: usize, T: Copy, A: Copy>(
    rows: &[*const T],
    at: usize,
    to: *mut A,
    start: A,
    f: impl Fn(A, T) -> A,
) {
    let mut sum = [start; W];
    for row in rows {
        // SAFETY: the contract; arrays of elements are aligned as their elements.
        let cells = unsafe { *row.wrapping_add(at).cast::<[T; W]>() };
        for k in 0..W {
            sum[k] = f(sum[k], cells[k]);
        }
    }
    // SAFETY: as above.
    unsafe { *to.add(at).cast() = sum };
}
