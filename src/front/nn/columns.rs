//! im2col and col2im: windows as the columns of a matrix, and the way back.

use crate::array::{Array, IntoView, View};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::front::grouped::ungroup;
use crate::ops::{FoldElement, Merge};
use crate::spec::{Dims, IntoPerAxis, IntoShape, PerAxis, Plan, dims, unfold};
use smallvec::smallvec;

/// Windows of `[N, C, spatial..]` arrays as the columns of a matrix `[N, C * window.., L]`, `L` windows in row-major order.
///
/// This is PyTorch's `Unfold` and `Fold` and ONNX's `Col2Im`, on any number of spatial axes; padding reads as zero. With
/// [`channels_last`](Self::channels_last) arrays are `[N, spatial.., C]` and matrices `[N, L, window.. * C]`, one window a row.
/// The batch axis may be left out: `[C, spatial..] -> [C * window.., L]`. As many axes are spatial as the window has numbers (or
/// the step, the dilation or the pads); one number for everything does not say how many, and im2col refuses it.
///
/// ```
/// use ndwindow::{View, nn::Columns};
///
/// let x: Vec<f32> = (0..9).map(|v| v as f32).collect();
/// let columns = Columns::new([2, 2]);
/// let matrix = columns.im2col(View::new(&x, [1, 3, 3])?)?; // one channel of 3x3: 4 windows of 4 cells
/// assert_eq!(matrix.shape(), [4, 4]);
/// assert_eq!(matrix.as_slice()[..4], [0.0, 1.0, 3.0, 4.0]); // the first cell of each window
/// let back = columns.col2im(&matrix, [3, 3])?;
/// assert_eq!(back[[0, 1, 1]], 16.0); // the middle lies in all four
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Columns {
    window: PerAxis<usize>,
    step: PerAxis<usize>,
    dilation: PerAxis<usize>,
    pads: PerAxis<(isize, isize)>,
    channels_last: bool,
}

/// Where the windows lie, in the order of the matrix, and whether there is a batch axis before it.
struct Layout {
    plan: Plan,
    batch: bool,
    spatial: usize,
    channels_last: bool,
}

