//! Reductions of what counts, on the engine of all others: how many elements count first, then what they combine to.

use super::super::job::Job;
use super::super::ranges;
use super::super::rankable::Rankable;
use super::super::results::{Results, Sink};
use super::super::rows::Traits;
use super::super::source::Blank;
use super::joint::Jointly;
use super::sift::{Sifted, Skipping};
use super::windows::ValidWindows;
use crate::error::Result;
use crate::kernel::level::Level;
use crate::kernel::rows::{Counts, Lifting, Op, Reduction};
use crate::kernel::threads::{Divide, each_part};

/// Results, beside how many elements count in each window if that is asked.
struct Counted<'o, 'c, O, C> {
    out: &'o mut [O],
    counts: Option<&'c [C]>,
}

impl<O: Send, C: Sync> Divide for Counted<'_, '_, O, C> {
    fn split(self, at: usize) -> (Self, Self) {
        let (out, rest) = self.out.split_at_mut(at);
        let (counts, others) = self.counts.map(|counts| counts.split_at(at)).unzip();
        (Counted { out, counts }, Counted { out: rest, counts: others })
    }
}

/// Lowers with those counts instead of the cells that windows hold.
struct Lowering<'a, T, R: Reduction<T>> {
    results: Results<'a, T, R>,
    counts: Option<&'a [R::Count]>,
    none: R::Count,
}

impl<T, R: Reduction<T>> Sink<R::Acc, ()> for Lowering<'_, T, R> {
    fn count(&self, _: usize) {}

    fn put(&mut self, at: usize, len: usize, rows: &[&[R::Acc]], _: &Counts<'_, ()>) {
        let counts = match self.counts {
            Some(counts) => Counts::Each(&counts[at..at + len]),
            None => Counts::All(self.none),
        };
        self.results.put(at, len, rows, &counts);
    }
}

/// What the walk is to know of a reduction whose elements are sifted.
pub(super) fn traits<T, R: Reduction<T>>(windows: &ValidWindows<'_, T>) -> Traits {
    // Boxes want the mask in one piece as well.
    let boxes = windows.mask.as_ref().is_none_or(|mask| mask.as_slice().is_some());
    Traits { counted: false, boxes, ..Traits::of::<T, R>() }
}

/// Reduces what counts; `reduction` lowers with `counts`, where it looks at them.
///
/// # Errors
/// None but want of memory.
pub(super) fn reduce<T: Rankable, R: Reduction<T>>(
    windows: &ValidWindows<'_, T>,
    reduction: &R,
    counts: Option<&[R::Count]>,
    out: &mut [R::Out],
) -> Result<()> {
    if out.is_empty() {
        return Ok(());
    }
    let (plan, source, level) = (&windows.plan, &windows.source, Level::detect());
    let none = reduction.count(0);
    if plan.axes().is_empty() || ranges::wanted(plan, source) {
        let lower = |k: usize, value: R::Acc| reduction.lower(value, counts.map_or(none, |counts| counts[k]));
        let mut k = 0;
        by_ranges(windows, reduction.lifting(), (reduction.op(), reduction.identity(), R::IDEMPOTENT), &mut |value| {
            out[k] = lower(k, value);
            k += 1;
        })?;
        reduction.seen(out);
        return Ok(());
    }
    let job = Job::new(plan, source.strides(), windows.fill.is_some(), traits::<T, R>(windows), size_of_val(out));
    let read = source.len().saturating_mul(size_of::<T>().max(1));
    let units = job.units(read.saturating_add(size_of_val(out)));
    let (nothing, skipped) = (reduction.identity(), windows.skips());
    let lifting = Skipping { lifting: reduction.lifting(), nothing, skipped };
    let blank = Blank { fill: windows.fill.map_or(nothing, |v| lifting.lift(v)), nothing };
    each_part(Counted { out, counts }, &job.lengths(&units), &|number, part: Counted<'_, '_, R::Out, R::Count>| {
        let mut sifted = Sifted::new((lifting, nothing), level, source, windows.mask.as_ref());
        let results = Results::new(reduction, level, part.out, job.streams);
        let mut sink = Lowering { results, counts: part.counts, none };
        job.run(&units[number], level, reduction.op(), blank, &mut sifted, &mut sink);
    });
    Ok(())
}

/// What the elements of each window that count combine to, window by window, by the lists of what each reads.
pub(super) fn by_ranges<T: Rankable, L: Lifting<T>, O: Op<Acc = L::Acc>>(
    windows: &ValidWindows<'_, T>,
    lifting: L,
    (op, nothing, idempotent): (O, L::Acc, bool),
    f: &mut dyn FnMut(L::Acc),
) -> Result<()> {
    let how = ranges::How { op, identity: nothing, idempotent };
    let lifting = Jointly { lifting, nothing };
    windows.jointly(|view| {
        ranges::each(&windows.plan, view, windows.joint_fill(), lifting, how, false, &mut |value, _| f(value));
    })
}
