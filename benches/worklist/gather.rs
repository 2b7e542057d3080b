//! Copies and views: patchify, im2col, text windows, and building a view.

use std::hint::black_box;

use ndwindow::{View, unfold};

use crate::inputs::tensor;
use crate::job::{SetUp, Work, into_buffer, making};

pub(crate) fn works() -> Vec<Work> {
    vec![
        Work::new("patchify_u8_4096_p16", patchify_u8),
        Work::new("patchify_f32_b32_224_p16", patchify_f32),
        Work::new("im2col_8x64x56_k3s1p1", || im2col("x_8x64x56", [8, 64, 56, 56], 3, 1, 1)),
        Work::new("im2col_1x3x224_k7s2p3", || im2col("x_1x3x224", [1, 3, 224, 224], 7, 2, 3)),
        Work::new("im2col3d_1x16x32x64x64_k3", im2col3d),
        Work::new("text_windows_50M_512_256", text_windows),
        Work::new("view_1d", view_1d),
        Work::new("view_2d", view_2d),
    ]
}

/// The coordinates of the `i`-th element of a row-major array.
fn unravel<const N: usize>(mut i: usize, shape: [usize; N]) -> [usize; N] {
    let mut at = [0; N];
    for axis in (0..N).rev() {
        at[axis] = i % shape[axis];
        i /= shape[axis];
    }
    at
}

/// The place of an element in a row-major array.
fn ravel<const N: usize>(at: [usize; N], shape: [usize; N]) -> usize {
    at.iter().zip(shape).fold(0, |i, (&x, n)| i * n + x)
}

fn patchify_u8() -> SetUp {
    let shape = [4096, 4096, 3];
    let image: Vec<u8> = tensor("img_u8_rgb", shape.iter().product());
    let (len, plain) = (image.len(), image.clone());
    let expect = move |i| {
        let [gy, gx, y, x, c] = unravel(i, [256, 256, 16, 16, 3]);
        plain[ravel([gy * 16 + y, gx * 16 + x, c], shape)]
    };
    let step =
        move |out: &mut [u8]| unfold([0, 1], 16, 16).grid_first().windows(View::new(&image, shape)?)?.copy_into(out);
    into_buffer(len, 0.0, step, expect)
}

fn patchify_f32() -> SetUp {
    let shape = [32, 3, 224, 224];
    let images: Vec<f32> = tensor("img_f32_b32", shape.iter().product());
    let (len, plain) = (images.len(), images.clone());
    let expect = move |i| {
        let [n, gy, gx, y, x, c] = unravel(i, [32, 14, 14, 16, 16, 3]);
        plain[ravel([n, c, gy * 16 + y, gx * 16 + x], shape)]
    };
    let step = move |out: &mut [f32]| {
        let windows = unfold([2, 3], 16, 16).windows(View::new(&images, shape)?)?;
        windows.permute(&[0, 2, 3, 4, 5, 1])?.copy_into(out)
    };
    into_buffer(len, 0.0, step, expect)
}

fn im2col(name: &str, shape: [usize; 4], k: usize, step: usize, pad: usize) -> SetUp {
    let x: Vec<f32> = tensor(name, shape.iter().product());
    let plain = x.clone();
    let [n, c, h, w] = shape;
    let grid = |len: usize| (len + 2 * pad - k) / step + 1;
    let out = [n, c, k, k, grid(h), grid(w)];
    let expect = move |i| {
        let [n, c, ky, kx, gy, gx] = unravel(i, out);
        let (y, x) = (gy * step + ky, gx * step + kx);
        let inside = (pad..pad + h).contains(&y) && (pad..pad + w).contains(&x);
        if inside { plain[ravel([n, c, y - pad, x - pad], shape)] } else { 0.0 }
    };
    let step = move |to: &mut [f32]| {
        let windows = unfold([2, 3], k, step).pad(pad).windows(View::new(&x, shape)?)?;
        windows.permute(&[0, 1, 4, 5, 2, 3])?.copy_into(to)
    };
    into_buffer(out.iter().product(), 0.0, step, expect)
}

fn im2col3d() -> SetUp {
    let shape = [1, 16, 32, 64, 64];
    let x: Vec<f32> = tensor("x_1x16x32x64x64", shape.iter().product());
    let plain = x.clone();
    let out = [1, 16, 3, 3, 3, 30, 62, 62];
    let expect = move |i| {
        let [n, c, kz, ky, kx, gz, gy, gx] = unravel(i, out);
        plain[ravel([n, c, gz + kz, gy + ky, gx + kx], shape)]
    };
    let step = move |to: &mut [f32]| {
        let windows = unfold([2, 3, 4], 3, 1).windows(View::new(&x, shape)?)?;
        windows.permute(&[0, 1, 5, 6, 7, 2, 3, 4])?.copy_into(to)
    };
    into_buffer(out.iter().product(), 0.0, step, expect)
}

fn text_windows() -> SetUp {
    let tokens: Vec<u32> = tensor("tokens_u32_50M", 50_000_000);
    let plain = tokens.clone();
    let windows = (tokens.len() - 512) / 256 + 1;
    let expect = move |i: usize| plain[i / 512 * 256 + i % 512];
    let step = move |out: &mut [u32]| unfold(0, 512, 256).windows(&tokens)?.copy_into(out);
    into_buffer(windows * 512, 0.0, step, expect)
}

fn view_1d() -> SetUp {
    let x: Vec<f32> = tensor("view_1000000", 1_000_000);
    view_job(x, [1_000_000], [0], 400, &[999_601, 400], &[1, 1])
}

fn view_2d() -> SetUp {
    let x: Vec<f32> = tensor("view_1x3x224x224", 3 * 224 * 224);
    view_job(x, [1, 3, 224, 224], [2, 3], 7, &[1, 3, 218, 218, 7, 7], &[150_528, 50_176, 224, 1, 224, 1])
}

/// Building the view of windows over a view that is there already.
fn view_job<const N: usize, const K: usize>(
    x: Vec<f32>,
    shape: [usize; N],
    axes: [isize; K],
    window: usize,
    right_shape: &[usize],
    right_strides: &[isize],
) -> SetUp {
    let built = unfold(axes, window, 1).windows(View::new(&x, shape).map_err(|e| e.to_string())?);
    let view = built.and_then(|w| w.view()).map_err(|e| e.to_string())?;
    if (view.shape(), view.strides()) != (right_shape, right_strides) {
        return Err(format!("a view of shape {:?} and strides {:?}", view.shape(), view.strides()));
    }
    let make = move |times: usize| {
        let source = View::new(&x, shape).expect("made before");
        for _ in 0..times {
            let windows = unfold(black_box(axes), black_box(window), 1).windows(black_box(&source));
            black_box(windows.and_then(|w| w.view()).expect("made before"));
        }
    };
    making(make)
}
