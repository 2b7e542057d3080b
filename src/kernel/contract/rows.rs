//! Few outputs of many windows: lanes along the windows.
//!
//! `out[m][r][i] = sum over k of weights[m][k] * strip[base[r] + tap[k] + i]`, in blocks of k ([`super::sum::block`])
//!
//! The form for depthwise convolution and for fewer outputs than a register has lanes. Neighbouring windows must lie
//! side by side on the strip (a step is taken out when the strip is filled). Several rows run together, so that each
//! weight is loaded once for all of them. Where taps follow each other at the distance of the rows, as the taps of a column
//! of a plane's window do, what one row reads at one tap the next reads at the tap before: it is loaded once for both.
#![allow(unsafe_code)] // the inner loop reads without bounds checks

use super::lanes::{Scalar, Vector, private::Registers};
use super::sum::block as terms;
use crate::kernel::level::Level;

/// Rows and outputs that run together.
const TOGETHER: usize = 4;
/// Rows that run together along chains of taps.
const CHAINED: usize = 8;

/// One product: `k` runs over `taps`, windows over `len` neighbours from each base.
pub(crate) struct Rows<'a, T> {
    /// `[outputs, taps]`.
    pub(crate) weights: &'a [T],
    /// What the windows lie on.
    pub(crate) strip: &'a [T],
    /// Where each tap lies from the start of a window.
    pub(crate) taps: &'a [u32],
    /// Windows a row.
    pub(crate) len: usize,
}

impl<T: Scalar> Rows<'_, T> {
    /// Writes the product to `out`, `[outputs, bases.len(), len]`.
    ///
    /// # Panics
    /// If a tap of a window lies outside the strip, or a length is not as described.
    #[inline]
    pub(crate) fn run(&self, level: Level, outputs: usize, bases: &[u32], out: &mut [T]) {
        let cells = |rows: usize, len: usize| outputs.checked_mul(rows)?.checked_mul(len);
        assert!(
            cells(bases.len(), self.len) == Some(out.len()) && cells(self.taps.len(), 1) == Some(self.weights.len())
        );
        let (Some(&far), Some(&tap)) = (bases.iter().max(), self.taps.iter().max()) else {
            out.fill(T::default());
            return;
        };
        if self.len == 0 {
            return;
        }
        let reach = (far as usize).saturating_add(tap as usize).saturating_add(self.len);
        assert!(reach <= self.strip.len());
        // SAFETY: a level of more than 16 bytes comes from detection only. The ranges were checked above.
        unsafe {
            match level.vector_bytes() {
                #[cfg(target_arch = "x86_64")]
                64 => avx512(self, outputs, bases, out),
                #[cfg(target_arch = "x86_64")]
                32 => avx2(self, outputs, bases, out),
                _ => all::<<T as Registers>::Portable>(self, outputs, bases, out),
            }
        }
    }
}

/// # Safety
/// As [`all`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
unsafe fn avx512<T: Scalar>(rows: &Rows<'_, T>, outputs: usize, bases: &[u32], out: &mut [T]) {
    // SAFETY: the caller's, and this function has the instructions.
    unsafe { all::<T::Avx512>(rows, outputs, bases, out) }
}

/// # Safety
/// As [`all`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<T: Scalar>(rows: &Rows<'_, T>, outputs: usize, bases: &[u32], out: &mut [T]) {
    // SAFETY: the caller's, and this function has the instructions.
    unsafe { all::<T::Avx2>(rows, outputs, bases, out) }
}

