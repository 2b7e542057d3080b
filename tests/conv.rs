//! The convolutions of the `nn` front: definitions written out, gradients as exact adjoints, integers, and bad input.

use ndwindow::nn::{Conv, ConvTranspose, Quantization};
use ndwindow::{Array, Error, PadMode, View, unfold};
use proptest::prelude::*;

/// Small whole numbers from a counter.
fn whole(n: usize, seed: u64) -> Vec<i64> {
    let mut s = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..n)
        .map(|_| {
            s ^= s << 13;
            s ^= s >> 7;
            s ^= s << 17;
            (s >> 40) as i64 % 19 - 9
        })
        .collect()
}

fn array(shape: &[usize], seed: u64) -> Array<i64> {
    Array::new(whole(shape.iter().product(), seed), shape).unwrap()
}

fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for &n in shape {
        all = all.into_iter().flat_map(|i: Vec<usize>| (0..n).map(move |k| [&i[..], &[k]].concat())).collect();
    }
    all
}

fn dot(a: &Array<i64>, b: &Array<i64>) -> i64 {
    assert_eq!(a.shape(), b.shape());
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[derive(Debug, Clone)]
struct Case {
    batch: Option<usize>,
    spatial: Vec<usize>,
    window: Vec<usize>,
    step: Vec<usize>,
    dilation: Vec<usize>,
    base: Vec<usize>,
    pads: Vec<(isize, isize)>,
    modes: Vec<PadMode>,
    groups: usize,
    channels: usize,
    outputs: usize,
}

fn modes() -> impl Strategy<Value = PadMode> {
    use PadMode::*;
    prop_oneof![4 => Just(Empty), 1 => prop::sample::select(vec![Edge, Reflect, Symmetric, Wrap])]
}

/// Where a position outside of `0..n` is read, one step at a time.
fn source(mut p: isize, n: isize, mode: PadMode) -> Option<isize> {
    while !(0..n).contains(&p) {
        p = match mode {
            PadMode::Edge => p.clamp(0, n - 1),
            PadMode::Wrap if p < 0 => p + n,
            PadMode::Wrap => p - n,
            PadMode::Symmetric if p < 0 => -1 - p,
            PadMode::Symmetric => 2 * n - 1 - p,
            PadMode::Reflect if n == 1 => 0,
            PadMode::Reflect if p < 0 => -p,
            PadMode::Reflect => 2 * n - 2 - p,
            _ => return None,
        };
    }
    Some(p)
}

fn cases() -> impl Strategy<Value = Case> {
    (1usize..=3).prop_flat_map(|rank| {
        let n = |range: std::ops::Range<usize>| prop::collection::vec(range, rank);
        let longest = [30, 9, 6][rank - 1];
        (
            (n(1..longest), n(1..4), n(1..4), n(1..4), n(1..4)),
            (prop::collection::vec((-1isize..4, -1isize..4), rank), prop::collection::vec(modes(), rank)),
            (prop::option::of(0usize..3), 1usize..4, 1usize..4, prop_oneof![1usize..4, 15usize..20]),
        )
            .prop_map(
                |((spatial, window, step, dilation, base), (pads, modes), (batch, groups, channels, outputs))| Case {
                    batch,
                    spatial,
                    window,
                    step,
                    dilation,
                    base,
                    pads,
                    modes,
                    groups,
                    channels: groups * channels,
                    outputs: groups * outputs,
                },
            )
    })
}

impl Case {
    fn conv(&self) -> Conv {
        Conv::new()
            .groups(self.groups)
            .step(&self.step[..])
            .dilation(&self.dilation[..])
            .base_dilation(&self.base[..])
            .pad(&self.pads[..])
            .pad_mode(&self.modes[..])
    }

    fn shape(&self, channels: usize) -> Vec<usize> {
        let mut shape: Vec<usize> = self.batch.into_iter().collect();
        shape.push(channels);
        shape.extend(&self.spatial);
        shape
    }

    fn weights(&self) -> Vec<usize> {
        [&[self.outputs, self.channels / self.groups], &self.window[..]].concat()
    }
}

/// The sum of the definition, position by position on the dilated and padded line.
fn plain(case: &Case, x: &Array<i64>, w: &Array<i64>, shape: &[usize]) -> Array<i64> {
    let lead = case.batch.is_some() as usize;
    let (each, per) = (case.channels / case.groups, case.outputs / case.groups);
    let sums = indices(shape).into_iter().map(|at| {
        let o = at[lead];
        let mut sum = 0;
        for c in 0..each {
            'taps: for tap in indices(&case.window) {
                let mut from = at[..lead].to_vec();
                from.push(o / per * each + c);
                for k in 0..tap.len() {
                    let n = case.spatial[k] as isize;
                    let p = (at[lead + 1 + k] * case.step[k] + tap[k] * case.dilation[k]) as isize - case.pads[k].0;
                    let (low, high) =
                        ((-case.pads[k].0).max(0), (n - 1) * case.base[k] as isize + 1 + case.pads[k].1.min(0));
                    match source(p - low, high - low, case.modes[k]).map(|p| (p + low) as usize) {
                        Some(p) if p.is_multiple_of(case.base[k]) => from.push(p / case.base[k]),
                        _ => continue 'taps,
                    }
                }
                sum += x[&from[..]] * w[&[&[o, c], &tap[..]].concat()[..]];
            }
        }
        sum
    });
    Array::new(sums.collect(), shape).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn is_its_definition_and_its_gradients_are_adjoint(case in cases()) {
        let (x, w) = (array(&case.shape(case.channels), 1), array(&case.weights(), 2));
        let Ok(y) = case.conv().run(&x, &w, None) else { return Ok(()) };
        prop_assert_eq!(&y, &plain(&case, &x, &w, y.shape()));
        prop_assert_eq!(y.shape(), &case.conv().shape(x.shape(), w.shape()).unwrap()[..]);
        let dy = array(y.shape(), 3);
        let dx = case.conv().input_gradient(&dy, &w, x.shape()).unwrap();
        prop_assert_eq!(dot(&y, &dy), dot(&x, &dx));
        let dw = case.conv().weight_gradient(&x, &dy, w.shape()).unwrap();
        prop_assert_eq!(dot(&y, &dy), dot(&w, &dw));
    }

    #[test]
    fn transposed_scatters(case in cases(), extra in prop::collection::vec(0usize..3, 3)) {
        let rank = case.window.len();
        let extra: Vec<usize> = (0..rank).map(|k| extra[k].min(case.step[k].max(case.dilation[k]) - 1)).collect();
        let pads: Vec<(isize, isize)> = case.pads.iter().map(|&(a, b)| (a - 1, b - 1)).collect();
        let conv = ConvTranspose::new().groups(case.groups).step(&case.step[..]).dilation(&case.dilation[..])
            .pad(&pads[..]).output_padding(&extra[..]);
        let (each, per) = (case.channels / case.groups, case.outputs / case.groups);
        let x = array(&case.shape(case.channels), 4);
        let w = array(&[&[case.channels, per], &case.window[..]].concat(), 5);
        let bias = whole(case.outputs, 6);
        let Ok(y) = conv.run(&x, &w, Some(&bias)) else { return Ok(()) };
        prop_assert_eq!(y.shape(), &conv.shape(x.shape(), w.shape()).unwrap()[..]);
        let lead = case.batch.is_some() as usize;
        let mut want = Array::from_elem(0, y.shape()).unwrap();
        for at in indices(y.shape()) {
            want[&at[..]] = bias[at[lead]];
        }
        for from in indices(x.shape()) {
            let c = from[lead];
            for o in 0..per {
                'taps: for tap in indices(&case.window) {
                    let mut to = from[..lead].to_vec();
                    to.push(c / each * per + o);
                    for k in 0..rank {
                        let p = (from[lead + 1 + k] * case.step[k] + tap[k] * case.dilation[k]) as isize - pads[k].0;
                        if p < 0 || p >= y.shape()[lead + 1 + k] as isize {
                            continue 'taps;
                        }
                        to.push(p as usize);
                    }
                    want[&to[..]] += x[&from[..]] * w[&[&[c, o], &tap[..]].concat()[..]];
                }
            }
        }
        prop_assert_eq!(y, want);
    }

    #[test]
    fn eight_bit_sums_are_exact(case in cases(), zeros in (any::<u8>(), any::<i8>())) {
        let (x, w) = (array(&case.shape(case.channels), 7), array(&case.weights(), 8));
        let x8 = x.clone().map(|v| (v * 14 + 128) as u8);
        let w8 = w.clone().map(|v| (v * 14) as i8);
        let Ok(y) = case.conv().integer(&x8, &w8, zeros.0, &[zeros.1]) else { return Ok(()) };
        let (x, w) = (x8.map(|v| v as i64 - zeros.0 as i64), w8.map(|v| v as i64 - zeros.1 as i64));
        prop_assert_eq!(y.clone().map(i64::from), plain(&case, &x, &w, y.shape()));
    }
}

