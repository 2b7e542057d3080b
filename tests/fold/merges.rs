//! Fold against the definition: every cell goes back to the element that gather read it from.
//!
//! The oracle asks gather where each cell comes from (windows over an array of its own indices, -1 where there is no
//! element) and then loops over cells one by one, windows in row-major order of the grid.

use ndwindow::{Array, Error, Merge, OutAxis, PadMode, Plan, Tail, Taper, Unfold, View, unfold};
use proptest::prelude::*;

/// A request on a shape, in some axis order.
#[derive(Clone, Debug)]
struct Case {
    shape: Vec<usize>,
    request: Unfold,
    plan: Plan,
}

impl Case {
    fn new(shape: &[usize], request: Unfold) -> Self {
        let plan = request.plan(shape).unwrap();
        Case { shape: shape.to_vec(), request, plan }
    }

    /// For every window in row-major order of the grid: each cell's index in the patches, its taps, and the element it
    /// was read from.
    fn cells(&self) -> Vec<Cell> {
        let n: usize = self.shape.iter().product();
        let ids = Array::new((0..n as i64).collect(), &self.shape).unwrap();
        let ids = self.plan.windows(&ids).unwrap().fill(-1).to_array();
        let order = self.plan.order();
        let mut cells = Vec::new();
        let mut index = vec![0; order.len()];
        for (at, &id) in ids.iter().enumerate() {
            let mut rest = at;
            for a in (0..index.len()).rev() {
                index[a] = rest % ids.shape()[a];
                rest /= ids.shape()[a];
            }
            let pick = |wanted: fn(usize) -> OutAxis| -> Vec<usize> {
                (0..self.plan.axes().len())
                    .map(|k| index[order.iter().position(|&o| o == wanted(k)).unwrap()])
                    .collect()
            };
            if id >= 0 {
                cells.push(Cell { grid: pick(OutAxis::Grid), taps: pick(OutAxis::Window), at, element: id as usize });
            }
        }
        cells.sort_by(|a, b| (&a.grid, &a.taps).cmp(&(&b.grid, &b.taps)));
        cells
    }

    fn len(&self) -> usize {
        self.shape.iter().product()
    }

    fn fold_naively(&self, patches: &[i64]) -> Vec<i64> {
        let mut out = vec![0; self.len()];
        for c in self.cells() {
            out[c.element] += patches[c.at];
        }
        out
    }
}

struct Cell {
    grid: Vec<usize>,
    taps: Vec<usize>,
    at: usize,
    element: usize,
}

/// Numbers that look random and are small.
fn noise(n: usize, seed: u64) -> Vec<i64> {
    let mut s = seed.wrapping_mul(0x9e3779b97f4a7c15) | 1;
    (0..n)
        .map(|_| {
            s ^= s << 13;
            s ^= s >> 7;
            s ^= s << 17;
            (s % 2001) as i64 - 1000
        })
        .collect()
}

fn modes() -> impl Strategy<Value = PadMode> {
    prop_oneof![
        3 => Just(PadMode::Empty),
        1 => Just(PadMode::Edge),
        1 => Just(PadMode::Reflect),
        1 => Just(PadMode::Symmetric),
        1 => Just(PadMode::Wrap),
    ]
}

fn tails() -> impl Strategy<Value = Tail> {
    prop_oneof![Just(Tail::Drop), Just(Tail::Partial), Just(Tail::ShiftBack), Just(Tail::Spread)]
}

