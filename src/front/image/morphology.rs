//! Morphology of grey pictures on top of maxima and minima.

use super::Filter;
use crate::array::{Array, IntoView, View};
use crate::error::Result;
use crate::ops::{Mask, Number, Windows};
use crate::spec::{Dims, PadMode, Unfold, unfold};
use alloc::vec::Vec;

/// A pixel whose differences have a type that holds all of them: unsigned integers for integers, floats for themselves.
pub trait Distance: Number {
    /// The type of differences.
    type Distance: crate::element::Element;
    #[doc(hidden)]
    fn distance(self, other: Self) -> Self::Distance;
}

macro_rules! distance {
    ($($t:ty => $out:ty, |$a:ident, $b:ident| $distance:expr;)*) => { $(
        impl Distance for $t {
            type Distance = $out;
            #[inline(always)]
            fn distance(self, $b: $t) -> $out {
                let $a = self;
                $distance
            }
        }
    )* };
}

macro_rules! integer_distance {
    ($($t:ty => $out:ty),*) => { distance! { $($t => $out, |a, b| a.abs_diff(b);)* } };
}

integer_distance!(
    u8 => u8, u16 => u16, u32 => u32, u64 => u64, usize => usize, i8 => u8, i16 => u16, i32 => u32, i64 => u64, isize => usize
);
distance! {
    f32 => f32, |a, b| (a - b).abs();
    f64 => f64, |a, b| (a - b).abs();
}

impl<T: Number> Filter<T> {
    /// Dilation: the largest pixel under the box turned around its pixel (SciPy's `grey_dilation`); the picture's shape.
    ///
    /// [`max_filter`](Self::max_filter) does not turn the box; for boxes and masks that are their own mirror image both are the same.
    ///
    /// ```
    /// use ndwindow::{Mask, image::Filter};
    ///
    /// let right = Filter::mask(&Mask::new(&[false, true, true]));
    /// assert_eq!(right.dilate(&[0, 9, 0, 0])?.as_slice(), [0, 9, 9, 0]);
    /// assert_eq!(right.max_filter(&[0, 9, 0, 0])?.as_slice(), [9, 9, 0, 0]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`windows`](Self::windows).
    pub fn dilate<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T>> {
        self.turn().max_filter(picture)
    }

    /// Erosion: the smallest pixel under the box, another name of [`min_filter`](Self::min_filter) (SciPy's `grey_erosion`).
    ///
    /// # Errors
    /// Those of [`windows`](Self::windows).
    pub fn erode<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T>> {
        self.min_filter(picture)
    }

