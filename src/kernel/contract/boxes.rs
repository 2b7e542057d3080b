//! The result of a contraction, cut into boxes that are written independently.
//!
//! A result is one row-major slice. [`each_box`] cuts ranges of its axes into boxes by a regular grid and hands each box
//! to one call, in parallel if asked; an [`OutBox`] can write inside its box only, so no two calls meet.
#![allow(unsafe_code)] // boxes of one slice written from several threads

use super::lanes::Scalar;
use crate::spec::Dims;
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::ops::Range;

/// How a result is cut: ranges of its axes, in boxes of at most `chunk` along each.
pub(crate) struct Cut {
    pub(crate) shape: Dims,
    pub(crate) starts: Dims,
    pub(crate) ends: Dims,
    pub(crate) chunk: Dims,
    /// The axis of the outputs of one window, if there is one.
    pub(crate) channel: Option<usize>,
}

impl Cut {
    /// How many boxes there are along each axis.
    fn counts(&self) -> Dims {
        (0..self.shape.len()).map(|a| (self.ends[a] - self.starts[a]).div_ceil(self.chunk[a].max(1))).collect()
    }

    /// How many boxes there are.
    pub(crate) fn len(&self) -> usize {
        self.counts().iter().product()
    }
}

/// The whole result, shared between the calls.
struct Shared<'a, T> {
    ptr: *mut T,
    life: PhantomData<&'a mut [T]>,
}

// SAFETY: boxes are disjoint, so sharing the pointer shares no element.
unsafe impl<T: Send> Sync for Shared<'_, T> {}

/// One box of the result and the places in it that the next tile goes to.
pub(crate) struct OutBox<'a, T> {
    ptr: *mut T,
    strides: Dims,
    origin: Dims,
    extent: Dims,
    channel: Option<usize>,
    /// Offsets of indices inside the box whose channel is the box's first.
    spots: Vec<usize>,
    life: PhantomData<&'a mut [T]>,
}

/// What a tile is to the elements it goes to.
#[derive(Clone, Copy)]
pub(crate) enum Finish<'a, T> {
    /// Their value, less the bias of each output of the box; no bias is zero.
    Set(Option<&'a [T]>),
    /// One more part of their sum.
    Add,
}

/// Calls `work` once for each box, with scratch that `init` makes once a thread (or oftener).
///
/// # Panics
/// If `out` is not of the cut's shape or a range leaves it.
pub(crate) fn each_box<T: Send, S>(
    out: &mut [T],
    cut: &Cut,
    parallel: bool,
    init: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, &mut OutBox<'_, T>) + Sync + Send,
) {
    let rank = cut.shape.len();
    assert!(out.len() == cut.shape.iter().product::<usize>());
    assert!((0..rank).all(|a| cut.starts[a] <= cut.ends[a] && cut.ends[a] <= cut.shape[a]));
    let counts = cut.counts();
    let mut strides = Dims::from_elem(1, rank);
    for a in (1..rank).rev() {
        strides[a - 1] = strides[a] * cut.shape[a];
    }
    let shared = Shared { ptr: out.as_mut_ptr(), life: PhantomData::<&mut [T]> };
    let shared = &shared;
    let one = |scratch: &mut S, mut at: usize| {
        let (mut origin, mut extent) = (Dims::from_elem(0, rank), Dims::from_elem(0, rank));
        for a in (0..rank).rev() {
            origin[a] = cut.starts[a] + at % counts[a] * cut.chunk[a];
            extent[a] = cut.chunk[a].min(cut.ends[a] - origin[a]);
            at /= counts[a];
        }
        // Each `at` below the product of the counts is another cell of the grid of chunks, so the boxes are disjoint, and
        // `out` is borrowed exclusively as long as they live.
        let strides = strides.clone();
        let channel = cut.channel;
        work(
            scratch,
            &mut OutBox { ptr: shared.ptr, strides, origin, extent, channel, spots: Vec::new(), life: PhantomData },
        );
    };
    let boxes = cut.len();
    #[cfg(feature = "rayon")]
    if parallel && boxes > 1 {
        use rayon::prelude::*;
        (0..boxes).into_par_iter().for_each_init(init, |scratch, at| one(scratch, at));
        return;
    }
    let _ = parallel;
    let mut scratch = init();
    for at in 0..boxes {
        one(&mut scratch, at);
    }
}

