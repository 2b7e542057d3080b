//! The spaces that indices of maxima are given in.

use crate::spec::{AxisPlan, Dims, Plan, index_of};
use alloc::vec::Vec;

/// What the index of a maximum counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Indices {
    /// Elements of the plane, the spatial axes of its own batch entry and channel, row-major: PyTorch's.
    #[default]
    Plane,
    /// Elements of the whole array, row-major, batch and channels included: ONNX's with `storage_order` 0.
    Tensor,
    /// As [`Tensor`](Self::Tensor), but with the spatial axes column-major (the first one fastest): ONNX's with
    /// `storage_order` 1.
    TensorColumnMajor,
    /// Cells of the window, row-major, padding included.
    Window,
}

/// Translates between the space of planes and another.
pub(super) struct Translate<'p> {
    space: Indices,
    axes: &'p [AxisPlan],
    lengths: Dims,
    plane: usize,
    grid: Dims,
}

impl<'p> Translate<'p> {
    pub(super) fn new(plan: &'p Plan, space: Indices) -> Self {
        let lengths: Dims = plan.axes().iter().map(AxisPlan::len).collect();
        let plane = lengths.iter().product();
        Translate { space, axes: plan.axes(), lengths, plane, grid: plan.grid().iter().copied().collect() }
    }

    /// For a plane of these lengths, in a space that does not ask where windows lie.
    pub(super) fn flat(lengths: &[usize], space: Indices) -> Translate<'static> {
        let lengths: Dims = lengths.iter().copied().collect();
        let plane = lengths.iter().product();
        Translate { space, axes: &[], lengths, plane, grid: Dims::new() }
    }

    /// Rewrites the indices of one plane, row-major over the grid.
    pub(super) fn express(&self, plane: usize, indices: &mut [usize]) {
        match self.space {
            Indices::Plane => {}
            Indices::Tensor => indices.iter_mut().for_each(|i| *i += plane * self.plane),
            Indices::TensorColumnMajor => {
                indices
                    .iter_mut()
                    .for_each(|i| *i = plane * self.plane + column_major(index_of(*i, &self.lengths), &self.lengths));
            }
            Indices::Window => {
                for (place, i) in indices.iter_mut().enumerate() {
                    let (window, at) = (index_of(place, &self.grid), index_of(*i, &self.lengths));
                    *i = self.axes.iter().enumerate().fold(0, |cell, (k, a)| {
                        let along = (at[k] as isize - a.start(window[k])) as usize / a.dilation();
                        cell * a.window() + along
                    });
                }
            }
        }
    }

    /// An index of this space, standing at `place` of the grid of a plane, as an index of the plane; `None` outside of it.
    pub(super) fn to_plane(&self, plane: usize, place: usize, index: usize) -> Option<usize> {
        let local = match self.space {
            Indices::Plane => index,
            Indices::Tensor => index.checked_sub(plane * self.plane)?,
            Indices::TensorColumnMajor => {
                let local = index.checked_sub(plane * self.plane).filter(|&l| l < self.plane)?;
                let backwards: Dims = self.lengths.iter().rev().copied().collect();
                let at = index_of(local, &backwards);
                at.iter().rev().zip(&self.lengths).fold(0, |flat, (&i, &n)| flat * n + i)
            }
            Indices::Window => {
                let sizes: Dims = self.axes.iter().map(AxisPlan::window).collect();
                if index >= sizes.iter().product() {
                    return None;
                }
                let (window, cell) = (index_of(place, &self.grid), index_of(index, &sizes));
                let mut flat = 0;
                for (k, a) in self.axes.iter().enumerate() {
                    let at = a.start(window[k]) + (cell[k] * a.dilation()) as isize;
                    let at = usize::try_from(at).ok().filter(|&at| at < self.lengths[k])?;
                    flat = flat * self.lengths[k] + at;
                }
                flat
            }
        };
        (local < self.plane).then_some(local)
    }
}

fn column_major(at: Dims, lengths: &[usize]) -> usize {
    at.iter().zip(lengths).rev().fold(0, |flat, (&i, &n)| flat * n + i)
}

/// The shapes an error message names.
pub(super) fn place_of(place: usize, shape: &[usize]) -> Vec<usize> {
    index_of(place, shape).to_vec()
}
