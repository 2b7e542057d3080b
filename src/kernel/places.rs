//! Small windows over a small plane whose largest elements are wanted with their places, both axes in one loop over elements and
//! places packed into one number each.

use super::level::{Kernel, Level};
use alloc::vec::Vec;

/// Windows along one axis of a plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    /// Elements of the source.
    pub(crate) len: usize,
    /// Where the first window starts; negative in padding.
    pub(crate) start: isize,
    /// How many windows there are.
    pub(crate) count: usize,
}

/// The windows that have a kernel: `(window, step)`, on both axes.
pub(crate) const KERNELS: [(usize, usize); 5] = [(2, 1), (2, 2), (3, 1), (3, 2), (3, 3)];

/// An element and its place in the plane as one number, the largest of which wins.
pub(crate) trait Packing<T>: Sync {
    type Packed: Copy + Ord + Default;
    /// Larger than the default, which is no element.
    fn pack(&self, x: T, place: u32) -> Self::Packed;
}

/// Buffers for one size of plane.
pub(crate) struct Buffers<P> {
    line: Vec<P>,
    ring: Vec<P>,
}

impl<P: Copy + Default> Buffers<P> {
    /// For windows `(window, step)` along an axis with `x`.
    pub(crate) fn new(window: usize, step: usize, x: Side) -> Self {
        let nothing = P::default();
        Buffers { line: alloc::vec![nothing; (x.count + window) * step], ring: alloc::vec![nothing; window * x.count] }
    }
}

/// `dst[i, j]` is the largest of the window at `(i, j)` of the row-major plane `src`, the windows being one of
/// [`KERNELS`]; the default where it holds no element.
#[allow(clippy::too_many_arguments)] // two sides, two numbers, and where from and to
pub(crate) fn places<T: Copy, P: Packing<T>>(
    level: Level,
    packing: &P,
    window: usize,
    step: usize,
    (y, x): (Side, Side),
    src: &[T],
    buffers: &mut Buffers<P::Packed>,
    dst: &mut [P::Packed],
) {
    match (window, step) {
        (2, 1) => level.run(Places::<T, P, 2, 1> { packing, y, x, src, buffers, dst }),
        (2, 2) => level.run(Places::<T, P, 2, 2> { packing, y, x, src, buffers, dst }),
        (3, 1) => level.run(Places::<T, P, 3, 1> { packing, y, x, src, buffers, dst }),
        (3, 2) => level.run(Places::<T, P, 3, 2> { packing, y, x, src, buffers, dst }),
        (3, 3) => level.run(Places::<T, P, 3, 3> { packing, y, x, src, buffers, dst }),
        _ => unreachable!("no kernel for windows of {window} by {step}"),
    }
}

struct Places<'a, T, P: Packing<T>, const K: usize, const S: usize> {
    packing: &'a P,
    y: Side,
    x: Side,
    src: &'a [T],
    buffers: &'a mut Buffers<P::Packed>,
    dst: &'a mut [P::Packed],
}

impl<T: Copy, P: Packing<T>, const K: usize, const S: usize> Kernel for Places<'_, T, P, K, S> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Places { packing, y, x, src, buffers: Buffers { line, ring }, dst } = self;
        let n = x.count;
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
                    to.fill(P::Packed::default());
                    continue;
                }
                let from = position as usize * x.len + first;
                for (k, (l, s)) in line[at..at + len].iter_mut().zip(&src[from..from + len]).enumerate() {
                    *l = packing.pack(*s, from as u32 + k as u32);
                }
                if S == 1 {
                    let taps: [&[P::Packed]; K] = core::array::from_fn(|j| &line[j..j + n]);
                    for k in 0..n {
                        to[k] = largest::<_, K>(core::array::from_fn(|j| taps[j][k]));
                    }
                } else {
                    let (cells, _) = line.as_chunks::<S>();
                    let (a, b) = (&cells[..n], &cells[1..n + 1]);
                    for k in 0..n {
                        to[k] = largest::<_, K>(core::array::from_fn(|j| if j < S { a[k][j] } else { b[k][j - S] }));
                    }
                }
            }
            next = i * S + K;
            let rows: [&[P::Packed]; K] = core::array::from_fn(|j| &ring[(i * S + j) % K * n..][..n]);
            for k in 0..n {
                dst[k] = largest::<_, K>(core::array::from_fn(|j| rows[j][k]));
            }
        }
    }
}

#[inline(always)]
fn largest<P: Copy + Ord, const K: usize>(cells: [P; K]) -> P {
    let mut most = cells[0];
    for cell in &cells[1..] {
        most = most.max(*cell);
    }
    most
}
