//! Walks over a view in row-major order: element by element, or sub-view by sub-view.

use super::{Inner, View, ViewMut};
use crate::spec::{Dims, Strides};

/// Counts through a shape in row-major order, keeping the offset of the current index.
#[derive(Clone, Debug)]
struct Walk {
    /// Indices not given yet, and those of them left in the innermost run.
    left: usize,
    run: usize,
    /// The offset of the next index, and how far the innermost run moves it.
    offset: isize,
    stride: isize,
    index: Dims,
    shape: Dims,
    strides: Strides,
}

impl Walk {
    #[inline]
    fn new(shape: &[usize], strides: &[isize]) -> Self {
        let left = if shape.contains(&0) { 0 } else { shape.iter().product() };
        Walk {
            left,
            run: shape.last().copied().unwrap_or(1),
            offset: 0,
            stride: strides.last().copied().unwrap_or(0),
            index: Dims::from_elem(0, shape.len()),
            shape: Dims::from_slice(shape),
            strides: Strides::from_slice(strides),
        }
    }

    /// The offset `sum(index * stride)` of the next index inside the shape; each index is given once.
    #[inline(always)]
    fn next(&mut self) -> Option<isize> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        self.run -= 1;
        let here = self.offset;
        if self.run > 0 {
            self.offset += self.stride;
        } else if self.left > 0 {
            self.carry();
        }
        Some(here)
    }

    /// Starts the next innermost run. An index is left, so some axis can still count up.
    fn carry(&mut self) {
        let (shape, strides, index) = (&self.shape[..], &self.strides[..], &mut self.index[..]);
        let inner = shape.len() - 1;
        self.run = shape[inner];
        self.offset -= strides[inner] * (shape[inner] - 1) as isize;
        let mut a = inner - 1;
        loop {
            index[a] += 1;
            // Wraps only behind the last index of an axis, and is taken back there.
            self.offset = self.offset.wrapping_add(strides[a]);
            if index[a] < shape[a] {
                return;
            }
            self.offset = self.offset.wrapping_sub(strides[a].wrapping_mul(shape[a] as isize));
            index[a] = 0;
            a -= 1;
        }
    }
}

/// The elements of a [`View`] in row-major order.
#[derive(Clone)]
pub struct Iter<'a, T> {
    view: View<'a, T>,
    walk: Walk,
}

/// The elements of a [`ViewMut`] in row-major order, each once.
pub struct IterMut<'a, T> {
    view: ViewMut<'a, T>,
    walk: Walk,
}

/// Sub-views of a [`View`] over its first axes, in row-major order; see [`View::outer_iter`].
#[derive(Clone)]
pub struct OuterIter<'a, T> {
    view: View<'a, T>,
    walk: Walk,
    inner: Inner,
}

/// Mutable sub-views of a [`ViewMut`] over its first axes, in row-major order; see [`ViewMut::outer_iter_mut`].
pub struct OuterIterMut<'a, T> {
    view: ViewMut<'a, T>,
    walk: Walk,
    inner: Inner,
}

/// How many sub-views there are over the first `axes` axes, and what they look like.
#[inline]
fn split(shape: &[usize], strides: &[isize], axes: usize) -> (Walk, Inner) {
    assert!(axes <= shape.len(), "outer iteration over {axes} axes of an array of rank {}", shape.len());
    let inner = Inner::new(&shape[axes..], &strides[axes..]);
    let mut walk = Walk::new(&shape[..axes], &strides[..axes]);
    if shape[axes..].contains(&0) {
        // An empty sub-view reaches nothing, and offsets might leave the allocation: stay at the start.
        walk.stride = 0;
        walk.strides.fill(0);
    }
    (walk, inner)
}

impl<'a, T> View<'a, T> {
    /// The elements in row-major order of the shape.
    #[inline]
    pub fn iter(&self) -> Iter<'a, T> {
        Iter { walk: Walk::new(&self.shape, &self.strides), view: self.clone() }
    }

    /// Sub-views over the first `axes` axes in row-major order; allocates nothing up to rank 6.
    ///
    /// `view.outer_iter(2)` over `[rows, cols, size, size]` gives `rows * cols` views of `[size, size]`.
    ///
    /// # Panics
    /// If there are fewer than `axes` axes.
    #[inline]
    pub fn outer_iter(&self, axes: usize) -> OuterIter<'a, T> {
        let (walk, inner) = split(&self.shape, &self.strides, axes);
        OuterIter { view: self.clone(), walk, inner }
    }
}

impl<'a, T> ViewMut<'a, T> {
    /// The elements in row-major order of the shape, each once.
    #[inline]
    pub fn into_iter_mut(self) -> IterMut<'a, T> {
        IterMut { walk: Walk::new(&self.shape, &self.strides), view: self }
    }

    /// Mutable sub-views over the first `axes` axes in row-major order, all of which may live at once.
    ///
    /// # Panics
    /// If there are fewer than `axes` axes.
    #[inline]
    pub fn into_outer_iter_mut(self, axes: usize) -> OuterIterMut<'a, T> {
        let (walk, inner) = split(&self.shape, &self.strides, axes);
        OuterIterMut { view: self, walk, inner }
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        let offset = self.walk.next()?;
        // SAFETY: the walk gives offsets of indices inside the view's shape; V.
        Some(unsafe { self.view.ptr.offset(offset).as_ref() })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.walk.left, Some(self.walk.left))
    }
}

impl<'a, T> Iterator for IterMut<'a, T> {
    type Item = &'a mut T;

    #[inline]
    fn next(&mut self) -> Option<&'a mut T> {
        let offset = self.walk.next()?;
        // SAFETY: as in `Iter`; the walk gives each index once, so by M each element once.
        Some(unsafe { self.view.ptr.offset(offset).as_mut() })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.walk.left, Some(self.walk.left))
    }
}

impl<'a, T> Iterator for OuterIter<'a, T> {
    type Item = View<'a, T>;

    #[inline]
    fn next(&mut self) -> Option<View<'a, T>> {
        let offset = self.walk.next()?;
        let (shape, strides) = self.inner.lists();
        // SAFETY: the offset is 0, or that of an index of the leading axes with zeros behind it, which is an index of
        // the view as no axis is empty; with every inner index added it still is one: V for the result.
        let ptr = unsafe { self.view.ptr.offset(offset) };
        Some(View { ptr, shape, strides, life: core::marker::PhantomData })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.walk.left, Some(self.walk.left))
    }
}

impl<'a, T> Iterator for OuterIterMut<'a, T> {
    type Item = ViewMut<'a, T>;

    #[inline]
    fn next(&mut self) -> Option<ViewMut<'a, T>> {
        let offset = self.walk.next()?;
        let (shape, strides) = self.inner.lists();
        // SAFETY: V as in `OuterIter`. M: each leading index is given once, so two results share no index of the view.
        let ptr = unsafe { self.view.ptr.offset(offset) };
        Some(ViewMut { ptr, shape, strides, life: core::marker::PhantomData })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.walk.left, Some(self.walk.left))
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}
impl<T> ExactSizeIterator for IterMut<'_, T> {}
impl<T> ExactSizeIterator for OuterIter<'_, T> {}
impl<T> ExactSizeIterator for OuterIterMut<'_, T> {}
