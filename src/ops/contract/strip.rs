//! The part of the input that a box of windows reads, copied once into a small dense array: the strip.
//!
//! Everything about borders (pads, pad modes, fills, holes, overhangs, crops) and strides happens here, in one pass over
//! the input; the products read plain numbers at `base + tap`. Each element is copied about once, where an im2col matrix
//! holds it once for every tap.

use super::line::Line;
use crate::array::View;
use crate::kernel::contract::{Along, Scalar, read_block};
use crate::spec::{Cell, Dims};
use alloc::vec::Vec;
use core::ops::Range;
use smallvec::SmallVec;

/// One unfolded axis of a strip.
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
    /// Windows of a class lie this far apart and are put side by side: place `v` is held at `v % comb * (len / comb) + v / comb`.
    comb: usize,
    stride: usize,
}

/// Neighbouring places of a strip along an axis that are either all empty or evenly spaced elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    at: usize,
    len: usize,
    /// The first element and the distance to the next.
    from: Option<(usize, isize)>,
}

/// One axis of the input, as a strip is filled along it.
#[derive(Clone, Debug)]
struct Fill {
    axis: usize,
    stride: usize,
    runs: Vec<Stretch>,
}

/// Where the elements of a strip come from and where they lie in it.
pub(crate) struct Strip {
    sides: SmallVec<[Side; 3]>,
    /// From the outermost to the innermost.
    fills: SmallVec<[Fill; 4]>,
    channel_stride: usize,
    len: usize,
}

/// Whether channels lie innermost in a strip, or outermost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Innermost {
    Windows,
    Channels,
}

impl Strip {
    /// The strip of a box of windows for a box of taps and a number of channels along an axis.
    ///
    /// `combed` puts windows that follow each other along the last axis side by side, whatever their step.
    pub(crate) fn new(
        lines: &[Line],
        grid: &[Range<usize>],
        taps: &[Range<usize>],
        channels: (Option<usize>, usize),
        innermost: Innermost,
        combed: bool,
    ) -> Self {
        let mut sides: SmallVec<[Side; 3]> = (0..lines.len())
            .map(|k| Side::new(lines[k], grid[k].clone(), taps[k].clone(), combed && k + 1 == lines.len()))
            .collect();
        let inside = innermost == Innermost::Channels;
        let mut stride = if inside { channels.1 } else { 1 };
        for side in sides.iter_mut().rev() {
            side.stride = stride;
            stride *= side.len;
        }
        let channel_stride = if inside { 1 } else { stride };
        let len = if inside { stride } else { stride * channels.1 };
        let mut fills: SmallVec<[Fill; 4]> = sides.iter().map(Side::fill).collect();
        if let (Some(axis), count) = channels {
            let runs = [Stretch { at: 0, len: count, from: Some((0, 1)) }].to_vec();
            fills.insert(if inside { fills.len() } else { 0 }, Fill { axis, stride: channel_stride, runs });
        }
        Strip { sides, fills, channel_stride, len }
    }

    /// Elements of the strip.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Distance of neighbouring channels.
    pub(crate) fn channel_stride(&self) -> usize {
        self.channel_stride
    }

    /// Where a window's own part of `base + tap` lies along axis `k`.
    pub(crate) fn window(&self, k: usize, i: usize) -> usize {
        let side = &self.sides[k];
        let at = match side.sparse {
            Some(extent) => (i - side.grid.start) * extent,
            None => (side.line.origin(i) - side.line.origin(side.grid.start)) as usize,
        };
        at / side.comb * side.stride
    }

    /// Where a tap's part of `base + tap` lies along axis `k`, for windows of the class of window `first`.
    pub(crate) fn tap(&self, k: usize, first: usize, offset: usize) -> usize {
        let side = &self.sides[k];
        let at = match side.sparse {
            Some(_) => offset - side.taps.start * side.line.plan.dilation(),
            None => (side.line.origin(side.grid.start) + offset as isize - side.low) as usize,
        };
        // Windows of the class start `rest` behind a multiple of the comb.
        let rest = match side.sparse {
            None if side.comb > 1 => (side.line.origin(first) - side.line.origin(side.grid.start)) as usize % side.comb,
            _ => 0,
        };
        side.held(at + rest) * side.stride
    }

    /// Copies the strip's elements from `source`, whose index is `index` on plain axes and the first channel's on theirs;
    /// it is 0 on unfolded axes. Without an `empty`, what is empty is left as it is.
    pub(crate) fn fill<S: Copy, T: Scalar>(
        &self,
        source: &View<'_, S>,
        index: &mut Dims,
        empty: Option<T>,
        lift: impl Fn(S) -> T + Copy,
        to: &mut [T],
    ) {
        Reader { source, empty, lift }.fill(&self.fills, index, to);
    }
}

impl Side {
    fn new(line: Line, grid: Range<usize>, taps: Range<usize>, combed: bool) -> Self {
        let (reach, sparse) = (line.reach(&grid, &taps), line.sparse(&taps));
        let mut len = match sparse {
            Some(extent) => grid.len() * extent,
            None => (reach.end - reach.start) as usize,
        };
        let comb = if combed { sparse.or(line.step()).unwrap_or(1) } else { 1 };
        len = len.next_multiple_of(comb);
        Side { line, grid, taps, low: reach.start, len, sparse, comb, stride: 0 }
    }

