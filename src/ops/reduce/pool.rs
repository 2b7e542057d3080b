//! Small windows over small boxes, as pooling layers have them: all axes in a first-level cache, by long loops without edges.
//!
//! A box of cells is laid out by *phases*: cell `p` of an axis, counted from its first window's start, goes to row `p / step` of
//! phase `p % step`. Then tap `j` of every window lies a fixed distance from the window's place, and an axis is reduced by
//! combining whole boxes, shifted; only phases that some tap reads are there at all.
//!
//! ```text
//! step 2, window 3      a b c d e f g      phase 0: a c e g      window i: phase 0 at i, phase 1 at i, phase 0 at i + 1
//!                                          phase 1: b d f
//! ```

use super::cells::Cells;
use super::line::{Line, Run};
use super::sink::Stage;
use crate::kernel::level::Level;
use crate::kernel::lower::finish;
use crate::kernel::phases::{Columns, Row, lift_rows};
use crate::kernel::rows::{Counts, Last, Reduction, TAPS};
use crate::spec::Cell;
use alloc::vec;
use alloc::vec::Vec;

/// The most unfolded axes a box has.
pub(crate) const AXES: usize = 3;
/// Bytes of a box: with the results between it stays in a first-level cache.
const BOX: usize = 24 * 1024;
/// Boxes share cells with the next: not worth it with fewer windows of the first axis than this many times those.
const WORTH: usize = 4;

/// How many parts of an array are kept to be used again; those of one that has more are made anew.
const KEPT: usize = 64;

/// One axis of a box.
struct Side<'p> {
    line: &'p Line,
    /// The remainders modulo the step that some tap has.
    phases: Vec<usize>,
    /// For each tap its phase, and how many rows further it lies.
    taps: Vec<(usize, usize)>,
    /// Rows more than windows.
    extra: usize,
}

impl<'p> Side<'p> {
    fn new(line: &'p Line) -> Side<'p> {
        let (run, order) = (line.runs[0], line.order);
        let mut side = Side { line, phases: Vec::new(), taps: Vec::new(), extra: 0 };
        for at in (0..order.window).map(|j| j * order.dilation) {
            let phase = at % run.step;
            let known = side.phases.iter().position(|&p| p == phase).unwrap_or(side.phases.len());
            if known == side.phases.len() {
                side.phases.push(phase);
            }
            side.taps.push((known, at / run.step));
            side.extra = at / run.step;
        }
        side
    }

    /// What stands in row `row` of a phase, for windows `run`; nothing where no window reads.
    fn cell(&self, run: &Run, phase: usize, row: usize) -> Cell {
        let at = self.phases[phase] + row * run.step;
        let last = (run.count - 1) * run.step + (self.line.order.window - 1) * self.line.order.dilation;
        if at > last { Cell::Gap } else { self.line.axis.at(run.start + at as isize) }
    }
}

/// Whether boxes of such [windows](super::choice::boxes) stay in a cache with enough windows each.
pub(crate) fn fits<A>(lines: &[Line]) -> bool {
    let sides: Vec<Side<'_>> = lines.iter().map(Side::new).collect();
    let least = (WORTH * sides[0].extra).clamp(1, sides[0].line.axis.count().max(1));
    // Boxes that share nothing may be larger: each element is read once, in long rows.
    let most = if sides[0].extra == 0 { 2 * BOX } else { BOX };
    cells(&sides, least).saturating_mul(size_of::<A>()) <= most
}

/// Cells of a box with `windows` of the first axis.
fn cells(sides: &[Side<'_>], windows: usize) -> usize {
    let rows = |(k, s): (usize, &Side<'_>)| match k {
        0 => windows + s.extra,
        _ => s.line.axis.count() + s.extra,
    };
    sides.iter().enumerate().map(|(k, s)| rows((k, s)) * s.phases.len()).fold(1, usize::saturating_mul)
}

/// One kind of box: some windows of the first axis.
struct Part<C> {
    run: Run,
    /// Rows of every axis.
    rows: Vec<usize>,
    fills: Vec<(Row, usize)>,
    /// How many elements each window holds, junk between them included; empty if all hold as many.
    counts: Vec<C>,
    all: C,
}

/// Reduces boxes; keeps its buffers between them.
pub(crate) struct Pool<'p, T, R: Reduction<T>> {
    sides: Vec<Side<'p>>,
    reduction: &'p R,
    level: Level,
    /// Elements of the array behind each position of the axes.
    strides: Vec<usize>,
    columns: Columns<R::Acc>,
    /// Windows of the first axis in a box.
    most: usize,
    parts: Vec<Part<R::Count>>,
    from: Cells<R::Acc>,
    to: Cells<R::Acc>,
    lowered: Cells<R::Out>,
}

impl<'p, T: Copy, R: Reduction<T>> Pool<'p, T, R> {
    pub(crate) fn new(lines: &'p [Line], reduction: &'p R, level: Level, fill: Option<T>) -> Self {
        let sides: Vec<Side<'p>> = lines.iter().map(Side::new).collect();
        let fill = fill.map_or_else(|| reduction.identity(), |v| reduction.lift(v));
        let mut strides = vec![1; lines.len()];
        for k in (1..lines.len()).rev() {
            strides[k - 1] = strides[k] * lines[k].axis.len();
        }
        let each = cells(&sides, 2) - cells(&sides, 1);
        let most = (BOX / size_of::<R::Acc>().max(1)).saturating_sub(cells(&sides, 1)) / each.max(1) + 1;
        let columns = columns(&sides[sides.len() - 1], fill, reduction.identity());
        let (parts, from, to, lowered) = (Vec::new(), Cells::default(), Cells::default(), Cells::default());
        Pool { sides, reduction, level, strides, columns, most, parts, from, to, lowered }
    }

