//! The walk: which windows are computed together, in what order, in what cache.
//!
//! The unfolded axes are reduced one after another, the last one first, but never the whole array at a time. The result is
//! cut into *tiles* along all unfolded axes but the first; inside a tile rows of the array are read once, reduced along
//! themselves ([`Along`]), and pushed through the other axes from the inside out ([`Across`]), each of which keeps only the
//! rows its later windows need. What leaves the first axis is written to the result.

use super::masking::{AnyMask, Cut};
use super::ranges;
use super::results::Results;
use super::rows::Traits;
use super::source::{Blank, Elements};
use crate::array::View;
use crate::kernel::level::Level;
use crate::kernel::rows::{Lifting, Reduction};
use crate::kernel::threads::each_part;
use crate::spec::Plan;

/// Reduces all windows, or the cells of a mask, into `out`, which has exactly as many elements.
pub(crate) fn reduce<T, R>(
    plan: &Plan,
    source: &View<'_, T>,
    fill: Option<T>,
    (reduction, mask): (&R, Option<AnyMask<'_>>),
    level: Level,
    out: &mut [R::Out],
) where
    T: crate::element::Element,
    R: Reduction<T>,
{
    if out.is_empty() {
        return;
    }
    match mask {
        Some(mask) if mask.0.cells() == 0 => return of_nothing(reduction, out),
        Some(_) => {}
        None if ranges::wanted(plan, source.strides()) => return ranges::reduce(plan, source, fill, reduction, out),
        None if plan.axes().is_empty() => return one_by_one(source, reduction, out),
        None => {}
    }
    let how = (Traits::of::<T, R>(), mask);
    let cut = Cut::new((plan, source.strides(), fill.is_some()), how, (source.bytes(), size_of_val(out)));
    let blank = Blank {
        fill: fill.map_or_else(|| reduction.identity(), |v| reduction.lifting().lift(v)),
        nothing: reduction.identity(),
    };
    each_part(out, &cut.lengths, &|number, part| {
        let mut source = Elements::new(reduction.lifting(), level, source);
        let mut results = Results::new(reduction, level, part, cut.work.job().streams);
        cut.run(number, level, (reduction.op(), &blank), &mut source, &mut results);
    });
}

/// Windows without a cell. (Apart, as the next: accumulators may be as large as a stack has room for few times.)
#[inline(never)]
fn of_nothing<T, R: Reduction<T>>(reduction: &R, out: &mut [R::Out]) {
    out.fill(reduction.lower(reduction.identity(), reduction.count(0)));
    reduction.seen(out);
}

/// Where no axis is unfolded every element is its own window.
#[inline(never)]
fn one_by_one<T: Copy, R: Reduction<T>>(source: &View<'_, T>, reduction: &R, out: &mut [R::Out]) {
    let one = reduction.count(1);
    for (o, x) in out.iter_mut().zip(source.iter()) {
        *o = reduction.lower(reduction.lifting().lift(*x), one);
    }
    reduction.seen(out);
}
