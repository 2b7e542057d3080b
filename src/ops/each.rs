//! Windows one after another, as a closure sees them: where they lie if they lie inside, else copied.
//!
//! Windows are numbered row-major over the reduced shape. A range of numbers is walked in runs along the last axis, so that
//! what must be looked up is looked up once a run. Ranges know nothing of each other: threads take one each.

use super::pieces::pieces;
use crate::array::{Picked, View, checked_bytes, contiguous};
use crate::error::{Error, Result};
use crate::kernel::caches::SHARE;
use crate::kernel::threads::threads_for;
use crate::spec::{AxisPlan, Cell, Dims, Plan, unravel};
use alloc::vec::Vec;
use core::ops::Range;
use smallvec::SmallVec;

/// A closure takes as long for a byte of a window, even if it only adds, as moving so many takes.
const WORK: usize = 8;

/// The windows of a plan, ready to be shown one after another.
pub(super) struct Each<'w, 'a, T> {
    plan: &'w Plan,
    source: &'w View<'a, T>,
    /// What empty cells read as; without it there are none.
    blank: Option<&'w T>,
    /// Of the result, and of one window.
    shape: Dims,
    window: Dims,
    cells: usize,
    /// Where on each axis of the result windows lie inside.
    inside: SmallVec<[Range<usize>; 6]>,
    /// The distance of neighbouring windows along the last axis, if it is even.
    step: Option<usize>,
    /// Whether windows are stretches of the last axis.
    lined: bool,
}

/// Stretches of the last axis.
type Rows<'a, T> = SmallVec<[&'a [T]; 16]>;

/// How windows are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Views,
    Slices,
}

