//! Which elements of an axis the windows cover, and how often.

use super::PadMode;
use super::axis::{AxisPlan, Cell};
use super::lattice::Lattice;
use super::reads::{Reads, Segment, back};
use super::starts::Starts;
use crate::error::Error;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

impl AxisPlan {
    /// How many cells of all windows read each element.
    ///
    /// Costs time in proportion to the axis and the windows (times a logarithm), and memory in proportion to the axis,
    /// whatever window, pads and dilation are.
    ///
    /// # Panics
    /// If one count an element is more than an address space.
    pub fn coverage(&self) -> Vec<usize> {
        if self.len() > isize::MAX as usize / size_of::<usize>() {
            let limit = isize::MAX as usize;
            panic!("{}", Error::TooLarge { what: "coverage", shape: vec![self.len()], limit, unit: "bytes" });
        }
        if self.count() <= 4 * self.len() || self.is_part() {
            return self.added();
        }
        let Some(period) = Reads::new(self).period() else { return self.counted() };
        // Windows that overhang the end are shorter, and read one by one.
        let whole = self.first_start_from(self.end() - self.span() as isize + 1);
        let (twice, clipped) = (2 * self.len(), self.count() - whole);
        let rounds = (self.end() - self.start_of(0)).max(0) as usize / period + 2;
        let cells = self.window().saturating_mul(twice).saturating_add(clipped);
        let places = period.saturating_add(clipped);
        match rounds.saturating_mul(twice) {
            rounds if rounds <= cells.min(places).min(self.count()) => self.by_rounds(period),
            _ if self.count() <= cells.min(places) => self.added(),
            _ => self.by_starts(period, whole, cells < places),
        }
    }

    /// Whether no position outside of the line reads an element of it.
    fn reads_each_once(&self) -> bool {
        self.pad_mode() == PadMode::Empty || self.interior().len() == self.count()
    }

    /// [`coverage`](Self::coverage) by a formula for each element, where the axis does not repeat itself.
    fn counted(&self) -> Vec<usize> {
        let starts = Starts::of(self);
        // Cells of all windows at positions below a bound; there are fewer than `LIMIT`.
        let below = |p: isize| starts.iter().map(|s| s.cells_below(p, self)).sum::<i128>() as usize;
        let (line, base) = (self.line(), self.base_dilation());
        let mut counts = vec![0; self.len()];
        for (e, count) in counts.iter_mut().enumerate() {
            let position = (e * base) as isize;
            if line.contains(&position) {
                *count = below(position + 1) - below(position);
            }
        }
        if !line.is_empty() {
            for (edge, cells) in [(line.start - 1, below(line.start)), (line.end, below(self.end()) - below(line.end))]
            {
                if let Cell::Element(e) = self.at(edge) {
                    counts[e] += cells;
                }
            }
        }
        counts
    }

    /// [`coverage`](Self::coverage) where the axis repeats itself every `period` positions, by how many of the `whole` windows start
    /// at each place of a round: looked up from each cell of a window, or for all places.
    fn by_starts(&self, period: usize, whole: usize, by_cells: bool) -> Vec<usize> {
        let mut counts = vec![0; self.len()];
        let mut cover = Cover::new(self);
        let starts = Starts::of(self);
        let below = |place: usize| starts.iter().map(|s| s.below_place(place, period, whole, self)).sum::<i128>();
        if by_cells {
            for (e, place) in self.places(period) {
                for j in 0..self.window() {
                    let before = (j * self.dilation()) % period;
                    let from = (place + period - before) % period;
                    counts[e] += (below(from + 1) - below(from)) as usize;
                }
            }
        } else {
            let mut before = below(0);
            for place in 0..period {
                let next = below(place + 1);
                let windows = next - core::mem::replace(&mut before, next);
                if windows > 0 {
                    let from = self.line().start + place as isize;
                    cover.add(windows, |reads, f| reads.segments_from(from, self.window(), f));
                }
            }
        }
        (whole..self.count()).for_each(|i| cover.add(1, |reads, f| reads.segments(i, f)));
        cover.add_to(&mut counts);
        counts
    }

    /// [`coverage`](Self::coverage) where the axis repeats itself every `period` positions: by a formula for each element and
    /// round.
    fn by_rounds(&self, period: usize) -> Vec<usize> {
        let starts = Starts::of(self);
        let below = |p: isize| starts.iter().map(|s| s.cells_below(p, self)).sum::<i128>() as usize;
        let (from, line) = (self.start_of(0), self.line());
        let mut counts = vec![0; self.len()];
        for (e, place) in self.places(period) {
            let first = from + (line.start + place as isize - from).rem_euclid(period as isize);
            for position in (first..self.end()).step_by(period) {
                counts[e] += below(position + 1) - below(position);
            }
        }
        counts
    }

    /// The elements of an axis that repeats itself, with the places of a round where they stand.
    fn places(&self, period: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let (low, high, base) = (self.line().start as usize, self.line().end as usize, self.base_dilation());
        (low.div_ceil(base)..high.div_ceil(base)).flat_map(move |e| {
            let there = e * base - low;
            [Some(there), back(self.pad_mode(), period, there)].into_iter().flatten().map(move |place| (e, place))
        })
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
        if inside.len() < self.count() {
            let mut cover = Cover::new(self);
            let border = (0..inside.start).chain(inside.end..self.count());
            border.for_each(|i| cover.add(1, |reads, f| reads.segments(i, f)));
            cover.add_to(&mut counts);
        }
        counts
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
        const PATIENCE: usize = 1 << 16;
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
        self.even_step().filter(|_| dense && self.reads_each_once())?;
        Some(self.positions(&(0..self.count())))
    }
}

/// How often the elements of an axis are read, as windows are added.
struct Cover {
    reads: Reads,
    /// What changes from each place of its lists to the next.
    change: Vec<i128>,
    /// Elements that are read on their own.
    own: Vec<(usize, i128)>,
}

impl Cover {
    fn new(axis: &AxisPlan) -> Cover {
        let reads = Reads::new(axis);
        Cover { change: vec![0; reads.len() + 1], own: Vec::new(), reads }
    }

    /// Adds so many windows that read the same segments.
    fn add(&mut self, windows: i128, segments: impl FnOnce(&Reads, &mut dyn FnMut(Segment))) {
        let Cover { reads, change, own } = self;
        let mut range = |places: Range<usize>, times: i128| {
            change[places.start] += times;
            change[places.end] -= times;
        };
        segments(reads, &mut |segment| match segment {
            Segment::Pad(_) => {}
            Segment::Same(e, times) => match own.last_mut() {
                Some(last) if last.0 == e => last.1 += windows * times as i128,
                _ => own.push((e, windows * times as i128)),
            },
            Segment::Once(places) => range(places, windows),
            Segment::Round(places, times) => range(places, windows * times as i128),
        });
    }

    fn add_to(&self, counts: &mut [usize]) {
        let mut now = 0;
        for (place, change) in self.change.iter().enumerate().take(self.reads.len()) {
            now += change;
            counts[self.reads.element(place)] += now as usize;
        }
        self.own.iter().for_each(|&(e, times)| counts[e] += times as usize);
    }
}
