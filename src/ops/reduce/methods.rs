//! The reductions of [`Windows`]: the caller's own, and the built-in ones, which [`built_in`](super::built_in) computes.

use super::built_in::run;
use super::extreme::Extreme;
use super::monoid::{All, Any, By, Monoid, own};
use super::number::Number;
use super::ops::{Larger, Smaller};
use crate::array::{Array, checked_bytes};
use crate::element::Element;
use crate::error::Result;
use crate::ops::Windows;
use alloc::vec;

impl<T: Element> Windows<'_, T> {
    /// Reduces every window by an operation of the caller's own: `[.., n, ..] -> [.., grid, ..]`.
    ///
    /// Equals lifting the elements of a window, combining them in order, and lowering the result; empty cells are left out
    /// unless filled. See [`Monoid`] for the laws, and [`monoid`](crate::monoid()) to make one from closures.
    ///
    /// Time: about `2 log2(window)` vectorised combinations an element and axis (`log2(window) + 1` if idempotent), whatever
    /// the rank, step, dilation or padding; memory: the result and some rows. Large jobs run in the caller's `rayon` pool,
    /// with the same bits for any number of threads.
    ///
    /// ```
    /// use ndwindow::{Max, unfold};
    ///
    /// let x = [3, 1, 4, 1, 5];
    /// assert_eq!(unfold(0, 3, 1).windows(&x)?.reduce(&Max).as_slice(), [4, 4, 5]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Panics
    /// If the result has more bytes than an address space.
    pub fn reduce<M: Monoid<T>>(&self, monoid: &M) -> Array<M::Out> {
        made(self, |out| self.reduce_into(monoid, out))
    }

    /// [`reduce`](Self::reduce) into `out`, row-major.
    ///
    /// # Errors
    /// [`Error::BufferLength`](crate::Error::BufferLength) unless `out` has exactly as many elements as there are results.
    pub fn reduce_into<M: Monoid<T>>(&self, monoid: &M, out: &mut [M::Out]) -> Result<()> {
        run(self, &own(monoid), out)
    }
}

