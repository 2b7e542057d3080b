//! Which positions of a long line a picture shows, and where.

use super::paper::{MARGIN, Paper, add_box};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

/// The side of a cell.
pub(super) const CELL: isize = 18;
/// The room of positions that are left out.
const BREAK: isize = 22;
/// Lines of more positions are broken.
const LONGEST: isize = 64;

/// The positions shown, as a few stretches with breaks between them.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    stretches: Vec<Range<isize>>,
    /// Where the first of them is drawn.
    left: isize,
}

impl Columns {
    /// All of a line, or, if it is long, its ends and what is around the `marks`.
    pub(super) fn new(line: Range<isize>, marks: &[isize], left: isize) -> Columns {
        if line.end - line.start <= LONGEST {
            return Columns::of(&line, [line.clone()], left);
        }
        let ends = [line.start..line.start + 20, line.end - 20..line.end];
        let around = marks.iter().map(|&m| m - 2..m + 2);
        Columns::of(&line, ends.into_iter().chain(around), left)
    }

    /// These stretches of a line; joined where they touch.
    pub(super) fn of(line: &Range<isize>, wanted: impl IntoIterator<Item = Range<isize>>, left: isize) -> Columns {
        let clip = |r: Range<isize>| r.start.max(line.start)..r.end.min(line.end);
        let mut sorted: Vec<Range<isize>> = wanted.into_iter().map(clip).filter(|r| !r.is_empty()).collect();
        sorted.sort_by_key(|r| r.start);
        let mut stretches: Vec<Range<isize>> = Vec::new();
        for r in sorted {
            match stretches.last_mut() {
                // A break is no narrower than the cell it would leave out.
                Some(last) if r.start <= last.end + 1 => last.end = last.end.max(r.end),
                _ => stretches.push(r),
            }
        }
        Columns { stretches, left }
    }

    /// Where the first cell begins.
    pub(super) fn left(&self) -> isize {
        self.left
    }

    /// The stretches shown.
    pub(super) fn stretches(&self) -> &[Range<isize>] {
        &self.stretches
    }

    /// Every position shown, with where its cell begins.
    pub(super) fn iter(&self) -> impl Iterator<Item = (isize, isize)> + '_ {
        let mut x = self.left;
        self.stretches.iter().flat_map(move |r| {
            let from = x;
            x += (r.end - r.start) * CELL + BREAK;
            r.clone().map(move |p| (p, from + (p - r.start) * CELL))
        })
    }

    /// Where the cell of a position begins; for one left out, the middle of the break.
    pub(super) fn x(&self, position: isize) -> isize {
        let mut x = self.left;
        for (k, r) in self.stretches.iter().enumerate() {
            if position < r.start {
                return if k == 0 { x } else { x - BREAK / 2 };
            }
            if position <= r.end {
                return x + (position - r.start) * CELL;
            }
            x += (r.end - r.start) * CELL + BREAK;
        }
        self.right()
    }

    /// Where the last cell ends.
    pub(super) fn right(&self) -> isize {
        let cells: isize = self.stretches.iter().map(|r| r.end - r.start).sum();
        self.left + cells * CELL + BREAK * (self.stretches.len() as isize - 1).max(0)
    }

    /// The middles of the breaks.
    pub(super) fn breaks(&self) -> impl Iterator<Item = isize> + '_ {
        self.stretches.windows(2).map(|pair| self.x(pair[0].end) + BREAK / 2)
    }

    /// Ends a row of cells: dots for what is left out, its name, and the paper below it.
    pub(super) fn end_row(&self, paper: &mut Paper, y: isize, height: isize, name: &str) {
        for x in self.breaks() {
            paper.number("bare", x, y + height / 2, "...", false, "");
        }
        paper.widen(self.right());
        paper.text("soft", MARGIN, y + height / 2 + 4, name);
        paper.y = y + height + 6;
    }

    /// Every cell of which `keep` holds, as one path of boxes of a height.
    pub(super) fn boxes(&self, y: isize, height: isize, mut keep: impl FnMut(isize) -> bool) -> String {
        let mut path = String::new();
        self.iter().filter(|&(p, _)| keep(p)).for_each(|(_, x)| add_box(&mut path, x, y, CELL, height));
        path
    }
}
