//! Every merge against a fold written out cell by cell: axes of one element before, between and behind the unfolded ones, and
//! patches that lie in memory in every order, backwards and repeated.
//!
//! All numbers are small whole ones (weights are powers of two), so every result is exact.

use ndwindow::{Merge, PadMode, Plan, Taper, View, unfold};

/// A window along one axis of the array.
#[derive(Clone, Copy, Debug)]
struct Along {
    axis: usize,
    window: usize,
    step: usize,
    pad: usize,
    mode: PadMode,
}

impl Along {
    fn count(&self, len: usize) -> usize {
        (len + 2 * self.pad - self.window) / self.step + 1
    }

    /// The element under cell `j` of window `i`.
    fn element(&self, len: usize, i: usize, j: usize) -> Option<usize> {
        let at = (i * self.step + j) as isize - self.pad as isize;
        let last = len as isize - 1;
        match self.mode {
            PadMode::Edge => Some(at.clamp(0, last) as usize),
            _ => (0..=last).contains(&at).then_some(at as usize),
        }
    }
}

fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let total: usize = shape.iter().product();
    let index = |mut at: usize| {
        let mut index = vec![0; shape.len()];
        for a in (0..shape.len()).rev() {
            index[a] = at % shape[a];
            at /= shape[a];
        }
        index
    };
    (0..total).map(index).collect()
}

/// The cells over every element of the array, in row-major order of the windows, then of the taps: each cell's index in the
/// patches `[counts in place.., windows..]`, and its taps.
type Over = Vec<Vec<(Vec<usize>, Vec<usize>)>>;

fn cells(shape: &[usize], along: &[Along]) -> Over {
    let mut over = vec![Vec::new(); shape.iter().product()];
    let counts: Vec<usize> = along.iter().map(|a| a.count(shape[a.axis])).collect();
    let taps: Vec<usize> = along.iter().map(|a| a.window).collect();
    let plain: Vec<usize> =
        (0..shape.len()).map(|a| if along.iter().any(|l| l.axis == a) { 1 } else { shape[a] }).collect();
    for grid in indices(&counts) {
        for tap in indices(&taps) {
            let places: Option<Vec<usize>> =
                along.iter().enumerate().map(|(k, a)| a.element(shape[a.axis], grid[k], tap[k])).collect();
            let Some(places) = places else { continue };
            for lead in indices(&plain) {
                let (mut at, mut cell) = (lead.clone(), lead);
                for (k, a) in along.iter().enumerate() {
                    (at[a.axis], cell[a.axis]) = (places[k], grid[k]);
                }
                cell.extend(&tap);
                let element = at.iter().zip(shape).fold(0, |e, (i, n)| e * n + i);
                over[element].push((cell, tap.clone()));
            }
        }
    }
    over
}

fn request(along: &[Along]) -> ndwindow::Unfold {
    let axes: Vec<isize> = along.iter().map(|a| a.axis as isize).collect();
    let each = |f: fn(&Along) -> usize| along.iter().map(f).collect::<Vec<_>>();
    unfold(&axes[..], each(|a| a.window), each(|a| a.step))
        .pad(along.iter().map(|a| (a.pad, a.pad)).collect::<Vec<_>>())
        .pad_mode(along.iter().map(|a| a.mode).collect::<Vec<_>>())
}

/// Strides and offset of an array whose axes lie in memory in this order, the last of it closest together; some run
/// backwards, one may be repeated.
fn layout(shape: &[usize], order: &[usize], backwards: usize, repeated: Option<usize>) -> (Vec<isize>, usize) {
    let (mut strides, mut reach, mut offset) = (vec![0; shape.len()], 1, 0);
    for &a in order.iter().rev().filter(|&&a| Some(a) != repeated) {
        strides[a] = reach;
        if backwards >> a & 1 == 1 {
            strides[a] = -reach;
            offset += reach as usize * (shape[a] - 1);
        }
        reach *= shape[a] as isize;
    }
    (strides, offset)
}

/// Orders of the axes: all of up to three, else those in which some axis comes last.
fn orders(rank: usize) -> Vec<Vec<usize>> {
    if rank <= 3 {
        let all = indices(&vec![rank; rank]).into_iter();
        return all.filter(|o| (0..rank).all(|a| o.contains(&a))).collect();
    }
    let mut orders = vec![(0..rank).rev().collect::<Vec<_>>()];
    for a in 0..rank {
        let others = (0..rank).filter(|&b| b != a);
        orders.push(others.chain([a]).collect());
    }
    orders
}

