//! Small windows over small boxes, as pooling layers have them: all axes in a first-level cache, by long loops without edges.
//!
//! The rows of a box are reduced along themselves first, straight from the elements ([`straight`](crate::kernel::straight)) or, for
//! windows that have no such loop, by *phases*: cell `p` of a row, counted from its first window's start, goes to place
//! `p / step` of phase `p % step`. Then tap `j` of every window lies a fixed distance from the window's place, and shifted rows are
//! combined; only phases that some tap reads are there at all.
//!
//! ```text
//! step 2, window 3      a b c d e f g      phase 0: a c e g      window i: phase 0 at i, phase 1 at i, phase 0 at i + 1
//!                                          phase 1: b d f
//! ```
//!
//! The reduced rows stand one behind the other in the array's order, one for each position that some window reads on the axes
//! before; there windows are combinations of whole rows, and of whole planes.

use super::boxed::{Boxed, Count, cells, stretch};
use super::cells::Cells;
use super::line::{Line, Run};
use super::results::Sink;
use super::source::{Blank, Source};
use crate::kernel::caches::{BOX, LIFTED};
use crate::kernel::folds::fold_rows;
use crate::kernel::level::Level;
use crate::kernel::phases::{Blanks, Columns, Row, room, take_apart};
use crate::kernel::rows::{CHUNK, Counts, Op, TAPS, tree};
use crate::kernel::straight::{Read, Straight};
use crate::spec::Cell;
use alloc::vec::Vec;

/// How many parts of an array are kept to be used again; those of one that has more are made anew.
const KEPT: usize = 64;

/// How the rows of a box are reduced along themselves.
enum Rows<A> {
    Straight(Straight<A>),
    Phased {
        columns: Columns,
        /// Cells of rows in padding, phase by phase.
        filled: Vec<A>,
        /// For each tap its phase, and how many cells further it lies.
        taps: Vec<(usize, usize)>,
    },
}

/// One kind of box: some windows of the first axis.
struct BoxKind<C> {
    boxed: Boxed,
    /// How many elements each window holds; empty if all hold as many.
    counts: Vec<C>,
    all: C,
}

/// Reduces boxes; keeps its buffers between them.
pub(crate) struct Pool<'p, O: Op, C> {
    lines: &'p [Line],
    op: O,
    level: Level,
    nothing: O::Acc,
    rows: Rows<O::Acc>,
    /// Windows of the first axis in a box.
    most: usize,
    parts: Vec<BoxKind<C>>,
    lifted: Cells<O::Acc>,
    /// Where lifted rows stand.
    moved: Vec<Row>,
    phased: Cells<O::Acc>,
    from: Cells<O::Acc>,
    to: Cells<O::Acc>,
}

impl<'p, O: Op, C: Copy> Pool<'p, O, C> {
    pub(crate) fn new(lines: &'p [Line], op: O, level: Level, blank: Blank<O::Acc>) -> Self {
        let each = cells(lines, 2) - cells(lines, 1);
        let most = (BOX / size_of::<O::Acc>().max(1)).saturating_sub(cells(lines, 1)) / each.max(1) + 1;
        let last = &lines[lines.len() - 1];
        let rows = match last.order.dilation == 1 && Straight::<O::Acc>::knows(last.runs[0].step, last.order.window) {
            true => Rows::Straight(straight(last, op, blank)),
            false => phased(last, blank.fill, blank.nothing),
        };
        let (lifted, phased) = (Cells::default(), Cells::default());
        let (from, to) = (Cells::default(), Cells::default());
        let (nothing, parts) = (blank.nothing, Vec::new());
        Pool { lines, op, level, nothing, rows, most, parts, lifted, moved: Vec::new(), phased, from, to }
    }

    /// Windows `run` of the first axis, and all of the others, over one box of the array's elements: the `len` results from
    /// place `at` on.
    pub(crate) fn reduce(
        &mut self,
        source: &dyn Source<O>,
        sink: &mut dyn Sink<O::Acc, C>,
        run: &Run,
        (mut at, len): (usize, usize),
        held: &Count<'_>,
    ) {
        let behind = len / run.count.max(1);
        for (number, run) in run.parts(self.most).enumerate() {
            let (from, len) = (at, run.count * behind);
            at += len;
            // The same parts come again for every leading index.
            let known = number.min(KEPT);
            if self.parts.get(known).is_none_or(|p| p.boxed.run != run) {
                let part = self.part(run, held, &|n| sink.count(n));
                self.parts.truncate(known);
                self.parts.push(part);
            }
            self.part_of(source, sink, known, (from, len));
        }
    }