/// Neighbouring windows along the last axis of the result.
enum Run<'r> {
    /// So many, all inside, from the one at this index on.
    Inside(&'r [usize], usize),
    /// The one at this index, which touches a border.
    Border(&'r [usize]),
}

impl<'w, 'a, T: Clone> Each<'w, 'a, T> {
    /// # Errors
    /// [`Error::EmptyCell`] where a cell is empty and nothing was given to stand there; [`Error::TooLarge`],
    /// [`Error::OutOfMemory`] for windows no memory holds.
    pub(super) fn new(plan: &'w Plan, source: &'w View<'a, T>, blank: Option<&'w T>, shown: Shown) -> Result<Self> {
        let (shape, axes) = (plan.reduced_dims(), plan.axes());
        let window: Dims = axes.iter().map(AxisPlan::window).collect();
        let cells = checked_bytes::<T>("a window", &window)?;
        if blank.is_none() && !shape.contains(&0) {
            axes.iter().try_for_each(check_full)?;
        }
        let mut inside: SmallVec<[Range<usize>; 6]> = shape.iter().map(|&n| 0..n).collect();
        let mut step = Some(1);
        for a in axes {
            inside[a.axis()] = if a.base_dilation() == 1 { a.interior() } else { 0..0 };
            if a.axis() + 1 == shape.len() {
                step = a.even_step();
            }
        }
        let lined = matches!(axes, [a] if a.axis() + 1 == shape.len() && a.dilation() == 1);
        let copies = shown == Shown::Slices && !lined || inside.iter().zip(&shape).any(|(r, &n)| r.len() < n);
        if copies && Vec::<T>::new().try_reserve_exact(cells).is_err() {
            let bytes = cells * size_of::<T>();
            return Err(Error::OutOfMemory { what: "a window", shape: window.to_vec(), bytes });
        }
        Ok(Each { plan, source, blank, shape, window, cells, inside, step, lined })
    }

    /// How many windows there are.
    pub(super) fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// The shape of a result with one entry a window.
    pub(super) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How many windows a thread should take at a time, if they are worth waking threads for.
    pub(super) fn share(&self) -> Option<usize> {
        let bytes = self.cells.saturating_mul(size_of::<T>()).max(1);
        let work = bytes.saturating_mul(self.len()).saturating_mul(WORK);
        (self.len() > 1 && threads_for(work) > 1).then(|| (SHARE / bytes).clamp(1, self.len()))
    }

    /// Which windows share `number` of so many is.
    pub(super) fn shared(&self, share: usize, number: usize) -> Range<usize> {
        number * share..self.len().min((number + 1) * share)
    }

    /// Shows the windows of a range as views: of the array, or of a copy in `buffer`.
    pub(super) fn views(&self, range: Range<usize>, buffer: &mut Vec<T>, mut f: impl FnMut(&View<'_, T>)) {
        self.runs(range, |run| match run {
            Run::Inside(index, count) => self.picked(index, count).outer_iter(1).for_each(|window| f(&window)),
            Run::Border(index) => {
                self.gather(index, buffer);
                match View::new(buffer, &self.window[..]) {
                    Ok(window) => f(&window),
                    Err(error) => unreachable!("as many cells as a window: {error}"),
                }
            }
        });
    }

    /// Shows the windows of a range as slices, row-major over the window's axes: of the array where they lie in it so, else
    /// of a copy in `buffer`.
    pub(super) fn slices(&self, range: Range<usize>, buffer: &mut Vec<T>, mut f: impl FnMut(&[T])) {
        let mut rows = Rows::new();
        self.runs(range, |run| match run {
            Run::Inside(index, count) => {
                if let Some(line) = self.line(index) {
                    let step = if count > 1 { self.step.unwrap_or(0) } else { 0 };
                    return (0..count).for_each(|i| f(&line[i * step..][..self.cells]));
                }
                let windows = self.picked(index, count);
                if contiguous(&windows.shape()[1..], &windows.strides()[1..]).is_none()
                    && self.rows(index, count, &mut rows)
                {
                    return self.weave(&rows, &windows, buffer, &mut f);
                }
                windows.outer_iter(1).for_each(|window| match window.as_slice() {
                    Some(window) => f(window),
                    None => {
                        copy(&window, buffer);
                        f(buffer);
                    }
                });
            }
            Run::Border(index) => {
                self.gather(index, buffer);
                f(buffer);
            }
        });
    }

    /// The stretches of the last axis that `count` windows from the one at `index` on read, in the order of their cells; `false`
    /// if cells do not go along that axis, it does not lie in one piece, or looking them up would not pay.
    fn rows(&self, index: &[usize], count: usize, rows: &mut Rows<'a, T>) -> bool {
        /// Windows a run must have where each cell is a row of its own.
        const FEW: usize = 8;
        let (axes, last) = (self.plan.axes(), index.len() - 1);
        let (outer, start) = match axes.split_last() {
            Some((along, outer)) if along.axis() == last => (outer, along.start_of(index[last]) as usize),
            _ if axes.iter().all(|a| a.axis() != last) && count >= FEW => (axes, index[last]),
            _ => return false,
        };
        rows.clear();
        let mut cell = Dims::from_elem(0, outer.len());
        let mut at = Dims::from_slice(&index[..last]);
        for number in 0..self.window[..outer.len()].iter().product() {
            unravel(number, 0..outer.len(), &self.window, &mut cell);
            for (a, j) in outer.iter().zip(&cell) {
                at[a.axis()] = a.start_of(index[a.axis()]) as usize + j * a.dilation();
            }
            let Some(row) = self.source.trailing_slice(&at) else { return false };
            rows.push(&row[start..]);
        }
        true
    }

    /// Shows windows that are cells of `rows`, each the step along the last axis further on.
    fn weave(&self, rows: &Rows<'a, T>, windows: &View<'a, T>, buffer: &mut Vec<T>, f: &mut impl FnMut(&[T])) {
        /// More cells than this are copied as a block.
        const BLOCK: usize = 16;
        let (count, row) = (windows.shape()[0], self.cells / rows.len());
        let step = if count > 1 { self.step.unwrap_or(0) } else { 0 };
        let dilation = if row > 1 { self.plan.axes()[self.window.len() - 1].dilation() } else { 1 };
        for i in 0..count {
            if buffer.len() != self.cells {
                buffer.clear();
                buffer.reserve_exact(self.cells);
                for from in rows {
                    buffer.extend(from[i * step..].iter().step_by(dilation).take(row).cloned());
                }
                f(buffer);
                continue;
            }
            for (to, from) in buffer.chunks_exact_mut(row).zip(rows) {
                let from = &from[i * step..];
                match dilation {
                    1 if row > BLOCK => to.clone_from_slice(&from[..row]),
                    1 => to.iter_mut().zip(&from[..row]).for_each(|(to, from)| to.clone_from(from)),
                    _ => to.iter_mut().zip(from.iter().step_by(dilation)).for_each(|(to, from)| to.clone_from(from)),
                }
            }
            f(buffer);
        }
    }

    /// The runs of a range of windows, in their order.
    fn runs(&self, range: Range<usize>, mut f: impl FnMut(Run<'_>)) {
        let Some(last) = self.shape.len().checked_sub(1) else {
            // An array of one element without axes: one window, which is that element.
            return range.for_each(|_| f(Run::Inside(&[], 1)));
        };
        let mut index = Dims::from_elem(0, last + 1);
        let mut at = range.start;
        while at < range.end {
            unravel(at, 0..last + 1, &self.shape, &mut index);
            let here = index[last]..self.shape[last].min(index[last] + (range.end - at));
            at += here.len();
            let inside = index[..last].iter().zip(&self.inside).all(|(i, r)| r.contains(i));
            let (low, high) = match inside {
                true => (self.inside[last].start.clamp(here.start, here.end), self.inside[last].end.min(here.end)),
                false => (here.end, here.end),
            };
            let mut i = here.start;
            while i < here.end {
                index[last] = i;
                if !(low..high).contains(&i) {
                    f(Run::Border(&index));
                    i += 1;
                    continue;
                }
                let count = if self.step.is_some() { high - i } else { 1 };
                f(Run::Inside(&index, count));
                i += count;
            }
        }
    }

    /// The last axis from the window at `index` on, if windows are stretches of it and it lies in one piece.
    fn line(&self, index: &[usize]) -> Option<&'a [T]> {
        let (&i, lead) = index.split_last().filter(|_| self.lined)?;
        Some(&self.source.trailing_slice(lead)?[self.plan.axes()[0].start_of(i) as usize..])
    }

    /// `[count, window..]`: windows along the last axis from the one at `index` on, all inside.
    fn picked(&self, index: &[usize], count: usize) -> View<'a, T> {
        let axes = self.plan.axes();
        let mut starts = Dims::from_slice(index);
        for a in axes {
            starts[a.axis()] = a.start_of(index[a.axis()]) as usize;
        }
        let Some(last) = index.len().checked_sub(1) else {
            return match self.source.insert_axis(0) {
                Ok(one) => one,
                Err(error) => unreachable!("an array without axes takes one: {error}"),
            };
        };
        // A single window may stand where the next step would leave the axis.
        let step = if count > 1 { self.step.unwrap_or(0) as isize } else { 0 };
        let picked = |o: usize| match o.checked_sub(1) {
            None => Picked { axis: last, step, count },
            Some(k) => Picked { axis: axes[k].axis(), step: axes[k].dilation() as isize, count: axes[k].window() },
        };
        match self.source.pick(&starts, axes.len() + 1, picked) {
            Some(windows) => windows,
            None => unreachable!("inner windows lie inside their array"),
        }
    }

    /// Copies the cells of the window at `index`, row-major over the window's axes.
    fn gather(&self, index: &[usize], buffer: &mut Vec<T>) {
        let axes = self.plan.axes();
        let mut starts = Dims::from_slice(index);
        axes.iter().for_each(|a| starts[a.axis()] = 0);
        // The part of the array that its windows at this index of the other axes read, along the axes of the request.
        let whole = |axis: usize| Picked { axis, step: 1, count: self.source.shape()[axis] };
        let picked = |k: usize| whole(axes[k].axis());
        let Some(part) = self.source.pick(&starts, axes.len(), picked) else {
            unreachable!("whole axes lie inside their array")
        };
        buffer.clear();
        buffer.reserve_exact(self.cells);
        self.append(&part, 0, index, &mut Dims::new(), buffer);
    }

    /// Appends the cells whose first `k` axes stand at elements `at` of `part`.
    fn append(&self, part: &View<'a, T>, k: usize, index: &[usize], at: &mut Dims, buffer: &mut Vec<T>) {
        let axis = &self.plan.axes()[k];
        let i = index[axis.axis()];
        if k + 1 < self.window.len() {
            for j in 0..axis.window() {
                match axis.cell(i, j) {
                    Cell::Element(p) => {
                        at.push(p);
                        self.append(part, k + 1, index, at, buffer);
                        at.pop();
                    }
                    Cell::Pad | Cell::Gap => self.empty(self.window[k + 1..].iter().product(), buffer),
                }
            }
            return;
        }
        let line = part.trailing_slice(at);
        for piece in pieces(axis, i..i + 1, 0..axis.window(), false) {
            let count = piece.taps.len();
            match (piece.source, line) {
                (None, _) => self.empty(count, buffer),
                (Some(run), Some(line)) if run.per_tap == 1 => buffer.extend_from_slice(&line[run.start..][..count]),
                (Some(run), _) => {
                    for j in 0..count as isize {
                        at.push((run.start as isize + j * run.per_tap) as usize);
                        match part.get(at) {
                            Some(element) => buffer.push(element.clone()),
                            None => unreachable!("a plan's elements lie inside its array"),
                        }
                        at.pop();
                    }
                }
            }
        }
    }

    /// Appends empty cells.
    fn empty(&self, count: usize, buffer: &mut Vec<T>) {
        match self.blank {
            Some(blank) => buffer.extend(core::iter::repeat_n(blank, count).cloned()),
            None => unreachable!("there are no empty cells without something to stand there"),
        }
    }
}

/// Copies the elements of a view, row-major.
fn copy<T: Clone>(window: &View<'_, T>, buffer: &mut Vec<T>) {
    /// Shorter rows are copied element by element.
    const ROW: usize = 8;
    buffer.clear();
    buffer.reserve_exact(window.len());
    let Some((&row, outer)) = window.shape().split_last() else {
        return buffer.extend(window.iter().cloned());
    };
    if row < ROW || window.strides()[outer.len()] != 1 {
        return buffer.extend(window.iter().cloned());
    }
    for row in window.outer_iter(outer.len()) {
        match row.as_slice() {
            Some(row) => buffer.extend_from_slice(row),
            None => buffer.extend(row.iter().cloned()),
        }
    }
}

/// Refuses an axis some window of which has an empty cell.
fn check_full(axis: &AxisPlan) -> Result<()> {
    if axis.irregular().is_none() {
        return Ok(());
    }
    let inside = if axis.base_dilation() == 1 { axis.interior() } else { 0..0 };
    let is_empty = |i: usize, j: usize| !matches!(axis.cell(i, j), Cell::Element(_));
    let found = (0..inside.start)
        .chain(inside.end..axis.count())
        .find_map(|i| (0..axis.window()).find(|&j| is_empty(i, j)).map(|j| (i, j)));
    match found {
        Some((window, cell)) => Err(Error::EmptyCell { axis: axis.axis(), window, cell }),
        None => Ok(()),
    }
}
