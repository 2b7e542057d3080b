//! A signal as contiguous rows of samples, and its frames one at a time.

use super::Framing;
use crate::array::{Array, View};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::spec::{AxisPlan, Cell, Dims};
use alloc::borrow::Cow;
use core::ops::Range;

/// The rows of a signal `[.., time]`, and where their frames lie.
pub(super) struct Rows<'a, T: Element> {
    samples: Cow<'a, [T]>,
    axis: AxisPlan,
    /// The axes before the last.
    leading: Dims,
}

impl<'a, T: Element> Rows<'a, T> {
    /// A signal that does not lie in one piece, row by row, is copied once.
    pub(super) fn new(signal: View<'a, T>, framing: &Framing) -> Result<Self> {
        let plan = framing.unfold().plan(signal.shape())?;
        let leading = match signal.shape().split_last() {
            Some((_, leading)) => Dims::from_slice(leading),
            None => return Err(Error::AxisOutOfRange { axis: -1, rank: 0 }),
        };
        let samples = in_one_piece("a signal in one piece", &signal)?;
        Ok(Rows { samples, axis: plan.axes()[0], leading })
    }

    /// The shape of a result with `last` in place of the time axis.
    pub(super) fn shape(&self, last: &[usize]) -> Dims {
        self.leading.iter().chain(last).copied().collect()
    }

    /// How many samples a row has.
    #[cfg(feature = "fft")]
    pub(super) fn samples(&self) -> usize {
        self.axis.len()
    }

    /// How many rows there are.
    #[cfg(feature = "fft")]
    pub(super) fn rows(&self) -> usize {
        self.leading.iter().product()
    }

    /// How many frames a row has.
    pub(super) fn frames(&self) -> usize {
        self.axis.count()
    }

    /// The frames that are slices of their row, and the distance of their starts, if that is even.
    pub(super) fn inside(&self) -> (Range<usize>, usize) {
        match self.axis.even_step() {
            Some(step) => (self.axis.interior(), step),
            None => (0..0, 0),
        }
    }

    /// The samples of a row from the start of frame `i`, one that lies [inside](Self::inside).
    pub(super) fn samples_from(&self, row: usize, i: usize) -> &[T] {
        &self.samples[row * self.axis.len()..][..self.axis.len()][self.axis.start_of(i) as usize..]
    }

    /// Frame `i` of a row: a slice of it where it lies inside, else copied to `scratch`. Empty cells are zero; `i` may
    /// be the number of frames, for one more that ends behind the padding.
    #[inline]
    pub(super) fn frame<'s>(&'s self, row: usize, i: usize, scratch: &'s mut [T]) -> &'s [T] {
        let samples = &self.samples[row * self.axis.len()..][..self.axis.len()];
        let start = self.axis.start_of(i);
        let line = self.axis.line();
        if start >= line.start && start + self.axis.span() as isize <= line.end {
            return &samples[start as usize..][..self.axis.window()];
        }
        for (j, cell) in scratch[..self.axis.window()].iter_mut().enumerate() {
            *cell = match self.axis.at(start + (j * self.axis.dilation()) as isize) {
                Cell::Element(at) => samples[at],
                Cell::Pad | Cell::Gap => T::default(),
            };
        }
        &scratch[..self.axis.window()]
    }
}

/// The elements of a view row by row: those of the view, or where they do not lie so, copied once.
pub(super) fn in_one_piece<'v, T: Element>(what: &'static str, view: &View<'v, T>) -> Result<Cow<'v, [T]>> {
    if let Some(slice) = view.as_slice() {
        return Ok(Cow::Borrowed(slice));
    }
    let mut copy = Array::try_zeros(what, Dims::from_slice(view.shape()))?;
    view.copy_into(copy.as_mut_slice())?;
    Ok(Cow::Owned(copy.into_vec()))
}
