//! Pooling of `[N, C, spatial..]` arrays, in PyTorch's and ONNX's conventions.

mod adaptive;
mod average;
mod gradient;
mod indices;
mod lp;
mod max;
mod sums;

pub use adaptive::{adaptive_avg_pool, adaptive_max_pool, global_avg_pool, global_max_pool};
pub use average::{Average, Divisor};
pub use indices::Indices;

use super::pads::Pads;
use crate::array::{Array, IntoView};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::ops::Windows;
use crate::spec::{IntoPerAxis, IntoShape, PerAxis, Plan, Tail, Unfold, unfold};
use alloc::vec::Vec;

/// Windows over the spatial axes of an array: size, step, pads, dilation, ceil mode.
///
/// Arrays are `[N, C, spatial..]`, or without a batch `[C, spatial..]`: as many axes at the end are spatial as the window has
/// numbers (or the step, the dilation or the pads). One number for everything does not say how many, and is refused. The
/// step is the window's size unless it is given, as in PyTorch; ONNX's default is a step of 1. Padding holds no element: it
/// never wins a maximum, and whether it counts in a mean is said there.
///
/// ```
/// use ndwindow::{View, nn::Pool};
///
/// let x: Vec<f32> = (0..16).map(|i| i as f32).collect();
/// let image = View::new(&x, [1, 1, 4, 4])?;
/// let y = Pool::new([2, 2]).max_pool(&image)?;
/// assert_eq!((y.shape(), y.as_slice()), (&[1, 1, 2, 2][..], &[5.0, 7.0, 13.0, 15.0][..]));
/// assert!(Pool::new(2).max_pool(&image).is_err()); // along two axes, or along three?
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Pool {
    window: PerAxis<usize>,
    step: Option<PerAxis<usize>>,
    dilation: PerAxis<usize>,
    pads: Pads,
    ceil: bool,
}

impl Pool {
    /// Windows of a size, `[height, width]` or as many numbers as axes are spatial; side by side, without pads.
    pub fn new(window: impl IntoPerAxis<usize>) -> Self {
        Pool {
            window: window.into_per_axis(),
            step: None,
            dilation: PerAxis::One(1),
            pads: Pads::Numbers(PerAxis::One((0, 0))),
            ceil: false,
        }
    }

    /// Distance between neighbouring windows (PyTorch's and ONNX's stride).
    pub fn step(mut self, step: impl IntoPerAxis<usize>) -> Self {
        self.step = Some(step.into_per_axis());
        self
    }

    /// Distance between neighbouring elements inside a window.
    pub fn dilation(mut self, dilation: impl IntoPerAxis<usize>) -> Self {
        self.dilation = dilation.into_per_axis();
        self
    }

    /// Padding around the array: one number, one an axis, or `(before, after)`.
    pub fn pad(mut self, pads: impl IntoPerAxis<(isize, isize)>) -> Self {
        self.pads = Pads::Numbers(pads.into_per_axis());
        self
    }

    /// ONNX's `SAME_UPPER`: `ceil(n / step)` windows, an odd element of padding behind.
    pub fn same(mut self) -> Self {
        self.pads = Pads::Same;
        self
    }

    /// ONNX's `SAME_LOWER`: `ceil(n / step)` windows, an odd element of padding before.
    pub fn same_lower(mut self) -> Self {
        self.pads = Pads::SameLower;
        self
    }

    /// Ceil mode: the last windows may overhang the end ([`Tail::Partial`]).
    pub fn ceil(mut self) -> Self {
        self.ceil = true;
        self
    }

    /// How many axes at the end of an array are spatial.
    fn spatial(&self, rank: usize) -> Result<usize> {
        let others = || self.step.as_ref().and_then(PerAxis::axes).or(self.dilation.axes()).or(self.pads.axes());
        match self.window {
            PerAxis::Each(ref sizes) => Ok(sizes.len()),
            PerAxis::One(size) => others().ok_or(Error::SpatialUnsaid { what: "a window of", size, rank }),
        }
    }

    /// The request behind the pooling, for an array of this rank.
    ///
    /// # Errors
    /// [`Error::SpatialUnsaid`] where window, step, dilation and pads are one number each.
    pub fn request(&self, rank: usize) -> Result<Unfold> {
        let spatial = self.spatial(rank)?;
        let axes: Vec<isize> = (0..spatial).map(|k| k as isize - spatial as isize).collect();
        let step = self.step.clone().unwrap_or_else(|| self.window.clone());
        let request = unfold(&axes[..], self.window.clone(), step).dilation(self.dilation.clone());
        Ok(self.pads.on(request).tail(if self.ceil { Tail::Partial } else { Tail::Drop }))
    }

    /// The plan of the pooling on a shape.
    ///
    /// # Errors
    /// Those of [`request`](Self::request) and [`Unfold::plan`].
    pub fn plan(&self, shape: impl IntoShape) -> Result<Plan> {
        let shape = shape.sizes();
        self.request(shape.len())?.plan(shape)
    }

    /// The shape of the result of pooling an array of this shape.
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan).
    pub fn shape(&self, shape: impl IntoShape) -> Result<Vec<usize>> {
        Ok(self.plan(shape)?.reduced_shape())
    }

    /// The windows themselves, for any other reduction.
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan).
    pub fn windows<'x, X: IntoView<'x>>(&self, array: X) -> Result<Windows<'x, X::Elem>> {
        let view = array.into_view();
        self.request(view.rank())?.windows(view)
    }
}

/// A reduction of windows whose result may be more than there is memory for.
fn pooled<'a, T, O: Element>(
    windows: &Windows<'a, T>,
    reduce: impl FnOnce(&Windows<'a, T>, &mut [O]) -> Result<()>,
) -> Result<Array<O>> {
    let mut out = Array::try_zeros("a pooling", windows.plan().reduced_dims())?;
    reduce(windows, out.as_mut_slice())?;
    Ok(out)
}

/// The axes in front of the spatial ones and those themselves: `[planes, elements of a plane]` as two products.
fn planes(shape: &[usize], spatial: usize) -> (usize, usize) {
    let (lead, plane) = shape.split_at(shape.len() - spatial.min(shape.len()));
    (lead.iter().product(), plane.iter().product())
}
