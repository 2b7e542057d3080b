//! Where the largest or smallest element of a window lies.
//!
//! An element's place in the order and its place in the block make one integer, so the first of the largest is a plain
//! maximum, separable and without a branch: cells go by the axes one after another, whatever the window.

use super::block::{Block, Seen, Side, check_cells, each_block, each_window, repeats, short_window};
use super::number::Number;
use super::rankable::Rankable;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::kernel::level::{Kernel, Level};
use crate::ops::Windows;
use crate::spec::AxisPlan;
use alloc::vec::Vec;

/// Which of a window's elements is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Search {
    /// The smallest instead of the largest.
    pub(crate) least: bool,
    /// Among NaNs, the last in the window instead of the first.
    pub(crate) last_nan: bool,
}

/// Windows up to this size look at every cell; longer ones double up.
const TAPS: usize = 8;
/// Cells of a block: their packed integers stay in a second-level cache.
const BLOCK_CELLS: usize = 48 * 1024;

impl<'a, T: Number> Windows<'a, T> {
    /// Where the largest element of each window lies: its flat index in the unfolded axes of the array.
    ///
    /// `[.., H, W] -> [.., H', W']`, each an index `row * W + column` of the whole plane (row-major over the unfolded axes in
    /// the order of the request), never outside of it. Of equal elements the first in the window counts, and 0.0 equals
    /// -0.0; a NaN beats every number, the first NaN all others. Padding is no element: it is not looked at, with a fill
    /// or without; under a pad mode that repeats elements, the index is that of the element repeated.
    ///
    /// Time: for each axis about `log2(window)` comparisons an element, in blocks that stay in a cache.
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
        self.search("argmax", Search { least: false, last_nan: false }, out)
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
        self.search("argmin", Search { least: true, last_nan: false }, out)
    }

    /// What [`search`](Self::search) asks before it begins, of a buffer of this length.
    pub(super) fn check_search(&self, what: &'static str, length: usize) -> Result<()> {
        self.check_buffer(length)?;
        if let Some((index, _)) = short_window(self.plan(), false, 1) {
            return Err(Error::EmptyWindow { what, index });
        }
        if repeats(self.plan(), false) { Ok(()) } else { check_cells(self.plan(), false) }
    }

    /// Looks for an element of each window and puts its flat index in the unfolded axes into `out`.
    ///
    /// # Errors
    /// [`Error::BufferLength`], [`Error::EmptyWindow`] with `what`, [`Error::TooLarge`].
    pub(crate) fn search(&self, what: &'static str, search: Search, out: &mut [usize]) -> Result<()> {
        self.check_search(what, out.len())?;
        let plan = self.plan();
        let mut lengths: Vec<usize> = plan.axes().iter().map(AxisPlan::len).collect();
        let mut stride = 1;
        for length in lengths.iter_mut().rev() {
            stride *= core::mem::replace(length, stride);
        }
        if repeats(plan, false) {
            each_window(plan, self.source(), None, |number, seen| out[number] = first(seen, search, &lengths));
            return Ok(());
        }
        // From here on in the array's order, as the sides of a block.
        let mut axes: Vec<(&AxisPlan, usize)> = plan.axes().iter().zip(lengths).collect();
        let request: Vec<usize> = plan.axes().iter().map(AxisPlan::axis).collect();
        axes.sort_by_key(|(a, _)| a.axis());
        let place = |axis: usize| request.iter().position(|&a| a == axis).unwrap_or(0);
        let order: Vec<usize> = axes.iter().map(|(a, _)| place(a.axis())).collect();
        let strides: Vec<usize> = axes.iter().map(|&(_, s)| s).collect();
        let most = |k: usize| most(&axes, plan.axes()[k].axis());
        each_block(plan, self.source(), None, most, out, |block, scratch: &mut Packed<T::Packed>, out| {
            arg(block, search, &order, &strides, scratch, out);
        });
        Ok(())
    }
}