/// # Safety
/// `bases[r] + taps[k] + i < strip.len()` for all `i < len`, and the lengths [`Rows::run`] checks. `V` may be used here.
#[inline(always)]
unsafe fn all<V: Vector>(rows: &Rows<'_, V::Elem>, outputs: usize, bases: &[u32], out: &mut [V::Elem])
where
    V::Elem: Scalar,
{
    let (len, k) = (rows.len, rows.taps.len());
    // SAFETY: the lengths checked by `Rows::run`; chains are taps and bases in other words.
    unsafe {
        match (outputs, chain(rows.taps, bases)) {
            (1, Some((3, pitch))) => return chained::<V, 3>(rows, pitch, bases, out),
            (1, Some((5, pitch))) => return chained::<V, 5>(rows, pitch, bases, out),
            _ => {}
        }
    }
    let mut m = 0;
    while m < outputs {
        let mut r = 0;
        let weights = &rows.weights[m * k..];
        while r < bases.len() {
            // SAFETY: TOGETHER (or 1) outputs and rows are left, so all of them are inside `out` and `weights`.
            unsafe {
                let to = out.as_mut_ptr().add((m * bases.len() + r) * len);
                let apart = bases.len() * len;
                match (outputs - m >= TOGETHER, bases.len() - r >= TOGETHER) {
                    (true, _) => along::<V, TOGETHER, 1>(rows, weights, &bases[r..], to, apart),
                    (false, true) => along::<V, 1, TOGETHER>(rows, weights, &bases[r..], to, apart),
                    (false, false) => along::<V, 1, 1>(rows, weights, &bases[r..], to, apart),
                }
            }
            r += if outputs - m < TOGETHER && bases.len() - r >= TOGETHER { TOGETHER } else { 1 };
        }
        m += if outputs - m >= TOGETHER { TOGETHER } else { 1 };
    }
}

/// How many taps follow each other at the distance of the rows, and that distance, if they all do in equal numbers.
#[inline(always)]
fn chain(taps: &[u32], bases: &[u32]) -> Option<(usize, usize)> {
    let pitch = bases.get(1)?.checked_sub(bases[0])?;
    let even = |list: &[u32]| list.windows(2).all(|w| w[0].checked_add(pitch) == Some(w[1]));
    let long = |n: &usize| taps.len().is_multiple_of(*n) && taps.chunks(*n).all(even);
    Some(([5, 3].into_iter().find(long)?, pitch as usize)).filter(|_| even(bases))
}

/// One output of rows `pitch` apart, whose taps come in chains of `H`.
///
/// # Safety
/// As [`all`], and every `H` taps and all bases follow each other at a distance of `pitch`.
#[inline(always)]
unsafe fn chained<V: Vector, const H: usize>(rows: &Rows<'_, V::Elem>, pitch: usize, bases: &[u32], out: &mut [V::Elem])
where
    V::Elem: Scalar,
{
    let (len, to) = (rows.len, out.as_mut_ptr());
    let whole = if len >= V::LEN { bases.len() / CHAINED * CHAINED } else { 0 };
    // SAFETY: rows r..r + CHAINED (or 1) are there, and every block starts where at least its lanes are left.
    unsafe {
        for r in (0..whole).step_by(CHAINED) {
            let mut i = 0;
            while i + 2 * V::LEN <= len {
                links::<V, CHAINED, H, 2>(rows, pitch, bases[r] as usize + i, to.add(r * len + i));
                i += 2 * V::LEN;
            }
            while i < len {
                // The last register goes back over windows already written; it writes the same values again.
                let at = i.min(len - V::LEN);
                links::<V, CHAINED, H, 1>(rows, pitch, bases[r] as usize + at, to.add(r * len + at));
                i += V::LEN;
            }
        }
        for r in whole..bases.len() {
            along::<V, 1, 1>(rows, rows.weights, &bases[r..], to.add(r * len), len);
        }
    }
}

/// `R` rows by `NV` registers from one place on.
///
/// # Safety
/// As [`chained`]: the rows and lanes are there.
#[inline(always)]
unsafe fn links<V: Vector, const R: usize, const H: usize, const NV: usize>(
    rows: &Rows<'_, V::Elem>,
    pitch: usize,
    base: usize,
    to: *mut V::Elem,
) where
    V::Elem: Scalar,
{
    // SAFETY: row s of the strip is tap h of row s - h, for some h below H and row below R, so its lanes are inside.
    unsafe {
        let strip = rows.strip.as_ptr().add(base);
        let (mut taps, mut weights) = (rows.taps, rows.weights);
        let each = terms(taps.len());
        // Not `chunks`, which divides: a place is soon done.
        while !taps.is_empty() {
            let fresh = taps.len() == rows.taps.len();
            let (own, rest) = taps.split_at(each.min(taps.len()));
            let (own_weights, rest_weights) = weights.split_at(own.len());
            (taps, weights) = (rest, rest_weights);
            let mut acc = [[V::splat(V::Elem::default()); NV]; R];
            // A block is a whole number of chains.
            for (taps, weights) in own.chunks_exact(H).zip(own_weights.chunks_exact(H)) {
                let w: [V; H] = core::array::from_fn(|h| V::splat(weights[h]));
                let from = strip.add(taps[0] as usize);
                for s in 0..R + H - 1 {
                    for v in 0..NV {
                        let x = V::load(from.add(s * pitch + v * V::LEN));
                        for h in 0..H {
                            if s >= h && s - h < R {
                                acc[s - h][v] = w[h].madd(x, acc[s - h][v]);
                            }
                        }
                    }
                }
            }
            for r in 0..R {
                for v in 0..NV {
                    put(fresh, acc[r][v], to.add(r * rows.len + v * V::LEN));
                }
            }
        }
    }
}

/// The sum of a block, the first one or behind those before it.
///
/// # Safety
/// `to` may be read and written, a register of it; `V` may be used here.
#[inline(always)]
unsafe fn put<V: Vector>(first: bool, sum: V, to: *mut V::Elem) {
    // SAFETY: the caller's.
    unsafe {
        let sum = if first { sum } else { V::load(to).plus(sum) };
        sum.store(to);
    }
}

/// `MO` outputs by `R` rows along the whole length; outputs lie `apart`, rows `len`.
///
/// # Safety
/// As [`all`], for the first `R` bases; `to` reaches all of them.
#[inline(always)]
unsafe fn along<V: Vector, const MO: usize, const R: usize>(
    rows: &Rows<'_, V::Elem>,
    weights: &[V::Elem],
    bases: &[u32],
    to: *mut V::Elem,
    apart: usize,
) where
    V::Elem: Scalar,
{
    let len = rows.len;
    let mut i = 0;
    // SAFETY: every block starts at an `i` with at least as many windows left as it has lanes.
    unsafe {
        while i + 2 * V::LEN <= len {
            block::<V, MO, R, 2>(rows, weights, bases, i, to, apart);
            i += 2 * V::LEN;
        }
        while i + V::LEN <= len {
            block::<V, MO, R, 1>(rows, weights, bases, i, to, apart);
            i += V::LEN;
        }
        if i < len && len >= V::LEN {
            // The last register goes back over windows already written; it writes the same values again.
            block::<V, MO, R, 1>(rows, weights, bases, len - V::LEN, to, apart);
        } else if i < len {
            single::<V, MO, R>(rows, weights, bases, i, to, apart);
        }
    }
}

/// # Safety
/// As [`along`], and `i + NV * V::LEN <= len`.
#[inline(always)]
unsafe fn block<V: Vector, const MO: usize, const R: usize, const NV: usize>(
    rows: &Rows<'_, V::Elem>,
    weights: &[V::Elem],
    bases: &[u32],
    i: usize,
    to: *mut V::Elem,
    apart: usize,
) where
    V::Elem: Scalar,
{
    // SAFETY: reads are inside the strip and the weights, writes inside the rows, as the caller promises.
    unsafe {
        let k = rows.taps.len();
        let base: [*const V::Elem; R] = core::array::from_fn(|r| rows.strip.as_ptr().add(bases[r] as usize + i));
        let each = terms(k);
        let mut from = 0;
        while from < k {
            let taps = &rows.taps[from..(from + each).min(k)];
            let mut acc = [[[V::splat(V::Elem::default()); NV]; R]; MO];
            let weights = weights.as_ptr().add(from);
            for (at, &tap) in taps.iter().enumerate() {
                let w: [V; MO] = core::array::from_fn(|m| V::splat(*weights.add(m * k + at)));
                for r in 0..R {
                    for v in 0..NV {
                        let x = V::load(base[r].add(tap as usize + v * V::LEN));
                        for m in 0..MO {
                            acc[m][r][v] = w[m].madd(x, acc[m][r][v]);
                        }
                    }
                }
            }
            for m in 0..MO {
                for r in 0..R {
                    for v in 0..NV {
                        put(from == 0, acc[m][r][v], to.add(m * apart + r * rows.len + i + v * V::LEN));
                    }
                }
            }
            from += taps.len();
        }
    }
}

/// The last windows of rows shorter than a register.
///
/// A register is computed for them all the same, from a copy of what they read, so that a window's bits do not depend on
/// where it stands.
///
/// # Safety
/// As [`along`], and fewer than `V::LEN` windows are left from `i`.
#[inline(always)]
unsafe fn single<V: Vector, const MO: usize, const R: usize>(
    rows: &Rows<'_, V::Elem>,
    weights: &[V::Elem],
    bases: &[u32],
    i: usize,
    to: *mut V::Elem,
    apart: usize,
) where
    V::Elem: Scalar,
{
    /// The longest register of all levels.
    const MOST: usize = 16;
    let (k, left) = (rows.taps.len(), rows.len - i);
    let (mut lanes, mut sums) = ([V::Elem::default(); MOST], [V::Elem::default(); MOST]);
    let each = terms(k);
    // SAFETY: copies and stores reach `left` elements, which are there; the register reaches V::LEN <= MOST lanes.
    unsafe {
        for r in 0..R {
            let base = rows.strip.as_ptr().add(bases[r] as usize + i);
            for m in 0..MO {
                for (b, taps) in rows.taps.chunks(each).enumerate() {
                    let mut acc = V::splat(V::Elem::default());
                    for (at, &tap) in taps.iter().enumerate() {
                        for lane in 0..left {
                            lanes[lane] = *base.add(tap as usize + lane);
                        }
                        let weight = *weights.get_unchecked(m * k + b * each + at);
                        acc = V::splat(weight).madd(V::load(lanes.as_ptr()), acc);
                    }
                    put(b == 0, acc, sums.as_mut_ptr());
                }
                for lane in 0..left {
                    *to.add(m * apart + r * rows.len + i + lane) = sums[lane];
                }
            }
        }
    }
}
