//! The gradient for the weights: the same product with windows and taps exchanged.
//!
//! `gradient of w[o][c][tap] = sum over windows p of dy[p][o] * strip[place of c and tap + place of p]`: what stood for the
//! taps of a sum are now the windows, and what stood for the windows the channels and taps.

use super::Contraction;
use super::job::{Job, Ranges, Terms};
use super::pack::Steps;
use super::run::{Members, place_taps};
use super::strip::Innermost;
use crate::array::{Array, View};
use crate::kernel::caches::GRADIENT;
use crate::kernel::contract::{Cut, Finish, OutBox, Scalar, Tile, carry, each_box, read_along, tile_rows};
use crate::kernel::level::Level;
use crate::spec::{Dims, index_of};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;
use smallvec::SmallVec;

/// Windows of a tile: the most products that are summed one after the other.
const TILE: usize = 192;
/// Tiles whose sums are added up plainly; then what the additions lose is kept.
const PLAIN_TILES: usize = 64;

/// What one thread works in.
struct Scratch<T> {
    strip: Vec<T>,
    sums: Sums<T>,
    /// Results' gradients of a tile, `[windows, outputs]`.
    rows: Vec<T>,
    places: Vec<u32>,
    windows: Vec<u32>,
}

/// Sums over windows, `[classes, channels and taps, outputs]`, in three steps, so that their error does not grow with the number
/// of windows: tile by tile into `part`, every [`PLAIN_TILES`] tiles from there into `whole`.
struct Sums<T> {
    part: Vec<T>,
    /// As long as `part` once it was needed, and what its additions lose.
    whole: Vec<T>,
    low: Vec<T>,
}

impl<T: Scalar> Sums<T> {
    fn new() -> Self {
        Sums { part: Vec::new(), whole: Vec::new(), low: Vec::new() }
    }

    fn clear(&mut self, len: usize) {
        self.part.clear();
        self.part.resize(len, T::default());
        self.whole.clear();
        self.low.clear();
    }

    /// Takes the sums of some places from `part`.
    fn carry(&mut self, level: Level, places: Range<usize>) {
        self.whole.resize(self.part.len(), T::default());
        self.low.resize(self.part.len(), T::default());
        let (part, whole) = (&mut self.part[places.clone()], &mut self.whole[places.clone()]);
        carry(level, part, whole, &mut self.low[places]);
    }

    /// The whole sums.
    fn finish(&mut self, level: Level) -> &[T] {
        if self.whole.is_empty() {
            return &self.part;
        }
        carry(level, &mut self.part, &mut self.whole, &mut self.low);
        &self.whole
    }
}

/// Writes the gradient for weights `[outputs, channels / groups, taps..]` to `out`, which holds zeros.
pub(crate) fn weight_gradient<T: Scalar>(
    contraction: &Contraction,
    array: &View<'_, T>,
    gradient: &View<'_, T>,
    out: &mut Array<T>,
) {
    if out.is_empty() || gradient.is_empty() {
        return;
    }
    let job = &contraction.job;
    let width = job.blocks::<T>(contraction.level, &(0..job.outputs))[0].1;
    let mut split = job.split::<T>();
    split.sum_below(GRADIENT / size_of::<T>() / width);
    let part = split.part(job, 0);
    let shape = Dims::from_slice(out.shape());
    let mut chunk = Dims::from_elem(1, shape.len());
    // A box is a block of one group's outputs, for one part of the channels and taps.
    chunk[0] = width.min(job.outputs);
    if !job.outputs.is_multiple_of(width) {
        chunk[0] = job.outputs;
    }
    chunk[1] = part.channels.len();
    for (k, taps) in part.taps.iter().enumerate() {
        chunk[2 + job.asked[k]] = taps.len();
    }
    let starts = Dims::from_elem(0, shape.len());
    let cut = Cut { ends: shape.clone(), shape, starts, chunk, channel: Some(0) };
    let what = Gradient { contraction, array, gradient, grid: &split.grid };
    let parallel = job.threads(job.groups * job.outputs, job.terms()) > 1;
    let init =
        || Scratch { strip: Vec::new(), sums: Sums::new(), rows: Vec::new(), places: Vec::new(), windows: Vec::new() };
    each_box(out.as_mut_slice(), None, contraction.level, &cut, parallel, init, |scratch, to| {
        what.one_box(scratch, to)
    });
}

struct Gradient<'a, 'v, T> {
    contraction: &'a Contraction,
    array: &'a View<'v, T>,
    gradient: &'a View<'v, T>,
    /// Windows of a strip along each line.
    grid: &'a [usize],
}

impl<T: Scalar> Gradient<'_, '_, T> {
    fn one_box(&self, scratch: &mut Scratch<T>, to: &mut OutBox<'_, T>) {
        let job = &self.contraction.job;
        let outputs = to.range(0);
        let taps: Ranges = job.asked.iter().map(|&k| to.range(2 + k)).collect();
        let part = Terms { channels: to.range(1), taps };
        let innermost = job.innermost(self.array.strides());
        let blocks = job.blocks::<T>(self.contraction.level, &(0..outputs.len()));
        let steps: Vec<Steps> = (0..job.classes()).map(|class| Steps::new(job, &part, &job.class(class))).collect();
        let rows: usize = steps.iter().map(|s| tile_rows(s.len())).sum();
        for &(first, width) in &blocks {
            let own = outputs.start + first..(outputs.start + first + width).min(outputs.end);
            scratch.sums.clear(rows * width);
            self.sum(scratch, &part, innermost, &steps, own.clone(), width);
            let all = scratch.sums.finish(self.contraction.level);
            let mut from = 0;
            for steps in &steps {
                let sums = &all[from * width..][..tile_rows(steps.len()) * width];
                from += tile_rows(steps.len());
                self.put(to, &part, steps, sums, width, first..first + own.len());
            }
        }
    }

