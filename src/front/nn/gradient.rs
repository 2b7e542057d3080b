//! The gradients of a convolution: its adjoints in the array and in the weights.

use super::conv::{Conv, roles};
use super::transpose::{Adjoint, adjoint};
use crate::array::{Array, IntoView};
use crate::error::{Error, Result};
use crate::ops::Scalar;
use crate::ops::contract::weight_gradient;
use crate::spec::{AxisPlan, Cell, Dims, IntoShape, PadMode, dims};
use smallvec::SmallVec;

impl Conv {
    /// The gradient for the array: what each of its elements adds to a sum of results weighted by `gradient`.
    ///
    /// `gradient` has the shape of the result, the returned array the shape `array`:
    /// `<run(x, w), gradient> == <x, input_gradient(gradient, w, x.shape())>`. Time and memory as the convolution itself.
    ///
    /// # Errors
    /// Those of [`run`](Self::run); [`Error::ShapeMismatch`] for a gradient of another shape than the result's.
    pub fn input_gradient<'g, 'w, T: Scalar>(
        &self,
        gradient: impl IntoView<'g, Elem = T>,
        weights: impl IntoView<'w, Elem = T>,
        array: impl IntoShape,
    ) -> Result<Array<T>> {
        let (gradient, weights, array) = (gradient.into_view(), weights.into_view(), dims(&array));
        let (plan, contraction) = self.contraction(&array, weights.shape())?;
        check_gradient(contraction.shape(), gradient.shape())?;
        if weights.shape()[0] == 0 {
            return Array::try_zeros("a gradient", array);
        }
        let axes: SmallVec<[Adjoint; 3]> = plan
            .axes()
            .iter()
            .map(|a| {
                let step = a.step();
                let line = ((a.count() - 1) * step + 1) as isize;
                let span = a.span() as isize;
                // Element e of the array lies at e * base; the windows that reach it start up to a span before.
                let (base, before, last) = match a.pad_mode() {
                    PadMode::Empty => {
                        (a.base_dilation(), span - 1 - a.pads().0, ((a.len() - 1) * a.base_dilation()) as isize)
                    }
                    // First for the padded line, every position of which is an element.
                    _ => (1, span - 1, a.pads().0 + a.end() - 1),
                };
                let after = last + span - before - line;
                Adjoint { window: a.window(), base: step, step: base, dilation: a.dilation(), pads: (before, after) }
            })
            .collect();
        let roles = roles(array.len(), weights.rank(), self.is_channels_last())?;
        let mut padded = adjoint(&gradient, &weights, self.groups, &roles, &axes, None)?;
        for axis in plan.axes().iter().filter(|a| a.pad_mode() != PadMode::Empty) {
            padded = unpad(&padded, axis)?;
        }
        Ok(padded)
    }

    /// The gradient for weights of shape `weights`: what each of them adds to a sum of results weighted by `gradient`.
    ///
    /// `<run(x, w), gradient> == <w, weight_gradient(x, gradient, w.shape())>`. Sums over the batch and the windows run in an
    /// order that follows from the shapes, and their error does not grow with the number of windows. Time as the convolution
    /// itself; memory under 4 MiB a thread.
    ///
    /// # Errors
    /// Those of [`run`](Self::run); [`Error::ShapeMismatch`] for a gradient of another shape than the result's.
    pub fn weight_gradient<'x, 'g, T: Scalar>(
        &self,
        array: impl IntoView<'x, Elem = T>,
        gradient: impl IntoView<'g, Elem = T>,
        weights: impl IntoShape,
    ) -> Result<Array<T>> {
        let (array, gradient, weights) = (array.into_view(), gradient.into_view(), dims(&weights));
        let (_, contraction) = self.contraction(array.shape(), &weights)?;
        check_gradient(contraction.shape(), gradient.shape())?;
        let mut out = Array::try_zeros("a gradient", weights)?;
        weight_gradient(&contraction, &array, &gradient, &mut out);
        Ok(out)
    }
}

/// The adjoint of padding one axis: what stands at each position of its padded line, added to the element it was read from, in
/// the order of the positions. What an addition loses goes into the next one: an edge may stand at any number of positions.
fn unpad<T: Scalar>(padded: &Array<T>, axis: &AxisPlan) -> Result<Array<T>> {
    let a = axis.axis();
    let mut shape = Dims::from_slice(padded.shape());
    let (positions, inner) = (shape[a], shape[a + 1..].iter().product::<usize>());
    shape[a] = axis.len();
    let mut out = Array::<T>::try_zeros("a gradient", shape)?;
    let once = Dims::from_slice(&[axis.len(), inner]);
    let mut low = Array::<T>::try_zeros("what the sums of a gradient lose by rounding", once)?;
    let blocks = out.as_mut_slice().chunks_exact_mut((axis.len() * inner).max(1));
    for (to, from) in blocks.zip(padded.as_slice().chunks_exact((positions * inner).max(1))) {
        low.as_mut_slice().fill(T::default());
        for (p, from) in from.chunks_exact(inner).enumerate() {
            if let Cell::Element(e) = axis.at(p as isize - axis.pads().0) {
                let low = &mut low.as_mut_slice()[e * inner..][..inner];
                for ((sum, low), &x) in to[e * inner..].iter_mut().zip(low).zip(from) {
                    *sum = sum.carried(x, low);
                }
            }
        }
    }
    Ok(out)
}

fn check_gradient(expected: &[usize], found: &[usize]) -> Result<()> {
    if expected == found {
        return Ok(());
    }
    Err(Error::ShapeMismatch { what: "the gradient", expected: expected.to_vec(), found: found.to_vec() })
}
