//! Parts of a plan against the whole: to the bit, for every verb, over pieces that hold nothing but what a part reads.
#![allow(clippy::single_range_in_vec_init)] // a box of one axis is one range

use ndwindow::{Array, Error, Merge, OutAxis, PadMode, Plan, Tail, Taper, Unfold, View, Windows, unfold};
use proptest::prelude::*;
use std::fmt::Debug;
use std::ops::Range;

const MODES: [PadMode; 5] = [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];
const TAILS: [Tail; 4] = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];

/// A box of an array as an array of its own.
fn cut<T: Clone>(x: &View<'_, T>, ranges: &[Range<usize>]) -> Array<T> {
    let shape: Vec<usize> = ranges.iter().map(Range::len).collect();
    let mut elements = Vec::new();
    each(&shape, |index| {
        let at: Vec<usize> = index.iter().zip(ranges).map(|(i, r)| r.start + i).collect();
        elements.push(x.get(&at).unwrap().clone());
    });
    Array::new(elements, &shape[..]).unwrap()
}

fn each(shape: &[usize], mut f: impl FnMut(&[usize])) {
    let mut index = vec![0; shape.len()];
    for _ in 0..shape.iter().product() {
        f(&index);
        for a in (0..shape.len()).rev() {
            index[a] += 1;
            if index[a] < shape[a] {
                break;
            }
            index[a] = 0;
        }
    }
}

/// Numbers whose sums round.
fn numbers(n: usize) -> Vec<f32> {
    (0..n).map(|k| ((k * 7919 + 13) % 1009) as f32 / 97.0 - 5.0 + if k % 17 == 0 { 3e4 } else { 0.0 }).collect()
}

/// A float so that zeros of two signs differ and a NaN equals itself.
trait Bits: Copy + Debug {
    fn bits(self) -> u64;
}

impl Bits for f32 {
    fn bits(self) -> u64 {
        if self.is_nan() { u64::MAX } else { u64::from(self.to_bits()) }
    }
}

impl Bits for f64 {
    fn bits(self) -> u64 {
        if self.is_nan() { u64::MAX } else { self.to_bits() }
    }
}

fn assert_same_bits<T: Bits>(here: &Array<T>, there: &Array<T>, what: impl FnOnce() -> String) {
    assert_eq!(here.shape(), there.shape());
    if !here.iter().zip(there).all(|(a, b)| a.bits() == b.bits()) {
        panic!("{}:\n{here:?}\n{there:?}", what());
    }
}

/// Whether all verbs over each part give what the whole gives in its box.
fn same_everywhere(request: &Unfold, plan: &Plan, x: &Array<f32>, boxes: &[Vec<Range<usize>>], fill: Option<f32>) {
    let whole = Results::of(plan.windows(x).unwrap(), fill);
    for write in boxes {
        let part = plan.part(write).unwrap();
        assert_eq!(part.write(), &write[..]);
        let piece = cut(&x.view(), part.read());
        let here = Results::of(part.windows(&piece).unwrap(), fill);
        for (name, here) in &here.floats {
            // The whole may hold a window without an element elsewhere, and have no median.
            let Some((_, whole)) = whole.floats.iter().find(|(n, _)| n == name) else { continue };
            let there = cut(&whole.view(), write);
            let what = || format!("{name} of {write:?} of {request:?} on {:?}, fill {fill:?}", x.shape());
            assert_same_bits(here, &there, what);
        }
        for ((name, here), (_, whole)) in here.wide.iter().zip(&whole.wide) {
            let there = cut(&whole.view(), write);
            assert_same_bits(here, &there, || format!("{name} of {write:?} of {request:?} on {:?}", x.shape()));
        }
        match (&here.places, &whole.places) {
            (Ok(here), Ok(whole)) => {
                assert_eq!(here, &cut(&whole.view(), write), "argmax of {write:?} of {request:?} on {:?}", x.shape())
            }
            (Err(_), Ok(_)) => panic!("argmax of {write:?} of {request:?} fails alone"),
            _ => {}
        }
        // Copies have the grid where the axes stood, and then a window.
        if let Some((here, whole)) = here.copy.as_ref().zip(whole.copy.as_ref()) {
            let cells = whole.shape()[write.len()..].iter().map(|&n| 0..n);
            let copied: Vec<Range<usize>> = write.iter().cloned().chain(cells).collect();
            assert_same_bits(here, &cut(&whole.view(), &copied), || format!("copy of {write:?} of {request:?}"));
        }
    }
}

