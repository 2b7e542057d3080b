//! A reduction in numbers, and its result in parts.

use super::boxed;
use super::choice;
use super::doubling::{Doubling, Shape};
use super::held::Held;
use super::line::{Line, Run};
use super::rows::Traits;
use super::tiles::{Tile, tiles};
use crate::array::contiguous;
use crate::kernel::caches::{BOX, ROWS_BOX, SHEET, SHORT_ROW, STREAM};
use crate::kernel::rows::TAPS;
use crate::kernel::threads::threads_for;
use crate::spec::{Dims, Plan, Strides, unfold};
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
    pub(crate) doublings: Vec<Doubling>,
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

/// Whether all axes are reduced box by box. Windows along the last axis alone are boxes of rows: the axis before joins in, with windows of
/// one cell.
fn pools(lines: &mut Vec<Line>, plan: &Plan, strides: &[isize], traits: &Traits) -> bool {
    let input = plan.input_shape();
    let last = |l: &Line| l.axis.axis() + 1 == input.len() && matches!(l.runs[..], [Run { step: 2..=TAPS, .. }]);
    let alone = lines.len() == 1 && input.len() > 1 && last(&lines[0]);
    let pools = |lines: &[Line], most: usize| {
        let first = lines[0].axis.axis();
        let in_place = || contiguous(&input[first..], &strides[first..]).is_some();
        choice::boxes(lines, input.len()) && boxed::fits(traits.bytes, lines, most) && in_place()
    };
    if !alone {
        return pools(lines, BOX);
    }
    let Ok(rows) = unfold(input.len() as isize - 2, 1, 1).plan(input) else { return false };
    lines.insert(0, Line::new(rows.axes()[0], traits.pairwise));
    let pooled = pools(lines, ROWS_BOX);
    if !pooled {
        lines.remove(0);
    }
    pooled
}

impl Job {
    pub(super) fn new(plan: &Plan, strides: &[isize], filled: bool, traits: Traits, bytes: usize) -> Job {
        let mut lines: Vec<Line> = plan.axes_in_order().into_iter().map(|a| Line::new(*a, traits.pairwise)).collect();
        let boxed = traits.boxes && traits.small && !plan.input_shape().contains(&0);
        let pools = boxed && pools(&mut lines, plan, strides, &traits);
        let last = lines.last().map_or(0, |l| l.axis.axis());
        let input = plan.input_shape();
        let inner: usize = input[last + 1..].iter().product();
        let up = if inner < ROW { lines.len() - 1 } else { lines.len() };
        let row: usize = lines[up..].iter().map(|l| l.axis.count()).product::<usize>().saturating_mul(inner);
        let short = row.saturating_mul(traits.bytes) < SHORT_ROW;
        let shape = if short { Shape::Short } else { Shape::Long };
        let doubling = |l: &Line| Doubling::new(l.order.blocks, traits.idempotent, shape);
        // (Nothing is doubled in boxes, and small arrays feel an allocation.)
        let doublings: Vec<Doubling> = if pools { Vec::new() } else { lines.iter().map(doubling).collect() };
        let counts = match traits.counted {
            true => lines.iter().map(|l| Held::new(&l.axis, filled)).collect(),
            false => Vec::new(),
        };
        let mut tiles = match pools {
            true => Vec::new(),
            false => tiles(&traits, &lines, &doublings, up, inner),
        };
        let span = lines.get(up).map_or(1, |l| l.axis.span());
        let cells = |tile: &Tile| (tile.runs[up - 1].count + span - 1).saturating_mul(inner);
        // (What is between the ends of two lines is combined for nothing.)
        let fits = |tile: &Tile| span <= tile.runs[up - 1].count && cells(tile).saturating_mul(traits.bytes) <= SHEET;
        if !pools && choice::sheets(&traits, &lines, up) && tiles.iter().all(fits) {
            let line = traits.in_line();
            tiles.iter_mut().for_each(|tile| tile.sheet = Some((cells(tile).next_multiple_of(line), cells(tile))));
        }
        let streams = bytes >= STREAM;
        let (shape, strides) = (plan.reduced_dims(), Strides::from_slice(strides));
        Job { traits, filled, shape, strides, lines, doublings, up, inner, tiles, pools, streams, counts }
    }

    /// How many results each unit has.
    pub(super) fn lengths(&self, units: &[Unit]) -> Vec<usize> {
        let windows = |unit: &Unit| unit.runs.iter().map(|r| r.count).sum::<usize>();
        units.iter().map(|unit| unit.leads.len() * windows(unit) * self.behind()).collect()
    }

    /// Elements of the result behind one window of the first unfolded axis.
    pub(crate) fn behind(&self) -> usize {
        self.shape[self.lines[0].axis.axis() + 1..].iter().product()
    }

    /// The result in parts, in order: one if it is not worth more.
    pub(super) fn units(&self, bytes: usize) -> Vec<Unit> {
        let first = &self.lines[0];
        let leads: usize = self.shape[..first.axis.axis()].iter().product();
        match threads_for(bytes) {
            1 => vec![Unit { leads: 0..leads, runs: first.runs.clone() }],
            threads => self.cut(leads, threads * UNITS_A_THREAD),
        }
    }

    /// The result in about `wanted` parts.
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

/// Parts for each thread, so that a slow one is made up for.
const UNITS_A_THREAD: usize = 2;
