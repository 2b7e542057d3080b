//! Where rows of results go: their stretches of the output, and the counts they are lowered with.

use super::held::Held;
use super::rows::{At, CellCount, Rows, Scatter};
use super::tiles::Tile;
use crate::kernel::rows::TAPS;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// Elements in the windows of a row: the outer product of what the windows of each axis hold, every one `repeat` times. One
/// number if all are the same, else [`Rows::count`] takes them, those of each line `pitch` cells apart if that is more.
pub(crate) fn count<'c>(
    rows: &mut dyn Rows,
    axes: impl Iterator<Item = (&'c Held, Range<usize>)> + Clone,
    (repeat, pitch): (usize, usize),
) -> CellCount {
    if let Some(all) = axes.clone().try_fold(1usize, |n, (held, range)| Some(n.saturating_mul(held.all(range)?))) {
        return CellCount::All(all);
    }
    let (mut row, mut line) = (vec![1usize], 1);
    for (held, range) in axes {
        line = range.len();
        row = row.iter().flat_map(|&n| range.clone().map(move |i| n.saturating_mul(held.at(i)))).collect();
    }
    let between = pitch.saturating_sub(line * repeat);
    let spread = |line: &[usize]| -> Vec<usize> {
        let own = line.iter().flat_map(|&n| core::iter::repeat_n(n, repeat));
        own.chain(core::iter::repeat_n(1, between)).collect()
    };
    let row: Vec<usize> = row.chunks(line.max(1)).flat_map(spread).collect();
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
}

/// How a row of a tile lies in the result.
pub(crate) struct Layout {
    /// Where its stretches begin, relative to its first element.
    stretches: Vec<usize>,
    /// How long each of them is.
    length: usize,
    /// How far apart they are in the row.
    pitch: usize,
}

impl Layout {
    /// `stride(k)` is the result's stride along the `k`-th unfolded axis; `inner` elements lie behind the last. Lines of the row are
    /// `pitch` apart, if not one behind the other.
    pub(crate) fn new(tile: &Tile, inner: usize, pitch: Option<usize>, stride: impl Fn(usize) -> usize) -> Layout {
        let mut layout = Layout { stretches: vec![0], length: tile.inner.len(), pitch: 0 };
        for (k, run) in tile.runs.iter().enumerate() {
            if k + 1 == tile.runs.len() && tile.inner.len() == inner {
                layout.length *= run.count;
                break;
            }
            let stride = stride(k + 1);
            let spread = |&at: &usize| (0..run.count).map(move |i| at + i * stride);
            layout.stretches = layout.stretches.iter().flat_map(spread).collect();
        }
        layout.pitch = pitch.unwrap_or(layout.length);
        // Whole rows that follow each other are one.
        if layout.pitch == layout.length && layout.stretches.iter().enumerate().all(|(k, &at)| at == k * layout.length)
        {
            layout.length *= layout.stretches.len();
            layout.stretches.truncate(1);
        }
        layout
    }

    /// Lowers the combination of the rows at `taps` into the row of the result that begins at `first`.
    pub(crate) fn put(&self, rows: &mut dyn Rows, first: usize, taps: &[At], count: CellCount) {
        let Layout { stretches, length: len, pitch } = self;
        rows.lower(&Scatter { first, stretches, len: *len, pitch: *pitch }, taps, count);
    }

    /// The same for the rows of some windows, of one stretch each: `apart` says where in the result they begin, counted from the first. They
    /// hold `number` elements, times those that the windows hold on their own axis.
    pub(crate) fn put_each(
        &self,
        rows: &mut dyn Rows,
        first: usize,
        apart: &[usize],
        taps: &[At],
        (number, held, windows): (CellCount, Option<&Held>, Range<usize>),
    ) {
        let &Layout { length: len, pitch, .. } = self;
        let alike = held.map_or(Some(1), |held| held.all(windows.clone()));
        if let (Some(times), CellCount::All(_)) = (alike, number) {
            return rows.lower(&Scatter { first, stretches: apart, len, pitch }, taps, number.times(times));
        }
        for (k, (at, window)) in apart.iter().zip(windows).enumerate() {
            // (Written where they stay, as `Others::taps` in `machine.rs`.)
            let mut own = [At::start(0); TAPS];
            own.iter_mut().zip(taps).for_each(|(own, tap)| *own = tap.plus(k * pitch));
            let times = held.map_or(1, |held| held.at(window));
            rows.lower(&Scatter::row(first + at, len), &own[..taps.len()], number.times(times));
        }
    }
}
