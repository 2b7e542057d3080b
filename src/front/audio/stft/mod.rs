//! The short-time Fourier transform and its inverse (feature `fft`).

mod analysis;
mod real;
mod stream;
mod synthesis;

use super::{Framing, Sample};
use crate::array::Array;
use crate::error::{Error, Result};
use crate::spec::{Dims, PadMode, Tail};
use alloc::vec::Vec;

pub use analysis::Analysis;
pub use rustfft::FftNum;
pub use rustfft::num_complex::Complex;
pub use stream::{AnalysisStream, SynthesisStream};
pub use synthesis::Synthesis;

/// A frame is worth as much of a thread as moving so many bytes.
const WORK: usize = 4 << 10;

/// What a short-time Fourier transform is asked to be; [`analysis`](Self::analysis) and [`synthesis`](Self::synthesis)
/// plan the two directions.
///
/// Bin `f` of frame `t` is `scale * sum_m window[m] * x[t * hop + m - before] * exp(-2 pi i f m / n_fft)`, and the result is
/// `[.., frames, bins]`, frame by frame (permute the last two axes for librosa's and PyTorch's `[.., bins, frames]`).
///
/// | elsewhere | here |
/// | --- | --- |
/// | `librosa.stft(y, n_fft, hop, center=True)` | `Stft::new(n_fft, hop).centered(PadMode::Empty)` |
/// | `win_length=w` | `.window(hann of w)`: zeros around it up to `n_fft`, `(n_fft - w) / 2` of them before |
/// | `torch.stft(x, n_fft, hop, window=w, center=True)` | `.window(w).centered(PadMode::Reflect)` |
/// | `normalized=True`, `onesided=False` | `.scale(Scale::Unitary)`, `.two_sided()` |
/// | `scipy.signal.stft(x, window=w, nperseg, noverlap, nfft, boundary='zeros', padded=True)` | `Stft::new(nfft, nperseg - noverlap).window(w).window_first().centered(PadMode::Empty).whole_hops().scale(Scale::Spectrum)` |
/// | `boundary='even'`, `'constant'` (SciPy) | `PadMode::Reflect`, `PadMode::Edge` |
/// | `scaling='psd'` (SciPy) | `.scale(Scale::Density)` |
/// | `ShortTimeFFT(w, hop, mfft=n).stft(x, p0, p1)` (SciPy) | `Stft::new(n, hop).window(w).window_first().pad(m_num_mid - p0 * hop, .., mode)`, `phase_shift=0`: `.rotated(m_num_mid % w.len())` |
/// | `STFT(signal, frame_step, window, frame_length)` (ONNX) | `Stft::new(frame_length, frame_step).window(window)`, `onesided=0`: `.two_sided()` |
///
/// ```
/// use ndwindow::{PadMode, audio::Stft};
///
/// let x: Vec<f32> = (0..1000).map(|i| (i as f32 * 0.1).sin()).collect();
/// let stft = Stft::new(64, 16).centered(PadMode::Reflect);
/// let spectrum = stft.analysis::<f32>()?.forward(&x)?;
/// assert_eq!(spectrum.shape(), [63, 33]);
/// let back = stft.synthesis::<f32>()?.inverse(&spectrum, Some(1000))?;
/// assert!(x.iter().zip(back.as_slice()).all(|(a, b)| (a - b).abs() < 1e-5));
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Stft {
    n_fft: usize,
    hop: usize,
    /// `None`: the periodic Hann window of `n_fft`.
    window: Option<Vec<f64>>,
    window_first: bool,
    pads: Pads,
    mode: PadMode,
    whole_hops: bool,
    scale: Scale,
    two_sided: bool,
    rotated: usize,
    gaps: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Pads {
    /// Half a frame at both ends.
    Half,
    Numbers(isize, isize),
}

/// What spectra are multiplied with; the inverse divides by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scale {
    /// One.
    #[default]
    None,
    /// `1 / sqrt(n_fft)`: PyTorch's `normalized`.
    Unitary,
    /// `1 / sum(window)`: SciPy's `spectrum`; a sine shows half its amplitude.
    Spectrum,
    /// `1 / sqrt(sum(window^2))`: SciPy's `psd` at a sampling frequency of one.
    Density,
}

impl Stft {
    /// Transforms of `n_fft` samples every `hop`, under the periodic Hann window, the first frame at the first sample.
    pub fn new(n_fft: usize, hop: usize) -> Self {
        Stft {
            n_fft,
            hop,
            window: None,
            window_first: false,
            pads: Pads::Numbers(0, 0),
            mode: PadMode::Empty,
            whole_hops: false,
            scale: Scale::None,
            two_sided: false,
            rotated: 0,
            gaps: false,
        }
    }