/// Any request that a plan accepts, ranks 1 to 5.
fn cases() -> impl Strategy<Value = Case> {
    let axis = (
        (1usize..9, 1usize..12, 1usize..5, 1usize..4),
        (prop_oneof![3 => Just(1usize), 1 => 1usize..5], -2isize..5, -2isize..5),
        modes(),
        tails(),
    );
    let axes = proptest::collection::vec(axis, 1..=5);
    (axes, any::<u64>(), any::<bool>(), any::<bool>()).prop_filter_map(
        "a plan that is small enough",
        |(axes, seed, grid_first, permuted)| {
            let rank = axes.len();
            let shape: Vec<usize> = axes.iter().map(|a| if rank > 3 { 1 + a.0.0 % 4 } else { a.0.0 }).collect();
            let mut order: Vec<isize> = (0..rank as isize).collect();
            let mut s = seed;
            let mut draw = |n: usize| {
                s = s.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (s >> 33) as usize % n
            };
            for k in (1..rank).rev() {
                order.swap(k, draw(k + 1));
            }
            order.truncate(1 + draw(rank.min(3)));
            let of = |k: usize| &axes[order[k] as usize];
            let n = order.len();
            let request = unfold(
                &order[..],
                (0..n).map(|k| of(k).0.1.min(6)).collect::<Vec<_>>(),
                (0..n).map(|k| of(k).0.2).collect::<Vec<_>>(),
            )
            .dilation((0..n).map(|k| of(k).0.3).collect::<Vec<_>>())
            .base_dilation((0..n).map(|k| of(k).1.0).collect::<Vec<_>>())
            .pad((0..n).map(|k| (of(k).1.1, of(k).1.2)).collect::<Vec<_>>())
            .pad_mode((0..n).map(|k| of(k).2).collect::<Vec<_>>())
            .tail((0..n).map(|k| of(k).3).collect::<Vec<_>>());
            let request = if grid_first { request.grid_first() } else { request };
            let mut plan = request.plan(&shape).ok()?;
            if permuted {
                let rank = plan.shape().len();
                let mut order: Vec<isize> = (0..rank as isize).collect();
                for k in (1..rank).rev() {
                    order.swap(k, draw(k + 1));
                }
                plan = plan.permute(&order).ok()?;
            }
            let cells: usize = plan.shape().iter().product();
            (cells <= 20_000).then_some(Case { shape, request, plan })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_cell_goes_back_where_it_came_from(case in cases(), seed in any::<u64>()) {
        let patches = Array::new(noise(case.plan.shape().iter().product(), seed), case.plan.shape()).unwrap();
        let folded = case.plan.fold(&patches).unwrap();
        prop_assert_eq!(folded.shape(), &case.shape[..]);
        prop_assert_eq!(folded.as_slice(), &case.fold_naively(patches.as_slice())[..]);
    }

    #[test]
    fn fold_is_the_adjoint_of_gather(case in cases(), seed in any::<u64>()) {
        let x = Array::new(noise(case.len(), seed), &case.shape).unwrap();
        let y = Array::new(noise(case.plan.shape().iter().product(), seed ^ 7), case.plan.shape()).unwrap();
        let gathered = case.plan.windows(&x).unwrap().to_array();
        let folded = case.plan.fold(&y).unwrap();
        let dot = |a: &Array<i64>, b: &Array<i64>| a.iter().zip(b).map(|(a, b)| a * b).sum::<i64>();
        prop_assert_eq!(dot(&gathered, &y), dot(&x, &folded));
        let back = case.plan.fold(&gathered).unwrap();
        let covered: Vec<i64> = case.plan.coverage().iter().zip(&x).map(|(&c, &x)| c as i64 * x).collect();
        prop_assert_eq!(back.as_slice(), &covered[..]);
    }

    #[test]
    fn floats_are_added_in_the_order_of_the_windows(case in cases(), seed in any::<u64>()) {
        let patches: Vec<f32> = noise(case.plan.shape().iter().product(), seed).iter().map(|&v| v as f32 * 0.37).collect();
        let mut want = vec![0.0f32; case.len()];
        let mut size = vec![0.0f32; case.len()];
        for c in case.cells() {
            want[c.element] += patches[c.at];
            size[c.element] += patches[c.at].abs();
        }
        let folded = case.plan.fold(&View::new(&patches, case.plan.shape()).unwrap()).unwrap();
        let plain = case.plan.axes().iter().all(|a| a.pad_mode() == PadMode::Empty);
        for (i, (&got, &want)) in folded.iter().zip(&want).enumerate() {
            if plain {
                prop_assert_eq!(got.to_bits(), want.to_bits(), "element {}", i);
            } else {
                prop_assert!((got - want).abs() <= 1e-5 * size[i], "element {}: {} for {}", i, got, want);
            }
        }
    }

    #[test]
    fn layout_of_the_patches_does_not_matter(case in cases(), seed in any::<u64>()) {
        let patches: Vec<f32> = noise(case.plan.shape().iter().product(), seed).iter().map(|&v| v as f32 * 0.37).collect();
        let patches = Array::new(patches, case.plan.shape()).unwrap();
        let turned: Vec<isize> = (0..patches.rank() as isize).rev().collect();
        let copy = patches.permute(&turned).unwrap().to_array();
        let strided = copy.permute(&turned).unwrap();
        let want = case.plan.fold(&patches).unwrap();
        prop_assert_eq!(&case.plan.fold(&strided).unwrap(), &want);
        // A plan in another order folds patches in that order.
        let plan = case.plan.permute(&turned).unwrap();
        prop_assert_eq!(&plan.fold(&copy).unwrap(), &want);
    }

    #[test]
    fn merges_do_what_they_say(case in cases(), seed in any::<u64>()) {
        let patches = Array::new(noise(case.plan.shape().iter().product(), seed), case.plan.shape()).unwrap();
        let mut over: Vec<Vec<i64>> = vec![Vec::new(); case.len()];
        for c in case.cells() {
            over[c.element].push(patches.as_slice()[c.at]);
        }
        let check = |merge: Merge<i64>, want: fn(&[i64]) -> i64| {
            let want: Vec<i64> = over.iter().map(|v| if v.is_empty() { 77 } else { want(v) }).collect();
            let got = case.plan.fold_with(&patches, merge.uncovered(77)).unwrap();
            prop_assert_eq!(got.as_slice(), &want[..]);
            Ok(())
        };
        check(Merge::max(), |v| *v.iter().max().unwrap())?;
        check(Merge::min(), |v| *v.iter().min().unwrap())?;
        check(Merge::sum(), |v| v.iter().sum())?;
        check(Merge::mean(), |v| (v.iter().sum::<i64>() as f64 / v.len() as f64).round() as i64)?;
        if case.plan.axes().len() == 1 || case.plan.axes().iter().all(|a| a.pad_mode() == PadMode::Empty) {
            check(Merge::first(), |v| v[0])?;
            check(Merge::last(), |v| v[v.len() - 1])?;
        }
        let missing = over.iter().position(Vec::is_empty);
        let found = case.plan.fold_with(&patches, Merge::mean());
        match missing {
            None => prop_assert!(found.is_ok()),
            Some(mut at) => {
                let mut index = vec![0; case.shape.len()];
                for a in (0..index.len()).rev() {
                    index[a] = at % case.shape[a];
                    at /= case.shape[a];
                }
                prop_assert_eq!(found, Err(Error::Uncovered { index, merge: "mean" }));
            }
        }
    }

    #[test]
    fn tapers_weigh(case in cases(), seed in any::<u64>()) {
        let patches: Vec<f64> = noise(case.plan.shape().iter().product(), seed).iter().map(|&v| v as f64 * 0.37).collect();
        let own: Vec<Vec<f64>> =
            case.plan.axes().iter().map(|a| (0..a.window()).map(|j| 0.5 + (j * 7 % 5) as f64).collect()).collect();
        let tapers: Vec<Taper> = own.iter().cloned().map(Taper::Weights).collect();
        let (mut sum, mut weight, mut size) = (vec![0.0; case.len()], vec![0.0; case.len()], vec![0.0; case.len()]);
        for c in case.cells() {
            let w: f64 = c.taps.iter().zip(&own).map(|(&j, w)| w[j]).product();
            sum[c.element] += w * patches[c.at];
            size[c.element] += w * patches[c.at].abs();
            weight[c.element] += w;
        }
        let view = View::new(&patches, case.plan.shape()).unwrap();
        let sums = case.plan.fold_with(&view, Merge::weighted_sum(tapers.clone())).unwrap();
        let means = case.plan.fold_with(&view, Merge::weighted(tapers).uncovered(-5.0)).unwrap();
        for i in 0..case.len() {
            prop_assert!((sums.as_slice()[i] - sum[i]).abs() <= 1e-12 * size[i]);
            let mean = if weight[i] > 0.0 { sum[i] / weight[i] } else { -5.0 };
            prop_assert!((means.as_slice()[i] - mean).abs() <= 1e-12 * (1.0 + size[i]));
        }
        for taper in [Taper::Hann, Taper::Linear, Taper::Gaussian(0.125), Taper::Flat] {
            let constant = Array::from_elem(3.25f32, case.plan.shape()).unwrap();
            let blended = case.plan.fold_with(&constant, Merge::weighted(taper).uncovered(3.25)).unwrap();
            prop_assert!(blended.iter().all(|v| (v - 3.25).abs() < 1e-4), "{:?}", blended);
        }
    }
}

/// Requests large enough to be cut into several units, along the unfolded axis itself, before and behind it.
fn large() -> Vec<Case> {
    let mut cases = Vec::new();
    for tail in [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread] {
        cases.push(Case::new(&[5001], unfold(0, 400, 160).tail(tail)));
        cases.push(Case::new(&[5001], unfold(0, 5, 3).tail(tail).dilation(2).pad((3, 4))));
        cases.push(Case::new(&[5001], unfold(0, 40, 7).tail(tail).pad(30).pad_mode(PadMode::Reflect)));
        cases.push(Case::new(&[5003], unfold(0, 9, 4).tail(tail).base_dilation(3).pad((-2, 5))));
        cases.push(Case::new(&[41, 63, 3], unfold([0, 1], [16, 12], [7, 9]).tail(tail).grid_first()));
        cases.push(Case::new(&[50, 110], unfold([1, 0], 3, 1).same().tail(tail).pad_mode(PadMode::Symmetric)));
    }
    cases.push(Case::new(&[2, 3, 30, 50], unfold([2, 3], 3, 1).pad(1)));
    cases.push(Case::new(&[9000], unfold(0, 3, 9000)));
    cases.push(Case::new(&[12000], unfold(0, 4, 2).pad_mode(PadMode::Wrap).pad(20000)));
    cases.push(Case::new(&[3, 9000], unfold(0, 2, 1)));
    // Grids last, as in im2col: rows of neighbouring taps lie side by side.
    for window in [2, 3, 5, 9, 12] {
        let columns = Case::new(&[2, 30, 50], unfold([1, 2], [3, window], 1).pad(2));
        let plan = columns.plan.permute(&[0, 3, 4, 1, 2]).unwrap();
        cases.push(Case { plan, ..columns });
    }
    for pad in [0, 3, 60] {
        let columns = Case::new(&[3, 30], unfold(-1, 31.min(3 + pad), 1).pad(pad));
        let plan = columns.plan.permute(&[0, 2, 1]).unwrap();
        cases.push(Case { plan, ..columns });
    }
    cases
}

#[test]
fn folds_of_many_units() {
    for case in large() {
        let patches = noise(case.plan.shape().iter().product(), 5);
        let view = View::new(&patches, case.plan.shape()).unwrap();
        assert_eq!(case.plan.fold(&view).unwrap().as_slice(), case.fold_naively(&patches), "{:?}", case.request);
        let bytes: Vec<u8> = patches.iter().map(|v| (v & 255) as u8).collect();
        let narrow = View::new(&bytes, case.plan.shape()).unwrap();
        let mut last = vec![0; case.len()];
        for c in case.cells() {
            last[c.element] = bytes[c.at];
        }
        let pasted = case.plan.fold_with(&narrow, Merge::last().uncovered(0)).unwrap();
        assert_eq!(pasted.as_slice(), last, "{:?}", case.request);
        let weights = case.plan.axes().iter().map(|a| Taper::Weights((0..a.window()).map(|j| j as f64).collect()));
        let merge = Merge::weighted_sum(weights.collect::<Vec<_>>());
        let mut sums = vec![0.0; case.len()];
        for c in case.cells() {
            sums[c.element] += c.taps.iter().map(|&j| j as f64).product::<f64>() * patches[c.at] as f64;
        }
        let floats: Vec<f64> = patches.iter().map(|&v| v as f64).collect();
        let view = View::new(&floats, case.plan.shape()).unwrap();
        assert_eq!(case.plan.fold_with(&view, merge).unwrap().as_slice(), sums, "{:?}", case.request);
    }
}

/// The plan with its grids last, as in im2col.
fn columns(shape: &[usize], request: Unfold) -> Case {
    let case = Case::new(shape, request);
    let mut order: Vec<isize> = (0..case.plan.order().len() as isize).collect();
    order.sort_by_key(|&o| matches!(case.plan.order()[o as usize], OutAxis::Grid(_)));
    Case { plan: case.plan.permute(&order).unwrap(), ..case }
}

/// Rows long enough to be summed whole, in boxes that the taps reach alike; cut into units or not.
#[test]
fn rows_of_columns_are_summed_in_the_order_of_the_windows() {
    let two = || unfold([1, 2], 3, 1);
    for case in [
        columns(&[3, 20, 40], two().pad(1)),
        columns(&[3, 20, 40], two()),
        columns(&[3, 20, 40], two().pad([(2, 0), (0, 4)])),
        columns(&[2, 19, 33], two().dilation([1, 3]).pad(3)),
        columns(&[2, 19, 33], two().dilation([2, 1]).tail(Tail::Partial)),
        columns(&[2, 19, 40], unfold([1, 2], 3, [2, 1]).pad(1)),
        columns(&[2, 19, 40], unfold([1, 2], [3, 2], [1, 2]).pad(1)),
        columns(&[2, 20, 40], two().pad([(-2, 1), (1, -3)])),
        columns(&[2, 20, 40], two().pad(2).pad_mode([PadMode::Edge, PadMode::Empty])),
        columns(&[2, 20, 40], two().pad(2).pad_mode([PadMode::Empty, PadMode::Wrap])),
        columns(&[2, 6, 7, 36], unfold([1, 2, 3], 3, 1).pad(1)),
        columns(&[2, 6, 7, 36], unfold([3, 1], [2, 3], 1).pad(1)),
        columns(&[5, 60], unfold(1, 7, 1).pad(3)),
        columns(&[2, 30, 60], unfold([1, 2], 7, 1).pad(3)),
        columns(&[140, 480], unfold([0, 1], 3, 1).pad(1)),
        columns(&[70000], unfold(0, 3, 1).pad(1)),
    ] {
        let patches: Vec<f32> =
            noise(case.plan.shape().iter().product(), 11).iter().map(|&v| v as f32 * 0.37).collect();
        let (mut sums, mut last) = (vec![0.0f32; case.len()], vec![-1.0; case.len()]);
        let mut most = vec![f32::NEG_INFINITY; case.len()];
        for c in case.cells() {
            sums[c.element] += patches[c.at];
            last[c.element] = patches[c.at];
            most[c.element] = most[c.element].max(patches[c.at]);
        }
        let view = View::new(&patches, case.plan.shape()).unwrap();
        let same = |got: &[f32], want: &[f32], what: &str| {
            let wrong = got.iter().zip(want).position(|(a, b)| a.to_bits() != b.to_bits());
            assert_eq!(wrong, None, "{what} of {:?}", case.request);
        };
        // What the buffer held is lost.
        let mut out = vec![f32::NAN; case.len()];
        case.plan.fold_into(&view, &mut out).unwrap();
        if case.plan.axes().iter().all(|a| a.pad_mode() == PadMode::Empty) {
            same(&out, &sums, "sums");
        } else {
            assert!(out.iter().zip(&sums).all(|(a, b)| (a - b).abs() < 0.1), "{:?}", case.request);
        }
        same(
            case.plan.fold_with(&view, Merge::max().uncovered(-1.0)).unwrap().as_slice(),
            &{ most.iter().map(|&v| if v == f32::NEG_INFINITY { -1.0 } else { v }).collect::<Vec<_>>() },
            "maxima",
        );
        same(case.plan.fold_with(&view, Merge::last().uncovered(-1.0)).unwrap().as_slice(), &last, "last cells");
    }
}

/// Cells that a pad mode sends back to one element, in the order of the windows whatever the memory looks like.
#[test]
fn returned_cells_are_added_in_one_order() {
    let case =
        Case::new(&[1, 5], unfold([0, 1], [1, 2], 1).pad([(0, 2), (0, 0)]).pad_mode([PadMode::Edge, PadMode::Empty]));
    let patches: Vec<f32> = noise(case.plan.shape().iter().product(), 3).iter().map(|&v| v as f32 * 0.37).collect();
    let patches = Array::new(patches, case.plan.shape()).unwrap();
    let want = case.plan.fold(&patches).unwrap();
    for order in [[2, 3, 0, 1], [3, 2, 1, 0], [0, 3, 1, 2]] {
        let plan = case.plan.permute(&order).unwrap();
        assert_eq!(plan.fold(&patches.permute(&order).unwrap().to_array()).unwrap(), want, "{order:?}");
    }
}

#[test]
fn one_thread_or_many_give_the_same_bits() {
    let plan = unfold([1, 2], [5, 7], [2, 3]).pad(2).tail(Tail::Partial).plan([4, 200, 310]).unwrap();
    let patches: Vec<f32> = noise(plan.shape().iter().product(), 3).iter().map(|&v| v as f32 * 0.123).collect();
    let patches = View::new(&patches, plan.shape()).unwrap();
    let merge = || Merge::weighted([Taper::Hann, Taper::Gaussian(0.2)]).uncovered(0.0);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| (plan.fold(&patches).unwrap(), plan.fold_with(&patches, merge()).unwrap()))
    };
    let one = on(1);
    assert_eq!(one, on(2));
    assert_eq!(one, on(5));
}

