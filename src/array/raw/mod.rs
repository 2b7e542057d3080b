//! The pointers behind views, and the only doors to them.
//!
//! **Invariant V.** For every index inside `shape`, `ptr + sum(index * stride)` is an element that lives, initialised and
//! in one allocation, for `'a`, and the sum and all its partial sums fit `isize`. A view with an empty axis reaches nothing.
//!
//! **Invariant M** (mutable views only). Distinct indices reach distinct elements, and nothing else reaches them for `'a`.
//!
//! Views are born from slices ([`View::with_strides`], [`ViewMut::with_strides`]) where both are proved with checked
//! arithmetic, or from a view by [`View::pick`], which proves that every index of the new view is an index of the old one.
#![allow(unsafe_code)] // the pointers of views; outside this folder and src/kernel everything is safe

mod bits;
#[cfg(feature = "ndarray")]
mod ndarray;
mod walk;

use super::layout::{
    Picked, contiguous, distinct, fast_copy, offset_of, overlapping_axis, picked, reachable, row_major,
};
use crate::error::{Error, Result};
use crate::spec::{Dims, IntoShape, Strides, checked_len, dims};
use core::marker::PhantomData;
use core::ptr::NonNull;
use smallvec::SmallVec;

pub(crate) use bits::{SameBits, bits_mut};
pub use walk::{Iter, IterMut, OuterIter, OuterIterMut};

/// A strided N-dimensional view of borrowed elements of any type.
///
/// Shape and strides are stored inline up to rank 6; making a view of a view copies no element and, up to that rank,
/// allocates nothing. Strides count elements and may be negative (reversed axes) or zero (repeated ones).
pub struct View<'a, T> {
    ptr: NonNull<T>,
    shape: Dims,
    strides: Strides,
    life: PhantomData<&'a [T]>,
}

/// A strided N-dimensional view of exclusively borrowed elements, no two of whose indices are the same element.
pub struct ViewMut<'a, T> {
    ptr: NonNull<T>,
    shape: Dims,
    strides: Strides,
    life: PhantomData<&'a mut [T]>,
}

// SAFETY: a View is a `&[T]` with more numbers, so it crosses threads as `&[T]` does.
unsafe impl<T: Sync> Send for View<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for View<'_, T> {}
// SAFETY: a ViewMut is a `&mut [T]` with more numbers, so it crosses threads as `&mut [T]` does.
unsafe impl<T: Send> Send for ViewMut<'_, T> {}
// SAFETY: as above; a shared ViewMut only hands out `&T`.
unsafe impl<T: Sync> Sync for ViewMut<'_, T> {}

impl<T> Clone for View<'_, T> {
    #[inline]
    fn clone(&self) -> Self {
        View { ptr: self.ptr, shape: fast_copy(&self.shape), strides: fast_copy(&self.strides), life: PhantomData }
    }
}

