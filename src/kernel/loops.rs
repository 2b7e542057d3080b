//! Nested loops over a strided block of a source and of a destination: proved, joined, walked.

use crate::array::View;
use smallvec::SmallVec;

/// One loop of a block: how often, and how far destination and source move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Loop {
    pub(super) count: usize,
    pub(super) to: isize,
    pub(super) from: isize,
}

pub(super) type Loops = SmallVec<[Loop; 8]>;

/// A loop that does nothing but go through once.
pub(super) const ONCE: Loop = Loop { count: 1, to: 0, from: 0 };

/// The view's axes as loops, if it holds anything: proves that all of them stay inside `out`.
pub(super) fn checked_loops<T>(
    len: usize,
    offset: usize,
    strides: impl ExactSizeIterator<Item = isize> + Clone,
    source: &View<'_, T>,
) -> Option<Loops> {
    let shape = source.shape();
    assert_eq!(shape.len(), strides.len(), "one stride an axis");
    if shape.contains(&0) {
        return None;
    }
    let mut bounds = isize::try_from(offset).ok().map(|o| (o, o));
    for (&n, s) in shape.iter().zip(strides.clone()) {
        bounds = bounds.and_then(|(low, high)| {
            let reach = s.checked_mul(isize::try_from(n - 1).ok()?)?;
            Some((low.checked_add(reach.min(0))?, high.checked_add(reach.max(0))?))
        });
    }
    assert!(bounds.is_some_and(|(low, high)| low >= 0 && (high as usize) < len), "a block outside of the output");
    let axes = shape.iter().zip(strides).zip(source.strides());
    Some(axes.map(|((&count, to), &from)| Loop { count, to, from }).collect())
}

/// Drops loops of one and joins those that continue each other; their order stays.
pub(super) fn coalesce(loops: &mut Loops) {
    loops.retain(|l| l.count > 1);
    let mut kept = 0;
    for k in 1..loops.len() {
        let (outer, inner) = (loops[kept], loops[k]);
        let n = inner.count as isize;
        if inner.to.checked_mul(n) == Some(outer.to) && inner.from.checked_mul(n) == Some(outer.from) {
            loops[kept] = Loop { count: outer.count * inner.count, ..inner };
        } else {
            kept += 1;
            loops[kept] = inner;
        }
    }
    loops.truncate(kept + 1);
}

/// How far destination and source have moved.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) to: isize,
    pub(super) from: isize,
}

/// The indices of some loops in row-major order.
pub(super) struct Walk<'l> {
    loops: &'l [Loop],
    pub(super) index: SmallVec<[usize; 8]>,
    pub(super) at: At,
}

impl<'l> Walk<'l> {
    #[inline(always)]
    pub(super) fn new(loops: &'l [Loop]) -> Self {
        Walk { loops, index: SmallVec::from_elem(0, loops.len()), at: At { to: 0, from: 0 } }
    }

    /// Goes to the next index, if there is one.
    #[inline(always)]
    pub(super) fn on(&mut self) -> bool {
        for (l, i) in self.loops.iter().zip(&mut self.index).rev() {
            *i += 1;
            if *i < l.count {
                self.at.to += l.to;
                self.at.from += l.from;
                return true;
            }
            // Back to this loop's start.
            self.at.to -= l.to * (l.count - 1) as isize;
            self.at.from -= l.from * (l.count - 1) as isize;
            *i = 0;
        }
        false
    }
}
