//! Extremes of integers that have a sign where another type of their size has none, or none where it has one: by that one's loops.

use super::super::compiled::Gaps;
use super::super::extreme::Extreme;
use super::windows::ValidWindows;
use crate::array::SameBits;
use crate::error::Result;
use alloc::vec;

/// Integers whose highest bit means the opposite in another type.
pub(super) trait Opposite: SameBits<Self::Other> {
    type Other: Gaps<Option<Self::Other>, Self::Wide, f64> + Copy;
    type Wide;
    fn back(bits: Self::Other) -> Self;
}

macro_rules! opposites {
    ($($t:ty as $other:ty, sums $wide:ty;)*) => { $(
        impl Opposite for $t {
            type Other = $other;
            type Wide = Option<$wide>;
            fn back(bits: $other) -> $t {
                bits as $t
            }
        }
    )* };
}

opposites! {
    i8 as u8, sums u64;
    u16 as i16, sums i64;
    u32 as i32, sums i64;
    u64 as i64, sums i128;
    u128 as i128, sums i128;
}

/// Extremes of elements that count, by those of the other type.
pub(super) fn turned_extremes<T: Opposite>(
    windows: &ValidWindows<'_, T>,
    of: Extreme,
    out: &mut [Option<T>],
) -> Result<()> {
    let mut found = vec![None; out.len()];
    T::Other::gapped_extremes(&windows.bits(), of.turned(), &mut found)?;
    out.iter_mut().zip(found).for_each(|(out, found)| *out = found.map(T::back));
    Ok(())
}

/// Their indices, likewise.
pub(super) fn turned_search<T: Opposite>(
    windows: &ValidWindows<'_, T>,
    of: Extreme,
    out: &mut [Option<usize>],
) -> Result<()> {
    T::Other::gapped_places(&windows.bits(), of.turned(), out)
}
