//! Tiles of masked windows, laid out cell by cell, and windows that move over them by the mask's edges.

use super::super::line::{Line, Run};
use super::super::masked::Spots;
use crate::array::View;
use crate::element::Element;
use crate::spec::{Cell, Dims, advance, index_of, row_major};
use alloc::vec;
use alloc::vec::Vec;

/// The cells of a window, as it moves.
pub(super) trait Moving {
    /// The cells so far behind a base come or go.
    fn change(&mut self, base: usize, cells: &[usize], come: bool);
    /// Answers for the window with this place in the tile.
    fn answer(&mut self, place: usize);
}

/// One tile: windows of each axis, laid out.
pub(super) struct Tile {
    runs: Vec<Run>,
    spots: Vec<Spots>,
    /// How far apart the spots of each axis lie.
    strides: Dims,
    /// The mask's cells, behind the first one of a window.
    cells: Vec<usize>,
    /// For each axis: the cells that the next window does not have, and those of the next one that this one does not have.
    edges: Vec<(Vec<usize>, Vec<usize>)>,
}

impl Tile {
    pub(super) fn new(runs: Vec<Run>, lines: &[Line], mask: &[bool]) -> Tile {
        let spot = |(run, line): (&Run, &Line)| Spots::new(run, line.axis.window(), line.axis.dilation());
        let spots: Vec<Spots> = runs.iter().zip(lines).map(spot).collect();
        let strides = row_major(spots.iter().map(|s| s.len));
        let shape: Dims = lines.iter().map(|l| l.axis.window()).collect();
        let cell = |number| {
            let at = index_of(number, &shape);
            at.iter().zip(&spots).zip(&strides).map(|((j, spots), stride)| j * spots.cell * stride).sum::<usize>()
        };
        let cells: Vec<usize> = (0..mask.len()).filter(|&k| mask[k]).map(cell).collect();
        let mut sorted = cells.clone();
        sorted.sort_unstable();
        let edges = (0..runs.len()).map(|k| {
            let far = spots[k].window * strides[k];
            let has = |cell: usize| sorted.binary_search(&cell).is_ok();
            let leave = cells.iter().copied().filter(|&c| c < far || !has(c - far)).collect();
            let enter = cells.iter().copied().filter(|&c| !has(c + far)).collect();
            (leave, enter)
        });
        let edges = edges.collect();
        Tile { runs, spots, strides, cells, edges }
    }

    fn len(&self) -> usize {
        self.spots.iter().map(|s| s.len).product()
    }

    pub(super) fn windows(&self) -> Dims {
        self.runs.iter().map(|r| r.count).collect()
    }

    /// What stands at each spot: an element, the fill, or nothing.
    pub(super) fn lay<T: Element>(
        &self,
        lines: &[Line],
        source: &View<'_, T>,
        fill: Option<T>,
        index: &mut Dims,
    ) -> Vec<Option<T>> {
        let cells = |(spots, line): (&Spots, &Line)| (0..spots.len).map(|k| line.axis.at(spots.at(k))).collect();
        let cells: Vec<Vec<Cell>> = self.spots.iter().zip(lines).map(cells).collect();
        let lens: Dims = self.spots.iter().map(|s| s.len).collect();
        let mut at = Dims::from_elem(0, lens.len());
        let mut out = Vec::with_capacity(self.len());
        for _ in 0..self.len() {
            let mut value = Cell::Element(0);
            for (k, line) in lines.iter().enumerate() {
                match (cells[k][at[k]], value) {
                    (Cell::Gap, _) => value = Cell::Gap,
                    (Cell::Pad, Cell::Element(_)) => value = Cell::Pad,
                    (Cell::Element(e), _) => index[line.axis.axis()] = e,
                    _ => {}
                }
            }
            out.push(match value {
                Cell::Element(_) => source.get(index).copied(),
                Cell::Pad => fill,
                Cell::Gap => None,
            });
            advance(&mut at, |a| 0..lens[a]);
        }
        out
    }

    /// Every window once, each a step from the one before: `set` is told the cells that come and go, then asked.
    pub(super) fn slide(&self, set: &mut impl Moving) {
        let counts = self.windows();
        let places = row_major(counts.iter().copied());
        let mut at = Dims::from_elem(0, counts.len());
        let mut back = vec![false; counts.len()];
        let mut base = 0;
        set.change(0, &self.cells, true);
        loop {
            set.answer(at.iter().zip(&places).map(|(i, place)| i * place).sum());
            // The innermost axis that has not come to its end goes on, and those inside it turn around.
            let ends = |a: usize| if back[a] { at[a] == 0 } else { at[a] + 1 == counts[a] };
            let Some(axis) = (0..counts.len()).rev().find(|&a| !ends(a)) else { return };
            back[axis + 1..].iter_mut().for_each(|back| *back = !*back);
            let (leave, enter) = &self.edges[axis];
            let far = self.spots[axis].window * self.strides[axis];
            if back[axis] {
                at[axis] -= 1;
                set.change(base, enter, false);
                base -= far;
                set.change(base, leave, true);
            } else {
                at[axis] += 1;
                set.change(base, leave, false);
                base += far;
                set.change(base, enter, true);
            }
        }
    }
}
