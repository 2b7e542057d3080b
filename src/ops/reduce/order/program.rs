//! Which steps make the elements of some ranks of every window of a tile.
//!
//! A window is put together from lists in order, each of the cells that some windows share: the cells of a row that lie side by side,
//! then rows above one another, axis by axis, two lists at a time. What all windows of a tile share is merged once, what each half of
//! them shares besides is merged into it, and so on to the single windows (after Adams, "Fast Median Filters using Separable Sorting
//! Networks", 2021). Of a list that is a part of a window only those elements are kept that can still be of the rank
//! asked for. Two lists are merged by the cheapest of three ways: a network of the kernel's; for each rank, the smallest of
//! the larger ones of pairs; or those of even and those of odd rank apart, and then one exchange (Batcher 1968).

use crate::kernel::network::{From, Kind, Step, Steps};
use crate::spec::Dims;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// Windows in a tile, and what is asked of each.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// Cells of a window along each axis.
    pub(super) window: Dims,
    /// How many cells apart windows lie.
    pub(super) step: Dims,
    /// How many windows along all axes but the last: powers of two.
    pub(super) tile: Dims,
    pub(super) ranks: Range<usize>,
}

impl Asked {
    fn cells(&self) -> usize {
        self.window.iter().product()
    }

    /// Whether one step of the kernel answers four windows: the most used filter.
    fn is_middle_of_nine(&self) -> bool {
        self.window[..] == [3, 3] && self.step[0] == 1 && self.tile[0].is_multiple_of(4) && self.ranks == (4..5)
    }

    /// The rows a tile reads, along each axis but the last.
    pub(super) fn rows(&self) -> Dims {
        let lens = self.tile.iter().zip(&self.step).zip(&self.window);
        lens.map(|((tile, step), window)| (tile - 1) * step + window).collect()
    }
}

/// Steps that answer the windows of a tile.
pub(super) struct Program {
    pub(super) steps: Steps,
    /// For each window of the tile, row-major, where its elements of the ranks asked for are found.
    pub(super) found: Vec<Vec<From>>,
    /// How many elements of a found row are answers.
    pub(super) valid: usize,
    /// Registers that are moved or computed with, for each register of answers.
    pub(super) cost: usize,
}

/// An element of each place along a row: an input's, or one that a step has written.
#[derive(Clone, Copy, Debug)]
struct At {
    value: usize,
    shift: usize,
}

/// Cells in order, those of the ranks that matter.
struct List {
    cells: usize,
    /// The rank of the first element that is kept.
    from: usize,
    kept: Vec<At>,
}

/// How two lists are merged.
#[derive(Clone, Copy)]
enum Way {
    Network(Kind),
    EachRank,
    Halves,
}

/// Registers a step moves or computes with, at least; and what it takes besides its loop.
fn cost(kind: Kind) -> usize {
    let (reads, writes) = kind.rows();
    if kind == Kind::Medians {
        // 76 minima and maxima, of which it makes two in the time of a store.
        return 38;
    }
    // A machine loads twice what it stores.
    reads.max(2 * writes) + 2
}

/// What a program makes, before its rows have places.
struct Made {
    kind: Kind,
    from: Vec<At>,
    first: usize,
}

struct Builder<'a> {
    asked: &'a Asked,
    rows: Dims,
    made: Vec<Made>,
    /// Up to where each value is one, along a row.
    valid: Vec<usize>,
    lists: BTreeMap<Vec<usize>, Rc<List>>,
    ways: BTreeMap<[usize; 4], (usize, Way)>,
    full: usize,
}

impl Program {
    /// The program for elements of which a row has `row`.
    pub(super) fn new(asked: &Asked, row: usize) -> Program {
        let rows = asked.rows();
        let inputs: usize = rows.iter().product();
        let mut builder = Builder {
            asked,
            rows,
            made: Vec::new(),
            valid: vec![usize::MAX; inputs],
            lists: BTreeMap::new(),
            ways: BTreeMap::new(),
            full: row,
        };
        let windows: usize = asked.tile.iter().product();
        let found: Vec<Vec<At>> = if asked.is_middle_of_nine() {
            (0..windows).step_by(4).flat_map(|first| builder.medians(first)).map(|at| vec![at]).collect()
        } else {
            let window = |number: usize| {
                let place = crate::spec::index_of(number, &asked.tile);
                builder.window(&mut Dims::new(), &place).kept.clone()
            };
            (0..windows).map(window).collect()
        };
        builder.finish(found, inputs)
    }
}

