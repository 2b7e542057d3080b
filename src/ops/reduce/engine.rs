//! The walk: which windows are computed together, in what order, in what cache.
//!
//! The unfolded axes are reduced one after another, the last one first, but never the whole array at a time. The result is
//! cut into *tiles* along all unfolded axes but the first; inside a tile rows of the array are read once, reduced along
//! themselves ([`Along`]), and pushed through the other axes from the inside out ([`Across`]), each of which keeps only the
//! rows its later windows need. What leaves the first axis is written to the result.

use super::chain::Chain;
use super::choice;
use super::line::{Held, Line, Run};
use super::machine::Machine;
use super::results::{Results, Sink};
use super::rows::Traits;
use super::source::{Blank, Elements, Source};
use super::tiles::{Tile, tiles};
use super::worker::Worker;
use super::{boxed, ranges};
use crate::array::{View, contiguous};
use crate::kernel::STREAM_BYTES;
use crate::kernel::level::Level;
use crate::kernel::rows::{Lifting, Op, Reduction};
use crate::spec::{Dims, Plan, Strides};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// From how many elements behind the last unfolded axis on these are rows of their own.
const ROW: usize = 32;

/// A reduction of all windows of a plan, in numbers: what is in the rows is [`Rows`](super::rows::Rows)'s.
pub(crate) struct Job {
    pub(crate) traits: Traits,
    /// Whether padding without an element is filled.
    pub(crate) filled: bool,
    /// The result's shape.
    pub(crate) shape: Dims,
    /// The array's strides.
    pub(crate) strides: Strides,
    /// The unfolded axes, in the array's order.
    pub(crate) lines: Vec<Line>,
    pub(crate) chains: Vec<Chain>,
    /// How many of `lines` are reduced across rows; the last one of all may be reduced along them instead.
    pub(crate) up: usize,
    /// Elements behind the last unfolded axis.
    pub(crate) inner: usize,
    pub(crate) tiles: Vec<Tile>,
    /// Whether all axes are reduced box by box.
    pub(crate) pools: bool,
    /// Whether the result is so large that it should go past the caches.
    pub(crate) streams: bool,
    /// For each line, how many elements each of its windows holds; empty unless the reduction counts.
    pub(crate) counts: Vec<Held>,
}

/// A contiguous part of the result: windows of the first unfolded axis, behind each of some leading indices.
pub(crate) struct Unit {
    pub(crate) leads: Range<usize>,
    pub(crate) runs: Vec<Run>,
}

/// Reduces all windows into `out`, which has exactly as many elements.
pub(crate) fn reduce<T, R>(
    plan: &Plan,
    source: &View<'_, T>,
    fill: Option<T>,
    reduction: &R,
    level: Level,
    out: &mut [R::Out],
) where
    T: crate::element::Element,
    R: Reduction<T>,
{
    if out.is_empty() {
        return;
    }
    if ranges::wanted(plan, source) {
        return ranges::reduce(plan, source, fill, reduction, out);
    }
    if plan.axes().is_empty() {
        // Every element is its own window.
        let one = reduction.count(1);
        for (o, x) in out.iter_mut().zip(source.iter()) {
            *o = reduction.lower(reduction.lifting().lift(*x), one);
        }
        reduction.seen(out);
        return;
    }
    let traits = Traits::of::<T, R>();
    let job = Job::new(plan, source.strides(), fill.is_some(), traits, size_of_val(out));
    let read = source.len().saturating_mul(size_of::<T>().max(1));
    let units = job.units(read.saturating_add(size_of_val(out)));
    let blank = Blank {
        fill: fill.map_or_else(|| reduction.identity(), |v| reduction.lifting().lift(v)),
        nothing: reduction.identity(),
    };
    each_part(out, &job.lengths(&units), &|number, part| {
        let mut source = Elements::new(reduction.lifting(), level, source);
        let mut results = Results::new(reduction, level, part, job.streams);
        job.run(&units[number], level, reduction.op(), blank, &mut source, &mut results);
    });
}

/// What is written in parts by several threads.
pub(super) trait Parts: Sized + Send {
    /// The first so many results, and the others.
    fn split(self, at: usize) -> (Self, Self);
}

impl<O: Send> Parts for &mut [O] {
    fn split(self, at: usize) -> (Self, Self) {
        self.split_at_mut(at)
    }
}

/// Calls `f` with each part of a result, of so many elements, and its number, in the caller's threads if there are several.
pub(super) fn each_part<P: Parts>(out: P, lengths: &[usize], f: &(dyn Fn(usize, P) + Sync)) {
    let mut rest = Some(out);
    let parts = lengths.iter().filter_map(|&len| {
        let (part, more) = rest.take()?.split(len);
        rest = Some(more);
        Some(part)
    });
    #[cfg(feature = "rayon")]
    if lengths.len() > 1 {
        use std::sync::Mutex;
        let parts: Vec<Mutex<Option<P>>> = parts.map(|part| Mutex::new(Some(part))).collect();
        return in_parallel(parts.len(), &|number| {
            if let Some(part) = parts[number].lock().ok().and_then(|mut part| part.take()) {
                f(number, part);
            }
        });
    }
    parts.enumerate().for_each(|(number, part)| f(number, part));
}

