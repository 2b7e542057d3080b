//! Types whose elements are those of another one as they lie in memory: what is compiled for that one serves both.

use super::View;
use core::slice;

/// A type whose every value is, byte for byte, a value of `B`.
///
/// # Safety
/// Both have the same size and alignment, and every value's bytes are a value of `B`.
pub(crate) unsafe trait SameBits<B>: Copy {
    fn bits(self) -> B;
}

/// One where every value of `B` is one of the type as well.
///
/// # Safety
/// As it says.
pub(crate) unsafe trait AllBits<B>: SameBits<B> {}

macro_rules! same_bits {
    ($($t:ty as $bits:ty)*) => { $(
        // SAFETY: numbers of as many bits, with the same alignment (of `usize` and `isize` where they have 64, which is asked for
        // below): the compiler refuses another size where views and slices are taken for others.
        unsafe impl SameBits<$bits> for $t {
            #[inline(always)]
            fn bits(self) -> $bits {
                self as $bits
            }
        }
        // SAFETY: as above; numbers have no bytes that are no value.
        unsafe impl AllBits<$bits> for $t {}
    )* };
}

same_bits! { i16 as i16 i32 as i32 i64 as i64 i128 as i128 f32 as f32 f64 as f64 i8 as u8 u16 as i16 u32 as i32 u64 as i64 u128 as i128 }
#[cfg(target_pointer_width = "64")]
same_bits! { usize as u64 isize as i64 }

// SAFETY: a bool is one byte that is 0 or 1.
unsafe impl SameBits<u8> for bool {
    #[inline(always)]
    fn bits(self) -> u8 {
        self.into()
    }
}

impl<'a, T> View<'a, T> {
    /// The same elements.
    pub(crate) fn bits<B>(&self) -> View<'a, B>
    where
        T: SameBits<B>,
    {
        const { assert!(size_of::<T>() == size_of::<B>() && align_of::<T>() == align_of::<B>()) };
        // SAFETY: `SameBits` promises what `cast` asks.
        unsafe { self.cast() }
    }
}

/// The same elements.
pub(crate) fn bits_mut<T: AllBits<B>, B>(elements: &mut [T]) -> &mut [B] {
    const { assert!(size_of::<T>() == size_of::<B>() && align_of::<T>() == align_of::<B>()) };
    // SAFETY: the same bytes of the same allocation, exclusively borrowed for as long; they are values of `B` (`SameBits`),
    // and whatever is written is a value of `T` (`AllBits`).
    unsafe { slice::from_raw_parts_mut(elements.as_mut_ptr().cast(), elements.len()) }
}
