//! Elements moved as bits of their size: a copy is compiled here once for each size, not in every program for every type.
#![allow(unsafe_code)] // elements seen as bits of their size

use crate::array::View;
use crate::element::Element;
use core::mem::MaybeUninit;

/// Bits that are moved and never looked at: any value of a type of the size of `U`, padding included.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Bits<U: Copy>(MaybeUninit<U>);

impl<U: Copy + Default> Default for Bits<U> {
    fn default() -> Self {
        Bits(MaybeUninit::new(U::default()))
    }
}

/// The size of elements that are moved as [`Bits`] of a number with their size and alignment; 0 for others.
pub(super) const fn moved_size<T>() -> usize {
    match (size_of::<T>(), align_of::<T>()) {
        (1, 1) => 1,
        (2, 2) => 2,
        (4, 4) => 4,
        (8, 8) if align_of::<u64>() == 8 => 8,
        _ => 0,
    }
}

/// One element.
///
/// # Panics
/// If `U` has another size or alignment.
pub(super) fn bits<T: Copy, U: Copy>(x: T) -> Bits<U> {
    alike::<T, U>();
    // SAFETY: as many bytes, none of which is looked at.
    unsafe { core::mem::transmute_copy(&x) }
}

/// A view of elements.
///
/// # Panics
/// If `U` has another size or alignment.
pub(super) fn bits_of<'a, T: Element, U: Copy>(view: &View<'a, T>) -> View<'a, Bits<U>> {
    alike::<T, U>();
    // SAFETY: elements of the same size and alignment, of which any bytes are a value.
    unsafe { view.cast() }
}

/// A place for elements.
///
/// # Panics
/// If `U` has another size or alignment.
///
/// # Safety
/// Nothing but the bits of values of `T` may be written.
pub(super) unsafe fn bits_mut<T: Copy, U: Copy>(out: &mut [T]) -> &mut [Bits<U>] {
    alike::<T, U>();
    // SAFETY: as many elements of the same size and alignment; what is written are values of `T`, by the contract.
    unsafe { core::slice::from_raw_parts_mut(out.as_mut_ptr().cast(), out.len()) }
}

/// Elements that lie side by side.
///
/// # Panics
/// If `U` has another size or alignment.
pub(super) fn all_bits<T: Copy, U: Copy>(elements: &[T]) -> &[Bits<U>] {
    alike::<T, U>();
    // SAFETY: as many elements of the same size and alignment, of which any bytes are a value.
    unsafe { core::slice::from_raw_parts(elements.as_ptr().cast(), elements.len()) }
}

fn alike<T, U>() {
    assert!(size_of::<T>() == size_of::<U>() && align_of::<T>() == align_of::<U>(), "bits of another size");
}
