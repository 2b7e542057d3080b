//! A plan in words: the request as code, and the size formula with its numbers.

use crate::spec::axis::AxisPlan;
use crate::spec::plan::{OutAxis, Plan};
use crate::spec::{PadMode, Tail};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A request that gives this plan, as Rust: the call and what is chained to it.
pub(super) fn request(plan: &Plan) -> Vec<String> {
    let axes = plan.axes();
    let numbers = |f: fn(&AxisPlan) -> String| one_or_all(axes, f);
    let mut code = Vec::from([format!(
        "unfold({}, {}, {})",
        if axes.len() == 1 { axes[0].axis().to_string() } else { listed(axes.iter().map(|a| a.axis().to_string())) },
        numbers(|a| a.window().to_string()),
        numbers(|a| a.step().to_string()),
    )]);
    let mut add = |needed: bool, name: &str, value: String| {
        if needed {
            code.push(format!(".{name}({value})"));
        }
    };
    add(axes.iter().any(|a| a.dilation() != 1), "dilation", numbers(|a| a.dilation().to_string()));
    add(axes.iter().any(|a| a.base_dilation() != 1), "base_dilation", numbers(|a| a.base_dilation().to_string()));
    let pad = |a: &AxisPlan| match a.pads() {
        (before, after) if before == after => before.to_string(),
        (before, after) => format!("({before}, {after})"),
    };
    let both = |a: &AxisPlan| format!("({}, {})", a.pads().0, a.pads().1);
    // In a list all pads are written alike.
    let same = axes.iter().all(|a| a.pads() == axes[0].pads());
    let pads = if same { axes.first().map_or(String::new(), pad) } else { listed(axes.iter().map(both)) };
    add(axes.iter().any(|a| a.pads() != (0, 0)), "pad", pads);
    let modes = numbers(|a| format!("PadMode::{}", a.pad_mode().name()));
    add(axes.iter().any(|a| a.pad_mode() != PadMode::Empty), "pad_mode", modes);
    let tails = numbers(|a| format!("Tail::{}", a.tail().name()));
    add(axes.iter().any(|a| a.tail() != Tail::Drop), "tail", tails);
    let rank = plan.input_shape().len();
    let order = order(plan, rank);
    let first = grid_first(plan, rank);
    let in_place = order.iter().enumerate().all(|(o, &at)| o == at);
    add(!in_place && order == first, "grid_first", String::new());
    code.push(format!(".plan({:?})?", plan.input_shape()));
    if !in_place && order != first {
        code.push(format!(".permute(&{order:?})?"));
    }
    code
}

/// The axes of the view as numbers of the plain view's.
fn order(plan: &Plan, rank: usize) -> Vec<usize> {
    let place = |o: OutAxis| match o {
        OutAxis::Plain(a) => a,
        OutAxis::Grid(k) => plan.axes()[k].axis(),
        OutAxis::Window(k) => rank + k,
    };
    plan.order().into_iter().map(place).collect()
}

/// What [`order`] is under `grid_first`.
fn grid_first(plan: &Plan, rank: usize) -> Vec<usize> {
    let unfolded = |axis: usize| plan.axes().iter().position(|a| a.axis() == axis);
    let patch = (0..rank).map(|axis| unfolded(axis).map_or(axis, |k| rank + k));
    plan.axes().iter().map(AxisPlan::axis).chain(patch).collect()
}

/// One value if all axes have the same; else a list.
fn one_or_all(axes: &[AxisPlan], f: fn(&AxisPlan) -> String) -> String {
    match axes {
        [] => "1".to_string(),
        [first, rest @ ..] if rest.iter().all(|a| f(a) == f(first)) => f(first),
        _ => listed(axes.iter().map(f)),
    }
}

fn listed(values: impl Iterator<Item = String>) -> String {
    format!("[{}]", values.collect::<Vec<_>>().join(", "))
}

/// How the number of windows comes about, one step a line.
pub(super) fn formula(axis: &AxisPlan) -> Vec<String> {
    let (before, after) = axis.pads();
    let (window, step, span, count) = (axis.window(), axis.step(), axis.span(), axis.count());
    let dilated = axis.end() - after;
    let total = (before + axis.end()).max(0);
    let mut lines = Vec::new();
    if axis.base_dilation() != 1 && axis.len() > 0 {
        lines.push(format!("n' = ({} - 1) * {} + 1 = {dilated}", axis.len(), axis.base_dilation()));
    }
    if (before, after) != (0, 0) {
        lines.push(format!("total = {before} + {dilated} + {after} = {total}"));
    }
    if axis.dilation() != 1 {
        lines.push(format!("span = ({window} - 1) * {} + 1 = {span}", axis.dilation()));
    }
    lines.push(match axis.tail() {
        Tail::Drop => format!("windows = ({total} - {span}) / {step} + 1 = {count}"),
        Tail::ShiftBack | Tail::Spread => format!("windows = ceil(({total} - {span}) / {step}) + 1 = {count}"),
        Tail::Partial => {
            let visible = (before + axis.line().end).max(0);
            let least = if axis.line().is_empty() { 0 } else { 1 };
            format!(
                "windows = max({least}, min(ceil(({total} - {span}) / {step}) + 1, ceil({visible} / {step}))) = {count}"
            )
        }
    });
    lines
}