    fn part(&self, run: Run, held: &Count<'_>, count: &dyn Fn(usize) -> C) -> BoxKind<C> {
        let shifts = match &self.rows {
            Rows::Phased { columns, taps, .. } => Some((columns.row(), &taps[..])),
            Rows::Straight(_) => None,
        };
        let boxed = Boxed::new(self.lines, run, shifts, &room::<O::Acc>);
        let (counts, all) = boxed.counts(self.lines, held);
        BoxKind { boxed, counts: counts.into_iter().map(count).collect(), all: count(all) }
    }

    /// Lifts rows of `line` elements into `lifted`; where they stand there.
    fn lift(source: &dyn Source<O>, lifted: &mut [O::Acc], rows: &[Row], line: usize, moved: &mut Vec<Row>) {
        moved.clear();
        let mut k = 0;
        while k < rows.len() {
            let Row::Elements(begin) = rows[k] else {
                moved.push(rows[k]);
                k += 1;
                continue;
            };
            // Rows that follow each other are lifted at once.
            let many =
                rows[k..].iter().zip(0..).take_while(|&(&row, n)| row == Row::Elements(begin + n * line)).count();
            source.lift_boxed(begin, &mut lifted[k * line..][..many * line]);
            moved.extend((k..k + many).map(|k| Row::Elements(k * line)));
            k += many;
        }
    }

    /// Reduces the rows of a part along themselves.
    fn rows_of(&mut self, source: &dyn Source<O>, part: usize) {
        let Pool { lines, op, level, parts, rows, lifted, moved, phased, from, nothing, .. } = self;
        let (part, op, level, nothing) = (&parts[part].boxed, *op, *level, *nothing);
        let last = &lines[lines.len() - 1].axis;
        let (width, line) = (last.count(), last.len());
        let count = part.rows.len();
        from.fit(room::<O::Acc>(count * width), nothing);
        let pitch = match rows {
            Rows::Phased { columns, .. } => room::<O::Acc>(count * columns.row()),
            Rows::Straight(_) => 0,
        };
        if let Rows::Phased { columns, .. } = rows {
            phased.fit(columns.phases() * pitch, nothing);
        }
        let done = match (&*rows, source.boxed()) {
            (Rows::Straight(how), _) => source.reduce_boxed(op, from, &part.rows, how),
            (Rows::Phased { columns, filled, .. }, Some(cells)) => {
                let how = (columns, Blanks { nothing, filled });
                take_apart(level, phased, cells, &part.rows, how, pitch);
                true
            }
            (Rows::Phased { .. }, None) => false,
        };
        if !done {
            // So many that they are still in a first-level cache when they are read again.
            let most = (LIFTED / (line * size_of::<O::Acc>()).max(1)).max(1);
            lifted.fit(room::<O::Acc>(most * line), nothing);
            for (number, reads) in part.rows.chunks(most).enumerate() {
                Self::lift(source, lifted, reads, line, moved);
                let first = number * most;
                match &*rows {
                    Rows::Straight(how) => {
                        source.reduce_lifted(op, &mut from[first * width..], lifted, moved, how);
                    }
                    Rows::Phased { columns, filled, .. } => {
                        let how = (columns, Blanks { nothing, filled });
                        take_apart(level, &mut phased[first * columns.row()..], lifted, moved, how, pitch);
                    }
                }
            }
        }
        if let Rows::Phased { taps, .. } = rows {
            fold_rows(level, op, from, phased, (&part.shifted, taps.len()), width);
        }
    }

