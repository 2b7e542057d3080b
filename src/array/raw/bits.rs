//! Types whose elements are those of another one as they lie in memory: what is compiled for that one serves both.

use super::View;
use core::slice;

/// A type whose every value is, byte for byte, one of [`Bits`](Self::Bits) that means the same number.
///
/// # Safety
/// Both have the same size and alignment, and every value's bytes are a value of `Bits`.
pub(crate) unsafe trait SameBits: Copy {
    type Bits: Copy;
    /// The same number.
    fn bits(self) -> Self::Bits;
}

/// One where every value of [`Bits`](SameBits::Bits) is one of the type as well.
///
/// # Safety
/// As it says.
pub(crate) unsafe trait AllBits: SameBits {}

macro_rules! same_bits {
    ($($t:ty as $bits:ty)*) => { $(
        // SAFETY: on targets with pointers of 64 bits (asked for below) both are integers of 64 bits with the same alignment.
        #[cfg(target_pointer_width = "64")]
        unsafe impl SameBits for $t {
            type Bits = $bits;
            fn bits(self) -> $bits {
                self as $bits
            }
        }
        // SAFETY: as above; integers have no bytes that are no value.
        #[cfg(target_pointer_width = "64")]
        unsafe impl AllBits for $t {}
    )* };
}

same_bits! { usize as u64 isize as i64 }

// SAFETY: a bool is one byte that is 0 or 1.
unsafe impl SameBits for bool {
    type Bits = u8;
    fn bits(self) -> u8 {
        self.into()
    }
}

impl<'a, T> View<'a, T> {
    /// The same elements.
    pub(crate) fn bits(&self) -> View<'a, T::Bits>
    where
        T: SameBits,
    {
        const { assert!(size_of::<T>() == size_of::<T::Bits>() && align_of::<T>() == align_of::<T::Bits>()) };
        // SAFETY: `SameBits` promises what `cast` asks.
        unsafe { self.cast() }
    }
}

/// The same elements.
pub(crate) fn bits_mut<T: AllBits>(elements: &mut [T]) -> &mut [T::Bits] {
    const { assert!(size_of::<T>() == size_of::<T::Bits>() && align_of::<T>() == align_of::<T::Bits>()) };
    // SAFETY: the same bytes of the same allocation, exclusively borrowed for as long; they are values of `Bits` (`SameBits`),
    // and whatever is written is a value of `T` (`AllBits`).
    unsafe { slice::from_raw_parts_mut(elements.as_mut_ptr().cast(), elements.len()) }
}
