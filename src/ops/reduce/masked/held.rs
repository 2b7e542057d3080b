//! How many cells of each window count, under a mask.

use super::super::masking::HeldCells;
use crate::ops::mask::Mask;
use crate::spec::{AxisPlan, Cell, Dims, PadMode, Plan, index_of, row_major, sort_few};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Which cells of a window hold something along one axis.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pattern {
    /// Those from one up to another.
    Between(usize, usize),
    Each(Vec<bool>),
}

/// How many elements each window holds under a mask. Few windows differ: along each axis those that hold the same cells have one
/// number, and a table tells the elements of each combination of numbers.
#[derive(Clone, Debug)]
pub(in super::super) struct MaskHeld {
    /// Along each axis, in the array's order, every window's number.
    pub(super) numbers: Vec<Vec<usize>>,
    /// How far apart those numbers lie in the table.
    pub(super) strides: Dims,
    pub(super) table: Vec<usize>,
}

impl MaskHeld {
    /// Padding counts if it is filled, holes and overhang never do. `axes` and `mask` are in the array's order.
    pub(in super::super) fn new(axes: &[&AxisPlan], cells: &[bool], filled: bool) -> MaskHeld {
        let mut table: Vec<usize> = cells.iter().map(|&cell| cell.into()).collect();
        let mut numbers = Vec::new();
        let mut sizes = Vec::new();
        for (k, axis) in axes.iter().enumerate() {
            let mut known = BTreeMap::new();
            let mut patterns = Vec::new();
            numbers.push(
                (0..axis.count())
                    .map(|i| {
                        *known.entry(pattern(axis, i, filled)).or_insert_with_key(|p: &Pattern| {
                            patterns.push(p.clone());
                            patterns.len() - 1
                        })
                    })
                    .collect(),
            );
            sizes.push(patterns.len());
            let behind: usize = axes[k + 1..].iter().map(|a| a.window()).product();
            table =
                table.chunks_exact(axis.window() * behind).flat_map(|block| held(block, behind, &patterns)).collect();
        }
        MaskHeld { numbers, strides: row_major(sizes.iter().copied()), table }
    }

    /// Of the windows of a plan.
    pub(in super::super) fn of(plan: &Plan, mask: &Mask, filled: bool) -> MaskHeld {
        MaskHeld::new(&plan.axes_in_order(), &sorted(plan, mask), filled)
    }
}

impl HeldCells for MaskHeld {
    fn short(&self, plan: &Plan, need: usize) -> Option<(Vec<usize>, usize)> {
        let shape = plan.reduced_dims();
        if shape.contains(&0) || self.table.iter().all(|&n| n >= need) {
            return None;
        }
        // The first window of each number, in order: the first short one is made of them.
        let axes = plan.axes_in_order();
        let firsts: Vec<Vec<(usize, usize)>> = self.numbers.iter().map(|n| firsts(n)).collect();
        let sizes: Dims = firsts.iter().map(Vec::len).collect();
        (0..sizes.iter().product()).find_map(|number| {
            let at = index_of(number, &sizes);
            let windows = || at.iter().zip(&firsts).map(|(&k, firsts)| firsts[k]);
            let place: usize = windows().zip(&self.strides).map(|((_, number), stride)| number * stride).sum();
            let held = self.table[place];
            (held < need).then(|| {
                let mut index = alloc::vec![0; shape.len()];
                axes.iter().zip(windows()).for_each(|(&axis, (window, _))| index[axis.axis()] = window);
                (index, held)
            })
        })
    }

    fn at(&self, windows: &mut dyn Iterator<Item = usize>) -> usize {
        let place =
            windows.zip(self.numbers.iter().zip(&self.strides)).map(|(i, (numbers, stride))| numbers[i] * stride);
        self.table[place.sum::<usize>()]
    }
}

/// The windows at which each number comes for the first time, in order, with it.
fn firsts(numbers: &[usize]) -> Vec<(usize, usize)> {
    // Numbers are given in the order in which they come.
    let mut next = 0;
    let first = |&(_, number): &(usize, usize)| {
        let new = number == next;
        next += usize::from(new);
        new
    };
    numbers.iter().copied().enumerate().filter(first).collect()
}

fn pattern(axis: &AxisPlan, window: usize, filled: bool) -> Pattern {
    if axis.base_dilation() != 1 {
        let holds = |j| match axis.cell(window, j) {
            Cell::Element(_) => true,
            Cell::Pad => filled,
            Cell::Gap => false,
        };
        return Pattern::Each((0..axis.window()).map(holds).collect());
    }
    let (low, high) = match axis.pad_mode() {
        PadMode::Empty if !filled => (axis.whole_line().start, axis.whole_line().end),
        _ => (isize::MIN, axis.end()),
    };
    let start = axis.start_of(window);
    let below =
        |position: isize| (position.saturating_sub(start).max(0) as usize).div_ceil(axis.dilation()).min(axis.window());
    let (low, high) = (below(low), below(high));
    Pattern::Between(low, high.max(low))
}

/// A block of a table, `[window, behind]`, as `[patterns, behind]`: the cells of each pattern together.
fn held(block: &[usize], behind: usize, patterns: &[Pattern]) -> Vec<usize> {
    // sums[j] holds all before row j.
    let mut sums = alloc::vec![0; behind];
    for row in block.chunks_exact(behind.max(1)) {
        let from = sums.len() - behind;
        for (k, cells) in row.iter().enumerate() {
            sums.push(sums[from + k] + cells);
        }
    }
    let row = |j: usize| &sums[j * behind..(j + 1) * behind];
    let mut out = Vec::with_capacity(patterns.len() * behind);
    for pattern in patterns {
        match pattern {
            Pattern::Between(low, high) => out.extend(row(*high).iter().zip(row(*low)).map(|(a, b)| a - b)),
            Pattern::Each(holds) => {
                let rows = || block.chunks_exact(behind).zip(holds).filter(|(_, holds)| **holds);
                out.extend((0..behind).map(|k| rows().map(|(row, _)| row[k]).sum::<usize>()));
            }
        }
    }
    out
}

/// A mask's cells with its axes in the array's order.
pub(in super::super) fn sorted(plan: &Plan, mask: &Mask) -> Vec<bool> {
    let mut order: Vec<isize> = (0..plan.axes().len() as isize).collect();
    sort_few(&mut order, |&k| plan.axes()[k as usize].axis());
    match mask.cells().permute(&order) {
        Ok(cells) => cells.iter().copied().collect(),
        Err(_) => unreachable!("every axis once"),
    }
}
