//! Which cells of the windows along one axis fold into a range of its elements: gather's pieces, seen from the other end.
//!
//! Everything between the ends of the data is arithmetic, whatever step and dilations are; only cells that a pad mode
//! sends back into the data, and the winners of [`Merge::first`](super::Merge::first) and `last`, are kept as lists.
//!
//! Shares come in the order of the windows, so that sums are added in that order however the work is cut.

use crate::spec::{AxisPlan, Cell, PadMode, Tail};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// The indices `start`, `start + step`, ... of one axis of the patches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Steps {
    pub(super) start: usize,
    pub(super) step: isize,
    pub(super) count: usize,
}

/// Windows by taps that fold into `to + window * per_window + tap * per_tap`, counted from the start of the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) windows: Steps,
    pub(super) taps: Steps,
    pub(super) to: usize,
    pub(super) per_window: isize,
    pub(super) per_tap: isize,
}

impl Share {
    /// Whether windows of it meet, so that their order is that of additions.
    pub(super) fn windows_meet(&self) -> bool {
        self.per_window == 0
            || (self.taps.count > 1 && self.per_tap * (self.taps.count as isize - 1) >= self.per_window)
    }

    /// The shares of its windows, one each.
    pub(super) fn each_window(self) -> impl Iterator<Item = Share> {
        (0..self.windows.count).map(move |i| {
            let i = i as isize;
            let start = (self.windows.start as isize + i * self.windows.step) as usize;
            let to = (self.to as isize + i * self.per_window) as usize;
            Share { windows: Steps { start, step: 1, count: 1 }, to, per_window: 0, ..self }
        })
    }

    /// The shares of its taps, one each if they fold into one element, else all together.
    pub(super) fn each_meeting_tap(self) -> impl Iterator<Item = Share> {
        let one = move |j: usize| {
            let start = (self.taps.start as isize + j as isize * self.taps.step) as usize;
            Share { taps: Steps { start, step: 1, count: 1 }, ..self }
        };
        let meet = self.taps.count > 1 && self.per_tap == 0;
        (0..if meet { self.taps.count } else { 1 }).map(move |j| if meet { one(j) } else { self })
    }

    /// Whether several of its cells fold into one element.
    pub(super) fn repeats(&self) -> bool {
        (self.windows.count > 1 && self.windows_meet()) || (self.taps.count > 1 && self.per_tap == 0)
    }
}

/// Cells that fold into the elements `first`, `first + per`, ...: one window or one tap.
#[derive(Clone, Copy, Debug)]
struct Track {
    windows: Steps,
    taps: Steps,
    first: usize,
    per: isize,
}

/// Which of the cells over an element fold into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    All,
    First,
    Last,
    /// The one nearest to the middle of its window.
    Middle,
}

/// Dilation and base dilation, 1 where there is nothing to draw apart: a lone number may be as large as it likes.
#[derive(Clone, Copy)]
struct Numbers {
    dilation: usize,
    base: usize,
}

/// One unfolded axis as fold sees it.
pub(super) struct Along {
    axis: AxisPlan,
    numbers: Numbers,
    /// How many windows from the first on start at even distances, and that distance; none if lists say everything.
    even: (usize, usize),
    /// Windows behind the even ones.
    uneven: Range<usize>,
    /// Cells that arithmetic does not reach.
    runs: Vec<Track>,
    /// Whether shares run along the windows, one tap each, or along the taps.
    by_tap: bool,
}

impl Along {
    pub(super) fn new(axis: &AxisPlan, which: Which, by_tap: bool) -> Self {
        let count = axis.count();
        let (even, step) = match (axis.even_step(), axis.tail()) {
            (Some(_), _) if count < 2 => (count, 1),
            (Some(step), _) => (count, step),
            (None, Tail::ShiftBack) => (count - 1, axis.step()),
            (None, _) => (0, 1),
        };
        let (even, uneven, runs) = match which {
            Which::All => ((even, step), even..count, returned(axis)),
            _ => ((0, 1), 0..0, winners(axis, which)),
        };
        let numbers = Numbers {
            dilation: if axis.window() > 1 { axis.dilation() } else { 1 },
            base: if axis.len() > 1 { axis.base_dilation() } else { 1 },
        };
        Along { axis: *axis, numbers, even, uneven, runs, by_tap }
    }

    /// Whether cells of several windows may fold into one element.
    pub(super) fn meets(&self) -> bool {
        let even = self.uneven.is_empty() && self.runs.is_empty();
        !even || (self.even.0 > 1 && self.even.1 < self.axis.span())
    }

