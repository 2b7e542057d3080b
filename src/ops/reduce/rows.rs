//! What the walk asks of rows without knowing what is in them: the only part of a reduction that is compiled for each operation.
//!
//! The walk ([`worker`](super::worker), [`across`](super::across), [`along`](super::along)) is made of numbers: it says which
//! stretches of which rows are combined into which others. [`Rows`] keeps the rows and does the arithmetic.

use super::cells::Cells;
use super::line::{Held, Line, Run};
use super::pool::{Blank, Ends, Pool};
use super::results::Results;
use crate::array::View;
use crate::kernel::level::Level;
use crate::kernel::lower::combine;
use crate::kernel::phases::pick;
use crate::kernel::prefetch;
use crate::kernel::rows::{self, Counts, Reduction, TAPS, small};
use crate::kernel::scan::{backward, forward};
use crate::spec::{Cell, Dims};
use alloc::vec::Vec;

/// A row of accumulators, by number.
pub(crate) type Slot = usize;

/// The elements of the present row themselves, where they need no lifting.
pub(crate) const ELEMENTS: Slot = usize::MAX;

/// A place in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub(crate) slot: Slot,
    pub(crate) at: usize,
}

impl At {
    pub(crate) fn start(slot: Slot) -> At {
        At { slot, at: 0 }
    }

    /// The place so many cells further on.
    pub(crate) fn plus(self, cells: usize) -> At {
        At { at: self.at + cells, ..self }
    }
}

/// How many elements the windows of a row hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    All(usize),
    /// So many times those of [`Rows::count`], from the given one on.
    Each(usize, usize),
}

/// Rows of accumulators, the array they come from, and the result they go to.
pub(crate) trait Rows {
    /// Makes a row long enough; what it held stays only if it was.
    fn fit(&mut self, slot: Slot, len: usize);
    /// `len` times the identity.
    fn blank(&mut self, to: At, len: usize);
    /// `len` times the value of filled padding.
    fn filled(&mut self, to: At, len: usize);
    fn copy(&mut self, to: At, from: At, len: usize);
    /// The rows at `taps` (at most [`TAPS`]) combined, in the one order there is.
    fn combine(&mut self, to: At, len: usize, taps: &[At]);
    /// `to = to . from`.
    fn append(&mut self, to: At, from: At, len: usize);
    /// `sum = sum . from`, carrying what rounding `took`; `to` is both together. Whether sums are carried at all is
    /// [`Traits::carries`].
    fn carry(&mut self, to: At, sum: At, took: At, from: At, len: usize);
    /// See [`rows::suffixes`].
    fn suffixes(&mut self, slot: Slot, range: (usize, usize), pitch: (usize, usize));
    /// See [`forward`].
    fn forward(&mut self, to: At, len: usize, own: At, next: At, width: usize);
    /// See [`backward`].
    fn backward(&mut self, cells: At, len: usize, width: usize);
    /// Takes the elements behind an index for the present row.
    fn enter(&mut self, index: &[usize]);
    /// Whether `len` elements of the present row from `first` on stand at [`ELEMENTS`]; asks for those `ahead` in time.
    fn ready(&mut self, first: usize, len: usize, ahead: isize) -> bool;
    /// Lifts cells of `inner` elements, `step` cells apart, from the present row.
    fn lift(&mut self, to: At, len: usize, from: Strided, ahead: isize);
    /// Lifts single cells of `inner` elements; what is none is nothing or filled padding.
    fn border(&mut self, to: At, len: usize, cells: &[Cell], inner: usize);
    /// Takes the number of elements of each window for [`Number::Each`].
    fn count(&mut self, counts: &[usize]);
    /// The results from place `at` on: the rows at `taps` combined and lowered.
    fn lower(&mut self, at: usize, len: usize, taps: &[At], count: Number);
    /// Reduces all axes box by box: windows `run` of the first one behind an index, to the results from `at` on.
    fn boxes(&mut self, index: &[usize], run: &Run, at: usize, len: usize);
}

/// Cells of a row: the first one, how many elements each has, how far apart they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strided {
    pub(crate) first: usize,
    pub(crate) inner: usize,
    pub(crate) step: usize,
}

/// What the walk knows of an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    /// Bytes of an accumulator.
    pub(crate) bytes: usize,
    pub(crate) small: bool,
    pub(crate) idempotent: bool,
    pub(crate) exact: bool,
    pub(crate) counted: bool,
    pub(crate) carries: bool,
    pub(crate) pairwise: bool,
}

