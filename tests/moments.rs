//! Variances and norms against plain sums, and where plain sums fail.

mod cells;

use cells::{Asked, cases};
use ndwindow::{Array, Error, View, unfold};
use proptest::prelude::*;

fn check(x: &View<'_, f64>, asked: &Asked, fill: Option<f64>) {
    let Some((_, windows)) = asked.windows(x, fill) else { return };
    let w = asked.request().windows(x).unwrap();
    let w = match fill {
        Some(fill) => w.fill(fill),
        None => w,
    };
    let (var, two, most, third) = (w.var(), w.norm(2.0).unwrap(), w.norm(f64::INFINITY).unwrap(), w.norm(3.5).unwrap());
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
    let var = unfold(0, 100, 1).windows(&x).unwrap().var();
    assert!(var.iter().all(|v| (v - 0.25).abs() < 1e-6));
    let single = unfold(0, 1, 1).windows(&[3.0, f64::INFINITY]).unwrap().var();
    assert!(single.as_slice()[0] == 0.0 && single.as_slice()[1].is_nan());
    let narrow: Array<f32> = unfold(0, 2, 1).windows(&[1e30f32, 1e30]).unwrap().norm(2.0).unwrap();
    assert!((narrow.as_slice()[0] / 1e30 - 2f32.sqrt()).abs() < 1e-6);
    let bytes: Array<f64> = unfold(0, 2, 1).windows(&[255u8, 0]).unwrap().var();
    assert_eq!(bytes.as_slice(), [127.5 * 127.5]);
}

#[test]
fn the_same_for_any_number_of_threads() {
    let x: Vec<f64> = (0..400 * 400u32).map(|i| f64::from(i.wrapping_mul(2654435761)) / 1e6).collect();
    let image = View::new(&x, [400, 400]).unwrap();
    let request = unfold([0, 1], 7, 1).pad(3);
    cells::same_for_threads(|a: &f64, b| a.to_bits() == b.to_bits(), || request.windows(&image).unwrap().var());
}

#[test]
fn what_is_refused() {
    let w = unfold(0, 2, 1);
    let text = |p| w.windows(&[1.0, 2.0]).unwrap().norm(p).unwrap_err().to_string();
    assert_eq!(
        text(0.0),
        "norm of p = 0: p must be above 0 (1 sums absolute values, 2 is Euclid's, infinity is the largest)"
    );
    assert!(text(-2.0).starts_with("norm of p = -2:") && text(f64::NAN).starts_with("norm of p = NaN:"));
    assert!(matches!(w.windows(&[1, 2]).unwrap().var_into(&mut []), Err(Error::BufferLength { .. })));
}
