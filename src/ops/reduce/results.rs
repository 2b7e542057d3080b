//! The last step of a reduction: rows combined, lowered, and stored, past the caches if they are many.

use super::cells::Cells;
use crate::kernel::Streamed;
use crate::kernel::caches::PIECE;
use crate::kernel::level::Level;
use crate::kernel::lower::{combine, lower};
use crate::kernel::rows::{CHUNK, Counts, Reduction, TAPS};

/// Where results go.
pub(crate) trait Sink<A, C> {
    /// A number of elements, as results are lowered with it.
    fn count(&self, n: usize) -> C;
    /// The `len` results from place `at` on: the cells of `rows` (at most [`TAPS`]) combined and lowered.
    fn put(&mut self, at: usize, len: usize, rows: &[&[A]], counts: &Counts<'_, C>);
}

/// A part of the result.
pub(super) struct Results<'a, T, R: Reduction<T>> {
    r: &'a R,
    level: Level,
    out: Streamed<'a, R::Out>,
    /// A piece before it is lowered, and before it is stored.
    combined: Cells<R::Acc>,
    lowered: Cells<R::Out>,
}

impl<'a, T, R: Reduction<T>> Results<'a, T, R> {
    /// Past the caches if that `pays`.
    pub(super) fn new(r: &'a R, level: Level, out: &'a mut [R::Out], pays: bool) -> Self {
        let (combined, lowered) = (Cells::default(), Cells::default());
        Results { r, level, out: Streamed::new(out, pays, level), combined, lowered }
    }

    fn piece(&mut self, at: usize, n: usize, rows: &[&[R::Acc]], counts: &Counts<'_, R::Count>, streams: bool) {
        let Results { r, level, out, combined, lowered } = self;
        let to = match streams {
            true => {
                lowered.fit(n, R::Out::default());
                &mut lowered[..n]
            }
            false => out.row(at, n),
        };
        if let Some(to) = r.unlowered(to) {
            combine(*level, r.op(), to, rows);
        } else if let [one] = rows {
            lower(*level, *r, to, one, counts);
        } else {
            combined.fit(n, rows[0][0]);
            combine(*level, r.op(), &mut combined[..n], rows);
            lower(*level, *r, to, &combined[..n], counts);
        }
        if streams {
            out.put(at, &lowered[..n]);
        }
    }
}

impl<T, R: Reduction<T>> Sink<R::Acc, R::Count> for Results<'_, T, R> {
    fn count(&self, n: usize) -> R::Count {
        self.r.count(n)
    }

    fn put(&mut self, at: usize, len: usize, rows: &[&[R::Acc]], counts: &Counts<'_, R::Count>) {
        let streams = self.out.streams(len);
        let most = (PIECE / size_of::<R::Acc>().max(size_of::<R::Out>()).max(1)).max(CHUNK);
        for from in (0..len).step_by(most) {
            let n = most.min(len - from);
            let mut taps: [&[R::Acc]; TAPS] = [&[]; TAPS];
            taps.iter_mut().zip(rows).for_each(|(tap, row)| *tap = &row[from..from + n]);
            let counts = match counts {
                Counts::All(n) => Counts::All(*n),
                Counts::Each(counts) => Counts::Each(&counts[from..from + n]),
            };
            self.piece(at + from, n, &taps[..rows.len()], &counts, streams);
        }
    }
}
