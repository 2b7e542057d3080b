//! Order statistics of elements beside whether they count.

use super::super::block::{Block, Cuts, each_block, each_window, repeats};
use super::super::held::check_cells;
use super::super::ranked::Ranked;
use super::bits;
use super::wanted::{Place, Wanted};
use crate::array::View;
use crate::element::Element;
use crate::error::Result;
use crate::spec::Plan;

/// The `q`-th quantile of what is ordered in each window, NaN where that is fewer than `least` elements.
///
/// # Errors
/// [`Error::TooLarge`](crate::Error::TooLarge) for a window of 2^31 elements.
pub(in super::super) fn quantiles<T: Ranked, R: Element>(
    plan: &Plan,
    view: &View<'_, T>,
    fill: Option<T>,
    (q, least): (f64, usize),
    (make, nan): (impl Fn(T, T, f64) -> R + Sync, R),
    out: &mut [R],
) -> Result<()> {
    let wanted = Wanted { place: Place::Quantile(q), make, nan, least: Some(least) };
    if repeats(plan, fill.is_some()) {
        each_window(plan, view, fill.as_ref(), |number, seen| out[number] = wanted.among(seen));
        return Ok(());
    }
    check_cells(plan, fill.is_some())?;
    let cells = plan.window_len();
    let cuts = |k: usize| Cuts { most: bits::most(&plan.axes()[k], cells, plan.axes().len()), apart: 0..0 };
    each_block(plan, view, fill, cuts, out, |block: &Block<'_, T>, scratch, out| {
        out.whole(block.sides, |out| bits::order(block, scratch, &wanted, out));
    });
    Ok(())
}