    /// The cells that fold into the elements of `range`, each once.
    pub(super) fn shares(&self, range: Range<usize>) -> Vec<Share> {
        let mut out = Vec::new();
        if range.is_empty() {
            return out;
        }
        let line = self.axis.line();
        let Numbers { dilation, base } = self.numbers;
        let low = ((range.start * base) as isize).max(line.start);
        let high = (((range.end - 1) * base) as isize + 1).min(line.end);
        let reach = Reach { axis: &self.axis, dilation, base, low, high, from: range.start };
        if low < high {
            match self.by_tap {
                true => self.along_windows(&reach, &mut out),
                false => self.along_taps(&reach, &mut out),
            }
            for i in reach.touching(self.uneven.clone()) {
                out.extend(reach.window(i));
            }
        }
        out.extend(self.runs.iter().filter_map(|run| run.clip(&range)));
        out
    }

    /// One share a tap. The last tap first: where windows overlap, that is the order of the windows.
    fn along_windows(&self, reach: &Reach<'_>, out: &mut Vec<Share>) {
        let (count, step) = self.even;
        if count > 0 {
            out.extend((0..self.axis.window()).rev().filter_map(|j| reach.tap(j, count, step)));
        }
    }

    /// One share for all windows that lie wholly inside, one for each that is cut.
    fn along_taps(&self, reach: &Reach<'_>, out: &mut Vec<Share>) {
        let (count, step) = self.even;
        let touching = reach.touching(0..count);
        let mut whole = touching.end..touching.end;
        if step.is_multiple_of(reach.base) && count > 0 {
            let reaches = |position: isize| {
                let windows = up(position - self.axis.start_of(0), step);
                (windows.max(0) as usize).clamp(touching.start, touching.end)
            };
            let end = reaches(reach.high - (self.axis.span() as isize - 1));
            whole = reaches(reach.low).min(end)..end;
        }
        out.extend((touching.start..whole.start).filter_map(|i| reach.window(i)));
        if let Some(first) = (!whole.is_empty()).then(|| reach.window(whole.start)).flatten() {
            let windows = Steps { start: whole.start, step: 1, count: whole.len() };
            out.push(Share { windows, per_window: (step / reach.base) as isize, ..first });
        }
        out.extend((whole.end..touching.end).filter_map(|i| reach.window(i)));
    }
}

/// A range of elements as positions `low..high` of the line; `from` is its first element.
struct Reach<'p> {
    axis: &'p AxisPlan,
    dilation: usize,
    base: usize,
    low: isize,
    high: isize,
    from: usize,
}

impl Reach<'_> {
    /// Tap `j` of the first `count` windows, `step` apart.
    fn tap(&self, j: usize, count: usize, step: usize) -> Option<Share> {
        let from = self.axis.start_of(0) + (j * self.dilation) as isize;
        let (windows, first) = self.hits(from, step, count)?;
        let per_window = match windows.count {
            1 => 0,
            _ => windows.step * step as isize / self.base as isize,
        };
        let one = Steps { start: j, step: 1, count: 1 };
        Some(Share { windows, taps: one, to: first, per_window, per_tap: 0 })
    }

    /// The taps of window `i`.
    fn window(&self, i: usize) -> Option<Share> {
        let (taps, first) = self.hits(self.axis.start_of(i), self.dilation, self.axis.window())?;
        let per_tap = match taps.count {
            1 => 0,
            _ => taps.step * self.dilation as isize / self.base as isize,
        };
        let one = Steps { start: i, step: 1, count: 1 };
        Some(Share { windows: one, taps, to: first, per_window: 0, per_tap })
    }

    /// Which `t < count` put `from + t * step` on an element in reach, and the first such element.
    fn hits(&self, from: isize, step: usize, count: usize) -> Option<(Steps, usize)> {
        let clamp = |t: isize| (t.max(0) as usize).min(count);
        let mut start = clamp(up(self.low - from, step));
        let end = clamp(up(self.high - from, step));
        let mut period = 1;
        if self.base > 1 && start < end {
            let (skip, every) = first_multiple(from + (start * step) as isize, step, self.base)?;
            start = start.saturating_add(skip);
            period = every;
        }
        if start >= end {
            return None;
        }
        let position = from + (start * step) as isize;
        let steps = Steps { start, step: period as isize, count: (end - start).div_ceil(period) };
        Some((steps, position as usize / self.base - self.from))
    }

    /// Those of some windows whose extent meets the reach; starts never decrease.
    fn touching(&self, windows: Range<usize>) -> Range<usize> {
        let first = partition(windows.clone(), |i| self.axis.start_of(i) + self.axis.span() as isize <= self.low);
        let end = partition(first..windows.end, |i| self.axis.start_of(i) < self.high);
        first..end
    }
}