fn value(at: usize) -> f32 {
    (at * 7919 % 61) as f32 - 30.0
}

/// What becomes of cells, each with its weight.
type Merged = dyn Fn(&[(f32, f32)]) -> f32;

/// All merges of patches in one layout.
fn check(plan: &Plan, along: &[Along], over: &Over, strides: &[isize], offset: usize) {
    let shape = plan.shape();
    let reach: usize = shape.iter().zip(strides).map(|(&n, s)| (n - 1) * s.unsigned_abs()).sum();
    let data: Vec<f32> = (0..=reach).map(value).collect();
    let whole: Vec<i16> = data.iter().map(|&v| v as i16).collect();
    let patches = View::with_strides(&data, shape, strides, offset).unwrap();
    let numbers = View::with_strides(&whole, shape, strides, offset).unwrap();
    let weight = |tap: &[usize]| tap.iter().map(|&j| [1.0f32, 0.5, 2.0][j % 3]).product::<f32>();
    let tapers = || -> Vec<Taper> {
        along.iter().map(|a| Taper::Weights((0..a.window).map(|j| [1.0, 0.5, 2.0][j % 3]).collect())).collect()
    };
    let what = || format!("{along:?} of {:?}, strides {strides:?}", plan.input_shape());
    // The cells over each element: value and weight.
    let held: Vec<Vec<(f32, f32)>> =
        over.iter().map(|c| c.iter().map(|(at, tap)| (patches[&at[..]], weight(tap))).collect()).collect();
    let merge = |merge: Merge<f32>, name: &str, f: &Merged| {
        let want: Vec<f32> = held.iter().map(|c| if c.is_empty() { -99.0 } else { f(c) }).collect();
        let got = plan.fold_with(&patches, merge.uncovered(-99.0)).unwrap();
        assert_eq!(got.as_slice(), want, "{name} of {}", what());
    };
    merge(Merge::sum(), "sum", &|c| c.iter().map(|c| c.0).sum());
    merge(Merge::sum().wide(), "wide sum", &|c| c.iter().map(|c| c.0).sum());
    merge(Merge::mean(), "mean", &|c| c.iter().map(|c| c.0).sum::<f32>() / c.len() as f32);
    merge(Merge::max(), "max", &|c| c.iter().fold(f32::MIN, |a, c| a.max(c.0)));
    merge(Merge::min(), "min", &|c| c.iter().fold(f32::MAX, |a, c| a.min(c.0)));
    merge(Merge::weighted_sum(tapers()), "weighted sum", &|c| c.iter().map(|c| c.0 * c.1).sum());
    merge(Merge::weighted(tapers()), "weighted mean", &|c| {
        c.iter().map(|c| c.0 * c.1).sum::<f32>() / c.iter().map(|c| c.1).sum::<f32>()
    });
    // Of several axes, each chooses by itself: with returned cells that is another order than the windows'.
    if along.len() == 1 || along.iter().all(|a| a.mode == PadMode::Empty) {
        merge(Merge::first(), "first", &|c| c[0].0);
        merge(Merge::last(), "last", &|c| c[c.len() - 1].0);
    }
    let sums: Vec<i16> = held.iter().map(|c| c.iter().map(|c| c.0 as i16).sum()).collect();
    assert_eq!(plan.fold(&numbers).unwrap().as_slice(), sums, "sum of integers, {}", what());
}

/// Shapes of long axes with axes of one element in all places, and the places of the long ones.
fn shapes() -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut shapes = Vec::new();
    for long in [&[12usize][..], &[3, 12], &[11, 4]] {
        for ones in indices(&vec![2; long.len() + 1]) {
            let (mut shape, mut places) = (vec![1; ones[0]], Vec::new());
            for (n, ones) in long.iter().zip(&ones[1..]) {
                places.push(shape.len());
                shape.push(*n);
                shape.extend(vec![1; *ones]);
            }
            shapes.push((shape, places));
        }
    }
    shapes
}

