//! Any type: the elements of a block are sorted once; a window is a set of ranks, one bit each, with a finger on the word
//! where the last answer was. Moving a window changes as many bits as elements come and go; the next answer lies near.

use super::super::block::{Block, rows, snake};
use super::super::ranked::Ranked;
use super::wanted::{Place, Wanted, among};
use crate::element::Element;
use crate::kernel::level::{Kernel, Level};
use crate::spec::AxisPlan;
use alloc::vec::Vec;
use core::ops::Range;

/// The most cells of a block, where its windows are not larger.
const BLOCK_CELLS: usize = 1 << 21;

/// Cycles an answer takes, about.
pub(super) fn cycles(axes: usize) -> usize {
    if axes == 1 { 100 } else { 400 }
}

/// How many windows along an axis share a block: enough that the block is mostly results, few enough that the bits of a
/// window lie dense.
pub(super) fn most(axis: &AxisPlan, window_cells: usize, axes: usize) -> usize {
    let least = if axes == 1 { 512 } else { 12 };
    let wanted = (3 * axis.window()).max(least);
    // A window that fills the block by itself leaves room for a few neighbours.
    let room = match window_cells.saturating_mul(1 << (2 * axes.min(8))) {
        _ if window_cells > 1 << 26 => 1,
        cells if cells > BLOCK_CELLS => axis.window().max(least),
        _ => wanted,
    };
    (room / axis.step()).max(1)
}

/// A set of ranks that answers which its `k`-th is.
#[derive(Debug, Default)]
pub(super) struct Ranks {
    words: Vec<u64>,
    /// The word where the last answer was.
    finger: usize,
    /// Ranks in the words before it.
    below: usize,
    nans: usize,
    /// The rank of the first NaN of the block.
    nan_from: u32,
}

impl Ranks {
    pub(super) fn clear(&mut self, cells: usize, nan_from: u32) {
        self.words.clear();
        self.words.resize(cells.div_ceil(64), 0);
        *self = Ranks { words: core::mem::take(&mut self.words), finger: 0, below: 0, nans: 0, nan_from };
    }

    #[inline(always)]
    pub(super) fn add(&mut self, ranks: &[u32]) {
        for &r in ranks {
            let word = (r >> 6) as usize;
            self.words[word] |= 1 << (r & 63);
            self.below += usize::from(word < self.finger);
            self.nans += usize::from(r >= self.nan_from);
        }
    }

    #[inline(always)]
    pub(super) fn remove(&mut self, ranks: &[u32]) {
        for &r in ranks {
            let word = (r >> 6) as usize;
            self.words[word] &= !(1 << (r & 63));
            self.below -= usize::from(word < self.finger);
            self.nans -= usize::from(r >= self.nan_from);
        }
    }

    /// Whether a NaN is among them.
    #[inline]
    pub(super) fn holds_nan(&self) -> bool {
        self.nans > 0
    }

    /// The `k`-th smallest rank, counted from 0; there must be more than `k`.
    #[inline(always)]
    pub(super) fn select(&mut self, k: usize) -> usize {
        while self.below > k {
            self.finger -= 1;
            self.below -= self.words[self.finger].count_ones() as usize;
        }
        loop {
            let here = self.words[self.finger].count_ones() as usize;
            if self.below + here > k {
                break;
            }
            self.below += here;
            self.finger += 1;
        }
        self.finger * 64 + nth_bit(self.words[self.finger], (k - self.below) as u32)
    }
}

/// The place of the `n`-th bit that is set.
#[inline(always)]
fn nth_bit(mut word: u64, mut n: u32) -> usize {
    let mut from = 0;
    for half in [32, 16, 8, 4, 2, 1] {
        let low = (word & ((1 << half) - 1)).count_ones();
        // Which half it is cannot be foretold, so nothing here may branch.
        let above = u32::from(low <= n);
        n -= low * above;
        word >>= half * above;
        from += half * above;
    }
    from as usize
}

/// The ranks of what is asked for in each window along a line, and how far towards the second one the answer lies.
struct Slide<'s> {
    set: &'s mut Ranks,
    ranks: &'s [u32],
    windows: &'s [Range<usize>],
    place: Place,
    least: Option<usize>,
    found: &'s mut Vec<Option<(u32, u32, f64)>>,
}

