//! The doors between our views and those of the crate `ndarray`.

use super::{View, ViewMut};
use crate::spec::{Dims, Strides};
use core::marker::PhantomData;
use core::ptr::NonNull;
use ndarray::{ArrayView, ArrayViewD, ArrayViewMut, ArrayViewMutD, Dimension, IxDyn, StrideShape};

impl<'a, T> View<'a, T> {
    /// An `ndarray` view as one of ours, of up to `isize::MAX` elements: more than [`LIMIT`](crate::spec::LIMIT), which plans
    /// hold it to as soon as windows are asked for.
    pub(crate) fn from_ndarray<D: Dimension>(array: ArrayView<'a, T, D>) -> Self {
        let shape = Dims::from_slice(array.shape());
        let strides = Strides::from_slice(array.strides());
        let ptr = NonNull::new(array.as_ptr().cast_mut()).unwrap_or(NonNull::dangling());
        // SAFETY of V: an ArrayView's pointer, shape and strides reach only elements that live for 'a, by its own
        // invariant; our pointer is its pointer to index 0, or dangling where it has no element.
        View { ptr, shape, strides, life: PhantomData }
    }

    /// This view, which has no empty axis and whose strides along axes of more than one position are not negative, as
    /// an `ndarray` view of the same layout.
    pub(crate) fn as_ndarray(&self, shape: StrideShape<IxDyn>) -> ArrayViewD<'a, T> {
        // SAFETY: every index of the shape reaches a living element (V), offsets included; the strides are this view's
        // own, none negative; the product of the axis lengths is at most `isize::MAX`, as our own views have at most `LIMIT`
        // elements and those of `ndarray`, or picked from one, at most as many as that crate allows.
        unsafe { ArrayView::from_shape_ptr(shape, self.ptr.as_ptr()) }
    }
}

impl<'a, T> ViewMut<'a, T> {
    /// A mutable `ndarray` view as one of ours, as large as [`View::from_ndarray`] takes.
    pub(crate) fn from_ndarray<D: Dimension>(mut array: ArrayViewMut<'a, T, D>) -> Self {
        let shape = Dims::from_slice(array.shape());
        let strides = Strides::from_slice(array.strides());
        let ptr = NonNull::new(array.as_mut_ptr()).unwrap_or(NonNull::dangling());
        // SAFETY of V and M: an ArrayViewMut's pointer, shape and strides reach only elements that live for 'a, each by one
        // index and nothing else, by its own invariant, and it is consumed; our pointer is its pointer to index 0, or
        // dangling where it has no element.
        ViewMut { ptr, shape, strides, life: PhantomData }
    }

    /// As [`View::as_ndarray`], for this view, which is consumed.
    pub(crate) fn into_ndarray_as(self, shape: StrideShape<IxDyn>) -> ArrayViewMutD<'a, T> {
        // SAFETY: as in `View::as_ndarray`; and every element is reached by one index and by nothing else for 'a (M).
        unsafe { ArrayViewMut::from_shape_ptr(shape, self.ptr.as_ptr()) }
    }
}
