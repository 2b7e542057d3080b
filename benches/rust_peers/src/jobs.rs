//! The filters.

use crate::{Job, Run};
use fast_morphology::{BorderMode, ImageSize, KernelShape, MorphScalar, MorphologyThreadingPolicy, dilate, dilate_f32};
use imageproc::image::GrayImage;
use libblur::{
    BlurError, BlurImage, BlurImageMut, BoxBlurParameters, EdgeMode, EdgeMode2D, FastBlurChannels, GaussianBlurParams,
    IeeeBinaryConvolutionMode, ThreadingPolicy,
};
use ndarray::{ArrayView2, ArrayViewMut2, Zip};
use ndwindow::image::{Filter, WeightedFilter};
use ndwindow::{Mask, PadMode, View, unfold};
use std::rc::Rc;

const SIDE: usize = 2048;

/// Numbers without a pattern.
fn picture() -> Vec<u8> {
    let mut state = 1u64;
    let next = |_| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 56) as u8
    };
    (0..SIDE * SIDE).map(next).collect()
}

/// How far two results are from each other at most, but for `edge` pixels at the border, where crates differ in what stands outside.
fn apart<T: Copy + Into<f64>>(a: &[T], b: &[T], edge: usize) -> f64 {
    let inside = |k: &usize| (edge..SIDE - edge).contains(&(k / SIDE)) && (edge..SIDE - edge).contains(&(k % SIDE));
    (0..a.len()).filter(inside).map(|k| (a[k].into() - b[k].into()).abs()).fold(0.0, f64::max)
}

type Writes<T> = Box<dyn Fn(&mut [T])>;

/// Every run once, compared with the first: ours.
fn job<T: Copy + Default + Into<f64> + 'static>(
    name: String,
    (edge, allowed): (usize, f64),
    runs: Vec<(&'static str, Writes<T>)>,
) -> Job {
    let mut results = Vec::new();
    for (_, run) in &runs {
        let mut out = vec![T::default(); SIDE * SIDE];
        run(&mut out);
        results.push(out);
    }
    let apart = results.iter().map(|other| apart(&results[0], other, edge)).fold(0.0, f64::max);
    let timed = |((crate_, run), mut out): ((&'static str, Writes<T>), Vec<T>)| -> Run {
        (crate_, Box::new(move || run(&mut out)))
    };
    Job { name, runs: runs.into_iter().zip(results).map(timed).collect(), apart, allowed }
}

fn view<T>(x: &[T]) -> View<'_, T> {
    View::new(x, [SIDE, SIDE]).expect("a picture of its side")
}

fn ours<T: 'static>(
    x: &Rc<Vec<T>>,
    run: impl Fn(View<'_, T>, &mut [T]) -> Result<(), ndwindow::Error> + 'static,
) -> (&'static str, Writes<T>) {
    let x = x.clone();
    ("ndwindow", Box::new(move |out| run(view(&x), out).expect("a filter of a picture")))
}

fn libblurs<T: Clone + Copy + Default + std::fmt::Debug + 'static>(
    x: &Rc<Vec<T>>,
    run: impl Fn(&BlurImage<'_, T>, &mut BlurImageMut<'_, T>) -> Result<(), BlurError> + 'static,
) -> (&'static str, Writes<T>) {
    let (x, side) = (x.clone(), SIDE as u32);
    let run = move |out: &mut [T]| {
        let from = BlurImage::borrow(&x, side, side, FastBlurChannels::Plane);
        run(&from, &mut BlurImageMut::borrow(out, side, side, FastBlurChannels::Plane)).expect("a filter of a picture");
    };
    ("libblur", Box::new(run))
}

fn square(w: usize) -> BoxBlurParameters {
    BoxBlurParameters { x_axis_kernel: w as u32, y_axis_kernel: w as u32 }
}

fn imageprocs(x: &[u8], run: impl Fn(&GrayImage) -> GrayImage + 'static) -> (&'static str, Writes<u8>) {
    let image = GrayImage::from_raw(SIDE as u32, SIDE as u32, x.to_vec()).expect("a picture of its side");
    ("imageproc", Box::new(move |out| out.copy_from_slice(&run(&image))))
}

pub fn all() -> Vec<Job> {
    let bytes = Rc::new(picture());
    let floats: Rc<Vec<f32>> = Rc::new(bytes.iter().map(|&b| f32::from(b)).collect());
    let mut jobs = Vec::new();
    for w in [3, 15] {
        jobs.push(mean_of_bytes(&bytes, w));
        jobs.push(mean_of_floats(&floats, w));
    }
    for w in [3, 5, 15] {
        jobs.push(median(&bytes, w));
    }
    for w in [3, 15, 31] {
        jobs.push(dilation_of_bytes(&bytes, format!("dilation `u8`, {w} x {w}"), Mask::full([w, w]).expect("a box")));
        jobs.push(dilation_of_floats(
            &floats,
            format!("dilation `f32`, {w} x {w}"),
            Mask::full([w, w]).expect("a box"),
        ));
    }
    for r in [3, 7] {
        jobs.push(dilation_of_bytes(&bytes, format!("dilation `u8`, disk of radius {r}"), Mask::disk(r)));
        jobs.push(dilation_of_floats(&floats, format!("dilation `f32`, disk of radius {r}"), Mask::disk(r)));
    }
    jobs.push(gaussian(&floats));
    jobs.extend(windows(&floats));
    jobs
}

