//! Windows across rows: any other unfolded axis. Rows arrive one at a time and are combined whole, so the loops are the same
//! whatever the window is; only the rows a later window still needs are kept.

use super::choice::{self, Way, batches, scans};
use super::doubling::{Doubling, Node, Order};
use super::line::{Line, Run};
use super::rows::{At, Rows, Slot, Slots, Traits};
use super::tree::Tree;
use crate::kernel::pairwise::{BATCH, Batch, delayed};
use crate::kernel::rows::TAPS;
use crate::spec::gcd;
use alloc::vec::Vec;
use core::ops::Range;

/// Makes the row at a position of the axis's line.
pub(crate) type Make<'a> = dyn FnMut(&mut dyn Rows, isize, At) + 'a;
/// Takes the rows whose combination is the result of some windows, one behind the other, with the windows' places on the grid.
pub(crate) type Emit<'a> = dyn FnMut(&mut dyn Rows, Range<usize>, &[At]) + 'a;

/// The last few rows of one kind, by number. Where the newest one lies is counted along: a division costs as much as some registers
/// of a row.
#[derive(Clone, Copy)]
struct Ring {
    slot: Slot,
    keep: usize,
    pitch: usize,
    /// The number of the newest row, and its place.
    newest: (usize, usize),
}

impl Ring {
    fn new(slots: &mut Slots, keep: usize) -> Self {
        Ring { slot: slots.next(), keep, pitch: 0, newest: (0, 0) }
    }

    /// Makes room; the next row is number 0. A cache line has `line` cells.
    fn fit(&mut self, rows: &mut dyn Rows, row: usize, line: usize) {
        // One more cache line a row: rows a power of two apart would fall on the same few sets of a cache.
        self.pitch = row.next_multiple_of(line) + line;
        self.newest = (0, 0);
        rows.fit(self.slot, self.pitch * self.keep);
    }

    /// The newest row's place, which is the given number: the first one, or the next.
    fn next(&mut self, number: usize) -> At {
        if number > 0 {
            let place = self.newest.1 + 1;
            self.newest = (number, if place == self.keep { 0 } else { place });
        }
        self.place(self.newest.1)
    }

    /// One of the rows that are kept.
    fn row(&self, number: usize) -> At {
        let ((newest, place), back) = (self.newest, self.newest.0 - number);
        debug_assert!(back < self.keep, "row {number} of {} up to {newest} is gone", self.keep);
        self.place(if back > place { place + self.keep - back } else { place - back })
    }

    fn place(&self, place: usize) -> At {
        At { slot: self.slot, at: place * self.pitch }
    }
}

/// Combines rows along one axis.
pub(crate) struct Across<'p> {
    line: &'p Line,
    doubling: &'p Doubling,
    traits: Traits,
    /// One for each node of the doubling; the first holds the blocks.
    rings: Vec<Ring>,
    /// Made rows that may be asked for again, by position.
    kept: Vec<(isize, Slot)>,
    spare: Vec<Slot>,
    sum: Slot,
    rest: Slot,
    /// The blocks of the present group.
    so_far: Slot,
    blocks: Tree,
    cells: Tree,
}

/// The most made rows that are kept to be used twice where a window ends inside a block.
const KEPT: usize = 64;

impl<'p> Across<'p> {
    pub(crate) fn new(slots: &mut Slots, line: &'p Line, doubling: &'p Doubling, traits: Traits) -> Self {
        let order = &line.order;
        let spare = if order.rest > 0 { order.rest.saturating_mul(order.ahead).min(KEPT) } else { 0 };
        Across {
            line,
            doubling,
            traits,
            rings: rings(order.ahead, doubling).into_iter().map(|keep| Ring::new(slots, keep)).collect(),
            kept: Vec::new(),
            spare: (0..spare).map(|_| slots.next()).collect(),
            sum: slots.next(),
            rest: slots.next(),
            so_far: slots.next(),
            blocks: Tree::new(slots, order.blocks),
            cells: Tree::new(slots, order.block.max(order.rest)),
        }
    }

    /// How many rows are alive at once, for choosing how long they may be.
    pub(crate) fn rows(traits: &Traits, line: &Line, doubling: &Doubling) -> usize {
        match line.order.window <= TAPS {
            true => places(&line.order, line.axis.step()).0.unwrap_or(line.order.window),
            false if scans(line) => line.order.blocks + line.order.rest + 1,
            false if batches(traits, &line.order) => delayed(line.order.blocks) + BATCH,
            false => rings(line.order.ahead, doubling).iter().sum::<usize>() + line.order.rest,
        }
    }

    /// For each window of `run`, hands the rows whose combination is its result to `emit`, with its place on the grid.
    pub(crate) fn reduce(
        &mut self,
        rows: &mut dyn Rows,
        row: usize,
        run: &Run,
        make: &mut Make<'_>,
        emit: &mut Emit<'_>,
    ) {
        match choice::across(&self.traits, self.line, run) {
            Way::Taps => self.taps(rows, row, run, make, emit),
            Way::Scanned => self.scanned(rows, row, run, make, emit),
            Way::Shared => self.shared(rows, row, run, make, emit),
            Way::Batched => self.batched(rows, row, run, make, emit),
            Way::Apart => self.apart(rows, row, run, make, emit),
        }
    }

