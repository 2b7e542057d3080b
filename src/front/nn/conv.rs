//! Convolution of `[N, C, spatial..]` arrays, in PyTorch's and ONNX's conventions.

use super::pads::Pads;
use crate::array::{Array, IntoView, View};
use crate::error::{Error, Result};
use crate::ops::Scalar;
use crate::ops::contract::{Contraction, Input, PreparedConv, check_buffer, grouped};
use crate::spec::{IntoPerAxis, IntoShape, PadMode, PerAxis, Plan, dims, unfold};
use alloc::vec::Vec;
use smallvec::SmallVec;

/// A convolution's numbers: step, dilation, pads, groups.
///
/// It is the cross-correlation that PyTorch, ONNX and XLA call convolution; padding reads as zero unless a
/// [`pad_mode`](Self::pad_mode) says otherwise (for fills see [`Windows::conv`](crate::Windows::conv)). Arrays are `[N, C, spatial..]` or `[C, spatial..]`, weights
/// `[outputs, C / groups, window..]`, results `[N, outputs, grid..]`; the weights' rank says how many axes are spatial.
/// Integers wrap, as they do in PyTorch and XLA; [`integer`](Self::integer) bounds its sums.
///
/// ```
/// use ndwindow::{View, nn::Conv};
///
/// let x = View::new(&[1.0f32, 2.0, 3.0, 4.0], [1, 1, 4])?;
/// let w = View::new(&[1.0, 1.0, 1.0], [1, 1, 3])?;
/// let y = Conv::new().pad(1).run(x, w, None)?;
/// assert_eq!((y.shape(), y.as_slice()), (&[1, 1, 4][..], &[3.0, 6.0, 9.0, 7.0][..]));
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Conv {
    pub(super) groups: usize,
    step: PerAxis<usize>,
    dilation: PerAxis<usize>,
    base_dilation: PerAxis<usize>,
    pads: Pads,
    modes: PerAxis<PadMode>,
    channels_last: bool,
}

impl Default for Conv {
    fn default() -> Self {
        Conv::new()
    }
}

/// Where the axes of an array lie.
pub(super) struct Roles {
    /// The axis of the channels.
    pub(super) channel: usize,
    /// The spatial axes.
    pub(super) spatial: SmallVec<[isize; 3]>,
}

/// The roles of an array's axes under weights of rank `weights`.
pub(super) fn roles(rank: usize, weights: usize, channels_last: bool) -> Result<Roles> {
    if weights < 2 || (rank != weights && rank + 1 != weights) {
        return Err(Error::ConvRank { rank, weights });
    }
    let batch = rank + 1 - weights;
    let spatial = weights - 2;
    let (channel, first) = if channels_last { (rank - 1, batch) } else { (batch, batch + 1) };
    Ok(Roles { channel, spatial: (first..first + spatial).map(|a| a as isize).collect() })
}

pub(super) fn check_groups(what: &'static str, count: usize, groups: usize) -> Result<()> {
    match groups > 0 && count.is_multiple_of(groups) {
        true => Ok(()),
        false => Err(Error::Groups { what, count, groups }),
    }
}

pub(super) fn check_spatial(shape: &[usize], spatial: &[isize]) -> Result<()> {
    match spatial.iter().find(|&&a| shape[a as usize] == 0) {
        Some(&axis) => Err(Error::EmptySpatial { axis: axis as usize }),
        None => Ok(()),
    }
}

pub(super) fn check_bias<T>(bias: Option<&[T]>, outputs: usize) -> Result<()> {
    match bias {
        Some(b) if b.len() != outputs => {
            let (expected, found) = ([outputs].to_vec(), [b.len()].to_vec());
            Err(Error::ShapeMismatch { what: "the bias", expected, found })
        }
        _ => Ok(()),
    }
}

impl Conv {
    /// Step and dilations of 1, no pads, one group.
    pub fn new() -> Self {
        Conv {
            groups: 1,
            step: PerAxis::One(1),
            dilation: PerAxis::One(1),
            base_dilation: PerAxis::One(1),
            pads: Pads::Numbers(PerAxis::One((0, 0))),
            modes: PerAxis::One(PadMode::Empty),
            channels_last: false,
        }
    }

    /// Channels and outputs in so many groups that do not meet; as many groups as channels is a depthwise convolution.
    pub fn groups(mut self, groups: usize) -> Self {
        self.groups = groups;
        self
    }

    /// Distance between windows (PyTorch's and ONNX's stride).
    pub fn step(mut self, step: impl IntoPerAxis<usize>) -> Self {
        self.step = step.into_per_axis();
        self
    }

    /// Distance between the elements of a window.
    pub fn dilation(mut self, dilation: impl IntoPerAxis<usize>) -> Self {
        self.dilation = dilation.into_per_axis();
        self
    }

