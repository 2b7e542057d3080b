//! Pooling and its way back: PyTorch's and ONNX's.

use ndwindow::nn::{Divisor, Indices, Pool, global_avg_pool, global_max_pool};
use ndwindow::{Array, unfold};

use super::{Outputs, one};
use crate::case::{Case, Fail, Operand, Outcome};
use crate::compare::{Compare, compare};
use crate::geometry::{Geometry, Padding, spatial_rank};
use crate::tensor::{Tensor, with_any, with_types};

/// The pool that a case asks for; its window says how many axes are spatial.
fn pool(case: &Case, x: &Operand) -> Outcome<Pool> {
    let geometry = Geometry::pool(case, spatial_rank(case, x.rank())?)?;
    let pool = Pool::new(geometry.window).step(geometry.step).dilation(geometry.dilation);
    let pool = match geometry.padding {
        Padding::Numbers(pads) => pool.pad(pads),
        Padding::Same => pool.same(),
        Padding::SameLower => pool.same_lower(),
    };
    Ok(if geometry.partial { pool.ceil() } else { pool })
}

/// ONNX counts indices over the whole tensor, PyTorch over each plane.
fn index_space(case: &Case) -> Outcome<Indices> {
    Ok(match (case.op.as_str(), case.size(&["storage_order"])?.unwrap_or(0)) {
        ("MaxPool" | "MaxUnpool", 0) => Indices::Tensor,
        ("MaxPool", _) => Indices::TensorColumnMajor,
        _ => Indices::Plane,
    })
}

/// `max_pool1d` to `3d`, `MaxPool`: values, and indices where they are wanted.
pub fn max_pool(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let pool = pool(case, x)?;
    let space = index_space(case)?;
    let mut outputs = one("y", with_any!(&x.tensor, array => Ok(pool.max_pool(&x.view(array)?)?.into())))?;
    if case.outputs.len() > 1 {
        let (values, indices): (Tensor, Array<usize>) = with_any!(&x.tensor, array => {
            let (values, indices) = pool.max_pool_with_indices(&x.view(array)?, space)?;
            Ok::<_, Fail>((values.into(), indices))
        })?;
        let agree = compare(&values, &outputs[0].1, Compare::Exact);
        agree.map_err(|why| Fail::runner(format!("with and without indices: {why}")))?;
        outputs.push(("indices", indices.map(|index| index as i64).into()));
    }
    Ok(outputs)
}

/// `avg_pool1d` to `3d`, `AveragePool`.
pub fn avg_pool(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let pool = pool(case, x)?;
    // PyTorch counts padding unless told not to, ONNX only if told to.
    let padded = case.flag(&["count_include_pad"]).unwrap_or(case.op.starts_with("avg"));
    let divisor = match case.size(&["divisor_override"])? {
        Some(number) => Divisor::Fixed(number),
        None if padded => Divisor::Padded,
        None => Divisor::Elements,
    };
    one(
        "y",
        with_types!(&x.tensor, array => Ok(pool.avg_pool(&x.view(array)?, divisor)?.into());
        U8 I8 U16 I16 U32 I32 U64 I64 F32 F64),
    )
}

/// `lp_pool1d` to `3d` with signed powers, `LpPool` with absolute ones.
pub fn lp_pool(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let pool = pool(case, x)?;
    let p = case.number(&["p", "norm_type"]).unwrap_or(2.0);
    let signed = case.op.starts_with("lp_pool");
    one(
        "y",
        with_types!(&x.tensor, array => {
        let view = x.view(array)?;
        Ok(if signed { pool.lp_pool_signed(&view, p)? } else { pool.lp_pool(&view, p)? }.into())
    }; F32 F64),
    )
}

/// `GlobalMaxPool`, `GlobalAveragePool`, `GlobalLpPool`.
pub fn global_pool(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let p = case.number(&["p"]).unwrap_or(2.0);
    if case.op == "GlobalMaxPool" {
        return one("y", with_any!(&x.tensor, array => Ok(global_max_pool(&x.view(array)?)?.into())));
    }
    let plane = x.shape().get(2..).unwrap_or(&[]);
    one(
        "y",
        with_types!(&x.tensor, array => {
            let view = x.view(array)?;
            let mean = case.op == "GlobalAveragePool";
            Ok(if mean { global_avg_pool(&view)? } else { Pool::new(plane).lp_pool(&view, p)? }.into())
        }; F32 F64),
    )
}

/// `max_unpool1d` to `3d`, `MaxUnpool`: values back to where their indices say.
pub fn max_unpool(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let places = case.input(&["indices"], 1).ok_or_else(|| Fail::runner("no indices".into()))?;
    let places = indices(places)?;
    let pool = pool(case, x)?;
    let space = index_space(case)?;
    let natural = pool.unpooled_shape(x.shape())?;
    let shape = unpooled_shape(case, x, &natural)?;
    // ONNX's own definition puts the natural result into the corner of the size that is asked for;
    // ONNX Runtime and PyTorch read the indices as of that size.
    let corner = space == Indices::Tensor && !case.producer.starts_with("onnxruntime");
    let direct = if corner { natural.to_vec() } else { shape.clone() };
    one(
        "y",
        with_any!(&x.tensor, array => {
            let unpooled = pool.max_unpool(&x.view(array)?, &places, space, &direct[..])?;
            let rest = |(&want, &have): (&usize, &usize)| (0, want as isize - have as isize);
            let rest: Vec<(isize, isize)> = shape.iter().zip(&direct).map(rest).collect();
            Ok(unfold(.., 1, 1).pad(rest).windows(&unpooled)?.to_array().reshape(&shape[..])?.into())
        }),
    )
}

fn indices(input: &Operand) -> Outcome<Array<usize>> {
    with_types!(&input.tensor, array => {
        let view = input.view(array)?;
        let index = |&index| usize::try_from(index).map_err(|_| Fail::Inexpressible(format!("an index of {index}")));
        Ok(Array::new(view.iter().map(index).collect::<Outcome<_>>()?, view.shape())?)
    }; I64 I32)
}

/// The shape asked for, by its spatial axes or as a whole, or the natural one.
fn unpooled_shape(case: &Case, x: &Operand, natural: &[usize]) -> Outcome<Vec<usize>> {
    let spatial = match (case.sizes(&["out_spatial", "output_size"])?, case.find(&["output_shape"])) {
        (Some(spatial), _) => spatial,
        (None, Some(input)) => (input.tensor.to_i64s()?.iter())
            .map(|&size| usize::try_from(size).map_err(|_| Fail::Inexpressible(format!("a size of {size}"))))
            .collect::<Outcome<_>>()?,
        (None, None) => return Ok(natural.to_vec()),
    };
    let lead = x.rank().saturating_sub(spatial.len());
    Ok([&x.shape()[..lead], &spatial].concat())
}