impl<'a, T> View<'a, T> {
    /// The same elements as those of another type.
    ///
    /// # Safety
    /// `U` must have the size and the alignment of `T`, and every `T`'s bytes must be a value of it.
    pub(crate) unsafe fn cast<U>(&self) -> View<'a, U> {
        View {
            ptr: self.ptr.cast(),
            shape: fast_copy(&self.shape),
            strides: fast_copy(&self.strides),
            life: PhantomData,
        }
    }

    /// A view of a whole slice in row-major order.
    ///
    /// # Errors
    /// [`Error::SliceLength`] unless the slice has exactly as many elements as the shape; [`Error::TooLarge`] for a
    /// shape no address space holds.
    #[inline]
    pub fn new(slice: &'a [T], shape: impl IntoShape) -> Result<Self> {
        let shape = dims(&shape);
        let expected = checked_len("a view", &shape)?;
        if expected != slice.len() {
            return Err(Error::SliceLength { shape: shape.to_vec(), expected, found: slice.len() });
        }
        let strides = row_major(&shape);
        // SAFETY of V: row-major indices run over 0..expected, which is the slice.
        Ok(View { ptr: NonNull::from(slice).cast(), shape, strides, life: PhantomData })
    }

    /// A view of a slice with any strides, in elements; index 0 on every axis is `slice[offset]`.
    ///
    /// ```
    /// use ndwindow::View;
    ///
    /// let x = [1, 2, 3, 4, 5, 6];
    /// let reversed_columns = View::with_strides(&x, [2, 3], &[3, -1], 2)?;
    /// assert!(reversed_columns.iter().eq(&[3, 2, 1, 6, 5, 4]));
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LayoutOutside`] if some index would lie outside the slice, [`Error::RankMismatch`] if there are not as
    /// many strides as axes, [`Error::TooLarge`] for a shape no address space holds.
    pub fn with_strides(
        slice: &'a [T],
        shape: impl IntoShape,
        strides: impl AsRef<[isize]>,
        offset: usize,
    ) -> Result<Self> {
        let (shape, strides) = reachable(slice.len(), dims(&shape), strides.as_ref(), offset)?;
        // SAFETY: `reachable` proved offset <= slice.len(), so the pointer stays in or one behind the slice, and V.
        let ptr = unsafe { NonNull::from(slice).cast::<T>().add(offset) };
        Ok(View { ptr, shape, strides, life: PhantomData })
    }

    /// Elements along each axis.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Elements of memory between neighbours along each axis.
    #[inline]
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// A pointer to the element at index 0 on every axis; dangling if an axis is empty.
    #[inline]
    pub fn as_ptr(&self) -> *const T {
        self.ptr.as_ptr()
    }

    /// The element at an index, `None` outside the shape or for a wrong number of indices.
    #[inline]
    pub fn get(&self, index: &[usize]) -> Option<&'a T> {
        let offset = offset_of(index, &self.shape, &self.strides)?;
        // SAFETY: the index is inside the shape; V.
        Some(unsafe { self.ptr.offset(offset).as_ref() })
    }

    /// The elements as a slice, if they lie row-major without gaps.
    #[inline]
    pub fn as_slice(&self) -> Option<&'a [T]> {
        let len = contiguous(&self.shape, &self.strides)?;
        if len == 0 {
            return Some(&[]);
        }
        // SAFETY: row-major without gaps and not empty: the elements are ptr..ptr + len, each valid for 'a (V).
        Some(unsafe { core::slice::from_raw_parts(self.ptr.as_ptr(), len) })
    }

    /// The elements behind an index of the leading axes, if those of the trailing axes lie row-major without gaps.
    #[inline]
    pub(crate) fn trailing_slice(&self, index: &[usize]) -> Option<&'a [T]> {
        let lead = index.len();
        let len = contiguous(self.shape.get(lead..)?, self.strides.get(lead..)?)?;
        let offset = offset_of(index, &self.shape[..lead], &self.strides[..lead])?;
        if len == 0 {
            return Some(&[]);
        }
        // SAFETY: no axis is empty, so `index` with any trailing index is an index inside the shape; the trailing ones reach
        // ptr + offset .. ptr + offset + len, row-major without gaps, each valid for 'a (V).
        Some(unsafe { core::slice::from_raw_parts(self.ptr.as_ptr().offset(offset), len) })
    }

    /// A view of `rank` axes, each of which runs along an axis of this one: the door for slices, permutations and windows.
    ///
    /// Index `i` of the result is the index `starts[a] + sum(step * i)` of this view on every axis `a`. `None` if some
    /// index would leave the shape.
    #[inline]
    pub(crate) fn pick(&self, starts: &[usize], rank: usize, axis: impl Fn(usize) -> Picked) -> Option<View<'a, T>> {
        let (offset, shape, strides) = picked(&self.shape, &self.strides, starts, rank, axis)?;
        // SAFETY: `picked` proved that the offset is that of an index of this view (or 0), and V for the result.
        let ptr = unsafe { self.ptr.offset(offset) };
        Some(View { ptr, shape, strides, life: PhantomData })
    }
}

/// Shape and strides of the trailing axes, kept so that making many sub-views of them is two fixed-size copies.
#[derive(Clone, Debug)]
struct Inner {
    rank: usize,
    shape: [usize; 6],
    strides: [isize; 6],
    spilled: Option<(Dims, Strides)>,
}

impl Inner {
    fn new(shape: &[usize], strides: &[isize]) -> Self {
        let rank = shape.len();
        let mut inner = Inner { rank, shape: [0; 6], strides: [0; 6], spilled: None };
        if rank <= 6 {
            inner.shape[..rank].copy_from_slice(shape);
            inner.strides[..rank].copy_from_slice(strides);
        } else {
            inner.spilled = Some((Dims::from_slice(shape), Strides::from_slice(strides)));
        }
        inner
    }

    #[inline(always)]
    fn lists(&self) -> (Dims, Strides) {
        match &self.spilled {
            None => {
                (SmallVec::from_buf_and_len(self.shape, self.rank), SmallVec::from_buf_and_len(self.strides, self.rank))
            }
            Some(lists) => lists.clone(),
        }
    }
}

impl<'a, T> ViewMut<'a, T> {
    /// A mutable view of a whole slice in row-major order.
    ///
    /// # Errors
    /// As [`View::new`].
    pub fn new(slice: &'a mut [T], shape: impl IntoShape) -> Result<Self> {
        let shape = dims(&shape);
        let expected = checked_len("a view", &shape)?;
        if expected != slice.len() {
            return Err(Error::SliceLength { shape: shape.to_vec(), expected, found: slice.len() });
        }
        let strides = row_major(&shape);
        // SAFETY of V and M: row-major indices run over 0..expected, each once; the slice is borrowed exclusively.
        Ok(ViewMut { ptr: NonNull::from(slice).cast(), shape, strides, life: PhantomData })
    }

    /// A mutable view of a slice with any strides that reach every element at most once.
    ///
    /// The proof is by nesting: sorted by length, each stride must pass the whole extent of the shorter ones. It refuses
    /// a few layouts whose elements happen to be distinct (shape `[3, 2]`, strides `[2, 3]`).
    ///
    /// # Errors
    /// As [`View::with_strides`], and [`Error::LayoutOverlaps`] where two indices may be the same element.
    pub fn with_strides(
        slice: &'a mut [T],
        shape: impl IntoShape,
        strides: impl AsRef<[isize]>,
        offset: usize,
    ) -> Result<Self> {
        let (shape, strides) = reachable(slice.len(), dims(&shape), strides.as_ref(), offset)?;
        if let Some(axis) = overlapping_axis(&shape, &strides) {
            return Err(Error::LayoutOverlaps { shape: shape.to_vec(), strides: strides.to_vec(), axis });
        }
        // SAFETY: `reachable` proved offset <= slice.len() and V, `overlapping_axis` M.
        let ptr = unsafe { NonNull::from(slice).cast::<T>().add(offset) };
        Ok(ViewMut { ptr, shape, strides, life: PhantomData })
    }

    /// Elements along each axis.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Elements of memory between neighbours along each axis.
    #[inline]
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// The same elements, read only.
    #[inline]
    pub fn view(&self) -> View<'_, T> {
        // SAFETY of V: this view's own, for as long as it is borrowed.
        View { ptr: self.ptr, shape: self.shape.clone(), strides: self.strides.clone(), life: PhantomData }
    }

    /// The same elements for a shorter time.
    #[inline]
    pub fn reborrow(&mut self) -> ViewMut<'_, T> {
        ViewMut { ptr: self.ptr, shape: self.shape.clone(), strides: self.strides.clone(), life: PhantomData }
    }

    /// The element at an index, `None` outside the shape or for a wrong number of indices.
    #[inline]
    pub fn get(&self, index: &[usize]) -> Option<&T> {
        let offset = offset_of(index, &self.shape, &self.strides)?;
        // SAFETY: the index is inside the shape; V.
        Some(unsafe { self.ptr.offset(offset).as_ref() })
    }

    /// The element at an index, mutably.
    #[inline]
    pub fn get_mut(&mut self, index: &[usize]) -> Option<&mut T> {
        let offset = offset_of(index, &self.shape, &self.strides)?;
        // SAFETY: the index is inside the shape (V), and `self` is borrowed exclusively (M).
        Some(unsafe { self.ptr.offset(offset).as_mut() })
    }

    /// The elements as a slice, if they lie row-major without gaps.
    #[inline]
    pub fn into_slice(self) -> Option<&'a mut [T]> {
        let len = contiguous(&self.shape, &self.strides)?;
        if len == 0 {
            return Some(&mut []);
        }
        // SAFETY: row-major without gaps and not empty: the elements are ptr..ptr + len, valid and exclusive for 'a.
        Some(unsafe { core::slice::from_raw_parts_mut(self.ptr.as_ptr(), len) })
    }

    /// As [`View::pick`]; also `None` if two indices of the result could be the same index of this view.
    pub(crate) fn pick(self, starts: &[usize], rank: usize, axis: impl Fn(usize) -> Picked) -> Option<ViewMut<'a, T>> {
        if !distinct(self.shape.len(), rank, &axis) {
            return None;
        }
        let (offset, shape, strides) = picked(&self.shape, &self.strides, starts, rank, axis)?;
        // SAFETY: V as in `View::pick`. M: `distinct` proved that along every axis distinct index parts are distinct
        // positions, so distinct indices of the result are distinct indices of `self`, which is consumed.
        let ptr = unsafe { self.ptr.offset(offset) };
        Some(ViewMut { ptr, shape, strides, life: PhantomData })
    }
}
