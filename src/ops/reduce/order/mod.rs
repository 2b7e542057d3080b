//! Order statistics: the element of a rank, the median, and quantiles, without sorting windows.
//!
//! Windows of few cells are minima and maxima of whole rows, whatever the type and the rank (`network.rs`, `program.rs`).
//! Of larger ones neighbours differ by few elements. Bytes are counted in histograms that slide (constant time an output for
//! windows of two axes, whatever their size); everything else is sorted once a block, and a window is a set of bits over
//! the ranks.

mod bits;
mod histogram;
mod network;
mod program;
mod sifted;
mod tile;
mod under;
mod wanted;

pub(super) use sifted::quantiles;

use super::block::{Block, Cuts, Each, Places, Side, each_block, each_window, repeats};
use super::held::{check_cells, short_window};
use super::number::Number;
use super::ranked::Ranked;
use crate::array::Array;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::ops::Windows;
use crate::spec::{AxisPlan, Plan};
use alloc::borrow::Cow;
use network::Network;
use wanted::{Place, Wanted};

impl<'a, T: Number> Windows<'a, T> {
    /// The element with `k` smaller ones (or equal ones before it) in each window: 0 is the minimum.
    ///
    /// `[.., H, W] -> [.., H', W']`; equals sorting each window's elements and taking the `k`-th. A NaN anywhere in a window
    /// makes its result NaN, as for `max` and `min`; -0.0 stands below 0.0, as there.
    ///
    /// Time: windows of few cells (up to some 100, if there are many of them, with steps and dilation), all of which hold something, take
    /// minima and maxima of rows, about the window's cells times their logarithm, less what neighbours share. Others: bytes (`u8`, `i8`,
    /// `bool`) cost the same whatever the window's size over two axes; other types cost the window's size along all axes
    /// but one, for each window, and one sort of each block of the array. Memory: blocks of a few windows' elements.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let x = [5, 1, 4, 2, 3];
    /// assert_eq!(unfold(0, 3, 1).windows(&x)?.rank(1)?.as_slice(), [4, 2, 3]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// Networks after Batcher (1968) and Adams, "Fast Median Filters using Separable Sorting Networks" (2021); histograms after Huang, Yang and Tang (1979) and Perreault and Hébert (2007); rank bit sets after Suomela, "Median
    /// Filtering is Equivalent to Sorting" (2014).
    ///
    /// # Errors
    /// [`Error::RankOutside`] where a window holds `k` elements or fewer; it names the first such window.
    /// [`Error::TooLarge`] for a window of 2^31 elements.
    pub fn rank(&self, k: usize) -> Result<Array<T>> {
        let mut out = Array::zeros(self.plan().reduced_dims());
        self.rank_into(k, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`rank`](Self::rank) into the caller's buffer.
    ///
    /// # Errors
    /// As [`rank`](Self::rank); [`Error::BufferLength`].
    pub fn rank_into(&self, k: usize, out: &mut [T]) -> Result<()> {
        self.check_buffer(out.len())?;
        // A rank so high that one more overflows is outside of every window.
        if let Some((index, held)) = short_window(self.plan(), self.fill_value().is_some(), k.saturating_add(1)) {
            return Err(Error::RankOutside { rank: k, held, index });
        }
        self.check_places()?;
        self.order(
            Wanted { place: Place::Rank(k), make: |low: T, _: T, _: f64| low, nan: T::unordered_value(), least: None },
            out,
        );
        Ok(())
    }

    /// The median of each window: the middle element, or the mean of the two in the middle.
    ///
    /// `[.., H, W] -> [.., H', W']`; NumPy's `median` over the window axes. The result is `f32` for `f32` and shorter floats,
    /// else `f64`; [`rank`](Self::rank) keeps the element's type. A NaN anywhere in a window makes its result NaN.
    /// Time and memory as [`rank`](Self::rank).
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let x = [5, 1, 4, 2, 3];
    /// assert_eq!(unfold(0, 3, 1).windows(&x)?.median()?.as_slice(), [4.0, 2.0, 3.0]);
    /// assert_eq!(unfold(0, 4, 1).windows(&x)?.median()?.as_slice(), [3.0, 2.5]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::EmptyWindow`] names the first window that holds no element.
    pub fn median(&self) -> Result<Array<T::Middle>> {
        let mut out = Array::zeros(self.plan().reduced_dims());
        self.median_into(out.as_mut_slice())?;
        Ok(out)
    }

    /// [`median`](Self::median) into the caller's buffer.
    ///
    /// # Errors
    /// As [`median`](Self::median); [`Error::BufferLength`].
    pub fn median_into(&self, out: &mut [T::Middle]) -> Result<()> {
        self.quantiles("median", 0.5, out)
    }

    /// The `q`-th quantile of each window, `0 <= q <= 1`, linear between neighbours: 0 is the minimum, 1 the maximum.
    ///
    /// `[.., H, W] -> [.., H', W']`; NumPy's `quantile(.., method="linear")` over the window axes: the place
    /// `(n - 1) * q` among a window's `n` elements in order. Type, NaN, time and memory as [`median`](Self::median).
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let x = [10, 30, 20, 40];
    /// assert_eq!(unfold(0, 3, 1).windows(&x)?.quantile(0.25)?.as_slice(), [15.0, 25.0]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Parameter`] for a `q` outside 0 to 1, NaN included; [`Error::EmptyWindow`].
    pub fn quantile(&self, q: f64) -> Result<Array<T::Middle>> {
        let mut out = Array::zeros(self.plan().reduced_dims());
        self.quantile_into(q, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`quantile`](Self::quantile) into the caller's buffer.
    ///
    /// # Errors
    /// As [`quantile`](Self::quantile); [`Error::BufferLength`].
    pub fn quantile_into(&self, q: f64, out: &mut [T::Middle]) -> Result<()> {
        self.quantiles("quantile", q, out)
    }

    /// The element in the middle of each window's order, the upper one of two.
    ///
    /// # Errors
    /// [`Error::EmptyWindow`], [`Error::BufferLength`], [`Error::TooLarge`].
    pub(crate) fn middle_into(&self, out: &mut [T]) -> Result<()> {
        self.check_buffer(out.len())?;
        if let Some((index, _)) = short_window(self.plan(), self.fill_value().is_some(), 1) {
            return Err(Error::EmptyWindow { what: "median", index });
        }
        self.check_places()?;
        self.order(
            Wanted { place: Place::Middle, make: |low: T, _: T, _: f64| low, nan: T::unordered_value(), least: None },
            out,
        );
        Ok(())
    }

    /// The `q`-th quantile of what is ordered in each window, NaN where that is fewer than `least` elements, which is at least 1.
    ///
    /// # Errors
    /// [`Error::BufferLength`], [`Error::TooLarge`].
    pub(super) fn ordered_quantiles(&self, q: f64, least: usize, out: &mut [T::Middle]) -> Result<()> {
        self.check_buffer(out.len())?;
        self.check_places()?;
        let (place, nan) = (Place::Quantile(q), T::nan_middle());
        self.order(Wanted { place, make: T::between, nan, least: Some(least) }, out);
        Ok(())
    }

    fn quantiles(&self, what: &'static str, q: f64, out: &mut [T::Middle]) -> Result<()> {
        Error::check_quantile(q)?;
        self.check_buffer(out.len())?;
        if let Some((index, _)) = short_window(self.plan(), self.fill_value().is_some(), 1) {
            return Err(Error::EmptyWindow { what, index });
        }
        self.check_places()?;
        self.order(Wanted { place: Place::Quantile(q), make: T::between, nan: T::nan_middle(), least: None }, out);
        Ok(())
    }

    /// Whether all cells of a window can be told apart where they have to be.
    fn check_places(&self) -> Result<()> {
        let filled = self.fill_value().is_some();
        if repeats(self.plan(), filled) { Ok(()) } else { check_cells(self.plan(), filled) }
    }

    fn order<R: Element>(&self, wanted: Wanted<R, impl Fn(T, T, f64) -> R + Sync>, out: &mut [R]) {
        let plan = self.plan();
        let axes = plan.axes_in_order();
        let across = axes.split_last().map_or(1, |(_, rest)| cells(rest));
        let fill = self.fill_value().copied();
        let place = wanted.place;
        if repeats(plan, fill.is_some()) {
            each_window(plan, self.source(), fill.as_ref(), |number, seen| out[number] = wanted.among(seen));
            return;
        }
        // Histograms do not ask how many elements there are.
        let bytes = T::BYTE && across <= u16::MAX as usize && wanted.least.is_none();
        let cycles = if bytes { histogram::CYCLES } else { bits::cycles(axes.len()) };
        let network = network::network::<T::Key>(&axes, fill.is_some(), place, (out.len(), cycles));
        let ways = Ways { plan, bytes, network, wanted };
        each_block(plan, self.source(), fill, out, &ways);
    }
}

/// What is wanted of each window, and the ways to find it.
struct Ways<'p, R, F> {
    plan: &'p Plan,
    /// Whether histograms count what no network answers.
    bytes: bool,
    network: Option<Network>,
    wanted: Wanted<R, F>,
}

impl<T: Number, R: Element, F: Fn(T, T, f64) -> R + Sync> Each<T, R> for Ways<'_, R, F> {
    type Scratch = Scratch<T>;

