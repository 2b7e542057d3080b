//! The transform of real numbers and back, on complex transforms by `rustfft`.

use crate::array::Array;
use crate::audio::Sample;
use crate::error::Result;
use crate::ops::row_loops;
use crate::spec::Dims;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::any::{Any, TypeId};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftDirection, FftNum, FftPlanner};

/// A planned transform of `n` real numbers to `n / 2 + 1` bins, or the other way.
///
/// For an even `n`, the numbers are taken in pairs as `n / 2` complex ones, transformed, and the bins untangled
/// (Press et al., Numerical Recipes, 12.3.2): half the work of a complex transform of `n`.
#[derive(Clone)]
pub(super) struct RealFft<T> {
    n: usize,
    inner: Arc<dyn Fft<T>>,
    /// `turns[k - 1]` for bin `k`; see [`row_loops::untangle`]. Empty for an odd `n`.
    turns: Vec<Complex<T>>,
}

/// Buffers one thread needs; made once, used for every frame.
pub(super) struct Work<T> {
    /// The frame: `n` numbers, in pairs where `n` is even.
    pub(super) real: Vec<T>,
    bins: Vec<Complex<T>>,
    other: Vec<Complex<T>>,
    scratch: Vec<Complex<T>>,
}

impl<T: Sample + FftNum> RealFft<T> {
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge), [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    pub(super) fn new(n: usize, direction: FftDirection) -> Result<Self> {
        // What turns, buffers and the transforms within take at most: `rustfft` does not ask, and ends the process where there
        // is none.
        Array::<Complex<T>>::try_zeros("the buffers of a transform", Dims::from_slice(&[n, 8]))?;
        let even = n.is_multiple_of(2);
        let inner = planned(if even { n / 2 } else { n }, direction);
        // Forward -i/2 * exp(-i x), back i * exp(i x).
        let turn = |k: usize| {
            let (sin, cos) = num_traits::Float::sin_cos(core::f64::consts::TAU * k as f64 / n as f64);
            let (re, im) = match direction {
                FftDirection::Forward => (-sin / 2.0, -cos / 2.0),
                FftDirection::Inverse => (-sin, cos),
            };
            Complex::new(cast(re), cast(im))
        };
        let turns = if even { (1..=n / 4).map(turn).collect() } else { Vec::new() };
        Ok(RealFft { n, inner, turns })
    }

    pub(super) fn work(&self) -> Work<T> {
        let zero = Complex::new(T::zero(), T::zero());
        let length = self.inner.len();
        let scratch = self.inner.get_inplace_scratch_len().max(self.inner.get_outofplace_scratch_len());
        Work {
            real: vec![T::zero(); self.n],
            bins: vec![zero; length],
            other: vec![zero; length],
            scratch: vec![zero; scratch],
        }
    }

    /// The bins `0..=n / 2` of `work.real`, which is used up.
    pub(super) fn forward(&self, work: &mut Work<T>, out: &mut [Complex<T>]) {
        if !self.n.is_multiple_of(2) {
            for (bin, &x) in work.bins.iter_mut().zip(&work.real) {
                *bin = Complex::new(x, T::zero());
            }
            self.inner.process_with_scratch(&mut work.bins, &mut work.scratch);
            out.copy_from_slice(&work.bins[..out.len()]);
            return;
        }
        let pairs = row_loops::pairs_mut(&mut work.real);
        self.inner.process_outofplace_with_scratch(pairs, &mut work.bins, &mut work.scratch);
        let (m, first) = (self.n / 2, work.bins[0]);
        out[0] = Complex::new(first.re + first.im, T::zero());
        out[m] = Complex::new(first.re - first.im, T::zero());
        row_loops::untangle(&mut out[1..m], &work.bins[1..], &self.turns, cast(0.5));
    }

    /// `n` times the inverse of bins `0..=n / 2`, into `work.real`. The imaginary parts of bin 0 and, for an even `n`, of
    /// bin `n / 2` are not read.
    pub(super) fn inverse(&self, bins: &[Complex<T>], work: &mut Work<T>) {
        let half = self.n / 2;
        if !self.n.is_multiple_of(2) {
            work.bins[0] = Complex::new(bins[0].re, T::zero());
            for k in 1..=half {
                work.bins[k] = bins[k];
                work.bins[self.n - k] = bins[k].conj();
            }
            self.inner.process_with_scratch(&mut work.bins, &mut work.scratch);
            for (x, bin) in work.real.iter_mut().zip(&work.bins) {
                *x = bin.re;
            }
            return;
        }
        let (first, last) = (bins[0].re, bins[half].re);
        work.other[0] = Complex::new(first + last, first - last);
        row_loops::untangle(&mut work.other[1..], &bins[1..half], &self.turns, T::one());
        let pairs = row_loops::pairs_mut(&mut work.real);
        self.inner.process_outofplace_with_scratch(&mut work.other, pairs, &mut work.scratch);
    }
}

/// A transform of `n` complex numbers. `rustfft` is generic over them: here, once for each of the two [`Sample`]s, and not in every
/// program, it is compiled.
fn planned<T: Sample + FftNum>(n: usize, direction: FftDirection) -> Arc<dyn Fft<T>> {
    let plan: Box<dyn Any> = match TypeId::of::<T>() == TypeId::of::<f32>() {
        true => Box::new(planned_f32(n, direction)),
        false => Box::new(planned_f64(n, direction)),
    };
    match plan.downcast::<Arc<dyn Fft<T>>>() {
        Ok(plan) => *plan,
        Err(_) => unreachable!("samples are f32 or f64"),
    }
}

#[inline(never)]
fn planned_f32(n: usize, direction: FftDirection) -> Arc<dyn Fft<f32>> {
    FftPlanner::new().plan_fft(n, direction)
}

#[inline(never)]
fn planned_f64(n: usize, direction: FftDirection) -> Arc<dyn Fft<f64>> {
    FftPlanner::new().plan_fft(n, direction)
}

pub(super) fn cast<T: Sample>(x: f64) -> T {
    T::from_f64(x).unwrap_or_else(T::nan)
}
