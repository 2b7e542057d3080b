//! A picture cut, processed and blended, on one thread or on all.

use super::joined::Joined;
use super::tiling::{Tile, Tiling, cut_box};
use crate::array::{Array, IntoView, View};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::ops::FoldElement;
use crate::spec::Dims;
use core::ops::ControlFlow;

/// What a closure makes of a tile: an array, or a `Result` of one.
pub trait TileOutput {
    /// The type of the elements.
    type Elem: FoldElement;
    /// What a run fails with.
    type Error: From<Error>;
    /// The array, or why there is none.
    ///
    /// # Errors
    /// Those of the closure.
    fn into_result(self) -> Result<Array<Self::Elem>, Self::Error>;
}

impl<T: FoldElement> TileOutput for Array<T> {
    type Elem = T;
    type Error = Error;

    fn into_result(self) -> Result<Array<T>> {
        Ok(self)
    }
}

impl<T: FoldElement, E: From<Error>> TileOutput for Result<Array<T>, E> {
    type Elem = T;
    type Error = E;

    fn into_result(self) -> Result<Array<T>, E> {
        self
    }
}

/// A tiling whose runs are watched: what [`Tiling::with_progress`] gives.
#[must_use]
pub struct Processing<'t, P> {
    tiling: &'t Tiling,
    progress: P,
}

impl Tiling {
    /// Calls `progress(done, total)` after every tile, in order, and stops when it says so: runs of the returned value are those of
    /// this tiling, watched.
    ///
    /// ```
    /// use core::ops::ControlFlow;
    /// use ndwindow::{Array, Error, image::Tiles};
    ///
    /// let picture = Array::from_elem(1.0f32, [10, 10])?;
    /// let tiling = Tiles::new(.., 4, 1).on(picture.shape())?;
    /// let stopped = tiling
    ///     .with_progress(|done, _| if done < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    ///     .process(&picture, |tile| tile.to_array());
    /// assert_eq!(stopped, Err(Error::Stopped { done: 3, total: 9 }));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn with_progress<P>(&self, progress: P) -> Processing<'_, P>
    where
        P: FnMut(usize, usize) -> ControlFlow<()>,
    {
        Processing { tiling: self, progress }
    }

    /// Cuts a picture, turns each tile into another, and blends them: `[H, W, C] -> [H', W', C']`.
    ///
    /// `f` returns an array, or a `Result` of one whose error ends the run; all of the same shape: the tile's, times the
    /// [`scale`](super::Tiles::scale) if one was asked for, with any number of channels. A tile is a view of the picture unless it
    /// overhangs. Runs in the caller's `rayon` pool, with the same bits for any number of threads; see
    /// [`process_in_order`](Self::process_in_order) for closures that keep something, [`process_batches`](Self::process_batches)
    /// for several tiles at once, [`with_progress`](Self::with_progress) to watch and to stop.
    ///
    /// Beside picture and result, memory holds the results that a later tile lies over as well (less than two rows of tiles, where
    /// they overlap by less than half), and two for each thread.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] for a picture or a result of another shape; [`Error::OutOfMemory`]; those of `f`.
    pub fn process<'a, S, O>(
        &self,
        picture: S,
        f: impl Fn(&View<'_, S::Elem>) -> O + Sync,
    ) -> Result<Array<O::Elem>, O::Error>
    where
        S: IntoView<'a>,
        S::Elem: Element,
        O: TileOutput,
        O::Error: Send,
    {
        self.with_progress(unwatched).process(picture, f)
    }

    /// [`process`](Self::process) on one thread, tile after tile, with a closure that may keep something from one to the next.
    ///
    /// # Errors
    /// As [`process`](Self::process).
    pub fn process_in_order<'a, S, O>(
        &self,
        picture: S,
        f: impl FnMut(&View<'_, S::Elem>) -> O,
    ) -> Result<Array<O::Elem>, O::Error>
    where
        S: IntoView<'a>,
        S::Elem: Element,
        O: TileOutput,
    {
        self.with_progress(unwatched).process_in_order(picture, f)
    }

    /// [`process`](Self::process) with `n` tiles at a time, as neural networks like them: `f` turns `[n, size, size, C]` into
    /// `[n, size', size', C']`; the last batch holds what is left. On one thread, batch after batch.
    ///
    /// # Errors
    /// As [`process`](Self::process), and [`Error::Parameter`] for batches of no tiles.
    pub fn process_batches<'a, S, O>(
        &self,
        picture: S,
        n: usize,
        f: impl FnMut(&View<'_, S::Elem>) -> O,
    ) -> Result<Array<O::Elem>, O::Error>
    where
        S: IntoView<'a>,
        S::Elem: Element,
        O: TileOutput,
    {
        self.with_progress(unwatched).process_batches(picture, n, f)
    }
}