impl Traits {
    pub(crate) fn of<T, R: Reduction<T>>() -> Traits {
        Traits {
            bytes: size_of::<R::Acc>().max(1),
            small: small::<R::Acc>(),
            idempotent: R::IDEMPOTENT,
            exact: R::EXACT,
            counted: R::COUNTED,
            carries: R::CARRIES,
            pairwise: R::PAIRWISE,
        }
    }
}

/// The present row of the array.
enum Row<'a, T> {
    Elements(&'a [T]),
    /// Elements that lie anyhow: what is needed of them is gathered.
    Strided(View<'a, T>),
}

/// The rows of one thread.
pub(crate) struct Machine<'a, T, R: Reduction<T>> {
    r: &'a R,
    level: Level,
    view: &'a View<'a, T>,
    fill: Option<T>,
    row: Row<'a, T>,
    slots: Vec<Cells<R::Acc>>,
    gathered: Vec<T>,
    results: Results<'a, T, R>,
    counts: Vec<usize>,
    /// The counts so many times, as the operation takes them.
    made: (usize, Vec<R::Count>),
    lines: &'a [Line],
    held: &'a [Held],
    pool: Option<Pool<'a, R::Op, R::Count>>,
}

impl<'a, T: Copy, R: Reduction<T>> Machine<'a, T, R> {
    /// For a part of the result, which is held until this is dropped (and with it all streamed stores ordered).
    pub(crate) fn new(
        r: &'a R,
        level: Level,
        view: &'a View<'a, T>,
        fill: Option<T>,
        out: &'a mut [R::Out],
        streams: bool,
        (lines, held): (&'a [Line], &'a [Held]),
    ) -> Self {
        Machine {
            r,
            level,
            view,
            fill,
            row: Row::Elements(&[]),
            slots: Vec::new(),
            gathered: Vec::new(),
            results: Results::new(r, level, out, streams),
            counts: Vec::new(),
            made: (usize::MAX, Vec::new()),
            lines,
            held,
            pool: None,
        }
    }

    fn value(&self) -> R::Acc {
        self.fill.map_or_else(|| self.r.identity(), |v| self.r.lift(v))
    }

    fn place(&mut self, to: At, len: usize) -> &mut [R::Acc] {
        &mut self.slots[to.slot][to.at..to.at + len]
    }

    /// A row to write, and what gives the others.
    fn split(&mut self, to: At, len: usize) -> (&mut [R::Acc], Others<'_, T, R>) {
        let (before, rest) = self.slots.split_at_mut(to.slot);
        let Some((own, behind)) = rest.split_first_mut() else { unreachable!("rows are made before they are used") };
        let elements = match self.row {
            Row::Elements(row) => row,
            Row::Strided(_) => &[],
        };
        (&mut own[to.at..to.at + len], Others { r: self.r, elements, before, behind })
    }
}

/// Rows that are read while another one is written.
struct Others<'s, T, R: Reduction<T>> {
    r: &'s R,
    elements: &'s [T],
    before: &'s [Cells<R::Acc>],
    behind: &'s [Cells<R::Acc>],
}

impl<'s, T, R: Reduction<T>> Others<'s, T, R> {
    #[inline]
    fn row(&self, from: At, len: usize) -> &'s [R::Acc] {
        let range = from.at..from.at + len;
        if from.slot == ELEMENTS {
            return match self.r.lifted(&self.elements[range]) {
                Some(row) => row,
                None => unreachable!("elements that need no lifting"),
            };
        }
        match from.slot.checked_sub(self.before.len()) {
            None => &self.before[from.slot][range],
            // The row between is being written.
            Some(k) => &self.behind[k - 1][range],
        }
    }

    fn taps(&self, taps: &[At], len: usize) -> [&'s [R::Acc]; TAPS] {
        core::array::from_fn(|j| taps.get(j).map_or(&[][..], |&tap| self.row(tap, len)))
    }
}

