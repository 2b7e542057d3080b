//! Signals to spectra.

use super::Stft;
use super::real::{RealFft, Work, cast};
use crate::array::{Array, IntoView};
use crate::audio::rows::Rows;
use crate::audio::windowed::check_buffer;
use crate::audio::{Framing, Sample};
use crate::error::Result;
use crate::ops::row_loops;
use crate::spec::Dims;
use alloc::vec;
use alloc::vec::Vec;
use rustfft::num_complex::Complex;
use rustfft::{FftDirection, FftNum};

/// Frames transformed at a time, before their spectra are written out together.
const GROUP: usize = 8;

/// A planned short-time Fourier transform; see [`Stft`].
#[derive(Clone)]
pub struct Analysis<T> {
    pub(super) stft: Stft,
    /// The window times the scale, as long as a frame.
    window: Vec<T>,
    fft: RealFft<T>,
}

impl Stft {
    /// Plans the forward transform: the only place that allocates for it, but for results and per-thread buffers.
    ///
    /// # Errors
    /// [`ZeroWindow`](crate::Error::ZeroWindow) (`n_fft` or the window), [`ZeroStep`](crate::Error::ZeroStep),
    /// [`WindowTooLong`](crate::Error::WindowTooLong); [`LineOverflow`](crate::Error::LineOverflow) for padding no signal can have;
    /// [`SpanOverflow`](crate::Error::SpanOverflow), [`TooLarge`](crate::Error::TooLarge), [`OutOfMemory`](crate::Error::OutOfMemory)
    /// for a transform no memory holds.
    pub fn analysis<T: Sample + FftNum>(&self) -> Result<Analysis<T>> {
        Analysis::new(self)
    }
}

impl<T: Sample + FftNum> Analysis<T> {
    pub(super) fn new(stft: &Stft) -> Result<Self> {
        let (window, scale) = stft.resolve::<T>()?;
        let window = window.into_iter().map(|w| w * cast::<T>(scale)).collect();
        Ok(Analysis { stft: stft.clone(), window, fft: RealFft::new(stft.n_fft, FftDirection::Forward)? })
    }

    /// Bins of a spectrum: `n_fft / 2 + 1`, or `n_fft` if two-sided.
    pub fn bins(&self) -> usize {
        self.stft.bins()
    }

    /// Where the frames lie that are transformed.
    pub fn framing(&self) -> Framing {
        self.stft.framing(self.window.len())
    }

    /// How many frames a signal of `samples` samples has.
    ///
    /// # Errors
    /// Those of [`Unfold::plan`](crate::Unfold::plan).
    pub fn frames(&self, samples: usize) -> Result<usize> {
        self.stft.frames(self.window.len(), samples)
    }

