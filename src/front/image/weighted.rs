//! Sliding filters with separable weights: Gaussian, Hann, triangular, and the caller's own.

use super::Filter;
use crate::array::{Array, IntoView, View};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::front::audio::WindowFn;
use crate::ops::{Pixel, weighted};
use crate::spec::{Axes, Dims, IntoAxes, IntoPerAxis, PadMode, PerAxis, Unfold};
use alloc::vec;
use alloc::vec::Vec;

/// A weighted mean around each pixel, whose weights are a product of one list an axis; made by [`Filter::gaussian`],
/// [`Filter::hann`], [`Filter::triangular`] and [`Filter::weights`].
///
/// Axes, borders and origins are those of [`Filter`]: the list of size `z` at pixel `i` weighs `i - z / 2` to
/// `i - z / 2 + z - 1`, on the first axes unless [`axes`](Self::axes) says otherwise, and outside stands the mirrored picture.
/// With [`PadMode::Empty`] nothing stands there, which reads as zero, as in convolutions.
///
/// Equals SciPy's `correlate1d` along one axis after the other, in the array's order, and so `gaussian_filter`; but what is
/// between two axes is never rounded to the picture's type. Weights, products and sums are `f64` for `f64` and `f32` for
/// everything else (SciPy: `f64` within an axis, the picture's type between axes, which truncates integers once an axis); sums run tap by
/// tap in blocks of 64. Integers are rounded once, to the nearest, halves upwards, and end at the type's ends. Bits do not depend on
/// threads, on the layout of the picture, or on pixels outside of a window; only whether the machine fuses a product with its
/// addition shows in the last place of floats.
///
/// Time: a multiply-add for each pixel, axis and weight. Memory: two lines a thread, of pictures; an array of floats where more than two
/// axes are weighted.
///
/// ```
/// use ndwindow::{PadMode, View, image::Filter};
///
/// let x = [0.0, 0.0, 0.0, 16.0f64, 0.0, 0.0];
/// let line = View::new(&x, [6])?;
/// assert_eq!(Filter::weights([[0.25, 0.5, 0.25]]).run(&line)?.as_slice(), [0.0, 0.0, 4.0, 8.0, 4.0, 0.0]);
/// assert_eq!(Filter::triangular([3]).run(&line)?.as_slice(), [0.0, 0.0, 4.0, 8.0, 4.0, 0.0]);
/// let hann = Filter::hann([5]).run(&line)?; // the same weights but for rounding
/// assert!(hann.as_slice().iter().zip([0.0, 0.0, 4.0, 8.0, 4.0, 0.0]).all(|(a, b)| (a - b).abs() < 1e-12));
/// let soft = Filter::gaussian([1.0]).border(PadMode::Wrap).run(&line)?;
/// assert!((soft.as_slice()[3] - 16.0 * 0.398_943).abs() < 1e-2);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct WeightedFilter<T> {
    weights: Weights,
    axes: Option<Axes>,
    mode: PadMode,
    constant: Option<T>,
    origin: Option<Vec<isize>>,
}

/// The list of weights of each axis.
#[derive(Clone, Debug, PartialEq)]
enum Weights {
    Gaussian { sigma: PerAxis<f64>, truncate: f64, radius: Option<PerAxis<usize>> },
    Hann(PerAxis<usize>),
    Triangular(PerAxis<usize>),
    Given(Vec<Vec<f64>>),
}

impl<T: Element> Filter<T> {
    /// A Gaussian of this standard deviation in pixels, one for all axes or one an axis; 0 leaves an axis as it is.
    ///
    /// `[H, W, C] -> [H, W, C]`; SciPy's `gaussian_filter` of order 0: weights `exp(-x^2 / 2 sigma^2)` for `x` from `-r` to `r`, divided by their
    /// sum, with `r = floor(4 sigma + 0.5)` unless [`truncate`](WeightedFilter::truncate) or [`radius`](WeightedFilter::radius) says otherwise. (One
    /// number stands for two axes, as in [`Filter::new`], so that colours do not run into each other; SciPy blurs every axis.)
    ///
    /// ```
    /// use ndwindow::{View, image::Filter};
    ///
    /// let x = [0u8, 0, 0, 255, 255, 255];
    /// let line = View::new(&x, [6])?;
    /// assert_eq!(Filter::gaussian([1.0]).run(&line)?.as_slice(), [1, 15, 77, 178, 240, 254]);
    /// assert_eq!(Filter::gaussian([1.0]).radius(1).run(&line)?.as_slice(), [0, 0, 70, 185, 255, 255]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    pub fn gaussian(sigma: impl IntoPerAxis<f64>) -> WeightedFilter<T> {
        WeightedFilter::of(Weights::Gaussian { sigma: sigma.into_per_axis(), truncate: 4.0, radius: None })
    }

    /// A Hann window of a size for all axes, or one an axis: `scipy.signal.windows.hann(size)` divided by its sum, pandas'
    /// `rolling(size, win_type="hann").mean()`. It falls to zero at both ends, so 3 is no filter at all.
    pub fn hann(size: impl IntoPerAxis<usize>) -> WeightedFilter<T> {
        WeightedFilter::of(Weights::Hann(size.into_per_axis()))
    }

    /// A triangular window of a size for all axes, or one an axis: `scipy.signal.windows.triang(size)` divided by its sum, pandas'
    /// `rolling(size, win_type="triang").mean()`: 1 2 1, 1 2 3 2 1, or 1 3 3 1.
    pub fn triangular(size: impl IntoPerAxis<usize>) -> WeightedFilter<T> {
        WeightedFilter::of(Weights::Triangular(size.into_per_axis()))
    }

    /// The caller's weights, one list an axis, as they are: neither turned around nor divided by their sum.
    pub fn weights<W: AsRef<[f64]>>(lists: impl IntoIterator<Item = W>) -> WeightedFilter<T> {
        WeightedFilter::of(Weights::Given(lists.into_iter().map(|list| list.as_ref().to_vec()).collect()))
    }
}

