//! Pairwise sums of the rows of windows, a batch of windows at a time: what the windows of a batch share stays in registers, and only
//! what the next batch needs is stored.
//!
//! With `S(m)` the sum of the last `m` rows, `S(2 m)` is `S(m)` of `m` rows ago plus `S(m)` now; and with the smaller binary digits of
//! `n` in `r`, `S(r + m)` is `S(r)` of `m` rows ago plus `S(m)` now. So all that is remembered are delays, each as many rows as it is
//! long. The order of additions is `T(n)` (see `ops/reduce/doubling.rs`), wherever a window lies.
#![allow(unsafe_code)] // loads and stores of registers through pointers

use super::contract::lanes::{LONGEST, Vector, private::Registers};
use super::level::{Kernel, Level};
use crate::element::Element;

/// Rows that come at once, and windows that begin at them.
pub(crate) const BATCH: usize = 8;

/// Delayed rows of windows of `n` rows.
pub(crate) fn delayed(n: usize) -> usize {
    delays(n, 1)
}

/// Delayed cells along a line, for windows of `n` cells.
pub(crate) fn delayed_along(n: usize) -> usize {
    delays(n, LONGEST)
}

/// All delays, each of whole registers: of sums of powers of two, and of those of smaller digits at every digit but the smallest.
fn delays(n: usize, register: usize) -> usize {
    let powers = (0..usize::BITS).map(|k| 1 << k).take_while(|&m| m <= n / 2);
    let joined = (0..usize::BITS).map(|k| 1 << k).filter(|m| n & m != 0).skip(1);
    powers.chain(joined).fold(0, |all: usize, m: usize| all.saturating_add(m.max(register)))
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

/// Cells of a line that are summed at once, at any level: parts of so many, or a multiple, can be continued.
pub(crate) const IN_BATCH: usize = BATCH * LONGEST;

/// Windows along a line: how long they are, and how many registers of the line were read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Along {
    pub(crate) n: usize,
    pub(crate) turn: usize,
}

/// `to[k]` becomes the sum of the `n` cells of the line up to the `k`-th of the last `to.len()` of `from`. Those before them lead in
/// where a line begins, and are `n - 1` then, of any value; where it goes on there are none, and what the part before left must be in
/// `delays`, of [`delayed_along`] cells, and in `along`; that part must have had whole [batches](IN_BATCH).
///
/// # Panics
/// If `from` is shorter than `to`, there are not so many delays, or `n` is less than 2.
pub(crate) fn pairwise_along<T: Registers + Element>(
    level: Level,
    to: &mut [T],
    from: &[T],
    delays: &mut [T],
    along: &mut Along,
) {
    assert!(along.n >= 2 && from.len() >= to.len() && delays.len() >= delayed_along(along.n), "a line without room");
    along.turn = level.run(Line { to, from, delays, along: *along });
}

struct Line<'a, T> {
    to: &'a mut [T],
    from: &'a [T],
    delays: &'a mut [T],
    along: Along,
}

impl<T: Registers + Element> Kernel for Line<'_, T> {
    type Out = usize;

    #[inline(always)]
    fn run(self) -> usize {
        // SAFETY: any level has these.
        unsafe { self.batches::<T::Portable>() }
    }

    #[inline(always)]
    fn run_at<const BYTES: usize>(self) -> usize {
        // SAFETY: `Level::run` has detected the level whose registers hold so many bytes.
        unsafe {
            match BYTES {
                #[cfg(target_arch = "x86_64")]
                64 => self.batches::<T::Avx512>(),
                #[cfg(target_arch = "x86_64")]
                32 => self.batches::<T::Avx2>(),
                _ => self.batches::<T::Portable>(),
            }
        }
    }
}

impl<T: Registers + Element> Line<'_, T> {
    /// A batch of registers after another; how many batches there were so far.
    ///
    /// # Safety
    /// The instruction set of `V` must have been detected.
    #[inline(always)]
    unsafe fn batches<V: Vector<Elem = T>>(self) -> usize {
        let Line { to, from, delays, along: Along { n, mut turn } } = self;
        let (batch, delays) = (BATCH * V::LEN, delays.as_mut_ptr());
        // What is less than a batch: the first cells that lead in, and the last ones of all.
        let mut part = [T::default(); IN_BATCH];
        let lead = from.len() - to.len();
        let mut next = lead % batch;
        if next > 0 {
            part[batch - next..batch].copy_from_slice(&from[..next]);
            let at = part.as_mut_ptr();
            // SAFETY: a batch at both; `pairwise_along` has found room for the delays of the longest registers.
            unsafe { line::<V>(at, at, Delays { at: delays, turn }, n) };
            turn += 1;
        }
        while next < from.len() {
            let cells = &from[next..];
            let left = cells.len().min(batch);
            // (The cells that lead in end with a batch.)
            let sums = if next < lead { &mut [][..] } else { &mut to[next - lead..][..left] };
            let read = match left == batch {
                true => cells.as_ptr(),
                false => {
                    part[..left].copy_from_slice(cells);
                    part.as_ptr()
                }
            };
            let written = if sums.len() == batch { sums.as_mut_ptr() } else { part.as_mut_ptr() };
            // SAFETY: as above; what is read may be what is written.
            unsafe { line::<V>(read, written, Delays { at: delays, turn }, n) };
            if left < batch {
                sums.copy_from_slice(&part[..left]);
            }
            turn += 1;
            next += left;
        }
        turn
    }
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
unsafe fn column<V: Vector>(rows: *mut V::Elem, pitch: usize, delays: Delays<V::Elem>, n: usize) {
    // SAFETY: the contract; the delays that are passed by add up to `delayed(n)` rows.
    unsafe {
        let registers: [V; BATCH] = core::array::from_fn(|k| V::load(rows.add(k * pitch)));
        for (k, sum) in delays.summed::<V, false>(registers, n).into_iter().enumerate() {
            sum.store(rows.add(k * pitch));
        }
    }
}

