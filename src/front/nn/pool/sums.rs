//! Sums of floats whose error does not grow with their length.

/// A sum of short floats in `f64`: its 29 more digits are what long sums may lose.
#[derive(Clone, Copy)]
pub struct Plain(f64);

impl Plain {
    #[inline(always)]
    pub(super) fn one(x: f64, _: bool) -> Plain {
        Plain(x)
    }

    #[inline(always)]
    pub(super) fn plus(self, other: Plain) -> Plain {
        Plain(self.0 + other.0)
    }

    #[inline(always)]
    pub(super) fn mean(self, n: usize, _: bool) -> f64 {
        self.0 / n as f64
    }
}

/// A sum of `f64` and what its roundings lost, exact for two (Knuth's two-sum).
#[derive(Clone, Copy)]
pub struct Twofold {
    sum: f64,
    lost: f64,
}

/// 2^-64: more elements than an address space has places for do not overflow when they are this much smaller.
const SMALL: f64 = 1.0 / 18_446_744_073_709_551_616.0;

impl Twofold {
    #[inline(always)]
    pub(super) fn one(x: f64, small: bool) -> Twofold {
        Twofold { sum: if small { x * SMALL } else { x }, lost: 0.0 }
    }

    #[inline(always)]
    pub(super) fn plus(self, other: Twofold) -> Twofold {
        let (a, b) = (self.sum, other.sum);
        let sum = a + b;
        let part = sum - a;
        let lost = (a - (sum - part)) + (b - part);
        Twofold { sum, lost: self.lost + other.lost + lost }
    }

    #[inline(always)]
    pub(super) fn mean(self, n: usize, small: bool) -> f64 {
        // Beside an infinity nothing is lost that is a number.
        let sum = if self.lost.is_finite() { self.sum + self.lost } else { self.sum };
        sum / n as f64 / if small { SMALL } else { 1.0 }
    }
}
