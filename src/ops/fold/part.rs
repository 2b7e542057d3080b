//! A box of a folded array: the windows it takes, and their fold.

use super::cells::Cells;
use super::merge::Fold;
use super::number::FoldElement;
use crate::array::{Array, IntoView, View};
use crate::error::{Error, Result};
use crate::spec::OutAxis;
use alloc::vec::Vec;
use core::ops::Range;

/// A box of a folded array, folded from nothing but the windows over it: what [`Fold::part`] gives.
///
/// Every element is gathered from its cells, so boxes can be folded by different workers without ever writing the same place.
///
/// ```
/// use ndwindow::{Merge, unfold};
///
/// let x: Vec<f32> = (0..12).map(|v| v as f32).collect();
/// let plan = unfold(0, 4, 2).plan([12])?;
/// let patches = plan.windows(&x)?.to_array(); // [5, 4]
/// let part = plan.prepare_fold(Merge::sum())?.part(&[5..9])?;
/// assert_eq!(part.windows(), [1..5]); // those that hold an element of 5..9
/// let some = patches.view().slice(0, 1, 1, 4)?;
/// assert_eq!(part.fold(&some)?.as_slice(), &plan.fold(&patches)?.as_slice()[5..9]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FoldPart<T> {
    /// The fold of the windows in the box, over an array that is nothing but the region.
    fold: Fold<T>,
    region: Vec<Range<usize>>,
    windows: Vec<Range<usize>>,
}

impl<T: FoldElement> Fold<T> {
    /// A box of the folded array, one range an axis of the plan's [`input_shape`](crate::Plan::input_shape).
    ///
    /// Time and memory follow the lengths of its axes, not their product.
    ///
    /// # Errors
    /// [`Error::RankMismatch`]; [`Error::BoxOutside`] for an empty range, or one that leaves the array.
    pub fn part(&self, ranges: &[Range<usize>]) -> Result<FoldPart<T>> {
        let windows = self.plan().touched(ranges)?;
        let fold = self.over(&windows, ranges);
        Ok(FoldPart { fold, region: ranges.to_vec(), windows })
    }
}

impl<T: FoldElement> FoldPart<T> {
    /// The box of the folded array.
    pub fn write(&self) -> &[Range<usize>] {
        &self.region
    }

    /// The windows that are folded: one range an axis of the plan's [`reduced_shape`](crate::Plan::reduced_shape) (`0..0` where none
    /// lies over the box).
    pub fn windows(&self) -> &[Range<usize>] {
        &self.windows
    }

    /// The shape of the patches of [`windows`](Self::windows), in the plan's axis order.
    pub fn shape(&self) -> &[usize] {
        self.fold.plan().shape()
    }

    /// The patches of [`windows`](Self::windows) folded into an array of the box's shape: what the whole fold gives there, to the last
    /// bit.
    ///
    /// # Errors
    /// Those of [`Fold::fold`].
    pub fn fold<'a, S: IntoView<'a, Elem = T>>(&self, patches: S) -> Result<Array<T>> {
        self.fold.fold(patches).map_err(|e| self.placed(e))
    }

    /// [`fold`](Self::fold) into a caller's buffer, row-major in the box's shape.
    ///
    /// # Errors
    /// Those of [`Fold::fold_into`].
    pub fn fold_into<'a, S: IntoView<'a, Elem = T>>(&self, patches: S, out: &mut [T]) -> Result<()> {
        self.fold.fold_into(patches, out).map_err(|e| self.placed(e))
    }

    /// [`fold_into`](Self::fold_into) from an array for each of the [`windows`](Self::windows), row-major over them, in the plan's
    /// axis order without the grid's axes.
    ///
    /// # Errors
    /// Those of [`Fold::fold_into`].
    pub(crate) fn fold_apart_into<'a>(&self, windows: &[View<'a, T>], out: &mut [T]) -> Result<()> {
        let plan = self.fold.plan();
        let (mut expected, mut grid) = (plan.shape().to_vec(), Vec::new());
        for (o, axis) in plan.out_axes().iter().enumerate() {
            if matches!(axis, OutAxis::Grid(_)) {
                (expected[o], grid) = (1, [grid, alloc::vec![o as isize]].concat());
            }
        }
        let whole = |window: &View<'a, T>| grid.iter().try_fold(window.clone(), |view, &o| view.insert_axis(o));
        let windows: Vec<View<'a, T>> = windows.iter().map(whole).collect::<Result<_>>()?;
        if windows.len() != plan.len() || windows.iter().any(|w| w.shape() != expected) {
            let found = windows.iter().map(|w| w.shape()).find(|&s| s != expected).unwrap_or(&[windows.len()]).to_vec();
            return Err(Error::ShapeMismatch { what: "an array of one window", expected, found });
        }
        T::fold_into(&self.fold, Cells::Apart(&windows), out).map_err(|e| self.placed(e))
    }

    /// An error that names an element, with the element's place in the whole array.
    fn placed(&self, error: Error) -> Error {
        match error {
            Error::DoesNotFit { operation, mut index, into, instead } => {
                index.iter_mut().zip(&self.region).for_each(|(i, r)| *i += r.start);
                Error::DoesNotFit { operation, index, into, instead }
            }
            other => other,
        }
    }
}
