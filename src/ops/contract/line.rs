//! One unfolded axis as contraction reads it: windows and taps as places on a line of elements.
//!
//! A base dilation of `b` would put `b - 1` zeros between elements and most multiplications on them. Instead the windows
//! are sorted into *classes*: those whose starts leave the same remainder by `b` see elements at the same taps. Within a
//! class the windows lie on the undilated elements, with only those taps: no zero is ever multiplied. A transposed
//! convolution is the case with step 1.

use crate::spec::{AxisPlan, Cell, PadMode, gcd};
use core::ops::Range;

/// More classes than this (a huge base dilation) are not worth their lists: the holes are filled in instead.
const MOST_CLASSES: usize = 64;

/// One unfolded axis. Positions count `unit`s of the plan's line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) plan: AxisPlan,
    unit: usize,
    classes: usize,
    /// Distance of neighbouring windows of a class, if even.
    step: Option<usize>,
}

impl Line {
    /// `holes_are_zero` tells that holes need not be read, because they hold zero.
    pub(crate) fn new(plan: AxisPlan, holes_are_zero: bool) -> Self {
        // Of a part, what the whole has: the order of additions follows from it.
        let (base, even) = (plan.base_dilation(), plan.whole_step());
        if let (true, Some(step), PadMode::Empty) = (base > 1 && holes_are_zero, even, plan.pad_mode()) {
            let common = gcd(step, base);
            if base / common <= MOST_CLASSES {
                return Line { plan, unit: base, classes: base / common, step: Some(step / common) };
            }
        }
        Line { plan, unit: 1, classes: 1, step: even }
    }

    /// How many classes of windows there are; window `i` is of class `i % classes`.
    pub(crate) fn classes(&self) -> usize {
        self.classes
    }

    /// Distance of neighbouring windows of a class, if it is even.
    pub(crate) fn step(&self) -> Option<usize> {
        self.step
    }

    /// The windows of a class within a range of the grid: the first, and how many; they are `classes` apart.
    pub(crate) fn members(&self, class: usize, grid: &Range<usize>) -> (usize, usize) {
        let first = grid.start + (class + self.classes - grid.start % self.classes) % self.classes;
        (first, grid.end.saturating_sub(first).div_ceil(self.classes))
    }

    /// The last position at or before the start of window `i`.
    pub(crate) fn origin(&self, i: usize) -> isize {
        self.plan.start_of(i).div_euclid(self.unit as isize)
    }

    /// The taps within a range that the windows of a class see, each with its distance from the window's origin.
    pub(crate) fn taps(&self, class: usize, range: Range<usize>) -> impl Iterator<Item = (usize, usize)> + Clone {
        let (unit, dilation) = (self.unit, self.plan.dilation());
        // A class without windows sees nothing.
        let range = if class < self.plan.count() { range } else { 0..0 };
        let from = match range.is_empty() {
            true => 0,
            false => self.plan.start_of(class).rem_euclid(unit as isize) as usize,
        };
        range.filter_map(move |j| {
            let at = from + j * dilation;
            at.is_multiple_of(unit).then_some((j, at / unit))
        })
    }

    /// What stands at a position.
    pub(crate) fn cell(&self, position: isize) -> Cell {
        self.plan.at(position * self.unit as isize)
    }

    /// The positions each of which is the element of the same number.
    pub(crate) fn elements(&self) -> Range<isize> {
        if self.unit != self.plan.base_dilation() {
            return 0..0;
        }
        let (line, unit) = (self.plan.line(), self.unit as isize);
        let start = line.start.div_euclid(unit) + (line.start.rem_euclid(unit) > 0) as isize;
        let end = line.end.div_euclid(unit) + (line.end.rem_euclid(unit) > 0) as isize;
        start..end.max(start)
    }

    /// Positions from the first tap of the first window to the last tap of the last one.
    pub(crate) fn reach(&self, grid: &Range<usize>, taps: &Range<usize>) -> Range<isize> {
        let (unit, dilation) = (self.unit as isize, self.plan.dilation());
        let low = self.plan.start_of(grid.start) + (taps.start * dilation) as isize;
        let high = self.plan.start_of(grid.end - 1) + ((taps.end - 1) * dilation) as isize;
        low.div_euclid(unit)..high.div_euclid(unit) + 1
    }

    /// How many positions one window's taps extend over, where its neighbours' do not come near: then a strip need hold
    /// nothing in between.
    pub(crate) fn sparse(&self, taps: &Range<usize>) -> Option<usize> {
        let extent = (taps.len() - 1) * self.plan.dilation() + 1;
        let apart = self.plan.even_step()? > extent;
        (self.unit == 1 && apart).then_some(extent)
    }
}