    /// Windows `run` of the first axis, and all of the others, over one box of the array's elements.
    pub(crate) fn reduce(&mut self, src: &[T], run: &Run, out: &mut [R::Out], stage: &Stage<R::Out>, held: &Count<'_>) {
        let behind = out.len() / run.count.max(1);
        let mut out = out;
        for (number, run) in run.parts(self.most).enumerate() {
            let (dst, more) = core::mem::take(&mut out).split_at_mut(run.count * behind);
            out = more;
            // The same parts come again for every leading index.
            let known = number.min(KEPT);
            if self.parts.get(known).is_none_or(|p| p.run != run) {
                let part = self.part(run, held);
                self.parts.truncate(known);
                self.parts.push(part);
            }
            self.part_of(src, known, dst, stage);
        }
    }

    fn part(&self, run: Run, held: &Count<'_>) -> Part<R::Count> {
        let windows = |k: usize| if k == 0 { run.count } else { self.sides[k].line.axis.count() };
        let rows: Vec<usize> = (0..self.sides.len()).map(|k| windows(k) + self.sides[k].extra).collect();
        let last = self.sides.len() - 1;
        let row = rows[last];
        let cells: usize = rows.iter().product();
        let wide = self.sides[last].phases.len() * cells;
        // Rows of the last axis in the order they stand in: by the phases of the other axes, then by their rows.
        let phases: usize = self.sides[..last].iter().map(|s| s.phases.len()).product();
        let places = (0..phases).flat_map(|p| (0..cells / row).map(move |q| (p, q)));
        let fills = places.map(|(p, q)| (self.row(&run, &rows, p, q), p * wide + q * row)).collect();
        let (counts, all) = self.counts(&run, &rows, held);
        Part { run, rows, fills, counts, all }
    }

    /// What the `q`-th row of the `p`-th phase of the axes before the last is read from.
    fn row(&self, run: &Run, rows: &[usize], mut p: usize, mut q: usize) -> Row {
        let mut from = Row::Elements(0);
        for k in (0..rows.len() - 1).rev() {
            let side = &self.sides[k];
            let run = if k == 0 { run } else { &side.line.runs[0] };
            from = match (from, side.cell(run, p % side.phases.len(), q % rows[k])) {
                (Row::Nothing, _) | (_, Cell::Gap) => Row::Nothing,
                (Row::Elements(from), Cell::Element(e)) => Row::Elements(from + e * self.strides[k]),
                _ => Row::Filled,
            };
            p /= side.phases.len();
            q /= rows[k];
        }
        from
    }

    /// The counts of a part: of each place if they differ, and of one window.
    fn counts(&self, run: &Run, rows: &[usize], held: &Count<'_>) -> (Vec<R::Count>, R::Count) {
        let Some(held) = held else { return (Vec::new(), self.reduction.count(1)) };
        let windows = |k: usize| if k == 0 { run.windows() } else { 0..self.sides[k].line.axis.count() };
        let all = (0..rows.len()).try_fold(1, |n, k| Some(n * held[k].all(windows(k))?));
        if let Some(all) = all {
            return (Vec::new(), self.reduction.count(all));
        }
        let mut counts = vec![1];
        for (k, &rows) in rows.iter().enumerate() {
            let range = windows(k);
            let of = |row: usize| if row < range.len() { held[k].at(range.start + row) } else { 1 };
            counts = counts.iter().flat_map(|&n| (0..rows).map(move |row| n * of(row))).collect();
        }
        (counts.into_iter().map(|n| self.reduction.count(n)).collect(), self.reduction.count(1))
    }

