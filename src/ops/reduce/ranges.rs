//! Windows whose cells are many more than elements and results: as ranges of a tree over the elements of an axis.
//!
//! Cells that hold nothing are not walked, and an element that is repeated a million times is combined with itself twenty
//! times. The axes go one after another over the whole array, each as [`Reads`] gives it: of every list of elements the blocks
//! of `1, 2, 4 ..` are made, one beginning at each place, and a window is a block for each binary digit of its range. So the cost is that of elements
//! plus results (times a logarithm), whatever window, pads and dilation are; uneven starts cost no more than even ones.
//!
//! How cells are bracketed follows from the plan alone. The last axis goes first, so that cells are combined in row-major order;
//! only where that would make something far larger than elements and results between, those axes go first that make it smaller.

use super::doubling::Order;
use super::extent::{Extent, Segments, next};
use crate::array::{Picked, View};
use crate::kernel::rows::{Lifting, Op, Reduction, TAPS};
use crate::spec::{AxisPlan, Dims, Plan, Reads, Segment, Strides, Tail, row_major, sort_few};
use alloc::vec;
use alloc::vec::Vec;

/// With more elements than this, repeated ones (of stride 0) must not be walked: no memory holds so many.
const MANY: f64 = (1u64 << 34) as f64;
/// Less work than this many combinations is done before there is time to think about it.
const LITTLE: f64 = (1u64 << 16) as f64;
/// How many times the work of a tree windows may take before a tree is made.
const WORTH: f64 = 64.0;
/// How many times the memory of elements and results what is between two axes may take, to keep the order of cells.
const ROOM: f64 = 4.0;
/// As many elements of unfolded axes there is always room for.
const SMALL: f64 = 4096.0;

/// Whether the windows of a plan over an array with such strides are to be reduced here. Of a part, what the whole plan's would be.
pub(crate) fn wanted(plan: &Plan, strides: &[isize]) -> bool {
    let elements: f64 = plan.input_shape().iter().map(|&n| n as f64).product();
    let repeats = plan.input_shape().iter().zip(strides).any(|(&n, &s)| n > 1 && s == 0);
    let uneven = |a: &AxisPlan| a.whole_step().is_none() && a.tail() != Tail::ShiftBack && a.window() > TAPS;
    let walked: f64 = plan.axes().iter().map(walked).product();
    let least: f64 = plan.axes().iter().map(|a| a.whole_len().0 as f64 + a.whole_count().0 as f64).product();
    // Lists of so many elements are only made where they cost nothing.
    let many = repeats && elements > MANY && plan.axes().iter().all(|a| a.len() < 1 << 28 || Reads::is_formula(a));
    many || plan.axes().iter().any(uneven) || (walked > LITTLE && walked > WORTH * least)
}

/// About how many cells of an axis the loops of other windows walk.
fn walked(axis: &AxisPlan) -> f64 {
    let (windows, window) = (axis.whole_count().0, axis.window() as f64);
    let count = windows as f64;
    let order = Order::new(axis.window(), axis.whole_step().unwrap_or(axis.step()), axis.dilation());
    if !order.shares || windows <= order.ahead {
        return count * window;
    }
    (count + order.blocks as f64 * order.ahead as f64) * order.block as f64 + count * order.rest as f64
}

