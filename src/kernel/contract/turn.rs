//! Blocks of a tile turned on their way to the result, whose windows are neighbours where a tile's outputs are.
#![allow(unsafe_code)] // loads and stores through pointers, and instructions that need a detected level

use super::finish::Finish;
use super::lanes::{Scalar, Vector};
use crate::kernel::level::Level;

/// Rows and columns of a block.
pub(crate) const SIDE: usize = 16;

/// Writes the block `[SIDE windows, SIDE outputs]` in rows of `width` to `to`, whose outputs lie `apart` and whose windows are
/// neighbours, if the level has instructions for it; else does nothing and says so.
///
/// # Safety
/// `to` may be written at `i + o * apart` for all `i` and `o` below `SIDE`, and nobody else does.
#[inline]
pub(crate) unsafe fn turn<T: Scalar>(
    level: Level,
    block: &[T],
    width: usize,
    to: *mut T,
    apart: usize,
    finish: Finish<'_, T>,
) -> bool {
    assert!(width.checked_mul(SIDE - 1).and_then(|n| n.checked_add(SIDE)).is_some_and(|least| block.len() >= least));
    #[cfg(target_arch = "x86_64")]
    if level.vector_bytes() == 64 && size_of::<T>() == 4 {
        // SAFETY: the level is detected; reads are inside the block, writes the caller's.
        unsafe { turn_512(block, width, to, apart, finish) };
        return true;
    }
    let _ = (level, to, apart, finish);
    false
}

/// # Safety
/// As [`turn`], for elements of 4 bytes; the block reaches `SIDE` rows.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
unsafe fn turn_512<T: Scalar>(block: &[T], width: usize, to: *mut T, apart: usize, finish: Finish<'_, T>) {
    use core::arch::x86_64::*;
    // SAFETY: rows of SIDE elements of 4 bytes, each inside the block; the shuffles move bits and compute nothing.
    unsafe {
        let row = |i: usize| _mm512_castps_pd(_mm512_loadu_ps(block.as_ptr().add(i * width).cast()));
        let a: [__m512d; SIDE] = core::array::from_fn(row);
        let (ps, pd) = (|v: __m512d| _mm512_castpd_ps(v), |v: __m512| _mm512_castps_pd(v));
        // Pairs of rows, then fours: each 128-bit lane ends as a turned 4 by 4 block.
        let b: [__m512d; SIDE] = core::array::from_fn(|i| {
            let (x, y) = (ps(a[i / 2 * 2]), ps(a[i / 2 * 2 + 1]));
            pd(if i % 2 == 0 { _mm512_unpacklo_ps(x, y) } else { _mm512_unpackhi_ps(x, y) })
        });
        let c: [__m512d; SIDE] = core::array::from_fn(|i| {
            let (x, y) = (b[i / 4 * 4 + i % 4 / 2], b[i / 4 * 4 + i % 4 / 2 + 2]);
            if i % 2 == 0 { _mm512_unpacklo_pd(x, y) } else { _mm512_unpackhi_pd(x, y) }
        });
        // c[4 q + r] holds, in lane l, column 4 l + r of rows 4 q..4 q + 4: the lanes are a 4 by 4 block to turn.
        for r in 0..4 {
            let q: [__m512; 4] = core::array::from_fn(|q| ps(c[4 * q + r]));
            let low = [_mm512_shuffle_f32x4::<0x88>(q[0], q[1]), _mm512_shuffle_f32x4::<0x88>(q[2], q[3])];
            let high = [_mm512_shuffle_f32x4::<0xDD>(q[0], q[1]), _mm512_shuffle_f32x4::<0xDD>(q[2], q[3])];
            let columns = [
                _mm512_shuffle_f32x4::<0x88>(low[0], low[1]),
                _mm512_shuffle_f32x4::<0x88>(high[0], high[1]),
                _mm512_shuffle_f32x4::<0xDD>(low[0], low[1]),
                _mm512_shuffle_f32x4::<0xDD>(high[0], high[1]),
            ];
            for l in 0..4 {
                let o = 4 * l + r;
                let at = to.add(o * apart);
                // Both are 64 bytes.
                let x: T::Avx512 = core::mem::transmute_copy(&columns[l]);
                let x = match finish {
                    Finish::Set(None) => x,
                    Finish::Set(Some(bias)) => x.plus(T::Avx512::splat(bias[o])),
                    Finish::Add => x.plus(T::Avx512::load(at)),
                };
                x.store(at);
            }
        }
    }
}
