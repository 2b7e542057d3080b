//! Sliding filters: a result of the same size as the picture, one window around each pixel.

use crate::array::{Array, IntoView};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::ops::{Mask, Number, Pixel, Windows};
use crate::spec::{Axes, Dims, IntoAxes, IntoPerAxis, PadMode, PerAxis, Unfold, normal_axis, unfold};
use alloc::vec::Vec;

/// A box around each pixel: its size, the axes it lies on, what stands outside of the picture, and its origin.
///
/// The window of size `z` at pixel `i` covers `i - z / 2` to `i - z / 2 + z - 1`, SciPy's rule: the middle for an odd size,
/// one pixel more before it for an even one. Unless [`axes`](Self::axes) says otherwise the box lies on the first axes, as
/// many as the size has numbers (two for one number, one of a line): `[H, W]`, `[H, W, C]`, with every channel on its own. Outside
/// stands the mirrored picture ([`PadMode::Symmetric`], SciPy's `reflect`) unless [`border`](Self::border) or
/// [`constant`](Self::constant) says otherwise. The cost of maxima, minima and means, and of medians and ranks of bytes on two
/// axes, does not grow with the box.
///
/// ```
/// use ndwindow::{PadMode, View, image::Filter};
///
/// let x = [0, 0, 9, 0, 0, 1];
/// let line = View::new(&x, [6])?;
/// assert_eq!(Filter::new([3]).max_filter(&line)?.as_slice(), [0, 9, 9, 9, 1, 1]);
/// assert_eq!(Filter::new([3]).median_filter(&line)?.as_slice(), [0, 0, 0, 0, 0, 1]);
/// assert_eq!(Filter::new([3]).constant(5).min_filter(&line)?.as_slice(), [0, 0, 0, 0, 0, 0]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Filter<T> {
    size: PerAxis<usize>,
    axes: Option<Axes>,
    pub(super) mode: PadMode,
    pub(super) constant: Option<T>,
    origin: Option<Vec<isize>>,
    /// Which pixels of the box count, if not all.
    mask: Option<Mask>,
    /// Whether the window is turned around, as the second half of an opening needs it.
    turned: bool,
}

impl<T: Element> Filter<T> {
    /// A box of one size for all axes, or one an axis.
    pub fn new(size: impl IntoPerAxis<usize>) -> Self {
        let size = size.into_per_axis();
        Filter { size, axes: None, mode: PadMode::Symmetric, constant: None, origin: None, mask: None, turned: false }
    }

    /// The pixels of a box where a mask is true, SciPy's `footprint`: a disk, a cross, any structuring element.
    ///
    /// Everything else is as for a box of the mask's shape, and every filter is that of [`Masked`](crate::Masked) windows.
    ///
    /// ```
    /// use ndwindow::{Mask, View, image::Filter};
    ///
    /// let x = [
    ///     9, 0, 0,
    ///     0, 0, 0,
    ///     0, 0, 5,
    /// ];
    /// let grown = Filter::mask(&Mask::cross([3, 3])?).max_filter(View::new(&x, [3, 3])?)?;
    /// assert_eq!(grown.as_slice(), [9, 9, 0, 9, 0, 5, 0, 5, 5]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    pub fn mask(mask: &Mask) -> Self {
        Filter::new(mask.shape()).with_mask(mask)
    }

    /// The axes the box lies on, in the order of its sizes; `..` for all.
    pub fn axes(mut self, axes: impl IntoAxes) -> Self {
        self.axes = Some(axes.into_axes());
        self
    }

    /// What stands outside of the picture; with [`PadMode::Empty`] nothing, so that windows at the border hold less.
    pub fn border(mut self, mode: PadMode) -> Self {
        (self.mode, self.constant) = (mode, None);
        self
    }

    /// One value outside of the picture.
    pub fn constant(mut self, value: T) -> Self {
        (self.mode, self.constant) = (PadMode::Empty, Some(value));
        self
    }

    /// Moves the box towards lower indices by so many pixels an axis (negative: higher), as in SciPy; it must still cover its
    /// own pixel.
    pub fn origin(mut self, origin: impl AsRef<[isize]>) -> Self {
        self.origin = Some(origin.as_ref().to_vec());
        self
    }

    /// The same box turned around its pixel.
    pub(super) fn turn(&self) -> Self {
        Filter { turned: !self.turned, mask: self.mask.as_ref().map(Mask::turned), ..self.clone() }
    }

    /// The same box with only some pixels counting, by a mask of its shape.
    pub(super) fn with_mask(self, mask: &Mask) -> Self {
        Filter { mask: Some(mask.clone()), ..self }
    }

    /// Which pixels of the box count, if not all.
    pub(super) fn footprint(&self) -> Option<&Mask> {
        self.mask.as_ref()
    }

    /// The request behind the filter, for a picture of this rank.
    ///
    /// # Errors
    /// [`Error::CountMismatch`] for a wrong number of sizes or origins; [`Error::AxisOutOfRange`]; [`Error::OriginOutside`].
    pub fn request(&self, rank: usize) -> Result<Unfold> {
        let axes: Vec<isize> = match (&self.axes, &self.size) {
            (Some(Axes::List(list)), _) => list.to_vec(),
            (Some(Axes::All), _) => (0..rank as isize).collect(),
            (None, PerAxis::Each(sizes)) => (0..sizes.len() as isize).collect(),
            // A line has one axis.
            (None, PerAxis::One(_)) => (0..rank.clamp(1, 2) as isize).collect(),
        };
        self.size.check("window", axes.len())?;
        let origin = match &self.origin {
            Some(list) if list.len() != axes.len() => {
                return Err(Error::CountMismatch { what: "origin", given: list.len(), axes: axes.len() });
            }
            Some(list) => list.clone(),
            None => alloc::vec![0; axes.len()],
        };
        let mut pads = Vec::with_capacity(axes.len());
        for (k, (&axis, &origin)) in axes.iter().zip(&origin).enumerate() {
            let window = self.size.at(k);
            let axis = normal_axis(axis, rank)?;
            let before = (window / 2).checked_add_signed(origin).filter(|&b| b < window.max(1));
            let Some(before) = before else {
                return Err(Error::OriginOutside { axis, origin, window });
            };
            let after = window.saturating_sub(1) - before;
            pads.push(if self.turned { (after, before) } else { (before, after) });
        }
        Ok(unfold(&axes[..], self.size.clone(), 1).pad(pads).pad_mode(self.mode))
    }

    /// The window around each pixel, for any other reduction: all of the box, with a [`mask`](Self::mask) or without.
    ///
    /// # Errors
    /// Those of [`request`](Self::request) and of [`Unfold::plan`].
    pub fn windows<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Windows<'x, T>> {
        let view = picture.into_view();
        let windows = self.request(view.rank())?.windows(view)?;
        Ok(match self.constant {
            Some(value) => windows.fill(value),
            None => windows,
        })
    }
}

