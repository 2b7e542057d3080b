//! What the walk asks of rows without knowing what is in them.
//!
//! The walk ([`worker`](super::worker), [`across`](super::across), [`along`](super::along)) is made of numbers: it says which
//! stretches of which rows are combined into which others. [`Rows`] keeps the rows and does the arithmetic; a
//! [`Machine`](super::machine::Machine) is one for each way to combine.

use super::line::Run;
use crate::kernel::LINE;
use crate::kernel::pairwise::{Along, Batch};
use crate::kernel::rows::{Op, Reduction, small};
use crate::spec::Cell;
use core::ops::Range;

/// A row of accumulators, by number.
pub(crate) type Slot = usize;

/// The elements of the present row themselves, where they need no lifting.
pub(crate) const ELEMENTS: Slot = usize::MAX;

/// A place in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub(crate) slot: Slot,
    pub(crate) at: usize,
}

impl At {
    pub(crate) fn start(slot: Slot) -> At {
        At { slot, at: 0 }
    }

    /// The place so many cells further on.
    pub(crate) fn plus(self, cells: usize) -> At {
        At { at: self.at + cells, ..self }
    }
}

/// How many elements the windows of a row hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CellCount {
    All(usize),
    /// So many times those of [`Rows::count`], from the given one on.
    Each(usize, usize),
}

/// Rows of accumulators, the array they come from, and the result they go to.
pub(crate) trait Rows {
    /// Makes a row long enough; what it held stays only if it was.
    fn fit(&mut self, slot: Slot, len: usize);
    /// `len` times the identity.
    fn blank(&mut self, to: At, len: usize);
    /// `len` times the value of filled padding.
    fn filled(&mut self, to: At, len: usize);
    fn copy(&mut self, to: At, from: At, len: usize);
    /// The rows at `taps` (at most [`TAPS`]) combined, in the one order there is.
    fn combine(&mut self, to: At, len: usize, taps: &[At]);
    /// `to = to . from`.
    fn append(&mut self, to: At, from: At, len: usize);
    /// See [`pairwise`](crate::kernel::pairwise::pairwise).
    fn batch(&mut self, rows: Slot, delays: Slot, batch: Batch);
    /// See [`pairwise_along`](crate::kernel::pairwise::pairwise_along).
    fn batch_along(&mut self, to: (At, usize), from: (At, usize), delays: Slot, along: &mut Along);
    /// Moves the `len` cells of a row from a place on to its beginning.
    fn slide(&mut self, from: At, len: usize);
    /// See [`rows::suffixes`].
    fn suffixes(&mut self, slot: Slot, range: (usize, usize), pitch: (usize, usize));
    /// See [`forward`].
    fn forward(&mut self, to: At, len: usize, own: At, next: At, width: usize);
    /// See [`backward`].
    fn backward(&mut self, cells: At, len: usize, width: usize);
    /// Takes the elements behind an index for the present row, and their [places](super::line::place) on its axes.
    fn enter(&mut self, index: &[usize], places: &[usize]);
    /// Whether `len` elements of the present row from `first` on stand at [`ELEMENTS`]; asks for those `ahead` in time.
    fn ready(&mut self, first: usize, len: usize, ahead: isize) -> bool;
    /// Lifts cells of `inner` elements, `step` cells apart, from the present row.
    fn lift(&mut self, to: At, len: usize, from: Strided, ahead: isize);
    /// The same from neighbouring rows, the first one behind an index: [`enter`](Self::enter) and [`lift`](Self::lift) for each.
    fn lift_lines(&mut self, to: At, index: Index<'_>, lines: &Lines, from: Strided, ahead: isize);
    /// Lifts single cells of `inner` elements, each with its place; what is none is nothing or filled padding.
    fn border(&mut self, to: At, len: usize, cells: &[(Cell, usize)], inner: usize);
    /// Takes the number of elements of each window for [`CellCount::Each`].
    fn count(&mut self, counts: &[usize]);
    /// The results that go to `at`: the rows at `taps` combined and lowered.
    fn lower(&mut self, at: &Scatter<'_>, taps: &[At], count: CellCount);
    /// Reduces all axes box by box: windows `run` of the first one behind an index, to the results from `at` on.
    fn boxes(&mut self, index: &[usize], run: &Run, at: usize, len: usize);
}

/// Where in the result the stretches of a row go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scatter<'a> {
    /// Where the row's own first result is.
    pub(crate) first: usize,
    /// Where each stretch begins, counted from there.
    pub(crate) stretches: &'a [usize],
    /// How many results each has.
    pub(crate) len: usize,
    /// How far apart the stretches are in the row.
    pub(crate) pitch: usize,
}

impl Scatter<'_> {
    /// A row that is one stretch.
    pub(crate) fn row(first: usize, len: usize) -> Self {
        Scatter { first, stretches: &[0], len, pitch: len }
    }

    /// Cells of a row from the first stretch's first to the last one's last.
    pub(crate) fn cells(&self) -> usize {
        (self.stretches.len() - 1) * self.pitch + self.len
    }
}

/// Cells of a row: the first one, how many elements each has, how far apart they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strided {
    pub(crate) first: usize,
    pub(crate) inner: usize,
    pub(crate) step: usize,
}

/// The index of a row on the axes before it, and its [places](super::line::place) there.
pub(crate) type Index<'a> = (&'a mut [usize], &'a mut [usize]);

/// Lines that are read together.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    pub(crate) count: usize,
    /// Cells of each, and how far apart they are put.
    pub(crate) len: usize,
    pub(crate) pitch: usize,
    /// How far apart they are read.
    pub(crate) apart: isize,
    /// Which lines behind the first are asked for, all at once: each may begin a page, and pages are found side by side.
    pub(crate) asks: Range<usize>,
}

/// What the walk knows of an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    /// Bytes of an accumulator.
    pub(crate) bytes: usize,
    pub(crate) small: bool,
    pub(crate) idempotent: bool,
    pub(crate) exact: bool,
    pub(crate) counted: bool,
    pub(crate) pairwise: bool,
    /// Whether windows may be reduced box by box, where elements are known by how far they lie behind the first.
    pub(crate) boxes: bool,
    /// Whether rows may be combined a [batch](Rows::batch) at a time.
    pub(crate) batched: bool,
    /// Whether cells that no window has together may be combined.
    pub(crate) total: bool,
}

impl Traits {
    /// Accumulators that reach over a cache line.
    pub(crate) fn in_line(&self) -> usize {
        LINE.div_ceil(self.bytes)
    }

    pub(crate) fn of<T, R: Reduction<T>>() -> Traits {
        Traits {
            bytes: size_of::<R::Acc>().max(1),
            small: small::<R::Acc>(),
            idempotent: R::IDEMPOTENT,
            exact: R::EXACT,
            counted: R::COUNTED,
            pairwise: R::PAIRWISE,
            boxes: <R::Op as Op>::BOXED,
            batched: <R::Op as Op>::BATCHED,
            total: <R::Op as Op>::TOTAL,
        }
    }
}

/// Gives out rows.
pub(crate) struct Slots(pub(super) Slot);

impl Slots {
    pub(crate) fn next(&mut self) -> Slot {
        self.0 += 1;
        self.0 - 1
    }
}
