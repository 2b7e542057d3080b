//! Elements with their places: what a search for the largest accumulates.

use super::extreme::Search;
use super::line::turns;
use super::rankable::Rankable;
use crate::kernel::rows::Lifting;
use crate::spec::{AxisPlan, Cell, Plan};
use core::marker::PhantomData;
use smallvec::SmallVec;

/// What counts places along some axes as one number, row-major.
struct Flat {
    /// For each axis how far its places are shifted, and what one place adds.
    axes: SmallVec<[(usize, usize); 3]>,
    /// How many places there are, the largest number if too many to be counted.
    len: usize,
}

impl Flat {
    /// Of axes whose places are shifted by so many into so many.
    fn new(axes: impl DoubleEndedIterator<Item = (usize, usize)>) -> Flat {
        let mut flat = Flat { axes: SmallVec::new(), len: 1 };
        for (offset, whole) in axes.rev() {
            flat.axes.push((offset, flat.len));
            // (An axis without elements has no place, but what stands before it is divided by all the same.)
            flat.len = flat.len.saturating_mul(whole.max(1));
        }
        flat.axes.reverse();
        flat
    }

    /// What a place along axis `k` of the request adds. Places before the first one are negative numbers, wrapped.
    fn along(&self, k: usize, place: usize) -> usize {
        let (offset, stride) = self.axes[k];
        place.wrapping_add(offset).wrapping_mul(stride)
    }
}

/// How the cells of a plan are put in order, and which index each of them is reported as.
pub(super) struct Places<'p> {
    axes: &'p [AxisPlan],
    /// Counts elements in the unfolded axes: their indices.
    report: Flat,
    /// Counts cells in the order in which windows hold them, where that is another one.
    order: Option<Flat>,
    /// Whether only some cells count.
    masked: bool,
}

impl<'p> Places<'p> {
    /// Of a plan or a part of one, and whether only some cells of its windows count.
    pub(super) fn of(plan: &'p Plan, masked: bool) -> Self {
        Places::new(plan, masked, |axis| {
            let (len, offset) = axis.whole_len();
            (offset, len)
        })
    }

    /// For axes of which each is a stretch, from an element on, of one of some length: `whole` says where it begins and how long
    /// that one is.
    pub(super) fn new(plan: &'p Plan, masked: bool, whole: impl Fn(&AxisPlan) -> (usize, usize)) -> Places<'p> {
        let axes = plan.axes();
        // Elements that come in another order than they stand in are told apart by the positions of cells.
        let cells = |axis: &AxisPlan| match (turns(axis, masked), axis.count()) {
            (true, n @ 1..) => {
                let (first, last) = (axis.start_of(0), axis.start_of(n - 1));
                (first.wrapping_neg() as usize, (last - first) as usize + axis.span())
            }
            _ => whole(axis),
        };
        let order = axes.iter().any(|axis| turns(axis, masked)).then(|| Flat::new(axes.iter().map(cells)));
        Places { axes, report: Flat::new(axes.iter().map(&whole)), order, masked }
    }

    fn order(&self) -> &Flat {
        self.order.as_ref().unwrap_or(&self.report)
    }

    /// How many there are, the largest number if too many to be counted.
    pub(super) fn len(&self) -> usize {
        self.order().len
    }

    /// Whether every place is the index it is reported as.
    pub(super) fn are_indices(&self) -> bool {
        self.order.is_none()
    }

    /// Whether places follow the elements of a plane as they stand in the array.
    pub(super) fn are_linear(&self) -> bool {
        let mut behind = 1;
        self.are_indices()
            && self.axes.is_sorted_by_key(AxisPlan::axis)
            && self.axes.iter().zip(&self.report.axes).rev().all(|(axis, &(_, stride))| {
                let same = stride == behind;
                behind *= axis.len();
                same
            })
    }

    /// The index that a place is reported as.
    pub(super) fn index(&self, place: usize) -> usize {
        let Some(order) = &self.order else { return place };
        let (mut rest, mut index) = (place, 0usize);
        for (k, axis) in self.axes.iter().enumerate() {
            let (offset, stride) = order.axes[k];
            // A short division takes half the time.
            let number = match order.len <= u32::MAX as usize {
                true => (rest as u32 / stride as u32) as usize,
                false => rest / stride,
            };
            let at = number.wrapping_sub(offset);
            rest -= number * stride;
            // (Wrapped: what holds no element has some place, too.)
            index = index.wrapping_add(match axis.at(at as isize) {
                Cell::Element(e) if turns(axis, self.masked) => self.report.along(k, e),
                _ => self.report.along(k, at),
            });
        }
        index
    }

    /// The index of the element at these places of the request's axes.
    pub(super) fn index_of(&self, element: &[usize]) -> usize {
        element.iter().enumerate().map(|(k, &e)| self.report.along(k, e)).sum()
    }

    /// The first place behind places on the axes before, and what one place on the next adds.
    fn behind(&self, places: &[usize]) -> (usize, usize) {
        let order = self.order();
        let (mut first, mut step, mut last) = (0usize, 0, None);
        for (k, axis) in self.axes.iter().enumerate() {
            let at = places.get(axis.axis());
            first = first.wrapping_add(order.along(k, at.copied().unwrap_or(0)));
            if at.is_none() && last < Some(axis.axis()) {
                (step, last) = (order.axes[k].1, Some(axis.axis()));
            }
        }
        (first, step)
    }
}

/// How an element and its place are kept.
pub(super) trait Width: Copy + Send + Sync + 'static {
    type Acc<T: Rankable>: Copy + Ord + Default + Send + Sync;
    /// One that is larger than another if its element is the one looked for, or stands first; none is the default. The place is
    /// the `k`-th of those from `first` on, `step` apart.
    fn pack<T: Rankable>(x: T, search: Search, first: usize, step: usize, k: usize) -> Self::Acc<T>;
    fn place<T: Rankable>(packed: Self::Acc<T>) -> usize;
}

