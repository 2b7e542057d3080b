//! Morphology of grey pictures on top of maxima and minima.

use super::Filter;
use crate::array::{Array, IntoView, View};
use crate::error::Result;
use crate::ops::Ordered;

mod sealed {
    pub trait Sealed {}
}

/// A pixel whose differences have a type that holds all of them: unsigned integers for integers, floats for themselves.
pub trait Distance: Ordered + sealed::Sealed {
    /// The type of differences.
    type Distance: crate::element::Element;
    #[doc(hidden)]
    fn distance(self, other: Self) -> Self::Distance;
}

macro_rules! distance {
    ($($t:ty => $out:ty, |$a:ident, $b:ident| $distance:expr;)*) => { $(
        impl sealed::Sealed for $t {}
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

impl<T: Ordered> Filter<T> {
    /// Opening: the dilation of the erosion. Bright spots smaller than the box go.
    ///
    /// The dilation uses the box turned around its pixel, as in SciPy, and sees around the picture the erosion of what stands
    /// there, so that an even box, an origin or a border moves nothing: opening is nowhere above the picture, and opening twice
    /// changes nothing more. Two filters: the cost does not grow with the box.
    ///
    /// ```
    /// use ndwindow::{View, image::Filter};
    ///
    /// let x = [0, 9, 0, 5, 5, 5, 0];
    /// let line = View::new(&x, [7])?;
    /// assert_eq!(Filter::new([3]).open(&line)?.as_slice(), [0, 0, 0, 5, 5, 5, 0]);
    /// assert_eq!(Filter::new([3]).close(&line)?.as_slice(), [9, 9, 5, 5, 5, 5, 5]);
    /// assert_eq!(Filter::new([2]).close(&line)?.as_slice(), [9, 9, 5, 5, 5, 5, 0]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`windows`](Self::windows); [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    pub fn open<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T>> {
        let view = picture.into_view();
        match self.around(&view)? {
            Some((before, after)) => after.windows(&before.min()?)?.max(),
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
            Some((before, after)) => after.windows(&before.max()?)?.min(),
            None => self.min_filter(&self.turn().max_filter(view)?),
        }
    }
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
