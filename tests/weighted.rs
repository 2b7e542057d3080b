//! Filters with separable weights against sums over every cell, and by laws.

mod cells;

use cells::{Layout, cases, indices};
use ndwindow::image::{Filter, WeightedFilter};
use ndwindow::{Array, PadMode, View};
use proptest::prelude::*;

const MODES: [PadMode; 5] = [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];

/// The element that stands at a position of an axis, as NumPy's `pad` has it.
fn source(at: isize, n: usize, mode: PadMode) -> Option<usize> {
    let n = n as isize;
    let mirrored = |period: isize, last: isize| {
        let at = at.rem_euclid(period);
        if at >= n { last - at } else { at }
    };
    let at = match mode {
        _ if (0..n).contains(&at) => at,
        PadMode::Edge => at.clamp(0, n - 1),
        PadMode::Wrap => at.rem_euclid(n),
        PadMode::Symmetric => mirrored(2 * n, 2 * n - 1),
        PadMode::Reflect if n == 1 => 0,
        PadMode::Reflect => mirrored(2 * n - 2, 2 * n - 2),
        _ => return None,
    };
    Some(at as usize)
}

/// The weighted sum around every element, cell by cell.
fn plain(
    x: &View<'_, f64>,
    axes: &[usize],
    lists: &[Vec<f64>],
    origins: &[isize],
    (mode, constant): (PadMode, f64),
) -> Vec<f64> {
    let sizes: Vec<usize> = lists.iter().map(Vec::len).collect();
    let sum = |index: Vec<usize>| {
        let cell = |cell: Vec<usize>| {
            let (mut at, mut weight, mut inside) = (index.clone(), 1.0, true);
            for (k, &axis) in axes.iter().enumerate() {
                weight *= lists[k][cell[k]];
                let position = index[axis] as isize + cell[k] as isize - (sizes[k] / 2) as isize - origins[k];
                match source(position, x.shape()[axis], mode) {
                    Some(e) => at[axis] = e,
                    None => inside = false,
                }
            }
            weight * if inside { x[&at[..]] } else { constant }
        };
        indices(&sizes).map(cell).sum::<f64>()
    };
    indices(x.shape()).map(sum).collect()
}

/// Lists whose products are exact in all types, for the axes of a request, with origins that fit.
fn lists(axes: usize, seed: u32, one: bool) -> (Vec<Vec<f64>>, Vec<isize>) {
    let list = |k: usize| {
        let z = (seed >> (k * 5)) as usize;
        let n = [1, 2, 3, 4, 5, 7][z % 6];
        // (Lists that sum to one keep a constant outside of a picture what it is after every axis.)
        let mut list: Vec<f64> = (0..n).map(|i| ((z >> i) % 5) as f64 / 4.0 - 0.25).collect();
        if one {
            list[0] += 1.0 - list.iter().sum::<f64>();
        }
        let origin = (z as isize >> 3) % 3 - 1;
        let fits = (0..n as isize).contains(&(n as isize / 2 + origin));
        (list, if fits { origin } else { 0 })
    };
    (0..axes).map(list).unzip()
}

fn weighted<T: Default + Copy + Send + Sync + 'static>(
    lists: &[Vec<f64>],
    axes: &[usize],
    origins: &[isize],
    (mode, constant): (PadMode, Option<T>),
) -> WeightedFilter<T> {
    let filter = Filter::weights(lists).axes(axes).origin(origins).border(mode);
    match constant {
        Some(value) => filter.constant(value),
        None => filter,
    }
}

