//! Sliding histograms of bytes: columns that gain and lose a cell at a time, and sums of neighbouring columns that answer
//! which byte has a rank.
//!
//! Counts are cumulative and come in two tiers of sixteen: how many bytes have at most each value of the high four bits,
//! and for each of these values how many have at most each value of the low four. Adding a byte is then one addition of
//! sixteen lanes a tier, and finding a rank one comparison of sixteen lanes.

use super::level::{Kernel, Level};
use alloc::vec::Vec;
use core::ops::Range;

/// Sixteen cumulative counts.
type Tier<C> = [C; 16];

/// What a byte with each value of four bits adds to a tier.
fn steps() -> [Tier<u16>; 16] {
    core::array::from_fn(|value| core::array::from_fn(|i| (i >= value) as u16))
}

/// A row of histograms, of fewer than 2^16 bytes each.
#[derive(Default)]
pub(crate) struct Columns {
    /// [`steps`]; kept here, as a constant table is not loaded but put together lane by lane from its pattern.
    steps: Vec<Tier<u16>>,
    coarse: Vec<Tier<u16>>,
    /// For each value of the high four bits, every column's tier.
    fine: Vec<Tier<u16>>,
}

impl Columns {
    /// Empties `width` histograms.
    pub(crate) fn clear(&mut self, width: usize) {
        self.steps.clear();
        self.steps.extend(steps());
        self.coarse.clear();
        self.coarse.resize(width, [0; 16]);
        self.fine.clear();
        self.fine.resize(width * 16, [0; 16]);
    }

    /// One byte more in each column, or one that is there less.
    pub(crate) fn change(&mut self, level: Level, bytes: &[u8], enters: bool) {
        match enters {
            true => level.run(Change::<true> { columns: self, bytes }),
            false => level.run(Change::<false> { columns: self, bytes }),
        }
    }

    /// A row of bytes that are there for another.
    pub(crate) fn exchange(&mut self, level: Level, leave: &[u8], enter: &[u8]) {
        level.run(Exchange { columns: self, leave, enter });
    }

    /// For each of `spans`, whose ends only move up, the bytes of rank `k` and `k + 1` among the columns it covers together.
    ///
    /// `rank` gives `k` for a span's number, and how far towards the next byte the answer lies (if not at all, the same byte
    /// is given twice); `emit` takes number, bytes and that distance. No span may cover `2^32` bytes; `few` promises fewer than `2^16`.
    pub(crate) fn sweep(
        &self,
        level: Level,
        spans: &[Range<usize>],
        few: bool,
        rank: impl Fn(usize) -> (usize, f64),
        emit: impl FnMut(usize, u8, u8, f64),
    ) {
        // Sixteen counts of two bytes: one register of 32. Wider ones compare into masks, which took twice as long.
        match few {
            true => level.run_short(Sweep { columns: self, spans, rank, emit, zero: 0u16 }),
            false => level.run_short(Sweep { columns: self, spans, rank, emit, zero: 0u32 }),
        }
    }
}

/// Tiers by value, so that nothing they might share memory with keeps their lanes apart. Wrapping, so that no check stands
/// between the lanes; a count is never below zero nor above 2^16.
#[inline(always)]
fn sum(a: Tier<u16>, b: Tier<u16>) -> Tier<u16> {
    core::array::from_fn(|i| a[i].wrapping_add(b[i]))
}

#[inline(always)]
fn difference(a: Tier<u16>, b: Tier<u16>) -> Tier<u16> {
    core::array::from_fn(|i| a[i].wrapping_sub(b[i]))
}

struct Change<'a, const ENTERS: bool> {
    columns: &'a mut Columns,
    bytes: &'a [u8],
}

impl<const ENTERS: bool> Kernel for Change<'_, ENTERS> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let width = self.bytes.len();
        let Some(steps) = self.columns.steps.first_chunk::<16>() else { return };
        for (c, (&x, coarse)) in self.bytes.iter().zip(&mut self.columns.coarse).enumerate() {
            let (high, low) = (x >> 4, x & 15);
            let fine = &mut self.columns.fine[usize::from(high) * width + c];
            if ENTERS {
                *coarse = sum(*coarse, steps[usize::from(high)]);
                *fine = sum(*fine, steps[usize::from(low)]);
            } else {
                *coarse = difference(*coarse, steps[usize::from(high)]);
                *fine = difference(*fine, steps[usize::from(low)]);
            }
        }
    }
}

