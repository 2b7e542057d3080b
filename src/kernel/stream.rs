//! Copies into memory that will not be read soon, past the caches.
//!
//! A plain store first reads the cache line it writes to. For results much larger than the caches that reading is a third
//! of the traffic; stores with a non-temporal hint leave it out.
#![allow(unsafe_code)] // streaming stores

use super::caches::{LINE, STREAMED_ROW};
use super::level::Level;
use super::moved::Bits;
use alloc::vec::Vec;
use core::any::TypeId;

/// Elements that reach over a line.
pub(crate) const fn in_line<A>() -> usize {
    LINE.div_ceil(if size_of::<A>() == 0 { 1 } else { size_of::<A>() })
}

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

macro_rules! plain {
    ($($t:ty)*) => { $(
        // SAFETY: neither integers nor `bool` have padding.
        unsafe impl Plain for $t {}
    )* };
}

plain! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize bool }

#[cfg(feature = "half")]
// SAFETY: one `u16` and nothing else.
unsafe impl Plain for half::f16 {}
#[cfg(feature = "half")]
// SAFETY: as above.
unsafe impl Plain for half::bf16 {}
#[cfg(feature = "fft")]
// SAFETY: `repr(C)` of two numbers of one type without padding has none either.
unsafe impl<T: Plain> Plain for rustfft::num_complex::Complex<T> {}

/// Copies `from` to `to`, which must be as long, with streaming stores where there are any.
///
/// # Panics
/// If the lengths differ.
#[cfg(feature = "fft")]
pub(crate) fn stream_copy<T: Plain>(to: &mut [T], from: &[T]) {
    assert_eq!(to.len(), from.len(), "a copy of another length");
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: both slices hold `size_of_val(from)` initialised bytes (`Plain`), and an exclusive borrow overlaps none.
        unsafe { stream_bytes(Level::detect(), to.as_mut_ptr().cast(), from.as_ptr().cast(), size_of_val(from)) }
        // Other threads must see what was written.
        fence();
    }
    #[cfg(not(target_arch = "x86_64"))]
    to.copy_from_slice(from);
}

/// Copies `len` bytes.
///
/// # Safety
/// `to` must be writable and `from` readable for `len` initialised bytes, without overlap. A fence must follow.
#[cfg(target_arch = "x86_64")]
unsafe fn stream_bytes(level: Level, to: *mut u8, from: *const u8, len: usize) {
    let head = to.align_offset(LINE).min(len);
    let tail = head + (len - head) / LINE * LINE;
    // SAFETY: head <= tail <= len; behind `head`, `to` stands on a line and whole lines reach up to `tail`.
    unsafe {
        core::ptr::copy_nonoverlapping(from, to, head);
        x86::lines(level, to.add(head), from.add(head), tail - head);
        core::ptr::copy_nonoverlapping(from.add(tail), to.add(tail), len - tail);
    }
}

/// An output written in rows, anywhere in it, that may go past the caches. It is borrowed until all stores are in order.
///
/// Rows begin and end inside cache lines, and a line that is stored in parts is read first: what a row has of its last line waits for a
/// next row that goes on there, if rows do.
pub(crate) struct Streamed<'a, T: Copy> {
    out: &'a mut [T],
    streams: bool,
    level: Level,
    /// The last elements of the row before, which begin a line at this place in the output.
    begun: (usize, Vec<T>),
    /// Where the row before ended.
    end: usize,
}

