//! The way back from windows: `fold`, `Col2Im`, overlap-add.

use ndwindow::audio::OverlapAdd;
use ndwindow::unfold;

use super::windows::columns;
use super::{Outputs, one};
use crate::case::{Case, Fail, Outcome};
use crate::geometry::Geometry;
use crate::tensor::with_types;

/// `F.fold` and `Col2Im`: `[N, C*prod(k), L] -> [N, C, spatial..]`, without N for unbatched columns.
pub fn fold(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let window = sizes(case, &["kernel", "kernel_size", "block_shape"], 2)?;
    let spatial = sizes(case, &["out_spatial", "output_size", "image_shape"], 1)?;
    let columns = columns(Geometry::with_window(case, window.len(), window)?)?;
    one(
        "y",
        with_types!(&x.tensor, array => Ok(columns.col2im(x.view(array)?, &spatial[..])?.into());
        U8 I8 U16 I16 U32 I32 U64 I64 F32 F64),
    )
}

/// Sizes from a setting, or from the input at `position` of the last of the names.
fn sizes(case: &Case, names: &[&str], position: usize) -> Outcome<Vec<usize>> {
    if let Some(sizes) = case.sizes(names)? {
        return Ok(sizes);
    }
    let input = case.input(&names[names.len() - 1..], position);
    let values = input.ok_or_else(|| Fail::runner(format!("no {}", names[0])))?.tensor.to_i64s()?;
    let size = |value: &i64| usize::try_from(*value).map_err(|_| Fail::Inexpressible(format!("{} {value}", names[0])));
    values.iter().map(size).collect()
}

/// `[.., frames, length] -> [.., (frames - 1)*hop + length]`: the audio front for floats, the core for integers.
pub fn overlap_and_add(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let hop = case.size(&["hop_length"])?.ok_or_else(|| Fail::runner("no hop length".into()))?;
    let [lead @ .., frames, length] = x.shape() else {
        return Err(Fail::Inexpressible("two axes expected".into()));
    };
    if x.tensor.dtype().starts_with('F') {
        return one(
            "y",
            with_types!(&x.tensor, array => {
            Ok(OverlapAdd::sum(&vec![1.0; *length], hop)?.whole(&x.view(array)?)?.into())
        }; F32 F64),
        );
    }
    let samples = frames.saturating_sub(1) * hop + length;
    let plan = unfold(-1, *length, hop).plan([lead, &[samples]].concat())?;
    one("y", with_types!(&x.tensor, array => Ok(plan.fold(&x.view(array)?)?.into()); U8 I8 U16 I16 U32 I32 U64 I64))
}
