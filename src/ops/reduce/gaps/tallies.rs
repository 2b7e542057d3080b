//! Numbers of elements, one for each window.

use alloc::vec::Vec;
use core::ops::Range;

/// How many elements of each window count, in a type that is sure to hold it.
pub(super) enum Tallies {
    Short(Vec<u16>),
    Long(Vec<u64>),
}

impl Tallies {
    /// Calls `f` for each of some windows, with which of them it is and its number.
    #[inline(always)]
    pub(super) fn each(&self, windows: Range<usize>, mut f: impl FnMut(usize, usize)) {
        match self {
            Tallies::Short(counts) => counts[windows].iter().enumerate().for_each(|(k, &n)| f(k, n.into())),
            Tallies::Long(counts) => counts[windows].iter().enumerate().for_each(|(k, &n)| f(k, n as usize)),
        }
    }

    pub(super) fn of(&self, window: usize) -> usize {
        match self {
            Tallies::Short(counts) => counts[window].into(),
            Tallies::Long(counts) => counts[window] as usize,
        }
    }
}
