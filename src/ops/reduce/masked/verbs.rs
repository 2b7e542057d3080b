//! The reductions of masked windows.

use super::super::built_in::under;
use super::super::extreme::{Extreme, Search};
use super::super::masking::AnyMask;
use super::super::methods::made;
use super::super::monoid::{All, Any, By};
use super::super::number::Number;
use super::super::ops::{Larger, Smaller};
use super::super::rounded::Pixel;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::mask::Mask;
use crate::ops::windows::Windows;
use crate::spec::AxisPlan;
use alloc::vec::Vec;

/// Windows of which only the cells of a [`Mask`] count: what [`Windows::masked`] gives.
///
/// Every verb is that of [`Windows`] restricted to the cells where the mask is true: the same types, the same meaning of NaN,
/// fill, padding, tails and holes, any rank, step and dilation, and the same bits from [parts](crate::Part). A window that holds
/// nothing under the mask has the unmasked verb's answer to a window without elements.
///
/// The mask is cut into runs along the last axis, and runs that lie alike into boxes; each of them costs what a box costs, and a
/// window combines them. A disk of radius `r` costs about `2 r` combinations an element, a box without a corner little more
/// than the box.
///
/// ```
/// use ndwindow::{Mask, View, unfold};
///
/// let x = [
///     9u8, 0, 0, 1,
///     0, 5, 0, 0,
///     0, 0, 0, 7,
/// ];
/// let x = View::new(&x, [3, 4])?;
/// let windows = unfold([0, 1], 3, 1).windows(&x)?.masked(&Mask::cross([3, 3])?)?;
/// assert_eq!(windows.max().as_slice(), [5, 5]); // the 9 stands in a corner
/// assert_eq!(windows.sum().as_slice(), [5, 5]);
/// assert_eq!(windows.mean().as_slice(), [1.0, 1.0]); // of five cells
/// assert_eq!(windows.argmax()?.as_slice(), [5, 5]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
pub struct Masked<'a, T> {
    windows: Windows<'a, T>,
    mask: Mask,
    full: bool,
}

impl<'a, T> Windows<'a, T> {
    /// These windows with only the cells counting where the mask is true: an adapter with the verbs that make sense of them.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] unless the mask has the window's shape, in the order of the request's axes.
    pub fn masked(self, mask: &Mask) -> Result<Masked<'a, T>> {
        let expected: Vec<usize> = self.plan().axes().iter().map(AxisPlan::window).collect();
        if mask.shape() != expected {
            return Err(Error::ShapeMismatch { what: "the mask", expected, found: mask.shape().to_vec() });
        }
        let full = mask.cells().iter().all(|&cell| cell);
        Ok(Masked { windows: self, mask: mask.clone(), full })
    }
}

impl<'a, T> Masked<'a, T> {
    /// The mask.
    pub fn mask(&self) -> &Mask {
        &self.mask
    }

    /// The windows without it.
    pub fn windows(&self) -> &Windows<'a, T> {
        &self.windows
    }

    /// The mask, unless all cells count.
    pub(in super::super) fn some(&self) -> Option<&Mask> {
        (!self.full).then_some(&self.mask)
    }

    /// The same for reductions.
    fn counting(&self) -> Option<AnyMask<'_>> {
        self.some().map(|mask| AnyMask(mask))
    }
}

