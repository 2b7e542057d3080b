//! What holds whatever the numbers are: bits, threads, parts, long windows, and what is refused.

use crate::cells::{self, cases};
use ndwindow::{Array, Error, PadMode, Part, Tail, ValidWindows, View, unfold};
use proptest::prelude::*;
use std::ops::Range;

/// Numbers that sums round, of very different sizes, from a seed.
fn noise(n: usize, seed: u32) -> Vec<f32> {
    let number = |i: u32| {
        let z = (i ^ seed).wrapping_mul(2654435761);
        (z as f32 / 1e6 - 2000.0) * [1.0, 1e-3, 3e4][(z >> 7) as usize % 3]
    };
    (0..n as u32).map(number).collect()
}

/// Every result as bits.
fn bits(w: &ValidWindows<'_, f32>) -> Vec<(&'static str, Vec<u64>)> {
    let float = |x: Array<f32>| x.iter().map(|x| if x.is_nan() { u64::MAX } else { x.to_bits().into() }).collect();
    let place = |x: Array<Option<usize>>| x.iter().map(|at| at.map_or(u64::MAX, |at| at as u64)).collect();
    vec![
        ("sum", float(w.sum())),
        ("mean", float(w.mean())),
        ("max", float(w.max())),
        ("min", float(w.min())),
        ("var", float(w.var(1))),
        ("std", float(w.std(0))),
        ("median", float(w.median())),
        ("quantile", float(w.quantile(0.2).unwrap())),
        ("argmax", place(w.argmax())),
        ("argmin", place(w.argmin())),
        ("count", w.count().iter().map(|&n| n as u64).collect()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Where everything counts nothing is changed, to the last bit.
    #[test]
    fn of_whole_arrays_bits_are_those_of_plain_windows((layout, asked) in cases(), seed in any::<u32>()) {
        let x = noise(layout.shape.iter().product(), seed);
        let view = layout.view(&x);
        let Ok(w) = asked.request().windows(&view) else { return Ok(()) };
        let there = vec![true; x.len()];
        let mask = layout.view(&there);
        for sifted in [w.skip_nan(), w.valid(&mask).unwrap()] {
            // No element is an identity in disguise: none is infinite, and zeros sum to 0.0.
            let held = sifted.count();
            let some = |x: &Array<f32>| -> Vec<Option<u32>> {
                x.iter().zip(&held).map(|(x, &n)| (n > 0).then(|| x.to_bits())).collect()
            };
            prop_assert_eq!(some(&sifted.sum()), some(&w.sum()));
            prop_assert_eq!(some(&sifted.mean()), some(&w.mean()));
            prop_assert_eq!(some(&sifted.max()), some(&w.max()));
            prop_assert_eq!(some(&sifted.min()), some(&w.min()));
            prop_assert_eq!(some(&sifted.var(0)), some(&w.var(0)));
            if let Ok(places) = w.argmax() {
                prop_assert!(sifted.argmax().iter().copied().eq(places.iter().map(|&at| Some(at))));
                prop_assert_eq!(some(&sifted.median()), some(&w.median().unwrap()));
            }
        }
    }

    /// A NaN that is skipped, a number that a mask leaves out, and nothing at all are the same.
    #[test]
    fn what_stands_where_nothing_counts_does_not_show((layout, asked) in cases(), seed in any::<u32>(), least in 0usize..4) {
        let x = noise(layout.shape.iter().product(), seed);
        let there: Vec<bool> = x.iter().map(|x| x.to_bits() % 3 != 0).collect();
        let with = |gap: f32| -> Vec<f32> { x.iter().zip(&there).map(|(&x, &is)| if is { x } else { gap }).collect() };
        let (nan, lost, large) = (with(f32::NAN), with(f32::NEG_INFINITY), with(f32::MAX));
        let (nan, lost, large) = (layout.view(&nan), layout.view(&lost), layout.view(&large));
        let Ok(w) = asked.request().windows(&nan) else { return Ok(()) };
        let mask = layout.view(&there);
        let wanted = bits(&w.skip_nan().min_count(least));
        prop_assert_eq!(&bits(&w.valid(&mask).unwrap().min_count(least)), &wanted);
        prop_assert_eq!(&bits(&w.valid(&mask).unwrap().skip_nan().min_count(least)), &wanted);
        let request = asked.request();
        prop_assert_eq!(&bits(&request.windows(&lost).unwrap().valid(&mask).unwrap().min_count(least)), &wanted);
        prop_assert_eq!(&bits(&request.windows(&large).unwrap().valid(&mask).unwrap().min_count(least)), &wanted);
    }
}

fn cut<T: Copy + Default + Send + Sync + 'static>(view: &View<'_, T>, ranges: &[Range<usize>]) -> Array<T> {
    let cut = ranges
        .iter()
        .enumerate()
        .fold(view.clone(), |view, (axis, range)| view.slice(axis as isize, range.start, 1, range.len()).unwrap());
    cut.to_array()
}

#[test]
fn parts_have_the_bits_of_the_whole() {
    let shape = [19, 3, 23];
    let x = noise(shape.iter().product(), 5);
    let gaps: Vec<f32> = x.iter().map(|&x| if x.to_bits() % 4 == 0 { f32::NAN } else { x }).collect();
    let there: Vec<bool> = x.iter().map(|x| x.to_bits() % 5 != 0).collect();
    let (view, mask) = (View::new(&gaps, shape).unwrap(), View::new(&there, shape).unwrap());
    for mode in [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap] {
        for (tail, dilation, step) in
            [(Tail::Drop, 1, 1), (Tail::ShiftBack, 2, 3), (Tail::Spread, 1, 2), (Tail::Partial, 1, 4)]
        {
            let request =
                unfold([2, 0], [5, 3], step).dilation(dilation).pad([(2, 3), (1, 1)]).pad_mode(mode).tail(tail);
            let plan = request.plan(shape).unwrap();
            let windows = plan.windows(&view).unwrap();
            let of = |whole: bool, part: Option<&Part>| match part {
                None if whole => bits(&windows.skip_nan().min_count(2)),
                None => bits(&windows.valid(&mask).unwrap().skip_nan().min_count(2)),
                Some(part) => {
                    let (piece, its) = (cut(&view, part.read()), cut(&mask, part.read()));
                    let windows = part.windows(&piece).unwrap();
                    match whole {
                        true => bits(&windows.skip_nan().min_count(2)),
                        false => bits(&windows.valid(&its).unwrap().skip_nan().min_count(2)),
                    }
                }
            };
            for masked in [false, true] {
                let all = of(!masked, None);
                for part in plan.parts([4, 2, 6]).unwrap().iter() {
                    for ((name, here), (_, all)) in of(!masked, Some(&part)).iter().zip(&all) {
                        let all = Array::new(all.clone(), plan.reduced_shape()).unwrap();
                        assert_eq!(
                            here,
                            cut(&all.view(), part.write()).as_slice(),
                            "{name} of {:?}: {request:?}",
                            part.write()
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_same_for_any_number_of_threads() {
    let x = noise(700 * 500, 9);
    let gaps: Vec<f32> = x.iter().map(|&x| if x.to_bits() % 4 == 0 { f32::NAN } else { x }).collect();
    let there: Vec<bool> = x.iter().map(|x| x.to_bits() % 5 != 0).collect();
    let (view, mask) = (View::new(&gaps, [700, 500]).unwrap(), View::new(&there, [700, 500]).unwrap());
    let request = unfold(.., 4, 2).pad(3);
    let all = || {
        let w = request.windows(&view).unwrap().valid(&mask).unwrap().skip_nan();
        let all: Vec<u64> = bits(&w).into_iter().flat_map(|(_, bits)| bits).collect();
        let len = all.len();
        Array::new(all, [len]).unwrap()
    };
    cells::same_for_threads(|a: &u64, b| a == b, all);
}

/// More cells than the narrow counts hold; sums of integers longer than any type for few of them.
#[test]
fn windows_of_very_many_cells() {
    let n = 70_000;
    let x: Vec<u8> = (0..n).map(|i| (i % 251) as u8).collect();
    let there: Vec<bool> = (0..n).map(|i| i % 3 != 0).collect();
    let w = unfold(0, 66_000, 1000).windows(&x).unwrap().valid(&there).unwrap();
    for (i, start) in (0..=4000).step_by(1000).enumerate() {
        let held = (start..start + 66_000).filter(|i| i % 3 != 0);
        let (n, sum) = (held.clone().count(), held.map(|i| (i % 251) as u64).sum::<u64>());
        assert_eq!((w.count().as_slice()[i], w.sum().as_slice()[i]), (n, Some(sum)));
        assert_eq!(w.mean().as_slice()[i], sum as f64 / n as f64);
        assert_eq!((w.max().as_slice()[i], w.min().as_slice()[i]), (Some(250), Some(0)));
    }
    let long = [u64::MAX; 4];
    let w = unfold(0, 3, 1).windows(&long).unwrap().valid(&[true, false, true, true]).unwrap();
    assert_eq!(w.sum().as_slice(), [Some(2 * u128::from(u64::MAX)); 2]);
    assert_eq!(w.mean().as_slice(), [u64::MAX as f64; 2]);
}

/// Work follows elements and results, whatever windows and pads are; and an element counts as often as it is read.
#[test]
fn windows_of_far_more_cells_than_elements() {
    let far = 1_000_000_000usize;
    let x = [1.0, f64::NAN, 4.0];
    for mode in [PadMode::Wrap, PadMode::Edge] {
        let w = unfold(0, 2 * far + 3, 1).pad(far).pad_mode(mode).windows(&x).unwrap();
        let (ones, fours) = match mode {
            // 10^9 is 3 k + 1: before the first element the last one stands once more, behind the last the first.
            PadMode::Wrap => (1 + far / 3 + far / 3 + 1, 1 + far / 3 + 1 + far / 3),
            _ => (1 + far, 1 + far),
        };
        let s = w.skip_nan();
        assert_eq!(s.count().as_slice(), [ones + fours], "{mode:?}");
        assert_eq!(s.sum().as_slice(), [ones as f64 + 4.0 * fours as f64]);
        assert_eq!((s.max().as_slice(), s.min().as_slice()), (&[4.0][..], &[1.0][..]));
        assert_eq!(
            (s.median().as_slice()[0], s.argmax().as_slice()[0], s.argmin().as_slice()[0]),
            (2.5, Some(2), Some(0))
        );
        assert!((s.var(0).as_slice()[0] - 2.25).abs() < 1e-9);
        assert_eq!(s.min_count(ones + fours + 1).argmax().as_slice(), [None]);
    }
    let w = unfold(0, 2 * far + 3, 1).pad(far).windows(&x).unwrap().fill(7.0).valid(&[false, true, true]).unwrap();
    assert_eq!(w.count().as_slice(), [2 * far + 2]);
    assert!(w.sum().as_slice()[0].is_nan() && w.median().as_slice()[0].is_nan());
    let w = w.skip_nan();
    assert_eq!((w.sum().as_slice()[0], w.median().as_slice()[0]), (14e9 + 4.0, 7.0));
    // One element and one place of a mask, 2^36 times.
    let (one, is) = ([3.0f32], [true]);
    let one = View::new(&one, [1]).unwrap().broadcast(0, 1 << 36).unwrap();
    let is = View::new(&is, [1]).unwrap().broadcast(0, 1 << 36).unwrap();
    let w = unfold(0, 1 << 36, 1).windows(&one).unwrap().valid(&is).unwrap();
    assert_eq!((w.mean().as_slice(), w.count().as_slice()), (&[3.0][..], &[1 << 36][..]));
}

/// A mask need not lie as its elements do, where windows are boxes either.
#[test]
fn masks_of_any_layout() {
    let x = noise(3 * 16 * 18, 3);
    let view = View::new(&x, [3, 16, 18]).unwrap();
    let there: Vec<bool> = x.iter().map(|x| x.to_bits() % 3 != 0).collect();
    let mask = View::new(&there, [3, 16, 18]).unwrap();
    let turned = mask.permute(&[2, 0, 1]).unwrap().to_array();
    let turned = turned.view().permute(&[1, 2, 0]).unwrap();
    let row = mask.slice(0, 1, 1, 1).unwrap().broadcast(0, 3).unwrap();
    let same = row.to_array();
    for (window, step) in [(2, 2), (3, 2), (3, 3), (3, 1), (5, 1)] {
        let windows = unfold([1, 2], window, step).windows(&view).unwrap();
        let of = |mask: &View<'_, bool>| bits(&windows.valid(mask).unwrap());
        assert_eq!(of(&turned), of(&mask), "{window} by {step}");
        assert_eq!(of(&row), of(&same.view()), "{window} by {step}");
    }
}

#[test]
fn nothing_drifts_and_means_of_finite_numbers_are_finite() {
    let x = [1e16, 1.0, f64::NAN, 1.0, 1.0, f64::NAN];
    let w = unfold(0, 3, 1).windows(&x).unwrap();
    assert_eq!(w.skip_nan().sum().as_slice(), [1e16 + 1.0, 2.0, 2.0, 2.0]);
    let large = [f32::MAX, f32::NAN, f32::MAX, f32::MAX, f32::NAN, f32::NAN, f32::NAN];
    let means = unfold(0, 3, 1).windows(&large).unwrap().skip_nan().mean();
    assert_eq!(means.as_slice()[..4], [f32::MAX; 4]);
    assert!(means.as_slice()[4].is_nan());
    // A long sum of ones has no error.
    let many = vec![1.0f32; (1 << 20) + 1];
    let mean = unfold(0, many.len(), 1).windows(&many).unwrap().skip_nan().mean();
    assert_eq!(mean.as_slice(), [1.0]);
}

#[test]
fn a_nan_that_counts_is_not_lost() {
    let x = [1.0, f64::NAN, 3.0, 4.0];
    let w = unfold(0, 2, 1).windows(&x).unwrap();
    let w = w.valid(&[true, true, false, true]).unwrap();
    let nans = |x: Array<f64>| x.iter().map(|x| x.is_nan()).collect::<Vec<_>>();
    for got in [w.sum(), w.mean(), w.max(), w.min(), w.median(), w.var(0), w.quantile(1.0).unwrap()] {
        assert_eq!(nans(got), [true, true, false]);
    }
    assert_eq!(w.argmax().as_slice(), [Some(1), Some(1), Some(3)]);
    assert_eq!(w.clone().skip_nan().argmax().as_slice(), [Some(0), None, Some(3)]);
    assert_eq!(nans(w.skip_nan().median()), [false, true, false]);
}

#[test]
fn no_axis_no_window_and_no_element() {
    let x = [1.0, f64::NAN];
    let w = unfold(&[] as &[isize], &[] as &[usize], &[] as &[usize]).windows(&x).unwrap().skip_nan();
    assert_eq!((w.count().as_slice(), w.sum().as_slice()[0]), (&[1, 0][..], 1.0));
    assert_eq!((w.argmax().as_slice(), w.median().as_slice()[0]), (&[Some(0), None][..], 1.0));
    let none: [f64; 0] = [];
    let w = unfold(0, 3, 1).tail(Tail::Partial).windows(&none).unwrap().skip_nan();
    assert!(w.mean().is_empty() && w.argmin().is_empty() && w.median().is_empty() && w.count().is_empty());
    let w = unfold(0, 1, 1).pad(1).windows(&x).unwrap().skip_nan();
    assert_eq!(w.clone().min_count(0).sum().as_slice(), [0.0, 1.0, 0.0, 0.0]);
    assert!(w.min_count(0).max().as_slice()[0].is_nan());
    // An axis without elements behind one that is mirrored.
    let nothing = View::new(&none, [0, 2]).unwrap();
    let w = unfold([1, 0], 2, 1).pad(1).pad_mode([PadMode::Reflect, PadMode::Empty]).windows(&nothing).unwrap();
    assert_eq!(w.skip_nan().argmax().as_slice(), [None; 3]);
}

#[test]
fn what_is_refused_says_why() {
    let x = [1.0, 2.0, 3.0];
    let w = unfold(0, 2, 1).windows(&x).unwrap();
    let error = w.valid(&[true, true]).unwrap_err();
    assert_eq!(error.to_string(), "the mask has shape [2], but [3] was planned");
    let sifted = w.skip_nan();
    let error = sifted.quantile(1.5).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the quantile is 1.5: it must be from 0, the minimum, over 0.5, the median, to 1, the maximum"
    );
    fn short(result: ndwindow::Result<()>) {
        assert!(matches!(result, Err(Error::BufferLength { expected: 2, found: 1, .. })), "{result:?}");
    }
    short(sifted.sum_into(&mut [0.0]));
    short(sifted.mean_into(&mut [0.0]));
    short(sifted.max_into(&mut [0.0]));
    short(sifted.min_into(&mut [0.0]));
    short(sifted.var_into(1, &mut [0.0]));
    short(sifted.std_into(1, &mut [0.0]));
    short(sifted.median_into(&mut [0.0]));
    short(sifted.quantile_into(0.5, &mut [0.0]));
    short(sifted.argmax_into(&mut [None]));
    short(sifted.argmin_into(&mut [None]));
    short(sifted.count_into(&mut [0]));
}

/// Means are those of all windows where no NaN is found, whichever windows have too few cells.
#[test]
fn means_without_a_nan() {
    let x: Vec<f64> = (0..7 * 9 * 5).map(|i| f64::from(i * 37 % 101) - 50.0).collect();
    let view = View::new(&x, [7, 9, 5]).unwrap();
    for (axes, window) in [
        (vec![0isize], vec![3usize]),
        (vec![1], vec![4]),
        (vec![2], vec![9]),
        (vec![2, 0], vec![3, 4]),
        (vec![], vec![]),
    ] {
        let w = unfold(&axes[..], &window[..], 1).pad((2, 2)).windows(&view).unwrap();
        let (means, cells) = (w.mean(), w.skip_nan().count());
        for least in 0..=window.iter().product::<usize>() + 1 {
            let got = w.skip_nan().min_count(least).mean();
            for ((got, mean), &cells) in got.iter().zip(means.iter()).zip(cells.iter()) {
                let want = if cells < least.max(1) { f64::NAN } else { *mean };
                assert!(got.to_bits() == want.to_bits() || got.is_nan() && want.is_nan(), "{axes:?} {least} {cells}");
            }
        }
    }
}