impl<'a, T: Copy + 'static> Streamed<'a, T> {
    /// Past the caches, with the stores of `level`, if that `pays` and elements of the type can be streamed.
    pub(crate) fn new(out: &'a mut [T], pays: bool, level: Level) -> Self {
        Streamed { out, streams: pays && streams_lines::<T>(), level, begun: (0, Vec::new()), end: usize::MAX }
    }

    /// Whether a row of so many elements should be [`put`](Self::put).
    pub(crate) fn streams(&self, len: usize) -> bool {
        self.streams && len * size_of::<T>() >= STREAMED_ROW
    }

    /// A row to be written as usual.
    pub(crate) fn row(&mut self, at: usize, len: usize) -> &mut [T] {
        &mut self.out[at..at + len]
    }

    /// Stores the row that begins at `at`, its whole lines past the caches.
    pub(crate) fn put(&mut self, at: usize, row: &[T]) {
        if !self.streams {
            return self.row(at, row.len()).copy_from_slice(row);
        }
        let follows = core::mem::replace(&mut self.end, at + row.len()) == at;
        if follows {
            return self.go_on(at, row);
        }
        self.end_line();
        #[cfg(target_arch = "x86_64")]
        // SAFETY: both slices hold `size_of_val(row)` bytes, all initialised as `streams_lines` holds for `T`; an exclusive borrow
        // overlaps none. The output is borrowed until the drop fences. (None is forgotten.)
        unsafe {
            let to = &mut self.out[at..at + row.len()];
            stream_bytes(self.level, to.as_mut_ptr().cast(), row.as_ptr().cast(), size_of_val(row));
        }
    }

    /// The same for a row behind the one before it.
    fn go_on(&mut self, mut at: usize, mut row: &[T]) {
        let line = LINE / size_of::<T>();
        if !self.begun.1.is_empty() {
            let missing = row.len().min(line - self.begun.1.len());
            self.begun.1.extend_from_slice(&row[..missing]);
            (at, row) = (at + missing, &row[missing..]);
            if row.is_empty() && self.begun.1.len() < line {
                return;
            }
            self.end_line();
        }
        let head = self.out[at..].as_ptr().align_offset(LINE).min(row.len());
        let tail = head + (row.len() - head) / line * line;
        self.row(at, head).copy_from_slice(&row[..head]);
        // SAFETY: the output is borrowed until the drop fences. (None is forgotten.)
        unsafe { stream_lines(self.level, &mut self.out[at + head..at + tail], &row[head..tail]) };
        self.begun.0 = at + tail;
        self.begun.1.extend_from_slice(&row[tail..]);
    }

    /// Stores the line that was begun, or what there is of it.
    fn end_line(&mut self) {
        let Streamed { out, level, begun: (first, begun), .. } = self;
        if !begun.is_empty() {
            // SAFETY: the output is borrowed until the drop fences. (None is forgotten.)
            unsafe { stream_lines(*level, &mut out[*first..*first + begun.len()], begun) };
            begun.clear();
        }
    }
}

impl<T: Copy> Drop for Streamed<'_, T> {
    fn drop(&mut self) {
        let (first, cells) = &self.begun;
        self.out[*first..*first + cells.len()].copy_from_slice(cells);
        if self.streams {
            fence();
        }
    }
}

/// Whether elements of this type can be [streamed in lines](stream_lines) on this machine: numbers, whose every byte is a
/// value and whose size divides a line.
#[inline]
pub(super) fn streams_lines<T: 'static>() -> bool {
    let this = TypeId::of::<T>();
    macro_rules! is_one_of {
        ($($number:ty)*) => { $(this == TypeId::of::<$number>())||* };
    }
    cfg!(all(target_arch = "x86_64", not(miri)))
        && (is_one_of!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char)
            // Whoever moves numbers as bits asks for the numbers first.
            || is_one_of!(Bits<u8> Bits<u16> Bits<u32> Bits<u64>)
            || is_half(this))
}

/// Whether it is one of the numbers of crate `half`.
#[inline]
fn is_half(_this: TypeId) -> bool {
    #[cfg(feature = "half")]
    return _this == TypeId::of::<half::f16>() || _this == TypeId::of::<half::bf16>();
    #[cfg(not(feature = "half"))]
    false
}

/// `to.copy_from_slice(from)`, streamed with the level's widest stores where [`streams_lines`] says so, `to` stands on a line and the bytes are whole lines.
///
/// # Safety
/// [`fence`] must be called before the borrow of `to` ends.
#[inline]
pub(super) unsafe fn stream_lines<T: Copy + 'static>(level: Level, to: &mut [T], from: &[T]) {
    assert_eq!(to.len(), from.len(), "a copy of another length");
    let bytes = size_of_val(from);
    let whole = to.as_ptr().addr().is_multiple_of(LINE) && bytes.is_multiple_of(LINE);
    if !streams_lines::<T>() || !whole {
        to.copy_from_slice(from);
        return;
    }
    #[cfg(target_arch = "x86_64")]
    // SAFETY: both slices have `bytes` bytes, all of them values of numbers; `to` stands on a line and `bytes` are whole
    // lines; an exclusive borrow overlaps none.
    unsafe {
        x86::lines(level, to.as_mut_ptr().cast(), from.as_ptr().cast(), bytes);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = level; // `streams_lines` holds for nothing
}