#[test]
fn gradients_are_finite_differences() {
    let conv = Conv::new().pad((1, 2)).step([1, 2]).groups(2);
    let mut x = array(&[2, 4, 5, 6], 1).map(|v| v as f64);
    let mut w = array(&[6, 2, 3, 2], 2).map(|v| v as f64);
    let dy = array(&conv.shape(x.shape(), w.shape()).unwrap(), 3).map(|v| v as f64);
    let loss = |x: &Array<f64>, w: &Array<f64>| -> f64 {
        conv.run(x, w, None).unwrap().iter().zip(&dy).map(|(y, d)| y * d).sum()
    };
    let dx = conv.input_gradient(&dy, &w, x.shape()).unwrap();
    let dw = conv.weight_gradient(&x, &dy, w.shape()).unwrap();
    let before = loss(&x, &w);
    for i in (0..x.len()).step_by(7) {
        x.as_mut_slice()[i] += 1.0;
        assert_eq!(loss(&x, &w) - before, dx.as_slice()[i]);
        x.as_mut_slice()[i] -= 1.0;
    }
    for i in 0..w.len() {
        w.as_mut_slice()[i] += 1.0;
        assert_eq!(loss(&x, &w) - before, dw.as_slice()[i]);
        w.as_mut_slice()[i] -= 1.0;
    }
}

