//! Where the largest or smallest element of a window lies.
//!
//! An element's place in the order and its place among the windows' cells make one number, so the first of the largest is a plain
//! maximum, which is reduced like any other.

use super::block::{each_window, repeats};
use super::extreme::Search;
use super::found::{Found, Lower, Placing};
use super::held::{check_cells, short_window};
use super::masking::{AnyMask, Cut};
use super::number::Number;
use super::ops::Larger;
use super::places::{Keyed, Narrow, Places, Wide, Width};
use super::rankable::Rankable;
use super::rows::Traits;
use super::source::{Blank, Elements};
use super::{planes, ranges};
use crate::array::Array;
use crate::error::{Error, Result};
use crate::kernel::level::Level;
use crate::kernel::rows::{Op, small};
use crate::kernel::threads::each_part;
use crate::ops::Windows;
use crate::spec::{AxisPlan, Plan};
use alloc::borrow::Cow;

impl<'a, T: Number> Windows<'a, T> {
    /// Where the largest element of each window lies: its flat index in the unfolded axes of the array.
    ///
    /// `[.., H, W] -> [.., H', W']`, each an index `row * W + column` of the whole plane (row-major over the unfolded axes in
    /// the order of the request), never outside of it. Of equal elements the first in the window counts, and 0.0 equals
    /// -0.0; a NaN beats every number, the first NaN all others. Padding is no element: it is not looked at, with a fill
    /// or without; under a pad mode that repeats elements, the index is that of the element repeated.
    ///
    /// Time as [`max`](Windows::max) of numbers twice as wide: it does not grow with the window.
    ///
    /// ```
    /// use ndwindow::{View, unfold};
    ///
    /// let x = [1, 5, 2, 5, 3, 0];
    /// assert_eq!(unfold(0, 3, 1).windows(&x)?.argmax()?.as_slice(), [1, 1, 3, 3]);
    /// let plane = View::new(&x, [2, 3])?;
    /// assert_eq!(unfold([0, 1], 2, 1).windows(&plane)?.argmax()?.as_slice(), [1, 1]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::EmptyWindow`] names the first window that holds no element.
    pub fn argmax(&self) -> Result<Array<usize>> {
        let mut out = Array::zeros(self.plan().reduced_dims());
        self.argmax_into(out.as_mut_slice())?;
        Ok(out)
    }

    /// [`argmax`](Self::argmax) into the caller's buffer.
    ///
    /// # Errors
    /// As [`argmax`](Self::argmax); [`Error::BufferLength`].
    pub fn argmax_into(&self, out: &mut [usize]) -> Result<()> {
        T::search(self, None, "argmax", Search::LARGEST, out, None)
    }

    /// Where the smallest element of each window lies; otherwise as [`argmax`](Self::argmax), NaNs included: a NaN beats
    /// every number.
    ///
    /// # Errors
    /// As [`argmax`](Self::argmax).
    pub fn argmin(&self) -> Result<Array<usize>> {
        let mut out = Array::zeros(self.plan().reduced_dims());
        self.argmin_into(out.as_mut_slice())?;
        Ok(out)
    }

    /// [`argmin`](Self::argmin) into the caller's buffer.
    ///
    /// # Errors
    /// As [`argmax`](Self::argmax); [`Error::BufferLength`].
    pub fn argmin_into(&self, out: &mut [usize]) -> Result<()> {
        T::search(self, None, "argmin", Search::SMALLEST, out, None)
    }

    /// The largest elements and their indices, among NaNs the last or the first, in windows over the array's last axes alone.
    ///
    /// # Errors
    /// As [`argmax`](Self::argmax); [`Error::BufferLength`].
    pub(crate) fn largest_into(&self, last_nan: bool, values: &mut [T], indices: &mut [usize]) -> Result<()> {
        T::search(self, None, "argmax", Search { last_nan, ..Search::LARGEST }, indices, Some(values))
    }
}

