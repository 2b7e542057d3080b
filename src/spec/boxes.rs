//! Which elements a range of windows reads, and which windows read a range of elements, along one axis: exact hulls.
//!
//! Evenly spaced windows are lattices, whose ends are formulas: one lattice, or with a base dilation one for each rest. Where a pad
//! mode repeats the axis, or starts are uneven, windows are visited one by one until no other can reach further, and their
//! elements in stretches that rise or fall evenly (the axis, each mirror image of it).

use super::axis::{AxisPlan, Cell};
use super::lattice::Lattice;
use super::reads::inverse;
use super::{LIMIT, PadMode, Tail, gcd};
use core::ops::Range;

/// The least and the greatest element met so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hull(Option<(usize, usize)>);

impl Hull {
    fn add(&mut self, low: usize, high: usize) {
        let (low, high) = (low.min(high), low.max(high));
        self.0 = Some(self.0.map_or((low, high), |(l, h)| (l.min(low), h.max(high))));
    }
}

/// Some cells: `cells` positions from `start` on, `dilation` apart.
#[derive(Clone, Copy)]
struct Taps {
    start: isize,
    dilation: usize,
    cells: usize,
}

impl Taps {
    /// How many lie below a position.
    fn below(&self, position: isize) -> usize {
        (position.saturating_sub(self.start).max(0) as usize).div_ceil(self.dilation).min(self.cells)
    }

    fn part(&self, range: Range<usize>) -> Taps {
        let start = self.start + (range.start * self.dilation) as isize;
        Taps { start, dilation: self.dilation, cells: range.len() }
    }
}

impl AxisPlan {
    /// The elements the windows of a range read: the least range that holds them all, `0..0` if they read none.
    pub(crate) fn read_by(&self, windows: Range<usize>) -> Range<usize> {
        let all = self.line_elements();
        let mut hull = Hull(None);
        if windows.is_empty() {
            return 0..0;
        }
        if self.dilation() == 1 && (self.step() <= self.window() || windows.len() == 1) {
            // Nothing is left out between the first cell and the last one.
            let start = self.start_of(windows.start);
            let cells = (self.start_of(windows.end - 1) - start) as usize + self.window();
            self.add(Taps { start, dilation: 1, cells }, &all, &mut hull);
        } else if let Some(even) = self.even_windows(&windows) {
            self.add_lattice(even.clone(), &all, &mut hull);
            (even.end..windows.end).for_each(|i| self.add(self.taps(i), &all, &mut hull));
        } else {
            self.add_rising(windows.clone(), &all, &mut hull);
            self.add_falling(windows, &all, &mut hull);
        }
        hull.0.map_or(0..0, |(low, high)| low..high + 1)
    }

    /// The windows that read an element of a range: the least range that holds them all, `0..0` if none does.
    pub(crate) fn readers_of(&self, elements: Range<usize>) -> Range<usize> {
        let all = self.line_elements();
        let elements = elements.start.max(all.start)..elements.end.min(all.end);
        if elements.is_empty() || self.count() == 0 {
            return 0..0;
        }
        if let Some(even) = self.even_windows(&(0..self.count())) {
            return self.readers_on_lattice(even, elements);
        }
        let (base, line) = (self.base_dilation() as isize, self.line());
        let reach = self.span() as isize - 1;
        let [first, behind] = [elements.start, elements.end].map(|e| e as isize * base);
        let pads = |position: isize| match self.at(position) {
            Cell::Element(e) => self.repeats() || elements.contains(&e),
            _ => self.repeats(),
        };
        let before = if pads(line.start - 1) { self.first_start_from(line.start) } else { 0 };
        let after = if pads(line.end) { self.first_start_from(line.end - reach) } else { self.count() };
        let inside = self.first_start_from(first - reach)..self.first_start_from(behind);
        let groups = [0..before, inside, after..self.count()];
        let reads = |i: &usize| self.window_reads(*i, &elements);
        let first = groups.iter().filter_map(|g| self.distinct(g.clone()).find(reads)).min();
        let last = groups.iter().filter_map(|g| self.distinct_from_behind(g.clone()).find(reads)).max();
        first.zip(last).map_or(0..0, |(first, last)| first..last + 1)
    }

