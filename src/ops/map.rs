//! Any function of a window: the verb for what no reduction and no convolution says.

use super::each::{Each, Shown};
use super::windows::{AnyWindows, Windows};
use crate::array::{Array, View};
use crate::error::{Error, Result};
use crate::kernel::threads::{each_chunk, each_number, made};
use crate::spec::checked_len;
use alloc::vec::Vec;

impl<T: Clone + Default> Windows<'_, T> {
    /// Calls `f` with every window and keeps what it returns, in the shape of a reduction: `[.., H, W] -> [.., H', W']`.
    ///
    /// A window has the unfolded axes in the order of the request. It is a view of the array where it lies inside, and a
    /// view of a small copy where it touches a border; empty cells are the fill, or `T::default()`. Elements without
    /// `Default` are mapped by the same call ([`AnyWindows::map`]); only their empty cells need a [`fill`](Self::fill).
    ///
    /// Runs in the caller's `rayon` pool if the windows are large or many; the result is the same for any number of threads.
    /// See [`map_in_order`](Self::map_in_order) for closures that keep something, [`map_into`](Self::map_into) for windows as
    /// slices, several results each, and a buffer of the caller's.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let x = [3, 1, 4, 1, 5];
    /// let spread = unfold(0, 3, 1).windows(&x)?.map(|w| w.iter().max().unwrap() - w.iter().min().unwrap());
    /// assert_eq!(spread.as_slice(), [3, 3, 4]);
    ///
    /// let words = ["to", "be", "or", "not"].map(String::from);
    /// let pairs = unfold(0, 2, 1).windows(&words)?.map(|w| format!("{} {}", w[[0]], w[[1]]));
    /// assert_eq!(pairs.as_slice(), ["to be", "be or", "or not"]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Panics
    /// If one window, or the results, have more bytes than an address space, or than memory can be had.
    pub fn map<R: Send>(&self, f: impl Fn(&View<'_, T>) -> R + Sync) -> Array<R>
    where
        T: Sync,
    {
        expect(self.map_with(Some(&T::default()), f))
    }

    /// [`map`](Self::map) on one thread, window by window in row-major order of the result, with a closure that may keep
    /// something from one to the next.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let mut sum = 0;
    /// let sums = unfold(0, 2, 2).windows(&[1, 2, 3, 4])?.map_in_order(|w| {
    ///     sum += w[[1]];
    ///     sum
    /// });
    /// assert_eq!(sums.as_slice(), [2, 6]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Panics
    /// As [`map`](Self::map).
    pub fn map_in_order<R>(&self, f: impl FnMut(&View<'_, T>) -> R) -> Array<R> {
        expect(self.map_in_order_with(Some(&T::default()), f))
    }

    /// Calls `f` with every window and the `k` results it is to write: `[.., H, W] -> [.., H', W', k]`, row-major in `out`.
    ///
    /// A window is a slice, row-major over its axes in the order of the request: a slice of the array where it lies there so
    /// (on one axis without dilation, say), else of a copy; empty cells are the fill, or `T::default()`, and elements without
    /// `Default` are mapped by the same call ([`AnyWindows::map_into`]). What stands in `out` is not changed before `f` does.
    /// With `k = 0` there is nothing to write, and `f` sees every window all the same.
    ///
    /// Runs in the caller's `rayon` pool if the windows are large or many; each thread has a buffer of one window, and nothing
    /// else is allocated. `f` sees each window once, in no order.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let x = [3.0, 1.0, 4.0, 1.0, 5.0];
    /// let mut ends = [0.0; 6];
    /// unfold(0, 3, 1).windows(&x)?.map_into(&mut ends, 2, |window, row| {
    ///     row.copy_from_slice(&[window[0], window[2]]);
    /// })?;
    /// assert_eq!(ends, [3.0, 4.0, 1.0, 1.0, 4.0, 5.0]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BufferLength`] unless `out` holds `k` results a window; [`Error::TooLarge`], [`Error::OutOfMemory`] for a
    /// window no memory holds.
    pub fn map_into<R: Send>(&self, out: &mut [R], k: usize, f: impl Fn(&[T], &mut [R]) + Sync) -> Result<()>
    where
        T: Sync,
    {
        self.map_into_with(Some(&T::default()), out, k, f)
    }
}

/// These are called on [`Windows`] whose elements have no `Default`.
impl<'a, T: Clone> AnyWindows<'a, T> {
    /// [`Windows::map`] of elements without `Default`.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// #[derive(Clone)]
    /// struct Reading(f64);
    ///
    /// let x = [Reading(3.0), Reading(1.0), Reading(5.0)];
    /// let means = unfold(0, 2, 1).windows(&x)?.map(|w| (w[[0]].0 + w[[1]].0) / 2.0);
    /// assert_eq!(means.as_slice(), [2.0, 3.0]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Panics
    /// As there, and if a cell is empty and there is no [`fill`](Windows::fill).
    pub fn map<R: Send>(&self, f: impl Fn(&View<'_, T>) -> R + Sync) -> Array<R>
    where
        T: Sync,
    {
        expect(self.map_with(None, f))
    }

    /// [`Windows::map_in_order`] of elements without `Default`.
    ///
    /// # Panics
    /// As [`map`](Self::map).
    pub fn map_in_order<R>(&self, f: impl FnMut(&View<'_, T>) -> R) -> Array<R> {
        expect(self.map_in_order_with(None, f))
    }

    /// [`Windows::map_into`] of elements without `Default`.
    ///
    /// # Errors
    /// As there, and [`Error::EmptyCell`] if a cell is empty and there is no [`fill`](Windows::fill).
    pub fn map_into<R: Send>(&self, out: &mut [R], k: usize, f: impl Fn(&[T], &mut [R]) + Sync) -> Result<()>
    where
        T: Sync,
    {
        self.map_into_with(None, out, k, f)
    }

    /// The windows one after another; empty cells are the fill, else `default`.
    fn each<'w>(&'w self, default: Option<&'w T>, shown: Shown) -> Result<Each<'w, 'a, T>> {
        Each::new(&self.plan, &self.source, self.fill.as_ref().or(default), shown)
    }

    fn map_with<R: Send>(&self, default: Option<&T>, f: impl Fn(&View<'_, T>) -> R + Sync) -> Result<Array<R>>
    where
        T: Sync,
    {
        let each = self.each(default, Shown::Views)?;
        let mut results = room(&each)?;
        match each.share() {
            None => each.views(0..each.len(), &mut Vec::new(), |window| results.push(f(window))),
            Some(share) => {
                let part = |buffer: &mut Vec<T>, number: usize| {
                    let windows = each.shared(share, number);
                    let mut part = Vec::with_capacity(windows.len());
                    each.views(windows, buffer, |window| part.push(f(window)));
                    part
                };
                let parts: Vec<Vec<R>> = made(0..each.len().div_ceil(share), Vec::new, part);
                parts.into_iter().for_each(|part| results.extend(part));
            }
        }
        Array::new(results, each.shape())
    }

    fn map_in_order_with<R>(&self, default: Option<&T>, mut f: impl FnMut(&View<'_, T>) -> R) -> Result<Array<R>> {
        let each = self.each(default, Shown::Views)?;
        let mut results = room(&each)?;
        each.views(0..each.len(), &mut Vec::new(), |window| results.push(f(window)));
        Array::new(results, each.shape())
    }

    fn map_into_with<R: Send>(
        &self,
        default: Option<&T>,
        out: &mut [R],
        k: usize,
        f: impl Fn(&[T], &mut [R]) + Sync,
    ) -> Result<()>
    where
        T: Sync,
    {
        let mut shape = self.plan.reduced_dims();
        shape.push(k);
        let expected = checked_len("the results of windows", &shape)?;
        if out.len() != expected {
            return Err(Error::BufferLength { shape: shape.to_vec(), expected, found: out.len() });
        }
        let each = self.each(default, Shown::Slices)?;
        if let Some(share) = each.share() {
            let windows = |number: usize| each.shared(share, number);
            let parts = each.len().div_ceil(share);
            match k {
                0 => each_number(parts, true, Vec::new, |buffer, n| rows(&each, windows(n), buffer, &mut [], k, &f)),
                _ => each_chunk(out, expected, share * k, usize::MAX, Vec::new, |buffer, _, n, part| {
                    rows(&each, windows(n), buffer, part, k, &f);
                }),
            }
            return Ok(());
        }
        rows(&each, 0..each.len(), &mut Vec::new(), out, k, &f);
        Ok(())
    }
}

/// The results of a range of windows, `k` each.
fn rows<T: Clone, R>(
    each: &Each<'_, '_, T>,
    windows: core::ops::Range<usize>,
    buffer: &mut Vec<T>,
    out: &mut [R],
    k: usize,
    f: &impl Fn(&[T], &mut [R]),
) {
    let mut left = out;
    each.slices(windows, buffer, |window| {
        let (row, rest) = core::mem::take(&mut left).split_at_mut(k);
        f(window, row);
        left = rest;
    });
}

/// Room for a result a window.
fn room<T: Clone, R>(each: &Each<'_, '_, T>) -> Result<Vec<R>> {
    let (len, mut results) = (each.len(), Vec::new());
    match results.try_reserve_exact(len) {
        Ok(()) => Ok(results),
        Err(_) => {
            let (shape, bytes) = (each.shape().to_vec(), len.saturating_mul(size_of::<R>()));
            Err(Error::OutOfMemory { what: "the results of windows", shape, bytes })
        }
    }
}

fn expect<R>(results: Result<Array<R>>) -> Array<R> {
    match results {
        Ok(array) => array,
        Err(error) => panic!("{error}"),
    }
}
