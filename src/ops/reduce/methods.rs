//! The reductions of [`Windows`].

use super::engine;
use super::monoid::{All, Any, Max, Min, MinMax, Monoid, Plain};
use super::number::{Number, Ordered};
use super::total::{MeanMiddle, MeanNarrow, MeanWide, Product, SumMiddle, SumNarrow, SumWide};
use crate::array::{Array, checked_bytes};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::kernel::level::Level;
use crate::kernel::rows::Reduction;
use crate::ops::Windows;

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
    /// [`Error::BufferLength`] unless `out` has exactly as many elements as there are results.
    pub fn reduce_into<M: Monoid<T>>(&self, monoid: &M, out: &mut [M::Out]) -> Result<()> {
        run(self, &Plain(monoid), out)
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
        /// [`Error::BufferLength`] unless `out` has exactly as many elements as there are results.
        $(#[$error])*
        pub fn $into(&self, out: &mut [$out]) -> Result<()> {
            let ($windows, $buffer) = (self, out);
            $run
        }
    };
}

impl<T: Ordered> Windows<'_, T> {
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
        max, max_into, T, |windows, out| run(windows, &Plain(&Max), out)
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
        min, min_into, T, |windows, out| run(windows, &Plain(&Min), out)
    }

    forms! {
        /// The smallest and the largest element of every window, in one pass: `[.., n, ..] -> [.., grid, ..]`.
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
        minmax, minmax_into, (T, T), |windows, out| run(windows, &Plain(&MinMax), out)
    }
}

impl<T: Number> Windows<'_, T> {
    forms! {
        /// The sum of every window, in a type that holds it (see [`Number`]): `[.., n, ..] -> [.., grid, ..]`.
        ///
        /// No sum is ever updated by taking elements out, so nothing drifts: a NaN or 1e16 leaves with its window. The
        /// order in which floats are added depends on nothing but the request and, across rows, for windows of more than 64
        /// steps, on the window's place: not on other elements, the number of threads, or the width of vectors. Zeros sum to 0.0,
        /// whatever their signs, and so does a window without elements.
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
        /// If the result has more bytes than an address space, and where [`sum_into`](Self::sum_into) gives
        /// [`Error::SumOverflow`].
        sum, sum_into, T::Wide,
        /// [`Error::SumOverflow`] if the window has so many elements that a sum of the largest would not fit: more than one
        /// of `u128` or `i128`, 2^32 of `u32` or `i32`, 2^48 of `u16` or `i16`.
        |windows, out| {
            let most = bounded(windows, "sum", T::MOST)?;
            if most <= T::FEW {
                run(windows, &SumNarrow, out)
            } else if most <= T::SOME {
                run(windows, &SumMiddle, out)
            } else {
                run(windows, &SumWide, out)
            }
        }
    }

    forms! {
        /// The mean of every window: `[.., n, ..] -> [.., grid, ..]`.
        ///
        /// Equals the [`sum`](Self::sum) divided by the number of elements the window holds, NaN if it holds none. Cells in empty
        /// padding are not elements unless filled (`.fill(0.0)` is "count include pad"); holes and overhang never
        /// are. Means of integers are exact sums in `f64`, rounded once.
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
        /// As [`sum`](Self::sum).
        mean, mean_into, T::Mean,
        /// [`Error::SumOverflow`] as for [`sum_into`](Self::sum_into).
        |windows, out| {
            let most = bounded(windows, "mean", T::MOST)?;
            if most <= T::FEW {
                run(windows, &MeanNarrow, out)
            } else if most <= T::SOME {
                run(windows, &MeanMiddle, out)
            } else {
                run(windows, &MeanWide, out)
            }
        }
    }

    forms! {
        /// The product of every window, in the type of [`sum`](Self::sum): `[.., n, ..] -> [.., grid, ..]`. A window without
        /// elements gives 1.
        ///
        /// Time does not grow with the window: see [`reduce`](Self::reduce).
        ///
        /// ```
        /// use ndwindow::unfold;
        ///
        /// assert_eq!(unfold(0, 2, 1).windows(&[2.0, 3.0, 4.0])?.product().as_slice(), [6.0, 12.0]);
        /// # Ok::<(), ndwindow::Error>(())
        /// ```
        ///
        /// # Panics
        /// As [`sum`](Self::sum).
        product, product_into, T::Wide,
        /// [`Error::SumOverflow`] if a product of so many of the largest integers might not fit: more than 8 of one byte, 4 of
        /// two, 2 of four or eight; [`WrappingProduct`](crate::WrappingProduct) has no such limit, nor have floats.
        |windows, out| {
            bounded(windows, "product", T::FACTORS)?;
            run(windows, &Product, out)
        }
    }
}

impl Windows<'_, bool> {
    forms! {
        /// Whether any element of a window is true: `[.., n, ..] -> [.., grid, ..]`. A window without elements gives false.
        ///
        /// # Panics
        /// If the result has more bytes than an address space.
        any, any_into, bool, |windows, out| run(windows, &Plain(&Any), out)
    }

    forms! {
        /// Whether all elements of a window are true: `[.., n, ..] -> [.., grid, ..]`. A window without elements gives true.
        ///
        /// # Panics
        /// If the result has more bytes than an address space.
        all, all_into, bool, |windows, out| run(windows, &Plain(&All), out)
    }
}

/// The number of cells of a window, if it is one the accumulator holds.
fn bounded<T>(windows: &Windows<'_, T>, operation: &'static str, limit: usize) -> Result<usize> {
    let cells = windows.plan().window_len();
    if cells > limit {
        return Err(Error::SumOverflow { operation, element: core::any::type_name::<T>(), cells, limit });
    }
    Ok(cells)
}

/// An array of the results that `f` writes.
fn made<T, O: Element>(windows: &Windows<'_, T>, f: impl FnOnce(&mut [O]) -> Result<()>) -> Array<O> {
    let shape = windows.plan().reduced_shape();
    if let Err(error) = checked_bytes::<O>("a reduction", &shape) {
        panic!("{error}");
    }
    let mut array = Array::zeros(shape);
    if let Err(error) = f(array.as_mut_slice()) {
        panic!("{error}");
    }
    array
}

/// Reduces into a buffer of the right length.
fn run<T: Element, R: Reduction<T>>(windows: &Windows<'_, T>, reduction: &R, out: &mut [R::Out]) -> Result<()> {
    let shape = windows.plan().reduced_shape();
    let expected: usize = shape.iter().product();
    if out.len() != expected {
        return Err(Error::BufferLength { shape: shape.to_vec(), expected, found: out.len() });
    }
    let fill = windows.fill_value().copied();
    engine::reduce(windows.plan(), windows.source(), fill, reduction, Level::detect(), out);
    Ok(())
}
