//! Overlapping tiles: large pictures and volumes processed piece by piece, and put together without seams.

use crate::array::{Array, IntoView, View};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::front::grouped::ungroup;
use crate::ops::{Fold, FoldElement, Merge, Taper, Tapers};
use crate::spec::{Axes, Dims, IntoAxes, IntoPerAxis, IntoShape, PerAxis, Plan, Tail, dims, unfold};
use alloc::vec::Vec;
use smallvec::SmallVec;

/// How a picture or volume is cut into overlapping tiles, and how they fade into each other when they are put together.
///
/// ```text
/// picture  |------------------------------|      10 by tiles of 4 that overlap by 1
/// tiles    |---a---|  |---c---|                  Tail::ShiftBack: the last one moves back to the edge
///                |---b---|
/// weights   /\__a_/\_b_/\_c                      where two overlap, each weighs less towards its own edge
/// ```
///
/// Neural networks and filters give their worst results near the edge of what they see; there a tile hardly counts, as
/// its neighbour sees the place from nearer its middle.
///
/// ```
/// use ndwindow::{Array, image::Tiles};
///
/// let picture = Array::new((0..100).map(|v| v as f32).collect(), [10, 10])?;
/// let tiling = Tiles::new(.., 4, 1).on(picture.shape())?;
/// assert_eq!((tiling.len(), tiling.shape()), (9, &[9, 4, 4][..]));
/// let doubled = tiling.process(&picture, |tile| tile.to_array().map(|v| 2.0 * v))?;
/// assert!(doubled.iter().zip(&picture).all(|(d, p)| (d - 2.0 * p).abs() < 1e-4));
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Tiles {
    axes: Axes,
    size: PerAxis<usize>,
    overlap: PerAxis<usize>,
    tail: Tail,
    taper: Tapers,
}

impl Tiles {
    /// Tiles of `size` along `axes` (`[0, 1]` for `[H, W, C]`, `[-2, -1]` for `[.., H, W]`), neighbours sharing `overlap`
    /// elements. The last tiles move back to the edge, weights fall linearly from the middle of a tile.
    pub fn new(axes: impl IntoAxes, size: impl IntoPerAxis<usize>, overlap: impl IntoPerAxis<usize>) -> Self {
        Tiles {
            axes: axes.into_axes(),
            size: size.into_per_axis(),
            overlap: overlap.into_per_axis(),
            tail: Tail::ShiftBack,
            taper: Taper::Linear.into(),
        }
    }

    /// What happens where tiles do not end at the edge: [`Tail::ShiftBack`] moves the last one back, [`Tail::Spread`] spreads
    /// all evenly, [`Tail::Partial`] lets the last ones overhang (zeros, which come back nowhere) and is the one for pictures
    /// smaller than a tile; [`Tail::Drop`] only fits pictures that tiles fill.
    pub fn tail(mut self, tail: Tail) -> Self {
        self.tail = tail;
        self
    }

    /// How a tile's weight falls towards its edges, one for all axes or one for each.
    pub fn taper(mut self, taper: impl Into<Tapers>) -> Self {
        self.taper = taper.into();
        self
    }

    /// The tiles of a picture of this shape.
    ///
    /// # Errors
    /// [`Error::Overlap`] for an overlap that is not below the size; [`Error::Uncovered`] where [`Tail::Drop`] leaves
    /// something out; [`Error::ZeroWeight`] for a taper with zeros; those of [`Unfold::plan`](crate::Unfold::plan).
    pub fn on(&self, shape: impl IntoShape) -> Result<Tiling> {
        let shape = dims(&shape);
        let number = match &self.axes {
            Axes::All => shape.len(),
            Axes::List(list) => list.len(),
        };
        for (what, given) in [("tile size", &self.size), ("tile overlap", &self.overlap)] {
            if let PerAxis::Each(list) = given
                && list.len() != number
            {
                return Err(Error::CountMismatch { what, given: list.len(), axes: number });
            }
        }
        let at = |given: &PerAxis<usize>, k: usize| match given {
            PerAxis::One(n) => *n,
            PerAxis::Each(list) => list[k],
        };
        let mut steps = Dims::new();
        for k in 0..number {
            let (size, overlap) = (at(&self.size, k), at(&self.overlap, k));
            if size > 0 && overlap >= size {
                return Err(Error::Overlap { overlap, size });
            }
            steps.push(size.saturating_sub(overlap).max(1));
        }
        let request = match &self.axes {
            Axes::All => unfold(.., self.size.clone(), &steps[..]),
            Axes::List(list) => unfold(&list[..], self.size.clone(), &steps[..]),
        };
        let plan = request.tail(self.tail).grid_first().plan(&shape[..])?;
        plan.prepare_fold(Merge::<f64>::weighted(self.taper.clone()))?;
        let tile = &plan.shape()[number..];
        let shape = [plan.len()].into_iter().chain(tile.iter().copied()).collect();
        Ok(Tiling { plan, shape, taper: self.taper.clone() })
    }
}

