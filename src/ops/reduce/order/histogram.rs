//! Bytes: histograms that slide, after Huang, Yang and Tang (1979) along one axis and Perreault and Hébert (2007) over more.
//!
//! Every column of a block keeps the histogram of the cells above one another that the current row of windows holds; going
//! down a row changes it by the cells that come and go. A window's histogram is the sum of its columns', and going right
//! adds one column and takes one away.

use super::super::block::{Block, Side, rows, snake};
use super::super::rankable::Rankable;
use super::wanted::Wanted;
use crate::element::Element;
use crate::kernel::histogram::{Columns, Histogram};
use crate::kernel::level::Level;
use crate::spec::AxisPlan;
use alloc::vec::Vec;

/// Columns whose histograms stay in a second-level cache together.
const COLUMNS: usize = 256;

/// Cycles an answer takes, about.
pub(super) const CYCLES: usize = 30;

/// How many windows along an axis share a block.
pub(super) fn most(axis: &AxisPlan, last: bool, axes: usize) -> usize {
    let wanted = match (last, axes) {
        (true, 1) => (8 * axis.window()).max(16 * 1024),
        (true, _) => (4 * axis.window()).max(COLUMNS),
        (false, 2) => (8 * axis.window()).max(256),
        (false, _) => (3 * axis.window()).max(32),
    };
    (wanted / axis.step()).max(1)
}

/// Buffers of one thread.
#[derive(Default)]
pub(super) struct Scratch {
    columns: Columns,
    bytes: Vec<u8>,
}

/// Answers every window of a block.
pub(super) fn order<T: Rankable, R: Element, F: Fn(T, T, f64) -> R>(
    block: &Block<'_, T>,
    scratch: &mut Scratch,
    wanted: &Wanted<R, F>,
    out: &mut [R],
) {
    let Scratch { columns, bytes } = scratch;
    bytes.clear();
    bytes.extend(block.data.iter().map(|x| x.byte()));
    let Some((last, outer)) = block.sides.split_last() else {
        // A window of no axes is one element.
        out[0] = (wanted.make)(block.data[0], block.data[0], 0.0);
        return;
    };
    if outer.is_empty() {
        return line(last, bytes, wanted, out);
    }
    let level = Level::detect();
    let width = last.cells.len();
    columns.clear(width);
    let widest = last.windows.iter().map(|r| r.len()).max().unwrap_or(0);
    snake(outer, |place, moves, held| {
        // A row that comes for one that goes is one change.
        if let [one] = outer
            && let [(gone, false), (none, false), (nothing, true), (come, true)] = moves
            && gone[0].len() == come[0].len()
            && none[0].is_empty()
            && nothing[0].is_empty()
        {
            debug_assert!(come[0].end <= one.cells.len());
            let cells = |row: usize| &bytes[row * width..(row + 1) * width];
            for (old, new) in gone[0].clone().zip(come[0].clone()) {
                columns.exchange(level, cells(old), cells(new));
            }
        } else {
            for (ranges, enters) in moves {
                rows(outer, ranges, |row| {
                    for cells in bytes[row.start * width..row.end * width].chunks_exact(width) {
                        columns.change(level, cells, *enters);
                    }
                });
            }
        }
        let out = &mut out[place * last.windows.len()..][..last.windows.len()];
        columns.sweep(
            level,
            &last.windows,
            held * widest <= u16::MAX as usize,
            |i| wanted.place.among(held * last.windows[i].len()),
            |i, low, high, t| out[i] = (wanted.make)(T::from_byte(low), T::from_byte(high), t),
        );
    });
}

/// Windows along one axis.
fn line<T: Rankable, R: Element, F: Fn(T, T, f64) -> R>(
    side: &Side,
    bytes: &[u8],
    wanted: &Wanted<R, F>,
    out: &mut [R],
) {
    let mut histogram = Histogram::new();
    let mut span = 0..0;
    for (window, out) in side.windows.iter().zip(out) {
        bytes[span.start..span.end.min(window.start)].iter().for_each(|&b| histogram.remove(b));
        bytes[span.end.max(window.start)..window.end].iter().for_each(|&b| histogram.add(b));
        span = window.clone();
        let (k, t) = wanted.place.among(window.len());
        let low = histogram.select(k);
        let high = if t > 0.0 { histogram.select(k + 1) } else { low };
        *out = (wanted.make)(T::from_byte(low), T::from_byte(high), t);
    }
}
