//! Small windows along the last two axes, over planes that fit a cache: one call of the kernel for each plane.

use super::along::resize;
use super::line::{Line, Run};
use crate::kernel::level::Level;
use crate::kernel::plane::{Buffers, KERNELS, Side, plane};
use crate::kernel::rows::Reduction;
use crate::spec::{AxisPlan, PadMode};
use alloc::vec::Vec;

/// The largest plane, in bytes read and accumulated: larger ones are cut into tiles.
const PLANE_BYTES: usize = 256 * 1024;

/// Whether the last two axes can be reduced plane by plane.
pub(crate) fn pools<T, A>(lines: &[Line], inner: usize) -> bool {
    let [.., y, x] = lines else { return false };
    let small = y.axis.len() * x.axis.len() * size_of::<T>() + y.axis.count() * x.axis.count() * size_of::<A>();
    let same = y.axis.window() == x.axis.window() && y.order == x.order && step(y) == step(x);
    inner == 1
        && lines.len() <= 3
        && y.axis.axis() + 1 == x.axis.axis()
        && small <= PLANE_BYTES
        && same
        && step(x).is_some_and(|s| KERNELS.contains(&(x.axis.window(), s)))
        && [y, x].into_iter().all(|l| plain(&l.axis))
}

fn step(line: &Line) -> Option<usize> {
    match line.runs[..] {
        [Run { step, .. }] => Some(step),
        _ => None,
    }
}

/// No dilation, no crop, no holes, nothing but emptiness around.
fn plain(axis: &AxisPlan) -> bool {
    let (before, after) = axis.pads();
    axis.dilation() == 1
        && axis.base_dilation() == 1
        && before >= 0
        && after >= 0
        && (axis.pad_mode() == PadMode::Empty || (before, after) == (0, 0))
}

/// Reduces planes; keeps its buffers between them.
pub(crate) struct Pool<'p, T, R: Reduction<T>> {
    y: &'p Line,
    x: &'p Line,
    reduction: &'p R,
    level: Level,
    buffers: Buffers<R::Acc>,
    results: Vec<R::Acc>,
    element: core::marker::PhantomData<fn(T)>,
}

impl<'p, T: Copy, R: Reduction<T>> Pool<'p, T, R> {
    pub(crate) fn new(y: &'p Line, x: &'p Line, reduction: &'p R, level: Level, fill: Option<T>) -> Self {
        let nothing = reduction.identity();
        let fill = fill.map_or(nothing, |v| reduction.lift(v));
        let run = &x.runs[0];
        let combine = |a, b| reduction.combine(a, b);
        let buffers = Buffers::new(x.axis.window(), run.step, side(&x.axis, run), fill, nothing, combine);
        Pool { y, x, reduction, level, buffers, results: Vec::new(), element: core::marker::PhantomData }
    }

    /// Rows `run` of the results of a plane.
    pub(crate) fn reduce(&mut self, src: &[T], run: &Run, dst: &mut [R::Acc]) {
        let (x, window) = (&self.x.runs[0], self.x.axis.window());
        let sides = (side(&self.y.axis, run), side(&self.x.axis, x));
        plane(self.level, self.reduction, window, x.step, sides, src, &mut self.buffers, dst);
    }

    /// The same, into a buffer of its own.
    pub(crate) fn results(&mut self, src: &[T], run: &Run) -> &[R::Acc] {
        let len = run.count * self.x.axis.count();
        let mut results = core::mem::take(&mut self.results);
        resize(&mut results, len, self.reduction.identity());
        self.reduce(src, run, &mut results[..len]);
        self.results = results;
        &self.results[..len]
    }
}

fn side(axis: &AxisPlan, run: &Run) -> Side {
    Side { len: axis.len(), start: run.start, count: run.count, end: axis.end() }
}
