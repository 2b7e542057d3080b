//! One request under all four tails.

use super::columns::Columns;
use super::paper::Paper;
use super::strip::{self, extent};
use super::{code, legend};
use crate::error::Result;
use crate::spec::plan::Plan;
use crate::spec::{Tail, unfold};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl Plan {
    /// A picture of windows of `window` elements, `step` apart, on an axis of `len`, under each [`Tail`]: what each does with the
    /// elements behind the last whole window. An SVG document, as [`to_svg`](Self::to_svg) gives.
    ///
    /// ```
    /// let picture = ndwindow::Plan::compare_svg(10, 4, 4)?;
    /// assert!(["Drop", "Partial", "ShiftBack", "Spread"].iter().all(|tail| picture.contains(tail)));
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Unfold::plan`](crate::Unfold::plan) under [`Tail::Partial`]; where other tails have no plan, the picture says why.
    pub fn compare_svg(len: usize, window: usize, step: usize) -> Result<String> {
        let of = |tail| unfold(0, window, step).tail(tail).plan([len]);
        let most = of(Tail::Partial)?;
        let tails = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];
        let plans: Vec<Result<Plan>> = tails.into_iter().map(of).collect();
        let mut paper = Paper::new();
        let title = format!("unfold(0, {window}, {step}).tail(..).plan([{len}])?");
        paper.say("head", &title);
        paper.y += 8;
        // The same positions below one another under all tails.
        let axes = || plans.iter().flatten().map(|plan| &plan.axes()[0]);
        let marks: Vec<isize> = axes().flat_map(strip::marks).collect();
        let left = axes().map(strip::left).max().unwrap_or(0);
        let line = extent(&most.axes()[0]);
        let line = line.start..line.end.max(len as isize);
        let columns = Columns::new(line, &marks, left);
        for (tail, plan) in tails.iter().zip(&plans) {
            paper.say("head", format_args!("Tail::{}", tail.name()));
            match plan {
                Ok(plan) => {
                    let axis = &plan.axes()[0];
                    code::formula(axis).iter().for_each(|line| paper.say("soft", line));
                    strip::line(&mut paper, axis, &columns, strip::shown_counts(axis, &columns).as_deref());
                    strip::rows(&mut paper, axis, &columns);
                }
                Err(why) => paper.say("soft", why),
            }
            paper.y += 10;
        }
        legend(&mut paper);
        Ok(paper.finish(&title, "The four tails, one below the other."))
    }
}
