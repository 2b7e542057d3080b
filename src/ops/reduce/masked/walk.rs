//! One thread's share of a reduction under a mask: rows are read once, made into the nodes of the cut, and kept as long as a window
//! needs them.

use super::super::job::{Job, Unit};
use super::super::line::{Line, Run};
use super::super::reading::{Reader, Source};
use super::super::rows::{At, CellCount, Rows, Scatter, Slot, Slots, Strided};
use super::cut::{Cut, Node, Pair};
use super::held::MaskHeld;
use super::spots::{Spots, most};
use crate::kernel::caches::{MASKED, MASKED_ROW};
use crate::kernel::rows::TAPS;
use crate::spec::{Cell, Dims, advance, gcd, index_of, unravel};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// What is reduced under a mask, in numbers.
pub(super) struct Under {
    pub(super) job: Job,
    pub(super) cut: Cut,
    /// Unless results are lowered without counts.
    pub(super) held: Option<MaskHeld>,
}

pub(super) struct Walk<'p> {
    under: &'p Under,
    reader: Reader<'p>,
    /// The index of the row being read, on the axes before it, and the places of its elements among the cells of windows.
    index: Dims,
    places: Dims,
    /// A row or ring of rows for each node, and two for what is combined of taps.
    nodes: Vec<Rings>,
    parts: [Slot; 2],
    /// Which counts the machine has: the place in the table, and the windows.
    counted: Option<(usize, Run, usize)>,
    /// How far apart two nodes' cells lie on the last axis, in spots.
    apart: usize,
}

/// Where a node's rows are.
#[derive(Clone, Copy)]
struct Rings {
    slot: Slot,
    /// Whether rows are kept until later windows need them.
    kept: bool,
    len: usize,
    pitch: usize,
}

/// A part of the result: windows of every axis, and a range of the elements behind the last one.
struct Tile<'t> {
    /// Of all axes but the last.
    spots: &'t [Spots],
    runs: &'t [Run],
    last: Run,
    inner: Range<usize>,
    /// How many rows are kept along the first axis.
    keep: usize,
}

impl Tile<'_> {
    /// The number of a row among those kept.
    fn row(&self, at: impl Iterator<Item = usize>) -> usize {
        let mut number = 0;
        for (k, (at, spots)) in at.zip(self.spots).enumerate() {
            number = if k == 0 { at % self.keep } else { number * spots.len + at };
        }
        number
    }
}

impl<'p> Walk<'p> {
    pub(super) fn new(under: &'p Under) -> Self {
        let job = &under.job;
        let (line, axis) = (&job.lines[job.lines.len() - 1], job.lines[job.lines.len() - 1].axis.axis());
        let above = job.lines[..job.lines.len() - 1].last().map_or(0, |l| job.strides[l.axis.axis()]);
        let mut slots = Slots(0);
        let reader = Reader::new(&mut slots, line, job.inner, job.filled, above);
        let nodes = &under.cut.nodes;
        let mut rings: Vec<Rings> =
            nodes.iter().map(|_| Rings { slot: slots.next(), kept: false, len: 0, pitch: 0 }).collect();
        let last = nodes[0].size.len() - 1;
        under.cut.taps.iter().for_each(|tap| rings[tap.node].kept = true);
        for pair in nodes.iter().filter_map(|n| n.parts).filter(|pair| pair.axis < last) {
            (rings[pair.left].kept, rings[pair.right].kept) = (true, true);
        }
        let index = Dims::from_elem(0, axis + 1);
        let parts = [slots.next(), slots.next()];
        Walk { under, reader, places: index.clone(), index, nodes: rings, parts, counted: None, apart: 1 }
    }

