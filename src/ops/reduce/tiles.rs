//! How the result is cut along all unfolded axes but the first, so that the rows in flight stay in a cache.

use super::across::Across;
use super::choice::{batches, scan_group, scans_along};
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
                false => (row / inner).max(least(line)).min(line.axis.count()),
            };
            planes /= (most[up] * inner).max(1);
            inner
        }
        false => {
            let part = row.min(inner);
            planes /= part.max(1);
            part
        }
    };
    for k in (1..up).rev() {
        most[k] = planes.max(least(&lines[k]) / 2).min(lines[k].axis.count()).max(1);
        planes /= most[k];
    }
    let mut tiles = vec![Tile { runs: Vec::new(), inner: 0..inner, along: *most.last().unwrap_or(&1) }];
    for k in 1..lines.len() {
        let cut = |tile: &Tile| {
            let runs = lines[k].runs.iter().flat_map(|r| r.parts(most[k])).collect::<Vec<_>>();
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
