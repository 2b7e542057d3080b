//! Rows put in order against each other, element by element: small sorting networks, without a branch.
//!
//! A program is a list of steps. Each reads some rows of [`row`] elements, wherever they begin, and writes rows of its own, so that
//! what reads and what is written never overlap and every loop has a constant length.

use super::level::{Kernel, Level, Writer};
use alloc::vec::Vec;

/// Bytes of a row: few enough that the rows of a program stay in a first-level cache, many enough that a step is mostly its loop.
const ROW_BYTES: usize = 512;

/// Elements of a row.
pub(crate) const fn row<K>() -> usize {
    if size_of::<K>() < 8 { ROW_BYTES / size_of::<K>() } else { ROW_BYTES / 8 }
}

/// What a step makes of the rows it reads, in the order in which they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The smaller and the larger of two.
    Sort2,
    Sort3,
    Sort4,
    Sort5,
    /// Two and two, each in order, as four in order.
    Merge2,
    Merge3,
    Merge5,
    /// The smaller of two.
    Least,
    /// The larger of two.
    Most,
    /// The smallest of the first one and the larger one of each pair behind it.
    Within1,
    Within3,
    Within5,
    /// Of six rows, the medians of 3 x 3 cells of four times three rows; reads two elements more of each.
    Medians,
}

impl Kind {
    /// How many rows are read, and how many written.
    #[inline]
    pub(crate) const fn rows(self) -> (usize, usize) {
        match self {
            Kind::Sort2 => (2, 2),
            Kind::Sort3 => (3, 3),
            Kind::Sort4 => (4, 4),
            Kind::Sort5 => (5, 5),
            Kind::Merge2 => (4, 4),
            Kind::Merge3 => (6, 6),
            Kind::Merge5 => (10, 10),
            Kind::Least | Kind::Most => (2, 1),
            Kind::Within1 => (3, 1),
            Kind::Within3 => (7, 1),
            Kind::Within5 => (11, 1),
            Kind::Medians => (6, 4),
        }
    }
}

/// One of the rows a step reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// An input, from so many elements behind its first one on.
    Input(usize, usize),
    /// What was written to a row of the scratch, from so many elements on, where that runs into the next row.
    Row(usize, usize),
}

/// One step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) kind: Kind,
    /// The number of the first of the rows it reads.
    pub(crate) from: usize,
    /// The first of the rows of the scratch it writes.
    pub(crate) to: usize,
}

/// Steps, the rows they read, and how many rows the scratch has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steps {
    pub(crate) steps: Vec<Step>,
    pub(crate) from: Vec<From>,
    pub(crate) rows: usize,
}

impl Steps {
    /// Runs every step.
    pub(crate) fn run<K: Copy + Ord>(&self, level: Level, inputs: &[&[K]], scratch: &mut [K]) {
        if const { size_of::<K>() == 1 } {
            self.run_rows::<K, 512>(level, inputs, scratch);
        } else if const { size_of::<K>() == 2 } {
            self.run_rows::<K, 256>(level, inputs, scratch);
        } else if const { size_of::<K>() == 4 } {
            self.run_rows::<K, 128>(level, inputs, scratch);
        } else {
            self.run_rows::<K, 64>(level, inputs, scratch);
        }
    }

    fn run_rows<K: Copy + Ord, const W: usize>(&self, level: Level, inputs: &[&[K]], scratch: &mut [K]) {
        debug_assert_eq!(W, row::<K>());
        for step in &self.steps {
            let from = &self.from[step.from..];
            let rows = Rows::<K, W>::new(inputs, scratch, step);
            match step.kind {
                Kind::Sort2 => rows.step(level, from, Sort2),
                Kind::Sort3 => rows.step(level, from, Sort3),
                Kind::Sort4 => rows.step(level, from, Sort4),
                Kind::Sort5 => rows.step(level, from, Sort5),
                Kind::Merge2 => rows.step(level, from, Merge2),
                Kind::Merge3 => rows.step(level, from, Merge3),
                Kind::Merge5 => rows.step(level, from, Merge5),
                Kind::Least => rows.step(level, from, Least),
                Kind::Most => rows.step(level, from, Most),
                Kind::Within1 => rows.step(level, from, Within::<1>),
                Kind::Within3 => rows.step(level, from, Within::<3>),
                Kind::Within5 => rows.step(level, from, Within::<5>),
                Kind::Medians => rows.medians(level, from),
            }
        }
    }
}

