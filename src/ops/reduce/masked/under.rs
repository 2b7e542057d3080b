//! A reduction under a mask, in numbers.

use super::super::job::Job;
use super::super::rows::Traits;
use super::cut::Cut;
use super::held::{MaskHeld, sorted};
use crate::ops::mask::Mask;
use crate::ops::windows::Windows;
use alloc::vec::Vec;

/// What is reduced under a mask, in numbers.
pub(in super::super) struct Under {
    pub(in super::super) job: Job,
    pub(super) cut: Cut,
    /// Unless results are lowered without counts.
    pub(super) held: Option<MaskHeld>,
}

impl Under {
    /// A job for windows of a mask that has a cell.
    pub(in super::super) fn new<T>(
        windows: &Windows<'_, T>,
        mask: &Mask,
        filled: bool,
        traits: Traits,
        bytes: usize,
    ) -> Under {
        let job =
            Job::new(windows.plan(), windows.source().strides(), filled, Traits { boxes: false, ..traits }, bytes);
        let cells = sorted(windows.plan(), mask);
        let cut = Cut::new(&cells, &job.lines, traits.idempotent);
        let held = traits.counted.then(|| {
            let axes: Vec<_> = job.lines.iter().map(|l| &l.axis).collect();
            MaskHeld::new(&axes, &cells, filled)
        });
        Under { job, cut, held }
    }
}
