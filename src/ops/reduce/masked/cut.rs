//! A mask as few combinations of whole rows.
//!
//! The cells that count are cut into *runs* along the last unfolded axis: neighbouring cells whose windows share them. (With a
//! step of more than one a window's cells fall into *phases*, the remainders of their distance by the step; neighbours of a run
//! are neighbours of one phase.) Runs that lie alike under one another are joined along the axes before it into boxes, where
//! the windows along those axes share them and it saves combinations. A box is made as an unmasked window is, by doubling, and
//! every window combines the boxes of its mask, eight at a time.
//!
//! The cut depends on the mask, the steps and the dilations alone, and so does the order in which cells are combined.

use super::super::line::Line;
use crate::kernel::rows::TAPS;
use crate::spec::{Dims, gcd, index_of};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// The step the windows of a line are put together for: what does not depend on where a part of them lies.
pub(super) fn step_of(line: &Line) -> usize {
    let axis = &line.axis;
    axis.even_step().unwrap_or(match axis.tail() {
        crate::spec::Tail::Spread => 1,
        _ => axis.step(),
    })
}

/// The cells along the last axis whose distance from a window's start leaves one remainder by the step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Phase {
    /// The first one's distance from the start.
    pub(super) offset: usize,
    /// How many there are; their distances from each other are multiples of the step.
    pub(super) cells: usize,
}

/// A row that is made of others.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) phase: usize,
    /// Two nodes and how many cells further on an axis the second one lies; none of a phase's cells themselves.
    pub(super) parts: Option<Pair>,
    /// How many cells it has along each axis.
    pub(super) size: Dims,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) axis: usize,
    pub(super) gap: usize,
}

/// A box of the mask: a node and the cell where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tap {
    pub(super) node: usize,
    pub(super) at: Dims,
}

/// A mask, cut. It has an axis more than the plan if that has only one: one of one cell, before it.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    pub(super) phases: Vec<Phase>,
    /// Those that others are made of first.
    pub(super) nodes: Vec<Node>,
    pub(super) taps: Vec<Tap>,
}

/// Cells of a phase that lie side by side along every axis.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Block {
    at: Dims,
    size: Dims,
    phase: usize,
}

impl Cut {
    /// `cells` of windows along `lines`, in the array's order; `idempotent` boxes may be made of overlapping ones.
    pub(super) fn new(cells: &[bool], lines: &[Line], idempotent: bool) -> Cut {
        let (windows, steps): (Dims, Vec<(usize, usize)>) =
            lines.iter().map(|l| (l.axis.window(), (step_of(l), l.axis.dilation()))).unzip();
        Cut::of(cells, &windows, &steps, idempotent)
    }

    fn of(cells: &[bool], windows: &[usize], steps: &[(usize, usize)], idempotent: bool) -> Cut {
        let mut shape = Dims::from_slice(windows);
        let mut steps = steps.to_vec();
        if shape.len() == 1 {
            shape.insert(0, 1);
            steps.insert(0, (1, 1));
        }
        let last = shape.len() - 1;
        let (phases, places) = phases(shape[last], steps[last]);
        let mut blocks = runs(cells, &shape, &places);
        for axis in (0..last).rev().filter(|&a| steps[a].0 == 1) {
            blocks = joined(blocks, axis, idempotent);
        }
        blocks.sort();
        let mut nodes = Nodes { list: Vec::new(), known: BTreeMap::new(), idempotent };
        let taps = blocks.into_iter().map(|block| Tap { node: nodes.of(&block), at: block.at }).collect();
        Cut { phases, nodes: nodes.list, taps }
    }
}

/// The phases of a window's cells, and of each cell its phase and its place there.
fn phases(window: usize, (step, dilation): (usize, usize)) -> (Vec<Phase>, Vec<(usize, usize)>) {
    let count = (step / gcd(step, dilation)).min(window);
    let phase = |j: usize| Phase { offset: j * dilation, cells: (window - j).div_ceil(count) };
    ((0..count).map(phase).collect(), (0..window).map(|j| (j % count, j / count)).collect())
}