/// What the verbs give.
struct Results {
    floats: Vec<(&'static str, Array<f32>)>,
    wide: Vec<(&'static str, Array<f64>)>,
    places: Result<Array<usize>, Error>,
    copy: Option<Array<f32>>,
}

impl Results {
    fn of(windows: Windows<'_, f32>, fill: Option<f32>) -> Results {
        let windows = match fill {
            Some(v) => windows.fill(v),
            None => windows,
        };
        let mut floats = vec![
            ("max", windows.max()),
            ("min", windows.min()),
            ("sum", windows.sum()),
            ("product", windows.product().unwrap()),
            ("mean", windows.mean()),
        ];
        // These walk every cell, in an order of their own.
        let short = windows.plan().window_len() < 64;
        if short {
            floats.push(("var", windows.var(0)));
            floats.push(("map", windows.map(|w| w.iter().sum::<f32>())));
            floats.push(("norm", windows.norm(3.0).unwrap()));
            floats.extend(windows.median().ok().map(|median| ("median", median)));
        }
        let logistic =
            ndwindow::monoid(0.0f64, |x: f32| f64::from(x).abs(), |a: f64, b: f64| (a + b) * 1.000_001, |a: f64| a);
        let wide = vec![("reduce", windows.reduce(&logistic))];
        Results { floats, wide, places: windows.argmax(), copy: short.then(|| windows.to_array()) }
    }
}

fn request(axes: &[isize], per: &[Asked]) -> Unfold {
    let list = |f: fn(&Asked) -> usize| per.iter().map(f).collect::<Vec<_>>();
    let pads: Vec<(isize, isize)> = per.iter().map(|a| a.pad).collect();
    let modes: Vec<PadMode> = per.iter().map(|a| a.mode).collect();
    let tails: Vec<Tail> = per.iter().map(|a| a.tail).collect();
    unfold(axes, &list(|a| a.window)[..], &list(|a| a.step)[..])
        .dilation(&list(|a| a.dilation)[..])
        .base_dilation(&list(|a| a.base)[..])
        .pad(&pads[..])
        .pad_mode(&modes[..])
        .tail(&tails[..])
}

#[derive(Clone, Debug)]
struct Asked {
    len: usize,
    window: usize,
    step: usize,
    dilation: usize,
    base: usize,
    pad: (isize, isize),
    mode: PadMode,
    tail: Tail,
}

fn asked(longest: usize) -> impl Strategy<Value = Asked> {
    let numbers = (1..=longest, 1..=longest / 2 + 1, 1usize..5, 1usize..4, 1usize..4);
    (numbers, -2isize..9, -2isize..9, 0usize..5, 0usize..4).prop_map(|(n, before, after, mode, tail)| {
        let (len, window, step, dilation, base) = n;
        Asked { len, window, step, dilation, base, pad: (before, after), mode: MODES[mode], tail: TAILS[tail] }
    })
}

/// A shape with the unfolded axes in a row, plain ones before (if they `lead`) or behind them; and which they are.
fn placed(per: &[Asked], plain: &[usize], lead: bool) -> (Vec<usize>, Vec<isize>) {
    let lens: Vec<usize> = per.iter().map(|a| a.len).collect();
    let shape = if lead { [plain, &lens].concat() } else { [&lens, plain].concat() };
    let from = if lead { plain.len() } else { 0 };
    (shape, (0..per.len()).map(|k| (from + k) as isize).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn parts_are_boxes_of_the_whole(
        per in prop::collection::vec(asked(24), 1..=2),
        plain in prop::collection::vec(1usize..4, 0..=2),
        lead in any::<bool>(),
        chunk in 1usize..9,
        fill in prop::option::of(Just(2.5f32)),
    ) {
        let (shape, axes) = placed(&per, &plain, lead);
        let request = request(&axes, &per);
        if let Ok(plan) = request.plan(&shape[..]) {
            let x = Array::new(numbers(shape.iter().product()), &shape[..]).unwrap();
            let parts = plan.parts(chunk).unwrap();
            let boxes: Vec<Vec<Range<usize>>> = parts.iter().map(|p| p.write().to_vec()).take(12).collect();
            same_everywhere(&request, &plan, &x, &boxes, fill);
        }
    }
}

/// Long windows: those that are scanned, doubled, or go by ranges.
#[test]
fn long_windows_too() {
    let long = |window, step, dilation, pad: isize, mode, tail, len| {
        let asked = Asked { len, window, step, dilation, base: 1, pad: (pad, pad), mode, tail };
        (request(&[0], std::slice::from_ref(&asked)), len)
    };
    for mode in MODES {
        for tail in TAILS {
            for (request, len) in [
                long(100, 1, 1, 0, mode, tail, 400),
                long(600, 1, 1, 40, mode, tail, 1300),
                long(300, 2, 1, 17, mode, tail, 701),
                long(31, 3, 2, 33, mode, tail, 701),
                long(9, 7, 1, 900, mode, tail, 333),
                long(65, 16, 1, 0, mode, tail, 503),
            ] {
                for inner in [1usize, 33] {
                    let plan = request.plan([len, inner]).unwrap();
                    let x = Array::new(numbers(len * inner), [len, inner]).unwrap();
                    let n = plan.grid()[0];
                    let ranges = [0..n.min(7), n / 3..n / 3 + 1, n / 4..n / 2 + 1, n - 1..n, n / 2..n];
                    let boxes: Vec<Vec<Range<usize>>> =
                        ranges.into_iter().filter(|r| !r.is_empty()).map(|r| vec![r, 0..inner]).collect();
                    same_everywhere(&request, &plan, &x, &boxes, None);
                }
            }
        }
    }
}

#[test]
fn write_boxes_partition_the_result() {
    let plan = unfold([0, 2], [3, 4], [1, 2]).plan([10, 3, 17]).unwrap();
    for chunk in [[1, 1, 1], [3, 2, 4], [8, 3, 7], [100, 1, 2]] {
        let parts = plan.parts(chunk).unwrap();
        let shape = plan.reduced_shape();
        let mut written = Array::from_elem(0, &shape[..]).unwrap();
        for k in 0..parts.len() {
            let part = parts.get(k).unwrap();
            assert_eq!(part, plan.part(part.write()).unwrap());
            each(&part.write().iter().map(Range::len).collect::<Vec<_>>(), |index| {
                let at: Vec<usize> = index.iter().zip(part.write()).map(|(i, r)| i + r.start).collect();
                written[&at[..]] += 1;
            });
        }
        assert!(written.iter().all(|&n| n == 1));
        assert!(parts.get(parts.len()).is_none());
    }
}

/// All merges over boxes of a folded array, against the whole.
fn folds_alike(plan: &Plan, request: &Unfold, boxes: &[Vec<Range<usize>>]) {
    let patches = Array::new(numbers(plan.shape().iter().product()), plan.shape()).unwrap();
    let merges = || {
        [
            ("sum", Merge::sum()),
            ("wide", Merge::sum().wide()),
            ("mean", Merge::mean().uncovered(-1.0)),
            ("first", Merge::first().uncovered(-1.0)),
            ("last", Merge::last().uncovered(-1.0)),
            ("max", Merge::max().uncovered(-1.0)),
            ("weighted", Merge::weighted(Taper::Linear).uncovered(-1.0)),
        ]
    };
    for (name, merge) in merges() {
        let Ok(fold) = plan.prepare_fold(merge) else { continue };
        let whole = fold.fold(&patches).unwrap();
        for region in boxes {
            let part = fold.part(region).unwrap();
            let order = plan.order();
            let taken: Vec<Range<usize>> = order
                .iter()
                .enumerate()
                .map(|(o, axis)| match *axis {
                    OutAxis::Plain(a) => part.windows()[a].clone(),
                    OutAxis::Grid(k) => part.windows()[plan.axes()[k].axis()].clone(),
                    OutAxis::Window(_) => 0..plan.shape()[o],
                })
                .collect();
            let folded = part.fold(&cut(&patches.view(), &taken)).unwrap();
            assert_same_bits(&folded, &cut(&whole.view(), region), || format!("{name} of {region:?} of {request:?}"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn folded_boxes_are_boxes_of_the_fold(
        per in prop::collection::vec(asked(13), 1..=2),
        plain in prop::collection::vec(1usize..4, 0..=1),
        lead in any::<bool>(),
        grid_first in any::<bool>(),
        chunk in 1usize..7,
    ) {
        let (shape, axes) = placed(&per, &plain, lead);
        let request = request(&axes, &per);
        let request = if grid_first { request.grid_first() } else { request };
        if let Ok(plan) = request.plan(&shape[..]) {
            // Boxes of the array itself, as those of a plan of windows of one.
            let every = unfold(.., 1, 1).plan(&shape[..]).unwrap();
            let boxes: Vec<Vec<Range<usize>>> = every.parts(chunk).unwrap().iter().map(|p| p.write().to_vec()).take(12).collect();
            folds_alike(&plan, &request, &boxes);
        }
    }
}

#[test]
fn what_is_wrong_with_a_box_is_said() {
    let plan = unfold(0, 3, 1).plan([10, 4]).unwrap();
    let said = |r: Result<ndwindow::Part, Error>| r.unwrap_err().to_string();
    assert_eq!(said(plan.part(&[0..1])), "box has 1 entries, but the array has rank 2: give one for each axis");
    assert_eq!(
        said(plan.part(&[2..2, 0..4])),
        "the box takes 2..2 of axis 0, but the result has 8 there: take a range inside 0..8 that is not empty"
    );
    assert_eq!(
        said(plan.part(&[0..8, 3..5])),
        "the box takes 3..5 of axis 1, but the result has 4 there: take a range inside 0..4 that is not empty"
    );
    let touched = plan.touched(&[0..11, 0..4]).unwrap_err().to_string();
    assert_eq!(
        touched,
        "the box takes 0..11 of axis 0, but the input has 10 there: take a range inside 0..10 that is not empty"
    );
    let zero = plan.parts([4, 0]).unwrap_err().to_string();
    assert_eq!(zero, "the chunk on axis 1 is 0: a part holds at least 1 result along every axis");
    let aligned = plan.parts([3, 4]).unwrap().aligned([2, 4]).unwrap_err().to_string();
    assert_eq!(aligned, "parts of 3 on axis 0 share chunks of 2: take a multiple of 2, or a divisor");
    assert!(plan.parts([4, 4]).unwrap().aligned([2, 2]).is_ok() && plan.parts([2, 1]).unwrap().aligned([6, 4]).is_ok());
    let part = plan.part(&[2..4, 1..3]).unwrap();
    assert_eq!(part.read(), [2..6, 1..3]);
    let whole = Array::from_elem(0u8, [10, 4]).unwrap();
    let shape = part.windows(&whole).err().unwrap().to_string();
    assert_eq!(shape, "the array has shape [10, 4], but [4, 2] was planned");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Convolutions add in an order of their own.
    #[test]
    fn convolutions_of_parts(
        per in prop::collection::vec(asked(14), 1..=3),
        batch in 1usize..3,
        channels in 1usize..4,
        outputs in 1usize..20,
        chunk in 2usize..9,
        fill in prop::option::of(Just(0.7f32)),
    ) {
        let shape: Vec<usize> = [batch, channels].into_iter().chain(per.iter().map(|a| a.len)).collect();
        let axes: Vec<isize> = (0..per.len()).map(|k| 2 + k as isize).collect();
        let request = request(&axes, &per);
        let weights: Vec<usize> = [outputs, channels].into_iter().chain(per.iter().map(|a| a.window)).collect();
        prop_assume!(weights.iter().product::<usize>() < 20_000);
        if let Ok(plan) = request.plan(&shape[..]) {
            let x = Array::new(numbers(shape.iter().product()), &shape[..]).unwrap();
            let weights = Array::new(numbers(weights.iter().product()), &weights[..]).unwrap();
            let run = |plan: Windows<'_, f32>| match fill {
                Some(v) => plan.fill(v).conv(&weights).unwrap(),
                None => plan.conv(&weights).unwrap(),
            };
            let whole = run(plan.windows(&x).unwrap());
            let chunks: Vec<usize> = [1, channels].into_iter().chain(per.iter().map(|_| chunk)).collect();
            for part in plan.parts(&chunks[..]).unwrap().iter().take(10) {
                let here = run(part.windows(&cut(&x.view(), part.read())).unwrap());
                let mut write = part.write().to_vec();
                write[1] = 0..outputs;
                assert_same_bits(&here, &cut(&whole.view(), &write), || format!("conv of {write:?} of {request:?} on {shape:?}"));
            }
        }
    }

    /// Three unfolded axes of four, other types, and the verbs that walk cells.
    #[test]
    fn other_verbs_and_types(
        per in prop::collection::vec(asked(8), 3..=3),
        place in 0usize..4,
        chunk in 1usize..6,
    ) {
        let mut shape: Vec<usize> = per.iter().map(|a| a.len).collect();
        shape.insert(place, 2);
        let axes: Vec<isize> = (0..4).filter(|&a| a != place).map(|a| a as isize).collect();
        let request = request(&axes, &per);
        if let Ok(plan) = request.plan(&shape[..]) {
            prop_assume!(plan.shape().iter().product::<usize>() < 400_000);
            let n: usize = shape.iter().product();
            let bytes = Array::new((0..n).map(|k| (k * 167 % 251) as u8).collect(), &shape[..]).unwrap();
            let whole = Others::of(plan.windows(&bytes).unwrap());
            for part in plan.parts(chunk).unwrap().iter().take(6) {
                let here = Others::of(part.windows(&cut(&bytes.view(), part.read())).unwrap());
                here.same(&whole, part.write(), &request);
            }
        }
    }
}

/// What other verbs give of bytes.
struct Others {
    max: Array<u8>,
    sum: Array<u64>,
    mean: Array<f64>,
    var: Array<f64>,
    rank: Option<Array<u8>>,
    argmin: Option<Array<usize>>,
    mapped: Array<u32>,
}

impl Others {
    fn of(windows: Windows<'_, u8>) -> Others {
        let shape = windows.plan().reduced_shape().to_vec();
        let mut mapped = Array::from_elem(0u32, &shape[..]).unwrap();
        let weigh = |w: &[u8], out: &mut [u32]| {
            out[0] = w.iter().enumerate().map(|(j, &x)| (j as u32 + 1) * u32::from(x)).sum()
        };
        windows.map_into(mapped.as_mut_slice(), 1, weigh).unwrap();
        Others {
            max: windows.max(),
            sum: windows.sum(),
            mean: windows.mean(),
            var: windows.var(0),
            rank: windows.rank(0).ok(),
            argmin: windows.argmin().ok(),
            mapped,
        }
    }

    fn same(&self, whole: &Others, write: &[Range<usize>], request: &Unfold) {
        let what = |name: &str| format!("{name} of {write:?} of {request:?}");
        assert_eq!(self.max, cut(&whole.max.view(), write), "{}", what("max"));
        assert_eq!(self.sum, cut(&whole.sum.view(), write), "{}", what("sum"));
        assert_eq!(self.mapped, cut(&whole.mapped.view(), write), "{}", what("map_into"));
        assert_same_bits(&self.mean, &cut(&whole.mean.view(), write), || what("mean"));
        assert_same_bits(&self.var, &cut(&whole.var.view(), write), || what("var"));
        if let Some((here, whole)) = self.rank.as_ref().zip(whole.rank.as_ref()) {
            assert_eq!(here, &cut(&whole.view(), write), "{}", what("rank"));
        }
        if let Some((here, whole)) = self.argmin.as_ref().zip(whole.argmin.as_ref()) {
            assert_eq!(here, &cut(&whole.view(), write), "{}", what("argmin"));
        }
    }
}

/// Two windows of which the last is moved back; a crop that leaves nothing but a hole; holes under one that is moved back.
#[test]
fn rare_axes() {
    let asked = |len, window, step, base, pad, tail| Asked {
        len,
        window,
        step,
        dilation: 1,
        base,
        pad,
        mode: PadMode::Empty,
        tail,
    };
    for asked in [
        asked(5, 9, 3, 2, (0, 2), Tail::ShiftBack),
        asked(2, 1, 2, 3, (-2, 0), Tail::Drop),
        asked(9, 3, 4, 2, (7, 5), Tail::ShiftBack),
    ] {
        let request = request(&[0], std::slice::from_ref(&asked));
        let plan = request.plan([asked.len]).unwrap();
        let x = Array::new(numbers(asked.len), [asked.len]).unwrap();
        let boxes: Vec<Vec<Range<usize>>> = plan.parts(1).unwrap().iter().map(|p| p.write().to_vec()).collect();
        same_everywhere(&request, &plan, &x, &boxes, None);
        same_everywhere(&request, &plan, &x, &boxes, Some(2.5));
    }
}

/// Holes under starts that are uneven in the whole and even in the part: the same multiplications in the same order.
#[test]
fn a_convolution_over_holes() {
    let request = unfold([2, 3, 4], [3, 6, 7], [4, 2, 3])
        .dilation([1, 2, 2])
        .base_dilation([2, 1, 3])
        .pad([(7, 5), (1, -1), (0, 3)])
        .pad_mode([PadMode::Empty, PadMode::Symmetric, PadMode::Wrap])
        .tail([Tail::ShiftBack, Tail::Partial, Tail::Partial]);
    let plan = request.plan([1, 3, 9, 7, 7]).unwrap();
    let x = Array::new(numbers(3 * 9 * 7 * 7), [1, 3, 9, 7, 7]).unwrap();
    let weights = Array::new(numbers(7 * 3 * 3 * 6 * 7), [7, 3, 3, 6, 7]).unwrap();
    let whole = plan.windows(&x).unwrap().conv(&weights).unwrap();
    let part = plan.part(&[0..1, 0..3, 0..6, 0..1, 0..4]).unwrap();
    let here = part.windows(&cut(&x.view(), part.read())).unwrap().conv(&weights).unwrap();
    assert_same_bits(&here, &cut(&whole.view(), &[0..1, 0..7, 0..6, 0..1, 0..4]), || "conv".into());
}

/// Mirrored borders send several taps of a window to one element: whether its neighbours are folded too must not matter.
#[test]
fn taps_that_meet() {
    let request = unfold([1, 2], [6, 5], [1, 3])
        .dilation([3, 2])
        .base_dilation([1, 2])
        .pad([(7, 3), (3, 6)])
        .pad_mode([PadMode::Reflect, PadMode::Wrap])
        .tail([Tail::Spread, Tail::Partial]);
    for (rows, columns) in (1..9).flat_map(|r| (1..6).map(move |c| (r, c))) {
        let Ok(plan) = request.plan([2, rows, columns]) else { continue };
        let every = unfold(.., 1, 1).plan([2, rows, columns]).unwrap();
        let boxes: Vec<Vec<Range<usize>>> = every.parts(2).unwrap().iter().map(|p| p.write().to_vec()).collect();
        folds_alike(&plan, &request, &boxes);
    }
}
