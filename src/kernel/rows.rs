//! Element-wise loops over rows of accumulators: lift, combine, lower. They know no shapes.
//!
//! Every loop is generic over a [`Reduction`] and compiled once per [`Level`]; all slices of a call have the length
//! of the first one, and a longer one is cut.

use super::level::{Kernel, Level, Writer, in_lanes};
use super::moved::{all_bits, bits_mut, moved_size};
use super::pairwise::{Along, Batch};
use super::stream::prefetch;
use super::stretches::Stretches;

/// Elements of a chunk, wherever loops go by chunks: some registers of any level. (Loops over arrays of fewer are unrolled
/// before they are vectorised, and then are not.)
pub(crate) const CHUNK: usize = 64;

/// How accumulators are combined: all that most loops know of a reduction. Reductions that combine alike share those loops,
/// whatever they lift and lower.
pub(crate) trait Op: Copy + Sync {
    /// What is accumulated.
    type Acc: Copy + Send + Sync;
    /// Whether small windows, as pooling layers have them, are worth loops of their own.
    const BOXED: bool = false;
    /// Whether rows of small boxes are reduced at all, or only read.
    const STRAIGHT: bool = Self::BOXED;
    /// Whether any two values may be combined, also such as no window has together: it neither panics nor takes long.
    const TOTAL: bool = false;
    /// Whether there is a loop for the windows of a batch of rows, see [`batch`](Self::batch).
    const BATCHED: bool = false;
    fn combine(&self, a: Self::Acc, b: Self::Acc) -> Self::Acc;
    /// See [`pairwise`](super::pairwise::pairwise): sums of floats have it.
    fn batch(&self, _level: Level, _rows: &mut [Self::Acc], _delays: &mut [Self::Acc], _batch: Batch) {}
    /// See [`pairwise_along`](super::pairwise::pairwise_along), likewise.
    fn batch_along(
        &self,
        _: Level,
        _to: &mut [Self::Acc],
        _from: &[Self::Acc],
        _delays: &mut [Self::Acc],
        _: &mut Along,
    ) {
    }
}

/// What becomes of an element before it is combined.
pub(crate) trait Lifting<T>: Copy + Sync {
    /// What is accumulated.
    type Acc: Copy + Send + Sync;
    /// Whether short windows are worth loops of their own that lift and combine at once.
    const FUSED: bool = false;
    /// Whether accumulators know where their elements lie: those are lifted by what [`behind`](Self::behind) and
    /// [`along`](Self::along) make, never by [`lift`](Self::lift).
    const PLACED: bool = false;
    fn lift(&self, x: T) -> Self::Acc;
    /// The `k`-th of some elements that follow each other.
    #[inline(always)]
    fn lift_at(&self, x: T, _k: usize) -> Self::Acc {
        self.lift(x)
    }
    /// This, for the elements behind places on the axes before theirs.
    #[inline(always)]
    fn behind(self, _places: &[usize]) -> Self {
        self
    }
    /// This, for elements from a place on their own axis on, so many places apart.
    #[inline(always)]
    fn along(self, _first: usize, _step: usize) -> Self {
        self
    }
    /// All elements lifted, if that is what they are already.
    #[inline(always)]
    fn lifted<'a>(&self, _elements: &'a [T]) -> Option<&'a [Self::Acc]> {
        None
    }
}

/// A reduction as the loops see it: lift an element, combine two accumulators, lower the last one. Each of the three is
/// compiled for itself.
pub(crate) trait Reduction<T>: Sync {
    /// What is accumulated.
    type Acc: Copy + Send + Sync;
    /// How elements are lifted.
    type Lift: Lifting<T, Acc = Self::Acc>;
    /// How they are combined.
    type Op: Op<Acc = Self::Acc>;
    /// What comes out.
    type Out: Copy + Default + Send + Sync + 'static;
    /// The number of elements of a window, as `lower` wants it.
    type Count: Copy + Send + Sync;
    /// Whether `combine(a, a)` is `a`, so that a window may be covered by overlapping halves.
    const IDEMPOTENT: bool;
    /// Whether `combine` never rounds, so that cells may be bracketed as it suits.
    const EXACT: bool;
    /// Whether `lower` looks at the count at all.
    const COUNTED: bool;
    /// Whether rounding must not add up along a scan, so that windows are never scanned.
    const PAIRWISE: bool = false;
    fn lifting(&self) -> Self::Lift;
    fn op(&self) -> Self::Op;
    fn identity(&self) -> Self::Acc;
    fn count(&self, n: usize) -> Self::Count;
    fn lower(&self, a: Self::Acc, n: Self::Count) -> Self::Out;
    /// Takes notice of results that were lowered, as soon as they are there.
    #[inline(always)]
    fn seen(&self, _results: &[Self::Out]) {}
    /// Where results are accumulators as they are: those.
    #[inline(always)]
    fn unlowered<'a>(&self, _out: &'a mut [Self::Out]) -> Option<&'a mut [Self::Acc]> {
        None
    }
    /// `out[i] = lower(values[i], n)`; `FUSED` says that a fused multiply-add is one instruction.
    #[inline(always)]
    fn lower_all<const FUSED: bool>(&self, values: &[Self::Acc], n: Self::Count, out: &mut [Self::Out]) {
        for (out, &value) in out.iter_mut().zip(values) {
            *out = self.lower(value, n);
        }
    }
}

