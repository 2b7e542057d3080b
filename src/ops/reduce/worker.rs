//! One thread's share of a reduction: reads rows, passes them up through the axes, hands results on. It knows offsets and rows, not
//! what is in them.

use super::across::Across;
use super::along::Along;
use super::choice::{self, LINES, Way};
use super::job::{Job, Unit};
use super::line::Run;
use super::reading::{Reader, Source};
use super::rows::{At, CellCount, Lines, Rows, Scatter, Slots};
use super::sheet::Sheet;
use super::sink::{Layout, count};
use super::tiles::Tile;
use crate::kernel::caches;
use crate::spec::{Cell, Dims, unravel};
use alloc::vec::Vec;

/// Computes units one after another, with one set of rows.
pub(crate) struct Worker<'p> {
    job: &'p Job,
    /// The index of the row being read, on the axes before it.
    index: Dims,
    /// The same for where the elements stand among the cells of windows, see [`Line::place`](super::line::Line::place).
    places: Dims,
    across: Vec<Option<Across<'p>>>,
    along: Option<Along<'p>>,
    /// Instead of both, for the last two axes; and what reads the lines.
    sheet: Option<Sheet<'p>>,
    reader: Option<Reader<'p>>,
}

impl<'p> Worker<'p> {
    pub(crate) fn new(job: &'p Job) -> Self {
        let last = job.lines.len() - 1;
        let line = &job.lines[last];
        // The next row of a tile is one position further on the axis above. (A row ahead is best, further is worse.)
        let above = job.lines[..last].last().map_or(0, |l| job.strides[l.axis.axis()]);
        let tile = job.tiles.first();
        let sheets = tile.is_some_and(|t| t.sheet.is_some());
        let part = tile.map_or(0, |t| t.along);
        let row = tile.and_then(|t| t.runs.last()).map_or(part, |r| r.count).saturating_mul(job.inner);
        let asks = caches::asks_ahead(row.saturating_mul(job.traits.bytes));
        let long = || {
            let way = |r: &Run| choice::along(&job.traits, &job.lines[0], r, job.inner);
            job.lines[0].runs.first().is_some_and(|r| matches!(way(r), Way::Shared | Way::Scanned | Way::Batched))
        };
        let ahead = match job.up {
            _ if !asks => 0,
            // The part of a line that is read next, where much happens before that.
            // No further than the line is long: a step may be as large as a number.
            0 if long() => {
                let axis = &job.lines[0].axis;
                part.saturating_mul(axis.step()).min(axis.len()).saturating_mul(job.inner) as isize
            }
            // (Of a sheet's lines 2 to 4 ahead are best: they are read one behind the other, then combined.)
            _ if sheets => above.saturating_mul(4),
            _ => above,
        };
        let mut slots = Slots(0);
        let slots = &mut slots;
        let (upper, doublings) = (&job.lines[..job.up], &job.doublings);
        let across = |(line, doubling)| Some(Across::new(slots, line, doubling, job.traits));
        let across = upper.iter().zip(doublings).map(across).collect();
        let (mut along, mut sheet, mut lines) = (None, None, None);
        if job.up == last && !job.pools {
            let reader = Reader::new(slots, line, job.inner, job.filled, ahead);
            match sheets {
                true => (sheet, lines) = (Some(Sheet::new(slots, job)), Some(reader)),
                false => along = Some(Along::new(slots, line, &job.doublings[last], job.traits, reader)),
            }
        }
        let axis = line.axis.axis();
        let index = Dims::from_elem(0, if job.up == last { axis } else { axis + 1 });
        Worker { job, places: index.clone(), index, across, along, sheet, reader: lines }
    }

    /// Computes one contiguous part of the result, which begins at place 0 of `rows`.
    pub(crate) fn unit(&mut self, rows: &mut dyn Rows, unit: &Unit) {
        let job = self.job;
        let first = job.lines[0].axis.axis();
        let behind = job.behind();
        let mut at = 0;
        for lead in unit.leads.clone() {
            unravel(lead, 0..first, &job.shape, &mut self.index);
            for run in &unit.runs {
                let len = run.count * behind;
                match job.up {
                    _ if job.pools => rows.boxes(&self.index[..first], run, at, len),
                    0 => self.line(rows, run, at),
                    _ => job.tiles.iter().for_each(|tile| self.tile(rows, run, tile, at)),
                }
                at += len;
            }
        }
    }

