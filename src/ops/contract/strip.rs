//! The part of the input that a box of windows reads, copied once into a small dense array: the strip.
//!
//! Everything about borders (pads, pad modes, fills, holes, overhangs, crops) and strides happens here, in one pass over
//! the input; the products read plain numbers at `base + tap`. Each element is copied about once, where an im2col matrix
//! holds it once for every tap.

use super::line::Line;
use crate::array::View;
use crate::kernel::contract::{Scalar, read_along};
use crate::spec::{Cell, Dims};
use core::ops::Range;
use smallvec::SmallVec;

/// One axis of a strip.
#[derive(Clone, Debug)]
struct Side {
    line: Line,
    grid: Range<usize>,
    taps: Range<usize>,
    /// The position the strip starts at, for a dense side.
    low: isize,
    len: usize,
    /// What each window extends over, for a side that holds windows one behind the other.
    sparse: Option<usize>,
    stride: usize,
}

/// Where the elements of a strip come from and where they lie in it.
pub(crate) struct Strip {
    sides: SmallVec<[Side; 3]>,
    /// Neighbours along the last side lie this far apart in steps of windows: taken out, so that windows are side by side.
    comb: usize,
    channels: usize,
    channel_stride: usize,
    innermost: Innermost,
    len: usize,
}

/// Whether channels lie innermost in a strip, or outermost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Innermost {
    Windows,
    Channels,
}

impl Strip {
    /// The strip of a box of windows for a box of taps and a number of channels.
    ///
    /// `combed` puts windows that follow each other along the last axis side by side, whatever their step.
    pub(crate) fn new(
        lines: &[Line],
        grid: &[Range<usize>],
        taps: &[Range<usize>],
        channels: usize,
        innermost: Innermost,
        combed: bool,
    ) -> Self {
        let mut sides: SmallVec<[Side; 3]> = (0..lines.len())
            .map(|k| {
                let (line, sparse) = (lines[k], lines[k].sparse(&taps[k]));
                let reach = line.reach(&grid[k], &taps[k]);
                let len = match sparse {
                    Some(extent) => grid[k].len() * extent,
                    None => (reach.end - reach.start) as usize,
                };
                Side { line, grid: grid[k].clone(), taps: taps[k].clone(), low: reach.start, len, sparse, stride: 0 }
            })
            .collect();
        let comb = match sides.last_mut() {
            Some(last) if combed => {
                let step = last.sparse.or(last.line.step()).unwrap_or(1);
                last.len = last.len.next_multiple_of(step);
                step
            }
            _ => 1,
        };
        let mut stride = if innermost == Innermost::Channels { channels } else { 1 };
        for side in sides.iter_mut().rev() {
            side.stride = stride;
            stride *= side.len;
        }
        let channel_stride = if innermost == Innermost::Channels { 1 } else { stride };
        let len = if innermost == Innermost::Channels { stride } else { stride * channels };
        Strip { sides, comb, channels, channel_stride, innermost, len }
    }

    /// Elements of the strip.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Distance of neighbouring channels.
    pub(crate) fn channel_stride(&self) -> usize {
        self.channel_stride
    }

    /// Whether a cell of the strip holds several channels.
    fn by_channels(&self) -> bool {
        self.innermost == Innermost::Channels && self.channels > 1
    }

    /// Where a window's own part of `base + tap` lies along axis `k`.
    pub(crate) fn window(&self, k: usize, i: usize) -> usize {
        let side = &self.sides[k];
        let at = match side.sparse {
            Some(extent) => (i - side.grid.start) * extent,
            // A window of a class may begin before the strip where the taps seen first lie behind; see `tap`.
            None => (side.line.origin(i) - side.line.origin(side.grid.start)) as usize,
        };
        if k + 1 == self.sides.len() && self.comb > 1 { at / self.comb } else { at * side.stride }
    }

    /// Where a tap's part of `base + tap` lies along axis `k`, for windows of the class of window `first`.
    pub(crate) fn tap(&self, k: usize, first: usize, offset: usize) -> usize {
        let side = &self.sides[k];
        let at = match side.sparse {
            Some(_) => offset - side.taps.start * side.line.plan.dilation(),
            None => (side.line.origin(side.grid.start) + offset as isize - side.low) as usize,
        };
        if k + 1 < self.sides.len() || self.comb == 1 {
            return at * side.stride;
        }
        // Windows of the class start `rest` behind a multiple of the step.
        let rest = match side.sparse {
            Some(_) => 0,
            None => (side.line.origin(first) - side.line.origin(side.grid.start)) as usize % self.comb,
        };
        let at = at + rest;
        at % self.comb * (side.len / self.comb) + at / self.comb
    }

