//! The sums themselves: box by box, a strip, then tiles of windows by outputs.

use super::job::{Job, Ranges, Split, Terms};
use super::pack::{Packed, Pass, Steps};
use super::strip::{Innermost, Strip};
use crate::array::View;
use crate::kernel::contract::{Finish, OutBox, Places, Rows, Scalar, Tile, block, each_box, tile_rows};
use crate::spec::Dims;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;
use smallvec::SmallVec;

/// Windows of a tile.
const TILE: usize = 240;
/// Windows of a tile whose lanes run along the windows.
const ROWS: usize = 2048;

/// What one thread works in.
struct Scratch<T> {
    strip: Vec<T>,
    acc: Vec<T>,
}

/// The input: its elements, what empty cells read as, and how an element becomes a number.
pub(crate) struct Input<'a, 'v, S, T, F> {
    pub(crate) view: &'a View<'v, S>,
    pub(crate) empty: T,
    pub(crate) lift: F,
}

/// Writes (or, behind the first part, adds) the sums of one pass to `out`, of the job's shape. `low` takes what is lost by
/// rounding when parts are added, if there is one: see [`Carry`].
pub(crate) fn run<S, T, F>(
    job: &Job,
    packed: &Packed<T>,
    input: &Input<'_, '_, S, T, F>,
    bias: Option<&[T]>,
    (out, low): (&mut [T], Option<&mut [T]>),
) where
    S: Copy + Send + Sync,
    T: Scalar,
    F: Fn(S) -> T + Copy + Send + Sync,
{
    let pass = &packed.pass;
    let whole = pass.outputs == (0..job.outputs);
    let first = pass.groups.start * job.outputs;
    let outputs = match whole {
        true => first..pass.groups.end * job.outputs,
        false => first + pass.outputs.start..first + pass.outputs.end,
    };
    let grain = if pass.groups.len() > 1 { job.outputs } else { packed.blocks.first().map_or(1, |b| b.1) };
    let threads = job.threads(outputs.len(), pass.parts.len().saturating_mul(packed.split.terms()));
    let cut = job.cut(&packed.split, outputs, grain.max(1), threads);
    let init = || Scratch { strip: Vec::new(), acc: Vec::new() };
    let innermost = if packed.rows { Innermost::Windows } else { job.innermost(input.view.strides()) };
    let one = OneBox { job, packed, input, bias, innermost };
    each_box(out, low, packed.level, &cut, threads > 1, init, |scratch, to| one.run(scratch, to));
}

/// What the boxes of one pass share.
struct OneBox<'a, 'v, S, T, F> {
    job: &'a Job,
    packed: &'a Packed<T>,
    input: &'a Input<'a, 'v, S, T, F>,
    bias: Option<&'a [T]>,
    innermost: Innermost,
}

impl<S: Copy, T: Scalar, F: Fn(S) -> T + Copy> OneBox<'_, '_, S, T, F> {
    fn run(&self, scratch: &mut Scratch<T>, to: &mut OutBox<'_, T>) {
        let OneBox { job, packed, .. } = *self;
        let outputs = job.channel.map_or(0..1, |c| to.range(c));
        let bias = self.bias.map(|b| &b[outputs.clone()]);
        let grid: Ranges = job.lines.iter().map(|l| to.range(l.plan.axis())).collect();
        for at in packed.pass.parts.clone() {
            let part = packed.split.part(job, at);
            let strip = job.strip(&grid, &part, self.innermost, packed.rows);
            if scratch.strip.len() < strip.len() {
                scratch.strip.resize(strip.len(), T::default());
            }
            let fresh = at == 0;
            let finish = if fresh { Finish::Set(bias) } else { Finish::Add };
            // What does not depend on the group, for each class of windows.
            to.clear();
            let sums: Vec<Sum<'_, T>> = (0..job.classes())
                .filter_map(|class| {
                    let steps = Steps::new(job, &part, &job.class(class));
                    if steps.len() == 0 && !fresh {
                        return None;
                    }
                    let members = Members::new(job, &strip, class, &grid)?;
                    let mut taps = Vec::new();
                    place_taps(&steps, &members, part.channels.len(), &mut taps);
                    let mut sum = Sum { job, packed, part: at, class, taps, tiles: Vec::new(), bases: Vec::new() };
                    sum.place(&members, to);
                    Some(sum)
                })
                .collect();
            self.groups(scratch, to, &sums, (&strip, &part), &outputs, finish);
        }
    }