/// The runs of a mask along its last axis.
fn runs(cells: &[bool], shape: &[usize], places: &[(usize, usize)]) -> Vec<Block> {
    let (outer, window) = (&shape[..shape.len() - 1], places.len());
    let mut blocks: Vec<Block> = Vec::new();
    for (number, row) in cells.chunks_exact(window).enumerate() {
        // The block that a phase's next cell goes on with.
        let mut open: BTreeMap<usize, usize> = BTreeMap::new();
        for (&(phase, place), _) in places.iter().zip(row).filter(|(_, cell)| **cell) {
            if let Some(block) = open.get(&phase).map(|&k| &mut blocks[k])
                && block.at[outer.len()] + block.size[outer.len()] == place
            {
                block.size[outer.len()] += 1;
                continue;
            }
            let mut at = index_of(number, outer);
            at.push(place);
            open.insert(phase, blocks.len());
            blocks.push(Block { size: Dims::from_elem(1, at.len()), at, phase });
        }
    }
    blocks
}

/// Joins blocks that follow each other along an axis, where that saves more than it costs.
fn joined(blocks: Vec<Block>, axis: usize, idempotent: bool) -> Vec<Block> {
    // Blocks that differ in their place along the axis alone.
    let mut columns: BTreeMap<Block, Vec<usize>> = BTreeMap::new();
    for mut block in blocks {
        let place = core::mem::take(&mut block.at[axis]);
        columns.entry(block).or_default().push(place);
    }
    let mut stacks: Vec<(Block, usize, usize)> = Vec::new();
    for (block, mut places) in columns {
        places.sort_unstable();
        for place in places {
            match stacks.last_mut() {
                Some((above, from, count)) if *above == block && *from + *count == place => *count += 1,
                _ => stacks.push((block.clone(), place, 1)),
            }
        }
    }
    // How often each shape and height comes.
    let mut times: BTreeMap<(usize, Dims, usize), usize> = BTreeMap::new();
    for (block, _, count) in &stacks {
        *times.entry((block.phase, block.size.clone(), *count)).or_default() += 1;
    }
    let mut out = Vec::new();
    for (mut block, from, count) in stacks {
        let times = times[&(block.phase, block.size.clone(), count)];
        block.at[axis] = from;
        // A combination reads two rows and writes one; a row less at the end saves its reading, and an eighth of a combination.
        if 3 * combinations(count, idempotent) * TAPS < (TAPS + 2) * times * (count - 1) {
            block.size[axis] = count;
            out.push(block);
            continue;
        }
        for _ in 0..count {
            out.push(block.clone());
            block.at[axis] += 1;
        }
    }
    out
}

/// How many combinations make `n` neighbours one.
fn combinations(n: usize, idempotent: bool) -> usize {
    match idempotent {
        true => n.next_power_of_two().ilog2() as usize,
        false => (n.ilog2() + n.count_ones() - 1) as usize,
    }
}

struct Nodes {
    list: Vec<Node>,
    /// By the node they are made of (none: a phase), the axis along which, and how many of them.
    known: BTreeMap<(Option<usize>, usize, usize), usize>,
    idempotent: bool,
}

impl Nodes {
    fn of(&mut self, block: &Block) -> usize {
        let base = match self.known.get(&(None, block.phase, 1)) {
            Some(&node) => node,
            None => {
                self.list.push(Node { phase: block.phase, parts: None, size: Dims::from_elem(1, block.at.len()) });
                self.known.insert((None, block.phase, 1), self.list.len() - 1);
                self.list.len() - 1
            }
        };
        (0..block.at.len()).rev().fold(base, |node, axis| self.chain(node, axis, block.size[axis]))
    }

