//! All blocks of a plan: cut, read, handed to an operation, and its results put where they belong.

use super::Block;
use super::side::{Cuts, Run, Side, runs};
use crate::array::{IntoView, Picked, View};
use crate::element::Element;
use crate::kernel::copy_block;
use crate::kernel::threads::{Placed, each_part, made, threads_for};
use crate::spec::{AxisPlan, Dims, Plan, advance, row_major, sort_few, unravel};
use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ops::Range;
use smallvec::SmallVec;

/// Cells below which a task is not worth a thread's attention: blocks behind several leading indices share a task.
const TASK_CELLS: usize = 32 * 1024;
/// To put a cell in its place takes as long as to move so many bytes.
const WORK: usize = 16;

/// Runs of an axis whose sides are kept: whole lines with what stands apart at both ends.
const KEPT: usize = 3;

/// Elements behind those of a block, of any value, for loops that read whole rows.
pub(crate) const SPARE: usize = 1024;

/// The cut of a plan: runs along each unfolded axis (in the array's order), and everything else an index at a time.
struct Cut<'p, 'a, T> {
    plan: &'p Plan,
    source: &'p View<'a, T>,
    fill: Option<T>,
    shape: Dims,
    strides: Dims,
    /// The unfolded axes: their place in the plan, in the array's order.
    order: SmallVec<[usize; 3]>,
    runs: Vec<Vec<Run>>,
    /// Of axes that are few runs, the sides that all boxes have.
    kept: Vec<Vec<Side>>,
    /// The axes that are not unfolded.
    plain: SmallVec<[usize; 6]>,
    leads: usize,
}

/// One box of runs behind a range of indices of the other axes.
struct Task<'c> {
    sides: Vec<Cow<'c, Side>>,
    leads: Range<usize>,
}

/// Buffers a thread keeps.
struct Buffers<T, R, S> {
    data: Vec<T>,
    results: Vec<R>,
    scratch: S,
}

/// Where the results of a block's windows belong.
pub(crate) struct Places<'o, R> {
    /// From the first window's on.
    pub(crate) out: &'o mut [R],
    /// How far apart those of neighbours along each side lie.
    pub(crate) strides: Dims,
    dense: &'o mut Vec<R>,
}

impl<R: Element> Places<'_, R> {
    /// Lets `f` write the results row-major, and puts them into their places.
    pub(crate) fn whole(self, sides: &[Cow<'_, Side>], f: impl FnOnce(&mut [R])) {
        let Places { out, strides, dense } = self;
        let counts = counts(sides);
        let windows = counts.iter().product();
        if strides == row_major(counts.iter().copied()) {
            return f(&mut out[..windows]);
        }
        dense.resize(windows, R::default());
        f(dense);
        put(dense, &counts, out, &strides);
    }
}