    /// One part of the sums of each group in the box.
    fn groups(
        &self,
        scratch: &mut Scratch<T>,
        to: &mut OutBox<'_, T>,
        sums: &[Sum<'_, T>],
        (strip, part): (&Strip, &Terms),
        outputs: &Range<usize>,
        finish: Finish<'_, T>,
    ) {
        let OneBox { job, packed, input, .. } = *self;
        let mut index: Dims = (0..job.shape.len()).map(|a| to.range(a).start).collect();
        job.lines.iter().for_each(|l| index[l.plan.axis()] = 0);
        let groups = outputs.start / job.outputs..(outputs.end - 1) / job.outputs + 1;
        for group in groups.clone() {
            if let Some(c) = job.channel {
                index[c] = group * job.channels + part.channels.start;
            }
            // What is empty stays so from one group to the next.
            let empty = (group == groups.start).then_some(input.empty);
            strip.fill(input.view, &mut index, empty, input.lift, &mut scratch.strip[..strip.len()]);
            for sum in sums {
                match packed.rows {
                    true => sum.by_rows(&scratch.strip[..strip.len()], &mut scratch.acc, to, group, outputs, finish),
                    false => sum.by_tiles(&scratch.strip[..strip.len()], &mut scratch.acc, to, group, outputs, finish),
                }
            }
        }
    }
}

/// Where each step of the sum lies on the strip, from a window's place.
pub(crate) fn place_taps(steps: &Steps, members: &Members<'_>, channels: usize, to: &mut Vec<u32>) {
    to.clear();
    let strip = members.strip;
    let tap = |at: usize| -> usize {
        steps.offsets(at).iter().enumerate().map(|(k, &offset)| strip.tap(k, members.of[k].0, offset)).sum()
    };
    to.extend((0..steps.taps()).map(|at| tap(at) as u32));
    for c in 1..channels {
        let before = (c * strip.channel_stride()) as u32;
        (0..steps.taps()).for_each(|at| to.push(to[at] + before));
    }
}

/// The windows of one class in a box, and their places on its strip.
pub(crate) struct Members<'a> {
    job: &'a Job,
    strip: &'a Strip,
    grid: &'a Ranges,
    /// First window and number of windows, along each line.
    of: SmallVec<[(usize, usize); 3]>,
    /// Where the members of the last line lie along it: the first, and how far apart they are if evenly.
    last: (usize, Option<usize>),
}

impl<'a> Members<'a> {
    /// `None` if there are none.
    pub(crate) fn new(job: &'a Job, strip: &'a Strip, class: usize, grid: &'a Ranges) -> Option<Self> {
        let classes = job.class(class);
        let of: SmallVec<[(usize, usize); 3]> =
            (0..job.lines.len()).map(|k| job.lines[k].members(classes[k], &grid[k])).collect();
        if of.iter().any(|m| m.1 == 0) {
            return None;
        }
        let mut members = Members { job, strip, grid, of, last: (0, None) };
        if let Some(line) = job.lines.last() {
            let first = members.last(0);
            let even = line.step().filter(|_| members.of[job.lines.len() - 1].1 > 1);
            members.last = (first, even.map(|_| members.last(1) - first));
        }
        Some(members)
    }

    /// The last line's axis, and how far apart members are in the grid along it.
    pub(crate) fn along(&self) -> Option<(usize, usize)> {
        self.job.lines.last().map(|l| (l.plan.axis(), l.classes()))
    }

    /// The axis of the channels, or any.
    pub(crate) fn channel(&self) -> usize {
        self.job.channel.unwrap_or(0)
    }

