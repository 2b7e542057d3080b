//! Sliding filters and pooling.

use ndwindow::image::Filter;
use ndwindow::{PadMode, Result, Unfold, View, Windows, unfold};

use crate::digest::Word;
use crate::inputs::{Random, tensor};
use crate::job::{SetUp, Work, into_buffer};

pub(crate) fn works() -> Vec<Work> {
    let mut list = vec![
        Work::new("maxpool_8x64x112_k3s2p1", || max_pool("x_8x64x112", &[8, 64, 112, 112], 3, 2, 1)),
        Work::new("maxpool_8x64x112_k2s2", || max_pool("x_8x64x112", &[8, 64, 112, 112], 2, 2, 0)),
        Work::new("maxpool3d_2x32x32x64x64_k2s2", || max_pool("x_2x32x32x64x64", &[2, 32, 32, 64, 64], 2, 2, 0)),
        Work::new("maxpool1d_16x64x16000_k3s2", || max_pool("x_16x64x16000", &[16, 64, 16000], 3, 2, 0)),
        Work::new("avgpool_8x64x56_k3s1p1", avg_pool),
        Work::new("slidemax3d_f32_256_w9", || slide_max::<f32>("vol_f32_256", &[256; 3], 9)),
        Work::new("slidemean3d_f32_256_w9", || slide_mean("vol_f32_256", &[256; 3], 9)),
    ];
    for k in [3, 5, 15, 31, 101] {
        list.push(Work::new(format!("slidemax_f32_4096_w{k}"), move || {
            slide_max::<f32>("img_f32_4096", &[4096; 2], k)
        }));
        list.push(Work::new(format!("slidemax_u8_4096_w{k}"), move || slide_max::<u8>("img_u8_4096", &[4096; 2], k)));
        list.push(Work::new(format!("slidemean_f32_4096_w{k}"), move || slide_mean("img_f32_4096", &[4096; 2], k)));
        list.push(Work::new(format!("slidemean_u8_4096_w{k}"), move || blur("img_u8_4096", 4096, k)));
    }
    list.push(Work::new("gauss_f32_4096_s2", || gauss("img_f32_4096", 4096, 1e-5, |x| x as f32)));
    // (A sum that is nearly halfway between two bytes may be rounded either way.)
    list.push(Work::new("gauss_u8_4096_s2", || gauss("img_u8_4096", 4096, 1.0, |x| (x + 0.5) as u8)));
    for k in [10, 1000] {
        list.push(Work::new(format!("move_max_f64_10M_w{k}"), move || {
            moving(k, f64::NEG_INFINITY, f64::max, 0.0, |w, out| w.max_into(out))
        }));
        list.push(Work::new(format!("move_sum_f64_10M_w{k}"), move || {
            moving(k, 0.0, |a, b| a + b, 1e-9, |w, out| w.sum_into(out))
        }));
        list.push(Work::new(format!("move_mean_f64_10M_w{k}"), move || {
            moving(k, 0.0, move |a, b| a + b / k as f64, 1e-9, |w, out| w.mean_into(out))
        }));
    }
    list
}

/// The elements of window `i` of an array, found by walking its cells; `None` stands for a cell outside.
fn window<T: Copy>(x: &[T], shape: &[usize], plan: &Unfold, mut i: usize) -> Vec<Option<T>> {
    let plan = plan.plan(shape).expect("a good request");
    let mut places = vec![Some(0)];
    let reduced = plan.reduced_shape();
    let mut stride = 1;
    for a in (0..shape.len()).rev() {
        let at = i % reduced[a];
        i /= reduced[a];
        let cells: Vec<Option<usize>> = match plan.axes().iter().find(|p| p.axis() == a) {
            None => vec![Some(at)],
            Some(p) => (0..p.window())
                .map(|j| match p.cell(at, j) {
                    ndwindow::Cell::Element(e) => Some(e),
                    _ => None,
                })
                .collect(),
        };
        places =
            cells.iter().flat_map(|c| places.iter().map(move |p| c.zip(*p).map(|(c, p)| p + c * stride))).collect();
        stride *= shape[a];
    }
    places.into_iter().map(|p| p.map(|p| x[p])).collect()
}

