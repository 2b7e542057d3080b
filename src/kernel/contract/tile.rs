//! Many outputs of many windows: a block of accumulators in registers, lanes along the outputs.
//!
//! `acc[p][m] += (sum over k of weights[k][m] * strip[base[p] + tap[k]])`
//!
//! It is a matrix product whose right matrix is never built: its element `(k, p)` is read where it lies, at the sum of
//! where the window starts and where the tap lies in it. A block of `NR` windows by `MV` registers of outputs stays in
//! registers while k runs: `MV` loads and `NR` broadcasts feed `MV * NR` multiply-adds. The same product with the parts
//! of windows and taps exchanged is the gradient for the weights.
#![allow(unsafe_code)] // the inner loop reads without bounds checks

use super::lanes::{Scalar, Vector, private::Registers};
use crate::kernel::level::Level;

/// The widest block of windows any level uses: accumulators come in multiples of the block.
const MOST_WINDOWS: usize = 10;

/// One product: `k` runs over `taps`, outputs over the `width` lanes of `weights`.
pub(crate) struct Tile<'a, T> {
    /// `[taps, width]`.
    pub(crate) weights: &'a [T],
    /// What the windows lie on.
    pub(crate) strip: &'a [T],
    /// Where each tap lies from the start of a window.
    pub(crate) taps: &'a [u32],
    /// Whether the sum is what the accumulators hold then; else it is added, as a whole, to what they hold.
    pub(crate) fresh: bool,
}

/// The lanes to pack `outputs` outputs into: a list of widths, each a number of registers of this level.
pub(crate) fn widths<T: Scalar>(level: Level, outputs: usize) -> impl Iterator<Item = usize> {
    let (lanes, most) = (level.vector_bytes() / size_of::<T>(), if level.vector_bytes() == 64 { 4 } else { 2 });
    let mut left = outputs.div_ceil(lanes);
    core::iter::from_fn(move || {
        // 5 registers go as 3 and 2: a block of 1 loads as often as it multiplies.
        let take = if left > most && left - most == 1 && most > 2 { most - 1 } else { left.min(most) };
        left -= take;
        (take > 0).then_some(take * lanes)
    })
}

/// Rows of accumulators needed for `windows` windows.
pub(crate) fn rows(windows: usize) -> usize {
    windows + MOST_WINDOWS
}

impl<T: Scalar> Tile<'_, T> {
    /// Writes the product, or adds it, to `acc`, `[rows(bases.len()), width]`; rows behind the windows' are scratch.
    ///
    /// # Panics
    /// If a tap of a window lies outside the strip, or a length is not as described.
    #[inline]
    pub(crate) fn run(&self, level: Level, width: usize, bases: &[u32], acc: &mut [T]) {
        let (Some(&far), Some(&tap)) = (bases.iter().max(), self.taps.iter().max()) else {
            if self.fresh {
                acc.fill(T::default());
            }
            return;
        };
        // In 64 bits any two of these numbers have a sum.
        assert!(u64::from(far) + u64::from(tap) < self.strip.len() as u64);
        let cells = |rows: usize| rows.checked_mul(width);
        assert!(cells(self.taps.len()) == Some(self.weights.len()));
        assert!(cells(rows(bases.len())).is_some_and(|least| acc.len() >= least));
        let registers = width * size_of::<T>() / level.vector_bytes();
        let run = TileLoop { tile: self, registers, width, bases, acc };
        // SAFETY: a level of more than 16 bytes comes from detection only. The ranges were checked above.
        unsafe {
            match (level.vector_bytes(), registers) {
                #[cfg(target_arch = "x86_64")]
                (64, _) => avx512(run),
                #[cfg(target_arch = "x86_64")]
                (32, _) => avx2(run),
                (_, 1) => run.blocks::<<T as Registers>::Portable, 1, 6>(),
                (_, 2) => run.blocks::<<T as Registers>::Portable, 2, 6>(),
                _ => unreachable!("no block of {registers} registers"),
            }
        }
    }
}

/// [`Tile::run`] behind its checks: every `bases[p] + taps[k]` is inside the strip, `weights` is `[taps, width]`, and
/// `acc` has a whole block of rows behind the last window.
struct TileLoop<'a, 'b, T> {
    tile: &'a Tile<'b, T>,
    registers: usize,
    width: usize,
    bases: &'a [u32],
    acc: &'a mut [T],
}

/// # Safety
/// The ranges of [`TileLoop`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
unsafe fn avx512<T: Scalar>(run: TileLoop<'_, '_, T>) {
    // SAFETY: the caller's, and this function has the instructions.
    unsafe {
        match run.registers {
            1 => run.blocks::<T::Avx512, 1, 10>(),
            2 => run.blocks::<T::Avx512, 2, 8>(),
            3 => run.blocks::<T::Avx512, 3, 8>(),
            4 => run.blocks::<T::Avx512, 4, 6>(),
            registers => unreachable!("no block of {registers} registers"),
        }
    }
}

/// # Safety
/// The ranges of [`TileLoop`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<T: Scalar>(run: TileLoop<'_, '_, T>) {
    // SAFETY: the caller's, and this function has the instructions.
    unsafe {
        match run.registers {
            1 => run.blocks::<T::Avx2, 1, 8>(),
            2 => run.blocks::<T::Avx2, 2, 6>(),
            registers => unreachable!("no block of {registers} registers"),
        }
    }
}

impl<T: Scalar> TileLoop<'_, '_, T> {
    /// # Safety
    /// As the type says, and `V` may be used at the current level; `width == MV * V::LEN`.
    #[inline(always)]
    unsafe fn blocks<V: Vector<Elem = T>, const MV: usize, const NR: usize>(self) {
        assert!(self.width == MV * V::LEN && NR <= MOST_WINDOWS);
        let (strip, taps) = (self.tile.strip.as_ptr(), self.tile.taps);
        for (group, rows) in self.bases.chunks(NR).zip(self.acc.chunks_exact_mut(NR * MV * V::LEN)) {
            // SAFETY: a short last group repeats its last window, so every base is one of `bases`, and base + tap lies
            // in the strip. `rows` has NR * MV registers, `weights` MV for each tap.
            unsafe {
                let base: [*const T; NR] = core::array::from_fn(|j| strip.add(group[j.min(group.len() - 1)] as usize));
                let rows = rows.as_mut_ptr();
                let mut acc = [[V::splat(T::default()); MV]; NR];
                let mut weights = self.tile.weights.as_ptr();
                for &tap in taps {
                    let lanes: [V; MV] = core::array::from_fn(|m| V::load(weights.add(m * V::LEN)));
                    weights = weights.add(MV * V::LEN);
                    for j in 0..NR {
                        let x = V::splat(*base[j].add(tap as usize));
                        for m in 0..MV {
                            acc[j][m] = lanes[m].madd(x, acc[j][m]);
                        }
                    }
                }
                for j in 0..NR {
                    for m in 0..MV {
                        let to = rows.add((j * MV + m) * V::LEN);
                        let sum = if self.tile.fresh { acc[j][m] } else { V::load(to).plus(acc[j][m]) };
                        sum.store(to);
                    }
                }
            }
        }
    }
}
