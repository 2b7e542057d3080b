//! What a plan answers: sizes, starts, cells, coverage.

use crate::check::{Done, Verdict, equal, refused, same};
use crate::oracle::library::{out, refusal};
use crate::oracle::{Layout, Stand};
use crate::request::{ALL, Case};
use crate::source::Source;
use ndwindow::{Cell, Error, Plan, Tail};

pub(crate) fn run(s: &mut Source) -> Verdict {
    let case = Case::decode(s, ALL);
    let request = case.request();
    if s.rarely(60) && !case.axes.is_empty() {
        return wrong_axes(s, &case);
    }
    let found = request.plan(case.shape());
    let layout = match case.lay() {
        Ok(layout) => layout,
        Err(why) => {
            if let Err(e) = &found {
                equal("error", &refusal(e), &Some(why))?;
            }
            return refused("plan", found, &format!("{why:?}"));
        }
    };
    let plan = found.map_err(|e| format!("plan refused: {e}"))?;
    check(&case, &plan, &layout)?;
    Ok(Done::Same)
}

/// An axis that is not there, or that is named twice.
fn wrong_axes(s: &mut Source, case: &Case) -> Verdict {
    let rank = case.shape().len();
    let mut axes: Vec<isize> = case.axes.iter().map(|&a| a as isize).collect();
    let twice = s.flag();
    axes.push(if twice { axes[0] - rank as isize } else { rank as isize + s.below(3) as isize });
    let found = ndwindow::unfold(&axes[..], 1, 1).tail(Tail::Partial).plan(case.shape());
    match found {
        Err(Error::AxisTwice { .. }) if twice => Ok(Done::Refused),
        Err(Error::AxisOutOfRange { .. }) if !twice => Ok(Done::Refused),
        other => Err(format!("wrong axes: {other:?}")),
    }
}

fn check(case: &Case, plan: &Plan, layout: &Layout) -> Result<(), String> {
    let order = layout.order(case.grid_first);
    let lines = &layout.lines;
    let found: Vec<_> = plan.order().iter().map(|&o| out(o)).collect();
    equal("order", &found, &order)?;
    equal("shape", plan.shape(), &layout.out_shape(&order)[..])?;
    equal("reduced shape", &plan.reduced_shape()[..], &layout.reduced()[..])?;
    let grid: Vec<usize> = lines.iter().map(|l| l.count()).collect();
    equal("grid", plan.grid(), &grid[..])?;
    equal("windows", &plan.len(), &grid.iter().product())?;
    equal("window cells", &plan.window_len(), &lines.iter().map(|l| l.window()).product())?;
    for (k, (axis, line)) in plan.axes().iter().zip(lines).enumerate() {
        equal("pads", &axis.pads(), &(line.before as isize, line.after as isize))?;
        equal("span", &(axis.span() as i128), &line.span)?;
        for i in 0..line.count() {
            equal("start", &(plan.start(k, i) as i128), &line.start(i))?;
            for j in 0..line.window() {
                let found = match axis.cell(i, j) {
                    Cell::Element(e) => Stand::Element(e),
                    Cell::Pad => Stand::Pad,
                    Cell::Gap => Stand::Gap,
                };
                equal("cell", &(i, j, found), &(i, j, line.cell(i, j)))?;
            }
        }
        let inside: Vec<usize> = (0..line.count()).filter(|&i| line.inside(i)).collect();
        equal("interior", &axis.interior().collect::<Vec<_>>(), &inside)?;
        same("coverage of an axis", &axis.coverage(), &line.coverage())?;
    }
    check_coverage(plan, layout)
}

fn check_coverage(plan: &Plan, layout: &Layout) -> Result<(), String> {
    let each: Vec<Vec<usize>> = layout.lines.iter().map(|l| l.coverage()).collect();
    let zeros: Vec<usize> = each.iter().map(|c| c.iter().filter(|&&c| c == 0).count()).collect();
    same("remainder", &plan.remainder(), &zeros)?;
    let whole: Vec<usize> = crate::oracle::indices(&layout.shape)
        .iter()
        .map(|at| layout.axes.iter().zip(&each).map(|(&a, c)| c[at[a]]).product())
        .collect();
    same("coverage", plan.coverage().as_slice(), &whole)?;
    // An element of the array in more than one cell; plain axes do not repeat.
    equal("overlapping", &plan.is_overlapping(), &whole.iter().any(|&c| c > 1))
}
