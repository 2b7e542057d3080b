//! The walk of a fold: every element written once.
//!
//! The result is cut into units, contiguous stretches of it that fit a first-level cache. Sums of a unit are kept beside
//! it; along every unfolded axis the cells that fold into it are a few [`Share`]s, and every combination of shares is
//! one strided block of the patches, added by the kernel. Each cell is read once, and no two units share a sum.

use super::cells::Cells;
use super::number::FoldElement;
use super::shares::{Along, Share, Which};
use crate::array::{Picked, View};
use crate::kernel::caches::{FOLDED, FOLDED_ROWS};
use crate::kernel::{merge_block, merge_rows, merge_side_by_side, same_mut};
use crate::ops::gather::{Ranges, Units};
use crate::spec::{AxisPlan, Dims, OutAxis, Plan, Strides, row_major};
use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;
use smallvec::SmallVec;

/// How one strided block of cells joins the sums of a unit.
pub(super) trait Join<T, A>: Sync {
    /// What a sum starts from.
    fn start(&self) -> A;
    /// Joins a block; `loops` tells what each axis of `cells` is.
    fn block(&self, sums: &mut [A], offset: usize, strides: &[isize], cells: &View<'_, T>, block: &Block<'_>);

    /// Joins blocks that lie side by side along their last axis, if there is a way to do so at once.
    fn side_by_side(&self, _: &mut [A], _: &[isize], _: &[(usize, View<'_, T>)]) {}

    /// Joins all cells of some rows, of which `row` is the first, from the start.
    fn rows(&self, _: &mut [A], _row: Range<usize>, _: &[isize], _: &[(usize, View<'_, T>)]) {}

    /// Whether there are ways to do these two.
    fn sideways(&self) -> bool {
        false
    }
}

/// The taps of a block, for joins that weigh them.
pub(super) struct Block<'s> {
    pub(super) shares: &'s [Share],
    /// For each axis of the cells, the unfolded axis whose taps it runs along.
    pub(super) taps_of: SmallVec<[Option<usize>; 8]>,
}

/// Joins of which there are several in a merge, or none that must be quick: block by block.
pub(super) struct Simple<A, F> {
    pub(super) start: A,
    pub(super) f: F,
}

impl<T: Copy, A: Copy + Sync, F: Fn(A, T) -> A + Copy + Sync> Join<T, A> for Simple<A, F> {
    fn start(&self) -> A {
        self.start
    }

    fn block(&self, sums: &mut [A], offset: usize, strides: &[isize], cells: &View<'_, T>, _: &Block<'_>) {
        merge_block(sums, offset, strides, cells, self.f);
    }
}

/// Joins without weights: a function and what it starts from.
pub(super) struct Plain<A, F> {
    pub(super) start: A,
    pub(super) f: F,
}

impl<T: Copy, A: Copy + Sync, F: Fn(A, T) -> A + Copy + Sync> Join<T, A> for Plain<A, F> {
    fn start(&self) -> A {
        self.start
    }

    fn block(&self, sums: &mut [A], offset: usize, strides: &[isize], cells: &View<'_, T>, _: &Block<'_>) {
        merge_block(sums, offset, strides, cells, self.f);
    }

    fn side_by_side(&self, sums: &mut [A], strides: &[isize], blocks: &[(usize, View<'_, T>)]) {
        merge_side_by_side(sums, strides, blocks, self.f);
    }

    fn rows(&self, sums: &mut [A], row: Range<usize>, strides: &[isize], blocks: &[(usize, View<'_, T>)]) {
        merge_rows(sums, row, strides, blocks, (self.start, self.f));
    }

    fn sideways(&self) -> bool {
        true
    }
}

/// A fold of some patches, ready to run.
pub(super) struct Engine<'p, 'a, T> {
    plan: &'p Plan,
    patches: Cells<'p, 'a, T>,
    along: Vec<Along>,
    /// Which axes of the patches are windows and taps of each unfolded axis.
    places: SmallVec<[(usize, usize); 3]>,
    strides: Dims,
}

/// What becomes of a unit's sums: its ranges, where it begins, the sums, and its part of the result.
pub(super) type Finishing<'f, A, O> = dyn Fn(&Ranges, usize, &[A], &mut [O]) + Sync + 'f;

/// Blocks of patches, and where the first cell of each goes.
pub(super) type Blocks<'a, T> = SmallVec<[(usize, View<'a, T>); 16]>;

/// One loop of a block: an axis of the patches, and how far a sum moves along it.
#[derive(Clone, Copy)]
struct Turn {
    picked: Picked,
    to: isize,
    /// Elements of memory between neighbours.
    from: usize,
    taps_of: Option<usize>,
    /// Whether the order of this loop is the order in which cells over one element are joined.
    ordered: bool,
}

impl<'p, 'a, T: FoldElement> Engine<'p, 'a, T> {
    pub(super) fn new(plan: &'p Plan, patches: Cells<'p, 'a, T>, which: Which) -> Self {
        let place = |wanted: OutAxis| plan.out_axes().iter().position(|&o| o == wanted).unwrap_or(0);
        let places: SmallVec<[(usize, usize); 3]> =
            (0..plan.axes().len()).map(|k| (place(OutAxis::Grid(k)), place(OutAxis::Window(k)))).collect();
        let along = plan.axes().iter().zip(&places).map(|(axis, &(grid, window))| {
            let stride = |o: usize| patches.strides().get(o).map_or(0, |s| s.unsigned_abs());
            let by_tap = stride(grid) < stride(window) || axis.window() < 8;
            Along::new(axis, which, by_tap && !patches.are_apart())
        });
        let along = along.collect();
        let shape = plan.input_shape();
        let strides = row_major(shape.iter().copied());
        Engine { plan, patches, along, places, strides }
    }

    /// Joins all cells and hands each unit's sums to `finish`, with the place of its first element and its ranges; unless
    /// `finished` says that sums are results as they are, if they are of the same type.
    pub(super) fn run<A: crate::Element, O: crate::Element>(
        &self,
        out: &mut [O],
        join: &dyn Join<T, A>,
        finished: bool,
        finish: &Finishing<'_, A, O>,
    ) {
        if out.is_empty() {
            return;
        }
        let shape = self.plan.input_shape();
        let work = self.patches.len().saturating_mul(size_of::<T>());
        let cut = |bytes| Units::new(shape, &self.strides, size_of::<A>().max(1), bytes, work);
        let mut units = cut(FOLDED_ROWS);
        let first = units.ranges(0, 0, shape);
        let by_rows = join.sideways() && self.stretches(&first, &self.shares(&first)).is_some();
        if !by_rows {
            units = cut(FOLDED);
        }
        // Axes that no unit cuts have the same shares everywhere.
        let first_whole = units.first_whole(shape);
        let whole: Vec<Option<Vec<Share>>> = self
            .along
            .iter()
            .zip(self.plan.axes())
            .map(|(along, axis)| (axis.axis() >= first_whole).then(|| self.shares_along(along, 0..axis.len())))
            .collect();
        units.each(out, |lead, rows, part| {
            let ranges = units.ranges(lead, rows, shape);
            let origin = ranges.iter().zip(&self.strides).map(|(r, s)| r.start * s).sum();
            let shares: SmallVec<[Cow<'_, [Share]>; 3]> = (0..self.along.len())
                .map(|k| match &whole[k] {
                    Some(shares) => Cow::Borrowed(&shares[..]),
                    None => Cow::Owned(self.shares_along(&self.along[k], ranges[self.axis(k).axis()].clone())),
                })
                .collect();
            if finished && let Some(sums) = same_mut(part) {
                self.unit(&ranges, &shares, by_rows, sums, join);
            } else {
                let mut sums = vec![A::default(); part.len()];
                self.unit(&ranges, &shares, by_rows, &mut sums, join);
                finish(&ranges, origin, &sums, part);
            }
        });
    }

    /// The sums of a unit, whatever they were.
    fn unit<A: Copy>(
        &self,
        ranges: &Ranges,
        shares: &[Cow<'_, [Share]>],
        by_rows: bool,
        sums: &mut [A],
        join: &dyn Join<T, A>,
    ) {
        let stretches = if by_rows { self.stretches(ranges, shares) } else { None };
        match (stretches, shares.last()) {
            (Some(axes), Some(last)) => self.sum_rows(ranges, &axes, last, sums, join),
            _ => {
                sums.fill(join.start());
                self.cut(ranges, shares, &mut SmallVec::new(), sums, join);
            }
        }
    }

    /// The shares of every unfolded axis over some ranges.
    fn shares(&self, ranges: &Ranges) -> Vec<Cow<'_, [Share]>> {
        let axes = self.along.iter().zip(self.plan.axes());
        axes.map(|(along, axis)| Cow::Owned(self.shares_along(along, ranges[axis.axis()].clone()))).collect()
    }

    /// The shares of one axis over a range; of one window each where every window is an array of its own.
    fn shares_along(&self, along: &Along, range: Range<usize>) -> Vec<Share> {
        let shares = along.shares(range);
        match self.patches.are_apart() {
            true => shares.into_iter().flat_map(Share::each_window).collect(),
            false => shares,
        }
    }

    /// The `k`-th unfolded axis.
    pub(super) fn axis(&self, k: usize) -> &AxisPlan {
        &self.plan.axes()[k]
    }

    /// Every combination of the shares of all axes, the first axis outermost.
    fn cut<A>(
        &self,
        ranges: &Ranges,
        shares: &[Cow<'_, [Share]>],
        chosen: &mut SmallVec<[Share; 3]>,
        sums: &mut [A],
        join: &dyn Join<T, A>,
    ) {
        match shares.get(chosen.len()) {
            None => self.block(ranges, chosen, sums, join),
            Some(list)
                if join.sideways()
                    && chosen.len() + 1 == shares.len()
                    && self.lies_sideways(list)
                    // One tap's cells come before the next tap's, however often they fold into one element.
                    && !chosen.iter().any(Share::repeats) =>
            {
                self.side_by_side(ranges, chosen, list, sums, join);
            }
            Some(list) => {
                // Sums are added window by window: where several windows of this axis meet in an element, each brings all
                // its shares of the axes behind before the next one comes; and so does each tap where a pad mode sends
                // several to one element.
                let behind = chosen.len() + 1;
                let one_by_one = (behind..shares.len()).any(|k| shares[k].len() > 1 && self.along[k].meets());
                let mut choose = |share| {
                    chosen.push(share);
                    self.cut(ranges, shares, chosen, sums, join);
                    chosen.pop();
                };
                for &share in list.iter() {
                    match one_by_one {
                        true if share.windows_meet() => {
                            share.each_window().flat_map(Share::each_meeting_tap).for_each(&mut choose);
                        }
                        true => share.each_meeting_tap().for_each(&mut choose),
                        false => choose(share),
                    }
                }
            }
        }
    }

    /// Whether shares of the last unfolded axis are rows of single taps, contiguous in the patches and in the result.
    pub(super) fn lies_sideways(&self, shares: &[Share]) -> bool {
        let k = self.along.len() - 1;
        let strides = (self.patches.strides()[self.places[k].0], self.strides[self.plan.axes()[k].axis()]);
        let row = |s: &Share| s.taps.count == 1 && s.windows.step == 1 && s.windows.count > 1 && s.per_window == 1;
        strides == (1, 1) && !self.patches.are_apart() && shares.len() > 1 && shares.iter().all(row)
    }

    /// The blocks of some shares of the last unfolded axis, given one of each of the others.
    fn side_by_side<A>(
        &self,
        ranges: &Ranges,
        chosen: &[Share],
        list: &[Share],
        sums: &mut [A],
        join: &dyn Join<T, A>,
    ) {
        let mut blocks = Blocks::new();
        let (_, strides) = self.sides(ranges, chosen, list, &mut blocks);
        join.side_by_side(sums, &strides, &blocks);
    }

    /// Adds those blocks to a list; where the row begins that the first cell of each belongs to, and how sums move along
    /// the axes of all.
    pub(super) fn sides<'s>(
        &'s self,
        ranges: &Ranges,
        chosen: &[Share],
        list: &[Share],
        blocks: &mut Blocks<'s, T>,
    ) -> (usize, Strides) {
        let (grid, window) = self.places[chosen.len()];
        let (mut starts, turns, offset) = self.turns(ranges, chosen);
        for share in list {
            starts[grid] = share.windows.start;
            starts[window] = share.taps.start;
            let row = Picked { axis: grid, step: 1, count: share.windows.count };
            let cells = self.pick(starts.clone(), turns.len() + 1, |k| turns.get(k).map_or(row, |t| t.picked));
            blocks.push((offset + share.to, cells));
        }
        (offset, turns.iter().map(|t| t.to).chain([1]).collect())
    }

    fn block<A>(&self, ranges: &Ranges, shares: &[Share], sums: &mut [A], join: &dyn Join<T, A>) {
        let (starts, turns, offset) = self.turns(ranges, shares);
        let strides: Strides = turns.iter().map(|t| t.to).collect();
        let taps_of = turns.iter().map(|t| t.taps_of).collect();
        let cells = self.pick(starts, turns.len(), |k| turns[k].picked);
        join.block(sums, offset, &strides, &cells, &Block { shares, taps_of });
    }

    /// A strided block of the patches; of one window where every window is an array of its own.
    fn pick(&self, mut starts: Dims, rank: usize, axis: impl Fn(usize) -> Picked) -> View<'a, T> {
        let patches = match self.patches {
            Cells::Together(patches) => patches,
            Cells::Apart(list) => {
                let mut window = 0;
                for (&(grid, _), count) in self.places.iter().zip(self.plan.grid()) {
                    window = window * count + core::mem::take(&mut starts[grid]);
                }
                &list[window]
            }
        };
        match patches.pick(&starts, rank, axis) {
            Some(cells) => cells,
            None => unreachable!("a plan's cells lie inside its patches"),
        }
    }

    /// The loops over the cells of some shares, outermost first; where they start in the patches and in the sums.
    fn turns(&self, ranges: &Ranges, shares: &[Share]) -> (Dims, SmallVec<[Turn; 8]>, usize) {
        let mut starts = Dims::from_elem(0, self.plan.shape().len());
        let mut turns: SmallVec<[Turn; 8]> = SmallVec::new();
        let mut offset = 0;
        let mut turn = |axis: usize, step: isize, count: usize, to: isize, taps_of, ordered| {
            if count > 1 {
                let from = self.patches.strides()[axis].unsigned_abs().saturating_mul(step.unsigned_abs());
                turns.push(Turn { picked: Picked { axis, step, count }, to, from, taps_of, ordered });
            }
        };
        for (o, axis) in self.plan.out_axes().iter().enumerate() {
            if let OutAxis::Plain(a) = *axis {
                starts[o] = ranges[a].start;
                turn(o, 1, ranges[a].len(), self.strides[a] as isize, None, false);
            }
        }
        for (k, share) in shares.iter().enumerate() {
            let (grid, window) = self.places[k];
            let stride = self.strides[self.plan.axes()[k].axis()] as isize;
            let Share { windows, taps, to, per_window, per_tap } = *share;
            starts[grid] = windows.start;
            starts[window] = taps.start;
            offset += to * stride as usize;
            turn(grid, windows.step, windows.count, per_window * stride, None, share.windows_meet());
            turn(window, taps.step, taps.count, per_tap * stride, Some(k), per_tap == 0);
        }
        // Stable, so that ordered loops stay in the order of the axes.
        turns.sort_by_key(|t| if t.ordered { (0, 0) } else { (1, usize::MAX - t.from) });
        (starts, turns, offset)
    }
}
