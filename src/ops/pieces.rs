//! An unfolded axis cut into pieces that are either all empty or evenly strided: how borders meet long runs.

use crate::spec::{AxisPlan, Cell, PadMode};
use core::ops::Range;
use smallvec::SmallVec;

/// A rectangle of cells, windows by taps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) grid: Range<usize>,
    pub(crate) taps: Range<usize>,
    /// Where its elements lie on the array's axis; `None` if its cells are empty.
    pub(crate) source: Option<Affine>,
}

/// Elements at `start + window * per_window + tap * per_tap`, counted from the piece's first window and tap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Affine {
    pub(crate) start: usize,
    pub(crate) per_window: isize,
    pub(crate) per_tap: isize,
}

/// Pieces that together cover `grid` by `taps` of an axis exactly once.
///
/// `long_grid` says that neighbouring windows lie closer in the result than neighbouring taps, so that pieces should
/// be long along the grid.
pub(crate) fn pieces(axis: &AxisPlan, grid: Range<usize>, taps: Range<usize>, long_grid: bool) -> SmallVec<[Piece; 8]> {
    let mut out = SmallVec::new();
    if grid.is_empty() || taps.is_empty() {
        return out;
    }
    let even = if axis.base_dilation() == 1 { axis.even_step() } else { None };
    let Some(step) = even else {
        for i in grid {
            by_window(axis, i, taps.clone(), &mut out);
        }
        return out;
    };
    let inside = axis.interior();
    let inside = inside.start.clamp(grid.start, grid.end)..inside.end.clamp(grid.start, grid.end);
    let border = grid.len() - inside.len();
    if border > 0 && axis.pad_mode() == PadMode::Empty && long_grid && taps.len() <= 4 * border + 16 {
        by_tap(axis, step, grid, taps, &mut out);
        return out;
    }
    let inside = if inside.is_empty() { grid.end..grid.end } else { inside };
    for i in grid.start..inside.start {
        by_window(axis, i, taps.clone(), &mut out);
    }
    if !inside.is_empty() {
        let start = axis.start_of(inside.start) + (taps.start * axis.dilation()) as isize;
        let run = Affine { start: start as usize, per_window: step as isize, per_tap: axis.dilation() as isize };
        out.push(Piece { grid: inside.clone(), taps: taps.clone(), source: Some(run) });
    }
    for i in inside.end..grid.end {
        by_window(axis, i, taps.clone(), &mut out);
    }
    out
}

/// One window in runs along its taps.
fn by_window(axis: &AxisPlan, i: usize, taps: Range<usize>, out: &mut SmallVec<[Piece; 8]>) {
    let mut j = taps.start;
    while j < taps.end {
        let first = axis.cell(i, j);
        let mut end = j + 1;
        let source = match first {
            Cell::Element(start) => {
                let mut per_tap = 0;
                while end < taps.end {
                    let Cell::Element(e) = axis.cell(i, end) else { break };
                    let advance = e as isize - start as isize;
                    if end == j + 1 {
                        per_tap = advance;
                    } else if advance != per_tap * (end - j) as isize {
                        break;
                    }
                    end += 1;
                }
                Some(Affine { start, per_window: 0, per_tap })
            }
            _ => {
                while end < taps.end && !matches!(axis.cell(i, end), Cell::Element(_)) {
                    end += 1;
                }
                None
            }
        };
        out.push(Piece { grid: i..i + 1, taps: j..end, source });
        j = end;
    }
}

/// Each tap in up to three runs along the windows: before the data, inside, behind it. Only for empty padding.
fn by_tap(axis: &AxisPlan, step: usize, grid: Range<usize>, taps: Range<usize>, out: &mut SmallVec<[Piece; 8]>) {
    let line = axis.line();
    let first = axis.start_of(grid.start);
    let reached = |position: isize, from: isize| match position - from {
        d if d <= 0 => grid.start,
        d => grid.start + (d as usize).div_ceil(step).min(grid.len()),
    };
    let mut push = |grid: Range<usize>, j: usize, source: Option<Affine>| {
        if grid.is_empty() {
            return;
        }
        // Neighbouring taps that see the same windows are one piece.
        if let Some(last) = out.iter_mut().rev().find(|p| p.taps.end == j && p.grid == grid)
            && last.source.is_some() == source.is_some()
        {
            last.taps.end = j + 1;
            return;
        }
        out.push(Piece { grid, taps: j..j + 1, source });
    };
    for j in taps {
        let from = first + (j * axis.dilation()) as isize;
        let low = reached(line.start, from);
        let high = reached(line.end, from).max(low);
        push(grid.start..low, j, None);
        if high > low {
            let start = (from + ((low - grid.start) * step) as isize) as usize;
            push(low..high, j, Some(Affine { start, per_window: step as isize, per_tap: axis.dilation() as isize }));
        }
        push(high..grid.end, j, None);
    }
}
