//! Overlap-add of a whole signal: frames back to samples.

use super::Sample;
use super::overlap::{check_cola, check_nola, overlap_sums};
use super::windowed::check_buffer;
use crate::array::{Array, IntoView, Picked, View};
use crate::error::{Error, Result};
use crate::ops::row_loops;
use crate::spec::{Dims, unravel};
use alloc::vec;
use alloc::vec::Vec;

/// Samples put together at a time: they stay in the second-level cache while frames are added.
const CHUNK: usize = 16 * 1024;
/// Reciprocals kept, at least: short hops are repeated so that loops over them stay long.
const TABLE: usize = 1024;

/// What overlap-add does where fewer frames overlap than in the middle: at the two ends.
///
/// ```text
/// frames     aaaa
///              bbbb
///                cccc
/// Steady       ....          only samples that as many frames cover as ever do
/// Padded     ........        all, divided by the sum in the middle: the ends fade as if silence surrounded them
/// Normalized ........        all, each divided by the sum of the weights that are there
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Edges {
    /// Only samples of the steady state: `size - hop` fewer at each end. Needs COLA.
    Steady,
    /// All samples, as if frames of silence stood before and behind: the exact inverse of framing a signal that was
    /// padded with `size - hop` zeros at each end, and what PyTorch's `fold` gives. Needs COLA.
    Padded,
    /// All samples, each divided by the sum of the weights of the frames that are there; where that sum is zero, the
    /// sample is left as it is (zero, as every weight there is zero). Needs NOLA. The exact inverse wherever it divides.
    Normalized,
}

/// The way back from frames to samples: the exact inverse of framing.
///
/// Frames start `hop` samples apart; each is multiplied with a window, added where it came from, and the sum is divided
/// by what the windows add up to there. Whether that can be done is checked at construction, never found out as a
/// NaN later. Sample `p` is the sum over frames `t`, first frame first, of `frames[t][p - t * hop]`: the same bits
/// however the work is cut, in [`whole`](Self::whole), [`stream`](Self::stream), one thread or many.
///
/// ```
/// use ndwindow::audio::{Edges, OverlapAdd, WindowFn, frames};
///
/// let hann = WindowFn::Hann.periodic::<f64>(4)?;
/// let signal = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
/// let back = OverlapAdd::weighted(&[1.0; 4], 2, Edges::Normalized)?.whole(&frames(&signal, 4, 2)?)?;
/// assert_eq!(back.as_slice(), signal);
/// assert!(OverlapAdd::plain(&hann, 3, Edges::Padded).is_err()); // 0.5, 0.5, 1: not constant
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct OverlapAdd<T> {
    pub(super) size: usize,
    pub(super) hop: usize,
    /// What frames are multiplied with; `None` for one.
    pub(super) weights: Option<Vec<T>>,
    pub(super) scale: Scale<T>,
}

/// What sums are multiplied with.
#[derive(Clone, Debug)]
pub(super) enum Scale<T> {
    None,
    Divide { edges: Edges, divisors: Divisors<T> },
}

/// What overlapped weights add up to.
#[derive(Clone, Debug)]
pub(super) struct Divisors<T> {
    gains: Vec<T>,
    hop: usize,
    /// Reciprocals once all frames overlap, over a whole number of hops; empty if frames leave gaps.
    pub(super) steady: Vec<T>,
}

impl<T: Sample> OverlapAdd<T> {
    /// Frames that carry `window` already: they are added, and divided by the sum of the windows.
    ///
    /// # Errors
    /// [`Error::ZeroWindow`], [`Error::ZeroStep`]; [`Error::NotNola`], and but for `Edges::Normalized`
    /// [`Error::NotCola`], each with the worst sample and its value.
    pub fn plain(window: &[T], hop: usize, edges: Edges) -> Result<Self> {
        Self::new(window.len(), hop, None, window.to_vec(), edges)
    }

