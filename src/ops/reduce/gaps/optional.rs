//! Results that may not be there.

use crate::element::Element;

/// A result and what stands in its place where there is none: NaN among floats, `None` of everything else.
pub(in super::super) trait Optional: Copy {
    type Maybe: Element;
    fn some(self) -> Self::Maybe;
    fn none() -> Self::Maybe;
    /// Whether it is a float, but no finite number.
    fn odd(maybe: &Self::Maybe) -> bool;
}

macro_rules! floats {
    ($($t:ty)*) => { $(
        impl Optional for $t {
            type Maybe = $t;
            #[inline(always)]
            fn some(self) -> $t {
                self
            }
            #[inline(always)]
            fn none() -> $t {
                <$t>::NAN
            }
            #[inline(always)]
            fn odd(maybe: &$t) -> bool {
                !maybe.is_finite()
            }
        }
    )* };
}

macro_rules! others {
    ($($t:ty)*) => { $(
        impl Optional for $t {
            type Maybe = Option<$t>;
            #[inline(always)]
            fn some(self) -> Option<$t> {
                Some(self)
            }
            #[inline(always)]
            fn none() -> Option<$t> {
                None
            }
            #[inline(always)]
            fn odd(_: &Option<$t>) -> bool {
                false
            }
        }
    )* };
}

floats! { f32 f64 }
#[cfg(feature = "half")]
floats! { half::f16 half::bf16 }
others! { bool u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }
