//! Weights across a window that let overlapping windows fade into each other.

use crate::array::Array;
use crate::error::{Error, Result};
use crate::spec::AxisPlan;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use smallvec::smallvec;

/// Weights along one axis of a window, taken at the middle of each cell.
///
/// For a window of `n` and `u = (j + 1/2) / n`, cell `j` weighs
///
/// ```text
/// Flat         1
/// Hann         sin(pi u)^2
/// Linear       1 - |2 u - 1|
/// Gaussian(s)  exp(-((u - 1/2) / s)^2 / 2)
/// ```
///
/// None of them is zero, so every element that a window covers has a weight. (Signal processing's Hann windows are taken
/// at the ends of cells, where they do reach zero; give those as `Weights`.)
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Taper {
    /// One everywhere.
    Flat,
    /// A raised cosine.
    Hann,
    /// A triangle.
    Linear,
    /// A bell whose standard deviation is this part of the window (1/8 is usual).
    Gaussian(f64),
    /// The caller's own, one a cell.
    Weights(Vec<f64>),
}

impl Taper {
    /// The weights of a window of `window` cells along array axis `axis`.
    pub(super) fn weights(&self, axis: &AxisPlan) -> Result<Vec<f64>> {
        let window = axis.window();
        let cell = |j: usize| (j as f64 + 0.5) / window as f64;
        // A window may be longer than any memory: it is the caller's number, and no patch has come yet.
        let each = |f: &dyn Fn(usize) -> f64| {
            let mut weights = Array::try_zeros("a taper", smallvec![window])?.into_vec();
            weights.iter_mut().enumerate().for_each(|(j, w)| *w = f(j));
            Ok::<_, Error>(weights)
        };
        let weights = match self {
            Taper::Flat => each(&|_| 1.0)?,
            Taper::Hann => each(&|j| {
                let s = num_traits::Float::sin(core::f64::consts::PI * cell(j));
                s * s
            })?,
            Taper::Linear => each(&|j| 1.0 - num_traits::Float::abs(2.0 * cell(j) - 1.0))?,
            Taper::Gaussian(deviation) => each(&|j| {
                let z = (cell(j) - 0.5) / deviation;
                num_traits::Float::exp(-0.5 * z * z)
            })?,
            Taper::Weights(own) if own.len() == window => own.clone(),
            Taper::Weights(own) => {
                return Err(Error::TaperLength { axis: axis.axis(), found: own.len(), window });
            }
        };
        match weights.iter().position(|w| !w.is_finite()) {
            Some(at) => Err(Error::TaperNotFinite { axis: axis.axis(), at }),
            None => Ok(weights),
        }
    }
}

/// One taper for all unfolded axes, or one for each in the order of the request.
#[derive(Clone, Debug, PartialEq)]
pub struct Tapers(Given);

#[derive(Clone, Debug, PartialEq)]
enum Given {
    One(Taper),
    Each(Vec<Taper>),
}

impl Tapers {
    /// As Rust; a caller's own weights are not listed.
    pub(crate) fn code(&self) -> String {
        let name = |taper: &Taper| match taper {
            Taper::Weights(_) => "Taper::Weights(..)".to_string(),
            named => format!("Taper::{named:?}"),
        };
        match &self.0 {
            Given::One(taper) => name(taper),
            Given::Each(list) => format!("[{}]", list.iter().map(name).collect::<Vec<_>>().join(", ")),
        }
    }

    /// The weights along each unfolded axis.
    pub(crate) fn weights(&self, axes: &[AxisPlan]) -> Result<Vec<Vec<f64>>> {
        match &self.0 {
            Given::One(taper) => axes.iter().map(|a| taper.weights(a)).collect(),
            Given::Each(list) if list.len() == axes.len() => {
                axes.iter().zip(list).map(|(a, taper)| taper.weights(a)).collect()
            }
            Given::Each(list) => Err(Error::CountMismatch { what: "taper", given: list.len(), axes: axes.len() }),
        }
    }
}

impl From<Taper> for Tapers {
    fn from(taper: Taper) -> Self {
        Tapers(Given::One(taper))
    }
}

impl<const N: usize> From<[Taper; N]> for Tapers {
    fn from(tapers: [Taper; N]) -> Self {
        Tapers(Given::Each(Vec::from(tapers)))
    }
}

impl From<Vec<Taper>> for Tapers {
    fn from(tapers: Vec<Taper>) -> Self {
        Tapers(Given::Each(tapers))
    }
}