/// Whether values are so small that chunks of them may stand on a stack.
pub(crate) const fn small<A>() -> bool {
    size_of::<A>() <= 128
}

/// How many elements the windows of a row hold.
pub(crate) enum Counts<'a, C> {
    All(C),
    Each(&'a [C]),
}

impl<C: Copy> Counts<'_, C> {
    /// Those of some cells.
    pub(crate) fn cut(&self, cells: core::ops::Range<usize>) -> Counts<'_, C> {
        match self {
            Counts::All(n) => Counts::All(*n),
            Counts::Each(counts) => Counts::Each(&counts[cells]),
        }
    }
}

/// The most rows that are combined in registers, without storing anything between.
pub(crate) const TAPS: usize = 8;

/// `dst[k] = lift(src[k * step])`; the elements `ahead` of those read are asked for in time, unless it is 0.
pub(crate) fn lift<T: Copy, L: Lifting<T>>(
    level: Level,
    lifting: L,
    dst: &mut [L::Acc],
    src: &[T],
    step: usize,
    ahead: isize,
) {
    match step {
        1 => level.write(dst, Lift { lifting, src, ahead }),
        2 => level.write(dst, LiftEvery::<T, L, 2> { lifting, src }),
        3 => level.write(dst, LiftEvery::<T, L, 3> { lifting, src }),
        _ => {
            for (k, (d, s)) in dst.iter_mut().zip(src.iter().step_by(step)).enumerate() {
                *d = lifting.lift_at(*s, k);
            }
        }
    }
}

/// `dst[k] = src[k * step]`, by the same loops for all types of one size; as [`lift`] otherwise.
#[allow(unsafe_code)] // cells seen as bits of their size
pub(crate) fn copy<A: Copy + Send + Sync>(level: Level, dst: &mut [A], src: &[A], step: usize, ahead: isize) {
    macro_rules! by_size {
        ($($size:literal $number:ty,)*) => { match const { moved_size::<A>() } {
            // SAFETY: what is written are cells of the source.
            $($size => lift(level, AsTheyAre, unsafe { bits_mut(dst) }, all_bits::<A, $number>(src), step, ahead),)*
            _ => lift(level, AsTheyAre, dst, src, step, ahead),
        } };
    }
    by_size!(1 u8, 2 u16, 4 u32, 8 u64,)
}

struct Lift<'a, T, L> {
    lifting: L,
    src: &'a [T],
    ahead: isize,
}

impl<T: Copy, L: Lifting<T>> Writer<L::Acc> for Lift<'_, T, L> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [L::Acc]) {
        let mut stretches = Stretches::of::<L::Acc>(to.len());
        while let Some((from, end)) = stretches.next() {
            let (to, src) = (&mut to[from..end], &self.src[from..end]);
            // In pieces, so that what is asked for comes while others are lifted. (Of a length that the compiler does not know:
            // loops over arrays are unrolled first, and then not vectorised if elements and accumulators differ in size.)
            let piece = if self.ahead != 0 { 4 * CHUNK } else { to.len().max(1) };
            for (number, (dst, src)) in to.chunks_mut(piece).zip(src.chunks(piece)).enumerate() {
                if self.ahead != 0 {
                    prefetch(src, self.ahead);
                }
                let first = from + number * piece;
                for (k, (d, s)) in dst.iter_mut().zip(src).enumerate() {
                    *d = self.lifting.lift_at(*s, first + k);
                }
            }
        }
    }
}

struct LiftEvery<'a, T, L, const S: usize> {
    lifting: L,
    src: &'a [T],
}

impl<T: Copy, L: Lifting<T>, const S: usize> Writer<L::Acc> for LiftEvery<'_, T, L, S> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [L::Acc]) {
        let (steps, rest) = self.src.as_chunks::<S>();
        let whole = steps.len().min(to.len());
        let mut stretches = Stretches::of::<L::Acc>(whole);
        while let Some((from, end)) = stretches.next() {
            let (to, steps) = (&mut to[from..end], &steps[from..end]);
            for k in 0..end - from {
                to[k] = self.lifting.lift_at(steps[k][0], from + k);
            }
        }
        // The last step may be a part of one, at the end of the array.
        if let (Some(to), Some(from)) = (to.get_mut(whole), rest.first()) {
            *to = self.lifting.lift_at(*from, whole);
        }
    }
}

