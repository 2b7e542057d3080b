//! Windows along a contiguous line: the innermost unfolded axis, whose cells are runs of `inner` elements.

use super::choice::{self, Way, scan_group};
use super::doubling::{Doubling, Order};
use super::line::{Line, Run};
use super::reading::{Reader, Source};
use super::rows::{At, Rows, Slot, Slots, Traits};
use super::tree::Tree;
use crate::kernel::pairwise::{Along as Batches, IN_BATCH, delayed_along};
use crate::kernel::rows::TAPS;
use crate::kernel::scan::BLOCK;
use alloc::vec::Vec;

/// Takes the places of rows whose combination is the result.
pub(crate) type Emit<'a> = dyn FnMut(&mut dyn Rows, &[At]) + 'a;

/// Reads and combines lines.
pub(crate) struct Along<'p> {
    reader: Reader<'p>,
    doubling: &'p Doubling,
    traits: Traits,
    /// The line of single blocks, or the taps' lines one behind the other.
    base: Slot,
    /// How the taps' lines lie there.
    laid: Laid,
    /// Partial results of a doubling.
    slots: Vec<Slot>,
    /// Where lines are scanned: a group's blocks and the next one's, in turns.
    groups: [Slot; 2],
    turn: usize,
    /// Where lines are summed in batches: whether they can go on.
    batches: Option<Batches>,
    sum: Slot,
    blocks: Tree,
    /// Cells behind the last whole block, and all blocks before them.
    rest: Slot,
    whole: Slot,
}

impl<'p> Along<'p> {
    pub(crate) fn new(
        slots: &mut Slots,
        line: &'p Line,
        doubling: &'p Doubling,
        traits: Traits,
        reader: Reader<'p>,
    ) -> Self {
        Along {
            reader,
            doubling,
            traits,
            base: slots.next(),
            laid: Laid::default(),
            slots: (0..doubling.slot_count).map(|_| slots.next()).collect(),
            groups: [slots.next(), slots.next()],
            turn: 0,
            batches: None,
            sum: slots.next(),
            blocks: Tree::new(slots, line.order.blocks),
            rest: slots.next(),
            whole: slots.next(),
        }
    }

    /// Hands the rows whose combination is the result for the windows of `run` to `emit`. If the run `follows` the one that was
    /// reduced before, on the same line, some of that one's work is used again.
    pub(crate) fn reduce(
        &mut self,
        rows: &mut dyn Rows,
        source: Source,
        run: &Run,
        follows: bool,
        emit: &mut Emit<'_>,
    ) {
        match choice::along(&self.traits, self.reader.line, run, self.reader.inner) {
            Way::Taps => self.taps(rows, source, run, emit),
            Way::Shared => self.shared(rows, source, run, emit),
            Way::Batched => self.batched(rows, source, run, follows, emit),
            Way::Scanned => self.scanned(rows, source, run, follows, emit),
            Way::Apart => self.apart(rows, source, run, emit),
        }
    }

    /// All cells of a window combined in registers. Taps a whole number of steps apart read one line, shifted.
    fn taps(&mut self, rows: &mut dyn Rows, source: Source, run: &Run, emit: &mut Emit<'_>) {
        let (reader, laid, base) = (&mut self.reader, &mut self.laid, self.base);
        let (count, inner, order) = (run.count, reader.inner, &reader.line.order);
        if (laid.count, laid.step) != (count, run.step) {
            *laid = Laid::new(order, count, run.step, inner);
        }
        let window = order.window;
        let ready = if laid.used == 1 { reader.ready(rows, source, run, laid.lines[0].2) } else { None };
        let cells = ready.unwrap_or_else(|| {
            rows.fit(base, laid.total);
            for (which, &(offset, begin, len)) in laid.lines[..laid.used].iter().enumerate() {
                let from = (run.start + offset as isize, run.step);
                reader.load(rows, which, source, from, (At { slot: base, at: begin }, len * inner));
            }
            At::start(base)
        });
        let taps: [At; TAPS] = core::array::from_fn(|j| cells.plus(laid.taps[j]));
        emit(rows, &taps[..window]);
    }

