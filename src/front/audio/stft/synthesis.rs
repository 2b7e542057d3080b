//! Spectra to signals.

use super::real::{RealFft, Work, cast};
use super::{Complex, Stft};
use crate::array::{Array, IntoView, View};
use crate::audio::Sample;
use crate::audio::overlap_add::{OverlapAdd, extent, touching};
use crate::audio::rows::in_one_piece;
use crate::audio::windowed::check_buffer;
use crate::error::{Error, Result};
use crate::ops::row_loops::each_chunk;
use crate::spec::Dims;
use alloc::vec;
use alloc::vec::Vec;
use rustfft::{FftDirection, FftNum};

/// Samples put together at a time, in hops at least this many: the few frames that two chunks share are computed twice.
const CHUNK_HOPS: usize = 128;
const CHUNK_SAMPLES: usize = 16 * 1024;
/// Spectra read at a time.
const GROUP: usize = 8;

/// A planned inverse short-time Fourier transform; see [`Stft`].
#[derive(Clone)]
pub struct Synthesis<T> {
    pub(super) stft: Stft,
    /// Multiplies frames with the window, adds them and divides by the squared windows.
    pub(super) add: OverlapAdd<T>,
    fft: RealFft<T>,
}

impl Stft {
    /// Plans the inverse.
    ///
    /// # Errors
    /// As [`analysis`](Self::analysis), and [`Error::NotNola`] if the window cannot be divided out at this hop.
    pub fn synthesis<T: Sample + FftNum>(&self) -> Result<Synthesis<T>> {
        Synthesis::new(self)
    }
}

impl<T: Sample + FftNum> Synthesis<T> {
    pub(super) fn new(stft: &Stft) -> Result<Self> {
        let (window, scale) = stft.resolve::<T>()?;
        let factor = cast::<T>(1.0 / (scale * stft.n_fft as f64));
        let weights = window.iter().map(|&w| w * factor).collect();
        let squares = window.iter().map(|&w| w * w).collect();
        let add = OverlapAdd::divided(weights, squares, stft.hop, stft.gaps)?;
        Ok(Synthesis { stft: stft.clone(), add, fft: RealFft::new(stft.n_fft, FftDirection::Inverse)? })
    }

    /// Bins of a spectrum.
    pub fn bins(&self) -> usize {
        self.stft.bins()
    }