impl<T: Element> WeightedFilter<T> {
    fn of(weights: Weights) -> Self {
        WeightedFilter { weights, axes: None, mode: PadMode::Symmetric, constant: None, origin: None }
    }

    /// The axes that are weighted, in the order of the lists; `..` for all.
    pub fn axes(mut self, axes: impl IntoAxes) -> Self {
        self.axes = Some(axes.into_axes());
        self
    }

    /// What stands outside of the picture.
    pub fn border(mut self, mode: PadMode) -> Self {
        (self.mode, self.constant) = (mode, None);
        self
    }

    /// One value outside of the picture.
    pub fn constant(mut self, value: T) -> Self {
        (self.mode, self.constant) = (PadMode::Empty, Some(value));
        self
    }

    /// Moves the lists towards lower indices, as [`Filter::origin`] does.
    pub fn origin(mut self, origin: impl AsRef<[isize]>) -> Self {
        self.origin = Some(origin.as_ref().to_vec());
        self
    }

    /// How many standard deviations a Gaussian reaches to both sides: 4 unless asked otherwise. Other weights have a size of
    /// their own, which stays.
    pub fn truncate(mut self, deviations: f64) -> Self {
        if let Weights::Gaussian { truncate, .. } = &mut self.weights {
            *truncate = deviations;
        }
        self
    }

    /// How many pixels a Gaussian reaches to both sides, whatever its deviation.
    pub fn radius(mut self, pixels: impl IntoPerAxis<usize>) -> Self {
        if let Weights::Gaussian { radius, .. } = &mut self.weights {
            *radius = Some(pixels.into_per_axis());
        }
        self
    }

    /// The request behind the filter, for a picture of this rank: boxes of the lists' lengths. It says which pixels a part of the result reads.
    ///
    /// # Errors
    /// Those of [`run`](Self::run) that do not need a picture.
    pub fn request(&self, rank: usize) -> Result<Unfold> {
        Ok(self.resolve(rank)?.0)
    }

    /// The request, and a list of weights for each of its axes.
    fn resolve(&self, rank: usize) -> Result<(Unfold, Vec<Vec<f64>>)> {
        let named = match &self.axes {
            Some(Axes::List(list)) => Some(list.len()),
            Some(Axes::All) => Some(rank),
            None => None,
        };
        let axes = named.unwrap_or(self.weights.axes().unwrap_or(2));
        let lists = self.weights.lists(axes)?;
        let sizes: Vec<usize> = lists.iter().map(Vec::len).collect();
        let mut boxes = Filter::<T>::new(&sizes).border(self.mode);
        boxes = match &self.axes {
            Some(Axes::List(list)) => boxes.axes(&list[..]),
            Some(Axes::All) => boxes.axes(..),
            None => boxes,
        };
        if let Some(origin) = &self.origin {
            boxes = boxes.origin(origin);
        }
        Ok((boxes.request(rank)?, lists))
    }
}

