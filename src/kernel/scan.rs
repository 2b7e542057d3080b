//! Windows of very many cells along a line, as combinations of blocks that follow each other: from a place to its group's end,
//! and from the next group's beginning on.

use super::level::{Kernel, Level, in_lanes};
use super::rows::{Op, TAPS};

/// Positions of a block: so many cells are combined side by side, whatever registers there are.
pub(crate) const BLOCK: usize = TAPS;
/// Cells of blocks that are combined at once where there are as many.
const WIDE: usize = 4 * BLOCK;

/// A scan of blocks, column by column.
trait Columns {
    /// `L` cells of every block, from `at` on. Inlined as [`Kernel::run`] is.
    fn columns<const L: usize>(&mut self, at: usize);
}

/// All cells of blocks that are `width` wide, many at a time while there are as many. (Not by a closure for each: it would be
/// compiled for the baseline.)
#[inline(always)]
fn each_columns<A>(width: usize, scan: &mut impl Columns) {
    let mut at = 0;
    if const { in_lanes::<A>() } {
        while at + WIDE <= width {
            scan.columns::<WIDE>(at);
            at += WIDE;
        }
    }
    while at < width {
        scan.columns::<BLOCK>(at);
        at += BLOCK;
    }
}

/// `out[m] = own[m] . next[0] .. next[m - 1]`, where each of these stands for `width` cells that are combined cell by cell.
///
/// As many as `out` holds; `own` must be as long, and `next` may be one shorter. `width` is a multiple of [`BLOCK`].
pub(crate) fn forward<O: Op>(level: Level, op: O, out: &mut [O::Acc], own: &[O::Acc], next: &[O::Acc], width: usize) {
    level.run(Forward { op, out, own, next, width });
}

struct Forward<'a, O: Op> {
    op: O,
    out: &'a mut [O::Acc],
    own: &'a [O::Acc],
    next: &'a [O::Acc],
    width: usize,
}

impl<O: Op> Kernel for Forward<'_, O> {
    type Out = ();
    const LANES: bool = in_lanes::<O::Acc>();
    #[inline(always)]
    fn run(mut self) {
        each_columns::<O::Acc>(self.width, &mut self);
    }
}

impl<O: Op> Columns for Forward<'_, O> {
    #[inline(always)]
    fn columns<const L: usize>(&mut self, at: usize) {
        let (op, width, own, next) = (self.op, self.width, self.own, self.next);
        let Some(&any) = own.get(at) else { return };
        let mut sum = [any; L];
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
                    sum[i] = op.combine(sum[i], next[i]);
                }
            }
            for i in 0..L {
                out[i] = op.combine(own[i], sum[i]);
            }
        }
    }
}

/// `cells[m] = cells[m] . cells[m + 1] .. `, to the last, where each of these stands for `width` cells.
pub(crate) fn backward<O: Op>(level: Level, op: O, cells: &mut [O::Acc], width: usize) {
    level.run(Backward { op, cells, width });
}

struct Backward<'a, O: Op> {
    op: O,
    cells: &'a mut [O::Acc],
    width: usize,
}

impl<O: Op> Kernel for Backward<'_, O> {
    type Out = ();
    const LANES: bool = in_lanes::<O::Acc>();
    #[inline(always)]
    fn run(mut self) {
        each_columns::<O::Acc>(self.width, &mut self);
    }
}

impl<O: Op> Columns for Backward<'_, O> {
    #[inline(always)]
    fn columns<const L: usize>(&mut self, at: usize) {
        let op = self.op;
        let mut blocks = self.cells.chunks_exact_mut(self.width).rev();
        let last = blocks.next().and_then(|block| block[at..].first_chunk::<L>());
        let Some(&(mut sum)) = last else { return };
        for block in blocks {
            let Some(cells) = block[at..].first_chunk_mut::<L>() else { unreachable!("blocks are wider") };
            for i in 0..L {
                sum[i] = op.combine(cells[i], sum[i]);
                cells[i] = sum[i];
            }
        }
    }
}
