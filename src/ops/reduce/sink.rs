//! Where rows of results go: their stretches of the output, and the counts they are lowered with.

use super::line::Held;
use super::tiles::Tile;
use crate::kernel::Bursts;
use crate::kernel::level::Level;
use crate::kernel::lower::finish_lowered;
use crate::kernel::rows::{Counts, Last, Reduction, TAPS};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// Elements in the windows of a row.
pub(crate) struct Counter<C> {
    /// As far as the axes behind the first one go; empty if all are the same.
    inner: Vec<usize>,
    all: usize,
    /// For which number on the first axis `row` was made.
    made: Option<usize>,
    row: Vec<C>,
}

impl<C: Copy> Counter<C> {
    pub(crate) fn new() -> Self {
        Counter { inner: Vec::new(), all: 1, made: None, row: Vec::new() }
    }

    /// Counts of a row: the outer product of what the windows of each axis hold, every one `repeat` times.
    pub(crate) fn set<'c>(&mut self, axes: impl Iterator<Item = (&'c Held, Range<usize>)> + Clone, repeat: usize) {
        self.made = None;
        self.inner.clear();
        if let Some(all) = axes.clone().try_fold(1, |product, (held, range)| Some(product * held.all(range)?)) {
            self.all = all;
            return;
        }
        let mut row = vec![1];
        for (held, range) in axes {
            row = row.iter().flat_map(|&n| range.clone().map(move |i| n * held.at(i))).collect();
        }
        self.inner.extend(row.iter().flat_map(|&n| core::iter::repeat_n(n, repeat)));
    }

    /// The counts of a row whose window on the first axis holds `n`.
    pub(crate) fn row<T, R: Reduction<T, Count = C>>(&mut self, r: &R, n: usize) -> Counts<'_, C> {
        if self.inner.is_empty() {
            return Counts::All(r.count(n * self.all));
        }
        if self.made != Some(n) {
            self.row.clear();
            self.row.extend(self.inner.iter().map(|&m| r.count(n * m)));
            self.made = Some(n);
        }
        Counts::Each(&self.row)
    }
}

/// How a row of a tile lies in the result.
pub(crate) struct Layout {
    /// Where its stretches begin, relative to its first element.
    stretches: Vec<usize>,
    /// How long each of them is.
    length: usize,
}

impl Layout {
    /// `stride(k)` is the result's stride along the `k`-th unfolded axis; `inner` elements lie behind the last.
    pub(crate) fn new(tile: &Tile, inner: usize, stride: impl Fn(usize) -> usize) -> Layout {
        let mut layout = Layout { stretches: vec![0], length: tile.inner.len() };
        for (k, run) in tile.runs.iter().enumerate() {
            if k + 1 == tile.runs.len() && tile.inner.len() == inner {
                layout.length *= run.count;
                break;
            }
            let stride = stride(k + 1);
            let spread = |&at: &usize| (0..run.count).map(move |i| at + i * stride);
            layout.stretches = layout.stretches.iter().flat_map(spread).collect();
        }
        layout
    }

    /// Lowers the combination of `last` into the row that begins at the start of `out`; through `stage` if it is to
    /// be streamed.
    pub(crate) fn put<T, R: Reduction<T>>(
        &self,
        level: Level,
        r: &R,
        out: &mut [R::Out],
        last: &Last<'_, R::Acc>,
        counts: &Counts<'_, R::Count>,
        stage: &Stage<R::Out>,
    ) {
        for (k, at) in self.stretches.iter().enumerate() {
            let part = k * self.length..(k + 1) * self.length;
            let dst = &mut out[*at..at + self.length];
            let counts = match counts {
                Counts::All(n) => Counts::All(*n),
                Counts::Each(n) => Counts::Each(&n[part.clone()]),
            };
            match last {
                Last::One(a) => stage.put(level, r, dst, &Last::One(&a[part]), &counts),
                Last::Two(a, b) => stage.put(level, r, dst, &Last::Two(&a[part.clone()], &b[part]), &counts),
                Last::Taps(taps) => {
                    let cut: [&[R::Acc]; TAPS] =
                        core::array::from_fn(|j| taps.get(j).map_or(&[][..], |t| &t[part.clone()]));
                    stage.put(level, r, dst, &Last::Taps(&cut[..taps.len()]), &counts);
                }
            }
        }
    }
}

/// How rows of results are stored: past the caches if the result is large enough for that.
pub(crate) struct Stage<O> {
    bursts: Option<Bursts<O>>,
}

/// Shorter rows than this many bytes are stored as they are.
const STREAMED_ROW: usize = 256;

impl<O: Copy + 'static> Stage<O> {
    /// For one worker's part of a result, which it holds until the stage is dropped.
    pub(crate) fn new(streams: bool) -> Self {
        Stage { bursts: Bursts::new(streams) }
    }

    /// Lowers the combination of `last` into `dst`.
    pub(crate) fn put<T, R: Reduction<T, Out = O>>(
        &self,
        level: Level,
        r: &R,
        dst: &mut [O],
        last: &Last<'_, R::Acc>,
        counts: &Counts<'_, R::Count>,
    ) {
        let bursts = self.bursts.as_ref().filter(|_| size_of_val(dst) >= STREAMED_ROW);
        finish_lowered(level, r, dst, last, counts, bursts);
    }
}
