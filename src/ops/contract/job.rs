//! What is contracted with what, in numbers: axes, groups, and how the work is split so that it stays in the cache.

use super::line::Line;
use super::strip::{Innermost, Strip};
use crate::kernel::caches::STRIP;
use crate::kernel::contract::{Cut, Scalar, widths};
use crate::kernel::level::Level;
use crate::kernel::threads::threads_for;
use crate::spec::{Dims, Plan, index_of, sort_few};
use core::ops::Range;
use smallvec::SmallVec;

/// Channels and taps of one part of a sum: they are listed, and the weights of a part for the widest block of lanes fit what is
/// packed at once.
const TERMS: usize = 8 << 10;
/// Multiply-adds that take as long as moving a byte: a million bytes are about 100 us.
const PRODUCTS: usize = 4;

pub(crate) type Ranges = SmallVec<[Range<usize>; 3]>;

/// The geometry of a contraction.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// The unfolded axes in the array's order.
    pub(crate) lines: SmallVec<[Line; 3]>,
    /// Which axis of the request each line is.
    pub(crate) asked: SmallVec<[usize; 3]>,
    /// The axis of the channels, if there is one.
    pub(crate) channel: Option<usize>,
    pub(crate) groups: usize,
    /// Outputs of a group.
    pub(crate) outputs: usize,
    /// Channels of a group.
    pub(crate) channels: usize,
    /// The shape of the result.
    pub(crate) shape: Dims,
}

/// How the sum over channels and taps, and the grid of windows, are split.
#[derive(Clone, Debug)]
pub(crate) struct Split {
    /// Windows of a box, along each line.
    pub(crate) grid: SmallVec<[usize; 3]>,
    /// Taps of a part, along each line.
    taps: SmallVec<[usize; 3]>,
    /// Channels of a part.
    channels: usize,
}

impl Job {
    pub(crate) fn new(plan: &Plan, channel: Option<usize>, groups: usize, outputs: usize, zero_holes: bool) -> Self {
        let mut asked: SmallVec<[usize; 3]> = (0..plan.axes().len()).collect();
        sort_few(&mut asked, |&k| plan.axes()[k].axis());
        let lines = asked.iter().map(|&k| Line::new(plan.axes()[k], zero_holes)).collect();
        let mut shape = plan.reduced_dims();
        let channels = channel.map_or(1, |c| plan.input_shape()[c] / groups);
        if let Some(c) = channel {
            // What does not fit has no size an address space holds: see `Contraction::check_size`.
            shape[c] = groups.saturating_mul(outputs);
        }
        Job { lines, asked, channel, groups, outputs, channels, shape }
    }

    /// Products in each sum.
    pub(crate) fn terms(&self) -> usize {
        self.channels.saturating_mul(self.taps())
    }

    /// Taps of a window.
    pub(crate) fn taps(&self) -> usize {
        self.lines.iter().map(|l| l.plan.window()).fold(1, usize::saturating_mul)
    }

    /// Windows.
    pub(crate) fn windows(&self) -> usize {
        self.lines.iter().map(|l| l.plan.count()).product()
    }

    /// How strips of an array with these strides should lie: channels innermost where they are in memory. Only the copy becomes
    /// cheaper by it; the order of a sum does not ask.
    pub(crate) fn innermost(&self, strides: &[isize]) -> Innermost {
        let near = |axis: usize| strides[axis].unsigned_abs();
        match (self.channel, self.lines.last()) {
            (Some(c), Some(line)) if near(c) < near(line.plan.axis()) && self.channels > 1 => Innermost::Channels,
            _ => Innermost::Windows,
        }
    }

    /// Whether lanes should run along the windows: few outputs, evenly spaced windows, enough of them.
    pub(crate) fn by_rows<T: Scalar>(&self, level: Level) -> bool {
        let lanes = level.vector_bytes() / size_of::<T>();
        let Some(last) = self.lines.last() else { return false };
        let row = last.plan.count() / last.classes();
        last.step().is_some() && (self.outputs <= 2 || (self.outputs <= lanes / 2 && row >= lanes))
    }

