//! All blocks of a plan: cut, read, handed to an operation, and its results put where they belong.

use super::Block;
use super::side::{Run, Side, runs};
use crate::array::{IntoView, Picked, View};
use crate::element::Element;
use crate::kernel::copy_block;
use crate::kernel::threads::{made, threads_for};
use crate::spec::{AxisPlan, Dims, Plan, advance, row_major, sort_few, unravel};
use alloc::vec::Vec;
use core::ops::Range;
use smallvec::SmallVec;

/// Cells below which a task is not worth a thread's attention: blocks behind several leading indices share a task.
const TASK_CELLS: usize = 32 * 1024;
/// To put a cell in its place takes as long as to move so many bytes.
const WORK: usize = 16;

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
    /// The axes that are not unfolded.
    plain: SmallVec<[usize; 6]>,
    leads: usize,
}

/// One box of runs behind a range of indices of the other axes.
struct Task {
    sides: Vec<Side>,
    leads: Range<usize>,
}

/// Buffers a thread keeps.
struct Buffers<T, R, S> {
    data: Vec<T>,
    results: Vec<R>,
    scratch: S,
}

/// Calls `f` for every block and puts the windows' results into `out`, row-major in the plan's reduced shape.
///
/// `most(axis)` is the largest number of windows along the `k`-th unfolded axis in one block. `f` gets a block, its own
/// scratch, and one place for each window's result, row-major over the block's sides.
pub(crate) fn each_block<T: Element, R: Element, S: Default>(
    plan: &Plan,
    source: &View<'_, T>,
    fill: Option<T>,
    most: impl Fn(usize) -> usize,
    out: &mut [R],
    f: impl Fn(&Block<'_, T>, &mut S, &mut [R]) + Sync,
) {
    if out.is_empty() {
        return;
    }
    let cut = Cut::new(plan, source, fill, most);
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
    if threads > 1 {
        // A batch at a time, so that results that wait for their place stay few.
        let batch = threads * 16;
        for from in (0..tasks).step_by(batch) {
            let done = made(from..tasks.min(from + batch), Buffers::<T, R, S>::default, |buffers, t| {
                let task = task(t);
                let mut all = Vec::new();
                for lead in task.leads.clone() {
                    cut.run(&task.sides, lead, buffers, &f);
                    all.extend_from_slice(&buffers.results);
                }
                (task, all)
            });
            for (task, results) in done {
                let windows = results.len() / task.leads.len();
                for (lead, results) in task.leads.clone().zip(results.chunks_exact(windows)) {
                    cut.put(&task.sides, lead, results, out);
                }
            }
        }
        return;
    }
    let mut buffers = Buffers::default();
    for t in 0..tasks {
        let task = task(t);
        for lead in task.leads.clone() {
            cut.run(&task.sides, lead, &mut buffers, &f);
            cut.put(&task.sides, lead, &buffers.results, out);
        }
    }
}

impl<T, R, S: Default> Default for Buffers<T, R, S> {
    fn default() -> Self {
        Buffers { data: Vec::new(), results: Vec::new(), scratch: S::default() }
    }
}

impl<'p, 'a, T: Element> Cut<'p, 'a, T> {
    fn new(plan: &'p Plan, source: &'p View<'a, T>, fill: Option<T>, most: impl Fn(usize) -> usize) -> Self {
        let shape = plan.reduced_dims();
        let strides = row_major(shape.iter().copied());
        let mut order: SmallVec<[usize; 3]> = (0..plan.axes().len()).collect();
        sort_few(&mut order, |&k| plan.axes()[k].axis());
        let plain: SmallVec<[usize; 6]> =
            (0..shape.len()).filter(|&a| plan.axes().iter().all(|p| p.axis() != a)).collect();
        let leads = plain.iter().map(|&a| shape[a]).product();
        let runs = order.iter().map(|&k| runs(&plan.axes()[k], most(k))).collect();
        Cut { plan, source, fill, shape, strides, order, runs, plain, leads }
    }

    /// The sides of the box of runs with this number.
    fn sides(&self, mut number: usize) -> Vec<Side> {
        let mut sides = Vec::with_capacity(self.order.len());
        for (runs, &k) in self.runs.iter().zip(&self.order).rev() {
            let run = runs[number % runs.len()];
            number /= runs.len();
            sides.push(Side::new(&self.plan.axes()[k], run, self.fill.is_some()));
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

    fn run<R: Element, S>(
        &self,
        sides: &[Side],
        lead: usize,
        buffers: &mut Buffers<T, R, S>,
        f: &impl Fn(&Block<'_, T>, &mut S, &mut [R]),
    ) {
        let cells = sides.iter().map(|s| s.cells.len()).product();
        buffers.data.resize(cells, T::default());
        self.read(sides, lead, &mut buffers.data);
        let block = Block { sides, data: &buffers.data };
        buffers.results.resize(block.windows(), R::default());
        f(&block, &mut buffers.scratch, &mut buffers.results);
    }

    /// Copies the elements of a block, stretch by stretch.
    fn read(&self, sides: &[Side], lead: usize, data: &mut [T]) {
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
        sides: &[Side],
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

    /// Puts the results of a block into their places.
    fn put<R: Element>(&self, sides: &[Side], lead: usize, results: &[R], out: &mut [R]) {
        let origin: usize = self.lead(lead).iter().zip(&self.strides).map(|(i, s)| i * s).sum();
        let Some((last, outer)) = sides.split_last() else {
            out[origin] = results[0];
            return;
        };
        let row = last.windows.len();
        let place = |s: &Side, i: usize| (s.run.first + i * s.run.stride) * self.strides[s.axis];
        let step = last.run.stride * self.strides[last.axis];
        let mut index = Dims::from_elem(0, outer.len());
        for results in results.chunks_exact(row) {
            let at = outer.iter().zip(&index).fold(origin + place(last, 0), |at, (s, &i)| at + place(s, i));
            if step == 1 {
                out[at..at + row].copy_from_slice(results);
            } else {
                for (o, &r) in out[at..].iter_mut().step_by(step).zip(results) {
                    *o = r;
                }
            }
            advance(&mut index, |k| 0..outer[k].windows.len());
        }
    }
}
