//! A plan over real elements: views and copies.

use super::gather::gather;
use crate::array::{Array, IntoView, IntoViewMut, Picked, SameBits, View, ViewMut};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::spec::{Dims, Part, Plan, Unfold, list};
use core::ops::Deref;

/// The windows of a plan over the elements of an array; nothing is copied until asked for.
pub struct Windows<'a, T> {
    cells: AnyWindows<'a, T>,
}

/// The windows of elements that have no `Default`: what [`Windows`] is inside, and becomes by itself where
/// [`map`](AnyWindows::map), [`map_in_order`](AnyWindows::map_in_order) or [`map_into`](AnyWindows::map_into) is called on
/// windows of such elements. (So it does in generic code that knows no more of its elements than `Clone`.)
pub struct AnyWindows<'a, T> {
    pub(super) plan: Plan,
    pub(super) source: View<'a, T>,
    pub(super) fill: Option<T>,
}

impl<'a, T> Deref for Windows<'a, T> {
    type Target = AnyWindows<'a, T>;

    #[inline]
    fn deref(&self) -> &AnyWindows<'a, T> {
        &self.cells
    }
}

impl Unfold {
    /// The windows of this request over an array: [`plan`](Self::plan) on its shape, with its elements.
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan).
    #[inline]
    pub fn windows<'a, S: IntoView<'a>>(&self, source: S) -> Result<Windows<'a, S::Elem>> {
        let source = source.into_view();
        let plan = self.plan(source.shape())?;
        Ok(Windows { cells: AnyWindows { plan, source, fill: None } })
    }

    /// The windows of this request as one mutable strided view, where they share no element.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let mut x = [1, 2, 3, 4, 5, 6, 7];
    /// for (i, mut pair) in unfold(0, 2, 3).windows_mut(&mut x[..])?.outer_iter_mut(1).enumerate() {
    ///     pair[[0]] = 10 * i;
    /// }
    /// assert_eq!(x, [0, 2, 3, 10, 5, 6, 7]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan); [`Error::NotStrided`]; [`Error::WindowsOverlap`].
    pub fn windows_mut<'a, S: IntoViewMut<'a>>(&self, source: S) -> Result<ViewMut<'a, S::Elem>> {
        let source = source.into_view_mut();
        self.plan(source.shape())?.windows_mut(source)
    }
}