impl<'t, P: FnMut(usize, usize) -> ControlFlow<()>> Processing<'t, P> {
    /// [`Tiling::process`]; the callback is called by one thread after another.
    ///
    /// # Errors
    /// As there, and [`Error::Stopped`].
    pub fn process<'a, S, O>(
        self,
        picture: S,
        f: impl Fn(&View<'_, S::Elem>) -> O + Sync,
    ) -> Result<Array<O::Elem>, O::Error>
    where
        P: Send,
        S: IntoView<'a>,
        S::Elem: Element,
        O: TileOutput,
        O::Error: Send,
    {
        #[cfg(feature = "rayon")]
        if rayon::current_num_threads() > 1 && self.tiling.len() > 1 {
            let picture = picture.into_view();
            self.tiling.check_picture(&picture)?;
            let tiling = self.tiling;
            let make = |tile: &Tile| with_tile(tiling, tile, &picture, |view| f(view).into_result());
            return super::threads::run(tiling, self.progress, &make);
        }
        self.process_in_order(picture, f)
    }

    /// [`Tiling::process_in_order`].
    ///
    /// # Errors
    /// As there, and [`Error::Stopped`].
    pub fn process_in_order<'a, S, O>(
        self,
        picture: S,
        mut f: impl FnMut(&View<'_, S::Elem>) -> O,
    ) -> Result<Array<O::Elem>, O::Error>
    where
        S: IntoView<'a>,
        S::Elem: Element,
        O: TileOutput,
    {
        let picture = picture.into_view();
        let tiling = self.tiling;
        tiling.check_picture(&picture)?;
        let mut joined = Joined::new(self.tiling, self.progress);
        for k in 0..tiling.len() {
            let tile = tiling.checked(k, &picture)?;
            joined.take(with_tile(tiling, &tile, &picture, |view| f(view).into_result())?)?;
        }
        Ok(joined.finish()?)
    }

    /// [`Tiling::process_batches`]; the callback is called for every tile of a batch.
    ///
    /// # Errors
    /// As there, and [`Error::Stopped`].
    pub fn process_batches<'a, S, O>(
        self,
        picture: S,
        n: usize,
        mut f: impl FnMut(&View<'_, S::Elem>) -> O,
    ) -> Result<Array<O::Elem>, O::Error>
    where
        S: IntoView<'a>,
        S::Elem: Element,
        O: TileOutput,
    {
        let picture = picture.into_view();
        let tiling = self.tiling;
        tiling.check_picture(&picture)?;
        if n == 0 {
            return Err(Error::zero_batch().into());
        }
        let mut joined = Joined::new(self.tiling, self.progress);
        let cells: usize = tiling.shape()[1..].iter().product();
        for range in tiling.batches(n) {
            let mut shape = Dims::from_slice(tiling.shape());
            shape[0] = range.len();
            let mut batch = Array::try_zeros("a batch of tiles", shape)?;
            for (i, k) in range.clone().enumerate() {
                let tile = tiling.checked(k, &picture)?;
                tiling.cut_into(&tile, &picture, &mut batch.as_mut_slice()[i * cells..(i + 1) * cells])?;
            }
            let results = f(&batch.view()).into_result()?;
            drop(batch);
            if results.shape().first() != Some(&range.len()) {
                let expected = [&[range.len()], tiling.result_tile()].concat();
                let found = results.shape().to_vec();
                return Err(Error::ShapeMismatch { what: "a processed batch of tiles", expected, found }.into());
            }
            for result in results.view().outer_iter(1) {
                joined.take(result.to_array())?;
            }
        }
        Ok(joined.finish()?)
    }
}

/// Calls `f` with a tile: a view of the picture, or of a copy of one that overhangs.
fn with_tile<T: Element, R, E: From<Error>>(
    tiling: &Tiling,
    tile: &Tile,
    picture: &View<'_, T>,
    f: impl FnOnce(&View<'_, T>) -> Result<R, E>,
) -> Result<R, E> {
    if tiling.overhanging(tile).is_none() {
        return f(&cut_box(picture, tile.read())?);
    }
    let mut cells = Array::try_zeros("a tile", Dims::from_slice(&tiling.shape()[1..]))?;
    tiling.cut_into(tile, picture, cells.as_mut_slice())?;
    f(&cells.view())
}

/// Goes on, whatever was done.
fn unwatched(_: usize, _: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