/// Looks for an element of each window and puts its index into `indices`, itself into `values`.
///
/// # Errors
/// [`Error::BufferLength`], [`Error::EmptyWindow`] with `what`, [`Error::TooLarge`].
pub(super) fn search<T: Rankable>(
    windows: &Windows<'_, T>,
    mask: Option<AnyMask<'_>>,
    what: &'static str,
    search: Search,
    indices: &mut [usize],
    values: Option<&mut [T]>,
) -> Result<()> {
    let (plan, source) = (windows.plan(), windows.source());
    if let Some(values) = &values {
        windows.check_buffer(values.len())?;
    }
    windows.check_buffer(indices.len())?;
    let short = match mask {
        Some(mask) => mask.0.held(plan, false).short(plan, 1),
        None => short_window(plan, false, 1),
    };
    if let Some((index, _)) = short {
        return Err(Error::EmptyWindow { what, index });
    }
    if mask.is_none() && !repeats(plan, false) {
        check_cells(plan, false)?;
    }
    if indices.is_empty() {
        return Ok(());
    }
    let places = Places::of(plan, mask.is_some());
    let elements = match (&values, source.as_slice()) {
        (None, _) => Cow::Borrowed(&[][..]),
        (_, Some(elements)) => Cow::Borrowed(elements),
        (_, None) => Cow::Owned(source.iter().copied().collect()),
    };
    let plane = plan.axes().iter().map(AxisPlan::len).product();
    let grid = plan.axes().iter().map(AxisPlan::count).product();
    let lower = Lower { places: &places, elements: &elements, plane, grid };
    // Planes whose elements are wanted are known to be the array's last axes.
    let kernel = values.as_ref().and_then(|_| planes::kernel(plan, &lower));
    let found = Found { indices, values, before: 0 };
    // Layers pool floats; loops for all other types would take more room than everything else about them.
    if const { T::NANS }
        && let Some(kernel) = kernel
    {
        planes::search(plan, kernel, search, lower, found);
        return Ok(());
    }
    let counted = places.len() <= isize::MAX as usize;
    if let Some(mask) = mask {
        match places.len() < Narrow::LIMIT {
            true => walk::<T, Narrow>(windows, Some(mask), search, lower, found),
            false => walk::<T, Wide>(windows, Some(mask), search, lower, found),
        }
        return Ok(());
    }
    match places.are_indices() {
        true if plan.axes().is_empty()
            || ranges::wanted(plan, source.strides()) && !endless(plan, source.len(), source.strides()) =>
        {
            by_ranges(windows, search, lower, found)
        }
        false if repeats(plan, false) || !counted => one_by_one(windows, search, lower, found),
        _ if places.len() < Narrow::LIMIT => walk::<T, Narrow>(windows, None, search, lower, found),
        _ => walk::<T, Wide>(windows, None, search, lower, found),
    }
    Ok(())
}

/// Whether a list of all elements would be mostly the same ones, over and over.
pub(super) fn endless(plan: &Plan, len: usize, strides: &[isize]) -> bool {
    len > 1 << 26 && plan.axes().iter().any(|a| strides[a.axis()] == 0)
}

/// What the walk is to know of keys that hold places.
pub(super) fn traits<T: Rankable, W: Width>(plan: &Plan, places: &Places<'_>) -> Traits {
    Traits {
        bytes: size_of::<W::Acc<T>>(),
        small: small::<W::Acc<T>>(),
        idempotent: true,
        exact: true,
        counted: false,
        pairwise: false,
        // (Rows of one axis are boxes with one more, which places know nothing of.)
        boxes: Larger::<W::Acc<T>>::BOXED && places.are_linear() && plan.axes().len() > 1,
        batched: false,
        total: true,
    }
}

/// On the engine of all reductions.
fn walk<T: Rankable, W: Width>(
    windows: &Windows<'_, T>,
    mask: Option<AnyMask<'_>>,
    search: Search,
    lower: Lower<'_, T>,
    found: Found<'_, T>,
) {
    let (plan, source, level) = (windows.plan(), windows.source(), Level::detect());
    let traits = traits::<T, W>(plan, lower.places);
    let bytes = size_of_val(found.indices) + found.values.as_ref().map_or(0, |values| size_of_val(&values[..]));
    let cut = Cut::new((plan, source.strides(), false), (traits, mask), (source.bytes(), bytes));
    let nothing = W::Acc::<T>::default();
    let blank = Blank { fill: nothing, nothing };
    each_part(found, &cut.lengths, &|number, found| {
        let mut elements = Elements::new(Keyed::<W>::new(lower.places, search), level, source);
        let mut sink = Placing::<T, W>::new(lower, level, found);
        cut.run(number, level, (Larger::OP, &blank), &mut elements, &mut sink);
    });
}

/// By the lists of what each window reads, where those are shorter than the windows.
fn by_ranges<T: Rankable>(windows: &Windows<'_, T>, search: Search, lower: Lower<'_, T>, found: Found<'_, T>) {
    let how = ranges::How { op: Larger::OP, identity: Default::default(), idempotent: true };
    let lifting = Keyed::<Wide>::new(lower.places, search);
    let mut indices = found.indices.iter_mut();
    ranges::each(windows.plan(), windows.source(), None, lifting, how, false, &mut |packed, _| {
        if let Some(index) = indices.next() {
            *index = Wide::place::<T>(packed);
        }
    });
    lower.all_values(found);
}