fn job<T, O>(
    x: Vec<T>,
    shape: &[usize],
    request: Unfold,
    tolerance: f64,
    reduce: impl Fn(Windows<'_, T>, &mut [O]) -> Result<()> + Send + 'static,
    one: impl Fn(Vec<Option<T>>) -> O,
) -> SetUp
where
    T: Word,
    O: Word,
{
    let len = request.plan(shape).map_err(|e| e.to_string())?.reduced_shape().iter().product();
    let (plain, plan, dims) = (x.clone(), request.clone(), shape.to_vec());
    let shape = shape.to_vec();
    let step = move |out: &mut [O]| reduce(request.windows(View::new(&x, &shape)?)?, out);
    into_buffer(len, tolerance, step, move |i| one(window(&plain, &dims, &plan, i)))
}

fn largest<T: Copy + PartialOrd>(cells: Vec<Option<T>>) -> T {
    let elements = cells.into_iter().flatten();
    elements.reduce(|a, b| if b > a { b } else { a }).expect("a window with an element")
}

fn max_pool(name: &str, shape: &[usize], k: usize, step: usize, pad: usize) -> SetUp {
    let axes: Vec<isize> = (2..shape.len() as isize).collect();
    let x: Vec<f32> = tensor(name, shape.iter().product());
    job(x, shape, unfold(&axes[..], k, step).pad(pad), 0.0, |w, out| w.max_into(out), largest)
}

fn avg_pool() -> SetUp {
    let shape = [8, 64, 56, 56];
    let x: Vec<f32> = tensor("x_8x64x56", shape.iter().product());
    let mean = |cells: Vec<Option<f32>>| cells.iter().map(|c| c.unwrap_or(0.0)).sum::<f32>() / 9.0;
    job(x, &shape, unfold([2, 3], 3, 1).pad(1), 1e-6, |w, out| w.fill(0.0).mean_into(out), mean)
}

fn slide_max<T: Word + Random + ndwindow::Number + PartialOrd>(name: &str, shape: &[usize], k: usize) -> SetUp {
    let x: Vec<T> = tensor(name, shape.iter().product());
    job(x, shape, unfold(.., k, 1).same(), 0.0, |w, out| w.max_into(out), largest)
}

fn slide_mean(name: &str, shape: &[usize], k: usize) -> SetUp {
    let x: Vec<f32> = tensor(name, shape.iter().product());
    let mean = |cells: Vec<Option<f32>>| {
        let n = cells.len() as f64;
        (cells.into_iter().flatten().map(f64::from).sum::<f64>() / n) as f32
    };
    job(x, shape, unfold(.., k, 1).same().pad_mode(PadMode::Symmetric), 1e-5, |w, out| w.mean_into(out), mean)
}

/// A mean of bytes, rounded to the nearest.
fn blur(name: &str, n: usize, k: usize) -> SetUp {
    let x: Vec<u8> = tensor(name, n * n);
    let request = unfold(.., k, 1).same().pad_mode(PadMode::Symmetric);
    let plain = x.clone();
    let filter = Filter::new(k);
    let step = move |out: &mut [u8]| filter.blur_into(View::new(&x, [n, n])?, out);
    into_buffer(n * n, 0.0, step, move |i| {
        let cells = window(&plain, &[n, n], &request, i);
        let (count, sum) = (cells.len(), cells.into_iter().flatten().map(usize::from).sum::<usize>());
        ((2 * sum + count) / (2 * count)) as u8
    })
}

fn moving(
    k: usize,
    start: f64,
    f: impl Fn(f64, f64) -> f64 + Send + 'static,
    tolerance: f64,
    reduce: impl Fn(Windows<'_, f64>, &mut [f64]) -> Result<()> + Send + 'static,
) -> SetUp {
    let n = 10_000_000;
    let x: Vec<f64> = tensor("sig_f64_10M", n);
    job(x, &[n], unfold(0, k, 1), tolerance, reduce, move |cells| cells.into_iter().flatten().fold(start, &f))
}

/// A Gaussian of deviation 2 over a picture with mirrored borders.
fn gauss<T>(name: &str, n: usize, tolerance: f64, round: fn(f64) -> T) -> SetUp
where
    T: Word + Random + ndwindow::image::Pixel + Into<f64>,
{
    let x: Vec<T> = tensor(name, n * n);
    let list: Vec<f64> = (-8i32..=8).map(|x| (-f64::from(x * x) / 8.0).exp()).collect();
    let total: f64 = list.iter().flat_map(|a| list.iter().map(move |b| a * b)).sum();
    let request = unfold(.., 17, 1).same().pad_mode(PadMode::Symmetric);
    let (plain, filter) = (x.clone(), Filter::gaussian(2.0));
    let step = move |out: &mut [T]| filter.run_into(View::new(&x, [n, n])?, out);
    into_buffer(n * n, tolerance, step, move |i| {
        let cells = window(&plain, &[n, n], &request, i).into_iter().enumerate();
        let sum = cells.map(|(k, x)| x.map_or(0.0, Into::into) * list[k / 17] * list[k % 17]);
        round(sum.sum::<f64>() / total)
    })
}
