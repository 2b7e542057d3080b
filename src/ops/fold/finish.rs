//! From the sums of a unit to its elements: quotients, rounding, and what stands where no window lies.

use super::number::{Accumulator, Folded};
use crate::ops::gather::Ranges;
use crate::spec::{Dims, advance};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::{AtomicUsize, Ordering};

/// A factor for every element of some axes of an array; the factor of an element is their product.
pub(super) struct Factors<F> {
    /// One list an axis of the array; empty for axes whose factor is one.
    pub(super) along: Vec<Vec<F>>,
    /// The last axis that has a list.
    last: usize,
}

impl<F: Copy> Factors<F> {
    /// `None` if no axis has a list.
    pub(super) fn new(along: Vec<Vec<F>>) -> Option<Self> {
        let last = along.iter().rposition(|list| !list.is_empty())?;
        Some(Factors { along, last })
    }

    /// Calls `f` with each stretch of a unit's elements along which only the last listed axis (and those behind it) move:
    /// the stretch, and the lists' entries on the axes before, joined.
    fn stretches(&self, ranges: &Ranges, join: impl Fn(F, F) -> F, mut f: impl FnMut(Range<usize>, Option<F>)) {
        let len: usize = ranges[self.last..].iter().map(|r| r.len()).product();
        let mut index: Dims = ranges[..self.last].iter().map(|r| r.start).collect();
        let count: usize = ranges[..self.last].iter().map(|r| r.len()).product();
        for n in 0..count {
            let entries = self.along.iter().zip(&index).filter_map(|(list, &i)| list.get(i).copied());
            f(n * len..(n + 1) * len, entries.reduce(&join));
            advance(&mut index, |a| ranges[a].clone());
        }
    }

    /// The last list over a unit, each entry repeated for the elements behind it.
    fn row(&self, ranges: &Ranges) -> Vec<F> {
        let inner: usize = ranges[self.last + 1..].iter().map(|r| r.len()).product();
        let list = &self.along[self.last][ranges[self.last].clone()];
        let mut row = Vec::with_capacity(list.len() * inner);
        for &entry in list {
            row.extend(core::iter::repeat_n(entry, inner));
        }
        row
    }
}

/// What happens to the sums.
pub(super) struct Finish<A, O> {
    /// What they are divided by; nowhere zero.
    pub(super) divisors: Option<Factors<A>>,
    /// Which elements have cells, if some have none, and what stands where there are none.
    pub(super) covered: Option<(Factors<bool>, O)>,
    /// The first element whose sum its type cannot hold.
    pub(super) outside: AtomicUsize,
}

impl<A: Accumulator, O: Folded> Finish<A, O> {
    /// Turns a unit's sums into elements.
    pub(super) fn unit(&self, ranges: &Ranges, origin: usize, sums: &[A], out: &mut [O]) {
        match &self.divisors {
            None => {
                for (at, (o, &sum)) in out.iter_mut().zip(sums).enumerate() {
                    self.store(o, sum, origin + at);
                }
            }
            Some(divisors) => {
                let row = divisors.row(ranges);
                divisors.stretches(
                    ranges,
                    |a, b| a * b,
                    |stretch, outer| {
                        let from = origin + stretch.start;
                        for (at, ((o, &sum), &d)) in
                            out[stretch.clone()].iter_mut().zip(&sums[stretch]).zip(&row).enumerate()
                        {
                            let divisor = outer.map_or(d, |outer| outer * d);
                            self.store(o, sum.over(divisor), from + at);
                        }
                    },
                );
            }
        }
        self.cover(ranges, out);
    }

    /// Writes the caller's value where no window lies.
    pub(super) fn cover(&self, ranges: &Ranges, out: &mut [O]) {
        if let Some((covered, value)) = &self.covered {
            let row = covered.row(ranges);
            covered.stretches(
                ranges,
                |a, b| a && b,
                |stretch, outer| {
                    for (o, &c) in out[stretch].iter_mut().zip(&row) {
                        if !(outer != Some(false) && c) {
                            *o = *value;
                        }
                    }
                },
            );
        }
    }

    #[inline(always)]
    fn store(&self, o: &mut O, sum: A, at: usize) {
        match num_traits::cast(if O::INTEGER { sum.nearest() } else { sum }) {
            Some(value) => *o = value,
            None => self.refuse(at),
        }
    }

    /// Notes an element that cannot be stored; the first one in order is reported, whichever thread meets it.
    #[cold]
    fn refuse(&self, at: usize) {
        self.outside.fetch_min(at, Ordering::Relaxed);
    }
}

/// The first index, in row-major order, at which some axis's list is false.
pub(super) fn first_false(along: &[Vec<bool>], shape: &[usize]) -> Option<Vec<usize>> {
    if shape.contains(&0) {
        return None;
    }
    let mut index = vec![0; shape.len()];
    // All other axes at 0, so the last axis with one is soonest; a 0 found on the way is the origin itself.
    let found = along.iter().enumerate().filter_map(|(a, list)| Some((a, list.iter().position(|&c| !c)?)));
    let (axis, at) = found.min_by_key(|&(a, at)| if at == 0 { (0, 0) } else { (1, usize::MAX - a) })?;
    index[axis] = at;
    Some(index)
}
