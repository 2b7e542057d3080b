//! What a mutable view can do, on top of its doors.

use super::layout::{Picked, slicing, without};
use super::raw::{IterMut, OuterIterMut, ViewMut};
use crate::error::{Error, Result};
use crate::spec::{Dims, checked_order, normal_axis};
use core::fmt;
use core::ops::{Index, IndexMut};

impl<'a, T> ViewMut<'a, T> {
    /// How many axes there are.
    #[inline]
    pub fn rank(&self) -> usize {
        self.shape().len()
    }

    /// How many elements there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.view().len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.shape().contains(&0)
    }

    /// The elements in row-major order of the shape, each once.
    #[inline]
    pub fn iter_mut(&mut self) -> IterMut<'_, T> {
        self.reborrow().into_iter_mut()
    }

    /// Mutable sub-views over the first `axes` axes in row-major order, all of which may live at once.
    ///
    /// # Panics
    /// If there are fewer than `axes` axes.
    #[inline]
    pub fn outer_iter_mut(&mut self, axes: usize) -> OuterIterMut<'_, T> {
        self.reborrow().into_outer_iter_mut(axes)
    }

    /// The elements as a slice, if they lie row-major without gaps.
    #[inline]
    pub fn as_mut_slice(&mut self) -> Option<&mut [T]> {
        self.reborrow().into_slice()
    }

    /// The same elements with the axes in another order; see [`View::permute`](crate::View::permute).
    ///
    /// # Errors
    /// [`Error::NotAnOrder`].
    pub fn permute(self, order: &[isize]) -> Result<ViewMut<'a, T>> {
        let order = checked_order(order, self.rank())?;
        let shape = Dims::from_slice(self.shape());
        let starts = Dims::from_elem(0, self.rank());
        match self.pick(&starts, order.len(), |k| Picked { axis: order[k], step: 1, count: shape[order[k]] }) {
            Some(view) => Ok(view),
            None => unreachable!("an order names every axis once and whole"),
        }
    }

    /// `count` positions of an axis: `start`, `start + step`, ...; the step may be negative, but not 0.
    ///
    /// # Errors
    /// [`Error::AxisOutOfRange`], [`Error::SliceOutside`]; [`Error::LayoutOverlaps`] for a step of 0.
    pub fn slice(self, axis: isize, start: usize, step: isize, count: usize) -> Result<ViewMut<'a, T>> {
        let axis = normal_axis(axis, self.rank())?;
        let shape = Dims::from_slice(self.shape());
        let outside = Error::SliceOutside { axis, start, step, count, len: shape[axis] };
        if start > shape[axis] {
            return Err(outside);
        }
        if step == 0 && count > 1 {
            let (mut shape, mut strides) = (shape.to_vec(), self.strides().to_vec());
            (shape[axis], strides[axis]) = (count, 0);
            return Err(Error::LayoutOverlaps { shape, strides, axis });
        }
        let mut starts = Dims::from_elem(0, shape.len());
        starts[axis] = start;
        self.pick(&starts, shape.len(), slicing(&shape, axis, step, count)).ok_or(outside)
    }

    /// The sub-view at one position of an axis, which goes away.
    ///
    /// # Errors
    /// [`Error::AxisOutOfRange`], [`Error::SliceOutside`].
    pub fn index_axis(self, axis: isize, at: usize) -> Result<ViewMut<'a, T>> {
        let axis = normal_axis(axis, self.rank())?;
        let shape = Dims::from_slice(self.shape());
        let outside = Error::SliceOutside { axis, start: at, step: 1, count: 1, len: shape[axis] };
        if at >= shape[axis] {
            return Err(outside);
        }
        let mut starts = Dims::from_elem(0, shape.len());
        starts[axis] = at;
        self.pick(&starts, shape.len() - 1, without(&shape, axis)).ok_or(outside)
    }
}

impl<T> Index<&[usize]> for ViewMut<'_, T> {
    type Output = T;

    #[inline]
    fn index(&self, index: &[usize]) -> &T {
        match self.get(index) {
            Some(element) => element,
            None => panic!("index {index:?} is outside shape {:?}", self.shape()),
        }
    }
}

impl<T, const N: usize> Index<[usize; N]> for ViewMut<'_, T> {
    type Output = T;

    #[inline]
    fn index(&self, index: [usize; N]) -> &T {
        &self[&index[..]]
    }
}

impl<T> IndexMut<&[usize]> for ViewMut<'_, T> {
    #[inline]
    fn index_mut(&mut self, index: &[usize]) -> &mut T {
        if self.get(index).is_none() {
            panic!("index {index:?} is outside shape {:?}", self.shape());
        }
        match self.get_mut(index) {
            Some(element) => element,
            None => unreachable!("the index was just found"),
        }
    }
}

impl<T, const N: usize> IndexMut<[usize; N]> for ViewMut<'_, T> {
    #[inline]
    fn index_mut(&mut self, index: [usize; N]) -> &mut T {
        &mut self[&index[..]]
    }
}

impl<T: fmt::Debug> fmt::Debug for ViewMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