    fn window_reads(&self, i: usize, elements: &Range<usize>) -> bool {
        let mut hull = Hull(None);
        self.add(self.taps(i), elements, &mut hull);
        hull.0.is_some()
    }

    /// The windows of a range that start at even distances, but for a last one; if no pad mode repeats more than an end.
    fn even_windows(&self, windows: &Range<usize>) -> Option<Range<usize>> {
        let last = windows.end.saturating_sub(1).max(windows.start);
        match self.tail() {
            _ if self.repeats() => None,
            Tail::ShiftBack if self.even_step().is_none() => Some(windows.start..last),
            _ => self.even_step().map(|_| windows.clone()),
        }
    }

    /// How far neighbouring ones of them lie apart.
    fn even_distance(&self) -> usize {
        self.even_step().unwrap_or(self.step())
    }

    /// Evenly spaced windows as lattices of elements, one for each rest that cells of a window leave when divided by the base
    /// dilation: the lattice, its first window, and how many windows lie from one of its windows to the next.
    fn lattices(&self, windows: Range<usize>) -> impl Iterator<Item = (Lattice, usize, usize)> {
        let (base, step, dilation) = (self.base_dilation(), self.even_distance(), self.dilation());
        let (windows_apart, taps_apart) = (base / gcd(step, base), base / gcd(dilation, base));
        (0..taps_apart.min(self.window())).filter_map(move |j| {
            let start = self.start_of(windows.start) + (j * dilation) as isize;
            let (first, _) = multiples(start, step as isize, base as isize, 0..windows_apart.min(windows.len()))?;
            let wide = |n: usize| n as i128;
            let lattice = Lattice {
                origin: (start as i128 + wide(first) * wide(step)) / wide(base),
                step: wide(windows_apart) * wide(step) / wide(base),
                dilation: wide(taps_apart) * wide(dilation) / wide(base),
                windows: wide((windows.len() - first).div_ceil(windows_apart)),
                taps: wide((self.window() - j).div_ceil(taps_apart)),
            };
            Some((lattice, windows.start + first, windows_apart))
        })
    }

    /// The lattice of all positions of evenly spaced windows.
    pub(super) fn positions(&self, windows: &Range<usize>) -> Lattice {
        Lattice {
            origin: self.start_of(windows.start) as i128,
            step: self.even_distance() as i128,
            dilation: self.dilation() as i128,
            windows: windows.len() as i128,
            taps: self.window() as i128,
        }
    }

    /// The elements that stand before and behind the axis, with the positions where they do.
    fn edges(&self) -> impl Iterator<Item = (usize, Range<isize>)> {
        let line = self.line();
        let (before, behind) = (line.start - 1, line.end);
        let sides = [(before, -(LIMIT as isize)..line.start), (behind, line.end..self.end())];
        sides.into_iter().filter_map(|(at, positions)| match self.at(at) {
            Cell::Element(e) if self.pad_mode() == PadMode::Edge && !self.line().contains(&at) => Some((e, positions)),
            _ => None,
        })
    }

    /// Adds what evenly spaced windows read.
    fn add_lattice(&self, windows: Range<usize>, all: &Range<usize>, hull: &mut Hull) {
        if windows.is_empty() {
            return;
        }
        for (lattice, ..) in self.lattices(windows.clone()) {
            if let Some((low, high)) = lattice.ends(all.start as isize..all.end as isize) {
                hull.add(low as usize, high as usize);
            }
        }
        for (element, positions) in self.edges() {
            if self.positions(&windows).cells(&positions) > 0 {
                hull.add(element, element);
            }
        }
    }

