//! Copies into memory that will not be read soon, past the caches.
//!
//! A plain store first reads the cache line it writes to. For results much larger than the caches that reading is a third
//! of the traffic; stores with a non-temporal hint leave it out.
#![allow(unsafe_code)] // streaming stores

/// Results of at least this many bytes are worth streaming: smaller ones are better left in the caches.
pub(crate) const STREAM_BYTES: usize = 8 * 1024 * 1024;

/// Elements that are nothing but bits: no padding bytes, so that they may be copied as bytes.
///
/// # Safety
/// Every byte of a value must be initialised, whatever the value.
#[allow(unreachable_pub)] // a supertrait of a public trait that nobody else may implement
pub unsafe trait Plain: Copy {}

// SAFETY: IEEE numbers have no padding.
unsafe impl Plain for f32 {}
// SAFETY: as above.
unsafe impl Plain for f64 {}
#[cfg(feature = "fft")]
// SAFETY: `repr(C)` of two numbers of one type without padding has none either.
unsafe impl<T: Plain> Plain for rustfft::num_complex::Complex<T> {}

/// Copies `from` to `to`, which must be as long, with streaming stores where there are any.
///
/// # Panics
/// If the lengths differ.
pub(crate) fn stream_copy<T: Plain>(to: &mut [T], from: &[T]) {
    assert_eq!(to.len(), from.len(), "a copy of another length");
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: both slices hold `size_of_val(from)` initialised bytes (`Plain`), and an exclusive borrow overlaps none.
        unsafe { stream_bytes(to.as_mut_ptr().cast(), from.as_ptr().cast(), size_of_val(from)) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    to.copy_from_slice(from);
}

/// Copies `len` bytes.
///
/// # Safety
/// `to` must be writable and `from` readable for `len` bytes, without overlap.
#[cfg(target_arch = "x86_64")]
unsafe fn stream_bytes(to: *mut u8, from: *const u8, len: usize) {
    use core::arch::x86_64::{_mm_loadu_si128, _mm_sfence, _mm_stream_si128};
    const LINE: usize = 64;
    let head = to.align_offset(LINE).min(len);
    let lines = (len - head) / LINE;
    let tail = head + lines * LINE;
    // SAFETY: head + lines * LINE <= len, so every access lies within `len` bytes; `to + head` is a multiple of 64 and
    // the others of 16 bytes behind it, as the stores need; SSE2 is part of every x86-64.
    unsafe {
        core::ptr::copy_nonoverlapping(from, to, head);
        for line in 0..lines {
            let at = head + line * LINE;
            for part in [0, 16, 32, 48] {
                _mm_stream_si128(to.add(at + part).cast(), _mm_loadu_si128(from.add(at + part).cast()));
            }
        }
        core::ptr::copy_nonoverlapping(from.add(tail), to.add(tail), len - tail);
        // Streaming stores are not ordered with the stores that follow; other threads must see them.
        _mm_sfence();
    }
}
