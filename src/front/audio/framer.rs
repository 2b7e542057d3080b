//! Streaming frames: samples in, in blocks of any length; frames out, the same as of the whole signal.

use super::Framing;
use crate::array::{Array, View};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::spec::{Dims, Tail};
use alloc::vec::Vec;

/// Cuts a stream into frames of `size` samples every `hop`.
///
/// Whatever blocks the samples come in, the frames are those of `unfold(0, size, hop)` over the whole signal, bit for
/// bit. Nothing is allocated after construction, and no sample is ever dropped: what does not fit is refused.
///
/// ```text
/// blocks   |a b c|d|e f g h i|        size 4, hop 3
/// frames    a b c d
///                 d e f g              g h i waits for one more sample
/// ```
///
/// Two ways to use it: [`process`](Self::process) takes a block of any length and hands each frame to a closure;
/// [`push`](Self::push) and [`next_frame`](Self::next_frame) keep the two sides apart, within a fixed capacity.
/// [`finish`](Self::finish) ends the stream and says what becomes of the last samples.
///
/// ```
/// use ndwindow::{Tail, audio::Framer};
///
/// let mut framer = Framer::new(4, 3)?;
/// let mut first = Vec::new();
/// framer.process(&[1, 2, 3], |frame| first.push(frame.channel(0)[0]))?;
/// assert_eq!(framer.needed_for_next(), 1);
/// framer.process(&[4, 5, 6, 7, 8, 9], |frame| first.push(frame.channel(0)[0]))?;
/// assert_eq!(first, [1, 4]);
/// framer.finish(Tail::Partial)?;
/// let last = framer.next_frame().unwrap();
/// assert_eq!((last.channel(0), last.real()), (&[7, 8, 9, 0][..], 3));
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Framer<T> {
    framing: Framing,
    channels: usize,
    capacity: usize,
    /// Samples a channel's lane of `store` can hold; more than `capacity`, so that lanes are seldom moved together.
    lane: usize,
    store: Vec<T>,
    /// The waiting samples of each lane are `from..to`; the next frame starts at `from`.
    from: usize,
    to: usize,
    /// Samples still to pass by before the next frame starts (only where the hop is longer than a frame).
    skip: usize,
    /// Whether a frame has come out since the stream began.
    begun: bool,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// More samples may come.
    Open,
    /// The stream has ended; this many padded frames are left behind the whole ones.
    Ended { padded: usize },
}

/// One frame: `size` samples of each channel.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a, T> {
    lanes: &'a [T],
    lane: usize,
    size: usize,
    channels: usize,
    real: usize,
}

impl<'a, T> Frame<'a, T> {
    /// The samples of channel `c`.
    ///
    /// # Panics
    /// If there is no such channel.
    #[inline]
    pub fn channel(&self, c: usize) -> &'a [T] {
        assert!(c < self.channels, "channel {c} of {}", self.channels);
        &self.lanes[c * self.lane..][..self.size]
    }

    /// How many samples of each channel are real; those behind them, in the last frame of a stream, are zero.
    #[inline]
    pub fn real(&self) -> usize {
        self.real
    }

    /// The frame as `[channels, size]`, without copying.
    pub fn view(&self) -> View<'a, T> {
        View::with_strides(self.lanes, [self.channels, self.size], [self.lane as isize, 1], 0)
            .expect("every channel has a lane of at least a frame")
    }
}

impl<T: Element> Framer<T> {
    /// Frames of one channel. Up to `3 * size + 4096` samples may wait.
    ///
    /// # Errors
    /// As [`with_capacity`](Self::with_capacity).
    pub fn new(size: usize, hop: usize) -> Result<Self> {
        Framer::with_capacity(size, hop, 1, size.saturating_mul(3).saturating_add(4096))
    }