    /// Combinations of the lines' classes.
    pub(crate) fn classes(&self) -> usize {
        self.lines.iter().map(Line::classes).product()
    }

    /// The class of each line in combination `at`.
    pub(crate) fn class(&self, at: usize) -> Dims {
        index_of(at, &self.lines.iter().map(Line::classes).collect::<Dims>())
    }

    /// How many taps the windows of a class see within some.
    pub(crate) fn seen(&self, class: &[usize], taps: &[Range<usize>]) -> usize {
        (0..self.lines.len()).map(|k| self.lines[k].taps(class[k], taps[k].clone()).count()).product()
    }

    /// Splits the sum over channels and taps so that a strip fits the cache. Asks for nothing but shapes and the size of an
    /// element: the order of a sum, and so its bits, follow from this.
    pub(crate) fn split<T: Scalar>(&self) -> Split {
        let budget = STRIP / size_of::<T>();
        let mut split = Split {
            grid: self.lines.iter().map(|l| l.plan.count()).collect(),
            taps: self.lines.iter().map(|l| l.plan.window()).collect(),
            channels: self.channels,
        };
        split.sum_below(TERMS);
        let longest = |list: &[usize]| (0..list.len()).filter(|&k| list[k] > 1).max_by_key(|&k| list[k]);
        while self.strip_len(&split) > budget {
            // Fewer windows, while the overlap of neighbouring strips stays small.
            if let Some(k) = self.best_half(&split) {
                split.grid[k] = split.grid[k].div_ceil(2);
            } else if split.channels > 1 {
                split.channels = split.channels.div_ceil(2);
            } else if let Some(k) = longest(&split.grid) {
                split.grid[k] = split.grid[k].div_ceil(2);
            } else if let Some(k) = longest(&split.taps) {
                split.taps[k] = split.taps[k].div_ceil(2);
            } else {
                break;
            }
        }
        split
    }

    /// The line whose windows to halve for the shortest strips (the last one only if there is no other), if one leaves not
    /// much more than half a strip.
    fn best_half(&self, split: &Split) -> Option<usize> {
        let after = |k: usize| {
            let mut half = split.clone();
            half.grid[k] = half.grid[k].div_ceil(2);
            self.strip_len(&half)
        };
        let good = |k: &usize| split.grid[*k] > 1 && after(*k) * 3 <= self.strip_len(split) * 2;
        let last = self.lines.len().checked_sub(1)?;
        (0..last).filter(good).min_by_key(|&k| after(k)).or(Some(last).filter(good))
    }

    /// Elements of the longest strip of a split, saturating.
    fn strip_len(&self, split: &Split) -> usize {
        let mut len = split.channels;
        for (k, line) in self.lines.iter().enumerate() {
            if line.plan.count() == 0 {
                return 0;
            }
            let (grid, taps) = (0..split.grid[k], 0..split.taps[k]);
            let dense = line.reach(&grid, &taps);
            let side = match line.sparse(&taps) {
                Some(extent) => grid.len().saturating_mul(extent),
                // Uneven starts may be further apart elsewhere, by less than a step.
                None => (dense.end - dense.start) as usize + line.plan.step(),
            };
            len = len.saturating_mul(side);
        }
        len
    }