#[test]
fn larger_gradients_are_adjoint_in_any_pool() {
    let conv = Conv::new().pad(1);
    let (x, w) = (array(&[3, 40, 33, 29], 1), array(&[70, 40, 3, 3], 2));
    let dy = array(&[3, 70, 33, 29], 3);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let y = conv.run(&x, &w, None).unwrap();
            let dx = conv.input_gradient(&dy, &w, x.shape()).unwrap();
            let dw = conv.weight_gradient(&x, &dy, w.shape()).unwrap();
            (dot(&y, &dy), dot(&x, &dx), dot(&w, &dw))
        })
    };
    let (y, x, w) = run(1);
    assert_eq!((x, w), (y, y));
    assert_eq!(run(3), (y, y, y));
}

#[test]
fn padding_of_every_kind_takes_bias_channels_last_and_prepared_weights() {
    let x = array(&[2, 4, 30, 37], 1);
    let (w, bias) = (array(&[20, 2, 3, 5], 2), whole(20, 3));
    for mode in [PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap] {
        let padded = unfold([2, 3], 1, 1).pad([(1, 2), (3, 1)]).pad_mode(mode).windows(&x).unwrap().to_array();
        let padded = Array::new(padded.into_vec(), [2, 4, 33, 41]).unwrap();
        let want = Conv::new().groups(2).step([1, 2]).run(&padded, &w, Some(&bias)).unwrap();
        let conv = Conv::new().groups(2).step([1, 2]).pad([(1, 2), (3, 1)]).pad_mode(mode);
        assert_eq!(conv.run(&x, &w, Some(&bias)).unwrap(), want);
        assert_eq!(conv.prepare(x.shape(), &w).unwrap().bias(&bias).unwrap().conv(&x).unwrap(), want);
        let last = x.permute(&[0, 2, 3, 1]).unwrap().to_array();
        let y = conv.channels_last().run(&last, &w, Some(&bias)).unwrap();
        assert_eq!(y, want.permute(&[0, 2, 3, 1]).unwrap());
    }
    let error = Conv::new().groups(2).pad(1).pad_mode([PadMode::Edge; 3]).run(&x, &w, None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "3 numbers for pad mode, but 2 axes are unfolded: give one number for all, or one per axis"
    );
}