/// Each window for itself, each of its elements once.
fn one_by_one<T: Rankable>(windows: &Windows<'_, T>, search: Search, lower: Lower<'_, T>, found: Found<'_, T>) {
    let Found { indices, values, .. } = found;
    each_window(windows.plan(), windows.source(), None, |number, seen| {
        let elements = seen.iter().enumerate();
        let best = elements.max_by_key(|(place, element)| Wide::pack(*element.value, search, *place, 0, 0));
        indices[number] = best.and_then(|(_, element)| element.at).map_or(0, |at| lower.places.index_of(at));
    });
    lower.all_values(Found { indices, values, before: 0 });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::View;
    use crate::ops::reduce::extreme::Extreme;
    use crate::spec::{PadMode, Tail, unfold};
    use alloc::vec;
    use alloc::vec::Vec;

    type Way<'f> = dyn Fn(&Windows<'_, f32>, Search, Lower<'_, f32>, Found<'_, f32>) + 'f;

    fn walk_all<W: Width>(windows: &Windows<'_, f32>, search: Search, lower: Lower<'_, f32>, found: Found<'_, f32>) {
        walk::<f32, W>(windows, None, search, lower, found);
    }

    /// Every way finds the same, whichever of them would be taken: the slow one looks at each window's elements.
    #[test]
    fn all_ways_agree() {
        const MODES: [PadMode; 5] =
            [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];
        const TAILS: [Tail; 4] = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];
        let numbers = [2.0, f32::NAN, 1.0, 2.0, -0.0, 0.0, 2.0, 1.0, f32::NAN, 3.0, 3.0];
        let x: Vec<f32> = (0..7 * 9).map(|i| numbers[i * i % 11]).collect();
        let x = View::new(&x, [7, 9]).unwrap();
        let (mut seen, mut turned) = (0, 0);
        for number in 0..5 * 4 * 4 * 4 * 3 {
            let digit = |divisor: usize, n: usize| number / divisor % n;
            let (window, step, dilation, base) = [(3, 1, 1, 1), (2, 2, 1, 2), (9, 1, 1, 1), (4, 3, 2, 1)][digit(20, 4)];
            let pads = [(2isize, 3isize), (-1, 6), (0, 0), (11, 4)][digit(80, 4)];
            let axes = [&[0isize, 1][..], &[1, 0], &[1]][digit(320, 3)];
            let request = unfold(axes, window, step).dilation(dilation).base_dilation(base);
            let request = request.pad(pads).pad_mode(MODES[digit(1, 5)]).tail(TAILS[digit(5, 4)]);
            let Ok(windows) = request.windows(&x) else { continue };
            let plan = windows.plan();
            if short_window(plan, false, 1).is_some() || plan.reduced_shape().contains(&0) {
                continue;
            }
            let places = Places::new(plan, false, |axis| (0, axis.len()));
            let lower = Lower { places: &places, elements: &[], plane: 1, grid: 1 };
            for (least, last_nan) in [(false, false), (true, false), (false, true)] {
                let search = Search { of: Extreme { least, turned: false }, last_nan };
                let by = |f: &Way<'_>| {
                    let mut indices = vec![0; plan.reduced_shape().iter().product()];
                    f(&windows, search, lower, Found { indices: &mut indices, values: None, before: 0 });
                    indices
                };
                // The slow way takes each element once: of a NaN that comes again it knows the first cell.
                if !last_nan || places.are_indices() {
                    assert_eq!(by(&walk_all::<Narrow>), by(&one_by_one), "{search:?} {request:?}");
                }
                assert_eq!(by(&walk_all::<Narrow>), by(&walk_all::<Wide>), "{search:?} {request:?}");
                if places.are_indices() {
                    assert_eq!(by(&walk_all::<Narrow>), by(&by_ranges), "{search:?} {request:?}");
                }
            }
            (seen, turned) = (seen + 1, turned + usize::from(!places.are_indices()));
        }
        assert!(seen > 300 && turned > 100, "{seen} {turned}");
    }

    /// An axis that is a stretch of another one: its elements are reported as those of the whole.
    #[test]
    fn a_stretch_of_an_array_reports_indices_of_the_whole() {
        let x: Vec<u8> = (0..6 * 8u32).map(|i| (i.wrapping_mul(2654435761) >> 28) as u8).collect();
        let whole = View::new(&x, [6, 8]).unwrap();
        let part = whole.slice(0, 2, 1, 3).unwrap().slice(1, 1, 1, 7).unwrap();
        for mode in [PadMode::Empty, PadMode::Reflect] {
            let windows = unfold([0, 1], 3, 1).pad(1).pad_mode(mode).windows(&part).unwrap();
            let plan = windows.plan();
            let find = |places: &Places<'_>| {
                let mut indices = vec![0; plan.reduced_shape().iter().product()];
                let lower = Lower { places, elements: &[], plane: 1, grid: 1 };
                let found = Found { indices: &mut indices, values: None, before: 0 };
                walk::<u8, Narrow>(&windows, None, Search::LARGEST, lower, found);
                indices
            };
            let own = find(&Places::new(plan, false, |axis| (0, axis.len())));
            let all = find(&Places::new(plan, false, |axis| [(2, 6), (1, 8)][axis.axis()]));
            let moved: Vec<usize> = own.iter().map(|i| (i / 7 + 2) * 8 + i % 7 + 1).collect();
            assert_eq!(all, moved, "{mode:?}");
        }
    }
}
