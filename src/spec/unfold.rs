//! The request: what is asked, without data and without a shape.

use super::axis::{AxisPlan, AxisSpec, Pads};
use super::numbers::{Axes, IntoAxes, IntoPerAxis, IntoShape, PerAxis, dims};
use super::plan::{Plan, normal_axis};
use super::{Dims, PadMode, Tail};
use crate::error::{Error, Result};
use smallvec::SmallVec;

/// A request for sliding windows: which axes, how large, how far apart, and what stands outside the array.
///
/// Nothing is checked until a shape is known; then [`plan`](Self::plan) checks everything.
///
/// ```
/// use ndwindow::{PadMode, Tail, unfold};
///
/// let plan = unfold([-2, -1], 3, [2, 1]).pad(1).tail(Tail::Partial).plan([8, 64, 56, 56])?;
/// assert_eq!(plan.grid(), [29, 56]);
/// assert_eq!(plan.shape(), [8, 64, 29, 56, 3, 3]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Unfold {
    pub(super) axes: Axes,
    pub(super) window: PerAxis<usize>,
    pub(super) step: PerAxis<usize>,
    pub(super) dilation: PerAxis<usize>,
    pub(super) base_dilation: PerAxis<usize>,
    pub(super) padding: Padding,
    pub(super) pad_mode: PerAxis<PadMode>,
    pub(super) tail: PerAxis<Tail>,
    pub(super) grid_first: bool,
}

/// Padding as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Padding {
    Numbers(PerAxis<(isize, isize)>),
    /// All pads before the data, then all pads behind it.
    Onnx(SmallVec<[isize; 6]>),
    Same,
    SameLower,
    Full,
}

/// Asks for windows of `window` elements whose starts lie `step` apart, along `axes`.
///
/// Axes are `isize`, `[isize; N]`, `&[isize]` or `..` for all; negative ones count from the end. Window and step
/// are one number for all axes or one per axis. The view of a plain request is NumPy's
/// `sliding_window_view(x, window, axes)[..., ::step, ...]` and PyTorch's chain of `Tensor.unfold`.
///
/// ```
/// use ndwindow::{View, unfold};
///
/// let x = [1, 2, 3, 4, 5];
/// let w = unfold(0, 3, 1).windows(&x)?.view()?;
/// assert_eq!(w.shape(), [3, 3]);
/// assert!(w.iter().eq(&[1, 2, 3, 2, 3, 4, 3, 4, 5]));
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[inline]
pub fn unfold(axes: impl IntoAxes, window: impl IntoPerAxis<usize>, step: impl IntoPerAxis<usize>) -> Unfold {
    Unfold {
        axes: axes.into_axes(),
        window: window.into_per_axis(),
        step: step.into_per_axis(),
        dilation: PerAxis::One(1),
        base_dilation: PerAxis::One(1),
        padding: Padding::Numbers(PerAxis::One((0, 0))),
        pad_mode: PerAxis::One(PadMode::Empty),
        tail: PerAxis::One(Tail::Drop),
        grid_first: false,
    }
}

impl Unfold {
    /// Distance between neighbouring elements inside a window (1: neighbours).
    #[inline]
    pub fn dilation(mut self, dilation: impl IntoPerAxis<usize>) -> Self {
        self.dilation = dilation.into_per_axis();
        self
    }

    /// Draws the elements of the input `base` apart, with holes between them (XLA's input dilation).
    #[inline]
    pub fn base_dilation(mut self, base: impl IntoPerAxis<usize>) -> Self {
        self.base_dilation = base.into_per_axis();
        self
    }

    /// Elements imagined outside the array: one number, one per axis, or `(before, after)`.
    /// A negative pad crops, after base dilation.
    #[inline]
    pub fn pad(mut self, pads: impl IntoPerAxis<(isize, isize)>) -> Self {
        self.padding = Padding::Numbers(pads.into_per_axis());
        self
    }