    /// The boxes for `outputs` of the result, in chunks of a multiple of `grain`; smaller ones for `threads` threads.
    pub(crate) fn cut(&self, split: &Split, outputs: Range<usize>, grain: usize, threads: usize) -> Cut {
        let mut split = split.clone();
        let rank = self.shape.len();
        let mut cut = Cut {
            starts: Dims::from_elem(0, rank),
            ends: self.shape.clone(),
            chunk: Dims::from_elem(1, rank),
            shape: self.shape.clone(),
            channel: self.channel,
        };
        if let Some(c) = self.channel {
            cut.starts[c] = outputs.start;
            cut.ends[c] = outputs.end;
            cut.chunk[c] = outputs.len().max(1);
        }
        for (k, line) in self.lines.iter().enumerate() {
            cut.chunk[line.plan.axis()] = split.grid[k].max(1);
        }
        while threads > 1 && cut.len() < 4 * threads {
            let wide = self.channel.filter(|&c| cut.chunk[c] > grain);
            let good = self.best_half(&split);
            let any = (0..self.lines.len()).find(|&k| split.grid[k] > 1);
            match (wide.filter(|_| self.groups > 1), good, wide, any) {
                (Some(c), ..) | (None, None, Some(c), _) => {
                    cut.chunk[c] = cut.chunk[c].div_ceil(2).next_multiple_of(grain);
                }
                (None, Some(k), ..) | (None, None, None, Some(k)) => {
                    split.grid[k] = split.grid[k].div_ceil(2);
                    cut.chunk[self.lines[k].plan.axis()] = split.grid[k];
                }
                (None, None, None, None) => break,
            }
        }
        cut
    }

    /// How many threads a job of so many outputs, each a sum of so many products, is worth.
    pub(crate) fn threads(&self, outputs: usize, terms: usize) -> usize {
        let plain: usize = (0..self.shape.len())
            .filter(|&a| Some(a) != self.channel && self.lines.iter().all(|l| l.plan.axis() != a))
            .map(|a| self.shape[a])
            .product();
        let work = plain.saturating_mul(self.windows()).saturating_mul(outputs).saturating_mul(terms);
        threads_for(work / PRODUCTS)
    }

    /// The strip of a box for a part of the sum.
    pub(crate) fn strip(&self, grid: &[Range<usize>], part: &Terms, innermost: Innermost, combed: bool) -> Strip {
        Strip::new(&self.lines, grid, &part.taps, (self.channel, part.channels.len()), innermost, combed)
    }

    /// The lanes of one group's outputs at a level, block by block: the first output and the width.
    pub(crate) fn blocks<T: Scalar>(&self, level: Level, outputs: &Range<usize>) -> SmallVec<[(usize, usize); 8]> {
        let mut from = outputs.start;
        widths::<T>(level, outputs.len())
            .map(|width| {
                let at = from;
                from += width;
                (at, width)
            })
            .collect()
    }
}

/// One part of the sum over channels and taps.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// Channels of the group.
    pub(crate) channels: Range<usize>,
    /// Taps along each line.
    pub(crate) taps: Ranges,
}

impl Split {
    /// Splits further until a part has at most `most` channels and taps.
    pub(crate) fn sum_below(&mut self, most: usize) {
        while self.channels.saturating_mul(self.taps.iter().fold(1, |n, &k| n.saturating_mul(k))) > most.max(1) {
            match (0..self.taps.len()).max_by_key(|&k| self.taps[k]) {
                _ if self.channels > 1 => self.channels = self.channels.div_ceil(2),
                Some(k) => self.taps[k] = self.taps[k].div_ceil(2),
                None => break,
            }
        }
    }

    /// Channels and taps of the longest part.
    pub(crate) fn terms(&self) -> usize {
        self.channels * self.taps.iter().product::<usize>()
    }

    /// How many parts the sum has.
    pub(crate) fn parts(&self, job: &Job) -> usize {
        let taps: usize = job.lines.iter().zip(&self.taps).map(|(l, &block)| l.plan.window().div_ceil(block)).product();
        taps * job.channels.div_ceil(self.channels.max(1))
    }

    /// Terms `at` of the sum.
    pub(crate) fn part(&self, job: &Job, mut at: usize) -> Terms {
        let mut taps: Ranges = SmallVec::from_elem(0..0, job.lines.len());
        for k in (0..job.lines.len()).rev() {
            let (window, block) = (job.lines[k].plan.window(), self.taps[k]);
            let blocks = window.div_ceil(block);
            let from = at % blocks * block;
            taps[k] = from..(from + block).min(window);
            at /= blocks;
        }
        let from = at * self.channels;
        Terms { channels: from..(from + self.channels).min(job.channels), taps }
    }
}