    /// The windows that read an element of a range, where all but the last one are evenly spaced.
    fn readers_on_lattice(&self, even: Range<usize>, elements: Range<usize>) -> Range<usize> {
        let mut readers = Hull(None);
        if !even.is_empty() {
            let line = elements.start as isize..elements.end as isize;
            for (lattice, first, apart) in self.lattices(even.clone()) {
                if let Some((low, high)) = lattice.readers(&line) {
                    readers.add(first + low * apart, first + high * apart);
                }
            }
            for (_, positions) in self.edges().filter(|(e, _)| elements.contains(e)) {
                if let Some((low, high)) = self.positions(&even).readers(&positions) {
                    readers.add(even.start + low, even.start + high);
                }
            }
        }
        (even.end..self.count()).filter(|&i| self.window_reads(i, &elements)).for_each(|i| readers.add(i, i));
        readers.0.map_or(0..0, |(first, last)| first..last + 1)
    }

    /// The elements that are not cropped.
    fn line_elements(&self) -> Range<usize> {
        let (line, base) = (self.line(), self.base_dilation());
        let from = (line.start.max(0) as usize).div_ceil(base);
        from..(line.end.max(0) as usize).div_ceil(base).max(from)
    }

    fn repeats(&self) -> bool {
        self.pad_mode().repeats()
    }

    fn taps(&self, i: usize) -> Taps {
        Taps { start: self.start_of(i), dilation: self.dilation(), cells: self.window() }
    }

    /// How many neighbouring windows read all that any windows read, but for those that overhang the end.
    fn different(&self) -> usize {
        let line = self.whole_line().len();
        let period = if line == 0 { None } else { self.pad_mode().period(line) };
        let windows = period.zip(self.even_step()).map(|(period, step)| period / gcd(period, step));
        windows.unwrap_or(usize::MAX)
    }

    /// The first window of a range that overhangs the end.
    fn overhang(&self, range: &Range<usize>) -> usize {
        let first = self.first_start_from(self.end() - self.span() as isize + 1);
        first.clamp(range.start, range.end.max(range.start))
    }

    /// The windows of a range, but for those that read what one before them in the range does.
    fn distinct(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let overhang = self.overhang(&range);
        (range.start..overhang).take(self.different()).chain(overhang..range.end)
    }

    /// The same, from behind.
    fn distinct_from_behind(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let overhang = self.overhang(&range);
        (overhang..range.end).rev().chain((range.start..overhang).rev().take(self.different()))
    }

    /// Adds what windows read, from the first one on, until the others cannot read an element further in front.
    fn add_rising(&self, windows: Range<usize>, all: &Range<usize>, hull: &mut Hull) {
        let (base, line) = (self.base_dilation() as isize, self.line());
        let mut windows = windows;
        if !self.repeats() {
            if self.pad_mode() == PadMode::Edge && self.start_of(windows.start) < line.start {
                self.add(self.taps(windows.start), all, hull);
            }
            let reaching = self.first_start_from(line.start - self.span() as isize + 1);
            windows.start = reaching.clamp(windows.start, windows.end);
        }
        for i in self.distinct(windows) {
            if let Some((low, high)) = hull.0 {
                let start = self.start_of(i);
                let inside = start >= line.start && start >= low as isize * base;
                if inside || (low == all.start && (!self.repeats() || high + 1 == all.end)) {
                    return;
                }
            }
            self.add(self.taps(i), all, hull);
        }
    }

    /// The same from the last one on.
    fn add_falling(&self, windows: Range<usize>, all: &Range<usize>, hull: &mut Hull) {
        let (base, line) = (self.base_dilation() as isize, self.line());
        let reach = self.span() as isize - 1;
        let mut windows = windows;
        if !self.repeats() {
            if self.pad_mode() == PadMode::Edge {
                // The last cell of some window may lie behind the axis though that of the last window overhangs.
                for i in windows.clone().rev().take_while(|&i| self.start_of(i) + reach >= line.end) {
                    if hull.0.is_some_and(|(_, high)| high + 1 == all.end) {
                        break;
                    }
                    self.add(self.taps(i), all, hull);
                }
            }
            windows.end = self.first_start_from(line.end).clamp(windows.start, windows.end);
        }
        for i in self.distinct_from_behind(windows) {
            if let Some((low, high)) = hull.0 {
                let last = self.start_of(i) + reach;
                let inside = last < line.end && last <= high as isize * base;
                if inside || (high + 1 == all.end && (!self.repeats() || low == all.start)) {
                    return;
                }
            }
            self.add(self.taps(i), all, hull);
        }
    }