/// What a step reads, and what it writes.
struct Rows<'s, K, const W: usize> {
    inputs: &'s [&'s [K]],
    before: &'s [K],
    to: &'s mut [K],
    behind: &'s [K],
}

impl<'s, K: Copy + Ord, const W: usize> Rows<'s, K, W> {
    fn new(inputs: &'s [&'s [K]], scratch: &'s mut [K], step: &Step) -> Self {
        let (before, rest) = scratch.split_at_mut(step.to * W);
        let (to, behind) = rest.split_at_mut(step.kind.rows().1 * W);
        Rows { inputs, before, to, behind }
    }

    /// What is read from some place on.
    #[inline(always)]
    fn find(&self, from: From) -> &'s [K] {
        match from {
            From::Input(input, shift) => &self.inputs[input][shift..],
            From::Row(row, shift) if row * W < self.before.len() => &self.before[row * W + shift..],
            From::Row(row, shift) => &self.behind[row * W + shift - self.before.len() - self.to.len()..],
        }
    }

    #[inline(always)]
    fn step<const IN: usize, const OUT: usize>(self, level: Level, from: &[From], network: impl Network<IN, OUT>) {
        let mut rows = [whole(self.inputs[0]); IN];
        for (row, &from) in rows.iter_mut().zip(&from[..IN]) {
            *row = whole(self.find(from));
        }
        level.write(self.to, Along::<_, K, W, IN, OUT> { network, rows });
    }

    fn medians(self, level: Level, from: &[From]) {
        let rows = core::array::from_fn(|r| self.find(from[r]));
        level.write(self.to, Medians::<K, W> { rows });
    }
}

#[inline(always)]
fn whole<K, const W: usize>(elements: &[K]) -> &[K; W] {
    let Some(row) = elements.first_chunk() else { unreachable!("rows lie inside of what is read") };
    row
}

/// Makes a key of every element, and gives the highest one.
pub(crate) fn keys<T: Copy, K: Copy + Ord>(
    level: Level,
    from: &[T],
    lowest: K,
    key: impl Fn(T) -> K,
    to: &mut [K],
) -> K {
    level.run(Keys { from, lowest, key, to })
}

struct Keys<'s, T, K, F> {
    from: &'s [T],
    lowest: K,
    key: F,
    to: &'s mut [K],
}

impl<T: Copy, K: Copy + Ord, F: Fn(T) -> K> Kernel for Keys<'_, T, K, F> {
    type Out = K;

    #[inline(always)]
    fn run(self) -> K {
        let mut highest = self.lowest;
        for (to, &x) in self.to.iter_mut().zip(self.from) {
            *to = (self.key)(x);
            highest = highest.max(*to);
        }
        highest
    }
}

/// Makes a result of every two keys.
pub(crate) fn results<K: Copy, R>(level: Level, from: [&[K]; 2], make: impl Fn(K, K) -> R, to: &mut [R]) {
    level.write(to, Results { from, make });
}

struct Results<'s, K, F> {
    from: [&'s [K]; 2],
    make: F,
}

impl<K: Copy, R, F: Fn(K, K) -> R> Writer<R> for Results<'_, K, F> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [R]) {
        let [low, high] = self.from;
        for (to, (&low, &high)) in to.iter_mut().zip(low.iter().zip(high)) {
            *to = (self.make)(low, high);
        }
    }
}

/// A network on so many elements that gives so many of them.
trait Network<const IN: usize, const OUT: usize>: Copy {
    fn apply<K: Copy + Ord>(self, v: [K; IN]) -> [K; OUT];
}

/// A network along rows.
struct Along<'s, N, K, const W: usize, const IN: usize, const OUT: usize> {
    network: N,
    rows: [&'s [K; W]; IN],
}

impl<N: Network<IN, OUT>, K: Copy + Ord, const W: usize, const IN: usize, const OUT: usize> Writer<K>
    for Along<'_, N, K, W, IN, OUT>
{
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [K]) {
        let Some(to) = to.as_chunks_mut::<W>().0.first_chunk_mut::<OUT>() else { return };
        for i in 0..W {
            let out = self.network.apply(core::array::from_fn(|r| self.rows[r][i]));
            for r in 0..OUT {
                to[r][i] = out[r];
            }
        }
    }
}

/// Networks of exchanges, each of which leaves the smaller element at its first place.
macro_rules! exchanges {
    ($($name:ident $n:literal: $($a:literal $b:literal),*;)*) => { $(
        #[derive(Clone, Copy)]
        struct $name;
        impl Network<$n, $n> for $name {
            #[inline(always)]
            fn apply<K: Copy + Ord>(self, mut v: [K; $n]) -> [K; $n] {
                $( (v[$a], v[$b]) = (v[$a].min(v[$b]), v[$a].max(v[$b])); )*
                v
            }
        }
    )* };
}

