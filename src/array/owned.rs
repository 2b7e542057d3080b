//! The owned, row-major array that copies and reductions return.

use super::raw::{View, ViewMut};
use crate::error::{Error, Result};
use crate::spec::{Dims, IntoShape, checked_len, dims};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::{Index, IndexMut};

/// An owned, row-major N-dimensional array: a vector and a shape.
///
/// ```
/// use ndwindow::Array;
///
/// let a = Array::new(vec![1, 2, 3, 4, 5, 6], [2, 3])?;
/// assert_eq!(a[[1, 0]], 4);
/// assert_eq!(a.into_vec(), [1, 2, 3, 4, 5, 6]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Array<T> {
    data: Vec<T>,
    shape: Dims,
}

impl<T> Array<T> {
    /// A vector seen as an array.
    ///
    /// # Errors
    /// [`Error::SliceLength`] unless the vector has exactly as many elements as the shape.
    pub fn new(data: Vec<T>, shape: impl IntoShape) -> Result<Self> {
        let shape = dims(&shape);
        let expected = checked_len("an array", &shape)?;
        if expected != data.len() {
            return Err(Error::SliceLength { shape: shape.to_vec(), expected, found: data.len() });
        }
        Ok(Array { data, shape })
    }

    /// An array of one value.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for a shape no address space holds, [`Error::OutOfMemory`] for one this machine does not.
    pub fn from_elem(value: T, shape: impl IntoShape) -> Result<Self>
    where
        T: Clone,
    {
        Array::filled("an array", value, dims(&shape))
    }

    /// An array of zeros, called `what` in errors.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::OutOfMemory`].
    pub(crate) fn try_zeros(what: &'static str, shape: Dims) -> Result<Self>
    where
        T: Default + Clone,
    {
        Array::filled(what, T::default(), shape)
    }

    /// An array of zeros.
    ///
    /// # Panics
    /// If it has more bytes than an address space, or than memory can be had.
    pub(crate) fn zeros(shape: Dims) -> Self
    where
        T: Default + Clone,
    {
        match Array::try_zeros("an array", shape) {
            Ok(array) => array,
            Err(error) => panic!("{error}"),
        }
    }

    /// The one place where arrays get their memory.
    fn filled(what: &'static str, value: T, shape: Dims) -> Result<Self>
    where
        T: Clone,
    {
        let len = checked_bytes::<T>(what, &shape)?;
        match try_vec(value, len) {
            Some(data) => Ok(Array { data, shape }),
            None => Err(Error::OutOfMemory { what, shape: shape.to_vec(), bytes: len * size_of::<T>() }),
        }
    }

    /// Elements along each axis.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How many axes there are.
    #[inline]
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// How many elements there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The elements in row-major order.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        &self.data
    }

    /// The elements in row-major order, mutably.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// The elements in row-major order, without copying.
    #[inline]
    pub fn into_vec(self) -> Vec<T> {
        self.data
    }

    /// A view of all elements.
    #[inline]
    pub fn view(&self) -> View<'_, T> {
        match View::new(&self.data, &self.shape[..]) {
            Ok(view) => view,
            Err(_) => unreachable!("an array has as many elements as its shape"),
        }
    }

