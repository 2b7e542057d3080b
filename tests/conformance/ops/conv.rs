//! Convolutions and transposed convolutions: PyTorch, XLA, ONNX.

use ndwindow::nn::{Conv, ConvTranspose, Quantization, Quantized};
use ndwindow::{Array, View};

use super::{Outputs, one};
use crate::case::{Case, Fail, Operand, Outcome};
use crate::geometry::{Geometry, Padding};
use crate::tensor::{Scalar, Tensor, with_types};

/// `[N, Cin, spatial..]` with `[Cout, Cin/groups, k..]`, and perhaps a bias.
pub fn conv(case: &Case) -> Outcome<Outputs> {
    let (x, w) = (case.x()?, weights(case, 1)?);
    let conv = request(case, w)?;
    one(
        "y",
        with_types!((&x.tensor, &w.tensor), (array, weights) => {
        let bias = bias(case, 2)?;
        Ok(conv.run(x.view(array)?, w.view(weights)?, bias.as_deref())?.into())
    }; F32 F64 I32 I64),
    )
}

/// `[N, Cin, spatial..]` with `[Cin, Cout/groups, k..]`: the adjoint.
pub fn conv_transpose(case: &Case) -> Outcome<Outputs> {
    let (x, w) = (case.x()?, weights(case, 1)?);
    let geometry = Geometry::with_window(case, w.rank().saturating_sub(2), kernel(w))?;
    let mut conv = ConvTranspose::new().groups(groups(case)?).step(geometry.step).dilation(geometry.dilation);
    if let Some(extra) = case.sizes(&["output_padding"])? {
        conv = conv.output_padding(extra);
    }
    // The pads of `norm` are resolved; else a size that is asked for decides.
    let size = case.sizes(&["output_shape"])?.filter(|_| case.norm.get("pads").is_none());
    conv = match (size, geometry.padding) {
        (Some(size), _) => conv.output_size(size[size.len().saturating_sub(geometry.rank)..].to_vec()),
        (None, Padding::Numbers(pads)) => conv.pad(pads),
        (None, Padding::Same) => conv.same(),
        (None, Padding::SameLower) => conv.same_lower(),
    };
    one(
        "y",
        with_types!((&x.tensor, &w.tensor), (array, weights) => {
        let bias = bias(case, 2)?;
        Ok(conv.run(x.view(array)?, w.view(weights)?, bias.as_deref())?.into())
    }; F32 F64 I32 I64),
    )
}

/// `ConvInteger`: 8-bit numbers less their zeros, exact 32-bit sums.
pub fn conv_integer(case: &Case) -> Outcome<Outputs> {
    let (x, w) = (case.x()?, weights(case, 1)?);
    let conv = request(case, w)?;
    let zeros = (case.input(&["x_zero_point"], 2), case.input(&["w_zero_point", "w_zero_points"], 3));
    one(
        "y",
        with_types!(&x.tensor, array => with_types!(&w.tensor, weights => {
        let (x_zero, w_zeros) = (numbers(zeros.0)?, numbers(zeros.1)?);
        let (x, w) = (x.view(array)?, w.view(weights)?);
        Ok(conv.integer(x, w, x_zero.first().copied().unwrap_or(0), &w_zeros)?.into())
    }; U8 I8); U8 I8),
    )
}

/// `QLinearConv`: the same, scaled back to 8 bits.
pub fn quantized_conv(case: &Case) -> Outcome<Outputs> {
    let (x, w) = (case.x()?, weights(case, 3)?);
    let conv = request(case, w)?;
    let y_zero = case.input(&["y_zero_point"], 7).ok_or_else(|| Fail::runner("no y_zero_point".into()))?;
    one(
        "y",
        with_types!(&x.tensor, array => with_types!(&w.tensor, weights => with_types!(&y_zero.tensor, zero => {
        rescaled(case, &conv, x.view(array)?, w.view(weights)?, zero)
    }; U8 I8); U8 I8); U8 I8),
    )
}

fn rescaled<X, W, Y>(case: &Case, conv: &Conv, x: View<'_, X>, w: View<'_, W>, y_zero: &Array<Y>) -> Outcome<Tensor>
where
    X: Scalar + Quantized,
    W: Scalar + Quantized,
    Y: Scalar + Quantized,
    Tensor: From<Array<Y>>,
{
    let scale = |names: &[&str], position| -> Outcome<Vec<f32>> {
        let values: Vec<f32> = numbers(case.input(names, position))?;
        if values.is_empty() { Err(Fail::runner(format!("no {}", names[0]))) } else { Ok(values) }
    };
    let x_zero: Vec<X> = numbers(case.input(&["x_zero_point"], 2))?;
    let w_zeros: Vec<W> = numbers(case.input(&["w_zero_point"], 5))?;
    let w_scales = scale(&["w_scale"], 4)?;
    let bias: Option<Vec<i32>> = bias(case, 8)?;
    let quantization = Quantization {
        array: (scale(&["x_scale"], 1)?[0], x_zero.first().copied().unwrap_or_default()),
        weight_scales: &w_scales,
        weight_zeros: &w_zeros,
        result: (scale(&["y_scale"], 6)?[0], y_zero.as_slice().first().copied().unwrap_or_default()),
    };
    Ok(conv.quantized(x, w, bias.as_deref(), &quantization)?.into())
}

fn request(case: &Case, w: &Operand) -> Outcome<Conv> {
    let geometry = Geometry::with_window(case, w.rank().saturating_sub(2), kernel(w))?;
    let conv = Conv::new()
        .groups(groups(case)?)
        .step(geometry.step)
        .dilation(geometry.dilation)
        .base_dilation(geometry.base_dilation);
    Ok(match geometry.padding {
        Padding::Numbers(pads) => conv.pad(pads),
        Padding::Same => conv.same(),
        Padding::SameLower => conv.same_lower(),
    })
}

fn weights(case: &Case, position: usize) -> Outcome<&Operand> {
    case.input(&["w", "weight", "weights"], position).ok_or_else(|| Fail::runner("no weights".into()))
}

fn kernel(w: &Operand) -> Vec<usize> {
    w.shape().get(2..).unwrap_or(&[]).to_vec()
}

fn groups(case: &Case) -> Outcome<usize> {
    Ok(case.size(&["groups", "group", "feature_group_count"])?.unwrap_or(1))
}

fn bias<T: Scalar>(case: &Case, position: usize) -> Outcome<Option<Vec<T>>> {
    let bias = case.find(&["b", "bias"]).or_else(|| case.inputs.get(position));
    bias.map(|bias| numbers(Some(bias))).transpose()
}

/// The elements of a small input as `T`s; none for an input that is not there.
fn numbers<T: Scalar>(input: Option<&Operand>) -> Outcome<Vec<T>> {
    let Some(input) = input else { return Ok(Vec::new()) };
    with_types!(&input.tensor, array => {
        let values = input.view(array)?;
        let number = |x| T::from_json(&serde_json::json!(x));
        let numbers: Option<Vec<T>> = values.iter().map(|&x| number(x)).collect();
        numbers.ok_or_else(|| Fail::runner(format!("{} is not of {} numbers", input.name, T::DTYPE)))
    }; U8 I8 I32 I64 F32 F64)
}
