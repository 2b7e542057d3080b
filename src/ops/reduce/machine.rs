//! Rows of accumulators and what is done to them: compiled once for each way to combine, whatever elements are lifted from and
//! results lowered to.

use super::cells::Cells;
use super::held::Held;
use super::line::{Line, Run};
use super::pool::Pool;
use super::results::Sink;
use super::rows::{At, CellCount, ELEMENTS, Index, Lines, Rows, Scatter, Slot, Strided};
use super::source::{Blank, Source};
use crate::kernel::level::Level;
use crate::kernel::lower::combine;
use crate::kernel::pairwise::{Along, Batch};
use crate::kernel::prefetch;
use crate::kernel::rows::{Counts, Op, TAPS, append, small, suffixes};
use crate::kernel::scan::{backward, forward};
use crate::spec::Cell;
use alloc::vec::Vec;

/// The rows of one thread.
pub(crate) struct Machine<'a, O: Op, C> {
    op: O,
    level: Level,
    blank: Blank<O::Acc>,
    source: &'a mut dyn Source<O>,
    sink: &'a mut dyn Sink<O::Acc, C>,
    slots: Vec<Cells<O::Acc>>,
    counts: Vec<usize>,
    /// The counts so many times, as results are lowered with them.
    made: (usize, Vec<C>),
    lines: &'a [Line],
    /// Unless results are lowered without counts.
    held: Option<&'a [Held]>,
    pool: Option<Pool<'a, O, C>>,
}

impl<'a, O: Op, C: Copy> Machine<'a, O, C> {
    pub(crate) fn new(
        (op, level, blank): (O, Level, &Blank<O::Acc>),
        source: &'a mut dyn Source<O>,
        sink: &'a mut dyn Sink<O::Acc, C>,
        (lines, held): (&'a [Line], Option<&'a [Held]>),
    ) -> Self {
        let (slots, counts, made) = (Vec::new(), Vec::new(), (usize::MAX, Vec::new()));
        Machine { op, level, blank: *blank, source, sink, slots, counts, made, lines, held, pool: None }
    }

    fn place(&mut self, to: At, len: usize) -> &mut [O::Acc] {
        &mut self.slots[to.slot][to.at..to.at + len]
    }

    /// A row to write, and what gives the others.
    fn split(&mut self, to: At, len: usize) -> (&mut [O::Acc], Others<'_, O::Acc>) {
        let (before, rest) = self.slots.split_at_mut(to.slot);
        let Some((own, behind)) = rest.split_first_mut() else { unreachable!("rows are made before they are used") };
        (&mut own[to.at..to.at + len], Others { elements: self.source.row(), before, behind })
    }
}

/// Rows that are read while another one is written.
struct Others<'s, A> {
    elements: Option<&'s [A]>,
    before: &'s [Cells<A>],
    behind: &'s [Cells<A>],
}

impl<'s, A: Copy> Others<'s, A> {
    #[inline]
    fn row(&self, from: At, len: usize) -> &'s [A] {
        let range = from.at..from.at + len;
        if from.slot == ELEMENTS {
            return match self.elements {
                Some(row) => &row[range],
                None => unreachable!("elements that need no lifting"),
            };
        }
        match from.slot.checked_sub(self.before.len()) {
            None => &self.before[from.slot][range],
            // The row between is being written.
            Some(k) => &self.behind[k - 1][range],
        }
    }

    /// The rows at `taps`. (Written where they stay: an array that is handed back is copied in wider pieces than it was stored in, and that
    /// waits for all stores before.)
    #[inline(always)]
    fn taps<'r>(&self, rows: &'r mut [&'s [A]; TAPS], taps: &[At], len: usize) -> &'r [&'s [A]] {
        for (row, &tap) in rows.iter_mut().zip(taps) {
            *row = self.row(tap, len);
        }
        &rows[..taps.len()]
    }
}