impl Kernel for Slide<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Slide { set, ranks, windows, place, least, found } = self;
        let mut span = 0..0;
        for window in windows {
            set.remove(&ranks[span.start..span.end.min(window.start)]);
            set.add(&ranks[span.end.max(window.start)..window.end]);
            span = window.clone();
            // Not `map`: its closure would be left standing below the level.
            found.push(match among(least, window.len(), set.nans) {
                None => None,
                Some(n) => {
                    let (k, t) = place.among(n);
                    let low = set.select(k);
                    let high = if t > 0.0 { set.select(k + 1) } else { low };
                    Some((low as u32, high as u32, t))
                }
            });
        }
    }
}

/// Buffers of one thread.
pub(super) struct Scratch<P> {
    sorted: Vec<P>,
    ranks: Vec<u32>,
    set: Ranks,
    found: Vec<Option<(u32, u32, f64)>>,
}

impl<P> Default for Scratch<P> {
    fn default() -> Self {
        Scratch { sorted: Vec::new(), ranks: Vec::new(), set: Ranks::default(), found: Vec::new() }
    }
}

/// Answers every window of a block.
pub(super) fn order<T: Ranked, R: Element, F: Fn(T, T, f64) -> R>(
    block: &Block<'_, T>,
    scratch: &mut Scratch<T::Packed>,
    wanted: &Wanted<R, F>,
    out: &mut [R],
) {
    let Scratch { sorted, ranks, set, found } = scratch;
    sorted.clear();
    sorted.extend(block.data.iter().enumerate().map(|(i, x)| x.place(i as u32)));
    sorted.sort_unstable();
    ranks.resize(sorted.len(), 0);
    for (rank, &p) in sorted.iter().enumerate() {
        ranks[T::position(p) as usize] = rank as u32;
    }
    let element = |rank: usize| block.data[T::position(sorted[rank]) as usize];
    let nan_from = sorted.partition_point(|&p| !block.data[T::position(p) as usize].unordered());
    set.clear(sorted.len(), nan_from as u32);
    if let [side] = block.sides {
        found.clear();
        let (windows, place, least) = (&side.windows[..], wanted.place, wanted.least);
        Level::detect().run(Slide { set, ranks, windows, place, least, found });
        for (out, found) in out.iter_mut().zip(found) {
            *out = found
                .map_or(wanted.nan, |(low, high, t)| (wanted.make)(element(low as usize), element(high as usize), t));
        }
        return;
    }
    snake(block.sides, |place, moves, held| {
        for (ranges, enters) in moves {
            rows(block.sides, ranges, |row| match enters {
                true => set.add(&ranks[row]),
                false => set.remove(&ranks[row]),
            });
        }
        // Those that are unordered stand above all others, so they are never reached.
        out[place] = match wanted.ranked(held, set.nans) {
            None => wanted.nan,
            Some(n) => {
                let (k, t) = wanted.place.among(n);
                let low = element(set.select(k));
                let high = if t > 0.0 { element(set.select(k + 1)) } else { low };
                (wanted.make)(low, high, t)
            }
        };
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nth_bit() {
        for word in [1u64, 0b1011, u64::MAX, 1 << 63 | 1, 0x8000_0001_0001_0080] {
            let set: Vec<usize> = (0..64).filter(|i| word >> i & 1 == 1).collect();
            for (n, &at) in set.iter().enumerate() {
                assert_eq!(nth_bit(word, n as u32), at);
            }
        }
    }

    #[test]
    fn a_set_answers_like_a_sorted_list() {
        let mut set = Ranks::default();
        set.clear(1000, u32::MAX);
        let mut list: Vec<u32> = Vec::new();
        let mut seed = 1u32;
        for _ in 0..3000 {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            let r = (seed >> 8) % 1000;
            match list.binary_search(&r) {
                Ok(at) => {
                    list.remove(at);
                    set.remove(&[r]);
                }
                Err(at) => {
                    list.insert(at, r);
                    set.add(&[r]);
                }
            }
            if !list.is_empty() {
                let k = (seed >> 4) as usize % list.len();
                assert_eq!(set.select(k), list[k] as usize);
            }
        }
    }
}
