//! One thread's share of a reduction: reads rows, passes them up through the axes, writes results.

use super::across::Across;
use super::along::{Along, Row};
use super::choice::{self, Way};
use super::engine::{Job, Unit};
use super::line::Run;
use super::pool::Pool;
use super::sink::{Counter, Layout, Stage};
use super::tiles::Tile;
use crate::element::Element;
use crate::kernel::lower::finish;
use crate::kernel::rows::{self, Last, Reduction, small};
use crate::spec::{Cell, Dims};
use alloc::vec::Vec;

/// Where a row is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Inside,
    /// In padding that is filled, on some outer axis.
    Filled,
}

/// Computes units one after another, with one set of buffers.
pub(crate) struct Worker<'p, T, R: Reduction<T>> {
    job: &'p Job<'p, T, R>,
    /// The index of the row being read, on the axes before it.
    index: Dims,
    across: Vec<Option<Across<'p, R::Acc>>>,
    along: Option<Along<'p, T, R>>,
    pool: Option<Pool<'p, T, R>>,
    counter: Counter<R::Count>,
    /// A row whose elements do not lie one behind the other.
    gathered: Vec<T>,
}

impl<'p, T: Element, R: Reduction<T>> Worker<'p, T, R> {
    pub(crate) fn new(job: &'p Job<'p, T, R>) -> Self {
        let last = job.lines.len() - 1;
        let axis = job.lines[last].axis.axis();
        // The next row of a tile is one position further on the axis above. Whole rows follow each other: the machine sees that.
        let above = job.lines[..last].last().map_or(0, |l| job.view.strides()[l.axis.axis()]);
        let cut = job.tiles.first().and_then(|t| t.runs.last()).is_some_and(|r| r.count < job.lines[last].axis.count());
        let long = || {
            let way = |r: &Run| choice::along::<R::Acc>(&job.lines[0], r);
            job.lines[0].runs.first().is_some_and(|r| matches!(way(r), Way::Shared | Way::Scanned))
        };
        let ahead = match job.up {
            // The part of a line that is read next, where much happens before that.
            0 if long() => (job.tiles.first().map_or(0, |t| t.along) * job.lines[0].axis.step() * job.inner) as isize,
            1.. if cut => above,
            _ => 0,
        };
        let along = (job.up == last).then(|| {
            Along::new(&job.lines[last], &job.chains[last], job.inner, job.reduction, job.level, job.fill, ahead)
        });
        Worker {
            job,
            index: Dims::from_elem(0, if along.is_some() { axis } else { axis + 1 }),
            across: (0..job.up).map(|k| Some(Across::new(&job.lines[k], &job.chains[k]))).collect(),
            along,
            pool: match const { small::<R::Acc>() } {
                true => job.pools.then(|| Pool::new(&job.lines, job.reduction, job.level, job.fill)),
                false => None,
            },
            counter: Counter::new(),
            gathered: Vec::new(),
        }
    }

    /// Computes one contiguous part of the result.
    pub(crate) fn unit(&mut self, unit: &Unit, out: &mut [R::Out]) {
        let job = self.job;
        let first = job.lines[0].axis.axis();
        let windows: usize = unit.runs.iter().map(|r| r.count).sum();
        let behind = job.behind();
        // Dropped, and with it all stores ordered, before `out` is given back.
        let stage = Stage::new(job.streams);
        let all = job.view.trailing_slice(&[]);
        for (lead, mut out) in unit.leads.clone().zip(out.chunks_exact_mut(windows * behind)) {
            let mut rest = lead;
            for a in (0..first).rev() {
                self.index[a] = rest % job.shape[a];
                rest /= job.shape[a];
            }
            for run in &unit.runs {
                let (part, more) = core::mem::take(&mut out).split_at_mut(run.count * behind);
                out = more;
                if const { small::<R::Acc>() }
                    && let Some(pool) = &mut self.pool
                {
                    // To the end of the array if it can be, as more than a row may be read at a time.
                    let Some(box_of) = job.view.trailing_slice(&self.index[..first]) else {
                        unreachable!("boxes were found in one piece")
                    };
                    let src = all.map_or(box_of, |all| &all[lead * box_of.len()..]);
                    let held = R::COUNTED.then_some(&job.counts[..]);
                    pool.reduce(src, run, part, &stage, &held);
                    continue;
                }
                match job.up {
                    0 => self.line(run, part, &stage),
                    _ => job.tiles.iter().for_each(|tile| self.tile(run, tile, part, &stage)),
                }
            }
        }
    }

    /// One unfolded axis only, along rows: windows `run` of the row at the current index.
    fn line(&mut self, run: &Run, out: &mut [R::Out], stage: &Stage<R::Out>) {
        let job = self.job;
        let behind;
        let row = match job.view.trailing_slice(&self.index) {
            Some(row) => Row::Elements(row),
            None => {
                behind = job.view.trailing(&self.index);
                Row::Strided(&behind)
            }
        };
        let Some(along) = &mut self.along else { unreachable!("without other axes the last one is along rows") };
        let mut out = out;
        for (k, part) in run.parts(job.tiles[0].along).enumerate() {
            let (dst, more) = core::mem::take(&mut out).split_at_mut(part.count * job.inner);
            out = more;
            if R::COUNTED {
                self.counter.set([(&job.counts[0], part.windows())].into_iter(), job.inner);
            }
            let counts = self.counter.row(job.reduction, 1);
            along.reduce(row, &part, k > 0, |last| stage.put(job.level, job.reduction, dst, &last, &counts));
        }
    }