impl Plan {
    /// The windows of this plan over an array of its shape.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`].
    pub fn windows<'a, S: IntoView<'a>>(&self, source: S) -> Result<Windows<'a, S::Elem>> {
        let source = source.into_view();
        self.check_shape("the array", source.shape())?;
        Ok(Windows { cells: AnyWindows { plan: self.clone(), source, fill: None } })
    }

    /// The windows of this plan as one mutable strided view; see [`Unfold::windows_mut`].
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`], [`Error::NotStrided`], [`Error::WindowsOverlap`].
    pub fn windows_mut<'a, S: IntoViewMut<'a>>(&self, source: S) -> Result<ViewMut<'a, S::Elem>> {
        let source = source.into_view_mut();
        self.check_shape("the array", source.shape())?;
        self.check_strided()?;
        if let Some(a) = self.axes().iter().find(|a| a.is_overlapping()) {
            let (window, step, span) = (a.window(), a.even_step().unwrap_or(a.step()), a.span());
            return Err(Error::WindowsOverlap { axis: a.axis(), window, step, span });
        }
        match source.pick(&self.first(), self.shape().len(), self.picked()) {
            Some(view) => Ok(view),
            None => unreachable!("a strided plan's elements lie inside its array, each once"),
        }
    }

    fn check_shape(&self, what: &'static str, shape: &[usize]) -> Result<()> {
        if shape == self.input_shape() {
            return Ok(());
        }
        Err(Error::ShapeMismatch { what, expected: self.input_shape().to_vec(), found: shape.to_vec() })
    }

    /// The windows of a strided plan over an array of its shape.
    #[inline]
    pub(super) fn strided_view<'a, T>(&self, source: &View<'a, T>) -> View<'a, T> {
        match source.pick(&self.first(), self.shape().len(), self.picked()) {
            Some(view) => view,
            None => unreachable!("a strided plan's elements lie inside its array"),
        }
    }

    /// Where the first window of a strided plan starts on each axis of its array.
    #[inline]
    fn first(&self) -> Dims {
        let mut starts = list(self.input_shape().len(), |_| 0);
        for a in self.axes() {
            // Without windows nothing is picked, and a start might not exist.
            if a.count() > 0 {
                starts[a.axis()] = a.start_of(0) as usize;
            }
        }
        starts
    }

    /// Each axis of the view of a strided plan, as a pick of its array's axes.
    fn picked(&self) -> impl Fn(usize) -> Picked {
        |o| {
            let (axis, step) = self.along(o);
            Picked { axis, step, count: self.shape()[o] }
        }
    }
}

impl Part {
    /// The windows of this part over an array that holds nothing but [`read`](Part::read): every verb gives what the whole plan's
    /// windows give in [`write`](Part::write), to the last bit.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] for a piece of another shape than that of [`read`](Part::read).
    pub fn windows<'a, S: IntoView<'a>>(&self, piece: S) -> Result<Windows<'a, S::Elem>> {
        self.piece().windows(piece)
    }
}

impl<'a, T> Windows<'a, T> {
    /// Where the windows lie.
    #[inline]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The array they lie on.
    #[inline]
    pub fn source(&self) -> &View<'a, T> {
        &self.source
    }

    /// The value empty padding reads as, if one was given.
    #[inline]
    pub fn fill_value(&self) -> Option<&T> {
        self.fill.as_ref()
    }

    /// Puts a value into empty padding, which then counts as elements.
    ///
    /// Holes of a base dilation and cells that overhang the end never count in reductions; copies write the value there
    /// too.
    #[must_use]
    pub fn fill(mut self, value: T) -> Self {
        self.cells.fill = Some(value);
        self
    }

    /// The same windows with the axes of views and copies in another order, as [`View::permute`] on the view gives it.
    ///
    /// # Errors
    /// [`Error::NotAnOrder`].
    pub fn permute(mut self, order: &[isize]) -> Result<Self> {
        self.cells.plan = self.plan.permute(order)?;
        Ok(self)
    }

    /// All windows as one strided view; no element is copied, and up to rank 6 nothing is allocated.
    ///
    /// # Errors
    /// [`Error::NotStrided`] where padding, an overhang, holes or uneven starts rule it out.
    #[inline]
    pub fn view(&self) -> Result<View<'a, T>> {
        self.plan.check_strided()?;
        Ok(self.plan.strided_view(&self.source))
    }

    /// All windows copied into a row-major array of the plan's shape; empty cells are zero or the fill.
    ///
    /// Time and memory: one pass over the result; in the caller's `rayon` pool if it is large.
    ///
    /// # Panics
    /// If the copy has more bytes than an address space, or than memory can be had ([`copy_into`](Self::copy_into)
    /// needs none).
    pub fn to_array(&self) -> Array<T>
    where
        T: Element,
    {
        match self.try_to_array("a copy of windows") {
            Ok(array) => array,
            Err(error) => panic!("{error}"),
        }
    }

    /// [`to_array`](Self::to_array), or an error that calls the copy `what`.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::OutOfMemory`].
    pub(crate) fn try_to_array(&self, what: &'static str) -> Result<Array<T>>
    where
        T: Element,
    {
        let mut array = Array::try_zeros(what, Dims::from_slice(self.plan.shape()))?;
        gather(&self.plan, &self.source, self.fill.unwrap_or_default(), array.as_mut_slice());
        Ok(array)
    }

    /// All windows copied into `out`, row-major in the plan's shape; empty cells are zero or the fill.
    ///
    /// # Errors
    /// [`Error::BufferLength`] unless `out` has exactly as many elements.
    pub fn copy_into(&self, out: &mut [T]) -> Result<()>
    where
        T: Element,
    {
        let expected: usize = self.plan.shape().iter().product();
        if out.len() != expected {
            let shape = self.plan.shape().to_vec();
            return Err(Error::BufferLength { shape, expected, found: out.len() });
        }
        gather(&self.plan, &self.source, self.fill.unwrap_or_default(), out);
        Ok(())
    }

    /// Whether a buffer has as many elements as a reduction.
    pub(crate) fn check_buffer(&self, found: usize) -> Result<()> {
        let shape = self.plan.reduced_dims();
        let expected: usize = shape.iter().product();
        if found == expected { Ok(()) } else { Err(Error::BufferLength { shape: shape.to_vec(), expected, found }) }
    }
}

impl<'a, T> Windows<'a, T> {
    /// The same windows over the same elements.
    pub(crate) fn bits<B>(&self) -> Windows<'a, B>
    where
        T: SameBits<B>,
    {
        let (plan, source, fill) = (self.plan.clone(), self.source.bits(), self.fill.map(T::bits));
        Windows { cells: AnyWindows { plan, source, fill } }
    }
}
