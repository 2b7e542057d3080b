//! Windows along a contiguous line: the innermost unfolded axis, whose cells are runs of `inner` elements.

use super::cells::Cells;
use super::chain::{Chain, Order};
use super::choice::{self, Way};
use super::line::{Line, Run};
use super::tree::Tree;
use crate::kernel::level::Level;
use crate::kernel::lower::finish;
use crate::kernel::prefetch;
use crate::kernel::rows::{self, Last, Reduction, TAPS};
use crate::kernel::scan::scan;
use crate::spec::{Cell, PadMode};
use alloc::vec::Vec;

/// What a row of the array is where it is read.
#[derive(Clone, Copy)]
pub(crate) enum Row<'a, T> {
    /// Elements that lie one behind the other.
    Elements(&'a [T]),
    /// Outside the array, in padding that is filled.
    Fill,
}

/// Reads and combines lines; keeps its buffers between them.
pub(crate) struct Along<'p, T, R: Reduction<T>> {
    line: &'p Line,
    inner: usize,
    reduction: &'p R,
    level: Level,
    fill: Option<T>,
    /// How far off the row is that is read next.
    ahead: isize,
    chain: &'p Chain,
    /// The line of single blocks, or the taps' lines one behind the other.
    base: Cells<R::Acc>,
    /// How the taps' lines lie there.
    laid: Laid,
    /// Partial results of a chain.
    slots: Vec<Cells<R::Acc>>,
    sum: Cells<R::Acc>,
    rest: Cells<R::Acc>,
    blocks: Tree<R::Acc>,
    cells: Tree<R::Acc>,
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
            line,
            inner,
            reduction,
            level,
            fill,
            ahead,
            chain,
            base: Cells::default(),
            laid: Laid::default(),
            slots: (0..chain.slot_count).map(|_| Cells::default()).collect(),
            sum: Cells::default(),
            rest: Cells::default(),
            blocks: Tree::default(),
            cells: Tree::default(),
        }
    }

    /// Hands the rows whose combination is the result for the windows of `run` to `emit`.
    pub(crate) fn reduce(&mut self, row: Row<'_, T>, run: &Run, emit: impl FnOnce(Last<'_, R::Acc>)) {
        let order = self.line.order;
        match choice::along::<R::Acc>(self.line, run) {
            Way::Taps => self.taps(row, run, emit),
            Way::Shared => self.shared(row, run, &order, emit),
            Way::Scanned => self.scanned(row, run, &order, emit),
            Way::Apart => self.apart(row, run, &order, emit),
        }
    }

    /// All cells of a window combined in registers. Taps a whole number of steps apart read one line, shifted.
    fn taps(&mut self, row: Row<'_, T>, run: &Run, emit: impl FnOnce(Last<'_, R::Acc>)) {
        let (count, inner, window) = (run.count, self.inner, self.line.order.window);
        if (self.laid.count, self.laid.step) != (count, run.step) {
            self.laid = Laid::new(&self.line.order, count, run.step, inner);
        }
        let mut base = core::mem::take(&mut self.base);
        let ready = if self.laid.used == 1 { self.ready(row, run, self.laid.lines[0].2) } else { None };
        let cells = ready.unwrap_or_else(|| {
            base.fit(self.laid.total, self.reduction.identity());
            for &(offset, begin, len) in &self.laid.lines[..self.laid.used] {
                self.load(row, run.start + offset as isize, run.step, len, &mut base[begin..]);
            }
            &base
        });
        let at = &self.laid.taps;
        let rows: [&[R::Acc]; TAPS] =
            core::array::from_fn(|j| if j < window { &cells[at[j]..at[j] + count * inner] } else { &[] });
        emit(Last::Taps(&rows[..window]));
        self.base = base;
    }

    /// Blocks combined once, then the chain over all of them.
    fn shared(&mut self, row: Row<'_, T>, run: &Run, order: &Order, emit: impl FnOnce(Last<'_, R::Acc>)) {
        let (r, level, inner) = (self.reduction, self.level, self.inner);
        let len = (run.count + (order.blocks - 1) * order.ahead) * inner;
        let out = run.count * inner;
        let mut held = core::mem::take(&mut self.base);
        let base = self.blocks_of(row, run, order, len, &mut held);
        let mut slots = core::mem::take(&mut self.slots);
        let chain = self.chain;
        let last = chain.nodes.len() - 1;
        for k in 1..last {
            let node = chain.nodes[k];
            let mut slot = core::mem::take(&mut slots[chain.slots[k]]);
            let of = |m: usize| if m == 0 { base } else { &slots[chain.slots[m]][..] };
            let shift = node.gap * order.ahead * inner;
            let size = len - (node.size - 1) * order.ahead * inner;
            slot.fit(size, r.identity());
            rows::combine(level, r, &mut slot[..size], of(node.left), &of(node.right)[shift..]);
            slots[chain.slots[k]] = slot;
        }
        let of = |m: usize| if m == 0 { base } else { &slots[chain.slots[m]][..] };
        let node = chain.nodes[last];
        let shift = node.gap * order.ahead * inner;
        let whole = match last {
            0 => Last::One(&base[..out]),
            _ => Last::Two(&of(node.left)[..out], &of(node.right)[shift..shift + out]),
        };
        self.with_rest(row, run, order, whole, emit);
        (self.base, self.slots) = (held, slots);
    }

    /// Van Herk and Gil-Werman, as [across rows](super::across): the line of blocks in groups of as many as a window has, each
    /// combined from behind and the next one from in front. Groups are walked side by side.
    fn scanned(&mut self, row: Row<'_, T>, run: &Run, order: &Order, emit: impl FnOnce(Last<'_, R::Acc>)) {
        let (r, inner) = (self.reduction, self.inner);
        let len = (run.count + order.blocks - 1) * inner;
        let out = run.count * inner;
        let (mut held, mut sum) = (core::mem::take(&mut self.base), core::mem::take(&mut self.sum));
        let base = self.blocks_of(row, run, order, len, &mut held);
        sum.fit(out, r.identity());
        // The elements the next run will need first.
        let soon = match row {
            Row::Elements(row) => {
                let at = (run.start.max(0) as usize * inner + len).min(row.len());
                &row[at..(at + out).min(row.len())]
            }
            Row::Fill => &[],
        };
        // Groups begin where the axis does, so that a result does not depend on which windows are computed together.
        scan(self.level, r, &mut sum[..out], &base[..len], (run.first % order.blocks, order.blocks, inner), soon);
        self.with_rest(row, run, order, Last::One(&sum[..out]), emit);
        (self.base, self.sum) = (held, sum);
    }

    /// Hands the windows' whole blocks to `emit`, and with them the cells behind the last one.
    fn with_rest(
        &mut self,
        row: Row<'_, T>,
        run: &Run,
        order: &Order,
        whole: Last<'_, R::Acc>,
        emit: impl FnOnce(Last<'_, R::Acc>),
    ) {
        if order.rest == 0 {
            return emit(whole);
        }
        let (r, out) = (self.reduction, run.count * self.inner);
        let mut rest = core::mem::take(&mut self.rest);
        rest.fit(out, r.identity());
        self.block(row, run, order, order.blocks * order.block, order.rest, &mut rest[..out]);
        match whole {
            Last::One(whole) => emit(Last::Two(whole, &rest[..out])),
            _ => {
                let mut sum = core::mem::take(&mut self.sum);
                sum.fit(out, r.identity());
                finish(self.level, r, &mut sum[..out], &whole);
                emit(Last::Two(&sum[..out], &rest[..out]));
                self.sum = sum;
            }
        }
        self.rest = rest;
    }

    /// The line of `len` single blocks: the elements themselves, or made in `held`.
    fn blocks_of<'a>(
        &mut self,
        row: Row<'a, T>,
        run: &Run,
        order: &Order,
        len: usize,
        held: &'a mut Cells<R::Acc>,
    ) -> &'a [R::Acc] {
        let ready = if order.block == 1 { self.ready(row, run, len / self.inner) } else { None };
        ready.unwrap_or_else(|| {
            held.fit(len, self.reduction.identity());
            self.block(row, run, order, 0, order.block, &mut held[..len]);
            held
        })
    }

    /// The elements at `count` positions from the first window's start on, if all of them are there and need no lifting.
    fn ready<'a>(&self, row: Row<'a, T>, run: &Run, count: usize) -> Option<&'a [R::Acc]> {
        let (Row::Elements(row), axis) = (row, &self.line.axis) else { return None };
        let line = axis.line();
        let inside = line.start <= run.start && run.start + count as isize <= line.end;
        if run.step != 1 || axis.base_dilation() != 1 || !inside {
            return None;
        }
        let cells = self.reduction.lifted(&row[run.start as usize * self.inner..][..count * self.inner])?;
        if self.ahead != 0 {
            prefetch(cells, self.ahead);
        }
        Some(cells)
    }

    /// `T(cells)` of the cells from `first` on, for as many windows as `dst` holds.
    fn block(&mut self, row: Row<'_, T>, run: &Run, order: &Order, first: usize, cells: usize, dst: &mut [R::Acc]) {
        let count = dst.len() / self.inner;
        let mut tree = core::mem::take(&mut self.cells);
        let (r, level) = (self.reduction, self.level);
        tree.combine(level, r, cells, dst, &mut |j, dst: &mut [R::Acc]| {
            let from = run.start + ((first + j) * order.dilation) as isize;
            self.load(row, from, run.step, count, dst);
        });
        self.cells = tree;
    }

    /// Windows that share nothing: every window's own tree, all windows of the run side by side.
    fn apart(&mut self, row: Row<'_, T>, run: &Run, order: &Order, emit: impl FnOnce(Last<'_, R::Acc>)) {
        let (r, level) = (self.reduction, self.level);
        let out = run.count * self.inner;
        let mut sum = core::mem::take(&mut self.sum);
        let mut tree = core::mem::take(&mut self.blocks);
        sum.fit(out, r.identity());
        tree.combine(level, r, order.blocks, &mut sum[..out], &mut |k, dst: &mut [R::Acc]| {
            self.block(row, run, order, k * order.block, order.block, dst);
        });
        self.with_rest(row, run, order, Last::One(&sum[..out]), emit);
        (self.sum, self.blocks) = (sum, tree);
    }

    /// Lifts the cells at `count` positions, `step` apart.
    fn load(&self, row: Row<'_, T>, from: isize, step: usize, count: usize, dst: &mut [R::Acc]) {
        let (axis, inner) = (&self.line.axis, self.inner);
        let dst = &mut dst[..count * inner];
        let line = if axis.base_dilation() == 1 { axis.line() } else { 0..0 };
        // Positions below `p` among the `count`. (A division would cost as much as a short row.)
        let below = |p: isize| match step {
            1 => (p.saturating_sub(from)).clamp(0, count as isize) as usize,
            _ => ((p.saturating_sub(from)).max(0) as usize).div_ceil(step).min(count),
        };
        let (low, high) = match line.is_empty() {
            true => (0, 0),
            false => (below(line.start), below(line.end)),
        };
        let (head, rest) = dst.split_at_mut(low * inner);
        let (body, tail) = rest.split_at_mut((high - low) * inner);
        if !head.is_empty() {
            self.border(row, from, step, head);
        }
        if !body.is_empty() {
            let first = (from + (low * step) as isize) as usize;
            match row {
                Row::Elements(row) if inner == 1 || step == 1 => {
                    rows::lift(self.level, self.reduction, body, &row[first * inner..], step, self.ahead);
                }
                Row::Elements(row) => {
                    for (i, dst) in body.chunks_exact_mut(inner).enumerate() {
                        let at = (first + i * step) * inner;
                        rows::lift(self.level, self.reduction, dst, &row[at..at + inner], 1, 0);
                    }
                }
                Row::Fill => body.fill(self.filled()),
            }
        }
        if !tail.is_empty() {
            self.border(row, from + (high * step) as isize, step, tail);
        }
    }

    /// Cells outside the line (or anywhere on one with holes).
    fn border(&self, row: Row<'_, T>, from: isize, step: usize, dst: &mut [R::Acc]) {
        let axis = &self.line.axis;
        let plain = axis.base_dilation() == 1 && axis.pad_mode() == PadMode::Empty;
        if plain && self.fill.is_none() {
            return dst.fill(self.reduction.identity());
        }
        for (i, dst) in dst.chunks_exact_mut(self.inner).enumerate() {
            match (axis.at(from + (i * step) as isize), row) {
                (Cell::Gap, _) => dst.fill(self.reduction.identity()),
                (Cell::Pad, _) | (_, Row::Fill) => dst.fill(self.filled()),
                (Cell::Element(e), Row::Elements(row)) => {
                    for (d, s) in dst.iter_mut().zip(&row[e * self.inner..]) {
                        *d = self.reduction.lift(*s);
                    }
                }
            }
        }
    }

    fn filled(&self) -> R::Acc {
        self.fill.map_or_else(|| self.reduction.identity(), |v| self.reduction.lift(v))
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