fn check(layout: &Layout, axes: &[usize], seed: u32, mode: PadMode, constant: Option<u8>) {
    // Of an empty border each axis reads zeros: as a constant of zero, which any lists keep.
    let (lists, origins) = lists(axes.len(), seed, constant.is_some());
    let mode = if constant.is_some() { PadMode::Empty } else { mode };
    let total: usize = layout.shape.iter().product();
    let bytes: Vec<u8> = (0..total as u32).map(|i| (i.wrapping_mul(seed | 1) >> 20) as u8).collect();
    let real: Vec<f64> = bytes.iter().map(|&b| b.into()).collect();
    let short: Vec<f32> = bytes.iter().map(|&b| b.into()).collect();
    let outside = constant.map_or(0.0, f64::from);
    let want = plain(&layout.view(&real), axes, &lists, &origins, (mode, outside));
    let got = weighted(&lists, axes, &origins, (mode, constant.map(f64::from))).run(layout.view(&real)).unwrap();
    assert_eq!(got.as_slice(), want, "{layout:?} {axes:?} {lists:?} {origins:?} {mode:?} {constant:?}");
    let got = weighted(&lists, axes, &origins, (mode, constant.map(f32::from))).run(layout.view(&short)).unwrap();
    assert!(got.iter().zip(&want).all(|(&got, &want)| f64::from(got) == want), "{lists:?} {mode:?}");
    let got = weighted(&lists, axes, &origins, (mode, constant)).run(layout.view(&bytes)).unwrap();
    let rounded: Vec<u8> = want.iter().map(|x| (x + 0.5).floor().clamp(0.0, 255.0) as u8).collect();
    assert_eq!(got.as_slice(), rounded, "{layout:?} {axes:?} {lists:?} {origins:?} {mode:?} {constant:?}");
    let signed: Vec<i16> = bytes.iter().map(|&b| i16::from(b) - 100).collect();
    if constant.is_none() && mode != PadMode::Empty {
        let real: Vec<f64> = signed.iter().map(|&b| b.into()).collect();
        let want = plain(&layout.view(&real), axes, &lists, &origins, (mode, 0.0));
        let got = weighted(&lists, axes, &origins, (mode, None)).run(layout.view(&signed)).unwrap();
        assert!(got.iter().zip(want).all(|(&got, want)| f64::from(got) == (want + 0.5).floor()), "{lists:?} {mode:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_lists_on_any_axes((layout, asked) in cases(), seed in any::<u32>(), mode in 0usize..5, constant in prop::option::of(0u8..9)) {
        let axes: Vec<usize> = asked.0.iter().map(|a| a.axis).collect();
        check(&layout, &axes, seed, MODES[mode], constant);
    }
}

/// Every length and list length, origin and mode of one axis.
#[test]
fn every_small_line() {
    let x = [3.0, -1.0, 4.0, 1.0, -5.0, 9.0];
    for i in indices(&[6, 8, 8, 5]) {
        let (n, taps, origin, mode) = (i[0] + 1, i[1] + 1, i[2] as isize - 4, MODES[i[3]]);
        let list: Vec<f64> = (0..taps).map(|k| (k * k) as f64 - 3.5).collect();
        let view = View::new(&x[..n], [n]).unwrap();
        let filter = Filter::weights([&list]).origin([origin]).border(mode);
        match (0..taps as isize).contains(&(taps as isize / 2 + origin)) {
            false => assert!(filter.run(&view).is_err()),
            true => {
                let want = plain(&view, &[0], &[list], &[origin], (mode, 0.0));
                assert_eq!(filter.run(&view).unwrap().as_slice(), want, "{n} {taps} {origin} {mode:?}");
            }
        }
    }
}

fn noise(n: usize) -> Vec<f32> {
    (0..n as u32).map(|i| i.wrapping_mul(2654435761) as f32 / 1e7 - 200.0).collect()
}

#[test]
fn bits_do_not_follow_from_threads_layout_or_what_lies_far_away() {
    let x = noise(600 * 700);
    let view = View::new(&x, [600, 700]).unwrap();
    let filter = Filter::gaussian([2.5, 1.5]);
    cells::same_for_threads(|a: &f32, b| a.to_bits() == b.to_bits(), || filter.run(&view).unwrap());
    let whole = filter.run(&view).unwrap();
    let turned = view.permute(&[1, 0]).unwrap().to_array();
    assert_eq!(filter.run(turned.view().permute(&[1, 0]).unwrap()).unwrap(), whole);
    // A part whose pixels read no border, by the request's own words.
    let plan = filter.request(2).unwrap().plan([600, 700]).unwrap();
    let part = plan.part(&[100..160, 333..400]).unwrap();
    let (read, write) = (part.read(), part.write());
    let slice = |x: &View<'_, f32>, r: &[std::ops::Range<usize>]| {
        let rows = x.slice(0, r[0].start, 1, r[0].len()).unwrap();
        rows.slice(1, r[1].start, 1, r[1].len()).unwrap().to_array()
    };
    let here = filter.run(&slice(&view, read)).unwrap();
    let inside: Vec<_> = read.iter().zip(write).map(|(r, w)| w.start - r.start..w.end - r.start).collect();
    assert_eq!(slice(&here.view(), &inside), slice(&whole.view(), write));
}

