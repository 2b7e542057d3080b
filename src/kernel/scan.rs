//! Windows of very many cells along a line: every group of cells combined from behind and from in front, several groups side
//! by side, because each combination waits for the one before.
#![allow(unsafe_code)] // a bounds check for every cell of every group costs as much as its combination

use super::level::{Kernel, Level};
use super::rows::Reduction;
use super::stream::prefetch;
use core::array::from_fn;

/// Groups that are walked side by side: their combinations hide each other's latency.
pub(crate) const LANES: usize = 8;

/// `out[i] = cells[i] . cells[i + 1] .. cells[i + group - 1]` for positions of `inner` neighbouring cells each; groups begin at
/// positions `i` for which `begin + i` is a multiple of `group`. Meanwhile the elements `soon` are asked for.
pub(crate) fn scan<T, R: Reduction<T>>(
    level: Level,
    r: &R,
    out: &mut [R::Acc],
    cells: &[R::Acc],
    (begin, group, inner): (usize, usize, usize),
    soon: &[T],
) {
    level.run(Scan { r, out, cells, begin, group, inner, soon });
}

struct Scan<'a, T, R: Reduction<T>> {
    r: &'a R,
    out: &'a mut [R::Acc],
    cells: &'a [R::Acc],
    begin: usize,
    group: usize,
    inner: usize,
    soon: &'a [T],
}

impl<T, R: Reduction<T>> Kernel for Scan<'_, T, R> {
    type Out = ();
    #[inline(always)]
    fn run(self) {
        let Scan { r, mut out, mut cells, begin, group, inner, mut soon } = self;
        // The windows of the group that begins before the first one.
        let head = (group - begin) % group * inner;
        let length = group * inner;
        if head > 0 {
            let (part, rest) = out.split_at_mut(head.min(out.len()));
            windows::<T, R, 1>(r, part, cells, (head, length, inner), &[]);
            out = rest;
            if out.is_empty() {
                return;
            }
            cells = &cells[head..];
        }
        while out.len() >= LANES * length {
            let (part, rest) = out.split_at_mut(LANES * length);
            let (now, later) = soon.split_at(soon.len().min(LANES * length));
            windows::<T, R, LANES>(r, part, cells, (length, length, inner), now);
            soon = later;
            (out, cells) = (rest, &cells[LANES * length..]);
        }
        while !out.is_empty() {
            let (part, rest) = out.split_at_mut(length.min(out.len()));
            windows::<T, R, 1>(r, part, cells, (length, length, inner), &[]);
            (out, cells) = (rest, &cells[part.len()..]);
        }
    }
}

/// The windows that begin in `L` neighbouring groups: `out` holds as many of the first of them (all, if there are more groups
/// than one), whose cells end at `end`; what they hold of the next group follows.
#[inline(always)]
fn windows<T, R: Reduction<T>, const L: usize>(
    r: &R,
    out: &mut [R::Acc],
    cells: &[R::Acc],
    (end, length, inner): (usize, usize, usize),
    soon: &[T],
) {
    let each = if L == 1 { out.len() } else { length };
    let sides = Sides { each: each / inner, end: end / inner, skipped: (length - end) / inner, length };
    assert!(inner > 0 && (0 < end && end <= length && each <= end) && (L == 1 || end == length));
    assert!([each, end, length].iter().all(|n| n.is_multiple_of(inner)), "whole positions");
    assert!(each > 0 && out.len() == (L - 1) * length + each);
    assert!(cells.len() >= (L - 1) * length + end + (length - end) + each - inner);
    let (out, own, next) = (out.as_mut_ptr(), cells.as_ptr(), cells[end..].as_ptr());
    let part = soon.len() / inner;
    // One more loop where cells are neighbours.
    for c in 0..inner {
        let soon = &soon[c * part..(c + 1) * part];
        // SAFETY: `L` groups of `length` cells: what is read of them, and of the `skipped + each - 1` positions behind `end` in
        // each, lies in `cells`, and what is written in `out`, by the assertions. `c < inner`, so that cell `c` of a position
        // is inside if the position is.
        unsafe {
            match inner {
                1 => {
                    from_behind::<T, R, L>(r, out, own, &sides, 1, soon);
                    from_in_front::<T, R, L>(r, out, next, &sides, 1);
                }
                _ => {
                    from_behind::<T, R, L>(r, out.add(c), own.add(c), &sides, inner, soon);
                    from_in_front::<T, R, L>(r, out.add(c), next.add(c), &sides, inner);
                }
            }
        }
    }
}

/// Positions of a group: windows that begin in it, cells, cells before its first one.
struct Sides {
    each: usize,
    end: usize,
    skipped: usize,
    /// Elements from one group to the next.
    length: usize,
}

/// `out[p] = own[p] . own[p + 1] .. own[end - 1]`, for `each` positions, `inner` elements apart.
///
/// # Safety
/// Those must be readable and writable, and so must be those of the `L` groups.
#[inline(always)]
unsafe fn from_behind<T, R: Reduction<T>, const L: usize>(
    r: &R,
    out: *mut R::Acc,
    own: *const R::Acc,
    &Sides { each, end, length, .. }: &Sides,
    inner: usize,
    soon: &[T],
) {
    // SAFETY: positions below `end` are read, below `each <= end` written.
    unsafe {
        let mut sums: [R::Acc; L] = from_fn(|l| *own.add((end - 1) * inner + l * length));
        if each == end {
            for l in 0..L {
                *out.add((end - 1) * inner + l * length) = sums[l];
            }
        }
        for p in (each..end - 1).rev() {
            for l in 0..L {
                sums[l] = r.combine(*own.add(p * inner + l * length), sums[l]);
            }
        }
        for p in (0..each.min(end - 1)).rev() {
            if L > 1
                && let Some(lane) = soon.get(p * L..(p + 1) * L)
            {
                prefetch(lane, 0);
            }
            for l in 0..L {
                sums[l] = r.combine(*own.add(p * inner + l * length), sums[l]);
                *out.add(p * inner + l * length) = sums[l];
            }
        }
    }
}

/// `out[p] = out[p] . next[0] .. next[skipped + p - 1]`, for `each` positions, `inner` elements apart.
///
/// # Safety
/// As for [`from_behind`].
#[inline(always)]
unsafe fn from_in_front<T, R: Reduction<T>, const L: usize>(
    r: &R,
    out: *mut R::Acc,
    next: *const R::Acc,
    &Sides { each, skipped, length, .. }: &Sides,
    inner: usize,
) {
    if skipped + each == 1 {
        return;
    }
    // SAFETY: positions below `skipped + each - 1` are read, of which there is one at least; below `each` written.
    unsafe {
        let mut sums: [R::Acc; L] = from_fn(|l| *next.add(l * length));
        for q in 1..skipped {
            for l in 0..L {
                sums[l] = r.combine(sums[l], *next.add(q * inner + l * length));
            }
        }
        let first = 1usize.saturating_sub(skipped);
        for l in 0..L {
            let out = out.add(first * inner + l * length);
            *out = r.combine(*out, sums[l]);
        }
        for p in first + 1..each {
            for l in 0..L {
                sums[l] = r.combine(sums[l], *next.add((skipped + p - 1) * inner + l * length));
                let out = out.add(p * inner + l * length);
                *out = r.combine(*out, sums[l]);
            }
        }
    }
}
