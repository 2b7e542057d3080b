//! Which cells of a window count.

use crate::array::{Array, IntoView, View};
use crate::error::Result;
use crate::spec::{Dims, IntoShape, dims, index_of};
use alloc::vec::Vec;

/// Which cells of a window count: an array of `bool` of the window's shape, in the order of the request's axes.
///
/// [`Windows::masked`](crate::Windows::masked) reduces by it, [`image::Filter::mask`](crate::image::Filter::mask) filters by it.
///
/// ```
/// use ndwindow::{Mask, View};
///
/// let disk = Mask::disk(2);
/// let drawn: Vec<String> = disk.cells().outer_iter(1)
///     .map(|row| row.iter().map(|&b| if b { '#' } else { '.' }).collect())
///     .collect();
/// assert_eq!(drawn, ["..#..", ".###.", "#####", ".###.", "..#.."]);
/// let corner = Mask::new(View::new(&[true, true, true, false], [2, 2])?);
/// assert_eq!((corner.shape(), corner.count()), (&[2, 2][..], 3));
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    cells: Array<bool>,
}

impl Mask {
    /// The mask of an array: the cells where it is true. Any rank.
    pub fn new<'a>(cells: impl IntoView<'a, Elem = bool>) -> Mask {
        let view = cells.into_view();
        let mut held = Array::zeros(Dims::from_slice(view.shape()));
        held.as_mut_slice().iter_mut().zip(view.iter()).for_each(|(to, &cell)| *to = cell);
        Mask { cells: held }
    }

    /// The cells whose index `f` says yes to, of a window of this shape.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge), [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    ///
    /// ```
    /// use ndwindow::Mask;
    ///
    /// let diagonal = Mask::from_fn([3, 3], |at| at[0] == at[1])?;
    /// assert_eq!(diagonal.count(), 3);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    pub fn from_fn(shape: impl IntoShape, mut f: impl FnMut(&[usize]) -> bool) -> Result<Mask> {
        let mut cells = Array::try_zeros("a mask", dims(&shape))?;
        let shape = Dims::from_slice(cells.shape());
        for (number, cell) in cells.as_mut_slice().iter_mut().enumerate() {
            *cell = f(&index_of(number, &shape));
        }
        Ok(Mask { cells })
    }

    /// Every cell of a window of this shape.
    ///
    /// # Errors
    /// As [`from_fn`](Self::from_fn).
    pub fn full(shape: impl IntoShape) -> Result<Mask> {
        Self::from_fn(shape, |_| true)
    }

    /// `[2 r + 1, 2 r + 1]`: the cells at most `r` from the middle (scikit-image's `disk`).
    ///
    /// # Panics
    /// If there is no memory for so many cells.
    pub fn disk(r: usize) -> Mask {
        Self::round(r, |far| far <= square(r))
    }

    /// `[2 r + 1, 2 r + 1]`: the cells more than `inner` and at most `r` from the middle.
    ///
    /// ```
    /// use ndwindow::Mask;
    ///
    /// assert_eq!(Mask::ring(0, 1).cells().iter().map(|&b| b as u8).collect::<Vec<_>>(), [0, 1, 0, 1, 0, 1, 0, 1, 0]);
    /// ```
    ///
    /// # Panics
    /// If there is no memory for so many cells.
    pub fn ring(inner: usize, r: usize) -> Mask {
        Self::round(r, |far| far > square(inner) && far <= square(r))
    }

    /// The lines along every axis through the middle of a window of this shape (the upper one of two): a plus for two axes.
    ///
    /// # Errors
    /// As [`from_fn`](Self::from_fn).
    ///
    /// ```
    /// use ndwindow::Mask;
    ///
    /// assert_eq!(Mask::cross([3, 3])?.count(), 5);
    /// assert_eq!(Mask::cross([3, 3, 3])?.count(), 7);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    pub fn cross(shape: impl IntoShape) -> Result<Mask> {
        let shape = dims(&shape);
        let middle: Dims = shape.iter().map(|n| n / 2).collect();
        Self::from_fn(&shape[..], |at| at.iter().zip(&middle).filter(|(a, m)| a != m).count() <= 1)
    }

    /// By the square of the distance from the middle.
    fn round(r: usize, holds: impl Fn(u128) -> bool) -> Mask {
        let size = r.saturating_mul(2).saturating_add(1);
        let mask = Self::from_fn([size, size], |at| holds(square(at[0].abs_diff(r)) + square(at[1].abs_diff(r))));
        match mask {
            Ok(mask) => mask,
            Err(error) => panic!("{error}"),
        }
    }

    /// The window's shape.
    pub fn shape(&self) -> &[usize] {
        self.cells.shape()
    }

    /// How many cells count.
    pub fn count(&self) -> usize {
        self.cells.iter().filter(|&&cell| cell).count()
    }

    /// The cells themselves.
    pub fn cells(&self) -> View<'_, bool> {
        self.cells.view()
    }

    /// The mask turned around its middle: every axis backwards.
    #[must_use]
    pub fn turned(&self) -> Mask {
        let mut cells: Vec<bool> = self.cells.as_slice().to_vec();
        cells.reverse();
        match Array::new(cells, self.shape()) {
            Ok(cells) => Mask { cells },
            Err(_) => unreachable!("the shape of as many cells"),
        }
    }
}

fn square(n: usize) -> u128 {
    n as u128 * n as u128
}
