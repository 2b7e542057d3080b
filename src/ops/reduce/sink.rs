//! Where rows of results go: their stretches of the output, and the counts they are lowered with.

use super::held::Held;
use super::rows::{At, CellCount, Rows};
use super::tiles::Tile;
use crate::kernel::rows::TAPS;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// Elements in the windows of a row: the outer product of what the windows of each axis hold, every one `repeat` times. One
/// number if all are the same, else [`Rows::count`] takes them.
pub(crate) fn count<'c>(
    rows: &mut dyn Rows,
    axes: impl Iterator<Item = (&'c Held, Range<usize>)> + Clone,
    repeat: usize,
) -> CellCount {
    if let Some(all) = axes.clone().try_fold(1usize, |n, (held, range)| Some(n.saturating_mul(held.all(range)?))) {
        return CellCount::All(all);
    }
    let mut row = vec![1usize];
    for (held, range) in axes {
        row = row.iter().flat_map(|&n| range.clone().map(move |i| n.saturating_mul(held.at(i)))).collect();
    }
    let row: Vec<usize> = row.iter().flat_map(|&n| core::iter::repeat_n(n, repeat)).collect();
    rows.count(&row);
    CellCount::Each(1, 0)
}

impl CellCount {
    /// So many times these.
    pub(crate) fn times(self, times: usize) -> CellCount {
        match self {
            CellCount::All(n) => CellCount::All(n.saturating_mul(times)),
            CellCount::Each(n, from) => CellCount::Each(n.saturating_mul(times), from),
        }
    }

    /// Those from the given one on.
    fn from(self, cell: usize) -> CellCount {
        match self {
            CellCount::All(n) => CellCount::All(n),
            CellCount::Each(n, from) => CellCount::Each(n, from + cell),
        }
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
        // Whole rows that follow each other are one.
        if layout.stretches.iter().enumerate().all(|(k, &at)| at == k * layout.length) {
            layout.length *= layout.stretches.len();
            layout.stretches.truncate(1);
        }
        layout
    }

    /// Lowers the combination of the rows at `taps` into the row of the result that begins at `at`.
    pub(crate) fn put(&self, rows: &mut dyn Rows, at: usize, taps: &[At], count: CellCount) {
        for (k, stretch) in self.stretches.iter().enumerate() {
            let cell = k * self.length;
            let cut: [At; TAPS] = core::array::from_fn(|j| taps[j.min(taps.len() - 1)].plus(cell));
            rows.lower(at + stretch, self.length, &cut[..taps.len()], count.from(cell));
        }
    }
}
