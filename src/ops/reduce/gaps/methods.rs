//! What can be asked of windows some of whose elements do not count.

use super::super::extreme::Extreme;
use super::super::moments::Variance;
use super::super::monoid::{Pairwise, own};
use super::super::number::{Number, Real};
use super::super::order::quantiles;
use super::joint::Joint;
use super::run::reduce;
use super::tally::{nans, tally};
use super::windows::ValidWindows;
use crate::array::{Array, checked_bytes};
use crate::element::Element;
use crate::error::{Error, Result};

/// An array of the results that `f` writes.
fn made<T: Element, O: Element>(windows: &ValidWindows<'_, T>, f: impl FnOnce(&mut [O]) -> Result<()>) -> Array<O> {
    let shape = windows.plan.reduced_dims();
    if let Err(error) = checked_bytes::<O>("a reduction", &shape) {
        panic!("{error}");
    }
    let mut array = Array::zeros(shape);
    if let Err(error) = f(array.as_mut_slice()) {
        panic!("{error}");
    }
    array
}

macro_rules! forms {
    ($(#[$doc:meta])* $name:ident, $into:ident, ($($arg:ident: $type:ty)?), $out:ty, |$windows:ident, $buffer:ident| $run:expr) => {
        $(#[$doc])*
        ///
        /// # Panics
        /// If the result has more bytes than an address space.
        pub fn $name(&self, $($arg: $type)?) -> Array<$out> {
            made(self, |out| self.$into($($arg,)? out))
        }

        #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ") into `out`, row-major.")]
        ///
        /// # Errors
        /// [`Error::BufferLength`] unless `out` has exactly as many elements as there are results.
        pub fn $into(&self, $($arg: $type,)? out: &mut [$out]) -> Result<()> {
            let ($windows, $buffer) = (self, out);
            $run
        }
    };
}

impl<T: Number> ValidWindows<'_, T> {
    forms! {
        /// How many elements of every window count: `[.., n, ..] -> [.., grid, ..]`, whatever
        /// [`min_count`](Self::min_count) says.
        ///
        /// NumPy's `sum(mask & ~isnan(x))` over the window axes; pandas' `rolling(..).count()`. One reduction of the narrowest
        /// integers.
        count, count_into, (), usize, |windows, out| {
            windows.windows()?.check_buffer(out.len())?;
            tally(windows)?.each(0..out.len(), |k, n| out[k] = n);
            Ok(())
        }
    }

    forms! {
        /// The largest element of every window that counts: `[.., n, ..] -> [.., grid, ..]`; NaN or `None` where fewer than
        /// [`min_count`](Self::min_count) do, or none. NumPy's `nanmax`.
        ///
        /// ```
        /// use ndwindow::unfold;
        ///
        /// let w = unfold(0, 2, 1).windows(&[f32::NAN, f32::NAN, -5.0, 2.0])?;
        /// let most = w.skip_nan().max();
        /// assert!(most.as_slice()[0].is_nan());
        /// assert_eq!(most.as_slice()[1..], [-5.0, 2.0]);
        /// # Ok::<(), ndwindow::Error>(())
        /// ```
        max, max_into, (), T::Maybe, |windows, out| T::gapped_extremes(windows, Extreme::LARGEST, out)
    }

    forms! {
        /// The smallest element of every window that counts; otherwise as [`max`](Self::max). NumPy's `nanmin`.
        min, min_into, (), T::Maybe, |windows, out| T::gapped_extremes(windows, Extreme::SMALLEST, out)
    }

    forms! {
        /// The mean of the elements that count: `[.., n, ..] -> [.., grid, ..]`; NaN where fewer than
        /// [`min_count`](Self::min_count) do, or none. NumPy's `nanmean`.
        ///
        /// Sums are those of [`Windows::mean`](crate::Windows::mean), whose every promise holds: nothing drifts, errors do not grow, means
        /// of finite numbers are finite, and integers are exact until they are divided.
        mean, mean_into, (), T::Mean, |windows, out| T::gapped_means(windows, out)
    }

    forms! {
        /// Where the largest element that counts lies, as [`Windows::argmax`](crate::Windows::argmax) tells it: the first of equals, its flat index in the
        /// unfolded axes of the array; `None` where fewer than [`min_count`](Self::min_count) elements count, or none. Padding is no
        /// element, filled or not. NumPy's `nanargmax`.
        ///
        /// ```
        /// use ndwindow::unfold;
        ///
        /// let w = unfold(0, 2, 1).windows(&[f32::NAN, f32::NAN, -5.0, 2.0])?;
        /// assert_eq!(w.skip_nan().argmax().as_slice(), [None, Some(2), Some(3)]);
        /// # Ok::<(), ndwindow::Error>(())
        /// ```
        argmax, argmax_into, (), Option<usize>, |windows, out| T::gapped_places(windows, Extreme::LARGEST, out)
    }

    forms! {
        /// Where the smallest element that counts lies; otherwise as [`argmax`](Self::argmax). NumPy's `nanargmin`.
        argmin, argmin_into, (), Option<usize>, |windows, out| T::gapped_places(windows, Extreme::SMALLEST, out)
    }

    forms! {
        /// The median of the elements that count, the mean of the two in the middle: `[.., n, ..] -> [.., grid, ..]`; NaN where
        /// fewer than [`min_count`](Self::min_count) do, or none. NumPy's `nanmedian`.
        ///
        /// Time as [`Windows::median`](crate::Windows::median), where few windows hold a NaN; where many do, or under a mask, as of windows of many
        /// cells of types that are not bytes. Memory as there; under a mask the elements once more.
        ///
        /// ```
        /// use ndwindow::unfold;
        ///
        /// let w = unfold(0, 3, 1).windows(&[4.0, f64::NAN, 1.0, 3.0])?;
        /// assert_eq!(w.skip_nan().median().as_slice(), [2.5, 2.0]);
        /// # Ok::<(), ndwindow::Error>(())
        /// ```
        median, median_into, (), T::Middle, |windows, out| among(windows, 0.5, out)
    }

    /// The `q`-th quantile of the elements that count, linear between neighbours: `[.., n, ..] -> [.., grid, ..]`; NaN where fewer
    /// than [`min_count`](Self::min_count) do, or none. NumPy's `nanquantile`. Time and memory as [`median`](Self::median).
    ///
    /// # Errors
    /// [`Error::Parameter`] for a `q` outside 0 to 1, NaN included; [`Error::TooLarge`] for a window of 2^31 elements.
    pub fn quantile(&self, q: f64) -> Result<Array<T::Middle>> {
        let mut out = Array::zeros(self.plan.reduced_dims());
        self.quantile_into(q, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`quantile`](Self::quantile) into the caller's buffer.
    ///
    /// # Errors
    /// As [`quantile`](Self::quantile); [`Error::BufferLength`].
    pub fn quantile_into(&self, q: f64, out: &mut [T::Middle]) -> Result<()> {
        Error::check_quantile(q)?;
        among(self, q, out)
    }
}

impl<T: Number> ValidWindows<'_, T> {
    forms! {
        /// The sum of the elements that count, in a type that holds it (see [`Number`]): `[.., n, ..] -> [.., grid, ..]`; NaN or
        /// `None` where fewer than [`min_count`](Self::min_count) do. NumPy's `nansum` is `.min_count(0).sum()`.
        ///
        /// Sums are those of [`Windows::sum`](crate::Windows::sum), added in the same order.
        sum, sum_into, (), T::MaybeWide, |windows, out| T::gapped_sums(windows, out)
    }
}

impl<T: Real> ValidWindows<'_, T> {
    forms! {
        /// The variance of the `n` elements that count, divided by `n - ddof`, as [`Windows::var`](crate::Windows::var) computes it:
        /// `[.., n, ..] -> [.., grid, ..]`; NaN where fewer than [`min_count`](Self::min_count) count, or no more than `ddof`.
        /// NumPy's `nanvar(ddof=ddof)`; pandas' `rolling(..).var()` has a `ddof` of 1.
        var, var_into, (ddof: usize), T::Mean, |windows, out| moments(windows, (ddof, false), out)
    }

    forms! {
        /// The standard deviation of the elements that count, the root of [`var`](Self::var). NumPy's `nanstd(ddof=ddof)`.
        std, std_into, (ddof: usize), T::Mean, |windows, out| moments(windows, (ddof, true), out)
    }
}

