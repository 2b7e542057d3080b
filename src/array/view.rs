//! What a view can do, on top of its doors.

use super::layout::{Picked, slicing, without};
use super::raw::{Iter, View};
use crate::error::{Error, Result};
use crate::spec::{Dims, checked_len, checked_order, normal_axis, unravel};
use alloc::vec::Vec;
use core::fmt;
use core::ops::{Index, Range};

impl<'a, T> View<'a, T> {
    /// How many axes there are.
    #[inline]
    pub fn rank(&self) -> usize {
        self.shape().len()
    }

    /// How many elements there are.
    #[inline]
    pub fn len(&self) -> usize {
        // An empty axis excuses the others, whose product may not fit.
        if self.shape().contains(&0) { 0 } else { self.shape().iter().product() }
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.shape().contains(&0)
    }

    /// The same elements with the axes in another order: new axis `k` is old axis `order[k]`.
    ///
    /// ```
    /// use ndwindow::View;
    ///
    /// let x = [1, 2, 3, 4, 5, 6];
    /// let t = View::new(&x, [2, 3])?.permute(&[1, 0])?;
    /// assert_eq!((t.shape(), t.strides()), (&[3, 2][..], &[1, 3][..]));
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotAnOrder`] unless every axis is named once; negative ones count from the end.
    pub fn permute(&self, order: &[isize]) -> Result<View<'a, T>> {
        let order = checked_order(order, self.rank())?;
        Ok(self.whole(order.len(), &|k| Picked { axis: order[k], step: 1, count: self.shape()[order[k]] }))
    }

    /// `count` positions of an axis: `start`, `start + step`, ...; the step may be negative.
    ///
    /// # Errors
    /// [`Error::AxisOutOfRange`], [`Error::SliceOutside`].
    pub fn slice(&self, axis: isize, start: usize, step: isize, count: usize) -> Result<View<'a, T>> {
        let axis = normal_axis(axis, self.rank())?;
        let len = self.shape()[axis];
        let outside = Error::SliceOutside { axis, start, step, count, len };
        if start > len {
            return Err(outside);
        }
        let mut starts = Dims::from_elem(0, self.rank());
        starts[axis] = start;
        self.pick(&starts, self.rank(), slicing(self.shape(), axis, step, count)).ok_or(outside)
    }

    /// The sub-view at one position of an axis, which goes away.
    ///
    /// # Errors
    /// [`Error::AxisOutOfRange`], [`Error::SliceOutside`].
    pub fn index_axis(&self, axis: isize, at: usize) -> Result<View<'a, T>> {
        let axis = normal_axis(axis, self.rank())?;
        let len = self.shape()[axis];
        if at >= len {
            return Err(Error::SliceOutside { axis, start: at, step: 1, count: 1, len });
        }
        let mut starts = Dims::from_elem(0, self.rank());
        starts[axis] = at;
        self.pick(&starts, self.rank() - 1, without(self.shape(), axis)).ok_or(Error::SliceOutside {
            axis,
            start: at,
            step: 1,
            count: 1,
            len,
        })
    }

    /// An axis of one element repeated `count` times, with stride 0.
    ///
    /// # Errors
    /// [`Error::AxisOutOfRange`], [`Error::NotBroadcast`]; [`Error::TooLarge`] for a shape no address space holds.
    pub fn broadcast(&self, axis: isize, count: usize) -> Result<View<'a, T>> {
        let axis = normal_axis(axis, self.rank())?;
        let len = self.shape()[axis];
        if len != 1 {
            return Err(Error::NotBroadcast { axis, len });
        }
        let mut shape = Dims::from_slice(self.shape());
        shape[axis] = count;
        checked_len("a view", &shape)?;
        Ok(self.whole(self.rank(), &slicing(self.shape(), axis, 0, count)))
    }

    /// A new axis of one element before axis `axis` (which may be the rank: behind all).
    ///
    /// # Errors
    /// [`Error::AxisOutOfRange`].
    pub fn insert_axis(&self, axis: isize) -> Result<View<'a, T>> {
        let at = normal_axis(axis, self.rank() + 1)?;
        if self.rank() == 0 {
            // No old axis to run along: the one element is a slice of one.
            return match self.as_slice() {
                Some(slice) => View::new(slice, [1]),
                None => Err(Error::AxisOutOfRange { axis, rank: 1 }),
            };
        }
        let picked: &dyn Fn(usize) -> Picked = &|k: usize| match k.cmp(&at) {
            core::cmp::Ordering::Equal => Picked { axis: 0, step: 0, count: 1 },
            core::cmp::Ordering::Less => Picked { axis: k, step: 1, count: self.shape()[k] },
            core::cmp::Ordering::Greater => Picked { axis: k - 1, step: 1, count: self.shape()[k - 1] },
        };
        Ok(self.whole(self.rank() + 1, picked))
    }

    /// The sub-view behind an index of the leading axes, which go away.
    pub(crate) fn trailing(&self, index: &[usize]) -> View<'a, T> {
        let lead = index.len();
        let mut starts = Dims::from_elem(0, self.rank());
        starts[..lead].copy_from_slice(index);
        // (Through a pointer, here and below: what is picked is then found by one function for all types.)
        let picked: &dyn Fn(usize) -> Picked =
            &|k: usize| Picked { axis: lead + k, step: 1, count: self.shape()[lead + k] };
        match self.pick(&starts, self.rank() - lead, picked) {
            Some(view) => view,
            None => unreachable!("what is behind an index inside the shape is inside, too"),
        }
    }

    /// How many bytes all elements take.
    pub(crate) fn bytes(&self) -> usize {
        self.len().saturating_mul(size_of::<T>().max(1))
    }

    /// `count` elements along the first axis, `step` apart, at index 0 of the others.
    pub(crate) fn along(&self, first: usize, step: usize, count: usize) -> View<'a, T> {
        let mut starts = Dims::from_elem(0, self.rank());
        starts[0] = first;
        let picked: &dyn Fn(usize) -> Picked = &|_| Picked { axis: 0, step: step as isize, count };
        match self.pick(&starts, 1, picked) {
            Some(view) => view,
            None => unreachable!("positions were found inside the axis"),
        }
    }

    /// Appends the elements with these numbers (row-major) to `out`, in time proportional to them and the rank.
    pub(crate) fn append_to(&self, range: Range<usize>, out: &mut Vec<T>)
    where
        T: Copy,
    {
        let Some((&row, outer)) = self.shape().split_last() else {
            return out.extend(self.iter().take(range.len()));
        };
        let mut index = Dims::from_elem(0, outer.len());
        let (mut at, mut left) = (range.start, range.len());
        while left > 0 {
            let from = at % row;
            unravel(at / row, 0..outer.len(), outer, &mut index);
            let count = left.min(row - from);
            match self.trailing_slice(&index) {
                Some(slice) => out.extend_from_slice(&slice[from..from + count]),
                None => out.extend(self.trailing(&index).along(from, 1, count).iter()),
            }
            (at, left) = (at + count, left - count);
        }
    }

    /// A view whose axes run along this one's from index 0, never further.
    fn whole(&self, rank: usize, axis: &dyn Fn(usize) -> Picked) -> View<'a, T> {
        let starts = Dims::from_elem(0, self.rank());
        match self.pick(&starts, rank, axis) {
            Some(view) => view,
            None => unreachable!("axes that run from 0 over their own length stay inside"),
        }
    }
}

impl<T> Index<&[usize]> for View<'_, T> {
    type Output = T;

    #[inline]
    fn index(&self, index: &[usize]) -> &T {
        match self.get(index) {
            Some(element) => element,
            None => panic!("index {index:?} is outside shape {:?}", self.shape()),
        }
    }
}

impl<T, const N: usize> Index<[usize; N]> for View<'_, T> {
    type Output = T;

    #[inline]
    fn index(&self, index: [usize; N]) -> &T {
        &self[&index[..]]
    }
}

impl<'a, T> IntoIterator for &View<'a, T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T: PartialEq> PartialEq for View<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.shape() == other.shape() && self.iter().eq(other.iter())
    }
}

impl<T: fmt::Debug> fmt::Debug for View<'_, T> {
    /// Nested lists, as NumPy prints an array: `[[1, 2], [3, 4]]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rank() == 0 {
            return match self.iter().next() {
                Some(element) => element.fmt(f),
                None => Ok(()),
            };
        }
        let mut list = f.debug_list();
        if self.rank() == 1 {
            list.entries(self.iter());
        } else {
            list.entries(self.outer_iter(1));
        }
        list.finish()
    }
}
