//! Windows of very many cells along a line, as combinations of blocks that follow each other: from a place to its group's end,
//! and from the next group's beginning on.

use super::level::{Kernel, Level};
use super::rows::{Reduction, TAPS};
use core::marker::PhantomData;

/// Positions of a block: so many cells are combined side by side, whatever registers there are.
pub(crate) const BLOCK: usize = TAPS;

/// `out[m] = own[m] . next[0] .. next[m - 1]`, where each of these stands for `width` cells that are combined cell by cell.
///
/// As many as `out` holds; `own` must be as long, and `next` may be one shorter. `width` is a multiple of [`BLOCK`].
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
    fn run(mut self) {
        each_columns(self.width, |at, wide| match wide {
            true => self.columns::<{ 4 * BLOCK }>(at),
            false => self.columns::<BLOCK>(at),
        });
    }
}

impl<T, R: Reduction<T>> Forward<'_, T, R> {
    /// `L` cells of every block, from `at` on.
    #[inline(always)]
    fn columns<const L: usize>(&mut self, at: usize) {
        let (r, width, own, next) = (self.r, self.width, self.own, self.next);
        let (mut sum, mut took) = ([r.identity(); L], [r.identity(); L]);
        for (m, out) in self.out.chunks_exact_mut(width).enumerate() {
            let Some(out) = out[at..].first_chunk_mut::<L>() else { unreachable!("blocks are wider") };
            let Some(own) = own[m * width + at..].first_chunk::<L>() else { unreachable!("one of it for each result") };
            if m == 0 {
                *out = *own;
                continue;
            }
            let Some(next) = next[(m - 1) * width + at..].first_chunk::<L>() else { unreachable!("as above") };
            if m == 1 {
                sum = *next;
            } else {
                for i in 0..L {
                    (sum[i], took[i]) = r.with(sum[i], next[i], took[i]);
                }
            }
            for i in 0..L {
                out[i] = r.combine(own[i], r.settle(sum[i], took[i]));
            }
        }
    }
}

/// Calls `f` for cells of blocks side by side, many or few at a time.
#[inline(always)]
fn each_columns(width: usize, mut f: impl FnMut(usize, bool)) {
    let wide = width / (4 * BLOCK) * (4 * BLOCK);
    (0..wide).step_by(4 * BLOCK).for_each(|at| f(at, true));
    (wide..width).step_by(BLOCK).for_each(|at| f(at, false));
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
    fn run(mut self) {
        each_columns(self.width, |at, wide| match wide {
            true => self.columns::<{ 4 * BLOCK }>(at),
            false => self.columns::<BLOCK>(at),
        });
    }
}

impl<T, R: Reduction<T>> Backward<'_, T, R> {
    /// `L` cells of every block, from `at` on.
    #[inline(always)]
    fn columns<const L: usize>(&mut self, at: usize) {
        let r = self.r;
        let mut blocks = self.cells.chunks_exact_mut(self.width).rev();
        let last = blocks.next().and_then(|block| block[at..].first_chunk::<L>());
        let (Some(&(mut sum)), mut took) = (last, [r.identity(); L]) else { return };
        for block in blocks {
            let Some(cells) = block[at..].first_chunk_mut::<L>() else { unreachable!("blocks are wider") };
            for i in 0..L {
                (sum[i], took[i]) = r.with(cells[i], sum[i], took[i]);
                cells[i] = r.settle(sum[i], took[i]);
            }
        }
    }
}
