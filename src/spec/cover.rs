//! Which elements of an axis the windows cover, and how often.

use super::axis::AxisPlan;
use super::reads::{Piece, Reads, inverse};
use super::{PadMode, Tail};
use crate::error::Error;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

impl AxisPlan {
    /// How many cells of all windows read each element; `usize::MAX` where they are more.
    ///
    /// Costs time in proportion to the axis and the windows (times a logarithm), and memory in proportion to the axis,
    /// whatever window, pads and dilation are. Evenly spaced windows without repeating pads may be many more than elements
    /// at no cost.
    ///
    /// # Panics
    /// If one count an element is more than an address space.
    pub fn coverage(&self) -> Vec<usize> {
        if self.len() > isize::MAX as usize / size_of::<usize>() {
            let limit = isize::MAX as usize;
            panic!("{}", Error::TooLarge { what: "coverage", shape: vec![self.len()], limit, unit: "bytes" });
        }
        let even = match self.even_step() {
            Some(step) => Some((self.count(), step)),
            // All but the last, which is moved back.
            None if self.tail() == Tail::ShiftBack => Some((self.count() - 1, self.step())),
            None => None,
        };
        match even {
            Some((windows, step)) if self.reads_each_once() && windows > 4 * self.len() => {
                let mut counts = self.counted(windows, step);
                self.count_cells(windows..self.count(), &mut counts);
                counts
            }
            _ => self.added(),
        }
    }

    /// Whether no position outside of the line reads an element of it.
    fn reads_each_once(&self) -> bool {
        self.pad_mode() == PadMode::Empty || self.interior().len() == self.count()
    }

    /// [`coverage`](Self::coverage) by the first `windows`, `step` apart, by a formula for each element.
    fn counted(&self, windows: usize, step: usize) -> Vec<usize> {
        let mut counts = vec![0; self.len()];
        let (line, base) = (self.line(), self.base_dilation());
        let Some(lattice) = (windows > 0).then(|| self.lattice_of(windows, step)) else { return counts };
        for (e, count) in counts.iter_mut().enumerate() {
            let position = (e * base) as isize;
            if line.contains(&position) {
                *count = usize::try_from(lattice.times(position as i128)).unwrap_or(usize::MAX);
            }
        }
        counts
    }

    /// [`coverage`](Self::coverage), window by window.
    fn added(&self) -> Vec<usize> {
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
        self.count_cells(0..inside.start, &mut counts);
        self.count_cells(inside.end..self.count(), &mut counts);
        counts
    }

    /// Adds the cells of some windows to `counts`.
    fn count_cells(&self, windows: Range<usize>, counts: &mut [usize]) {
        if windows.is_empty() {
            return;
        }
        let reads = Reads::new(self);
        // What changes from each place to the next.
        let mut change = vec![0i128; reads.elements().len() + 1];
        for i in windows {
            reads.pieces(i, |piece| match piece {
                Piece::Pad(_) => {}
                Piece::Same(e, times) => counts[e] = counts[e].saturating_add(times),
                Piece::Once(places) => {
                    change[places.start] += 1;
                    change[places.end] -= 1;
                }
                Piece::Round(places, times) => {
                    change[places.start] += times as i128;
                    change[places.end] -= times as i128;
                }
            });
        }
        let mut now = 0;
        for (&e, change) in reads.elements().iter().zip(change) {
            now += change;
            counts[e] = counts[e].saturating_add(usize::try_from(now).unwrap_or(usize::MAX));
        }
    }

    /// How many elements of the axis no window covers.
    ///
    /// Constant time for even starts without holes or repeated elements; else the time of [`coverage`](Self::coverage).
    pub fn remainder(&self) -> usize {
        match self.lattice() {
            Some(lattice) => self.len() - lattice.distinct(self.line()) as usize,
            None => self.coverage().iter().filter(|&&c| c == 0).count(),
        }
    }

    /// [`remainder`](Self::remainder), unless counting takes longer than a reader waits.
    pub(crate) fn quick_remainder(&self) -> Option<usize> {
        const PATIENCE: usize = 1 << 20;
        let short = self.len().max(self.count()) <= PATIENCE;
        (short || self.lattice().is_some()).then(|| self.remainder())
    }

    /// Whether some element lies in more than one cell.
    ///
    /// Constant time for even starts without holes or repeated elements; else the time of [`coverage`](Self::coverage).
    pub fn is_overlapping(&self) -> bool {
        match self.lattice() {
            Some(lattice) => lattice.again(self.line()) > 0,
            None => self.coverage().iter().any(|&c| c > 1),
        }
    }

    /// The cells as a lattice, if each is the element at its position or empty.
    fn lattice(&self) -> Option<Lattice> {
        let dense = self.base_dilation() == 1 || self.len() <= 1;
        if self.count() == 0 {
            return Some(Lattice { origin: 0, step: 1, dilation: 1, windows: 0, taps: 0 });
        }
        let step = self.even_step().filter(|_| dense && self.reads_each_once())?;
        Some(self.lattice_of(self.count(), step))
    }

    /// The positions of the first `windows`, `step` apart.
    fn lattice_of(&self, windows: usize, step: usize) -> Lattice {
        Lattice {
            origin: self.start_of(0) as i128,
            step: step as i128,
            dilation: self.dilation() as i128,
            windows: windows as i128,
            taps: self.window() as i128,
        }
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

    /// How many cells have this position.
    fn times(&self, position: i128) -> i128 {
        let common = gcd(self.step, self.dilation);
        let (step, dilation) = (self.step / common, self.dilation / common);
        let from = position - self.origin;
        if from % common != 0 {
            return 0;
        }
        // i * step + j * dilation = from: every `dilation`-th i from the least on, as far as j is a tap.
        let from = from / common;
        let least = (from.rem_euclid(dilation) * inverse(step % dilation, dilation) as i128).rem_euclid(dilation);
        let low = ceil(from - (self.taps - 1) * dilation, step).max(0);
        let high = from.div_euclid(step).min(self.windows - 1);
        let first = low + (least - low).rem_euclid(dilation);
        if first > high { 0 } else { (high - first) / dilation + 1 }
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
