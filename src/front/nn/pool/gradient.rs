//! The way back: unpooling, and gradients of pooling.

use super::average::divisors;
use super::indices::{Indices, Translate, place_of};
use super::{Divisor, Pool, planes};
use crate::array::{Array, IntoView, View};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::ops::{FoldElement, Merge, Real, Wrap};
use crate::spec::{Dims, IntoShape, PerAxis, checked_len, dims};
use alloc::vec::Vec;
use num_traits::{Float, One};

impl Pool {
    /// The shape an unpooling has by default, as in PyTorch: `(n - 1) * step - pads + window` along each spatial axis.
    ///
    /// # Errors
    /// [`Error::SpatialUnsaid`]; [`Error::AxisOutOfRange`] for more window sizes than axes; [`Error::CountMismatch`]; [`Error::TooLarge`].
    pub fn unpooled_shape(&self, values: impl IntoShape) -> Result<Vec<usize>> {
        let mut shape = dims(&values);
        let spatial = self.spatial(shape.len())?;
        let Some(first) = shape.len().checked_sub(spatial) else {
            return Err(Error::AxisOutOfRange { axis: -(spatial as isize), rank: shape.len() });
        };
        let step = self.step.clone().unwrap_or_else(|| self.window.clone());
        step.check("step", spatial)?;
        let pads = match &self.pads {
            super::Pads::Numbers(pads) => pads.clone(),
            _ => PerAxis::One((0, 0)),
        };
        pads.check("padding", spatial)?;
        for k in 0..spatial {
            let (before, after) = pads.at(k);
            // Of any numbers: whatever does not fit is too large.
            let last = (shape[first + k].saturating_sub(1) as i128).saturating_mul(step.at(k) as i128);
            let whole = last.saturating_add(self.window.at(k) as i128);
            let n = whole.saturating_sub(before as i128).saturating_sub(after as i128).max(0);
            shape[first + k] = usize::try_from(n).unwrap_or(usize::MAX);
        }
        checked_len("an unpooling", &shape)?;
        Ok(shape.to_vec())
    }

    /// Values put back to where their indices say, zeros elsewhere: `[N, C, grid..] -> shape`.
    ///
    /// PyTorch's and ONNX's `MaxUnpool`. `shape` is that of the array that was pooled, or any other the indices fit; see
    /// [`unpooled_shape`](Self::unpooled_shape). Of several values with one index the last is kept.
    ///
    /// ```
    /// use ndwindow::{View, nn::{Indices, Pool}};
    ///
    /// let x = View::new(&[1, 5, 2, 7, 7, 0], [1, 1, 6])?;
    /// let pool = Pool::new([2]);
    /// let (y, at) = pool.max_pool_with_indices(&x, Indices::Plane)?;
    /// assert_eq!(pool.max_unpool(&y, &at, Indices::Plane, [1, 1, 6])?.as_slice(), [0, 5, 0, 7, 7, 0]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::IndicesShape`]; [`Error::IndexOutside`] for an index outside of its plane; [`Error::ShapeMismatch`] where the
    /// leading axes of values and `shape` differ; those of [`plan`](Self::plan) for [`Indices::Window`].
    pub fn max_unpool<'v, 'i, V, I>(
        &self,
        values: V,
        indices: I,
        space: Indices,
        shape: impl IntoShape,
    ) -> Result<Array<V::Elem>>
    where
        V: IntoView<'v>,
        V::Elem: Element,
        I: IntoView<'i, Elem = usize>,
    {
        self.scatter(&values.into_view(), &indices.into_view(), space, dims(&shape), |_, _, new| new)
    }

    /// The gradient of [`max_pool`](Self::max_pool) by its input: what arrives at each window goes to its maximum.
    ///
    /// `[N, C, grid..] -> shape`, with `shape` that of the pooled array and `indices` those of
    /// [`max_pool_with_indices`](Self::max_pool_with_indices). Windows that share a maximum add up, in their order; what rounding
    /// takes from such a sum goes into the next addition, so the error does not grow with their number.
    ///
    /// # Errors
    /// As [`max_unpool`](Self::max_unpool).
    pub fn max_pool_gradient<'g, 'i, G, I>(
        &self,
        gradient: G,
        indices: I,
        space: Indices,
        shape: impl IntoShape,
    ) -> Result<Array<G::Elem>>
    where
        G: IntoView<'g>,
        G::Elem: Real,
        I: IntoView<'i, Elem = usize>,
    {
        let shape = dims(&shape);
        let (gradient, indices) = (gradient.into_view(), indices.into_view());
        if !G::Elem::ROUNDS {
            return self.scatter(&gradient, &indices, space, shape, |_, sum, new| sum.plus(new));
        }
        // What an addition loses goes into the next one (Kahan).
        let mut lost = Array::<G::Elem>::try_zeros("what the sums of a gradient lose by rounding", shape.clone())?;
        let join = |at: usize, sum: G::Elem, new: G::Elem| {
            let lost = &mut lost.as_mut_slice()[at];
            let (sum, took) = sum.with(new.settled(*lost), G::Elem::ZERO);
            *lost = took;
            sum
        };
        self.scatter(&gradient, &indices, space, shape, join)
    }

