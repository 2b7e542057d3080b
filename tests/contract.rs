//! Convolution of windows against the oracle's sum in f64, with an error bound from the arithmetic.

mod oracle;

use ndwindow::{Array, Error, Unfold, View, unfold};
use oracle::library::{self, MODES, TAILS};
use oracle::memory::{Account, Twist, twist};
use oracle::{Ask, Layout, Mode, Pads, Stand, Tail, flat, indices};
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

/// A convolution in the oracle's words: what is asked along which axes, of elements in row-major order.
struct Asked {
    axes: Vec<isize>,
    asks: Vec<Ask>,
    shape: Vec<usize>,
    elements: Vec<f32>,
}

impl Asked {
    /// Of a row-major array; `asks[k]` belongs to axis `axes[k]`.
    fn new(shape: &[usize], elements: &[f32], axes: &[isize], asks: &[Ask]) -> Self {
        Asked { axes: axes.to_vec(), asks: asks.to_vec(), shape: shape.to_vec(), elements: elements.to_vec() }
    }

    fn request(&self) -> Unfold {
        library::request(&self.axes, &self.asks, false)
    }

    fn layout(&self) -> Option<Layout> {
        let lines = self.asks.iter().map(Ask::lay).collect::<Result<_, _>>().ok()?;
        let axes = self.axes.iter().map(|&a| a as usize).collect();
        Some(Layout { shape: self.shape.clone(), axes, lines })
    }

    /// Every result, cell by cell: its value, and the sum of the magnitudes.
    fn sums(&self, weights: &Array<f32>, fill: f32) -> (Vec<usize>, Vec<(f64, f64)>) {
        let layout = self.layout().unwrap();
        let unfolded = |a: &usize| layout.axes.contains(a);
        let (form, weights) = (weights.shape(), weights.as_slice());
        let filter = form.len() == layout.axes.len();
        let channel = (0..self.shape.len()).rev().find(|a| !unfolded(a)).filter(|_| !filter);
        // Channels of a group, outputs of a group.
        let each = if filter { 1 } else { form[1] };
        let outputs = channel.map_or(1, |c| form[0] / (self.shape[c] / each));
        let mut shape = self.shape.clone();
        layout.axes.iter().zip(&layout.lines).for_each(|(&a, line)| shape[a] = line.count());
        if let Some(c) = channel {
            shape[c] = form[0];
        }
        let window: Vec<usize> = layout.lines.iter().map(|line| line.window()).collect();
        let taps = indices(&window);
        let results = indices(&shape).into_iter().map(|index| {
            let o = channel.map_or(0, |c| index[c]);
            let (mut sum, mut size) = (0.0f64, 0.0f64);
            for c in 0..each {
                let mut at = index.clone();
                if let Some(axis) = channel {
                    at[axis] = o / outputs * each + c;
                }
                for (t, tap) in taps.iter().enumerate() {
                    let mut empty = false;
                    for ((&a, line), &j) in layout.axes.iter().zip(&layout.lines).zip(tap) {
                        match line.cell(index[a], j) {
                            Stand::Element(e) => at[a] = e,
                            _ => empty = true,
                        }
                    }
                    let x = if empty { fill } else { self.elements[flat(&at, &self.shape)] };
                    let product = f64::from(x) * f64::from(weights[(o * each + c) * taps.len() + t]);
                    sum += product;
                    size += product.abs();
                }
            }
            (sum, size)
        });
        let results = results.collect();
        (shape, results)
    }
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
    let w = Array::new(numbers(70 * 700 * 9, 4), [70, 700, 3, 3]).unwrap();
    let ask = |n| Ask { pads: Pads::Numbers(1, 1), ..Ask::new(n, 3, 8) };
    let asked = Asked::new(&[1, 700, 16, 24], &x, &[2, 3], &[ask(16), ask(24)]);
    let x = View::new(&x, [1, 700, 16, 24]).unwrap();
    close(&asked.request().windows(&x).unwrap().conv(&w).unwrap(), &asked.sums(&w, 0.0), 6300);
    let x = numbers(300_000, 5);
    let w = Array::new(numbers(2 * 200_001, 6), [2, 1, 200_001]).unwrap();
    let asked = Asked::new(&[1, 300_000], &x, &[1], &[Ask::new(300_000, 200_001, 9_999)]);
    let x = View::new(&x, [1, 300_000]).unwrap();
    close(&asked.request().windows(&x).unwrap().conv(&w).unwrap(), &asked.sums(&w, 0.0), 200_001);
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
    let prepared = request.plan(x.shape()).unwrap().prepare_conv(&w).unwrap();
    assert_eq!(prepared.conv(&x).unwrap(), once);
    let bias: Vec<f32> = (0..10).map(|o| o as f32).collect();
    let biased = prepared.bias(&bias).unwrap().conv(&x).unwrap();
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
    mode: Mode,
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
    let modes = prop_oneof![1 => Just(Mode::Empty), 1 => prop::sample::select(MODES.map(|m| m.1).to_vec())];
    let tails = prop_oneof![1 => Just(Tail::Drop), 1 => prop::sample::select(TAILS.map(|t| t.1).to_vec())];
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

/// A view of a shape in one of some layouts, and the account of its elements. Layouts: row-major, channels last in memory,
/// last axis reversed, channels broadcast, every second element.
fn lay<'a>(data: &'a [f32], shape: &[usize], layout: usize) -> (View<'a, f32>, Account) {
    let last = shape.len() - 1;
    let (mut memory, mut twists) = (shape.to_vec(), Vec::new());
    match layout {
        1 => {
            memory = [&shape[..1], &shape[2..], &shape[1..2]].concat();
            twists.extend((1..last).rev().map(|a| Twist::Swap(a, a + 1)));
        }
        2 => twists.push(Twist::Reverse(last)),
        3 => {
            memory[1] = 1;
            twists.push(Twist::Repeat(1, shape[1]));
        }
        4 => {
            memory[last] *= 2;
            twists.push(Twist::Thin(last));
        }
        _ => {}
    }
    let view = View::new(&data[..memory.iter().product()], &memory[..]).unwrap();
    let (view, account) = twists.iter().fold((view, Account::new(&memory)), |(v, a), &t| twist(v, a, t));
    assert_eq!(account.shape, shape);
    (view, account)
}