    /// How many samples `frames` spectra give if no length is asked for: all that the frames cover, less the padding.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn samples(&self, frames: usize) -> Result<usize> {
        let all = extent(frames, self.add.size(), self.stft.hop)?;
        let (before, after) = self.pads();
        Ok(all.saturating_sub(before.max(0) as usize).saturating_sub(after.max(0) as usize))
    }

    /// The signal whose spectra come closest to `spectra`: `[.., frames, bins] -> [.., samples]`.
    ///
    /// Each spectrum is transformed back, multiplied with the window and added where its frame lies, and the sum is
    /// divided by the summed squares of the windows: the least-squares inverse (Griffin and Lim 1984). Where those
    /// squares are zero, the sample is zero. `length` cuts the signal, or lengthens it with zeros. The imaginary parts
    /// of bin 0 and of the Nyquist bin are not read; of two-sided spectra the real part of the inverse is taken.
    /// The same bits for any number of threads; nothing is allocated a frame.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] unless the last axis has [`bins`](Self::bins) entries; [`Error::AxisOutOfRange`] for a rank
    /// below two; [`Error::TooLarge`], [`Error::OutOfMemory`].
    pub fn inverse<'a, S>(&self, spectra: S, length: Option<usize>) -> Result<Array<T>>
    where
        S: IntoView<'a, Elem = Complex<T>>,
    {
        let spectra = spectra.into_view();
        let shape = self.shape(&spectra, length)?;
        let mut out = Array::try_zeros("a signal", shape)?;
        self.transform(&spectra, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`inverse`](Self::inverse) into a caller's buffer, whose length says how many samples each row has.
    ///
    /// # Errors
    /// As there, and [`Error::BufferLength`] if the buffer does not divide into as many rows as the spectra have.
    pub fn inverse_into<'a, S>(&self, spectra: S, out: &mut [T]) -> Result<()>
    where
        S: IntoView<'a, Elem = Complex<T>>,
    {
        let spectra = spectra.into_view();
        let rows = leading(&spectra)?.iter().product::<usize>();
        let length = out.len() / rows.max(1);
        check_buffer::<T>("a signal", self.shape(&spectra, Some(length))?, out.len())?;
        self.transform(&spectra, out)
    }

    fn shape(&self, spectra: &View<'_, Complex<T>>, length: Option<usize>) -> Result<Dims> {
        let mut shape = Dims::from_slice(leading(spectra)?);
        let rank = spectra.rank();
        let (frames, bins) = (spectra.shape()[rank - 2], spectra.shape()[rank - 1]);
        if bins != self.bins() {
            let mut expected = spectra.shape().to_vec();
            expected[rank - 1] = self.bins();
            return Err(Error::ShapeMismatch { what: "the array of spectra", expected, found: spectra.shape().into() });
        }
        let all = self.samples(frames)?;
        shape.push(length.unwrap_or(all));
        Ok(shape)
    }

    /// What the forward transform pads by.
    pub(super) fn pads(&self) -> (isize, isize) {
        self.stft.framing(self.add.size()).pads()
    }

    fn transform(&self, spectra: &View<'_, Complex<T>>, out: &mut [T]) -> Result<()> {
        let rows = &in_one_piece("spectra in one piece", spectra)?[..];
        let (number, bins) = (spectra.shape()[spectra.rank() - 2], self.bins());
        let count = spectra.shape()[..spectra.rank() - 2].iter().product::<usize>();
        if count == 0 || out.is_empty() {
            return Ok(());
        }
        let row = out.len() / count;
        let hop = self.stft.hop;
        let chunk = CHUNK_SAMPLES.max(CHUNK_HOPS.saturating_mul(hop)).min(row);
        let covered = extent(number, self.add.size(), hop).unwrap_or(0) as isize;
        let before = self.pads().0;
        each_chunk(
            out,
            row,
            chunk,
            (count * number).saturating_mul(super::WORK),
            || self.work(),
            |work, r, i, part| {
                part.fill(T::zero());
                // Sample 0 of the signal is sample `before` of the frames; what no frame covers stays zero.
                let from = (i * chunk) as isize + before;
                let (low, high) = (from.clamp(0, covered), (from + part.len() as isize).clamp(0, covered));
                if low >= high {
                    return;
                }
                let part = &mut part[(low - from) as usize..(high - from) as usize];
                self.put(&rows[r * number * bins..][..number * bins], low as usize, part, work);
            },
        );
        Ok(())
    }

    /// Writes samples `low ..` of what the frames of the spectra in `row` cover.
    fn put(&self, row: &[Complex<T>], low: usize, out: &mut [T], work: &mut SynthesisWork<T>) {
        let bins = self.bins();
        let number = row.len() / bins;
        let frames = touching(low, low + out.len(), self.add.size(), self.stft.hop, number);
        let mut stage = core::mem::take(&mut work.stage);
        for first in frames.clone().step_by(GROUP) {
            // Read in one go what the transform reads from both ends.
            let group = GROUP.min(frames.end - first);
            stage[..group * bins].copy_from_slice(&row[first * bins..][..group * bins]);
            for (t, spectrum) in (first..).zip(stage[..group * bins].chunks_exact(bins)) {
                self.frame(spectrum, work);
                self.add.add_frame(out, low, t, &work.fft.real[..self.add.size()]);
            }
        }
        work.stage = stage;
        self.add.divide(out, low, number);
    }

    pub(super) fn work(&self) -> SynthesisWork<T> {
        let folded = if self.stft.two_sided { self.stft.n_fft / 2 + 1 } else { 0 };
        let zero = Complex::new(T::zero(), T::zero());
        let stage = vec![zero; GROUP * self.bins()];
        SynthesisWork { fft: self.fft.work(), folded: vec![zero; folded], stage }
    }

    /// The frame of a spectrum, times `n_fft`, into `work.fft.real`.
    pub(super) fn frame(&self, spectrum: &[Complex<T>], work: &mut SynthesisWork<T>) {
        if self.stft.two_sided {
            // The real part of the inverse is the inverse of the Hermitian part.
            let (n, half) = (self.stft.n_fft, cast::<T>(0.5));
            for (k, bin) in work.folded.iter_mut().enumerate() {
                let (p, q) = (spectrum[k], spectrum[(n - k) % n]);
                *bin = Complex::new(half * (p.re + q.re), half * (p.im - q.im));
            }
            self.fft.inverse(&work.folded, &mut work.fft);
        } else {
            self.fft.inverse(spectrum, &mut work.fft);
        }
        if self.stft.rotated > 0 {
            let n = self.stft.n_fft;
            work.fft.real.rotate_right(self.stft.rotated % n);
        }
    }
}

/// Buffers one thread needs.
pub(super) struct SynthesisWork<T> {
    pub(super) fft: Work<T>,
    folded: Vec<Complex<T>>,
    /// Spectra that are transformed next.
    stage: Vec<Complex<T>>,
}

fn leading<'v, T>(spectra: &'v View<'_, T>) -> Result<&'v [usize]> {
    match spectra.shape() {
        [leading @ .., _, _] => Ok(leading),
        _ => Err(Error::AxisOutOfRange { axis: -2, rank: spectra.rank() }),
    }
}
