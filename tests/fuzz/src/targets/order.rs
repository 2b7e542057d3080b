//! `rank`, `median`, `quantile`.

use super::largest::{Extreme, exact, windows};
use crate::check::{Done, Verdict, answered, close_by, refused, same_shape};
use crate::request::{ALL, Case};
use crate::source::Source;
use crate::value::{Value, values};
use std::cmp::Ordering;

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.below(5) {
        0 | 1 => of::<u8>(s, |x| x.into(), |x| x, 1e-15),
        2 => of::<i64>(s, |x| x as f64, |x| x, 1e-15),
        _ => of::<f32>(s, |x| x.into(), |x| x.into(), 2e-7),
    }
}

fn of<T: Extreme>(s: &mut Source, real: fn(T) -> f64, middle: fn(T::Middle) -> f64, epsilon: f64) -> Verdict {
    let case = Case::decode(s, ALL);
    let data = values::<T>(s, case.elements());
    let (windows, shape, mut held) = match windows(s, &case, &data)? {
        Ok(all) => all,
        Err(done) => return Ok(done),
    };
    held.iter_mut().for_each(|h| sort(h));
    let nan = |h: &Vec<T>| h.last().is_some_and(|x| x.nan());
    let k = if s.rarely(12) { usize::MAX - s.below(2) } else { s.below(6) };
    let q = f64::from(s.pick(&[0u8, 128, 255, 64, 85, 3, 200])) / 255.0;
    s.say(|| format!("rank {k}, quantile {q}"));
    let short = held.iter().any(|h| h.len() <= k);
    if short {
        refused("rank", windows.rank(k), "a window of fewer elements")?;
    } else {
        let ranked: Vec<T> = held.iter().map(|h| ranked(h, k)).collect();
        exact("rank", windows.rank(k), &shape, &ranked)?;
    }
    let empty = held.iter().any(|h| h.is_empty());
    for (what, found, q) in [("median", windows.median(), 0.5), ("quantile", windows.quantile(q), q)] {
        if empty {
            refused(what, found, "a window without elements")?;
            continue;
        }
        let found = answered(what, found)?;
        same_shape(what, found.shape(), &shape)?;
        let found: Vec<f64> = found.iter().map(|&x| middle(x)).collect();
        let expected: Vec<f64> = held.iter().map(|h| if nan(h) { f64::NAN } else { quantile(h, q, real) }).collect();
        close_by(what, &found, &expected, |i, a, b| {
            let size = held[i].iter().map(|&x| real(x).abs()).filter(|x| x.is_finite()).fold(0.0, f64::max);
            let both = [f64::NEG_INFINITY, f64::INFINITY].iter().all(|w| held[i].iter().any(|&x| real(x) == *w));
            // Between the two infinities there is no number to agree on.
            a.same(b) || (*a - *b).abs() <= size * epsilon * 4.0 || both
        })?;
    }
    Ok(if short && empty { Done::Refused } else { Done::Same })
}

/// Puts elements in order, NaNs behind all others.
pub(crate) fn sort<T: Extreme>(held: &mut [T]) {
    // NaNs are not below anything, so they must not meet the sort in between.
    held.sort_by_key(|x| x.nan());
    let numbers = held.iter().take_while(|x| !x.nan()).count();
    held[..numbers].sort_by(|a, b| match (a.below(b), b.below(a)) {
        (true, _) => Ordering::Less,
        (_, true) => Ordering::Greater,
        _ => Ordering::Equal,
    });
}

/// The `k`-th of elements in order; a NaN among them takes all.
pub(crate) fn ranked<T: Extreme>(sorted: &[T], k: usize) -> T {
    sorted.last().copied().filter(|x| x.nan()).unwrap_or(sorted[k])
}

/// Linear between the neighbours of place `(n - 1) q`; an infinite neighbour takes all that is not exactly at the other.
fn quantile<T: Copy>(h: &[T], q: f64, real: fn(T) -> f64) -> f64 {
    let at = (h.len() - 1) as f64 * q;
    let low = at.floor();
    let (a, b) = (real(h[low as usize]), real(h[(low as usize + 1).min(h.len() - 1)]));
    let share = at - low;
    if share == 0.0 || a == b {
        return a;
    }
    a * (1.0 - share) + b * share
}
