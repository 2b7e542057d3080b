//! What a mask is to a reduction, behind a pointer: programs without masks do not contain what masks need.

use super::job::{Job, Unit};
use super::machine::Machine;
use super::results::Sink;
use super::rows::{Rows, Traits};
use super::source::{Blank, Source};
use super::worker::Worker;
use crate::kernel::level::Level;
use crate::kernel::rows::Op;
use crate::spec::Plan;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A mask over the windows of a plan.
#[derive(Clone, Copy)]
pub struct AnyMask<'m>(pub(super) &'m dyn Masking);

/// The cells that count.
pub(super) trait Masking: Sync {
    /// How many there are.
    fn cells(&self) -> usize;
    /// How many elements each window holds among them.
    fn held(&self, plan: &Plan, filled: bool) -> Box<dyn HeldCells>;
    /// The reduction of those, in numbers.
    fn job(&self, plan: &Plan, strides: &[isize], filled: bool, traits: Traits, bytes: usize) -> Box<dyn MaskedJob>;
}

/// How many elements each window holds.
pub(super) trait HeldCells {
    /// The first window, in row-major order of the result, that holds fewer than `need` elements, and how many it holds.
    fn short(&self, plan: &Plan, need: usize) -> Option<(Vec<usize>, usize)>;
    /// How many the window with these places along each axis, in the array's order, holds.
    fn at(&self, windows: &mut dyn Iterator<Item = usize>) -> usize;
}

/// A reduction under a mask, in numbers.
pub(super) trait MaskedJob: Sync {
    fn job(&self) -> &Job;
    /// How often an element is combined, about.
    fn times(&self) -> usize;
    /// Computes a unit.
    fn unit(&self, rows: &mut dyn Rows, unit: &Unit);
}

/// A reduction of all cells of every window, or of some, in numbers.
#[allow(clippy::large_enum_variant)] // a verb has one, and small arrays feel an allocation
pub(super) enum Work {
    Whole(Job),
    Masked(Box<dyn MaskedJob>),
}

/// A reduction cut into parts: what does not depend on types.
pub(super) struct Cut {
    pub(super) work: Work,
    units: Vec<Unit>,
    /// How many results each part has.
    pub(super) lengths: Vec<usize>,
}

impl Cut {
    /// Of windows over an array with such strides that reads and writes so many bytes.
    pub(super) fn new(
        (plan, strides, filled): (&Plan, &[isize], bool),
        how: (Traits, Option<AnyMask<'_>>),
        (reads, writes): (usize, usize),
    ) -> Cut {
        let work = Work::new(plan, strides, filled, how, writes);
        let units = work.units(reads.saturating_add(writes));
        let lengths = work.job().lengths(&units);
        Cut { work, units, lengths }
    }

    /// Computes a part.
    pub(super) fn run<O: Op, C: Copy>(
        &self,
        number: usize,
        level: Level,
        how: (O, &Blank<O::Acc>),
        source: &mut dyn Source<O>,
        sink: &mut dyn Sink<O::Acc, C>,
    ) {
        self.work.run(&self.units[number], level, how, source, sink);
    }
}

impl Work {
    fn new(
        plan: &Plan,
        strides: &[isize],
        filled: bool,
        (traits, mask): (Traits, Option<AnyMask<'_>>),
        bytes: usize,
    ) -> Work {
        match mask {
            Some(mask) => Work::Masked(mask.0.job(plan, strides, filled, traits, bytes)),
            None => Work::Whole(Job::new(plan, strides, filled, traits, bytes)),
        }
    }

    pub(super) fn job(&self) -> &Job {
        match self {
            Work::Whole(job) => job,
            Work::Masked(masked) => masked.job(),
        }
    }

    /// The result in parts, of a reduction that reads and writes so many bytes.
    fn units(&self, bytes: usize) -> Vec<Unit> {
        match self {
            Work::Whole(job) => job.units(bytes),
            Work::Masked(masked) => masked.job().units(bytes.saturating_mul(masked.times())),
        }
    }

    /// Computes a unit.
    fn run<O: Op, C: Copy>(
        &self,
        unit: &Unit,
        level: Level,
        (op, blank): (O, &Blank<O::Acc>),
        source: &mut dyn Source<O>,
        sink: &mut dyn Sink<O::Acc, C>,
    ) {
        let job = self.job();
        let held = match self {
            Work::Whole(job) => job.traits.counted.then_some(&job.counts[..]),
            Work::Masked(_) => None,
        };
        let mut machine = Machine::new((op, level, blank), source, sink, (&job.lines, held));
        match self {
            Work::Whole(job) => Worker::new(job).unit(&mut machine, unit),
            Work::Masked(masked) => masked.unit(&mut machine, unit),
        }
    }
}