    fn scatter<T: Element>(
        &self,
        values: &View<'_, T>,
        indices: &View<'_, usize>,
        space: Indices,
        shape: Dims,
        mut join: impl FnMut(usize, T, T) -> T,
    ) -> Result<Array<T>> {
        if values.shape() != indices.shape() {
            return Err(Error::IndicesShape { expected: values.shape().to_vec(), found: indices.shape().to_vec() });
        }
        let spatial = self.spatial(shape.len())?;
        let lead = shape.len().saturating_sub(spatial);
        if values.rank() != shape.len() || values.shape()[..lead] != shape[..lead] {
            let mut expected = Dims::from_slice(&shape[..lead]);
            expected.extend(values.shape().iter().copied().skip(lead));
            return Err(Error::ShapeMismatch {
                what: "the pooled array",
                expected: expected.to_vec(),
                found: values.shape().to_vec(),
            });
        }
        let mut out = Array::try_zeros("an unpooling", shape)?;
        let (_, grid) = planes(values.shape(), spatial);
        let (_, plane) = planes(out.shape(), spatial);
        // Where windows lie matters for cells of windows only.
        let plan = match space {
            Indices::Window => Some(self.plan(out.shape())?),
            _ => None,
        };
        if let Some(plan) = &plan
            && plan.reduced_dims()[..] != *values.shape()
        {
            let (expected, found) = (plan.reduced_dims().to_vec(), values.shape().to_vec());
            return Err(Error::ShapeMismatch { what: "the pooled array", expected, found });
        }
        let translate = match &plan {
            Some(plan) => Translate::new(plan, space),
            None => Translate::flat(&out.shape()[lead..], space),
        };
        let shape = Dims::from_slice(out.shape());
        let data = out.as_mut_slice();
        for (place, (&value, &index)) in values.iter().zip(indices.iter()).enumerate() {
            let Some(local) = translate.to_plane(place / grid, place % grid, index) else {
                return Err(Error::IndexOutside {
                    index,
                    at: place_of(place, values.shape()),
                    plane: shape[lead..].to_vec(),
                    len: plane,
                });
            };
            let at = place / grid * plane + local;
            data[at] = join(at, data[at], value);
        }
        Ok(out)
    }

    /// The gradient of [`avg_pool`](Self::avg_pool) by its input: `[N, C, grid..] -> shape`.
    ///
    /// What arrives at each window, divided as the mean was, goes to all of its elements: the fold of the windows, summed in twice
    /// their width and rounded once.
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan) on `shape`; [`Error::ShapeMismatch`]; [`Error::Parameter`].
    pub fn avg_pool_gradient<'g, G>(
        &self,
        gradient: G,
        divisor: Divisor,
        shape: impl IntoShape,
    ) -> Result<Array<G::Elem>>
    where
        G: IntoView<'g>,
        G::Elem: FoldElement + Float,
    {
        if let Divisor::Fixed(0) = divisor {
            return Err(Error::zero_divisor());
        }
        let plan = self.plan(shape)?;
        let gradient = gradient.into_view();
        if *gradient.shape() != plan.reduced_dims()[..] {
            let (expected, found) = (plan.reduced_dims().to_vec(), gradient.shape().to_vec());
            return Err(Error::ShapeMismatch { what: "the gradient", expected, found });
        }
        let mut shares = gradient.to_array();
        let divisors = divisors(&plan, divisor);
        for shares in shares.as_mut_slice().chunks_mut(divisors.len().max(1)) {
            for (s, &n) in shares.iter_mut().zip(&divisors) {
                // A window without elements has nowhere to send anything.
                *s = *s / num_traits::cast(n.max(1)).unwrap_or_else(G::Elem::one);
            }
        }
        let mut patches = shares.view();
        for a in plan.axes() {
            let axis = patches.rank() as isize;
            patches = patches.insert_axis(axis)?.broadcast(axis, a.window())?;
        }
        plan.prepare_fold(Merge::sum().wide())?.fold(patches)
    }
}
