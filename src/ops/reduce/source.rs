//! Where rows of accumulators come from: elements of the array, lifted.

use super::rows::{Index, Lines, Strided};
use crate::array::View;
use crate::kernel::caches::BOX_AHEAD;
use crate::kernel::level::Level;
use crate::kernel::phases::Row as BoxRow;
use crate::kernel::prefetch;
use crate::kernel::rows::{AsTheyAre, Lifting, Op, copy, lift};
use crate::kernel::straight::{Straight, reduce_rows};
use crate::spec::Cell;
use alloc::vec::Vec;
use core::ops::Range;

/// The elements of an array as accumulators that are combined in one way.
pub(crate) trait Source<O: Op> {
    /// Takes the elements behind an index for the present row, and their places on the axes of the index.
    fn enter(&mut self, index: &[usize], places: &[usize]);
    /// The present row, if its elements stand side by side and are accumulators as they are.
    fn row(&self) -> Option<&[O::Acc]>;
    /// Asks for the cache lines that lie so many times `apart` elements from an element of the present row.
    fn ask(&self, _first: usize, _apart: isize, _times: Range<usize>) {}
    /// Lifts cells of neighbouring rows.
    fn lift_lines(
        &mut self,
        to: &mut [O::Acc],
        (index, places): Index<'_>,
        lines: &Lines,
        from: Strided,
        ahead: isize,
    ) {
        let last = index.len() - 1;
        for (k, to) in to.chunks_mut(lines.pitch).take(lines.count).enumerate() {
            self.enter(index, places);
            if k == 0 {
                self.ask(from.first * from.inner, lines.apart, lines.asks.clone());
            }
            self.lift(&mut to[..lines.len], from, ahead);
            index[last] += 1;
            places[last] = places[last].wrapping_add(1);
        }
    }
    /// Lifts cells of `inner` elements, `step` cells apart, from the present row, and asks for those `ahead` in time.
    fn lift(&mut self, to: &mut [O::Acc], from: Strided, ahead: isize);
    /// Lifts single cells of `inner` elements, each with its place; what is none is filled padding or nothing.
    fn border(&mut self, to: &mut [O::Acc], cells: &[(Cell, usize)], inner: usize, blank: Blank<O::Acc>);
    /// Takes the elements from those behind an index to the end of the array for [`boxed`](Self::boxed), where they are one
    /// piece.
    fn open(&mut self, index: &[usize]);
    /// Those, if they are accumulators as they are.
    fn boxed(&self) -> Option<&[O::Acc]>;
    /// Lifts those from the given one on.
    fn lift_boxed(&self, from: usize, to: &mut [O::Acc]);
    /// Reduces rows of those along themselves, see [`reduce_rows`], unless they are to be lifted first.
    fn reduce_boxed(&self, op: O, to: &mut [O::Acc], rows: &[BoxRow], how: &Straight<O::Acc>) -> bool;
    /// Reduces rows that were lifted. (Here, so that a program whose elements never are does not contain the loops.)
    fn reduce_lifted(&self, op: O, to: &mut [O::Acc], lifted: &[O::Acc], rows: &[BoxRow], how: &Straight<O::Acc>);
}

/// What fills and what counts for nothing.
#[derive(Clone, Copy)]
pub(crate) struct Blank<A> {
    pub(crate) fill: A,
    pub(crate) nothing: A,
}

/// The present row of the array.
enum Row<'a, T> {
    Elements(&'a [T]),
    /// Elements that lie anyhow: what is needed of them is gathered.
    Strided(View<'a, T>),
}

/// The elements of a view.
pub(crate) struct Elements<'a, T, L> {
    /// Of the array's elements, and of those of the present row or box.
    all: L,
    lifting: L,
    level: Level,
    view: &'a View<'a, T>,
    row: Row<'a, T>,
    gathered: Vec<T>,
    boxed: &'a [T],
}

impl<'a, T: Copy, L: Lifting<T>> Elements<'a, T, L> {
    pub(crate) fn new(lifting: L, level: Level, view: &'a View<'a, T>) -> Self {
        Elements { all: lifting, lifting, level, view, row: Row::Elements(&[]), gathered: Vec::new(), boxed: &[] }
    }

    /// Lifts every `step`-th element.
    #[inline(never)]
    fn lift_all(&self, lifting: L, to: &mut [L::Acc], from: &[T], step: usize, ahead: isize) {
        match lifting.lifted(from) {
            Some(cells) => copy(self.level, to, cells, step, ahead),
            None => lift(self.level, lifting, to, from, step, ahead),
        }
    }

    /// Lifts a cell, all of whose elements have its place.
    fn lift_cell(&self, to: &mut [L::Acc], from: &[T], place: usize) {
        let lifting = self.lifting.along(place, 0);
        if const { !L::PLACED } {
            return self.lift_all(lifting, to, from, 1, 0);
        }
        // They are few, and a loop for many takes as long to begin.
        to.iter_mut().zip(from).for_each(|(to, &x)| *to = lifting.lift_at(x, 0));
    }
}

