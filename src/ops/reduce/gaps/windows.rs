//! Windows some of whose elements do not count: what was asked, over which elements.

use crate::array::{IntoView, SameBits, View};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::ops::Windows;
use crate::spec::Plan;

/// Windows in which some elements do not count: NaNs ([`Windows::skip_nan`]), or what a mask says ([`Windows::valid`]).
///
/// Everything else means what it means for [`Windows`]: cells that hold nothing do not count, filled padding counts (unless
/// what it is filled with is a NaN to be skipped), and a pad mode repeats an element together with whether it counts.
///
/// A window has a result if at least [`min_count`](Self::min_count) of its elements count, 1 unless asked otherwise: NumPy's
/// `nanmean` and its kin over the window axes, pandas' `rolling(.., min_periods=1)`, bottleneck's
/// `move_mean(.., min_count=1)`. (Both of these want the whole window unless told otherwise: `.min_count(window)`.) Where fewer count, the
/// result is NaN among floats, and `None` where there is no NaN: extremes and sums of integers are `Option`s, and so are indices.
///
/// | | result of `f32` | of `u8` | of `i64` | fewer than `min_count` |
/// | --- | --- | --- | --- | --- |
/// | [`count`](Self::count) | `usize` | `usize` | `usize` | is told |
/// | [`max`](Self::max), [`min`](Self::min) | `f32` | `Option<u8>` | `Option<i64>` | NaN, `None` |
/// | [`sum`](Self::sum) | `f32` | `Option<u64>` | `Option<i128>` | NaN, `None` |
/// | [`mean`](Self::mean), [`var`](Self::var), [`std`](Self::std) | `f32` | `f64` | `f64` | NaN |
/// | [`median`](Self::median), [`quantile`](Self::quantile) | `f32` | `f64` | `f64` | NaN |
/// | [`argmax`](Self::argmax), [`argmin`](Self::argmin) | `Option<usize>` | `Option<usize>` | `Option<usize>` | `None` |
///
/// Where every element counts, sums, means, extremes and indices are those of [`Windows`], to the last bit: an element that does not count is
/// what adds nothing, in the same order of additions. So threads and parts do not show either, and errors do not grow.
///
/// Time: how many count is one more reduction, in the narrowest integers; the verb itself lifts elements that do not count to
/// what changes nothing. Means of floats without a NaN, and without a mask, take the time of [`Windows::mean`].
/// Memory: 2 bytes a result beside it (8 for windows of 65,535 cells and more), and where results are `Option`s of numbers, the numbers.
///
/// ```
/// use ndwindow::unfold;
///
/// let x = [1.0, f64::NAN, 3.0, 5.0, f64::NAN, f64::NAN];
/// let w = unfold(0, 2, 1).windows(&x)?;
/// assert_eq!(w.skip_nan().count().as_slice(), [1, 1, 2, 1, 0]);
/// assert_eq!(w.skip_nan().mean().as_slice()[..4], [1.0, 3.0, 4.0, 5.0]);
/// assert!(w.skip_nan().mean().as_slice()[4].is_nan());
/// assert!(w.skip_nan().min_count(2).mean().as_slice()[0].is_nan());
///
/// let levels = [7u8, 255, 9, 8]; // 255 is "no data"
/// let known = levels.map(|level| level != 255);
/// let w = unfold(0, 2, 1).windows(&levels)?.valid(&known)?;
/// assert_eq!(w.max().as_slice(), [Some(7), Some(9), Some(9)]);
/// assert_eq!(w.min_count(2).max().as_slice(), [None, None, Some(9)]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ValidWindows<'a, T> {
    pub(super) plan: Plan,
    pub(super) source: View<'a, T>,
    pub(super) fill: Option<T>,
    /// Which elements count, if a mask says so.
    pub(super) mask: Option<View<'a, bool>>,
    /// Whether NaNs do not.
    pub(super) skips: bool,
    pub(super) least: usize,
}