/// The tiles of pictures of one shape: what [`Tiles::on`] gives.
#[derive(Clone, Debug)]
pub struct Tiling {
    plan: Plan,
    shape: Dims,
    taper: Tapers,
}

impl Tiling {
    /// How many tiles there are.
    #[allow(clippy::len_without_is_empty)] // `is_empty` would not say of what
    pub fn len(&self) -> usize {
        self.shape[0]
    }

    /// The shape of all tiles: `[tiles, ..]`, then the picture's axes with the tile's size.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Where they lie.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// All tiles, copied: `[H, W, C] -> [tiles, size, size, C]`, in row-major order; cells that overhang are zero.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`].
    pub fn cut<'a, S: IntoView<'a>>(&self, picture: S) -> Result<Array<S::Elem>>
    where
        S::Elem: Element,
    {
        self.plan.windows(picture)?.try_to_array("tiles")?.reshape(&self.shape[..])
    }

    /// The tiles put together: `[tiles, size, size, C] -> [H, W, C]`, each element the weighted mean of the tiles over it.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`].
    pub fn blend<'a, S: IntoView<'a>>(&self, tiles: S) -> Result<Array<S::Elem>>
    where
        S::Elem: FoldElement,
    {
        self.merge(tiles, Merge::weighted(self.taper.clone()))
    }

    /// [`blend`](Self::blend) with a merge of the caller's: [`Merge::last`] pastes, [`Merge::mean`] weighs tiles equally.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`]; those of [`Plan::prepare_fold`].
    pub fn merge<'a, S: IntoView<'a>>(&self, tiles: S, merge: Merge<S::Elem>) -> Result<Array<S::Elem>>
    where
        S::Elem: FoldElement,
    {
        let tiles = tiles.into_view();
        if tiles.shape() != &self.shape[..] {
            let (expected, found) = (self.shape.to_vec(), tiles.shape().to_vec());
            return Err(Error::ShapeMismatch { what: "the array of tiles", expected, found });
        }
        let grid = self.plan.grid();
        let mut groups: SmallVec<[Dims; 6]> = SmallVec::new();
        groups.push(Dims::from_slice(grid));
        groups.extend(self.shape[1..].iter().map(|&n| Dims::from_slice(&[n])));
        let fold: Fold<S::Elem> = self.plan.prepare_fold(merge)?;
        fold.fold(ungroup(&tiles, &groups))
    }

    /// Cuts a picture, turns each tile into another of the same shape, and blends them.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] for a picture or a result of another shape.
    pub fn process<'a, S: IntoView<'a>, R: FoldElement>(
        &self,
        picture: S,
        mut f: impl FnMut(&View<'_, S::Elem>) -> Array<R>,
    ) -> Result<Array<R>>
    where
        S::Elem: Element,
    {
        let tiles = self.cut(picture)?;
        let mut results: Vec<R> = Vec::new();
        for tile in tiles.view().outer_iter(1) {
            let result = f(&tile);
            if result.shape() != tile.shape() {
                let (expected, found) = (tile.shape().to_vec(), result.shape().to_vec());
                return Err(Error::ShapeMismatch { what: "a processed tile", expected, found });
            }
            results.extend_from_slice(result.as_slice());
        }
        self.blend(&Array::new(results, &self.shape[..])?)
    }
}
