//! Two axes at once: the elements as a grid, how often each is read, and where some windows lie.

use super::columns::{CELL, Columns};
use super::paper::{MARGIN, Paper, add_box};
use super::strip::{extent, shown_counts, spanned};
use crate::spec::axis::{AxisPlan, Cell};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Levels of grey.
const GREYS: u128 = 4;

/// Draws axis `rows` downwards and axis `cols` to the right.
pub(super) fn grid(paper: &mut Paper, rows: &AxisPlan, cols: &AxisPlan) {
    if rows.count() == 0 || cols.count() == 0 {
        return;
    }
    paper.say("head", format_args!("axes {} (down) and {} (right)", rows.axis(), cols.axis()));
    let room = (8 + 7 * format!("{}", rows.len()).len() as isize).max(40);
    let across = short(cols, MARGIN + room);
    let (digits, top) = (format!("{}", extent(cols).end).len() as isize * 6, paper.y + 6);
    // The columns of the other axis, turned: its "x" counts downwards.
    let down = short(rows, top + digits + 6);
    shades(paper, rows, cols, &down, &across);
    numbers(paper, rows, cols, &down, &across);
    let last = (rows.count() - 1, cols.count() - 1);
    let windows = [
        ("the first window".into(), (0, 0)),
        (format!("its neighbour along axis {}", cols.axis()), (0, last.1.min(1))),
        (format!("its neighbour along axis {}", rows.axis()), (last.0.min(1), 0)),
        ("the last window".into(), last),
    ];
    let mut drawn: Vec<(usize, usize)> = Vec::new();
    let mut legend = Vec::new();
    for (mark, (name, window)) in windows.iter().enumerate() {
        if !drawn.contains(window) {
            drawn.push(*window);
            outline(paper, (rows, cols), (&down, &across), *window, mark);
            legend.push((mark, name));
        }
    }
    paper.widen(across.right() + CELL);
    paper.y = down.right() + 12;
    for (mark, name) in legend {
        let y = paper.y + 10;
        paper.path(&format!("mark mark{mark}"), &format!("M{MARGIN} {y}h40"));
        paper.text("", MARGIN + 48, y + 4, name);
        paper.y += 18;
    }
    paper.say("soft", "dots: what the first window reads; the more grey, the more often an element is read");
    paper.y += 12;
}

/// Less of an axis than a strip shows: pictures have two.
fn short(axis: &AxisPlan, left: isize) -> Columns {
    let line = extent(axis);
    if line.end - line.start <= 24 {
        return Columns::new(line, &[], left);
    }
    let last = axis.count() - 1;
    let borders =
        [0, last.min(1), last].map(|i| spanned(axis, i)).map(|s| [s.start - 1..s.start + 2, s.end - 2..s.end + 1]);
    let ends = [line.start..line.start + 5, line.end - 4..line.end];
    Columns::of(&line, borders.into_iter().flatten().chain(ends), left)
}

/// A row or a column of the grid.
struct Line {
    position: isize,
    /// Where it is drawn.
    at: isize,
    is_element: bool,
    /// How often its element is read along this axis, where that is quickly counted.
    count: Option<usize>,
}

fn lines(axis: &AxisPlan, columns: &Columns) -> Vec<Line> {
    let counts = shown_counts(axis, columns);
    let line = |(position, at): (isize, isize)| {
        let element = match axis.at(position) {
            Cell::Element(e) if axis.line().contains(&position) => Some(e),
            _ => None,
        };
        let count = element.zip(counts.as_ref()).map(|(e, counts)| counts[counts.partition_point(|c| c.0 < e)].1);
        Line { position, at, is_element: element.is_some(), count }
    };
    columns.iter().map(line).collect()
}

