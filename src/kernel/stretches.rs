//! How a loop over a row ends in whole registers.

/// Bytes of a multiple of all registers that a loop takes at once, at any level.
const REGISTERS: usize = 256;

/// A row in stretches: what whole registers make, then the last registers, some cells once more. What would be left is the slowest
/// part of a loop. Less than that goes at once.
///
/// No function that is called for each: it would be compiled for the baseline.
pub(super) struct Stretches {
    n: usize,
    step: usize,
    from: usize,
    end: usize,
}

impl Stretches {
    #[inline(always)]
    pub(super) fn of<A>(n: usize) -> Self {
        let step = const { REGISTERS / if size_of::<A>() == 0 { 1 } else { size_of::<A>() } };
        let body = if step > 1 && n >= step { n / step * step } else { n };
        Stretches { n, step, from: 0, end: body }
    }

    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<(usize, usize)> {
        let (from, end) = (self.from, self.end);
        if from == self.n {
            return None;
        }
        // Behind the last one begins nothing.
        (self.from, self.end) = if end == self.n { (self.n, self.n) } else { (self.n - self.step, self.n) };
        Some((from, end))
    }
}