#[test]
fn narrow_numbers_are_summed_in_f32() {
    let (x, w) = (array(&[2, 6, 9, 20], 1), array(&[4, 3, 3, 3], 2));
    let conv = Conv::new().groups(2).pad(1);
    let bias = [0.5f32, -1.0, 2.0, 0.0];
    let (wide_x, wide_w) = (x.map(|v| v as f32 / 8.0), w.map(|v| v as f32 / 4.0));
    let want = conv.run(&wide_x, &wide_w, Some(&bias)).unwrap();
    let (x, w) = (wide_x.clone().map(half::f16::from_f32), wide_w.clone().map(half::bf16::from_f32));
    assert!(
        x.iter().zip(&wide_x).all(|(a, b)| a.to_f32() == *b) && w.iter().zip(&wide_w).all(|(a, b)| a.to_f32() == *b)
    );
    assert_eq!(conv.run_wide(&x, &w, Some(&bias)).unwrap(), want);
    assert!(matches!(conv.run_wide(&x, &w, Some(&bias[1..])), Err(ndwindow::Error::ShapeMismatch { .. })));
}

#[test]
fn channels_last_is_the_same() {
    let x = array(&[2, 5, 6, 4], 1);
    let first = View::new(x.as_slice(), [2, 5, 6, 4]).unwrap().permute(&[0, 3, 1, 2]).unwrap().to_array();
    let (w, bias) = (array(&[20, 2, 3, 2], 2), whole(20, 3));
    let conv = Conv::new().groups(2).pad(1).step(2);
    let a = conv.clone().channels_last().run(&x, &w, Some(&bias)).unwrap();
    let b = conv.run(&first, &w, Some(&bias)).unwrap();
    assert_eq!(a, b.permute(&[0, 2, 3, 1]).unwrap());
    let w = array(&[4, 3, 3, 2], 4);
    let conv = ConvTranspose::new().groups(2).step(2);
    let a = conv.clone().channels_last().run(&x, &w, None).unwrap();
    assert_eq!(a, conv.run(&first, &w, None).unwrap().permute(&[0, 2, 3, 1]).unwrap());
}

#[test]
fn quantised_numbers_round_half_to_even_and_saturate() {
    let x = View::new(&[0u8, 1, 2, 3, 250], [1, 1, 5]).unwrap();
    let w = View::new(&[1i8, -100], [2, 1, 1]).unwrap();
    let numbers =
        Quantization { array: (0.5, 0u8), weight_scales: &[1.0, 1.0], weight_zeros: &[], result: (1.0, -1i8) };
    let y = Conv::new().quantized(x.clone(), w.clone(), None, &numbers).unwrap();
    // 0, 0.5, 1, 1.5, 125 less 1; 0, -50, -100, -150, -12500 less 1.
    assert_eq!(y.as_slice(), [-1, -1, 0, 1, 124, -1, -51, -101, -128, -128]);
    let y = Conv::new().quantized(x, w, Some(&[2, 300]), &numbers).unwrap();
    assert_eq!(y.as_slice(), [0, 1, 1, 1, 125, 127, 99, 49, -1, -128]);
}

#[test]
fn onnx_sizes_of_transposed_results() {
    let x = array(&[1, 1, 4], 1);
    let w = array(&[1, 1, 4], 2);
    let whole = ConvTranspose::new().step(2).run(&x, &w, None).unwrap();
    assert_eq!(whole.shape(), [1, 1, 10]);
    let cut = |from: usize, n: usize| whole.as_slice()[from..from + n].to_vec();
    let run = |conv: ConvTranspose| conv.step(2).run(&x, &w, None).unwrap().into_vec();
    assert_eq!(run(ConvTranspose::new().same()), cut(1, 8));
    assert_eq!(run(ConvTranspose::new().output_size(7)), cut(2, 7));
    assert_eq!(run(ConvTranspose::new().pad((2, 1))), cut(2, 7));
    let wide = run(ConvTranspose::new().output_size(12));
    assert_eq!((wide.len(), &wide[1..11]), (12, whole.as_slice()));
}

