//! Variances and norms against plain sums, and where plain sums fail.

mod cells;

use cells::{Asked, cases};
use ndwindow::nn::Pool;
use ndwindow::{Array, Error, View, unfold};
use proptest::prelude::*;

fn check(x: &View<'_, f64>, asked: &Asked, fill: Option<f64>) {
    let Some((_, windows)) = asked.windows(x, fill) else { return };
    let w = asked.request().windows(x).unwrap();
    let w = match fill {
        Some(fill) => w.fill(fill),
        None => w,
    };
    let (var, two, most, third) =
        (w.var(0), w.norm(2.0).unwrap(), w.norm(f64::INFINITY).unwrap(), w.norm(3.5).unwrap());
    for (i, held) in windows.iter().enumerate() {
        let x: Vec<f64> = held.iter().map(|h| h.0).collect();
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        let want = x.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
        let got = var.as_slice()[i];
        assert!((got - want).abs() < 1e-9 || (got.is_nan() && x.is_empty()), "{got} {want} {asked:?}");
        let norm = |p: f64| x.iter().map(|v| v.abs().powf(p)).sum::<f64>().powf(p.recip());
        assert!((two.as_slice()[i] - norm(2.0)).abs() < 1e-9);
        assert!((third.as_slice()[i] - norm(3.5)).abs() < 1e-9);
        assert_eq!(most.as_slice()[i], x.iter().fold(0.0, |a: f64, v| a.max(v.abs())));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_request((layout, asked) in cases(), seed in any::<u32>(), fill in prop::option::of(-3.0f64..3.0)) {
        let total: usize = layout.shape.iter().product();
        let x: Vec<f64> = (0..total as u32).map(|i| f64::from(i.wrapping_mul(seed | 1) >> 20) / 512.0 - 4.0).collect();
        check(&layout.view(&x), &asked, fill);
    }
}

#[test]
fn a_large_mean_does_not_swallow_a_small_variance() {
    let x: Vec<f64> = (0..1000).map(|i| 1e12 + f64::from(i % 2)).collect();
    let var = unfold(0, 100, 1).windows(&x).unwrap().var(0);
    assert!(var.iter().all(|v| (v - 0.25).abs() < 1e-6));
    let single = unfold(0, 1, 1).windows(&[3.0, f64::INFINITY]).unwrap().var(0);
    assert!(single.as_slice()[0] == 0.0 && single.as_slice()[1].is_nan());
    let narrow: Array<f32> = unfold(0, 2, 1).windows(&[1e30f32, 1e30]).unwrap().norm(2.0).unwrap();
    assert!((narrow.as_slice()[0] / 1e30 - 2f32.sqrt()).abs() < 1e-6);
    let bytes: Array<f64> = unfold(0, 2, 1).windows(&[255u8, 0]).unwrap().var(0);
    assert_eq!(bytes.as_slice(), [127.5 * 127.5]);
}

#[test]
fn the_same_for_any_number_of_threads() {
    let x: Vec<f64> = (0..400 * 400u32).map(|i| f64::from(i.wrapping_mul(2654435761)) / 1e6).collect();
    let image = View::new(&x, [400, 400]).unwrap();
    let request = unfold([0, 1], 7, 1).pad(3);
    cells::same_for_threads(|a: &f64, b| a.to_bits() == b.to_bits(), || request.windows(&image).unwrap().var(0));
}

/// Equal to within a few roundings; infinities, zeros and NaN only to themselves.
fn near(got: f64, want: f64) -> bool {
    got == want || (got.is_nan() && want.is_nan()) || (got - want).abs() <= 1e-14 * want.abs()
}

/// Integers of every type at both ends of it: `base + offset` has the variance of the offsets, whatever the base.
#[test]
fn integers_of_any_size_keep_their_variance() {
    // offsets below 128, what their variance is
    let table: [(&[u8], f64); 7] = [
        (&[0, 1, 2], 2.0 / 3.0),
        (&[2, 0, 1], 2.0 / 3.0),
        (&[0, 2], 1.0),
        (&[0, 1, 3], 14.0 / 9.0),
        (&[5, 5, 5, 5, 5], 0.0),
        (&[0, 127, 0, 127, 127], 3870.96),
        (&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 10.0),
    ];
    macro_rules! every {
        ($($t:ident)*) => { $(
            for (offsets, want) in table {
                let low: Vec<$t> = offsets.iter().map(|&o| $t::MIN + o as $t).collect();
                let high: Vec<$t> = offsets.iter().map(|&o| $t::MAX - o as $t).collect();
                let middle: Vec<$t> = offsets.iter().map(|&o| $t::MAX / 2 - o as $t).collect();
                for x in [low, high, middle] {
                    let got = unfold(0, x.len(), 1).windows(&x).unwrap().var(0).as_slice()[0];
                    assert!(near(got, want), "{got} for {x:?}");
                    let column = View::new(&x, [x.len(), 1]).unwrap();
                    let got = unfold([1, 0], [1, x.len()], 1).windows(column).unwrap().var(0).as_slice()[0];
                    assert!(near(got, want), "{got} for a column of {x:?}");
                    // Long windows: the same numbers again and again.
                    let long: Vec<$t> = x.iter().cycle().take(300 * x.len()).copied().collect();
                    for got in unfold(0, 200 * x.len(), 7).windows(&long).unwrap().var(0).iter() {
                        assert!((got - want).abs() <= 1e-12 * want, "{got} for many of {x:?}");
                    }
                }
            }
            let ends = [$t::MIN, $t::MAX];
            let got = unfold(0, 2, 1).windows(&ends).unwrap().var(0).as_slice()[0];
            let half = $t::MAX as f64 / 2.0 - $t::MIN as f64 / 2.0;
            assert!(near(got, half * half), "{got} for {ends:?}");
        )* };
    }
    every!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
}

/// What is a number comes out as one, what is none is infinite, and equal numbers have no variance at all.
#[test]
fn variances_at_the_ends_of_the_numbers() {
    let (most, inf) = (f64::MAX, f64::INFINITY);
    let many: Vec<f64> = (0..1000).map(|i| f64::from(i % 2) * 2.6e154).collect();
    let alike = [most; 77];
    let table: [(&[f64], f64); 16] = [
        (&[0.0, 2.6e154], 1.69e308),
        (&[-1.3e154, 1.3e154], 1.69e308),
        (&many, 1.69e308),
        (&alike, 0.0),
        (&[most, most, most], 0.0),
        (&[-most, most], inf),
        (&[-most, most, most, 1.0, -most], inf),
        (&[most, -most, inf], f64::NAN),
        (&[1.0, inf], f64::NAN),
        (&[-inf, -inf], f64::NAN),
        (&[1.0, f64::NAN, 1.0], f64::NAN),
        (&[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], 0.0),
        (&[1e-150, 3e-150], 1e-300),
        (&[5e-324, 5e-324], 0.0),
        (&[1e16, 1e16 + 2.0, 1e16 + 4.0], 8.0 / 3.0),
        (&[0.0, 9.54e8, 9.54e8 + 1.0, 9.54e8 + 2.0], 1.7064675035775e17),
    ];
    for (x, want) in table {
        let got = unfold(0, x.len(), 1).windows(x).unwrap().var(0).as_slice()[0];
        assert!(
            (got - want).abs() <= 1e-12 * want || near(got, want),
            "{got} for {want}, of {:?}",
            &x[..x.len().min(9)]
        );
    }
    // Once the large ones are gone, nothing of them is left.
    let x = [most, -most, 1.0, 2.0, 3.0];
    let var = unfold(0, 2, 1).windows(&x).unwrap().var(0);
    assert_eq!(var.as_slice(), [inf, inf, 0.25, 0.25]);
    let single: [(&[f32], f32); 5] = [
        (&[f32::MAX; 33], 0.0),
        (&[0.0, 3.6e19], 3.24e38),
        (&[-1.8e19, 1.8e19, -1.8e19, 1.8e19], 3.24e38),
        (&[-f32::MAX, f32::MAX], f32::INFINITY),
        (&[16777216.0, 16777218.0, 16777220.0], 8.0 / 3.0),
    ];
    for (x, want) in single {
        let got: f32 = unfold(0, x.len(), 1).windows(x).unwrap().var(0).as_slice()[0];
        assert!(got == want || (got / want - 1.0).abs() < 1e-6, "{got} for {x:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Against exact sums of the differences, as integers.
    #[test]
    fn variances_of_long_integers(
        base in any::<i64>(),
        offsets in prop::collection::vec(-4000i64..4000, 1..70),
        window in 1usize..70,
        step in 1usize..4,
    ) {
        let window = window.min(offsets.len());
        let x: Vec<i64> = offsets.iter().map(|o| base.saturating_add(*o)).collect();
        let stamps: Vec<u64> = x.iter().map(|&v| (v as u64) ^ (1 << 63)).collect();
        let signed = unfold(0, window, step).windows(&x).unwrap().var(0);
        prop_assert_eq!(&unfold(0, window, step).windows(&stamps).unwrap().var(0), &signed);
        for (i, &got) in signed.iter().enumerate() {
            let held = &x[i * step..i * step + window];
            let (n, sum) = (window as i128, held.iter().map(|&v| i128::from(v) - i128::from(base)).sum::<i128>());
            let squares: i128 = held.iter().map(|&v| (i128::from(v) - i128::from(base)).pow(2)).sum();
            let want = (n * squares - sum * sum) as f64 / (n * n) as f64;
            prop_assert!((got - want).abs() <= 1e-13 * want, "{} {}", got, want);
        }
    }
}

/// Norms that are numbers where their powers are none, beside those that need no care.
#[test]
fn norms_at_the_ends_of_the_numbers() {
    let (most, least, inf) = (f64::MAX, 5e-324, f64::INFINITY);
    let small = [1e-300; 1300];
    let (large, tiny) = ([most / 1000.0; 900], [1e-160; 10_000]);
    let table: [(&[f64], f64, f64); 34] = [
        (&[3e200, 4e200], 2.0, 5e200),
        (&[3e-200, -4e-200], 2.0, 5e-200),
        (&[3e-200, 4e-200, 0.0, 0.0], 2.0, 5e-200),
        (&[-most], 2.0, most),
        (&[least], 2.0, least),
        (&[0.0, least, -0.0], 2.0, least),
        (&large, 2.0, most * 0.03),
        (&tiny, 2.0, 1e-158),
        (&[most / 2.0, most / 2.0], 1.0, most),
        (&[most, most], 2.0, inf),
        (&[3e150, 4e-150], 2.0, 3e150),
        (&[0.0; 5], 2.0, 0.0),
        (&[0.0; 5], 100.0, 0.0),
        (&[1e10, 1e10], 100.0, 1.0069555500567189e10),
        (&[1e300, 1e300], 100.0, 1.0069555500567189e300),
        (&[1e-10, 1e-10], 100.0, 1.0069555500567189e-10),
        (&[1e-300, -1e-300, 0.0], 100.0, 1.006955550056719e-300),
        (&[2.0, 1.0], 5000.0, 2.0),
        (&[0.5, 0.25], 5000.0, 0.5),
        (&[-3.0, 7.0], 1e300, 7.0),
        (&[1e250, 1e250], 3.0, 1.2599210498948732e250),
        (&[1e-250, 1e-250], 3.0, 1.2599210498948732e-250),
        (&[1e250, 1e250], 1.5, 1.5874010519681994e250),
        (&[9e-300, 4e-300], 0.5, 2.5e-299),
        (&[9e300, 4e300], 0.5, 2.5e301),
        (&[7.0], 1e-20, 7.0),
        (&[-7.0], 0.01, 7.0),
        (&[7.0, 7.0], 1e-20, inf),
        (&small, 0.01, 247933511096.5972),
        (&[1.0, -inf, 2.0], 2.0, inf),
        (&[inf, inf], 3.5, inf),
        (&[inf, f64::NAN], 2.0, f64::NAN),
        (&[f64::NAN, 0.0], 100.0, f64::NAN),
        (&[f64::NAN, 1.0], 0.01, f64::NAN),
    ];
    for (x, p, want) in table {
        let n = x.len();
        // Whatever stands around them: the window's own elements decide.
        for (before, after) in [(0, 0), (1, 2)] {
            let mut line = vec![1.0; before];
            line.extend_from_slice(x);
            line.resize(before + n + after, 1.0);
            let got = unfold(0, n, 1).windows(&line).unwrap().norm(p).unwrap().as_slice()[before];
            let slack = if p < 0.1 { 1e-6 } else { 1e-13 };
            assert!(
                (got - want).abs() <= slack * want || near(got, want),
                "{got} for {want}, p {p} of {:?}",
                &x[..n.min(9)]
            );
            let pooled =
                Pool::new([n]).step(1).lp_pool(&View::new(&line, [1, 1, before + n + after]).unwrap(), p).unwrap();
            assert_eq!(pooled.as_slice()[before].to_bits(), got.to_bits());
            if x.iter().all(|&x| x >= 0.0) && p.is_finite() {
                let line = View::new(&line, [1, 1, before + n + after]).unwrap();
                let got = Pool::new([n]).step(1).lp_pool_signed(&line, p).unwrap().as_slice()[before];
                assert!((got - want).abs() <= slack * want || near(got, want), "signed: {got} for {want}, p {p}");
            }
        }
    }
    let single = [f32::MAX / 2.0, f32::MAX / 2.0];
    let got: f32 = unfold(0, 2, 1).windows(&single).unwrap().norm(100.0).unwrap().as_slice()[0];
    assert!((got / (f32::MAX / 2.0) - 1.006_955_6).abs() < 1e-6, "{got}");
    let long = [i128::MIN, i128::MAX];
    let got = unfold(0, 2, 1).windows(&long).unwrap().norm(2.0).unwrap().as_slice()[0];
    assert!(near(got, 2f64.powf(127.5)), "{got}");
    // Signs count where no absolute value is taken: 1 - 8 has no square root, 27 - 8 a third one.
    let x = View::new(&[1e120f64, -2e120, 3e120], [1, 1, 3]).unwrap();
    let got = Pool::new([2]).step(1).lp_pool_signed(&x, 3.0).unwrap();
    assert!(got.as_slice()[0].is_nan() && near(got.as_slice()[1], 19f64.cbrt() * 1e120), "{got:?}");
}

#[test]
fn what_is_refused() {
    let w = unfold(0, 2, 1);
    let text = |p| w.windows(&[1.0, 2.0]).unwrap().norm(p).unwrap_err().to_string();
    assert_eq!(
        text(0.0),
        "p of a norm is 0: it must be above 0 (1 sums absolute values, 2 is Euclid's, infinity is the largest)"
    );
    assert!(text(-2.0).starts_with("p of a norm is -2:") && text(f64::NAN).starts_with("p of a norm is NaN:"));
    assert!(matches!(w.windows(&[1, 2]).unwrap().var_into(0, &mut []), Err(Error::BufferLength { .. })));
}
