//! What becomes of the cells that lie over one element.

use super::taper::Tapers;
use crate::spec::Plan;
use alloc::vec::Vec;

/// How the cells of all windows that lie over one element become that element.
///
/// ```
/// use ndwindow::{Merge, Taper, unfold};
///
/// let plan = unfold(0, 3, 2).plan([5])?;               // windows 0..3 and 2..5 share element 2
/// let patches = [1.0, 1.0, 1.0, 3.0, 3.0, 3.0];
/// let patches = ndwindow::View::new(&patches, [2, 3])?;
/// assert_eq!(plan.fold(&patches)?.as_slice(), [1.0, 1.0, 4.0, 3.0, 3.0]);
/// assert_eq!(plan.fold_with(&patches, Merge::mean())?.as_slice(), [1.0, 1.0, 2.0, 3.0, 3.0]);
/// assert_eq!(plan.fold_with(&patches, Merge::last())?.as_slice(), [1.0, 1.0, 3.0, 3.0, 3.0]);
/// let own = Taper::Weights(vec![3.0, 1.0, 1.0]);
/// assert_eq!(plan.fold_with(&patches, Merge::weighted(own))?.as_slice(), [1.0, 1.0, 2.5, 3.0, 3.0]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Merge<T> {
    pub(super) rule: Rule,
    pub(super) uncovered: Option<T>,
    pub(super) wide: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rule {
    Sum,
    Mean,
    WeightedSum(Tapers),
    Weighted(Tapers),
    First,
    Last,
    Crop,
    Max,
    Min,
}

impl<T> Merge<T> {
    fn new(rule: Rule) -> Self {
        Merge { rule, uncovered: None, wide: false }
    }

    /// Their sum, in the order of the windows: the adjoint of gather. Zero where no window lies.
    pub fn sum() -> Self {
        Merge::new(Rule::Sum)
    }

    /// Their sum over their number, [`Plan::coverage`](crate::Plan::coverage): undoes a gather.
    ///
    /// Rounded once: the error does not grow with the number of cells, and the mean of finite numbers is finite.
    pub fn mean() -> Self {
        Merge::new(Rule::Mean)
    }

    /// The sum of `weight * cell`, a cell's weight being the product of its tapers. Zero where no window lies.
    pub fn weighted_sum(tapers: impl Into<Tapers>) -> Self {
        Merge::new(Rule::WeightedSum(tapers.into()))
    }

    /// The sum of `weight * cell` over the sum of `weight`: windows that overlap fade into each other.
    ///
    /// The weights' sum is a product of one number an axis, so no map of weights as large as the array is ever made. Sums are
    /// kept as those of [`mean`](Self::mean) are.
    pub fn weighted(tapers: impl Into<Tapers>) -> Self {
        Merge::new(Rule::Weighted(tapers.into()))
    }

    /// The one of the first window in row-major order of the grid: later windows do not overwrite.
    pub fn first() -> Self {
        Merge::new(Rule::First)
    }

    /// The one of the last window in row-major order of the grid: pasting one window after the other.
    pub fn last() -> Self {
        Merge::new(Rule::Last)
    }

    /// The one of the window whose middle is nearest, the earlier one of two as near: each window keeps its own middle, and
    /// what it saw only a border of is left to the window beside it.
    pub fn crop() -> Self {
        Merge::new(Rule::Crop)
    }

    /// The greatest; NaN if one of them is.
    pub fn max() -> Self {
        Merge::new(Rule::Max)
    }

    /// The least; NaN if one of them is.
    pub fn min() -> Self {
        Merge::new(Rule::Min)
    }

    /// What stands where no window lies, or where the weights that meet sum to zero; without it, such an element is an
    /// error (but zero in sums).
    pub fn uncovered(mut self, value: T) -> Self {
        self.uncovered = Some(value);
        self
    }

    /// Sums floats in twice their width and rounds once at the end, as means always do. Integers are always summed exactly.
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }
}

impl Rule {
    /// What the merge is called in messages.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Rule::Sum => "sum",
            Rule::Mean => "mean",
            Rule::WeightedSum(_) => "weighted sum",
            Rule::Weighted(_) => "weighted mean",
            Rule::First => "first",
            Rule::Last => "last",
            Rule::Crop => "crop",
            Rule::Max => "max",
            Rule::Min => "min",
        }
    }
}

/// A plan and a [`Merge`], ready to fold patches: what [`Plan::prepare_fold`] gives.
///
/// ```
/// use ndwindow::{Merge, Taper, unfold};
///
/// let blend = unfold(0, 4, 2).plan([8])?.prepare_fold(Merge::weighted(Taper::Hann))?;
/// let constant = ndwindow::Array::from_elem(5.0f32, [3, 4])?;
/// assert!(blend.fold(&constant)?.iter().all(|v| (v - 5.0).abs() < 1e-6));
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fold<T> {
    pub(super) plan: Plan,
    pub(super) merge: Merge<T>,
    /// Weights along each unfolded axis, for weighted merges.
    pub(super) weights: Vec<Vec<f64>>,
    /// What elements are divided by, along each axis of the array; empty where it is one.
    pub(super) divisors: Vec<Vec<f64>>,
    /// Which elements have a merge, along each axis of the array, if some have none.
    pub(super) covered: Option<Vec<Vec<bool>>>,
}
