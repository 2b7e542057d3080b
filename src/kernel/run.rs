//! The innermost loops of copies: short runs without a call, columns woven into rows, blocks turned over.
#![allow(unsafe_code)] // raw pointers: sources overlap themselves, and a bounds check costs as much as a short run

use super::caches::COPIED_RUN;
use core::array::from_fn;
use core::mem::MaybeUninit;

/// Rows, and columns, taken at once where rows of the output run across memory.
pub(super) const TURN: usize = 16;

/// Copies `rows` runs of `count` elements; they start `pitch` apart at `to` and `stride` apart at `from`.
///
/// # Safety
/// The runs must be readable and writable, without overlap of one with the other.
#[inline(always)]
pub(super) unsafe fn copy_rows<T: Copy>(
    to: *mut T,
    from: *const T,
    count: usize,
    (rows, pitch, stride): (usize, usize, isize),
) {
    let bytes = count * size_of::<T>();
    macro_rules! each {
        (|$to:ident, $from:ident| $copy:expr) => {
            for r in 0..rows {
                // SAFETY: run `r`, by the contract; it has at least as many bytes as a block.
                unsafe {
                    let ($to, $from) = (to.add(r * pitch), from.offset(r as isize * stride));
                    $copy
                }
            }
        };
        ($block:literal) => {
            each!(|to, from| copy_blocks::<$block>(to.cast(), from.cast(), bytes))
        };
    }
    // One loop a size: chosen once for all rows.
    match bytes {
        COPIED_RUN.. => each!(|to, from| core::ptr::copy_nonoverlapping(from, to, count)),
        32.. => each!(32),
        16.. => each!(16),
        8.. => each!(8),
        4.. => each!(4),
        _ => each!(|to, from| (0..count).for_each(|k| *to.add(k) = *from.add(k))),
    }
}

/// Copies bytes in blocks of `N`; the last block reaches back over what is copied already.
///
/// # Safety
/// `bytes`, at least `N`, must be readable at `from` and writable at `to`, without overlap.
#[inline(always)]
unsafe fn copy_blocks<const N: usize>(to: *mut u8, from: *const u8, bytes: usize) {
    let mut at = 0;
    while at + N <= bytes {
        // SAFETY: `at + N <= bytes`.
        unsafe { copy_block::<N>(to.add(at), from.add(at)) };
        at += N;
    }
    // SAFETY: `N <= bytes`.
    unsafe { copy_block::<N>(to.add(bytes - N), from.add(bytes - N)) };
}

/// Copies `N` bytes, which need not be initialised: padding inside elements is copied along.
///
/// # Safety
/// They must be readable and writable.
#[inline(always)]
unsafe fn copy_block<const N: usize>(to: *mut u8, from: *const u8) {
    // SAFETY: the contract; unaligned access needs no more.
    unsafe {
        let block = from.cast::<MaybeUninit<[u8; N]>>().read_unaligned();
        to.cast::<MaybeUninit<[u8; N]>>().write_unaligned(block);
    }
}

/// `to[j] = from[j * stride]` for `count` elements.
///
/// # Safety
/// Those elements must be readable and writable, without overlap.
#[inline(always)]
pub(super) unsafe fn copy_every<T: Copy>(to: *mut T, from: *const T, count: usize, stride: isize) {
    macro_rules! every {
        ($stride:expr) => {
            for j in 0..count {
                // SAFETY: the contract.
                unsafe { *to.add(j) = *from.offset(j as isize * $stride) }
            }
        };
    }
    // Strides known when compiled become shuffles.
    match stride {
        2 => every!(2),
        3 => every!(3),
        4 => every!(4),
        _ => every!(stride),
    }
}

/// `to[r * C + j] = from[columns[j] + r * stride]` for `rows` rows of few columns.
///
/// # Safety
/// Those elements must be readable and writable, without overlap.
#[inline(always)]
pub(super) unsafe fn weave<T: Copy, const C: usize>(
    to: *mut T,
    from: *const T,
    rows: usize,
    stride: isize,
    columns: &[isize; C],
) {
    let mut r = 0;
    while stride == 1 && r + TURN <= rows {
        // SAFETY: with stride 1, TURN rows of a column are neighbours, all readable; the block is TURN whole rows of the
        // output, all writable; loads are finished before the first store.
        unsafe {
            let loaded: [[T; TURN]; C] = from_fn(|j| from.offset(columns[j] + r as isize).cast::<[T; TURN]>().read());
            let woven: [[T; C]; TURN] = from_fn(|i| from_fn(|j| loaded[j][i]));
            to.add(r * C).cast::<[[T; C]; TURN]>().write(woven);
        }
        r += TURN;
    }
    for r in r..rows {
        for j in 0..C {
            // SAFETY: the contract.
            unsafe { *to.add(r * C + j) = *from.offset(columns[j] + r as isize * stride) };
        }
    }
}

/// `to[r * width + j] = from[column(j) + r * stride]`, in blocks, so that neither side is walked across for long.
///
/// # Safety
/// Those elements must be readable and writable, without overlap.
#[inline(always)]
pub(super) unsafe fn turn<T: Copy>(
    to: *mut T,
    from: *const T,
    rows: usize,
    stride: isize,
    width: usize,
    column: impl Fn(usize) -> isize,
) {
    for j in (0..width).step_by(TURN) {
        let wide = (width - j).min(TURN);
        for r in (0..rows).step_by(TURN) {
            let high = (rows - r).min(TURN);
            // SAFETY: the contract; a whole block reads TURN neighbours of TURN columns and writes TURN neighbours of
            // TURN rows, all of them inside.
            unsafe {
                if wide == TURN && high == TURN && stride == 1 {
                    let block: [[T; TURN]; TURN] =
                        from_fn(|k| from.offset(column(j + k) + r as isize).cast::<[T; TURN]>().read());
                    for i in 0..TURN {
                        let row: [T; TURN] = from_fn(|k| block[k][i]);
                        to.add((r + i) * width + j).cast::<[T; TURN]>().write(row);
                    }
                } else {
                    for k in j..j + wide {
                        for i in r..r + high {
                            *to.add(i * width + k) = *from.offset(column(k) + i as isize * stride);
                        }
                    }
                }
            }
        }
    }
}