/// A batch of registers of a line.
///
/// # Safety
/// The instruction set of `V` must have been detected; a batch of registers must be readable at `from` and writable at `to`, and those of
/// [`delayed_along`] at the delays; `n >= 2`.
#[inline(always)]
unsafe fn line<V: Vector>(from: *const V::Elem, to: *mut V::Elem, delays: Delays<V::Elem>, n: usize) {
    // SAFETY: the contract; the delays that are passed by add up to `delayed_along(n)` cells at most.
    unsafe {
        let registers: [V; BATCH] = core::array::from_fn(|k| V::load(from.add(k * V::LEN)));
        for (k, sum) in delays.summed::<V, true>(registers, n).into_iter().enumerate() {
            sum.store(to.add(k * V::LEN));
        }
    }
}

/// Where delayed rows are, in the order in which they are asked for.
struct Delays<T> {
    at: *mut T,
    turn: usize,
}

impl<T> Delays<T> {
    /// The sum of the `n` rows up to each of a batch, or of the `n` cells up to each of a batch `ALONG` a line.
    ///
    /// # Safety
    /// As [`join`](Self::join) or [`join_along`](Self::join_along), with all delays of `n >= 2`.
    #[inline(always)]
    unsafe fn summed<V: Vector<Elem = T>, const ALONG: bool>(mut self, batch: [V; BATCH], n: usize) -> [V; BATCH] {
        // The last `m` rows' sum at each row, and the sum of as many as the smaller digits of `n` say.
        let mut sums = batch;
        let (mut smaller, mut some) = (sums, n & 1 == 1);
        let mut m = 1;
        while m <= n / 2 {
            // SAFETY: the contract: the delays that are passed by are those of `n`.
            sums = unsafe { self.joined::<V, ALONG>(sums, sums, m) };
            m *= 2;
            if n & m == 0 {
                continue;
            }
            // SAFETY: as above.
            smaller = if some { unsafe { self.joined::<V, ALONG>(smaller, sums, m) } } else { sums };
            some = true;
        }
        smaller
    }

    /// # Safety
    /// As [`join`](Self::join) or [`join_along`](Self::join_along).
    #[inline(always)]
    unsafe fn joined<V: Vector<Elem = T>, const ALONG: bool>(
        &mut self,
        older: [V; BATCH],
        newer: [V; BATCH],
        m: usize,
    ) -> [V; BATCH] {
        // SAFETY: the contract.
        unsafe { if const { ALONG } { self.join_along(older, newer, m) } else { self.join(older, newer, m) } }
    }

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

    /// The same along a line, `m` cells ago: registers follow each other, and whole ones are the rows.
    ///
    /// # Safety
    /// As [`join`](Self::join), with as many registers as `m` cells fill.
    #[inline(always)]
    unsafe fn join_along<V: Vector<Elem = T>>(&mut self, older: [V; BATCH], newer: [V; BATCH], m: usize) -> [V; BATCH] {
        // SAFETY: the contract.
        unsafe {
            if m >= V::LEN {
                return self.join(older, newer, m / V::LEN);
            }
            let at = self.at;
            self.at = at.add(V::LEN);
            match m {
                1 => moved::<V, 1>(at, older, newer),
                2 => moved::<V, 2>(at, older, newer),
                4 => moved::<V, 4>(at, older, newer),
                _ => moved::<V, 8>(at, older, newer),
            }
        }
    }
}

/// The same along a line, with a delay of `M` cells, less than a register.
///
/// # Safety
/// The instruction set of `V` must have been detected; a register must be readable and writable at `at`.
#[inline(always)]
unsafe fn moved<V: Vector, const M: usize>(at: *mut V::Elem, older: [V; BATCH], newer: [V; BATCH]) -> [V; BATCH] {
    let mut out = newer;
    // SAFETY: the contract.
    unsafe {
        let before = V::load(at);
        out[0] = older[0].moved::<M>(before).plus(newer[0]);
        for k in 1..BATCH {
            out[k] = older[k].moved::<M>(older[k - 1]).plus(newer[k]);
        }
        older[BATCH - 1].store(at);
    }
    out
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
    fn ordered<T: Copy + core::ops::Add<Output = T>>(x: &[T]) -> T {
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

    #[test]
    fn lines_are_in_their_order_whatever_parts_they_come_in() {
        let x: Vec<f64> =
            (0..if cfg!(miri) { 300 } else { 3000 }).map(|k| 1.0 / f64::from(k * k % 977 + 1) - 0.01).collect();
        let whole = IN_BATCH;
        for level in Level::all() {
            let windows: &[usize] = match cfg!(miri) {
                true => &[9, 40],
                false => &[2, 3, 8, 9, 10, 15, 23, 31, 32, 63, 64, 65, 101, 255, 640, 1000],
            };
            for &n in windows {
                let total = x.len() - (n - 1);
                for part in [whole, 3 * whole, 5000] {
                    let mut delays = vec![0.0; delayed_along(n)];
                    let (mut out, mut along) = (vec![0.0; total], Along { n, turn: 0 });
                    for (k, to) in out.chunks_mut(part).enumerate() {
                        let first = if k == 0 { 0 } else { k * part + n - 1 };
                        let from = &x[first..k * part + n - 1 + to.len()];
                        pairwise_along(level, to, from, &mut delays, &mut along);
                    }
                    for (k, got) in out.iter().enumerate() {
                        let want = ordered(&x[k..k + n]);
                        assert_eq!(got.to_bits(), want.to_bits(), "{level:?} {n} {part} {k}");
                    }
                }
            }
        }
    }
}
