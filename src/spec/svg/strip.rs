//! One axis: its elements and borders, some of its windows, and how often each element is read.

use super::code::formula;
use super::columns::{CELL, Columns};
use super::paper::{MARGIN, Paper};
use crate::spec::axis::{AxisPlan, Cell};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

/// Axes, windows and parts of them up to so many are counted.
pub(super) const PATIENCE: usize = 1 << 12;
/// How high the tallest bar is.
const BAR: u128 = 30;
/// Numbers of more digits stand upright.
const DIGITS: usize = 3;

/// What a position of the line looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Element(usize),
    /// An element that a negative pad leaves out.
    Cropped(usize),
    Pad(Option<usize>),
    Over,
    Hole,
}

/// The position, given what stands there.
fn look(axis: &AxisPlan, position: isize, cell: Cell) -> Look {
    match cell {
        Cell::Element(e) if axis.line().contains(&position) => Look::Element(e),
        Cell::Element(e) => Look::Pad(Some(e)),
        Cell::Pad => Look::Pad(None),
        Cell::Gap if position >= axis.end() => Look::Over,
        Cell::Gap => Look::Hole,
    }
}

/// The position on the line itself, where windows need not reach.
fn on_line(axis: &AxisPlan, position: isize) -> Look {
    let (from, base) = (axis.line(), axis.base_dilation() as isize);
    let data = (0..axis.end() - axis.pads().1).contains(&position);
    match data && !from.contains(&position) {
        true if position % base == 0 => Look::Cropped((position / base) as usize),
        true => Look::Hole,
        false => look(axis, position, axis.at(position)),
    }
}

/// The positions from the first to the last of line, pads and windows.
pub(super) fn extent(axis: &AxisPlan) -> Range<isize> {
    let (before, after) = axis.pads();
    let (mut from, mut to) = ((-before).min(0), axis.end().max(axis.end() - after));
    if axis.count() > 0 {
        from = from.min(axis.start(0));
        to = to.max(spanned(axis, axis.count() - 1).end);
    }
    from..to.max(from)
}

/// Where a long line is looked at: where data and the windows that get a row begin, and where data ends.
pub(super) fn marks(axis: &AxisPlan) -> Vec<isize> {
    let starts = listed(axis.count()).into_iter().flatten().map(|i| axis.start(i));
    [axis.line().start, axis.line().end].into_iter().chain(starts).collect()
}

/// The positions from the first to behind the last one of window `i`.
pub(super) fn spanned(axis: &AxisPlan, i: usize) -> Range<isize> {
    axis.start(i)..axis.start(i) + axis.span() as isize
}

/// Where the columns of an axis begin, so that the names of its rows have room before them.
pub(super) fn left(axis: &AxisPlan) -> isize {
    let longest = listed(axis.count()).into_iter().flatten().map(|i| name(axis, i).len()).max().unwrap_or(0);
    MARGIN + 14 + 7 * longest.max(12) as isize
}

/// The name of a window's row.
fn name(axis: &AxisPlan, i: usize) -> String {
    format!("window {i}: {:?}", spanned(axis, i))
}

/// The windows that get a row; `None` for those left out.
pub(super) fn listed(count: usize) -> Vec<Option<usize>> {
    if count <= 7 {
        return (0..count).map(Some).collect();
    }
    (0..4).map(Some).chain([None, Some(count - 2), Some(count - 1)]).collect()
}

/// How often elements are read, where counting is quick: as [`AxisPlan::coverage`] of the axis, or of the part of it that reads them.
fn counts(axis: &AxisPlan, elements: Range<usize>) -> Option<Vec<usize>> {
    let base = axis.base_dilation();
    let near = |e: usize| axis.covering((e * base) as isize);
    let inside = near(elements.start).start..near(elements.end.saturating_sub(1)).end;
    let borders = axis.count() - axis.interior().len();
    if inside.len().max(borders) > PATIENCE {
        return None;
    }
    let readers = axis.readers_of(elements.clone());
    if readers.is_empty() {
        return Some(elements.map(|_| 0).collect());
    }
    let read = axis.read_by(readers.clone());
    if readers.len().max(read.len()) > PATIENCE {
        return None;
    }
    let coverage = axis.part(readers, read.clone()).coverage();
    Some(elements.map(|e| if read.contains(&e) { coverage[e - read.start] } else { 0 }).collect())
}

/// [`counts`] for every element shown, with its number.
pub(super) fn shown_counts(axis: &AxisPlan, columns: &Columns) -> Option<Vec<(usize, usize)>> {
    let mut all = Vec::new();
    for r in columns.stretches() {
        let seen: Vec<usize> = r.clone().filter_map(|p| element(on_line(axis, p))).collect();
        if let (Some(&first), Some(&last)) = (seen.first(), seen.last()) {
            all.extend((first..).zip(counts(axis, first..last + 1)?));
        }
    }
    Some(all)
}

fn element(look: Look) -> Option<usize> {
    match look {
        Look::Element(e) | Look::Cropped(e) => Some(e),
        _ => None,
    }
}

/// How many digits the longest of some numbers has.
fn digits(numbers: impl Iterator<Item = usize>) -> usize {
    numbers.max().unwrap_or(0).to_string().len()
}

