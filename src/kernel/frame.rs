//! Where the cells of windows that overhang their array hold elements.
//!
//! A cell reads the element at `origin + sum(step * index)` on every axis of the array, or is empty where that leaves the
//! axis. The last two axes of the output are a plane; on each of its axes the cells that read elements are one interval
//! once the other axes are fixed, so a plane is a rectangle of runs in a frame of empty cells.

use super::caches::COPIED_TILE;
use crate::array::View;
use core::ops::Range;
use smallvec::SmallVec;

/// One axis of the output: the axis of the array it runs along, how far, how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Along {
    pub(crate) axis: usize,
    pub(crate) step: usize,
    pub(crate) count: usize,
}

/// Where index 0 of the output lies on one axis of the array, and the positions that hold elements to read.
#[derive(Clone, Debug)]
pub(crate) struct Placement {
    pub(crate) origin: isize,
    pub(crate) inside: Range<isize>,
}

/// An axis of the output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    pub(super) count: usize,
    /// Elements of memory a step.
    pub(super) stride: isize,
    /// The bounded line it moves along and the positions a step, unless it cannot leave the array.
    pub(super) line: Option<(usize, isize)>,
}

/// A line of positions, only some of which are elements.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    axis: usize,
    pub(super) origin: isize,
    /// The highest position any cell asks for.
    last: isize,
    inside: Range<isize>,
    /// Positions an element, once axes behind it are joined.
    scale: isize,
}

/// The output as the loops see it: `outer x planes x rows x columns`.
///
/// **Invariant F.** An index of the output whose position on every bound is `inside` it lies at an element of the view,
/// `offset + sum(index * stride)` from its first one, counted modulo the address space.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) outer: SmallVec<[Axis; 6]>,
    pub(super) planes: Axis,
    pub(super) rows: Axis,
    pub(super) columns: Axis,
    pub(super) bounds: SmallVec<[Bound; 3]>,
    pub(super) offset: isize,
}

impl Frame {
    pub(super) fn new<T>(source: &View<'_, T>, along: &[Along], lines: &[Placement]) -> Frame {
        const ONE: Axis = Axis { count: 1, stride: 0, line: None };
        let (shape, strides) = (source.shape(), source.strides());
        assert_eq!(shape.len(), lines.len(), "one line an axis");
        let mut bounds: SmallVec<[Bound; 3]> = SmallVec::new();
        let mut offset = 0isize;
        for (axis, &Placement { origin, ref inside }) in lines.iter().enumerate() {
            assert!(0 <= inside.start && inside.end <= shape[axis] as isize, "elements outside the array");
            offset = offset.wrapping_add(origin.wrapping_mul(strides[axis]));
            let last = last_position(origin, along.iter().filter(|a| a.axis == axis));
            if origin < inside.start || last >= inside.end {
                bounds.push(Bound { axis, origin, last, inside: inside.clone(), scale: 1 });
            }
        }
        let mut axes: SmallVec<[Axis; 6]> = SmallVec::new();
        for &Along { axis, step, count } in along.iter().filter(|a| a.count != 1) {
            let line = bounds.iter().position(|b| b.axis == axis).map(|b| (b, step as isize * bounds[b].scale));
            let next = Axis { count, stride: strides[axis].wrapping_mul(step as isize), line };
            if !join(&mut axes, next, &mut bounds) {
                axes.push(next);
            }
        }
        let columns = axes.pop().unwrap_or(ONE);
        let rows = axes.pop().unwrap_or(ONE);
        let planes = axes.pop().unwrap_or(ONE);
        Frame { outer: axes, planes, rows, columns, bounds, offset }
    }

    /// Whether rows are long enough to be written one after another, in any pieces.
    pub(super) fn is_long<T>(&self) -> bool {
        self.columns.count * size_of::<T>() > COPIED_TILE
    }
}

/// The highest position that cells ask for along one axis.
fn last_position<'a>(origin: isize, along: impl Iterator<Item = &'a Along>) -> isize {
    let last = along.into_iter().try_fold(origin, |p, a| {
        // An axis of one position has any step.
        let steps = a.count.saturating_sub(1);
        let reach = if steps == 0 { 0 } else { steps.checked_mul(a.step)? };
        p.checked_add(isize::try_from(reach).ok()?)
    });
    last.expect("a plan's positions fit")
}

