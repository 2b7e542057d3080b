//! Window functions: the tapers frames are multiplied with.

use crate::array::checked_bytes;
use crate::error::{Error, Result};
use alloc::vec::Vec;
use core::f64::consts::PI;
use num_traits::{Float, FromPrimitive};

/// A window function (taper).
///
/// Each has two forms and no default between them. [`periodic`](Self::periodic) is one period of a window that
/// repeats every `n` samples: for spectral analysis and overlap-add. [`symmetric`](Self::symmetric) reads the same
/// from both ends: for filter design.
///
/// ```text
/// Hann, n = 4     periodic  0  0.5  1  0.5        (the next sample would be 0 again)
///                 symmetric 0  0.75 0.75 0
/// ```
///
/// Formulas and names are those of `scipy.signal.windows`, whose `fftbins` / `sym` chooses between the two forms.
///
/// ```
/// use ndwindow::audio::WindowFn;
///
/// assert_eq!(WindowFn::Hann.periodic::<f32>(4)?, [0.0, 0.5, 1.0, 0.5]);
/// assert_eq!(WindowFn::Hann.symmetric::<f32>(5)?, [0.0, 0.5, 1.0, 0.5, 0.0]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum WindowFn {
    /// All ones.
    Rectangular,
    /// `0.5 - 0.5 cos`: falls to zero; adds up to a constant at a hop of `n / 2`, `n / 3`, ...
    Hann,
    /// `0.54 - 0.46 cos`: stays above zero, so that it can be divided out everywhere.
    Hamming,
    /// `0.42 - 0.5 cos + 0.08 cos 2`: wider main lobe, lower side lobes.
    Blackman,
    /// `exp(-x^2 / (2 deviation^2))`.
    Gaussian {
        /// Standard deviation in samples, above zero.
        deviation: f64,
    },
    /// Kaiser's window, near the best concentration of energy.
    Kaiser {
        /// Shape, from 0 (rectangular) to 700; 8.6 is close to Blackman.
        beta: f64,
    },
    /// Half a sine. The symmetric form is the window of the MDCT: its square adds up to one at a hop of `n / 2`.
    Sine,
}

impl WindowFn {
    /// One period of the window: `scipy.signal.get_window(name, n, fftbins=True)`.
    ///
    /// Values are computed in `f64` and rounded once. Costs `n` evaluations and one allocation.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a parameter outside its range; [`Error::TooLarge`], [`Error::OutOfMemory`].
    pub fn periodic<T: Float + FromPrimitive>(self, n: usize) -> Result<Vec<T>> {
        // A period is the symmetric window of one more sample, less that sample. (Where there is no such number there is no
        // memory for the samples either.)
        self.sample(n, n.saturating_add(1))
    }

    /// The window that reads the same from both ends: `scipy.signal.get_window(name, n, fftbins=False)`.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a parameter outside its range; [`Error::TooLarge`], [`Error::OutOfMemory`].
    pub fn symmetric<T: Float + FromPrimitive>(self, n: usize) -> Result<Vec<T>> {
        self.sample(n, n)
    }

    /// The first `n` samples of the symmetric window of `whole`.
    fn sample<T: Float + FromPrimitive>(self, n: usize, whole: usize) -> Result<Vec<T>> {
        self.check()?;
        let what = "a window function";
        checked_bytes::<T>(what, &[n])?;
        let mut samples = Vec::new();
        if samples.try_reserve_exact(n).is_err() {
            return Err(Error::OutOfMemory { what, shape: [n].into(), bytes: n * size_of::<T>() });
        }
        let cast = |x: f64| T::from_f64(x).unwrap_or_else(T::nan);
        let one = whole == 1 || n == 1;
        samples.extend((0..n).map(|i| if one { T::one() } else { cast(self.at(i, whole)) }));
        Ok(samples)
    }

    /// Sample `i` of the symmetric window of `whole` samples, from the nearer end, so that both halves have the same bits.
    fn at(self, i: usize, whole: usize) -> f64 {
        let (i, whole) = (i.min(whole - 1 - i) as f64, whole as f64);
        let turn = |times: f64| Float::cos(2.0 * PI * times * i / (whole - 1.0));
        match self {
            WindowFn::Rectangular => 1.0,
            WindowFn::Hann => 0.5 - 0.5 * turn(1.0),
            WindowFn::Hamming => 0.54 - 0.46 * turn(1.0),
            WindowFn::Blackman => 0.42 - 0.5 * turn(1.0) + 0.08 * turn(2.0),
            WindowFn::Gaussian { deviation } => {
                let x = (i - (whole - 1.0) / 2.0) / deviation;
                Float::exp(-0.5 * x * x)
            }
            WindowFn::Kaiser { beta } => {
                let x = 2.0 * i / (whole - 1.0) - 1.0;
                bessel_i0(beta * Float::sqrt((1.0 - x * x).max(0.0))) / bessel_i0(beta)
            }
            WindowFn::Sine => Float::sin(PI * (i + 0.5) / whole),
        }
    }

    fn check(self) -> Result<()> {
        match self {
            WindowFn::Gaussian { deviation } if !(deviation > 0.0 && deviation.is_finite()) => {
                Err(Error::Parameter { what: "deviation of a Gaussian", value: deviation, range: "above 0 and finite" })
            }
            WindowFn::Kaiser { beta } if !(0.0..=700.0).contains(&beta) => {
                Err(Error::Parameter { what: "beta of a Kaiser window", value: beta, range: "from 0 to 700" })
            }
            _ => Ok(()),
        }
    }
}

/// The modified Bessel function of order zero by its power series (Abramowitz and Stegun 9.6.12); all terms are
/// positive, so it is accurate wherever it does not overflow.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > sum * 1e-17 {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}
