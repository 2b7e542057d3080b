//! Transposed convolution: every element scatters a scaled window; the adjoint of convolution.

use super::conv::{Roles, check_bias, check_groups, check_spatial, roles};
use crate::array::{Array, IntoView, View};
use crate::error::{Error, Result};
use crate::ops::Scalar;
use crate::ops::contract::{Contraction, Input, turned};
use crate::spec::{IntoPerAxis, IntoShape, PerAxis, checked_len, dims, unfold};
use alloc::vec::Vec;
use smallvec::SmallVec;

/// A transposed convolution's numbers, in PyTorch's and ONNX's conventions.
///
/// Every element of `[N, C, spatial..]` adds its multiple of a window of `[C, outputs / groups, window..]` to the result at
/// `step` times its index. The whole result has `(n - 1) * step + span + output padding` places along an axis; pads are cut
/// off it. It runs as a convolution without touching a zero: of the holes between the elements none is multiplied.
///
/// ```
/// use ndwindow::{View, nn::ConvTranspose};
///
/// let x = View::new(&[1.0f32, 2.0], [1, 1, 2])?;
/// let w = View::new(&[1.0, 10.0, 100.0], [1, 1, 3])?;
/// let y = ConvTranspose::new().step(2).run(x, w, None)?;
/// assert_eq!(y.as_slice(), [1.0, 10.0, 102.0, 20.0, 200.0]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ConvTranspose {
    groups: usize,
    step: PerAxis<usize>,
    dilation: PerAxis<usize>,
    output_padding: PerAxis<usize>,
    size: Size,
    channels_last: bool,
}

/// What decides the size of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Size {
    Pads(PerAxis<(isize, isize)>),
    Given(PerAxis<usize>),
    Same,
    SameLower,
}

impl Default for ConvTranspose {
    fn default() -> Self {
        ConvTranspose::new()
    }
}

/// The numbers of one axis of an adjoint: how its result reads the array.
pub(super) struct Adjoint {
    pub(super) window: usize,
    /// How far apart the elements are drawn.
    pub(super) base: usize,
    pub(super) step: usize,
    pub(super) dilation: usize,
    pub(super) pads: (isize, isize),
}

/// The adjoint of a convolution of `groups` groups with weights `[channels, outputs / groups, window..]`, of an array.
pub(super) fn adjoint<T: Scalar>(
    array: &View<'_, T>,
    weights: &View<'_, T>,
    groups: usize,
    roles: &Roles,
    axes: &[Adjoint],
    bias: Option<&[T]>,
) -> Result<Array<T>> {
    fn list<V>(axes: &[Adjoint], f: impl Fn(&Adjoint) -> V) -> SmallVec<[V; 3]> {
        axes.iter().map(f).collect()
    }
    let plan =
        unfold(&roles.spatial[..], PerAxis::Each(list(axes, |a| a.window)), PerAxis::Each(list(axes, |a| a.step)))
            .dilation(PerAxis::Each(list(axes, |a| a.dilation)))
            .base_dilation(PerAxis::Each(list(axes, |a| a.base)))
            .pad(PerAxis::Each(list(axes, |a| a.pads)))
            .plan(array.shape())?;
    let contraction = Contraction::new(&plan, Some(roles.channel), groups, weights.shape()[1], true);
    contraction.check_size()?;
    let mut out = contraction.zeros()?;
    let input = Input { view: array, empty: T::default(), lift: |x| x };
    contraction.run_once(&turned(weights, groups), |_, w| w, &input, bias, out.as_mut_slice())?;
    Ok(out)
}

impl ConvTranspose {
    /// Step and dilation of 1, no pads, one group.
    pub fn new() -> Self {
        ConvTranspose {
            groups: 1,
            step: PerAxis::One(1),
            dilation: PerAxis::One(1),
            output_padding: PerAxis::One(0),
            size: Size::Pads(PerAxis::One((0, 0))),
            channels_last: false,
        }
    }

    /// Channels and outputs in so many groups that do not meet.
    pub fn groups(mut self, groups: usize) -> Self {
        self.groups = groups;
        self
    }

    /// Distance in the result between what neighbouring elements add to (PyTorch's and ONNX's stride).
    pub fn step(mut self, step: impl IntoPerAxis<usize>) -> Self {
        self.step = step.into_per_axis();
        self
    }

    /// Distance in the result between what neighbouring taps add to.
    pub fn dilation(mut self, dilation: impl IntoPerAxis<usize>) -> Self {
        self.dilation = dilation.into_per_axis();
        self
    }

    /// Places cut off the result on both sides; negative pads add places.
    pub fn pad(mut self, pads: impl IntoPerAxis<(isize, isize)>) -> Self {
        self.size = Size::Pads(pads.into_per_axis());
        self
    }

    /// Places added behind the result, below the step or the dilation.
    pub fn output_padding(mut self, padding: impl IntoPerAxis<usize>) -> Self {
        self.output_padding = padding.into_per_axis();
        self
    }

    /// The spatial size of the result (ONNX's `output_shape`): pads follow, an odd place is cut off in front.
    pub fn output_size(mut self, size: impl IntoPerAxis<usize>) -> Self {
        self.size = Size::Given(size.into_per_axis());
        self
    }

    /// `n * step` places, an odd place cut off behind (ONNX's `SAME_UPPER`).
    pub fn same(mut self) -> Self {
        self.size = Size::Same;
        self
    }

    /// `n * step` places, an odd place cut off in front (ONNX's `SAME_LOWER`).
    pub fn same_lower(mut self) -> Self {
        self.size = Size::SameLower;
        self
    }