    /// Holes between the elements of the array (XLA's `lhs_dilation`).
    pub fn base_dilation(mut self, base: impl IntoPerAxis<usize>) -> Self {
        self.base_dilation = base.into_per_axis();
        self
    }

    /// Zeros around the array, as [`Unfold::pad`](crate::Unfold::pad); negative pads crop.
    pub fn pad(mut self, pads: impl IntoPerAxis<(isize, isize)>) -> Self {
        self.pads = Pads::Numbers(pads.into_per_axis());
        self
    }

    /// Pads for `ceil(n / step)` windows, an odd zero behind the data (ONNX's `SAME_UPPER`).
    pub fn same(mut self) -> Self {
        self.pads = Pads::Same;
        self
    }

    /// Pads for `ceil(n / step)` windows, an odd zero before the data (ONNX's `SAME_LOWER`).
    pub fn same_lower(mut self) -> Self {
        self.pads = Pads::SameLower;
        self
    }

    /// What the padding holds: nothing (zero), or elements of the array (PyTorch's `padding_mode`: `Reflect`, `Edge` for
    /// "replicate", `Wrap` for "circular"). One for all spatial axes or one an axis; the array is not copied for it.
    ///
    /// ```
    /// use ndwindow::{PadMode, View, nn::Conv};
    ///
    /// let x = View::new(&[1.0f32, 2.0, 3.0, 4.0], [1, 1, 4])?;
    /// let w = View::new(&[1.0, 1.0, 1.0], [1, 1, 3])?;
    /// let y = Conv::new().pad(1).pad_mode(PadMode::Wrap).run(x, w, Some(&[0.5]))?;
    /// assert_eq!(y.as_slice(), [7.5, 6.5, 9.5, 8.5]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    pub fn pad_mode(mut self, modes: impl IntoPerAxis<PadMode>) -> Self {
        self.modes = modes.into_per_axis();
        self
    }

    /// Arrays and results are `[N, spatial.., C]`; weights keep their order. Costs nothing more.
    pub fn channels_last(mut self) -> Self {
        self.channels_last = true;
        self
    }

    /// Where the windows lie on an array of a shape, and the array's channel axis.
    pub(super) fn plan(&self, shape: &[usize], weights: &[usize]) -> Result<(Plan, Roles)> {
        let roles = roles(shape.len(), weights.len(), self.channels_last)?;
        let request = unfold(&roles.spatial[..], &weights[2..], self.step.clone())
            .dilation(self.dilation.clone())
            .base_dilation(self.base_dilation.clone());
        check_spatial(shape, &roles.spatial)?;
        Ok((self.pads.on(request).pad_mode(self.modes.clone()).plan(shape)?, roles))
    }

    /// The checked contraction of an array's and weights' shapes.
    pub(super) fn contraction(&self, shape: &[usize], weights: &[usize]) -> Result<(Plan, Contraction)> {
        let roles = roles(shape.len(), weights.len(), self.channels_last)?;
        let channels = shape[roles.channel];
        self.check_side(shape, weights, roles.channel)?;
        check_groups("channels", channels, self.groups)?;
        check_groups("outputs", weights[0], self.groups)?;
        if weights[1] != channels / self.groups {
            let (found, window) = (weights.to_vec(), weights[2..].to_vec());
            return Err(Error::WeightsShape { found, channels, groups: self.groups, window, transposed: false });
        }
        let (plan, roles) = self.plan(shape, weights)?;
        let outputs = weights[0] / self.groups;
        let contraction = Contraction::new(&plan, Some(roles.channel), self.groups, outputs, true);
        contraction.check_size()?;
        Ok((plan, contraction))
    }

    /// Refuses an array whose channels stand at the other end.
    fn check_side(&self, shape: &[usize], weights: &[usize], looked: usize) -> Result<()> {
        let axis = roles(shape.len(), weights.len(), !self.channels_last)?.channel;
        let channels = weights[1].saturating_mul(self.groups);
        if shape[looked] == channels || shape[axis] != channels {
            return Ok(());
        }
        Err(Error::ChannelsElsewhere { found: weights.to_vec(), channels, looked, has: shape[looked], axis })
    }

    /// The shape of the result for an array and weights of these shapes.
    ///
    /// # Errors
    /// Those of [`run`](Self::run).
    pub fn shape(&self, array: impl IntoShape, weights: impl IntoShape) -> Result<Vec<usize>> {
        Ok(self.contraction(&dims(&array), &dims(&weights))?.1.shape().to_vec())
    }

    /// The convolution, with one number added to each output if a bias is given.
    ///
    /// `[N, C, spatial..]` with `[outputs, C / groups, window..]` gives `[N, outputs, grid..]`. Any strides will do. Time: one
    /// multiply-add for each window, output, channel of a group and tap; memory beyond the result: under 4 MiB a thread, and
    /// as much as the result has where a sum has very many products (from 131,072 on, or more than 16 strips). In the caller's `rayon` pool
    /// if it is large; the bits do not depend on how many threads that has, nor on strides.
    ///
    /// # Errors
    /// [`Error::ConvRank`], [`Error::Groups`], [`Error::WeightsShape`] for shapes that do not agree; [`Error::EmptySpatial`];
    /// [`Error::ShapeMismatch`] for a bias of another length; [`Error::TooLarge`], [`Error::OutOfMemory`]; what
    /// [`Unfold::plan`](crate::Unfold::plan) refuses.
    pub fn run<'x, 'w, T: Scalar>(
        &self,
        array: impl IntoView<'x, Elem = T>,
        weights: impl IntoView<'w, Elem = T>,
        bias: Option<&[T]>,
    ) -> Result<Array<T>> {
        let (array, weights) = (array.into_view(), weights.into_view());
        let (_, contraction) = self.contraction(array.shape(), weights.shape())?;
        check_bias(bias, weights.shape()[0])?;
        let mut out = contraction.zeros()?;
        self.contract(&contraction, &array, &weights, bias, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`run`](Self::run) into a buffer of the result's length.
    ///
    /// # Errors
    /// Those of [`run`](Self::run), and [`Error::BufferLength`].
    pub fn run_into<'x, 'w, T: Scalar>(
        &self,
        array: impl IntoView<'x, Elem = T>,
        weights: impl IntoView<'w, Elem = T>,
        bias: Option<&[T]>,
        out: &mut [T],
    ) -> Result<()> {
        let (array, weights) = (array.into_view(), weights.into_view());
        let (_, contraction) = self.contraction(array.shape(), weights.shape())?;
        check_bias(bias, weights.shape()[0])?;
        check_buffer(contraction.shape(), out.len())?;
        self.contract(&contraction, &array, &weights, bias, out)
    }

    /// [`run`](Self::run) of numbers that `f32` holds exactly (`f16` and `bf16`, 8- and 16-bit integers), with products and sums
    /// in `f32`. Each is widened where it is read; nothing is copied.
    ///
    /// For a result of the narrow type, round once: `.map(f16::from_f32)`.
    ///
    /// ```
    /// use half::f16;
    /// use ndwindow::{View, nn::Conv};
    ///
    /// let x = [1.0, 2.0, 3.0].map(f16::from_f32);
    /// let w = [0.5, 1.0].map(f16::from_f32);
    /// let y = Conv::new().run_wide(View::new(&x, [1, 1, 3])?, View::new(&w, [1, 1, 2])?, None)?;
    /// assert_eq!(y.as_slice(), [2.5, 4.0]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`run`](Self::run).
    pub fn run_wide<'x, 'w, X, W>(
        &self,
        array: impl IntoView<'x, Elem = X>,
        weights: impl IntoView<'w, Elem = W>,
        bias: Option<&[f32]>,
    ) -> Result<Array<f32>>
    where
        X: Copy + Into<f32> + Send + Sync + 'x,
        W: Copy + Into<f32> + 'w,
    {
        let (array, weights) = (array.into_view(), weights.into_view());
        let (_, contraction) = self.contraction(array.shape(), weights.shape())?;
        check_bias(bias, weights.shape()[0])?;
        let mut out = contraction.zeros()?;
        let input = Input { view: &array, empty: 0.0, lift: X::into };
        contraction.run_once(&grouped(&weights, self.groups), |_, w| w.into(), &input, bias, out.as_mut_slice())?;
        Ok(out)
    }

    /// Checks and packs the weights for repeated use on arrays of one shape.
    ///
    /// ```
    /// use ndwindow::{View, nn::Conv};
    ///
    /// let w = View::new(&[2.0f32, 0.5], [2, 1, 1])?;
    /// let scale = Conv::new().prepare([1, 1, 3], w)?.bias(&[0.0, 1.0])?;
    /// let y = scale.conv(View::new(&[1.0, 2.0, 4.0], [1, 1, 3])?)?;
    /// assert_eq!(y.as_slice(), [2.0, 4.0, 8.0, 1.5, 2.0, 3.0]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`run`](Self::run).
    pub fn prepare<'w, T: Scalar>(
        &self,
        array: impl IntoShape,
        weights: impl IntoView<'w, Elem = T>,
    ) -> Result<PreparedConv<T>> {
        let (array, weights) = (dims(&array), weights.into_view());
        let (_, contraction) = self.contraction(&array, weights.shape())?;
        PreparedConv::new(contraction, &grouped(&weights, self.groups), &array)
    }

    fn contract<T: Scalar>(
        &self,
        contraction: &Contraction,
        array: &View<'_, T>,
        weights: &View<'_, T>,
        bias: Option<&[T]>,
        out: &mut [T],
    ) -> Result<()> {
        let input = Input { view: array, empty: T::default(), lift: |x| x };
        contraction.run_once(&grouped(weights, self.groups), |_, w| w, &input, bias, out)
    }

    pub(super) fn is_channels_last(&self) -> bool {
        self.channels_last
    }
}
