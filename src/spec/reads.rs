//! Which elements each window of an axis reads, at a cost that follows elements and windows, never cells.
//!
//! Seen from one window the elements come in even steps, so all that any window reads is a stretch of a few *lists*: the
//! elements whose positions leave the same rest when divided by the dilation. Under a pad mode that repeats the axis the
//! lists are circles, and a window may go round many times.
//!
//! ```text
//! 3 elements, window 9, dilation 2, pad (8, 8) of Wrap      lists (0 2 1), a circle
//! . . . . . . . . a b c . . . . . . . .
//! b . a . c . b . a . c . b . a . c         window 0: from place 2 on, 2 1 times round and 3 more
//! ```

use super::axis::{AxisPlan, Cell};
use super::{PadMode, gcd};
use alloc::vec::Vec;
use core::ops::Range;

/// Some of a window's cells, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// So many cells of padding without an element.
    Pad(usize),
    /// The same element so many times.
    Same(usize, usize),
    /// The elements at these places; see [`Reads::element`].
    Once(Range<usize>),
    /// The elements at these places, over and over.
    Round(Range<usize>, usize),
}

/// The elements of an axis in the order in which windows meet them, one list behind the other.
pub(crate) struct Reads {
    axis: AxisPlan,
    lists: Lists,
}

enum Lists {
    /// The positions from `low` on, every one an element: a list for each rest.
    Dense { low: usize, len: usize, dilation: usize },
    /// Which list, and where on it: elements of a list are in the order of their places.
    Sorted { keys: Vec<(usize, usize)>, elements: Vec<usize>, circle: Option<Circle> },
}

/// An axis that repeats itself every `period` positions.
struct Circle {
    period: usize,
    /// How many lists there are, and how many cells it takes to be back on one.
    lists: usize,
    cells: usize,
    /// What a list's position is multiplied with to have its place.
    inverse: u128,
}

impl Reads {
    /// Time and memory in proportion to the axis (times a logarithm); none where every position is an element, once.
    pub(crate) fn new(axis: &AxisPlan) -> Reads {
        let line = axis.line();
        let (low, high) = (line.start as usize, line.end.max(line.start) as usize);
        let circle = Circle::new(axis, axis.whole_line().len());
        let lists = match circle {
            None if axis.base_dilation() == 1 => Lists::Dense { low, len: high - low, dilation: axis.dilation() },
            circle => sorted(axis, low..high, circle),
        };
        Reads { axis: *axis, lists }
    }

    /// Whether nothing is kept for each element.
    pub(crate) fn is_formula(axis: &AxisPlan) -> bool {
        axis.base_dilation() == 1 && !axis.pad_mode().repeats()
    }

    /// How many places there are.
    pub(crate) fn len(&self) -> usize {
        match &self.lists {
            Lists::Dense { len, .. } => *len,
            Lists::Sorted { elements, .. } => elements.len(),
        }
    }

    /// The element at a place.
    pub(crate) fn element(&self, place: usize) -> usize {
        match &self.lists {
            Lists::Dense { low, len, dilation } => {
                // As many lists as there are rests have one element more than the others.
                let (short, longer) = (len / dilation, len % dilation);
                let (list, at) = match place.checked_sub(longer * (short + 1)) {
                    None => (place / (short + 1), place % (short + 1)),
                    Some(behind) => (longer + behind / short, behind % short),
                };
                low + list + at * dilation
            }
            Lists::Sorted { elements, .. } => elements[place],
        }
    }

    /// The circle, if the axis repeats itself.
    fn circle(&self) -> Option<&Circle> {
        match &self.lists {
            Lists::Dense { .. } => None,
            Lists::Sorted { circle, .. } => circle.as_ref(),
        }
    }

    /// After how many positions the axis repeats itself, if it does.
    pub(crate) fn period(&self) -> Option<usize> {
        self.circle().map(|c| c.period)
    }

    /// What window `i` reads, in order.
    pub(crate) fn segments(&self, i: usize, mut f: impl FnMut(Segment)) {
        let axis = &self.axis;
        let start = axis.start_of(i);
        // How many cells lie before a position.
        let before = |p: isize| (p.saturating_sub(start).max(0) as usize).div_ceil(axis.dilation()).min(axis.window());
        let cells = before(axis.end());
        if self.circle().is_some() {
            return self.segments_from(start, cells, f);
        }
        let (line, whole) = (axis.line(), axis.whole_line());
        if whole.is_empty() {
            return pad(cells, Cell::Pad, f);
        }
        pad(before(whole.start).min(cells), axis.at(whole.start - 1), &mut f);
        let (front, inside) = (before(line.start).min(cells), before(line.end).min(cells));
        if front < inside {
            let list = (start - line.start).rem_euclid(axis.dilation() as isize) as usize;
            let from = (start + (front * axis.dilation()) as isize - line.start) as usize / axis.dilation();
            once(self.places(list, from..from + inside - front), &mut f);
        }
        pad(cells - before(whole.end).min(cells), axis.at(whole.end), f);
    }

