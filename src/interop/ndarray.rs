//! `ndarray` arrays of any dimension in, dynamic-dimensional views and arrays out; nothing is copied.

use crate::array::{Array, IntoView, View};
use ::ndarray::{ArrayBase, ArrayD, ArrayRef, ArrayView, ArrayViewD, Axis, Data, Dimension, IxDyn, ShapeBuilder};
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

impl<'a, T> View<'a, T> {
    /// The same elements as an `ndarray` view with the same shape and strides, negative and overlapping ones included.
    pub fn to_ndarray(&self) -> ArrayViewD<'a, T> {
        if self.is_empty() {
            return match ArrayView::from_shape(IxDyn(self.shape()), &[]) {
                Ok(view) => view,
                Err(error) => unreachable!("an empty view needs no elements: {error}"),
            };
        }
        // `ndarray` builds views from the lowest address with positive strides, and turns axes round afterwards.
        let turned: Vec<usize> = (0..self.rank()).filter(|&a| self.strides()[a] < 0 && self.shape()[a] > 1).collect();
        let mut view = self.clone();
        for &a in &turned {
            view = match view.slice(a as isize, self.shape()[a] - 1, -1, self.shape()[a]) {
                Ok(view) => view,
                Err(error) => unreachable!("an axis can be turned round: {error}"),
            };
        }
        // The stride of a single position is never used, and may have any sign.
        let strides: Vec<usize> =
            view.shape().iter().zip(view.strides()).map(|(&n, &s)| if n > 1 { s as usize } else { 0 }).collect();
        let mut out = view.as_ndarray(IxDyn(self.shape()).strides(IxDyn(&strides)));
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
}
