//! Whether overlapped windows add up to something that can be divided out: COLA and NOLA.

use crate::error::{Error, Result};
use alloc::vec::Vec;
use num_traits::Float;

/// What overlapped copies of `weights`, one every `hop` samples, add up to at each of the `hop` samples between two
/// starts, once as many copies overlap as ever do.
///
/// The copy that started first is added first. Costs one addition per weight.
///
/// # Errors
/// [`Error::ZeroStep`] for a hop of zero.
///
/// ```
/// use ndwindow::audio::overlap_sums;
///
/// let hann = [0.0, 0.5, 1.0, 0.5];
/// assert_eq!(overlap_sums(&hann, 2)?, [1.0, 1.0]);
/// assert_eq!(overlap_sums(&hann, 3)?, [0.5, 0.5, 1.0]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
pub fn overlap_sums<T: Float>(weights: &[T], hop: usize) -> Result<Vec<T>> {
    if hop == 0 {
        return Err(Error::ZeroStep { axis: 0 });
    }
    let phases = 0..hop.min(weights.len().max(1));
    let mut sums: Vec<T> = phases
        .map(|q| {
            let copies = weights[q.min(weights.len())..].iter().step_by(hop).rev().copied();
            copies.reduce(|sum, w| sum + w).unwrap_or_else(T::zero)
        })
        .collect();
    // Between windows that do not touch there is nothing; one such sample is enough to say so.
    if sums.len() < hop {
        sums.push(T::zero());
    }
    Ok(sums)
}

/// Checks that overlapped windows add up to a constant (COLA) and returns it.
///
/// They do if no sum differs from their mean by more than rounding: 64 units of the last place, times the mean.
///
/// # Errors
/// [`Error::NotCola`] with the sample of the hop that is farthest off; [`Error::NotNola`] if the constant is zero;
/// [`Error::ZeroStep`].
pub fn check_cola<T: Float>(window: &[T], hop: usize) -> Result<T> {
    check_nola(window, hop)?;
    let sums = overlap_sums(window, hop)?;
    let number = sums.iter().fold(0.0, |n, _| n + 1.0);
    let mean = sums.iter().map(|&s| f64_of(s)).sum::<f64>() / number;
    let off = |i: &usize| (f64_of(sums[*i]) - mean).abs();
    let worst = extreme(sums.len(), |a, b| off(&a) > off(&b));
    let bound = 64.0 * f64_of(T::epsilon()) * mean.abs();
    match sums.get(worst) {
        Some(&value) if off(&worst) > bound => Err(Error::NotCola { hop, index: worst, value: f64_of(value), mean }),
        _ => Ok(T::from(mean).unwrap_or_else(T::nan)),
    }
}

/// Checks that overlapped weights add up to something other than zero at every sample (NOLA).
///
/// Give it the product of what frames are multiplied with on the way in and on the way back: the squared window
/// where both are the window, as in an inverse STFT. As in SciPy, less than 1e-10 of the largest counts as zero.
///
/// # Errors
/// [`Error::NotNola`] with the sample of the hop that comes nearest to zero; [`Error::ZeroStep`].
pub fn check_nola<T: Float>(weights: &[T], hop: usize) -> Result<()> {
    let sums = overlap_sums(weights, hop)?;
    // A NaN is worse than zero.
    let size = |i: usize| Some(f64_of(sums[i]).abs()).filter(|s| s.is_finite()).unwrap_or(-1.0);
    let most = weights.iter().fold(0.0, |m: f64, &w| m.max(f64_of(w).abs()));
    let worst = extreme(sums.len(), |a, b| size(a) < size(b));
    if size(worst) > 1e-10 * most {
        return Ok(());
    }
    Err(Error::NotNola { hop, window: weights.len(), index: worst, value: f64_of(sums[worst]) })
}

/// The first index none is beyond.
fn extreme(n: usize, beyond: impl Fn(usize, usize) -> bool) -> usize {
    (1..n).fold(0, |best, i| if beyond(i, best) { i } else { best })
}

fn f64_of<T: Float>(x: T) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}
