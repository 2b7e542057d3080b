//! Convolution of windows against a plain sum in f64, with an error bound from the arithmetic.

use ndwindow::{Array, Error, PadMode, Tail, Unfold, View, unfold};
use proptest::prelude::*;

/// Small numbers from a counter, exact in f32.
fn numbers(n: usize, seed: u64) -> Vec<f32> {
    let mut s = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..n)
        .map(|_| {
            s ^= s << 13;
            s ^= s >> 7;
            s ^= s << 17;
            ((s >> 40) as f32) / (1u64 << 23) as f32 - 1.0
        })
        .collect()
}

/// The windows of a request copied, times the weights, summed in f64: value and sum of magnitudes for every result.
fn oracle(
    request: &Unfold,
    x: &View<'_, f32>,
    weights: &Array<f32>,
    fill: Option<f32>,
) -> (Vec<usize>, Vec<(f64, f64)>) {
    let windows = request.windows(x).unwrap();
    let plan = windows.plan().clone();
    let copy = match fill {
        Some(v) => windows.fill(v).to_array(),
        None => windows.to_array(),
    };
    let rank = x.rank();
    let unfolded: Vec<usize> = plan.axes().iter().map(|a| a.axis()).collect();
    let channel = (0..rank).rev().find(|a| !unfolded.contains(a));
    let filter = weights.rank() == unfolded.len();
    let mut shape: Vec<usize> = plan.reduced_shape().to_vec();
    let (outputs, each) = if filter { (1, 1) } else { (weights.shape()[0], weights.shape()[1]) };
    let channels = channel.filter(|_| !filter).map_or(1, |c| x.shape()[c]);
    if !filter {
        shape[channel.unwrap()] = outputs;
    }
    let per_group = outputs / (channels / each);
    let taps: usize = plan.window_len();
    let mut results = Vec::new();
    let total: usize = shape.iter().product();
    let mut index = vec![0; rank];
    for _ in 0..total {
        let (mut sum, mut size) = (0.0f64, 0.0f64);
        for c in 0..each {
            for t in 0..taps {
                let mut at = index.clone();
                let mut o = 0;
                if !filter {
                    o = index[channel.unwrap()];
                    at[channel.unwrap()] = o / per_group * each + c;
                }
                let mut window = vec![0; unfolded.len()];
                let mut rest = t;
                for k in (0..unfolded.len()).rev() {
                    window[k] = rest % plan.axes()[k].window();
                    rest /= plan.axes()[k].window();
                }
                at.extend(&window);
                let w = if filter { weights[&window[..]] } else { weights[&[&[o, c], &window[..]].concat()[..]] };
                let product = copy[&at[..]] as f64 * w as f64;
                sum += product;
                size += product.abs();
            }
        }
        results.push((sum, size));
        for a in (0..rank).rev() {
            index[a] += 1;
            if index[a] < shape[a] {
                break;
            }
            index[a] = 0;
        }
    }
    (shape, results)
}

/// Every result within n roundings of half an ulp of the magnitudes summed.
fn close(got: &Array<f32>, want: &(Vec<usize>, Vec<(f64, f64)>), terms: usize) {
    assert_eq!(got.shape(), &want.0[..]);
    for (i, (&g, &(w, size))) in got.iter().zip(&want.1).enumerate() {
        let bound = (terms as f64 + 2.0) * f32::EPSILON as f64 * size;
        assert!((g as f64 - w).abs() <= bound, "result {i}: {g} but {w} within {bound}");
    }
}