    /// [`pad`](Self::pad) as ONNX writes it: all pads before, then all pads behind, each in the order of the axes (the attribute `pads`
    /// of `Conv`, `MaxPool`, `AveragePool`, the input of `Pad` and `Col2Im`). Its `auto_pad`: `SAME_UPPER` is [`same`](Self::same), `SAME_LOWER`
    /// [`same_lower`](Self::same_lower), `VALID` no pads at all; its `ceil_mode` is [`Tail::Partial`].
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let request = unfold([-2, -1], 3, 2).onnx([0, 1, 2, 3]);
    /// assert_eq!(request.plan([1, 3, 56, 56])?, unfold([-2, -1], 3, 2).pad([(0, 2), (1, 3)]).plan([1, 3, 56, 56])?);
    /// let error = unfold([-2, -1], 3, 2).onnx([1, 1]).plan([1, 3, 56, 56]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "2 ONNX pads for 2 axes: give 4, all pads before the data and then all behind it"
    /// );
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    #[inline]
    pub fn onnx(mut self, pads: impl AsRef<[i64]>) -> Self {
        // Numbers beyond `isize` cannot be met; the plan refuses the largest one.
        let fit = |&pad: &i64| isize::try_from(pad).unwrap_or(if pad < 0 { isize::MIN } else { isize::MAX });
        self.padding = Padding::Onnx(pads.as_ref().iter().map(fit).collect());
        self
    }

    /// Pads so that there are `ceil(n' / step)` windows; an odd element goes behind the data.
    #[inline]
    pub fn same(mut self) -> Self {
        self.padding = Padding::Same;
        self
    }

    /// Pads so that there are `ceil(n' / step)` windows; an odd element goes before the data.
    #[inline]
    pub fn same_lower(mut self) -> Self {
        self.padding = Padding::SameLower;
        self
    }

    /// Pads by `span - 1` on both sides, so that every window that touches the data is there.
    #[inline]
    pub fn full(mut self) -> Self {
        self.padding = Padding::Full;
        self
    }

    /// What the padding holds.
    #[inline]
    pub fn pad_mode(mut self, mode: impl IntoPerAxis<PadMode>) -> Self {
        self.pad_mode = mode.into_per_axis();
        self
    }

    /// What happens to the elements behind the last whole window.
    #[inline]
    pub fn tail(mut self, tail: impl IntoPerAxis<Tail>) -> Self {
        self.tail = tail.into_per_axis();
        self
    }

    /// Orders views and copies as grid axes first, then a patch with the input's rank and axis order.
    #[inline]
    pub fn grid_first(mut self) -> Self {
        self.grid_first = true;
        self
    }

    /// Checks the request against a shape and says where every window lies.
    ///
    /// # Errors
    /// A window, step, dilation or base dilation of zero; an axis out of range or named twice; a wrong number of
    /// numbers; a span longer than the padded axis (unless the tail is `Partial`); a pad mode with nothing to repeat;
    /// sizes whose arithmetic leaves the address space. Each is its own [`Error`].
    #[inline]
    pub fn plan(&self, shape: impl IntoShape) -> Result<Plan> {
        self.plan_dims(dims(&shape))
    }

    #[inline]
    pub(crate) fn plan_dims(&self, shape: Dims) -> Result<Plan> {
        let rank = shape.len();
        let number = match &self.axes {
            Axes::All => rank,
            Axes::List(list) => list.len(),
        };
        self.window.check("window", number)?;
        self.step.check("step", number)?;
        self.dilation.check("dilation", number)?;
        self.base_dilation.check("base dilation", number)?;
        match &self.padding {
            Padding::Numbers(pads) => pads.check("padding", number)?,
            Padding::Onnx(pads) if pads.len() != 2 * number => {
                return Err(Error::OnnxPads { given: pads.len(), axes: number });
            }
            _ => {}
        }
        self.pad_mode.check("pad mode", number)?;
        self.tail.check("tail", number)?;
        let mut axes: SmallVec<[AxisPlan; 3]> = SmallVec::new();
        for k in 0..number {
            let axis = match &self.axes {
                Axes::All => k,
                Axes::List(list) => normal_axis(list[k], rank)?,
            };
            if axes.iter().any(|a| a.axis() == axis) {
                return Err(Error::AxisTwice { axis });
            }
            let spec = AxisSpec {
                window: self.window.at(k),
                step: self.step.at(k),
                dilation: self.dilation.at(k),
                base: self.base_dilation.at(k),
                pads: self.padding.at(k),
                mode: self.pad_mode.at(k),
                tail: self.tail.at(k),
            };
            axes.push(AxisPlan::new(axis, shape[axis], spec)?);
        }
        Plan::new(shape, axes, self.grid_first)
    }
}

impl Padding {
    #[inline]
    fn at(&self, k: usize) -> Pads {
        match self {
            Padding::Numbers(pads) => {
                let (before, after) = pads.at(k);
                Pads::Numbers(before, after)
            }
            Padding::Onnx(pads) => Pads::Numbers(pads[k], pads[k + pads.len() / 2]),
            Padding::Same => Pads::Same,
            Padding::SameLower => Pads::SameLower,
            Padding::Full => Pads::Full,
        }
    }
}
