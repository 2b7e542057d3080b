//! Pictures of plans, as SVG: whole numbers only, so that the same plan is the same text everywhere.
//!
//! What is drawn is asked from [`AxisPlan`](super::AxisPlan); nothing here computes where a window lies.

mod code;
mod columns;
mod compare;
mod grid;
mod paper;
mod part;
mod strip;
mod tapers;
mod walk;

pub(crate) use tapers::tapers;

use super::plan::Plan;
use alloc::format;
use alloc::string::String;
use paper::{MARGIN, Paper};

impl Plan {
    /// A picture of this plan as an SVG document: for each unfolded axis its elements, borders and windows and how often each element
    /// is read; two unfolded axes as a grid; and how the axes of the view step through memory.
    ///
    /// Long axes are drawn with breaks, so the text is some tens of kilobytes at most for each axis, and takes no longer for a
    /// long array than for a short one. It is the same on every machine, follows the reader's light or dark theme, and says in hatchings,
    /// dashes and words what it says in colours.
    ///
    /// ```
    /// use ndwindow::{PadMode, unfold};
    ///
    /// let picture = unfold(0, 5, 2).pad(2).pad_mode(PadMode::Reflect).plan([12])?.to_svg();
    /// assert!(picture.starts_with("<svg "));
    /// assert!(picture.contains("windows = (16 - 5) / 2 + 1 = 6"));
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    pub fn to_svg(&self) -> String {
        let mut paper = Paper::new();
        let code = title(&mut paper, self);
        let view = self.shape();
        // The table of `Display` would count what is left over, which takes seconds on some long axes.
        let about = format!("{:?} -> {} windows, view {view:?}", self.input_shape(), self.len());
        paper.say("soft", &about);
        paper.y += 8;
        self.axes().iter().for_each(|axis| strip::strip(&mut paper, axis));
        if let [.., rows, cols] = self.axes() {
            // Down is what comes first in the array.
            let (rows, cols) = if rows.axis() < cols.axis() { (rows, cols) } else { (cols, rows) };
            grid::grid(&mut paper, rows, cols);
        }
        walk::walk(&mut paper, self);
        legend(&mut paper);
        paper.finish(&code, about)
    }
}

/// Writes the request as code, in lines that are not too long.
fn title(paper: &mut Paper, plan: &Plan) -> String {
    let parts = code::request(plan);
    let mut line = String::new();
    for part in &parts {
        if !line.is_empty() && line.len() + part.len() > 96 {
            paper.say("head", &line);
            line = String::new();
        }
        line += part;
    }
    paper.say("head", &line);
    parts.concat()
}

/// What the cells mean.
fn legend(paper: &mut Paper) {
    let samples = [
        ("element", "element"),
        ("read", "read by the window"),
        ("pad", "padding, with the element it repeats"),
        ("over", "overhang"),
        ("left", "read by no window"),
    ];
    let (mut x, y) = (MARGIN, paper.y + 4);
    for (class, name) in samples {
        paper.rect(class, x, y, columns::CELL, columns::CELL);
        paper.text("soft", x + columns::CELL + 6, y + 13, name);
        x += columns::CELL + 22 + 7 * name.len() as isize;
    }
    paper.y = y + columns::CELL + 4;
}