    /// The window, of at most `n_fft` values. A shorter one stands in the middle of a frame of `n_fft` samples.
    pub fn window<W: Copy + Into<f64>>(mut self, window: &[W]) -> Self {
        self.window = Some(window.iter().map(|&w| w.into()).collect());
        self
    }

    /// Frames are only as long as the window, and zeros up to `n_fft` follow them, as in SciPy.
    pub fn window_first(mut self) -> Self {
        self.window_first = true;
        self
    }

    /// Centres frame `t` on sample `t * hop`: half a frame of padding at both ends.
    pub fn centered(mut self, mode: PadMode) -> Self {
        (self.pads, self.mode) = (Pads::Half, mode);
        self
    }

    /// Pads the signal by `before` and `after` samples; negative ones crop it.
    pub fn pad(mut self, before: isize, after: isize, mode: PadMode) -> Self {
        (self.pads, self.mode) = (Pads::Numbers(before, after), mode);
        self
    }

    /// Samples behind the last whole frame make one more, filled up with zeros (SciPy's `padded`).
    pub fn whole_hops(mut self) -> Self {
        self.whole_hops = true;
        self
    }

    /// What spectra are multiplied with.
    pub fn scale(mut self, scale: Scale) -> Self {
        self.scale = scale;
        self
    }

    /// All `n_fft` bins instead of the first `n_fft / 2 + 1`.
    pub fn two_sided(mut self) -> Self {
        self.two_sided = true;
        self
    }

    /// Rotates each windowed frame left by `by` samples before it is transformed, which turns the phase's origin there.
    pub fn rotated(mut self, by: usize) -> Self {
        self.rotated = by;
        self
    }

    /// Lets the inverse leave samples as they are where the squared windows add up to zero, instead of refusing such
    /// a window and hop (librosa).
    pub fn allow_gaps(mut self) -> Self {
        self.gaps = true;
        self
    }

    /// Bins of a spectrum.
    fn bins(&self) -> usize {
        if self.two_sided { self.n_fft } else { self.n_fft / 2 + 1 }
    }

    /// The window of a whole frame, rounded to `T`, and what spectra are multiplied with.
    fn resolve<T: Sample + FftNum>(&self) -> Result<(Vec<T>, f64)> {
        Framing::new(self.n_fft, self.hop).count(self.n_fft)?; // neither may be zero
        let window: Vec<T> = match &self.window {
            Some(window) => window.iter().map(|&w| real::cast(w)).collect(),
            None => super::WindowFn::Hann.periodic(self.n_fft)?,
        };
        if window.is_empty() {
            return Err(Error::ZeroWindow { axis: 0 });
        }
        if window.len() > self.n_fft {
            return Err(Error::WindowTooLong { window: window.len(), n_fft: self.n_fft });
        }
        let number = |w: &T| w.to_f64().unwrap_or(f64::NAN);
        let scale = match self.scale {
            Scale::None => 1.0,
            Scale::Unitary => 1.0 / num_traits::Float::sqrt(self.n_fft as f64),
            Scale::Spectrum => 1.0 / window.iter().map(number).sum::<f64>(),
            Scale::Density => 1.0 / num_traits::Float::sqrt(window.iter().map(|w| number(w) * number(w)).sum::<f64>()),
        };
        let size = if self.window_first { window.len() } else { self.n_fft };
        self.check_pads(size)?;
        if window.len() == size {
            return Ok((window, scale));
        }
        let before = (self.n_fft - window.len()) / 2;
        let mut whole = Array::try_zeros("a window function", Dims::from_slice(&[self.n_fft]))?.into_vec();
        whole[before..before + window.len()].copy_from_slice(&window);
        Ok((whole, scale))
    }

    /// Refuses padding that not even a signal of one sample can be given.
    fn check_pads(&self, size: usize) -> Result<()> {
        let (before, after) = self.framing(size).pads();
        Framing::new(size, self.hop).pad(before, after, PadMode::Empty).tail(Tail::Partial).count(1).map(|_| ())
    }

    /// Where frames of `size` samples lie.
    fn framing(&self, size: usize) -> Framing {
        match self.pads {
            Pads::Half => Framing::new(size, self.hop).centered(self.mode),
            Pads::Numbers(before, after) => Framing::new(size, self.hop).pad(before, after, self.mode),
        }
    }

    /// How many frames a signal of `samples` samples has, each of `size` samples.
    fn frames(&self, size: usize, samples: usize) -> Result<usize> {
        // One more for the rest is as many as if the last one moved back to cover it.
        let tail = if self.whole_hops { Tail::ShiftBack } else { Tail::Drop };
        self.framing(size).tail(tail).count(samples)
    }
}