    fn taps(&mut self, rows: &mut dyn Rows, row: usize, run: &Run, make: &mut Make<'_>, emit: &mut Emit<'_>) {
        let order = &self.line.order;
        let (places, unit) = places(order, run.step);
        let (step, dilation) = (run.step / unit, order.dilation / unit);
        let ring = &mut self.rings[0];
        ring.keep = places.unwrap_or(order.window);
        ring.fit(rows, row, self.traits.in_line());
        // What stands in each place of the ring, counted in units from the first window's start.
        let mut held = [usize::MAX; PLACES];
        // The place of the present window's first row, and how much further the next one's is.
        let (mut first, further) = (0, step % ring.keep);
        for i in 0..run.count {
            let mut taps = [At::start(0); TAPS];
            for (j, tap) in taps[..order.window].iter_mut().enumerate() {
                let number = i * step + j * dilation;
                // All that is between a window's first and last cell has a place, so none of its own falls on another.
                let at = match places {
                    Some(n) => first + j * dilation - if first + j * dilation < n { 0 } else { n },
                    None => j,
                };
                *tap = ring.place(at);
                if held[at] != number {
                    held[at] = number;
                    make(rows, run.start + (number * unit) as isize, *tap);
                }
            }
            first += further;
            first -= if first < ring.keep { 0 } else { ring.keep };
            emit(rows, run.part(i..i + 1).windows(), &taps[..order.window]);
        }
    }

    fn shared(&mut self, rows: &mut dyn Rows, row: usize, run: &Run, make: &mut Make<'_>, emit: &mut Emit<'_>) {
        let order = self.line.order;
        for ring in &mut self.rings {
            ring.fit(rows, row, self.traits.in_line());
        }
        self.forget();
        let nodes = &self.doubling.nodes;
        let last = nodes.len() - 1;
        let window = (order.blocks - 1) * order.ahead;
        for t in 0..run.count + window {
            let start = run.start + (t * run.step) as isize;
            let newest = self.rings[0].next(t);
            self.block(rows, order.block, start, true, (newest, row), make);
            for (k, node) in nodes.iter().enumerate().take(last).skip(1) {
                let Some(number) = t.checked_sub((node.size - 1) * order.ahead) else { continue };
                let taps = self.parts(node, number);
                let newest = self.rings[k].next(number);
                rows.combine(newest, row, &taps[..node.parts.len()]);
            }
            let Some(i) = t.checked_sub(window) else { continue };
            let taps = self.parts(&nodes[last], i);
            let whole = match last {
                0 => &[newest][..],
                _ => &taps[..nodes[last].parts.len()],
            };
            self.join(rows, row, run, i, whole, make, emit);
        }
    }

    /// A batch of rows at a time. What the delays held before is added to sums of rows that are before the first window, or of none.
    fn batched(&mut self, rows: &mut dyn Rows, row: usize, run: &Run, make: &mut Make<'_>, emit: &mut Emit<'_>) {
        let n = self.line.order.blocks;
        let (mut ring, delays) = (Ring { keep: BATCH, ..self.rings[0] }, self.sum);
        ring.fit(rows, row, self.traits.in_line());
        rows.fit(delays, delayed(n) * ring.pitch);
        let (first, count) = (n - 1, run.count + n - 1);
        for (turn, begin) in (0..count).step_by(BATCH).enumerate() {
            let batch = begin..(begin + BATCH).min(count);
            for t in batch.clone() {
                make(rows, run.start + (t * run.step) as isize, ring.place(t - begin));
            }
            rows.batch(ring.slot, delays, Batch { pitch: ring.pitch, len: row, n, turn });
            for t in batch.start.max(first)..batch.end {
                emit(rows, run.part(t - first..t - first + 1).windows(), &[ring.place(t - begin)]);
            }
        }
    }

    /// Where the parts of a node are that begins at block `number`.
    fn parts(&self, node: &Node, number: usize) -> [At; TAPS] {
        let mut taps = [At::start(0); TAPS];
        for (tap, part) in taps.iter_mut().zip(&node.parts) {
            *tap = self.rings[part.from].row(number + part.gap * self.line.order.ahead);
        }
        taps
    }

