//! Short lines, several at a time: windows along the last axis and along the one before it, of lines that lie one behind the other as if
//! they were one. So a loop is begun for some lines together, which takes as long as a short one; between the ends of two lines stand
//! combinations that no window has, and nobody reads them.

use super::across::{Emit, rings};
use super::along::chain;
use super::choice::{LINES, batches};
use super::doubling::Node;
use super::job::Job;
use super::line::Run;
use super::rows::{At, Rows, Slot, Slots};
use crate::kernel::pairwise::{Along, BATCH, Batch, delayed, delayed_along};
use crate::kernel::rows::TAPS;
use alloc::vec::Vec;
use core::ops::Range;

/// The last few lines of one kind, by number, one behind the other.
struct Band {
    slot: Slot,
    /// How many older ones are still needed when new ones come.
    older: usize,
    /// The number of the first line that is held, and how many are.
    first: usize,
    held: usize,
}

impl Band {
    fn new(slots: &mut Slots, keep: usize) -> Band {
        Band { slot: slots.next(), older: keep.saturating_sub(1), first: 0, held: 0 }
    }

    /// Makes room; the next line is number 0.
    fn fit(&mut self, rows: &mut dyn Rows, pitch: usize) {
        (self.first, self.held) = (0, 0);
        rows.fit(self.slot, self.room() * pitch);
    }

    /// Lines there is room for: twice as many as are needed, so that each is moved once at most.
    fn room(&self) -> usize {
        2 * (self.older + LINES)
    }

    /// The place of the next `count` lines.
    fn next(&mut self, rows: &mut dyn Rows, count: usize, pitch: usize) -> At {
        if self.held + count > self.room() {
            let gone = self.held - self.older;
            rows.slide(At { slot: self.slot, at: gone * pitch }, self.older * pitch);
            (self.first, self.held) = (self.first + gone, self.older);
        }
        self.held += count;
        At { slot: self.slot, at: (self.held - count) * pitch }
    }

    fn line(&self, number: usize, pitch: usize) -> At {
        debug_assert!(number >= self.first, "line {number} is gone: the first is {}", self.first);
        At { slot: self.slot, at: (number - self.first) * pitch }
    }
}

/// Reduces the last axis and the one before it.
pub(crate) struct Sheet<'p> {
    job: &'p Job,
    /// The lines as they are read.
    lines: Slot,
    /// What a doubling along them makes between.
    slots: Vec<Slot>,
    /// One for each node of the doubling across lines; the first holds lines that are reduced along themselves.
    bands: Vec<Band>,
    delays: [Slot; 2],
}

/// Makes so many lines, from the one at a position on.
pub(crate) type Make<'a> = dyn FnMut(&mut dyn Rows, isize, usize, At) + 'a;

impl<'p> Sheet<'p> {
    pub(crate) fn new(slots: &mut Slots, job: &'p Job) -> Self {
        let [across, along] = [&job.doublings[job.up - 1], &job.doublings[job.up]];
        let keep = rings(job.lines[job.up - 1].order.ahead, across);
        Sheet {
            job,
            lines: slots.next(),
            slots: (0..along.slot_count).map(|_| slots.next()).collect(),
            bands: keep.into_iter().map(|keep| Band::new(slots, keep)).collect(),
            delays: [slots.next(), slots.next()],
        }
    }

