//! Where windows start, in numbers so few that sums over all of them are formulas.

use super::axis::AxisPlan;
use super::pad::Tail;

/// Windows that start at `first + i * rise / run`, rounded down.
#[derive(Clone, Copy)]
pub(super) struct Starts {
    first: i128,
    rise: i128,
    run: i128,
    count: i128,
}

impl Starts {
    /// The windows of an axis: all of one kind, but for the last one under `ShiftBack`.
    pub(super) fn of(axis: &AxisPlan) -> [Starts; 2] {
        let count = axis.count() as i128;
        let first = axis.first_start() as i128;
        let even = Starts { first, rise: axis.step() as i128, run: 1, count };
        let none = Starts { count: 0, ..even };
        if count == 0 {
            return [none, none];
        }
        let last = axis.start_of(axis.count() - 1) as i128;
        match axis.tail() {
            Tail::Drop | Tail::Partial => [even, none],
            Tail::ShiftBack => [Starts { count: count - 1, ..even }, Starts { first: last, count: 1, ..even }],
            Tail::Spread => [Starts { rise: last - first, run: (count - 1).max(1), ..even }, none],
        }
    }

    /// How many start below a position.
    fn below(&self, position: i128) -> i128 {
        match self.rise {
            0 if self.first < position => self.count,
            0 => 0,
            rise => ceil((position - self.first) * self.run, rise).clamp(0, self.count),
        }
    }

    /// How many cells of these windows, each as long as the axis has them, lie below a position.
    pub(super) fn cells_below(&self, position: isize, axis: &AxisPlan) -> i128 {
        let (window, dilation) = (axis.window() as i128, axis.dilation() as i128);
        let position = position as i128;
        // Windows that end there hold all their cells, windows that begin behind it none.
        let (whole, some) = (self.below(position - axis.span() as i128 + 1), self.below(position));
        if whole == some {
            return whole * window;
        }
        // The others (position - start) / dilation, rounded up; which is minus the negative, rounded down. All are made
        // positive by adding whole dilations.
        let more = ceil(position - self.first, dilation) + 1;
        let from = self.rise * whole + self.run * (self.first - position + more * dilation);
        whole * window + more * (some - whole) - floor_sum(some - whole, self.run * dilation, self.rise, from)
    }

    /// How many of the first `windows` of the axis start below a place of a circle that begins with the line, less a number that
    /// is the same for every place.
    pub(super) fn below_place(&self, place: usize, period: usize, windows: usize, axis: &AxisPlan) -> i128 {
        let period = period as i128;
        let count = self.count.min(windows as i128);
        // The window that was moved back is the last one of the axis.
        if count == 0 || (self.count == 1 && windows < axis.count()) {
            return 0;
        }
        // One more for floor(x / period) - floor((x - place) / period) where x is below the place on its round.
        let from = (self.first - axis.line().start as i128).rem_euclid(period) + period - place as i128;
        -floor_sum(count, self.run * period, self.rise, self.run * from)
    }
}

/// `sum((a * k + b) / m for k in 0..n)` for numbers that are not negative, in steps of Euclid's algorithm
/// (Graham, Knuth, Patashnik: Concrete Mathematics, section 3.5).
pub(super) fn floor_sum(mut n: i128, mut m: i128, mut a: i128, mut b: i128) -> i128 {
    let mut sum = 0;
    while n > 0 {
        sum += n * (n - 1) / 2 * (a / m) + n * (b / m);
        (a, b) = (a % m, b % m);
        let top = a * n + b;
        (n, b) = (top / m, top % m);
        (m, a) = (a, m);
    }
    sum
}

pub(super) fn ceil(a: i128, b: i128) -> i128 {
    -(-a).div_euclid(b)
}

/// The greatest common divisor.
pub(crate) fn gcd<N: Copy + num_traits::Zero + core::ops::Rem<Output = N>>(a: N, b: N) -> N {
    if b.is_zero() { a } else { gcd(b, a % b) }
}