/// So many elements of cells of a row.
#[inline(never)]
fn gather<T: Copy>(row: &View<'_, T>, Strided { first, inner, step }: Strided, len: usize, to: &mut Vec<T>) {
    to.clear();
    match step {
        _ if inner == 1 && row.shape()[0] == row.len() => to.extend(row.along(first, step, len).iter()),
        1 => row.append_to(first * inner..first * inner + len, to),
        _ => (0..len / inner).map(|i| (first + i * step) * inner).for_each(|at| row.append_to(at..at + inner, to)),
    }
}

impl<T: Copy, L: Lifting<T>, O: Op<Acc = L::Acc>> Source<O> for Elements<'_, T, L> {
    fn enter(&mut self, index: &[usize], places: &[usize]) {
        self.lifting = self.all.behind(places);
        self.row = match self.view.trailing_slice(index) {
            Some(row) => Row::Elements(row),
            None => Row::Strided(self.view.trailing(index)),
        };
    }

    fn row(&self) -> Option<&[L::Acc]> {
        match &self.row {
            Row::Elements(row) => self.lifting.lifted(row),
            Row::Strided(_) => None,
        }
    }

    fn ask(&self, first: usize, apart: isize, times: Range<usize>) {
        if let Row::Elements(row) = &self.row
            && let Some(one) = row.get(first..first + 1)
        {
            times.for_each(|k| prefetch(one, apart.wrapping_mul(k as isize)));
        }
    }

    fn lift(&mut self, to: &mut [L::Acc], Strided { first, inner, step }: Strided, ahead: isize) {
        let lifting = self.lifting.along(first, step);
        let by_cell = const { L::PLACED } && inner > 1;
        match &self.row {
            Row::Elements(row) if step == 1 && !by_cell => self.lift_all(lifting, to, &row[first * inner..], 1, ahead),
            Row::Elements(row) if inner == 1 => self.lift_all(lifting, to, &row[first..], step, 0),
            Row::Elements(row) => {
                for (i, to) in to.chunks_exact_mut(inner).enumerate() {
                    let at = (first + i * step) * inner;
                    self.lift_cell(to, &row[at..at + inner], first + i * step);
                }
            }
            Row::Strided(row) => {
                gather(row, Strided { first, inner, step }, to.len(), &mut self.gathered);
                if !by_cell {
                    return self.lift_all(lifting, to, &self.gathered, 1, 0);
                }
                for (i, (to, from)) in to.chunks_exact_mut(inner).zip(self.gathered.chunks_exact(inner)).enumerate() {
                    self.lift_cell(to, from, first + i * step);
                }
            }
        }
    }

    fn border(&mut self, to: &mut [L::Acc], cells: &[(Cell, usize)], inner: usize, blank: Blank<L::Acc>) {
        for ((cell, place), to) in cells.iter().zip(to.chunks_exact_mut(inner)) {
            let lifting = self.lifting.along(*place, 0);
            match (cell, &self.row) {
                (Cell::Element(e), Row::Elements(row)) if inner == 1 => to[0] = lifting.lift_at(row[*e], 0),
                (Cell::Element(e), Row::Elements(row)) => self.lift_all(lifting, to, &row[e * inner..][..inner], 1, 0),
                (Cell::Element(e), Row::Strided(row)) => {
                    gather(row, Strided { first: *e, inner, step: 1 }, inner, &mut self.gathered);
                    self.lift_all(lifting, to, &self.gathered, 1, 0);
                }
                (Cell::Pad, _) => to.fill(blank.fill),
                (Cell::Gap, _) => to.fill(blank.nothing),
            }
        }
    }

    fn open(&mut self, index: &[usize]) {
        if const { !O::BOXED } {
            return;
        }
        // To the end of the array if it can be, as more than a row may be read at a time.
        self.lifting = self.all.behind(index);
        let Some(boxed) = self.view.trailing_slice(index) else { unreachable!("boxes were found in one piece") };
        let lead = index.iter().zip(self.view.shape()).fold(0, |at, (i, n)| at * n + i);
        self.boxed = self.view.trailing_slice(&[]).map_or(boxed, |all| &all[lead * boxed.len()..]);
    }

    fn boxed(&self) -> Option<&[L::Acc]> {
        self.lifting.lifted(self.boxed)
    }

    fn lift_boxed(&self, from: usize, to: &mut [L::Acc]) {
        if const { !O::BOXED } {
            return;
        }
        let ahead = BOX_AHEAD / size_of::<T>().max(1);
        self.lift_all(self.lifting.along(from, 1), to, &self.boxed[from..], 1, ahead as isize);
    }

    fn reduce_boxed(&self, op: O, to: &mut [O::Acc], rows: &[BoxRow], how: &Straight<O::Acc>) -> bool {
        if const { !O::STRAIGHT } {
            return false;
        }
        if let Some(cells) = self.lifting.lifted(self.boxed) {
            reduce_rows(self.level, (AsTheyAre, op), to, cells, rows, how);
            return true;
        }
        if const { L::FUSED } {
            reduce_rows(self.level, (self.lifting, op), to, self.boxed, rows, how);
        }
        L::FUSED
    }

    fn reduce_lifted(&self, op: O, to: &mut [O::Acc], lifted: &[O::Acc], rows: &[BoxRow], how: &Straight<O::Acc>) {
        if const { O::STRAIGHT && !L::FUSED } {
            reduce_rows(self.level, (AsTheyAre, op), to, lifted, rows, how);
        }
    }
}