impl Builder<'_> {
    /// Which ranks matter among so many of a window's cells: all others may be smaller, or larger.
    fn matter(&self, cells: usize) -> Range<usize> {
        let Range { start, end } = self.asked.ranks;
        (start + cells).saturating_sub(self.asked.cells())..end.min(cells)
    }

    fn push(&mut self, kind: Kind, from: Vec<At>) -> usize {
        let first = self.valid.len();
        let valid = from.iter().map(|at| self.valid[at.value].saturating_sub(at.shift)).min().unwrap_or(0);
        self.valid.extend((0..kind.rows().1).map(|_| valid.min(self.full)));
        self.made.push(Made { kind, from, first });
        first
    }

    fn values(&mut self, kind: Kind, from: Vec<At>) -> Vec<At> {
        let first = self.push(kind, from);
        (first..first + kind.rows().1).map(|value| At { value, shift: 0 }).collect()
    }

    /// The middle elements of the four windows from one of a tile's rows on.
    fn medians(&mut self, first: usize) -> Vec<At> {
        self.values(Kind::Medians, (first..first + 6).map(|value| At { value, shift: 0 }).collect())
    }

    /// The cells of the window with this place in the tile along the axes behind those that have an index.
    fn window(&mut self, index: &mut Dims, place: &[usize]) -> Rc<List> {
        let axis = index.len();
        match self.asked.step.get(axis) {
            _ if axis == self.rows.len() => {
                let row = index.iter().zip(&self.rows).fold(0, |row, (i, n)| row * n + i);
                self.line(row, self.asked.window[axis])
            }
            Some(1) => self.common(index, place, place[axis], 1),
            _ => self.stack(index, place, place[axis] * self.asked.step[axis], self.asked.window[axis]),
        }
    }

    fn known(&mut self, key: Vec<usize>, make: impl FnOnce(&mut Self) -> List) -> Rc<List> {
        if let Some(list) = self.lists.get(&key) {
            return list.clone();
        }
        let list = Rc::new(make(self));
        self.lists.insert(key, list.clone());
        list
    }

    /// `of` cells of a row side by side.
    fn line(&mut self, row: usize, of: usize) -> Rc<List> {
        self.known(vec![0, row, of], |b| {
            let keep = b.matter(of);
            let sort = [Kind::Sort2, Kind::Sort3, Kind::Sort4, Kind::Sort5].get(of.wrapping_sub(2));
            // An end alone is less work than an order.
            let end = keep.len() == 1 && (keep.start == 0 || keep.end == of);
            match sort {
                _ if of == 1 => List { cells: 1, from: 0, kept: vec![At { value: row, shift: 0 }] },
                Some(&kind) if !end => {
                    let cells = (0..of).map(|shift| At { value: row, shift }).collect();
                    let kept = b.values(kind, cells)[keep.clone()].to_vec();
                    List { cells: of, from: keep.start, kept }
                }
                _ => {
                    let first = of.div_ceil(2);
                    let (a, c) = (b.line(row, first), b.line(row, of - first));
                    b.merge(&a, &c, first)
                }
            }
        })
    }

    /// What `of` windows of a tile from `first` on, a power of two that divides it, have in common along an axis.
    fn common(&mut self, index: &mut Dims, place: &[usize], first: usize, of: usize) -> Rc<List> {
        let axis = index.len();
        let window = self.asked.window[axis];
        if 2 * of > self.asked.tile[axis] || 2 * of > window {
            return self.stack(index, place, first + of - 1, window + 1 - of);
        }
        self.known(key(1, index, place, first, of), |b| {
            let pair = first - first % (2 * of);
            let core = b.common(index, place, pair, 2 * of);
            let own = b.stack(index, place, if first == pair { first + of - 1 } else { pair + window }, of);
            b.merge(&core, &own, 0)
        })
    }

    /// `of` cells along an axis, of each the window along the axes behind it.
    fn stack(&mut self, index: &mut Dims, place: &[usize], first: usize, of: usize) -> Rc<List> {
        if of == 1 {
            index.push(first);
            let one = self.window(index, place);
            index.pop();
            return one;
        }
        self.known(key(2, index, place, first, of), |b| {
            let half = of.next_power_of_two() / 2;
            let (low, high) = (b.stack(index, place, first, half), b.stack(index, place, first + half, of - half));
            b.merge(&low, &high, 0)
        })
    }

    /// Two lists as one; the second one's elements lie `shift` further along the row.
    fn merge(&mut self, a: &List, b: &List, shift: usize) -> List {
        let cells = a.cells + b.cells;
        let keep = self.matter(cells);
        let shifted: Vec<At> = b.kept.iter().map(|at| At { shift: at.shift + shift, ..*at }).collect();
        let below = a.from + b.from;
        let kept = self.merged(&a.kept, &shifted, keep.start - below..keep.end - below);
        List { cells, from: keep.start, kept }
    }

    /// The elements of some ranks among two lists.
    fn merged(&mut self, a: &[At], b: &[At], ranks: Range<usize>) -> Vec<At> {
        let (from_a, from_b, ranks) = needed(a.len(), b.len(), ranks);
        let (a, b) = (&a[from_a], &b[from_b]);
        if a.is_empty() || b.is_empty() {
            return [a, b].concat()[ranks].to_vec();
        }
        match self.way(a.len(), b.len(), ranks.clone()).1 {
            Way::Network(kind) => self.values(kind, [a, b].concat())[ranks].to_vec(),
            Way::EachRank => ranks.map(|rank| self.ranked(a, b, rank)).collect(),
            Way::Halves => {
                let half = |list: &[At], odd: usize| list.iter().skip(odd).step_by(2).copied().collect::<Vec<_>>();
                let (even, odd) = halves(a.len(), b.len(), ranks.clone());
                let (evens, odds) = (
                    self.merged(&half(a, 0), &half(b, 0), even.clone()),
                    self.merged(&half(a, 1), &half(b, 1), odd.clone()),
                );
                let mut out = Vec::with_capacity(ranks.len());
                if ranks.start == 0 {
                    out.push(evens[0]);
                }
                let mut i = (ranks.start.max(1) - 1) / 2;
                while 2 * i + 1 < ranks.end {
                    let high = evens.get(i + 1 - even.start).copied();
                    let low = i.checked_sub(odd.start).and_then(|i| odds.get(i)).copied();
                    match (low, high) {
                        (Some(a), Some(b)) => {
                            let kind = match (2 * i + 1 >= ranks.start, 2 * i + 2 < ranks.end) {
                                (true, true) => Kind::Sort2,
                                (true, false) => Kind::Least,
                                _ => Kind::Most,
                            };
                            out.extend(self.values(kind, vec![a, b]));
                        }
                        (one, other) => out.extend(one.or(other)),
                    }
                    i += 1;
                }
                out
            }
        }
    }

    /// The element of one rank: with `a[i]` and `b[j]` there are `i + j + 1` others at or below the larger one, and the smallest such is it.
    fn ranked(&mut self, a: &[At], b: &[At], rank: usize) -> At {
        let mut singles = [a.get(rank), b.get(rank)].into_iter().flatten().copied();
        let mut pairs: Vec<At> = pairs(a.len(), b.len(), rank).flat_map(|i| [a[i], b[rank - 1 - i]]).collect();
        let mut least = match (singles.next(), singles.next()) {
            (Some(one), Some(other)) => self.values(Kind::Least, vec![one, other])[0],
            (Some(one), None) => one,
            _ => {
                let (high, low) = (pairs.pop(), pairs.pop());
                self.values(Kind::Most, low.into_iter().chain(high).collect())[0]
            }
        };
        while !pairs.is_empty() {
            let (some, kind) = within(pairs.len() / 2);
            let rest = pairs.split_off(2 * some);
            pairs.insert(0, least);
            least = self.values(kind, pairs)[0];
            pairs = rest;
        }
        least
    }

    /// The cheapest way to merge lists of such lengths, and what it takes.
    fn way(&mut self, a: usize, b: usize, ranks: Range<usize>) -> (usize, Way) {
        let key = [a, b, ranks.start, ranks.end];
        if let Some(&known) = self.ways.get(&key) {
            return known;
        }
        let each = |rank: usize| {
            let singles = usize::from(rank < a) + usize::from(rank < b);
            let mut left = pairs(a, b, rank).len() - usize::from(singles == 0);
            let mut sum = if singles == 1 { 0 } else { cost(Kind::Least) };
            while left > 0 {
                let (some, kind) = within(left);
                left -= some;
                sum += cost(kind);
            }
            sum
        };
        let mut best = (ranks.clone().map(each).sum(), Way::EachRank);
        let network = match (a, b) {
            (1, 1) => Some(Kind::Sort2),
            (2, 2) => Some(Kind::Merge2),
            (3, 3) => Some(Kind::Merge3),
            (5, 5) => Some(Kind::Merge5),
            _ => None,
        };
        if let Some(kind) = network.filter(|&kind| cost(kind) < best.0) {
            best = (cost(kind), Way::Network(kind));
        }
        if a.max(b) > 1 {
            let (even, odd) = halves(a, b, ranks.clone());
            let mut part = |a: usize, b: usize, ranks: Range<usize>| {
                let (a, b, ranks) = needed(a, b, ranks);
                if a.is_empty() || b.is_empty() { 0 } else { self.way(a.len(), b.len(), ranks).0 }
            };
            let sum = part(a.div_ceil(2), b.div_ceil(2), even)
                + part(a / 2, b / 2, odd)
                + ranks.len().div_ceil(2) * cost(Kind::Sort2);
            if sum < best.0 {
                best = (sum, Way::Halves);
            }
        }
        self.ways.insert(key, best);
        best
    }

    /// Gives every value a row for as long as it is needed.
    fn finish(self, found: Vec<Vec<At>>, inputs: usize) -> Program {
        let valid = found.iter().flatten().map(|at| self.valid[at.value].min(self.full) - at.shift).min().unwrap_or(0);
        let mut last = vec![0; self.valid.len()];
        let mut shifted = vec![false; self.valid.len()];
        for (number, made) in self.made.iter().enumerate() {
            for at in &made.from {
                last[at.value] = number;
                shifted[at.value] |= at.shift > 0;
            }
        }
        for at in found.iter().flatten() {
            last[at.value] = usize::MAX;
        }
        let mut places = vec![usize::MAX; self.valid.len()];
        let mut rows = Places::default();
        // What is free behind each step.
        let mut ends: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        let mut steps = Steps::default();
        let place = |places: &[usize], at: &At| match at.value < inputs {
            true => From::Input(at.value, at.shift),
            false => From::Row(places[at.value], at.shift),
        };
        let mut sum = 0;
        for (number, made) in self.made.iter().enumerate() {
            let of = made.kind.rows().1;
            let values = made.first..made.first + of;
            // What is read from the middle of a row on runs into the next one, which nothing may write meanwhile.
            let runs_on = shifted[values.clone()].contains(&true);
            let to = rows.take(of + usize::from(runs_on));
            values.clone().zip(to..).for_each(|(value, place)| places[value] = place);
            let first = steps.from.len();
            steps.from.extend(made.from.iter().map(|at| place(&places, at)));
            steps.steps.push(Step { kind: made.kind, from: first, to });
            sum += cost(made.kind);
            if runs_on {
                let end = last[values].iter().copied().max().unwrap_or(0);
                ends.entry(end.max(number)).or_default().push(to..to + of + 1);
            } else {
                values.zip(to..).for_each(|(value, place)| {
                    ends.entry(last[value].max(number)).or_default().push(place..place + 1);
                });
            }
            if let Some(free) = ends.remove(&number) {
                free.into_iter().for_each(|free| rows.give(free));
            }
        }
        steps.rows = rows.taken.len() + 1;
        let windows = found.len() * valid / self.asked.step.last().copied().unwrap_or(1);
        let cost = (sum * self.full).div_ceil(windows.max(1));
        let found = found.iter().map(|list| list.iter().map(|at| place(&places, at)).collect()).collect();
        Program { steps, found, valid, cost }
    }
}