    /// Where member `m` of the last line lies along it.
    #[inline]
    pub(crate) fn last(&self, m: usize) -> usize {
        if let (first, Some(apart)) = self.last {
            return first + m * apart;
        }
        match self.job.lines.len().checked_sub(1) {
            Some(last) => self.strip.window(last, self.of[last].0 + m * self.job.lines[last].classes()),
            None => 0,
        }
    }

    /// Calls `f` for every run of windows along the last line: its index in the box, where it lies on the strip but for the
    /// last line, and the members of the last line to take, at most `most`.
    pub(crate) fn runs(&self, most: usize, mut f: impl FnMut(&Dims, usize, Range<usize>)) {
        let lines = &self.job.lines;
        let mut index = Dims::from_elem(0, self.job.shape.len());
        let Some(last) = lines.len().checked_sub(1) else {
            return f(&index, 0, 0..1);
        };
        let outer: usize = self.of[..last].iter().map(|m| m.1).product();
        for from in (0..self.of[last].1).step_by(most) {
            let run = from..(from + most).min(self.of[last].1);
            for mut at in 0..outer {
                let mut base = 0;
                for k in (0..last).rev() {
                    let i = self.of[k].0 + at % self.of[k].1 * lines[k].classes();
                    at /= self.of[k].1;
                    base += self.strip.window(k, i);
                    index[lines[k].plan.axis()] = i - self.grid[k].start;
                }
                let i = self.of[last].0 + run.start * lines[last].classes();
                index[lines[last].plan.axis()] = i - self.grid[last].start;
                f(&index, base, run.clone());
            }
        }
    }
}

/// The sums of one class of windows of a box over one part.
struct Sum<'a, T> {
    job: &'a Job,
    packed: &'a Packed<T>,
    part: usize,
    class: usize,
    /// Where each channel and tap lies, from a window's place.
    taps: Vec<u32>,
    /// Where the windows lie, or, for rows, each row's first.
    bases: Vec<u32>,
    tiles: Vec<Place>,
}

/// Windows that are computed together.
struct Place {
    bases: Range<usize>,
    places: Places,
    /// Windows a base stands for.
    len: usize,
}

