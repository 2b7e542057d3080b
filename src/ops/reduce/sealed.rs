//! What keeps the number traits to the crate's own types.

/// Implemented for those, and named nowhere outside.
pub trait Sealed {}

macro_rules! sealed {
    ($($t:ty)*) => { $(impl Sealed for $t {})* };
}

sealed! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize bool f32 f64 }
#[cfg(feature = "half")]
sealed! { half::f16 half::bf16 }
