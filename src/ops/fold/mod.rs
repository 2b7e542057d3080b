//! Fold: the way back from windows, the exact adjoint of gather.

mod blend;
mod cells;
mod engine;
mod finish;
mod merge;
mod number;
mod part;
mod prepared;
mod rows;
mod shares;
mod taper;
mod weigh;

pub use merge::{Fold, Merge};
pub use number::FoldElement;
pub use part::FoldPart;
pub use taper::{Taper, Tapers};

use crate::array::{Array, IntoView};
use crate::error::Result;
use crate::spec::Plan;

impl Plan {
    /// Adds the cells of all windows back to the elements they were read from: `[grid.., window..] -> [input shape]`.
    ///
    /// The exact adjoint of gather, for every request: `<gather x, y> == <x, fold y>`. `patches` has
    /// [`shape`](Self::shape) in this plan's axis order. Cells that hold no element (empty padding, holes, overhang) add
    /// nothing; cells that a pad mode filled add to the element they were copied from; elements no window covers are zero.
    /// It equals
    ///
    /// ```text
    /// out = zeros(input shape); for each window in row-major order of the grid: out[window] += patch
    /// ```
    ///
    /// to the last bit, in that order along each axis, on any number of threads (cells a pad mode sends back come last). So
    /// the error of a float sum grows with the number of cells over an element; that of [`Merge::wide`] and of means does not.
    /// PyTorch's `fold` and ONNX's `Col2Im` are this; so is overlap-add.
    ///
    /// ```
    /// use ndwindow::{Array, unfold};
    ///
    /// let plan = unfold(0, 3, 2).pad(1).plan([4])?;
    /// let patches = Array::new(vec![9, 1, 1, 2, 2, 2], [2, 3])?; // the 9 lies in the padding
    /// assert_eq!(plan.fold(&patches)?.as_slice(), [1, 3, 2, 2]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// One pass over the patches and one over the result; sums of 32 KiB a thread beside it. Integers are summed exactly.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`](crate::Error::ShapeMismatch); [`Error::DoesNotFit`](crate::Error::DoesNotFit) where an
    /// integer sum does not fit its type ([`Fold::fold_wide`] holds every sum).
    pub fn fold<'a, S>(&self, patches: S) -> Result<Array<S::Elem>>
    where
        S: IntoView<'a>,
        S::Elem: FoldElement,
    {
        self.fold_with(patches, Merge::sum())
    }

    /// [`fold`](Self::fold) into a caller's buffer, row-major in [`input_shape`](Self::input_shape); what it held is lost.
    ///
    /// # Errors
    /// As [`fold`](Self::fold), and [`Error::BufferLength`](crate::Error::BufferLength).
    pub fn fold_into<'a, S>(&self, patches: S, out: &mut [S::Elem]) -> Result<()>
    where
        S: IntoView<'a>,
        S::Elem: FoldElement,
    {
        self.prepare_fold(Merge::sum())?.fold_into(patches, out)
    }

    /// [`fold`](Self::fold) with another merge than the sum: mean, weighted mean, first, last, max, min.
    ///
    /// # Errors
    /// Those of [`prepare_fold`](Self::prepare_fold) and [`fold`](Self::fold).
    pub fn fold_with<'a, S>(&self, patches: S, merge: Merge<S::Elem>) -> Result<Array<S::Elem>>
    where
        S: IntoView<'a>,
        S::Elem: FoldElement,
    {
        self.prepare_fold(merge)?.fold(patches)
    }

    /// A fold with its merge checked and its divisors computed, to be run on any number of patches.
    ///
    /// Time and memory grow with the lengths of the unfolded axes (and, for weights, first and last, with the cells of
    /// each of them), not with their product.
    ///
    /// # Errors
    /// [`Error::Uncovered`](crate::Error::Uncovered) names the first element no window covers, and
    /// [`Error::ZeroWeight`](crate::Error::ZeroWeight) the first whose weights sum to zero, in merges that must have one
    /// (all but the sums) and no [`Merge::uncovered`]; [`Error::TaperLength`](crate::Error::TaperLength),
    /// [`Error::TaperNotFinite`](crate::Error::TaperNotFinite), [`Error::CountMismatch`](crate::Error::CountMismatch) for
    /// tapers that do not fit.
    pub fn prepare_fold<T: FoldElement>(&self, merge: Merge<T>) -> Result<Fold<T>> {
        Fold::new(self, merge)
    }
}