    /// The spectra of a real signal: `[.., time] -> [.., frames, bins]`.
    ///
    /// Frames are independent: a NaN stays in the spectra of the frames that hold it, and the result has the same bits
    /// for any number of threads. `O(frames * n_fft log n_fft)`; nothing is allocated a frame; in the caller's `rayon`
    /// pool if there is much to do. A signal that does not lie row by row in one piece is copied once.
    ///
    /// # Errors
    /// Those of [`Unfold::plan`](crate::Unfold::plan): a signal shorter than a frame, or an empty one that is to be mirrored;
    /// [`Error::TooLarge`](crate::Error::TooLarge), [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    pub fn forward<'a, S: IntoView<'a, Elem = T>>(&self, signal: S) -> Result<Array<Complex<T>>> {
        let (rows, shape) = self.rows(signal)?;
        let mut out = Array::try_zeros("spectra", shape)?;
        self.transform(&rows, out.as_mut_slice());
        Ok(out)
    }

    /// [`forward`](Self::forward) into a caller's buffer.
    ///
    /// # Errors
    /// As there, and [`Error::BufferLength`](crate::Error::BufferLength).
    pub fn forward_into<'a, S: IntoView<'a, Elem = T>>(&self, signal: S, out: &mut [Complex<T>]) -> Result<()> {
        let (rows, shape) = self.rows(signal)?;
        check_buffer::<Complex<T>>("spectra", shape, out.len())?;
        self.transform(&rows, out);
        Ok(())
    }

    /// The two-sided spectra of a complex signal (ONNX), `[.., time] -> [.., frames, n_fft]`: those of its real part plus
    /// `i` times those of its imaginary part. Also for a plan that is one-sided otherwise.
    ///
    /// # Errors
    /// As [`forward`](Self::forward).
    pub fn forward_complex<'a, S: IntoView<'a, Elem = Complex<T>>>(&self, signal: S) -> Result<Array<Complex<T>>> {
        let signal = signal.into_view();
        let both = Analysis { stft: self.stft.clone().two_sided(), ..self.clone() };
        let part = |take: fn(&Complex<T>) -> T| {
            both.forward(&Array::new(signal.iter().map(take).collect::<Vec<T>>(), signal.shape())?)
        };
        let (mut re, im) = (part(|z| z.re)?, part(|z| z.im)?);
        for (a, b) in re.as_mut_slice().iter_mut().zip(im.as_slice()) {
            *a = Complex::new(a.re - b.im, a.im + b.re);
        }
        Ok(re)
    }

    fn rows<'a, S: IntoView<'a, Elem = T>>(&self, signal: S) -> Result<(Rows<'a, T>, Dims)> {
        let rows = Rows::new(signal.into_view(), &self.framing())?;
        let frames = self.frames(rows.samples())?;
        let shape = rows.shape(&[frames, self.bins()]);
        Ok((rows, shape))
    }

    fn transform(&self, rows: &Rows<'_, T>, out: &mut [Complex<T>]) {
        let bins = self.bins();
        let number = rows.rows();
        if number == 0 || out.is_empty() {
            return;
        }
        let row = out.len() / number;
        let stream = row_loops::streams(size_of_val(out));
        let work = (out.len() / bins).saturating_mul(super::WORK);
        let staged = if stream { GROUP * bins } else { 0 };
        let scratch = || (self.work(), vec![Complex::new(T::zero(), T::zero()); staged]);
        // Threads take many groups at a time, so that their buffers are seldom made anew.
        row_loops::each_chunk(out, row, 16 * GROUP * bins, work, scratch, |(work, stage), r, i, part| {
            for (g, group) in part.chunks_mut(GROUP * bins).enumerate() {
                let target = if stream { &mut stage[..group.len()] } else { &mut *group };
                for (k, spectrum) in target.chunks_exact_mut(bins).enumerate() {
                    let t = (16 * i + g) * GROUP + k;
                    self.spectrum(rows.frame(r, t, &mut work.border), &mut work.fft, spectrum);
                }
                if stream {
                    row_loops::stream_copy(group, &stage[..group.len()]);
                }
            }
        });
    }

    pub(super) fn work(&self) -> AnalysisWork<T> {
        AnalysisWork { fft: self.fft.work(), border: vec![T::zero(); self.window.len()] }
    }

    /// The spectrum of one frame, which is as long as the window.
    pub(super) fn spectrum(&self, frame: &[T], work: &mut Work<T>, out: &mut [Complex<T>]) {
        let (windowed, zeros) = work.real.split_at_mut(frame.len());
        row_loops::put_product(windowed, frame, &self.window);
        zeros.fill(T::zero());
        if self.stft.rotated > 0 {
            let n = work.real.len();
            work.real.rotate_left(self.stft.rotated % n);
        }
        let (low, high) = out.split_at_mut(self.stft.n_fft / 2 + 1);
        self.fft.forward(work, low);
        for (k, bin) in high.iter_mut().rev().enumerate() {
            *bin = low[k + 1].conj();
        }
    }
}

/// Buffers one thread needs.
pub(super) struct AnalysisWork<T> {
    pub(super) fft: Work<T>,
    border: Vec<T>,
}
