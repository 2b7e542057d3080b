//! The spaces that indices of maxima are given in.

use crate::spec::{AxisPlan, Plan};
use alloc::vec::Vec;
use smallvec::SmallVec;

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

type Each = SmallVec<[usize; 3]>;

/// Translates between the space of planes and another.
pub(super) struct Translate<'p> {
    space: Indices,
    axes: &'p [AxisPlan],
    lengths: Each,
    plane: usize,
    grid: Each,
}

impl<'p> Translate<'p> {
    pub(super) fn new(plan: &'p Plan, space: Indices) -> Self {
        let lengths: Each = plan.axes().iter().map(AxisPlan::len).collect();
        let plane = lengths.iter().product();
        Translate { space, axes: plan.axes(), lengths, plane, grid: plan.grid().iter().copied().collect() }
    }

    /// For a plane of these lengths, in a space that does not ask where windows lie.
    pub(super) fn flat(lengths: &[usize], space: Indices) -> Translate<'static> {
        let lengths: Each = lengths.iter().copied().collect();
        let plane = lengths.iter().product();
        Translate { space, axes: &[], lengths, plane, grid: Each::new() }
    }

    /// Rewrites the indices of one plane, row-major over the grid.
    pub(super) fn express(&self, plane: usize, indices: &mut [usize]) {
        match self.space {
            Indices::Plane => {}
            Indices::Tensor => indices.iter_mut().for_each(|i| *i += plane * self.plane),
            Indices::TensorColumnMajor => {
                indices
                    .iter_mut()
                    .for_each(|i| *i = plane * self.plane + column_major(split(*i, &self.lengths), &self.lengths));
            }
            Indices::Window => {
                for (place, i) in indices.iter_mut().enumerate() {
                    let (window, at) = (split(place, &self.grid), split(*i, &self.lengths));
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
                let backwards: Each = self.lengths.iter().rev().copied().collect();
                let at = split(local, &backwards);
                at.iter().rev().zip(&self.lengths).fold(0, |flat, (&i, &n)| flat * n + i)
            }
            Indices::Window => {
                let sizes: Each = self.axes.iter().map(AxisPlan::window).collect();
                if index >= sizes.iter().product() {
                    return None;
                }
                let (window, cell) = (split(place, &self.grid), split(index, &sizes));
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

/// A row-major index along each axis.
fn split(mut index: usize, lengths: &[usize]) -> Each {
    let mut at: Each = SmallVec::from_elem(0, lengths.len());
    for k in (0..lengths.len()).rev() {
        at[k] = index % lengths[k];
        index /= lengths[k];
    }
    at
}

fn column_major(at: Each, lengths: &[usize]) -> usize {
    at.iter().zip(lengths).rev().fold(0, |flat, (&i, &n)| flat * n + i)
}

/// The shapes an error message names.
pub(super) fn place_of(place: usize, shape: &[usize]) -> Vec<usize> {
    split(place, shape).to_vec()
}