impl Track {
    /// The part of the run that folds into `range`.
    fn clip(&self, range: &Range<usize>) -> Option<Share> {
        let count = self.windows.count.max(self.taps.count);
        let (low, high) = (range.start as isize - self.first as isize, range.end as isize - self.first as isize);
        let bounds = match self.per {
            0 if low <= 0 && high > 0 => (0, count as isize),
            0 => return None,
            per if per > 0 => (up(low, per as usize), up(high, per as usize)),
            per => (up(1 - high, per.unsigned_abs()), up(1 - low, per.unsigned_abs())),
        };
        let start = bounds.0.clamp(0, count as isize);
        let end = bounds.1.clamp(0, count as isize);
        if start >= end {
            return None;
        }
        let cut = |s: Steps| match s.count {
            1 => s,
            _ => Steps { start: (s.start as isize + start * s.step) as usize, count: (end - start) as usize, ..s },
        };
        let (windows, taps) = (cut(self.windows), cut(self.taps));
        let to = (self.first as isize + start * self.per) as usize - range.start;
        let per_window = if windows.count > 1 { self.per } else { 0 };
        let per_tap = if taps.count > 1 { self.per } else { 0 };
        Some(Share { windows, taps, to, per_window, per_tap })
    }
}

/// The cells that a pad mode reads from the data: those of border windows outside the line.
fn returned(axis: &AxisPlan) -> Vec<Track> {
    let mut runs = Runs::default();
    if axis.pad_mode() == PadMode::Empty {
        return runs.done;
    }
    let (inside, line) = (axis.interior(), axis.line());
    for i in (0..inside.start).chain(inside.end..axis.count()) {
        let start = axis.start_of(i);
        for j in 0..axis.window() {
            let position = start + (j * axis.dilation()) as isize;
            if let (false, Cell::Element(e)) = (line.contains(&position), axis.at(position)) {
                runs.push(i, j, e);
            }
        }
    }
    runs.done
}

/// The one cell over each element that comes first or last in the order of windows, then taps, or first of those nearest to the
/// middle of their windows (along every axis alone, which makes it the nearest in all).
fn winners(axis: &AxisPlan, which: Which) -> Vec<Track> {
    let mut cells: Vec<Option<(usize, usize)>> = vec![None; axis.len()];
    let off = |j: usize| (2 * j + 1).abs_diff(axis.window());
    for i in 0..axis.count() {
        for j in 0..axis.window() {
            if let Cell::Element(e) = axis.cell(i, j)
                && cells[e].is_none_or(|(_, best)| match which {
                    Which::Last => true,
                    Which::Middle => off(j) < off(best),
                    _ => false,
                })
            {
                cells[e] = Some((i, j));
            }
        }
    }
    let mut runs = Runs::default();
    for (e, cell) in cells.iter().enumerate() {
        if let Some((i, j)) = *cell {
            runs.push(i, j, e);
        }
    }
    runs.done
}

/// Joins cells into runs while window or tap stays and the rest moves evenly.
#[derive(Default)]
struct Runs {
    done: Vec<Track>,
}

impl Runs {
    fn push(&mut self, i: usize, j: usize, e: usize) {
        let apart = |a: usize, b: usize| a as isize - b as isize;
        if let Some(run) = self.done.last_mut() {
            let n = run.windows.count.max(run.taps.count);
            let moved = (apart(i, run.windows.start), apart(j, run.taps.start), apart(e, run.first));
            if n == 1 && (moved.0 == 0) != (moved.1 == 0) {
                run.per = moved.2;
                let steps = if moved.0 != 0 { &mut run.windows } else { &mut run.taps };
                *steps = Steps { step: moved.0 + moved.1, count: 2, ..*steps };
                return;
            }
            let next = |s: &Steps| if s.count > 1 { s.step * n as isize } else { 0 };
            if n > 1 && moved == (next(&run.windows), next(&run.taps), run.per * n as isize) {
                let steps = if run.windows.count > 1 { &mut run.windows } else { &mut run.taps };
                steps.count += 1;
                return;
            }
        }
        let one = |start| Steps { start, step: 1, count: 1 };
        self.done.push(Track { windows: one(i), taps: one(j), first: e, per: 0 });
    }
}

/// `a / b`, rounded up.
fn up(a: isize, b: usize) -> isize {
    -(-a).div_euclid(b as isize)
}

/// The first index of a range for which `before` does not hold; it holds for none behind one where it does not.
fn partition(range: Range<usize>, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (range.start, range.end.max(range.start));
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// The smallest `t` for which `from + t * step` is a multiple of `base`, and how far apart such `t` are.
fn first_multiple(from: isize, step: usize, base: usize) -> Option<(usize, usize)> {
    let wide = |x: usize| x as i128;
    let missing = wide((-from).rem_euclid(base as isize) as usize);
    // Extended Euclid: `common = x * step` modulo `base`.
    let (mut common, mut rest) = (wide(step), wide(base));
    let (mut x, mut next) = (1i128, 0i128);
    while rest != 0 {
        let q = common / rest;
        (common, rest) = (rest, common - q * rest);
        (x, next) = (next, x - q * next);
    }
    if missing % common != 0 {
        return None;
    }
    let period = wide(base) / common;
    let t = (missing / common % period) * x.rem_euclid(period) % period;
    Some((t as usize, period as usize))
}