#[test]
fn nothing_to_fold() {
    // No elements, no windows, no axes.
    let plan = unfold(1, 2, 1).plan([0, 4]).unwrap();
    assert!(plan.fold_with(&Array::<f32>::from_elem(1.0, plan.shape()).unwrap(), Merge::mean()).unwrap().is_empty());
    let plan = unfold(0, 2, 1).tail(Tail::Partial).plan([0]).unwrap();
    assert!(plan.fold(&Array::<u8>::from_elem(1, plan.shape()).unwrap()).unwrap().is_empty());
    let plan = unfold(.., 1, 1).plan([0usize; 0]).unwrap();
    let one = Array::new(vec![5], [0usize; 0]).unwrap();
    assert_eq!(plan.fold(&one).unwrap().as_slice(), [5]);
    assert_eq!(plan.fold_with(&one, Merge::weighted(Taper::Hann)).unwrap().as_slice(), [5]);
    assert_eq!(plan.fold_with(&one, Merge::max()).unwrap().as_slice(), [5]);
}

#[test]
fn sums_of_integers_never_wrap() {
    let plan = unfold(0, 2, 1).plan([3]).unwrap();
    let bytes = Array::new(vec![200u8, 100, 156, 7], [2, 2]).unwrap();
    let error = plan.fold(&bytes).unwrap_err();
    assert_eq!(error.to_string(), "the sum at [1] does not fit u8: use fold_wide");
    let fold = plan.prepare_fold(Merge::<u8>::sum()).unwrap();
    assert_eq!(fold.fold_wide(&bytes).unwrap().as_slice(), [200i64, 256, 7]);
    assert_eq!(plan.fold_with(&bytes, Merge::mean()).unwrap().as_slice(), [200, 128, 7]);
    let large = Array::from_elem(u64::MAX, [2, 2]).unwrap();
    assert!(plan.fold(&large).is_err());
    let fold = plan.prepare_fold(Merge::<u64>::sum()).unwrap();
    assert_eq!(fold.fold_wide(&large).unwrap().as_slice()[1], 2 * u64::MAX as i128);
    // A broadcast view repeats one number more often than its sum could hold.
    let plan = unfold(0, 1, 1).pad((0usize, (1 << 40) - 1)).pad_mode(PadMode::Edge).plan([1]).unwrap();
    let many = Array::new(vec![u32::MAX], [1, 1]).unwrap();
    let many = many.view().broadcast(0, 1usize << 40).unwrap();
    assert!(matches!(plan.fold(&many), Err(Error::TooLarge { .. })));
}

