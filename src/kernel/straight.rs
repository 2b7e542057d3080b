//! Short windows along many short rows, combined straight from the elements.

use super::caches::BOX_AHEAD;
use super::level::{Level, Writer};
use super::phases::{Row, lanes};
use super::rows::{Lifting, Op, TAPS, tree};
use super::stream::prefetch;
use alloc::vec::Vec;

/// What a cell in the border of a row is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Read<A> {
    /// This element of the row.
    Element(usize),
    Value(A),
}

/// How every row of some is reduced.
pub(crate) struct Straight<A> {
    pub(crate) step: usize,
    pub(crate) window: usize,
    /// Windows of a row.
    pub(crate) width: usize,
    /// Elements of a row.
    pub(crate) line: usize,
    /// The first window all of whose cells are elements, how many such there are, and where the first one begins.
    pub(crate) first: usize,
    pub(crate) count: usize,
    pub(crate) from: usize,
    /// The other windows.
    pub(crate) borders: Vec<(usize, [Read<A>; TAPS])>,
    /// The windows of a row in padding.
    pub(crate) filled: Vec<A>,
    pub(crate) nothing: A,
}

impl<A: Copy> Straight<A> {
    /// Whether there is a loop for such windows.
    pub(crate) fn knows(step: usize, window: usize) -> bool {
        matches!((step, window), (1, 3) | (2, 2) | (2, 3))
    }

    /// Whether rows that follow each other are one long row.
    fn joins(&self) -> bool {
        self.count == self.width && self.line == self.width * self.step
    }
}

/// `dst[k]` of row after row: the combination of the cells of window `k`. They need [`room`](super::phases::room).
pub(crate) fn reduce_rows<T: Copy, L: Lifting<T, Acc = O::Acc>, O: Op>(
    level: Level,
    (lifting, op): (L, O),
    dst: &mut [O::Acc],
    src: &[T],
    rows: &[Row],
    how: &Straight<O::Acc>,
) {
    macro_rules! by_window {
        ($($step:literal $window:literal,)*) => { match (how.step, how.window) {
            $(($step, $window) => level.write(dst, Rows::<T, L, O, $step, $window> { lifting, op, src, rows, how }),)*
            other => unreachable!("no loop for step and window {other:?}"),
        } };
    }
    by_window!(1 3, 2 2, 2 3,)
}

struct Rows<'a, T, L, O: Op, const S: usize, const K: usize> {
    lifting: L,
    op: O,
    src: &'a [T],
    rows: &'a [Row],
    how: &'a Straight<O::Acc>,
}

impl<T: Copy, L: Lifting<T, Acc = O::Acc>, O: Op, const S: usize, const K: usize> Writer<O::Acc>
    for Rows<'_, T, L, O, S, K>
{
    #[inline(always)]
    fn write<const FUSED: bool>(self, dst: &mut [O::Acc]) {
        let Rows { lifting, op, src, rows, how } = self;
        let (width, joins) = (how.width, how.joins());
        let mut k = 0;
        while k < rows.len() {
            let dst = &mut dst[k * width..];
            let Row::Elements(begin) = rows[k] else {
                match rows[k] {
                    Row::Filled => dst[..width].copy_from_slice(&how.filled),
                    _ => dst[..width].fill(how.nothing),
                }
                k += 1;
                continue;
            };
            let follows = |n: usize| joins && rows.get(k + n) == Some(&Row::Elements(begin + n * how.line));
            let many = (1..).find(|&n| !follows(n)).unwrap_or(1);
            let row = &src[begin..];
            if many == 1
                && let Some(cells) = row.get(..how.line)
            {
                prefetch(cells, (BOX_AHEAD / size_of::<T>().max(1)) as isize);
            }
            if how.count > 0 {
                let n = if many > 1 { many * width } else { how.count };
                windows::<T, L, O, S, K>((lifting, op), &mut dst[how.first..], &row[how.from..], n);
            }
            for (k, cells) in &how.borders {
                let cell = |j: usize| match cells[j] {
                    Read::Element(e) => lifting.lift(row[e]),
                    Read::Value(value) => value,
                };
                dst[*k] = tree(|a, b| op.combine(a, b), cell, K);
            }
            k += many;
        }
    }
}

/// `dst[k] = src[k * S] . .. src[k * S + K - 1]` for at least `n` windows.
#[inline(always)]
fn windows<T: Copy, L: Lifting<T, Acc = O::Acc>, O: Op, const S: usize, const K: usize>(
    (lifting, op): (L, O),
    dst: &mut [O::Acc],
    src: &[T],
    n: usize,
) {
    let (steps, _) = src.as_chunks::<S>();
    // Steps of a window behind its first one.
    let further = (K - 1) / S;
    let inside = steps.len().saturating_sub(further);
    // Whole registers, if there is something to read for them. Where a step is used in parts, the compiler leaves at least one
    // window to a loop without vectors.
    let whole = n.next_multiple_of(lanes::<O::Acc>()) + usize::from(!K.is_multiple_of(S));
    let m = if whole <= inside { whole } else { n.min(inside) };
    let behind = |q: usize| &steps[q.min(further)..][..m];
    let taps = [behind(0), behind(1), behind(2)];
    let to = &mut dst[..m];
    for i in 0..m {
        to[i] = tree(|a, b| op.combine(a, b), |j| lifting.lift(taps[j / S][i][j % S]), K);
    }
    // At the end of the array.
    for i in m..n {
        dst[i] = tree(|a, b| op.combine(a, b), |j| lifting.lift(src[i * S + j]), K);
    }
}