    /// Frames that carry `window` already and are multiplied with it once more, then divided by the sum of the squared
    /// windows: the least-squares inverse (Griffin and Lim 1984), for frames that were changed in between.
    ///
    /// # Errors
    /// As [`plain`](Self::plain), of the squared window.
    pub fn weighted(window: &[T], hop: usize, edges: Edges) -> Result<Self> {
        let squares = window.iter().map(|&w| w * w).collect();
        Self::new(window.len(), hop, Some(window.to_vec()), squares, edges)
    }

    /// Frames are multiplied with `window` and added; nothing is divided, so nothing can fail to be.
    ///
    /// # Errors
    /// [`Error::ZeroWindow`], [`Error::ZeroStep`].
    pub fn sum(window: &[T], hop: usize) -> Result<Self> {
        check_sizes(window.len(), hop)?;
        Ok(OverlapAdd { size: window.len(), hop, weights: Some(window.to_vec()), scale: Scale::None })
    }

    fn new(size: usize, hop: usize, weights: Option<Vec<T>>, gains: Vec<T>, edges: Edges) -> Result<Self> {
        check_sizes(size, hop)?;
        let divisors = if edges == Edges::Normalized {
            check_nola(&gains, hop)?;
            Divisors::new(gains, hop)?
        } else {
            let constant = check_cola(&gains, hop)?;
            let mut divisors = Divisors::new(gains, hop)?;
            divisors.steady.fill(constant.recip());
            divisors
        };
        Ok(OverlapAdd { size, hop, weights, scale: Scale::Divide { edges, divisors } })
    }

    /// Frames are multiplied with `weights` and divided by the sum of `gains` where it is not zero; the gains must be
    /// NOLA unless `gaps` are allowed.
    #[cfg(feature = "fft")]
    pub(super) fn divided(weights: Vec<T>, gains: Vec<T>, hop: usize, gaps: bool) -> Result<Self> {
        check_sizes(weights.len(), hop)?;
        if !gaps {
            check_nola(&gains, hop)?;
        }
        let scale = Scale::Divide { edges: Edges::Normalized, divisors: Divisors::new(gains, hop)? };
        Ok(OverlapAdd { size: weights.len(), hop, weights: Some(weights), scale })
    }

    /// Samples in a frame.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Samples between the starts of neighbouring frames.
    pub fn hop(&self) -> usize {
        self.hop
    }