    fn part_of(
        &mut self,
        source: &dyn Source<O>,
        sink: &mut dyn Sink<O::Acc, C>,
        part: usize,
        (at, all): (usize, usize),
    ) {
        self.rows_of(source, part);
        let Pool { lines, op, level, parts, from, to, nothing, .. } = self;
        let (part, op, level, nothing) = (&parts[part], *op, *level, *nothing);
        let width = lines[lines.len() - 1].axis.count();
        let mut plane = width;
        if let [_, line, _] = lines {
            let planes = part.boxed.middle.len() / (line.order.window * line.axis.count());
            plane *= line.axis.count();
            to.fit(room::<O::Acc>(planes * plane), nothing);
            fold_rows(level, op, to, from, (&part.boxed.middle, line.order.window), width);
            core::mem::swap(from, to);
        }
        let window = lines[0].order.window;
        let counts = |at: usize, len: usize| match part.counts.is_empty() {
            true => Counts::All(part.all),
            false => Counts::Each(&part.counts[at..at + len]),
        };
        // Windows one step apart are shifted by a row: all of them at once. Long rows need not be put together first.
        let joined = part.boxed.first.chunks_exact(window).is_sorted_by(|a, b| b[0] == a[0] + plane);
        if !joined && plane < 4 * CHUNK {
            to.fit(room::<O::Acc>(all), nothing);
            fold_rows(level, op, to, from, (&part.boxed.first, window), plane);
            return sink.put(at, all, &[&to[..all]], &counts(0, all));
        }
        let len = if joined { all } else { plane };
        for (k, begins) in part.boxed.first.chunks_exact(window).take(all / len).enumerate() {
            let mut taps: [&[O::Acc]; TAPS] = [&[]; TAPS];
            for (to, &begin) in taps.iter_mut().zip(begins) {
                *to = &from[begin..begin + len];
            }
            sink.put(at + k * len, len, &taps[..window], &counts(k * len, len));
        }
    }
}

/// How rows of the last axis are reduced straight from the elements.
fn straight<O: Op>(line: &Line, op: O, Blank { fill, nothing }: Blank<O::Acc>) -> Straight<O::Acc> {
    let (run, window) = (line.runs[0], line.order.window);
    let place = |k: usize, j: usize| run.start + (k * run.step + j) as isize;
    let read = |k: usize, j: usize| match line.axis.at(place(k, j)) {
        Cell::Element(e) => Read::Element(e),
        Cell::Pad => Read::Value(fill),
        Cell::Gap => Read::Value(nothing),
    };
    let own = |k: usize, j: usize| matches!(line.axis.at(place(k, j)), Cell::Element(e) if e as isize == place(k, j));
    let (first, count) = stretch(run.count, |k| (0..window).all(|j| own(k, j)));
    let border = |k: usize| (k, core::array::from_fn(|j| if j < window { read(k, j) } else { Read::Value(nothing) }));
    let filled = (0..run.count).map(|k| {
        let value = |j: usize| if line.axis.at(place(k, j)) == Cell::Gap { nothing } else { fill };
        tree(|a, b| op.combine(a, b), value, window)
    });
    Straight {
        step: run.step,
        window,
        width: run.count,
        line: line.axis.len(),
        first,
        count,
        from: place(first, 0).max(0) as usize,
        borders: (0..first).chain(first + count..run.count).map(border).collect(),
        filled: filled.collect(),
        nothing,
    }
}

/// How rows of the last axis are taken apart by phases.
fn phased<A: Copy>(line: &Line, fill: A, nothing: A) -> Rows<A> {
    let (run, order) = (&line.runs[0], line.order);
    let (mut phases, mut taps) = (Vec::new(), Vec::new());
    for at in (0..order.window).map(|j| j * order.dilation) {
        let phase = at % run.step;
        let known = phases.iter().position(|&p| p == phase).unwrap_or(phases.len());
        if known == phases.len() {
            phases.push(phase);
        }
        taps.push((known, at / run.step));
    }
    let row = run.count + (order.window - 1) * order.dilation / run.step;
    let last = (run.count - 1) * run.step + (order.window - 1) * order.dilation;
    let cell = |phase: usize, q: usize| {
        let at = phase + q * run.step;
        if at > last { Cell::Gap } else { line.axis.at(run.start + at as isize) }
    };
    let (mut columns, mut filled) = (Columns::new(run.step, row), Vec::new());
    for &phase in &phases {
        let inside = |q: usize| match cell(phase, q) {
            Cell::Element(e) => e as isize == run.start + (phase + q * run.step) as isize,
            _ => false,
        };
        let (first, count) = stretch(row, inside);
        let from = (run.start + (phase + first * run.step) as isize).max(0) as usize;
        columns.phase(first, count, from);
        for q in (0..first).chain(first + count..row) {
            match cell(phase, q) {
                Cell::Element(e) => columns.border(q, Some(e)),
                _ => columns.border(q, None),
            }
        }
        filled.extend((0..row).map(|q| if cell(phase, q) == Cell::Gap { nothing } else { fill }));
    }
    columns.join();
    Rows::Phased { columns, filled, taps }
}