struct Exchange<'a> {
    columns: &'a mut Columns,
    leave: &'a [u8],
    enter: &'a [u8],
}

impl Kernel for Exchange<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let width = self.enter.len();
        let Some(steps) = self.columns.steps.first_chunk::<16>() else { return };
        let bytes = self.leave.iter().zip(self.enter);
        for (c, ((&old, &new), coarse)) in bytes.zip(&mut self.columns.coarse).enumerate() {
            let [old_high, old_low] = [old >> 4, old & 15];
            let [new_high, new_low] = [new >> 4, new & 15];
            *coarse = sum(difference(*coarse, steps[usize::from(old_high)]), steps[usize::from(new_high)]);
            let fine = &mut self.columns.fine[usize::from(old_high) * width + c];
            *fine = difference(*fine, steps[usize::from(old_low)]);
            let fine = &mut self.columns.fine[usize::from(new_high) * width + c];
            *fine = sum(*fine, steps[usize::from(new_low)]);
        }
    }
}

/// What counts the bytes of some columns together.
trait Count: Copy + PartialOrd {
    fn of(n: usize) -> Self;
    fn plus(self, n: u16) -> Self;
    fn less(self, n: u16) -> Self;
    fn minus(self, n: Self) -> Self;
}

macro_rules! count {
    ($($t:ty)*) => { $(
        impl Count for $t {
            #[inline(always)]
            fn of(n: usize) -> $t {
                n as $t
            }
            #[inline(always)]
            fn plus(self, n: u16) -> $t {
                self.wrapping_add(n as $t)
            }
            #[inline(always)]
            fn less(self, n: u16) -> $t {
                self.wrapping_sub(n as $t)
            }
            #[inline(always)]
            fn minus(self, n: $t) -> $t {
                self.wrapping_sub(n)
            }
        }
    )* };
}

count!(u16 u32);

struct Sweep<'a, C, K, E> {
    columns: &'a Columns,
    spans: &'a [Range<usize>],
    rank: K,
    emit: E,
    zero: C,
}

/// Makes `sum` that of columns `to` where it is that of `from`; both ends only move up.
#[inline(always)]
fn advance<C: Count>(sum: &mut Tier<C>, columns: &[Tier<u16>], from: &Range<usize>, to: &Range<usize>) {
    if to.start == from.start + 1 && to.end == from.end + 1 && from.start < from.end {
        *sum = less(plus(*sum, columns[from.end]), columns[from.start]);
        return;
    }
    let moved = (to.start - from.start) + (to.end - from.end);
    let mut now = *sum;
    if moved < to.len() {
        for column in &columns[from.end..to.end] {
            now = plus(now, *column);
        }
        for column in &columns[from.start..to.start] {
            now = less(now, *column);
        }
    } else {
        now = [C::of(0); 16];
        for column in &columns[to.clone()] {
            now = plus(now, *column);
        }
    }
    *sum = now;
}

#[inline(always)]
fn plus<C: Count>(a: Tier<C>, b: Tier<u16>) -> Tier<C> {
    core::array::from_fn(|i| a[i].plus(b[i]))
}

#[inline(always)]
fn less<C: Count>(a: Tier<C>, b: Tier<u16>) -> Tier<C> {
    core::array::from_fn(|i| a[i].less(b[i]))
}

/// Which value the `k`-th byte of a tier has, and its rank among those of that value.
#[inline(always)]
fn find<C: Count>(tier: &Tier<C>, k: C) -> (usize, C) {
    let lanes = *tier;
    let mut below = 0u32;
    for lane in lanes {
        below += u32::from(lane <= k);
    }
    // A rank that is there lies below the last count. Not `& 15`: asked for few bits, the compiler adds lane by lane instead of
    // counting the bits of a mask; the same goes for the caller, hence the box.
    let at = core::hint::black_box(below as usize).min(15);
    let before = if at == 0 { C::of(0) } else { tier[at - 1] };
    (at, k.minus(before))
}