    fn cuts(&self, k: usize) -> Cuts {
        let axes = self.plan.axes();
        let last = axes.iter().all(|a| a.axis() <= axes[k].axis());
        match &self.network {
            Some(network) => network.cuts::<T::Key>(&axes[k], last),
            None if self.bytes => Cuts { most: histogram::most(&axes[k], last, axes.len()), apart: 0..0 },
            None => Cuts { most: bits::most(&axes[k], self.plan.window_len(), axes.len()), apart: 0..0 },
        }
    }

    fn in_place(&self, sides: &[Cow<'_, Side>]) -> bool {
        self.network.as_ref().is_some_and(|network| network.in_place::<T, _, _>(sides, &self.wanted))
    }

    fn answer(&self, block: &Block<'_, T>, scratch: &mut Scratch<T>, places: Places<'_, R>) -> bool {
        match &self.network {
            Some(network) if network.answers(block, &self.wanted) => {
                return network.order(block, &mut scratch.rows, &self.wanted, places);
            }
            _ => places.whole(block.sides, |out| match self.bytes {
                true => histogram::order(block, &mut scratch.columns, &self.wanted, out),
                false => bits::order(block, &mut scratch.set, &self.wanted, out),
            }),
        }
        true
    }
}

/// Buffers of one thread, of which those of one way are used.
struct Scratch<T: Number> {
    rows: network::Scratch<T::Key>,
    columns: histogram::Scratch,
    set: bits::Scratch<<T as Ranked>::Packed>,
}

impl<T: Number> Default for Scratch<T> {
    fn default() -> Self {
        Scratch { rows: Default::default(), columns: Default::default(), set: Default::default() }
    }
}

/// The cells of a window along these axes.
fn cells(axes: &[&AxisPlan]) -> usize {
    axes.iter().fold(1, |n, a| n.saturating_mul(a.window()))
}
