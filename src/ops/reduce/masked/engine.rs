//! Reductions of masked windows, on the machines of unmasked ones.

use super::super::job::Unit;
use super::super::machine::Machine;
use super::super::results::{Results, Sink};
use super::super::rows::Traits;
use super::super::source::{Blank, Elements, Source};
use super::under::Under;
use super::walk::Walk;
use crate::element::Element;
use crate::kernel::level::Level;
use crate::kernel::rows::{Lifting, Op, Reduction};
use crate::kernel::threads::each_part;
use crate::ops::Windows;
use crate::ops::mask::Mask;

/// Computes a unit.
pub(in super::super) fn run<O: Op, C: Copy>(
    under: &Under,
    unit: &Unit,
    level: Level,
    op: O,
    blank: Blank<O::Acc>,
    source: &mut dyn Source<O>,
    sink: &mut dyn Sink<O::Acc, C>,
) {
    let mut machine = Machine::new((op, level, blank), source, sink, (&under.job.lines, None));
    Walk::new(under).unit(&mut machine, unit);
}

/// Reduces all windows under a mask into `out`, which has exactly as many elements.
pub(in super::super) fn reduce<T: Element, R: Reduction<T>>(
    windows: &Windows<'_, T>,
    mask: &Mask,
    reduction: &R,
    level: Level,
    out: &mut [R::Out],
) {
    if out.is_empty() {
        return;
    }
    if mask.count() == 0 {
        out.fill(reduction.lower(reduction.identity(), reduction.count(0)));
        return reduction.seen(out);
    }
    let (source, fill) = (windows.source(), windows.fill_value().copied());
    let under = Under::new(windows, mask, fill.is_some(), Traits::of::<T, R>(), size_of_val(out));
    let read = source.len().saturating_mul(size_of::<T>().max(1));
    // A row of the mask takes as long as to move what it reads.
    let work = read.saturating_add(size_of_val(out)).saturating_mul(under.cut.taps.len());
    let units = under.job.units(work);
    let blank = Blank {
        fill: fill.map_or_else(|| reduction.identity(), |v| reduction.lifting().lift(v)),
        nothing: reduction.identity(),
    };
    each_part(out, &under.job.lengths(&units), &|number, part| {
        let mut source = Elements::new(reduction.lifting(), level, source);
        let mut results = Results::new(reduction, level, part, under.job.streams);
        run(&under, &units[number], level, reduction.op(), blank, &mut source, &mut results);
    });
}
