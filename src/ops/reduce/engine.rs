//! The walk: which windows are computed together, in what order, in what cache.
//!
//! The unfolded axes are reduced one after another, the last one first, but never the whole array at a time. The result is
//! cut into *tiles* along all unfolded axes but the first; inside a tile rows of the array are read once, reduced along
//! themselves ([`Along`]), and pushed through the other axes from the inside out ([`Across`]), each of which keeps only the
//! rows its later windows need. What leaves the first axis is written to the result.

use super::job::{Job, Unit};
use super::machine::Machine;
use super::ranges;
use super::results::{Results, Sink};
use super::rows::Traits;
use super::source::{Blank, Elements, Source};
use super::worker::Worker;
use crate::array::View;
use crate::kernel::level::Level;
use crate::kernel::rows::{Lifting, Op, Reduction};
use crate::kernel::threads::each_part;
use crate::spec::Plan;

/// Reduces all windows into `out`, which has exactly as many elements.
pub(crate) fn reduce<T, R>(
    plan: &Plan,
    source: &View<'_, T>,
    fill: Option<T>,
    reduction: &R,
    level: Level,
    out: &mut [R::Out],
) where
    T: crate::element::Element,
    R: Reduction<T>,
{
    if out.is_empty() {
        return;
    }
    if ranges::wanted(plan, source) {
        return ranges::reduce(plan, source, fill, reduction, out);
    }
    if plan.axes().is_empty() {
        // Every element is its own window.
        let one = reduction.count(1);
        for (o, x) in out.iter_mut().zip(source.iter()) {
            *o = reduction.lower(reduction.lifting().lift(*x), one);
        }
        reduction.seen(out);
        return;
    }
    let traits = Traits::of::<T, R>();
    let job = Job::new(plan, source.strides(), fill.is_some(), traits, size_of_val(out));
    let read = source.len().saturating_mul(size_of::<T>().max(1));
    let units = job.units(read.saturating_add(size_of_val(out)));
    let blank = Blank {
        fill: fill.map_or_else(|| reduction.identity(), |v| reduction.lifting().lift(v)),
        nothing: reduction.identity(),
    };
    each_part(out, &job.lengths(&units), &|number, part| {
        let mut source = Elements::new(reduction.lifting(), level, source);
        let mut results = Results::new(reduction, level, part, job.streams);
        job.run(&units[number], level, reduction.op(), blank, &mut source, &mut results);
    });
}

impl Job {
    /// Computes a unit.
    pub(super) fn run<O: Op, C: Copy>(
        &self,
        unit: &Unit,
        level: Level,
        op: O,
        blank: Blank<O::Acc>,
        source: &mut dyn Source<O>,
        sink: &mut dyn Sink<O::Acc, C>,
    ) {
        let held = self.traits.counted.then_some(&self.counts[..]);
        let mut machine = Machine::new((op, level, blank), source, sink, (&self.lines, held));
        Worker::new(self).unit(&mut machine, unit);
    }
}
