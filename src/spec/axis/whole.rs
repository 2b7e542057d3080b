//! A part of an axis: some of its windows over nothing but some of its elements, with the numbers of the whole.

use super::{AxisPlan, Whole};
use core::ops::Range;

impl AxisPlan {
    /// The same axis with spread starts at multiples of `unit`, which divides the length and the window: what the axis of fewer
    /// elements, each of which became `unit`, has. (The formulas of `starts.rs` know of no units; they are for axes with more
    /// windows than elements, which takes pads, and results of tiles have none.)
    pub(crate) fn in_units(mut self, unit: usize) -> AxisPlan {
        self.whole.unit = unit;
        self
    }

    /// The windows of a range over nothing but some elements: the same windows, borders and starts, with positions counted from the
    /// first element of `read`. Cells that read another element are empty.
    pub(in crate::spec) fn part(&self, windows: Range<usize>, read: Range<usize>) -> AxisPlan {
        let shift = (read.start * self.base) as isize;
        let line = match read.is_empty() {
            true => (0, 0),
            false => {
                let last = ((read.end - 1) * self.base) as isize;
                (self.line.0.max(shift) - shift, self.line.1.min(last + 1) - shift)
            }
        };
        let whole = Whole {
            offset: self.whole.offset + read.start,
            first: self.whole.first + windows.start,
            line: (self.whole.line.0 - shift, self.whole.line.1 - shift),
            ..self.whole
        };
        AxisPlan {
            len: read.len(),
            before: self.before + shift,
            after: self.after,
            count: windows.len(),
            line: (line.0, line.1.max(line.0)),
            end: self.end - shift,
            whole,
            ..*self
        }
    }

    /// Elements of the axis this is a part of (its own, if it is none), and which of them its first one is.
    #[inline]
    pub(crate) fn whole_len(&self) -> (usize, usize) {
        (self.whole.len, self.whole.offset)
    }

    /// Windows of the axis this is a part of, and which of them its first one is.
    #[inline]
    pub(crate) fn whole_count(&self) -> (usize, usize) {
        (self.whole.count, self.whole.first)
    }

    /// The line of the axis this is a part of: what borders are mirrored at.
    #[inline]
    pub(crate) fn whole_line(&self) -> Range<isize> {
        self.whole.line.0..self.whole.line.1
    }

    /// Whether this is less than the axis it was planned for.
    #[inline]
    pub(in crate::spec) fn is_part(&self) -> bool {
        self.len != self.whole.len || self.count != self.whole.count
    }
}