fn check(case: &Case) {
    let rank = case.spatial.len();
    let channels = case.groups * case.each;
    let shape = [&[case.batch, channels], &case.spatial[..]].concat();
    let data = numbers(2 * shape.iter().product::<usize>() + 64, 11);
    let (x, account) = lay(&data, &shape, case.layout);
    let mut asked = Asked {
        axes: (2..2 + rank as isize).collect(),
        asks: (0..rank).map(|k| case.ask(k)).collect(),
        elements: account.elements(&data),
        shape,
    };
    if case.layout == 5 {
        // Windows in another order than the axes.
        asked.axes.reverse();
        asked.asks.reverse();
    }
    let request = asked.request();
    let windows = match (request.windows(&x), asked.layout()) {
        (Ok(windows), Some(_)) => windows,
        (Err(_), None) => return,
        (ours, oracle) => panic!("{:?}, but the oracle {:?}", ours.map(|w| w.plan().to_string()), oracle.is_some()),
    };
    let window: Vec<usize> = asked.asks.iter().map(|a| a.window as usize).collect();
    let taps: usize = window.iter().product();
    let outputs = case.groups * case.per_group;
    let w_shape = match case.filter {
        true => window,
        false => [&[outputs, case.each], &window[..]].concat(),
    };
    let w = Array::new(numbers(w_shape.iter().product(), 12), &w_shape[..]).unwrap();
    let want = asked.sums(&w, case.fill.unwrap_or(0.0));
    let windows = match case.fill {
        Some(v) => windows.fill(v),
        None => windows,
    };
    close(&windows.conv(&w).unwrap(), &want, if case.filter { taps } else { taps * case.each });
}

impl Case {
    fn ask(&self, k: usize) -> Ask {
        let (before, after) = self.pads[k];
        Ask {
            dilation: self.dilation[k] as i128,
            base: self.base[k] as i128,
            pads: Pads::Numbers(before as i128, after as i128),
            mode: self.mode,
            tail: self.tail,
            ..Ask::new(self.spatial[k], self.window[k] as i128, self.step[k] as i128)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]
    #[test]
    fn agrees_with_the_plain_sum(case in cases()) {
        check(&case);
    }
}