    /// One unfolded axis only, along rows: windows `run` of the row at the current index.
    fn line(&mut self, rows: &mut dyn Rows, run: &Run, at: usize) {
        let job = self.job;
        rows.enter(&self.index, &self.places);
        let Some(along) = &mut self.along else { unreachable!("without other axes the last one is along rows") };
        let mut at = at;
        for (k, part) in choice::cut_along(&job.traits, &job.lines[0], run, job.tiles[0].along).enumerate() {
            let len = part.count * job.inner;
            let number = match job.traits.counted {
                true => count(rows, [(&job.counts[0], part.windows())].into_iter(), (job.inner, 0)),
                false => CellCount::All(1),
            };
            along.reduce(rows, Source::Elements, &part, k > 0, &mut |rows, taps| {
                rows.lower(&Scatter::row(at, len), taps, number);
            });
            at += len;
        }
    }

    /// Windows `run` of the first axis over one tile of the others, for every index of the plain axes between them.
    fn tile(&mut self, rows: &mut dyn Rows, run: &Run, tile: &Tile, at: usize) {
        let job = self.job;
        let axis = |k: usize| job.lines[k].axis.axis();
        let stride = |axis: usize| job.shape[axis + 1..].iter().product::<usize>();
        let unfolded = |a: usize| job.lines.iter().any(|l| l.axis.axis() == a);
        let between: Dims = (axis(0) + 1..self.index.len()).filter(|&a| !unfolded(a)).collect();
        let pitch = tile.sheet.map(|(pitch, _)| pitch);
        let layout = Layout::new(tile, job.inner, pitch, |k| stride(axis(k)));
        let runs = tile.runs.iter().enumerate().map(|(k, r)| r.first * stride(axis(k + 1)));
        let corner = at + tile.inner.start + runs.sum::<usize>();
        let number = match job.traits.counted {
            true => {
                let counts = tile.runs.iter().enumerate().map(|(k, r)| (&job.counts[k + 1], r.windows()));
                count(rows, counts, (tile.inner.len(), pitch.unwrap_or(0)))
            }
            false => CellCount::All(1),
        };
        let behind = job.behind();
        let apart: [usize; LINES] = core::array::from_fn(|k| k * behind);
        let held = job.counts.first();
        for lead in 0..between.iter().map(|&a| job.shape[a]).product() {
            unravel(lead, between.iter().copied(), &job.shape, &mut self.index);
            let at = corner + between.iter().map(|&a| self.index[a] * stride(a)).sum::<usize>();
            self.rows(rows, 0, Source::Elements, run, tile, &mut |rows, windows, taps| {
                let first = at + (windows.start - run.first) * behind;
                match windows.len() {
                    1 => {
                        let times = held.map_or(1, |held| held.at(windows.start));
                        layout.put(rows, first, taps, number.times(times));
                    }
                    n => layout.put_each(rows, first, &apart[..n], taps, (number, held, windows)),
                }
            });
        }
    }

    /// Elements of a row of the tile that runs over the unfolded axes from the `k`-th (`k >= 1`) on.
    fn length(k: usize, tile: &Tile) -> usize {
        let (runs, line) = match tile.sheet {
            Some((pitch, _)) => (&tile.runs[k - 1..tile.runs.len() - 1], pitch),
            None => (&tile.runs[k - 1..], tile.inner.len()),
        };
        runs.iter().map(|r| r.count).product::<usize>() * line
    }