    /// Adds the elements in some cells, but only those `within` a range.
    fn add(&self, taps: Taps, within: &Range<usize>, hull: &mut Hull) {
        let cells = taps.below(self.end());
        let line = self.line();
        let (low, high) = (taps.below(line.start).min(cells), taps.below(line.end).min(cells));
        if line.is_empty() || within.is_empty() {
            return;
        }
        self.add_even(taps.part(low..high.max(low)), 1, within, hull);
        for pad in [0..low, high.max(low)..cells] {
            match self.pad_mode() {
                _ if pad.is_empty() => {}
                PadMode::Empty => {}
                PadMode::Edge => {
                    if let Cell::Element(e) = self.at(taps.part(pad).start)
                        && within.contains(&e)
                    {
                        hull.add(e, e);
                    }
                }
                _ => self.add_repeated(taps.part(pad), within, hull),
            }
        }
    }

    /// Cells where the axis repeats itself, a stretch of it or of its mirror image after the other.
    fn add_repeated(&self, taps: Taps, within: &Range<usize>, hull: &mut Hull) {
        let (mode, line, whole) = (self.pad_mode(), self.whole_line(), self.whole_line().len());
        let Some(period) = mode.period(whole) else { return };
        let round = period / gcd(period, taps.dilation);
        let cells = taps.cells.min(round);
        let mut j = 0;
        while j < cells && hull.0 != Some((within.start, within.end - 1)) {
            let at = (taps.start + (j * taps.dilation) as isize - line.start).rem_euclid(period as isize) as usize;
            let Some(from) = mode.source(at as isize, whole as isize) else { return };
            let (rest, sign) = if at < whole { (whole - 1 - at, 1) } else { (period - 1 - at, -1) };
            let stretch = (rest / taps.dilation + 1).min(cells - j);
            let start = line.start + from;
            self.add_even(Taps { start, dilation: taps.dilation, cells: stretch }, sign, within, hull);
            j += stretch;
        }
    }

    /// Cells on the axis itself, upwards (`sign` 1) or downwards (-1).
    fn add_even(&self, taps: Taps, sign: isize, within: &Range<usize>, hull: &mut Hull) {
        let base = self.base_dilation() as isize;
        let (low, high) = (within.start as isize * base, (within.end as isize - 1) * base);
        let (start, dilation) = (taps.start, taps.dilation as isize);
        // Cells from the first one on that lie in the range's positions.
        let (near, far) = if sign > 0 { (low - start, high - start) } else { (start - high, start - low) };
        if far < 0 || taps.cells == 0 {
            return;
        }
        let first = (near.max(0) as usize).div_ceil(taps.dilation);
        let behind = (far / dilation) as usize + 1;
        let cells = first..behind.min(taps.cells);
        let Some((first, last)) = multiples(start, sign * dilation, base, cells) else { return };
        let element = |j: usize| ((start + sign * (j * taps.dilation) as isize) / base) as usize;
        hull.add(element(first), element(last));
    }
}