    /// Opening: the dilation of the erosion. Bright spots smaller than the box go.
    ///
    /// The dilation uses the box turned around its pixel, as in SciPy, and sees around the picture the erosion of what stands
    /// there, so that an even box, an origin or a border moves nothing: opening is nowhere above the picture, and opening twice
    /// changes nothing more. Two filters: the cost does not grow with the box. (Under a [`mask`](Self::mask) that is not its own mirror image, mirrors
    /// around the picture may let a second opening change pixels near them, and so may an edge under any mask.)
    ///
    /// ```
    /// use ndwindow::{View, image::Filter};
    ///
    /// let x = [0, 9, 0, 5, 5, 5, 0];
    /// let line = View::new(&x, [7])?;
    /// assert_eq!(Filter::new([3]).open(&line)?.as_slice(), [0, 0, 0, 5, 5, 5, 0]);
    /// assert_eq!(Filter::new([3]).close(&line)?.as_slice(), [9, 9, 5, 5, 5, 5, 5]);
    /// assert_eq!(Filter::new([2]).close(&line)?.as_slice(), [0, 9, 5, 5, 5, 5, 0]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`windows`](Self::windows); [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    pub fn open<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T>> {
        let view = picture.into_view();
        match self.around(&view)? {
            Some((all, inside)) => self.turn().largest(inside.windows(&self.smallest(all)?)?),
            None => self.turn().max_filter(&self.min_filter(view)?),
        }
    }

    /// Closing: the erosion of the dilation. Dark spots smaller than the box go; nowhere below the picture, otherwise as
    /// [`open`](Self::open).
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn close<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T>> {
        let view = picture.into_view();
        match self.around(&view)? {
            Some((all, inside)) => self.smallest(inside.windows(&self.turn().largest(all)?)?),
            None => self.min_filter(&self.turn().max_filter(view)?),
        }
    }

    /// The largest pixel of each of some windows, under the mask.
    fn largest(&self, windows: Windows<'_, T>) -> Result<Array<T>> {
        let mut out = Array::try_zeros("a filtered picture", windows.plan().reduced_dims())?;
        match self.footprint() {
            Some(mask) => windows.masked(mask)?.max_into(out.as_mut_slice())?,
            None => windows.max_into(out.as_mut_slice())?,
        }
        Ok(out)
    }

    /// The smallest.
    fn smallest(&self, windows: Windows<'_, T>) -> Result<Array<T>> {
        let mut out = Array::try_zeros("a filtered picture", windows.plan().reduced_dims())?;
        match self.footprint() {
            Some(mask) => windows.masked(mask)?.min_into(out.as_mut_slice())?,
            None => windows.min_into(out.as_mut_slice())?,
        }
        Ok(out)
    }

    /// All windows that hold a pixel of the picture, wherever their middle lies, and the request that gives each pixel the
    /// windows over it; `None` where filtering twice in the picture's own size comes to the same.
    ///
    /// What stands around the picture goes on in the first result only if the filter treats all pixels alike. `Wrap` always
    /// does; mirrors do for a box that is its own mirror image; an edge or an empty border never changes a maximum of a box
    /// that holds its own pixel, and the two steps are adjoint inside the picture. A constant stays the same value around the
    /// picture, but the first result does not there.
    #[allow(clippy::type_complexity)] // named once
    fn around<'x>(&self, view: &View<'x, T>) -> Result<Option<(Windows<'x, T>, Unfold)>> {
        let windows = self.windows(view)?;
        let axes = windows.plan().axes();
        let twice = match self.mode {
            PadMode::Empty => self.constant.is_none(),
            PadMode::Wrap => true,
            // Of a mask a pixel may see an edge that is none of its own pixels.
            PadMode::Edge => self.footprint().is_none(),
            PadMode::Reflect | PadMode::Symmetric => {
                axes.iter().all(|a| a.pads().0 == a.pads().1) && self.footprint().is_none_or(is_mirrored)
            }
        };
        if twice || axes.iter().any(|a| a.len() == 0) {
            return Ok(None);
        }
        // A longer box holds the same pixels: mirrored lines repeat themselves after two lengths.
        let longest = |len: usize| if self.footprint().is_some() { usize::MAX } else { len.saturating_mul(2) };
        let sizes: Dims = axes.iter().map(|a| a.window().min(longest(a.len()))).collect();
        let numbers: Vec<isize> = axes.iter().map(|a| a.axis() as isize).collect();
        let pads: Vec<(isize, isize)> = sizes.iter().map(|&size| (size as isize - 1, size as isize - 1)).collect();
        let inside = unfold(&numbers[..], &sizes[..], 1);
        let all = inside.clone().pad(pads).pad_mode(self.mode).windows(view)?;
        let all = match self.constant {
            Some(value) => all.fill(value),
            None => all,
        };
        Ok(Some((all, inside)))
    }
}

/// Whether every axis backwards gives the same mask.
fn is_mirrored(mask: &Mask) -> bool {
    let cells = mask.cells();
    (0..cells.rank()).all(|axis| {
        let n = mask.shape()[axis];
        let backwards = cells.slice(axis as isize, n.saturating_sub(1), -1, n);
        backwards.is_ok_and(|backwards| backwards.iter().eq(cells.iter()))
    })
}

impl<T: Distance> Filter<T> {
    /// Morphological gradient: how far dilation and erosion are apart; edges are bright.
    ///
    /// Differences of signed integers are unsigned, so none wraps.
    ///
    /// # Errors
    /// Those of [`windows`](Self::windows).
    pub fn gradient<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T::Distance>> {
        let view = picture.into_view();
        apart(&self.turn().max_filter(&view)?.view(), &self.min_filter(&view)?.view())
    }

    /// White top-hat: how far the picture and its opening are apart; bright spots smaller than the box.
    ///
    /// # Errors
    /// Those of [`windows`](Self::windows).
    pub fn white_top_hat<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T::Distance>> {
        let view = picture.into_view();
        apart(&view, &self.open(&view)?.view())
    }

    /// Black top-hat: how far the picture and its closing are apart; dark spots smaller than the box.
    ///
    /// # Errors
    /// Those of [`windows`](Self::windows).
    pub fn black_top_hat<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T::Distance>> {
        let view = picture.into_view();
        apart(&self.close(&view)?.view(), &view)
    }
}

fn apart<T: Distance>(a: &View<'_, T>, b: &View<'_, T>) -> Result<Array<T::Distance>> {
    let distances = match (a.as_slice(), b.as_slice()) {
        (Some(a), Some(b)) => a.iter().zip(b).map(|(a, &b)| a.distance(b)).collect(),
        _ => a.iter().zip(b.iter()).map(|(a, &b)| a.distance(b)).collect(),
    };
    Array::new(distances, a.shape())
}
