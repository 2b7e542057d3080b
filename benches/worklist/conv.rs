//! Convolutions; weights are packed anew in every call.

use ndwindow::View;
use ndwindow::nn::Conv;

use crate::inputs::tensor;
use crate::job::{SetUp, Work, into_buffer};

pub(crate) fn works() -> Vec<Work> {
    let work = |id: &str, x: &[usize], w: &[usize], step: usize, pad: usize, groups: usize| {
        let (x, w) = (x.to_vec(), w.to_vec());
        Work::new(id, move || conv(&x, &w, step, pad, groups))
    };
    vec![
        work("conv2d_8x64x56_o64_k3s1p1", &[8, 64, 56, 56], &[64, 64, 3, 3], 1, 1, 1),
        work("conv2d_1x3x224_o64_k7s2p3", &[1, 3, 224, 224], &[64, 3, 7, 7], 2, 3, 1),
        work("conv2d_8x256x14_o256_k3s1p1", &[8, 256, 14, 14], &[256, 256, 3, 3], 1, 1, 1),
        work("conv2d_dw_8x128x56_k3s1p1", &[8, 128, 56, 56], &[128, 1, 3, 3], 1, 1, 128),
        work("conv3d_1x16x32x64x64_o32_k3s1p1", &[1, 16, 32, 64, 64], &[32, 16, 3, 3, 3], 1, 1, 1),
        work("conv1d_8x64x16000_o64_k9s1p4", &[8, 64, 16000], &[64, 64, 9], 1, 4, 1),
    ]
}

/// The coordinates of the `i`-th element of a row-major array.
fn unravel(mut i: usize, shape: &[usize]) -> Vec<usize> {
    let mut at = vec![0; shape.len()];
    for axis in (0..shape.len()).rev() {
        at[axis] = i % shape[axis];
        i /= shape[axis];
    }
    at
}

/// Inputs are called `x_8x64x56` (one size for equal ones, but for volumes) and `w_64x64x3x3`.
fn conv(x_shape: &[usize], w_shape: &[usize], step: usize, pad: usize, groups: usize) -> SetUp {
    let name = |letter: &str, sizes: &[usize]| {
        let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
        format!("{letter}_{}", sizes.join("x"))
    };
    let x_sizes = if x_shape.len() == 4 { &x_shape[..3] } else { x_shape };
    let x: Vec<f32> = tensor(&name("x", x_sizes), x_shape.iter().product());
    let w: Vec<f32> = tensor(&name("w", w_shape), w_shape.iter().product());
    let request = Conv::new().step(step).pad(pad).groups(groups);
    let out = request.shape(x_shape, w_shape).map_err(|e| e.to_string())?.to_vec();
    let (x_shape, w_shape) = (x_shape.to_vec(), w_shape.to_vec());
    let expect = {
        let (x, w, out, x_shape, w_shape) = (x.clone(), w.clone(), out.clone(), x_shape.clone(), w_shape.clone());
        move |i| {
            let at = unravel(i, &out);
            let each = w_shape[1];
            let taps: usize = w_shape[2..].iter().product();
            let mut sum = 0.0f64;
            for c in 0..each {
                'taps: for t in 0..taps {
                    let tap = unravel(t, &w_shape[2..]);
                    let mut from = at[0] * x_shape[1] + at[1] / (w_shape[0] / groups) * each + c;
                    for k in 0..tap.len() {
                        let p = at[2 + k] * step + tap[k];
                        if p < pad || p - pad >= x_shape[2 + k] {
                            continue 'taps;
                        }
                        from = from * x_shape[2 + k] + p - pad;
                    }
                    sum += f64::from(x[from]) * f64::from(w[(at[1] * each + c) * taps + t]);
                }
            }
            sum as f32
        }
    };
    let step = move |to: &mut [f32]| request.run_into(View::new(&x, &x_shape)?, View::new(&w, &w_shape)?, None, to);
    into_buffer(out.iter().product(), 1e-4, step, expect)
}
