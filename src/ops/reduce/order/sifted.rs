//! Order statistics of elements beside whether they count.

use super::super::block::{Block, Cuts, Each, Places, each_block, each_window, repeats};
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
    each_block(plan, view, fill, out, &Sifted { plan, wanted });
    Ok(())
}

/// Sets of bits, whatever the window.
struct Sifted<'p, R, F> {
    plan: &'p Plan,
    wanted: Wanted<R, F>,
}

impl<T: Ranked, R: Element, F: Fn(T, T, f64) -> R + Sync> Each<T, R> for Sifted<'_, R, F> {
    type Scratch = bits::Scratch<T::Packed>;

    fn cuts(&self, k: usize) -> Cuts {
        let axes = self.plan.axes();
        Cuts { most: bits::most(&axes[k], self.plan.window_len(), axes.len()), apart: 0..0 }
    }

    fn answer(&self, block: &Block<'_, T>, scratch: &mut Self::Scratch, places: Places<'_, R>) -> bool {
        places.whole(block.sides, |out| bits::order(block, scratch, &self.wanted, out));
        true
    }
}