/// Reduces all windows into `out`, which has exactly as many elements.
pub(crate) fn reduce<T, R>(plan: &Plan, source: &View<'_, T>, fill: Option<T>, r: &R, out: &mut [R::Out])
where
    T: Copy,
    R: Reduction<T>,
{
    let mut out = out.iter_mut();
    each(plan, source, fill, r.lifting(), How::of(r), R::COUNTED, &mut |value, n| {
        if let Some(out) = out.next() {
            *out = r.lower(value, r.count(n));
            r.seen(core::slice::from_ref(out));
        }
    });
}

/// Calls `f` for each window, in order, with what its elements combine to and how many there are (if that is `counted`).
pub(super) fn each<T: Copy, L: Lifting<T>, O: Op<Acc = L::Acc>>(
    plan: &Plan,
    source: &View<'_, T>,
    fill: Option<T>,
    lifting: L,
    how: How<O>,
    counted: bool,
    f: &mut dyn FnMut(O::Acc, usize),
) {
    let there = distinct(source.shape(), source.strides(), L::PLACED);
    let elements = elements(source, &there);
    each_of(plan, (there, &elements), fill, lifting, how, counted, f);
}

/// The same of so many elements along each axis; one for all that are the same.
pub(super) fn each_of<T: Copy, L: Lifting<T>, O: Op<Acc = L::Acc>>(
    plan: &Plan,
    (there, elements): (Dims, &[T]),
    fill: Option<T>,
    lifting: L,
    how: How<O>,
    counted: bool,
    f: &mut dyn FnMut(O::Acc, usize),
) {
    All::new(there, elements, lifting).each(plan, fill.map(|v| lifting.lift(v)), how, counted, f);
}

/// The axes in the order they are reduced in: the last one first, or, where there is no room for that, those first that make the
/// array smaller.
fn in_turn(plan: &Plan) -> Vec<&AxisPlan> {
    let mut axes: Vec<&AxisPlan> = plan.axes().iter().collect();
    let growth = |a: &AxisPlan| a.whole_count().0 as f64 / a.whole_len().0.max(1) as f64;
    sort_few(&mut axes, |a| core::cmp::Reverse(a.axis()));
    let between = axes.iter().scan(1.0, |size, a| {
        *size *= growth(a);
        Some(*size)
    });
    let (most, last) = between.fold((1.0f64, 1.0), |(most, _), size| (most.max(size), size));
    let elements: f64 = plan.axes().iter().map(|a| a.whole_len().0.max(1) as f64).product();
    if most * elements > SMALL && most > ROOM * last.max(1.0) {
        // (Of numbers that are not negative, their bits stand in the same order.)
        sort_few(&mut axes, |a| growth(a).to_bits());
    }
    axes
}

/// How cells are combined.
#[derive(Clone, Copy)]
pub(super) struct How<O: Op> {
    pub(super) op: O,
    pub(super) identity: O::Acc,
    pub(super) idempotent: bool,
}

impl<O: Op> How<O> {
    pub(super) fn of<T, R: Reduction<T, Op = O, Acc = O::Acc>>(reduction: &R) -> Self {
        How { op: reduction.op(), identity: reduction.identity(), idempotent: R::IDEMPOTENT }
    }
}

/// The strides of an array over so many elements along each axis; one stands for all where there are more.
pub(super) fn strides(shape: &[usize], there: &[usize]) -> Strides {
    let strides = row_major(there.iter().copied());
    let own = |((&stride, n), there): ((&usize, &usize), &usize)| if n == there { stride as isize } else { 0 };
    strides.iter().zip(shape).zip(there).map(own).collect()
}

/// The array between two axes.
struct All<A> {
    extent: Extent,
    data: Vec<A>,
}

/// How many elements of a view there are along each axis, repeated ones once unless they are `placed`.
pub(super) fn distinct(shape: &[usize], strides: &[isize], placed: bool) -> Dims {
    let once = |(&n, &stride): (&usize, &isize)| if stride == 0 && !placed { n.min(1) } else { n };
    shape.iter().zip(strides).map(once).collect()
}

/// The elements of the first so many places along each axis.
#[inline(never)]
pub(super) fn elements<T: Copy>(source: &View<'_, T>, shape: &[usize]) -> Vec<T> {
    // (Through a pointer: what is picked is then found by one function for all types.)
    let picked: &dyn Fn(usize) -> Picked = &|a: usize| Picked { axis: a, step: 1, count: shape[a] };
    let distinct = source.pick(&Dims::from_elem(0, shape.len()), shape.len(), picked);
    let distinct = distinct.as_ref().unwrap_or(source);
    let mut elements = Vec::with_capacity(distinct.len());
    distinct.append_to(0..distinct.len(), &mut elements);
    elements
}

impl<A: Copy + Send + Sync> All<A> {
    /// Elements, lifted.
    #[inline(never)]
    fn new<T: Copy, L: Lifting<T, Acc = A>>(shape: Dims, elements: &[T], lifting: L) -> All<A> {
        let mut data = Vec::with_capacity(elements.len());
        if const { L::PLACED } {
            let (row, before) = shape.split_last().map_or((1, &[][..]), |(&row, before)| (row, before));
            let mut index = Dims::from_elem(0, before.len());
            for row in elements.chunks(row.max(1)) {
                let lifting = lifting.behind(&index).along(0, 1);
                data.extend(row.iter().enumerate().map(|(k, &x)| lifting.lift_at(x, k)));
                next(&mut index, before);
            }
        } else {
            data.extend(elements.iter().map(|&x| lifting.lift(x)));
        }
        All { extent: Extent::new(shape), data }
    }

    /// See [`each`].
    #[inline(never)]
    fn each<O: Op<Acc = A>>(
        mut self,
        plan: &Plan,
        fill: Option<A>,
        how: How<O>,
        counted: bool,
        f: &mut dyn FnMut(A, usize),
    ) {
        for axis in in_turn(plan) {
            self.along(axis, fill, how);
        }
        let data = &self.data;
        self.extent.each_result(plan, (fill.is_some(), counted), &mut |place, n| f(data[place], n));
    }

    /// Reduces one axis: its windows take the place of its elements.
    #[inline(never)]
    fn along<O: Op<Acc = A>>(&mut self, axis: &AxisPlan, fill: Option<A>, how: How<O>) {
        let reads = Reads::new(axis);
        let (inner, outer, rows) = self.extent.around(axis.axis());
        let segments = Segments::new(axis, &reads);
        let mut filled: Vec<A> = Vec::new();
        let times = self.extent.filled(axis.axis(), outer * inner);
        let mut data = vec![how.identity; outer * axis.count() * inner];
        let mut blocks = Blocks { rows: Vec::new(), sums: Vec::new(), reads: &reads, repeated: rows == 1, inner };
        for o in 0..outer {
            let from = &self.data[o * rows * inner..][..rows * inner];
            blocks.add_up(from, &segments, how);
            if let Some(fill) = fill.filter(|_| segments.pads) {
                filled.clear();
                filled.extend(times[o * inner..][..inner].iter().map(|&n| power_of(fill, n, how)));
            }
            let to = &mut data[o * axis.count() * inner..][..axis.count() * inner];
            for (i, to) in to.chunks_exact_mut(inner.max(1)).enumerate() {
                let mut sum = Sum { to, begun: false };
                for (k, segment) in segments.of(i) {
                    match segment {
                        Segment::Pad(n) if fill.is_some() => sum.power(&filled, *n, how),
                        Segment::Pad(_) => {}
                        Segment::Same(e, n) => sum.power(blocks.row(from, *e), *n, how),
                        Segment::Once(_) => sum.add(blocks.sum(k), how),
                        Segment::Round(_, n) => sum.power(blocks.sum(k), *n, how),
                    }
                }
            }
        }
        self.data = data;
        self.extent.reduced(axis, &reads);
    }
}

/// Blocks of `1, 2, 4 ..` rows, one beginning at each place, and what they make of each segment's range: `T(n)` of its rows (see
/// [`doubling`](super::doubling)), wherever on the axis it lies.
struct Blocks<'a, A> {
    /// The blocks of one size.
    rows: Vec<A>,
    /// A row a segment.
    sums: Vec<A>,
    reads: &'a Reads,
    /// Whether one row stands for all, because they are the same.
    repeated: bool,
    inner: usize,
}