/// The first and the last `j` of a range for which `base` divides `start + j * by`.
fn multiples(start: isize, by: isize, base: isize, range: Range<usize>) -> Option<(usize, usize)> {
    if range.is_empty() || base == 1 {
        return (!range.is_empty()).then(|| (range.start, range.end - 1));
    }
    let common = gcd(by.unsigned_abs(), base as usize) as isize;
    if start % common != 0 {
        return None;
    }
    let apart = (base / common) as i128;
    let inverse = inverse(((by / common) as i128).rem_euclid(apart), apart) as i128;
    let any = (-(start / common) as i128 % apart * inverse).rem_euclid(apart);
    let first = range.start + (any - range.start as i128).rem_euclid(apart) as usize;
    let apart = apart as usize;
    (first < range.end).then(|| (first, first + (range.end - 1 - first) / apart * apart))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Tail, unfold};

    /// Every axis of a small grid of requests.
    fn each_axis(mut f: impl FnMut(&AxisPlan)) {
        let modes = [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];
        let tails = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];
        for number in (0..5 * 4 * 7 * 5 * 4 * 5 * 3 * 5).step_by(11) {
            let mut rest = number;
            let mut next = |n: usize| {
                let digit = rest % n;
                rest /= n;
                digit
            };
            let (mode, tail) = (modes[next(5)], tails[next(4)]);
            let (len, window, dilation, step) = (next(7) + 1, next(5) + 1, next(4) + 1, next(5) + 1);
            let (base, before) = ([1, 2, 3][next(3)], [-1isize, 0, 2, 5, 11][next(5)]);
            let request = unfold(0, window, step).dilation(dilation).base_dilation(base);
            let request = request.pad([(before, 9 - before.abs())]).pad_mode(mode).tail(tail);
            if let Ok(plan) = request.plan([len]) {
                f(&plan.axes()[0]);
            }
        }
    }

    #[test]
    fn hulls_are_those_of_the_cells() {
        let mut seen = 0;
        each_axis(|axis| {
            let element = |i: usize, j: usize| match axis.cell(i, j) {
                Cell::Element(e) => Some(e),
                _ => None,
            };
            let hull = |i: usize| {
                let read = (0..axis.window()).filter_map(move |j| element(i, j));
                read.clone().min().zip(read.max())
            };
            for from in 0..axis.count() {
                let (mut low, mut high) = (usize::MAX, 0);
                for to in from + 1..=axis.count() {
                    if let Some((l, h)) = hull(to - 1) {
                        (low, high) = (low.min(l), high.max(h + 1));
                    }
                    let expected = if high == 0 { 0..0 } else { low..high };
                    assert_eq!(axis.read_by(from..to), expected, "windows {from}..{to} of {axis:?}");
                    seen += 1;
                }
            }
            for a in 0..axis.len() {
                for b in a + 1..=axis.len() {
                    let reads =
                        |i: &usize| (0..axis.window()).any(|j| element(*i, j).is_some_and(|e| (a..b).contains(&e)));
                    let first = (0..axis.count()).find(reads);
                    let last = (0..axis.count()).rev().find(reads);
                    let expected = first.zip(last).map_or(0..0, |(f, l)| f..l + 1);
                    assert_eq!(axis.readers_of(a..b), expected, "elements {a}..{b} of {axis:?}");
                }
            }
        });
        assert!(seen > 10_000, "{seen}");
    }

    #[test]
    fn a_part_holds_what_its_windows_read() {
        each_axis(|axis| {
            for from in 0..axis.count() {
                for to in from + 1..=axis.count() {
                    let read = axis.read_by(from..to);
                    let part = axis.part(from..to, read.clone());
                    for i in from..to {
                        for j in 0..axis.window() {
                            let expected = match axis.cell(i, j) {
                                Cell::Element(e) => Cell::Element(e - read.start),
                                empty => empty,
                            };
                            assert_eq!(
                                part.cell(i - from, j),
                                expected,
                                "cell {j} of window {i} of {from}..{to}: {axis:?}"
                            );
                        }
                        assert_eq!(part.held(i - from..i - from + 1, false), axis.held(i..i + 1, false), "{part:?}");
                        assert_eq!(part.held(i - from..i - from + 1, true), axis.held(i..i + 1, true), "{part:?}");
                    }
                    if part.irregular().is_none() {
                        let step = part.even_step().unwrap();
                        assert!((0..part.count()).all(|i| part.start_of(i) == part.start_of(0) + (i * step) as isize));
                    }
                    let inside = part.interior();
                    let whole = axis.interior();
                    assert_eq!(
                        inside.len(),
                        whole.end.min(to).saturating_sub(whole.start.max(from)),
                        "{part:?} of {axis:?}"
                    );
                }
            }
        });
    }
}
