//! Reading a contiguous line: the cells at positions in even steps, lifted, whatever stands there.

use super::line::{Line, Run};
use super::rows::{At, ELEMENTS, Rows, Slot, Slots, Strided};
use super::tree::Tree;
use crate::kernel::rows::TAPS;
use crate::spec::{Cell, PadMode};
use alloc::vec::Vec;
use core::ops::Range;

/// What a row of the array is where it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The present row.
    Elements,
    /// Outside the array, in padding that is filled.
    Fill,
}

/// Reads lines of one axis, whose cells are runs of `inner` elements.
pub(super) struct Reader<'p> {
    pub(super) line: &'p Line,
    pub(super) inner: usize,
    filled: bool,
    /// How far off the row is that is read next.
    ahead: isize,
    stretches: [Stretch; STRETCHES],
    cells: Tree,
}

impl<'p> Reader<'p> {
    pub(super) fn new(slots: &mut Slots, line: &'p Line, inner: usize, filled: bool, ahead: isize) -> Self {
        let cells = Tree::new(slots, line.order.block.max(line.order.rest));
        Reader { line, inner, filled, ahead, stretches: Default::default(), cells }
    }

    /// The line of `len` single blocks: the elements themselves, or made in `held`.
    pub(super) fn blocks(&mut self, rows: &mut dyn Rows, source: Source, run: &Run, len: usize, held: Slot) -> At {
        let block = self.line.order.block;
        let ready = if block == 1 { self.ready(rows, source, run, len / self.inner) } else { None };
        ready.unwrap_or_else(|| {
            rows.fit(held, len);
            self.block(rows, source, run, 0..block, At::start(held), len);
            At::start(held)
        })
    }

    /// The elements at `count` positions from the first window's start on, if all of them are there and need no lifting.
    pub(super) fn ready(&self, rows: &mut dyn Rows, source: Source, run: &Run, count: usize) -> Option<At> {
        let (line, axis) = (self.line.axis.line(), &self.line.axis);
        let inside = line.start <= run.start && run.start + count as isize <= line.end;
        if source == Source::Fill || run.step != 1 || axis.base_dilation() != 1 || !inside {
            return None;
        }
        let first = run.start as usize * self.inner;
        rows.ready(first, count * self.inner, self.ahead).then_some(At { slot: ELEMENTS, at: first })
    }

    /// `T(cells)` of the cells of these numbers, for as many windows as `len` cells hold.
    pub(super) fn block(
        &mut self,
        rows: &mut dyn Rows,
        source: Source,
        run: &Run,
        cells: Range<usize>,
        to: At,
        len: usize,
    ) {
        let dilation = self.line.order.dilation;
        let (inner, filled, ahead, line) = (self.inner, self.filled, self.ahead, self.line);
        let (tree, stretches) = (&self.cells, &mut self.stretches);
        tree.combine(rows, cells.len(), to, len, &mut |rows, j, to| {
            let which = cells.start + j;
            let from = run.start + (which * dilation) as isize;
            let stretch = &mut stretches[which % STRETCHES];
            stretch.set(line, from, run.step, len / inner, filled);
            stretch.load(rows, source, inner, ahead, to);
        });
    }

    /// The elements at the positions of a run, of `len` cells, if nothing but elements stands there.
    pub(super) fn elements(&mut self, run: &Run, len: usize) -> Option<Strided> {
        let inner = self.inner;
        let stretch = self.stretch(0, (run.start, run.step), len);
        let whole = (stretch.low, stretch.high) == (0, stretch.count);
        whole.then_some(Strided { first: stretch.first, inner, step: stretch.step })
    }

    /// The stretch of `len` cells from a position on, `step` apart.
    fn stretch(&mut self, which: usize, (from, step): (isize, usize), len: usize) -> &Stretch {
        let stretch = &mut self.stretches[which % STRETCHES];
        stretch.set(self.line, from, step, len / self.inner, self.filled);
        stretch
    }

    /// How far off the row is that is read next.
    pub(super) fn ahead(&self) -> isize {
        self.ahead
    }

    /// Lifts the cells at `count` positions, `step` apart: the `which`-th such stretch of a window.
    pub(super) fn load(
        &mut self,
        rows: &mut dyn Rows,
        which: usize,
        source: Source,
        from: (isize, usize),
        (to, len): (At, usize),
    ) {
        let (inner, ahead) = (self.inner, self.ahead);
        self.stretch(which, from, len).load(rows, source, inner, ahead, to);
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
    /// The others with their places, if anything stands there.
    head: Vec<(Cell, usize)>,
    tail: Vec<(Cell, usize)>,
}

impl Stretch {
    /// Lifts what stands there.
    fn load(&self, rows: &mut dyn Rows, source: Source, inner: usize, ahead: isize, to: At) {
        let (low, body) = (self.low * inner, (self.high - self.low) * inner);
        if body > 0 {
            match source {
                Source::Elements => {
                    rows.lift(to.plus(low), body, Strided { first: self.first, inner, step: self.step }, ahead);
                }
                Source::Fill => rows.filled(to.plus(low), body),
            }
        }
        self.border(rows, source, &self.head, inner, to, low);
        self.border(rows, source, &self.tail, inner, to.plus(low + body), (self.count - self.high) * inner);
    }

    /// Cells outside the line (or anywhere on one with holes). If none are given they hold nothing.
    fn border(&self, rows: &mut dyn Rows, source: Source, cells: &[(Cell, usize)], inner: usize, to: At, len: usize) {
        match source {
            _ if len == 0 => {}
            _ if cells.is_empty() => rows.blank(to, len),
            Source::Elements => rows.border(to, len, cells, inner),
            Source::Fill => {
                for (i, (cell, _)) in cells.iter().enumerate() {
                    match cell {
                        Cell::Gap => rows.blank(to.plus(i * inner), inner),
                        _ => rows.filled(to.plus(i * inner), inner),
                    }
                }
            }
        }
    }

    #[inline]
    fn set(&mut self, line: &Line, from: isize, step: usize, count: usize, filled: bool) {
        if (self.from, self.step, self.count) != (from, step, count) {
            self.find(line, from, step, count, filled);
        }
    }

    fn find(&mut self, line: &Line, from: isize, step: usize, count: usize, filled: bool) {
        (self.from, self.step, self.count) = (from, step, count);
        let axis = &line.axis;
        let (there, holes) = (axis.line(), axis.base_dilation() > 1);
        let below = |p: isize| (p.saturating_sub(from).max(0) as usize).div_ceil(step).min(count);
        (self.low, self.high) = match there.is_empty() || holes {
            true => (0, 0),
            false => (below(there.start), below(there.end)),
        };
        self.first = (from + (self.low * step) as isize).max(0) as usize;
        self.head.clear();
        self.tail.clear();
        if holes || filled || axis.pad_mode() != PadMode::Empty {
            let cell = |i: usize| {
                let position = from + (i * step) as isize;
                match axis.at(position) {
                    Cell::Element(e) => (Cell::Element(e), line.place(position, e)),
                    none => (none, 0),
                }
            };
            self.head.extend((0..self.low).map(cell));
            self.tail.extend((self.high..count).map(cell));
        }
    }
}
