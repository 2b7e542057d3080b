//! How long sums are cut, so that their error does not grow with their length.
//!
//! A float's sum over n products one after the other may be off by n roundings. So every sum runs in blocks of at most
//! [`BLOCK`] products, and the blocks' sums are added up; where very many are, what each addition loses is kept apart
//! ([`carry`]) and goes into the next. Where blocks end follows from shapes alone.

use super::lanes::{Scalar, private::Registers};
use crate::kernel::level::{Kernel, Level};

/// The most products that are summed one after the other. A block of weights for the widest tile has 26 KiB then and stays in
/// the first-level cache, and chains of three and of five taps are not cut (see `rows.rs`).
const BLOCK: usize = 105;

/// How many of `terms` products a block has; the last one may have fewer.
#[inline(always)]
pub(crate) fn block(terms: usize) -> usize {
    // Most sums are short, and kernels ask for every few registers of results: no division then.
    if terms <= BLOCK {
        return terms.max(1);
    }
    terms.div_ceil(terms.div_ceil(BLOCK)).next_multiple_of(15)
}

/// Adds `part` to `sums`, whose losses to rounding so far are `low` (for integers there are none); `part` is zero then.
pub(crate) fn carry<T: Scalar>(level: Level, part: &mut [T], sums: &mut [T], low: &mut [T]) {
    level.run(Carry { part, sums, low });
}

struct Carry<'a, T> {
    part: &'a mut [T],
    sums: &'a mut [T],
    low: &'a mut [T],
}

impl<T: Scalar> Kernel for Carry<'_, T> {
    type Out = ();
    #[inline(always)]
    fn run(self) {
        for ((part, sum), low) in self.part.iter_mut().zip(self.sums).zip(self.low) {
            *sum = Registers::carried(*sum, *part, low);
            *part = T::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_short_and_cut_no_chain() {
        for terms in 1..5000 {
            let each = block(terms);
            assert!((1..=BLOCK).contains(&each) && (each == terms || each.is_multiple_of(15)), "{terms}: {each}");
            // No more blocks than it takes.
            assert_eq!(terms.div_ceil(each), terms.div_ceil(BLOCK), "{terms}: {each}");
        }
    }

    #[test]
    fn what_additions_lose_comes_back() {
        let n = 1 << 20;
        for level in Level::all() {
            let (mut sums, mut low) = ([0.0f32, 0.0, f32::MAX, 0.0, 1.0], [0.0f32; 5]);
            for i in 0..n {
                let huge = if i == 7 { f32::INFINITY } else { 0.0 };
                let mut part = [0.1, if i % 2 == 0 { 3e7 } else { 1.0 - 3e7 }, f32::MAX, huge, f32::NAN];
                carry(level, &mut part, &mut sums, &mut low);
                assert_eq!(part, [0.0; 5]);
            }
            let right = (n as f64 * f64::from(0.1f32)) as f32;
            assert_eq!(sums[0], right);
            assert_eq!(sums[1], (n / 2) as f32 * (1.0 - 3e7f32 + 3e7));
            assert_eq!(sums[2..4], [f32::INFINITY; 2]);
            assert!(sums[4].is_nan());
        }
        let (mut sums, mut low) = ([i32::MAX], [0]);
        carry(Level::detect(), &mut [2], &mut sums, &mut low);
        assert_eq!(sums, [i32::MIN + 1]);
    }
}