    fn part_of(&mut self, src: &[T], part: usize, out: &mut [R::Out], stage: &Stage<R::Out>) {
        let Pool { sides, reduction: r, level, parts, from, to, lowered, columns, .. } = self;
        let part = &parts[part];
        let cells: usize = part.rows.iter().product();
        let phases: usize = sides.iter().map(|s| s.phases.len()).product();
        let nothing = r.identity();
        from.fit(phases * cells, nothing);
        to.fit(phases * cells, nothing);
        lift_rows(*level, *r, &mut from[..phases * cells], src, &part.fills, columns, cells);
        let (mut outer, mut stride, mut length) = (phases, 1, cells);
        for k in (1..sides.len()).rev() {
            let side = &sides[k];
            outer /= side.phases.len();
            length -= side.extra * stride;
            for o in 0..outer {
                let tap = |&(phase, row): &(usize, usize)| {
                    &from[(o * side.phases.len() + phase) * cells + row * stride..][..length]
                };
                let mut taps: [&[R::Acc]; TAPS] = [&[]; TAPS];
                for (to, tap) in taps.iter_mut().zip(side.taps.iter().map(tap)) {
                    *to = tap;
                }
                finish(*level, *r, &mut to[o * cells..][..length], &Last::Taps(&taps[..side.taps.len()]));
            }
            core::mem::swap(from, to);
            stride *= part.rows[k];
        }
        let side = &sides[0];
        length -= side.extra * stride;
        let mut taps: [&[R::Acc]; TAPS] = [&[]; TAPS];
        for (to, &(phase, row)) in taps.iter_mut().zip(&side.taps) {
            *to = &from[phase * cells + row * stride..][..length];
        }
        let last = Last::Taps(&taps[..side.taps.len()]);
        let counts = match part.counts.is_empty() {
            true => Counts::All(part.all),
            false => Counts::Each(&part.counts[..length]),
        };
        if length == out.len() {
            return stage.put(*level, *r, out, &last, &counts);
        }
        lowered.fit(length, R::Out::default());
        crate::kernel::lower::finish_lowered(*level, *r, &mut lowered[..length], &last, &counts, None);
        // Without the junk between rows.
        let wide = part.rows[sides.len() - 1];
        let row = wide - sides[sides.len() - 1].extra;
        let planes = if sides.len() == 3 { part.rows[1] } else { usize::MAX };
        let kept = if sides.len() == 3 { planes - sides[1].extra } else { usize::MAX };
        let rows = lowered[..length].chunks(wide).enumerate().filter(|(k, _)| k % planes < kept);
        for (to, (_, from)) in out.chunks_exact_mut(row).zip(rows) {
            to.copy_from_slice(&from[..row]);
        }
    }
}

/// How many elements windows hold on each axis, if the reduction counts.
pub(crate) type Count<'a> = Option<&'a [super::line::Held]>;

/// How rows of the last axis are taken apart.
fn columns<A: Copy>(side: &Side<'_>, fill: A, nothing: A) -> Columns<A> {
    let run = &side.line.runs[0];
    let row = run.count + side.extra;
    let mut columns = Columns::new(run.step, row, nothing);
    for phase in 0..side.phases.len() {
        let inside = |q: usize| match side.cell(run, phase, q) {
            Cell::Element(e) => e as isize == run.start + (side.phases[phase] + q * run.step) as isize,
            _ => false,
        };
        let first = (0..row).position(inside).unwrap_or(row);
        let behind = (first..row).position(|q| !inside(q)).map_or(row, |n| first + n);
        let from = (run.start + (side.phases[phase] + first * run.step) as isize).max(0) as usize;
        columns.phase(first, behind - first, from);
        for q in (0..first).chain(behind..row) {
            match side.cell(run, phase, q) {
                Cell::Element(e) => columns.border(q, Some(e)),
                _ => columns.border(q, None),
            }
        }
        columns.filled((0..row).map(|q| if side.cell(run, phase, q) == Cell::Gap { nothing } else { fill }));
    }
    columns.join();
    columns
}