macro_rules! forms {
    ($(#[$doc:meta])* $name:ident, $into:ident, $out:ty, $(#[$error:meta])* |$windows:ident, $buffer:ident| $run:expr) => {
        $(#[$doc])*
        pub fn $name(&self) -> Array<$out> {
            made(self, |out| self.$into(out))
        }

        #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ") into `out`, row-major.")]
        ///
        /// # Errors
        /// [`Error::BufferLength`](crate::Error::BufferLength) unless `out` has exactly as many elements as there are results.
        $(#[$error])*
        pub fn $into(&self, out: &mut [$out]) -> Result<()> {
            let ($windows, $buffer) = (self, out);
            $run
        }
    };
}

impl<T: Number> Windows<'_, T> {
    forms! {
        /// The largest element of every window: `[.., n, ..] -> [.., grid, ..]`.
        ///
        /// Equals `reduce(&Max)`: a NaN in the window makes the result NaN, 0.0 is larger than -0.0, and a window without
        /// elements gives the lowest value (minus infinity for floats). Empty cells never win; [`MaxNum`](crate::MaxNum)
        /// ignores NaNs.
        ///
        /// Time does not grow with the window: see [`reduce`](Self::reduce).
        ///
        /// ```
        /// use ndwindow::{Tail, unfold};
        ///
        /// let x = [1, 2, 3, 4, 5, 6];
        /// let pooled = unfold(0, 3, 2).pad(1).tail(Tail::Partial).windows(&x)?.max();
        /// assert_eq!(pooled.as_slice(), [2, 4, 6, 6]);
        /// # Ok::<(), ndwindow::Error>(())
        /// ```
        ///
        /// # Panics
        /// If the result has more bytes than an address space.
        max, max_into, T, |windows, out| T::extreme(windows, None, Extreme::LARGEST, out)
    }

    forms! {
        /// The smallest element of every window: `[.., n, ..] -> [.., grid, ..]`.
        ///
        /// Equals `reduce(&Min)`: a NaN in the window makes the result NaN, -0.0 is smaller than 0.0, and a window without
        /// elements gives the highest value (infinity for floats). [`MinNum`](crate::MinNum) ignores NaNs.
        ///
        /// Time does not grow with the window: see [`reduce`](Self::reduce).
        ///
        /// # Panics
        /// If the result has more bytes than an address space.
        min, min_into, T, |windows, out| T::extreme(windows, None, Extreme::SMALLEST, out)
    }

    forms! {
        /// The smallest and the largest element of every window: `[.., n, ..] -> [.., grid, ..]`.
        ///
        /// Equals [`min`](Self::min) and [`max`](Self::max).
        ///
        /// ```
        /// use ndwindow::unfold;
        ///
        /// let range = unfold(0, 3, 1).windows(&[3, 1, 4, 1, 5])?.minmax();
        /// assert_eq!(range.as_slice(), [(1, 4), (1, 4), (1, 5)]);
        /// # Ok::<(), ndwindow::Error>(())
        /// ```
        ///
        /// # Panics
        /// If the result has more bytes than an address space.
        minmax, minmax_into, (T, T), |windows, out| {
            windows.check_buffer(out.len())?;
            let mut extremes = vec![T::default(); out.len()];
            T::extreme(windows, None, Extreme::SMALLEST, &mut extremes)?;
            out.iter_mut().zip(&extremes).for_each(|(out, &least)| out.0 = least);
            T::extreme(windows, None, Extreme::LARGEST, &mut extremes)?;
            out.iter_mut().zip(&extremes).for_each(|(out, &most)| out.1 = most);
            Ok(())
        }
    }
}

impl<T: Number> Windows<'_, T> {
    forms! {
        /// The sum of every window, in a type that holds it (see [`Number`]): `[.., n, ..] -> [.., grid, ..]`.
        ///
        /// No sum is ever updated by taking elements out, so nothing drifts: a NaN or 1e16 leaves with its window. Floats
        /// are added pairwise, so the error does not grow with the window (beyond its logarithm); in what order follows from the
        /// request alone, not from the window's place, other elements, the number of threads, or the width of vectors. Zeros sum to 0.0, whatever their signs, and so does a window without
        /// elements.
        ///
        /// Time does not grow with the window: see [`reduce`](Self::reduce).
        ///
        /// ```
        /// use ndwindow::unfold;
        ///
        /// let sums = unfold(0, 2, 1).windows(&[1e16, 1.0, 1.0, 1.0])?.sum();
        /// assert_eq!(sums.as_slice(), [1e16, 2.0, 2.0]); // a running sum would end in 0
        /// let wide = unfold(0, 3, 1).windows(&[200u8, 200, 200])?.sum();
        /// assert_eq!(wide.as_slice(), [600u64]);
        /// # Ok::<(), ndwindow::Error>(())
        /// ```
        ///
        /// # Panics
        /// If there are more results than an address space holds, or a sum is longer than its type, the widest there is for the elements: of
        /// `u128` and `i128` their own, of `u32` and `i32` after 2^32 elements in a window. [`sum_into`](Self::sum_into) has an error for
        /// that.
        sum, sum_into, T::Wide,
        /// [`Error::DoesNotFit`](crate::Error::DoesNotFit) names the first window whose sum is longer than its type;
        /// [`WrappingSum`](crate::WrappingSum) never fails.
        |windows, out| T::total(windows, None, out)
    }
}

impl<T: Number> Windows<'_, T> {
    forms! {
        /// The mean of every window: `[.., n, ..] -> [.., grid, ..]`.
        ///
        /// Equals the [`sum`](Self::sum) divided by the number of elements the window holds, NaN if it holds none. Cells in empty
        /// padding are not elements unless filled (`.fill(0.0)` is "count include pad"); holes and overhang never
        /// are. Means of integers are exact sums in `f64`, rounded once; means of finite floats are finite, also where their
        /// sum is not.
        ///
        /// Time does not grow with the window: see [`reduce`](Self::reduce).
        ///
        /// ```
        /// use ndwindow::unfold;
        ///
        /// let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        /// let pool = unfold(0, 3, 2).pad(1);
        /// assert_eq!(pool.windows(&x)?.mean().as_slice(), [1.5, 3.0, 5.0]);
        /// assert_eq!(pool.windows(&x)?.fill(0.0).mean().as_slice(), [1.0, 3.0, 5.0]);
        /// # Ok::<(), ndwindow::Error>(())
        /// ```
        ///
        /// # Panics
        /// If the result has more bytes than an address space.
        mean, mean_into, T::Mean,
        |windows, out| T::average(windows, None, out)
    }

    /// The product of every window, in the type of [`sum`](Self::sum): `[.., n, ..] -> [.., grid, ..]`. A window without
    /// elements gives 1.
    ///
    /// Time does not grow with the window: see [`reduce`](Self::reduce). Products of integers are computed in 128 bits.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// assert_eq!(unfold(0, 2, 1).windows(&[2.0, 3.0, 4.0])?.product()?.as_slice(), [6.0, 12.0]);
    /// let words = unfold(0, 2, 1).windows(&[1u32 << 31, 1 << 31, 1 << 31])?.product()?;
    /// assert_eq!(words.as_slice(), [1u64 << 62, 1 << 62]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotFit`](crate::Error::DoesNotFit) for a product of integers that its type does not hold;
    /// [`WrappingProduct`](crate::WrappingProduct) never fails.
    pub fn product(&self) -> Result<Array<T::Wide>> {
        let mut out = Array::zeros(self.plan().reduced_dims());
        self.product_into(out.as_mut_slice())?;
        Ok(out)
    }

    /// [`product`](Self::product) into `out`, row-major.
    ///
    /// # Errors
    /// As [`product`](Self::product); [`Error::BufferLength`](crate::Error::BufferLength).
    pub fn product_into(&self, out: &mut [T::Wide]) -> Result<()> {
        T::multiplied(self, out)
    }
}

impl Windows<'_, bool> {
    forms! {
        /// Whether any element of a window is true: `[.., n, ..] -> [.., grid, ..]`. A window without elements gives false.
        ///
        /// # Panics
        /// If the result has more bytes than an address space.
        any, any_into, bool, |windows, out| run(windows, &By(&Any, Larger::OP), out)
    }

    forms! {
        /// Whether all elements of a window are true: `[.., n, ..] -> [.., grid, ..]`. A window without elements gives true.
        ///
        /// # Panics
        /// If the result has more bytes than an address space.
        all, all_into, bool, |windows, out| run(windows, &By(&All, Smaller::OP), out)
    }
}

/// An array of the results that `f` writes.
pub(super) fn made<T, O: Element>(windows: &Windows<'_, T>, f: impl FnOnce(&mut [O]) -> Result<()>) -> Array<O> {
    let shape = windows.plan().reduced_dims();
    if let Err(error) = checked_bytes::<O>("a reduction", &shape) {
        panic!("{error}");
    }
    let mut array = Array::zeros(shape);
    if let Err(error) = f(array.as_mut_slice()) {
        panic!("{error}");
    }
    array
}