impl<'a, T: Element> Windows<'a, T> {
    /// The same windows, in which NaNs do not count; see [`ValidWindows`]. No element is copied.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let x = [4.0, f64::NAN, 1.0];
    /// let w = unfold(0, 2, 1).windows(&x)?;
    /// assert_eq!(w.skip_nan().sum().as_slice(), [4.0, 1.0]);
    /// assert!(w.sum().as_slice()[0].is_nan());
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    pub fn skip_nan(&self) -> ValidWindows<'a, T> {
        self.counting(None, true)
    }

    /// The same windows, in which only elements count whose place in `mask` is true; see [`ValidWindows`]. A NaN that counts makes
    /// its window NaN, unless [`skip_nan`](ValidWindows::skip_nan) is asked for as well. No element is copied.
    ///
    /// The mask has the array's shape and any layout: a row for all columns is `mask.broadcast(0, rows)?`. Of a
    /// [`Part`](crate::Part) it is the same piece of the whole mask.
    ///
    /// ```
    /// use ndwindow::{View, unfold};
    ///
    /// // A batch of two texts of different lengths.
    /// let scores = View::new(&[3u8, 5, 1, 9, 9, 9], [2, 3])?;
    /// let there = View::new(&[true, true, true, true, false, false], [2, 3])?;
    /// let w = unfold(1, 2, 1).windows(scores)?.valid(there)?;
    /// assert_eq!(w.sum().as_slice(), [Some(8), Some(6), Some(9), None]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] for a mask of another shape than the array's.
    pub fn valid(&self, mask: impl IntoView<'a, Elem = bool>) -> Result<ValidWindows<'a, T>> {
        let mask = mask.into_view();
        let expected = self.plan().input_shape();
        if mask.shape() != expected {
            let found = mask.shape().to_vec();
            return Err(Error::ShapeMismatch { what: "the mask", expected: expected.to_vec(), found });
        }
        Ok(self.counting(Some(mask), false))
    }

    fn counting(&self, mask: Option<View<'a, bool>>, skips: bool) -> ValidWindows<'a, T> {
        let (plan, source, fill) = (self.plan().clone(), self.source().clone(), self.fill_value().copied());
        ValidWindows { plan, source, fill, mask, skips, least: 1 }
    }
}

impl<'a, T: Element> ValidWindows<'a, T> {
    /// NaNs do not count either.
    pub fn skip_nan(mut self) -> Self {
        self.skips = true;
        self
    }

    /// How many elements of a window must count for it to have a result: pandas' `min_periods`, bottleneck's `min_count`.
    /// 1 unless asked otherwise.
    ///
    /// 0 makes a sum of nothing 0, as NumPy's `nansum` has it; all other verbs want at least one element. More than the cells of a
    /// window is more than any window has.
    pub fn min_count(mut self, n: usize) -> Self {
        self.least = n;
        self
    }

    /// Where the windows lie.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The same, of elements alone: filled padding is none.
    pub(super) fn unfilled(&self) -> Self {
        ValidWindows { fill: None, ..self.clone() }
    }

    pub(super) fn windows(&self) -> Result<Windows<'a, T>> {
        self.plan.windows(&self.source)
    }

    /// All windows, with what they are filled with.
    pub(super) fn filled(&self) -> Result<Windows<'a, T>> {
        let windows = self.windows()?;
        Ok(match self.fill {
            Some(fill) => windows.fill(fill),
            None => windows,
        })
    }
}

impl<'a, T> ValidWindows<'a, T> {
    /// The same windows over the same elements.
    pub(crate) fn bits<B>(&self) -> ValidWindows<'a, B>
    where
        T: SameBits<B>,
    {
        let ValidWindows { plan, source, fill, mask, skips, least } = self;
        let (plan, source, fill) = (plan.clone(), source.bits(), fill.map(T::bits));
        ValidWindows { plan, source, fill, mask: mask.clone(), skips: *skips, least: *least }
    }
}
