//! Weights in the order the products read them.

use super::job::{Job, Split, Terms};
use crate::array::{Array, View};
use crate::error::Result;
use crate::kernel::contract::{Scalar, read_along};
use crate::kernel::level::Level;
use crate::spec::Dims;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;
use smallvec::SmallVec;

/// Which of the weights a pass covers.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    pub(crate) groups: Range<usize>,
    /// Outputs of each of these groups.
    pub(crate) outputs: Range<usize>,
    /// Parts of the sum over channels and taps.
    pub(crate) parts: Range<usize>,
}

/// Weights of one pass, packed.
pub(crate) struct Packed<T> {
    pub(crate) pass: Pass,
    pub(crate) split: Split,
    pub(crate) level: Level,
    pub(crate) rows: bool,
    /// Blocks of outputs: first output of the group, lanes.
    pub(crate) blocks: SmallVec<[(usize, usize); 8]>,
    data: Vec<T>,
    /// Where each part and class begins, in a group's weights; lastly their length.
    starts: Vec<usize>,
}

/// Weights as `[group, output, channel, taps in the order of the request..]`.
pub(crate) struct Weights<'a, W> {
    pub(crate) view: View<'a, W>,
}

impl<T: Scalar> Packed<T> {
    /// Packs the weights of a pass for a level.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge), [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    pub(crate) fn new<W: Copy>(
        job: &Job,
        weights: &Weights<'_, W>,
        split: Split,
        pass: Pass,
        level: Level,
        lift: impl Fn(usize, W) -> T,
    ) -> Result<Self> {
        let rows = job.by_rows::<T>(level);
        let blocks = match rows {
            true => SmallVec::from_elem((pass.outputs.start, pass.outputs.len()), 1),
            false => job.blocks::<T>(level, &pass.outputs),
        };
        let lanes: usize = blocks.iter().map(|b| b.1).sum();
        let mut starts = vec![0usize];
        for at in pass.parts.clone() {
            let part = split.part(job, at);
            for class in 0..job.classes() {
                let k = part.channels.len() * job.seen(&job.class(class), &part.taps);
                starts.push(starts[starts.len() - 1].saturating_add(k.saturating_mul(lanes)));
            }
        }
        let group_len = starts[starts.len() - 1];
        let mut packed = Packed {
            data: Array::try_zeros("packed weights", Dims::from_slice(&[pass.groups.len(), group_len]))?.into_vec(),
            pass,
            split,
            level,
            rows,
            blocks,
            starts,
        };
        packed.write(job, weights, lift);
        Ok(packed)
    }

    fn write<W: Copy>(&mut self, job: &Job, weights: &Weights<'_, W>, lift: impl Fn(usize, W) -> T) {
        let group_len = self.starts[self.starts.len() - 1];
        let mut index = Dims::from_elem(0, weights.view.rank());
        for g in self.pass.groups.clone() {
            index[0] = g;
            for at in self.pass.parts.clone() {
                let part = self.split.part(job, at);
                for class in 0..job.classes() {
                    let nth = (at - self.pass.parts.start) * job.classes() + class;
                    let from = (g - self.pass.groups.start) * group_len + self.starts[nth];
                    let mut to = &mut self.data[from..];
                    let steps = Steps::new(job, &part, &job.class(class));
                    for &(first, width) in &self.blocks {
                        let (block, rest) = to.split_at_mut(steps.len() * width);
                        to = rest;
                        let lanes = width.min(self.pass.outputs.end - first);
                        index[1] = first;
                        let lift = |o: usize, x: W| lift(g * job.outputs + first + o, x);
                        match self.rows {
                            true => pack_rows(&steps, &mut index, weights, lanes, block, lift),
                            false => pack_lanes(&steps, &mut index, weights, width, lanes, block, lift),
                        }
                    }
                }
            }
        }
    }

    /// The weights of block `block` of a group for a part and a class: `[k, lanes]`, or `[outputs, k]` for rows.
    pub(crate) fn get(&self, job: &Job, group: usize, part: usize, class: usize, block: usize) -> &[T] {
        let at = (part - self.pass.parts.start) * job.classes() + class;
        let group_len = self.starts[self.starts.len() - 1];
        let all: usize = self.blocks.iter().map(|b| b.1).sum();
        let k = (self.starts[at + 1] - self.starts[at]) / all.max(1);
        let before: usize = self.blocks[..block].iter().map(|b| b.1).sum();
        let from = (group - self.pass.groups.start) * group_len + self.starts[at] + before * k;
        &self.data[from..][..k * self.blocks[block].1]
    }
}

