//! Medians of three by three neighbours, a row at a time, without a branch.
//!
//! Every column of three is put in order once and used by the three windows it lies in; the median is then the middle one of the
//! largest of the lows, the middle of the middles and the smallest of the highs (Smith, "Implementing median filters in XC4000E
//! FPGAs", 1996). Eighteen minima and maxima an element, all along rows.

use super::level::{Kernel, Level};
use alloc::vec::Vec;

/// Columns in order: the lowest, the middle and the highest of each.
pub(crate) struct Sorted<K> {
    low: Vec<K>,
    middle: Vec<K>,
    high: Vec<K>,
}

impl<K> Default for Sorted<K> {
    fn default() -> Self {
        Sorted { low: Vec::new(), middle: Vec::new(), high: Vec::new() }
    }
}

/// `out[i]` is the median of the nine elements `rows[..][i..i + 3]`, or the largest of them if it lies above `limit`.
///
/// The rows are two elements longer than `out`.
pub(crate) fn medians<K: Copy + Ord>(level: Level, rows: [&[K]; 3], limit: K, sorted: &mut Sorted<K>, out: &mut [K]) {
    for column in [&mut sorted.low, &mut sorted.middle, &mut sorted.high] {
        if column.len() < out.len() + 2 {
            column.resize(out.len() + 2, limit);
        }
    }
    level.run(Medians { rows, limit, sorted, out });
}

struct Medians<'a, K> {
    rows: [&'a [K]; 3],
    limit: K,
    sorted: &'a mut Sorted<K>,
    out: &'a mut [K],
}

#[inline(always)]
fn middle<K: Ord + Copy>(a: K, b: K, c: K) -> K {
    a.min(b).max(a.max(b).min(c))
}

impl<K: Copy + Ord> Kernel for Medians<'_, K> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let (n, limit) = (self.out.len(), self.limit);
        let [a, b, c] = self.rows.map(|row| &row[..n + 2]);
        let low = &mut self.sorted.low[..n + 2];
        let mid = &mut self.sorted.middle[..n + 2];
        let high = &mut self.sorted.high[..n + 2];
        for i in 0..n + 2 {
            let (less, more) = (a[i].min(b[i]), a[i].max(b[i]));
            low[i] = less.min(c[i]);
            mid[i] = less.max(more.min(c[i]));
            high[i] = more.max(c[i]);
        }
        let [low, mid, high] = [&*low, &*mid, &*high];
        let (l0, l1, l2) = (&low[..n], &low[1..n + 1], &low[2..]);
        let (m0, m1, m2) = (&mid[..n], &mid[1..n + 1], &mid[2..]);
        let (h0, h1, h2) = (&high[..n], &high[1..n + 1], &high[2..]);
        for i in 0..n {
            let largest = l0[i].max(l1[i]).max(l2[i]);
            let smallest = h0[i].min(h1[i]).min(h2[i]);
            let median = middle(largest, middle(m0[i], m1[i], m2[i]), smallest);
            let top = h0[i].max(h1[i]).max(h2[i]);
            self.out[i] = if top > limit { top } else { median };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_what_sorting_says() {
        let values: Vec<i16> = (0..90).map(|i: i32| (i * i * 37 % 101 - 50) as i16).collect();
        let rows = [&values[..30], &values[30..60], &values[60..]];
        for level in Level::all() {
            for n in [0, 1, 7, 28] {
                let mut out = alloc::vec![0; n];
                medians(level, rows, 49, &mut Sorted::default(), &mut out);
                for (i, &m) in out.iter().enumerate() {
                    let mut nine: Vec<i16> = rows.iter().flat_map(|row| row[i..i + 3].to_vec()).collect();
                    nine.sort_unstable();
                    assert_eq!(m, if nine[8] > 49 { nine[8] } else { nine[4] }, "{level:?} {n} {i}");
                }
            }
        }
    }
}
