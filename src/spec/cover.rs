//! Which elements of an axis the windows cover, and how often.

use super::PadMode;
use super::axis::{AxisPlan, Cell};
use crate::error::Error;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

impl AxisPlan {
    /// How many cells of all windows read each element.
    ///
    /// Costs time and memory in proportion to the axis, plus one visit to each cell of a window that touches a border,
    /// a hole or an uneven start.
    ///
    /// # Panics
    /// If one count an element is more than an address space.
    pub fn coverage(&self) -> Vec<usize> {
        if self.len() > isize::MAX as usize / size_of::<usize>() {
            let limit = isize::MAX as usize;
            panic!("{}", Error::TooLarge { what: "coverage", shape: vec![self.len()], limit, unit: "bytes" });
        }
        let mut counts = vec![0usize; self.len()];
        let dilation = self.dilation();
        let inside = if self.base_dilation() == 1 { self.interior() } else { 0..0 };
        // Each inner window adds one at its start and takes it back a window later, `dilation` apart; the running
        // sum along every residue class then counts them.
        for i in inside.clone() {
            let from = self.start_of(i) as usize;
            counts[from] = counts[from].wrapping_add(1);
            let behind = (from + self.span() - 1).saturating_add(dilation);
            if behind < self.len() {
                counts[behind] = counts[behind].wrapping_sub(1);
            }
        }
        for p in dilation..self.len() {
            counts[p] = counts[p].wrapping_add(counts[p - dilation]);
        }
        for i in (0..inside.start).chain(inside.end..self.count()) {
            for j in 0..self.window() {
                if let Cell::Element(e) = self.cell(i, j) {
                    counts[e] += 1;
                }
            }
        }
        counts
    }

    /// How many elements of the axis no window covers.
    ///
    /// Constant time for even starts without holes or repeated elements; else that of [`coverage`](Self::coverage).
    pub fn remainder(&self) -> usize {
        match self.lattice() {
            Some(lattice) => self.len() - lattice.distinct(self.line()) as usize,
            None => self.coverage().iter().filter(|&&c| c == 0).count(),
        }
    }

    /// [`remainder`](Self::remainder), unless counting takes longer than a reader waits.
    pub(crate) fn quick_remainder(&self) -> Option<usize> {
        const PATIENCE: usize = 1 << 20;
        let short = self.len().max(self.count().saturating_mul(self.window())) <= PATIENCE;
        (short || self.lattice().is_some()).then(|| self.remainder())
    }

    /// Whether some element lies in more than one cell.
    ///
    /// Constant time for even starts without holes or repeated elements; else that of [`coverage`](Self::coverage).
    pub fn is_overlapping(&self) -> bool {
        match self.lattice() {
            Some(lattice) => lattice.again(self.line()) > 0,
            None => self.coverage().iter().any(|&c| c > 1),
        }
    }

    /// The cells as a lattice, if each is the element at its position or empty.
    fn lattice(&self) -> Option<Lattice> {
        let dense = self.base_dilation() == 1 || self.len() <= 1;
        let own = self.pad_mode() == PadMode::Empty || self.interior().len() == self.count();
        if self.count() == 0 {
            return Some(Lattice { origin: 0, step: 1, dilation: 1, windows: 0, taps: 0 });
        }
        Some(Lattice {
            origin: self.start_of(0) as i128,
            step: self.even_step().filter(|_| dense && own)? as i128,
            dilation: self.dilation() as i128,
            windows: self.count() as i128,
            taps: self.window() as i128,
        })
    }
}

/// Positions `origin + i * step + j * dilation` for `i < windows`, `j < taps`.
struct Lattice {
    origin: i128,
    step: i128,
    dilation: i128,
    windows: i128,
    taps: i128,
}

impl Lattice {
    /// How many different positions of `line` are met.
    fn distinct(&self, line: Range<isize>) -> i128 {
        self.cells(&line) - self.again(line)
    }

    /// How many cells in `line` have their position met once more by a later window.
    fn again(&self, line: Range<isize>) -> i128 {
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
    fn cells(&self, line: &Range<isize>) -> i128 {
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
}

/// `sum((a * k + b) / m for k in 0..n)` for numbers that are not negative, in steps of Euclid's algorithm
/// (Graham, Knuth, Patashnik: Concrete Mathematics, section 3.5).
fn floor_sum(mut n: i128, mut m: i128, mut a: i128, mut b: i128) -> i128 {
    let mut sum = 0;
    while n > 0 {
        sum += n * (n - 1) / 2 * (a / m) + n * (b / m);
        (a, b) = (a % m, b % m);
        let top = a * n + b;
        (n, b) = (top / m, top % m);
        (m, a) = (a, m);
    }
    sum
}

fn ceil(a: i128, b: i128) -> i128 {
    -(-a).div_euclid(b)
}

/// The greatest common divisor.
pub(crate) fn gcd<N: Copy + num_traits::Zero + core::ops::Rem<Output = N>>(a: N, b: N) -> N {
    if b.is_zero() { a } else { gcd(b, a % b) }
}
