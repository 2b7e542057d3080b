//! Bytes: histograms that slide.
//!
//! Over two axes and more, every column of a block keeps the histogram of the cells above one another that the current
//! row of windows holds; going down a row changes it by the cells that come and go. A window's histogram is the sum of its
//! columns': going right adds one column and takes one away, sixteen counts at a time. Counts come in two tiers, of the
//! high four bits and of all eight; of the lower tier only the sixteen counts an answer needs are brought up to date.

use super::super::block::{Block, Side, rows, snake};
use super::super::rankable::Rankable;
use super::{Place, Wanted};
use crate::element::Element;
use crate::spec::AxisPlan;
use alloc::vec::Vec;
use core::ops::Range;
use num_traits::{PrimInt, WrappingAdd, WrappingSub};

/// Columns whose histograms stay in a second-level cache together.
const COLUMNS: usize = 512;

/// How many windows along an axis share a block.
pub(super) fn most(axis: &AxisPlan, last: bool, axes: usize) -> usize {
    let wanted = match (last, axes) {
        (true, 1) => (8 * axis.window()).max(16 * 1024),
        (true, _) => (2 * axis.window()).max(COLUMNS),
        (false, 2) => (8 * axis.window()).max(256),
        (false, _) => (3 * axis.window()).max(32),
    };
    (wanted / axis.step()).max(1)
}

/// Sixteen counts.
type Tier<C> = [C; 16];

/// The histograms of a block's columns.
#[derive(Default)]
pub(super) struct Columns {
    /// By the high four bits.
    coarse: Vec<Tier<u16>>,
    /// By all bits: for each value of the high four, each column's counts of the low four.
    fine: Vec<Tier<u16>>,
}

/// Answers every window of a block.
pub(super) fn order<T: Rankable, R: Element>(
    block: &Block<'_, T>,
    columns: &mut Columns,
    wanted: &Wanted<T, R>,
    out: &mut [R],
) {
    let Some((last, outer)) = block.sides.split_last() else {
        // A window of no axes is one element.
        out[0] = (wanted.make)(block.data[0], block.data[0], 0.0);
        return;
    };
    if outer.is_empty() {
        return line(last, block.data, wanted, out);
    }
    let width = last.cells.len();
    columns.clear(width);
    let widest = last.windows.iter().map(|r| r.len()).max().unwrap_or(0);
    snake(outer, |place, moves, held| {
        for (ranges, enters) in moves {
            rows(outer, ranges, |row| {
                for cells in block.data[row.start * width..row.end * width].chunks_exact(width) {
                    columns.change(cells, *enters);
                }
            });
        }
        let out = &mut out[place * last.windows.len()..][..last.windows.len()];
        if held * widest <= u16::MAX as usize {
            sweep::<u16, T, R>(columns, last, held, wanted, out);
        } else {
            sweep::<u32, T, R>(columns, last, held, wanted, out);
        }
    });
}

impl Columns {
    fn clear(&mut self, width: usize) {
        self.coarse.clear();
        self.coarse.resize(width, [0; 16]);
        self.fine.clear();
        self.fine.resize(width * 16, [0; 16]);
    }

    /// One more cell in each column, or one less.
    fn change<T: Rankable>(&mut self, cells: &[T], enters: bool) {
        let by = if enters { 1 } else { u16::MAX };
        let width = cells.len();
        for (c, (x, coarse)) in cells.iter().zip(&mut self.coarse).enumerate() {
            let (high, low) = (usize::from(x.byte() >> 4), usize::from(x.byte() & 15));
            coarse[high] = coarse[high].wrapping_add(by);
            let fine = &mut self.fine[high * width + c][low];
            *fine = fine.wrapping_add(by);
        }
    }
}

/// A type that counts a window's cells.
trait Count: PrimInt + WrappingAdd + WrappingSub + From<u16> {}
impl Count for u16 {}
impl Count for u32 {}

/// A window's histogram as the sum of columns.
struct Sum<C> {
    coarse: Tier<C>,
    fine: [Tier<C>; 16],
    /// The columns each sixteen counts are the sum of.
    spans: [Range<usize>; 16],
}