impl<A: Copy> Blocks<'_, A> {
    /// The row of an element.
    fn row<'r>(&self, from: &'r [A], element: usize) -> &'r [A] {
        &from[if self.repeated { 0 } else { element } * self.inner..][..self.inner]
    }

    /// What the range of segment `k` adds up to.
    fn sum(&self, k: usize) -> &[A] {
        &self.sums[k * self.inner..][..self.inner]
    }

    /// Adds up every segment's range.
    #[inline(never)]
    fn add_up<O: Op<Acc = A>>(&mut self, from: &[A], segments: &Segments, how: How<O>) {
        let inner = self.inner;
        let places = if self.repeated { self.reads.len().min(1) } else { self.reads.len() };
        self.rows.clear();
        for place in 0..places {
            self.rows
                .extend_from_slice(&from[if self.repeated { 0 } else { self.reads.element(place) } * inner..][..inner]);
        }
        self.sums.clear();
        self.sums.resize(segments.all.len() * inner, how.identity);
        if segments.longest == 0 {
            return;
        }
        for level in 0..=segments.longest.ilog2() {
            for (segment, to) in segments.all.iter().zip(self.sums.chunks_exact_mut(inner.max(1))) {
                let (Segment::Once(range) | Segment::Round(range, _)) = segment else { continue };
                // The digits below are added already, from the front.
                let before = range.len() & ((1 << level) - 1);
                if range.len() >> level & 1 == 1 {
                    let place = if self.repeated { 0 } else { range.start + before };
                    Sum { to, begun: before > 0 }.add(&self.rows[place * inner..][..inner], how);
                }
            }
            self.double(1 << level, how);
        }
    }

    /// Makes blocks of twice as many rows; those that would end behind the last row are gone.
    fn double<O: Op<Acc = A>>(&mut self, size: usize, how: How<O>) {
        if self.repeated {
            return self.rows.iter_mut().for_each(|x| *x = how.op.combine(*x, *x));
        }
        let len = self.rows.len().saturating_sub(size * self.inner);
        for at in 0..len {
            self.rows[at] = how.op.combine(self.rows[at], self.rows[at + size * self.inner]);
        }
        self.rows.truncate(len);
    }
}

/// A row of results that is being made.
struct Sum<'a, A> {
    to: &'a mut [A],
    begun: bool,
}

