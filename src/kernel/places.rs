//! Small windows over a small plane whose largest elements are wanted with their places, both axes in one loop over elements and
//! places packed into one number each.

use super::level::{Kernel, Level};
use super::rows::Lifting;
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
pub(crate) fn places<T: Copy, L: Lifting<T, Acc: Ord + Default>>(
    level: Level,
    lifting: L,
    window_and_step: (usize, usize),
    (y, x): (Side, Side),
    src: &[T],
    buffers: &mut Buffers<L::Acc>,
    dst: &mut [L::Acc],
) {
    macro_rules! by_window {
        ($($k:literal $s:literal,)*) => { match window_and_step {
            $(($k, $s) => level.run(Places::<T, L, $k, $s> { lifting, y, x, src, buffers, dst }),)*
            other => unreachable!("no kernel for window and step {other:?}"),
        } };
    }
    by_window!(2 1, 2 2, 3 1, 3 2, 3 3,)
}

struct Places<'a, T, L: Lifting<T>, const K: usize, const S: usize> {
    lifting: L,
    y: Side,
    x: Side,
    src: &'a [T],
    buffers: &'a mut Buffers<L::Acc>,
    dst: &'a mut [L::Acc],
}

impl<T: Copy, L: Lifting<T, Acc: Ord + Default>, const K: usize, const S: usize> Kernel for Places<'_, T, L, K, S> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Places { lifting, y, x, src, buffers: Buffers { line, ring }, dst } = self;
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
                    to.fill(L::Acc::default());
                    continue;
                }
                let from = position as usize * x.len + first;
                for (k, (l, s)) in line[at..at + len].iter_mut().zip(&src[from..from + len]).enumerate() {
                    *l = lifting.lift_at(*s, from + k);
                }
                if S == 1 {
                    let taps: [&[L::Acc]; K] = core::array::from_fn(|j| &line[j..j + n]);
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
            let rows: [&[L::Acc]; K] = core::array::from_fn(|j| &ring[(i * S + j) % K * n..][..n]);
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
