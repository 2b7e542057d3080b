//! What can be seen as a view: our own types, slices and vectors (one axis).

use super::{Array, View, ViewMut};
use alloc::vec::Vec;

/// Something whose elements can be seen as a [`View`]: a view, an array, a slice, a vector, and, with the features
/// `ndarray` and `image`, those crates' arrays and pictures.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no array that windows can be taken of",
    label = "a slice, `&Vec`, `&[T; N]`, `&Array` or a `View` is wanted here",
    note = "an array is passed by reference (`&x`), and a `Result` needs its `?` first: `View::new(&x, [2, 3])?`",
    note = "an array of several axes is one slice and a shape: `View::new(&x, [2, 3])?`; those of other crates need a feature (`ndarray`, `image`)"
)]
pub trait IntoView<'a> {
    /// The type of the elements.
    type Elem: 'a;

    /// The view.
    ///
    /// # Panics
    /// For a slice of more elements than a quarter of an address space, which only elements without size can make.
    fn into_view(self) -> View<'a, Self::Elem>;
}

/// Something whose elements can be seen as a [`ViewMut`]: what [`IntoView`] takes, borrowed mutably.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no array that windows can change",
    label = "`&mut [T]`, `&mut Vec`, `&mut Array` or a `ViewMut` is wanted here",
    note = "an array is passed by mutable reference (`&mut x`), and a `Result` needs its `?` first: `ViewMut::new(&mut x, [2, 3])?`"
)]
pub trait IntoViewMut<'a> {
    /// The type of the elements.
    type Elem: 'a;

    /// The view.
    fn into_view_mut(self) -> ViewMut<'a, Self::Elem>;
}

#[inline]
fn line<T>(slice: &[T]) -> View<'_, T> {
    match View::new(slice, [slice.len()]) {
        Ok(view) => view,
        Err(error) => panic!("{error}"),
    }
}

macro_rules! into_view {
    ([$($generics:tt)*] $from:ty, $elem:ty, $this:ident => $view:expr) => {
        impl<'a, $($generics)*> IntoView<'a> for $from {
            type Elem = $elem;

            #[inline]
            fn into_view($this) -> View<'a, $elem> {
                $view
            }
        }
    };
}

into_view!([T] View<'a, T>, T, self => self);
into_view!([T] &View<'a, T>, T, self => self.clone());
into_view!([T] &'a ViewMut<'_, T>, T, self => self.view());
into_view!([T] &'a Array<T>, T, self => self.view());
into_view!([T: 'a] &'a [T], T, self => line(self));
into_view!([T: 'a] &&'a [T], T, self => line(self));
into_view!([T: 'a] &'a Vec<T>, T, self => line(self));
into_view!([T: 'a, const N: usize] &'a [T; N], T, self => line(self));
into_view!([T: 'a, const N: usize] &&'a [T; N], T, self => line(*self));

impl<'a, T: 'a> IntoViewMut<'a> for ViewMut<'a, T> {
    type Elem = T;

    fn into_view_mut(self) -> ViewMut<'a, T> {
        self
    }
}

impl<'a, T> IntoViewMut<'a> for &'a mut ViewMut<'_, T> {
    type Elem = T;

    fn into_view_mut(self) -> ViewMut<'a, T> {
        self.reborrow()
    }
}

impl<'a, T> IntoViewMut<'a> for &'a mut Array<T> {
    type Elem = T;

    fn into_view_mut(self) -> ViewMut<'a, T> {
        self.view_mut()
    }
}

impl<'a, T> IntoViewMut<'a> for &'a mut [T] {
    type Elem = T;

    fn into_view_mut(self) -> ViewMut<'a, T> {
        let len = self.len();
        match ViewMut::new(self, [len]) {
            Ok(view) => view,
            Err(error) => panic!("{error}"),
        }
    }
}

impl<'a, T> IntoViewMut<'a> for &'a mut Vec<T> {
    type Elem = T;

    fn into_view_mut(self) -> ViewMut<'a, T> {
        self.as_mut_slice().into_view_mut()
    }
}
