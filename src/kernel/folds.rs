//! Short rows combined a few at a time, many times in one loop.

use super::level::{Level, Writer};
use super::lower::combine;
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
    match taps {
        1 => level.write(dst, Folds::<O, 1> { op, src, starts, width }),
        2 => level.write(dst, Folds::<O, 2> { op, src, starts, width }),
        3 => level.write(dst, Folds::<O, 3> { op, src, starts, width }),
        _ => {
            for (o, starts) in starts.chunks_exact(taps).enumerate() {
                let mut rows: [&[O::Acc]; TAPS] = [&[]; TAPS];
                rows.iter_mut().zip(starts).for_each(|(row, &start)| *row = &src[start..start + width]);
                combine(level, op, &mut dst[o * width..][..width], &rows[..taps]);
            }
        }
    }
}

struct Folds<'a, O: Op, const K: usize> {
    op: O,
    src: &'a [O::Acc],
    starts: &'a [usize],
    width: usize,
}

impl<O: Op, const K: usize> Writer<O::Acc> for Folds<'_, O, K> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, dst: &mut [O::Acc]) {
        let Folds { op, src, starts, width } = self;
        let cells = |start: usize| match src[start..].first_chunk::<CHUNK>() {
            Some(cells) => cells,
            None => unreachable!("rows are followed by room for a chunk"),
        };
        for (o, starts) in starts.as_chunks::<K>().0.iter().enumerate() {
            for at in (0..width).step_by(CHUNK) {
                let mut rows = [cells(starts[0] + at); K];
                for j in 1..K {
                    rows[j] = cells(starts[j] + at);
                }
                let Some(to) = dst[o * width + at..].first_chunk_mut::<CHUNK>() else {
                    unreachable!("rows are followed by room for a chunk")
                };
                for i in 0..CHUNK {
                    to[i] = tree(|a, b| op.combine(a, b), |j| rows[j][i], K);
                }
            }
        }
    }
}
