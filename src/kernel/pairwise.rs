//! Pairwise sums of the rows of windows, a batch of windows at a time: what the windows of a batch share stays in registers, and only
//! what the next batch needs is stored.
//!
//! With `S(m)` the sum of the last `m` rows, `S(2 m)` is `S(m)` of `m` rows ago plus `S(m)` now; and with the smaller binary digits of
//! `n` in `r`, `S(r + m)` is `S(r)` of `m` rows ago plus `S(m)` now. So all that is remembered are delays, each as many rows as it is
//! long. The order of additions is `T(n)` (see `ops/reduce/doubling.rs`), wherever a window lies.
#![allow(unsafe_code)] // loads and stores of registers through pointers

use super::contract::{Registers, Vector};
use super::level::{Kernel, Level};

/// Rows that come at once, and windows that begin at them.
pub(crate) const BATCH: usize = 8;

/// Delayed rows of windows of `n` rows.
pub(crate) fn delayed(n: usize) -> usize {
    let largest = 1usize << n.checked_ilog2().unwrap_or(0);
    // Of the sums of powers of two, and of those of smaller digits at every digit but the smallest.
    let joined = n & n.wrapping_sub(1);
    (largest - 1).saturating_add(joined)
}

/// Cells that [`pairwise`] wants room for in a row of `len` cells: whole registers of any level.
pub(crate) const fn room<T>(len: usize) -> usize {
    len.next_multiple_of(super::in_line::<T>())
}

/// A batch of rows that lie `pitch` apart, and which one it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch {
    pub(crate) pitch: usize,
    /// Cells of a row.
    pub(crate) len: usize,
    /// Rows of a window, at least 2.
    pub(crate) n: usize,
    pub(crate) turn: usize,
}

/// The `k`-th of [`BATCH`] rows becomes the sum of the `n` rows up to it. What the batch before left must be in `delays`, with room for
/// [`delayed`] rows; before the first `n - 1` rows were there, sums are of anything.
///
/// # Panics
/// If there is no [`room`] in the rows or the delays, or `n` is less than 2.
pub(crate) fn pairwise<T: Registers>(level: Level, rows: &mut [T], delays: &mut [T], batch: Batch) {
    let Batch { pitch, len, n, .. } = batch;
    let whole = room::<T>(len);
    assert!(n >= 2 && pitch >= whole && rows.len() >= (BATCH - 1) * pitch + whole, "a batch that reaches outside");
    assert!(delays.len() / whole.max(1) >= delayed(n), "delays that reach outside");
    level.run(Pairwise { rows, delays, batch });
}

struct Pairwise<'a, T> {
    rows: &'a mut [T],
    delays: &'a mut [T],
    batch: Batch,
}

impl<T: Registers> Kernel for Pairwise<'_, T> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        // SAFETY: any level has these.
        unsafe { self.columns::<T::Portable>() }
    }

    #[inline(always)]
    fn run_at<const BYTES: usize>(self) {
        // SAFETY: `Level::run` has detected the level whose registers hold so many bytes.
        unsafe {
            match BYTES {
                #[cfg(target_arch = "x86_64")]
                64 => self.columns::<T::Avx512>(),
                #[cfg(target_arch = "x86_64")]
                32 => self.columns::<T::Avx2>(),
                _ => self.columns::<T::Portable>(),
            }
        }
    }
}

impl<T: Registers> Pairwise<'_, T> {
    /// A register of columns after another.
    ///
    /// # Safety
    /// The instruction set of `V` must have been detected.
    #[inline(always)]
    unsafe fn columns<V: Vector<Elem = T>>(self) {
        let Batch { pitch, len, n, turn } = self.batch;
        let (rows, delays) = (self.rows.as_mut_ptr(), self.delays.as_mut_ptr());
        let kept = delayed(n);
        for at in (0..len).step_by(V::LEN) {
            // SAFETY: `at + LEN` is at most `len` in whole registers, for which [`pairwise`] found room in every row; the delays of
            // the columns before these take `at * kept` cells, and there are `len`, in whole registers, times `kept`.
            unsafe { column::<V>(rows.add(at), pitch, Delays { at: delays.add(at * kept), turn }, n) };
        }
    }
}

