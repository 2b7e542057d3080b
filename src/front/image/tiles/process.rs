//! A picture cut, processed and blended, on one thread or on all.

use super::blender::{Joiner, write_box};
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

impl<'t, P: FnMut(usize, usize) -> ControlFlow<()>> Processing<'t, P> {
    pub(super) fn new(tiling: &'t Tiling, progress: P) -> Self {
        Processing { tiling, progress }
    }

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
            return super::threads::run(tiling, Joined::new(self), &make);
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
        let mut joined = Joined::new(self);
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
        let mut joined = Joined::new(self);
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

/// Results put together tile after tile, and who is told of it.
pub(super) struct Joined<'t, T, P> {
    watched: Processing<'t, P>,
    /// The first result says how many channels there are.
    parts: Option<(Joiner<T>, Array<T>)>,
}

impl<'t, T: FoldElement, P: FnMut(usize, usize) -> ControlFlow<()>> Joined<'t, T, P> {
    fn new(watched: Processing<'t, P>) -> Self {
        Joined { watched, parts: None }
    }

    /// How many results were taken.
    #[cfg(feature = "rayon")]
    pub(super) fn done(&self) -> usize {
        self.parts.as_ref().map_or(0, |(joiner, _)| joiner.next())
    }

    /// Takes the next result.
    pub(super) fn take(&mut self, cells: Array<T>) -> Result<()> {
        let tiling = self.watched.tiling;
        let (joiner, out) = match &mut self.parts {
            Some(parts) => parts,
            None => {
                let plan = tiling.results_of(cells.shape(), "a processed tile")?;
                let joiner = Joiner::new(tiling, plan, tiling.weighted())?;
                let out = Array::try_zeros("blended tiles", Dims::from_slice(joiner.shape()))?;
                self.parts.insert((joiner, out))
            }
        };
        let place = joiner.expected(joiner.next(), cells.shape())?;
        let shape = Dims::from_slice(out.shape());
        let mut written = Ok(());
        joiner.take(&place, cells, false, &mut |ranges, region| {
            written = write_box(out.as_mut_slice(), &shape, ranges, region);
        })?;
        written?;
        let (done, total) = (joiner.next(), tiling.len());
        match (self.watched.progress)(done, total) {
            ControlFlow::Break(()) if done < total => Err(Error::Stopped { done, total }),
            _ => Ok(()),
        }
    }

    /// The whole result.
    pub(super) fn finish(self) -> Result<Array<T>> {
        match self.parts {
            Some((joiner, out)) => joiner.finish().map(|()| out),
            None => Array::try_zeros("blended tiles", Dims::from_slice(self.watched.tiling.result_shape())),
        }
    }
}
