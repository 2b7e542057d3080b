//! Medians, pooling with places, and operations of the caller's own: lines that this crate has beside the shared list.

use ndwindow::image::Filter;
use ndwindow::nn::{Indices, Pool};
use ndwindow::{Monoid, Number, PadMode, View, monoid, unfold};

use crate::digest::Word;
use crate::inputs::{Random, tensor};
use crate::job::{SetUp, Work, into_buffer};

pub(crate) fn works() -> Vec<Work> {
    let mut list = Vec::new();
    for k in [3, 5, 15, 31] {
        list.push(Work::new(format!("median_u8_2000_w{k}"), move || median::<u8>("img_u8_2000", k)));
    }
    for k in [3, 5, 15] {
        list.push(Work::new(format!("median_u16_2000_w{k}"), move || median::<u16>("img_u16_2000", k)));
        list.push(Work::new(format!("median_f32_2000_w{k}"), move || median::<f32>("img_f32_2000", k)));
    }
    for k in [11, 101, 1001] {
        list.push(Work::new(format!("move_median_f64_200k_w{k}"), move || moving(k)));
    }
    list.push(Work::new("maxpool_places_8x64x112_k3s2p1", || pool(Pool::new([3, 3]).step(2).pad(1))));
    list.push(Work::new("maxpool_places_8x64x112_k2s2", || pool(Pool::new([2, 2]))));
    list.push(Work::new("user_max_f32_4096_w15", user_max));
    list.push(Work::new("user_sum_f64_10M_w10", user_sum));
    list
}

/// Edge pixels repeated outside, as OpenCV's median has it.
fn median<T: Word + Random + Number + PartialOrd>(name: &str, k: usize) -> SetUp {
    let n = 2000;
    let x: Vec<T> = tensor(name, n * n);
    let plain = x.clone();
    let filter = Filter::new(k).border(PadMode::Edge);
    let step = move |out: &mut [T]| filter.median_filter_into(View::new(&x, [n, n])?, out);
    into_buffer(n * n, 0.0, step, move |i| {
        let near = |at: usize, d: usize| (at + d).saturating_sub(k / 2).min(n - 1);
        let cells = (0..k * k).map(|c| plain[near(i / n, c / k) * n + near(i % n, c % k)]);
        let mut cells: Vec<T> = cells.collect();
        cells.sort_by(|a, b| a.partial_cmp(b).expect("no NaN among the inputs"));
        cells[k * k / 2]
    })
}

/// The median of each window of a line.
fn moving(k: usize) -> SetUp {
    let n = 200_000;
    let x: Vec<f64> = tensor("sig_f64_200k", n);
    let (plain, request) = (x.clone(), unfold(0, k, 1));
    let step = move |out: &mut [f64]| request.windows(&x)?.median_into(out);
    into_buffer(n - k + 1, 0.0, step, move |i| {
        let mut cells = plain[i..i + k].to_vec();
        cells.sort_by(f64::total_cmp);
        cells[k / 2]
    })
}

/// The values of max pooling whose places are found as well.
fn pool(pool: Pool) -> SetUp {
    let shape = [8, 64, 112, 112];
    let x: Vec<f32> = tensor("x_8x64x112", shape.iter().product());
    let len = pool.shape(shape).map_err(|e| e.to_string())?.iter().product();
    let plain = pool.max_pool(View::new(&x, shape).map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    let mut places = vec![0; len];
    let step =
        move |out: &mut [f32]| pool.max_pool_with_indices_into(View::new(&x, shape)?, Indices::Plane, out, &mut places);
    into_buffer(len, 0.0, step, move |i| plain.as_slice()[i])
}

/// A maximum that lets NaNs win.
struct Larger;

impl Monoid<f32> for Larger {
    type Acc = f32;
    type Out = f32;
    const IDEMPOTENT: bool = true;
    const EXACT: bool = true;
    fn identity(&self) -> f32 {
        f32::NEG_INFINITY
    }
    fn lift(&self, x: f32) -> f32 {
        x
    }
    fn combine(&self, a: f32, b: f32) -> f32 {
        if a > b || a.is_nan() { a } else { b }
    }
    fn lower(&self, a: f32) -> f32 {
        a
    }
}

/// The work of `slidemax_f32_4096_w15` by a maximum of the caller's own.
fn user_max() -> SetUp {
    let n = 4096;
    let x: Vec<f32> = tensor("img_f32_4096", n * n);
    let request = unfold(.., 15, 1).same();
    let plain = request.windows(View::new(&x, [n, n]).map_err(|e| e.to_string())?).map_err(|e| e.to_string())?.max();
    let step = move |out: &mut [f32]| request.windows(View::new(&x, [n, n])?)?.reduce_into(&Larger, out);
    into_buffer(n * n, 0.0, step, move |i| plain.as_slice()[i])
}

/// The work of `move_sum_f64_10M_w10` by a sum of the caller's own.
fn user_sum() -> SetUp {
    let n = 10_000_000;
    let x: Vec<f64> = tensor("sig_f64_10M", n);
    let request = unfold(0, 10, 1);
    let plain = x.clone();
    let step =
        move |out: &mut [f64]| request.windows(&x)?.reduce_into(&monoid(0.0, |x: f64| x, |a, b| a + b, |a| a), out);
    into_buffer(n - 9, 1e-9, step, move |i| plain[i..i + 10].iter().sum())
}