fn mean_of_bytes(x: &Rc<Vec<u8>>, w: usize) -> Job {
    let filter = Filter::new([w, w]).border(PadMode::Edge);
    let r = w as u32 / 2;
    let runs = vec![
        ours(x, move |x, out| filter.blur_into(x, out)),
        imageprocs(x, move |image| imageproc::filter::box_filter(image, r, r)),
        libblurs(x, move |from, to| libblur::box_blur(from, to, square(w), ThreadingPolicy::Single)),
    ];
    // Both round twice, once an axis.
    job(format!("mean `u8`, {w} x {w}"), (w, 2.0), runs)
}

fn mean_of_floats(x: &Rc<Vec<f32>>, w: usize) -> Job {
    let filter = Filter::new([w, w]).border(PadMode::Edge);
    let runs = vec![
        ours(x, move |x, out| filter.mean_filter_into(x, out)),
        libblurs(x, move |from, to| libblur::box_blur_f32(from, to, square(w), ThreadingPolicy::Single)),
    ];
    job(format!("mean `f32`, {w} x {w}"), (w, 0.05), runs)
}

fn median(x: &Rc<Vec<u8>>, w: usize) -> Job {
    let filter = Filter::new([w, w]).border(PadMode::Edge);
    let r = w as u32 / 2;
    let runs = vec![
        ours(x, move |x, out| filter.median_filter_into(x, out)),
        imageprocs(x, move |image| imageproc::filter::median_filter(image, r, r)),
        libblurs(x, move |from, to| libblur::median_blur(from, to, r, ThreadingPolicy::Single)),
    ];
    job(format!("median `u8`, {w} x {w}"), (w, 0.0), runs)
}

/// The mask as that crate wants it.
fn element(mask: &Mask) -> (Vec<u8>, KernelShape) {
    let cells = mask.cells().iter().map(|&cell| u8::from(cell)).collect();
    (cells, KernelShape::new(mask.shape()[1], mask.shape()[0]))
}

macro_rules! dilations {
    ($($name:ident $t:ty, $dilate:ident;)*) => { $(
        fn $name(x: &Rc<Vec<$t>>, name: String, mask: Mask) -> Job {
            let filter = Filter::mask(&mask).border(PadMode::Edge);
            let ((cells, shape), edge, x_too) = (element(&mask), mask.shape()[0], x.clone());
            let runs: Vec<(&'static str, Writes<$t>)> = vec![
                ours(x, move |x, out| filter.max_filter_into(x, out)),
                (
                    "fast_morphology",
                    Box::new(move |out| {
                        let (size, border) = (ImageSize::new(SIDE, SIDE), (BorderMode::Clamp, MorphScalar::default()));
                        $dilate(&x_too, out, size, &cells, shape, border.0, border.1, MorphologyThreadingPolicy::Single)
                            .expect("a dilation");
                    }),
                ),
            ];
            job(name, (edge, 0.0), runs)
        }
    )* };
}

dilations! {
    dilation_of_bytes u8, dilate;
    dilation_of_floats f32, dilate_f32;
}

fn gaussian(x: &Rc<Vec<f32>>) -> Job {
    let filter: WeightedFilter<f32> = Filter::gaussian([2.0, 2.0]).border(PadMode::Edge);
    let runs = vec![
        ours(x, move |x, out| filter.run_into(x, out)),
        libblurs(x, |from, to| {
            let (weights, edge) = (GaussianBlurParams::new(17, 2.0), EdgeMode2D::new(EdgeMode::Clamp));
            libblur::gaussian_blur_f32(
                from,
                to,
                weights,
                edge,
                ThreadingPolicy::Single,
                IeeeBinaryConvolutionMode::Normal,
            )
        }),
    ];
    job("Gaussian `f32`, sigma 2".into(), (17, 0.01), runs)
}

/// The windows of an `ndarray`, reduced one by one.
fn windows(x: &Rc<Vec<f32>>) -> Vec<Job> {
    const W: usize = 5;
    const OUT: usize = SIDE - W + 1;
    type Fold = fn(ndarray::ArrayView2<'_, f32>) -> f32;
    let max: Fold = |w| w.fold(f32::NEG_INFINITY, |a, &b| if a > b { a } else { b });
    let mean: Fold = |w| w.sum() / (W * W) as f32;
    [("max", max, 0.0), ("mean", mean, 0.05)]
        .map(|(verb, fold, allowed)| {
            let x_too = x.clone();
            let plan = unfold([0, 1], W, 1).plan([SIDE, SIDE]).expect("a plan");
            let runs: Vec<(&'static str, Writes<f32>)> = vec![
                ours(x, move |x, out| {
                    let windows = plan.windows(x)?;
                    let out = &mut out[..OUT * OUT];
                    if verb == "max" { windows.max_into(out) } else { windows.mean_into(out) }
                }),
                (
                    "ndarray",
                    Box::new(move |out| {
                        let view = ArrayView2::from_shape((SIDE, SIDE), &x_too).expect("a picture");
                        let out = ArrayViewMut2::from_shape((OUT, OUT), &mut out[..OUT * OUT]).expect("a result");
                        Zip::from(out).and(view.windows((W, W))).for_each(|out, window| *out = fold(window));
                    }),
                ),
            ];
            job(format!("{verb} `f32` of every window, {W} x {W}"), (0, allowed), runs)
        })
        .into()
}