#[test]
fn a_filter_by_hand() {
    let x = [1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
    let y = unfold([0, 1], 2, 1).windows(View::new(&x, [3, 3]).unwrap()).unwrap();
    let w = Array::new(vec![1.0, 10.0, 100.0, 1000.0], [2, 2]).unwrap();
    assert_eq!(y.conv(&w).unwrap().as_slice(), [5421.0, 6532.0, 8754.0, 9865.0]);
}

#[test]
fn sixty_four_bit_integers_are_exact() {
    // Seven outputs from three channels over nineteen windows: whole registers and what is left over.
    let x = Array::new((0..3 * 20).map(|i: i64| (i - 31) << 40 | i).collect(), [3, 20]).unwrap();
    let w = Array::new((0..7 * 3 * 2).map(|i: i64| 17 - i).collect(), [7, 3, 2]).unwrap();
    let y = unfold(-1, 2, 1).windows(&x).unwrap().conv(&w).unwrap();
    assert_eq!(y.shape(), [7, 19]);
    for (o, t) in (0..7).flat_map(|o| (0..19).map(move |t| (o, t))) {
        let taps = (0..3).flat_map(|c| (0..2).map(move |k| (c, k)));
        assert_eq!(y[[o, t]], taps.map(|(c, k)| x[[c, t + k]] * w[[o, c, k]]).sum::<i64>(), "output {o}, window {t}");
    }
}

#[test]
fn channels_last_and_first_agree() {
    let x = numbers(2 * 5 * 7 * 3, 1);
    let last = View::new(&x, [2, 5, 7, 3]).unwrap();
    let first = last.permute(&[0, 3, 1, 2]).unwrap();
    let w = Array::new(numbers(20 * 3 * 9, 2), [20, 3, 3, 3]).unwrap();
    let a = unfold([1, 2], 3, 1).pad(1).windows(&last).unwrap().conv(&w).unwrap();
    let b = unfold([2, 3], 3, 1).pad(1).windows(&first).unwrap().conv(&w).unwrap();
    assert_eq!(a.shape(), [2, 5, 7, 20]);
    assert_eq!(b.shape(), [2, 20, 5, 7]);
    assert_eq!(a, b.permute(&[0, 2, 3, 1]).unwrap());
}

#[test]
fn large_sums_are_split_and_still_right() {
    // Strips of one part would not fit the cache, and the weights are packed in several passes.
    let x = numbers(700 * 16 * 24, 3);
    let x = View::new(&x, [1, 700, 16, 24]).unwrap();
    let w = Array::new(numbers(70 * 700 * 9, 4), [70, 700, 3, 3]).unwrap();
    let request = unfold([2, 3], 3, 8).pad(1);
    close(&request.windows(&x).unwrap().conv(&w).unwrap(), &oracle(&request, &x, &w, None), 6300);
    let x = numbers(300_000, 5);
    let w = Array::new(numbers(2 * 200_001, 6), [2, 1, 200_001]).unwrap();
    let x = View::new(&x, [1, 300_000]).unwrap();
    let request = unfold(1, 200_001, 9_999);
    close(&request.windows(&x).unwrap().conv(&w).unwrap(), &oracle(&request, &x, &w, None), 200_001);
}

#[test]
fn thread_counts_do_not_change_bits() {
    let x = numbers(2 * 24 * 61 * 67, 7);
    let x = View::new(&x, [2, 24, 61, 67]).unwrap();
    for groups in [1, 2, 24] {
        let w = Array::new(numbers(48 * 24 / groups * 9, 8), [48, 24 / groups, 3, 3]).unwrap();
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| unfold([2, 3], 3, 1).pad(1).windows(&x).unwrap().conv(&w).unwrap())
        };
        let one = run(1);
        assert!(one == run(2) && one == run(3), "{groups} groups");
    }
}

#[test]
fn a_prepared_convolution_is_the_same() {
    let x = numbers(2 * 6 * 19 * 23, 9);
    let x = View::new(&x, [2, 6, 19, 23]).unwrap();
    let w = Array::new(numbers(10 * 3 * 15, 10), [10, 3, 5, 3]).unwrap();
    let request = unfold([2, 3], [5, 3], [2, 1]).pad([(2, 1), (0, 3)]);
    let once = request.windows(&x).unwrap().conv(&w).unwrap();
    let prepared = request.plan(x.shape()).unwrap().conv(&w).unwrap();
    assert_eq!(prepared.run(&x).unwrap(), once);
    let bias: Vec<f32> = (0..10).map(|o| o as f32).collect();
    let biased = prepared.bias(&bias).unwrap().run(&x).unwrap();
    let plane = once.shape()[2] * once.shape()[3];
    for (i, (b, o)) in biased.iter().zip(&once).enumerate() {
        assert_eq!(*b, o + bias[i / plane % 10]);
    }
}

#[test]
fn wrong_weights_are_named() {
    let x = [0.0f32; 2 * 4 * 5];
    let x = View::new(&x, [2, 4, 5]).unwrap();
    let windows = unfold(2, 3, 1).windows(&x).unwrap();
    let conv = |shape: &[usize]| {
        let n = shape.iter().product();
        windows.conv(&Array::new(vec![0.0; n], shape).unwrap()).unwrap_err()
    };
    assert_eq!(
        conv(&[8, 3, 3]).to_string(),
        "weights of shape [8, 3, 3] do not fit 4 channels in 1 groups under windows of [3]: they must be [outputs, 4, 3]"
    );
    assert_eq!(conv(&[3, 2, 3]).to_string(), "3 outputs do not divide by 2 groups: use a divisor of 3");
    assert!(matches!(conv(&[8, 4, 2]), Error::WeightsShape { .. }));
    let mut short = [0.0; 5];
    let w = Array::new(vec![0.0; 3], [3]).unwrap();
    assert!(matches!(windows.conv_into(&w, &mut short), Err(Error::BufferLength { .. })));
}