/// Makes `sum` that of columns `to` where it is that of `from`; both ends only move up.
#[inline(always)]
fn advance<C: Count>(sum: &mut Tier<C>, columns: &[Tier<u16>], from: &Range<usize>, to: &Range<usize>) {
    let mut now = *sum;
    let moved = (to.start - from.start) + (to.end - from.end);
    if moved >= to.len() {
        now = [C::zero(); 16];
        for column in &columns[to.clone()] {
            for (n, &c) in now.iter_mut().zip(column) {
                *n = n.wrapping_add(&c.into());
            }
        }
    } else {
        for column in &columns[from.end..to.end] {
            for (n, &c) in now.iter_mut().zip(column) {
                *n = n.wrapping_add(&c.into());
            }
        }
        for column in &columns[from.start..to.start] {
            for (n, &c) in now.iter_mut().zip(column) {
                *n = n.wrapping_sub(&c.into());
            }
        }
    }
    *sum = now;
}

/// Which of sixteen counts the `k`-th counted thing is in, and how many lie before it there.
#[inline(always)]
fn place_in<C: Count>(counts: &Tier<C>, k: C) -> (usize, C) {
    let mut upto = *counts;
    for shift in [1, 2, 4, 8] {
        let before = upto;
        for i in shift..16 {
            upto[i] = before[i].wrapping_add(&before[i - shift]);
        }
    }
    let mut at = 0u8;
    for u in upto {
        at += u8::from(u <= k);
    }
    let at = usize::from(at) & 15;
    (at, k.wrapping_sub(&upto[at].wrapping_sub(&counts[at])))
}

impl<C: Count> Sum<C> {
    fn new() -> Self {
        Sum { coarse: [C::zero(); 16], fine: [[C::zero(); 16]; 16], spans: core::array::from_fn(|_| 0..0) }
    }

    /// The `k`-th smallest byte of the window that holds columns `span`.
    #[inline(always)]
    fn select(&mut self, columns: &Columns, span: &Range<usize>, k: usize) -> u8 {
        // A rank inside a window fits the type that counts its cells.
        let k = num_traits::cast(k).unwrap_or_else(C::zero);
        let (high, k) = place_in(&self.coarse, k);
        let width = columns.coarse.len();
        let fine = &columns.fine[high * width..(high + 1) * width];
        advance(&mut self.fine[high], fine, &self.spans[high], span);
        self.spans[high] = span.clone();
        let (low, _) = place_in(&self.fine[high], k);
        (high * 16 + low) as u8
    }
}

/// Answers one row of windows, from left to right.
fn sweep<C: Count, T: Rankable, R: Element>(
    columns: &Columns,
    side: &Side,
    held: usize,
    wanted: &Wanted<T, R>,
    out: &mut [R],
) {
    let mut sum: Sum<C> = Sum::new();
    let mut span = 0..0;
    for (window, out) in side.windows.iter().zip(out) {
        advance(&mut sum.coarse, &columns.coarse, &span, window);
        span = window.clone();
        *out = answer(wanted, held * window.len(), |k| sum.select(columns, &span, k));
    }
}

#[inline(always)]
fn answer<T: Rankable, R: Copy>(wanted: &Wanted<T, R>, held: usize, mut select: impl FnMut(usize) -> u8) -> R {
    let (k, t) = wanted.place.among(held);
    let low = T::from_byte(select(k));
    let high = match wanted.place {
        Place::Quantile(_) if t > 0.0 => T::from_byte(select(k + 1)),
        _ => low,
    };
    (wanted.make)(low, high, t)
}

/// Windows along one axis: one histogram, a cell at a time.
fn line<T: Rankable, R: Element>(side: &Side, data: &[T], wanted: &Wanted<T, R>, out: &mut [R]) {
    let mut coarse: Tier<u32> = [0; 16];
    let mut fine = [[0u32; 16]; 16];
    let mut span = 0..0;
    for (window, out) in side.windows.iter().zip(out) {
        let mut change = |cells: Range<usize>, by: u32| {
            for x in &data[cells] {
                let (high, low) = (usize::from(x.byte() >> 4), usize::from(x.byte() & 15));
                coarse[high] = coarse[high].wrapping_add(by);
                fine[high][low] = fine[high][low].wrapping_add(by);
            }
        };
        change(span.start..span.end.min(window.start), u32::MAX);
        change(span.end.max(window.start)..window.end, 1);
        span = window.clone();
        *out = answer(wanted, window.len(), |k| {
            let (high, k) = place_in(&coarse, k as u32);
            (high * 16 + place_in(&fine[high], k).0) as u8
        });
    }
}
