//! A reduction under a mask, in numbers.

use super::super::job::{Job, Unit};
use super::super::line::turns;
use super::super::masking::{HeldCells, MaskedJob, Masking};
use super::super::rows::{Rows, Traits};
use super::cut::Cut;
use super::held::{MaskHeld, sorted};
use super::walk::{Under, Walk};
use crate::ops::mask::Mask;
use crate::spec::Plan;
use alloc::boxed::Box;
use alloc::vec::Vec;

impl Masking for Mask {
    fn cells(&self) -> usize {
        self.count()
    }

    fn held(&self, plan: &Plan, filled: bool) -> Box<dyn HeldCells> {
        Box::new(MaskHeld::of(plan, self, filled))
    }

    fn job(&self, plan: &Plan, strides: &[isize], filled: bool, traits: Traits, bytes: usize) -> Box<dyn MaskedJob> {
        let mut job = Job::new(plan, strides, filled, Traits { boxes: false, ..traits }, bytes);
        job.lines.iter_mut().for_each(|line| line.turns = turns(&line.axis, true));
        let cells = sorted(plan, self);
        let cut = Cut::new(&cells, &job.lines, traits.idempotent);
        let held = traits.counted.then(|| {
            let axes: Vec<_> = job.lines.iter().map(|l| &l.axis).collect();
            MaskHeld::new(&axes, &cells, filled)
        });
        Box::new(Under { job, cut, held })
    }
}

impl MaskedJob for Under {
    fn job(&self) -> &Job {
        &self.job
    }

    fn times(&self) -> usize {
        self.cut.taps.len()
    }

    fn unit(&self, rows: &mut dyn Rows, unit: &Unit) {
        Walk::new(self).unit(rows, unit);
    }
}