exchanges! {
    Sort2 2: 0 1;
    Sort3 3: 0 2, 0 1, 1 2;
    Sort4 4: 0 2, 1 3, 0 1, 2 3, 1 2;
    Sort5 5: 0 3, 1 4, 0 2, 1 3, 0 1, 2 4, 1 2, 3 4, 2 3;
    Merge2 4: 0 2, 1 3, 1 2;
    Merge3 6: 0 3, 2 5, 2 3, 1 4, 1 2, 3 4;
    Merge5 10: 0 5, 4 9, 4 5, 2 7, 2 4, 5 7, 1 6, 3 8, 3 6, 1 2, 3 4, 5 6, 7 8;
}

#[derive(Clone, Copy)]
struct Least;

impl Network<2, 1> for Least {
    #[inline(always)]
    fn apply<K: Copy + Ord>(self, [a, b]: [K; 2]) -> [K; 1] {
        [a.min(b)]
    }
}

#[derive(Clone, Copy)]
struct Most;

impl Network<2, 1> for Most {
    #[inline(always)]
    fn apply<K: Copy + Ord>(self, [a, b]: [K; 2]) -> [K; 1] {
        [a.max(b)]
    }
}

#[derive(Clone, Copy)]
struct Within<const PAIRS: usize>;

macro_rules! within {
    ($($pairs:literal $n:literal)*) => { $(
        impl Network<$n, 1> for Within<$pairs> {
            #[inline(always)]
            fn apply<K: Copy + Ord>(self, v: [K; $n]) -> [K; 1] {
                [(0..$pairs).fold(v[0], |least, p| least.min(v[2 * p + 1].max(v[2 * p + 2])))]
            }
        }
    )* };
}

within! { 1 3 3 7 5 11 }

/// [`Kind::Medians`]: three cells side by side are put in order once for all windows that hold them, and what the two rows in the
/// middle of four have in common once for both windows.
struct Medians<'s, K, const W: usize> {
    rows: [&'s [K]; 6],
}

impl<K: Copy + Ord, const W: usize> Writer<K> for Medians<'_, K, W> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [K]) {
        let Some(to) = to.as_chunks_mut::<W>().0.first_chunk_mut::<4>() else { return };
        let cells: [[&[K; W]; 3]; 6] = self.rows.map(|row| [whole(row), whole(&row[1..]), whole(&row[2..])]);
        let [a, b, c, d, e, f] = cells;
        for i in 0..W {
            // (Lists of values are not arrays here: those of bytes would be put together as words.)
            let list = |cells: [&[K; W]; 3]| ordered(cells[0][i], cells[1][i], cells[2][i]);
            let (c, d) = (list(c), list(d));
            (to[0][i], to[1][i]) = middles(list(a), list(b), c, d);
            (to[2][i], to[3][i]) = middles(c, d, list(e), list(f));
        }
    }
}

/// Three in order.
#[inline(always)]
fn ordered<K: Copy + Ord>(a: K, b: K, c: K) -> (K, K, K) {
    let (a, c) = (a.min(c), a.max(c));
    let (a, b) = (a.min(b), a.max(b));
    (a, b.min(c), b.max(c))
}

