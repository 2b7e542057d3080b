//! Which elements of a window are asked for, and what is made of them.

use super::super::block::Seen;
use super::super::ranked::Ranked;
use alloc::vec::Vec;

/// Which place in the order of a window's elements is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    Rank(usize),
    Quantile(f64),
    /// The middle, the upper one of two.
    Middle,
}

impl Place {
    /// The rank of the element at or below the place among `n`, and how far towards the next one the place lies.
    #[inline(always)]
    pub(super) fn among(self, n: usize) -> (usize, f64) {
        match self {
            Place::Rank(k) => (k, 0.0),
            Place::Middle => (n / 2, 0.0),
            // Exact also where a float does not tell neighbouring numbers of elements apart.
            Place::Quantile(0.5) => ((n - 1) / 2, if n.is_multiple_of(2) { 0.5 } else { 0.0 }),
            Place::Quantile(q) => {
                let at = (n - 1) as f64 * q;
                let low = (at as usize).min(n - 1);
                (low, at - low as f64)
            }
        }
    }
}

/// What is wanted of each window: a place, and what to make of the elements there.
pub(super) struct Wanted<R, F> {
    pub(super) place: Place,
    /// Called with the element at or below the place, the next one and how far the place lies between them.
    pub(super) make: F,
    pub(super) nan: R,
    /// Whether elements that are unordered do not count, and how many others there must be.
    pub(super) least: Option<usize>,
}

/// How many elements are ranked, of so many that a window holds and so many unordered ones among them; `None` where those, or too
/// few others, make the answer NaN.
#[inline(always)]
pub(super) fn among(least: Option<usize>, held: usize, unordered: usize) -> Option<usize> {
    match least {
        Some(least) if held - unordered < least => None,
        Some(_) => Some(held - unordered),
        None if unordered > 0 => None,
        None => Some(held),
    }
}

impl<R: Copy, F> Wanted<R, F> {
    /// As [`among`].
    #[inline]
    pub(super) fn ranked(&self, held: usize, unordered: usize) -> Option<usize> {
        among(self.least, held, unordered)
    }

    /// The answer for a window of these elements, each as often as it is read.
    pub(super) fn among<T: Ranked>(&self, seen: &[Seen<'_, T>]) -> R
    where
        F: Fn(T, T, f64) -> R,
    {
        let mut sorted: Vec<(T, usize)> = seen.iter().map(|s| (*s.value, s.times)).collect();
        let times = |sorted: &[(T, usize)]| sorted.iter().fold(0, |n: usize, s| n.saturating_add(s.1));
        let held = times(&sorted);
        sorted.retain(|(x, _)| !x.unordered());
        let Some(n) = self.ranked(held, held - times(&sorted)) else { return self.nan };
        sorted.sort_unstable_by_key(|(x, _)| x.place(0));
        let (low, t) = self.place.among(n);
        let at = |k: usize| {
            let mut upto = 0usize;
            let found = sorted.iter().find(|(_, times)| {
                upto = upto.saturating_add(*times);
                upto > k
            });
            found.or(sorted.last()).map_or(T::default(), |&(x, _)| x)
        };
        (self.make)(at(low), at(low.saturating_add(1)), t)
    }
}
