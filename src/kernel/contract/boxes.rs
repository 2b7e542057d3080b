//! The result of a contraction, cut into boxes that are written independently.
//!
//! A result is one row-major slice. [`each_box`] cuts ranges of its axes into boxes by a regular grid and hands each box
//! to one call, in parallel if asked; an [`OutBox`] can write inside its box only, so no two calls meet.
#![allow(unsafe_code)] // boxes of one slice written from several threads

use super::finish::Finish;
use super::lanes::Scalar;
use super::turn::{SIDE, turn};
use crate::kernel::level::Level;
use crate::kernel::threads::each_number;
use crate::spec::{Dims, row_major};
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

    /// How many elements the result has, if that is a number.
    fn cells(&self) -> Option<usize> {
        self.shape.iter().try_fold(1usize, |cells, &n| cells.checked_mul(n))
    }

    /// How many boxes there are.
    pub(crate) fn len(&self) -> usize {
        self.counts().iter().product()
    }
}

/// The whole result, shared between the calls, and as much again for what its additions lose, if that is kept.
struct Shared<'a, T> {
    ptr: *mut T,
    low: Option<*mut T>,
    life: PhantomData<&'a mut [T]>,
}

// SAFETY: boxes are disjoint, so sharing the pointers shares no element.
unsafe impl<T: Send> Sync for Shared<'_, T> {}

/// One box of the result and the places in it that tiles go to.
pub(crate) struct OutBox<'a, T> {
    ptr: *mut T,
    low: Option<*mut T>,
    level: Level,
    strides: Dims,
    origin: Dims,
    extent: Dims,
    channel: Option<usize>,
    /// Lists of places, each in runs.
    lists: Vec<Progression>,
    life: PhantomData<&'a mut [T]>,
}

/// Places `offset`, `offset + stride`, ... of indices inside the box whose channel is the box's first.
#[derive(Clone, Copy, Debug)]
struct Progression {
    offset: usize,
    stride: usize,
    count: usize,
}

/// Some of the places of a box, in the order they were made.
pub(crate) type Places = Range<usize>;

/// Calls `work` once for each box, with scratch that `init` makes once a thread (or oftener). `low` takes what additions lose
/// ([`super::carry`]).
///
/// # Panics
/// If `out` or `low` is not of the cut's shape or a range leaves it.
pub(crate) fn each_box<T: Send, S>(
    out: &mut [T],
    low: Option<&mut [T]>,
    level: Level,
    cut: &Cut,
    parallel: bool,
    init: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, &mut OutBox<'_, T>) + Sync + Send,
) {
    let rank = cut.shape.len();
    assert!(out.len() == cut.shape.iter().product::<usize>() && low.as_ref().is_none_or(|low| low.len() == out.len()));
    assert!((0..rank).all(|a| cut.starts[a] <= cut.ends[a] && cut.ends[a] <= cut.shape[a]));
    assert!(cut.cells() == Some(out.len()), "a product that wrapped");
    let counts = cut.counts();
    let strides = row_major(cut.shape.iter().copied());
    let low = low.map(<[T]>::as_mut_ptr);
    let shared = Shared { ptr: out.as_mut_ptr(), low, life: PhantomData::<&mut [T]> };
    let shared = &shared;
    let one = |scratch: &mut S, mut at: usize| {
        let (mut origin, mut extent) = (Dims::from_elem(0, rank), Dims::from_elem(0, rank));
        for a in (0..rank).rev() {
            origin[a] = cut.starts[a] + at % counts[a] * cut.chunk[a];
            extent[a] = cut.chunk[a].min(cut.ends[a] - origin[a]);
            at /= counts[a];
        }
        // Each `at` below the product of the counts is another cell of the grid of chunks, so the boxes are disjoint, and
        // `out` and `low` are borrowed exclusively as long as they live.
        let strides = strides.clone();
        let channel = cut.channel;
        let (ptr, low, lists) = (shared.ptr, shared.low, Vec::new());
        work(scratch, &mut OutBox { ptr, low, level, strides, origin, extent, channel, lists, life: PhantomData });
    };
    each_number(cut.len(), parallel, init, one);
}