impl<T: Scalar> OutBox<'_, T> {
    /// Where the box lies in the result along an axis.
    pub(crate) fn range(&self, axis: usize) -> Range<usize> {
        self.origin[axis]..self.origin[axis] + self.extent[axis]
    }

    /// Forgets the places.
    pub(crate) fn clear(&mut self) {
        self.spots.clear();
    }

    /// Appends `count` places from an index of the box, `step` apart along an axis; the channel's index is 0.
    ///
    /// # Panics
    /// If one of them lies outside the box.
    #[inline]
    pub(crate) fn place(&mut self, index: &[usize], axis: usize, step: usize, count: usize) {
        if count == 0 {
            return;
        }
        assert!(index.len() == self.extent.len() && self.channel.is_none_or(|c| index[c] == 0 && axis != c));
        let mut offset = 0;
        for a in 0..index.len() {
            let last = if a == axis { index[a] + (count - 1) * step } else { index[a] };
            assert!(last < self.extent[a]);
            offset += (self.origin[a] + index[a]) * self.strides[a];
        }
        let stride = step * self.strides[axis];
        self.spots.extend((0..count).map(|i| offset + i * stride));
    }

    /// Writes a tile `[places, width]`, whose lanes from `lane` on are `outputs` of the box.
    ///
    /// # Panics
    /// If the tile is shorter than the places or `outputs` leaves the box.
    pub(crate) fn put_tile(
        &mut self,
        tile: &[T],
        width: usize,
        lane: usize,
        outputs: Range<usize>,
        finish: Finish<'_, T>,
    ) {
        let lanes = outputs.len();
        let stride = self.checked(&outputs, width.saturating_sub(lane));
        assert!(tile.len() >= self.spots.len() * width);
        if stride == 1 {
            for (row, &spot) in tile.chunks_exact(width).zip(&self.spots) {
                for (o, &x) in row[lane..lane + lanes].iter().enumerate() {
                    // SAFETY: a spot is an index of the box, and its channel may run over the box's outputs.
                    unsafe { self.finish(spot, stride, outputs.start + o, x, finish) }
                }
            }
            return;
        }
        const SIDE: usize = 8;
        let mut block = [[T::default(); SIDE]; SIDE];
        for (rows, spots) in tile.chunks(width * SIDE).zip(self.spots.chunks(SIDE)) {
            for from in (0..lanes).step_by(SIDE) {
                let side = SIDE.min(lanes - from);
                if side == SIDE && spots.len() == SIDE && spots.windows(2).all(|w| w[1] == w[0] + 1) {
                    for (i, row) in rows.chunks_exact(width).enumerate() {
                        for j in 0..SIDE {
                            block[j][i] = row[lane + from + j];
                        }
                    }
                    for j in 0..SIDE {
                        for i in 0..SIDE {
                            // SAFETY: as above.
                            unsafe { self.finish(spots[0] + i, stride, outputs.start + from + j, block[j][i], finish) }
                        }
                    }
                } else {
                    for (row, &spot) in rows.chunks_exact(width).zip(spots) {
                        for j in from..from + side {
                            // SAFETY: as above.
                            unsafe { self.finish(spot, stride, outputs.start + j, row[lane + j], finish) }
                        }
                    }
                }
            }
        }
    }

    /// Writes rows `[outputs, places]`.
    ///
    /// # Panics
    /// If the rows are shorter than that or `outputs` leaves the box.
    pub(crate) fn put_rows(&mut self, rows: &[T], outputs: Range<usize>, finish: Finish<'_, T>) {
        let stride = self.checked(&outputs, usize::MAX);
        assert!(rows.len() >= self.spots.len() * outputs.len());
        if self.spots.is_empty() {
            return;
        }
        for (row, o) in rows.chunks_exact(self.spots.len()).zip(outputs) {
            for (&x, &spot) in row.iter().zip(&self.spots) {
                // SAFETY: a spot is an index of the box, and its channel may run over the box's outputs.
                unsafe { self.finish(spot, stride, o, x, finish) }
            }
        }
    }

    /// Distance between outputs, with a proof that `outputs` are the box's and fit `width` lanes.
    fn checked(&self, outputs: &Range<usize>, width: usize) -> usize {
        let (all, stride) = self.channel.map_or((1, 0), |c| (self.extent[c], self.strides[c]));
        assert!(outputs.start <= outputs.end && outputs.end <= all && outputs.len() <= width);
        stride
    }

    /// # Safety
    /// `spot` is one of `spots` (or between two of a run of places) and `o` an output of the box.
    #[inline(always)]
    unsafe fn finish(&self, spot: usize, stride: usize, o: usize, x: T, finish: Finish<'_, T>) {
        // SAFETY: an index of the box with channel `o`: inside the result, and no other box's.
        unsafe {
            let to = self.ptr.add(spot + o * stride);
            *to = match finish {
                Finish::Set(None) => x,
                Finish::Set(Some(bias)) => x.plus(bias[o]),
                Finish::Add => x.plus(*to),
            };
        }
    }
}
