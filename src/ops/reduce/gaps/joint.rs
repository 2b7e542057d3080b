//! Elements beside whether they count, as an array of its own: for what does not read rows.

use super::super::rankable::Rankable;
use super::super::ranked::Ranked;
use super::windows::ValidWindows;
use crate::array::View;
use crate::element::Element;
use crate::error::Result;
use crate::kernel::rows::Lifting;
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

    /// All elements beside whether they count; those that an array and its mask repeat (by a stride of 0) are made once.
    pub(super) fn joint(&self) -> Result<JointArray<T>> {
        let (shape, skips) = (self.source.shape(), self.skips());
        let (mut elements, mut mask) = (self.source.clone(), self.mask.clone());
        let repeated = |a: usize| self.source.strides()[a] == 0 && mask.as_ref().is_none_or(|m| m.strides()[a] == 0);
        let repeated: Vec<bool> = (0..shape.len()).map(|a| shape[a] > 1 && repeated(a)).collect();
        for a in (0..shape.len()).filter(|&a| repeated[a]) {
            elements = elements.slice(a as isize, 0, 1, 1)?;
            mask = mask.map(|m| m.slice(a as isize, 0, 1, 1)).transpose()?;
        }
        let mut data = Vec::with_capacity(elements.len());
        data.extend(elements.iter().map(|&value| Joint { value, counts: !(skips && value.unordered()) }));
        if let Some(mask) = &mask {
            data.iter_mut().zip(mask.iter()).for_each(|(joint, &valid)| joint.counts &= valid);
        }
        let mut strides = View::new(&data, elements.shape())?.strides().to_vec();
        strides.iter_mut().zip(&repeated).filter(|(_, repeated)| **repeated).for_each(|(s, _)| *s = 0);
        Ok(JointArray { data, shape: shape.to_vec(), strides })
    }
}

/// Elements beside whether they count, in the shape of their array.
pub(super) struct JointArray<T> {
    data: Vec<Joint<T>>,
    shape: Vec<usize>,
    strides: Vec<isize>,
}

impl<T> JointArray<T> {
    pub(super) fn view(&self) -> Result<View<'_, Joint<T>>> {
        View::with_strides(&self.data, &self.shape, &self.strides, 0)
    }
}