/// Asks for the cache lines `ahead` elements from `cells`, which need not be elements of anything.
#[inline(always)]
pub(crate) fn prefetch<T>(cells: &[T], ahead: isize) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let from = cells.as_ptr().wrapping_offset(ahead).cast::<i8>();
        for at in (0..size_of_val(cells)).step_by(LINE) {
            // SAFETY: a hint; it reads nothing and faults at no address.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(from.wrapping_add(at)) };
        }
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = (cells, ahead);
}

/// Orders streamed stores before everything that follows.
#[inline]
pub(super) fn fence() {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: every x86-64 has this instruction, which touches no memory.
    unsafe {
        core::arch::x86_64::_mm_sfence();
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{LINE, Level};
    use core::arch::x86_64::{_mm_loadu_si128, _mm_stream_si128};
    #[cfg(feature = "std")]
    use core::arch::x86_64::{_mm512_loadu_si512, _mm512_stream_si512};

    /// Copies whole lines with streaming stores of the level.
    ///
    /// # Safety
    /// `bytes`, a multiple of a line, must be initialised at `from` and writable at `to`, a multiple of a line, without
    /// overlap. A fence must follow.
    #[inline]
    pub(super) unsafe fn lines(level: Level, to: *mut u8, from: *const u8, bytes: usize) {
        // SAFETY: the contract; a level of 64 bytes comes from detection of AVX-512 only, SSE2 is part of every x86-64.
        unsafe {
            match level.vector_bytes() {
                #[cfg(feature = "std")]
                LINE => by_64(to, from, bytes),
                _ => by_16(to, from, bytes),
            }
        }
    }

    /// One store a line: a line never leaves in parts.
    ///
    /// # Safety
    /// As [`lines`].
    #[cfg(feature = "std")]
    #[target_feature(enable = "avx512f")]
    unsafe fn by_64(to: *mut u8, from: *const u8, bytes: usize) {
        for at in (0..bytes).step_by(LINE) {
            // SAFETY: `at + 64 <= bytes`, both being multiples of 64; so is the store's address.
            unsafe { _mm512_stream_si512(to.add(at).cast(), _mm512_loadu_si512(from.add(at).cast())) };
        }
    }

    /// # Safety
    /// As [`lines`].
    #[inline]
    unsafe fn by_16(to: *mut u8, from: *const u8, bytes: usize) {
        for line in (0..bytes).step_by(LINE) {
            for at in [line, line + 16, line + 32, line + 48] {
                // SAFETY: `line + 64 <= bytes`, both being multiples of 64; the store's address is one of 16.
                unsafe { _mm_stream_si128(to.add(at).cast(), _mm_loadu_si128(from.add(at).cast())) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Random;
    use super::*;

    /// Rows that follow each other share cache lines; others do not, and none may be lost.
    #[test]
    fn rows_arrive_whatever_comes_before_them() {
        let (n, mut random) = (3000, Random(1));
        for level in Level::all() {
            for round in 0..200 {
                let mut want = alloc::vec![0u16; n + 40];
                let mut got = want.clone();
                let skipped = random.below(40);
                let mut out = Streamed::new(&mut got[skipped..], true, level);
                let mut at = 0;
                while at < n {
                    // Of every length, from a part of a line on; some begin where the one before ended.
                    at = n.min(at + if random.below(3) == 0 { random.below(50) } else { 0 });
                    let len = random.below(if round % 2 == 0 { 20 } else { 300 }).min(n - at);
                    let row: Vec<u16> = (0..len).map(|k| (at + k) as u16 + 1).collect();
                    out.put(at, &row);
                    want[skipped + at..][..len].copy_from_slice(&row);
                    at += len;
                }
                drop(out);
                assert_eq!(got, want, "{level:?} {round} from {skipped}");
            }
        }
    }
}