    /// Reduces axis `k` over `run`, handing each window's rows to `emit`.
    fn rows(
        &mut self,
        rows: &mut dyn Rows,
        k: usize,
        source: Source,
        run: &Run,
        tile: &Tile,
        emit: &mut super::across::Emit<'_>,
    ) {
        if let Some((pitch, _)) = tile.sheet.filter(|_| k + 1 == self.job.up) {
            let Some(mut sheet) = self.sheet.take() else { unreachable!("a sheet is not reduced inside itself") };
            sheet.reduce(
                rows,
                pitch,
                run,
                &mut |rows, from, count, to| {
                    if !self.elements(rows, (k, source), (from, count), tile, (to, from == run.start)) {
                        let line = |k: usize| (from + k as isize, to.plus(k * pitch));
                        (0..count).map(line).for_each(|(at, to)| self.cell(rows, k, source, at, tile, to));
                    }
                },
                emit,
            );
            self.sheet = Some(sheet);
            return;
        }
        let Some(mut across) = self.across[k].take() else { unreachable!("an axis is not reduced inside itself") };
        let row = Self::length(k + 1, tile);
        across.reduce(rows, row, run, &mut |rows, position, to| self.cell(rows, k, source, position, tile, to), emit);
        self.across[k] = Some(across);
    }

    /// Makes lines at `count` positions of axis `k`, if nothing but elements stands there. If they are the `first` of a row of the tile,
    /// none of them was asked for.
    fn elements(
        &mut self,
        rows: &mut dyn Rows,
        (k, source): (usize, Source),
        (from, count): (isize, usize),
        tile: &Tile,
        (to, first): (At, bool),
    ) -> bool {
        let Some((pitch, len)) = tile.sheet else { return false };
        let line = &self.job.lines[k];
        let (axis, there) = (&line.axis, line.axis.line());
        let inside = there.start <= from && from + count as isize <= there.end && axis.base_dilation() == 1;
        // (Rows that follow each other in the array.)
        let next = axis.axis() + 1 == self.index.len() && source == Source::Elements;
        let Some(reader) = self.reader.as_mut().filter(|_| inside && next) else { return false };
        let (Some(cells), Cell::Element(e)) = (reader.elements(&tile.runs[k], len), axis.at(from)) else {
            return false;
        };
        let at = axis.axis();
        (self.index[at], self.places[at]) = (e, line.place(from, e));
        let asks = if first { 1 } else { 2 * LINES }..3 * LINES;
        let lines = Lines { count, len, pitch, apart: self.job.strides[at], asks };
        rows.lift_lines(to, (&mut self.index, &mut self.places), &lines, cells, reader.ahead());
        true
    }

    /// Makes the row at a position of axis `k`, all axes behind it reduced.
    fn cell(&mut self, rows: &mut dyn Rows, k: usize, source: Source, position: isize, tile: &Tile, to: At) {
        let job = self.job;
        let line = &job.lines[k];
        let axis = &line.axis;
        let len = Self::length(k + 1, tile);
        let source = match axis.at(position) {
            Cell::Gap => return rows.blank(to, len),
            Cell::Pad if !job.filled => return rows.blank(to, len),
            Cell::Pad => Source::Fill,
            Cell::Element(e) => {
                self.index[axis.axis()] = e;
                self.places[axis.axis()] = line.place(position, e);
                source
            }
        };
        if k + 1 < job.up {
            let run = tile.runs[k];
            let row = Self::length(k + 2, tile);
            return self.rows(rows, k + 1, source, &run, tile, &mut |rows, windows, taps| {
                rows.combine(to.plus((windows.start - run.first) * row), windows.len() * row, taps);
            });
        }
        if source == Source::Elements {
            rows.enter(&self.index, &self.places);
        }
        if let (Some(reader), Some((_, cells))) = (&mut self.reader, tile.sheet) {
            let run = &tile.runs[k];
            return reader.load(rows, 0, source, (run.start, run.step), (to, cells));
        }
        match &mut self.along {
            Some(along) => {
                along.reduce(rows, source, &tile.runs[k], false, &mut |rows, taps| rows.combine(to, len, taps));
            }
            None if source == Source::Fill => rows.filled(to, len),
            None => {
                let from = super::rows::Strided { first: tile.inner.start, inner: 1, step: 1 };
                rows.lift(to, len, from, 0);
            }
        }
    }
}