    /// Frames of `channels` channels, of which `capacity` samples each may wait (at least one frame always may).
    ///
    /// The only allocation: about `channels * (2 * size + capacity)` elements.
    ///
    /// # Errors
    /// [`Error::ZeroWindow`], [`Error::ZeroStep`], [`Error::Parameter`], [`Error::SpanOverflow`], [`Error::TooLarge`],
    /// [`Error::OutOfMemory`].
    pub fn with_capacity(size: usize, hop: usize, channels: usize, capacity: usize) -> Result<Self> {
        let framing = Framing::new(size, hop);
        framing.count(size)?; // size and hop are checked where sizes are computed
        if channels == 0 {
            return Err(Error::no_channels());
        }
        let capacity = capacity.max(size);
        let lane = capacity.saturating_add(size.saturating_mul(2));
        let store = Array::try_zeros("a framer", Dims::from_slice(&[channels, lane]))?.into_vec();
        Ok(Framer { framing, channels, capacity, lane, store, from: 0, to: 0, skip: 0, begun: false, end: End::Open })
    }

    /// Samples of each channel in a frame.
    #[inline]
    pub fn size(&self) -> usize {
        self.framing.size()
    }

    /// Samples between the starts of neighbouring frames.
    #[inline]
    pub fn hop(&self) -> usize {
        self.framing.hop()
    }

    /// Channels.
    #[inline]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// How many samples go in before the first frame comes out: the age of a frame's first sample, in samples, when
    /// the frame is complete.
    #[inline]
    pub fn latency(&self) -> usize {
        self.size()
    }

    /// How many more samples (of each channel) the next frame needs: zero if one is waiting.
    #[inline]
    pub fn needed_for_next(&self) -> usize {
        self.skip + self.size().saturating_sub(self.waiting())
    }

    /// How many frames would be waiting after `n` more samples of each channel.
    pub fn frames_after(&self, n: usize) -> usize {
        let samples = self.waiting().saturating_add(n).saturating_sub(self.skip);
        if samples < self.size() { 0 } else { self.framing.count(samples).unwrap_or(0) }
    }

    /// How many samples of each channel [`push`](Self::push) would take now.
    #[inline]
    pub fn room(&self) -> usize {
        (self.capacity - self.waiting()).saturating_add(self.skip)
    }

    /// Takes a whole block, `channels` samples at a time (interleaved), or nothing of it.
    ///
    /// # Errors
    /// [`Error::FramerFull`] if the block is longer than [`room`](Self::room): take frames first, or use
    /// [`process`](Self::process); [`Error::NotMultiple`] if it is not a whole number of sample groups;
    /// [`Error::StreamEnded`] after [`finish`](Self::finish).
    pub fn push(&mut self, block: &[T]) -> Result<()> {
        let given = self.check(block)?;
        if given > self.room() {
            return Err(Error::FramerFull { given, room: self.room(), capacity: self.capacity });
        }
        self.store_block(block, given);
        Ok(())
    }

    /// Takes a block given channel by channel, or nothing of it.
    ///
    /// # Errors
    /// As [`push`](Self::push); [`Error::ChannelLengths`] unless there is one slice a channel, all equally long.
    pub fn push_planar(&mut self, block: &[&[T]]) -> Result<()> {
        let given = block.first().map_or(0, |c| c.len());
        if block.len() != self.channels || block.iter().any(|c| c.len() != given) {
            return Err(Error::ChannelLengths { given: block.len(), channels: self.channels });
        }
        self.check_open()?;
        if given > self.room() {
            return Err(Error::FramerFull { given, room: self.room(), capacity: self.capacity });
        }
        let (skipped, at) = self.advance(given);
        for (c, samples) in block.iter().enumerate() {
            self.store[c * self.lane + at..][..given - skipped].copy_from_slice(&samples[skipped..]);
        }
        Ok(())
    }