#[test]
fn empty_batches_and_bad_shapes() {
    let w = array(&[6, 2, 3], 1);
    let conv = Conv::new().groups(2);
    assert_eq!(conv.run(&array(&[0, 4, 9], 1), &w, None).unwrap().shape(), [0, 6, 7]);
    assert_eq!(conv.run(&array(&[4, 9], 1), &w, None).unwrap().shape(), [6, 7]);
    let message =
        |x: &[usize], w: &[usize], conv: &Conv| conv.run(&array(x, 1), &array(w, 1), None).unwrap_err().to_string();
    assert_eq!(
        message(&[1, 4, 0], &[6, 2, 3], &conv),
        "axis 2 has no elements: a convolution needs at least 1 along each of its axes"
    );
    assert_eq!(message(&[1, 5, 9], &[6, 2, 3], &conv), "5 channels do not divide by 2 groups: use a divisor of 5");
    assert_eq!(message(&[1, 4, 9], &[5, 2, 3], &conv), "5 outputs do not divide by 2 groups: use a divisor of 5");
    assert_eq!(
        message(&[1, 4, 9], &[6, 3, 3], &conv),
        "weights of shape [6, 3, 3] do not fit 4 channels in 2 groups under windows of [3]: they must be [outputs, 2, 3]"
    );
    // Channels at the other end, both ways.
    assert_eq!(
        message(&[1, 5, 7, 3], &[4, 3, 3, 3], &Conv::new()),
        "weights of shape [4, 3, 3, 3] want 3 channels, but axis 1 has 5 and axis 3 has 3: say channels_last()"
    );
    assert_eq!(
        message(&[3, 5, 7], &[4, 3, 3, 3], &Conv::new().channels_last()),
        "weights of shape [4, 3, 3, 3] want 3 channels, but axis 2 has 7 and axis 0 has 3: leave channels_last() out"
    );
    assert_eq!(
        message(&[9], &[6, 2, 3], &conv),
        "an array of rank 1 cannot be convolved with weights of rank 3: it needs rank 3, or 2 without a batch axis"
    );
    let refused = conv.clone().groups(0).run(&array(&[1, 4, 9], 1), &w, None).unwrap_err();
    assert_eq!(refused, Error::Groups { what: "channels", count: 4, groups: 0 });
    let refused = conv.run(&array(&[1, 4, 9], 1), &w, Some(&[1, 2])).unwrap_err();
    assert_eq!(refused.to_string(), "the bias has shape [2], but [6] was planned");
    let refused =
        ConvTranspose::new().step(2).output_padding(2).run(&array(&[1, 4, 9], 1), &array(&[4, 1, 3], 1), None);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "output padding 2 on axis 2 must be below its step 2 or its dilation 1"
    );
    let refused = ConvTranspose::new().run(&array(&[1, 4, 9], 1), &array(&[3, 1, 3], 1), None);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "weights of shape [3, 1, 3] do not fit 4 channels in 1 groups under windows of [3]: they must be [4 x groups, outputs / groups, 3]"
    );
    let x = Array::from_elem(0u8, [1, 40_000, 1]).unwrap();
    let w = Array::from_elem(0i8, [1, 40_000, 1]).unwrap();
    let refused = Conv::new().integer(&x, &w, 0, &[]).unwrap_err();
    assert_eq!(refused, Error::SumTooLong { terms: 40_000, limit: 33_025 });
}

#[test]
fn sums_over_no_channels_are_the_bias() {
    let (x, w) = (Array::new(vec![], [2, 0, 5]).unwrap(), Array::<i64>::new(vec![], [3, 0, 2]).unwrap());
    let want = |conv: &Conv, bias: Option<&[i64]>| {
        let once = conv.run(&x, &w, bias).unwrap();
        let prepared = conv.prepare(x.shape(), &w).unwrap();
        let prepared = bias.iter().fold(prepared, |p, b| p.bias(b).unwrap());
        assert_eq!(prepared.conv(&x).unwrap(), once);
        once
    };
    let conv = Conv::new().pad(1);
    assert_eq!(want(&conv, None), Array::from_elem(0, [2, 3, 6]).unwrap());
    let biased = want(&conv, Some(&[7, -8, 9]));
    assert_eq!(biased.as_slice()[..18], [7, 7, 7, 7, 7, 7, -8, -8, -8, -8, -8, -8, 9, 9, 9, 9, 9, 9]);
    let last = Array::new(vec![], [1, 2, 0]).unwrap();
    let biased = conv.channels_last().run(&last, &w, Some(&[7, -8, 9])).unwrap();
    assert_eq!((biased.shape(), biased.as_slice()), (&[1, 3, 3][..], &[7, -8, 9, 7, -8, 9, 7, -8, 9][..]));
    let biased = ConvTranspose::new().run(&x, Array::new(vec![], [0, 2, 1]).unwrap().view(), Some(&[3, 4])).unwrap();
    assert_eq!((biased.shape(), &biased.as_slice()[3..7]), (&[2, 2, 5][..], &[3, 3, 4, 4][..]));
}