impl<T: Pixel> WeightedFilter<T> {
    /// The filtered picture, of the picture's shape and type.
    ///
    /// # Errors
    /// [`Error::CountMismatch`] for a wrong number of deviations, sizes, lists or origins; [`Error::AxisOutOfRange`]; [`Error::OriginOutside`];
    /// [`Error::Parameter`] for deviations and weights that are no numbers, or make none; [`Error::OutOfMemory`]; those of
    /// [`Unfold::plan`].
    pub fn run<'x>(&self, picture: impl IntoView<'x, Elem = T>) -> Result<Array<T>> {
        let view = picture.into_view();
        let mut out = Array::try_zeros("a filtered picture", Dims::from_slice(view.shape()))?;
        self.into(&view, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`run`](Self::run) into the caller's buffer.
    ///
    /// # Errors
    /// As [`run`](Self::run); [`Error::BufferLength`].
    pub fn run_into<'x>(&self, picture: impl IntoView<'x, Elem = T>, out: &mut [T]) -> Result<()> {
        self.into(&picture.into_view(), out)
    }

    fn into(&self, view: &View<'_, T>, out: &mut [T]) -> Result<()> {
        let (request, lists) = self.resolve(view.rank())?;
        let windows = request.windows(view)?;
        windows.check_buffer(out.len())?;
        weighted(windows.plan(), view, self.constant, &lists, out)
    }
}

impl Weights {
    /// How many axes there are, where there is something for each.
    fn axes(&self) -> Option<usize> {
        match self {
            Weights::Gaussian { sigma, radius, .. } => sigma.axes().or(radius.as_ref().and_then(PerAxis::axes)),
            Weights::Hann(size) | Weights::Triangular(size) => size.axes(),
            Weights::Given(lists) => Some(lists.len()),
        }
    }

    /// One list for each of so many axes.
    fn lists(&self, axes: usize) -> Result<Vec<Vec<f64>>> {
        match self {
            Weights::Gaussian { sigma, truncate, radius } => {
                sigma.check("standard deviation", axes)?;
                if let Some(radius) = radius {
                    radius.check("radius", axes)?;
                }
                (0..axes).map(|k| gaussian(sigma.at(k), *truncate, radius.as_ref().map(|r| r.at(k)))).collect()
            }
            Weights::Hann(size) => {
                size.check("size", axes)?;
                (0..axes).map(|k| hann(size.at(k))).collect()
            }
            Weights::Triangular(size) => {
                size.check("size", axes)?;
                (0..axes).map(|k| triangular(size.at(k))).collect()
            }
            Weights::Given(lists) if lists.len() != axes => {
                Err(Error::CountMismatch { what: "list of weights", given: lists.len(), axes })
            }
            Weights::Given(lists) => match lists.iter().flatten().find(|w| !w.is_finite()) {
                Some(&value) => Err(Error::Parameter { what: "a weight", value, range: "a finite number" }),
                None => Ok(lists.clone()),
            },
        }
    }
}

fn gaussian(sigma: f64, truncate: f64, radius: Option<usize>) -> Result<Vec<f64>> {
    let least = |what: &'static str, value: f64| match value >= 0.0 && value.is_finite() {
        true => Ok(()),
        false => Err(Error::Parameter { what, value, range: "a finite number, and not below 0" }),
    };
    least("a standard deviation", sigma)?;
    least("the truncation of a Gaussian", truncate)?;
    // As SciPy, which leaves such an axis out.
    if sigma <= 1e-15 {
        return Ok(vec![1.0]);
    }
    let radius = radius.unwrap_or((truncate * sigma + 0.5) as usize);
    let n = radius.saturating_mul(2).saturating_add(1);
    let mut list = room(n)?;
    list.extend((0..n).map(|k| {
        let x = k as f64 - radius as f64;
        num_traits::Float::exp(-0.5 / (sigma * sigma) * (x * x))
    }));
    shares(list)
}

fn hann(size: usize) -> Result<Vec<f64>> {
    if size == 2 {
        let range = "1, or at least 3: two are both zero";
        return Err(Error::Parameter { what: "the size of a Hann window", value: 2.0, range });
    }
    shares(WindowFn::Hann.symmetric(size)?)
}

fn triangular(size: usize) -> Result<Vec<f64>> {
    let mut list = room(size)?;
    let step = 2 - size % 2;
    // 1 2 3 2 1, 1 3 5 5 3 1: from the nearer end.
    list.extend((0..size).map(|k| (step * k.min(size - 1 - k) + 1) as f64));
    shares(list)
}

/// A list for so many weights.
fn room(n: usize) -> Result<Vec<f64>> {
    let what = "a list of weights";
    crate::array::checked_bytes::<f64>(what, &[n])?;
    let mut list = Vec::new();
    match list.try_reserve_exact(n) {
        Ok(()) => Ok(list),
        Err(_) => Err(Error::OutOfMemory { what, shape: vec![n], bytes: n * size_of::<f64>() }),
    }
}

/// Weights divided by their sum.
fn shares(mut list: Vec<f64>) -> Result<Vec<f64>> {
    let sum: f64 = list.iter().sum();
    list.iter_mut().for_each(|w| *w /= sum);
    Ok(list)
}
