//! `ndarray` arrays of any dimension in, shared, mutable or owned, and dynamic-dimensional ones out; nothing is copied.
//!
//! What goes out has `IxDyn`; `.into_dimensionality::<Ix2>()` names its dimension, without copying either.

use crate::array::{Array, IntoView, IntoViewMut, View, ViewMut};
use crate::error::Result;
use ::ndarray::{
    ArrayBase, ArrayD, ArrayRef, ArrayView, ArrayViewD, ArrayViewMut, ArrayViewMutD, Axis, Data, DataMut, Dimension,
    IxDyn, OwnedRepr, ShapeBuilder, StrideShape,
};
use alloc::vec::Vec;

impl<'a, T: 'a, D: Dimension> IntoView<'a> for ArrayView<'a, T, D> {
    type Elem = T;

    fn into_view(self) -> View<'a, T> {
        View::from_ndarray(self)
    }
}

impl<'a, S: Data, D: Dimension> IntoView<'a> for &'a ArrayBase<S, D>
where
    S::Elem: 'a,
{
    type Elem = S::Elem;

    fn into_view(self) -> View<'a, S::Elem> {
        View::from_ndarray(self.view())
    }
}

impl<'a, T: 'a, D: Dimension> IntoView<'a> for &'a ArrayRef<T, D> {
    type Elem = T;

    fn into_view(self) -> View<'a, T> {
        View::from_ndarray(self.view())
    }
}

impl<'a, T: 'a, D: Dimension> IntoViewMut<'a> for ArrayViewMut<'a, T, D> {
    type Elem = T;

    fn into_view_mut(self) -> ViewMut<'a, T> {
        ViewMut::from_ndarray(self)
    }
}

impl<'a, S: DataMut, D: Dimension> IntoViewMut<'a> for &'a mut ArrayBase<S, D>
where
    S::Elem: 'a,
{
    type Elem = S::Elem;

    fn into_view_mut(self) -> ViewMut<'a, S::Elem> {
        ViewMut::from_ndarray(self.view_mut())
    }
}

impl<'a, T: 'a, D: Dimension> IntoViewMut<'a> for &'a mut ArrayRef<T, D> {
    type Elem = T;

    fn into_view_mut(self) -> ViewMut<'a, T> {
        ViewMut::from_ndarray(self.view_mut())
    }
}

/// The axes that run backwards. `ndarray` builds views from the lowest address with strides that are not negative, and turns
/// axes round afterwards.
fn backwards(shape: &[usize], strides: &[isize]) -> Vec<usize> {
    (0..shape.len()).filter(|&a| strides[a] < 0 && shape[a] > 1).collect()
}

/// A layout without axes that run backwards, in that crate's words. The stride of a single position is never used, and may
/// have any sign.
fn forwards(shape: &[usize], strides: &[isize]) -> StrideShape<IxDyn> {
    let strides: Vec<usize> = shape.iter().zip(strides).map(|(&n, &s)| if n > 1 { s as usize } else { 0 }).collect();
    IxDyn(shape).strides(IxDyn(&strides))
}

impl<'a, T> View<'a, T> {
    /// The same elements as an `ndarray` view with the same shape and strides, negative and overlapping ones included.
    pub fn to_ndarray(&self) -> ArrayViewD<'a, T> {
        if self.is_empty() {
            return match ArrayView::from_shape(IxDyn(self.shape()), &[]) {
                Ok(view) => view,
                Err(error) => unreachable!("an empty view needs no elements: {error}"),
            };
        }
        let turned = backwards(self.shape(), self.strides());
        let mut view = self.clone();
        for &a in &turned {
            view = match view.slice(a as isize, self.shape()[a] - 1, -1, self.shape()[a]) {
                Ok(view) => view,
                Err(error) => unreachable!("an axis can be turned round: {error}"),
            };
        }
        let mut out = view.as_ndarray(forwards(view.shape(), view.strides()));
        turned.into_iter().for_each(|a| out.invert_axis(Axis(a)));
        out
    }
}

impl<'a, T> ViewMut<'a, T> {
    /// The same elements as a mutable `ndarray` view with the same shape and strides, negative ones included.
    pub fn into_ndarray(self) -> ArrayViewMutD<'a, T> {
        if self.is_empty() {
            return match ArrayViewMut::from_shape(IxDyn(self.shape()), &mut []) {
                Ok(view) => view,
                Err(error) => unreachable!("an empty view needs no elements: {error}"),
            };
        }
        let turned = backwards(self.shape(), self.strides());
        let mut view = self;
        for &a in &turned {
            let len = view.shape()[a];
            view = match view.slice(a as isize, len - 1, -1, len) {
                Ok(view) => view,
                Err(error) => unreachable!("an axis can be turned round: {error}"),
            };
        }
        let layout = forwards(view.shape(), view.strides());
        let mut out = view.into_ndarray_as(layout);
        turned.into_iter().for_each(|a| out.invert_axis(Axis(a)));
        out
    }
}

impl<T> Array<T> {
    /// The same elements as an owned `ndarray` array.
    pub fn into_ndarray(self) -> ArrayD<T> {
        let shape = IxDyn(self.shape());
        match ArrayD::from_shape_vec(shape, self.into_vec()) {
            Ok(array) => array,
            Err(error) => unreachable!("an array has as many elements as its shape: {error}"),
        }
    }

    /// An owned `ndarray` array's elements: its own vector if they lie row-major in all of it, a vector into which they were
    /// moved otherwise.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge) for a shape only elements without size can fill.
    pub fn from_ndarray<D: Dimension>(array: ArrayBase<OwnedRepr<T>, D>) -> Result<Self> {
        let shape = array.shape().to_vec();
        let whole = array.is_standard_layout();
        let elements = if whole { own_vector(array) } else { array.into_iter().collect() };
        Array::new(elements, shape)
    }
}

/// The vector of an array in standard layout, cut to its elements where it was sliced.
fn own_vector<T, D: Dimension>(array: ArrayBase<OwnedRepr<T>, D>) -> Vec<T> {
    let len = array.len();
    let (mut elements, first) = array.into_raw_vec_and_offset();
    elements.truncate(first.unwrap_or(0) + len);
    elements.drain(..first.unwrap_or(0));
    elements
}