    /// What so many cells from a position on read, on an axis that repeats itself.
    pub(crate) fn segments_from(&self, start: isize, cells: usize, mut f: impl FnMut(Segment)) {
        let Some(circle) = self.circle().filter(|_| cells > 0) else { return };
        let from = (start - self.axis.whole_line().start).rem_euclid(circle.period as isize) as usize;
        let (list, place) = circle.key(from);
        let first = cells.min(circle.cells - place);
        once(self.places(list, place..place + first), &mut f);
        let (times, rest) = ((cells - first) / circle.cells, (cells - first) % circle.cells);
        let whole = self.places(list, 0..circle.cells);
        if times > 0 && !whole.is_empty() {
            f(Segment::Round(whole, times));
        }
        once(self.places(list, 0..rest), &mut f);
    }

    /// The places of the elements that stand at some places of one list.
    fn places(&self, list: usize, range: Range<usize>) -> Range<usize> {
        match &self.lists {
            Lists::Dense { len, dilation, .. } => {
                let first = list * (len / dilation) + list.min(len % dilation);
                first + range.start..first + range.end
            }
            Lists::Sorted { keys, .. } => {
                let at = |place: usize| keys.partition_point(|&k| k < (list, place));
                at(range.start)..at(range.end)
            }
        }
    }

    /// How many cells of window `i` count; those of empty padding if it is filled.
    pub(crate) fn held(&self, i: usize, filled: bool) -> usize {
        let mut held = 0usize;
        self.segments(i, |segment| {
            held = held.saturating_add(match segment {
                Segment::Pad(n) => n * filled as usize,
                Segment::Same(_, n) => n,
                Segment::Once(range) => range.len(),
                Segment::Round(range, n) => range.len().saturating_mul(n),
            });
        });
        held
    }
}

impl AxisPlan {
    /// How many cells of each of some windows count; those of empty padding if it is filled.
    pub(crate) fn held(&self, windows: Range<usize>, filled: bool) -> Vec<usize> {
        if self.base_dilation() != 1 {
            let reads = (!windows.is_empty()).then(|| Reads::new(self));
            return reads.map_or_else(Vec::new, |reads| windows.map(|i| reads.held(i, filled)).collect());
        }
        // Without holes they are those on one stretch of the line.
        let (line, everywhere) = (self.line(), filled || self.pad_mode() != PadMode::Empty);
        let (low, high) = if everywhere { (isize::MIN, self.end()) } else { (line.start, line.end) };
        windows
            .map(|i| {
                let start = self.start_of(i);
                let cells = |p: isize| (p.saturating_sub(start).max(0) as usize).div_ceil(self.dilation());
                cells(high).min(self.window()).saturating_sub(cells(low))
            })
            .collect()
    }
}

/// Where a circle of `period` positions meets again what stands `there`: on the way back, but for the ends where the mirror is.
pub(super) fn back(mode: PadMode, period: usize, there: usize) -> Option<usize> {
    match mode {
        PadMode::Symmetric => Some(period - 1 - there),
        PadMode::Reflect => Some(period - there).filter(|&b| b < period && b != there),
        _ => None,
    }
}

/// The lists of an axis with holes, or one that repeats itself.
fn sorted(axis: &AxisPlan, line: Range<usize>, circle: Option<Circle>) -> Lists {
    let (base, dilation, whole) = (axis.base_dilation(), axis.dilation(), axis.whole_line().start);
    let mut all: Vec<((usize, usize), usize)> = Vec::new();
    for e in line.start.div_ceil(base)..line.end.div_ceil(base) {
        // Without a circle from the first position here, with one from where it begins.
        let there = e * base - line.start;
        let Some(circle) = &circle else {
            all.push(((there % dilation, there / dilation), e));
            continue;
        };
        let there = ((e * base) as isize - whole) as usize;
        let back = back(axis.pad_mode(), circle.period, there);
        all.push((circle.key(there), e));
        all.extend(back.map(|b| (circle.key(b), e)));
    }
    all.sort_unstable();
    let (keys, elements) = all.into_iter().unzip();
    Lists::Sorted { keys, elements, circle }
}

fn once(range: Range<usize>, mut f: impl FnMut(Segment)) {
    if !range.is_empty() {
        f(Segment::Once(range));
    }
}

