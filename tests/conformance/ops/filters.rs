//! Filters of the same size as the picture: `scipy.ndimage`.

use ndwindow::image::Filter;
use ndwindow::{Array, PadMode};
use serde_json::{Value, json};

use super::{Outputs, one};
use crate::case::{Case, Fail, Outcome, list, sizes, whole};
use crate::tensor::{Scalar, Tensor, with_types};

/// `maximum_filter`, `minimum_filter`.
pub fn extreme_filter(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let largest = case.op.starts_with("max");
    one(
        "y",
        with_types!(&x.tensor, array => {
        let (filter, view) = (filter(case, x.rank())?, x.view(array)?);
        Ok(if largest { filter.max_filter(&view)? } else { filter.min_filter(&view)? }.into())
    }; U8 I8 U16 I16 U32 I32 U64 I64 F16 Bf16 F32 F64),
    )
}

/// `uniform_filter`; the mean of integers is a float, which SciPy's result truncates.
pub fn mean_filter(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let means: Tensor = match x.tensor.dtype() {
        "F32" | "F64" => with_types!(&x.tensor, array => {
            Ok::<Tensor, Fail>(filter(case, x.rank())?.mean_filter(&x.view(array)?)?.into())
        }; F32 F64)?,
        _ => with_types!(&x.tensor, array => {
            let means = filter(case, x.rank())?.mean_filter(&x.view(array)?)?;
            truncated(&means, array)
        }; U8 I8 U16 I16 U32 I32 I64)?,
    };
    Ok(vec![("y", means)])
}

fn truncated<T: Scalar>(means: &Array<f64>, like: &Array<T>) -> Outcome<Tensor>
where
    Tensor: From<Array<T>>,
{
    let _ = like;
    let whole = |mean: &f64| T::from_json(&json!(mean.trunc()));
    let values: Option<Vec<T>> = means.iter().map(whole).collect();
    let values = values.ok_or_else(|| Fail::runner("a mean outside its type".into()))?;
    Ok(Array::new(values, means.shape())?.into())
}

fn filter<T: Scalar>(case: &Case, rank: usize) -> Outcome<Filter<T>> {
    let filter = match case.setting(&["size"]) {
        Some(Value::Array(each)) => Filter::new(sizes(&json!(each), "size")?),
        Some(one) => Filter::new(whole::<usize>(one, "size")?),
        None => return Err(Fail::Inexpressible("a box of no size".into())),
    };
    let axes = case.wholes(&["axes"])?;
    let count = axes.as_ref().map_or(rank, Vec::len);
    let filter = match &axes {
        Some(axes) => filter.axes(&axes[..]),
        None => filter.axes(..),
    };
    let filter = match case.setting(&["origin"]) {
        Some(Value::Array(each)) => filter.origin(list(&json!(each), "origin")?),
        Some(one) => filter.origin(vec![whole(one, "origin")?; count]),
        None => filter,
    };
    Ok(match case.word(&["mode"]).unwrap_or("reflect") {
        "reflect" | "grid-mirror" => filter.border(PadMode::Symmetric),
        "mirror" => filter.border(PadMode::Reflect),
        "nearest" => filter.border(PadMode::Edge),
        "wrap" | "grid-wrap" => filter.border(PadMode::Wrap),
        "constant" | "grid-constant" => {
            let value = case.setting(&["cval"]).map_or(Some(T::default()), T::from_json);
            filter.constant(value.ok_or_else(|| Fail::runner("cval is no number of the picture".into()))?)
        }
        other => return Err(Fail::Inexpressible(format!("a border called {other}"))),
    })
}