    /// Van Herk and Gil-Werman (1992, 1993): rows of blocks in groups of as many as a window has. A window that begins in one
    /// group ends in the next: it is the first group's blocks from its beginning on, combined from behind when the group was
    /// complete, and the second group's so far, combined as they come. Three combinations a row, whatever the window.
    fn scanned(&mut self, rows: &mut dyn Rows, row: usize, run: &Run, make: &mut Make<'_>, emit: &mut Emit<'_>) {
        let order = self.line.order;
        let group = order.blocks;
        let mut ring = Ring { keep: group, ..self.rings[0] };
        ring.fit(rows, row, self.traits.in_line());
        let so_far = At::start(self.so_far);
        rows.fit(self.so_far, row);
        self.forget();
        // Groups begin where the axis does, so that a result does not depend on which windows are computed together.
        let begin = run.place() % group;
        let mut next = begin;
        for t in 0..run.count + group - 1 {
            let place = next;
            next = if place + 1 == group { 0 } else { place + 1 };
            let start = run.start + (t * run.step) as isize;
            self.block(rows, order.block, start, true, (ring.place(place), row), make);
            match place {
                0 => rows.copy(so_far, ring.place(place), row),
                // The first group's blocks so far are the end of no window, unless all of it is there.
                _ if t < place => {}
                _ => rows.append(so_far, ring.place(place), row),
            }
            if let Some(i) = t.checked_sub(group - 1) {
                let whole = match place + 1 == group {
                    true => &[so_far][..],
                    false => &[ring.place(place + 1), so_far],
                };
                self.join(rows, row, run, i, whole, make, emit);
            }
            if place + 1 == group {
                let first = if t + 1 < group { begin } else { 1 };
                rows.suffixes(ring.slot, (first, group), (ring.pitch, row));
            }
        }
    }

    /// Windows that share nothing.
    fn apart(&mut self, rows: &mut dyn Rows, row: usize, run: &Run, make: &mut Make<'_>, emit: &mut Emit<'_>) {
        let order = self.line.order;
        let whole = At::start(self.so_far);
        rows.fit(whole.slot, row);
        for i in 0..run.count {
            let start = run.start + (i * run.step) as isize;
            let blocks = core::mem::replace(&mut self.blocks, Tree::none());
            blocks.combine(rows, order.blocks, whole, row, &mut |rows, k, to| {
                let from = start + (k * order.block * order.dilation) as isize;
                self.block(rows, order.block, from, false, (to, row), make);
            });
            self.blocks = blocks;
            self.forget();
            self.join(rows, row, run, i, &[whole], make, emit);
        }
    }

    /// Hands `whole` blocks of window `i` of a run to `emit`, and with them the cells behind the last one.
    #[allow(clippy::too_many_arguments)] // one call, and every argument another thing
    fn join(
        &mut self,
        rows: &mut dyn Rows,
        row: usize,
        run: &Run,
        i: usize,
        whole: &[At],
        make: &mut Make<'_>,
        emit: &mut Emit<'_>,
    ) {
        let order = self.line.order;
        if order.rest == 0 {
            return emit(rows, run.part(i..i + 1).windows(), whole);
        }
        let (sum, rest) = (At::start(self.sum), At::start(self.rest));
        rows.fit(self.sum, row);
        rows.fit(self.rest, row);
        rows.combine(sum, row, whole);
        let start = run.start + (i * run.step + order.blocks * order.block * order.dilation) as isize;
        self.block(rows, order.rest, start, true, (rest, row), make);
        emit(rows, run.part(i..i + 1).windows(), &[sum, rest]);
    }

    fn forget(&mut self) {
        self.spare.extend(self.kept.drain(..).map(|(_, slot)| slot));
    }

    /// `T(cells)` of the rows from position `start` on; made rows are `kept` for the next call, as many as there is room for.
    fn block(
        &mut self,
        rows: &mut dyn Rows,
        cells: usize,
        start: isize,
        keeps: bool,
        (to, row): (At, usize),
        make: &mut Make<'_>,
    ) {
        let (kept, spare, dilation) = (&mut self.kept, &mut self.spare, self.line.order.dilation);
        self.cells.combine(rows, cells, to, row, &mut |rows, j, to| {
            let position = start + (j * dilation) as isize;
            if !keeps || kept.is_empty() && spare.is_empty() {
                return make(rows, position, to);
            }
            if let Some((_, slot)) = kept.iter().find(|k| k.0 == position) {
                return rows.copy(to, At::start(*slot), row);
            }
            make(rows, position, to);
            let slot = spare.pop().unwrap_or_else(|| kept.remove(0).1);
            rows.fit(slot, row);
            rows.copy(At::start(slot), to, row);
            kept.push((position, slot));
        });
    }
}

/// The most rows that are kept for short windows.
const PLACES: usize = 4 * TAPS;

/// How many rows there are from a window's first to its last, if they may all be kept; and the unit of which every row's distance
/// from the first window's start is a whole number.
fn places(order: &Order, step: usize) -> (Option<usize>, usize) {
    let unit = gcd(step, order.dilation);
    let places = (order.window - 1) * (order.dilation / unit) + 1;
    ((places <= PLACES).then_some(places), unit)
}

/// How many rows of each node are alive while rows arrive one at a time. A node is made when its last part has just been; its
/// others are older by what it is longer than they are, from where they begin.
pub(super) fn rings(ahead: usize, doubling: &Doubling) -> Vec<usize> {
    let mut keep = alloc::vec![1; doubling.nodes.len()];
    for node in &doubling.nodes[1..] {
        for part in &node.parts {
            let age = (node.size - doubling.nodes[part.from].size - part.gap).saturating_mul(ahead);
            keep[part.from] = keep[part.from].max(age.saturating_add(1));
        }
    }
    // The last node goes straight to the result.
    if keep.len() > 1 {
        keep.pop();
        keep.push(0);
    }
    keep
}
