//! Small windows over a small plane, both axes in one loop: what pooling layers of neural networks do.
//!
//! Rows are read once, lifted into a padded line, combined along themselves into a ring of as many rows as a window has, and
//! the ring is combined into a row of results. Everything stays in registers and the first-level cache, and the level of
//! the machine is asked for once a plane instead of once a row.

use super::level::{Kernel, Level};
use super::rows::{Reduction, tree};

/// Windows along one axis of a plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    /// Elements of the source.
    pub(crate) len: usize,
    /// Where the first window starts; negative in padding.
    pub(crate) start: isize,
    /// How many windows there are.
    pub(crate) count: usize,
    /// Where padding ends and overhang begins.
    pub(crate) end: isize,
}

/// Buffers for one size of plane.
pub(crate) struct Buffers<A> {
    line: Vec<A>,
    ring: Vec<A>,
    padded: Vec<A>,
}

use alloc::vec;
use alloc::vec::Vec;

/// The windows that have a kernel: `(window, step)`, on both axes.
pub(crate) const KERNELS: [(usize, usize); 5] = [(2, 1), (2, 2), (3, 1), (3, 2), (3, 3)];

impl<A: Copy> Buffers<A> {
    /// For windows `(window, step)` over planes whose rows have `x`; `fill` stands in padding, `nothing` in overhang.
    pub(crate) fn new(window: usize, step: usize, x: Side, fill: A, nothing: A, combine: impl Fn(A, A) -> A) -> Self {
        let at = |i: usize| if x.start + i as isize >= x.end { nothing } else { fill };
        let line: Vec<A> = (0..(x.count + window) * step).map(at).collect();
        // A row of padding, combined along itself.
        let cells = |i: usize| (0..window).map(move |j| at(i * step + j)).reduce(&combine).unwrap_or(nothing);
        let padded = (0..x.count).map(cells).collect();
        Buffers { line, ring: vec![nothing; window * x.count], padded }
    }
}

/// `dst[i, j]` is the window at `(i, j)` of the row-major plane `src`.
#[allow(clippy::too_many_arguments)] // two sides, two numbers, and where from and to
pub(crate) fn plane<T: Copy, R: Reduction<T>>(
    level: Level,
    r: &R,
    window: usize,
    step: usize,
    (y, x): (Side, Side),
    src: &[T],
    buffers: &mut Buffers<R::Acc>,
    dst: &mut [R::Acc],
) {
    match (window, step) {
        (2, 1) => level.run(Plane::<T, R, 2, 1> { r, y, x, src, buffers, dst }),
        (2, 2) => level.run(Plane::<T, R, 2, 2> { r, y, x, src, buffers, dst }),
        (3, 1) => level.run(Plane::<T, R, 3, 1> { r, y, x, src, buffers, dst }),
        (3, 2) => level.run(Plane::<T, R, 3, 2> { r, y, x, src, buffers, dst }),
        (3, 3) => level.run(Plane::<T, R, 3, 3> { r, y, x, src, buffers, dst }),
        _ => unreachable!("no kernel for windows of {window} by {step}"),
    }
}

struct Plane<'a, T, R: Reduction<T>, const K: usize, const S: usize> {
    r: &'a R,
    y: Side,
    x: Side,
    src: &'a [T],
    buffers: &'a mut Buffers<R::Acc>,
    dst: &'a mut [R::Acc],
}

impl<T: Copy, R: Reduction<T>, const K: usize, const S: usize> Kernel for Plane<'_, T, R, K, S> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Plane { r, y, x, src, buffers, dst } = self;
        let n = x.count;
        let Buffers { line, ring, padded } = buffers;
        let first = x.start.max(0) as usize;
        let at = (first as isize - x.start) as usize;
        // What of a row of the source lies under windows.
        let len = x.len.saturating_sub(first).min(((n - 1) * S + K).saturating_sub(at));
        let mut next = 0;
        for (i, dst) in dst.chunks_exact_mut(n).enumerate() {
            for row in next.max(i * S)..i * S + K {
                let to = &mut ring[row % K * n..][..n];
                let position = y.start + row as isize;
                if position < 0 || position >= y.len as isize {
                    match position >= y.end {
                        true => to.fill(r.identity()),
                        false => to.copy_from_slice(padded),
                    }
                    continue;
                }
                let from = position as usize * x.len + first;
                for (l, s) in line[at..at + len].iter_mut().zip(&src[from..from + len]) {
                    *l = r.lift(*s);
                }
                let f = |a, b| r.combine(a, b);
                if S == 1 {
                    let taps: [&[R::Acc]; K] = core::array::from_fn(|j| &line[j..j + n]);
                    for k in 0..n {
                        to[k] = tree(f, |j| taps[j][k], K);
                    }
                } else {
                    let (cells, _) = line.as_chunks::<S>();
                    let (a, b) = (&cells[..n], &cells[1..n + 1]);
                    for k in 0..n {
                        to[k] = tree(f, |j| if j < S { a[k][j] } else { b[k][j - S] }, K);
                    }
                }
            }
            next = i * S + K;
            let rows: [&[R::Acc]; K] = core::array::from_fn(|j| &ring[(i * S + j) % K * n..][..n]);
            for k in 0..n {
                dst[k] = tree(|a, b| r.combine(a, b), |j| rows[j][k], K);
            }
        }
    }
}