    /// Blocks combined once, then the doubling over all of them.
    fn shared(&mut self, rows: &mut dyn Rows, source: Source, run: &Run, emit: &mut Emit<'_>) {
        let (doubling, inner, order) = (self.doubling, self.reader.inner, self.reader.line.order);
        let len = (run.count + (order.blocks - 1) * order.ahead) * inner;
        let base = self.reader.blocks(rows, source, run, len, self.base);
        let mut taps = [base; TAPS];
        let whole = chain(rows, doubling, &self.slots, (base, len), order.ahead * inner, &mut taps);
        self.join(rows, source, run, whole, emit);
    }

    /// A batch of cells at a time; what a part of a line left is there for the next one if it ended with a batch.
    fn batched(&mut self, rows: &mut dyn Rows, source: Source, run: &Run, follows: bool, emit: &mut Emit<'_>) {
        let (n, delays) = (self.reader.line.order.blocks, self.groups[0]);
        let on = self.batches.take().filter(|_| follows);
        let lead = if on.is_some() { 0 } else { n - 1 };
        let start = run.start + ((n - 1 - lead) * run.step) as isize;
        let len = lead + run.count;
        let base = self.reader.blocks(rows, source, &Run { start, ..*run }, len, self.base);
        rows.fit(delays, delayed_along(n));
        rows.fit(self.sum, run.count);
        let mut along = on.unwrap_or(Batches { n, turn: 0 });
        rows.batch_along((At::start(self.sum), run.count), (base, len), delays, &mut along);
        self.batches = run.count.is_multiple_of(IN_BATCH).then_some(along);
        emit(rows, &[At::start(self.sum)]);
    }

    /// Van Herk and Gil-Werman, as [across rows](super::across), with what eight neighbouring blocks make in a row's place: so
    /// the eight windows that begin at neighbouring blocks are combined side by side. Blocks behind the last whole eight, up to
    /// seven, are combined one by one.
    fn scanned(&mut self, rows: &mut dyn Rows, source: Source, run: &Run, follows: bool, emit: &mut Emit<'_>) {
        let (inner, order) = (self.reader.inner, self.reader.line.order);
        let (group, width) = (scan_group(&order), BLOCK * inner);
        // Groups begin where the axis does, so that a result does not depend on which windows are computed together.
        let skipped = run.place() % group;
        let count = (skipped + run.count).next_multiple_of(BLOCK);
        let from = |windows: usize| {
            let start = run.start + (windows as isize - skipped as isize) * run.step as isize;
            Run { start, ..*run }
        };
        self.groups.iter().for_each(|&slot| rows.fit(slot, group * inner));
        rows.fit(self.sum, count * inner);
        let eight = |rows: &mut dyn Rows, to: At, len: usize, base: At| {
            let taps: [At; BLOCK] = core::array::from_fn(|j| base.plus(j * inner));
            rows.combine(to, len, &taps);
        };
        if !follows {
            let own = At::start(self.groups[self.turn]);
            let base = self.reader.blocks(rows, source, &from(0), (group + BLOCK - 1) * inner, self.base);
            eight(rows, own, group * inner, base);
            rows.backward(own, group * inner, width);
        }
        let base = self.reader.blocks(rows, source, &from(group), (count + BLOCK - 1) * inner, self.base);
        for at in (0..count * inner).step_by(group * inner) {
            let len = (group * inner).min(count * inner - at);
            let [own, next] = [self.turn, 1 - self.turn].map(|k| At::start(self.groups[k]));
            eight(rows, next, len, base.plus(at));
            rows.forward(At { slot: self.sum, at }, len, own, next, width);
            if len == group * inner {
                rows.backward(next, len, width);
                self.turn = 1 - self.turn;
            }
        }
        let whole = At { slot: self.sum, at: skipped * inner };
        let behind = base.plus(skipped * inner);
        let taps: [At; TAPS] = core::array::from_fn(|j| if j == 0 { whole } else { behind.plus((j - 1) * inner) });
        self.join(rows, source, run, &taps[..1 + order.blocks - group], emit);
    }

