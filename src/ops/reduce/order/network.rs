//! Windows of few cells: minima and maxima of whole rows, whatever the type and the rank.

use super::super::block::{Block, Cuts, Places, SPARE, Seen, Side, rows as rows_of};
use super::super::held::Held;
use super::super::rankable::Rankable;
use super::program::{Asked, Program};
use super::wanted::{Place, Wanted};
use crate::element::Element;
use crate::kernel::level::Level;
use crate::kernel::network::{From, keys as keys_of, results, row};
use crate::spec::{AxisPlan, Dims, advance, gcd, index_of, row_major};
use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ops::Range;
use smallvec::SmallVec;

/// Windows of a tile along each axis but the last, at most.
const TILE: usize = 8;

/// A program for those blocks of a request whose windows hold all their cells, and what it is for.
pub(super) struct Network {
    asked: Asked,
    t: f64,
    program: Program,
    /// The windows that hold all their cells, along each axis of the array.
    full: Vec<(usize, Range<usize>)>,
}

/// The program for a request of so many answers, if its windows' cells follow each other, and if it takes at most so many
/// cycles an answer.
pub(super) fn network<K>(
    axes: &[&AxisPlan],
    filled: bool,
    place: Place,
    (answers, cycles): (usize, usize),
) -> Option<Network> {
    let even = |a: &&AxisPlan| a.even_step().is_some() && a.base_dilation() == 1;
    let cells = axes.iter().fold(1usize, |n, a| n.saturating_mul(a.window()));
    // To make the program takes longer the more cells there are, however few the answers.
    let few = cells > CELLS || cells * cells > 4 * answers;
    if axes.is_empty() || few || size_of::<K>() > 8 || !axes.iter().all(even) {
        return None;
    }
    let full: Vec<(usize, Range<usize>)> = axes.iter().map(|a| (a.axis(), Held::new(a, filled).full())).collect();
    let lens: Dims = full.iter().map(|(_, full)| full.len()).collect();
    let (&along, across) = lens.split_last()?;
    if lens.contains(&0) {
        return None;
    }
    let apart = |a: &&AxisPlan| a.even_step().map_or(1, |step| step / gcd(step, a.dilation()));
    let (k, t) = place.among(cells);
    let asked = Asked {
        window: axes.iter().map(|a| a.window()).collect(),
        step: axes.iter().map(apart).collect(),
        tile: across.iter().map(|&count| 1 << count.min(TILE).ilog2()).collect(),
        ranks: k..k + 1 + usize::from(t > 0.0),
    };
    let program = Program::new(&asked, row::<K>());
    let registers = Level::detect().vector_bytes() / size_of::<K>();
    // A line of few windows takes as long as a row of them.
    let row = program.valid.div_ceil(asked.step.last().copied().unwrap_or(1));
    let pays = program.valid > 0 && program.cost * row <= cycles * registers * row.min(along);
    pays.then_some(Network { asked, t, program, full })
}

/// The most cells of a window that a program is made for.
const CELLS: usize = 256;

impl Network {
    /// How the windows of an axis are cut: a block's elements and results stay in a second-level cache.
    pub(super) fn cuts<K>(&self, axis: &AxisPlan, last: bool) -> Cuts {
        let most = match (last, self.full.len()) {
            (true, 1) => 64 * row::<K>(),
            (true, _) => 16 * row::<K>(),
            (false, 2) => 2 * TILE,
            (false, _) => TILE,
        };
        let full = self.full.iter().find(|(of, _)| *of == axis.axis());
        Cuts { most, apart: full.map_or(0..0, |(_, full)| full.clone()) }
    }

