//! Windows along a contiguous line: the innermost unfolded axis, whose cells are runs of `inner` elements.

use super::cells::Cells;
use super::chain::{Chain, Order};
use super::choice::{self, Way, scan_group};
use super::line::{Line, Run};
use super::reading::Reader;
pub(crate) use super::reading::Row;
use super::tree::Tree;
use crate::kernel::level::Level;
use crate::kernel::lower::finish;
use crate::kernel::rows::{self, Last, Reduction, TAPS, small};
use crate::kernel::scan::{BLOCK, backward, forward};
use alloc::vec::Vec;

/// Reads and combines lines; keeps its buffers between them.
///
/// (They are borrowed, never moved out and back: a buffer's few words, written one by one and read again in wider pieces, would
/// wait for all results that were streamed between.)
pub(crate) struct Along<'p, T, R: Reduction<T>> {
    reader: Reader<'p, T, R>,
    chain: &'p Chain,
    /// The line of single blocks, or the taps' lines one behind the other.
    base: Cells<R::Acc>,
    /// How the taps' lines lie there.
    laid: Laid,
    /// Partial results of a chain.
    slots: Vec<Cells<R::Acc>>,
    /// Where lines are scanned: a group's blocks and the next one's, in turns.
    groups: [Cells<R::Acc>; 2],
    turn: usize,
    sum: Cells<R::Acc>,
    blocks: Tree<R::Acc>,
    ends: Ends<R::Acc>,
}

impl<'p, T: Copy, R: Reduction<T>> Along<'p, T, R> {
    pub(crate) fn new(
        line: &'p Line,
        chain: &'p Chain,
        inner: usize,
        reduction: &'p R,
        level: Level,
        fill: Option<T>,
        ahead: isize,
    ) -> Self {
        Along {
            reader: Reader::new(line, inner, reduction, level, fill, ahead),
            chain,
            base: Cells::default(),
            laid: Laid::default(),
            slots: (0..chain.slot_count).map(|_| Cells::default()).collect(),
            groups: Default::default(),
            turn: 0,
            sum: Cells::default(),
            blocks: Tree::default(),
            ends: Ends { rest: Cells::default(), whole: Cells::default() },
        }
    }