    /// How many samples `frames` frames give: `(frames - 1) * hop + size`, under `Edges::Steady` less
    /// `2 * (size - hop)`; none for no frames.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn samples(&self, frames: usize) -> Result<usize> {
        let all = extent(frames, self.size, self.hop)?;
        Ok(all.saturating_sub(self.lead().saturating_mul(2)))
    }

    /// Whether there are samples between frames that no frame reaches.
    pub(super) fn leaves_gaps(&self) -> bool {
        self.hop > self.size
    }

    /// Samples left out at each end.
    pub(super) fn lead(&self) -> usize {
        match &self.scale {
            Scale::Divide { edges: Edges::Steady, .. } => self.size.saturating_sub(self.hop),
            _ => 0,
        }
    }

    /// Puts a whole signal together: `[.., frames, size] -> [.., samples]`.
    ///
    /// Equals, for every leading index, `y = 0; for t: y[t * hop ..][.. size] += frames[t] * window; y /= sums`.
    /// Reads every frame once and writes every sample once; runs in the caller's `rayon` pool.
    ///
    /// # Errors
    /// [`Error::WindowLength`] unless the last axis is as long as the window; [`Error::AxisOutOfRange`] for a rank
    /// below two; [`Error::TooLarge`], [`Error::OutOfMemory`].
    pub fn whole<'a, S: IntoView<'a, Elem = T>>(&self, frames: S) -> Result<Array<T>> {
        let frames = frames.into_view();
        let shape = self.shape(&frames)?;
        let mut out = Array::try_zeros("a signal of overlapped frames", shape)?;
        self.put(&frames, out.as_mut_slice());
        Ok(out)
    }

    /// [`whole`](Self::whole) into a caller's buffer.
    ///
    /// # Errors
    /// As there, and [`Error::BufferLength`].
    pub fn whole_into<'a, S: IntoView<'a, Elem = T>>(&self, frames: S, out: &mut [T]) -> Result<()> {
        let frames = frames.into_view();
        let shape = self.shape(&frames)?;
        check_buffer::<T>("a signal of overlapped frames", shape, out.len())?;
        self.put(&frames, out);
        Ok(())
    }

    fn shape(&self, frames: &View<'_, T>) -> Result<Dims> {
        let [leading @ .., number, size] = frames.shape() else {
            return Err(Error::AxisOutOfRange { axis: -2, rank: frames.rank() });
        };
        if *size != self.size {
            return Err(Error::WindowLength { found: *size, expected: self.size });
        }
        let mut shape = Dims::from_slice(leading);
        shape.push(self.samples(*number)?);
        Ok(shape)
    }

    fn put(&self, frames: &View<'_, T>, out: &mut [T]) {
        let number = frames.shape()[frames.rank() - 2];
        let row = if number == 0 { 0 } else { self.samples(number).unwrap_or(0) };
        let bytes = frames.len().saturating_mul(size_of::<T>());
        let slice = frames.as_slice();
        // Frames that do not lie in one piece are copied a few at a time.
        let few = (CHUNK / self.size).clamp(1, number.max(1));
        let scratch = || vec![T::zero(); if slice.is_some() { 0 } else { few * self.size }];
        row_loops::each_chunk(out, row, CHUNK, bytes, scratch, |scratch, r, i, part| {
            let from = self.lead() + i * CHUNK;
            if self.leaves_gaps() {
                part.fill(T::zero()); // no frame writes between frames
            }
            let all = touching(from, from + part.len(), self.size, self.hop, number);
            for first in all.clone().step_by(few) {
                let group = first..all.end.min(first + few);
                let rows = match slice {
                    Some(rows) => &rows[(r * number + first) * self.size..][..group.len() * self.size],
                    None => copy_frames(frames, r, group.clone(), scratch),
                };
                for (t, frame) in group.zip(rows.chunks_exact(self.size)) {
                    self.add_frame(part, from, t, frame);
                }
            }
            self.divide(part, from, number);
        });
    }

    /// Adds frame `t` to the samples from `from` on. Its last `hop` samples are the first that are put there, so they
    /// are stored, not added; so are all of the first frame. Samples no frame reaches are not touched.
    pub(super) fn add_frame(&self, out: &mut [T], from: usize, t: usize, frame: &[T]) {
        let start = t * self.hop;
        let end = start + self.size;
        let fresh = if t == 0 { start } else { start + self.size.saturating_sub(self.hop) };
        let until = from + out.len();
        let cut = |a: usize, b: usize| (a.clamp(from, until), b.clamp(from, until));
        let (a, b) = cut(start, fresh);
        if a < b {
            let (out, inside) = (&mut out[a - from..b - from], a - start..b - start);
            match &self.weights {
                Some(w) => row_loops::add_product(out, &frame[inside.clone()], &w[inside]),
                None => row_loops::add(out, &frame[inside]),
            }
        }
        let (a, b) = cut(fresh, end);
        if a < b {
            let (out, inside) = (&mut out[a - from..b - from], a - start..b - start);
            match &self.weights {
                Some(w) => row_loops::put_product(out, &frame[inside.clone()], &w[inside]),
                None => out.copy_from_slice(&frame[inside]),
            }
        }
    }

    /// Divides samples `from ..` by what the weights of `number` frames add up to there.
    pub(super) fn divide(&self, out: &mut [T], from: usize, number: usize) {
        let Scale::Divide { edges, divisors } = &self.scale else { return };
        let (mut low, mut high) = (from, from + out.len());
        if *edges == Edges::Normalized {
            let edge = if divisors.steady.is_empty() { high } else { self.size - self.hop };
            let (first, last) = (edge.clamp(low, high), (number * self.hop).clamp(low, high));
            let last = last.max(first);
            for p in (low..first).chain(last..high) {
                let sum = divisors.at(p, number);
                out[p - from] = out[p - from] * reciprocal(sum);
            }
            (low, high) = (first, last);
        }
        // Reciprocals repeat every hop; the table holds whole hops of them.
        let table = &divisors.steady[..];
        let mut at = low % self.hop;
        while low < high {
            let part = (table.len() - at).min(high - low);
            row_loops::scale(&mut out[low - from..][..part], &table[at..][..part]);
            (low, at) = (low + part, 0);
        }
    }
}