impl<A: Copy> Sum<'_, A> {
    fn add<O: Op<Acc = A>>(&mut self, row: &[A], how: How<O>) {
        match core::mem::replace(&mut self.begun, true) {
            false => self.to.copy_from_slice(row),
            true => self.to.iter_mut().zip(row).for_each(|(t, &x)| *t = how.op.combine(*t, x)),
        }
    }

    /// Adds a row so many times, by its powers of two.
    #[inline(never)]
    fn power<O: Op<Acc = A>>(&mut self, row: &[A], times: usize, how: How<O>) {
        let mut row = row.to_vec();
        let mut rest = if how.idempotent { times.min(1) } else { times };
        while rest > 0 {
            if rest & 1 == 1 {
                self.add(&row, how);
            }
            rest >>= 1;
            if rest > 0 {
                row.iter_mut().for_each(|x| *x = how.op.combine(*x, *x));
            }
        }
    }
}

/// One value so many times; nothing for none.
fn power_of<O: Op>(x: O::Acc, times: usize, how: How<O>) -> O::Acc {
    let mut one = [how.identity];
    Sum { to: &mut one, begun: false }.power(&[x], times, how);
    one[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::level::Level;
    use crate::ops::monoid;
    use crate::ops::reduce::monoid::own;
    use crate::ops::reduce::total::{MeanMiddle, SumMiddle};
    use crate::spec::{PadMode, Unfold, unfold};

    /// Requests of all kinds on some axes.
    fn requests(axes: &[isize]) -> Vec<Unfold> {
        let modes = [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];
        let tails = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];
        let mut all = Vec::new();
        for (window, step, dilation, base) in
            [(2, 1, 1, 1), (3, 2, 2, 1), (5, 3, 1, 2), (9, 1, 1, 1), (11, 4, 2, 3), (20, 3, 1, 1), (13, 2, 3, 2)]
        {
            for (before, after) in [(0, 0), (2, 5), (-1, 9), (30, 28)] {
                for (mode, tail) in modes.iter().flat_map(|m| tails.iter().map(move |t| (*m, *t))) {
                    let request = unfold(axes, window, step).dilation(dilation).base_dilation(base);
                    let pads = vec![(before, after); axes.len()];
                    all.push(request.pad(&pads[..]).pad_mode(mode).tail(tail));
                }
            }
        }
        all
    }

    fn same<R: Reduction<u32>>(request: &Unfold, view: &View<'_, u32>, fill: Option<u32>, r: &R) -> usize
    where
        R::Out: PartialEq + core::fmt::Debug,
    {
        let Ok(plan) = request.plan(view.shape()) else { return 0 };
        if wanted(&plan, view.strides()) {
            return 0;
        }
        let mut here = vec![R::Out::default(); plan.reduced_dims().iter().product()];
        let mut there = here.clone();
        reduce(&plan, view, fill, r, &mut here);
        crate::ops::reduce::engine::reduce(&plan, view, fill, (r, None), Level::detect(), &mut there);
        assert_eq!(alloc::format!("{here:?}"), alloc::format!("{there:?}"), "{request:?} {view:?} {fill:?}");
        1
    }

    /// One axis: an operation that knows the order of cells. Several: sums, and numbers of cells.
    #[test]
    fn a_tree_gives_what_the_walk_gives() {
        let x: Vec<u32> = (1..=60).map(|k| k * k % 61).collect();
        let affine = monoid(
            (1u64, 0u64),
            |x: u32| (2 * u64::from(x) + 3, u64::from(x)),
            |f: (u64, u64), g: (u64, u64)| (f.0.wrapping_mul(g.0), f.0.wrapping_mul(g.1).wrapping_add(f.1)),
            |f: (u64, u64)| f.0 ^ f.1.rotate_left(32),
        );
        let mut compared = 0;
        for fill in [None, Some(7)] {
            for n in [1, 2, 5, 12] {
                for request in requests(&[0]) {
                    for view in [
                        View::new(&x[..n], [n]).unwrap(),
                        View::new(&x[..2 * n], [n, 2]).unwrap(),
                        View::with_strides(&x, [n, 2], [0, 3], 1).unwrap(),
                    ] {
                        compared += same(&request, &view, fill, &own(&affine));
                    }
                }
            }
            for request in requests(&[0, 2]).into_iter().step_by(7) {
                for view in [
                    View::new(&x[..40], [4, 2, 5]).unwrap(),
                    View::with_strides(&x, [6, 2, 4], [-1, 0, 7], 9).unwrap(),
                    View::with_strides(&x, [3, 1, 3], [0, 0, 0], 9).unwrap(),
                ] {
                    compared += same(&request, &view, fill, &SumMiddle);
                    compared += same(&request, &view, fill, &MeanMiddle);
                }
            }
        }
        assert!(compared > 5_000, "{compared}");
    }
}
