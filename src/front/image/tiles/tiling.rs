//! The tiles of pictures of one shape: where each lies, cutting, and putting together what was cut.

use crate::array::{Array, IntoView, View, ViewMut};
use crate::element::Element;
use crate::error::{Error, Irregular, Result};
use crate::front::grouped::ungroup;
use crate::ops::{FoldElement, Merge, Tapers};
use crate::spec::{Dims, Plan, list};
use core::ops::Range;
use smallvec::SmallVec;

/// A box: one range an axis; inline up to rank 6.
pub(super) type Ranges = SmallVec<[Range<usize>; 6]>;

/// The tiles of pictures of one shape: what [`Tiles::on`](super::Tiles::on) gives.
///
/// Tiles are numbered from 0 in row-major order of their grid.
#[derive(Clone, Debug)]
pub struct Tiling {
    plan: Plan,
    /// The same windows over the result.
    pub(super) results: Plan,
    /// Tiles, then the shape of one.
    shape: Dims,
    taper: Tapers,
    channels: Option<usize>,
}

/// Where one tile lies: what [`Tiling::tile`] gives. Numbers only.
///
/// ```
/// use ndwindow::image::Tiles;
///
/// let tiling = Tiles::new([0, 1], 4, 1).scale(2).on([10, 10, 3])?;
/// let tile = tiling.tile(5).unwrap(); // the last one of the second row
/// assert_eq!(tile.read(), [3..7, 6..10, 0..3]);
/// assert_eq!(tile.place(), [6..14, 12..20, 0..3]); // the result is twice as large
/// assert_eq!(tile.finished(), [6..12, 12..20, 0..3]); // the rest is shared with the third row
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    number: usize,
    index: Dims,
    read: Ranges,
    place: Ranges,
    weights: Ranges,
    finished: Ranges,
}

impl Tile {
    /// Its number.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Its place in the grid, one number a tiled axis in the order of the request.
    pub fn index(&self) -> &[usize] {
        &self.index
    }

    /// The box of the picture it is cut from: smaller than the tile where that overhangs ([`Tail::Partial`](crate::Tail::Partial)).
    pub fn read(&self) -> &[Range<usize>] {
        &self.read
    }

    /// The box of the result that what it becomes lies over.
    pub fn place(&self) -> &[Range<usize>] {
        &self.place
    }

    /// The part of what it becomes that lies over [`place`](Self::place), and of its tapers: all of it unless it overhangs.
    pub fn weights(&self) -> &[Range<usize>] {
        &self.weights
    }

    /// The box of the result that no later tile lies over, but this one does: what a [`Blender`](super::Blender) hands out when it comes. Those of
    /// all tiles are the whole result, each element once.
    pub fn finished(&self) -> &[Range<usize>] {
        &self.finished
    }
}

impl Tiling {
    pub(super) fn new(plan: Plan, results: Plan, taper: Tapers, channels: Option<usize>) -> Tiling {
        let tile = &plan.shape()[plan.axes().len()..];
        let shape = [plan.len()].into_iter().chain(tile.iter().copied()).collect();
        Tiling { plan, results, shape, taper, channels }
    }

    /// How many tiles there are.
    #[allow(clippy::len_without_is_empty)] // `is_empty` would not say of what
    pub fn len(&self) -> usize {
        self.shape[0]
    }

    /// The shape of all tiles: `[tiles, ..]`, then the picture's axes with the tile's size.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The shape of what the tiles are put together to: the picture's at the [`scale`](super::Tiles::scale), with the
    /// [`channels`](super::Tiles::channels) of the results.
    pub fn result_shape(&self) -> &[usize] {
        self.results.input_shape()
    }