/// Elements that are accumulators as they are.
#[derive(Clone, Copy)]
pub(crate) struct AsTheyAre;

impl<A: Copy + Send + Sync> Lifting<A> for AsTheyAre {
    type Acc = A;
    #[inline(always)]
    fn lift(&self, x: A) -> A {
        x
    }
}

/// `dst[k] = combine(dst[k], b[k])`.
pub(crate) fn append<O: Op>(level: Level, op: O, dst: &mut [O::Acc], b: &[O::Acc]) {
    level.write(dst, Append { op, b });
}

struct Append<'a, O: Op> {
    op: O,
    b: &'a [O::Acc],
}

impl<O: Op> Writer<O::Acc> for Append<'_, O> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [O::Acc]) {
        for (d, b) in to.iter_mut().zip(self.b) {
            *d = self.op.combine(*d, *b);
        }
    }
}

/// Combinations from behind, for windows that are scanned in groups: `rows[k] = combine(rows[k], rows[k + 1])` for `k` from
/// the last but one down to `first`, rows of `len` standing `pitch` apart.
pub(crate) fn suffixes<O: Op>(
    level: Level,
    op: O,
    rows: &mut [O::Acc],
    (first, count): (usize, usize),
    (pitch, len): (usize, usize),
) {
    level.run(Suffixes { op, rows, first, count, pitch, len });
}

struct Suffixes<'a, O: Op> {
    op: O,
    rows: &'a mut [O::Acc],
    first: usize,
    count: usize,
    pitch: usize,
    len: usize,
}

impl<O: Op> Kernel for Suffixes<'_, O> {
    type Out = ();
    const LANES: bool = in_lanes::<O::Acc>();
    #[inline(always)]
    fn run(mut self) {
        let len = self.len;
        let mut whole = 0;
        if const { in_lanes::<O::Acc>() } {
            while whole + CHUNK <= len {
                self.columns::<CHUNK>(whole);
                whole += CHUNK;
            }
        } else if const { small::<O::Acc>() } {
            while whole + TAPS <= len {
                self.columns::<TAPS>(whole);
                whole += TAPS;
            }
        }
        for at in whole..len {
            self.columns::<1>(at);
        }
    }
}

impl<O: Op> Suffixes<'_, O> {
    /// `L` columns, from the last row to the first: what is combined stays in registers.
    #[inline(always)]
    fn columns<const L: usize>(&mut self, at: usize) {
        let (op, first, count, pitch) = (self.op, self.first, self.count, self.pitch);
        let Some(&(mut sum)) = self.rows[(count - 1) * pitch + at..].first_chunk::<L>() else {
            unreachable!("rows are longer")
        };
        for k in (first..count - 1).rev() {
            let Some(row) = self.rows[k * pitch + at..].first_chunk_mut::<L>() else { unreachable!("rows are longer") };
            for i in 0..L {
                sum[i] = op.combine(row[i], sum[i]);
                row[i] = sum[i];
            }
        }
    }
}

/// Places [`tree`] in a stack of its own: for values too large for the machine's.
#[inline(never)]
pub(crate) fn tree_of_large<A: Copy>(
    f: &impl Fn(A, A) -> A,
    x: &impl Fn(usize) -> A,
    n: usize,
    stack: &mut alloc::vec::Vec<A>,
) {
    stack.clear();
    let mut first = 0;
    for digit in (0..usize::BITS).filter(|d| n >> d & 1 == 1) {
        for j in 0..1usize << digit {
            stack.push(x(first + j));
            (0..(j + 1).trailing_zeros().min(digit)).for_each(|_| join(f, stack));
        }
        if first > 0 {
            join(f, stack);
        }
        first += 1 << digit;
    }
}

fn join<A: Copy>(f: &impl Fn(A, A) -> A, stack: &mut alloc::vec::Vec<A>) {
    if let (Some(b), Some(a)) = (stack.pop(), stack.last_mut()) {
        *a = f(*a, b);
    }
}

/// The one order in which the `n <= TAPS` cells of a window are combined: the binary digits of `n`, the smallest
/// first, each digit a balanced tree. See `ops/reduce/doubling.rs`, which combines longer windows in the same order.
#[inline(always)]
pub(crate) fn tree<A: Copy>(f: impl Fn(A, A) -> A, x: impl Fn(usize) -> A, n: usize) -> A {
    let two = |j| f(x(j), x(j + 1));
    let four = |j| f(two(j), two(j + 2));
    match n {
        1 => x(0),
        2 => two(0),
        3 => f(x(0), two(1)),
        4 => four(0),
        5 => f(x(0), four(1)),
        6 => f(two(0), four(2)),
        7 => f(f(x(0), two(1)), four(3)),
        _ => f(four(0), four(4)),
    }
}