/// One register of columns.
///
/// # Safety
/// The instruction set of `V` must have been detected; a register must be readable and writable at [`BATCH`] places `pitch` apart from
/// `rows` on, and [`delayed`] ones side by side at the delays; `n >= 2`.
#[inline(always)]
unsafe fn column<V: Vector>(rows: *mut V::Elem, pitch: usize, mut delays: Delays<V::Elem>, n: usize) {
    // SAFETY: the contract; the delays that are passed by add up to `delayed(n)` rows.
    unsafe {
        // The last `m` rows' sum at each row, and the sum of as many as the smaller digits of `n` say.
        let mut sums: [V; BATCH] = core::array::from_fn(|k| V::load(rows.add(k * pitch)));
        let (mut smaller, mut some) = (sums, n & 1 == 1);
        let mut m = 1;
        while m <= n / 2 {
            sums = delays.join(sums, sums, m);
            m *= 2;
            if n & m == 0 {
                continue;
            }
            smaller = if some { delays.join(smaller, sums, m) } else { sums };
            some = true;
        }
        for (k, sum) in smaller.into_iter().enumerate() {
            sum.store(rows.add(k * pitch));
        }
    }
}

/// Where delayed rows are, in the order in which they are asked for.
struct Delays<T> {
    at: *mut T,
    turn: usize,
}

impl<T> Delays<T> {
    /// `older` of `m` rows ago plus `newer`; remembers `older`.
    ///
    /// # Safety
    /// The instruction set of `V` must have been detected; `m` registers must be readable and writable at `at`; `m` is a power of two.
    #[inline(always)]
    unsafe fn join<V: Vector<Elem = T>>(&mut self, older: [V; BATCH], newer: [V; BATCH], m: usize) -> [V; BATCH] {
        // SAFETY: the contract; of longer delays the batch's own part, which `turn` says, lies within them.
        unsafe {
            let at = self.at;
            self.at = at.add(m * V::LEN);
            match m {
                1 => short::<V, 1>(at, older, newer),
                2 => short::<V, 2>(at, older, newer),
                4 => short::<V, 4>(at, older, newer),
                _ => short::<V, BATCH>(at.add(self.turn % (m / BATCH) * BATCH * V::LEN), older, newer),
            }
        }
    }
}

/// The same with a delay of `M` rows, at most a batch.
///
/// # Safety
/// As [`Delays::join`].
#[inline(always)]
unsafe fn short<V: Vector, const M: usize>(at: *mut V::Elem, older: [V; BATCH], newer: [V; BATCH]) -> [V; BATCH] {
    let mut out = newer;
    // SAFETY: `M` registers from `at` on, by the contract.
    unsafe {
        for k in 0..M {
            out[k] = V::load(at.add(k * V::LEN)).plus(newer[k]);
        }
        for k in M..BATCH {
            out[k] = older[k - M].plus(newer[k]);
        }
        for k in 0..M {
            older[BATCH - M + k].store(at.add(k * V::LEN));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    /// `T(n)` as it is defined.
    fn ordered(x: &[f32]) -> f32 {
        let (n, largest) = (x.len(), 1 << x.len().ilog2());
        match n {
            1 => x[0],
            _ if n == largest => ordered(&x[..n / 2]) + ordered(&x[n / 2..]),
            _ => ordered(&x[..n - largest]) + ordered(&x[n - largest..]),
        }
    }

    #[test]
    fn sums_are_in_their_order() {
        let mut state = 1u64;
        let mut random = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 40) as f32 / 1e7 - 0.5) * 10f32.powi((state >> 33) as i32 % 7)
        };
        let windows: &[usize] =
            if cfg!(miri) { &[2, 9, 23, 32] } else { &[2, 3, 5, 8, 9, 10, 15, 16, 17, 31, 32, 40, 100, 101, 127, 256] };
        for level in Level::all() {
            for &n in windows {
                for len in [1, 15, 33] {
                    let total = n + 29;
                    let x: Vec<f32> = (0..total * len).map(|_| random()).collect();
                    let pitch = room::<f32>(len) + 16;
                    let (mut rows, mut delays) = (vec![0.0; BATCH * pitch], vec![0.0; delayed(n) * room::<f32>(len)]);
                    for turn in 0..total.div_ceil(BATCH) {
                        for (k, row) in x.chunks(len).skip(turn * BATCH).take(BATCH).enumerate() {
                            rows[k * pitch..][..len].copy_from_slice(row);
                        }
                        pairwise(level, &mut rows, &mut delays, Batch { pitch, len, n, turn });
                        for k in (0..BATCH).filter(|k| (n - 1..total).contains(&(turn * BATCH + k))) {
                            let first = turn * BATCH + k + 1 - n;
                            for c in 0..len {
                                let cells: Vec<f32> = (0..n).map(|j| x[(first + j) * len + c]).collect();
                                let got = rows[k * pitch + c];
                                assert_eq!(got.to_bits(), ordered(&cells).to_bits(), "{level:?} {n} {len} {first} {c}");
                            }
                        }
                    }
                }
            }
        }
    }
}