    /// Where they lie.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Where tile `k` lies, which follows from the request and `k` alone; `None` from [`len`](Self::len) on.
    ///
    /// Time follows the rank; no allocation up to rank 6.
    pub fn tile(&self, k: usize) -> Option<Tile> {
        if k >= self.len() {
            return None;
        }
        let mut index = Dims::from_slice(self.plan.grid());
        let mut rest = k;
        for at in index.iter_mut().rev() {
            (*at, rest) = (rest % *at, rest / *at);
        }
        let whole = |shape: &[usize]| shape.iter().map(|&n| 0..n).collect::<Ranges>();
        let (mut read, mut place) = (whole(self.plan.input_shape()), whole(self.results.input_shape()));
        let (mut weights, mut finished) = (place.clone(), place.clone());
        for ((axis, result), &i) in self.plan.axes().iter().zip(self.results.axes()).zip(&index) {
            let a = axis.axis();
            let over = |axis: &crate::AxisPlan| {
                let start = axis.start(i) as usize;
                start..(start + axis.window()).min(axis.len())
            };
            (read[a], place[a]) = (over(axis), over(result));
            weights[a] = 0..place[a].len();
            let next = if i + 1 < result.count() { result.start(i + 1) as usize } else { result.len() };
            finished[a] = place[a].start..next;
        }
        Some(Tile { number: k, index, read, place, weights, finished })
    }

    /// Ranges of `n` tiles, the last one of what is left; they may be taken in any order.
    ///
    /// # Panics
    /// If `n` is 0.
    pub fn batches(&self, n: usize) -> impl ExactSizeIterator<Item = Range<usize>> + DoubleEndedIterator + use<> {
        assert!(n > 0, "{}", Error::zero_batch());
        let len = self.len();
        (0..len.div_ceil(n)).map(move |b| b * n..(b * n).saturating_add(n).min(len))
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

    /// Tile `k` alone, copied: `[H, W, C] -> [size, size, C]`; cells that overhang are zero.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`], [`Error::TileOutside`].
    pub fn cut_tile<'a, S: IntoView<'a>>(&self, k: usize, picture: S) -> Result<Array<S::Elem>>
    where
        S::Elem: Element,
    {
        let picture = picture.into_view();
        let mut tile = Array::try_zeros("a tile", Dims::from_slice(&self.shape[1..]))?;
        self.cut_into(&self.checked(k, &picture)?, &picture, tile.as_mut_slice())?;
        Ok(tile)
    }

    /// Tile `k` alone, as a view of the picture: nothing is copied.
    ///
    /// # Errors
    /// [`Error::NotStrided`] for a tile that overhangs; [`Error::ShapeMismatch`], [`Error::TileOutside`].
    pub fn view_tile<'a, S: IntoView<'a>>(&self, k: usize, picture: S) -> Result<View<'a, S::Elem>> {
        let picture = picture.into_view();
        let tile = self.checked(k, &picture)?;
        match self.overhanging(&tile) {
            Some(axis) => Err(Error::NotStrided { axis, cause: Irregular::Overhang }),
            None => cut_box(&picture, &tile.read),
        }
    }

    /// The first axis along which a tile leaves the picture.
    pub(super) fn overhanging(&self, tile: &Tile) -> Option<usize> {
        tile.read.iter().zip(&self.shape[1..]).position(|(r, &n)| r.len() < n)
    }

    /// A tile whose number is right, of a picture whose shape is.
    pub(super) fn checked<T>(&self, k: usize, picture: &View<'_, T>) -> Result<Tile> {
        self.check_picture(picture)?;
        self.tile(k).ok_or(Error::TileOutside { tile: k, len: self.len() })
    }

    pub(super) fn check_picture<T>(&self, picture: &View<'_, T>) -> Result<()> {
        if picture.shape() == self.plan.input_shape() {
            return Ok(());
        }
        let (expected, found) = (self.plan.input_shape().to_vec(), picture.shape().to_vec());
        Err(Error::ShapeMismatch { what: "the array", expected, found })
    }

