//! Rows of a small box taken apart by the phases of a step, all of them in one loop.

use super::caches::LINE;
use super::level::{Level, Writer};
use super::moved::{all_bits, bits, bits_mut, moved_size};
use super::rows::CHUNK;
use super::stream::in_line;
use alloc::vec::Vec;

/// What a row is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// The row that begins at this cell.
    Elements(usize),
    /// Padding.
    Filled,
    /// Cells that never count.
    Nothing,
}

/// How every row is taken apart: position `first + k` of a phase reads element `from + k * step`.
pub(crate) struct Columns {
    step: usize,
    /// Cells of a phase's row.
    row: usize,
    phases: Vec<Phase>,
    /// Where every phase has a run of cells: read once for all of them.
    together: Option<Together>,
}

/// Cells that are no elements: those of rows that never count, and of rows in padding, phase by phase.
#[derive(Clone, Copy)]
pub(crate) struct Blanks<'a, A> {
    pub(crate) nothing: A,
    pub(crate) filled: &'a [A],
}

struct Phase {
    first: usize,
    count: usize,
    from: usize,
    /// The cells before and behind those, with the element they read if they do not read what rows in padding hold.
    borders: Vec<(usize, Option<usize>)>,
}

/// Element `from + k * step + c` goes to cell `first[c] + k` of phase `phase[c]`, for each of the `count` steps.
struct Together {
    from: usize,
    count: usize,
    to: [(usize, usize); MOST],
    /// Whether that is all there is to a row.
    all: bool,
}

/// The longest step whose phases are read together.
const MOST: usize = 3;

impl Columns {
    pub(crate) fn new(step: usize, row: usize) -> Self {
        Columns { step, row, phases: Vec::new(), together: None }
    }

    /// Cells of a phase's row.
    pub(crate) fn row(&self) -> usize {
        self.row
    }

    /// How many phases there are.
    pub(crate) fn phases(&self) -> usize {
        self.phases.len()
    }

    /// A further phase.
    pub(crate) fn phase(&mut self, first: usize, count: usize, from: usize) {
        self.phases.push(Phase { first, count, from, borders: Vec::new() });
    }

    /// A cell of the last phase outside its run.
    pub(crate) fn border(&mut self, cell: usize, element: Option<usize>) {
        if let Some(phase) = self.phases.last_mut() {
            phase.borders.push((cell, element));
        }
    }

    /// Reads what it can for all phases together; to be called when all are there.
    pub(crate) fn join(&mut self) {
        let step = self.step;
        if !(2..=MOST).contains(&step) || self.phases.len() != step {
            return;
        }
        let begin = self.phases.iter().map(|p| p.from / step).max().unwrap_or(0);
        let end = self.phases.iter().map(|p| p.from / step + p.count).min().unwrap_or(0);
        if end <= begin {
            return;
        }
        let mut to = [(0, 0); MOST];
        for (k, phase) in self.phases.iter_mut().enumerate() {
            let skipped = begin - phase.from / step;
            let behind = skipped + end - begin;
            to[phase.from % step] = (k, phase.first + skipped);
            for q in (0..skipped).chain(behind..phase.count) {
                phase.borders.push((phase.first + q, Some(phase.from + q * step)));
            }
            phase.count = 0;
        }
        let all = self.phases.iter().all(|p| p.borders.is_empty());
        self.together = Some(Together { from: begin * step, count: end - begin, to, all });
    }
}

/// Cells for `cells` of them and what may be written behind a row, so that what follows begins on a cache line.
pub(crate) fn room<A>(cells: usize) -> usize {
    (cells + CHUNK.max(lanes::<A>()) + 1).next_multiple_of(in_line::<A>())
}

/// Cells that are written at a time.
#[inline(always)]
pub(super) fn lanes<A>() -> usize {
    (2 * LINE / size_of::<A>().max(1)).max(1)
}