/// The index of the element looked for among those of one window; `strides` is what one element along each axis adds to it.
fn first<T: Rankable>(seen: &[Seen<'_, T>], search: Search, strides: &[usize]) -> usize {
    let mut best: Option<(T::Packed, usize)> = None;
    for Seen { value, at, .. } in seen {
        let key = pack(**value, search, 0);
        let index = at.map_or(0, |at| at.iter().zip(strides).map(|(e, s)| e * s).sum());
        if best.is_none_or(|(found, _)| key > found) {
            best = Some((key, index));
        }
    }
    best.map_or(0, |(_, index)| index)
}

/// How many windows along an axis share a block: rows as long as they come, then as many of them as fit.
fn most(axes: &[(&AxisPlan, usize)], axis: usize) -> usize {
    let mut room = BLOCK_CELLS;
    if axes.iter().fold(1usize, |n, (a, _)| n.saturating_mul(a.window())) > 1 << 26 {
        return 1;
    }
    for (a, _) in axes.iter().rev() {
        let advance = a.step().min(a.window()).max(1);
        let all = (a.count().saturating_sub(1)).saturating_mul(advance).saturating_add(a.window());
        // A block is at least half results.
        let cells = all.min(room.max(3 * a.window()).min(4096.max(3 * a.window())));
        if a.axis() == axis {
            return (cells.saturating_sub(a.window()) / advance + 1).max(1);
        }
        room /= cells.max(1);
    }
    1
}

/// Buffers of one thread.
pub(crate) struct Packed<P> {
    now: Vec<P>,
    next: Vec<P>,
    doubled: [Vec<P>; 2],
}

impl<P> Default for Packed<P> {
    fn default() -> Self {
        Packed { now: Vec::new(), next: Vec::new(), doubled: [Vec::new(), Vec::new()] }
    }
}

/// How a place in a block becomes an index of the array.
struct Places {
    /// Cells along each side.
    sizes: Vec<usize>,
    /// What one cell along each side adds to a place in the block's own order, and to one in the request's.
    own: Vec<usize>,
    asked: Vec<usize>,
    /// If an index is a place and this number.
    shift: Option<usize>,
}

impl Places {
    fn new(sides: &[Side], order: &[usize], strides: &[usize]) -> Places {
        let sizes: Vec<usize> = sides.iter().map(|s| s.cells.len()).collect();
        let (mut own, mut asked) = (alloc::vec![1; sizes.len()], alloc::vec![1; sizes.len()]);
        for k in 0..sizes.len() {
            own[k] = sizes[k + 1..].iter().product();
            asked[k] = (0..sizes.len()).filter(|&j| order[j] > order[k]).map(|j| sizes[j]).product();
        }
        // Whole rows of the array, one behind the other.
        let mut shift = Some(0);
        for (k, side) in sides.iter().enumerate() {
            shift = match side.runs[..] {
                [run] if own[k] == asked[k] && (own[k] == strides[k] || run.count == 1) => {
                    let (first, step) = run.elements.unwrap_or_default();
                    (step == 1 || run.count == 1).then_some(()).and(shift).map(|s| s + first * strides[k])
                }
                _ => None,
            };
        }
        Places { sizes, own, asked, shift }
    }

    /// The index in the array of a place of the request's order.
    #[inline]
    fn find(&self, sides: &[Side], strides: &[usize], place: usize) -> usize {
        if let Some(shift) = self.shift {
            return place + shift;
        }
        let mut index = 0;
        for k in 0..self.sizes.len() {
            // Blocks have fewer than 2^31 cells; a short division takes half the time.
            let cell = (place as u32 / self.asked[k] as u32 % self.sizes[k] as u32) as usize;
            index += sides[k].cells[cell] * strides[k];
        }
        index
    }
}

/// Answers every window of a block. `order` holds each side's place in the request, `strides` what one element along it adds to
/// an index.
fn arg<T: Rankable>(
    block: &Block<'_, T>,
    search: Search,
    order: &[usize],
    strides: &[usize],
    scratch: &mut Packed<T::Packed>,
    out: &mut [usize],
) {
    let Packed { now, next, doubled } = scratch;
    let level = Level::detect();
    let places = Places::new(block.sides, order, strides);
    now.clear();
    if places.own == places.asked {
        now.resize(block.data.len(), T::Packed::default());
        level.run(Pack { data: block.data, search, packed: now });
    } else {
        now.extend(block.data.iter().enumerate().map(|(i, &x)| {
            let cells = places.own.iter().zip(&places.sizes).zip(&places.asked);
            let place: usize = cells.map(|((&own, &size), &asked)| i / own % size * asked).sum();
            pack(x, search, place as u32)
        }));
    }
    let mut outer = 1;
    for (k, side) in block.sides.iter().enumerate() {
        let inner = places.own[k];
        next.clear();
        next.resize(outer * side.windows.len() * inner, T::Packed::default());
        let from = now.chunks_exact(side.cells.len() * inner);
        for (from, to) in from.zip(next.chunks_exact_mut(side.windows.len() * inner)) {
            level.run(Along { side, inner, from, to, doubled });
        }
        core::mem::swap(now, next);
        outer *= side.windows.len();
    }
    for (out, &p) in out.iter_mut().zip(now.iter()) {
        *out = places.find(block.sides, strides, unpack(T::position(p)));
    }
}

/// An element with its place in the window's order. Earlier places are larger: the first of equals wins.
#[inline(always)]
pub(super) fn pack<T: Rankable>(x: T, search: Search, place: u32) -> T::Packed {
    let place = if search.last_nan && x.unordered() { place } else { !place };
    x.pack(search.least, place)
}

/// A place is below 2^31, so its complement tells itself apart.
#[inline(always)]
pub(super) fn unpack(place: u32) -> usize {
    (if place >> 31 == 1 { !place } else { place }) as usize
}

/// Packs elements in the block's own order.
struct Pack<'a, T, P> {
    data: &'a [T],
    search: Search,
    packed: &'a mut [P],
}

