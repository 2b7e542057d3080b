//! Every verb against a plain look at the elements of each window that count.

use crate::cells::{Asked, Held, cases, exhaustive};
use ndwindow::{Number, Real, ValidWindows, View};
use proptest::prelude::*;
use std::fmt::Debug;

/// An element, and what its results are compared as.
pub(crate) trait Cell: Real + Debug + PartialOrd {
    fn value(self) -> f64;
    fn maybe(x: Self::Maybe) -> Option<f64>;
    fn maybe_wide(x: Self::MaybeWide) -> Option<f64>;
    fn mean_value(x: Self::Mean) -> Option<f64>;
    fn middle_value(x: Self::Middle) -> Option<f64>;
    /// A result in the type of means.
    fn as_mean(x: f64) -> f64;
}

/// A number, or none.
fn known(x: f64) -> Option<f64> {
    (!x.is_nan()).then_some(x)
}

macro_rules! cells {
    ($($t:ty: |$x:ident| $maybe:expr, $mean:ty;)*) => { $(
        impl Cell for $t {
            fn value(self) -> f64 {
                self as f64
            }
            fn maybe($x: Self::Maybe) -> Option<f64> {
                $maybe
            }
            fn maybe_wide($x: Self::MaybeWide) -> Option<f64> {
                $maybe
            }
            fn mean_value(x: Self::Mean) -> Option<f64> {
                known(x.into())
            }
            fn middle_value(x: Self::Middle) -> Option<f64> {
                known(x.into())
            }
            fn as_mean(x: f64) -> f64 {
                (x as $mean).into()
            }
        }
    )* };
}

cells! {
    f32: |x| known(x.into()), f32;
    f64: |x| known(x), f64;
    u8: |x| x.map(|x| x as f64), f64;
    i16: |x| x.map(|x| x as f64), f64;
    u64: |x| x.map(|x| x as f64), f64;
    i64: |x| x.map(|x| x as f64), f64;
}

/// What counts of a window, in order: values, and where they lie.
type Counting = Vec<(f64, Option<Vec<usize>>)>;

fn counting<T: Cell>(held: &[Held<T>], mask: Option<&View<'_, bool>>, skips: bool) -> Counting {
    let counts = |at: &Option<Vec<usize>>| at.as_ref().is_none_or(|at| mask.is_none_or(|mask| mask[&at[..]]));
    let held = held.iter().filter(|(_, at)| counts(at)).map(|(x, at)| (x.value(), at.clone()));
    held.filter(|(x, _)| !(skips && x.is_nan())).collect()
}

/// The element `q` of the way from the least to the largest, `None` for none and with NaNs.
fn quantile(x: &[f64], q: f64) -> Option<f64> {
    if x.is_empty() || x.iter().any(|x| x.is_nan()) {
        return None;
    }
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() - 1) as f64 * q;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    Some(low + (high - low) * at.fract())
}

fn variance(x: &[f64], ddof: usize) -> Option<f64> {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    (x.len() > ddof).then(|| x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - ddof as f64)).and_then(known)
}

/// The flat index of the first extreme among elements, a NaN above everything.
fn place(x: &Counting, least: bool, flat: &dyn Fn(&[usize]) -> usize) -> Option<usize> {
    let mut best: Option<(f64, usize)> = None;
    for (x, at) in x {
        let Some(at) = at else { continue };
        let better = match best {
            None => true,
            Some((b, _)) if b.is_nan() => false,
            Some((b, _)) => x.is_nan() || if least { *x < b } else { *x > b },
        };
        if better {
            best = Some((*x, flat(at)));
        }
    }
    best.map(|(_, at)| at)
}

fn extreme(x: &[f64], least: bool) -> Option<f64> {
    let nan = x.iter().any(|x| x.is_nan());
    let one = x.iter().copied().reduce(|a, b| if least == (b < a) { b } else { a });
    one.filter(|_| !nan)
}

