//! Strided copies: whole runs where there are runs, tiles where two axes trade places.
#![allow(unsafe_code)] // reads through a view's pointer without a bounds check an element

use crate::array::View;
use smallvec::SmallVec;

/// One loop of a copy: how often, and how far source and destination move.
#[derive(Clone, Copy, Debug)]
struct Loop {
    count: usize,
    to: usize,
    from: isize,
}

/// Copies a view into a strided block of `out`: index `i` of the view goes to `out[offset + sum(i * strides)]`.
///
/// # Panics
/// If the block reaches outside `out`.
pub(crate) fn copy_block<T: Copy>(out: &mut [T], offset: usize, strides: &[usize], source: &View<'_, T>) {
    let shape = source.shape();
    assert_eq!(shape.len(), strides.len(), "one stride an axis");
    if shape.contains(&0) {
        return;
    }
    let last = shape.iter().zip(strides).try_fold(offset, |o, (&n, &s)| o.checked_add((n - 1).checked_mul(s)?));
    assert!(last.is_some_and(|l| l < out.len()), "a block behind the end of the output");
    let mut loops: SmallVec<[Loop; 8]> = SmallVec::new();
    for ((&count, &to), &from) in shape.iter().zip(strides).zip(source.strides()) {
        if count > 1 {
            loops.push(Loop { count, to, from });
        }
    }
    coalesce(&mut loops);
    // SAFETY: `loops` run over the indices of `source` (joined, without axes of one), so every read is an element of it.
    // Every write lies in offset..=last, inside `out`; `out` is borrowed exclusively, so no view overlaps it.
    unsafe { run(&loops, out.as_mut_ptr().add(offset), source.as_ptr()) }
}

/// Sorts loops so that the destination advances least in the innermost, and joins those that continue each other.
fn coalesce(loops: &mut SmallVec<[Loop; 8]>) {
    loops.sort_by_key(|l| core::cmp::Reverse(l.to));
    let mut kept = 0;
    for k in 1..loops.len() {
        let inner = loops[k];
        let outer = loops[kept];
        let joins =
            outer.to == inner.to * inner.count && inner.from.checked_mul(inner.count as isize) == Some(outer.from);
        if joins {
            loops[kept] = Loop { count: outer.count * inner.count, ..inner };
        } else {
            kept += 1;
            loops[kept] = inner;
        }
    }
    loops.truncate(kept + 1);
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
                unsafe { run(inner, to.add(i * outer.to), from.offset(i as isize * outer.from)) }
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
                *to.add(i * l.to) = *from.offset(i as isize * l.from);
            }
        }
    }
}