impl<T: Scalar> OutBox<'_, T> {
    /// Where the box lies in the result along an axis.
    pub(crate) fn range(&self, axis: usize) -> Range<usize> {
        self.origin[axis]..self.origin[axis] + self.extent[axis]
    }

    /// Forgets all places.
    pub(crate) fn clear(&mut self) {
        self.lists.clear();
    }

    /// Where the next places will be listed.
    pub(crate) fn next(&self) -> usize {
        self.lists.len()
    }

    /// Appends `count` places from an index of the box, `step` apart along an axis; the channel's index is 0. They join the
    /// places from `list` on.
    ///
    /// # Panics
    /// If one of them lies outside the box.
    #[inline]
    pub(crate) fn place(&mut self, list: usize, index: &[usize], axis: usize, step: usize, count: usize) {
        if count == 0 {
            return;
        }
        assert!(index.len() == self.extent.len() && self.channel.is_none_or(|c| index[c] == 0 && axis != c));
        let mut offset = 0;
        for a in 0..index.len() {
            let reach = if a == axis { (count - 1).checked_mul(step) } else { Some(0) };
            let last = reach.and_then(|reach| reach.checked_add(index[a]));
            assert!(last.is_some_and(|last| last < self.extent[a]), "a place outside of its box");
            offset += (self.origin[a] + index[a]) * self.strides[a];
        }
        let stride = if count == 1 { 1 } else { step * self.strides[axis] };
        match self.lists[list..].last_mut() {
            Some(run) if run.stride == 1 && stride == 1 && run.offset + run.count == offset => run.count += count,
            _ => self.lists.push(Progression { offset, stride, count }),
        }
    }

    /// The places of one output as a slice, if they are neighbours.
    ///
    /// # Panics
    /// If it is not an output of the box.
    pub(crate) fn slice(&mut self, places: Places, output: usize) -> Option<&mut [T]> {
        let apart = self.checked(&(output..output + 1));
        let [Progression { offset, stride: 1, count }] = self.lists[places] else { return None };
        // SAFETY: indices of the box, which borrows them exclusively, and so does the slice borrow the box.
        Some(unsafe { core::slice::from_raw_parts_mut(self.ptr.add(offset + output * apart), count) })
    }

    /// Writes a tile `[places, width]`, whose lanes from `lane` on are `outputs` of the box.
    ///
    /// # Panics
    /// If the tile is shorter than the places or `outputs` leaves the box.
    pub(crate) fn put_tile(
        &mut self,
        places: Places,
        tile: &[T],
        width: usize,
        lane: usize,
        outputs: Range<usize>,
        finish: Finish<'_, T>,
    ) {
        let apart = self.checked(&outputs);
        assert!(lane + outputs.len() <= width);
        let turns = self.low.is_none() || matches!(finish, Finish::Set(_));
        let mut rows = tile;
        for &Progression { offset, stride, count } in &self.lists[places] {
            let (own, rest) = rows.split_at(count * width);
            rows = rest;
            let whole = if stride == 1 && apart > 1 && turns { SIDE } else { usize::MAX };
            for (at, block) in own.chunks(SIDE * width).enumerate() {
                let from = offset + at * SIDE * stride;
                for o in outputs.clone().step_by(SIDE) {
                    let block = &block[lane + o - outputs.start..];
                    if block.len() > (SIDE - 1) * width && o + SIDE <= outputs.end && whole == SIDE {
                        // SAFETY: SIDE neighbouring places and as many outputs are indices of the box.
                        let turned = unsafe {
                            let to = self.ptr.add(from + o * apart);
                            turn(self.level, block, width, to, apart, finish.of(o))
                        };
                        if turned {
                            continue;
                        }
                    }
                    let lanes = SIDE.min(outputs.end - o);
                    for (i, row) in block.chunks(width).enumerate().take(count - at * SIDE) {
                        for (j, &x) in row.iter().enumerate().take(lanes) {
                            // SAFETY: place and output are an index of the box, which is borrowed exclusively.
                            unsafe { self.put(from + i * stride + (o + j) * apart, o + j, x, finish) }
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
    pub(crate) fn put_rows(&mut self, places: Places, rows: &[T], outputs: Range<usize>, finish: Finish<'_, T>) {
        let apart = self.checked(&outputs);
        let mut rows = rows;
        for o in outputs {
            for &Progression { offset, stride, count } in &self.lists[places.clone()] {
                let (own, rest) = rows.split_at(count);
                rows = rest;
                for (i, &x) in own.iter().enumerate() {
                    // SAFETY: place and output are an index of the box, which is borrowed exclusively.
                    unsafe { self.put(offset + i * stride + o * apart, o, x, finish) }
                }
            }
        }
    }

    /// Gives `x`, of output `o`, to the element at an offset.
    ///
    /// # Safety
    /// The offset is an index of the box, and the caller has the box to itself.
    #[inline(always)]
    unsafe fn put(&self, offset: usize, o: usize, x: T, finish: Finish<'_, T>) {
        // SAFETY: an index of the box, which borrows its elements exclusively, as the caller does the box; `low` has the
        // result's shape, and the box borrows the same elements of it.
        unsafe {
            let to = self.ptr.add(offset);
            *to = match (finish, self.low) {
                (Finish::Set(None), _) => x,
                (Finish::Set(Some(bias)), _) => x.plus(bias[o]),
                (Finish::Add, None) => (*to).plus(x),
                (Finish::Add, Some(low)) => (*to).carried(x, &mut *low.add(offset)),
            };
        }
    }

    /// Distance between outputs, with a proof that `outputs` are the box's.
    fn checked(&self, outputs: &Range<usize>) -> usize {
        let (all, apart) = self.channel.map_or((1, 0), |c| (self.extent[c], self.strides[c]));
        assert!(outputs.start <= outputs.end && outputs.end <= all);
        apart
    }
}