impl<T: Sample> Divisors<T> {
    pub(super) fn new(gains: Vec<T>, hop: usize) -> Result<Self> {
        let sums = overlap_sums(&gains, hop)?;
        let repeats = if hop > gains.len() { 0 } else { TABLE.div_ceil(hop) };
        let steady = sums.iter().cycle().take(hop * repeats).map(|&s| reciprocal(s)).collect();
        Ok(Divisors { gains, hop, steady })
    }

    /// The sum at sample `p` if there are only `number` frames.
    fn at(&self, p: usize, number: usize) -> T {
        let frames = touching(p, p + 1, self.gains.len(), self.hop, number);
        frames.map(|t| self.gains[p - t * self.hop]).reduce(|sum, g| sum + g).unwrap_or_else(T::zero)
    }
}

/// The frames `group` of row `r` of `[.., frames, size]`, in one piece.
fn copy_frames<'s, T: Sample>(
    frames: &View<'_, T>,
    r: usize,
    group: core::ops::Range<usize>,
    scratch: &'s mut [T],
) -> &'s [T] {
    let (shape, lead) = (frames.shape(), frames.rank() - 2);
    let mut starts = Dims::from_elem(0, frames.rank());
    unravel(r, 0..lead, shape, &mut starts);
    starts[lead] = group.start;
    let count = [group.len(), shape[lead + 1]];
    let part = &mut scratch[..count[0] * count[1]];
    match frames.pick(&starts, 2, |k| Picked { axis: lead + k, step: 1, count: count[k] }) {
        Some(view) => match view.copy_into(part) {
            Ok(()) => part,
            Err(error) => unreachable!("as many samples as the frames have: {error}"),
        },
        None => unreachable!("frames of a row are frames of the view"),
    }
}

/// One over a sum, or one where nothing can be divided by.
fn reciprocal<T: Sample>(sum: T) -> T {
    if sum.abs() >= T::min_positive_value() { sum.recip() } else { T::one() }
}

/// The frames of `number` that reach into samples `from..until`.
pub(super) fn touching(from: usize, until: usize, size: usize, hop: usize, number: usize) -> core::ops::Range<usize> {
    let first = if from < size { 0 } else { (from - size) / hop + 1 };
    let last = until.div_ceil(hop).min(number);
    first..last.max(first)
}

fn check_sizes(size: usize, hop: usize) -> Result<()> {
    super::Framing::new(size, hop).count(size).map(|_| ())
}

/// The samples `frames` frames cover: the inverse of the count of frames.
pub(super) fn extent(frames: usize, size: usize, hop: usize) -> Result<usize> {
    let Some(last) = frames.checked_sub(1) else { return Ok(0) };
    let too_large = || Error::TooLarge {
        what: "a signal of overlapped frames",
        shape: [frames, hop].into(),
        limit: crate::spec::LIMIT,
        unit: "samples",
    };
    last.checked_mul(hop).and_then(|n| n.checked_add(size)).filter(|&n| n <= crate::spec::LIMIT).ok_or_else(too_large)
}