/// Makes `next` part of the last axis, if it continues it and cannot leave the array.
///
/// A bounded last axis that moves one position a step is joined too, its line counted in finer positions.
fn join(axes: &mut [Axis], next: Axis, bounds: &mut [Bound]) -> bool {
    let Some((last, before)) = axes.split_last_mut() else { return false };
    if next.line.is_some() || last.stride != next.stride.wrapping_mul(next.count as isize) {
        return false;
    }
    match last.line {
        None => {}
        Some((b, 1)) => {
            let bound = &mut bounds[b];
            let finer = next.count as isize;
            let scaled = |p: isize| p.checked_mul(finer);
            let (Some(origin), Some(last), Some(end)) =
                (scaled(bound.origin), scaled(bound.last.saturating_add(1)), scaled(bound.inside.end))
            else {
                return false;
            };
            let (start, scale) = (bound.inside.start * finer, bound.scale * finer);
            *bound = Bound { origin, last: last - 1, inside: start..end, scale, ..*bound };
            for (other, step) in before.iter_mut().filter_map(|a| a.line.as_mut()) {
                if *other == b {
                    *step *= finer;
                }
            }
        }
        Some(_) => return false,
    }
    *last = Axis { count: last.count * next.count, stride: next.stride, line: last.line };
    true
}

/// The indices below `count` whose position `from + step * index` is inside.
#[inline]
fn interval(from: isize, step: isize, count: usize, inside: &Range<isize>) -> Range<usize> {
    let reached = |p: isize| match p.saturating_sub(from) {
        d if d <= 0 => 0,
        d => (d as usize).div_ceil(step as usize).min(count),
    };
    let start = reached(inside.start);
    start..reached(inside.end).max(start)
}

/// A plane's cells with elements.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    rows: Range<usize>,
    columns: Columns,
}

#[derive(Clone, Debug)]
pub(super) enum Columns {
    /// The same in every such row.
    Same(Range<usize>),
    /// All in these rows; elsewhere by the row, as rows and columns run along the same bound, here from this position.
    ByRow { whole: Range<usize>, bound: usize, from: isize },
}

impl Frame {
    /// The positions on all bounds that rows and columns add at most.
    #[inline]
    fn extent(&self, bound: usize) -> isize {
        [self.rows, self.columns]
            .iter()
            .filter_map(|a| a.line.filter(|l| l.0 == bound).map(|l| l.1 * (a.count as isize - 1)))
            .sum()
    }

    /// The planes behind `at` (positions on all bounds at plane 0) all of whose cells are elements.
    pub(super) fn whole_planes(&self, at: &[isize]) -> Range<usize> {
        let mut whole = 0..self.planes.count;
        for (b, bound) in self.bounds.iter().enumerate() {
            let inside = bound.inside.start..bound.inside.end - self.extent(b);
            let range = match self.planes.line {
                Some((line, step)) if line == b => interval(at[b], step, self.planes.count, &inside),
                _ if inside.contains(&at[b]) => continue,
                _ => 0..0,
            };
            whole = whole.start.max(range.start)..whole.end.min(range.end);
        }
        whole.start..whole.end.max(whole.start)
    }

    /// The cells with elements of the plane whose first cell is at these positions.
    pub(super) fn plane(&self, at: &[isize]) -> Plane {
        let mut plane = Plane { rows: 0..self.rows.count, columns: Columns::Same(0..self.columns.count) };
        for (b, bound) in self.bounds.iter().enumerate() {
            let step = |a: &Axis| a.line.filter(|l| l.0 == b).map(|l| l.1);
            match (step(&self.rows), step(&self.columns)) {
                (None, None) if bound.inside.contains(&at[b]) => {}
                (None, None) => return Plane { rows: 0..0, columns: Columns::Same(0..0) },
                (Some(s), None) => plane.rows = interval(at[b], s, self.rows.count, &bound.inside),
                (None, Some(s)) => plane.columns = Columns::Same(interval(at[b], s, self.columns.count, &bound.inside)),
                (Some(s), Some(_)) => {
                    let inside = bound.inside.start..bound.inside.end - self.extent_of_columns();
                    let whole = interval(at[b], s, self.rows.count, &inside);
                    plane.columns = Columns::ByRow { whole, bound: b, from: at[b] };
                }
            }
        }
        plane
    }

    #[inline]
    fn extent_of_columns(&self) -> isize {
        self.columns.line.map_or(0, |(_, step)| step * (self.columns.count as isize - 1))
    }

    /// Rows from `row` on with the same columns: where they end, and the columns.
    #[inline]
    pub(super) fn alike(&self, plane: &Plane, row: usize) -> (usize, Range<usize>) {
        if row < plane.rows.start {
            return (plane.rows.start, 0..0);
        }
        if row >= plane.rows.end {
            return (self.rows.count, 0..0);
        }
        match &plane.columns {
            Columns::Same(columns) => (plane.rows.end, columns.clone()),
            Columns::ByRow { whole, .. } if whole.contains(&row) => (whole.end, 0..self.columns.count),
            Columns::ByRow { bound, from, .. } => {
                let (Some((_, down)), Some((_, step))) = (self.rows.line, self.columns.line) else {
                    unreachable!("by row only where both run along a bound")
                };
                let at = from + down * row as isize;
                (row + 1, interval(at, step, self.columns.count, &self.bounds[*bound].inside))
            }
        }
    }
}