    /// Whether the program's keys are made of a block's elements where those lie, unless some are unordered.
    pub(super) fn in_place<T: Rankable, R, F>(&self, sides: &[Cow<'_, Side>], wanted: &Wanted<R, F>) -> bool {
        T::keys(&[]).is_none() && self.counts(wanted) && self.fits(sides)
    }

    /// Whether the program answers the windows of a block, or all but a few of them.
    pub(super) fn answers<T: Rankable, R, F>(&self, block: &Block<'_, T>, wanted: &Wanted<R, F>) -> bool {
        // (Which was asked for because it is so.)
        if block.is_in_place() {
            return true;
        }
        if !self.counts(wanted) || !self.fits(block.sides) {
            return false;
        }
        if wanted.least.is_none() || !T::NANS {
            return true;
        }
        // Those that hold something unordered are put in order one by one.
        let windows: usize = block.sides.iter().map(|s| s.windows.len()).product();
        8 * self.cells() * block.data.iter().filter(|x| x.unordered()).count() <= windows
    }

    fn cells(&self) -> usize {
        self.asked.window.iter().product()
    }

    /// Whether a window with nothing unordered in it has enough cells.
    fn counts<R, F>(&self, wanted: &Wanted<R, F>) -> bool {
        wanted.least.is_none_or(|least| self.cells() >= least)
    }

    /// Whether the windows of a block are those the program is for.
    fn fits(&self, sides: &[Cow<'_, Side>]) -> bool {
        // The step of a window alone is of no account.
        let even = |(side, (&window, &step)): (&Cow<'_, Side>, (&usize, &usize))| match side.even {
            Some((apart, cells)) => cells == window && (apart == step || side.windows.len() == 1),
            None => false,
        };
        let tiles = sides.iter().zip(&self.asked.tile).all(|(side, &tile)| side.windows.len() >= tile);
        tiles && sides.iter().zip(self.asked.window.iter().zip(&self.asked.step)).all(even)
    }

    /// Answers every window of a block whose windows it [`answers`](Self::answers); `false` if it needs a copy of its elements.
    pub(super) fn order<T: Rankable, R: Element, F: Fn(T, T, f64) -> R>(
        &self,
        block: &Block<'_, T>,
        scratch: &mut Scratch<T::Key>,
        wanted: &Wanted<R, F>,
        Places { out, strides: places, .. }: Places<'_, R>,
    ) -> bool {
        let Scratch { keys, rows } = scratch;
        let Some((last, outer)) = block.sides.split_last() else { return true };
        let count = last.windows.len();
        let level = Level::detect();
        let width = last.cells.len();
        let (cells, highest) = match T::keys(block.spared) {
            Some(keys) => (keys, T::HIGHEST),
            None => {
                let highest = make_keys(level, block, keys);
                (&keys[..], highest)
            }
        };
        if block.is_in_place() && highest > T::HIGHEST && wanted.least.is_some() {
            return false;
        }
        rows.resize(self.program.steps.rows * row::<T::Key>(), T::LOWEST);
        let lens = self.asked.rows();
        let strides: Dims = row_major(outer.iter().map(|s| s.cells.len())).iter().map(|s| s * width).collect();
        let apart = places.last().copied().unwrap_or(1);
        let at = |index: &[usize], strides: &[usize]| index.iter().zip(strides).map(|(i, s)| i * s).sum::<usize>();
        let (inside, windows) = (corners(&lens, &strides), corners(&self.asked.tile, &places));
        let tiles: Dims = outer.iter().zip(&self.asked.tile).map(|(s, &tile)| s.windows.len().div_ceil(tile)).collect();
        let step = self.asked.step.last().copied().unwrap_or(1);
        let some = self.program.valid.div_ceil(step);
        let mut tile = Dims::from_elem(0, outer.len());
        for _ in 0..tiles.iter().product() {
            // The last tile of an axis ends where the block does, over some windows once more.
            let first = tile.iter().zip(&self.asked.tile).zip(outer);
            let first: Dims = first.map(|((t, &of), side)| (t * of).min(side.windows.len() - of)).collect();
            let read: Dims = first.iter().zip(&self.asked.step).map(|(i, step)| i * step).collect();
            let (read, written) = (at(&read, &strides), at(&first, &places));
            for from in (0..count).step_by(some) {
                let from = from.min(count.saturating_sub(some));
                let n = some.min(count - from);
                let inputs: SmallVec<[&[T::Key]; 16]> =
                    inside.iter().map(|row| &cells[read + row + from * step..]).collect();
                self.program.steps.run(level, &inputs, rows);
                let row_of = |found: &From| match *found {
                    From::Input(input, shift) => &inputs[input][shift..],
                    From::Row(place, shift) => &rows[place * row::<T::Key>() + shift..],
                };
                for (found, place) in self.program.found.iter().zip(&windows) {
                    let out = &mut out[written + place + from * apart..][..(n - 1) * apart + 1];
                    let [low, high] = [found.first(), found.last()].map(|found| found.map_or(&[][..], row_of));
                    let (make, t) = (&wanted.make, self.t);
                    if step > 1 || apart > 1 {
                        let (low, high) = (low.iter().step_by(step), high.iter().step_by(step));
                        for (out, (&low, &high)) in out.iter_mut().step_by(apart).zip(low.zip(high)) {
                            *out = make(T::value(low), T::value(high), t);
                        }
                    } else if t > 0.0 {
                        results(level, [low, high], |low, high| make(T::value(low), T::value(high), t), out);
                    } else {
                        results(level, [low; 2], |key, _| make(T::value(key), T::value(key), 0.0), out);
                    }
                }
            }
            advance(&mut tile, |k| 0..tiles[k]);
        }
        if highest > T::HIGHEST {
            self.stamp(block, cells, wanted, out, &places);
        }
        true
    }

    /// Windows that hold something unordered have that for an answer or, where it does not count, are answered one by one.
    fn stamp<T: Rankable, R: Element, F: Fn(T, T, f64) -> R>(
        &self,
        block: &Block<'_, T>,
        keys: &[T::Key],
        wanted: &Wanted<R, F>,
        out: &mut [R],
        places: &[usize],
    ) {
        let shape: Dims = block.sides.iter().map(|s| s.cells.len()).collect();
        let keys = &keys[..shape.iter().product()];
        for (number, _) in keys.iter().enumerate().filter(|&(_, &key)| key > T::HIGHEST) {
            let cell = index_of(number, &shape);
            let over = |k: usize| {
                let (window, step) = (self.asked.window[k], self.asked.step[k]);
                let end = (cell[k] / step + 1).min(block.sides[k].windows.len());
                (cell[k] + 1).saturating_sub(window).div_ceil(step).min(end)..end
            };
            let ranges: Vec<_> = (0..shape.len()).map(over).collect();
            let mut index: Dims = ranges.iter().map(|r| r.start).collect();
            for _ in 0..ranges.iter().map(|r| r.len()).product() {
                let out = &mut out[index.iter().zip(places).map(|(i, s)| i * s).sum::<usize>()];
                *out = wanted.nan;
                if wanted.least.is_some() {
                    let window = block.sides.iter().zip(&index).map(|(side, &i)| side.windows[i].clone());
                    let window: Vec<Range<usize>> = window.collect();
                    let mut seen = Vec::new();
                    let one = |value| Seen { value, at: None, times: 1 };
                    rows_of(block.sides, &window, |row| seen.extend(block.data[row].iter().map(one)));
                    *out = wanted.among(&seen);
                }
                advance(&mut index, |k| ranges[k].clone());
            }
        }
    }
}

/// Makes a key of every element of a block, dense, with some of any value behind them, and gives the highest one.
fn make_keys<T: Rankable>(level: Level, block: &Block<'_, T>, keys: &mut Vec<T::Key>) -> T::Key {
    let key = |x: T| x.key(T::NAN_ABOVE);
    let Some((lines, cells)) = block.lines() else {
        keys.resize(block.spared.len(), T::LOWEST);
        return keys_of(level, block.spared, T::LOWEST, key, keys);
    };
    let width = cells.iter().map(|s| s.count).sum::<usize>();
    keys.resize(lines.len() * width + SPARE, T::LOWEST);
    let mut highest = T::LOWEST;
    for (line, to) in lines.iter().zip(keys.chunks_exact_mut(width)) {
        for (stretch, (first, step)) in cells.iter().filter_map(|s| Some((s, s.elements?))) {
            let to = &mut to[stretch.from..][..stretch.count];
            if step == 1 {
                highest = highest.max(keys_of(level, &line[first..][..stretch.count], T::LOWEST, key, to));
                continue;
            }
            for (i, to) in to.iter_mut().enumerate() {
                *to = key(line[first.wrapping_add_signed(i as isize * step)]);
                highest = highest.max(*to);
            }
        }
    }
    highest
}

/// How far every cell of a box lies behind its first, row-major.
fn corners(lens: &[usize], strides: &[usize]) -> Vec<usize> {
    let spread = |corners: Vec<usize>, (&len, &stride): (&usize, &usize)| {
        corners.iter().flat_map(|corner| (0..len).map(move |i| corner + i * stride)).collect()
    };
    lens.iter().zip(strides).fold(alloc::vec![0], spread)
}

/// Buffers of one thread.
pub(super) struct Scratch<K> {
    keys: Vec<K>,
    rows: Vec<K>,
}

impl<K> Default for Scratch<K> {
    fn default() -> Self {
        Scratch { keys: Vec::new(), rows: Vec::new() }
    }
}
