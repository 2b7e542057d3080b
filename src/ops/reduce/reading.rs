//! Reading a contiguous line: the cells at positions in even steps, lifted, whatever stands there.

use super::cells::Cells;
use super::line::{Line, Run};
use super::tree::Tree;
use crate::array::View;
use crate::kernel::level::Level;
use crate::kernel::prefetch;
use crate::kernel::rows::{self, Reduction, TAPS};
use crate::spec::{AxisPlan, Cell, PadMode};
use alloc::vec::Vec;

/// What a row of the array is where it is read.
#[derive(Clone, Copy)]
pub(crate) enum Row<'a, T> {
    /// Elements that lie one behind the other.
    Elements(&'a [T]),
    /// Elements that lie anyhow: what is needed of them is gathered.
    Strided(&'a View<'a, T>),
    /// Outside the array, in padding that is filled.
    Fill,
}

/// Reads lines of one axis, whose cells are runs of `inner` elements.
pub(super) struct Reader<'p, T, R: Reduction<T>> {
    pub(super) line: &'p Line,
    pub(super) inner: usize,
    pub(super) reduction: &'p R,
    pub(super) level: Level,
    fill: Option<T>,
    /// How far off the row is that is read next.
    ahead: isize,
    stretches: [Stretch; STRETCHES],
    cells: Tree<R::Acc>,
    gathered: Vec<T>,
}

impl<'p, T: Copy, R: Reduction<T>> Reader<'p, T, R> {
    pub(super) fn new(
        line: &'p Line,
        inner: usize,
        reduction: &'p R,
        level: Level,
        fill: Option<T>,
        ahead: isize,
    ) -> Self {
        let (stretches, cells) = Default::default();
        Reader { line, inner, reduction, level, fill, ahead, stretches, cells, gathered: Vec::new() }
    }