/// Writes the phases of rows, one row behind the other; further phases follow `pitch` apart in `dst`.
///
/// They need [`room`]: whole registers are written behind a row as well, before the next one.
#[allow(unsafe_code)] // cells seen as bits of their size
pub(crate) fn take_apart<A: Copy>(
    level: Level,
    dst: &mut [A],
    src: &[A],
    rows: &[Row],
    (columns, blanks): (&Columns, Blanks<'_, A>),
    pitch: usize,
) {
    // Cells are moved and never looked at: there is a loop for each size.
    macro_rules! by_size {
        ($($size:literal $number:ty,)*) => { match const { moved_size::<A>() } {
            $($size => {
                let blanks = Blanks { nothing: bits::<A, $number>(blanks.nothing), filled: all_bits(blanks.filled) };
                // SAFETY: what is written are cells of the source and blanks.
                by_step(level, unsafe { bits_mut(dst) }, all_bits(src), rows, (columns, blanks), pitch)
            })*
            _ => by_step(level, dst, src, rows, (columns, blanks), pitch),
        } };
    }
    by_size!(1 u8, 2 u16, 4 u32, 8 u64,)
}

fn by_step<A: Copy>(
    level: Level,
    dst: &mut [A],
    src: &[A],
    rows: &[Row],
    (columns, blanks): (&Columns, Blanks<'_, A>),
    pitch: usize,
) {
    match columns.step {
        2 => level.write(dst, TakeApart::<A, 2> { src, rows, columns, blanks, pitch }),
        3 => level.write(dst, TakeApart::<A, 3> { src, rows, columns, blanks, pitch }),
        _ => level.write(dst, TakeApart::<A, 0> { src, rows, columns, blanks, pitch }),
    }
}

/// Steps of `S`, or of any number if that is 0.
struct TakeApart<'a, A, const S: usize> {
    src: &'a [A],
    rows: &'a [Row],
    columns: &'a Columns,
    blanks: Blanks<'a, A>,
    pitch: usize,
}

impl<A: Copy, const S: usize> Writer<A> for TakeApart<'_, A, S> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, dst: &mut [A]) {
        let TakeApart { src, rows, columns, blanks, pitch } = self;
        let len = columns.row;
        for (k, &row) in rows.iter().enumerate() {
            let at = k * len;
            let Row::Elements(begin) = row else {
                for p in 0..columns.phases.len() {
                    let dst = &mut dst[at + p * pitch..][..len];
                    match row {
                        Row::Filled => dst.copy_from_slice(&blanks.filled[p * len..][..len]),
                        _ => dst.fill(blanks.nothing),
                    }
                }
                continue;
            };
            if let Some(together) = &columns.together {
                copy_together::<A, S>(&mut dst[at..], &src[begin + together.from..], together, pitch);
                if together.all {
                    continue;
                }
            }
            let src = &src[begin..];
            for (p, phase) in columns.phases.iter().enumerate() {
                let dst = &mut dst[at + p * pitch..];
                if phase.count > 0 {
                    let n = widened::<A>(phase.count, |n| phase.from + n * columns.step <= src.len());
                    copy_steps::<A, S>(&mut dst[phase.first..][..n], &src[phase.from..], columns.step);
                }
                for &(cell, element) in &phase.borders {
                    dst[cell] = element.map_or_else(|| blanks.filled[p * len + cell], |e| src[e]);
                }
            }
        }
    }
}

/// A number of steps that whole registers are written for, if so many can be read; otherwise as many as are wanted.
#[inline(always)]
fn widened<A>(steps: usize, readable: impl Fn(usize) -> bool) -> usize {
    let whole = steps.next_multiple_of(lanes::<A>());
    if readable(whole) { whole } else { steps }
}

/// All phases of a row from one reading of it.
#[inline(always)]
fn copy_together<A: Copy, const S: usize>(dst: &mut [A], from: &[A], together: &Together, pitch: usize) {
    let n = widened::<A>(together.count, |n| n * S <= from.len());
    let place = |c: usize| together.to[c].0 * pitch + together.to[c].1;
    if S == 2 {
        let (steps, _) = from.as_chunks::<2>();
        let (front, behind) = dst.split_at_mut(pitch);
        let (a, b) = (together.to[0], together.to[1]);
        let (a, b) = match a.0 {
            0 => (&mut front[a.1..], &mut behind[b.1..]),
            _ => (&mut behind[a.1..], &mut front[b.1..]),
        };
        let (steps, a, b) = (&steps[..n], &mut a[..n], &mut b[..n]);
        for k in 0..n {
            a[k] = steps[k][0];
            b[k] = steps[k][1];
        }
        return;
    }
    for c in 0..together.to.len().min(S) {
        copy_steps::<A, S>(&mut dst[place(c)..][..n], &from[c..], S);
    }
}

/// `to[k] = from[k * step]`, for as many as there are of both.
#[inline(always)]
fn copy_steps<A: Copy, const S: usize>(to: &mut [A], from: &[A], step: usize) {
    match S {
        0 => {
            for (to, from) in to.iter_mut().zip(from.iter().step_by(step)) {
                *to = *from;
            }
        }
        1 => {
            let n = to.len().min(from.len());
            to[..n].copy_from_slice(&from[..n]);
        }
        _ => {
            // The last step may be a part of one, at the end of the array.
            let (steps, rest) = from.as_chunks::<S>();
            let whole = steps.len().min(to.len());
            for (to, from) in to[..whole].iter_mut().zip(steps) {
                *to = from[0];
            }
            if let (Some(to), Some(from)) = (to.get_mut(whole), rest.first()) {
                *to = *from;
            }
        }
    }
}
