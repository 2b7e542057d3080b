//! A part of a plan: the box of the result it writes and the box of the input it reads.

use super::paper::{MARGIN, Paper};
use super::title;
use crate::spec::part::Part;
use alloc::format;
use alloc::string::String;
use core::ops::Range;

/// How long an axis is drawn, however long it is.
const WIDTH: isize = 560;
/// Where axes begin; names stand before.
const LEFT: isize = MARGIN + 150;
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
        paper.say("head", format_args!("    {call}"));
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
        paper.finish(&format!("{code}{call}"), "What a part writes and what it reads, along each axis.")
    }
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
