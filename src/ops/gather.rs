//! Gather with copying: every cell of every window written once, in runs.
//!
//! Windows that lie wholly inside are a strided view, and windows of which some hang into empty padding or behind the end a
//! view in a frame: the kernel copies both in one sweep over the result. What is left, other pad modes, holes and uneven
//! starts, is cut up here.
//!
//! The result is cut into units, contiguous stretches of it that fit a cache, which are filled one after another or in
//! parallel. In each unit the unfolded axes are cut into [`pieces`](super::pieces); every combination of pieces is a
//! strided block of the array, copied by the kernel, or a block of empty cells, filled.

use super::pieces::pieces;
use crate::array::{Array, IntoView, Picked, View};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::kernel::caches::COPIED_UNIT;
use crate::kernel::threads::each_chunk;
use crate::kernel::{self, Along, Placement};
use crate::spec::{AxisPlan, Dims, OutAxis, Plan, row_major};
use core::ops::Range;
use smallvec::SmallVec;

pub(super) type Ranges = SmallVec<[Range<usize>; 6]>;

/// A block of the result that is filled in one go.
struct Unit<'p, 'a, T> {
    plan: &'p Plan,
    source: &'p View<'a, T>,
    fill: T,
    /// How far an index of each axis of the result moves in it.
    strides: &'p [usize],
    /// Where the unit's first element stands in the result.
    origin: usize,
}

/// Writes every cell of every window in the plan's order into `out`, which has exactly as many elements.
pub(crate) fn gather<T: Element>(plan: &Plan, source: &View<'_, T>, fill: T, out: &mut [T]) {
    let shape = plan.shape();
    // Elements without size are all alike, however many there are.
    if out.is_empty() || size_of::<T>() == 0 {
        return;
    }
    if plan.is_strided() {
        return kernel::copy_view(out, &plan.strided_view(source));
    }
    if plan.axes().iter().all(AxisPlan::is_clipped) {
        let (along, lines) = positions(plan);
        return kernel::copy_clipped(out, source, &along, &lines, fill);
    }
    let strides = row_major(shape.iter().copied());
    let size = size_of::<T>();
    let units = Units::new(shape, &strides, size, COPIED_UNIT, out.len().saturating_mul(size));
    units.each(out, |lead, rows, part| {
        let ranges = units.ranges(lead, rows, shape);
        let origin = ranges.iter().zip(&strides).map(|(r, s)| r.start * s).sum();
        Unit { plan, source, fill, strides: &strides, origin }.fill(ranges, part);
    });
}

/// Where the cells of clipped axes lie on the array's axes.
fn positions(plan: &Plan) -> (SmallVec<[Along; 6]>, SmallVec<[Placement; 6]>) {
    let along = (0..plan.shape().len()).map(|o| {
        let (axis, step) = plan.along(o);
        Along { axis, step: step.unsigned_abs(), count: plan.shape()[o] }
    });
    let mut lines: SmallVec<[Placement; 6]> =
        plan.input_shape().iter().map(|&n| Placement { origin: 0, inside: 0..n as isize }).collect();
    for a in plan.axes() {
        lines[a.axis()] = Placement { origin: a.start_of(0), inside: a.line() };
    }
    (along.collect(), lines)
}

/// How a result is cut into units: each index of its `lead` first axes apart, the axis behind them in stretches of `rows`.
pub(super) struct Units {
    lead: usize,
    rows: usize,
    /// Elements of all rows behind one lead index, and of one stretch of them.
    block: usize,
    stretch: usize,
    /// Bytes that are moved in all.
    work: usize,
}

impl Units {
    /// Units of at most `bytes` (but at least one element) of a result with these strides; `work` bytes are moved in all.
    pub(super) fn new(shape: &[usize], strides: &[usize], size: usize, bytes: usize, work: usize) -> Self {
        let lead = strides.iter().take_while(|&&s| s.saturating_mul(size) > bytes).count();
        let (count, stride) = match shape.get(lead) {
            Some(&n) => (n, strides[lead]),
            None => (1, 1),
        };
        let rows = (bytes / (stride * size)).clamp(1, count);
        Units { lead, rows, block: count * stride, stretch: rows * stride, work }
    }

    /// Calls `f` with the number of the lead index, the number of the stretch, and the unit's part of `out`.
    pub(super) fn each<T: Element>(&self, out: &mut [T], f: impl Fn(usize, usize, &mut [T]) + Sync) {
        each_chunk(out, self.block, self.stretch, self.work, || (), |(), lead, rows, part| f(lead, rows, part));
    }

