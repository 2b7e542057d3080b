//! One unfolded axis as a reduction walks it: runs of evenly spaced windows.

use super::doubling::Order;
use crate::spec::{AxisPlan, PadMode, Tail};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// Windows that are computed together: `count` of them, `step` apart, the first one starting at `start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The first window's place on the grid.
    pub(crate) first: usize,
    /// How many windows are computed.
    pub(crate) count: usize,
    /// Where the first one starts on the line.
    pub(crate) start: isize,
    /// Distance of their starts.
    pub(crate) step: usize,
    /// Whether it is one window that stands apart from the others' even steps.
    pub(crate) alone: bool,
    /// Windows of the whole axis before the grid, if the plan is a part.
    pub(crate) before: usize,
}

impl Run {
    /// The windows' places on the grid.
    pub(crate) fn windows(&self) -> Range<usize> {
        self.first..self.first + self.count
    }

    /// Windows `range` of this run. (Inlined: what is returned through memory word by word and read again in wider pieces has to
    /// wait until it is stored, and with it all that is streamed before.)
    #[inline(always)]
    pub(crate) fn part(&self, range: Range<usize>) -> Run {
        let start = self.start + (range.start * self.step) as isize;
        Run { first: self.first + range.start, count: range.len(), start, ..*self }
    }

    /// The first window's place on the whole axis' grid.
    pub(crate) fn place(&self) -> usize {
        self.before + self.first
    }

    /// This run cut into parts of at most `most` windows.
    pub(crate) fn parts(&self, most: usize) -> impl Iterator<Item = Run> + use<> {
        self.parts_from(self.place(), most)
    }

    /// The same, cut at whole multiples of `most` from a place of the whole axis' grid on that is no later than the first window.
    pub(super) fn parts_from(&self, zero: usize, most: usize) -> impl Iterator<Item = Run> + use<> {
        let (run, first) = (*self, self.place() - zero);
        let (most, all) = (most.max(1), first..first + self.count);
        (all.start / most..all.end.div_ceil(most)).map(move |k| {
            let part = (k * most).max(all.start)..((k + 1).saturating_mul(most)).min(all.end);
            run.part(part.start - all.start..part.end - all.start)
        })
    }
}

/// Whether windows may read elements of an axis in another order than they stand in, or one again after others. Under a mask of
/// several axes one that is read by neighbouring cells counts as well: another cell may be kept for each row of the mask.
pub(crate) fn turns(axis: &AxisPlan, masked: bool) -> bool {
    let (before, after) = axis.pads();
    // Of a part, the padding of the whole axis.
    let before = before + (axis.whole_len().1 * axis.base_dilation()) as isize;
    (axis.pad_mode().repeats() || masked && axis.pad_mode() == PadMode::Edge) && (before > 0 || after > 0)
}

/// One unfolded axis, ready to be reduced.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) axis: AxisPlan,
    pub(crate) order: Order,
    /// The windows in runs of even steps: one, or two under `ShiftBack`; under an uneven `Spread` one for each window.
    pub(crate) runs: Vec<Run>,
    /// Whether they must not be scanned.
    pub(crate) pairwise: bool,
    /// Whether cells are told apart by their positions, see [`turns`], instead of by their elements.
    pub(crate) turns: bool,
}

impl Line {
    pub(crate) fn new(axis: AxisPlan, pairwise: bool) -> Line {
        let count = axis.count();
        let run = |first: usize, count: usize, alone: bool| {
            let start = axis.start_of(first);
            Run { first, count, start, step: axis.step(), alone, before: axis.whole_count().1 }
        };
        let (step, runs) = match axis.even_step() {
            _ if count == 0 => (axis.step(), Vec::new()),
            Some(step) => (step, vec![Run { step, ..run(0, count, false) }]),
            None if axis.tail() == Tail::ShiftBack => {
                let even = (count > 1).then(|| run(0, count - 1, false));
                (axis.step(), even.into_iter().chain([run(count - 1, 1, true)]).collect())
            }
            // The order must not depend on where the starts fall: that of step 1.
            None => (1, (0..count).map(|i| run(i, 1, true)).collect()),
        };
        let turns = turns(&axis, false);
        Line { axis, order: Order::new(axis.window(), step, axis.dilation()), runs, pairwise, turns }
    }

    /// The place of a cell that reads an element: later cells of a window have larger ones, unless they read the same element. The
    /// element's own number where elements are read in order, else the position (a negative one wrapped).
    #[inline]
    pub(crate) fn place(&self, position: isize, element: usize) -> usize {
        if self.turns { position as usize } else { element }
    }
}