/// One filter in two forms.
macro_rules! filter {
    ($bound:path, $out:ty; $(#[$doc:meta])* $name:ident, $into:ident ($($arg:ident: $type:ty)?), $windows:ident => $call:expr) => {
        impl<T: $bound> Filter<T> {
            $(#[$doc])*
            ///
            /// # Errors
            /// Those of [`windows`](Self::windows) and of the reduction.
            pub fn $name<'x>(&self, picture: impl IntoView<'x, Elem = T>, $($arg: $type)?) -> Result<Array<$out>> {
                let view = picture.into_view();
                let mut out = Array::try_zeros("a filtered picture", Dims::from_slice(view.shape()))?;
                self.$into(view, $($arg,)? out.as_mut_slice())?;
                Ok(out)
            }

            #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ") into the caller's buffer.")]
            ///
            /// # Errors
            #[doc = concat!("As [`", stringify!($name), "`](Self::", stringify!($name), "); [`Error::BufferLength`].")]
            pub fn $into<'x>(
                &self,
                picture: impl IntoView<'x, Elem = T>,
                $($arg: $type,)?
                out: &mut [$out],
            ) -> Result<()> {
                let $windows = self.windows(picture)?;
                let Some(mask) = &self.mask else { return $call(out) };
                let $windows = $windows.masked(mask)?;
                $call(out)
            }
        }
    };
}

filter! {
    Number, T;
    /// The largest pixel under the box (dilation): the picture's shape. [`Windows::max`].
    max_filter, max_filter_into(), windows => |out| windows.max_into(out)
}
filter! {
    Number, T;
    /// The smallest pixel under the box (erosion): the picture's shape. [`Windows::min`].
    min_filter, min_filter_into(), windows => |out| windows.min_into(out)
}
filter! {
    Number, T::Mean;
    /// The mean under the box (box blur): the picture's shape, `f64` for integers, rounded once. [`Windows::mean`].
    mean_filter, mean_filter_into(), windows => |out| windows.mean_into(out)
}
filter! {
    Pixel, T;
    /// The mean under the box (box blur) in the picture's own type: the picture's shape, integers rounded to the nearest, halves
    /// upwards. No array of wider numbers is made on the way; [`mean_filter`](Self::mean_filter) does not round to integers.
    ///
    /// ```
    /// use ndwindow::{View, image::Filter};
    ///
    /// let x = [10u8, 10, 13, 255, 255, 255];
    /// let line = View::new(&x, [6])?;
    /// assert_eq!(Filter::new([3]).blur(&line)?.as_slice(), [10, 11, 93, 174, 255, 255]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    blur, blur_into(), windows => |out| windows.rounded_mean_into(out)
}
filter! {
    Number, T;
    /// The pixel in the middle of those under the box, the upper one of two: the picture's shape and type.
    /// ([`Windows::median`] gives the mean of two.)
    median_filter, median_filter_into(), windows => |out| windows.middle_into(out)
}
filter! {
    Number, T;
    /// The pixel of rank `k` under the box, 0 being the smallest: the picture's shape. [`Windows::rank`].
    rank_filter, rank_filter_into(k: usize), windows => |out| windows.rank_into(k, out)
}
