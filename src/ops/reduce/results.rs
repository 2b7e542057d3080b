//! The last step of a reduction: rows combined, lowered, and stored, past the caches if they are many.

use super::cells::Cells;
use super::rows::Scatter;
use crate::kernel::Streamed;
use crate::kernel::caches::PIECE;
use crate::kernel::level::Level;
use crate::kernel::lower::{combine, lower};
use crate::kernel::rows::{CHUNK, Counts, Reduction, TAPS};
use core::ops::Range;

/// Where results go.
pub(crate) trait Sink<A, C: Copy> {
    /// A number of elements, as results are lowered with it.
    fn count(&self, n: usize) -> C;
    /// The `len` results from place `at` on: the cells of `rows` (at most [`TAPS`]) combined and lowered.
    fn put(&mut self, at: usize, len: usize, rows: &[&[A]], counts: &Counts<'_, C>);
    /// The same for the stretches of a row.
    fn put_stretches(&mut self, at: &Scatter<'_>, rows: &[&[A]], counts: &Counts<'_, C>) {
        one_by_one(self, at, rows, counts);
    }
}

/// Puts one stretch after another.
fn one_by_one<A, C: Copy>(
    sink: &mut (impl Sink<A, C> + ?Sized),
    at: &Scatter<'_>,
    rows: &[&[A]],
    counts: &Counts<'_, C>,
) {
    for (k, stretch) in at.stretches.iter().enumerate() {
        let cells = k * at.pitch..k * at.pitch + at.len;
        sink.put(at.first + stretch, at.len, cut(rows, &cells, &mut [&[]; TAPS]), &counts.cut(cells));
    }
}

/// These cells of all rows.
fn cut<'r, 'a, A>(rows: &[&'a [A]], cells: &Range<usize>, to: &'r mut [&'a [A]; TAPS]) -> &'r [&'a [A]] {
    to.iter_mut().zip(rows).for_each(|(to, row)| *to = &row[cells.clone()]);
    &to[..rows.len()]
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

    /// Cells that are combined, lowered and stored before the next ones.
    const PIECE: usize = {
        let (acc, out) = (size_of::<R::Acc>(), size_of::<R::Out>());
        let size = if acc > out { acc } else { out };
        let most = PIECE / if size > 0 { size } else { 1 };
        if most > CHUNK { most } else { CHUNK }
    };

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
        for from in (0..len).step_by(Self::PIECE) {
            let n = Self::PIECE.min(len - from);
            let cells = from..from + n;
            self.piece(at + from, n, cut(rows, &cells, &mut [&[]; TAPS]), &counts.cut(cells), streams);
        }
    }

    fn put_stretches(&mut self, at: &Scatter<'_>, rows: &[&[R::Acc]], counts: &Counts<'_, R::Count>) {
        let Scatter { first, len, pitch, .. } = *at;
        let (together, streams) = (Self::PIECE / pitch, self.out.streams(len));
        if together < 2 {
            return one_by_one(self, at, rows, counts);
        }
        // As many stretches as a piece has room for are combined at once, with what is between them.
        for (k, stretches) in at.stretches.chunks(together).enumerate() {
            let begin = k * together * pitch;
            let cells = begin..begin + (stretches.len() - 1) * pitch + len;
            let n = cells.len();
            let own = |j: usize| j * pitch..j * pitch + len;
            let mut taps = [&[][..]; TAPS];
            let rows = cut(rows, &cells, &mut taps);
            self.lowered.fit(n, R::Out::default());
            if let Some(to) = self.r.unlowered(&mut self.lowered[..n]) {
                combine(self.level, self.r.op(), to, rows);
                for (j, stretch) in stretches.iter().enumerate() {
                    self.out.put(first + stretch, &self.lowered[own(j)]);
                }
                continue;
            }
            let mut scratch = core::mem::take(&mut self.combined);
            let combined = match rows {
                [one] => *one,
                _ => {
                    scratch.fit(n, rows[0][0]);
                    combine(self.level, self.r.op(), &mut scratch[..n], rows);
                    &scratch[..n]
                }
            };
            for (j, stretch) in stretches.iter().enumerate() {
                let counts = counts.cut(begin + j * pitch..begin + j * pitch + len);
                self.piece(first + stretch, len, &[&combined[own(j)]], &counts, streams);
            }
            self.combined = scratch;
        }
    }
}