impl<O: Op, C: Copy> Rows for Machine<'_, O, C> {
    fn fit(&mut self, slot: Slot, len: usize) {
        if self.slots.len() <= slot {
            self.slots.resize_with(slot + 1, Cells::default);
        }
        self.slots[slot].fit(len, self.blank.nothing);
    }

    fn blank(&mut self, to: At, len: usize) {
        let nothing = self.blank.nothing;
        self.place(to, len).fill(nothing);
    }

    fn filled(&mut self, to: At, len: usize) {
        let value = self.blank.fill;
        self.place(to, len).fill(value);
    }

    fn copy(&mut self, to: At, from: At, len: usize) {
        let (to, others) = self.split(to, len);
        to.copy_from_slice(others.row(from, len));
    }

    fn combine(&mut self, to: At, len: usize, taps: &[At]) {
        let (level, op) = (self.level, self.op);
        let (to, others) = self.split(to, len);
        combine(level, op, to, others.taps(&mut [&[]; TAPS], taps, len));
    }

    fn append(&mut self, to: At, from: At, len: usize) {
        let (level, op) = (self.level, self.op);
        let (to, others) = self.split(to, len);
        append(level, op, to, others.row(from, len));
    }

    fn batch(&mut self, rows: Slot, delays: Slot, batch: Batch) {
        if const { O::BATCHED } {
            let Ok([rows, delays]) = self.slots.get_disjoint_mut([rows, delays]) else { unreachable!("two rows") };
            self.op.batch(self.level, rows, delays, batch);
        }
    }

    fn batch_along(&mut self, to: (At, usize), from: (At, usize), delays: Slot, along: &mut Along) {
        if const { O::BATCHED } {
            let (level, op) = (self.level, self.op);
            let mut kept = core::mem::take(&mut self.slots[delays]);
            let (to, others) = self.split(to.0, to.1);
            op.batch_along(level, to, others.row(from.0, from.1), &mut kept, along);
            self.slots[delays] = kept;
        }
    }

    fn slide(&mut self, from: At, len: usize) {
        self.slots[from.slot].copy_within(from.at..from.at + len, 0);
    }

    fn suffixes(&mut self, slot: Slot, range: (usize, usize), pitch: (usize, usize)) {
        suffixes(self.level, self.op, &mut self.slots[slot], range, pitch);
    }

    fn forward(&mut self, to: At, len: usize, own: At, next: At, width: usize) {
        if const { small::<O::Acc>() } {
            let (level, op) = (self.level, self.op);
            let (to, others) = self.split(to, len);
            forward(level, op, to, others.row(own, len), others.row(next, len), width);
        }
    }

    fn backward(&mut self, cells: At, len: usize, width: usize) {
        if const { small::<O::Acc>() } {
            let (level, op) = (self.level, self.op);
            backward(level, op, self.place(cells, len), width);
        }
    }

    fn enter(&mut self, index: &[usize], places: &[usize]) {
        self.source.enter(index, places);
    }

    fn ready(&mut self, first: usize, len: usize, ahead: isize) -> bool {
        let Some(row) = self.source.row() else { return false };
        if ahead != 0 {
            prefetch(&row[first..first + len], ahead);
        }
        true
    }

    fn lift(&mut self, to: At, len: usize, from: Strided, ahead: isize) {
        self.source.lift(&mut self.slots[to.slot][to.at..to.at + len], from, ahead);
    }

    fn lift_lines(&mut self, to: At, index: Index<'_>, lines: &Lines, from: Strided, ahead: isize) {
        self.source.lift_lines(&mut self.slots[to.slot][to.at..], index, lines, from, ahead);
    }

    fn border(&mut self, to: At, len: usize, cells: &[(Cell, usize)], inner: usize) {
        self.source.border(&mut self.slots[to.slot][to.at..to.at + len], cells, inner, self.blank);
    }

    fn count(&mut self, counts: &[usize]) {
        self.counts.clear();
        self.counts.extend_from_slice(counts);
        self.made.0 = usize::MAX;
    }

    fn lower(&mut self, at: &Scatter<'_>, taps: &[At], count: CellCount) {
        let others = Others { elements: self.source.row(), before: &self.slots, behind: &[] };
        let (sink, cells) = (&mut self.sink, at.cells());
        let counts = match count {
            CellCount::All(n) => Counts::All(sink.count(n)),
            CellCount::Each(times, from) => {
                if self.made.0 != times {
                    self.made.0 = times;
                    self.made.1.clear();
                    self.made.1.extend(self.counts.iter().map(|&n| sink.count(n.saturating_mul(times))));
                }
                Counts::Each(&self.made.1[from..from + cells])
            }
        };
        let mut rows = [&[][..]; TAPS];
        let rows = others.taps(&mut rows, taps, cells);
        match at.stretches {
            [one] => sink.put(at.first + one, at.len, rows, &counts),
            _ => sink.put_stretches(at, rows, &counts),
        }
    }

    fn boxes(&mut self, index: &[usize], run: &Run, at: usize, len: usize) {
        if const { small::<O::Acc>() && O::BOXED } {
            let (lines, op, level, blank) = (self.lines, self.op, self.level, self.blank);
            self.source.open(index);
            let pool = self.pool.get_or_insert_with(|| Pool::new(lines, op, level, blank));
            pool.reduce(self.source, self.sink, run, (at, len), &self.held);
        }
    }
}