    /// Copies the strip's elements from `source`, whose index outside the unfolded axes and the channels is `index`.
    pub(crate) fn fill<S: Copy, T: Scalar>(
        &self,
        source: &View<'_, S>,
        index: &mut Dims,
        channel: Option<(usize, usize)>,
        empty: T,
        lift: impl Fn(S) -> T + Copy,
        to: &mut [T],
    ) {
        let reader = Reader { strip: self, source, channel, empty, lift };
        match channel {
            Some((axis, first)) if !self.by_channels() => {
                for c in 0..self.channels {
                    index[axis] = first + c;
                    reader.side(0, index, &mut to[c * self.channel_stride..][..self.len / self.channels]);
                }
            }
            _ => reader.side(0, index, to),
        }
    }
}

/// One filling of a strip.
struct Reader<'s, 'v, S, T, F> {
    strip: &'s Strip,
    source: &'s View<'v, S>,
    channel: Option<(usize, usize)>,
    empty: T,
    lift: F,
}

impl<S: Copy, T: Scalar, F: Fn(S) -> T + Copy> Reader<'_, '_, S, T, F> {
    /// Fills what lies behind one index of the sides before `k`.
    fn side(&self, k: usize, index: &mut Dims, to: &mut [T]) {
        let Some(side) = self.strip.sides.get(k) else {
            return self.cells(index, to);
        };
        if k + 1 == self.strip.sides.len() && !self.strip.by_channels() {
            return self.row(side, index, to);
        }
        let axis = side.line.plan.axis();
        for (v, part) in to.chunks_exact_mut(side.stride.max(1)).enumerate() {
            match side.line.cell(self.position(side, v)) {
                Cell::Element(e) => {
                    index[axis] = e;
                    self.side(k + 1, index, part);
                }
                _ => part.fill(self.empty),
            }
        }
    }

    /// One cell: all its channels.
    fn cells(&self, index: &mut Dims, to: &mut [T]) {
        match self.channel {
            Some((axis, first)) => {
                index[axis] = first;
                read_along(self.source, index, axis, 1, to, self.lift);
            }
            None => to.fill(self.source.get(index).map_or(self.empty, |&x| (self.lift)(x))),
        }
    }

    /// One row along the last side, combed.
    fn row(&self, side: &Side, index: &mut Dims, to: &mut [T]) {
        let Some(extent) = side.sparse else {
            for tooth in 0..self.strip.comb {
                let len = side.len / self.strip.comb;
                let part = &mut to[tooth * len..][..len];
                self.run(side, index, side.low + tooth as isize, self.strip.comb, part);
            }
            return;
        };
        if self.strip.comb > 1 || extent == 1 {
            // One tap of every window after the other.
            let step = side.line.step().unwrap_or(1);
            for (t, part) in to.chunks_exact_mut(side.grid.len()).enumerate() {
                self.run(side, index, side.low + t as isize, step, part);
            }
        } else {
            for (i, part) in side.grid.clone().zip(to.chunks_exact_mut(extent)) {
                let start = side.line.origin(i) + (side.taps.start * side.line.plan.dilation()) as isize;
                self.run(side, index, start, 1, part);
            }
        }
    }

    /// Positions `start`, `start + step`, ... of a side.
    fn run(&self, side: &Side, index: &mut Dims, start: isize, step: usize, to: &mut [T]) {
        let axis = side.line.plan.axis();
        let elements = side.line.elements();
        let reached = |position: isize| match position - start {
            d if d <= 0 => 0,
            d => (d as usize).div_ceil(step).min(to.len()),
        };
        let (from, until) = (reached(elements.start), reached(elements.end));
        let until = until.max(from);
        for v in (0..from).chain(until..to.len()) {
            to[v] = match side.line.cell(start + (v * step) as isize) {
                Cell::Element(e) => {
                    index[axis] = e;
                    let mut one = [self.empty];
                    read_along(self.source, index, axis, 1, &mut one, self.lift);
                    one[0]
                }
                _ => self.empty,
            };
        }
        if from < until {
            index[axis] = (start + (from * step) as isize) as usize;
            read_along(self.source, index, axis, step, &mut to[from..until], self.lift);
        }
    }

    /// The position of place `v` of a side that is not combed.
    fn position(&self, side: &Side, v: usize) -> isize {
        match side.sparse {
            None => side.low + v as isize,
            Some(extent) => {
                let first = (side.taps.start * side.line.plan.dilation()) as isize;
                side.line.origin(side.grid.start + v / extent) + first + (v % extent) as isize
            }
        }
    }
}