    /// The next frame, if one is waiting. It is taken: the following call gives the one after it.
    #[inline]
    pub fn next_frame(&mut self) -> Option<Frame<'_, T>> {
        let size = self.size();
        let mut real = size;
        if self.waiting() < size {
            real = self.pad_last()?;
        }
        let at = self.from;
        let step = self.hop().min(self.waiting());
        self.from += step;
        self.skip = self.hop() - step;
        self.begun = true;
        Some(Frame { lanes: &self.store[at..], lane: self.lane, size, channels: self.channels, real })
    }

    /// Takes an interleaved block of any length, even one longer than the capacity, and hands every frame that is
    /// complete to `visit`, frames that were waiting first.
    ///
    /// A frame of one channel that lies wholly in the block is a slice of it: only what a later frame needs is copied.
    ///
    /// # Errors
    /// [`Error::NotMultiple`], [`Error::StreamEnded`]; then nothing was taken.
    #[inline]
    pub fn process(&mut self, block: &[T], mut visit: impl FnMut(Frame<'_, T>)) -> Result<()> {
        let mut left = self.check(block)?;
        let mut rest = block;
        loop {
            while let Some(frame) = self.next_frame() {
                visit(frame);
            }
            if left == 0 {
                return Ok(());
            }
            if self.channels == 1 {
                self.pass(rest, &mut visit);
                return Ok(());
            }
            let part = left.min(self.room());
            let (now, later) = rest.split_at(part * self.channels);
            self.store_block(now, part);
            (rest, left) = (later, left - part);
        }
    }

    /// [`process`](Self::process) for one channel, where no frame is waiting.
    fn pass(&mut self, block: &[T], visit: &mut impl FnMut(Frame<'_, T>)) {
        let (size, hop, known) = (self.size(), self.hop(), self.waiting());
        // Where in the block the next frame starts that nothing kept belongs to.
        let mut at = self.skip;
        if known > 0 {
            // The frames that start among the samples kept so far, and as much of the block as the last of them needs.
            let last = (known - 1) / hop * hop;
            let lead = block.len().min(last + size - known);
            self.store_block(&block[..lead], lead);
            for _ in (0..=last).step_by(hop) {
                match self.next_frame() {
                    Some(frame) => visit(frame),
                    None => return, // the whole block is kept by now
                }
            }
            at = last + hop - known;
        }
        (self.from, self.to, self.skip) = (0, 0, 0);
        while block.len().saturating_sub(at) >= size {
            visit(Frame { lanes: &block[at..], lane: size, size, channels: 1, real: size });
            self.begun = true;
            at = at.saturating_add(hop);
        }
        match block.get(at..) {
            Some(rest) => self.store_block(rest, rest.len()),
            None => self.skip = at - block.len(),
        }
    }

    /// Takes an interleaved block of any length and writes every complete frame into `out`, as
    /// `[frames, channels, size]`; returns how many there are ([`frames_after`](Self::frames_after) the block).
    ///
    /// For many blocks and one large buffer, [`writing_into`](Self::writing_into) is faster.
    ///
    /// # Errors
    /// [`Error::BufferLength`] if `out` is too short for them; [`Error::NotMultiple`], [`Error::StreamEnded`].
    /// Then nothing was taken.
    pub fn process_into(&mut self, block: &[T], out: &mut [T]) -> Result<usize> {
        self.writing_into(out, |frames| frames.process(block))
    }

    /// Ends the stream. Frames that are waiting, and under `Tail::Partial` the ones filled up with zeros
    /// ([`Frame::real`] says how far they are real), then come from [`next_frame`](Self::next_frame); under
    /// `Tail::Drop` samples behind the last whole frame stay behind. A stream with samples but less than one frame of
    /// them gives one frame under `Partial`.
    ///
    /// # Errors
    /// [`Error::StreamEnded`] if it has ended already; [`Error::TailNeedsWhole`] for `ShiftBack` and `Spread`, which
    /// move frames that are long gone.
    pub fn finish(&mut self, tail: Tail) -> Result<()> {
        self.check_open()?;
        let padded = match tail {
            Tail::Drop => 0,
            Tail::Partial => self.partial_frames()?,
            _ => return Err(Error::TailNeedsWhole { tail: tail.name() }),
        };
        self.end = End::Ended { padded };
        Ok(())
    }

    /// Forgets all samples and starts a new stream; allocates nothing.
    pub fn reset(&mut self) {
        (self.from, self.to, self.skip, self.begun, self.end) = (0, 0, 0, false, End::Open);
    }

    /// How many frames behind the whole ones `Tail::Partial` has, by the size formula: the frame taken last, if any,
    /// is the first of the signal that is asked about.
    fn partial_frames(&self) -> Result<usize> {
        let rest = self.waiting();
        let known = if self.begun { self.hop() - self.skip + rest } else { rest };
        let all = self.framing.tail(Tail::Partial).count(known)?;
        Ok(all - self.begun as usize - self.frames_after(0))
    }

    /// Fills the rest of the last frame with zeros; its number of real samples, or `None` if no frame is left.
    fn pad_last(&mut self) -> Option<usize> {
        match &mut self.end {
            End::Ended { padded } if *padded > 0 => *padded -= 1,
            _ => return None,
        }
        let real = self.waiting();
        let missing = self.size() - real;
        let (_, at) = self.advance(missing);
        for lane in self.store.chunks_exact_mut(self.lane) {
            lane[at..at + missing].fill(T::default());
        }
        Some(real)
    }

    #[inline]
    pub(super) fn waiting(&self) -> usize {
        self.to - self.from
    }

    /// Whether a frame has come out since the stream began.
    #[cfg(feature = "fft")]
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Lets samples pass by that no frame holds, at most `number`: how many those are.
    #[cfg(feature = "fft")]
    pub(super) fn pass_by(&mut self, number: usize) -> usize {
        let passed = self.skip.min(number);
        self.skip -= passed;
        passed
    }

    fn check_open(&self) -> Result<()> {
        if self.end == End::Open { Ok(()) } else { Err(Error::StreamEnded) }
    }

    /// The samples of each channel an interleaved block holds.
    pub(super) fn check(&self, block: &[T]) -> Result<usize> {
        self.check_open()?;
        if !block.len().is_multiple_of(self.channels) {
            return Err(Error::not_interleaved(block.len(), self.channels));
        }
        Ok(block.len() / self.channels)
    }

    fn store_block(&mut self, block: &[T], given: usize) {
        let (skipped, at) = self.advance(given);
        let block = &block[skipped * self.channels..];
        if self.channels == 1 {
            self.store[at..at + block.len()].copy_from_slice(block);
            return;
        }
        match self.channels {
            2 => self.part::<2>(block, at),
            channels => {
                for c in 0..channels {
                    let lane = &mut self.store[c * self.lane + at..];
                    for (sample, group) in lane.iter_mut().zip(block.chunks_exact(channels)) {
                        *sample = group[c];
                    }
                }
            }
        }
    }

    /// Samples of `N` channels to their lanes. (A number known to the compiler makes shuffles of it.)
    fn part<const N: usize>(&mut self, block: &[T], at: usize) {
        let (groups, _) = block.as_chunks::<N>();
        for c in 0..N {
            for (sample, group) in self.store[c * self.lane + at..].iter_mut().zip(groups) {
                *sample = group[c];
            }
        }
    }

    /// Makes room for `given` samples, of which the first ones may pass by unread: how many those are, and where in
    /// a lane the others go. They fit: `waiting + given - skip` is at most the capacity.
    fn advance(&mut self, given: usize) -> (usize, usize) {
        let skipped = self.skip.min(given);
        self.skip -= skipped;
        let kept = given - skipped;
        if self.to + kept > self.lane {
            for lane in self.store.chunks_exact_mut(self.lane) {
                lane.copy_within(self.from..self.to, 0);
            }
            (self.from, self.to) = (0, self.to - self.from);
        }
        let at = self.to;
        self.to += kept;
        (skipped, at)
    }
}