fn pack_lanes<W: Copy, T: Scalar>(
    steps: &Steps,
    index: &mut Dims,
    weights: &Weights<'_, W>,
    width: usize,
    lanes: usize,
    to: &mut [T],
    lift: impl Fn(usize, W) -> T,
) {
    let mut rows = to.chunks_exact_mut(width);
    steps.each(|c, taps| {
        if let Some(row) = rows.next() {
            index[2] = c;
            index[3..].copy_from_slice(taps);
            let o = core::cell::Cell::new(0);
            read_along(&weights.view, index, 1, 1, &mut row[..lanes], |x| {
                o.set(o.get() + 1);
                lift(o.get() - 1, x)
            });
        }
    });
}

fn pack_rows<W: Copy, T: Scalar>(
    steps: &Steps,
    index: &mut Dims,
    weights: &Weights<'_, W>,
    outputs: usize,
    to: &mut [T],
    lift: impl Fn(usize, W) -> T,
) {
    let first = index[1];
    for (o, row) in (0..outputs).zip(to.chunks_exact_mut(steps.len().max(1))) {
        index[1] = first + o;
        let mut at = row.iter_mut();
        steps.each(|c, taps| {
            if let Some(to) = at.next() {
                index[2] = c;
                index[3..].copy_from_slice(taps);
                read_along(&weights.view, index, 1, 1, core::slice::from_mut(to), |x| lift(o, x));
            }
        });
    }
}

/// The channels and taps of a part that a class sees, in the order of the sum: channel by channel, and for each the taps
/// row-major along the lines, but those of the last two lines column by column. The order asks for shapes only.
pub(crate) struct Steps {
    channels: Range<usize>,
    /// Taps in the order of the request, one after the other.
    taps: Vec<usize>,
    /// Their distance from a window's origin, along each line.
    offsets: Vec<usize>,
    rank: usize,
    count: usize,
}

impl Steps {
    pub(crate) fn new(job: &Job, part: &Terms, class: &[usize]) -> Self {
        let rank = job.lines.len();
        // From the innermost. Lanes along the windows want the taps of a column one after the other; for lanes along the
        // outputs one order is as good as another.
        let mut order: SmallVec<[usize; 3]> = (0..rank).rev().collect();
        if rank > 1 {
            order.swap(0, 1);
        }
        let lists: SmallVec<[Vec<(usize, usize)>; 3]> =
            (0..rank).map(|k| job.lines[k].taps(class[k], part.taps[k].clone()).collect()).collect();
        let count = lists.iter().map(Vec::len).product();
        let (mut taps, mut offsets) = (vec![0; count * rank], vec![0; count * rank]);
        for at in 0..count {
            let mut rest = at;
            for &k in &order {
                let (tap, offset) = lists[k][rest % lists[k].len()];
                rest /= lists[k].len();
                taps[at * rank + job.asked[k]] = tap;
                offsets[at * rank + k] = offset;
            }
        }
        Steps { channels: part.channels.clone(), taps, offsets, rank, count }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.count * self.channels.len()
    }

    /// The tap and the offsets of each tap, channels apart.
    fn tap(&self, at: usize) -> &[usize] {
        &self.taps[at * self.rank..][..self.rank]
    }

    /// The distances of tap `at` from a window's origin, along each line.
    pub(crate) fn offsets(&self, at: usize) -> &[usize] {
        &self.offsets[at * self.rank..][..self.rank]
    }

    /// Taps, channels apart.
    pub(crate) fn taps(&self) -> usize {
        self.count
    }

    /// Calls `f` with the channel of the group and the taps, in order.
    pub(crate) fn each(&self, mut f: impl FnMut(usize, &[usize])) {
        for c in self.channels.clone() {
            (0..self.count).for_each(|at| f(c, self.tap(at)));
        }
    }
}
