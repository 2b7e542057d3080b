//! Rows raised and compared: the loops of grey morphology by elements with heights.

use super::level::{Level, Writer};

/// A pixel that heights can be added to, in its own type.
pub trait Raise: Copy {
    /// Minus infinity, or the lowest value.
    #[doc(hidden)]
    const LEAST: Self;
    /// Infinity, or the highest value.
    #[doc(hidden)]
    const MOST: Self;
    #[doc(hidden)]
    fn up(self, height: Self) -> Self;
    #[doc(hidden)]
    fn down(self, height: Self) -> Self;
    /// The larger one; a NaN if there is one.
    #[doc(hidden)]
    fn larger(self, other: Self) -> Self;
    #[doc(hidden)]
    fn smaller(self, other: Self) -> Self;
}

macro_rules! integers {
    ($($t:ty)*) => { $(
        impl Raise for $t {
            const LEAST: $t = <$t>::MIN;
            const MOST: $t = <$t>::MAX;
            #[inline(always)]
            fn up(self, height: $t) -> $t {
                self.saturating_add(height)
            }
            #[inline(always)]
            fn down(self, height: $t) -> $t {
                self.saturating_sub(height)
            }
            #[inline(always)]
            fn larger(self, other: $t) -> $t {
                self.max(other)
            }
            #[inline(always)]
            fn smaller(self, other: $t) -> $t {
                self.min(other)
            }
        }
    )* };
}

integers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

macro_rules! floats {
    ($($t:ty)*) => { $(
        impl Raise for $t {
            const LEAST: $t = <$t>::NEG_INFINITY;
            const MOST: $t = <$t>::INFINITY;
            #[inline(always)]
            fn up(self, height: $t) -> $t {
                self + height
            }
            #[inline(always)]
            fn down(self, height: $t) -> $t {
                self - height
            }
            #[inline(always)]
            fn larger(self, other: $t) -> $t {
                // False where either is NaN: a NaN here stays, one there comes.
                if self >= other || self.is_nan() { self } else { other }
            }
            #[inline(always)]
            fn smaller(self, other: $t) -> $t {
                if self <= other || self.is_nan() { self } else { other }
            }
        }
    )* };
}

floats!(f32 f64);

/// What is made of raised cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Raised {
    /// The largest of cells plus heights.
    Max,
    /// The smallest of cells less heights.
    Min,
}

impl Raised {
    /// What no cell at all makes.
    pub(crate) fn nothing<T: Raise>(self) -> T {
        match self {
            Raised::Max => T::LEAST,
            Raised::Min => T::MOST,
        }
    }
}

/// `to[k] = max(to[k], from[k] + height)`, or `min(to[k], from[k] - height)`; both rows are equally long.
pub(crate) fn raise<T: Raise>(to: &mut [T], from: &[T], height: T, how: Raised) {
    let level = Level::detect();
    match how {
        Raised::Max => level.write(to, Rows::<T, true> { from, height }),
        Raised::Min => level.write(to, Rows::<T, false> { from, height }),
    }
}

struct Rows<'a, T, const MAX: bool> {
    from: &'a [T],
    height: T,
}

impl<T: Raise, const MAX: bool> Writer<T> for Rows<'_, T, MAX> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [T]) {
        for (to, &from) in to.iter_mut().zip(self.from) {
            *to = if MAX { to.larger(from.up(self.height)) } else { to.smaller(from.down(self.height)) };
        }
    }
}