macro_rules! forms {
    ($(#[$doc:meta])* $name:ident, $into:ident, $out:ty, |$masked:ident, $buffer:ident| $run:expr) => {
        $(#[$doc])*
        ///
        /// # Panics
        /// If the result has more bytes than an address space.
        pub fn $name(&self) -> Array<$out> {
            made(&self.windows, |out| self.$into(out))
        }

        #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ") into `out`, row-major.")]
        ///
        /// # Errors
        /// [`Error::BufferLength`] unless `out` has exactly as many elements as there are results.
        pub fn $into(&self, out: &mut [$out]) -> Result<()> {
            let ($masked, $buffer) = (self, out);
            $run
        }
    };
}

impl<T: Number> Masked<'_, T> {
    forms! {
        /// The largest element under the mask: `[.., n, ..] -> [.., grid, ..]`; see [`Windows::max`]. Dilation by a flat
        /// structuring element.
        max, max_into, T, |m, out| T::extreme(&m.windows, m.counting(), Extreme::LARGEST, out)
    }

    forms! {
        /// The smallest element under the mask: `[.., n, ..] -> [.., grid, ..]`; see [`Windows::min`]. Erosion by a flat
        /// structuring element.
        min, min_into, T, |m, out| T::extreme(&m.windows, m.counting(), Extreme::SMALLEST, out)
    }

    forms! {
        /// The mean of the elements under the mask: `[.., n, ..] -> [.., grid, ..]`; see [`Windows::mean`].
        ///
        /// Where some windows hold fewer cells than others (padding, holes), how many is known from a table of the few kinds of windows.
        mean, mean_into, T::Mean, |m, out| T::average(&m.windows, m.counting(), out)
    }

    /// Where the largest element under the mask lies: its flat index in the unfolded axes, as [`Windows::argmax`]. Of equal
    /// elements the first one in the window counts.
    ///
    /// # Errors
    /// [`Error::EmptyWindow`] names the first window that holds no element under the mask.
    pub fn argmax(&self) -> Result<Array<usize>> {
        let mut out = Array::zeros(self.windows.plan().reduced_dims());
        self.argmax_into(out.as_mut_slice())?;
        Ok(out)
    }

    /// [`argmax`](Self::argmax) into the caller's buffer.
    ///
    /// # Errors
    /// As [`argmax`](Self::argmax); [`Error::BufferLength`].
    pub fn argmax_into(&self, out: &mut [usize]) -> Result<()> {
        T::search(&self.windows, self.counting(), "argmax", Search::LARGEST, out, None)
    }

    /// Where the smallest element under the mask lies; otherwise as [`argmax`](Self::argmax).
    ///
    /// # Errors
    /// As [`argmax`](Self::argmax).
    pub fn argmin(&self) -> Result<Array<usize>> {
        let mut out = Array::zeros(self.windows.plan().reduced_dims());
        self.argmin_into(out.as_mut_slice())?;
        Ok(out)
    }

    /// [`argmin`](Self::argmin) into the caller's buffer.
    ///
    /// # Errors
    /// As [`argmax`](Self::argmax); [`Error::BufferLength`].
    pub fn argmin_into(&self, out: &mut [usize]) -> Result<()> {
        T::search(&self.windows, self.counting(), "argmin", Search::SMALLEST, out, None)
    }
}

impl<T: Pixel> Masked<'_, T> {
    /// The mean under the mask as an element, halves upwards.
    ///
    /// # Errors
    /// [`Error::BufferLength`]; [`Error::EmptyWindow`]; [`Error::SumOverflow`] for integers and more than 2^31 cells.
    pub(crate) fn rounded_mean_into(&self, out: &mut [T]) -> Result<()> {
        self.windows.rounded_mean(self.counting(), out)
    }
}

impl<T: Number> Masked<'_, T> {
    forms! {
        /// The sum of the elements under the mask, in a type that holds it: `[.., n, ..] -> [.., grid, ..]`; see [`Windows::sum`].
        ///
        /// Floats are added pairwise, box by box of the mask, in an order that follows from the mask, the step and the dilation alone.
        sum, sum_into, T::Wide, |m, out| T::total(&m.windows, m.counting(), out)
    }
}

impl Masked<'_, bool> {
    forms! {
        /// Whether any element under the mask is true: `[.., n, ..] -> [.., grid, ..]`. Binary dilation.
        any, any_into, bool, |m, out| under(&m.windows, m.counting(), &By(&Any, Larger::OP), out)
    }

    forms! {
        /// Whether all elements under the mask are true: `[.., n, ..] -> [.., grid, ..]`. Binary erosion.
        all, all_into, bool, |m, out| under(&m.windows, m.counting(), &By(&All, Smaller::OP), out)
    }
}