impl<T: Copy, R: Reduction<T>> Rows for Machine<'_, T, R> {
    fn fit(&mut self, slot: Slot, len: usize) {
        if self.slots.len() <= slot {
            self.slots.resize_with(slot + 1, Cells::default);
        }
        self.slots[slot].fit(len, self.r.identity());
    }

    fn blank(&mut self, to: At, len: usize) {
        let nothing = self.r.identity();
        self.place(to, len).fill(nothing);
    }

    fn filled(&mut self, to: At, len: usize) {
        let value = self.value();
        self.place(to, len).fill(value);
    }

    fn copy(&mut self, to: At, from: At, len: usize) {
        let (to, others) = self.split(to, len);
        to.copy_from_slice(others.row(from, len));
    }

    fn combine(&mut self, to: At, len: usize, taps: &[At]) {
        let (level, op) = (self.level, self.r.op());
        let (to, others) = self.split(to, len);
        combine(level, op, to, &others.taps(taps, len)[..taps.len()]);
    }

    fn append(&mut self, to: At, from: At, len: usize) {
        let (level, op) = (self.level, self.r.op());
        let (to, others) = self.split(to, len);
        rows::append(level, op, to, others.row(from, len));
    }

    fn carry(&mut self, to: At, sum: At, took: At, from: At, len: usize) {
        let rows = self.slots.get_disjoint_mut([to.slot, sum.slot, took.slot, from.slot]);
        let Ok([to_row, sum_row, took_row, from_row]) = rows else { unreachable!("four rows") };
        let rows = [
            &mut to_row[to.at..to.at + len],
            &mut sum_row[sum.at..sum.at + len],
            &mut took_row[took.at..took.at + len],
        ];
        rows::carry(self.level, self.r.op(), rows, &from_row[from.at..from.at + len]);
    }

    fn suffixes(&mut self, slot: Slot, range: (usize, usize), pitch: (usize, usize)) {
        rows::suffixes(self.level, self.r.op(), &mut self.slots[slot], range, pitch);
    }

    fn forward(&mut self, to: At, len: usize, own: At, next: At, width: usize) {
        if const { small::<R::Acc>() } {
            let (level, op) = (self.level, self.r.op());
            let (to, others) = self.split(to, len);
            forward(level, op, to, others.row(own, len), others.row(next, len), width);
        }
    }

    fn backward(&mut self, cells: At, len: usize, width: usize) {
        if const { small::<R::Acc>() } {
            let (level, op) = (self.level, self.r.op());
            backward(level, op, self.place(cells, len), width);
        }
    }

    fn enter(&mut self, index: &[usize]) {
        self.row = match self.view.trailing_slice(index) {
            Some(row) => Row::Elements(row),
            None => Row::Strided(self.view.trailing(index)),
        };
    }

    fn ready(&mut self, first: usize, len: usize, ahead: isize) -> bool {
        let Row::Elements(row) = self.row else { return false };
        let Some(cells) = self.r.lifted(&row[first..first + len]) else { return false };
        if ahead != 0 {
            prefetch(cells, ahead);
        }
        true
    }

    fn lift(&mut self, to: At, len: usize, Strided { first, inner, step }: Strided, ahead: isize) {
        let (level, r) = (self.level, self.r);
        let dst = &mut self.slots[to.slot][to.at..to.at + len];
        match &self.row {
            Row::Elements(row) if step == 1 => rows::lift(level, r, dst, &row[first * inner..], ahead),
            Row::Elements(row) if inner == 1 => {
                let row = &row[first..];
                match r.lifted(row) {
                    Some(row) => pick(level, dst, row, step),
                    None => {
                        self.gathered.clear();
                        self.gathered.resize(len, row[0]);
                        pick(level, &mut self.gathered, row, step);
                        rows::lift(level, r, dst, &self.gathered, 0);
                    }
                }
            }
            Row::Elements(row) => {
                for (i, dst) in dst.chunks_exact_mut(inner).enumerate() {
                    let at = (first + i * step) * inner;
                    rows::lift(level, r, dst, &row[at..at + inner], 0);
                }
            }
            Row::Strided(row) => {
                self.gathered.clear();
                match step {
                    _ if inner == 1 && row.shape()[0] == row.len() => {
                        self.gathered.extend(row.along(first, step, len).iter())
                    }
                    1 => row.append_to(first * inner..first * inner + len, &mut self.gathered),
                    _ => (0..len / inner)
                        .map(|i| (first + i * step) * inner)
                        .for_each(|at| row.append_to(at..at + inner, &mut self.gathered)),
                }
                rows::lift(level, r, dst, &self.gathered, 0);
            }
        }
    }

    fn border(&mut self, to: At, len: usize, cells: &[Cell], inner: usize) {
        let (r, level, value) = (self.r, self.level, self.value());
        let dst = &mut self.slots[to.slot][to.at..to.at + len];
        for (cell, dst) in cells.iter().zip(dst.chunks_exact_mut(inner)) {
            match (cell, &self.row) {
                (Cell::Element(e), Row::Elements(row)) if inner == 1 => dst[0] = r.lift(row[*e]),
                (Cell::Element(e), Row::Elements(row)) => rows::lift(level, r, dst, &row[e * inner..][..inner], 0),
                (Cell::Element(e), Row::Strided(row)) => {
                    self.gathered.clear();
                    row.append_to(e * inner..(e + 1) * inner, &mut self.gathered);
                    rows::lift(level, r, dst, &self.gathered, 0);
                }
                (Cell::Pad, _) => dst.fill(value),
                (Cell::Gap, _) => dst.fill(r.identity()),
            }
        }
    }

    fn count(&mut self, counts: &[usize]) {
        self.counts.clear();
        self.counts.extend_from_slice(counts);
        self.made.0 = usize::MAX;
    }

    fn lower(&mut self, at: usize, len: usize, taps: &[At], count: Number) {
        let elements = match self.row {
            Row::Elements(row) => row,
            Row::Strided(_) => &[],
        };
        let others = Others::<T, R> { r: self.r, elements, before: &self.slots, behind: &[] };
        let counts = match count {
            Number::All(n) => Counts::All(self.r.count(n)),
            Number::Each(times, from) => {
                if self.made.0 != times {
                    self.made.0 = times;
                    self.made.1.clear();
                    self.made.1.extend(self.counts.iter().map(|&n| self.r.count(n.saturating_mul(times))));
                }
                Counts::Each(&self.made.1[from..from + len])
            }
        };
        self.results.put(at, len, &others.taps(taps, len)[..taps.len()], &counts);
    }

    fn boxes(&mut self, index: &[usize], run: &Run, at: usize, len: usize) {
        if const { small::<R::Acc>() } {
            // To the end of the array if it can be, as more than a row may be read at a time.
            let Some(box_of) = self.view.trailing_slice(index) else { unreachable!("boxes were found in one piece") };
            let shape = self.view.shape();
            let lead = index.iter().zip(shape).fold(0, |at, (i, n)| at * n + i);
            let src = self.view.trailing_slice(&[]).map_or(box_of, |all| &all[lead * box_of.len()..]);
            let (lines, r, level) = (self.lines, self.r, self.level);
            let blank = Blank { fill: self.value(), nothing: r.identity() };
            let pool = self.pool.get_or_insert_with(|| Pool::new(lines, r.op(), level, blank));
            let held = R::COUNTED.then_some(self.held);
            pool.reduce(&mut Boxed { r, level, src, results: &mut self.results }, run, (at, len), &held);
        }
    }
}