/// Which axes are unfolded, in which order: long ones alone, both, and each with the axes of one element beside it.
fn unfolded(shape: &[usize], long: &[usize]) -> Vec<Vec<usize>> {
    let mut lists: Vec<Vec<usize>> = long.iter().map(|&a| vec![a]).collect();
    lists.extend((long.len() == 2).then(|| [vec![long[0], long[1]], vec![long[1], long[0]]]).into_iter().flatten());
    for one in (0..shape.len()).filter(|&a| shape[a] == 1) {
        for &a in long {
            lists.extend([vec![one, a], vec![a, one]]);
        }
    }
    lists
}

#[test]
fn every_merge_of_every_layout() {
    let mut checked = 0;
    for (shape, long) in shapes() {
        for axes in unfolded(&shape, &long) {
            for (window, step, pad, mode) in [
                (3, 1, 0, PadMode::Empty),
                (3, 1, 1, PadMode::Empty),
                (2, 2, 0, PadMode::Empty),
                (3, 1, 2, PadMode::Edge),
            ] {
                let window = |a: usize| if shape[a] == 1 && pad == 0 { 1 } else { window };
                let along: Vec<Along> =
                    axes.iter().map(|&axis| Along { axis, window: window(axis), step, pad, mode }).collect();
                let plan = request(&along).plan(&shape).unwrap();
                let over = cells(&shape, &along);
                let rank = plan.shape().len();
                for (turn, order) in orders(rank).iter().enumerate() {
                    // Which axes run backwards, and which is repeated, goes round with all cases.
                    let other = match turn % 2 {
                        0 => (checked % (1 << rank), None),
                        _ => (checked % (1 << rank), Some(checked % rank)),
                    };
                    for (backwards, repeated) in [(0, None), other] {
                        let (strides, offset) = layout(plan.shape(), order, backwards, repeated);
                        check(&plan, &along, &over, &strides, offset);
                        checked += 1;
                    }
                }
            }
        }
    }
    assert!(checked > 3000, "only {checked}");
}

/// Rows of more than one unit, with axes of one element behind them.
#[test]
fn rows_of_several_units() {
    for (shape, axis) in [(vec![70_000, 1], 0), (vec![2, 70_000, 1, 1], 1), (vec![1, 9000, 1], 1)] {
        let along = [Along { axis, window: 3, step: 1, pad: 1, mode: PadMode::Empty }];
        let plan = request(&along).plan(&shape).unwrap();
        let rank = plan.shape().len();
        let mut order: Vec<usize> = (0..rank).filter(|&a| a != axis).collect();
        order.push(axis);
        let (strides, offset) = layout(plan.shape(), &order, 0, None);
        check(&plan, &along, &cells(&shape, &along), &strides, offset);
    }
}

/// Sums round, so their bits tell in which order they were added: that of the windows, whichever axis is requested first,
/// however taps lie in memory and however many windows a border cuts.
#[test]
fn sums_are_added_in_the_order_of_the_windows() {
    let fraction = |at: usize| ((at * 2_654_435_761) % 9973) as f32 / 7.0 - 700.0;
    for (shape, axes) in [([30, 26, 1], [0, 1]), ([30, 26, 1], [1, 0]), ([2, 40, 3], [1, 0]), ([1, 19, 23], [2, 1])] {
        for (window, step, pad) in [(9, 2, 4), (9, 1, 0), (3, 1, 1), (10, 3, 5), (8, 4, 3)] {
            let window = |a: usize| if shape[a] + 2 * pad < window { shape[a] } else { window };
            let mode = PadMode::Empty;
            let along: Vec<Along> =
                axes.iter().map(|&axis| Along { axis, window: window(axis), step, pad, mode }).collect();
            let plan = request(&along).plan(shape).unwrap();
            let over = cells(&shape, &along);
            for order in orders(plan.shape().len()) {
                let (strides, offset) = layout(plan.shape(), &order, 0, None);
                let data: Vec<f32> = (0..plan.shape().iter().product()).map(fraction).collect();
                let patches = View::with_strides(&data, plan.shape(), &strides, offset).unwrap();
                let want: Vec<f32> =
                    over.iter().map(|c| c.iter().map(|(at, _)| patches[&at[..]]).sum::<f32>()).collect();
                let got = plan.fold(&patches).unwrap();
                assert_eq!(got.as_slice(), want, "{along:?} of {shape:?}, strides {strides:?}");
            }
        }
    }
}