#[derive(Debug, Clone)]
struct Case {
    spatial: Vec<usize>,
    window: Vec<usize>,
    step: Vec<usize>,
    dilation: Vec<usize>,
    base: Vec<usize>,
    pads: Vec<(isize, isize)>,
    mode: PadMode,
    tail: Tail,
    batch: usize,
    groups: usize,
    each: usize,
    per_group: usize,
    layout: usize,
    fill: Option<f32>,
    filter: bool,
}

fn cases() -> impl Strategy<Value = Case> {
    let modes = prop_oneof![
        4 => Just(PadMode::Empty), 1 => Just(PadMode::Edge), 1 => Just(PadMode::Reflect), 1 => Just(PadMode::Wrap)
    ];
    let tails = prop_oneof![
        3 => Just(Tail::Drop), 1 => Just(Tail::Partial), 1 => Just(Tail::ShiftBack), 1 => Just(Tail::Spread)
    ];
    (1usize..=3).prop_flat_map(move |rank| {
        let n = |range: std::ops::Range<usize>| prop::collection::vec(range, rank);
        let longest = [40, 12, 7][rank - 1];
        (
            (n(1..longest), n(1..5), n(1..5), n(1..4), n(1..4), prop::collection::vec((-1isize..4, -1isize..4), rank)),
            (
                modes.clone(),
                tails.clone(),
                0usize..3,
                1usize..4,
                1usize..5,
                prop_oneof![1usize..6, 14usize..40],
                0usize..6,
            ),
            (prop_oneof![3 => Just(None), 1 => Just(Some(0.5f32))], prop::bool::weighted(0.15)),
        )
            .prop_map(
                |(
                    (spatial, window, step, dilation, base, pads),
                    (mode, tail, batch, groups, each, per_group, layout),
                    (fill, filter),
                )| Case {
                    spatial,
                    window,
                    step,
                    dilation,
                    base,
                    pads,
                    mode,
                    tail,
                    batch,
                    groups,
                    each,
                    per_group,
                    layout,
                    fill,
                    filter,
                },
            )
    })
}

fn check(case: &Case) {
    let rank = case.spatial.len();
    let channels = case.groups * case.each;
    let mut shape = vec![case.batch, channels];
    shape.extend(&case.spatial);
    // Layouts: row-major, channels last, spatial reversed, channels broadcast, every second element, windows in another order.
    let n: usize = shape.iter().product();
    let data = numbers(2 * n + 64, 11);
    let last = shape.len() as isize - 1;
    let row_major = View::new(&data[..n], &shape[..]).unwrap();
    let x = match case.layout {
        1 => {
            let mut moved = vec![case.batch];
            moved.extend(&case.spatial);
            moved.push(channels);
            let order: Vec<isize> = [0, last].into_iter().chain(1..last).collect();
            View::new(&data[..n], &moved[..]).unwrap().permute(&order).unwrap()
        }
        2 if n > 0 => {
            let len = *shape.last().unwrap();
            row_major.slice(-1, len - 1, -1, len).unwrap()
        }
        3 if n > 0 => {
            let mut one = shape.clone();
            one[1] = 1;
            let n: usize = one.iter().product();
            View::new(&data[..n], &one[..]).unwrap().broadcast(1, channels).unwrap()
        }
        4 => {
            let mut twice = shape.clone();
            *twice.last_mut().unwrap() *= 2;
            View::new(&data[..2 * n], &twice[..]).unwrap().slice(-1, 0, 2, *shape.last().unwrap()).unwrap()
        }
        _ => row_major,
    };
    let axes: Vec<isize> = match case.layout {
        5 => (2..2 + rank as isize).rev().collect(),
        _ => (2..2 + rank as isize).collect(),
    };
    let request = unfold(&axes[..], &case.window[..], &case.step[..])
        .dilation(&case.dilation[..])
        .base_dilation(&case.base[..])
        .pad(&case.pads[..])
        .pad_mode(case.mode)
        .tail(case.tail);
    let Ok(windows) = request.windows(&x) else { return };
    let taps: usize = case.window.iter().product();
    let outputs = case.groups * case.per_group;
    let w_shape = match case.filter {
        true => case.window.clone(),
        false => [&[outputs, case.each], &case.window[..]].concat(),
    };
    let w = Array::new(numbers(w_shape.iter().product(), 12), &w_shape[..]).unwrap();
    let want = oracle(&request, &x, &w, case.fill);
    let windows = match case.fill {
        Some(v) => windows.fill(v),
        None => windows,
    };
    close(&windows.conv(&w).unwrap(), &want, if case.filter { taps } else { taps * case.each });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]
    #[test]
    fn agrees_with_the_plain_sum(case in cases()) {
        check(&case);
    }
}