/// Numbers that cost nothing to state cost nothing to refuse, and nothing where they are fine.
#[test]
#[cfg(target_pointer_width = "64")]
fn numbers_at_the_ends_of_their_types() {
    let huge = usize::MAX;
    let x = array(&[1, 1, 5], 1);
    let none = |shape: &[usize]| Array::<i64>::new(vec![], shape).unwrap();
    // Outputs without an element, of no images, and of images without a channel.
    let long = 1 << 50;
    let conv = Conv::new();
    assert_eq!(conv.prepare([0, 0, 5], &none(&[long, 0, 1])).unwrap().shape(), [0, long, 5]);
    assert_eq!(conv.run(&none(&[0, 0, 5]), &none(&[long, 0, 1]), None).unwrap().shape(), [0, long, 5]);
    assert_eq!(conv.prepare([1, 0, 5], &none(&[long, 0, 1])).unwrap().shape(), [1, long, 5]);
    assert!(matches!(
        conv.run(&none(&[1, 0, 5]), &none(&[long, 0, 1]), None).unwrap_err(),
        Error::OutOfMemory { .. } | Error::TooLarge { .. }
    ));
    let transposed = ConvTranspose::new().groups(huge);
    let w = Array::<i64>::new(vec![], [0, 2, 1]).unwrap();
    assert!(matches!(transposed.run(&none(&[1, 0, 5]), &w, None).unwrap_err(), Error::TooLarge { .. }));
    assert!(matches!(transposed.run(&none(&[0, 0, 5]), &w, None).unwrap_err(), Error::TooLarge { .. }));
    // Results no memory holds.
    let one = array(&[1, 1, 1], 2);
    let wide = |pad: isize| Conv::new().pad((pad, 0));
    for pad in [1 << 45, 1 << 60, isize::MAX, isize::MIN] {
        assert!(wide(pad).run(&x, &one, None).is_err(), "{pad}");
        assert!(ConvTranspose::new().pad((pad.saturating_neg(), 0)).run(&x, &one, None).is_err(), "{pad}");
    }
    let eight = View::new(&[3u8; 5], [1, 1, 5]).unwrap();
    let weight = View::new(&[2i8], [1, 1, 1]).unwrap();
    assert!(matches!(wide(1 << 45).integer(&eight, &weight, 0, &[]).unwrap_err(), Error::OutOfMemory { .. }));
    let grown = one.view().broadcast(1, 1 << 45).unwrap();
    assert!(matches!(conv.run(&x, grown.permute(&[1, 0, 2]).unwrap(), None).unwrap_err(), Error::OutOfMemory { .. }));
    // A step over all of it: a few windows on a line that only its numbers make long.
    let far = wide(1 << 45).step(1 << 44).run(&x, &one, None).unwrap();
    assert_eq!(far.as_slice(), [0, 0, x[[0, 0, 0]] * one[[0, 0, 0]]]);
    let apart = Conv::new().dilation(1 << 50).pad(1isize << 50).step(3).run(&x, &array(&[1, 1, 3], 4), None).unwrap();
    assert_eq!(apart.shape(), [1, 1, 2]);
}

/// An edge that a million positions of padding repeat: its gradient is a sum of a million numbers.
#[test]
fn gradients_of_wide_pads_do_not_drift() {
    let n = 1 << 20;
    let w = View::new(&[1.0f32], [1, 1, 1]).unwrap();
    let g = Array::from_elem(0.1f32, [1, 1, n + 2]).unwrap();
    for mode in [PadMode::Edge, PadMode::Wrap] {
        let conv = Conv::new().pad((n as isize, 0)).pad_mode(mode);
        let dx = conv.input_gradient(&g, w.clone(), [1, 1, 2]).unwrap();
        let first = if mode == PadMode::Edge { n + 1 } else { n / 2 + 1 };
        for (&got, count) in dx.iter().zip([first, n + 2 - first]) {
            let want = f64::from(0.1f32) * count as f64;
            assert!((f64::from(got) - want).abs() <= want * 1e-7, "{mode:?}: {got} but {want}");
        }
    }
}
