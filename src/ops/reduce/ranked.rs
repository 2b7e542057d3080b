//! What sorting wants of an element.

use super::rankable::Rankable;
use crate::element::Element;

/// [`Rankable`] elements, and those that stand beside something else.
pub(crate) trait Ranked: Element {
    /// As [`Rankable::Packed`].
    type Packed: Copy + Ord + Default + Send + Sync;
    fn place(self, position: u32) -> Self::Packed;
    fn position(packed: Self::Packed) -> u32;
    /// Whether it stands above all that are ranked.
    fn unordered(self) -> bool;
}

impl<T: Rankable> Ranked for T {
    type Packed = <T as Rankable>::Packed;
    #[inline(always)]
    fn place(self, position: u32) -> Self::Packed {
        Rankable::place(self, position)
    }
    #[inline(always)]
    fn position(packed: Self::Packed) -> u32 {
        <T as Rankable>::position(packed)
    }
    #[inline(always)]
    fn unordered(self) -> bool {
        Rankable::unordered(self)
    }
}
