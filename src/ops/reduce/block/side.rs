//! One axis of a block: the cells its windows hold, each once, and which of them each window holds.

use crate::spec::{AxisPlan, Cell, PadMode, gcd};
use alloc::vec::Vec;
use core::ops::Range;

/// In [`Side::cells`]: padding with a fill.
pub(crate) const FILL: usize = usize::MAX;

/// Which windows of an axis a side takes: `first`, `first + stride`, ...
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) first: usize,
    pub(crate) stride: usize,
    pub(crate) count: usize,
}

/// Cells that are evenly spaced elements of the array, or all filled padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) from: usize,
    pub(crate) count: usize,
    /// First element and distance.
    pub(crate) elements: Option<(usize, isize)>,
}

/// One axis of a block.
#[derive(Clone, Debug)]
pub(crate) struct Side {
    /// The axis of the array, and of the result.
    pub(crate) axis: usize,
    pub(crate) run: Run,
    /// The element each cell of the block reads, in the order of their positions; [`FILL`] for filled padding.
    pub(crate) cells: Vec<usize>,
    /// The cells each window holds.
    pub(crate) windows: Vec<Range<usize>>,
    /// How far apart windows begin and how many cells each holds, if that is the same for all; looked at once, as blocks share sides.
    pub(crate) even: Option<(usize, usize)>,
    pub(crate) stretches: Vec<Stretch>,
}

/// How the windows of an axis are cut into runs.
#[derive(Clone, Debug)]
pub(crate) struct Cuts {
    /// Windows of a run.
    pub(crate) most: usize,
    /// Windows that share no run with any others.
    pub(crate) apart: Range<usize>,
}

/// The windows of an axis cut into runs, such that the positions of a run's windows lie `dilation` apart.
pub(crate) fn runs(axis: &AxisPlan, Cuts { most, apart }: Cuts) -> Vec<Run> {
    let count = axis.count();
    let (classes, most) = match axis.even_step() {
        Some(step) => (axis.dilation() / gcd(step, axis.dilation()), most.max(1)),
        None if axis.dilation() == 1 => (1, most.max(1)),
        None => (1, 1),
    };
    let mut runs = Vec::new();
    for class in 0..classes.min(count) {
        let windows = (count - class).div_ceil(classes);
        let before = |window: usize| window.saturating_sub(class).div_ceil(classes).min(windows);
        let (first, behind) = (before(apart.start), before(apart.end));
        for ends in [0..first, first..behind, behind..windows] {
            for from in ends.clone().step_by(most) {
                let count = most.min(ends.end - from);
                // A window alone has no next one, and its distance might be any.
                runs.push(Run { first: class + from * classes, stride: if count > 1 { classes } else { 1 }, count });
            }
        }
    }
    runs
}

impl Side {
    /// The side of a run; `filled` says whether padding without an element counts.
    pub(crate) fn new(axis: &AxisPlan, run: Run, filled: bool) -> Side {
        let (cells, windows, stretches) = (Vec::new(), Vec::new(), Vec::new());
        let mut side = Side { axis: axis.axis(), run, cells, windows, even: None, stretches };
        if side.is_inside(axis) {
            return side;
        }
        side.windows.reserve(run.count);
        let mut positions: Vec<isize> = Vec::new();
        let mut low = 0;
        for k in 0..run.count {
            let start = axis.start_of(run.first + k * run.stride);
            while positions.get(low).is_some_and(|&p| p < start) {
                low += 1;
            }
            let fresh = positions.last().map_or(start, |&last| start.max(last + axis.dilation() as isize));
            each_cell(axis, start, fresh, filled, |position, cell| {
                positions.push(position);
                side.cells.push(cell);
            });
            side.windows.push(low..positions.len());
        }
        side.find_stretches();
        side.even = side.evenly();
        side
    }