    /// Hands the rows whose combination is the result for the windows of `run` to `emit`. If the run `follows` the one that was
    /// reduced before, on the same line, some of that one's work is used again.
    pub(crate) fn reduce(&mut self, row: Row<'_, T>, run: &Run, follows: bool, emit: impl FnOnce(Last<'_, R::Acc>)) {
        match choice::along::<R::Acc>(self.reader.line, run) {
            Way::Taps => self.taps(row, run, emit),
            Way::Shared => self.shared(row, run, emit),
            Way::Scanned => {
                if const { small::<R::Acc>() } {
                    self.scanned(row, run, follows, emit);
                }
            }
            Way::Apart => self.apart(row, run, emit),
        }
    }

    /// All cells of a window combined in registers. Taps a whole number of steps apart read one line, shifted.
    fn taps(&mut self, row: Row<'_, T>, run: &Run, emit: impl FnOnce(Last<'_, R::Acc>)) {
        let Along { reader, laid, base, .. } = self;
        let (count, inner, order) = (run.count, reader.inner, &reader.line.order);
        if (laid.count, laid.step) != (count, run.step) {
            *laid = Laid::new(order, count, run.step, inner);
        }
        let window = order.window;
        let ready = if laid.used == 1 { reader.ready(row, run, laid.lines[0].2) } else { None };
        let cells = ready.unwrap_or_else(|| {
            base.fit(laid.total, reader.reduction.identity());
            for (which, &(offset, begin, len)) in laid.lines[..laid.used].iter().enumerate() {
                let dst = &mut base[begin..][..len * inner];
                reader.load(which, row, run.start + offset as isize, run.step, dst);
            }
            base
        });
        let rows: [&[R::Acc]; TAPS] =
            core::array::from_fn(|j| if j < window { &cells[laid.taps[j]..][..count * inner] } else { &[] });
        emit(Last::Taps(&rows[..window]));
    }

    /// Blocks combined once, then the chain over all of them.
    fn shared(&mut self, row: Row<'_, T>, run: &Run, emit: impl FnOnce(Last<'_, R::Acc>)) {
        let Along { reader, chain, base, slots, ends, .. } = self;
        let (r, level, inner, order) = (reader.reduction, reader.level, reader.inner, &reader.line.order);
        let len = (run.count + (order.blocks - 1) * order.ahead) * inner;
        let out = run.count * inner;
        let base = reader.blocks(row, run, len, base);
        let last = chain.nodes.len() - 1;
        let shift = |k: usize| chain.nodes[k].gap * order.ahead * inner;
        for (k, node) in chain.nodes.iter().enumerate().take(last).skip(1) {
            let size = len - (node.size - 1) * order.ahead * inner;
            let (before, rest) = slots.split_at_mut(chain.slots[k]);
            let Some((slot, behind)) = rest.split_first_mut() else { unreachable!("a chain has its slots") };
            let of = |m: usize| match chain.slots[m] {
                _ if m == 0 => base,
                slot if slot < before.len() => &before[slot][..],
                slot => &behind[slot - before.len() - 1][..],
            };
            slot.fit(size, r.identity());
            rows::combine(level, r, &mut slot[..size], of(node.left), &of(node.right)[shift(k)..]);
        }
        let of = |m: usize| if m == 0 { base } else { &slots[chain.slots[m]][..] };
        let node = chain.nodes[last];
        let whole = match last {
            0 => Last::One(&base[..out]),
            _ => Last::Two(&of(node.left)[..out], &of(node.right)[shift(last)..][..out]),
        };
        ends.join(reader, row, run, whole, emit);
    }

    /// Van Herk and Gil-Werman, as [across rows](super::across), with what eight neighbouring blocks make in a row's place: so
    /// the eight windows that begin at neighbouring blocks are combined side by side. Blocks behind the last whole eight, up to
    /// seven, are combined one by one.
    fn scanned(&mut self, row: Row<'_, T>, run: &Run, follows: bool, emit: impl FnOnce(Last<'_, R::Acc>)) {
        let Along { reader, base: held, groups, turn, sum, ends, .. } = self;
        let (r, level, inner, order) = (reader.reduction, reader.level, reader.inner, &reader.line.order);
        let (group, width) = (scan_group(order), BLOCK * inner);
        // Groups begin where the axis does, so that a result does not depend on which windows are computed together.
        let skipped = run.first % group;
        let count = (skipped + run.count).next_multiple_of(BLOCK);
        let from = |windows: usize| {
            let start = run.start + (windows as isize - skipped as isize) * run.step as isize;
            Run { start, ..*run }
        };
        groups.iter_mut().for_each(|cells| cells.fit(group * inner, r.identity()));
        sum.fit(count * inner, r.identity());
        let eight = |dst: &mut [R::Acc], base: &[R::Acc]| {
            let rows: [&[R::Acc]; BLOCK] = core::array::from_fn(|j| &base[j * inner..][..dst.len()]);
            finish(level, r, dst, &Last::Taps(&rows));
        };
        if !follows {
            let own = &mut groups[*turn][..group * inner];
            eight(own, reader.blocks(row, &from(0), (group + BLOCK - 1) * inner, held));
            backward(level, r, own, width);
        }
        let base = reader.blocks(row, &from(group), (count + BLOCK - 1) * inner, held);
        for (k, out) in sum[..count * inner].chunks_mut(group * inner).enumerate() {
            let [even, odd] = groups;
            let (own, next) = if *turn == 0 { (even, odd) } else { (odd, even) };
            let next = &mut next[..out.len()];
            eight(next, &base[k * group * inner..]);
            forward(level, r, out, own, next, width);
            if out.len() == group * inner {
                backward(level, r, next, width);
                *turn = 1 - *turn;
            }
        }
        let cells = |j: usize| &base[(skipped + j) * inner..][..run.count * inner];
        let whole = &sum[skipped * inner..][..run.count * inner];
        let taps: [&[R::Acc]; TAPS] = core::array::from_fn(|j| if j == 0 { whole } else { cells(j - 1) });
        let whole = match order.blocks - group {
            0 => Last::One(whole),
            rest => Last::Taps(&taps[..1 + rest]),
        };
        ends.join(reader, row, run, whole, emit);
    }

    /// Windows that share nothing: every window's own tree, all windows of the run side by side.
    fn apart(&mut self, row: Row<'_, T>, run: &Run, emit: impl FnOnce(Last<'_, R::Acc>)) {
        let Along { reader, sum, blocks, ends, .. } = self;
        let (r, level, order) = (reader.reduction, reader.level, &reader.line.order);
        let out = run.count * reader.inner;
        sum.fit(out, r.identity());
        blocks.combine(level, r, order.blocks, &mut sum[..out], &mut |k, dst: &mut [R::Acc]| {
            reader.block(row, run, k * order.block, order.block, dst);
        });
        ends.join(reader, row, run, Last::One(&sum[..out]), emit);
    }
}

/// The cells of windows behind their last whole block.
struct Ends<A> {
    rest: Cells<A>,
    whole: Cells<A>,
}

impl<A: Copy + Send + Sync> Ends<A> {
    /// Hands the windows' `whole` blocks to `emit`, and with them the cells behind the last one.
    fn join<T: Copy, R: Reduction<T, Acc = A>>(
        &mut self,
        reader: &mut Reader<'_, T, R>,
        row: Row<'_, T>,
        run: &Run,
        whole: Last<'_, A>,
        emit: impl FnOnce(Last<'_, A>),
    ) {
        let order: &Order = &reader.line.order;
        if order.rest == 0 {
            return emit(whole);
        }
        let (r, out) = (reader.reduction, run.count * reader.inner);
        self.rest.fit(out, r.identity());
        reader.block(row, run, order.blocks * order.block, order.rest, &mut self.rest[..out]);
        let rest = &self.rest[..out];
        match whole {
            Last::One(whole) => emit(Last::Two(whole, rest)),
            _ => {
                self.whole.fit(out, r.identity());
                finish(reader.level, r, &mut self.whole[..out], &whole);
                emit(Last::Two(&self.whole[..out], rest));
            }
        }
    }
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
