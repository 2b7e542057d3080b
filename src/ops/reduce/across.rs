//! Windows across rows: any other unfolded axis. Rows arrive one at a time and are combined whole, so the loops are the same
//! whatever the window is; only the rows a later window still needs are kept.

use super::cells::Cells;
use super::chain::{Chain, Order};
use super::choice::{self, Way, scans};
use super::line::{Line, Run};
use super::tree::Tree;
use crate::kernel::in_line;
use crate::kernel::level::Level;
use crate::kernel::lower::finish;
use crate::kernel::rows::{self, Last, Reduction, TAPS};
use crate::spec::gcd;
use alloc::vec;
use alloc::vec::Vec;

/// Makes the row at a position of the axis's line.
pub(crate) type Make<'a, A> = dyn FnMut(isize, &mut [A]) + 'a;

/// The last few rows of one kind, by number.
struct Ring<A> {
    data: Cells<A>,
    keep: usize,
    pitch: usize,
}

impl<A: Copy> Ring<A> {
    fn new(keep: usize) -> Self {
        Ring { data: Cells::default(), keep, pitch: 0 }
    }

    fn fit(&mut self, row: usize, value: A) {
        // One more cache line a row: rows a power of two apart would fall on the same few sets of a cache.
        self.pitch = row.next_multiple_of(in_line::<A>()) + in_line::<A>();
        self.data.fit(self.pitch * self.keep, value);
    }

    fn place(&self, number: usize) -> usize {
        // A division costs as much as some registers of a row, and those who know the place give it.
        if number < self.keep { number * self.pitch } else { number % self.keep * self.pitch }
    }

    fn row(&self, number: usize, len: usize) -> &[A] {
        let at = self.place(number);
        &self.data[at..at + len]
    }

    fn row_mut(&mut self, number: usize, len: usize) -> &mut [A] {
        let at = self.place(number);
        &mut self.data[at..at + len]
    }
}

/// Combines rows along one axis; keeps its buffers between calls.
pub(crate) struct Across<'p, A> {
    line: &'p Line,
    chain: &'p Chain,
    /// One for each node of the chain; the first holds the blocks.
    rings: Vec<Ring<A>>,
    /// Made rows that may be asked for again, by position.
    kept: Vec<(isize, Cells<A>)>,
    sum: Cells<A>,
    rest: Cells<A>,
    /// The blocks of the present group, what rounding took from them, and both together.
    so_far: Cells<A>,
    took: Cells<A>,
    settled: Cells<A>,
    blocks: Tree<A>,
    cells: Tree<A>,
}

/// The most made rows that are kept to be used twice where a window ends inside a block.
const KEPT: usize = 64;

impl<'p, A: Copy> Across<'p, A> {
    pub(crate) fn new(line: &'p Line, chain: &'p Chain) -> Self {
        Across {
            line,
            chain,
            rings: rings(line.order.ahead, chain).into_iter().map(Ring::new).collect(),
            kept: Vec::new(),
            sum: Cells::default(),
            rest: Cells::default(),
            so_far: Cells::default(),
            took: Cells::default(),
            settled: Cells::default(),
            blocks: Tree::default(),
            cells: Tree::default(),
        }
    }

    /// How many rows are alive at once, for choosing how long they may be.
    pub(crate) fn rows(line: &Line, chain: &Chain) -> usize {
        match line.order.window <= TAPS {
            true => places(&line.order, line.axis.step()).0.unwrap_or(line.order.window),
            false if scans(line) => line.order.blocks + line.order.rest + 1,
            false => rings(line.order.ahead, chain).iter().sum::<usize>() + line.order.rest,
        }
    }

