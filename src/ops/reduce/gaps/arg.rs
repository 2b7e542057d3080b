//! Where the largest or smallest element that counts lies.

use super::super::arg::{endless, traits};
use super::super::block::{each_window, repeats};
use super::super::extreme::{Extreme, Search};
use super::super::found::{Found, Lower, Placing};
use super::super::held::check_cells;
use super::super::masking::Cut;
use super::super::number::Number;
use super::super::ops::Larger;
use super::super::places::{Keyed, Narrow, Places, Wide, Width};
use super::super::ranges;
use super::super::source::Blank;
use super::run::by_ranges;
use super::sift::{Sifted, Skipping};
use super::tally::tally;
use super::windows::ValidWindows;
use crate::error::Result;
use crate::kernel::level::Level;
use crate::kernel::rows::Lifting;
use crate::kernel::threads::each_part;
use alloc::vec;

/// Looks for an element of each window that holds enough of them.
///
/// # Errors
/// [`Error::BufferLength`](crate::Error::BufferLength), [`Error::TooLarge`](crate::Error::TooLarge).
pub(super) fn search<T: Number>(windows: &ValidWindows<'_, T>, of: Extreme, out: &mut [Option<usize>]) -> Result<()> {
    windows.windows()?.check_buffer(out.len())?;
    // Padding is no element, filled or not.
    let windows = &windows.unfilled();
    if out.is_empty() {
        return Ok(());
    }
    let tallies = tally(windows)?;
    let mut indices = vec![0; out.len()];
    places(windows, Search { of, last_nan: false }, &mut indices)?;
    let need = windows.least.max(1);
    tallies.each(0..out.len(), |k, n| out[k] = (n >= need).then_some(indices[k]));
    Ok(())
}

/// The index in each window, anything where no element counts: as all elements are searched.
fn places<T: Number>(windows: &ValidWindows<'_, T>, search: Search, indices: &mut [usize]) -> Result<()> {
    let (plan, source) = (&windows.plan, &windows.source);
    if !repeats(plan, false) {
        check_cells(plan, false)?;
    }
    let places = Places::of(plan, false);
    let lower = Lower { places: &places, elements: &[], plane: 1, grid: 1 };
    let counted = places.len() <= isize::MAX as usize;
    match places.are_indices() {
        true if plan.axes().is_empty()
            || ranges::wanted(plan, source.strides()) && !endless(plan, source.len(), source.strides()) =>
        {
            let mut indices = indices.iter_mut();
            let how = ranges::How { op: Larger::OP, identity: Default::default(), idempotent: true };
            by_ranges(windows, Keyed::<Wide>::new(&places, search), how, &mut |packed| {
                if let Some(index) = indices.next() {
                    *index = Wide::place::<T>(packed);
                }
            });
            Ok(())
        }
        false if repeats(plan, false) || !counted => {
            let joint = windows.joint(false);
            each_window(plan, &joint.view()?, None, |number, seen| {
                let elements = seen.iter().enumerate().filter(|(_, element)| element.value.counts);
                let best = elements.max_by_key(|(place, e)| Wide::pack(e.value.value, search, *place, 0, 0));
                indices[number] = best.and_then(|(_, element)| element.at).map_or(0, |at| places.index_of(at));
            });
            Ok(())
        }
        _ if places.len() < Narrow::LIMIT => walk::<T, Narrow>(windows, search, lower, indices),
        _ => walk::<T, Wide>(windows, search, lower, indices),
    }
}

/// On the engine of all reductions.
fn walk<T: Number, W: Width>(
    windows: &ValidWindows<'_, T>,
    search: Search,
    lower: Lower<'_, T>,
    indices: &mut [usize],
) -> Result<()> {
    let (plan, source) = (&windows.plan, &windows.source);
    let traits = windows.sifted(traits::<T, W>(plan, lower.places));
    let cut = Cut::new((plan, source.strides(), false), (traits, None), (source.bytes(), size_of_val(indices)));
    let nothing = W::Acc::<T>::default();
    let lifting = Keyed::<W>::new(lower.places, search);
    let found = Found { indices, values: None, before: 0 };
    if const { T::NANS } && windows.skips() {
        sifted::<T, W>(windows, Skipping { lifting, nothing }, (&cut, lower), found);
        return Ok(());
    }
    sifted::<T, W>(windows, lifting, (&cut, lower), found);
    Ok(())
}

fn sifted<T: Number, W: Width>(
    windows: &ValidWindows<'_, T>,
    lifting: impl Lifting<T, Acc = W::Acc<T>>,
    (cut, lower): (&Cut, Lower<'_, T>),
    found: Found<'_, T>,
) {
    let (level, nothing) = (Level::detect(), W::Acc::<T>::default());
    let blank = Blank { fill: nothing, nothing };
    each_part(found, &cut.lengths, &|number, found| {
        let mut sifted = Sifted::new((lifting, nothing), level, &windows.source, windows.mask.as_ref());
        let mut sink = Placing::<T, W>::new(lower, level, found);
        cut.run(number, level, (Larger::OP, &blank), &mut sifted, &mut sink);
    });
}
