//! Rows of a result that take their cells from several rows of the patches: all of those are read at once, and every
//! element is summed in a register and written once.
//!
//! ```text
//! 3 taps, pad 1, 5 windows     elements      0    1    2    3    4
//!                              tap 2              c0   c1   c2   c3
//!                              tap 1         b0   b1   b2   b3   b4
//!                              tap 0         a1   a2   a3   a4
//!                                           |    |              |    |    three stretches: in each, the same taps
//!                                                                         reach every element
//! ```
//!
//! Along the last unfolded axis the outer stretches are the edges of a row; along the others, each combination of stretches is a
//! box in which all rows are made of the same rows of the patches.

use super::engine::{Blocks, Engine, Join};
use super::number::FoldElement;
use super::shares::{Share, Steps};
use crate::ops::gather::Ranges;
use crate::spec::Strides;
use alloc::borrow::Cow;
use alloc::vec::Vec;
use smallvec::SmallVec;

/// At most this many rows are read at once: no memory follows more streams than some dozens.
const MOST_ROWS: usize = 32;
/// Rows of patches have at least this many elements in common: those are summed a vector at a time, the edges one by one.
const COMMON: usize = 8;

/// What the shares of one axis are along a stretch of its elements that all of them reach.
type Shares = SmallVec<[Share; 4]>;

impl<T: FoldElement> Engine<'_, '_, T> {
    /// The stretches of each unfolded axis but the last, if the rows of a unit can be summed by them.
    pub(super) fn stretches(&self, ranges: &Ranges, shares: &[Cow<'_, [Share]>]) -> Option<SmallVec<[Vec<Shares>; 3]>> {
        let (last, outer) = shares.split_last()?;
        if !self.lies_sideways(last) || !last.iter().all(is_stretch) {
            return None;
        }
        let common = last.iter().map(|s| s.to).max()?..last.iter().map(|s| s.to + s.windows.count).min()?;
        if common.len() < COMMON {
            return None;
        }
        let len = |k: usize| ranges[self.axis(k).axis()].len();
        let axes = outer.iter().enumerate().map(|(k, list)| cut(list, len(k)));
        let axes: SmallVec<[Vec<Shares>; 3]> = axes.collect::<Option<_>>()?;
        let most = axes.iter().map(|axis| axis.iter().map(Shares::len).max().unwrap_or(0));
        (most.product::<usize>() * last.len() <= MOST_ROWS).then_some(axes)
    }

    /// Sums every row of a unit, whatever stood there.
    pub(super) fn sum_rows<A>(
        &self,
        ranges: &Ranges,
        axes: &[Vec<Shares>],
        last: &[Share],
        sums: &mut [A],
        join: &dyn Join<T, A>,
    ) {
        // Rows run along the last unfolded axis; behind it there may be axes of one element.
        let len = ranges[self.axis(axes.len()).axis()].len();
        for b in 0..choices(axes) {
            let stretches = choice(axes, b);
            let mut blocks = Blocks::new();
            let (mut row, mut strides) = (0..0, Strides::new());
            for c in 0..choices(&stretches) {
                let chosen: SmallVec<[Share; 3]> = choice(&stretches, c).into_iter().copied().collect();
                let (start, steps) = self.sides(ranges, &chosen, last, &mut blocks);
                (row, strides) = (start..start + len, steps);
            }
            join.rows(sums, row, &strides, &blocks);
        }
    }
}

/// Whether the cells of a share fold into neighbouring elements, in order.
fn is_stretch(share: &Share) -> bool {
    share.taps.count == 1 && (share.windows.count == 1 || (share.windows.step, share.per_window) == (1, 1))
}

/// An axis of `len` elements cut where a share begins or ends; nothing if some element is reached by none.
fn cut(shares: &[Share], len: usize) -> Option<Vec<Shares>> {
    if !shares.iter().all(is_stretch) {
        return None;
    }
    let ends = shares.iter().flat_map(|s| [s.to, s.to + s.windows.count]);
    let mut marks: SmallVec<[usize; 16]> = ends.chain([0, len]).collect();
    marks.sort_unstable();
    marks.dedup();
    let between = marks.windows(2).map(|mark| {
        let (from, count) = (mark[0], mark[1] - mark[0]);
        let reaching = shares.iter().filter(|s| s.to <= from && from < s.to + s.windows.count);
        let part = |s: &Share| {
            let windows = Steps { start: s.windows.start + (from - s.to), step: 1, count };
            Share { windows, to: from, per_window: 1, ..*s }
        };
        let stretch: Shares = reaching.map(part).collect();
        (!stretch.is_empty()).then_some(stretch)
    });
    between.collect()
}

/// In how many ways one entry of each list can be chosen.
fn choices<X>(lists: &[impl AsRef<[X]>]) -> usize {
    lists.iter().map(|list| list.as_ref().len()).product()
}

/// The `n`-th way, the first list's entry changing last.
fn choice<X>(lists: &[impl AsRef<[X]>], mut n: usize) -> SmallVec<[&X; 3]> {
    let mut chosen: SmallVec<[&X; 3]> = SmallVec::new();
    for list in lists.iter().rev() {
        let list = list.as_ref();
        chosen.push(&list[n % list.len()]);
        n /= list.len();
    }

    chosen.reverse();
    chosen
}
