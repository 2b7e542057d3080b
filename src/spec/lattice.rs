//! Cells of evenly spaced windows as points of a lattice: how many lie in a range, and which come first and last.

use super::gcd;
use super::starts::{ceil, floor_sum};
use core::ops::Range;

/// Positions `origin + i * step + j * dilation` for `i < windows`, `j < taps`.
#[derive(Clone, Copy)]
pub(super) struct Lattice {
    pub(super) origin: i128,
    pub(super) step: i128,
    pub(super) dilation: i128,
    pub(super) windows: i128,
    pub(super) taps: i128,
}

impl Lattice {
    /// How many different positions of `line` are met.
    pub(super) fn distinct(&self, line: Range<isize>) -> i128 {
        self.cells(&line) - self.again(line)
    }

    /// How many cells in `line` have their position met once more by a later window.
    pub(super) fn again(&self, line: Range<isize>) -> i128 {
        // Cell (i, j) is met again by (i + dilation / g, j - step / g), the nearest later cell at its position.
        let g = gcd(self.step, self.dilation);
        let (later, fewer) = (self.dilation / g, self.step / g);
        let (windows, taps) = (self.windows - later, self.taps - fewer);
        if windows <= 0 || taps <= 0 {
            return 0;
        }
        Lattice { origin: self.origin + fewer * self.dilation, windows, taps, ..*self }.cells(&line)
    }

    /// How many cells have their position in `line`.
    pub(super) fn cells(&self, line: &Range<isize>) -> i128 {
        if line.is_empty() {
            return 0;
        }
        self.below(line.end as i128) - self.below(line.start as i128)
    }

    /// How many cells have their position below `end`.
    fn below(&self, end: i128) -> i128 {
        let room = end - self.origin;
        // Taps that some window sees below the end, and those that all windows see there.
        let some = ceil(room, self.dilation).clamp(0, self.taps);
        let all = ceil(room - (self.windows - 1) * self.step, self.dilation).clamp(0, some);
        // Tap j is seen there by ceil((room - j * dilation) / step) windows; added up from the last such tap.
        let least = room - (some - 1) * self.dilation;
        all * self.windows + floor_sum(some - all, self.step, self.dilation, least + self.step - 1)
    }

    /// The first and the last position of `line` that is met.
    pub(super) fn ends(&self, line: Range<isize>) -> Option<(isize, isize)> {
        let (low, high) = (line.start, line.end.max(line.start));
        if self.cells(&(low..high)) == 0 {
            return None;
        }
        let first = least(low + 1, high, |end| self.cells(&(low..end)) > 0) - 1;
        let last = least(low + 1, high, |from| self.cells(&(from..high)) == 0) - 1;
        Some((first, last))
    }

    /// The first and the last window with a cell in `line`.
    pub(super) fn readers(&self, line: &Range<isize>) -> Option<(usize, usize)> {
        if self.cells(line) == 0 {
            return None;
        }
        let among = |from: isize, to: isize| {
            let origin = self.origin + from as i128 * self.step;
            Lattice { origin, windows: (to - from) as i128, ..*self }.cells(line) > 0
        };
        let count = self.windows as isize;
        let first = least(1, count, |to| among(0, to)) - 1;
        let last = least(1, count, |from| from == count || !among(from, count)) - 1;
        Some((first as usize, last as usize))
    }
}

/// The least number from `low` up to `high` for which `holds`, as it does for all behind it and for `high`.
fn least(mut low: isize, mut high: isize, holds: impl Fn(isize) -> bool) -> isize {
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}
