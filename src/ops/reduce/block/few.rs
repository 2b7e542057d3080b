//! Windows that read few elements over and over, as padding that is filled or repeats has it when it is much longer than the
//! axis: each different element once, and how often it is read.

use crate::array::View;
use crate::spec::{AxisPlan, Dims, PadMode, Plan, Reads, Segment, unravel};
use alloc::vec;
use alloc::vec::Vec;

/// Whether some window has so many more cells than its axis has elements that blocks of cells would be mostly repetition.
pub(crate) fn repeats(plan: &Plan, filled: bool) -> bool {
    let long = |a: &AxisPlan| (filled || a.pad_mode() != PadMode::Empty) && a.window() > 64 + 4 * a.len();
    plan.axes().iter().any(long)
}

/// One element of a window, in the order of their first cells.
pub(crate) struct Seen<'a, T> {
    pub(crate) value: &'a T,
    /// Where it lies along each unfolded axis, in the order of the request; `None` for filled padding.
    pub(crate) at: Option<&'a [usize]>,
    /// How many cells read it.
    pub(crate) times: usize,
}

/// Calls `f` with the number of every window (row-major in the result) and its different elements, one after another.
///
/// Time: elements of a window for each window; memory: those of one.
pub(crate) fn each_window<T>(
    plan: &Plan,
    view: &View<'_, T>,
    fill: Option<&T>,
    mut f: impl FnMut(usize, &[Seen<'_, T>]),
) {
    each_list(plan, fill.is_some(), &mut |number, mut at, places| {
        let mut seen = Vec::with_capacity(places.len());
        for (place, times) in places {
            let value = match place {
                Some(place) => {
                    plan.axes().iter().zip(place).for_each(|(a, &e)| at[a.axis()] = e);
                    view.get(&at)
                }
                None => fill,
            };
            if let Some(value) = value {
                seen.push(Seen { value, at: place.as_deref(), times: *times });
            }
        }
        f(number, &seen);
    });
}

/// Places along each unfolded axis, or padding, and how many cells read what is there.
type Places = Vec<(Option<Dims>, usize)>;

/// The same in numbers: every window's number, its index in the result, and what it reads.
fn each_list(plan: &Plan, filled: bool, f: &mut dyn FnMut(usize, Dims, &Places)) {
    let shape = plan.reduced_dims();
    let reads: Vec<Reads> = plan.axes().iter().map(Reads::new).collect();
    let mut lists: Vec<Vec<(Option<usize>, usize)>> = vec![Vec::new(); reads.len()];
    let mut made = vec![usize::MAX; reads.len()];
    let mut index = Dims::from_elem(0, shape.len());
    for number in 0..shape.iter().product() {
        unravel(number, 0..shape.len(), &shape, &mut index);
        for (k, axis) in plan.axes().iter().enumerate() {
            let i = index[axis.axis()];
            if core::mem::replace(&mut made[k], i) != i {
                lists[k] = different(&reads[k], axis.len(), i, filled);
            }
        }
        f(number, index.clone(), &elements(plan, &lists));
    }
}

/// The different elements that window `i` of an axis reads (`None` for padding), in the order of their first cells.
fn different(reads: &Reads, len: usize, i: usize, filled: bool) -> Vec<(Option<usize>, usize)> {
    let mut list: Vec<(Option<usize>, usize)> = Vec::new();
    let mut found = vec![usize::MAX; len + 1];
    let mut see = |e: Option<usize>, times: usize| {
        let found = &mut found[e.unwrap_or(len)];
        if *found == usize::MAX {
            *found = list.len();
            list.push((e, 0));
        }
        list[*found].1 = list[*found].1.saturating_add(times);
    };
    reads.segments(i, |segment| match segment {
        Segment::Pad(n) if filled => see(None, n),
        Segment::Pad(_) => {}
        Segment::Same(e, n) => see(Some(e), n),
        Segment::Once(places) => places.for_each(|place| see(Some(reads.element(place)), 1)),
        Segment::Round(places, n) => places.for_each(|place| see(Some(reads.element(place)), n)),
    });
    list
}

/// All combinations of the axes' elements, the last axis of the request fastest; one of padding is padding.
fn elements(plan: &Plan, lists: &[Vec<(Option<usize>, usize)>]) -> Places {
    let mut all = vec![(Some(Dims::with_capacity(plan.axes().len())), 1usize)];
    for list in lists {
        let mut next = Vec::with_capacity(all.len() * list.len());
        for (place, times) in &all {
            for &(e, n) in list {
                let place = place.as_ref().zip(e).map(|(place, e)| {
                    let mut place = place.clone();
                    place.push(e);
                    place
                });
                next.push((place, times.saturating_mul(n)));
            }
        }
        all = next;
    }
    all
}
