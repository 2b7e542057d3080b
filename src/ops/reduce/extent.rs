//! Windows as ranges, in numbers: how far an array between two axes reaches, and what every window of an axis reads.

use crate::spec::{AxisPlan, Dims, Plan, Reads, Segment, advance};
use alloc::vec;
use alloc::vec::Vec;

/// The next index of an array.
pub(super) fn next(index: &mut [usize], shape: &[usize]) {
    advance(index, |a| 0..shape[a]);
}

/// How far an array between two axes reaches.
pub(super) struct Extent {
    /// Lengths of the axes; one where all that lies along an axis is the same.
    pub(super) shape: Dims,
    /// For each axis that is reduced, how many cells of each window count if padding does.
    held: Vec<(usize, Vec<usize>)>,
}

impl Extent {
    /// Of an array none of whose axes is reduced.
    pub(super) fn new(shape: Dims) -> Extent {
        Extent { shape, held: Vec::new() }
    }

    /// How many places lie behind and before an axis, and how many along it.
    pub(super) fn around(&self, axis: usize) -> (usize, usize, usize) {
        (self.shape[axis + 1..].iter().product(), self.shape[..axis].iter().product(), self.shape[axis])
    }

    /// An axis is reduced.
    pub(super) fn reduced(&mut self, axis: &AxisPlan, reads: &Reads) {
        self.shape[axis.axis()] = axis.count();
        self.held.push((axis.axis(), (0..axis.count()).map(|i| reads.held(i, true)).collect()));
    }

    /// How many filled cells a place in padding of axis `at` stands for, for every index of the other axes.
    pub(super) fn filled(&self, at: usize, len: usize) -> Vec<usize> {
        let mut times = vec![1usize; len];
        for (axis, held) in &self.held {
            let behind = self.shape[axis + 1..].iter().enumerate();
            let inner: usize = behind.filter(|(k, _)| axis + 1 + k != at).map(|(_, n)| n).product();
            for (times, &n) in times.chunks_exact_mut(inner.max(1)).zip(held.iter().cycle()) {
                times.iter_mut().for_each(|t| *t = t.saturating_mul(n));
            }
        }
        times
    }

    /// Calls `f` for each result, in order, with its place and how many elements its window holds (if that is `counted`).
    pub(super) fn each_result(&self, plan: &Plan, (filled, counted): (bool, bool), f: &mut dyn FnMut(usize, usize)) {
        let shape = plan.reduced_dims();
        let mut counts: Vec<Vec<usize>> = vec![Vec::new(); shape.len()];
        if counted {
            for axis in plan.axes() {
                let reads = Reads::new(axis);
                counts[axis.axis()] = (0..axis.count()).map(|i| reads.held(i, filled)).collect();
            }
        }
        let mut index = Dims::from_elem(0, shape.len());
        for _ in 0..shape.iter().product() {
            let at = index.iter().zip(&self.shape).fold(0, |at, (&i, &n)| at * n + i.min(n - 1));
            let held = counts.iter().zip(&index).filter_map(|(c, &i)| c.get(i));
            f(at, held.fold(1, |n, &m| n.saturating_mul(m)));
            next(&mut index, &shape);
        }
    }
}

/// What every window of an axis reads.
pub(super) struct Segments {
    pub(super) all: Vec<Segment>,
    /// Where each window's begin, and where the last one's end.
    begins: Vec<usize>,
    pub(super) longest: usize,
    pub(super) pads: bool,
}

impl Segments {
    pub(super) fn new(axis: &AxisPlan, reads: &Reads) -> Segments {
        let mut segments = Segments { all: Vec::new(), begins: vec![0], longest: 0, pads: false };
        for i in 0..axis.count() {
            reads.segments(i, |segment| {
                match &segment {
                    Segment::Once(places) | Segment::Round(places, _) => {
                        segments.longest = segments.longest.max(places.len())
                    }
                    Segment::Pad(_) => segments.pads = true,
                    Segment::Same(..) => {}
                }
                segments.all.push(segment);
            });
            segments.begins.push(segments.all.len());
        }
        segments
    }

    /// Those of window `i`, with their numbers.
    pub(super) fn of(&self, i: usize) -> impl Iterator<Item = (usize, &Segment)> {
        (self.begins[i]..self.begins[i + 1]).map(|k| (k, &self.all[k]))
    }
}