    /// For each window of `run`, hands the rows whose combination is its result to `emit`, with its place on the grid.
    pub(crate) fn reduce<T, R: Reduction<T, Acc = A>>(
        &mut self,
        level: Level,
        r: &R,
        row: usize,
        run: &Run,
        make: &mut Make<'_, A>,
        emit: &mut dyn FnMut(usize, Last<'_, A>),
    ) {
        let order = self.line.order;
        match choice::across(self.line, run, R::EXACT) {
            Way::Taps => self.taps(r, row, run, make, emit),
            Way::Scanned => self.scanned(level, r, row, run, &order, make, emit),
            Way::Shared => self.shared(level, r, row, run, &order, make, emit),
            Way::Apart => self.apart(level, r, row, run, &order, make, emit),
        }
    }

    fn taps<T, R: Reduction<T, Acc = A>>(
        &mut self,
        r: &R,
        row: usize,
        run: &Run,
        make: &mut Make<'_, A>,
        emit: &mut dyn FnMut(usize, Last<'_, A>),
    ) {
        let order = &self.line.order;
        let (places, unit) = places(order, run.step);
        let (step, dilation) = (run.step / unit, order.dilation / unit);
        let ring = &mut self.rings[0];
        ring.keep = places.unwrap_or(order.window);
        ring.fit(row, r.identity());
        // What stands in each place of the ring, counted in units from the first window's start.
        let mut held = [usize::MAX; PLACES];
        for i in 0..run.count {
            let mut at = [0; TAPS];
            for (j, at) in at[..order.window].iter_mut().enumerate() {
                let number = i * step + j * dilation;
                // All that is between a window's first and last cell has a place, so none of its own falls on another.
                *at = places.map_or(j, |n| number % n);
                if held[*at] != number {
                    held[*at] = number;
                    make(run.start + (number * unit) as isize, ring.row_mut(*at, row));
                }
            }
            let rows: [&[A]; TAPS] =
                core::array::from_fn(|j| if j < order.window { ring.row(at[j], row) } else { &[] });
            emit(run.first + i, Last::Taps(&rows[..order.window]));
        }
    }

    #[allow(clippy::too_many_arguments)] // one call, and every argument another thing
    fn shared<T, R: Reduction<T, Acc = A>>(
        &mut self,
        level: Level,
        r: &R,
        row: usize,
        run: &Run,
        order: &Order,
        make: &mut Make<'_, A>,
        emit: &mut dyn FnMut(usize, Last<'_, A>),
    ) {
        for ring in &mut self.rings {
            ring.fit(row, r.identity());
        }
        let keep = match order.rest {
            0 => 0,
            rest => (rest * order.ahead).min(KEPT),
        };
        self.kept.clear();
        let nodes = &self.chain.nodes;
        let last = nodes.len() - 1;
        let window = (order.blocks - 1) * order.ahead;
        for t in 0..run.count + window {
            let start = run.start + (t * run.step) as isize;
            let mut ring = core::mem::replace(&mut self.rings[0], Ring::new(0));
            let cells = self.block(level, r, order.block, order.dilation, start, keep, ring.row_mut(t, row), make);
            debug_assert_eq!(cells, order.block);
            self.rings[0] = ring;
            for k in 1..last {
                let node = nodes[k];
                let Some(number) = t.checked_sub((node.size - 1) * order.ahead) else { break };
                let mut ring = core::mem::replace(&mut self.rings[k], Ring::new(0));
                let left = self.rings[node.left].row(number, row);
                let right = self.rings[node.right].row(number + node.gap * order.ahead, row);
                rows::combine(level, r, ring.row_mut(number, row), left, right);
                self.rings[k] = ring;
            }
            let Some(i) = t.checked_sub(window) else { continue };
            let node = nodes[last];
            let whole = match last {
                0 => Last::One(self.rings[0].row(t, row)),
                _ => Last::Two(
                    self.rings[node.left].row(i, row),
                    self.rings[node.right].row(i + node.gap * order.ahead, row),
                ),
            };
            if order.rest == 0 {
                emit(run.first + i, whole);
                continue;
            }
            let (mut sum, mut rest) = (core::mem::take(&mut self.sum), core::mem::take(&mut self.rest));
            sum.fit(row, r.identity());
            rest.fit(row, r.identity());
            finish(level, r, &mut sum[..row], &whole);
            let start = run.start + (i * run.step + order.blocks * order.block * order.dilation) as isize;
            self.block(level, r, order.rest, order.dilation, start, keep, &mut rest[..row], make);
            emit(run.first + i, Last::Two(&sum[..row], &rest[..row]));
            (self.sum, self.rest) = (sum, rest);
        }
    }

    /// Van Herk and Gil-Werman (1992, 1993): rows of blocks in groups of as many as a window has. A window that begins in one
    /// group ends in the next: it is the first group's blocks from its beginning on, combined from behind when the group was
    /// complete, and the second group's so far, combined as they come. Three combinations a row, whatever the window.
    #[allow(clippy::too_many_arguments)] // one call, and every argument another thing
    fn scanned<T, R: Reduction<T, Acc = A>>(
        &mut self,
        level: Level,
        r: &R,
        row: usize,
        run: &Run,
        order: &Order,
        make: &mut Make<'_, A>,
        emit: &mut dyn FnMut(usize, Last<'_, A>),
    ) {
        let group = order.blocks;
        let mut ring = Ring::new(group);
        core::mem::swap(&mut ring.data, &mut self.rings[0].data);
        ring.fit(row, r.identity());
        let (mut sum, mut rest) = (core::mem::take(&mut self.sum), core::mem::take(&mut self.rest));
        let mut so_far = core::mem::take(&mut self.so_far);
        let (mut took, mut settled) = (core::mem::take(&mut self.took), core::mem::take(&mut self.settled));
        for buffer in [&mut sum, &mut rest, &mut so_far, &mut took, &mut settled] {
            buffer.fit(row, r.identity());
        }
        let keep = order.rest.min(KEPT);
        self.kept.clear();
        // Groups begin where the axis does, so that a result does not depend on which windows are computed together.
        let begin = run.first % group;
        for t in 0..run.count + group - 1 {
            let place = (begin + t) % group;
            let start = run.start + (t * run.step) as isize;
            self.block(level, r, order.block, order.dilation, start, keep, ring.row_mut(place, row), make);
            match place {
                0 => {
                    so_far[..row].copy_from_slice(ring.row(place, row));
                    if R::CARRIES {
                        settled[..row].copy_from_slice(ring.row(place, row));
                        took[..row].fill(r.identity());
                    }
                }
                // The first group's blocks so far are the end of no window, unless all of it is there.
                _ if t < place => {}
                _ if R::CARRIES => {
                    let rows = [&mut settled[..row], &mut so_far[..row], &mut took[..row]];
                    rows::carry(level, r, rows, ring.row(place, row));
                }
                _ => rows::append(level, r, &mut so_far[..row], ring.row(place, row)),
            }
            if let Some(i) = t.checked_sub(group - 1) {
                let so_far = if R::CARRIES { &settled[..row] } else { &so_far[..row] };
                let whole = match place + 1 == group {
                    true => Last::One(so_far),
                    false => Last::Two(ring.row(place + 1, row), so_far),
                };
                if order.rest == 0 {
                    emit(run.first + i, whole);
                } else {
                    finish(level, r, &mut sum[..row], &whole);
                    let start = run.start + (i * run.step + group * order.block * order.dilation) as isize;
                    self.block(level, r, order.rest, order.dilation, start, keep, &mut rest[..row], make);
                    emit(run.first + i, Last::Two(&sum[..row], &rest[..row]));
                }
            }
            if place + 1 == group {
                let first = if t + 1 < group { begin } else { 1 };
                rows::suffixes(level, r, &mut ring.data, (first, group), (ring.pitch, row));
            }
        }
        (self.sum, self.rest, self.so_far) = (sum, rest, so_far);
        (self.took, self.settled) = (took, settled);
        core::mem::swap(&mut ring.data, &mut self.rings[0].data);
    }

    /// `T(cells)` of the rows from position `start` on; up to `keep` made rows are kept for the next call.
    #[allow(clippy::too_many_arguments)] // as above
    fn block<T, R: Reduction<T, Acc = A>>(
        &mut self,
        level: Level,
        r: &R,
        cells: usize,
        dilation: usize,
        start: isize,
        keep: usize,
        dst: &mut [A],
        make: &mut Make<'_, A>,
    ) -> usize {
        let kept = &mut self.kept;
        self.cells.combine(level, r, cells, dst, &mut |j, dst: &mut [A]| {
            let position = start + (j * dilation) as isize;
            if keep == 0 {
                return make(position, dst);
            }
            if let Some((_, row)) = kept.iter().find(|k| k.0 == position) {
                return dst.copy_from_slice(&row[..dst.len()]);
            }
            make(position, dst);
            let mut place = match kept.len() < keep {
                true => Cells::default(),
                false => kept.remove(0).1,
            };
            place.fit(dst.len(), r.identity());
            place[..dst.len()].copy_from_slice(dst);
            kept.push((position, place));
        });
        cells
    }

    #[allow(clippy::too_many_arguments)] // as above
    fn apart<T, R: Reduction<T, Acc = A>>(
        &mut self,
        level: Level,
        r: &R,
        row: usize,
        run: &Run,
        order: &Order,
        make: &mut Make<'_, A>,
        emit: &mut dyn FnMut(usize, Last<'_, A>),
    ) {
        let (mut sum, mut rest) = (core::mem::take(&mut self.sum), core::mem::take(&mut self.rest));
        let mut tree = core::mem::take(&mut self.blocks);
        sum.fit(row, r.identity());
        rest.fit(row, r.identity());
        for i in 0..run.count {
            let start = run.start + (i * run.step) as isize;
            let at = |cell: usize| start + (cell * order.dilation) as isize;
            tree.combine(level, r, order.blocks, &mut sum[..row], &mut |k, dst: &mut [A]| {
                self.block(level, r, order.block, order.dilation, at(k * order.block), 0, dst, make);
            });
            if order.rest == 0 {
                emit(run.first + i, Last::One(&sum[..row]));
            } else {
                let from = at(order.blocks * order.block);
                self.block(level, r, order.rest, order.dilation, from, 0, &mut rest[..row], make);
                emit(run.first + i, Last::Two(&sum[..row], &rest[..row]));
            }
        }
        (self.sum, self.rest, self.blocks) = (sum, rest, tree);
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

/// How many rows of each node are alive while rows arrive one at a time. A node is made when its right half has just
/// been; its left half is older by what the node is larger.
fn rings(ahead: usize, chain: &Chain) -> Vec<usize> {
    let mut keep = vec![1; chain.nodes.len()];
    for node in &chain.nodes[1..] {
        let age = (node.size - chain.nodes[node.left].size) * ahead;
        keep[node.left] = keep[node.left].max(age + 1);
    }
    // The last node goes straight to the result.
    if keep.len() > 1 {
        keep.pop();
        keep.push(0);
    }
    keep
}
