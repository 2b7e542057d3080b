//! What searches for extremes are asked.

/// Which extreme of a window is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extreme {
    /// The smallest instead of the largest.
    pub(super) least: bool,
    /// Integers stand in the order of those that their bits are with a sign instead of without, or the other way round: with the
    /// highest bit turned.
    pub(super) turned: bool,
}

impl Extreme {
    pub(super) const LARGEST: Extreme = Extreme { least: false, turned: false };
    pub(super) const SMALLEST: Extreme = Extreme { least: true, turned: false };

    /// The same of elements whose highest bit means the opposite.
    pub(super) fn turned(self) -> Extreme {
        Extreme { turned: !self.turned, ..self }
    }
}

/// Which of a window's elements is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Search {
    pub(super) of: Extreme,
    /// Among NaNs, the last in the window instead of the first.
    pub(super) last_nan: bool,
}

impl Search {
    pub(super) const LARGEST: Search = Search { of: Extreme::LARGEST, last_nan: false };
    pub(super) const SMALLEST: Search = Search { of: Extreme::SMALLEST, last_nan: false };
}