impl<T: Rankable> Kernel for Pack<'_, T, T::Packed> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        for (i, (p, &x)) in self.packed.iter_mut().zip(self.data).enumerate() {
            *p = pack(x, self.search, i as u32);
        }
    }
}

/// The largest of each window along one side, for rows of `inner`.
struct Along<'a, P> {
    side: &'a Side,
    inner: usize,
    from: &'a [P],
    to: &'a mut [P],
    doubled: &'a mut [Vec<P>; 2],
}

impl<P: Ord + Copy> Kernel for Along<'_, P> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        along(self.side, self.inner, self.from, self.to, self.doubled);
    }
}

#[inline(always)]
fn along<P: Ord + Copy>(side: &Side, inner: usize, from: &[P], to: &mut [P], doubled: &mut [Vec<P>; 2]) {
    let longest = side.windows.iter().map(|w| w.len()).max().unwrap_or(0);
    if longest > TAPS {
        return by_halves(side, inner, from, to, longest, doubled);
    }
    if inner == 1 {
        return by_taps(side, from, to);
    }
    for (window, to) in side.windows.iter().zip(to.chunks_exact_mut(inner)) {
        let mut rows = from[window.start * inner..window.end * inner].chunks_exact(inner);
        if let Some(first) = rows.next() {
            to.copy_from_slice(first);
        }
        for row in rows {
            larger_into(to, row);
        }
    }
}

#[inline(always)]
fn larger_into<P: Ord + Copy>(to: &mut [P], row: &[P]) {
    for (t, &r) in to.iter_mut().zip(row) {
        *t = r.max(*t);
    }
}

/// Few cells in a row each.
#[inline(always)]
fn by_taps<P: Ord + Copy>(side: &Side, from: &[P], to: &mut [P]) {
    let fold = |cells: &[P]| cells[1..].iter().fold(cells[0], |m, &c| m.max(c));
    for (window, to) in side.windows.iter().zip(to) {
        // The sizes most used get a loop without a count.
        *to = match from[window.clone()] {
            [a, b] => a.max(b),
            [a, b, c] => a.max(b).max(c),
            ref cells => fold(cells),
        };
    }
}

/// Every window as two overlapping halves of a power of two cells, which are made by doubling.
#[inline(always)]
fn by_halves<P: Ord + Copy>(
    side: &Side,
    inner: usize,
    from: &[P],
    to: &mut [P],
    longest: usize,
    [now, next]: &mut [Vec<P>; 2],
) {
    let half = 1 << longest.ilog2();
    now.clear();
    now.extend_from_slice(from);
    let mut width = 1;
    while width < half {
        let kept = now.len() - width * inner;
        next.clear();
        next.extend_from_slice(&now[..kept]);
        larger_into(next, &now[width * inner..]);
        core::mem::swap(now, next);
        width *= 2;
    }
    for (window, to) in side.windows.iter().zip(to.chunks_exact_mut(inner)) {
        if window.len() < half {
            to.copy_from_slice(&from[window.start * inner..][..inner]);
            for row in from[window.start * inner..window.end * inner].chunks_exact(inner) {
                larger_into(to, row);
            }
        } else {
            let (front, back) = (&now[window.start * inner..], &now[(window.end - half) * inner..]);
            for ((t, &a), &b) in to.iter_mut().zip(front).zip(back) {
                *t = a.max(b);
            }
        }
    }
}