    fn last(&self) -> &'p Line {
        &self.under.job.lines[self.under.job.lines.len() - 1]
    }

    /// Computes one contiguous part of the result, which begins at place 0 of `rows`.
    pub(super) fn unit(&mut self, rows: &mut dyn Rows, unit: &Unit) {
        let job = &self.under.job;
        let first = job.lines[0].axis.axis();
        let mut at = 0;
        for lead in unit.leads.clone() {
            unravel(lead, 0..first, &job.shape, &mut self.index);
            for run in &unit.runs {
                self.run(rows, run, at);
                at += run.count * job.behind();
            }
        }
    }

    /// Windows `run` of the first axis, in tiles.
    fn run(&mut self, rows: &mut dyn Rows, run: &Run, at: usize) {
        let job = &self.under.job;
        let n = job.lines.len();
        // Runs of each axis: of the first one those asked for.
        let (sizes, inner) = self.sizes(run);
        let cut = |k: usize| -> Vec<Run> {
            let line = &job.lines[k];
            let all = if k == 0 { core::slice::from_ref(run) } else { &line.runs[..] };
            let parts = |r: &Run| {
                let most = most(r.count, r.step, line.axis.window(), line.axis.dilation()).min(sizes[k]);
                r.parts(most).collect::<Vec<_>>()
            };
            all.iter().flat_map(parts).collect()
        };
        let runs: Vec<Vec<Run>> = (0..n).map(cut).collect();
        let counts: Dims = runs.iter().map(Vec::len).collect();
        for number in 0..counts.iter().product() {
            let mut these: Vec<Run> = index_of(number, &counts).iter().zip(&runs).map(|(&k, runs)| runs[k]).collect();
            let Some(last) = these.pop() else { return };
            let spots = |(run, line): (&Run, &Line)| Spots::new(run, line.axis.window(), line.axis.dilation());
            let mut spots: Vec<Spots> = these.iter().zip(&job.lines).map(spots).collect();
            let mut cells: Dims = job.lines[..n - 1].iter().map(|l| l.axis.window()).collect();
            if these.is_empty() {
                (spots, cells) = (vec![Spots::none()], Dims::from_elem(1, 1));
            }
            let keep = (cells[0] - 1) * spots[0].cell + 1;
            for from in (0..job.inner).step_by(inner) {
                let inner = from..(from + inner).min(job.inner);
                let tile = Tile { spots: &spots, runs: &these, last, inner, keep };
                self.tile(rows, &tile, at, run);
            }
        }
    }

    /// How many windows of each axis, and how many of the elements behind the last one, are computed together.
    fn sizes(&self, run: &Run) -> (Dims, usize) {
        let job = &self.under.job;
        let n = job.lines.len();
        let bytes = job.traits.bytes;
        let span = |l: &Line| l.axis.span().min(l.axis.window().saturating_mul(l.axis.dilation()));
        let kept = self.nodes.iter().filter(|r| r.kept).count().max(1);
        let mut sizes = Dims::from_elem(usize::MAX, n);
        // Rows that are kept for each row of one window: a span of the first axis, and twice that of those between.
        let mut planes = kept;
        if n > 1 {
            planes = planes.saturating_mul(span(&job.lines[0]).min(run.count * job.lines[0].axis.window()));
        }
        for k in 1..n.saturating_sub(1) {
            let line = &job.lines[k];
            let windows = (2 * span(line).div_ceil(line.axis.step())).max(16);
            sizes[k] = windows;
            planes = planes.saturating_mul(span(line).saturating_add(windows.saturating_mul(line.axis.step())));
        }
        let row = (MASKED / planes).clamp(MASKED_ROW.start, MASKED_ROW.end) / bytes;
        let inner = if job.inner > row.max(1) { row.max(1) } else { job.inner };
        let last = &job.lines[n - 1];
        let least = span(last).div_ceil(last.axis.step()).saturating_mul(2);
        sizes[n - 1] = match inner < job.inner {
            true => least.max(1),
            false => (row / inner).max(least),
        };
        (sizes, inner)
    }

    /// One tile, for every index of the plain axes between the unfolded ones.
    fn tile(&mut self, rows: &mut dyn Rows, tile: &Tile<'_>, at: usize, run: &Run) {
        let job = &self.under.job;
        self.fit(rows, tile);
        let axis = |k: usize| job.lines[k].axis.axis();
        let stride = |axis: usize| job.shape[axis + 1..].iter().product::<usize>();
        let all = tile.runs.iter().chain([&tile.last]).enumerate();
        let corner = at
            + tile.inner.start
            + all.map(|(k, r)| (r.first - if k == 0 { run.first } else { 0 }) * stride(axis(k))).sum::<usize>();
        let unfolded = |a: usize| job.lines.iter().any(|l| l.axis.axis() == a);
        let between: Dims = (axis(0) + 1..axis(job.lines.len() - 1)).filter(|&a| !unfolded(a)).collect();
        let strides: Dims = (0..tile.runs.len()).map(|k| stride(axis(k))).collect();
        for lead in 0..between.iter().map(|&a| job.shape[a]).product() {
            unravel(lead, between.iter().copied(), &job.shape, &mut self.index);
            let at = corner + between.iter().map(|&a| self.index[a] * stride(a)).sum::<usize>();
            self.plane(rows, tile, at, &strides);
        }
    }

    /// Makes room for the nodes' rows.
    fn fit(&mut self, rows: &mut dyn Rows, tile: &Tile<'_>) {
        let (cut, line, inner) = (&self.under.cut, self.last(), tile.inner.len());
        let own = line.axis.dilation() / gcd(super::cut::step_of(line), line.axis.dilation());
        self.apart = if tile.last.count == 1 { 1 } else { own };
        let kept = tile.keep * tile.spots[1..].iter().map(|s| s.len).product::<usize>();
        let in_line = self.under.job.traits.in_line();
        for (ring, node) in self.nodes.iter_mut().zip(&cut.nodes) {
            let cells = cut.phases[node.phase].cells - node.size[node.size.len() - 1];
            ring.len = (cells * self.apart + tile.last.count) * inner;
            // One more cache line a row: rows a power of two apart would fall on the same few sets of a cache.
            ring.pitch = ring.len.next_multiple_of(in_line) + in_line;
            rows.fit(ring.slot, ring.pitch * if ring.kept { kept } else { 1 });
        }
        let results = tile.last.count * inner;
        self.parts.iter().for_each(|&slot| rows.fit(slot, results * cut.taps.len().div_ceil(TAPS)));
    }

    /// Rows of the first axis come one at a time; what they complete is made at once.
    fn plane(&mut self, rows: &mut dyn Rows, tile: &Tile<'_>, at: usize, strides: &[usize]) {
        let nodes = &self.under.cut.nodes;
        let last = tile.spots.len();
        let lens: Dims = tile.spots.iter().map(|s| s.len).collect();
        let mut emitted = 0;
        for t in 0..lens[0] {
            if tile.spots[0].needed[t] {
                let mut index = Dims::from_elem(0, last);
                index[0] = t;
                for _ in 0..lens[1..].iter().product() {
                    if index.iter().zip(tile.spots).all(|(&k, spots)| spots.needed[k]) {
                        self.row(rows, tile, &index);
                    }
                    advance(&mut index[1..], |a| 0..lens[a + 1]);
                }
            }
            for (k, node) in nodes.iter().enumerate() {
                if let Some(pair) = node.parts.filter(|pair| pair.axis < last) {
                    self.stack(rows, tile, t, (k, node), pair);
                }
            }
            let spots = &tile.spots[0];
            if tile.runs.is_empty() || emitted * spots.window + tile.keep - 1 == t {
                self.emit(rows, tile, emitted, at, strides);
                emitted += 1;
            }
        }
    }

    /// Makes a node along an axis before the last one, of all rows whose last part has just come.
    fn stack(&mut self, rows: &mut dyn Rows, tile: &Tile<'_>, t: usize, (k, node): (usize, &Node), pair: Pair) {
        let behind = |a: usize| (node.size[a] - 1) * tile.spots[a].cell;
        let Some(first) = t.checked_sub(behind(0)) else { return };
        let counts: Dims = (1..tile.spots.len()).map(|a| tile.spots[a].len.saturating_sub(behind(a))).collect();
        let mut index = Dims::from_elem(0, tile.spots.len());
        index[0] = first;
        for _ in 0..counts.iter().product() {
            let mut further = index.clone();
            further[pair.axis] += pair.gap * tile.spots[pair.axis].cell;
            let taps = [self.at(tile, pair.left, &index), self.at(tile, pair.right, &further)];
            rows.combine(self.at(tile, k, &index), self.nodes[k].len, &taps);
            advance(&mut index[1..], |a| 0..counts[a]);
        }
    }

    /// The row of a node at a spot.
    fn at(&self, tile: &Tile<'_>, node: usize, index: &[usize]) -> At {
        let ring = &self.nodes[node];
        let number = if ring.kept { tile.row(index.iter().copied()) } else { 0 };
        At { slot: ring.slot, at: number * ring.pitch }
    }

    /// Makes the nodes of a row that lie along the last axis.
    fn row(&mut self, rows: &mut dyn Rows, tile: &Tile<'_>, index: &[usize]) {
        let (job, cut) = (&self.under.job, &self.under.cut);
        let mut source = Some(Source::Elements);
        for (k, line) in job.lines[..job.lines.len() - 1].iter().enumerate() {
            let position = tile.spots[k].at(index[k]);
            match line.axis.at(position) {
                Cell::Gap => source = None,
                Cell::Pad => source = source.filter(|_| job.filled).map(|_| Source::Fill),
                Cell::Element(e) => {
                    self.index[line.axis.axis()] = e;
                    self.places[line.axis.axis()] = line.place(position, e);
                }
            }
        }
        let mut bases = vec![None; cut.phases.len()];
        for (k, node) in cut.nodes.iter().enumerate() {
            let (ring, to) = (self.nodes[k], self.at(tile, k, index));
            match node.parts {
                None => bases[node.phase] = Some((k, self.lift(rows, tile, source, node.phase, (to, ring)))),
                Some(pair) if pair.axis + 1 == node.size.len() => {
                    let from = |part: usize| match bases[node.phase] {
                        Some((base, at)) if base == part => at,
                        _ => self.at(tile, part, index),
                    };
                    let gap = pair.gap * self.apart * tile.inner.len();
                    rows.combine(to, ring.len, &[from(pair.left), from(pair.right).plus(gap)]);
                }
                Some(_) => {}
            }
        }
    }

    /// Lifts the cells of a phase, or says where they stand as they are.
    fn lift(
        &mut self,
        rows: &mut dyn Rows,
        tile: &Tile<'_>,
        source: Option<Source>,
        phase: usize,
        (to, ring): (At, Rings),
    ) -> At {
        let Some(source) = source else {
            rows.blank(to, ring.len);
            return to;
        };
        let line = self.last();
        let (axis, step) = (&line.axis, super::cut::step_of(line));
        let own = axis.dilation() / gcd(step, axis.dilation());
        let step = if tile.last.count == 1 { step * own } else { step };
        let start = tile.last.start + self.under.cut.phases[phase].offset as isize;
        if tile.inner.len() < self.under.job.inner {
            self.each(rows, tile, source, (start, step), (to, ring));
            return to;
        }
        if source == Source::Elements {
            rows.enter(&self.index[..axis.axis()], &self.places[..axis.axis()]);
        }
        let run = Run { start, step, ..tile.last };
        if !ring.kept
            && let Some(at) = self.reader.ready(rows, source, &run, ring.len / tile.inner.len())
        {
            return at;
        }
        self.reader.load(rows, phase, source, (start, step), (to, ring.len));
        to
    }

    /// The same where the elements behind the last axis are so many that only some of them are taken.
    fn each(
        &mut self,
        rows: &mut dyn Rows,
        tile: &Tile<'_>,
        source: Source,
        (start, step): (isize, usize),
        (to, ring): (At, Rings),
    ) {
        let (line, len) = (self.last(), tile.inner.len());
        let axis = &line.axis;
        for k in 0..ring.len / len {
            let (position, to) = (start + (k * step) as isize, to.plus(k * len));
            match (axis.at(position), source) {
                (Cell::Gap, _) => rows.blank(to, len),
                (Cell::Pad, _) if !self.under.job.filled => rows.blank(to, len),
                (Cell::Pad, _) | (_, Source::Fill) => rows.filled(to, len),
                (Cell::Element(e), Source::Elements) => {
                    self.index[axis.axis()] = e;
                    self.places[axis.axis()] = line.place(position, e);
                    rows.enter(&self.index, &self.places);
                    rows.lift(to, len, Strided { first: tile.inner.start, inner: 1, step: 1 }, 0);
                }
            }
        }
    }

    /// The results of window `i` of the first axis.
    fn emit(&mut self, rows: &mut dyn Rows, tile: &Tile<'_>, i: usize, at: usize, strides: &[usize]) {
        let counts: Dims = tile.runs.iter().skip(1).map(|r| r.count).collect();
        let mut window = Dims::from_elem(0, tile.runs.len().max(1));
        window[0] = i;
        let mut taps: Vec<At> = Vec::with_capacity(self.under.cut.taps.len());
        for _ in 0..counts.iter().product() {
            let place = at + window.iter().zip(strides).map(|(i, stride)| i * stride).sum::<usize>();
            taps.clear();
            taps.extend(self.under.cut.taps.iter().map(|tap| {
                let spot = |(k, spots): (usize, &Spots)| window[k] * spots.window + tap.at[k] * spots.cell;
                let row = tile.row(tile.spots.iter().enumerate().map(spot));
                let ring = &self.nodes[tap.node];
                let shift = tap.at[tile.spots.len()] * self.apart * tile.inner.len();
                At { slot: ring.slot, at: row * ring.pitch + shift }
            }));
            self.put(rows, tile, &window, place, &mut taps);
            advance(&mut window[1..], |a| 0..counts[a]);
        }
    }

    /// Combines taps, eight at a time, and lowers them.
    fn put(&mut self, rows: &mut dyn Rows, tile: &Tile<'_>, window: &[usize], at: usize, taps: &mut Vec<At>) {
        let (inner, len) = (tile.inner.len(), tile.last.count * tile.inner.len());
        let mut turn = 0;
        while taps.len() > TAPS {
            let groups = taps.len().div_ceil(TAPS);
            for k in 0..groups {
                let to = At { slot: self.parts[turn], at: k * len };
                let group = k * TAPS..((k + 1) * TAPS).min(taps.len());
                rows.combine(to, len, &taps[group]);
            }
            taps.clear();
            taps.extend((0..groups).map(|k| At { slot: self.parts[turn], at: k * len }));
            turn = 1 - turn;
        }
        let count = self.count(rows, tile, window);
        if inner == self.under.job.inner {
            return rows.lower(&Scatter::row(at, len), taps, count);
        }
        let stretches: Vec<usize> = (0..tile.last.count).map(|k| k * self.under.job.inner).collect();
        rows.lower(&Scatter { first: at, stretches: &stretches, len: inner, pitch: inner }, taps, count);
    }

    /// How many elements the windows of a row hold.
    fn count(&mut self, rows: &mut dyn Rows, tile: &Tile<'_>, window: &[usize]) -> CellCount {
        let Some(held) = &self.under.held else { return CellCount::All(1) };
        let before = tile.runs.iter().zip(window).zip(held.numbers.iter().zip(&held.strides));
        let row: usize = before.map(|((run, i), (numbers, stride))| numbers[run.first + i] * stride).sum();
        let [.., last] = &held.numbers[..] else { return CellCount::All(1) };
        let these = &last[tile.last.windows()];
        if these.iter().all(|number| *number == these[0]) {
            return CellCount::All(held.table[row + these[0]]);
        }
        let key = (row, tile.last, tile.inner.len());
        if self.counted != Some(key) {
            let each = |&number: &usize| core::iter::repeat_n(held.table[row + number], tile.inner.len());
            rows.count(&these.iter().flat_map(each).collect::<Vec<_>>());
            self.counted = Some(key);
        }
        CellCount::Each(1, 0)
    }
}
