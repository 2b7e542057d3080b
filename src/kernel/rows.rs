//! Element-wise loops over rows of accumulators: lift, combine, lower. They know no shapes.
//!
//! Every loop is generic over a [`Reduction`] and compiled once per [`Level`]; all slices of a call have the length
//! of the first one, and a longer one is cut.

use super::level::{Kernel, Level};

/// A reduction as the loops see it: lift an element, combine two accumulators, lower the last one.
pub(crate) trait Reduction<T>: Sync {
    /// What is accumulated.
    type Acc: Copy + Send + Sync;
    /// What comes out.
    type Out: Copy + Send + Sync;
    /// The number of elements of a window, as `lower` wants it.
    type Count: Copy + Send + Sync;
    /// Whether `combine(a, a)` is `a`, so that a window may be covered by overlapping halves.
    const IDEMPOTENT: bool;
    /// Whether `combine` never rounds, so that cells may be bracketed as it suits.
    const EXACT: bool;
    /// Whether `lower` looks at the count at all.
    const COUNTED: bool;
    fn identity(&self) -> Self::Acc;
    fn lift(&self, x: T) -> Self::Acc;
    fn combine(&self, a: Self::Acc, b: Self::Acc) -> Self::Acc;
    fn count(&self, n: usize) -> Self::Count;
    fn lower(&self, a: Self::Acc, n: Self::Count) -> Self::Out;
    /// Whether [`stream`](Self::stream) does more than copy.
    const STREAMS: bool = false;
    /// Copies results to memory that will not be read soon.
    fn stream(to: &mut [Self::Out], from: &[Self::Out]) {
        to.copy_from_slice(from);
    }
}

/// How many elements the windows of a row hold.
pub(crate) enum Counts<'a, C> {
    All(C),
    Each(&'a [C]),
}

/// The rows whose combination is a result: at most [`TAPS`] of them.
pub(crate) enum Last<'a, A> {
    One(&'a [A]),
    Two(&'a [A], &'a [A]),
    Taps(&'a [&'a [A]]),
}

/// The most rows that are combined in registers, without storing anything between.
pub(crate) const TAPS: usize = 8;

/// `dst[k] = lift(src[k * step])`.
pub(crate) fn lift<T: Copy, R: Reduction<T>>(level: Level, r: &R, dst: &mut [R::Acc], src: &[T], step: usize) {
    match step {
        1 => level.run(Lift::<T, R, 1> { r, dst, src }),
        2 => level.run(Lift::<T, R, 2> { r, dst, src }),
        3 => level.run(Lift::<T, R, 3> { r, dst, src }),
        4 => level.run(Lift::<T, R, 4> { r, dst, src }),
        _ => {
            for (d, s) in dst.iter_mut().zip(src.iter().step_by(step)) {
                *d = r.lift(*s);
            }
        }
    }
}

struct Lift<'a, T, R: Reduction<T>, const S: usize> {
    r: &'a R,
    dst: &'a mut [R::Acc],
    src: &'a [T],
}

impl<T: Copy, R: Reduction<T>, const S: usize> Kernel for Lift<'_, T, R, S> {
    type Out = ();
    #[inline(always)]
    fn run(self) {
        if S == 1 {
            for (d, s) in self.dst.iter_mut().zip(self.src) {
                *d = self.r.lift(*s);
            }
            return;
        }
        let (whole, rest) = self.src.as_chunks::<S>();
        let n = whole.len().min(self.dst.len());
        let (body, tail) = self.dst.split_at_mut(n);
        for (d, s) in body.iter_mut().zip(whole) {
            *d = self.r.lift(s[0]);
        }
        if let (Some(d), Some(s)) = (tail.first_mut(), rest.first()) {
            *d = self.r.lift(*s);
        }
    }
}

/// `dst[k] = combine(a[k], b[k])`.
pub(crate) fn combine<T, R: Reduction<T>>(level: Level, r: &R, dst: &mut [R::Acc], a: &[R::Acc], b: &[R::Acc]) {
    level.run(Combine { r, dst, a, b, element: core::marker::PhantomData });
}

struct Combine<'a, T, R: Reduction<T>> {
    r: &'a R,
    dst: &'a mut [R::Acc],
    a: &'a [R::Acc],
    b: &'a [R::Acc],
    element: core::marker::PhantomData<fn(T)>,
}

impl<T, R: Reduction<T>> Kernel for Combine<'_, T, R> {
    type Out = ();
    #[inline(always)]
    fn run(self) {
        let n = self.dst.len();
        let (a, b) = (&self.a[..n], &self.b[..n]);
        for k in 0..n {
            self.dst[k] = self.r.combine(a[k], b[k]);
        }
    }
}

/// `dst[k] = combine(dst[k], b[k])`.
pub(crate) fn append<T, R: Reduction<T>>(level: Level, r: &R, dst: &mut [R::Acc], b: &[R::Acc]) {
    level.run(Append { r, dst, b, element: core::marker::PhantomData });
}

struct Append<'a, T, R: Reduction<T>> {
    r: &'a R,
    dst: &'a mut [R::Acc],
    b: &'a [R::Acc],
    element: core::marker::PhantomData<fn(T)>,
}

