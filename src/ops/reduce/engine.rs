//! The walk: which windows are computed together, in what order, in what cache.
//!
//! The unfolded axes are reduced one after another, the last one first, but never the whole array at a time. The result is
//! cut into *tiles* along all unfolded axes but the first; inside a tile rows of the array are read once, reduced along
//! themselves ([`Along`]), and pushed through the other axes from the inside out ([`Across`]), each of which keeps only the
//! rows its later windows need. What leaves the first axis is written to the result.

use super::chain::Chain;
use super::choice;
use super::line::{Held, Line, Run};
use super::tiles::{Tile, tiles};
use super::worker::Worker;
use super::{pool, ranges};
use crate::array::View;
use crate::kernel::STREAM_BYTES;
use crate::kernel::level::Level;
use crate::kernel::rows::{Reduction, small};
use crate::spec::{Dims, Plan};
use alloc::vec::Vec;
use core::ops::Range;

/// From how many elements behind the last unfolded axis on these are rows of their own.
const ROW: usize = 32;

/// A reduction of all windows of a plan.
pub(crate) struct Job<'a, T, R> {
    pub(crate) view: View<'a, T>,
    pub(crate) reduction: &'a R,
    pub(crate) fill: Option<T>,
    pub(crate) level: Level,
    /// The result's shape.
    pub(crate) shape: Dims,
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
    if ranges::wanted(plan) {
        return ranges::reduce(plan, source, fill, reduction, out);
    }
    let mut lines: Vec<Line> = plan.axes().iter().map(|a| Line::new(*a, R::PAIRWISE)).collect();
    lines.sort_by_key(|l| l.axis.axis());
    let Some(last) = lines.last().map(|l| l.axis.axis()) else {
        // No axis unfolded: every element is its own window.
        let one = reduction.count(1);
        for (o, x) in out.iter_mut().zip(source.iter()) {
            *o = reduction.lower(reduction.lift(*x), one);
        }
        return;
    };
    let inner: usize = source.shape()[last + 1..].iter().product();
    let up = if inner < ROW { lines.len() - 1 } else { lines.len() };
    let view = source.clone();
    let chains: Vec<Chain> = lines.iter().map(|l| Chain::new(l.order.blocks, R::IDEMPOTENT)).collect();
    let counts = match R::COUNTED {
        true => lines.iter().map(|l| l.held(fill.is_some())).collect(),
        false => Vec::new(),
    };
    let boxed = |l: &Line| view.trailing_slice(&Dims::from_elem(0, l.axis.axis())).is_some();
    let pools = small::<R::Acc>()
        && !view.is_empty()
        && choice::boxes(&lines, source.rank())
        && pool::fits::<R::Acc>(&lines)
        && boxed(&lines[0]);
    let tiles = match pools {
        true => Vec::new(),
        false => tiles::<R::Acc>(&lines, &chains, up, inner),
    };
    let streams = size_of_val(out) >= STREAM_BYTES;
    let shape = plan.reduced_shape();
    let job = Job { view, reduction, fill, level, shape, lines, chains, up, inner, tiles, counts, pools, streams };
    job.run(out);
}

impl<T: crate::element::Element, R: Reduction<T>> Job<'_, T, R> {
    /// Elements of the result behind one window of the first unfolded axis.
    pub(crate) fn behind(&self) -> usize {
        self.shape[self.lines[0].axis.axis() + 1..].iter().product()
    }

    fn run(&self, out: &mut [R::Out]) {
        let first = &self.lines[0];
        let leads: usize = self.shape[..first.axis.axis()].iter().product();
        let behind = self.behind();
        #[cfg(feature = "rayon")]
        {
            let threads = rayon::current_num_threads();
            let read = self.view.len().saturating_mul(size_of::<T>().max(1));
            if threads > 1 && read.saturating_add(size_of_val(out)) >= PARALLEL_BYTES {
                use rayon::prelude::*;
                let mut rest = out;
                let mut parts = Vec::new();
                for unit in self.units(leads, threads * UNITS_A_THREAD) {
                    let windows: usize = unit.runs.iter().map(|r| r.count).sum();
                    let (part, more) = rest.split_at_mut(unit.leads.len() * windows * behind);
                    rest = more;
                    parts.push((unit, part));
                }
                parts.into_par_iter().for_each(|(unit, part)| Worker::new(self).unit(&unit, part));
                return;
            }
        }
        let _ = behind;
        Worker::new(self).unit(&Unit { leads: 0..leads, runs: first.runs.clone() }, out);
    }

    /// The result in about `wanted` parts, in order.
    #[cfg(feature = "rayon")]
    fn units(&self, leads: usize, wanted: usize) -> Vec<Unit> {
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