/// The two ends of boxes.
struct Boxed<'s, 'a, T, R: Reduction<T>> {
    r: &'a R,
    level: Level,
    src: &'s [T],
    results: &'s mut Results<'a, T, R>,
}

impl<T: Copy, R: Reduction<T>> Ends<R::Acc, R::Count> for Boxed<'_, '_, T, R> {
    fn cells(&self) -> Option<&[R::Acc]> {
        self.r.lifted(self.src)
    }

    fn lift(&self, from: usize, to: &mut [R::Acc]) {
        rows::lift(self.level, self.r, to, &self.src[from..], AHEAD / size_of::<T>().max(1) as isize);
    }

    fn count(&self, n: usize) -> R::Count {
        self.r.count(n)
    }

    fn put(&mut self, at: usize, len: usize, rows: &[&[R::Acc]], counts: &Counts<'_, R::Count>) {
        self.results.put(at, len, rows, counts);
    }
}

/// How many bytes ahead of the elements that boxes read memory is asked for.
const AHEAD: isize = 8 * 1024;

/// The index of the plain axes with this number.
pub(crate) fn unravel(number: usize, axes: impl DoubleEndedIterator<Item = usize>, shape: &[usize], index: &mut Dims) {
    let mut rest = number;
    for a in axes.rev() {
        index[a] = rest % shape[a];
        rest /= shape[a];
    }
}
