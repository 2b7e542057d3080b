//! Parts of a plan: boxes of the result, and exactly the input each of them reads. Numbers only.
//!
//! ```text
//! result   |--- part 0 ---|--- part 1 ---|-- part 2 --|       write boxes: every result once
//! input    |===============--|                                read boxes: neighbours share what windows overlap
//!                       |--================--|
//!                                       |--==============|
//! ```

use super::plan::{Plan, checked_len};
use super::{Dims, IntoPerAxis, PerAxis, index_of, list};
use crate::error::{Error, Result};
use alloc::vec::Vec;
use core::ops::Range;
use smallvec::SmallVec;

/// A box: one range an axis; inline up to rank 6.
type Ranges = SmallVec<[Range<usize>; 6]>;

/// A box of a plan's result and the box of its input that is read for it: what [`Plan::part`] gives.
///
/// It is the whole plan with an offset, so [`windows`](Self::windows) over a copy of nothing but [`read`](Self::read) give to the
/// last bit what the whole array's windows give in [`write`](Self::write), for every verb, tail, pad mode and dilation.
///
/// ```
/// use ndwindow::{Array, unfold};
///
/// let x: Vec<f32> = (0..20).map(|v| v as f32).collect();
/// let plan = unfold(0, 5, 2).pad(2).plan([20])?;
/// let part = plan.part(&[4..7])?;
/// assert_eq!((part.write(), part.read()), (&[4..7][..], &[6..15][..]));
/// let piece = &x[part.read()[0].clone()]; // all that is needed of x
/// assert_eq!(part.windows(piece)?.mean().as_slice(), &plan.windows(&x)?.mean().as_slice()[4..7]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    whole: Plan,
    /// The plan over an array of the shape of `read`.
    piece: Plan,
    write: Ranges,
    read: Ranges,
}

impl Part {
    /// The plan this is a part of.
    pub fn plan(&self) -> &Plan {
        &self.whole
    }

    /// The box of the result: one range an axis of the plan's [`reduced_shape`](Plan::reduced_shape).
    pub fn write(&self) -> &[Range<usize>] {
        &self.write
    }

    /// The least box of the input that holds every element the windows in [`write`](Self::write) read; with an empty range where they
    /// read none.
    pub fn read(&self) -> &[Range<usize>] {
        &self.read
    }

    /// The plan over an array of the shape of [`read`](Self::read).
    pub(crate) fn piece(&self) -> &Plan {
        &self.piece
    }
}

/// A plan's result cut into boxes: what [`Plan::parts`] gives. Nothing is listed; part `k` is computed when asked for.
///
/// ```
/// use ndwindow::unfold;
///
/// let plan = unfold([0, 1], 3, 1).plan([100, 80])?;
/// let parts = plan.parts([32, 64])?;
/// assert_eq!((parts.len(), parts.grid()), (8, &[4, 2][..]));
/// let last = parts.get(7).unwrap();
/// assert_eq!(last.write(), [96..98, 64..78]);
/// assert_eq!(last.read(), [96..100, 64..80]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    plan: Plan,
    shape: Dims,
    chunk: Dims,
    grid: Dims,
    len: usize,
}

impl Parts {
    /// How many parts there are.
    #[allow(clippy::len_without_is_empty)] // `is_empty` would not say of what
    pub fn len(&self) -> usize {
        self.len
    }

    /// How many parts there are along each axis of the result; they are numbered in row-major order of it.
    pub fn grid(&self) -> &[usize] {
        &self.grid
    }

    /// The size of a box, one number an axis; the last ones along an axis may be smaller.
    pub fn chunk(&self) -> &[usize] {
        &self.chunk
    }

    /// The plan that is cut.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Part `k`, which follows from the plan, the chunk and `k` alone; `None` from [`len`](Self::len) on.
    ///
    /// Time follows the rank; no allocation up to rank 6.
    pub fn get(&self, k: usize) -> Option<Part> {
        if k >= self.len {
            return None;
        }
        let place = index_of(k, &self.grid);
        let range = |a: usize| {
            let from = place[a] * self.chunk[a];
            from..(from + self.chunk[a]).min(self.shape[a])
        };
        Some(self.plan.cut((0..place.len()).map(range).collect()))
    }

    /// All parts, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Part> + '_ {
        (0..self.len).map(|k| match self.get(k) {
            Some(part) => part,
            None => unreachable!("a part below their number"),
        })
    }

    /// The same parts, if each is a whole number of a store's chunks, or each chunk a whole number of parts: no part begins or ends
    /// within a chunk that it does not lie in.
    ///
    /// Parts smaller than a chunk share it, so they must have one writer; whole chunks may be written by anyone.
    ///
    /// # Errors
    /// [`Error::NotAligned`] names the axis and both numbers; [`Error::CountMismatch`], [`Error::ZeroChunk`].
    pub fn aligned(self, chunks: impl IntoPerAxis<usize>) -> Result<Parts> {
        let chunks = chunk_sizes(chunks.into_per_axis(), self.grid.len())?;
        for (axis, (&part, &chunk)) in self.chunk.iter().zip(&chunks).enumerate() {
            // One part along the axis, or one chunk, meets no border of the other within.
            let alone = part >= self.shape[axis] || chunk >= self.shape[axis];
            if !alone && !part.is_multiple_of(chunk) && !chunk.is_multiple_of(part) {
                return Err(Error::NotAligned { axis, part, chunk });
            }
        }
        Ok(self)
    }
}

