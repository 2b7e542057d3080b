//! A part of a plan: the box of the result it writes and the box of the input it reads.

use super::paper::{MARGIN, Paper};
use super::title;
use crate::spec::part::Part;
use crate::spec::plan::Plan;
use alloc::format;
use alloc::string::String;
use core::ops::Range;

/// How long an axis is drawn, however long it is.
const WIDTH: isize = 560;
/// Where axes begin; names stand before.
const LEFT: isize = MARGIN + 150;
/// How high and wide two axes are drawn, their name included.
const SIDE: isize = 240;
/// How high an axis is.
const HEIGHT: isize = 16;

impl Part {
    /// A picture of this part as an SVG document: along each axis, the windows it writes among all, and the elements it reads among all.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let picture = unfold(0, 5, 2).plan([100])?.part(&[10..20])?.to_svg();
    /// assert!(picture.contains("writes 10..20 of 48") && picture.contains("reads 20..43 of 100"));
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    pub fn to_svg(&self) -> String {
        let plan = self.plan();
        let mut paper = Paper::new();
        let code = title(&mut paper, plan);
        let call = format!(".part(&{:?})?", self.write());
        paper.say("head", &call);
        let (result, input) = (plan.reduced_shape(), plan.input_shape());
        for axis in 0..input.len() {
            let (write, read) = (&self.write()[axis], &self.read()[axis]);
            paper.y += 10;
            paper.say("head", format_args!("axis {axis}"));
            let (w, r) = (scaled(write, result[axis]), scaled(read, input[axis]));
            let y = paper.y + 4;
            bar(&mut paper, &w, "result", "mark mark1", format!("writes {write:?} of {}", result[axis]));
            bar(&mut paper, &r, "input", "mark mark0", format!("reads {read:?} of {}", input[axis]));
            // From the windows to what they read.
            let (from, to) = (y + HEIGHT, y + HEIGHT + 14);
            paper.path("line", &format!("M{} {from}L{} {to}M{} {from}L{} {to}", w.start, r.start, w.end, r.end));
        }
        if let Some(axes) = sheet_axes(plan) {
            paper.y += 14;
            paper.say("head", format_args!("axes {} (down) and {} (right)", axes[0], axes[1]));
            let width = sheet(&mut paper, MARGIN, &result, axes, self.write(), "mark mark1", "result");
            let from = paper.y;
            paper.y -= SIDE;
            sheet(&mut paper, MARGIN + width + 40, input, axes, self.read(), "mark mark0", "input");
            paper.y = from;
        }
        paper.finish(&format!("{code}{call}"), "What a part writes and what it reads, along each axis.")
    }
}

/// The two axes drawn as a box: the last unfolded ones, or the last ones.
fn sheet_axes(plan: &Plan) -> Option<[usize; 2]> {
    let rank = plan.input_shape().len();
    match plan.axes() {
        [.., a, b] => Some([a.axis().min(b.axis()), a.axis().max(b.axis())]),
        _ => Some([rank.checked_sub(2)?, rank - 1]),
    }
}

/// An array's two axes with a box of it filled, at most [`SIDE`] long; gives how wide it is.
fn sheet(
    paper: &mut Paper,
    x: isize,
    shape: &[usize],
    axes: [usize; 2],
    ranges: &[Range<usize>],
    mark: &str,
    name: &str,
) -> isize {
    let longest = axes.map(|a| shape[a]).into_iter().max().unwrap_or(1).max(1);
    let at = |p: usize| (p as u128 * (SIDE - 20) as u128 / longest as u128) as isize;
    let y = paper.y + 20;
    let size = axes.map(|a| at(shape[a]).max(1));
    let [(top, height), (left, width)] = axes.map(|a| {
        let r = &ranges[a];
        (at(r.start), (at(r.end) - at(r.start)).max(1))
    });
    paper.text("soft", x, y - 6, format_args!("{name} {} x {}", shape[axes[0]], shape[axes[1]]));
    paper.rect("element", x, y, size[1], size[0]);
    paper.rect("read", x + left, y + top, width, height);
    paper.rect(mark, x + left, y + top, width, height);
    paper.y += SIDE;
    size[1].max(7 * 24)
}

/// Where a range of an axis is drawn.
fn scaled(range: &Range<usize>, len: usize) -> Range<isize> {
    let at = |p: usize| LEFT + (p as u128 * WIDTH as u128 / len.max(1) as u128) as isize;
    at(range.start)..at(range.end).max(at(range.start) + 1)
}

/// A whole axis with a range of it filled.
fn bar(paper: &mut Paper, range: &Range<isize>, name: &str, mark: &str, text: String) {
    let y = paper.y + 4;
    paper.rect("element", LEFT, y, WIDTH, HEIGHT);
    paper.rect("read", range.start, y, range.end - range.start, HEIGHT);
    paper.rect(mark, range.start, y, range.end - range.start, HEIGHT);
    paper.text("soft", MARGIN, y + 12, name);
    paper.text("", LEFT + WIDTH + 12, y + 12, text);
    paper.y = y + HEIGHT + 10;
}
