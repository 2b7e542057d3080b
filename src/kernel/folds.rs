//! Short rows combined a few at a time, many times in one loop.

use super::level::{Kernel, Level};
use super::lower::Lines;
use super::rows::{CHUNK, Reduction, TAPS, tree};
use core::marker::PhantomData;

/// Row `o` of `dst`, `width` long: the rows that begin in `src` at the `o`-th `taps` of `starts`, combined.
///
/// Up to [`CHUNK`] cells behind every row are read and written as well.
pub(crate) fn fold_rows<T, R: Reduction<T>>(
    level: Level,
    r: &R,
    dst: &mut [R::Acc],
    src: &[R::Acc],
    (starts, taps): (&[usize], usize),
    width: usize,
) {
    macro_rules! by_count {
        ($($k:literal)*) => { match taps {
            $($k => level.run(Folds::<T, R, $k> { r, dst, src, starts, width, element: PhantomData }),)*
            n => unreachable!("{n} rows, at most {TAPS}"),
        } };
    }
    by_count!(1 2 3 4 5 6 7 8)
}

struct Folds<'a, T, R: Reduction<T>, const K: usize> {
    r: &'a R,
    dst: &'a mut [R::Acc],
    src: &'a [R::Acc],
    starts: &'a [usize],
    width: usize,
    element: PhantomData<fn(T)>,
}

impl<T, R: Reduction<T>, const K: usize> Kernel for Folds<'_, T, R, K> {
    type Out = ();
    #[inline(always)]
    fn run(self) {
        let Folds { r, dst, src, starts, width, .. } = self;
        let mut values = Lines([r.identity(); CHUNK]);
        let values = values.cells();
        let cells = |start: usize| match src[start..].first_chunk::<CHUNK>() {
            Some(cells) => cells,
            None => unreachable!("rows are followed by room for a chunk"),
        };
        for (o, starts) in starts.as_chunks::<K>().0.iter().enumerate() {
            for at in (0..width).step_by(CHUNK) {
                let rows: [&[R::Acc; CHUNK]; K] = starts.map(|start| cells(start + at));
                for i in 0..CHUNK {
                    values[i] = tree(|a, b| r.combine(a, b), |j| rows[j][i], K);
                }
                match dst[o * width + at..].first_chunk_mut::<CHUNK>() {
                    Some(to) => *to = *values,
                    None => unreachable!("rows are followed by room for a chunk"),
                }
            }
        }
    }
}
