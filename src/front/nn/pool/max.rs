//! Max pooling, with and without the places of the maxima.

use super::indices::{Indices, Translate};
use super::{Pool, pooled};
use crate::array::{Array, IntoView};
use crate::error::Result;
use crate::ops::{Number, Windows};

impl Pool {
    /// The largest element of each window: `[N, C, spatial..] -> [N, C, grid..]`.
    ///
    /// A NaN makes its window NaN. A window wholly in padding gives the lowest value there is: minus infinity, as in
    /// PyTorch, or the integer's minimum. Cost as [`Windows::max`](crate::Windows::max).
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan); [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    pub fn max_pool<'x, X>(&self, array: X) -> Result<Array<X::Elem>>
    where
        X: IntoView<'x>,
        X::Elem: Number,
    {
        pooled(&self.windows(array)?, Windows::max_into)
    }

    /// [`max_pool`](Self::max_pool) into the caller's buffer.
    ///
    /// # Errors
    /// As [`max_pool`](Self::max_pool); [`Error::BufferLength`](crate::Error::BufferLength).
    pub fn max_pool_into<'x, X>(&self, array: X, out: &mut [X::Elem]) -> Result<()>
    where
        X: IntoView<'x>,
        X::Elem: Number,
    {
        self.windows(array)?.max_into(out)
    }

    /// The largest element of each window and where it lies.
    ///
    /// Of equal elements the first in the window is reported. A NaN beats every number; of several, [`Indices::Plane`]
    /// reports the last one, as PyTorch does, and the others the first.
    ///
    /// ```
    /// use ndwindow::{View, nn::{Indices, Pool}};
    ///
    /// let x = View::new(&[1, 5, 2, 7, 7, 0], [1, 1, 6])?;
    /// let (y, at) = Pool::new([2]).max_pool_with_indices(&x, Indices::Plane)?;
    /// assert_eq!((y.as_slice(), at.as_slice()), (&[5, 7, 7][..], &[1, 3, 4][..]));
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan); [`Error::EmptyWindow`](crate::Error::EmptyWindow) for a window wholly in padding, which has no index.
    pub fn max_pool_with_indices<'x, X>(&self, array: X, indices: Indices) -> Result<(Array<X::Elem>, Array<usize>)>
    where
        X: IntoView<'x>,
        X::Elem: Number,
    {
        let view = array.into_view();
        let shape = self.plan(view.shape())?.reduced_dims();
        let mut values = Array::try_zeros("a pooling", shape.clone())?;
        let mut places = Array::try_zeros("indices of a pooling", shape)?;
        self.max_pool_with_indices_into(view, indices, values.as_mut_slice(), places.as_mut_slice())?;
        Ok((values, places))
    }

    /// [`max_pool_with_indices`](Self::max_pool_with_indices) into the caller's buffers.
    ///
    /// # Errors
    /// As [`max_pool_with_indices`](Self::max_pool_with_indices); [`Error::BufferLength`](crate::Error::BufferLength).
    pub fn max_pool_with_indices_into<'x, X>(
        &self,
        array: X,
        indices: Indices,
        values: &mut [X::Elem],
        places: &mut [usize],
    ) -> Result<()>
    where
        X: IntoView<'x>,
        X::Elem: Number,
    {
        let windows = self.windows(array)?;
        let plan = windows.plan();
        windows.largest_into(indices == Indices::Plane, values, places)?;
        if indices != Indices::Plane {
            let translate = Translate::new(plan, indices);
            let grid: usize = plan.grid().iter().product();
            for (number, places) in places.chunks_exact_mut(grid.max(1)).enumerate() {
                translate.express(number, places);
            }
        }
        Ok(())
    }
}
