//! Windows of very many cells along a line, as combinations of blocks that follow each other: from a place to its group's end,
//! and from the next group's beginning on.

use super::level::{Kernel, Level};
use super::rows::{Reduction, TAPS};
use core::marker::PhantomData;

/// Positions of a block: so many cells are combined side by side, whatever registers there are.
pub(crate) const BLOCK: usize = TAPS;

/// `out[m] = own[m] . next[0] .. next[m - 1]`, where each of these stands for `width` cells that are combined cell by cell.
///
/// As many as `out` holds; `own` must be as long, and `next` may be one shorter.
pub(crate) fn forward<T, R: Reduction<T>>(
    level: Level,
    r: &R,
    out: &mut [R::Acc],
    own: &[R::Acc],
    next: &[R::Acc],
    width: usize,
) {
    level.run(Forward { r, out, own, next, width, element: PhantomData });
}

struct Forward<'a, T, R: Reduction<T>> {
    r: &'a R,
    out: &'a mut [R::Acc],
    own: &'a [R::Acc],
    next: &'a [R::Acc],
    width: usize,
    element: PhantomData<fn(T)>,
}

impl<T, R: Reduction<T>> Kernel for Forward<'_, T, R> {
    type Out = ();
    #[inline(always)]
    fn run(self) {
        let Forward { r, out, own, next, width, .. } = self;
        let (first, out) = out.split_at_mut(width);
        let (start, own) = own.split_at(width);
        first.copy_from_slice(start);
        if width == BLOCK {
            let (out, own, next) = (out.as_chunks_mut().0, own.as_chunks().0, next.as_chunks().0);
            let Some(&(mut so_far)) = next.first() else { return };
            let mut behind = next[1..].iter();
            for (out, own) in out.iter_mut().zip(own) {
                *out = together::<T, R>(r, own, &so_far);
                // (Behind the last of them there is nothing that is still needed.)
                if let Some(next) = behind.next() {
                    so_far = together::<T, R>(r, &so_far, next);
                }
            }
            return;
        }
        // What was combined last stands in the results' place until they are combined with it, one block later.
        let rows = out.len() / width;
        for m in 0..rows {
            let (before, now) = out.split_at_mut(m * width);
            let now = &mut now[..width];
            let next = &next[m * width..][..width];
            match m {
                0 => now.copy_from_slice(next),
                _ => {
                    let before = &mut before[(m - 1) * width..];
                    for i in 0..width {
                        now[i] = r.combine(before[i], next[i]);
                    }
                    let own = &own[(m - 1) * width..][..width];
                    for i in 0..width {
                        before[i] = r.combine(own[i], before[i]);
                    }
                }
            }
        }
        if rows > 0 {
            let at = (rows - 1) * width;
            for (out, own) in out[at..].iter_mut().zip(&own[at..]) {
                *out = r.combine(*own, *out);
            }
        }
    }
}

/// `cells[m] = cells[m] . cells[m + 1] .. `, to the last, where each of these stands for `width` cells.
pub(crate) fn backward<T, R: Reduction<T>>(level: Level, r: &R, cells: &mut [R::Acc], width: usize) {
    level.run(Backward { r, cells, width, element: PhantomData });
}

struct Backward<'a, T, R: Reduction<T>> {
    r: &'a R,
    cells: &'a mut [R::Acc],
    width: usize,
    element: PhantomData<fn(T)>,
}

impl<T, R: Reduction<T>> Kernel for Backward<'_, T, R> {
    type Out = ();
    #[inline(always)]
    fn run(self) {
        let Backward { r, cells, width, .. } = self;
        if width == BLOCK {
            let mut blocks = cells.as_chunks_mut().0.iter_mut().rev();
            let Some(&mut mut so_far) = blocks.next() else { return };
            for block in blocks {
                so_far = together::<T, R>(r, block, &so_far);
                *block = so_far;
            }
            return;
        }
        for m in (0..(cells.len() / width).saturating_sub(1)).rev() {
            let (now, behind) = cells[m * width..].split_at_mut(width);
            for (now, behind) in now.iter_mut().zip(behind) {
                *now = r.combine(*now, *behind);
            }
        }
    }
}

#[inline(always)]
fn together<T, R: Reduction<T>>(r: &R, a: &[R::Acc; BLOCK], b: &[R::Acc; BLOCK]) -> [R::Acc; BLOCK] {
    core::array::from_fn(|i| r.combine(a[i], b[i]))
}