/// Places below [`LIMIT`](Self::LIMIT), in one number with the element.
#[derive(Clone, Copy)]
pub(super) struct Narrow;

impl Narrow {
    pub(super) const LIMIT: usize = 1 << 31;
}

impl Width for Narrow {
    type Acc<T: Rankable> = T::Packed;
    #[inline(always)]
    fn pack<T: Rankable>(x: T, search: Search, first: usize, step: usize, k: usize) -> T::Packed {
        // Earlier places are larger: the first of equals wins.
        let place = (first as u32).wrapping_add((k as u32).wrapping_mul(step as u32));
        x.pack(search.of, if search.last_nan && x.unordered() { place } else { !place })
    }
    #[inline(always)]
    fn place<T: Rankable>(packed: T::Packed) -> usize {
        // A place has no highest bit, so its complement tells itself apart.
        let place = T::position(packed);
        (place ^ ((place as i32 >> 31) as u32)) as usize
    }
}

/// Any places.
#[derive(Clone, Copy)]
pub(super) struct Wide;

impl Width for Wide {
    type Acc<T: Rankable> = (T::Packed, usize);
    #[inline(always)]
    fn pack<T: Rankable>(x: T, search: Search, first: usize, step: usize, k: usize) -> (T::Packed, usize) {
        let place = first.wrapping_add(k.wrapping_mul(step));
        (x.pack(search.of, 0), if search.last_nan && x.unordered() { place } else { !place })
    }
    #[inline(always)]
    fn place<T: Rankable>((_, place): (T::Packed, usize)) -> usize {
        place ^ (place as isize >> (usize::BITS - 1)) as usize
    }
}

/// Elements with their places, as what is looked for among them wants it.
pub(super) struct Keyed<'p, W> {
    places: &'p Places<'p>,
    search: Search,
    /// The place of the first element, and how far the next one's is.
    first: usize,
    step: usize,
    width: PhantomData<W>,
}

impl<'p, W> Keyed<'p, W> {
    pub(super) fn new(places: &'p Places<'p>, search: Search) -> Self {
        Keyed { places, search, first: 0, step: 0, width: PhantomData }
    }
}

impl<W: Copy> Clone for Keyed<'_, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<W: Copy> Copy for Keyed<'_, W> {}

impl<T: Rankable, W: Width> Lifting<T> for Keyed<'_, W> {
    type Acc = W::Acc<T>;
    const PLACED: bool = true;
    #[inline(always)]
    fn lift(&self, x: T) -> Self::Acc {
        self.lift_at(x, 0)
    }
    #[inline(always)]
    fn lift_at(&self, x: T, k: usize) -> Self::Acc {
        W::pack(x, self.search, self.first, self.step, k)
    }
    #[inline]
    fn behind(self, places: &[usize]) -> Self {
        let (first, step) = self.places.behind(places);
        Keyed { first, step, ..self }
    }
    #[inline]
    fn along(self, first: usize, step: usize) -> Self {
        let first = self.first.wrapping_add(first.wrapping_mul(self.step));
        Keyed { first, step: self.step.wrapping_mul(step), ..self }
    }
}
