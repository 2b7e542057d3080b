//! Moving means and maxima of a signal a tenth of whose samples are missing.

use ndwindow::{Result, ValidWindows, unfold};

use crate::inputs::tensor;
use crate::job::{SetUp, Work, into_buffer};

const N: usize = 10_000_000;

pub(crate) fn works() -> Vec<Work> {
    let mut list = Vec::new();
    for k in [10, 1000] {
        list.push(Work::new(format!("move_nanmean_f64_10M_w{k}"), move || {
            moving(k, false, mean, |w, out| w.mean_into(out))
        }));
        list.push(Work::new(format!("move_nansum_f64_10M_w{k}"), move || {
            moving(k, false, sum, |w, out| w.sum_into(out))
        }));
        list.push(Work::new(format!("move_nanmax_f64_10M_w{k}"), move || {
            moving(k, false, max, |w, out| w.max_into(out))
        }));
        list.push(Work::new(format!("move_validmean_f64_10M_w{k}"), move || {
            moving(k, true, mean, |w, out| w.mean_into(out))
        }));
    }
    list
}

fn sum(present: &[f64]) -> f64 {
    present.iter().sum()
}

fn mean(present: &[f64]) -> f64 {
    sum(present) / present.len() as f64
}

fn max(present: &[f64]) -> f64 {
    present.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Samples below -0.8 are missing: NaN, or false in a mask.
fn moving(
    k: usize,
    masked: bool,
    one: fn(&[f64]) -> f64,
    reduce: impl Fn(&ValidWindows<'_, f64>, &mut [f64]) -> Result<()> + Send + 'static,
) -> SetUp {
    let plain: Vec<f64> = tensor("sig_f64_10M", N);
    let there = |x: f64| x >= -0.8;
    let mask: Vec<bool> = plain.iter().map(|&x| there(x)).collect();
    let x: Vec<f64> = plain.iter().map(|&x| if masked || there(x) { x } else { f64::NAN }).collect();
    let request = unfold(0, k, 1);
    let step = move |out: &mut [f64]| {
        let windows = request.windows(&x)?;
        reduce(&if masked { windows.valid(&mask)? } else { windows.skip_nan() }, out)
    };
    into_buffer(N - k + 1, 1e-9, step, move |i| {
        let present: Vec<f64> = plain[i..i + k].iter().copied().filter(|&x| there(x)).collect();
        one(&present)
    })
}