/// Draws the whole strip below what is there.
pub(super) fn strip(paper: &mut Paper, axis: &AxisPlan) {
    let columns = Columns::new(extent(axis), &marks(axis), left(axis));
    paper.say("head", format_args!("axis {}: {} elements -> {} windows", axis.axis(), axis.len(), axis.count()));
    formula(axis).iter().for_each(|line| paper.say("soft", line));
    let inside = axis.interior();
    if inside.len() < axis.count() {
        match inside.is_empty() {
            true => paper.say("soft", "every window reaches out of the data"),
            false => paper.say("soft", format_args!("windows {}..{} lie inside the data", inside.start, inside.end)),
        }
    }
    let counts = shown_counts(axis, &columns);
    line(paper, axis, &columns, counts.as_deref());
    rows(paper, axis, &columns);
    match counts {
        Some(counts) => bars(paper, axis, &columns, &counts),
        None => paper.say("soft", "how often elements are read is not counted: too many windows read them"),
    }
    paper.y += 12;
}

/// The elements with their numbers, padding, holes, what no window reads.
pub(super) fn line(paper: &mut Paper, axis: &AxisPlan, columns: &Columns, counts: Option<&[(usize, usize)]>) {
    let looks: Vec<(isize, Look)> = columns.iter().map(|(p, _)| (p, on_line(axis, p))).collect();
    let extent = extent(axis);
    let label = |l: Look| match l {
        Look::Element(e) | Look::Cropped(e) | Look::Pad(Some(e)) => Some(e),
        _ => None,
    };
    let digits = digits(looks.iter().filter_map(|&(_, l)| label(l)));
    let upright = digits > DIGITS;
    let height = if upright { digits as isize * 6 + 6 } else { CELL };
    let y = paper.y + 6;
    let unread = |l: Look| match l {
        Look::Cropped(_) => true,
        Look::Element(e) => counts.is_some_and(|c| c.binary_search(&(e, 0)).is_ok()),
        _ => false,
    };
    let look_at = |p: isize| looks[looks.partition_point(|&(q, _)| q < p)].1;
    let mut class = |class: &str, keep: &dyn Fn(Look) -> bool| {
        paper.path(class, &columns.boxes(y, height, |p| keep(look_at(p))));
    };
    class("element", &|l| matches!(l, Look::Element(_)) && !unread(l));
    class("left", &unread);
    class("pad", &|l| matches!(l, Look::Pad(_)));
    paper.path("over", &columns.boxes(y, height, |p| look_at(p) == Look::Over && extent.contains(&p)));
    for ((_, x), (_, l)) in columns.iter().zip(&looks) {
        if let Some(e) = label(*l) {
            paper.number("number", x + CELL / 2, y + height / 2, e, upright, "");
        }
    }
    columns.end_row(paper, y, height, "elements");
}

/// One row a window, filled where it reads.
pub(super) fn rows(paper: &mut Paper, axis: &AxisPlan, columns: &Columns) {
    for row in listed(axis.count()) {
        let Some(i) = row else {
            paper.say("soft", format_args!("... {} more", axis.count() - 6));
            continue;
        };
        window(paper, axis, columns, i);
    }
    if axis.count() == 0 {
        paper.say("soft", "no window");
    }
}

/// The row of window `i`.
fn window(paper: &mut Paper, axis: &AxisPlan, columns: &Columns, i: usize) {
    let (span, dilation) = (spanned(axis, i), axis.dilation() as isize);
    let y = paper.y + 2;
    let tap = |p: isize| {
        let from = p - span.start;
        (span.contains(&p) && from % dilation == 0).then_some((from / dilation) as usize)
    };
    let cells: Vec<(isize, isize, usize, Look)> =
        columns.iter().filter_map(|(p, x)| tap(p).map(|j| (p, x, j, look(axis, p, axis.cell(i, j))))).collect();
    paper.text("soft", MARGIN, y + 13, name(axis, i));
    let (from, to) = (columns.x(span.start), columns.x(span.end));
    if to > from {
        paper.path("line", &format!("M{from} {}H{to}", y + CELL / 2));
    }
    let mut class = |class: &str, keep: fn(Look) -> bool| {
        let mut path = String::new();
        for &(_, x, _, l) in &cells {
            if keep(l) {
                super::paper::add_box(&mut path, x, y, CELL, CELL);
            }
        }
        paper.path(class, &path);
    };
    class("back", |l| l != Look::Hole);
    class("read", |l| matches!(l, Look::Element(_)));
    class("pad", |l| matches!(l, Look::Pad(_)));
    class("over", |l| l == Look::Over);
    for &(_, x, j, l) in &cells {
        if let Look::Element(e) | Look::Pad(Some(e)) = l
            && e < 10usize.pow(DIGITS as u32)
        {
            let more = format!(" data-cell=\"{},{i},{j}\"", axis.axis());
            paper.number("number", x + CELL / 2, y + CELL / 2, e, false, &more);
        }
    }
    paper.y = y + CELL + 2;
}

/// How often each element is read.
fn bars(paper: &mut Paper, axis: &AxisPlan, columns: &Columns, counts: &[(usize, usize)]) {
    let most = counts.iter().map(|c| c.1).max().unwrap_or(0);
    if most == 0 {
        return;
    }
    let digits = most.to_string().len();
    let upright = digits > DIGITS;
    let label = if upright { digits as isize * 6 + 6 } else { 14 };
    let floor = paper.y + BAR as isize + 8;
    let mut path = String::new();
    for (p, x) in columns.iter() {
        let Some(e) = element(on_line(axis, p)) else { continue };
        let Ok(at) = counts.binary_search_by_key(&e, |c| c.0) else { continue };
        let count = counts[at].1;
        let height = (count as u128 * BAR).div_ceil(most as u128) as isize;
        if height > 0 {
            super::paper::add_box(&mut path, x + 2, floor - height, CELL - 4, height);
        }
        let more = format!(" data-count=\"{},{e}\"", axis.axis());
        paper.number("bare", x + CELL / 2, floor + label / 2 + 1, count, upright, &more);
    }
    paper.path("bar", &path);
    paper.text("soft", MARGIN, floor, "times read");
    paper.y = floor + label + 4;
}
