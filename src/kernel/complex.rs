//! Real transforms by complex ones of half the length.
#![allow(unsafe_code)] // pairs of numbers seen as complex numbers

use super::level::{Kernel, Level};
use num_traits::Float;
use rustfft::num_complex::Complex;

/// Two numbers at a time as complex numbers; an odd last one is left out.
pub(crate) fn pairs_mut<T>(numbers: &mut [T]) -> &mut [Complex<T>] {
    let half = numbers.len() / 2;
    // SAFETY: `Complex<T>` is `repr(C)` of two `T`, so it has the alignment of `T` and twice its size; the result covers
    // 2 * half <= len numbers of the slice and borrows it exclusively.
    unsafe { core::slice::from_raw_parts_mut(numbers.as_mut_ptr().cast(), half) }
}

/// Turns bins `1..m` of the transform of pairs into bins `1..m` of the real transform of `2 * m` numbers, or back.
///
/// With `s = a[k] + conj(a[m - k])`, `d = a[k] - conj(a[m - k])`, `t = turns[k] * d`:
/// `out[k] = gain * s + t`, `out[m - k] = conj(gain * s - t)`. Forward, `gain = 1/2` and `turns[k] = -i/2 *
/// exp(-2 pi i k / n)`; back, `gain = 1` and `turns[k] = i * exp(2 pi i k / n)` (twice the inverse).
/// `out`, `a` and `turns` all begin at bin 1; the first two hold `m - 1` bins.
#[inline]
pub(crate) fn untangle<T: Float>(out: &mut [Complex<T>], a: &[Complex<T>], turns: &[Complex<T>], gain: T) {
    Level::detect().run(Untangle { out, a, turns, gain });
}

struct Untangle<'a, T> {
    out: &'a mut [Complex<T>],
    a: &'a [Complex<T>],
    turns: &'a [Complex<T>],
    gain: T,
}

/// Bins handled together: enough for the widest vectors, in both directions.
const LANES: usize = 8;

impl<T: Float> Kernel for Untangle<'_, T> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Untangle { out, a, turns, gain } = self;
        let number = out.len();
        let pairs = number / 2;
        let (low, rest) = out.split_at_mut(pairs);
        let (middle, high) = rest.split_at_mut(number - 2 * pairs);
        let (a_low, a_high) = (&a[..pairs], &a[number - pairs..number]);
        if let [middle] = middle {
            let z = a[pairs];
            *middle = Complex::new((gain + gain) * z.re, -(gain + gain) * z.im);
        }
        // Arrays of known length, so that nothing is checked inside: a run of low bins and its mirror image.
        let (low_blocks, low_rest) = low.as_chunks_mut::<LANES>();
        let (high_rest, high_blocks) = high.as_rchunks_mut::<LANES>();
        let (a_low_blocks, a_low_rest) = a_low.as_chunks::<LANES>();
        let (a_high_rest, a_high_blocks) = a_high.as_rchunks::<LANES>();
        let (turn_blocks, turn_rest) = turns[..pairs].as_chunks::<LANES>();
        let lows = low_blocks.iter_mut().zip(a_low_blocks).zip(turn_blocks);
        let highs = high_blocks.iter_mut().zip(a_high_blocks).rev();
        for (((low, p), turn), (high, q)) in lows.zip(highs) {
            let mut mirrored = [Complex::new(T::zero(), T::zero()); LANES];
            for j in 0..LANES {
                (low[j], mirrored[j]) = butterfly(p[j], q[LANES - 1 - j], turn[j], gain);
            }
            for j in 0..LANES {
                high[j] = mirrored[LANES - 1 - j];
            }
        }
        let lows = low_rest.iter_mut().zip(a_low_rest).zip(turn_rest);
        let highs = high_rest.iter_mut().zip(a_high_rest).rev();
        for (((low, &p), &turn), (high, &q)) in lows.zip(highs) {
            (*low, *high) = butterfly(p, q, turn, gain);
        }
    }
}

#[inline(always)]
fn butterfly<T: Float>(p: Complex<T>, q: Complex<T>, turn: Complex<T>, gain: T) -> (Complex<T>, Complex<T>) {
    let s = Complex::new(gain * (p.re + q.re), gain * (p.im - q.im));
    let d = Complex::new(p.re - q.re, p.im + q.im);
    let t = Complex::new(d.re * turn.re - d.im * turn.im, d.re * turn.im + d.im * turn.re);
    (Complex::new(s.re + t.re, s.im + t.im), Complex::new(s.re - t.re, t.im - s.im))
}
