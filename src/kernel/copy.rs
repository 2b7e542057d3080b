//! Strided copies: whole runs where there are runs, tiles where two axes trade places.
#![allow(unsafe_code)] // reads through a view's pointer without a bounds check an element

use super::loops::{Loop, checked_loops, coalesce};
use crate::array::View;

/// Copies a view into a strided block of `out`: index `i` of the view goes to `out[offset + sum(i * strides)]`.
///
/// # Panics
/// If the block reaches outside `out`.
pub(crate) fn copy_block<T: Copy>(out: &mut [T], offset: usize, strides: &[usize], source: &View<'_, T>) {
    let strides = strides.iter().map(|&s| s as isize);
    let Some(mut loops) = checked_loops(out.len(), offset, strides, source) else { return };
    // The destination advances least in the innermost.
    loops.sort_by_key(|l| core::cmp::Reverse(l.to));
    coalesce(&mut loops);
    // SAFETY: `loops` run over the indices of `source` (joined, without axes of one), so every read is an element of it.
    // `checked_loops` proved that every write lies inside `out`, which is borrowed exclusively, so no view overlaps it.
    unsafe { run(&loops, out.as_mut_ptr().add(offset), source.as_ptr()) }
}

/// Runs nested loops, outermost first.
///
/// # Safety
/// Every offset the loops reach must be readable from `from` and writable from `to`, without overlap.
unsafe fn run<T: Copy>(loops: &[Loop], to: *mut T, from: *const T) {
    match *loops {
        // SAFETY: one element, by the contract.
        [] => unsafe { *to = *from },
        // SAFETY: the same contract.
        [l] => unsafe { line(l, to, from) },
        [outer, ref inner @ ..] => {
            for i in 0..outer.count {
                // SAFETY: offsets of this loop, by the contract.
                unsafe { run(inner, to.offset(i as isize * outer.to), from.offset(i as isize * outer.from)) }
            }
        }
    }
}

/// The innermost loop.
///
/// # Safety
/// As [`run`].
#[inline]
unsafe fn line<T: Copy>(l: Loop, to: *mut T, from: *const T) {
    // SAFETY: all offsets are those of the loop, by the contract; source and destination do not overlap.
    unsafe {
        if l.to == 1 && l.from == 1 {
            core::ptr::copy_nonoverlapping(from, to, l.count);
        } else {
            for i in 0..l.count {
                *to.offset(i as isize * l.to) = *from.offset(i as isize * l.from);
            }
        }
    }
}
