//! Monoids of the caller's own: what may not be swapped along an axis, what is large.

use super::largest::{exact, windows};
use crate::check::{Done, Verdict};
use crate::request::{ALL, Case};
use crate::source::Source;
use crate::value::values;
use ndwindow::Monoid;

pub(crate) fn run(s: &mut Source) -> Verdict {
    let case = Case::decode(s, ALL);
    if s.rarely(40) {
        return histogram(s, &case);
    }
    let data = values::<u32>(s, case.elements());
    let (windows, shape, held) = match windows(s, &case, &data)? {
        Ok(all) => all,
        Err(done) => return Ok(done),
    };
    // Across several axes elements may be swapped, so the operation must allow it there.
    let words = Words { swaps: case.axes.len() > 1 };
    let expected: Vec<u64> = held
        .iter()
        .map(|h| words.lower(h.iter().fold(words.identity(), |a, &x| words.combine(a, words.lift(x)))))
        .collect();
    exact("reduce", windows.reduce(&words), &shape, &expected)?;
    Ok(Done::Same)
}

/// The maps `x -> a x + b`, one after the other: like words put together, but of one size.
struct Words {
    swaps: bool,
}

impl Monoid<u32> for Words {
    type Acc = (u64, u64);
    type Out = u64;
    const EXACT: bool = true;

    fn identity(&self) -> (u64, u64) {
        (1, 0)
    }

    fn lift(&self, x: u32) -> (u64, u64) {
        let letter = u64::from(x).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17) ^ 0x55;
        (if self.swaps { 1 } else { letter | 1 }, letter)
    }

    fn combine(&self, a: (u64, u64), b: (u64, u64)) -> (u64, u64) {
        (a.0.wrapping_mul(b.0), b.0.wrapping_mul(a.1).wrapping_add(b.1))
    }

    fn lower(&self, a: (u64, u64)) -> u64 {
        a.1 ^ a.0.rotate_left(32)
    }
}

/// How often each byte occurs, in 8 KiB.
struct Histogram;

impl Monoid<u8> for Histogram {
    type Acc = [u64; 1024];
    type Out = u64;

    fn identity(&self) -> [u64; 1024] {
        [0; 1024]
    }

    fn lift(&self, x: u8) -> [u64; 1024] {
        std::array::from_fn(|i| u64::from(i == x as usize))
    }

    fn combine(&self, a: [u64; 1024], b: [u64; 1024]) -> [u64; 1024] {
        std::array::from_fn(|i| a[i] + b[i])
    }

    fn lower(&self, a: [u64; 1024]) -> u64 {
        a.iter().enumerate().fold(0, |hash, (i, n)| hash + n * (i as u64 + 1) * (i as u64 + 3))
    }
}

fn histogram(s: &mut Source, case: &Case) -> Verdict {
    let data = values::<u8>(s, case.elements());
    let (windows, shape, held) = match windows(s, case, &data)? {
        Ok(all) => all,
        Err(done) => return Ok(done),
    };
    if held.len() > 200 || data.len() > 200 {
        return Ok(Done::PassedOver);
    }
    let expected: Vec<u64> =
        held.iter().map(|h| h.iter().map(|&x| (u64::from(x) + 1) * (u64::from(x) + 3)).sum()).collect();
    exact("reduce to a histogram", windows.reduce(&Histogram), &shape, &expected)?;
    Ok(Done::Same)
}
