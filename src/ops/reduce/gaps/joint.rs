//! Elements beside whether they count, as an array of its own: for what does not read rows.

use super::super::ranges;
use super::super::rankable::Rankable;
use super::super::ranked::Ranked;
use super::windows::ValidWindows;
use crate::array::View;
use crate::element::Element;
use crate::error::Result;
use crate::kernel::rows::Lifting;
use crate::spec::Dims;
use alloc::vec::Vec;

/// An element, and whether it counts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Joint<T> {
    pub(super) value: T,
    pub(super) counts: bool,
}

/// Those that do not count stand above all others, as NaNs do.
impl<T: Rankable> Ranked for Joint<T> {
    type Packed = (bool, T::Packed);
    #[inline(always)]
    fn place(self, position: u32) -> Self::Packed {
        (self.unordered(), self.value.place(position))
    }
    #[inline(always)]
    fn position(packed: Self::Packed) -> u32 {
        T::position(packed.1)
    }
    #[inline(always)]
    fn unordered(self) -> bool {
        !self.counts
    }
}

/// Lifts what counts as another lifting does, all else to nothing.
#[derive(Clone, Copy)]
pub(super) struct Jointly<L, A> {
    pub(super) lifting: L,
    pub(super) nothing: A,
}

impl<T: Element, L: Lifting<T>> Lifting<Joint<T>> for Jointly<L, L::Acc> {
    type Acc = L::Acc;
    const PLACED: bool = L::PLACED;
    #[inline(always)]
    fn lift(&self, x: Joint<T>) -> L::Acc {
        if x.counts { self.lifting.lift(x.value) } else { self.nothing }
    }
    #[inline(always)]
    fn lift_at(&self, x: Joint<T>, k: usize) -> L::Acc {
        if x.counts { self.lifting.lift_at(x.value, k) } else { self.nothing }
    }
    #[inline]
    fn behind(self, places: &[usize]) -> Self {
        Jointly { lifting: self.lifting.behind(places), ..self }
    }
    #[inline]
    fn along(self, first: usize, step: usize) -> Self {
        Jointly { lifting: self.lifting.along(first, step), ..self }
    }
}

impl<T: Rankable> ValidWindows<'_, T> {
    /// Whether there are NaNs that do not count.
    pub(super) fn skips(&self) -> bool {
        T::NANS && self.skips
    }

    /// An element of the fill.
    pub(super) fn joint_fill(&self) -> Option<Joint<T>> {
        self.fill.map(|value| Joint { value, counts: !(self.skips() && value.unordered()) })
    }

    /// All elements beside whether they count; those that an array and its mask repeat (by a stride of 0) are made once, unless they
    /// are `placed`.
    pub(super) fn joint(&self, placed: bool) -> JointArray<T> {
        let skips = self.skips();
        let mut there = ranges::distinct(self.source.shape(), self.source.strides(), placed);
        if let Some(mask) = &self.mask {
            let mask = ranges::distinct(mask.shape(), mask.strides(), placed);
            there.iter_mut().zip(mask).for_each(|(n, m)| *n = m.max(*n));
        }
        let elements = ranges::elements(&self.source, &there);
        let joint = |&value: &T| Joint { value, counts: !(skips && value.unordered()) };
        let mut data: Vec<Joint<T>> = elements.iter().map(joint).collect();
        if let Some(mask) = &self.mask {
            let mask = ranges::elements(mask, &there);
            data.iter_mut().zip(mask).for_each(|(joint, valid)| joint.counts &= valid);
        }
        JointArray { data, there, shape: self.source.shape().to_vec() }
    }
}

/// Elements beside whether they count.
pub(super) struct JointArray<T> {
    pub(super) data: Vec<Joint<T>>,
    /// How many there are along each axis.
    pub(super) there: Dims,
    shape: Vec<usize>,
}

impl<T> JointArray<T> {
    /// In the shape of their array.
    pub(super) fn view(&self) -> Result<View<'_, Joint<T>>> {
        View::with_strides(&self.data, &self.shape, ranges::strides(&self.shape, &self.there), 0)
    }
}