fn moments<T: Real>(windows: &ValidWindows<'_, T>, (ddof, root): (usize, bool), out: &mut [T::Mean]) -> Result<()> {
    windows.windows()?.check_buffer(out.len())?;
    // It counts for itself.
    let variance = Pairwise(Variance { ddof, root, least: windows.least });
    reduce(windows, &own(&variance), None, out)
}

fn among<T: Number>(windows: &ValidWindows<'_, T>, q: f64, out: &mut [T::Middle]) -> Result<()> {
    windows.windows()?.check_buffer(out.len())?;
    let (plan, least) = (&windows.plan, windows.least.max(1));
    if windows.mask.is_none() {
        // All that does not count is unordered.
        return windows.filled()?.ordered_quantiles(q, least, out);
    }
    let between = |low: Joint<T>, high: Joint<T>, t: f64| T::between(low.value, high.value, t);
    let joint = windows.joint(false);
    quantiles(plan, &joint.view()?, windows.joint_fill(), (q, least), (between, T::nan_middle()), out)?;
    let unordered = |x: &T| x.unordered();
    if T::NANS && !windows.skips() && windows.source.iter().chain(&windows.fill).any(unordered) {
        // Of NaNs that count no median is a number.
        let poisoned = nans(windows)?.into_iter().map(|n| n > 0);
        out.iter_mut().zip(poisoned).filter(|(_, nan)| *nan).for_each(|(out, _)| *out = T::nan_middle());
    }
    Ok(())
}
