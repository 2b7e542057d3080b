//! Numbers of elements, one for each window.

use alloc::vec::Vec;
use core::ops::Range;

/// How many elements of each window count, in a type that is sure to hold it.
pub(super) enum Tallies {
    Short(Vec<u16>),
    Long(Vec<u64>),
}

impl Tallies {
    /// Calls `f` with each of those numbers.
    #[inline(always)]
    pub(super) fn each(&self, windows: Range<usize>, mut f: impl FnMut(usize)) {
        match self {
            Tallies::Short(counts) => counts[windows].iter().for_each(|&n| f(n.into())),
            Tallies::Long(counts) => counts[windows].iter().for_each(|&n| f(n as usize)),
        }
    }

    pub(super) fn of(&self, window: usize) -> usize {
        match self {
            Tallies::Short(counts) => counts[window].into(),
            Tallies::Long(counts) => counts[window] as usize,
        }
    }
}