impl Columns {
    /// Windows of this size; step and dilation 1, no pads.
    pub fn new(window: impl IntoPerAxis<usize>) -> Self {
        Columns {
            window: window.into_per_axis(),
            step: PerAxis::One(1),
            dilation: PerAxis::One(1),
            pads: PerAxis::One((0, 0)),
            channels_last: false,
        }
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

    /// Zeros around the array, as [`Unfold::pad`](crate::Unfold::pad); negative pads crop.
    pub fn pad(mut self, pads: impl IntoPerAxis<(isize, isize)>) -> Self {
        self.pads = pads.into_per_axis();
        self
    }

    /// Arrays `[N, spatial.., C]` and matrices `[N, L, window.. * C]`.
    pub fn channels_last(mut self) -> Self {
        self.channels_last = true;
        self
    }

    /// The matrix of an array's windows: `[N, C, spatial..] -> [N, C * window.., L]`.
    ///
    /// One copy of every window; [`Conv`](super::Conv) convolves without it.
    ///
    /// # Errors
    /// [`Error::SpatialUnsaid`]; [`Error::ColumnsRank`] for an array of another rank; those of [`Unfold::plan`](crate::Unfold::plan).
    #[doc(alias = "unfold")]
    pub fn im2col<'a, S: IntoView<'a>>(&self, array: S) -> Result<Array<S::Elem>>
    where
        S::Elem: Element,
    {
        let array = array.into_view();
        let layout = self.layout(array.shape())?;
        let shape = layout.matrix();
        layout.plan.windows(array)?.try_to_array("columns")?.reshape(&shape[..])
    }

    /// [`im2col`](Self::im2col) into a buffer of the caller's.
    ///
    /// # Errors
    /// As [`im2col`](Self::im2col), and [`Error::BufferLength`].
    pub fn im2col_into<'a, S: IntoView<'a>>(&self, array: S, out: &mut [S::Elem]) -> Result<()>
    where
        S::Elem: Element,
    {
        let array = array.into_view();
        self.layout(array.shape())?.plan.windows(array)?.copy_into(out)
    }

    /// The sum of all columns, each added where its window lies: `[N, C * window.., L] -> [N, C, spatial..]`, the adjoint of
    /// [`im2col`](Self::im2col). Padding is left out. Floats are summed in twice their width and rounded once
    /// ([`Merge::wide`]), integers exactly.
    ///
    /// # Errors
    /// [`Error::ColumnsRank`] for a matrix that is not `[N, rows, L]` or `[rows, L]`, or another number of spatial axes than
    /// window numbers; [`Error::NotMultiple`] for rows that are no whole number of windows; [`Error::ShapeMismatch`] for
    /// another number of columns; those of [`Plan::fold`] and [`Unfold::plan`](crate::Unfold::plan).
    #[doc(alias = "fold")]
    pub fn col2im<'a, S: IntoView<'a>>(&self, columns: S, spatial: impl IntoShape) -> Result<Array<S::Elem>>
    where
        S::Elem: FoldElement,
    {
        let columns = columns.into_view();
        let layout = self.layout_of(&columns, &dims(&spatial))?;
        layout.plan.prepare_fold(Merge::sum().wide())?.fold(layout.cells(&columns)?)
    }

    /// [`col2im`](Self::col2im) into a buffer of the caller's.
    ///
    /// # Errors
    /// As [`col2im`](Self::col2im), and [`Error::BufferLength`].
    pub fn col2im_into<'a, S: IntoView<'a>>(
        &self,
        columns: S,
        spatial: impl IntoShape,
        out: &mut [S::Elem],
    ) -> Result<()>
    where
        S::Elem: FoldElement,
    {
        let columns = columns.into_view();
        let layout = self.layout_of(&columns, &dims(&spatial))?;
        layout.plan.prepare_fold(Merge::sum().wide())?.fold_into(layout.cells(&columns)?, out)
    }

    /// How many spatial axes the request's numbers name.
    fn named(&self) -> Option<usize> {
        self.window.axes().or(self.step.axes()).or(self.dilation.axes()).or(self.pads.axes())
    }

    /// The layout of an array's windows.
    fn layout(&self, shape: &[usize]) -> Result<Layout> {
        let rank = shape.len();
        let unsaid = |size| Error::SpatialUnsaid { what: "a window of", size, rank };
        let spatial = self.named().ok_or_else(|| unsaid(self.window.at(0)))?;
        if rank != spatial + 1 && rank != spatial + 2 {
            return Err(Error::ColumnsRank { what: "an array", rank, spatial });
        }
        let batch = rank == spatial + 2;
        let first = usize::from(batch) + usize::from(!self.channels_last);
        let axes: smallvec::SmallVec<[isize; 3]> = (first..first + spatial).map(|a| a as isize).collect();
        let request = unfold(&axes[..], self.window.clone(), self.step.clone())
            .dilation(self.dilation.clone())
            .pad(self.pads.clone());
        let plan = request.plan(shape)?;
        // Windows stand behind all other axes: the matrix has them behind the channels, or before them.
        let (grid, channel) = if self.channels_last { (first, first + spatial) } else { (first, first - 1) };
        let windows = rank..rank + spatial;
        let mut order: Dims = (0..usize::from(batch)).collect();
        match self.channels_last {
            true => {
                order.extend(grid..grid + spatial);
                order.extend(windows);
                order.push(channel);
            }
            false => {
                order.push(channel);
                order.extend(windows);
                order.extend(grid..grid + spatial);
            }
        }
        let order: smallvec::SmallVec<[isize; 6]> = order.iter().map(|&o| o as isize).collect();
        Ok(Layout { plan: plan.permute(&order)?, batch, spatial, channels_last: self.channels_last })
    }

    /// The layout that a matrix of columns over `spatial` must have.
    fn layout_of<T>(&self, columns: &View<'_, T>, spatial: &[usize]) -> Result<Layout> {
        let shape = columns.shape();
        if shape.len() != 2 && shape.len() != 3 {
            return Err(Error::ColumnsRank { what: "a matrix of columns", rank: shape.len(), spatial: 1 });
        }
        if self.named().is_some_and(|n| n != spatial.len()) {
            let given = self.named().unwrap_or(0);
            return Err(Error::CountMismatch { what: "window", given, axes: spatial.len() });
        }
        let rows = shape[shape.len() - if self.channels_last { 1 } else { 2 }];
        let window = |k: usize| match &self.window {
            PerAxis::One(w) => *w,
            PerAxis::Each(list) => list[k],
        };
        let cells = (0..spatial.len()).map(window).fold(1, usize::saturating_mul);
        // A window of 0 is refused by the plan, whatever the rows.
        if rows.checked_rem(cells).is_some_and(|rest| rest != 0) {
            return Err(Error::NotMultiple {
                count: rows,
                what: "rows of columns",
                of: cells,
                unit: "cells of a window",
                instead: "there must be that many for each channel",
            });
        }
        let channels = rows.checked_div(cells).unwrap_or(0);
        let mut array = Dims::from_slice(&shape[..shape.len() - 2]);
        match self.channels_last {
            true => array.extend(spatial.iter().copied().chain([channels])),
            false => array.extend([channels].into_iter().chain(spatial.iter().copied())),
        }
        let columns = Columns { window: PerAxis::Each((0..spatial.len()).map(window).collect()), ..self.clone() };
        columns.layout(&array)
    }
}

impl Layout {
    /// The axes of the plan's order that each axis of the matrix flattens.
    fn groups(&self) -> smallvec::SmallVec<[Dims; 3]> {
        let shape = self.plan.shape();
        let (batch, rest) = shape.split_at(usize::from(self.batch));
        let at = if self.channels_last { self.spatial } else { self.spatial + 1 };
        let (first, second) = rest.split_at(at);
        let mut groups: smallvec::SmallVec<[Dims; 3]> = smallvec![];
        if self.batch {
            groups.push(Dims::from_slice(batch));
        }
        groups.push(Dims::from_slice(first));
        groups.push(Dims::from_slice(second));
        groups
    }

    fn matrix(&self) -> Dims {
        self.groups().iter().map(|group| group.iter().product()).collect()
    }

    /// A matrix of columns seen as the cells of the plan.
    fn cells<'a, T>(&self, columns: &View<'a, T>) -> Result<View<'a, T>> {
        let expected = self.matrix();
        if columns.shape() != &expected[..] {
            let (expected, found) = (expected.to_vec(), columns.shape().to_vec());
            return Err(Error::ShapeMismatch { what: "the matrix of columns", expected, found });
        }
        Ok(ungroup(columns, &self.groups()))
    }
}
