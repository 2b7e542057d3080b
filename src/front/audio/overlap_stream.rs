//! Overlap-add of a stream: a frame in, finished samples out, `hop` of them once it runs.

use super::overlap_add::{Edges, Scale};
use super::{OverlapAdd, Sample};
use crate::error::{Error, Result};
use alloc::vec;
use alloc::vec::Vec;

/// Overlap-add of frames that come one at a time; made by [`OverlapAdd::stream`].
///
/// Each frame finishes `hop` samples; [`finish`](Self::finish) gives the rest. Where frames leave gaps (a hop longer than
/// the frame), the first one finishes its own `size` samples, and each other one the gap before it and its own. The samples
/// are those of [`OverlapAdd::whole`] over all frames, as many and bit for bit. Nothing is allocated after construction.
///
/// ```
/// use ndwindow::audio::{Edges, OverlapAdd};
///
/// let mut stream = OverlapAdd::plain(&[0.5; 4], 2, Edges::Normalized)?.stream();
/// let mut out = [0.0; 2];
/// assert_eq!(stream.push(&[1.0, 1.0, 1.0, 1.0], &mut out)?, 2);
/// assert_eq!(out, [2.0, 2.0]);
/// assert_eq!(stream.finish(&mut out)?, 2);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct OverlapStream<T> {
    plan: OverlapAdd<T>,
    /// The unfinished sums: `size` samples from the start of the frame put in last, less the `hop` that are out. None if
    /// frames leave gaps: each is finished when it comes.
    sums: Vec<T>,
    frames: usize,
    ended: bool,
}

impl<T: Sample> OverlapAdd<T> {
    /// Overlap-add of frames that come one at a time.
    pub fn stream(&self) -> OverlapStream<T> {
        let length = if self.leaves_gaps() { 0 } else { self.size };
        OverlapStream { plan: self.clone(), sums: vec![T::zero(); length], frames: 0, ended: false }
    }
}

impl<T: Sample> OverlapStream<T> {
    /// How many samples behind the newest one of a frame the samples lie that the frame finishes: `size - hop`.
    pub fn latency(&self) -> usize {
        self.plan.size.saturating_sub(self.plan.hop)
    }

    /// How many samples the next frame will finish: `hop`, or fewer while `Edges::Steady` holds back the beginning, and
    /// `size` for the first frame if the hop is longer.
    pub fn ready_after_next(&self) -> usize {
        let OverlapAdd { size, hop, .. } = self.plan;
        if self.plan.leaves_gaps() {
            return if self.frames == 0 { size } else { hop };
        }
        let low = self.plan.lead().max(self.frames * hop);
        ((self.frames + 1) * hop).saturating_sub(low)
    }

    /// Adds a frame and writes the samples it finishes to the start of `out`; returns how many those are
    /// ([`ready_after_next`](Self::ready_after_next)).
    ///
    /// # Errors
    /// [`Error::WindowLength`]; [`Error::BufferLength`] if `out` is too short for them; [`Error::StreamEnded`]. Then
    /// nothing has happened.
    pub fn push(&mut self, frame: &[T], out: &mut [T]) -> Result<usize> {
        if self.ended {
            return Err(Error::StreamEnded);
        }
        if frame.len() != self.plan.size {
            return Err(Error::WindowLength { found: frame.len(), expected: self.plan.size });
        }
        let ready = self.ready_after_next();
        let out = part(out, ready)?;
        if self.plan.leaves_gaps() {
            let (gap, own) = out.split_at_mut(ready - frame.len());
            gap.fill(T::zero());
            // No other frame reaches its samples: every frame is as if it were the only one.
            self.plan.add_frame(own, 0, 0, frame);
            self.plan.divide(own, 0, 1);
            self.frames = 1;
            return Ok(ready);
        }
        let (hop, start) = (self.plan.hop, self.frames * self.plan.hop);
        self.plan.add_frame(&mut self.sums, start, self.frames, frame);
        let number = self.frames + 1;
        out.copy_from_slice(&self.sums[hop - ready..hop]);
        self.plan.divide(out, start + hop - ready, number);
        self.sums.copy_within(hop.., 0);
        // Once all frames overlap, one more makes no difference; so the count, and positions, stay small for ever.
        self.frames = number.min(2 * self.plan.size.div_ceil(hop) + 2);
        Ok(ready)
    }

    /// Ends the stream and writes the samples that are left to the start of `out`; returns how many those are: `size -
    /// hop`, or none without a frame or under `Edges::Steady`.
    ///
    /// # Errors
    /// [`Error::BufferLength`], [`Error::StreamEnded`]. Then nothing has happened.
    pub fn finish(&mut self, out: &mut [T]) -> Result<usize> {
        if self.ended {
            return Err(Error::StreamEnded);
        }
        let steady = matches!(self.plan.scale, Scale::Divide { edges: Edges::Steady, .. });
        let left = if steady || self.frames == 0 { 0 } else { self.latency() };
        let out = part(out, left)?;
        self.ended = true;
        out.copy_from_slice(&self.sums[..left]);
        self.plan.divide(out, self.frames * self.plan.hop, self.frames);
        Ok(left)
    }

    /// Forgets all frames and starts a new stream; allocates nothing.
    pub fn reset(&mut self) {
        (self.frames, self.ended) = (0, false);
        self.sums.fill(T::zero());
    }
}

/// The start of a buffer that must hold `expected` samples.
fn part<T>(out: &mut [T], expected: usize) -> Result<&mut [T]> {
    let found = out.len();
    out.get_mut(..expected).ok_or_else(|| Error::BufferLength { shape: [expected].into(), expected, found })
}