impl Plan {
    /// A box of the result, one range an axis of [`reduced_shape`](Self::reduced_shape), as a plan of its own over the part of the
    /// input it reads; see [`Part`].
    ///
    /// # Errors
    /// [`Error::RankMismatch`] for a wrong number of ranges; [`Error::BoxOutside`] for an empty one, or one that leaves the result.
    pub fn part(&self, ranges: &[Range<usize>]) -> Result<Part> {
        check_box("the result", &self.reduced_dims(), ranges)?;
        Ok(self.cut(ranges.iter().cloned().collect()))
    }

    /// The result cut into boxes of `chunk`: one number for all axes of [`reduced_shape`](Self::reduced_shape), or one each. The
    /// boxes do not overlap; what they read may.
    ///
    /// # Errors
    /// [`Error::CountMismatch`] for a wrong number of numbers, [`Error::ZeroChunk`] for a zero.
    pub fn parts(&self, chunk: impl IntoPerAxis<usize>) -> Result<Parts> {
        let shape = self.reduced_dims();
        let chunk = chunk_sizes(chunk.into_per_axis(), shape.len())?;
        let grid: Dims = list(shape.len(), |a| shape[a].div_ceil(chunk[a]));
        let len = checked_len("a grid of parts", &grid)?;
        Ok(Parts { plan: self.clone(), shape, chunk, grid, len })
    }

    /// The least box of the input that holds every element which the windows in a box of the result read: `ranges` has one range an
    /// axis of [`reduced_shape`](Self::reduced_shape), the answer one an axis of the input (`0..0` where nothing is read).
    ///
    /// Time follows the rank, not the windows.
    ///
    /// ```
    /// use ndwindow::{PadMode, unfold};
    ///
    /// let plan = unfold(0, 5, 1).pad(2).pad_mode(PadMode::Wrap).plan([20])?;
    /// assert_eq!(plan.reads(&[5..6])?, [3..8]);
    /// assert_eq!(plan.reads(&[0..1])?, [0..20]); // 18, 19, 0, 1, 2
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`part`](Self::part).
    pub fn reads(&self, ranges: &[Range<usize>]) -> Result<Vec<Range<usize>>> {
        check_box("the result", &self.reduced_dims(), ranges)?;
        Ok(self.read_box(ranges).into_vec())
    }

    /// The least box of the result that holds every window which reads some element in a box of the input: one range an axis on
    /// both sides (`0..0` where no window does).
    ///
    /// What must be computed anew when a rectangle of a picture changes; which frames a sample is in.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let plan = unfold([0, 1], 3, 2).pad(1).plan([20, 20])?;
    /// assert_eq!(plan.touched(&[4..6, 9..10])?, [2..4, 4..6]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// Time follows the rank, not the windows.
    ///
    /// # Errors
    /// [`Error::RankMismatch`], [`Error::BoxOutside`].
    pub fn touched(&self, ranges: &[Range<usize>]) -> Result<Vec<Range<usize>>> {
        check_box("the input", self.input_shape(), ranges)?;
        let mut windows = ranges.to_vec();
        for axis in self.axes() {
            windows[axis.axis()] = axis.readers_of(ranges[axis.axis()].clone());
        }
        Ok(windows)
    }

    /// The box read by a box of the result that is known to lie inside.
    fn read_box(&self, write: &[Range<usize>]) -> Ranges {
        let mut read: Ranges = write.iter().cloned().collect();
        for axis in self.axes() {
            read[axis.axis()] = axis.read_by(write[axis.axis()].clone());
        }
        read
    }

    /// The part of a box that is known to lie inside the result.
    fn cut(&self, write: Ranges) -> Part {
        let read = self.read_box(&write);
        let piece = self.over(&write, &read);
        Part { whole: self.clone(), piece, write, read }
    }
}

/// Whether a box has the right rank, lies inside a shape, and is not empty.
fn check_box(what: &'static str, shape: &[usize], ranges: &[Range<usize>]) -> Result<()> {
    if ranges.len() != shape.len() {
        return Err(Error::RankMismatch { what: "box", found: ranges.len(), rank: shape.len() });
    }
    for (axis, (range, &len)) in ranges.iter().zip(shape).enumerate() {
        if range.end > len || range.is_empty() {
            return Err(Error::BoxOutside { what, axis, start: range.start, end: range.end, len });
        }
    }
    Ok(())
}

/// A size of boxes for each axis.
fn chunk_sizes(given: PerAxis<usize>, rank: usize) -> Result<Dims> {
    given.check("chunk", rank)?;
    let chunk: Dims = list(rank, |a| given.at(a));
    match chunk.iter().position(|&c| c == 0) {
        Some(axis) => Err(Error::ZeroChunk { axis }),
        None => Ok(chunk),
    }
}