    /// The line of `len` single blocks: the elements themselves, or made in `held`.
    pub(super) fn blocks<'a>(
        &mut self,
        row: Row<'a, T>,
        run: &Run,
        len: usize,
        held: &'a mut Cells<R::Acc>,
    ) -> &'a [R::Acc] {
        let block = self.line.order.block;
        let ready = if block == 1 { self.ready(row, run, len / self.inner) } else { None };
        ready.unwrap_or_else(|| {
            held.fit(len, self.reduction.identity());
            self.block(row, run, 0, block, &mut held[..len]);
            held
        })
    }

    /// The elements at `count` positions from the first window's start on, if all of them are there and need no lifting.
    pub(super) fn ready<'a>(&self, row: Row<'a, T>, run: &Run, count: usize) -> Option<&'a [R::Acc]> {
        let (Row::Elements(row), axis) = (row, &self.line.axis) else { return None };
        let line = axis.line();
        let inside = line.start <= run.start && run.start + count as isize <= line.end;
        if run.step != 1 || axis.base_dilation() != 1 || !inside {
            return None;
        }
        let cells = self.reduction.lifted(&row[run.start as usize * self.inner..][..count * self.inner])?;
        if self.ahead != 0 {
            prefetch(cells, self.ahead);
        }
        Some(cells)
    }

    /// `T(cells)` of the cells from `first` on, for as many windows as `dst` holds.
    pub(super) fn block(&mut self, row: Row<'_, T>, run: &Run, first: usize, cells: usize, dst: &mut [R::Acc]) {
        let dilation = self.line.order.dilation;
        let from = |j: usize| run.start + ((first + j) * dilation) as isize;
        if cells == 1 {
            return self.load(first, row, from(0), run.step, dst);
        }
        let mut tree = core::mem::take(&mut self.cells);
        let (r, level) = (self.reduction, self.level);
        tree.combine(level, r, cells, dst, &mut |j, dst: &mut [R::Acc]| {
            self.load(first + j, row, from(j), run.step, dst);
        });
        self.cells = tree;
    }

    /// Lifts the cells at `count` positions, `step` apart: the `which`-th such stretch of a window.
    pub(super) fn load(&mut self, which: usize, row: Row<'_, T>, from: isize, step: usize, dst: &mut [R::Acc]) {
        let inner = self.inner;
        let stretch = &mut self.stretches[which % STRETCHES];
        stretch.set(&self.line.axis, from, step, dst.len() / inner, self.fill.is_some());
        let stretch = &self.stretches[which % STRETCHES];
        let (head, rest) = dst.split_at_mut(stretch.low * inner);
        let (body, tail) = rest.split_at_mut((stretch.high - stretch.low) * inner);
        if !body.is_empty() {
            let first = stretch.first;
            match row {
                Row::Elements(row) if inner == 1 || step == 1 => {
                    rows::lift(self.level, self.reduction, body, &row[first * inner..], step, self.ahead);
                }
                Row::Elements(row) => {
                    for (i, dst) in body.chunks_exact_mut(inner).enumerate() {
                        let at = (first + i * step) * inner;
                        rows::lift(self.level, self.reduction, dst, &row[at..at + inner], 1, 0);
                    }
                }
                Row::Strided(row) => {
                    self.gathered.clear();
                    match step {
                        _ if inner == 1 => self.gathered.extend(row.along(first, step, body.len()).iter()),
                        1 => row.append_to(first * inner..first * inner + body.len(), &mut self.gathered),
                        _ => (0..body.len() / inner)
                            .map(|i| (first + i * step) * inner)
                            .for_each(|at| row.append_to(at..at + inner, &mut self.gathered)),
                    }
                    rows::lift(self.level, self.reduction, body, &self.gathered, 1, 0);
                }
                Row::Fill => body.fill(self.filled()),
            }
        }
        if !head.is_empty() {
            self.border(row, &stretch.head, head);
        }
        if !tail.is_empty() {
            self.border(row, &stretch.tail, tail);
        }
    }

    /// Cells outside the line (or anywhere on one with holes). If none are given they hold nothing.
    fn border(&self, row: Row<'_, T>, cells: &[Cell], dst: &mut [R::Acc]) {
        let (r, inner) = (self.reduction, self.inner);
        if cells.is_empty() {
            return dst.fill(r.identity());
        }
        let value = |cell: &Cell| if *cell == Cell::Gap { r.identity() } else { self.filled() };
        match row {
            Row::Elements(row) if inner == 1 => {
                for (cell, dst) in cells.iter().zip(dst) {
                    *dst = if let Cell::Element(e) = cell { r.lift(row[*e]) } else { value(cell) };
                }
            }
            Row::Elements(row) => {
                for (cell, dst) in cells.iter().zip(dst.chunks_exact_mut(inner)) {
                    match cell {
                        Cell::Element(e) => rows::lift(self.level, r, dst, &row[e * inner..][..inner], 1, 0),
                        _ => dst.fill(value(cell)),
                    }
                }
            }
            Row::Strided(row) => {
                let mut gathered = Vec::new();
                for (cell, dst) in cells.iter().zip(dst.chunks_exact_mut(inner)) {
                    match cell {
                        Cell::Element(e) => {
                            gathered.clear();
                            row.append_to(e * inner..(e + 1) * inner, &mut gathered);
                            rows::lift(self.level, r, dst, &gathered, 1, 0);
                        }
                        _ => dst.fill(value(cell)),
                    }
                }
            }
            Row::Fill => cells.iter().zip(dst.chunks_exact_mut(inner)).for_each(|(cell, dst)| dst.fill(value(cell))),
        }
    }

    fn filled(&self) -> R::Acc {
        self.fill.map_or_else(|| self.reduction.identity(), |v| self.reduction.lift(v))
    }
}

/// How many stretches are remembered: as many as there are lines of taps.
const STRETCHES: usize = TAPS;

/// Positions of a line `step` apart, and what stands there: found once for all rows of a tile.
#[derive(Default)]
struct Stretch {
    from: isize,
    step: usize,
    count: usize,
    /// Those from `low` to `high` are elements in even steps, from the `first` on.
    low: usize,
    high: usize,
    first: usize,
    /// The others, if anything stands there.
    head: Vec<Cell>,
    tail: Vec<Cell>,
}

impl Stretch {
    #[inline]
    fn set(&mut self, axis: &AxisPlan, from: isize, step: usize, count: usize, filled: bool) {
        if (self.from, self.step, self.count) != (from, step, count) {
            self.find(axis, from, step, count, filled);
        }
    }

    fn find(&mut self, axis: &AxisPlan, from: isize, step: usize, count: usize, filled: bool) {
        (self.from, self.step, self.count) = (from, step, count);
        let (line, holes) = (axis.line(), axis.base_dilation() > 1);
        let below = |p: isize| (p.saturating_sub(from).max(0) as usize).div_ceil(step).min(count);
        (self.low, self.high) = match line.is_empty() || holes {
            true => (0, 0),
            false => (below(line.start), below(line.end)),
        };
        self.first = (from + (self.low * step) as isize).max(0) as usize;
        self.head.clear();
        self.tail.clear();
        if holes || filled || axis.pad_mode() != PadMode::Empty {
            let cell = |i: usize| axis.at(from + (i * step) as isize);
            self.head.extend((0..self.low).map(cell));
            self.tail.extend((self.high..count).map(cell));
        }
    }
}