/// More taps than are added up at once, and lines longer than registers, of every length.
#[test]
fn long_lists() {
    for (n, taps) in [(1, 300), (7, 129), (70, 64), (131, 65), (200, 1000), (33, 5), (96, 3)] {
        let x: Vec<f64> = (0..n).map(|i| f64::from(i * i % 17)).collect();
        let list: Vec<f64> = (0..taps).map(|k| f64::from(k * 7 % 11) - 5.0).collect();
        for mode in MODES {
            let view = View::new(&x, [n as usize]).unwrap();
            let want = plain(&view, &[0], std::slice::from_ref(&list), &[0], (mode, 0.0));
            assert_eq!(
                Filter::weights([&list]).border(mode).run(&view).unwrap().as_slice(),
                want,
                "{n} {taps} {mode:?}"
            );
            // Across rows of any length.
            let rows = View::new(&x, [1, n as usize]).unwrap().permute(&[1, 0]).unwrap();
            let wide: Array<f64> = rows.broadcast(1, 40).unwrap().to_array();
            let got = Filter::weights([&list]).border(mode).run(&wide).unwrap();
            assert!(got.as_slice().chunks(40).zip(&want).all(|(row, want)| row.iter().all(|x| x == want)));
        }
    }
}

#[test]
fn errors_do_not_grow() {
    // A constant stays, however far the list reaches.
    let x = vec![0.1f32; 3000];
    let got = Filter::gaussian([500.0]).run(&x).unwrap();
    assert!(got.iter().all(|x| (x / 0.1 - 1.0).abs() < 2e-6), "{:?}", got.as_slice()[0]);
    let bytes = vec![200u8; 3000];
    assert!(Filter::gaussian([500.0]).run(&bytes).unwrap().iter().all(|&x| x == 200));
    assert_eq!(Filter::weights([[-9.0]]).run(&[1u8, 2]).unwrap().as_slice(), [0, 0]);
    assert_eq!(Filter::weights([[300.0]]).run(&[1u8, 0]).unwrap().as_slice(), [255, 0]);
    assert_eq!(Filter::weights([[0.5]]).run(&[1i8, 3, -1, -3, -128]).unwrap().as_slice(), [1, 2, 0, -1, -64]);
}

#[test]
fn nothing_to_do() {
    let x = [5u8, 6, 7, 8];
    let view = View::new(&x, [2, 2]).unwrap();
    assert_eq!(Filter::gaussian(0.0).run(&view).unwrap().as_slice(), x);
    assert_eq!(Filter::hann(3).run(&view).unwrap().as_slice(), x);
    let none: [f32; 0] = [];
    assert!(Filter::gaussian([1.0]).run(View::new(&none, [0]).unwrap()).is_err());
    assert!(Filter::gaussian([1.0]).run(View::new(&none, [3, 0]).unwrap()).unwrap().is_empty());
}

#[test]
fn what_is_refused_says_why() {
    let x = [1.0f32, 2.0, 3.0, 4.0];
    let plane = View::new(&x, [2, 2]).unwrap();
    let say = |filter: WeightedFilter<f32>| filter.run(&plane).unwrap_err().to_string();
    let table = [
        (Filter::gaussian(-1.0), "a standard deviation is -1: it must be a finite number, and not below 0"),
        (Filter::gaussian(f64::NAN), "a standard deviation is NaN: it must be a finite number, and not below 0"),
        (
            Filter::gaussian(1.0).truncate(f64::INFINITY),
            "the truncation of a Gaussian is inf: it must be a finite number, and not below 0",
        ),
        (Filter::hann([2, 4]), "the size of a Hann window is 2: it must be 1, or at least 3: two are both zero"),
        (Filter::weights([[1.0, f64::NAN]]), "a weight is NaN: it must be a finite number"),
        (
            Filter::gaussian([1.0, 2.0]).axes(0),
            "2 numbers for standard deviation, but 1 axes are unfolded: give one number for all, or one per axis",
        ),
        (
            Filter::weights([[1.0]]).axes([0, 1]),
            "1 numbers for list of weights, but 2 axes are unfolded: give one number for all, or one per axis",
        ),
        (
            Filter::weights([[1.0, 2.0]]).origin([1]),
            "origin 1 on axis 0 moves a window of 2 off its element: use -1 to 0",
        ),
    ];
    for (filter, text) in table {
        assert_eq!(say(filter), text);
    }
    assert!(Filter::gaussian([1e18]).run(&plane).is_err());
    assert!(Filter::triangular([0]).run(&plane).is_err() && Filter::weights([[]]).run(&plane).is_err());
    let short = Filter::gaussian([1.0]).run_into(&plane, &mut [0.0]).unwrap_err();
    assert_eq!(
        short.to_string(),
        "the result of shape [2, 2] holds 4 elements, but the buffer has 1: make it that long"
    );
}