    /// Windows `run` of the first axis over one tile of the others, for every index of the plain axes between them.
    fn tile(&mut self, run: &Run, tile: &Tile, out: &mut [R::Out], stage: &Stage<R::Out>) {
        let job = self.job;
        let axis = |k: usize| job.lines[k].axis.axis();
        let stride = |axis: usize| job.shape[axis + 1..].iter().product::<usize>();
        let unfolded = |a: usize| job.lines.iter().any(|l| l.axis.axis() == a);
        let between: Dims = (axis(0) + 1..self.index.len()).filter(|&a| !unfolded(a)).collect();
        let layout = Layout::new(tile, job.inner, |k| stride(axis(k)));
        let corner =
            tile.inner.start + tile.runs.iter().enumerate().map(|(k, r)| r.first * stride(axis(k + 1))).sum::<usize>();
        let mut counter = core::mem::replace(&mut self.counter, Counter::new());
        if R::COUNTED {
            let counts = tile.runs.iter().enumerate().map(|(k, r)| (&job.counts[k + 1], r.windows()));
            counter.set(counts, tile.inner.len());
        }
        let behind = job.behind();
        for number in 0..between.iter().map(|&a| job.shape[a]).product() {
            let (mut rest, mut at) = (number, corner);
            for &a in between.iter().rev() {
                self.index[a] = rest % job.shape[a];
                rest /= job.shape[a];
                at += self.index[a] * stride(a);
            }
            self.rows(0, Place::Inside, run, tile, &mut |i, last| {
                let counts = counter.row(job.reduction, job.counts.first().map_or(1, |held| held.at(i)));
                let out = &mut out[at + (i - run.first) * behind..];
                layout.put(job.level, job.reduction, out, &last, &counts, stage);
            });
        }
        self.counter = counter;
    }

    /// Elements of a row of the tile that runs over the unfolded axes from the `k`-th (`k >= 1`) on.
    fn length(k: usize, tile: &Tile) -> usize {
        tile.runs[k - 1..].iter().map(|r| r.count).product::<usize>() * tile.inner.len()
    }

    /// Reduces axis `k` over `run`, handing each window's rows to `emit`.
    fn rows(&mut self, k: usize, place: Place, run: &Run, tile: &Tile, emit: &mut dyn FnMut(usize, Last<'_, R::Acc>)) {
        let job = self.job;
        let Some(mut across) = self.across[k].take() else { unreachable!("an axis is not reduced inside itself") };
        let row = Self::length(k + 1, tile);
        let mut make = |position: isize, dst: &mut [R::Acc]| self.cell(k, place, position, tile, dst);
        across.reduce(job.level, job.reduction, row, run, &mut make, emit);
        self.across[k] = Some(across);
    }

    /// Makes the row at a position of axis `k`, all axes behind it reduced.
    fn cell(&mut self, k: usize, place: Place, position: isize, tile: &Tile, dst: &mut [R::Acc]) {
        let job = self.job;
        let axis = &job.lines[k].axis;
        let place = match axis.at(position) {
            Cell::Gap => return dst.fill(job.reduction.identity()),
            Cell::Pad if job.fill.is_none() => return dst.fill(job.reduction.identity()),
            Cell::Pad => Place::Filled,
            Cell::Element(e) => {
                self.index[axis.axis()] = e;
                place
            }
        };
        if k + 1 < job.up {
            let run = tile.runs[k];
            let row = Self::length(k + 2, tile);
            return self.rows(k + 1, place, &run, tile, &mut |i, last| {
                let at = (i - run.first) * row;
                finish(job.level, job.reduction, &mut dst[at..at + row], &last);
            });
        }
        let behind;
        let row = match place {
            Place::Inside => match job.view.trailing_slice(&self.index) {
                Some(row) => Row::Elements(row),
                None => {
                    behind = job.view.trailing(&self.index);
                    Row::Strided(&behind)
                }
            },
            Place::Filled => Row::Fill,
        };
        match (&mut self.along, row) {
            (Some(along), row) => {
                along.reduce(row, &tile.runs[k], false, |last| finish(job.level, job.reduction, dst, &last));
            }
            (None, Row::Elements(row)) => rows::lift(job.level, job.reduction, dst, &row[tile.inner.clone()], 1, 0),
            (None, Row::Strided(row)) => {
                self.gathered.clear();
                row.append_to(tile.inner.clone(), &mut self.gathered);
                rows::lift(job.level, job.reduction, dst, &self.gathered, 1, 0);
            }
            (None, Row::Fill) => {
                let fill = job.fill.map_or_else(|| job.reduction.identity(), |v| job.reduction.lift(v));
                dst.fill(fill);
            }
        }
    }
}