    /// A mutable view of all elements.
    #[inline]
    pub fn view_mut(&mut self) -> ViewMut<'_, T> {
        match ViewMut::new(&mut self.data, &self.shape[..]) {
            Ok(view) => view,
            Err(_) => unreachable!("an array has as many elements as its shape"),
        }
    }

    /// The same elements in another shape, without copying.
    ///
    /// # Errors
    /// [`Error::SliceLength`] unless both shapes hold the same number of elements.
    pub fn reshape(self, shape: impl IntoShape) -> Result<Self> {
        Array::new(self.data, shape)
    }

    /// The element at an index, `None` outside the shape or for a wrong number of indices.
    #[inline]
    pub fn get(&self, index: &[usize]) -> Option<&T> {
        self.data.get(self.offset(index)?)
    }

    /// The element at an index, mutably.
    #[inline]
    pub fn get_mut(&mut self, index: &[usize]) -> Option<&mut T> {
        let offset = self.offset(index)?;
        self.data.get_mut(offset)
    }

    /// The elements in row-major order.
    #[inline]
    pub fn iter(&self) -> core::slice::Iter<'_, T> {
        self.data.iter()
    }

    /// A view with the axes in another order; see [`View::permute`].
    ///
    /// # Errors
    /// [`Error::NotAnOrder`].
    pub fn permute(&self, order: &[isize]) -> Result<View<'_, T>> {
        self.view().permute(order)
    }

    /// The same shape with every element turned into another.
    pub fn map<R>(self, f: impl FnMut(T) -> R) -> Array<R> {
        Array { data: self.data.into_iter().map(f).collect(), shape: self.shape }
    }

    fn offset(&self, index: &[usize]) -> Option<usize> {
        if index.len() != self.shape.len() {
            return None;
        }
        let mut offset = 0;
        for (&i, &n) in index.iter().zip(&self.shape) {
            if i >= n {
                return None;
            }
            offset = offset * n + i;
        }
        Some(offset)
    }
}

/// Bytes from which on memory may come fresh from the operating system, as zeros.
const FRESH_BYTES: usize = 256 * 1024;

/// `len` times a value, if memory for it can be had.
///
/// `vec!` asks for memory that is zero already, which for large arrays saves a pass of writing zeros over it, but it ends the
/// process where there is none. So large arrays first ask whether there is (and use the answer, or the compiler would take
/// it for yes); for small ones that would cost as much as it saves.
fn try_vec<T: Clone>(value: T, len: usize) -> Option<Vec<T>> {
    let mut data = Vec::new();
    data.try_reserve_exact(len).ok()?;
    match len * size_of::<T>() {
        // Elements without size need no memory, and `vec!` knows how not to count to `len`.
        0 | FRESH_BYTES.. => {
            drop(core::hint::black_box(data));
            Some(vec![value; len])
        }
        _ => {
            data.resize(len, value);
            Some(data)
        }
    }
}

/// The number of elements of a shape whose bytes, too, fit the address space.
pub(crate) fn checked_bytes<T>(what: &'static str, shape: &[usize]) -> Result<usize> {
    let len = checked_len(what, shape)?;
    match len.checked_mul(size_of::<T>()) {
        Some(bytes) if bytes <= isize::MAX as usize => Ok(len),
        _ => Err(Error::TooLarge { what, shape: shape.to_vec(), limit: isize::MAX as usize, unit: "bytes" }),
    }
}

impl<T> Index<&[usize]> for Array<T> {
    type Output = T;

    #[inline]
    fn index(&self, index: &[usize]) -> &T {
        match self.get(index) {
            Some(element) => element,
            None => panic!("index {index:?} is outside shape {:?}", self.shape),
        }
    }
}

impl<T, const N: usize> Index<[usize; N]> for Array<T> {
    type Output = T;

    #[inline]
    fn index(&self, index: [usize; N]) -> &T {
        &self[&index[..]]
    }
}

impl<T> IndexMut<&[usize]> for Array<T> {
    #[inline]
    fn index_mut(&mut self, index: &[usize]) -> &mut T {
        match self.offset(index) {
            Some(offset) => &mut self.data[offset],
            None => panic!("index {index:?} is outside shape {:?}", self.shape),
        }
    }
}

impl<T, const N: usize> IndexMut<[usize; N]> for Array<T> {
    #[inline]
    fn index_mut(&mut self, index: [usize; N]) -> &mut T {
        &mut self[&index[..]]
    }
}

impl<'a, T> IntoIterator for &'a Array<T> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.iter()
    }
}

impl<T> Default for Array<T> {
    /// One axis without elements.
    fn default() -> Self {
        Array { data: Vec::new(), shape: Dims::from_elem(0, 1) }
    }
}

impl<T: PartialEq> PartialEq<View<'_, T>> for Array<T> {
    fn eq(&self, other: &View<'_, T>) -> bool {
        self.shape() == other.shape() && self.data.iter().eq(other.iter())
    }
}

impl<T: fmt::Debug> fmt::Debug for Array<T> {
    /// Nested lists: `[[1, 2], [3, 4]]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