/// How many windows each side has.
fn counts(sides: &[Cow<'_, Side>]) -> Dims {
    sides.iter().map(|s| s.windows.len()).collect()
}

/// Puts row-major results into their places, which lie `strides` apart.
fn put<R: Element>(results: &[R], counts: &[usize], out: &mut [R], strides: &[usize]) {
    let (Some((&row, outer)), Some((&step, rows))) = (counts.split_last(), strides.split_last()) else {
        out[0] = results[0];
        return;
    };
    let mut index = Dims::from_elem(0, outer.len());
    for results in results.chunks_exact(row) {
        let at = index.iter().zip(rows).map(|(i, stride)| i * stride).sum::<usize>();
        if step == 1 {
            out[at..at + row].copy_from_slice(results);
        } else {
            for (o, &r) in out[at..].iter_mut().step_by(step).zip(results) {
                *o = r;
            }
        }
        advance(&mut index, |k| 0..outer[k]);
    }
}

/// An operation on blocks.
pub(crate) trait Each<T, R>: Sync {
    /// Buffers of one thread.
    type Scratch: Default;
    /// Which windows along the `k`-th unfolded axis share a block.
    fn cuts(&self, k: usize) -> Cuts;
    /// Whether it takes the lines of the array as they lie, for a block of these sides.
    fn in_place(&self, _sides: &[Cow<'_, Side>]) -> bool {
        false
    }
    /// Answers the windows of a block, in the places of their results; `false` if it can't without a copy of the elements.
    fn answer(&self, block: &Block<'_, T>, scratch: &mut Self::Scratch, places: Places<'_, R>) -> bool;
}

/// Has every block answered, with the windows' results in `out`, row-major in the plan's reduced shape.
pub(crate) fn each_block<T: Element, R: Element, E: Each<T, R>>(
    plan: &Plan,
    source: &View<'_, T>,
    fill: Option<T>,
    out: &mut [R],
    each: &E,
) {
    if out.is_empty() {
        return;
    }
    let cut = Cut::new(plan, source, fill, |k| each.cuts(k));
    let boxes: usize = cut.runs.iter().map(Vec::len).product();
    let along = |a: &AxisPlan| a.count().saturating_mul(a.step().min(a.window()));
    let cells = plan.axes().iter().fold(1, |n: usize, a| n.saturating_mul(along(a))) / boxes;
    let together = (TASK_CELLS / cells.max(1)).clamp(1, cut.leads);
    let groups = cut.leads.div_ceil(together);
    let tasks = boxes * groups;
    let task = |t: usize| {
        let from = t % groups * together;
        Task { sides: cut.sides(t / groups), leads: from..cut.leads.min(from + together) }
    };
    let work = cells.saturating_mul(cut.leads.saturating_mul(boxes)).saturating_mul(WORK);
    let threads = if tasks > 1 { threads_for(work) } else { 1 };
    if threads > 1
        && let Some(bands) = cut.bands()
        && bands.len() >= threads
    {
        return cut.run_bands(&bands, bands.len().div_ceil(8 * threads), out, each);
    }
    if threads > 1 {
        // A batch at a time, so that results that wait for their place stay few.
        let batch = threads * 16;
        for from in (0..tasks).step_by(batch) {
            let done = made(from..tasks.min(from + batch), Buffers::<T, R, E::Scratch>::default, |buffers, t| {
                let task = task(t);
                let counts = counts(&task.sides);
                let windows: usize = counts.iter().product();
                let mut all = alloc::vec![R::default(); windows * task.leads.len()];
                for (lead, out) in task.leads.clone().zip(all.chunks_exact_mut(windows)) {
                    cut.run(&task.sides, lead, buffers, (out, row_major(counts.iter().copied())), each);
                }
                (task, all)
            });
            for (task, all) in done {
                let windows = all.len() / task.leads.len();
                for (lead, results) in task.leads.clone().zip(all.chunks_exact(windows)) {
                    let (origin, strides) = cut.places(&task.sides, lead);
                    put(results, &counts(&task.sides), &mut out[origin..], &strides);
                }
            }
        }
        return;
    }
    let mut buffers = Buffers::default();
    for t in 0..tasks {
        let task = task(t);
        for lead in task.leads.clone() {
            let (origin, strides) = cut.places(&task.sides, lead);
            cut.run(&task.sides, lead, &mut buffers, (&mut out[origin..], strides), each);
        }
    }
}

impl<T, R, S: Default> Default for Buffers<T, R, S> {
    fn default() -> Self {
        Buffers { data: Vec::new(), results: Vec::new(), scratch: S::default() }
    }
}

impl<'p, 'a, T: Element> Cut<'p, 'a, T> {
    fn new(plan: &'p Plan, source: &'p View<'a, T>, fill: Option<T>, cuts: impl Fn(usize) -> Cuts) -> Self {
        let shape = plan.reduced_dims();
        let strides = row_major(shape.iter().copied());
        let mut order: SmallVec<[usize; 3]> = (0..plan.axes().len()).collect();
        sort_few(&mut order, |&k| plan.axes()[k].axis());
        let plain: SmallVec<[usize; 6]> =
            (0..shape.len()).filter(|&a| plan.axes().iter().all(|p| p.axis() != a)).collect();
        let leads = plain.iter().map(|&a| shape[a]).product();
        let runs: Vec<Vec<Run>> = order.iter().map(|&k| runs(&plan.axes()[k], cuts(k))).collect();
        let kept = |(runs, &k): (&Vec<Run>, &usize)| match runs.len() {
            0..=KEPT => runs.iter().map(|&run| Side::new(&plan.axes()[k], run, fill.is_some())).collect(),
            _ => Vec::new(),
        };
        let kept = runs.iter().zip(&order).map(kept).collect();
        Cut { plan, source, fill, shape, strides, order, runs, kept, plain, leads }
    }

    /// How many results each run of the first unfolded axis has, behind each index of the axes before it, if those of one follow those
    /// of the one before.
    fn bands(&self) -> Option<Vec<usize>> {
        let first = self.plan.axes()[*self.order.first()?].axis();
        let runs = self.runs.first()?;
        let mut end = 0;
        let follows = |run: &Run| {
            let follows = run.first == end && (run.stride == 1 || run.count == 1);
            end += run.count;
            follows
        };
        let all = runs.iter().all(follows) && self.plain.iter().all(|&axis| axis < first);
        let band = |number: usize| runs[number % runs.len()].count * self.strides[first];
        all.then(|| (0..self.leads * runs.len()).map(band).collect())
    }

    /// Answers all blocks, `together` bands a task, each into its own part of the results.
    fn run_bands<R: Element, E: Each<T, R>>(&self, bands: &[usize], together: usize, out: &mut [R], each: &E) {
        let runs = self.runs[0].len();
        let boxes: usize = self.runs[1..].iter().map(Vec::len).product();
        let lengths: Vec<usize> = bands.chunks(together).map(|bands| bands.iter().sum()).collect();
        each_part(Placed { out, before: 0 }, &lengths, &|task, Placed { out, before }: Placed<'_, R>| {
            let mut buffers = Buffers::default();
            for band in (0..bands.len()).skip(task * together).take(together) {
                for number in 0..boxes {
                    let sides = self.sides(band % runs * boxes + number);
                    let (origin, strides) = self.places(&sides, band / runs);
                    self.run(&sides, band / runs, &mut buffers, (&mut out[origin - before..], strides), each);
                }
            }
        });
    }

    /// The sides of the box of runs with this number.
    fn sides(&self, mut number: usize) -> Vec<Cow<'_, Side>> {
        let mut sides = Vec::with_capacity(self.order.len());
        for ((runs, kept), &k) in self.runs.iter().zip(&self.kept).zip(&self.order).rev() {
            let run = number % runs.len();
            number /= runs.len();
            sides.push(match kept.get(run) {
                Some(side) => Cow::Borrowed(side),
                None => Cow::Owned(Side::new(&self.plan.axes()[k], runs[run], self.fill.is_some())),
            });
        }
        sides.reverse();
        sides
    }

    /// The index of the plain axes with this number, zero on the others.
    fn lead(&self, number: usize) -> Dims {
        let mut index = Dims::from_elem(0, self.shape.len());
        unravel(number, self.plain.iter().copied(), &self.shape, &mut index);
        index
    }

    fn run<R: Element, E: Each<T, R>>(
        &self,
        sides: &[Cow<'_, Side>],
        lead: usize,
        Buffers { data, results, scratch }: &mut Buffers<T, R, E::Scratch>,
        (out, strides): (&mut [R], Dims),
        each: &E,
    ) {
        if each.in_place(sides)
            && let Some(lines) = self.lines(sides, lead)
        {
            let block = Block { sides, data: &[], spared: &[], in_place: Some(lines) };
            if each.answer(&block, scratch, Places { out: &mut *out, strides: strides.clone(), dense: results }) {
                return;
            }
        }
        let cells = sides.iter().map(|s| s.cells.len()).product();
        data.resize(cells + SPARE, T::default());
        self.read(sides, lead, &mut data[..cells]);
        let block = Block { sides, data: &data[..cells], spared: data, in_place: None };
        let done = each.answer(&block, scratch, Places { out, strides, dense: results });
        debug_assert!(done, "a block is answered from a copy of its elements");
    }

    /// The array's lines along the last side for each index of the other sides, if all cells are elements and those of a line lie
    /// side by side.
    fn lines(&self, sides: &[Cow<'_, Side>], lead: usize) -> Option<Vec<&'a [T]>> {
        let (last, outer) = sides.split_last()?;
        let rank = self.source.rank();
        if last.axis + 1 != rank || last.stretches.iter().any(|s| s.elements.is_none()) {
            return None;
        }
        let mut index = self.lead(lead);
        index.pop();
        let mut at = Dims::from_elem(0, outer.len());
        let count = outer.iter().map(|s| s.cells.len()).product();
        let mut lines = Vec::with_capacity(count);
        for _ in 0..count {
            for (side, &at) in outer.iter().zip(&at) {
                index[side.axis] = side.cells[at];
            }
            // (The element of filled padding is outside of every axis.)
            lines.push(self.source.trailing_slice(&index)?);
            advance(&mut at, |k| 0..outer[k].cells.len());
        }
        Some(lines)
    }

    /// Copies the elements of a block, stretch by stretch.
    fn read(&self, sides: &[Cow<'_, Side>], lead: usize, data: &mut [T]) {
        if data.is_empty() {
            return;
        }
        let strides = row_major(sides.iter().map(|s| s.cells.len()));
        let mut starts = self.lead(lead);
        let mut axes = SmallVec::new();
        self.read_stretches(sides, &strides, 0, &mut starts, &mut axes, data);
    }

    fn read_stretches(
        &self,
        sides: &[Cow<'_, Side>],
        strides: &[usize],
        offset: usize,
        starts: &mut Dims,
        axes: &mut SmallVec<[Picked; 3]>,
        data: &mut [T],
    ) {
        let k = axes.len();
        let Some(side) = sides.get(k) else {
            match self.source.pick(starts, axes.len(), |k| axes[k]) {
                Some(view) => copy_block(data, offset, strides, &view),
                None => unreachable!("a plan's elements lie inside its array"),
            }
            return;
        };
        for stretch in &side.stretches {
            let offset = offset + stretch.from * strides[k];
            match stretch.elements {
                Some((first, step)) => {
                    starts[side.axis] = first;
                    axes.push(Picked { axis: side.axis, step, count: stretch.count });
                    self.read_stretches(sides, strides, offset, starts, axes, data);
                    axes.pop();
                }
                None => {
                    // Filled padding on one axis is filled padding whatever the others say.
                    let mut shape: Dims = axes.iter().map(|p| p.count).collect();
                    shape.push(stretch.count);
                    shape.extend(sides[k + 1..].iter().map(|s| s.cells.len()));
                    self.blank(&shape, strides, offset, data);
                }
            }
        }
    }

    fn blank(&self, shape: &[usize], strides: &[usize], offset: usize, data: &mut [T]) {
        let one = [self.fill.unwrap_or_default()];
        let repeated = |k: usize| Picked { axis: 0, step: 0, count: shape[k] };
        match (&one).into_view().pick(&[0], shape.len(), repeated) {
            Some(view) => copy_block(data, offset, strides, &view),
            None => unreachable!("one value can be repeated"),
        }
    }

    /// Where the result of a block's first window belongs, and how far apart those of neighbours along each side lie.
    fn places(&self, sides: &[Cow<'_, Side>], lead: usize) -> (usize, Dims) {
        let origin: usize = self.lead(lead).iter().zip(&self.strides).map(|(i, s)| i * s).sum();
        let first = sides.iter().map(|s| s.run.first * self.strides[s.axis]).sum::<usize>();
        (origin + first, sides.iter().map(|s| s.run.stride * self.strides[s.axis]).collect())
    }
}
