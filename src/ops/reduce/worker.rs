//! One thread's share of a reduction: reads rows, passes them up through the axes, hands results on. It knows offsets and rows, not
//! what is in them.

use super::across::Across;
use super::along::Along;
use super::choice::{self, Way};
use super::job::{Job, Unit};
use super::line::Run;
use super::reading::{Reader, Source};
use super::rows::{At, CellCount, Rows, Slots};
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
}

impl<'p> Worker<'p> {
    pub(crate) fn new(job: &'p Job) -> Self {
        let last = job.lines.len() - 1;
        let line = &job.lines[last];
        // The next row of a tile is one position further on the axis above. (A row ahead is best, further is worse.)
        let above = job.lines[..last].last().map_or(0, |l| job.strides[l.axis.axis()]);
        let tile = job.tiles.first();
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
            _ => above,
        };
        let mut slots = Slots(0);
        let slots = &mut slots;
        let across =
            (0..job.up).map(|k| Some(Across::new(slots, &job.lines[k], &job.doublings[k], job.traits))).collect();
        let along = (job.up == last).then(|| {
            let reader = Reader::new(slots, line, job.inner, job.filled, ahead);
            Along::new(slots, line, &job.doublings[last], job.traits, reader)
        });
        let axis = line.axis.axis();
        let index = Dims::from_elem(0, if along.is_some() { axis } else { axis + 1 });
        Worker { job, places: index.clone(), index, across, along }
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
                true => count(rows, [(&job.counts[0], part.windows())].into_iter(), job.inner),
                false => CellCount::All(1),
            };
            along.reduce(rows, Source::Elements, &part, k > 0, &mut |rows, taps| rows.lower(at, len, taps, number));
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
        let layout = Layout::new(tile, job.inner, |k| stride(axis(k)));
        let runs = tile.runs.iter().enumerate().map(|(k, r)| r.first * stride(axis(k + 1)));
        let corner = at + tile.inner.start + runs.sum::<usize>();
        let number = match job.traits.counted {
            true => {
                let counts = tile.runs.iter().enumerate().map(|(k, r)| (&job.counts[k + 1], r.windows()));
                count(rows, counts, tile.inner.len())
            }
            false => CellCount::All(1),
        };
        let behind = job.behind();
        for lead in 0..between.iter().map(|&a| job.shape[a]).product() {
            unravel(lead, between.iter().copied(), &job.shape, &mut self.index);
            let at = corner + between.iter().map(|&a| self.index[a] * stride(a)).sum::<usize>();
            self.rows(rows, 0, Source::Elements, run, tile, &mut |rows, i, taps| {
                let number = job.counts.first().map_or(number, |held| number.times(held.at(i)));
                layout.put(rows, at + (i - run.first) * behind, taps, number);
            });
        }
    }

    /// Elements of a row of the tile that runs over the unfolded axes from the `k`-th (`k >= 1`) on.
    fn length(k: usize, tile: &Tile) -> usize {
        tile.runs[k - 1..].iter().map(|r| r.count).product::<usize>() * tile.inner.len()
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
        let Some(mut across) = self.across[k].take() else { unreachable!("an axis is not reduced inside itself") };
        let row = Self::length(k + 1, tile);
        across.reduce(rows, row, run, &mut |rows, position, to| self.cell(rows, k, source, position, tile, to), emit);
        self.across[k] = Some(across);
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
            return self.rows(rows, k + 1, source, &run, tile, &mut |rows, i, taps| {
                rows.combine(to.plus((i - run.first) * row), row, taps);
            });
        }
        if source == Source::Elements {
            rows.enter(&self.index, &self.places);
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