impl<T, R: Reduction<T>> Kernel for Append<'_, T, R> {
    type Out = ();
    #[inline(always)]
    fn run(self) {
        for (d, b) in self.dst.iter_mut().zip(self.b) {
            *d = self.r.combine(*d, *b);
        }
    }
}

/// The result rows as accumulators.
pub(crate) fn finish<T, R: Reduction<T>>(level: Level, r: &R, dst: &mut [R::Acc], last: &Last<'_, R::Acc>) {
    match last {
        Last::One(a) => dst.copy_from_slice(&a[..dst.len()]),
        Last::Two(a, b) => combine(level, r, dst, a, b),
        Last::Taps(rows) => store(level, Stored { r, dst, element: core::marker::PhantomData }, rows),
    }
}

/// The result rows, lowered.
pub(crate) fn finish_lowered<T, R: Reduction<T>>(
    level: Level,
    r: &R,
    dst: &mut [R::Out],
    last: &Last<'_, R::Acc>,
    counts: &Counts<'_, R::Count>,
) {
    match counts {
        Counts::All(n) => {
            let n = *n;
            let element = core::marker::PhantomData;
            let to = Lowered { r, dst, n, element };
            match last {
                Last::One(a) => store(level, to, &[a]),
                Last::Two(a, b) => store(level, to, &[a, b]),
                Last::Taps(rows) => store(level, to, rows),
            }
        }
        Counts::Each(n) => {
            let element = core::marker::PhantomData;
            let to = LoweredEach { r, dst, n, element };
            match last {
                Last::One(a) => store(level, to, &[a]),
                Last::Two(a, b) => store(level, to, &[a, b]),
                Last::Taps(rows) => store(level, to, rows),
            }
        }
    }
}

/// Where combined taps go.
trait Store<A> {
    fn len(&self) -> usize;
    fn combine(&self, a: A, b: A) -> A;
    fn put(&mut self, k: usize, a: A);
}

struct Stored<'a, T, R: Reduction<T>> {
    r: &'a R,
    dst: &'a mut [R::Acc],
    element: core::marker::PhantomData<fn(T)>,
}

impl<T, R: Reduction<T>> Store<R::Acc> for Stored<'_, T, R> {
    #[inline(always)]
    fn len(&self) -> usize {
        self.dst.len()
    }
    #[inline(always)]
    fn combine(&self, a: R::Acc, b: R::Acc) -> R::Acc {
        self.r.combine(a, b)
    }
    #[inline(always)]
    fn put(&mut self, k: usize, a: R::Acc) {
        self.dst[k] = a;
    }
}

struct Lowered<'a, T, R: Reduction<T>> {
    r: &'a R,
    dst: &'a mut [R::Out],
    n: R::Count,
    element: core::marker::PhantomData<fn(T)>,
}

impl<T, R: Reduction<T>> Store<R::Acc> for Lowered<'_, T, R> {
    #[inline(always)]
    fn len(&self) -> usize {
        self.dst.len()
    }
    #[inline(always)]
    fn combine(&self, a: R::Acc, b: R::Acc) -> R::Acc {
        self.r.combine(a, b)
    }
    #[inline(always)]
    fn put(&mut self, k: usize, a: R::Acc) {
        self.dst[k] = self.r.lower(a, self.n);
    }
}

struct LoweredEach<'a, T, R: Reduction<T>> {
    r: &'a R,
    dst: &'a mut [R::Out],
    n: &'a [R::Count],
    element: core::marker::PhantomData<fn(T)>,
}

impl<T, R: Reduction<T>> Store<R::Acc> for LoweredEach<'_, T, R> {
    #[inline(always)]
    fn len(&self) -> usize {
        self.dst.len().min(self.n.len())
    }
    #[inline(always)]
    fn combine(&self, a: R::Acc, b: R::Acc) -> R::Acc {
        self.r.combine(a, b)
    }
    #[inline(always)]
    fn put(&mut self, k: usize, a: R::Acc) {
        self.dst[k] = self.r.lower(a, self.n[k]);
    }
}

struct Taps<'a, A, S, const K: usize> {
    to: S,
    rows: [&'a [A]; K],
}

impl<A: Copy, S: Store<A>, const K: usize> Kernel for Taps<'_, A, S, K> {
    type Out = ();
    #[inline(always)]
    fn run(mut self) {
        let n = self.to.len();
        let rows = self.rows.map(|row| &row[..n]);
        for k in 0..n {
            let value = tree(|a, b| self.to.combine(a, b), |j| rows[j][k], K);
            self.to.put(k, value);
        }
    }
}

fn store<A: Copy, S: Store<A>>(level: Level, to: S, rows: &[&[A]]) {
    macro_rules! by_count {
        ($($k:literal)*) => { match rows.len() {
            $($k => level.run(Taps::<A, S, $k> { to, rows: core::array::from_fn(|j| rows[j]) }),)*
            n => unreachable!("{n} rows, at most {TAPS}"),
        } };
    }
    by_count!(1 2 3 4 5 6 7 8)
}

/// The one order in which the `n <= TAPS` cells of a window are combined: the binary digits of `n`, the smallest
/// first, each digit a balanced tree. See `ops/reduce/chain.rs`, which combines longer windows in the same order.
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
