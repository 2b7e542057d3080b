//! Grey morphology by structuring elements with heights.

use super::Filter;
use crate::array::{Array, IntoView, View};
use crate::error::{Error, Result};
use crate::ops::row_loops::{Raised, raise};
use crate::ops::{Mask, Number, Raise};
use crate::spec::{Dims, IntoAxes, PadMode, index_of, row_major, unfold};
use alloc::vec::Vec;

/// Grey morphology by a structuring element with heights (SciPy's `structure`): a dilation is the largest of pixels plus heights, an
/// erosion the smallest of pixels less heights.
///
/// The array of heights is the element; [`mask`](Self::mask) leaves some of its cells out. Axes, borders and origins are those of
/// [`Filter`]. Integers stay in their type: what would leave it is its largest or smallest value.
///
/// Time: each pixel is compared once for each cell, in vectors; memory: the picture with its border.
///
/// ```
/// use ndwindow::{View, image::NonFlat};
///
/// let tent = NonFlat::new(&[0, 2, 0]);
/// let line = [0, 0, 9, 0, 0];
/// assert_eq!(tent.dilate(&line)?.as_slice(), [2, 9, 11, 9, 2]);
/// assert_eq!(tent.erode(&[9, 9, 0, 9, 9])?.as_slice(), [7, 0, -2, 0, 7]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct NonFlat<T> {
    filter: Filter<T>,
    heights: Array<T>,
}

impl<T: Number + Raise> NonFlat<T> {
    /// An element of these heights.
    pub fn new<'a>(heights: impl IntoView<'a, Elem = T>) -> Self {
        let view = heights.into_view();
        let filter = Filter::new(view.shape());
        let mut heights = Array::zeros(Dims::from_slice(view.shape()));
        heights.as_mut_slice().iter_mut().zip(view.iter()).for_each(|(to, &height)| *to = height);
        NonFlat { filter, heights }
    }

    /// Only the cells where a mask is true (SciPy's `footprint` beside `structure`).
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] unless the mask has the shape of the heights.
    pub fn mask(mut self, mask: &Mask) -> Result<Self> {
        if mask.shape() != self.heights.shape() {
            let (expected, found) = (self.heights.shape().to_vec(), mask.shape().to_vec());
            return Err(Error::ShapeMismatch { what: "the mask", expected, found });
        }
        self.filter = self.filter.with_mask(mask);
        Ok(self)
    }

    /// See [`Filter::axes`].
    pub fn axes(mut self, axes: impl IntoAxes) -> Self {
        self.filter = self.filter.axes(axes);
        self
    }

    /// See [`Filter::border`].
    pub fn border(mut self, mode: PadMode) -> Self {
        self.filter = self.filter.border(mode);
        self
    }

    /// See [`Filter::constant`].
    pub fn constant(mut self, value: T) -> Self {
        self.filter = self.filter.constant(value);
        self
    }

    /// See [`Filter::origin`].
    pub fn origin(mut self, origin: impl AsRef<[isize]>) -> Self {
        self.filter = self.filter.origin(origin);
        self
    }

    /// Dilation, by the element turned around its pixel: `max(x[p - c] + h[c])` over the cells `c`; the picture's shape. SciPy's
    /// `grey_dilation`.
    ///
    /// # Errors
    /// Those of [`Filter::windows`].
    pub fn dilate<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T>> {
        let mut heights = self.heights.as_slice().to_vec();
        heights.reverse();
        swept(&self.filter.turn(), &heights, &picture.into_view(), Raised::Max)
    }

    /// Erosion: `min(x[p + c] - h[c])` over the cells `c`; the picture's shape. SciPy's `grey_erosion`.
    ///
    /// # Errors
    /// Those of [`Filter::windows`].
    pub fn erode<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T>> {
        swept(&self.filter, self.heights.as_slice(), &picture.into_view(), Raised::Min)
    }

    /// Opening: the dilation of the erosion, each with its own border. SciPy's `grey_opening`.
    ///
    /// # Errors
    /// Those of [`Filter::windows`].
    pub fn open<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T>> {
        self.dilate(&self.erode(picture)?)
    }

    /// Closing: the erosion of the dilation, each with its own border. SciPy's `grey_closing`.
    ///
    /// # Errors
    /// Those of [`Filter::windows`].
    pub fn close<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T>> {
        self.erode(&self.dilate(picture)?)
    }
}

/// Each pixel's cells, raised or lowered, row by row.
fn swept<T: Number + Raise>(filter: &Filter<T>, heights: &[T], view: &View<'_, T>, how: Raised) -> Result<Array<T>> {
    let windows = filter.windows(view)?;
    let plan = windows.plan();
    let shape = Dims::from_slice(view.shape());
    let mut out = Array::try_zeros("a filtered picture", shape.clone())?;
    if out.is_empty() {
        return Ok(out);
    }
    // The picture with what stands around it; where nothing does, cells there are left out.
    let bare = filter.mode == PadMode::Empty && filter.constant.is_none();
    let axes: Vec<isize> = plan.axes().iter().map(|a| a.axis() as isize).collect();
    let pads: Vec<(isize, isize)> = plan.axes().iter().map(|a| if bare { (0, 0) } else { a.pads() }).collect();
    let around = unfold(&axes[..], 1, 1).pad(&pads[..]).pad_mode(filter.mode).windows(view)?;
    let around = match filter.constant {
        Some(value) => around.fill(value),
        None => around,
    };
    let around = around.max();
    let lens = Dims::from_slice(around.shape());
    let cells = plan.axes().iter().map(|a| a.window()).collect::<Dims>();
    // Where each cell that counts lies from its pixel, along every axis of the array.
    let mut taps: Vec<(Vec<isize>, T)> = Vec::new();
    for (number, &height) in heights.iter().enumerate() {
        let at = index_of(number, &cells);
        if filter.footprint().is_some_and(|mask| !mask.cells()[&at[..]]) {
            continue;
        }
        let mut shift = alloc::vec![0; shape.len()];
        for (k, axis) in plan.axes().iter().enumerate() {
            shift[axis.axis()] = at[k] as isize + if bare { axis.start_of(0) } else { 0 };
        }
        taps.push((shift, height));
    }
    // Axes behind the last filtered one are one with it.
    let last = plan.axes().iter().map(|a| a.axis()).max().unwrap_or(0);
    let behind: usize = shape[last + 1..].iter().product();
    let row = shape[last] * behind;
    let strides = row_major(lens.iter().copied());
    out.as_mut_slice().fill(how.nothing());
    for (number, out) in out.as_mut_slice().chunks_exact_mut(row).enumerate() {
        let at = index_of(number, &shape[..last]);
        for (shift, height) in &taps {
            let places =
                at.iter().zip(shift).zip(&lens).map(|((&i, &s), &len)| i.checked_add_signed(s).filter(|&p| p < len));
            let places: Option<Dims> = places.collect();
            let Some(places) = places else { continue };
            let from: usize = places.iter().zip(&strides).map(|(p, stride)| p * stride).sum();
            let shift = shift[last];
            let (low, high) =
                (shift.min(0).unsigned_abs(), (lens[last] as isize - shift).clamp(0, shape[last] as isize) as usize);
            if low >= high {
                continue;
            }
            let source = from + low.wrapping_add_signed(shift) * behind;
            let (low, high) = (low * behind, high * behind);
            raise(&mut out[low..high], &around.as_slice()[source..source + high - low], *height, how);
        }
    }
    Ok(out)
}