    /// The first axis that no unit cuts, nor any axis behind it.
    pub(super) fn first_whole(&self, shape: &[usize]) -> usize {
        self.lead + usize::from(shape.get(self.lead).is_some_and(|&n| self.rows < n))
    }

    /// The ranges of the result's axes that a unit covers.
    pub(super) fn ranges(&self, mut lead: usize, rows: usize, shape: &[usize]) -> Ranges {
        let mut ranges: Ranges = shape.iter().map(|&n| 0..n).collect();
        for a in (0..self.lead).rev() {
            let at = lead % shape[a];
            ranges[a] = at..at + 1;
            lead /= shape[a];
        }
        if let Some(range) = ranges.get_mut(self.lead) {
            let from = rows * self.rows;
            *range = from..range.end.min(from + self.rows);
        }
        ranges
    }
}

impl<T: Element> Unit<'_, '_, T> {
    fn fill(&self, ranges: Ranges, out: &mut [T]) {
        let mut starts = Dims::from_elem(0, self.source.rank());
        let mut steps: SmallVec<[(usize, isize); 6]> = SmallVec::from_elem((0, 0), ranges.len());
        for (o, axis) in self.plan.out_axes().iter().enumerate() {
            if let OutAxis::Plain(a) = *axis {
                starts[a] = ranges[o].start;
                steps[o] = (a, 1);
            }
        }
        self.cut(0, ranges, &mut starts, &mut steps, out);
    }

    /// Cuts the `k`-th unfolded axis and all behind it into pieces, and writes each combination.
    fn cut(
        &self,
        k: usize,
        ranges: Ranges,
        starts: &mut Dims,
        steps: &mut SmallVec<[(usize, isize); 6]>,
        out: &mut [T],
    ) {
        let Some(axis) = self.plan.axes().get(k) else {
            return self.copy(&ranges, starts, steps, out);
        };
        let place = |wanted: OutAxis| self.plan.out_axes().iter().position(|&o| o == wanted).unwrap_or(0);
        let (grid, window) = (place(OutAxis::Grid(k)), place(OutAxis::Window(k)));
        for piece in pieces(axis, ranges[grid].clone(), ranges[window].clone(), grid > window) {
            let mut block = ranges.clone();
            block[grid] = piece.grid;
            block[window] = piece.taps;
            match piece.source {
                None => self.blank(&block, out),
                Some(run) => {
                    starts[axis.axis()] = run.start;
                    steps[grid] = (axis.axis(), run.per_window);
                    steps[window] = (axis.axis(), run.per_tap);
                    self.cut(k + 1, block, starts, steps, out);
                }
            }
        }
    }

    fn offset(&self, block: &Ranges) -> usize {
        block.iter().zip(self.strides).map(|(r, s)| r.start * s).sum::<usize>() - self.origin
    }

    /// Copies a block all of whose cells are elements.
    fn copy(&self, block: &Ranges, starts: &[usize], steps: &[(usize, isize)], out: &mut [T]) {
        let picked = |o: usize| Picked { axis: steps[o].0, step: steps[o].1, count: block[o].len() };
        match self.source.pick(starts, block.len(), picked) {
            Some(view) => kernel::copy_block(out, self.offset(block), self.strides, &view),
            None => unreachable!("a plan's elements lie inside its array"),
        }
    }

    /// Fills a block all of whose cells are empty.
    fn blank(&self, block: &Ranges, out: &mut [T]) {
        let one = [self.fill];
        let picked = |o: usize| Picked { axis: 0, step: 0, count: block[o].len() };
        match (&one).into_view().pick(&[0], block.len(), picked) {
            Some(view) => kernel::copy_block(out, self.offset(block), self.strides, &view),
            None => unreachable!("one value can be repeated"),
        }
    }
}

impl<T: Element> View<'_, T> {
    /// The elements copied into a row-major array. Time and memory: one pass over the result.
    ///
    /// # Panics
    /// If the copy has more bytes than an address space: a repeated axis costs nothing in a view.
    pub fn to_array(&self) -> Array<T> {
        let mut array = Array::zeros(Dims::from_slice(self.shape()));
        kernel::copy_view(array.as_mut_slice(), self);
        array
    }

    /// The elements copied into `out` in row-major order.
    ///
    /// # Errors
    /// [`Error::BufferLength`].
    pub fn copy_into(&self, out: &mut [T]) -> Result<()> {
        if out.len() != self.len() {
            let shape = self.shape().to_vec();
            return Err(Error::BufferLength { shape, expected: self.len(), found: out.len() });
        }
        kernel::copy_view(out, self);
        Ok(())
    }
}