    /// Writes a tile's cells; what overhangs is left as it is.
    pub(super) fn cut_into<T: Element>(&self, tile: &Tile, picture: &View<'_, T>, out: &mut [T]) -> Result<()> {
        let cells = cut_box(picture, &tile.read)?;
        if self.overhanging(tile).is_none() {
            return cells.copy_into(out);
        }
        let inside: Ranges = tile.read.iter().map(|r| 0..r.len()).collect();
        write_box(out, &self.shape[1..], &inside, &cells)
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

    /// [`blend`](Self::blend) with a merge of the caller's: [`Merge::last`] pastes, [`Merge::crop`] keeps the middles of tiles,
    /// [`Merge::mean`] weighs them equally.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`]; those of [`Plan::prepare_fold`].
    pub fn merge<'a, S: IntoView<'a>>(&self, tiles: S, merge: Merge<S::Elem>) -> Result<Array<S::Elem>>
    where
        S::Elem: FoldElement,
    {
        let tiles = tiles.into_view();
        let one = tiles.shape().get(1..).unwrap_or(&[]);
        let plan = match self.results_of(one, "the array of tiles") {
            Ok(plan) if tiles.rank() > 0 && tiles.shape()[0] == self.len() => plan,
            _ => {
                let expected = [&[self.len()], self.result_tile()].concat();
                return Err(Error::ShapeMismatch {
                    what: "the array of tiles",
                    expected,
                    found: tiles.shape().to_vec(),
                });
            }
        };
        let mut groups: SmallVec<[Dims; 6]> = SmallVec::new();
        groups.push(Dims::from_slice(plan.grid()));
        groups.extend(one.iter().map(|&n| Dims::from_slice(&[n])));
        plan.prepare_fold(merge)?.fold(ungroup(&tiles, &groups))
    }

    /// The shape of what one tile becomes, with the channels asked for, or the picture's.
    pub(super) fn result_tile(&self) -> &[usize] {
        &self.results.shape()[self.results.axes().len()..]
    }

    /// The plan of results whose tiles have this shape: they may have another number of channels.
    pub(super) fn results_of(&self, tile: &[usize], what: &'static str) -> Result<Plan> {
        let expected = self.result_tile();
        let tiled = |a: usize| self.channels.is_some() || self.plan.axes().iter().any(|axis| axis.axis() == a);
        if tile.len() != expected.len() || (0..tile.len()).any(|a| tiled(a) && tile[a] != expected[a]) {
            return Err(Error::ShapeMismatch { what, expected: expected.to_vec(), found: tile.to_vec() });
        }
        if tile == expected {
            return Ok(self.results.clone());
        }
        let whole = self.results.input_shape();
        let shape = list(tile.len(), |a| if tile[a] == expected[a] { whole[a] } else { tile[a] });
        Plan::new(shape, self.results.axes().into(), true)
    }

    /// How tiles weigh.
    pub(super) fn tapers(&self) -> &Tapers {
        &self.taper
    }

    /// The weighted mean of tiles by this tiling's tapers.
    pub(super) fn weighted<T: FoldElement>(&self) -> Merge<T> {
        Merge::weighted(self.taper.clone())
    }
}

/// A box of a view.
pub(super) fn cut_box<'a, T>(view: &View<'a, T>, ranges: &[Range<usize>]) -> Result<View<'a, T>> {
    let mut axes = ranges.iter().enumerate();
    axes.try_fold(view.clone(), |view, (axis, r)| view.slice(axis as isize, r.start, 1, r.len()))
}

/// The last axis along which a box is shorter than the array: from there on the elements of both lie side by side.
pub(super) fn last_cut(ranges: &[Range<usize>], shape: &[usize]) -> usize {
    ranges.iter().zip(shape).rposition(|(r, &n)| r.len() < n).unwrap_or(0)
}

/// Copies a box into an array of some shape, given as its row-major elements.
pub(super) fn write_box<T: Element>(
    out: &mut [T],
    shape: &[usize],
    ranges: &[Range<usize>],
    cells: &View<'_, T>,
) -> Result<()> {
    let cut = last_cut(ranges, shape);
    let mut to = ViewMut::new(out, shape)?;
    for (axis, r) in ranges.iter().enumerate() {
        to = to.slice(axis as isize, r.start, 1, r.len())?;
    }
    for (mut row, cells) in to.outer_iter_mut(cut).zip(cells.outer_iter(cut)) {
        match row.as_mut_slice() {
            Some(row) => cells.copy_into(row)?,
            None => unreachable!("nothing is cut behind the last axis that is"),
        }
    }
    Ok(())
}