    /// Adds all windows' products to `scratch.sums`.
    fn sum(
        &self,
        scratch: &mut Scratch<T>,
        part: &Terms,
        innermost: Innermost,
        steps: &[Steps],
        outputs: Range<usize>,
        width: usize,
    ) {
        let job = &self.contraction.job;
        let group = outputs.start / job.outputs;
        let channel = job.channel.map(|c| (c, group * job.channels + part.channels.start));
        // Each class counts its own tiles: which classes there are in a part depends on how many outputs run together.
        let mut tiles = vec![0usize; steps.len()];
        for_each_box(job, self.grid, |index, grid| {
            let strip = job.strip(grid, part, innermost, false);
            if scratch.strip.len() < strip.len() {
                scratch.strip.resize(strip.len(), T::default());
            }
            let mut source = index.clone();
            job.lines.iter().for_each(|l| source[l.plan.axis()] = 0);
            if let Some((axis, first)) = channel {
                source[axis] = first;
            }
            strip.fill(self.array, &mut source, Some(T::default()), |x| x, &mut scratch.strip[..strip.len()]);
            let mut from = 0;
            for (class, steps) in steps.iter().enumerate() {
                let need = tile_rows(steps.len()) * width;
                let Some(members) = Members::new(job, &strip, class, grid).filter(|_| steps.len() > 0) else {
                    from += need;
                    continue;
                };
                place_taps(steps, &members, part.channels.len(), &mut scratch.places);
                let Scratch { strip: held, sums, rows, places, windows } = scratch;
                let held = &held[..strip.len()];
                let mut flush = |rows: &mut Vec<T>, windows: &mut Vec<u32>| {
                    let tile = Tile { weights: rows, strip: held, taps: windows, fresh: false };
                    tile.run(self.contraction.level, width, places, &mut sums.part[from..][..need]);
                    tiles[class] += 1;
                    if T::LOSES && tiles[class].is_multiple_of(PLAIN_TILES) {
                        sums.carry(self.contraction.level, from..from + need);
                    }
                    rows.clear();
                    windows.clear();
                };
                members.runs(TILE, |place, base, run| {
                    let mut at = index.clone();
                    for (a, &i) in place.iter().enumerate() {
                        at[a] = if job.channel == Some(a) { outputs.start } else { at[a] + i };
                    }
                    for m in run {
                        windows.push((base + members.last(m)) as u32);
                        let from = rows.len();
                        rows.resize(from + width, T::default());
                        let row = &mut rows[from..from + outputs.len()];
                        read_along(self.gradient, &at, members.channel(), 1, row, |x| x);
                        if let Some((axis, apart)) = members.along() {
                            at[axis] += apart;
                        }
                        if windows.len() == TILE {
                            flush(rows, windows);
                        }
                    }
                });
                if !windows.is_empty() {
                    flush(rows, windows);
                }
                from += need;
            }
        });
    }

    /// Writes the sums of one class.
    fn put(
        &self,
        to: &mut OutBox<'_, T>,
        part: &Terms,
        steps: &Steps,
        sums: &[T],
        width: usize,
        outputs: Range<usize>,
    ) {
        to.clear();
        let mut index = Dims::from_elem(0, part.taps.len() + 2);
        let first: SmallVec<[usize; 3]> = (0..part.taps.len()).map(|k| to.range(2 + k).start).collect();
        steps.each(|c, taps| {
            index[1] = c - part.channels.start;
            for (k, &tap) in taps.iter().enumerate() {
                index[2 + k] = tap - first[k];
            }
            to.place(0, &index, 1, 1, 1);
        });
        to.put_tile(0..to.next(), sums, width, 0, outputs, Finish::Set(None));
    }
}

/// Calls `f` for every index of the plain axes and every box of windows: the index of the array where the box begins (0 on
/// unfolded axes and on the channels'), and the windows.
fn for_each_box(job: &Job, chunk: &[usize], mut f: impl FnMut(&Dims, &Ranges)) {
    let line = |a: usize| job.lines.iter().position(|l| l.plan.axis() == a);
    let step: Dims = (0..job.shape.len()).map(|a| line(a).map_or(1, |k| chunk[k])).collect();
    let count: Dims =
        (0..job.shape.len()).map(|a| if job.channel == Some(a) { 1 } else { job.shape[a].div_ceil(step[a]) }).collect();
    for at in 0..count.iter().product() {
        let mut index = index_of(at, &count);
        index.iter_mut().zip(&step).for_each(|(i, step)| *i *= step);
        let grid = (0..job.lines.len())
            .map(|k| {
                let axis = job.lines[k].plan.axis();
                index[axis]..(index[axis] + step[axis]).min(job.shape[axis])
            })
            .collect();
        f(&index, &grid);
    }
}