/// What is remembered of cells along the axis behind an index.
fn key(what: usize, index: &[usize], place: &[usize], first: usize, of: usize) -> Vec<usize> {
    let axis = index.len();
    [&[what, axis][..], index, &[first, of], &place[axis + 1..]].concat()
}

/// The elements of two lists that can have some ranks among both, and those ranks among them.
fn needed(a: usize, b: usize, ranks: Range<usize>) -> (Range<usize>, Range<usize>, Range<usize>) {
    let (a, b) = (a.min(ranks.end), b.min(ranks.end));
    let below = (ranks.start.saturating_sub(b), ranks.start.saturating_sub(a));
    let gone = below.0 + below.1;
    (below.0..a, below.1..b, ranks.start - gone..ranks.end - gone)
}

/// Which ranks among the elements of even places, and among those of odd ones, make some ranks among all.
fn halves(a: usize, b: usize, ranks: Range<usize>) -> (Range<usize>, Range<usize>) {
    let (evens, odds) = (a.div_ceil(2) + b.div_ceil(2), a / 2 + b / 2);
    let from = (ranks.start.max(1) - 1) / 2;
    // The last pair, that of places `2 i + 1` and `2 i + 2`, and one behind.
    let to = ranks.end / 2;
    let even = if ranks.start == 0 { 0 } else { from + 1 };
    (even.min(evens)..(to + 1).min(evens), from.min(odds)..to.min(odds))
}

/// Which elements of the first list make pairs for a rank, each with that of the second one which makes their number the rank.
fn pairs(a: usize, b: usize, rank: usize) -> Range<usize> {
    rank.saturating_sub(b)..a.min(rank)
}

/// How many pairs one step takes, of so many.
fn within(pairs: usize) -> (usize, Kind) {
    match pairs {
        5.. => (5, Kind::Within5),
        3.. => (3, Kind::Within3),
        _ => (1, Kind::Within1),
    }
}

/// Which rows are taken.
#[derive(Default)]
struct Places {
    taken: Vec<bool>,
}

impl Places {
    /// Takes the first rows side by side that are free.
    fn take(&mut self, of: usize) -> usize {
        let mut free = 0;
        let mut at = 0;
        while free < of {
            free = if self.taken.get(at) == Some(&true) { 0 } else { free + 1 };
            at += 1;
        }
        if self.taken.len() < at {
            self.taken.resize(at, false);
        }
        self.taken[at - of..at].fill(true);
        at - of
    }

    fn give(&mut self, rows: Range<usize>) {
        self.taken[rows].fill(false);
    }
}