    /// Windows that share nothing: every window's own tree, all windows of the run side by side.
    fn apart(&mut self, rows: &mut dyn Rows, source: Source, run: &Run, emit: &mut Emit<'_>) {
        let (order, len) = (self.reader.line.order, run.count * self.reader.inner);
        rows.fit(self.sum, len);
        let (sum, reader) = (At::start(self.sum), &mut self.reader);
        self.blocks.combine(rows, order.blocks, sum, len, &mut |rows, k, to| {
            reader.block(rows, source, run, k * order.block..(k + 1) * order.block, to, len);
        });
        self.join(rows, source, run, &[sum], emit);
    }

    /// Hands the windows' `whole` blocks to `emit`, and with them the cells behind the last one.
    fn join(&mut self, rows: &mut dyn Rows, source: Source, run: &Run, whole: &[At], emit: &mut Emit<'_>) {
        let order: Order = self.reader.line.order;
        if order.rest == 0 {
            return emit(rows, whole);
        }
        let len = run.count * self.reader.inner;
        rows.fit(self.rest, len);
        let rest = At::start(self.rest);
        let first = order.blocks * order.block;
        self.reader.block(rows, source, run, first..first + order.rest, rest, len);
        if let [whole] = whole {
            return emit(rows, &[*whole, rest]);
        }
        rows.fit(self.whole, len);
        let joined = At::start(self.whole);
        rows.combine(joined, len, whole);
        emit(rows, &[joined, rest]);
    }
}

/// Combines a line of `len` cells of single blocks by a chain, neighbouring blocks of a window `apart` cells apart. What the last node
/// joins is not combined yet: its `taps` come back. (In the caller's place, as `Others::taps` in `machine.rs`.)
pub(super) fn chain<'t>(
    rows: &mut dyn Rows,
    doubling: &Doubling,
    slots: &[Slot],
    (base, len): (At, usize),
    apart: usize,
    taps: &'t mut [At; TAPS],
) -> &'t [At] {
    let of = |m: usize| if m == 0 { base } else { At::start(slots[doubling.slots[m]]) };
    let last = doubling.nodes.len() - 1;
    // Windows of one block are that block.
    taps[0] = base;
    for (k, node) in doubling.nodes.iter().enumerate().skip(1) {
        for (tap, part) in taps.iter_mut().zip(&node.parts) {
            *tap = of(part.from).plus(part.gap * apart);
        }
        if k < last {
            let (to, len) = (of(k), len - (node.size - 1) * apart);
            rows.fit(to.slot, len);
            rows.combine(to, len, &taps[..node.parts.len()]);
        }
    }
    &taps[..doubling.nodes[last].parts.len().max(1)]
}

/// Where the cells that taps read are put: the same for every row of a tile.
#[derive(Default)]
struct Laid {
    count: usize,
    step: usize,
    /// The lines to read: the offset of the first tap, where the line begins, how many windows' cells it has.
    lines: [(usize, usize, usize); TAPS],
    used: usize,
    /// Where each tap of the first window is found.
    taps: [usize; TAPS],
    total: usize,
}

impl Laid {
    /// For `count` windows `step` apart, of cells of `inner` elements.
    fn new(order: &Order, count: usize, step: usize, inner: usize) -> Laid {
        let mut laid = Laid { count, step, ..Laid::default() };
        // Of each line the longest shift, of each tap its line and its shift there.
        let mut shifts = [0; TAPS];
        let mut found = [(0, 0); TAPS];
        for j in 0..order.window {
            let offset = j * order.dilation;
            let joins = |k: &usize| {
                let behind = offset - laid.lines[*k].0;
                behind.is_multiple_of(step) && behind / step <= shifts[*k] + count
            };
            let line = (0..laid.used).find(joins).unwrap_or(laid.used);
            if line == laid.used {
                laid.lines[line].0 = offset;
                laid.used += 1;
            }
            shifts[line] = (offset - laid.lines[line].0) / step;
            found[j] = (line, shifts[line]);
        }
        for (line, shift) in laid.lines[..laid.used].iter_mut().zip(shifts) {
            (line.1, line.2) = (laid.total, shift + count);
            laid.total += line.2 * inner;
        }
        for (tap, (line, shift)) in laid.taps.iter_mut().zip(found).take(order.window) {
            *tap = laid.lines[line].1 + shift * inner;
        }
        laid
    }
}
