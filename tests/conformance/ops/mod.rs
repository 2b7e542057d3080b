//! From the name of an operation to the library's way of doing it.

mod conv;
mod filters;
mod fold;
mod layout;
mod pad;
mod pool;
mod reduce;
mod stft;
mod windows;

use crate::case::{Case, Fail, Outcome};
use crate::tensor::Tensor;

/// Named outputs, in the order of the operation's own.
pub type Outputs = Vec<(&'static str, Tensor)>;

/// Runs a case. The operation's name decides; ids and families never do.
pub fn run(case: &Case) -> Outcome<Outputs> {
    match case.op.as_str() {
        "sliding_window_view" => windows::sliding_window_view(case),
        "view_as_windows" => windows::view_as_windows(case),
        "view_as_blocks" => windows::view_as_blocks(case),
        "tensor_unfold" => windows::tensor_unfold(case),
        "frame" => windows::frame(case),
        "unfold" => windows::im2col(case),
        "conv_general_dilated_patches" => windows::patches(case),
        "pad" | "Pad" => pad::pad(case),
        "SpaceToDepth" => layout::space_to_depth(case),
        "DepthToSpace" => layout::depth_to_space(case),
        "fold" | "Col2Im" => fold::fold(case),
        "overlap_and_add" => fold::overlap_and_add(case),
        "conv1d" | "conv2d" | "conv3d" | "conv_general_dilated" | "Conv" => conv::conv(case),
        "conv_transpose1d" | "conv_transpose2d" | "conv_transpose3d" | "ConvTranspose" => conv::conv_transpose(case),
        "ConvInteger" => conv::conv_integer(case),
        "QLinearConv" => conv::quantized_conv(case),
        "max_pool1d" | "max_pool2d" | "max_pool3d" | "MaxPool" => pool::max_pool(case),
        "avg_pool1d" | "avg_pool2d" | "avg_pool3d" | "AveragePool" => pool::avg_pool(case),
        "lp_pool1d" | "lp_pool2d" | "lp_pool3d" | "LpPool" => pool::lp_pool(case),
        "GlobalMaxPool" | "GlobalAveragePool" | "GlobalLpPool" => pool::global_pool(case),
        "max_unpool1d" | "max_unpool2d" | "max_unpool3d" | "MaxUnpool" => pool::max_unpool(case),
        "maximum_filter" | "minimum_filter" => filters::extreme_filter(case),
        "uniform_filter" => filters::mean_filter(case),
        "reduce_window" => reduce::reduce_window(case),
        "librosa_stft" | "torch_stft" => stft::stft(case),
        "scipy_stft" => stft::scipy_stft(case),
        "scipy_short_time_fft" => stft::short_time_fft(case),
        "STFT" => stft::onnx_stft(case),
        "librosa_istft" | "torch_istft" => stft::istft(case),
        "scipy_istft" => stft::scipy_istft(case),
        other => Err(Fail::runner(format!("no handler for the operation {other}"))),
    }
}

fn one(name: &'static str, tensor: Outcome<Tensor>) -> Outcome<Outputs> {
    Ok(vec![(name, tensor?)])
}
