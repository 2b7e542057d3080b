//! Spectra of a stream and a stream from spectra.

use super::analysis::AnalysisWork;
use super::synthesis::SynthesisWork;
use super::{Analysis, Complex, Synthesis};
use crate::audio::{Framer, OverlapStream, Sample};
use crate::error::{Error, Result};
use crate::spec::{PadMode, Tail};
use alloc::vec;
use alloc::vec::Vec;
use rustfft::FftNum;

/// The spectra of a stream of samples; made by [`Analysis::stream`].
///
/// The spectra are those of [`Analysis::forward`] over the whole signal, bit for bit, whatever blocks it comes in.
/// Nothing is allocated after construction.
pub struct AnalysisStream<T> {
    plan: Analysis<T>,
    framer: Framer<T>,
    work: AnalysisWork<T>,
    spectrum: Vec<Complex<T>>,
    /// Zeros before and behind the signal.
    pads: (usize, usize),
}

impl<T: Sample + FftNum> Analysis<T> {
    /// The spectra of a stream of samples.
    ///
    /// # Errors
    /// [`Error::StreamPadding`] for padding that mirrors or repeats samples, and for negative padding: zeros before and behind
    /// the signal are all a stream can be given.
    pub fn stream(&self) -> Result<AnalysisStream<T>> {
        let framing = self.framing();
        let (before, after) = framing.pads();
        if (before, after) != (0, 0) && (framing.pad_mode() != PadMode::Empty || before < 0 || after < 0) {
            return Err(Error::StreamPadding { before, after, mode: framing.pad_mode().name() });
        }
        let mut stream = AnalysisStream {
            framer: Framer::new(framing.size(), framing.hop())?,
            work: self.work(),
            spectrum: vec![Complex::new(T::zero(), T::zero()); self.bins()],
            pads: (before as usize, after as usize),
            plan: self.clone(),
        };
        stream.reset();
        Ok(stream)
    }
}

impl<T: Sample + FftNum> AnalysisStream<T> {
    /// How many samples go in before the first spectrum comes out.
    pub fn latency(&self) -> usize {
        self.framer.latency() - self.pads.0.min(self.framer.latency())
    }

    /// How many more samples the next spectrum needs.
    pub fn needed_for_next(&self) -> usize {
        self.framer.needed_for_next()
    }

    /// Takes samples and hands every spectrum that they complete to `visit`.
    ///
    /// # Errors
    /// [`Error::StreamEnded`].
    pub fn process(&mut self, block: &[T], mut visit: impl FnMut(&[Complex<T>])) -> Result<()> {
        let (plan, work, spectrum) = (&self.plan, &mut self.work, &mut self.spectrum);
        self.framer.process(block, |frame| {
            plan.spectrum(frame.channel(0), &mut work.fft, spectrum);
            visit(spectrum);
        })
    }

    /// Ends the stream: the padding behind the signal and, if the request asks for whole hops, zeros up to a whole frame.
    ///
    /// # Errors
    /// [`Error::StreamEnded`].
    pub fn finish(&mut self, mut visit: impl FnMut(&[Complex<T>])) -> Result<()> {
        zeros(self.pads.1, |block| self.process(block, &mut visit))?;
        if self.plan.stft.whole_hops {
            // Samples behind the last frame, if the frame after it would hold any that no frame held before.
            let left = self.framer.needed_for_next();
            if left < self.framer.hop() {
                zeros(left, |block| self.process(block, &mut visit))?;
            }
        }
        self.framer.finish(Tail::Drop)
    }

    /// Forgets all samples and starts a new stream; allocates nothing.
    pub fn reset(&mut self) {
        self.framer.reset();
        let (before, framer) = (self.pads.0, &mut self.framer);
        // Half a frame of zeros completes none; more than a frame is cut like any samples.
        let started = zeros(before.min(framer.room()), |block| framer.push(block));
        debug_assert!(started.is_ok());
    }
}

/// A signal from spectra that come one at a time; made by [`Synthesis::stream`].
///
/// The samples are those of [`Synthesis::inverse`], bit for bit, from its first one on. Nothing is allocated after
/// construction.
pub struct SynthesisStream<T> {
    plan: Synthesis<T>,
    add: OverlapStream<T>,
    work: SynthesisWork<T>,
    ready: Vec<T>,
    /// Samples of padding still to leave out.
    skip: usize,
}

impl<T: Sample + FftNum> Synthesis<T> {
    /// A signal from spectra that come one at a time.
    ///
    /// # Errors
    /// [`Error::StreamPadding`] for a plan with negative padding.
    pub fn stream(&self) -> Result<SynthesisStream<T>> {
        let (before, after) = self.pads();
        if before < 0 || after < 0 {
            return Err(Error::StreamPadding { before, after, mode: PadMode::Empty.name() });
        }
        let length = self.stft.hop.max(self.add.size());
        Ok(SynthesisStream {
            add: self.add.stream(),
            work: self.work(),
            ready: vec![T::zero(); length],
            skip: before as usize,
            plan: self.clone(),
        })
    }
}

impl<T: Sample + FftNum> SynthesisStream<T> {
    /// Takes a spectrum and hands the samples it finishes to `visit` (at most `hop`; fewer, or none, while they are
    /// padding before the signal).
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] for a wrong number of bins; [`Error::StreamEnded`].
    pub fn push(&mut self, spectrum: &[Complex<T>], visit: impl FnOnce(&[T])) -> Result<()> {
        if spectrum.len() != self.plan.bins() {
            let expected = [self.plan.bins()][..].into();
            return Err(Error::ShapeMismatch { what: "the spectrum", expected, found: [spectrum.len()][..].into() });
        }
        self.plan.frame(spectrum, &mut self.work);
        let ready = self.add.push(&self.work.fft.real[..self.plan.add.size()], &mut self.ready)?;
        let skipped = self.skip.min(ready);
        self.skip -= skipped;
        visit(&self.ready[skipped..ready]);
        Ok(())
    }

    /// Ends the stream: hands the samples that are left to `visit`, padding behind the signal included as far as it was
    /// not out yet (a stream cannot know before that it ends).
    ///
    /// # Errors
    /// [`Error::StreamEnded`].
    pub fn finish(&mut self, visit: impl FnOnce(&[T])) -> Result<()> {
        let ready = self.add.finish(&mut self.ready)?;
        let skipped = self.skip.min(ready);
        visit(&self.ready[skipped..ready]);
        Ok(())
    }

    /// Forgets all spectra and starts a new stream; allocates nothing.
    pub fn reset(&mut self) {
        self.add.reset();
        self.skip = self.plan.pads().0.max(0) as usize;
    }
}

/// Hands over `number` zeros, a few at a time.
fn zeros<T: Sample>(number: usize, mut take: impl FnMut(&[T]) -> Result<()>) -> Result<()> {
    let block = [T::zero(); 64];
    let mut left = number;
    while left > 0 {
        let part = left.min(block.len());
        take(&block[..part])?;
        left -= part;
    }
    Ok(())
}