    /// Where place `v` is held.
    fn held(&self, v: usize) -> usize {
        if self.comb == 1 { v } else { v % self.comb * (self.len / self.comb) + v / self.comb }
    }

    /// The position of place `v`.
    fn position(&self, v: usize) -> isize {
        match self.sparse {
            None => self.low + v as isize,
            Some(extent) => {
                let first = (self.taps.start * self.line.plan.dilation()) as isize;
                self.line.origin(self.grid.start + v / extent) + first + (v % extent) as isize
            }
        }
    }

    /// How the side is filled.
    fn fill(&self) -> Fill {
        let mut runs: Vec<Stretch> = Vec::new();
        let mut push = |at: usize, len: usize, from: Option<(usize, isize)>| {
            if let Some(last) = runs.last_mut()
                && last.extend(len, from)
            {
                return;
            }
            runs.push(Stretch { at, len, from });
        };
        let teeth = self.len / self.comb;
        let elements = self.line.elements();
        for tooth in 0..self.comb {
            let mut t = 0;
            while t < teeth {
                let (at, position) = (tooth * teeth + t, self.position(t * self.comb + tooth));
                if self.sparse.is_none() && elements.contains(&position) {
                    let more = (((elements.end - position) as usize - 1) / self.comb + 1).min(teeth - t);
                    push(at, more, Some((position as usize, self.comb as isize)));
                    t += more;
                    continue;
                }
                match self.line.cell(position) {
                    Cell::Element(e) => push(at, 1, Some((e, 0))),
                    _ => push(at, 1, None),
                }
                t += 1;
            }
        }
        Fill { axis: self.line.plan.axis(), stride: self.stride, runs }
    }
}

impl Stretch {
    /// Takes `len` places that follow into the run, if they continue it.
    fn extend(&mut self, len: usize, from: Option<(usize, isize)>) -> bool {
        match (self.from, from) {
            (None, None) => {}
            (Some((first, step)), Some((next, own))) => {
                let apart = next as isize - first as isize;
                let fits = match self.len {
                    1 => len == 1 || own == apart,
                    _ => apart == step * self.len as isize && (len == 1 || own == step),
                };
                if !fits {
                    return false;
                }
                if self.len == 1 {
                    self.from = Some((first, apart));
                }
            }
            _ => return false,
        }
        self.len += len;
        true
    }
}

/// One filling of a strip.
struct Reader<'s, 'v, S, T, F> {
    source: &'s View<'v, S>,
    empty: Option<T>,
    lift: F,
}

impl<S: Copy, T: Scalar, F: Fn(S) -> T + Copy> Reader<'_, '_, S, T, F> {
    /// Fills what lies behind one index of the axes before `fills`.
    fn fill(&self, fills: &[Fill], index: &mut Dims, to: &mut [T]) {
        match fills {
            [] => {
                if let Some(&x) = self.source.get(index) {
                    to.fill((self.lift)(x));
                }
            }
            [inner] => {
                // One row: the outer axis is the inner one, along which it does not move.
                let once = Stretch { at: 0, len: 1, from: Some((0, 0)) };
                self.block((inner.axis, 0), once, inner, index, to);
            }
            [outer, inner] => {
                for &run in &outer.runs {
                    self.block((outer.axis, outer.stride), run, inner, index, to);
                }
            }
            [outer, rest @ ..] => {
                let first = index[outer.axis];
                for run in &outer.runs {
                    for i in 0..run.len {
                        let part = &mut to[(run.at + i) * outer.stride..][..outer.stride];
                        match run.from {
                            Some((e, step)) => {
                                index[outer.axis] = first + (e as isize + step * i as isize) as usize;
                                self.fill(rest, index, part);
                            }
                            None => self.blank(part),
                        }
                    }
                }
                index[outer.axis] = first;
            }
        }
    }

    fn blank(&self, to: &mut [T]) {
        if let Some(empty) = self.empty {
            to.fill(empty);
        }
    }

    /// One run of an outer axis, along the whole inner one.
    fn block(&self, outer: (usize, usize), run: Stretch, inner: &Fill, index: &mut Dims, to: &mut [T]) {
        let (axis, stride) = outer;
        for along in &inner.runs {
            let (Some((e, step)), Some((f, along_step))) = (run.from, along.from) else {
                for i in 0..if self.empty.is_some() { run.len } else { 0 } {
                    let from = (run.at + i) * stride + along.at * inner.stride;
                    self.blank(&mut to[from..][..along.len * inner.stride]);
                }
                continue;
            };
            let kept = (index[axis], index[inner.axis]);
            index[axis] += e;
            index[inner.axis] += f;
            let rows = Along { axis, step, count: run.len };
            let columns = Along { axis: inner.axis, step: along_step, count: along.len };
            let part = &mut to[run.at * stride + along.at * inner.stride..];
            read_block(self.source, index, rows, columns, stride, part, self.lift);
            (index[axis], index[inner.axis]) = kept;
        }
    }
}
