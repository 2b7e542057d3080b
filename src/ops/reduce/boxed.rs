//! Where the rows of a box lie, and which of them each window combines: numbers only.

use super::held::Held;
use super::line::{Line, Run};
use crate::kernel::phases::Row;
use crate::spec::{Cell, row_major};
use alloc::vec;
use alloc::vec::Vec;

/// The most unfolded axes a box has.
pub(crate) const AXES: usize = 3;
/// Boxes share cells with the next: not worth it with fewer windows of the first axis than this many times those.
const WORTH: usize = 4;

/// Where the taps of each window of a run read on an axis, counted from the first one's start.
fn reads(line: &Line, run: &Run) -> impl Iterator<Item = usize> {
    let (order, Run { count, step, .. }) = (line.order, *run);
    (0..count).flat_map(move |i| (0..order.window).map(move |j| i * step + j * order.dilation))
}

/// The positions that are read, in order.
fn positions(line: &Line, run: &Run) -> Vec<usize> {
    let mut at: Vec<usize> = reads(line, run).collect();
    at.sort_unstable();
    at.dedup();
    at
}

/// For each tap of each window of a run the number of the position it reads.
fn taps(line: &Line, run: &Run, positions: &[usize]) -> Vec<usize> {
    reads(line, run).map(|at| positions.partition_point(|&p| p < at)).collect()
}

/// The first of `n` places that are `inside`, and how many more follow it without a gap.
pub(super) fn stretch(n: usize, inside: impl Fn(usize) -> bool) -> (usize, usize) {
    let first = (0..n).position(&inside).unwrap_or(n);
    (first, (first..n).take_while(|&k| inside(k)).count())
}

/// Cells of a box with `windows` of the first axis.
pub(super) fn cells(lines: &[Line], windows: usize) -> usize {
    let reads = |l: &Line, windows: usize| {
        let span = (l.order.window - 1) * l.order.dilation + 1;
        let apart = l.runs[0].step.min(l.order.window * l.order.dilation);
        (windows.saturating_sub(1)).saturating_mul(apart).saturating_add(span)
    };
    let last = lines.len() - 1;
    let count = |(k, l): (usize, &Line)| match k {
        0 => reads(l, windows),
        k if k == last => l.axis.count() + 2 * l.order.window,
        _ => reads(l, l.axis.count()),
    };
    lines.iter().enumerate().map(count).fold(1, usize::saturating_mul)
}

/// Whether boxes of such [windows](super::choice::boxes) stay in a cache with enough windows each.
pub(crate) fn fits(bytes: usize, lines: &[Line], most: usize) -> bool {
    let line = &lines[0];
    let extra = (line.order.window - 1) * line.order.dilation / line.runs[0].step;
    let least = (WORTH * extra).clamp(1, line.axis.count().max(1));
    // Boxes that share nothing may be larger: each element is read once, in long rows.
    let most = if extra == 0 { 2 * most } else { most };
    cells(lines, least).saturating_mul(bytes) <= most
}

/// One kind of box: some windows of the first axis, and all of the others.
pub(super) struct Boxed {
    pub(super) run: Run,
    /// The rows that are read, in the order they stand in.
    pub(super) rows: Vec<Row>,
    /// By phases: where each tap of each row is found.
    pub(super) shifted: Vec<usize>,
    /// Where the rows of each window of the middle one of three axes begin, plane by plane.
    pub(super) middle: Vec<usize>,
    /// Where the rows, or planes, of each window of the first axis begin.
    pub(super) first: Vec<usize>,
}

/// How many elements windows hold on each axis, if the reduction counts.
pub(super) type Count<'a> = Option<&'a [Held]>;

impl Boxed {
    /// `shifts`, if rows are taken apart: how long a phase's row is, and for each tap its phase and how far it lies; `room` is how
    /// many cells so many rows take.
    pub(super) fn new(
        lines: &[Line],
        run: Run,
        shifts: Option<(usize, &[(usize, usize)])>,
        room: &dyn Fn(usize) -> usize,
    ) -> Boxed {
        let width = lines[lines.len() - 1].axis.count();
        let outer = positions(&lines[0], &run);
        let first = taps(&lines[0], &run, &outer);
        // Without a middle axis a plane is one row.
        let (inner, middle, plane) = match lines {
            [_, line, _] => {
                let inner = positions(line, &line.runs[0]);
                let taps = taps(line, &line.runs[0], &inner);
                let taps = &taps;
                let begins = |z: usize| taps.iter().map(move |y| z + y);
                let middle = (0..outer.len()).flat_map(|z| begins(z * inner.len())).map(|row| row * width).collect();
                (inner, middle, line.axis.count() * width)
            }
            _ => (vec![0], Vec::new(), width),
        };
        let strides = row_major(lines.iter().map(|l| l.axis.len()));
        let places = outer.iter().flat_map(|&z| inner.iter().map(move |&y| (z, y)));
        let rows: Vec<Row> = places.map(|at| row(lines, &strides, &run, at)).collect();
        let mut shifted = Vec::new();
        if let Some((row, taps)) = shifts {
            let pitch = room(rows.len() * row);
            let begins = (0..rows.len()).flat_map(|k| taps.iter().map(move |tap| (k, tap)));
            shifted.extend(begins.map(|(k, (phase, shift))| phase * pitch + k * row + shift));
        }
        let first = first.into_iter().map(|tap| tap * plane).collect();
        Boxed { run, rows, shifted, middle, first }
    }

    /// How many elements each window holds: of all of them if they differ, else of each.
    pub(super) fn counts(&self, lines: &[Line], held: &Count<'_>) -> (Vec<usize>, usize) {
        let Some(held) = held else { return (Vec::new(), 1) };
        let windows = |k: usize| if k == 0 { self.run.windows() } else { 0..lines[k].axis.count() };
        if let Some(all) = (0..lines.len()).try_fold(1, |n, k| Some(n * held[k].all(windows(k))?)) {
            return (Vec::new(), all);
        }
        let mut counts = vec![1];
        for k in 0..lines.len() {
            counts = counts.iter().flat_map(|&n| windows(k).map(move |i| n * held[k].at(i))).collect();
        }
        (counts, 1)
    }
}

/// What the row at these positions of the axes before the last is read from.
fn row(lines: &[Line], strides: &[usize], run: &Run, (z, y): (usize, usize)) -> Row {
    let at = [z, y];
    let mut from = Row::Elements(0);
    for (k, line) in lines[..lines.len() - 1].iter().enumerate() {
        let run = if k == 0 { run } else { &line.runs[0] };
        from = match (from, line.axis.at(run.start + at[k] as isize)) {
            (Row::Nothing, _) | (_, Cell::Gap) => Row::Nothing,
            (Row::Elements(from), Cell::Element(e)) => Row::Elements(from + e * strides[k]),
            _ => Row::Filled,
        };
    }
    from
}
