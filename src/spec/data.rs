//! Plans as data: what a plan was asked, checked again when it is read back.

use super::axis::{AxisPlan, AxisSpec, Pads};
use super::plan::{OutAxis, Plan};
use super::{PadMode, Tail};
use crate::error::Error;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A plan as it is written: the array's shape, the resolved numbers of each unfolded axis, the order of the result.
#[derive(Serialize, Deserialize)]
pub(super) struct PlanData {
    shape: Vec<usize>,
    axes: Vec<AxisData>,
    order: Vec<OutAxis>,
}

#[derive(Serialize, Deserialize)]
struct AxisData {
    axis: usize,
    window: usize,
    step: usize,
    dilation: usize,
    base_dilation: usize,
    pad: (isize, isize),
    pad_mode: PadMode,
    tail: Tail,
}

impl From<Plan> for PlanData {
    fn from(plan: Plan) -> Self {
        let axis = |a: &AxisPlan| AxisData {
            axis: a.axis(),
            window: a.window(),
            step: a.step(),
            dilation: a.dilation(),
            base_dilation: a.base_dilation(),
            pad: a.pads(),
            pad_mode: a.pad_mode(),
            tail: a.tail(),
        };
        PlanData {
            shape: plan.input_shape().to_vec(),
            axes: plan.axes().iter().map(axis).collect(),
            order: plan.order().to_vec(),
        }
    }
}

impl TryFrom<PlanData> for Plan {
    type Error = Error;

    fn try_from(data: PlanData) -> Result<Plan, Error> {
        let rank = data.shape.len();
        let mut axes: smallvec::SmallVec<[AxisPlan; 3]> = smallvec::SmallVec::new();
        for a in &data.axes {
            let len = *data.shape.get(a.axis).ok_or(Error::AxisOutOfRange { axis: a.axis as isize, rank })?;
            if axes.iter().any(|seen| seen.axis() == a.axis) {
                return Err(Error::AxisTwice { axis: a.axis });
            }
            let spec = AxisSpec {
                window: a.window,
                step: a.step,
                dilation: a.dilation,
                base: a.base_dilation,
                pads: Pads::Numbers(a.pad.0, a.pad.1),
                mode: a.pad_mode,
                tail: a.tail,
            };
            axes.push(AxisPlan::new(a.axis, len, spec)?);
        }
        let plan = Plan::new(super::Dims::from_vec(data.shape), axes, false)?;
        let usual = plan.order();
        // A place that is not there makes an order that is refused.
        let place = |o: &OutAxis| usual.iter().position(|u| u == o).map_or(isize::MAX, |p| p as isize);
        let order: Vec<isize> = data.order.iter().map(place).collect();
        if order.iter().enumerate().all(|(k, &o)| k as isize == o) && order.len() == usual.len() {
            return Ok(plan);
        }
        plan.permute(&order)
    }
}