/// The byte of rank `k` among the columns of `span`; a function, as a closure would be left standing below the level.
#[inline(always)]
fn select<C: Count>(
    coarse: &Tier<C>,
    fine: &mut [Tier<C>; 16],
    covered: &mut [Range<usize>; 16],
    columns: &[Tier<u16>],
    width: usize,
    span: &Range<usize>,
    k: usize,
) -> u8 {
    let (high, k) = find(coarse, C::of(k));
    advance(&mut fine[high], &columns[high * width..(high + 1) * width], &covered[high], span);
    covered[high] = span.clone();
    (high * 16 + find(&fine[high], k).0) as u8
}

impl<C: Count, K: Fn(usize) -> (usize, f64), E: FnMut(usize, u8, u8, f64)> Kernel for Sweep<'_, C, K, E> {
    type Out = ();

    #[inline(always)]
    fn run(mut self) {
        let width = self.columns.coarse.len();
        let mut coarse = [self.zero; 16];
        let mut fine = [[self.zero; 16]; 16];
        // The columns each fine tier is the sum of.
        let mut covered: [Range<usize>; 16] = core::array::from_fn(|_| 0..0);
        let mut last = 0..0;
        for (i, span) in self.spans.iter().enumerate() {
            advance(&mut coarse, &self.columns.coarse, &last, span);
            last = span.clone();
            let (k, t) = (self.rank)(i);
            let low = select(&coarse, &mut fine, &mut covered, &self.columns.fine, width, span, k);
            let high = match t > 0.0 {
                true => select(&coarse, &mut fine, &mut covered, &self.columns.fine, width, span, k + 1),
                false => low,
            };
            (self.emit)(i, low, high, t);
        }
    }
}

/// A window along one axis: one histogram, a byte at a time.
pub(crate) struct Histogram {
    coarse: [u32; 16],
    fine: [u32; 256],
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Histogram { coarse: [0; 16], fine: [0; 256] }
    }

    #[inline]
    pub(crate) fn add(&mut self, byte: u8) {
        self.coarse[usize::from(byte >> 4)] += 1;
        self.fine[usize::from(byte)] += 1;
    }

    #[inline]
    pub(crate) fn remove(&mut self, byte: u8) {
        self.coarse[usize::from(byte >> 4)] -= 1;
        self.fine[usize::from(byte)] -= 1;
    }

    /// The byte of rank `k`, which must be there.
    #[inline]
    pub(crate) fn select(&self, k: usize) -> u8 {
        let mut k = k as u32;
        let mut at = 0;
        while at < 15 && self.coarse[at] <= k {
            k -= self.coarse[at];
            at += 1;
        }
        at *= 16;
        while at < 255 && self.fine[at] <= k {
            k -= self.fine[at];
            at += 1;
        }
        at as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeps_find_what_sorting_finds() {
        let (width, height) = (40, 9);
        let bytes: Vec<u8> = (0..width * height).map(|i| (i * i * 31 % 251) as u8).collect();
        // Of whatever level the environment leaves.
        let level = Level::detect();
        for few in [true, false] {
            let mut columns = Columns::default();
            columns.clear(width);
            for row in bytes.chunks(width) {
                columns.change(level, row, true);
            }
            columns.exchange(level, &bytes[..width], &bytes[width..2 * width]);
            columns.change(level, &bytes[width..2 * width], false);
            let spans: Vec<Range<usize>> = (0..width).map(|i| i * 2 / 3..i * 2 / 3 + 6 + i / 10).collect();
            columns.sweep(
                level,
                &spans,
                few,
                |i| (i % 7, 0.5),
                |i, low, high, _| {
                    let mut list: Vec<u8> = Vec::new();
                    bytes.chunks(width).skip(1).for_each(|row| list.extend(&row[spans[i].clone()]));
                    list.sort_unstable();
                    assert_eq!((low, high), (list[i % 7], list[i % 7 + 1]), "{level:?} {i}");
                },
            );
        }
    }
}
