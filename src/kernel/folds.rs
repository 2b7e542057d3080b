//! Short rows combined a few at a time, many times in one loop.

use super::level::{Kernel, Level};
use super::rows::{CHUNK, Op, TAPS, tree};

/// Row `o` of `dst`, `width` long: the rows that begin in `src` at the `o`-th `taps` of `starts`, combined.
///
/// Up to [`CHUNK`] cells behind every row are read and written as well.
pub(crate) fn fold_rows<O: Op>(
    level: Level,
    op: O,
    dst: &mut [O::Acc],
    src: &[O::Acc],
    (starts, taps): (&[usize], usize),
    width: usize,
) {
    macro_rules! by_count {
        ($($k:literal)*) => { match taps {
            $($k => level.run(Folds::<O, $k> { op, dst, src, starts, width }),)*
            n => unreachable!("{n} rows, at most {TAPS}"),
        } };
    }
    by_count!(1 2 3 4 5 6 7 8)
}

struct Folds<'a, O: Op, const K: usize> {
    op: O,
    dst: &'a mut [O::Acc],
    src: &'a [O::Acc],
    starts: &'a [usize],
    width: usize,
}

impl<O: Op, const K: usize> Kernel for Folds<'_, O, K> {
    type Out = ();
    #[inline(always)]
    fn run(self) {
        let Folds { op, dst, src, starts, width, .. } = self;
        let Some(&any) = src.first() else { return };
        let mut values = Lines([any; CHUNK]);
        let values = values.cells();
        let cells = |start: usize| match src[start..].first_chunk::<CHUNK>() {
            Some(cells) => cells,
            None => unreachable!("rows are followed by room for a chunk"),
        };
        for (o, starts) in starts.as_chunks::<K>().0.iter().enumerate() {
            for at in (0..width).step_by(CHUNK) {
                let rows: [&[O::Acc; CHUNK]; K] = starts.map(|start| cells(start + at));
                for i in 0..CHUNK {
                    values[i] = tree(|a, b| op.combine(a, b), |j| rows[j][i], K);
                }
                match dst[o * width + at..].first_chunk_mut::<CHUNK>() {
                    Some(to) => *to = *values,
                    None => unreachable!("rows are followed by room for a chunk"),
                }
            }
        }
    }
}

/// Whole cache lines: registers stored at their boundaries are loaded again without a stall.
#[repr(align(64))]
struct Lines<T, const L: usize>([T; L]);

impl<T, const L: usize> Lines<T, L> {
    /// What it holds. (Borrowed as a whole: the compiler takes a struct apart otherwise, and forgets where it stands.)
    #[inline(always)]
    fn cells(&mut self) -> &mut [T; L] {
        &mut self.0
    }
}