/// The medians of the first three and of the last three of four lists of three, each in order: the middle one of the largest of the
/// small, the middle of the middle and the smallest of the large elements.
#[inline(always)]
fn middles<K: Copy + Ord>(first: (K, K, K), a: (K, K, K), b: (K, K, K), last: (K, K, K)) -> (K, K) {
    let (low, high) = (a.0.max(b.0), a.2.min(b.2));
    let (less, more) = (a.1.min(b.1), a.1.max(b.1));
    let middle = |(x, y, z): (K, K, K)| {
        let (x, y, z) = (x.max(low), y.min(more).max(less), z.min(high));
        x.min(y).max(x.max(y).min(z))
    };
    (middle(first), middle(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind; 12] = [
        Kind::Sort2,
        Kind::Sort3,
        Kind::Sort4,
        Kind::Sort5,
        Kind::Merge2,
        Kind::Merge3,
        Kind::Merge5,
        Kind::Least,
        Kind::Most,
        Kind::Within1,
        Kind::Within3,
        Kind::Within5,
    ];

    /// What a step makes of zeros and ones: a network that orders those orders everything.
    fn wanted(kind: Kind, v: &[u8]) -> Option<Vec<u8>> {
        let mut list = v.to_vec();
        list.sort_unstable();
        let halves = v.split_at(v.len() / 2);
        match kind {
            Kind::Sort2 | Kind::Sort3 | Kind::Sort4 | Kind::Sort5 => Some(list),
            Kind::Merge2 | Kind::Merge3 | Kind::Merge5 => {
                (halves.0.is_sorted() && halves.1.is_sorted()).then_some(list)
            }
            Kind::Least => Some(list[..1].to_vec()),
            Kind::Most => Some(list[1..].to_vec()),
            _ => Some(alloc::vec![v[1..].chunks(2).map(|pair| pair[0] | pair[1]).fold(v[0], u8::min)]),
        }
    }

    fn every_input<K: Copy + Ord + core::fmt::Debug + core::convert::From<bool>>() {
        let w = row::<K>();
        for (kind, level) in KINDS.iter().flat_map(|&kind| Level::all().map(move |level| (kind, level))) {
            let (reads, writes) = kind.rows();
            for first in (0..1 << reads).step_by(w) {
                let bit = |r: usize, i: usize| (first + i) >> r & 1 == 1;
                // Half of what is read comes from the input, half from the scratch, around what is written.
                let shift = 3;
                let cells: Vec<K> = (0..reads * (w + shift))
                    .map(|k| K::from(bit(k / (w + shift), (k % (w + shift)).wrapping_sub(shift) & 0xffff)))
                    .collect();
                let inputs: Vec<&[K]> = cells.chunks(w + shift).collect();
                let to = 2;
                let place = |r: usize| if r < to { r } else { r + writes };
                let mut scratch: Vec<K> = alloc::vec![K::from(false); (reads + writes) * w];
                (0..reads).for_each(|r| (0..w).for_each(|i| scratch[place(r) * w + i] = K::from(bit(r, i))));
                let from = |r: usize| if r.is_multiple_of(2) { From::Input(r, shift) } else { From::Row(place(r), 0) };
                let steps = Steps {
                    steps: alloc::vec![Step { kind, from: 0, to }],
                    from: (0..reads).map(from).collect(),
                    rows: reads + writes,
                };
                steps.run(level, &inputs, &mut scratch);
                for i in 0..w {
                    let v: Vec<u8> = (0..reads).map(|r| bit(r, i).into()).collect();
                    let Some(want) = wanted(kind, &v) else { continue };
                    for (r, &b) in want.iter().enumerate() {
                        assert_eq!(scratch[(to + r) * w + i], K::from(b == 1), "{kind:?} {level:?} {v:?}");
                    }
                }
            }
        }
    }

    fn every_median<K: Copy + Ord + core::fmt::Debug + core::convert::From<bool>>() {
        let w = row::<K>();
        let steps = Steps {
            steps: alloc::vec![Step { kind: Kind::Medians, from: 0, to: 1 }],
            from: (0..6).map(|r| From::Input(r, 1)).collect(),
            rows: 5,
        };
        for level in Level::all() {
            for first in (0..1usize << 18).step_by(w / 3) {
                // Every third window holds the bits of a number, the next one those of the next.
                let bit = |r: usize, i: usize| (first + i / 3) >> (3 * r + i % 3) & 1;
                let cells: Vec<K> =
                    (0..6 * (w + 3)).map(|k| K::from(bit(k / (w + 3), (k % (w + 3)).saturating_sub(1)) == 1)).collect();
                let inputs: Vec<&[K]> = cells.chunks(w + 3).collect();
                let mut scratch = alloc::vec![K::from(false); steps.rows * w];
                steps.run(level, &inputs, &mut scratch);
                for (number, i) in (0..4).flat_map(|number| (0..w).map(move |i| (number, i))) {
                    let ones: usize = (number..number + 3).map(|r| (i..i + 3).map(|i| bit(r, i)).sum::<usize>()).sum();
                    assert_eq!(scratch[(1 + number) * w + i], K::from(ones > 4), "{level:?} {first} {number} {i}");
                }
            }
        }
    }

    #[test]
    fn medians_are_those_of_zeros_and_ones() {
        every_median::<u8>();
        every_median::<i32>();
    }

    #[test]
    fn steps_order_zeros_and_ones() {
        every_input::<u8>();
        every_input::<u16>();
        every_input::<i16>();
        every_input::<i32>();
        every_input::<i64>();
    }
}
