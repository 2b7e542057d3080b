//! Small windows over whole planes whose largest elements are wanted with their indices, as pooling layers have them: a plane at a
//! time, by loops for just these windows.

use super::extreme::Search;
use super::found::{Found, Lower};
use super::places::{Narrow, Width};
use super::rankable::Rankable;
use crate::kernel::level::Level;
use crate::kernel::places::{Buffers, KERNELS, Side, places};
use crate::kernel::rows::Lifting;
use crate::kernel::threads::{each_part, threads_for};
use crate::spec::{AxisPlan, PadMode, Plan};
use alloc::vec;
use alloc::vec::Vec;

/// Window and step, if there are loops for them: the same along both axes, without dilation, crop or holes, and nothing around.
pub(super) fn kernel(plan: &Plan, lower: &Lower<'_, impl Copy>) -> Option<(usize, usize)> {
    let [y, x] = plan.axes() else { return None };
    let plain = |a: &AxisPlan| {
        let (before, after) = a.pads();
        let nothing = a.pad_mode() == PadMode::Empty || (before, after) == (0, 0);
        a.dilation() == 1 && a.base_dilation() == 1 && before >= 0 && after >= 0 && nothing
    };
    let kernel = (x.window(), x.even_step()?);
    let same = (y.window(), y.even_step()) == (x.window(), x.even_step());
    let fits = lower.places.are_linear() && lower.places.len() < Narrow::LIMIT;
    (same && fits && plain(y) && plain(x) && KERNELS.contains(&kernel)).then_some(kernel)
}

/// Looks for an element of each window in the planes of `lower`, all of which it has.
pub(super) fn search<T: Rankable>(
    plan: &Plan,
    kernel: (usize, usize),
    search: Search,
    lower: Lower<'_, T>,
    found: Found<'_, T>,
) {
    let side = |axis: &AxisPlan| Side { len: axis.len(), start: axis.start_of(0), count: axis.count() };
    let (y, x) = (side(&plan.axes()[0]), side(&plan.axes()[1]));
    let (all, level) = (lower.elements.len() / lower.plane, Level::detect());
    let each = at_once(all, lower.elements.len());
    let lengths: Vec<usize> = (0..all).step_by(each).map(|k| each.min(all - k) * lower.grid).collect();
    let lifting = InOrder(search);
    each_part(found, &lengths, &|number, mut found| {
        let mut buffers = Buffers::new(kernel.0, kernel.1, x);
        let mut packed = vec![T::Packed::default(); lower.grid];
        let planes = lower.elements.chunks_exact(lower.plane).skip(number * each).take(found.len() / lower.grid);
        for (k, elements) in planes.enumerate() {
            places(level, lifting, kernel, (y, x), elements, &mut buffers, &mut packed);
            lower.put::<Narrow>(level, &packed, &mut found, k * lower.grid);
        }
    });
}

/// Elements of a plane, whose places are their numbers.
#[derive(Clone, Copy)]
struct InOrder(Search);

impl<T: Rankable> Lifting<T> for InOrder {
    type Acc = T::Packed;
    const PLACED: bool = true;
    #[inline(always)]
    fn lift(&self, x: T) -> T::Packed {
        self.lift_at(x, 0)
    }
    #[inline(always)]
    fn lift_at(&self, x: T, k: usize) -> T::Packed {
        // Steps that the compiler does not know are multiplied with, which took 5 % of all the time.
        Narrow::pack(x, self.0, 0, 1, k)
    }
}

/// How many planes a part has.
fn at_once(planes: usize, elements: usize) -> usize {
    match threads_for(elements.saturating_mul(4)) {
        1 => planes,
        threads => planes.div_ceil(4 * threads),
    }
}