    /// Arrays and results are `[N, spatial.., C]`; weights keep their order.
    pub fn channels_last(mut self) -> Self {
        self.channels_last = true;
        self
    }

    /// The transposed convolution, with one number added to each output if a bias is given.
    ///
    /// `[N, C, spatial..]` with `[C, outputs / groups, window..]` gives `[N, outputs, spatial'..]`. Time: one multiply-add for
    /// each element, output of a group and tap; memory as [`Conv::run`](super::Conv::run).
    ///
    /// # Errors
    /// [`Error::ConvRank`], [`Error::Groups`], [`Error::WeightsShape`] for shapes that do not agree; [`Error::EmptySpatial`];
    /// [`Error::OutputPadding`]; [`Error::SpanTooLong`] where pads leave nothing of the result.
    pub fn run<'x, 'w, T: Scalar>(
        &self,
        array: impl IntoView<'x, Elem = T>,
        weights: impl IntoView<'w, Elem = T>,
        bias: Option<&[T]>,
    ) -> Result<Array<T>> {
        let (array, weights) = (array.into_view(), weights.into_view());
        let (roles, axes) = self.checked(array.shape(), weights.shape())?;
        check_bias(bias, weights.shape()[1].saturating_mul(self.groups))?;
        adjoint(&array, &weights, self.groups, &roles, &axes, bias)
    }

    /// Where the axes lie and how the result reads them, if array and weights agree.
    fn checked(&self, shape: &[usize], weights: &[usize]) -> Result<(Roles, SmallVec<[Adjoint; 3]>)> {
        let roles = roles(shape.len(), weights.len(), self.channels_last)?;
        let (channels, groups) = (shape[roles.channel], self.groups);
        check_groups("channels", channels, groups)?;
        if weights[0] != channels {
            let (found, window) = (weights.to_vec(), weights[2..].to_vec());
            return Err(Error::WeightsShape { found, channels, groups, window, transposed: true });
        }
        check_spatial(shape, &roles.spatial)?;
        let axes = self.axes(shape, weights, &roles)?;
        Ok((roles, axes))
    }

    /// The shape of the result for an array and weights of these shapes.
    ///
    /// # Errors
    /// Those of [`run`](Self::run).
    pub fn shape(&self, array: impl IntoShape, weights: impl IntoShape) -> Result<Vec<usize>> {
        let (mut array, weights) = (dims(&array), dims(&weights));
        let (roles, axes) = self.checked(&array, &weights)?;
        for (a, &axis) in axes.iter().zip(&roles.spatial) {
            let plan = unfold(axis, a.window, 1)
                .dilation(a.dilation)
                .base_dilation(a.base)
                .pad(PerAxis::One(a.pads))
                .plan(&array[..])?;
            array[axis as usize] = plan.grid()[0];
        }
        array[roles.channel] = weights[1].saturating_mul(self.groups);
        checked_len("a convolution", &array)?;
        Ok(array.to_vec())
    }

    fn axes(&self, shape: &[usize], weights: &[usize], roles: &Roles) -> Result<SmallVec<[Adjoint; 3]>> {
        let rank = roles.spatial.len();
        self.step.check("step", rank)?;
        self.dilation.check("dilation", rank)?;
        self.output_padding.check("output padding", rank)?;
        match &self.size {
            Size::Pads(pads) => pads.check("padding", rank)?,
            Size::Given(size) => size.check("output size", rank)?,
            _ => {}
        }
        (0..rank).map(|k| self.axis(k, roles.spatial[k] as usize, shape, weights[2 + k])).collect()
    }

    fn axis(&self, k: usize, axis: usize, shape: &[usize], window: usize) -> Result<Adjoint> {
        let (step, dilation) = (self.step.at(k), self.dilation.at(k));
        let extra = self.output_padding.at(k);
        if step == 0 {
            return Err(Error::ZeroStep { axis });
        }
        if dilation == 0 {
            return Err(Error::ZeroDilation { axis });
        }
        if window == 0 {
            return Err(Error::ZeroWindow { axis });
        }
        if extra > 0 && extra >= step && extra >= dilation {
            return Err(Error::OutputPadding { axis, padding: extra, step, dilation });
        }
        let limit = crate::spec::LIMIT;
        let too_long = Error::SpanOverflow { axis, window, dilation, limit };
        let Some(reach) = (window - 1).checked_mul(dilation).filter(|&r| r < limit) else { return Err(too_long) };
        let Some(last) = (shape[axis] - 1).checked_mul(step).filter(|&r| r < limit) else { return Err(too_long) };
        if extra > limit {
            return Err(too_long);
        }
        // Every place is in one pad: `total` places of the whole result are cut off.
        let whole = (last + reach + 1 + extra) as isize;
        let wanted = |size: usize| isize::try_from(size).map_or(whole, |size| whole - size);
        let (low, high) = match &self.size {
            Size::Pads(pads) => pads.at(k),
            Size::Given(size) => front_heavy(wanted(size.at(k))),
            Size::SameLower => front_heavy(wanted(shape[axis].saturating_mul(step))),
            Size::Same => {
                let (more, less) = front_heavy(wanted(shape[axis].saturating_mul(step)));
                (less, more)
            }
        };
        let pads = (
            (reach as isize).saturating_sub(low),
            (reach as isize).saturating_sub(high).saturating_add(extra as isize),
        );
        Ok(Adjoint { window, base: step, step: 1, dilation, pads })
    }
}

/// A total of pads as two, an odd one in front.
fn front_heavy(total: isize) -> (isize, isize) {
    (total - total.div_euclid(2), total.div_euclid(2))
}
