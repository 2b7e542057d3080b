//! Flat memory, and how far each axis of the view steps in it: the picture that explains `as_strided`.

use super::columns::{CELL, Columns};
use super::paper::{MARGIN, Paper};
use crate::spec::axis::Cell;
use crate::spec::plan::Plan;
use crate::spec::{Strides, list};
use alloc::format;
use alloc::vec::Vec;

/// Where memory begins; its name stands before.
const LEFT: isize = MARGIN + 130;
/// How different axes' arcs are told apart; the last ones repeat.
const MARKS: usize = 6;

/// Draws memory and one arc an axis of the view; or says why there are none.
pub(super) fn walk(paper: &mut Paper, plan: &Plan) {
    let elements: usize = plan.input_shape().iter().product();
    let row_major = row_major(plan.input_shape());
    if elements == 0 || plan.shape().contains(&0) {
        return;
    }
    paper.say("head", format_args!("memory: {elements} elements, row by row"));
    let strides = match plan.strides(&row_major) {
        Ok(strides) => strides,
        Err(why) => return paper.say("soft", why),
    };
    let origin: isize = plan.axes().iter().map(|a| a.start(0) * row_major[a.axis()]).sum();
    // Axes of one position step nowhere.
    let mut arcs: Vec<(usize, isize)> =
        strides.into_iter().enumerate().filter(|&(o, stride)| plan.shape()[o] > 1 && stride != 0).collect();
    arcs.sort_by_key(|&(o, stride)| (stride, o));
    let marks: Vec<isize> = arcs.iter().map(|&(_, stride)| origin + stride).chain([origin]).collect();
    let all = 0..elements as isize;
    let columns = if elements <= 64 {
        Columns::new(all, &[], LEFT)
    } else {
        let around = marks.iter().map(|&m| m - 1..m + 2);
        Columns::of(&all, around.chain([0..4, elements as isize - 2..elements as isize]), LEFT)
    };
    let top = paper.y + 8;
    let floor = top + 14 * arcs.len() as isize + 20;
    let from = columns.x(origin) + CELL / 2;
    for (k, &(_, stride)) in arcs.iter().enumerate() {
        let to = columns.x(origin + stride) + CELL / 2;
        // A curve rises to three quarters of the height it is drawn towards.
        let peak = floor - (14 * (k as isize + 1) + 6) * 4 / 3;
        let path = format!("M{from} {floor}C{from} {peak} {to} {peak} {to} {floor}");
        paper.path(&format!("mark mark{}", k % MARKS), &path);
    }
    memory(paper, plan, &columns, floor);
    for (k, &(o, stride)) in arcs.iter().enumerate() {
        let y = paper.y + 10;
        paper.path(&format!("mark mark{}", k % MARKS), &format!("M{MARGIN} {y}h40"));
        paper.text("", MARGIN + 48, y + 4, format_args!("axis {o} of the view ({}): stride {stride}", plan.order()[o]));
        paper.y += 18;
    }
    paper.y += 12;
}

/// The elements in memory, filled where the first window reads.
fn memory(paper: &mut Paper, plan: &Plan, columns: &Columns, y: isize) {
    let last = columns.iter().last().map_or(0, |(p, _)| p);
    let digits = format!("{last}").len() as isize;
    let upright = digits > 3;
    let height = if upright { digits * 6 + 6 } else { CELL };
    paper.path("element", &columns.boxes(y, height, |p| !in_first(plan, p as usize)));
    paper.path("read", &columns.boxes(y, height, |p| in_first(plan, p as usize)));
    for (p, x) in columns.iter() {
        paper.number("number", x + CELL / 2, y + height / 2, p, upright, "");
    }
    columns.end_row(paper, y, height, "memory, window 0");
}

/// Whether the first window reads the element at a place of memory; on axes that are not unfolded, at their first position.
fn in_first(plan: &Plan, place: usize) -> bool {
    let mut rest = place;
    (0..plan.input_shape().len()).rev().all(|axis| {
        let n = plan.input_shape()[axis];
        let e = rest % n;
        rest /= n;
        let Some(a) = plan.axes().iter().find(|a| a.axis() == axis) else { return e == 0 };
        let from = (e * a.base_dilation()) as isize - a.start(0);
        let j = (from / a.dilation() as isize) as usize;
        from >= 0 && j < a.window() && a.cell(0, j) == Cell::Element(e)
    })
}

/// The strides of an array that lies row by row.
fn row_major(shape: &[usize]) -> Strides {
    let mut strides: Strides = list(shape.len(), |_| 1);
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis].max(1) as isize;
    }
    strides
}