#[test]
fn wide_sums_are_rounded_once() {
    let plan = unfold(0, 1, 1).pad((0, 2)).pad_mode(PadMode::Edge).plan([1]).unwrap();
    let patches = Array::new(vec![1.0f32, 3e-8, 3e-8], [3, 1]).unwrap();
    assert_eq!(plan.fold(&patches).unwrap().as_slice(), [1.0]);
    assert_eq!(plan.fold_with(&patches, Merge::sum().wide()).unwrap().as_slice(), [1.0000001]);
}

#[test]
fn nan_stays_in_max_and_min() {
    let plan = unfold(0, 2, 1).plan([3]).unwrap();
    let patches = Array::new(vec![1.0, f64::NAN, 5.0, 2.0], [2, 2]).unwrap();
    for merge in [Merge::max(), Merge::min()] {
        let folded = plan.fold_with(&patches, merge).unwrap();
        assert!(folded[[1]].is_nan() && folded[[0]] == 1.0 && folded[[2]] == 2.0);
    }
}

#[test]
fn what_cannot_be_folded_says_why() {
    let plan = unfold([0, 1], 2, 2).plan([5, 6]).unwrap();
    let wrong = Array::from_elem(1.0f32, [2, 3, 2, 3]).unwrap();
    let right = Array::from_elem(1.0f32, [2, 3, 2, 2]).unwrap();
    let text = |e: Result<Array<f32>, Error>| e.unwrap_err().to_string();
    assert_eq!(text(plan.fold(&wrong)), "the array of patches has shape [2, 3, 2, 3], but [2, 3, 2, 2] was planned");
    assert_eq!(
        plan.fold_into(&right, &mut [0.0; 29]).unwrap_err().to_string(),
        "the result of shape [5, 6] holds 30 elements, but the buffer has 29: make it that long"
    );
    assert_eq!(
        text(plan.fold_with(&right, Merge::mean())),
        "no window covers index [4, 0], so the merge by mean has nothing there: give Merge::uncovered, or windows that reach it"
    );
    assert_eq!(plan.fold_with(&right, Merge::mean().uncovered(9.0)).unwrap()[[4, 3]], 9.0);
    assert_eq!(
        text(plan.fold_with(&right, Merge::last())),
        "no window covers index [4, 0], so the merge by last has nothing there: give Merge::uncovered, or windows that reach it"
    );
    let plan = unfold([0, 1], 2, 2).plan([4, 6]).unwrap();
    let own = |w: &[f64]| Taper::Weights(w.to_vec());
    assert_eq!(
        text(plan.fold_with(&right, Merge::weighted([Taper::Flat, own(&[1.0, 0.0])]))),
        "the weights that meet at index [0, 1] sum to 0.0: give a taper without zeros, or Merge::uncovered"
    );
    assert_eq!(
        text(plan.fold_with(&right, Merge::weighted([own(&[0.0, 1.0]), own(&[1.0, 0.0])]))),
        "the weights that meet at index [0, 0] sum to 0.0: give a taper without zeros, or Merge::uncovered"
    );
    assert_eq!(
        text(plan.fold_with(&right, Merge::weighted([own(&[1e-200, 1.0]), own(&[1e-200, 1.0])]))),
        "the weights that meet at index [0, 0] sum to 0.0: give a taper without zeros, or Merge::uncovered"
    );
    // Weights are kept in more than the cells are.
    let tiny = plan.fold_with(&right, Merge::weighted([own(&[1e-60, 1.0]), own(&[1.0, 1.0])])).unwrap();
    assert!(tiny.iter().all(|&v| v == 1.0));
    assert_eq!(
        text(plan.fold_with(&right, Merge::weighted_sum(own(&[1.0, 2.0, 3.0])))),
        "a taper of 3 weights for the window of 2 on axis 0: give one for each cell"
    );
    assert_eq!(
        text(plan.fold_with(&right, Merge::weighted(own(&[1.0, f64::NAN])))),
        "weight 1 of the taper on axis 0 is not finite: every weight must be a number"
    );
    assert_eq!(
        text(plan.fold_with(&right, Merge::weighted(vec![Taper::Hann; 3]))),
        "3 numbers for taper, but 2 axes are unfolded: give one number for all, or one per axis"
    );
}