    fn evenly(&self) -> Option<(usize, usize)> {
        let window = self.windows.first()?.len();
        let step = self.windows.get(1).map_or(1, |second| second.start);
        let even = self.windows.iter().enumerate().all(|(i, w)| *w == (i * step..i * step + window));
        even.then_some((step, window))
    }

    /// Fills in a side whose windows reach or overlap the next and hold nothing but elements, one a cell.
    fn is_inside(&mut self, axis: &AxisPlan) -> bool {
        let (run, dilation, window) = (self.run, axis.dilation(), axis.window());
        let first = axis.start_of(run.first);
        let behind = axis.start_of(run.first + (run.count - 1) * run.stride) + axis.span() as isize;
        let Some(step) = axis.even_step() else { return false };
        let step = step * run.stride / dilation;
        // Padding below zero leaves elements out.
        let (low, high) = (axis.line().start.max(0), axis.line().end.min(axis.len() as isize));
        if axis.base_dilation() > 1 || first < low || behind > high || step > window {
            return false;
        }
        let cells = (run.count - 1) * step + window;
        self.cells.extend((0..cells).map(|cell| first as usize + cell * dilation));
        self.windows.extend((0..run.count).map(|k| k * step..k * step + window));
        self.stretches.push(Stretch { from: 0, count: cells, elements: Some((first as usize, dilation as isize)) });
        self.even = Some((step, window));
        true
    }

    fn find_stretches(&mut self) {
        let mut from = 0;
        while from < self.cells.len() {
            let first = self.cells[from];
            let mut end = from + 1;
            let elements = if first == FILL {
                while self.cells.get(end) == Some(&FILL) {
                    end += 1;
                }
                None
            } else {
                let advance = match self.cells.get(end) {
                    Some(&c) if c != FILL => c as isize - first as isize,
                    _ => 0,
                };
                while self
                    .cells
                    .get(end)
                    .is_some_and(|&c| c != FILL && c as isize - first as isize == advance * (end - from) as isize)
                {
                    end += 1;
                }
                Some((first, advance))
            };
            self.stretches.push(Stretch { from, count: end - from, elements });
            from = end;
        }
    }
}

/// Calls `f` with position and element (or [`FILL`]) of every cell that counts of the window at `start`, from position
/// `fresh` of the window on.
pub(crate) fn each_cell(axis: &AxisPlan, start: isize, fresh: isize, filled: bool, mut f: impl FnMut(isize, usize)) {
    let dilation = axis.dilation() as isize;
    let line = axis.line();
    let behind = start + axis.span() as isize;
    // The first position of the window that is `bound` or more.
    let reach = |bound: isize| start + (bound - start).max(0).next_multiple_of_signed(dilation);
    if axis.pad_mode() == PadMode::Empty && !filled {
        let low = reach(fresh.max(line.start));
        let high = behind.min(line.end);
        if axis.base_dilation() == 1 {
            let mut position = low;
            while position < high {
                f(position, position as usize);
                position += dilation;
            }
        } else {
            // By elements, not positions: the holes may be many.
            let base = axis.base_dilation() as isize;
            let mut element = (low.max(0) + base - 1) / base;
            while element * base < high {
                if (element * base - start) % dilation == 0 {
                    f(element * base, element as usize);
                }
                element += 1;
            }
        }
        return;
    }
    // What lies behind the padding is overhang and never counts.
    let high = behind.min(axis.end());
    let mut position = reach(fresh);
    while position < high {
        match axis.at(position) {
            Cell::Element(e) => f(position, e),
            Cell::Pad if filled => f(position, FILL),
            _ => {}
        }
        position += dilation;
    }
}

/// `next_multiple_of` for numbers that are not negative, which the standard library has for unsigned types only.
trait NextMultiple {
    fn next_multiple_of_signed(self, of: Self) -> Self;
}

impl NextMultiple for isize {
    #[inline]
    fn next_multiple_of_signed(self, of: isize) -> isize {
        (self as usize).next_multiple_of(of as usize) as isize
    }
}
