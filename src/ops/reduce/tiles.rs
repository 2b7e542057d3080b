//! How the result is cut along all unfolded axes but the first, so that the rows in flight stay in a cache.

use super::across::Across;
use super::choice::{batches, cut_along, scan_group, scans_along};
use super::doubling::Doubling;
use super::line::{Line, Run};
use super::rows::Traits;
use crate::kernel::caches::{self, LINE_PART};
use crate::kernel::pairwise::IN_BATCH;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// How many groups of a scanned line are in a tile.
const GROUPS: usize = 8;

/// A part of the result: all windows of the first unfolded axis over some of every other's.
#[derive(Clone, Debug)]
pub(crate) struct Tile {
    /// Windows of the second and further unfolded axes.
    pub(crate) runs: Vec<Run>,
    /// Elements behind the last unfolded axis.
    pub(crate) inner: Range<usize>,
    /// If there is only one unfolded axis and its windows lie along rows: how many of them are computed at a time.
    pub(crate) along: usize,
    /// If short lines are combined several at a time: how far apart they are in the tile's rows, and how many cells of each are read.
    pub(crate) sheet: Option<(usize, usize)>,
}

/// At most `most` of `count` windows at a time, so that all parts are about as long: a last one of few takes as long as many do.
fn evenly(most: usize, count: usize) -> usize {
    count.div_ceil(count.div_ceil(most.max(1)).max(1))
}

/// Cuts the result. `up` axes are reduced across rows; `inner` elements lie behind the last axis of all.
pub(crate) fn tiles(traits: &Traits, lines: &[Line], doublings: &[Doubling], up: usize, inner: usize) -> Vec<Tile> {
    let size = traits.bytes;
    let flight = match up {
        0 => LINE_PART,
        _ => caches::in_flight() / Across::rows(traits, &lines[0], &doublings[0]).max(1),
    };
    let long = caches::row();
    let row = (flight.clamp(long.start, long.end) / size).max(1);
    let mut planes = (flight / size).max(row);
    // The row first, then the other axes from the inside out take what room is left.
    let along = lines.len() > up;
    let least = |l: &Line| 4 * l.axis.span().div_ceil(l.axis.step());
    let mut most = vec![0; lines.len()];
    let part = match along {
        true => {
            let line = &lines[up];
            let on = up == 0 && inner == 1 && batches(traits, &line.order);
            most[up] = match scans_along(traits, line) {
                // Whole batches: the next part goes on where one ends.
                _ if on => row.next_multiple_of(IN_BATCH).min(line.axis.count()),
                // Whole groups: the next part goes on where one ends, unless it is another row's.
                true => {
                    let group = scan_group(&line.order);
                    let groups = if up == 0 { (row / inner / group).max(1) } else { GROUPS };
                    group.saturating_mul(groups).min(line.axis.count().next_multiple_of(group))
                }
                false => evenly((row / inner).max(least(line)), line.axis.count()),
            };
            planes /= (most[up] * inner).max(1);
            inner
        }
        false => {
            let part = evenly(row, inner);
            planes /= part.max(1);
            part
        }
    };
    for k in (1..up).rev() {
        most[k] = evenly(planes.max(least(&lines[k]) / 2), lines[k].axis.count()).max(1);
        planes /= most[k];
    }
    let mut tiles = vec![Tile { runs: Vec::new(), inner: 0..inner, along: *most.last().unwrap_or(&1), sheet: None }];
    for k in 1..lines.len() {
        let cut = |tile: &Tile| {
            let cut = |r: &Run| match k == up {
                true => cut_along(traits, &lines[k], r, most[k]).collect::<Vec<_>>(),
                false => r.parts(most[k]).collect(),
            };
            let runs: Vec<Run> = lines[k].runs.iter().flat_map(cut).collect();
            let tile = tile.clone();
            runs.into_iter().map(move |r| {
                let mut tile = tile.clone();
                tile.runs.push(r);
                tile
            })
        };
        tiles = tiles.iter().flat_map(cut).collect();
    }
    if part < inner {
        let cut = |tile: &Tile| {
            let tile = tile.clone();
            (0..inner).step_by(part).map(move |at| Tile { inner: at..(at + part).min(inner), ..tile.clone() })
        };
        tiles = tiles.iter().flat_map(cut).collect();
    }
    tiles
}

#[cfg(test)]
mod tests {
    use super::super::job::Job;
    use super::super::rows::Traits;
    use crate::spec::{Plan, unfold};

    fn longest_and_shortest(plan: &Plan) -> Vec<(usize, usize)> {
        let traits = Traits {
            bytes: 4,
            small: true,
            idempotent: true,
            exact: true,
            counted: false,
            pairwise: false,
            boxes: false,
            batched: false,
            total: true,
        };
        let job = Job::new(plan, &[1 << 20, 1 << 10, 1], false, traits, 0);
        let counts = |k: usize| job.tiles.iter().map(move |tile| tile.runs[k].count);
        (0..2).map(|k| (counts(k).max().unwrap(), counts(k).min().unwrap())).collect()
    }

    /// A part begins anywhere on the whole plan's grid, and its tiles begin where it does: cut at multiples of their length on that grid, this
    /// one had tiles of 240 and of 8 windows, and took two and a half times as long.
    #[test]
    fn tiles_are_about_as_large_as_each_other() {
        let plan = unfold([0, 1, 2], [5, 9, 9], 1).plan([100, 512, 512]).unwrap();
        let part = plan.parts(256).unwrap().get(3).unwrap();
        assert_eq!(part.write()[2], 256..504);
        assert_eq!(longest_and_shortest(part.piece())[1], (248, 248));
        for columns in [300, 1000, 1040, 5000] {
            let plan = unfold([0, 1, 2], [5, 9, 9], 1).plan([100, 700, columns]).unwrap();
            for (most, least) in longest_and_shortest(&plan) {
                assert!(least >= most / 4 * 3, "{columns} columns: {most} and {least}");
            }
        }
    }
}