    /// For some windows of `run` at a time, hands the rows whose combination is their results, line by line, to `emit`. `make` makes
    /// lines; they are `pitch` apart.
    pub(crate) fn reduce(
        &mut self,
        rows: &mut dyn Rows,
        pitch: usize,
        run: &Run,
        make: &mut Make<'_>,
        emit: &mut Emit<'_>,
    ) {
        let line = &self.job.lines[self.job.up - 1];
        let batched = batches(&self.job.traits, &line.order);
        rows.fit(self.lines, LINES * pitch);
        // (Of a batch only the lines themselves are kept.)
        let kept = if batched { 1 } else { self.bands.len() };
        self.bands[..kept].iter_mut().for_each(|band| band.fit(rows, pitch));
        if batched {
            rows.fit(self.delays[1], delayed(line.order.blocks) * pitch);
        }
        let all = run.count + (line.order.blocks - 1) * line.order.ahead;
        for begin in (0..all).step_by(LINES) {
            let count = LINES.min(all - begin);
            make(rows, run.start + begin as isize, count, At::start(self.lines));
            if batched {
                // In place, from the band's beginning on.
                self.bands[0].held = 0;
            }
            let to = self.bands[0].next(rows, count, pitch);
            self.along(rows, count * pitch, to);
            match batched {
                true => self.batch(rows, pitch, run, begin..begin + count, emit),
                false => self.across(rows, pitch, run, begin..begin + count, emit),
            }
        }
    }

    /// Windows along all cells of the lines.
    fn along(&mut self, rows: &mut dyn Rows, len: usize, to: At) {
        let job = self.job;
        let (order, inner, doubling) = (&job.lines[job.up].order, job.inner, &job.doublings[job.up]);
        let base = At::start(self.lines);
        if inner == 1 && batches(&job.traits, order) {
            let n = order.blocks;
            rows.fit(self.delays[0], delayed_along(n));
            let mut along = Along { n, turn: 0 };
            return rows.batch_along((to, len - (n - 1)), (base, len), self.delays[0], &mut along);
        }
        let apart = order.ahead * inner;
        let mut taps = [base; TAPS];
        let whole = chain(rows, doubling, &self.slots, (base, len), apart, &mut taps);
        rows.combine(to, len - (order.blocks - 1) * apart, whole);
    }

    /// What lines of these numbers complete, across lines.
    fn across(&mut self, rows: &mut dyn Rows, pitch: usize, run: &Run, lines: Range<usize>, emit: &mut Emit<'_>) {
        let doubling = &self.job.doublings[self.job.up - 1];
        let ahead = self.job.lines[self.job.up - 1].order.ahead;
        let last = doubling.nodes.len() - 1;
        let complete = |node: &Node| {
            let before = (node.size - 1) * ahead;
            lines.start.saturating_sub(before)..lines.end.saturating_sub(before)
        };
        let parts = |bands: &[Band], node: &Node, first: usize| {
            let mut taps = [At::start(0); TAPS];
            for (tap, part) in taps.iter_mut().zip(&node.parts) {
                *tap = bands[part.from].line(first + part.gap * ahead, pitch);
            }
            taps
        };
        for (k, node) in doubling.nodes.iter().enumerate().take(last).skip(1) {
            let these = complete(node);
            if !these.is_empty() {
                let taps = parts(&self.bands, node, these.start);
                let to = self.bands[k].next(rows, these.len(), pitch);
                rows.combine(to, these.len() * pitch, &taps[..node.parts.len()]);
            }
        }
        let node = &doubling.nodes[last];
        let these = complete(node);
        if these.is_empty() {
            return;
        }
        let windows = run.part(these.clone()).windows();
        match last {
            0 => emit(rows, windows, &[self.bands[0].line(these.start, pitch)]),
            _ => emit(rows, windows, &parts(&self.bands, node, these.start)[..node.parts.len()]),
        }
    }

    /// The same in a batch whose sums stand in the lines' places.
    fn batch(&mut self, rows: &mut dyn Rows, pitch: usize, run: &Run, lines: Range<usize>, emit: &mut Emit<'_>) {
        let n = self.job.lines[self.job.up - 1].order.blocks;
        let batch = Batch { pitch, len: pitch, n, turn: lines.start / BATCH };
        rows.batch(self.bands[0].slot, self.delays[1], batch);
        let first = lines.start.max(n - 1);
        if first < lines.end {
            let windows = run.part(first - (n - 1)..lines.end - (n - 1)).windows();
            emit(rows, windows, &[At { slot: self.bands[0].slot, at: (first - lines.start) * pitch }]);
        }
    }
}