impl<T: Scalar> Sum<'_, T> {
    /// Lists the windows in tiles, with their places in the box.
    fn place(&mut self, members: &Members<'_>, to: &mut OutBox<'_, T>) {
        let (axis, apart) = members.along().unwrap_or((0, 1));
        let (mut from, mut list, mut len) = (0, to.next(), 1);
        let (bases, tiles) = (&mut self.bases, &mut self.tiles);
        let mut flush = |bases: &Vec<u32>, to: &OutBox<'_, T>, from: &mut usize, list: &mut usize, len: usize| {
            if *from < bases.len() {
                tiles.push(Place { bases: *from..bases.len(), places: *list..to.next(), len });
            }
            (*from, *list) = (bases.len(), to.next());
        };
        if self.packed.rows {
            members.runs(ROWS, |index, base, run| {
                if run.len() != len || (bases.len() - from) * len >= ROWS {
                    flush(bases, to, &mut from, &mut list, len);
                    len = run.len();
                }
                to.place(list, index, axis, apart, run.len());
                bases.push((base + members.last(run.start)) as u32);
            });
        } else {
            members.runs(TILE, |index, base, mut run| {
                let mut index = index.clone();
                while !run.is_empty() {
                    let take = run.len().min(TILE - (bases.len() - from));
                    to.place(list, &index, axis, apart, take);
                    bases.extend((run.start..run.start + take).map(|m| (base + members.last(m)) as u32));
                    run.start += take;
                    if !run.is_empty() {
                        index[axis] += take * apart;
                    }
                    if bases.len() - from == TILE {
                        flush(bases, to, &mut from, &mut list, len);
                    }
                }
            });
        }
        flush(bases, to, &mut from, &mut list, len);
    }

    /// Lanes along the outputs.
    fn by_tiles(
        &self,
        strip: &[T],
        acc: &mut Vec<T>,
        to: &mut OutBox<'_, T>,
        group: usize,
        outputs: &Range<usize>,
        finish: Finish<'_, T>,
    ) {
        let first = group * self.job.outputs;
        for tile in &self.tiles {
            let bases = &self.bases[tile.bases.clone()];
            for (b, &(from, width)) in self.packed.blocks.iter().enumerate() {
                let until = (from + width).min(self.packed.pass.outputs.end);
                let own = (first + from).max(outputs.start)..(first + until).min(outputs.end);
                if own.is_empty() {
                    continue;
                }
                let need = tile_rows(bases.len()) * width;
                if acc.len() < need {
                    acc.resize(need, T::default());
                }
                let weights = self.packed.get(self.job, group, self.part, self.class, b);
                self.tile(strip, weights, width, bases, &mut acc[..need]);
                let lane = own.start - (first + from);
                let own = own.start - outputs.start..own.end - outputs.start;
                to.put_tile(tile.places.clone(), acc, width, lane, own, finish);
            }
        }
    }

    /// Lanes along the windows.
    fn by_rows(
        &self,
        strip: &[T],
        acc: &mut Vec<T>,
        to: &mut OutBox<'_, T>,
        group: usize,
        outputs: &Range<usize>,
        finish: Finish<'_, T>,
    ) {
        let (first, count) = self.packed.blocks[0];
        let from = group * self.job.outputs + first - outputs.start;
        let weights = self.packed.get(self.job, group, self.part, self.class, 0);
        let level = self.packed.level;
        for tile in &self.tiles {
            let bases = &self.bases[tile.bases.clone()];
            let rows = Rows { weights, strip, taps: &self.taps, len: tile.len };
            if let (1, Finish::Set(None)) = (count, finish)
                && let Some(slice) = to.slice(tile.places.clone(), from)
            {
                rows.run(level, count, bases, slice);
                continue;
            }
            let need = count * bases.len() * tile.len;
            if acc.len() < need {
                acc.resize(need, T::default());
            }
            rows.run(level, count, bases, &mut acc[..need]);
            to.put_rows(tile.places.clone(), &acc[..need], from..from + count, finish);
        }
    }

    /// One block of outputs of one tile, over the whole part of the sum, block by block.
    fn tile(&self, strip: &[T], weights: &[T], width: usize, bases: &[u32], acc: &mut [T]) {
        let taps = &self.taps[..];
        let each = block(taps.len());
        if taps.is_empty() {
            acc.fill(T::default());
        }
        for (at, (taps, weights)) in taps.chunks(each).zip(weights.chunks(each * width)).enumerate() {
            Tile { weights, strip, taps, fresh: at == 0 }.run(self.packed.level, width, bases, acc);
        }
    }
}

/// The passes over the weights that keep what is packed at once below `budget` elements. Parts stay whole and in their order:
/// the passes do not change a sum.
pub(crate) fn passes(job: &Job, split: &Split, lanes: usize, budget: usize) -> Vec<Pass> {
    let parts = split.parts(job);
    let each = job.channels.saturating_mul(job.taps()).max(1);
    let of_group = job.outputs.next_multiple_of(lanes).saturating_mul(each);
    if of_group <= budget {
        let step = (budget / of_group).max(1);
        return (0..job.groups)
            .step_by(step)
            .map(|g| Pass {
                groups: g..g.saturating_add(step).min(job.groups),
                outputs: 0..job.outputs,
                parts: 0..parts,
            })
            .collect();
    }
    let outputs = (budget / each / lanes * lanes).max(lanes);
    let some = (budget / outputs / split.terms().max(1)).max(1);
    let mut list = vec![];
    for g in 0..job.groups {
        for o in (0..job.outputs).step_by(outputs) {
            for at in (0..parts).step_by(some) {
                list.push(Pass {
                    groups: g..g + 1,
                    outputs: o..(o + outputs).min(job.outputs),
                    parts: at..(at + some).min(parts),
                });
            }
        }
    }
    list
}
