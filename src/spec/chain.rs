//! Requests one after another, as the layers of a network are: what an element at the end sees of the beginning.

use super::plan::{Plan, checked_len};
use super::unfold::Unfold;
use super::{Dims, IntoShape, dims};
use crate::error::Result;
use alloc::vec::Vec;
use core::ops::Range;

/// Requests that follow each other, each on the result of the one before: the layers of a network, or filters in a row.
///
/// ```
/// use ndwindow::{Chain, unfold};
///
/// // Two convolutions of 3 by 1 and a pooling of 2 by 2, on [H, W].
/// let convolution = unfold(.., 3, 1).pad(1);
/// let layers = Chain::new([64, 64])?.then(&convolution)?.then(&convolution)?.then(&unfold(.., 2, 2))?;
/// assert_eq!(layers.shape(), [32, 32]);
/// let field = layers.field()[0];
/// assert_eq!((field.size, field.step, field.before), (6, 2, 2));
/// assert_eq!(layers.reads(&[0..1, 31..32])?, [0..4, 60..64]); // cut at the borders
/// assert_eq!(layers.touched(&[8..9, 8..9])?, [3..6, 3..6]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    shape: Dims,
    plans: Vec<Plan>,
    fields: Vec<Field>,
}

/// The receptive field of a [`Chain`] along an axis, in elements of the first array: element `i` of the result sees
/// `i * step - before .. i * step - before + size`, where that is inside.
///
/// After a base dilation elements lie apart, and all three numbers count positions of which an element takes [`per_element`](Self::per_element).
/// Starts that a [`Tail`](crate::Tail) moved are taken as evenly spaced.
///
/// Araujo, Norris, Sim: Computing Receptive Fields of Convolutional Neural Networks, Distill 2019.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// How far it extends.
    pub size: usize,
    /// How far neighbouring ones lie apart.
    pub step: usize,
    /// How far the first one begins before the first element; negative if it begins behind it.
    pub before: isize,
    /// Positions from an element to the next one: the product of the base dilations, 1 without any.
    pub per_element: usize,
}

impl Chain {
    /// No request yet, on an array of this shape: every element sees itself.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge).
    pub fn new(shape: impl IntoShape) -> Result<Chain> {
        let shape = dims(&shape);
        checked_len("an array", &shape)?;
        let fields = shape.iter().map(|_| Field { size: 1, step: 1, before: 0, per_element: 1 }).collect();
        Ok(Chain { shape, plans: Vec::new(), fields })
    }

    /// One request more, on the result of those before.
    ///
    /// # Errors
    /// Those of [`Unfold::plan`].
    pub fn then(mut self, request: &Unfold) -> Result<Chain> {
        let plan = request.plan(&self.shape[..])?;
        for axis in plan.axes() {
            let field = &mut self.fields[axis.axis()];
            let base = axis.base_dilation();
            // Drawn apart, everything before counts positions that are as much finer.
            let size = (field.size - 1).saturating_mul(base).saturating_add(1);
            let before = field.before.saturating_mul(base as isize);
            *field = Field {
                size: size.saturating_add((axis.span() - 1).saturating_mul(field.step)),
                step: field.step.saturating_mul(axis.step()),
                before: before.saturating_add(axis.pads().0.saturating_mul(field.step as isize)),
                per_element: field.per_element.saturating_mul(base),
            };
        }
        self.shape = plan.reduced_dims();
        self.plans.push(plan);
        Ok(self)
    }

    /// The shape of the result.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The plan of each request, in order.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// The receptive field along each axis.
    pub fn field(&self) -> &[Field] {
        &self.fields
    }

    /// The box of the first array that a box of the result is computed from, through all requests: cut at the borders, and where a
    /// pad mode sends reads back, with those. One range an axis on both sides; `0..0` where nothing is read.
    ///
    /// # Errors
    /// Those of [`Plan::reads`].
    pub fn reads(&self, ranges: &[Range<usize>]) -> Result<Vec<Range<usize>>> {
        self.through(ranges, self.plans.iter().rev(), Plan::reads)
    }

    /// The box of the result that a box of the first array has a part in, through all requests: what must be computed anew when it
    /// changes. One range an axis on both sides; `0..0` where nothing reads it.
    ///
    /// # Errors
    /// Those of [`Plan::touched`].
    pub fn touched(&self, ranges: &[Range<usize>]) -> Result<Vec<Range<usize>>> {
        self.through(ranges, self.plans.iter(), Plan::touched)
    }

    fn through<'p>(
        &self,
        ranges: &[Range<usize>],
        plans: impl Iterator<Item = &'p Plan>,
        pass: impl Fn(&Plan, &[Range<usize>]) -> Result<Vec<Range<usize>>>,
    ) -> Result<Vec<Range<usize>>> {
        let mut ranges = ranges.to_vec();
        for plan in plans {
            ranges = pass(plan, &ranges)?;
            if ranges.iter().any(Range::is_empty) {
                return Ok(alloc::vec![0..0; ranges.len()]);
            }
        }
        Ok(ranges)
    }
}