    /// `n` neighbours of a node along an axis, in the order of unmasked windows: overlapping halves of idempotent operations, else the
    /// binary digits of `n`, the smallest first.
    fn chain(&mut self, base: usize, axis: usize, n: usize) -> usize {
        if n == 1 {
            return base;
        }
        if let Some(&node) = self.known.get(&(Some(base), axis, n)) {
            return node;
        }
        let digit = match n.is_power_of_two() {
            true => n / 2,
            false => 1 << n.ilog2(),
        };
        let right = self.chain(base, axis, digit);
        let left = match self.idempotent {
            true => right,
            false => self.chain(base, axis, n - digit),
        };
        let mut size = self.list[base].size.clone();
        size[axis] = n;
        let parts = Some(Pair { left, right, axis, gap: n - digit });
        self.list.push(Node { phase: self.list[base].phase, parts, size });
        self.known.insert((Some(base), axis, n), self.list.len() - 1);
        self.list.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::mask::Mask;
    use alloc::vec;

    /// The cells of a window as a cut combines them, in order.
    fn cells(cut: &Cut, last: usize, count: usize) -> Vec<(Dims, usize)> {
        fn node(cut: &Cut, k: usize, at: &Dims, out: &mut Vec<(Dims, usize)>) {
            let Node { phase, parts, .. } = cut.nodes[k];
            match parts {
                None => out.push((at.clone(), phase)),
                Some(Pair { left, right, axis, gap }) => {
                    node(cut, left, at, out);
                    let mut at = at.clone();
                    at[axis] += gap;
                    node(cut, right, &at, out);
                }
            }
        }
        let mut out = Vec::new();
        cut.taps.iter().for_each(|tap| node(cut, tap.node, &tap.at, &mut out));
        out.iter_mut().for_each(|(at, phase)| at[last] = at[last] * count + *phase);
        out
    }

    /// Every mask of up to ten cells, with every step: each cell that counts is there, once unless it may be there twice.
    #[test]
    fn a_cut_has_every_cell_of_the_mask() {
        for shape in [&[10usize][..], &[3, 3], &[2, 5], &[2, 2, 2], &[5, 2]] {
            let all: usize = shape.iter().product();
            for bits in 0..1usize << all {
                let mask: Vec<bool> = (0..all).map(|k| bits >> k & 1 == 1).collect();
                for (step, dilation) in [(1, 1), (2, 1), (1, 2), (3, 2), (4, 2)] {
                    for idempotent in [false, true] {
                        let cut = Cut::of(&mask, shape, &vec![(step, dilation); shape.len()], idempotent);
                        let last = shape.len().max(2) - 1;
                        let mut found = cells(&cut, last, cut.phases.len());
                        found.sort();
                        if idempotent {
                            found.dedup();
                        }
                        let two: Dims =
                            core::iter::repeat_n(1, 2 - shape.len().min(2)).chain(shape.iter().copied()).collect();
                        let want: Vec<Dims> = (0..all).filter(|&k| mask[k]).map(|k| index_of(k, &two)).collect();
                        let found: Vec<Dims> = found.into_iter().map(|(at, _)| at).collect();
                        assert_eq!(found, want, "{shape:?} {bits:b} {step} {dilation} {idempotent}");
                    }
                }
            }
        }
    }

    /// How many combinations a mask costs: near boxes little more than boxes, disks a row each and a few.
    #[test]
    fn few_combinations() {
        let cost = |mask: &Mask, idempotent| {
            let cells: Vec<bool> = mask.cells().iter().copied().collect();
            let cut = Cut::of(&cells, mask.shape(), &[(1, 1), (1, 1)], idempotent);
            (cut.nodes.iter().filter(|n| n.parts.is_some()).count(), cut.taps.len())
        };
        let less = |gone: [usize; 2]| Mask::from_fn([15, 15], |at| at != gone).unwrap();
        assert_eq!(cost(&Mask::full([15, 15]).unwrap(), true), (8, 1));
        assert_eq!(cost(&less([0, 0]), true), (9, 2));
        assert_eq!(cost(&less([14, 14]), false), (13, 2));
        assert_eq!(cost(&less([7, 7]), true), (8, 4));
        assert_eq!(cost(&Mask::disk(7), true), (8, 15));
        assert_eq!(cost(&Mask::disk(15), true), (16, 23));
    }
}