/// Holds every verb to what is plainly seen. Values are so small that sums of them are exact.
pub(crate) fn check<T: Cell>(
    x: &View<'_, T>,
    mask: Option<&View<'_, bool>>,
    asked: &Asked,
    (skips, fill, least): (bool, Option<T>, usize),
) {
    let Some((shape, windows)) = asked.windows(x, fill) else { return };
    let w = asked.request().windows(x).unwrap();
    let w = match fill {
        Some(fill) => w.fill(fill),
        None => w,
    };
    let w: ValidWindows<'_, T> = match (mask, skips) {
        (None, _) => w.skip_nan(),
        (Some(mask), false) => w.valid(mask).unwrap(),
        (Some(mask), true) => w.valid(mask).unwrap().skip_nan(),
    }
    .min_count(least);
    let skips = skips || mask.is_none();
    let what = || format!("{asked:?} of {x:?} by {mask:?}, skips {skips}, fill {fill:?}, least {least}");
    let flat = |at: &[usize]| asked.0.iter().fold(0, |i, a| i * x.shape()[a.axis] + at[a.axis]);
    let count = w.count();
    assert_eq!(count.shape(), shape, "{}", what());
    let (max, min, sum, mean) = (w.max(), w.min(), w.sum(), w.mean());
    let (median, third) = (w.median(), w.quantile(0.3).unwrap());
    let (var, std) = ([w.var(0), w.var(1), w.var(2)], w.std(1));
    let (argmax, argmin) = (w.argmax(), w.argmin());
    for (i, held) in windows.iter().enumerate() {
        let here = counting(held, mask, skips);
        let x: Vec<f64> = here.iter().map(|h| h.0).collect();
        let n = x.len() as f64;
        let enough = |need: usize| x.len() >= least.max(need);
        let same = |name: &str, got: Option<f64>, want: Option<f64>| {
            assert!(got == want, "{name} of window {i} is {got:?}, not {want:?}: {}", what())
        };
        let near = |name: &str, got: Option<f64>, want: Option<f64>| {
            let near = |(got, want): (f64, f64)| (got - want).abs() <= 1e-6 * want.abs().max(1.0);
            let alike = got.zip(want).map_or(got.is_none() && want.is_none(), near);
            assert!(alike, "{name} of window {i} is {got:?}, not {want:?}: {}", what())
        };
        let total = x.iter().sum::<f64>();
        assert_eq!(count.as_slice()[i], x.len(), "{}", what());
        same("max", T::maybe(max.as_slice()[i]), extreme(&x, false).filter(|_| enough(1)));
        same("min", T::maybe(min.as_slice()[i]), extreme(&x, true).filter(|_| enough(1)));
        same("sum", T::maybe_wide(sum.as_slice()[i]), known(total).filter(|_| enough(0)));
        same("mean", T::mean_value(mean.as_slice()[i]), known(total / n).map(T::as_mean).filter(|_| enough(1)));
        near("median", T::middle_value(median.as_slice()[i]), quantile(&x, 0.5).filter(|_| enough(1)));
        near("quantile", T::middle_value(third.as_slice()[i]), quantile(&x, 0.3).filter(|_| enough(1)));
        for ddof in 0..3 {
            near("var", T::mean_value(var[ddof].as_slice()[i]), variance(&x, ddof).filter(|_| enough(1)));
        }
        near("std", T::mean_value(std.as_slice()[i]), variance(&x, 1).map(f64::sqrt).filter(|_| enough(1)));
        let elements: Counting = here.into_iter().filter(|h| h.1.is_some()).collect();
        let enough = elements.len() >= least.max(1);
        assert_eq!(argmax.as_slice()[i], place(&elements, false, &flat).filter(|_| enough), "argmax {i}: {}", what());
        assert_eq!(argmin.as_slice()[i], place(&elements, true, &flat).filter(|_| enough), "argmin {i}: {}", what());
    }
}

#[test]
fn every_small_request_of_one_axis() {
    let nan = f64::NAN;
    let x = [2.0, nan, -1.0, 3.0, nan, 0.5];
    let bytes = [5u8, 200, 5, 0, 16, 7];
    for (number, (n, along)) in exhaustive().enumerate() {
        let asked = Asked(vec![along]);
        let bits: Vec<bool> = (0..n).map(|i| (number * 37) >> i & 1 == 1).collect();
        let (mask, least) = (View::new(&bits, [n]).unwrap(), number % 4);
        let fill = [None, Some(1.5), Some(nan)][number % 3];
        match number % 5 {
            0 => check(&View::new(&bytes[..n], [n]).unwrap(), Some(&mask), &asked, (false, Some(3), least)),
            1 | 2 => check(&View::new(&x[..n], [n]).unwrap(), None, &asked, (true, fill, least)),
            3 => check(&View::new(&x[..n], [n]).unwrap(), Some(&mask), &asked, (true, fill, least)),
            _ => check(&View::new(&x[..n], [n]).unwrap(), Some(&mask), &asked, (false, fill, least)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_request(
        (layout, asked) in cases(),
        seed in any::<u32>(),
        fill in prop::option::of(0u8..9),
        (skips, masked, least) in (any::<bool>(), any::<bool>(), 0usize..5),
    ) {
        let total: usize = layout.shape.iter().product();
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1664525).wrapping_add(1013904223);
            (state >> 27) as u8
        };
        let bytes: Vec<u8> = (0..total).map(|_| next()).collect();
        let bits: Vec<bool> = (0..total).map(|_| next() < 20).collect();
        // In another layout than the elements, or in theirs.
        let there = layout.view(&bits);
        let plain = View::new(&bits, &layout.shape[..]).unwrap();
        let mask = masked.then_some(if seed % 2 == 0 { &there } else { &plain });
        check(&layout.view(&bytes), mask, &asked, (skips, fill, least));
        let floats: Vec<f32> = bytes.iter().map(|&b| if b % 7 == 3 { f32::NAN } else { f32::from(b) - 9.0 }).collect();
        check(&layout.view(&floats), mask, &asked, (skips, fill.map(f32::from), least));
        let doubles: Vec<f64> = floats.iter().map(|&x| x.into()).collect();
        check(&layout.view(&doubles), mask, &asked, (skips, fill.map(|_| f64::NAN), least));
        let short: Vec<i16> = bytes.iter().map(|&b| i16::from(b) * 100 - 900).collect();
        check(&layout.view(&short), mask, &asked, (skips, fill.map(i16::from), least));
        let long: Vec<u64> = bytes.iter().map(|&b| b.into()).collect();
        check(&layout.view(&long), mask, &asked, (skips, fill.map(u64::from), least));
    }
}

#[test]
fn bools_count_as_numbers() {
    let x = [true, false, true];
    let w = ndwindow::unfold(0, 2, 1).windows(&x).unwrap();
    let w = w.valid(&[true, true, false]).unwrap();
    assert_eq!(w.sum().as_slice(), [Some(1), Some(0)]);
    assert_eq!(w.max().as_slice(), [Some(true), Some(false)]);
    assert_eq!(w.mean().as_slice(), [0.5, 0.0]);
    fn generic<T: Number>(w: &ValidWindows<'_, T>) -> usize {
        w.argmax().len() + w.median().len()
    }
    assert_eq!(generic(&w), 4);
}