#[cfg(feature = "rayon")]
fn in_parallel(n: usize, f: &(dyn Fn(usize) + Sync)) {
    use rayon::prelude::*;
    (0..n).into_par_iter().for_each(f);
}

impl Job {
    pub(super) fn new(plan: &Plan, strides: &[isize], filled: bool, traits: Traits, bytes: usize) -> Job {
        let mut lines: Vec<Line> = plan.axes().iter().map(|a| Line::new(*a, traits.pairwise)).collect();
        lines.sort_by_key(|l| l.axis.axis());
        let last = lines.last().map_or(0, |l| l.axis.axis());
        let input = plan.input_shape();
        let inner: usize = input[last + 1..].iter().product();
        let up = if inner < ROW { lines.len() - 1 } else { lines.len() };
        let chains: Vec<Chain> = lines.iter().map(|l| Chain::new(l.order.blocks, traits.idempotent)).collect();
        let counts = match traits.counted {
            true => lines.iter().map(|l| l.held(filled)).collect(),
            false => Vec::new(),
        };
        let first = lines[0].axis.axis();
        let boxed = || contiguous(&input[first..], &strides[first..]).is_some();
        let pools = traits.boxes
            && traits.small
            && !input.contains(&0)
            && choice::boxes(&lines, input.len())
            && boxed::fits(traits.bytes, &lines)
            && boxed();
        let tiles = match pools {
            true => Vec::new(),
            false => tiles(&traits, &lines, &chains, up, inner),
        };
        let streams = bytes >= STREAM_BYTES;
        let (shape, strides) = (plan.reduced_dims(), Strides::from_slice(strides));
        Job { traits, filled, shape, strides, lines, chains, up, inner, tiles, pools, streams, counts }
    }

    /// How many results each unit has.
    pub(super) fn lengths(&self, units: &[Unit]) -> Vec<usize> {
        let windows = |unit: &Unit| unit.runs.iter().map(|r| r.count).sum::<usize>();
        units.iter().map(|unit| unit.leads.len() * windows(unit) * self.behind()).collect()
    }

    /// Computes a unit.
    pub(super) fn run<O: Op, C: Copy>(
        &self,
        unit: &Unit,
        level: Level,
        op: O,
        blank: Blank<O::Acc>,
        source: &mut dyn Source<O>,
        sink: &mut dyn Sink<O::Acc, C>,
    ) {
        let held = self.traits.counted.then_some(&self.counts[..]);
        let mut machine = Machine::new((op, level, blank), source, sink, (&self.lines, held));
        Worker::new(self).unit(&mut machine, unit);
    }

    /// Elements of the result behind one window of the first unfolded axis.
    pub(crate) fn behind(&self) -> usize {
        self.shape[self.lines[0].axis.axis() + 1..].iter().product()
    }

    /// The result in parts, in order: one if it is not worth more.
    pub(super) fn units(&self, bytes: usize) -> Vec<Unit> {
        let first = &self.lines[0];
        let leads: usize = self.shape[..first.axis.axis()].iter().product();
        #[cfg(feature = "rayon")]
        {
            let threads = rayon::current_num_threads();
            if threads > 1 && bytes >= PARALLEL_BYTES {
                return self.cut(leads, threads * UNITS_A_THREAD);
            }
        }
        let _ = bytes;
        vec![Unit { leads: 0..leads, runs: first.runs.clone() }]
    }

    /// The result in about `wanted` parts.
    #[cfg(feature = "rayon")]
    fn cut(&self, leads: usize, wanted: usize) -> Vec<Unit> {
        let first = &self.lines[0];
        if leads >= wanted {
            let size = leads.div_ceil(wanted);
            let unit = |k: usize| Unit { leads: k * size..((k + 1) * size).min(leads), runs: first.runs.clone() };
            return (0..leads.div_ceil(size)).map(unit).collect();
        }
        let mut units = Vec::new();
        // Every cut makes the rows of a span twice.
        let apart = first.axis.span().div_ceil(first.axis.step());
        let most = first.axis.count().div_ceil(wanted.div_ceil(leads)).max(2 * apart);
        for lead in 0..leads {
            for run in &first.runs {
                units.extend(run.parts(most).map(|r| Unit { leads: lead..lead + 1, runs: vec![r] }));
            }
        }
        units
    }
}

/// Below this many bytes read and written a job stays on its thread.
#[cfg(feature = "rayon")]
const PARALLEL_BYTES: usize = 1 << 20;
/// Parts for each thread, so that a slow one is made up for.
#[cfg(feature = "rayon")]
const UNITS_A_THREAD: usize = 2;
