//! Reductions of what counts, on the engine of all others: how many elements count first, then what they combine to.

use super::super::masking::Cut;
use super::super::ranges;
use super::super::rankable::Rankable;
use super::super::results::{Results, Sink};
use super::super::rows::Traits;
use super::super::source::Blank;
use super::joint::{JointArray, Jointly};
use super::sift::{Sifted, Skipping};
use super::tallies::Tallies;
use super::windows::ValidWindows;
use crate::error::Result;
use crate::kernel::level::Level;
use crate::kernel::rows::{Counts, Lifting, Op, Reduction};
use crate::kernel::threads::{Placed, each_part};
use alloc::vec::Vec;

/// Lowers with the numbers of elements that count instead of the cells that windows hold.
struct Lowering<'a, T, R: Reduction<T>> {
    results: Results<'a, T, R>,
    reduction: &'a R,
    tallies: Option<&'a Tallies>,
    before: usize,
    counts: Vec<R::Count>,
}

impl<T, R: Reduction<T>> Sink<R::Acc, ()> for Lowering<'_, T, R> {
    fn count(&self, _: usize) {}

    fn put(&mut self, at: usize, len: usize, rows: &[&[R::Acc]], _: &Counts<'_, ()>) {
        let Lowering { results, reduction, tallies, before, counts } = self;
        match tallies {
            Some(tallies) if const { R::COUNTED } => {
                counts.clear();
                let windows = *before + at..*before + at + len;
                tallies.each(windows, |_, n| counts.push(reduction.count(n)));
                results.put(at, len, rows, &Counts::Each(counts));
            }
            _ => results.put(at, len, rows, &Counts::All(reduction.count(0))),
        }
    }
}

impl<T> ValidWindows<'_, T> {
    /// What the walk is to know of a reduction whose elements are sifted.
    pub(super) fn sifted(&self, traits: Traits) -> Traits {
        // Boxes want the mask in one piece as well.
        let boxes = traits.boxes && self.mask.as_ref().is_none_or(|mask| mask.as_slice().is_some());
        Traits { counted: false, boxes, ..traits }
    }
}

/// Reduces what counts; `reduction` lowers with `tallies`, where it looks at numbers of elements.
///
/// # Errors
/// None but want of memory.
pub(super) fn reduce<T: Rankable, R: Reduction<T>>(
    windows: &ValidWindows<'_, T>,
    reduction: &R,
    tallies: Option<&Tallies>,
    out: &mut [R::Out],
) -> Result<()> {
    if out.is_empty() {
        return Ok(());
    }
    if windows.plan.axes().is_empty() || ranges::wanted(&windows.plan, windows.source.strides()) {
        let (mut k, how) = (0, ranges::How::of(reduction));
        by_ranges(windows, reduction.lifting(), how, &mut |value| {
            out[k] = reduction.lower(value, reduction.count(tallies.map_or(0, |tallies| tallies.of(k))));
            k += 1;
        });
        reduction.seen(out);
        return Ok(());
    }
    // Where there are no NaNs, elements are lifted by the loops of all other windows.
    if const { T::NANS } && windows.skips() {
        let lifting = Skipping { lifting: reduction.lifting(), nothing: reduction.identity() };
        walk(windows, lifting, reduction, tallies, out);
        return Ok(());
    }
    walk(windows, reduction.lifting(), reduction, tallies, out);
    Ok(())
}

/// On the engine of all reductions.
fn walk<T: Rankable, R: Reduction<T>>(
    windows: &ValidWindows<'_, T>,
    lifting: impl Lifting<T, Acc = R::Acc>,
    reduction: &R,
    tallies: Option<&Tallies>,
    out: &mut [R::Out],
) {
    let (plan, source, level) = (&windows.plan, &windows.source, Level::detect());
    let how = (windows.sifted(Traits::of::<T, R>()), None);
    let cut = Cut::new((plan, source.strides(), windows.fill.is_some()), how, (source.bytes(), size_of_val(out)));
    let nothing = reduction.identity();
    let blank = Blank { fill: windows.fill.map_or(nothing, |v| lifting.lift(v)), nothing };
    each_part(Placed { out, before: 0 }, &cut.lengths, &|number, part: Placed<'_, R::Out>| {
        let mut sifted = Sifted::new((lifting, nothing), level, source, windows.mask.as_ref());
        let results = Results::new(reduction, level, part.out, cut.work.job().streams);
        let mut sink = Lowering { results, reduction, tallies, before: part.before, counts: Vec::new() };
        cut.run(number, level, (reduction.op(), &blank), &mut sifted, &mut sink);
    });
}

/// What the elements of each window that count combine to, window by window, by the lists of what each reads.
#[inline(never)]
pub(super) fn by_ranges<T: Rankable, L: Lifting<T>, O: Op<Acc = L::Acc>>(
    windows: &ValidWindows<'_, T>,
    lifting: L,
    how: ranges::How<O>,
    f: &mut dyn FnMut(L::Acc),
) {
    let JointArray { data, there, .. } = windows.joint(L::PLACED);
    let (fill, lifting) = (windows.joint_fill(), Jointly { lifting, nothing: how.identity });
    ranges::each_of(&windows.plan, (there, &data), fill, lifting, how, false, &mut |value, _| f(value));
}
