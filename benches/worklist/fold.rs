//! The way back: col2im, and the overlap-add of the audio front as a weighted fold.

use ndwindow::{Merge, Taper, View, unfold};

use crate::inputs::tensor;
use crate::job::{SetUp, Work, into_buffer};

pub(crate) fn works() -> Vec<Work> {
    vec![Work::new("col2im_8x64x56_k3s1p1", col2im), Work::new("fold_ola_hann_400_160", overlap_add)]
}

fn col2im() -> SetUp {
    let columns: Vec<f32> = tensor("cols_8x576x3136", 8 * 576 * 3136);
    let plain = columns.clone();
    let expect = move |i: usize| {
        let (plane, y, x) = (i / 3136, i / 56 % 56, i % 56);
        let mut sum = 0.0f32;
        for tap in (0..9).rev() {
            let (gy, gx) = ((y + 1).wrapping_sub(tap / 3), (x + 1).wrapping_sub(tap % 3));
            if gy < 56 && gx < 56 {
                sum += plain[(plane * 9 + tap) * 3136 + gy * 56 + gx];
            }
        }
        sum
    };
    let plan = unfold([2, 3], 3, 1).pad(1).plan([8, 64, 56, 56]).and_then(|p| p.permute(&[0, 1, 4, 5, 2, 3]));
    let plan = plan.map_err(|e| e.to_string())?;
    let step = move |out: &mut [f32]| plan.fold_into(View::new(&columns, [8, 64, 3, 3, 56, 56])?, out);
    into_buffer(8 * 64 * 3136, 0.0, step, expect)
}

fn overlap_add() -> SetUp {
    const FRAMES: usize = 59_998;
    const LENGTH: usize = (FRAMES - 1) * 160 + 400;
    let frames: Vec<f32> = tensor("frames_59998x400", FRAMES * 400);
    // The periodic Hann window.
    let hann = |j: usize| 0.5 - 0.5 * (2.0 * std::f64::consts::PI * j as f64 / 400.0).cos();
    let weights: Vec<f64> = (0..400).map(hann).collect();
    let plain = frames.clone();
    let expect = move |i: usize| {
        let last = (i / 160).min(FRAMES - 1);
        (last.saturating_sub(2)..=last)
            .filter(|f| i - f * 160 < 400)
            .map(|f| plain[f * 400 + i - f * 160] * hann(i - f * 160) as f32)
            .sum::<f32>()
    };
    let plan = unfold(0, 400, 160).plan(LENGTH).map_err(|e| e.to_string())?;
    let fold = plan.prepare_fold(Merge::weighted_sum(Taper::Weights(weights))).map_err(|e| e.to_string())?;
    let step = move |out: &mut [f32]| fold.fold_into(View::new(&frames, [FRAMES, 400])?, out);
    into_buffer(LENGTH, 1e-6, step, expect)
}