fn pad(cells: usize, cell: Cell, mut f: impl FnMut(Segment)) {
    match cell {
        _ if cells == 0 => {}
        Cell::Pad => f(Segment::Pad(cells)),
        Cell::Element(e) => f(Segment::Same(e, cells)),
        Cell::Gap => {}
    }
}

impl Circle {
    fn new(axis: &AxisPlan, len: usize) -> Option<Circle> {
        let period = if len == 0 { None } else { axis.pad_mode().period(len) }?;
        let lists = gcd(period, axis.dilation());
        let cells = period / lists;
        let inverse = inverse((axis.dilation() / lists % cells) as i128, cells as i128);
        Some(Circle { period, lists, cells, inverse })
    }

    /// List and place of a position of the circle: `place` cells behind the list's first position.
    fn key(&self, position: usize) -> (usize, usize) {
        let whole = (position / self.lists) as u128;
        (position % self.lists, (whole * self.inverse % self.cells as u128) as usize)
    }
}

/// What times `a` leaves 1 when divided by `m`; both have no common divisor. By Euclid's extended algorithm.
pub(super) fn inverse(a: i128, m: i128) -> u128 {
    let (mut r, mut s) = ((a, m), (1, 0));
    while r.1 != 0 {
        let q = r.0 / r.1;
        r = (r.1, r.0 - q * r.1);
        s = (s.1, s.0 - q * s.1);
    }
    s.0.rem_euclid(m) as u128
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Tail, unfold};
    use alloc::vec;

    /// The segments, cell by cell: an element, or nothing in filled padding.
    fn spelled(reads: &Reads, i: usize) -> Vec<Option<usize>> {
        let mut cells = Vec::new();
        reads.segments(i, |segment| match segment {
            Segment::Pad(n) => cells.extend(vec![None; n]),
            Segment::Same(e, n) => cells.extend(vec![Some(e); n]),
            Segment::Once(range) => cells.extend(range.map(|p| Some(reads.element(p)))),
            Segment::Round(range, n) => {
                (0..n).for_each(|_| cells.extend(range.clone().map(|p| Some(reads.element(p)))))
            }
        });
        cells
    }

    #[test]
    fn segments_are_the_cells_one_by_one() {
        let modes = [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];
        let tails = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];
        let mut seen = 0;
        for number in 0..5 * 4 * 5 * 8 * 4 * 5 * 4 * 6 {
            let mut rest = number;
            let mut next = |n: usize| {
                let digit = rest % n;
                rest /= n;
                digit
            };
            let (mode, tail) = (modes[next(5)], tails[next(4)]);
            let (len, window, dilation, step, base) =
                (next(5), next(8) + 1, next(4) + 1, next(5) + 1, [1, 2, 3, 17][next(4)]);
            let before = [-1isize, 0, 1, 3, 9, 20][next(6)];
            let request = unfold(0, window, step).dilation(dilation).base_dilation(base);
            let request = request.pad([(before, 7 - before.abs())]).pad_mode(mode).tail(tail);
            let Ok(plan) = request.plan([len]) else { continue };
            let (axis, reads) = (&plan.axes()[0], Reads::new(&plan.axes()[0]));
            let mut read = vec![0; len];
            // Of all windows at once and from the middle on: a plan is sorted once for each such question.
            let (count, half) = (axis.count(), axis.count() / 2);
            let held = [true, false].map(|filled| axis.held(0..count, filled));
            for i in 0..count {
                let cells = (0..window).filter_map(|j| match axis.cell(i, j) {
                    Cell::Element(e) => Some(Some(e)),
                    Cell::Pad => Some(None),
                    Cell::Gap => None,
                });
                let cells: Vec<_> = cells.collect();
                cells.iter().flatten().for_each(|&e| read[e] += 1);
                assert_eq!(spelled(&reads, i), cells, "window {i} of {axis:?}");
                let want = [cells.len(), cells.iter().flatten().count()];
                assert_eq!([true, false].map(|filled| reads.held(i, filled)), want);
                assert_eq!([held[0][i], held[1][i]], want, "{axis:?}");
                seen += 1;
            }
            assert_eq!(axis.held(half..count, false), held[1][half..], "{axis:?}");
            assert_eq!(axis.coverage(), read, "{axis:?}");
            assert_eq!(axis.remainder(), read.iter().filter(|&&n| n == 0).count(), "{axis:?}");
            assert_eq!(axis.is_overlapping(), read.iter().any(|&n| n > 1), "{axis:?}");
        }
        assert!(seen > 100_000, "{seen}");
    }
}