/// Every element in a grey of how often it is read; padding hatched.
fn shades(paper: &mut Paper, rows: &AxisPlan, cols: &AxisPlan, down: &Columns, across: &Columns) {
    let (all_rows, all_cols) = (lines(rows, down), lines(cols, across));
    let most = |all: &[Line]| all.iter().filter_map(|l| l.count).max().unwrap_or(0).max(1) as u128;
    // Counts are counts of windows: their squares fit.
    let most = most(&all_rows) * most(&all_cols);
    let mut greys: [String; GREYS as usize + 1] = Default::default();
    let (mut unread, mut pads) = (String::new(), String::new());
    for row in &all_rows {
        for col in &all_cols {
            let (p, q) = (row.position, col.position);
            let path = match row.count.zip(col.count).map(|(r, c)| r as u128 * c as u128) {
                Some(0) => &mut unread,
                Some(times) => &mut greys[(times * GREYS).div_ceil(most) as usize],
                None if row.is_element && col.is_element => &mut greys[0],
                _ if [rows.at(p), cols.at(q)].contains(&Cell::Gap) => continue,
                _ if outside(rows, p) || outside(cols, q) => &mut pads,
                _ => continue,
            };
            add_box(path, col.at, row.at, CELL, CELL);
        }
    }
    paper.path("pad", &pads);
    for (level, path) in greys.iter().enumerate() {
        paper.path(&format!("line grey{level}"), path);
    }
    paper.path("left", &unread);
}

/// Whether a position is padding, whatever that repeats.
fn outside(axis: &AxisPlan, position: isize) -> bool {
    !axis.line().contains(&position) && axis.at(position) != Cell::Gap
}

/// The numbers of the elements, at the edges.
fn numbers(paper: &mut Paper, rows: &AxisPlan, cols: &AxisPlan, down: &Columns, across: &Columns) {
    let (top, left) = (down.left(), across.left());
    for (p, x) in across.iter() {
        if let Cell::Element(e) = cols.at(p) {
            let digits = format!("{e}").len() as isize;
            paper.number("bare", x + CELL / 2, top - 6 - if digits > 3 { digits * 3 } else { 0 }, e, digits > 3, "");
        }
    }
    for (p, y) in down.iter() {
        if let Cell::Element(e) = rows.at(p) {
            let text = format!("{e}");
            paper.text("soft", left - 8 - 7 * text.len() as isize, y + 13, text);
        }
    }
    for x in across.breaks() {
        paper.number("bare", x, top - 6, "...", false, "");
    }
    for y in down.breaks() {
        paper.text("soft", left - 29, y, "...");
    }
}

/// The box of one window, and dots at what the first one reads.
fn outline(
    paper: &mut Paper,
    axes: (&AxisPlan, &AxisPlan),
    columns: (&Columns, &Columns),
    window: (usize, usize),
    mark: usize,
) {
    let place = |axis: &AxisPlan, columns: &Columns, i: usize| {
        let span = spanned(axis, i);
        (columns.x(span.start), columns.x(span.end))
    };
    let (top, bottom) = place(axes.0, columns.0, window.0);
    let (left, right) = place(axes.1, columns.1, window.1);
    // Boxes over one another are drawn one inside the other.
    let inset = mark as isize * 2 + 1;
    let (width, height) = ((right - left - 2 * inset).max(2), (bottom - top - 2 * inset).max(2));
    let mut path = String::new();
    add_box(&mut path, left + inset, top + inset, width, height);
    paper.path(&format!("mark mark{mark}"), &path);
    if mark == 0 {
        let mut dots = String::new();
        for (_, y) in read(axes.0, columns.0) {
            for (_, x) in read(axes.1, columns.1) {
                add_box(&mut dots, x + CELL / 2 - 1, y + CELL / 2 - 1, 3, 3);
            }
        }
        paper.path("dot", &dots);
    }
}

/// The positions shown that the first window reads.
fn read<'a>(axis: &'a AxisPlan, columns: &'a Columns) -> impl Iterator<Item = (isize, isize)> + 'a {
    columns.iter().filter(|&(p, _)| {
        let (span, dilation) = (spanned(axis, 0), axis.dilation() as isize);
        let from = p - span.start;
        span.contains(&p) && from % dilation == 0 && axis.cell(0, (from / dilation) as usize) != Cell::Gap
    })
}
