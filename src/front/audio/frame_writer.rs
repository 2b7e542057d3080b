//! Frames of many blocks, written into one buffer.

use super::Framer;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::ops::row_loops::{Lined, lined};
use core::fmt;
use core::marker::PhantomData;

/// A buffer being filled with the frames of a [`Framer`]: see [`Framer::writing_into`].
pub struct FrameWriter<'a, T> {
    framer: &'a mut Framer<T>,
    out: Lined<'a, T>,
    written: usize,
    /// Stays in its thread: the thread that wrote past the caches is the one that must wait for its stores.
    here: PhantomData<*mut ()>,
}

impl<T: Element> Framer<T> {
    /// Writes the complete frames of many blocks into `out`, one behind the other, as `[frames, channels, size]`.
    ///
    /// The frames are in `out` when this returns. Large buffers are written past the caches, and as nobody can read
    /// them in between, memory need not be waited for at the end of each block.
    ///
    /// ```
    /// use ndwindow::audio::Framer;
    ///
    /// let mut out = [0; 8];
    /// let frames = Framer::new(4, 3)?.writing_into(&mut out, |frames| {
    ///     for block in [&[1, 2, 3][..], &[4, 5], &[6, 7, 8]] {
    ///         frames.process(block)?;
    ///     }
    ///     Ok::<_, ndwindow::Error>(frames.written())
    /// })?;
    /// assert_eq!((frames, out), (2, [1, 2, 3, 4, 4, 5, 6, 7]));
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    pub fn writing_into<R>(&mut self, out: &mut [T], write: impl FnOnce(&mut FrameWriter<'_, T>) -> R) -> R {
        let mut writer = FrameWriter::new(self, out);
        let answer = write(&mut writer);
        writer.finish();
        answer
    }
}

impl<'a, T: Element> FrameWriter<'a, T> {
    pub(super) fn new(framer: &'a mut Framer<T>, out: &'a mut [T]) -> Self {
        FrameWriter { framer, out: lined(out), written: 0, here: PhantomData }
    }

    /// Takes an interleaved block of any length and writes every frame that is complete, frames that were waiting
    /// first, behind those written before; returns how many there are.
    ///
    /// # Errors
    /// [`Error::BufferLength`] if what is left of the buffer is too short for them; [`Error::NotMultiple`],
    /// [`Error::StreamEnded`]. Then nothing was taken.
    pub fn process(&mut self, block: &[T]) -> Result<usize> {
        let given = self.framer.check(block)?;
        let (size, channels) = (self.framer.size(), self.framer.channels());
        let (width, found) = (channels * size, self.out.left());
        // A bound is enough where there is plenty of room: blocks are small, and the exact number takes a plan.
        if found / width <= self.framer.waiting().saturating_add(given) / self.framer.hop() {
            let frames = self.framer.frames_after(given);
            let expected = frames.saturating_mul(width);
            if found < expected {
                return Err(Error::BufferLength { shape: [frames, channels, size].into(), expected, found });
            }
        }
        let before = self.written;
        self.framer.process(block, |frame| {
            for c in 0..channels {
                self.out.copy(frame.channel(c));
            }
            self.written += 1;
        })?;
        Ok(self.written - before)
    }

    /// Writes what is still on its way.
    pub(super) fn finish(self) {
        self.out.finish();
    }

    /// How many frames were written.
    pub fn written(&self) -> usize {
        self.written
    }
}

impl<T> fmt::Debug for FrameWriter<'_, T> {
    /// How far it is, without the samples: the buffer may not be read before all of it is there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameWriter").field("written", &self.written).field("out", &self.out).finish_non_exhaustive()
    }
}
