//! Frames of a signal: the request `unfold(-1, size, hop)` in the words of audio.

use crate::array::{IntoView, View};
use crate::error::{Error, Result};
use crate::ops::Windows;
use crate::spec::{AxisPlan, PadMode, Plan, Tail, Unfold, unfold};
use core::ops::Range;

/// Frames of `size` samples every `hop`, without copying: `[.., time] -> [.., frames, size]`.
///
/// Equals `unfold(-1, size, hop).windows(signal)?.view()?` and
/// `librosa.util.frame(x, frame_length=size, hop_length=hop, axis=0)`. Samples behind the last whole frame are left
/// out; [`Framing`] has the other ways, and centred frames. Costs nothing but the view.
///
/// # Errors
/// [`Error::ZeroWindow`], [`Error::ZeroStep`]; [`Error::SpanTooLong`] if the signal is shorter than a frame;
/// [`Error::AxisOutOfRange`] for a signal of rank 0.
///
/// ```
/// use ndwindow::audio::frames;
///
/// let signal = [1, 2, 3, 4, 5, 6, 7];
/// let f = frames(&signal, 4, 2)?;
/// assert_eq!(f.shape(), [2, 4]);
/// assert!(f.iter().eq(&[1, 2, 3, 4, 3, 4, 5, 6]));
/// # Ok::<(), ndwindow::Error>(())
/// ```
pub fn frames<'a, S: IntoView<'a>>(signal: S, size: usize, hop: usize) -> Result<View<'a, S::Elem>> {
    Framing::new(size, hop).windows(signal)?.view()
}

/// Interleaved samples as `[channels, time]`, without copying: sample `t` of channel `c` is `samples[t * channels + c]`.
///
/// Planar samples need no such step: they are `View::new(samples, [channels, time])`.
///
/// # Errors
/// [`Error::Parameter`]; [`Error::NotMultiple`] if the slice is not a whole number of sample groups.
///
/// ```
/// use ndwindow::audio::{frames, interleaved};
///
/// let stereo = interleaved(&[1, -1, 2, -2, 3, -3], 2)?;
/// let f = frames(&stereo, 2, 1)?; // [channels, frames, size]
/// assert!(f.iter().eq(&[1, 2, 2, 3, -1, -2, -2, -3]));
/// # Ok::<(), ndwindow::Error>(())
/// ```
pub fn interleaved<T>(samples: &[T], channels: usize) -> Result<View<'_, T>> {
    if channels == 0 {
        return Err(Error::no_channels());
    }
    if !samples.len().is_multiple_of(channels) {
        return Err(Error::not_interleaved(samples.len(), channels));
    }
    View::new(samples, [samples.len() / channels, channels])?.permute(&[1, 0])
}

/// How a signal is cut into frames: size, hop, where the first frame lies and what happens at the ends.
///
/// ```text
/// 7 samples, size 4, hop 2
/// left                       0123  2345  (sample 6 is left out)
/// left, Tail::Partial        0123  2345  456.
/// centred on 0, 2, 4, 6      ..01  0123  2345  456.     frame t is centred on sample t * hop
/// centred, Reflect           2101  0123  2345  4565
/// ```
///
/// The time axis is the last one of the signal; all axes before it are channels, batches and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Framing {
    size: usize,
    hop: usize,
    pads: (isize, isize),
    mode: PadMode,
    tail: Tail,
}

impl Framing {
    /// Frames of `size` samples whose starts lie `hop` apart, the first at the first sample.
    pub fn new(size: usize, hop: usize) -> Self {
        Framing { size, hop, pads: (0, 0), mode: PadMode::Empty, tail: Tail::Drop }
    }

    /// Centres frame `t` on sample `t * hop`: `size / 2` samples of padding at both ends, as librosa and PyTorch do.
    pub fn centered(self, mode: PadMode) -> Self {
        let half = (self.size / 2).min(isize::MAX as usize) as isize;
        self.pad(half, half, mode)
    }

    /// Pads the signal by `before` and `after` samples; negative ones crop it.
    pub fn pad(mut self, before: isize, after: isize, mode: PadMode) -> Self {
        (self.pads, self.mode) = ((before, after), mode);
        self
    }

    /// What happens to samples behind the last whole frame.
    pub fn tail(mut self, tail: Tail) -> Self {
        self.tail = tail;
        self
    }

    /// Samples in a frame.
    #[inline]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Samples between the starts of neighbouring frames.
    #[inline]
    pub fn hop(&self) -> usize {
        self.hop
    }

    /// Padding `(before, after)`.
    #[inline]
    pub fn pads(&self) -> (isize, isize) {
        self.pads
    }

    /// What the padding holds.
    #[inline]
    pub fn pad_mode(&self) -> PadMode {
        self.mode
    }

    /// The request, on the last axis.
    pub fn unfold(&self) -> Unfold {
        unfold(-1, self.size, self.hop).pad(self.pads).pad_mode(self.mode).tail(self.tail)
    }

    /// The frames of a signal: `[.., time] -> [.., frames, size]` as a view, a copy or whatever [`Windows`] offers.
    ///
    /// # Errors
    /// Those of [`Unfold::plan`].
    pub fn windows<'a, S: IntoView<'a>>(&self, signal: S) -> Result<Windows<'a, S::Elem>> {
        self.unfold().windows(signal)
    }

    /// Where the frames of a signal of `samples` samples lie.
    ///
    /// # Errors
    /// Those of [`Unfold::plan`].
    pub fn plan(&self, samples: usize) -> Result<FramePlan> {
        self.unfold().plan([samples]).map(|plan| FramePlan { plan })
    }

    /// How many frames a signal of `samples` samples has.
    ///
    /// # Errors
    /// Those of [`Unfold::plan`]: a signal shorter than a frame has none, which is an error under `Tail::Drop`.
    pub fn count(&self, samples: usize) -> Result<usize> {
        Ok(self.plan(samples)?.count())
    }
}

/// Where the frames of a signal of known length lie.
///
/// ```
/// use ndwindow::{PadMode, audio::Framing};
///
/// let plan = Framing::new(400, 160).centered(PadMode::Reflect).plan(16_000)?;
/// assert_eq!(plan.count(), 101);
/// assert_eq!(plan.frame_to_span(0), -200..200);
/// assert_eq!(plan.sample_to_frames(0), 0..2); // frames 0 and 1, which spans -40..360
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FramePlan {
    plan: Plan,
}

impl FramePlan {
    /// The one unfolded axis.
    pub fn axis(&self) -> &AxisPlan {
        &self.plan.axes()[0]
    }

    /// How many frames there are.
    pub fn count(&self) -> usize {
        self.axis().count()
    }

    /// The samples frame `i` covers, from the first sample of the signal; padding lies below zero or at the
    /// signal's length and above.
    ///
    /// # Panics
    /// If there is no such frame.
    pub fn frame_to_span(&self, i: usize) -> Range<isize> {
        let start = self.axis().start(i);
        start..start + self.axis().span() as isize
    }

    /// The frames whose span covers sample `sample` (empty if none does).
    pub fn sample_to_frames(&self, sample: usize) -> Range<usize> {
        self.axis().covering(isize::try_from(sample).unwrap_or(isize::MAX))
    }
}
