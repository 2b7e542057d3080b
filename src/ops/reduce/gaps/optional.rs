//! Results that may not be there.

use crate::element::Element;

/// A result and what stands in its place where there is none: NaN among floats, `None` of everything else.
pub(in super::super) trait Optional: Element {
    type Maybe: Element;
    fn some(self) -> Self::Maybe;
    fn none() -> Self::Maybe;
    /// Where results that may not be there are of the same type: those.
    fn values(maybe: &mut [Self::Maybe]) -> Option<&mut [Self]>;
}

macro_rules! floats {
    ($($t:ty)*) => { $(
        impl Optional for $t {
            type Maybe = $t;
            fn some(self) -> $t {
                self
            }
            fn none() -> $t {
                <$t>::NAN
            }
            fn values(maybe: &mut [$t]) -> Option<&mut [$t]> {
                Some(maybe)
            }
        }
    )* };
}

macro_rules! others {
    ($($t:ty)*) => { $(
        impl Optional for $t {
            type Maybe = Option<$t>;
            fn some(self) -> Option<$t> {
                Some(self)
            }
            fn none() -> Option<$t> {
                None
            }
            fn values(_: &mut [Option<$t>]) -> Option<&mut [$t]> {
                None
            }
        }
    )* };
}

floats! { f32 f64 }
#[cfg(feature = "half")]
floats! { half::f16 half::bf16 }
others! { bool u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }
