//! Tiles put together one after another, with no more in memory than tiles that overlap what is not finished.
//!
//! ```text
//! +-----+-----+-----+     Tile k finishes the box from where it starts to where the next one along each axis does:
//! |  0  |  1  |  2  |     later tiles start behind it along some axis. The boxes of all tiles are the whole result.
//! +-----+--+--+-----+
//! |  3  |k |..          A tile is held until the last box it lies over was finished.
//! +-----+--+
//! ```

use super::tiling::{Ranges, Tile, Tiling};
use crate::array::{Array, IntoView, View};
use crate::error::{Error, Result};
use crate::ops::{Fold, FoldElement, FoldPart, Merge};
use crate::spec::{AxisPlan, Dims, Plan};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;

/// What is called with each finished region.
type Hand<'h, T> = dyn FnMut(&[Range<usize>], &View<'_, T>) + 'h;

/// What an entry of the map of held tiles takes beside its cells, and the counts of who holds it.
const ENTRY: usize = 6 * size_of::<usize>();

/// Puts tiles together one after another, in the order of their numbers: what [`Tiling::blender`] gives.
///
/// Each region of the result is handed to the callback as soon as no later tile lies over it: write it to a file, quantise it, take
/// its argmax. It holds what [`Tiling::blend`] of all tiles holds there, to the last bit.
///
/// ```
/// use ndwindow::{Array, image::Tiles};
///
/// let picture = Array::new((0..100).map(|v| v as f32).collect(), [10, 10])?;
/// let tiling = Tiles::new(.., 4, 1).on([10, 10])?;
/// let mut regions = Vec::new();
/// let mut blender = tiling.blender(|place, region| regions.push((place.to_vec(), region.to_array())))?;
/// for k in 0..tiling.len() {
///     blender.push(k, &tiling.cut_tile(k, &picture)?)?;
/// }
/// blender.finish()?;
/// assert_eq!(regions[0].0, [0..3, 0..3]); // the fourth row and column are shared
/// assert_eq!(regions[8].0, [6..10, 6..10]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[must_use]
pub struct Blender<T, F> {
    joiner: Joiner<T>,
    hand: F,
}

impl Tiling {
    /// What puts tiles together one after another, with results of [`result_shape`](Self::result_shape): `hand` gets each region of it
    /// as soon as no later tile lies over it, with the box of the result that it is.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], [`Error::TooLarge`].
    pub fn blender<T, F>(&self, hand: F) -> Result<Blender<T, F>>
    where
        T: FoldElement,
        F: FnMut(&[Range<usize>], &View<'_, T>),
    {
        self.blender_with(self.weighted(), hand)
    }

    /// [`blender`](Self::blender) with a merge of the caller's.
    ///
    /// # Errors
    /// As there, and those of [`Plan::prepare_fold`].
    pub fn blender_with<T, F>(&self, merge: Merge<T>, hand: F) -> Result<Blender<T, F>>
    where
        T: FoldElement,
        F: FnMut(&[Range<usize>], &View<'_, T>),
    {
        Ok(Blender::new(Joiner::new(self, self.results.clone(), merge)?, hand))
    }
}

impl<T: FoldElement, F: FnMut(&[Range<usize>], &View<'_, T>)> Blender<T, F> {
    pub(super) fn new(joiner: Joiner<T>, hand: F) -> Self {
        Blender { joiner, hand }
    }

    /// Takes tile `k`, which must be the next one, and hands out the region that it finishes ([`Tile::finished`]).
    ///
    /// The tile is copied, into memory of one that is no longer needed. After an error nothing has changed.
    ///
    /// # Errors
    /// [`Error::TileTwice`], [`Error::TileOutOfOrder`], [`Error::TileOutside`]; [`Error::ShapeMismatch`]; [`Error::DoesNotFit`];
    /// [`Error::OutOfMemory`].
    pub fn push<'a, S: IntoView<'a, Elem = T>>(&mut self, k: usize, tile: S) -> Result<()> {
        let tile = tile.into_view();
        let place = self.joiner.expected(k, tile.shape())?;
        let mut cells = match self.joiner.spare.pop() {
            Some(cells) => cells,
            None => Array::try_zeros("a tile", Dims::from_slice(tile.shape()))?,
        };
        tile.copy_into(cells.as_mut_slice())?;
        self.joiner.take(&place, cells, true, &mut self.hand)
    }

    /// The number of the tile that is to come; as many were pushed.
    pub fn next(&self) -> usize {
        self.joiner.next
    }

    /// The most bytes it ever holds, known before the first tile comes: tiles, one region, tapers, and what folding takes on the
    /// threads of the current pool.
    pub fn peak_bytes(&self) -> usize {
        self.joiner.peak
    }

    /// Ends it: every region was handed out.
    ///
    /// # Errors
    /// [`Error::TilesMissing`] if it was not.
    pub fn finish(self) -> Result<()> {
        self.joiner.finish()
    }
}

/// What a blender knows of its tiles and holds of them.
pub(super) struct Joiner<T> {
    tiling: Tiling,
    fold: Fold<T>,
    /// The shape of a tile's result.
    tile: Dims,
    /// For each tiled axis and each tile along it, the tiles whose last box it finishes.
    done: Vec<Vec<Range<usize>>>,
    held: BTreeMap<usize, Arc<Array<T>>>,
    spare: Vec<Array<T>>,
    region: Array<T>,
    next: usize,
    peak: usize,
}

impl<T: FoldElement> Joiner<T> {
    pub(super) fn new(tiling: &Tiling, results: Plan, merge: Merge<T>) -> Result<Self> {
        let fold = results.prepare_fold(merge)?;
        let axes = results.axes();
        let tile = Dims::from_slice(&results.shape()[axes.len()..]);
        let done: Vec<Vec<Range<usize>>> = axes.iter().map(finishes).collect();
        let mut largest = Dims::from_slice(results.input_shape());
        for axis in axes {
            let start = |i: usize| if i < axis.count() { axis.start(i) as usize } else { axis.len() };
            largest[axis.axis()] = (0..axis.count()).map(|i| start(i + 1) - start(i)).max().unwrap_or(0);
        }
        let cells: usize = tile.iter().product();
        let lists = done.iter().map(Vec::len).sum::<usize>() * size_of::<Range<usize>>();
        let held = most_held(&done, tiling.len());
        let tiles = held.saturating_mul(cells * size_of::<T>() + size_of::<Array<T>>() + ENTRY);
        let region = Array::try_zeros("a region of tiles", largest)?;
        let beside = region.len() * size_of::<T>() + lists + fold.bytes_beside(region.shape());
        let peak = tiles.saturating_add(beside).max(fold.bytes_to_make());
        Ok(Joiner {
            tiling: tiling.clone(),
            fold,
            tile,
            done,
            held: BTreeMap::new(),
            spare: Vec::new(),
            region,
            next: 0,
            peak,
        })
    }

    pub(super) fn next(&self) -> usize {
        self.next
    }

    /// Room for the largest region.
    #[cfg(feature = "rayon")]
    pub(super) fn room(&self) -> Result<Array<T>> {
        Array::try_zeros("a region of tiles", Dims::from_slice(self.region.shape()))
    }

    /// The shape of the whole result.
    pub(super) fn shape(&self) -> &[usize] {
        self.fold.plan().input_shape()
    }

    /// The place of tile `k`, if that is the one to come and has the right shape.
    pub(super) fn expected(&self, k: usize, shape: &[usize]) -> Result<Tile> {
        let (next, len) = (self.next, self.tiling.len());
        let place = self.tiling.tile(k).ok_or(Error::TileOutside { tile: k, len })?;
        if k < next {
            return Err(Error::TileTwice { tile: k, next });
        }
        if k > next {
            return Err(Error::TileOutOfOrder { tile: k, missing: next });
        }
        if shape != &self.tile[..] {
            let (expected, found) = (self.tile.to_vec(), shape.to_vec());
            return Err(Error::ShapeMismatch { what: "a processed tile", expected, found });
        }
        Ok(place)
    }

    /// Takes the tile that was [`expected`](Self::expected), and hands out what it finishes; arrays that are no longer needed are
    /// kept for the next tiles if `again`.
    pub(super) fn take(&mut self, place: &Tile, cells: Array<T>, again: bool, hand: &mut Hand<'_, T>) -> Result<()> {
        let folded = self.admit(place, cells).and_then(|region| region.fold(self.region.as_mut_slice(), hand));
        if let Err(error) = folded {
            let last = self.held.remove(&self.next).and_then(Arc::into_inner);
            self.spare.extend(last.filter(|_| again));
            return Err(error);
        }
        self.release(place, again);
        Ok(())
    }

    /// Holds the tile that was [`expected`](Self::expected): the region that it finishes, with all tiles over it.
    pub(super) fn admit(&mut self, place: &Tile, cells: Array<T>) -> Result<Region<T>> {
        self.held.insert(self.next, Arc::new(cells));
        // The plan's own channels, which are those of the results.
        let mut ranges: Ranges = self.shape().iter().map(|&n| 0..n).collect();
        for axis in self.fold.plan().axes() {
            ranges[axis.axis()] = place.finished()[axis.axis()].clone();
        }
        if ranges.iter().any(Range::is_empty) {
            return Ok(Region { ranges, part: None, over: Vec::new() });
        }
        let part = self.fold.part(&ranges)?;
        let plan = self.fold.plan();
        let windows: Vec<Range<usize>> = plan.axes().iter().map(|a| part.windows()[a.axis()].clone()).collect();
        let over = numbers(&windows, plan.grid()).map(|k| Arc::clone(&self.held[&k])).collect();
        Ok(Region { ranges, part: Some(part), over })
    }

    /// Lets go of the tiles that lie over no later region; the next tile may come.
    pub(super) fn release(&mut self, place: &Tile, again: bool) {
        let over: Vec<Range<usize>> = place.index().iter().zip(&self.done).map(|(&i, done)| done[i].clone()).collect();
        for k in numbers(&over, self.fold.plan().grid()) {
            self.spare.extend(self.held.remove(&k).filter(|_| again).and_then(Arc::into_inner));
        }
        self.next += 1;
    }

    pub(super) fn finish(self) -> Result<()> {
        let (next, len) = (self.next, self.tiling.len());
        match next == len {
            true => Ok(()),
            false => Err(Error::TilesMissing { missing: next, left: len - next, len }),
        }
    }
}

/// A box of the result with all tiles over it.
pub(super) struct Region<T> {
    ranges: Ranges,
    /// None where the box is empty.
    part: Option<FoldPart<T>>,
    over: Vec<Arc<Array<T>>>,
}

impl<T: FoldElement> Region<T> {
    /// Folds it in `cells`, which have room for the largest one, and hands it out.
    pub(super) fn fold(self, cells: &mut [T], hand: &mut Hand<'_, T>) -> Result<()> {
        let Some(part) = self.part else { return Ok(()) };
        let shape: Dims = self.ranges.iter().map(Range::len).collect();
        let views: Vec<View<'_, T>> = self.over.iter().map(|tile| tile.view()).collect();
        let cells = &mut cells[..shape.iter().product()];
        part.fold_apart_into(&views, cells)?;
        hand(&self.ranges, &View::new(cells, &shape[..])?);
        Ok(())
    }
}

/// For each tile along an axis, the tiles for which it is the last one that overlaps them.
fn finishes(axis: &AxisPlan) -> Vec<Range<usize>> {
    let end = |j: usize| axis.start(j) as usize + axis.window();
    let mut from = 0;
    (0..axis.count())
        .map(|i| {
            let first = from;
            while from <= i && (i + 1 == axis.count() || end(from) <= axis.start(i + 1) as usize) {
                from += 1;
            }
            first..from
        })
        .collect()
}

/// How many tiles are held at most.
fn most_held(done: &[Vec<Range<usize>>], tiles: usize) -> usize {
    let (mut held, mut most) = (0, 0);
    for k in 0..tiles {
        held += 1;
        most = most.max(held);
        let mut rest = k;
        let mut leave = 1;
        for along in done.iter().rev() {
            leave *= along[rest % along.len()].len();
            rest /= along.len();
        }
        held -= leave;
    }
    most
}

/// The row-major numbers of a box of a grid, in order.
fn numbers(ranges: &[Range<usize>], grid: &[usize]) -> impl Iterator<Item = usize> {
    let count = ranges.iter().map(Range::len).product();
    (0..count).map(move |mut n| {
        let (mut number, mut step) = (0, 1);
        for (range, count) in ranges.iter().zip(grid).rev() {
            number += (range.start + n % range.len()) * step;
            n /= range.len();
            step *= count;
        }
        number
    })
}
