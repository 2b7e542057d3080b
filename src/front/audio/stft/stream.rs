//! Spectra of a stream and a stream from spectra.

use super::analysis::AnalysisWork;
use super::synthesis::SynthesisWork;
use super::{Analysis, Complex, Synthesis};
use crate::array::{Array, checked_bytes};
use crate::audio::{Framer, OverlapStream, Sample};
use crate::error::{Error, Result};
use crate::spec::{Dims, PadMode, Tail};
use alloc::vec;
use alloc::vec::Vec;
use rustfft::FftNum;

/// The spectra of a stream of samples; made by [`Analysis::stream`].
///
/// The spectra are those of [`Analysis::forward`] over the whole signal, bit for bit, whatever blocks it comes in; none
/// where that refuses a signal as shorter than a frame. Nothing is allocated after construction.
pub struct AnalysisStream<T> {
    plan: Analysis<T>,
    framer: Framer<T>,
    work: AnalysisWork<T>,
    spectrum: Vec<Complex<T>>,
    /// Zeros before and behind the signal.
    pads: (usize, usize),
    /// Zeros before the signal that complete frames by themselves and wait for somebody who takes these.
    lead: usize,
}

impl<T: Sample + FftNum> Analysis<T> {
    /// The spectra of a stream of samples.
    ///
    /// # Errors
    /// [`Error::StreamPadding`] for padding that mirrors or repeats samples, and for negative padding: zeros before and behind
    /// the signal are all a stream can be given; [`Error::LineOverflow`], [`Error::TooLarge`] for padding whose spectra alone
    /// no array could hold; [`Error::OutOfMemory`].
    pub fn stream(&self) -> Result<AnalysisStream<T>> {
        let framing = self.framing();
        let (before, after) = framing.pads();
        if (before, after) != (0, 0) && (framing.pad_mode() != PadMode::Empty || before < 0 || after < 0) {
            return Err(Error::StreamPadding { before, after, mode: framing.pad_mode().name() });
        }
        match self.frames(0) {
            Ok(frames) => checked_bytes::<Complex<T>>("spectra", &[frames, self.bins()]).map(|_| ())?,
            Err(Error::SpanTooLong { .. }) => {} // samples have to come first
            Err(error) => return Err(error),
        }
        let mut stream = AnalysisStream {
            framer: Framer::new(framing.size(), framing.hop())?,
            work: self.work(),
            spectrum: vec![Complex::new(T::zero(), T::zero()); self.bins()],
            pads: (before as usize, after as usize),
            lead: 0,
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

    /// How many more samples the next spectrum needs; zero if padding before the signal has one that comes with the next
    /// block, even an empty one.
    pub fn needed_for_next(&self) -> usize {
        if self.lead > 0 { 0 } else { self.framer.needed_for_next() }
    }

    /// Takes samples and hands every spectrum that they complete to `visit`, behind those of the padding before the signal.
    ///
    /// # Errors
    /// [`Error::StreamEnded`].
    pub fn process(&mut self, block: &[T], mut visit: impl FnMut(&[Complex<T>])) -> Result<()> {
        self.begin(&mut visit)?;
        self.take(block, &mut visit)
    }

    /// Ends the stream: the padding behind the signal and, if the request asks for whole hops, zeros up to a whole frame.
    ///
    /// # Errors
    /// [`Error::StreamEnded`].
    pub fn finish(&mut self, mut visit: impl FnMut(&[Complex<T>])) -> Result<()> {
        self.begin(&mut visit)?;
        self.silence(self.pads.1, &mut visit)?;
        // Samples behind the last frame, if the frame after it would hold any that no frame held before. Without a first
        // frame there is none to follow: the whole refuses such a signal.
        let left = self.framer.needed_for_next();
        if self.plan.stft.whole_hops && self.framer.has_begun() && left < self.framer.hop() {
            self.silence(left, &mut visit)?;
        }
        self.framer.finish(Tail::Drop)
    }

    /// Forgets all samples and starts a new stream; allocates nothing.
    pub fn reset(&mut self) {
        self.framer.reset();
        self.lead = self.pads.0;
        if self.lead < self.framer.size() {
            // They complete no frame, so that nobody is asked for.
            let started = self.begin(&mut |_| ());
            debug_assert!(started.is_ok());
        }
    }

    /// Zeros before the signal that have not gone in yet.
    fn begin(&mut self, visit: &mut impl FnMut(&[Complex<T>])) -> Result<()> {
        let lead = core::mem::take(&mut self.lead);
        self.silence(lead, visit)
    }

    /// `number` zeros, a few at a time; those no frame holds pass by at once.
    fn silence(&mut self, number: usize, visit: &mut impl FnMut(&[Complex<T>])) -> Result<()> {
        let block = [T::zero(); 64];
        let mut left = number;
        while left > 0 {
            left -= self.framer.pass_by(left);
            let part = left.min(block.len());
            self.take(&block[..part], visit)?;
            left -= part;
        }
        Ok(())
    }

    fn take(&mut self, block: &[T], visit: &mut impl FnMut(&[Complex<T>])) -> Result<()> {
        let (plan, work, spectrum) = (&self.plan, &mut self.work, &mut self.spectrum);
        self.framer.process(block, |frame| {
            plan.spectrum(frame.channel(0), &mut work.fft, spectrum);
            visit(spectrum);
        })
    }
}

/// A signal from spectra that come one at a time; made by [`Synthesis::stream`].
///
/// The samples are those of [`Synthesis::inverse`] with a length that leaves out the padding before the signal and nothing
/// behind it, bit for bit: all that the frames cover, less the first `before`. Nothing is allocated after construction.
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
    /// [`Error::StreamPadding`] for a plan with negative padding; [`Error::TooLarge`], [`Error::OutOfMemory`] for a hop of more
    /// samples than memory holds.
    pub fn stream(&self) -> Result<SynthesisStream<T>> {
        let (before, after) = self.pads();
        if before < 0 || after < 0 {
            return Err(Error::StreamPadding { before, after, mode: PadMode::Empty.name() });
        }
        let length = self.stft.hop.max(self.add.size());
        Ok(SynthesisStream {
            add: self.add.stream(),
            work: self.work(),
            ready: Array::try_zeros("samples between two frames", Dims::from_slice(&[length]))?.into_vec(),
            skip: before as usize,
            plan: self.clone(),
        })
    }
}

impl<T: Sample + FftNum> SynthesisStream<T> {
    /// Takes a spectrum and hands the samples it finishes to `visit` (at most `hop`, or a frame at the first one; fewer, or
    /// none, while they are padding before the signal).
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
