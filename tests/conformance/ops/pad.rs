//! Padding: a pad is a window of one with step one.

use ndwindow::{Array, PadMode, View, unfold};
use serde_json::Value;

use super::{Outputs, one};
use crate::case::{Case, Fail, Outcome, list};
use crate::tensor::{Scalar, with_any};

/// NumPy's `pad` and ONNX's `Pad`.
pub fn pad(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let mode = match case.word(&["mode"]).unwrap_or("constant") {
        "constant" => PadMode::Empty,
        "edge" => PadMode::Edge,
        "reflect" => PadMode::Reflect,
        "symmetric" => PadMode::Symmetric,
        "wrap" => PadMode::Wrap,
        other => return Err(Fail::Inexpressible(format!("a pad mode called {other}"))),
    };
    let pads = pad_width(case, x.rank())?;
    let fills = case.setting(&["constant_values", "value", "constant_value"]);
    one(
        "y",
        with_any!(&x.tensor, array => {
            let view = x.view(array)?;
            if mode == PadMode::Empty {
                constant(&view, &pads, &fill_values(case, fills, pads.len())?).map(Into::into)
            } else {
                padded(&view, pads, mode, None).map(Into::into)
            }
        }),
    )
}

/// Pads axis by axis, so that later axes own the corners; one fill for each side of each axis.
fn constant<T: Scalar>(x: &View<'_, T>, pads: &[(isize, isize)], fills: &[(T, T)]) -> Outcome<Array<T>> {
    if fills.iter().all(|fill| fill.0.same(fills[0].0) && fill.1.same(fills[0].0)) {
        return padded(x, pads.to_vec(), PadMode::Empty, fills.first().map(|fill| fill.0));
    }
    let mut array = x.to_array();
    for (axis, (&(low, high), &(fill_low, fill_high))) in pads.iter().zip(fills).enumerate() {
        for (pad, fill) in [((low, 0), fill_low), ((0, high), fill_high)] {
            let mut one_side = vec![(0, 0); pads.len()];
            one_side[axis] = pad;
            array = padded(&array.view(), one_side, PadMode::Empty, Some(fill))?;
        }
    }
    Ok(array)
}

fn padded<T: Scalar>(x: &View<'_, T>, pads: Vec<(isize, isize)>, mode: PadMode, fill: Option<T>) -> Outcome<Array<T>> {
    let windows = unfold(.., 1, 1).pad(pads).pad_mode(mode).windows(x)?;
    let grid = windows.plan().grid().to_vec();
    let copy = match fill {
        Some(value) => windows.fill(value).to_array(),
        None => windows.to_array(),
    };
    Ok(copy.reshape(grid)?)
}

/// `[low, high]` per axis, from the pairs or from ONNX's flat input `pads` and its `axes`.
fn pad_width(case: &Case, rank: usize) -> Outcome<Vec<(isize, isize)>> {
    if let Some(width) = case.setting(&["pad_width"]) {
        return pairs::<isize>(width);
    }
    let flat: Vec<isize> = match (case.wholes(&["pads"])?, case.input(&["pads"], 1)) {
        (Some(flat), _) => flat,
        (None, Some(input)) => input.tensor.to_i64s()?.into_iter().map(|pad| pad as isize).collect(),
        (None, None) => return Err(Fail::runner("no pad width".into())),
    };
    let axes: Vec<isize> = match (case.wholes(&["axes"])?, case.find(&["axes"])) {
        (Some(axes), _) => axes,
        (None, Some(input)) => input.tensor.to_i64s()?.into_iter().map(|axis| axis as isize).collect(),
        (None, None) => (0..rank as isize).collect(),
    };
    let (low, high) = flat.split_at(flat.len() / 2);
    let mut width = vec![(0, 0); rank];
    for ((&axis, &low), &high) in axes.iter().zip(low).zip(high) {
        let place = if axis < 0 { axis + rank as isize } else { axis };
        *width.get_mut(place as usize).ok_or_else(|| Fail::runner(format!("axis {axis}")))? = (low, high);
    }
    Ok(width)
}

fn pairs<N: TryFrom<i128> + Copy>(value: &Value) -> Outcome<Vec<(N, N)>> {
    let entries = value.as_array().ok_or_else(|| Fail::runner(format!("{value} is no list of pairs")))?;
    let pair = |entry: &Value| match list::<N>(entry, "pad")?[..] {
        [both] => Ok((both, both)),
        [low, high] => Ok((low, high)),
        _ => Err(Fail::runner(format!("{entry} is no pair"))),
    };
    entries.iter().map(pair).collect()
}

/// One value, or a pair for each axis; ONNX's may be an input. Zero where nothing is said.
fn fill_values<T: Scalar>(case: &Case, setting: Option<&Value>, rank: usize) -> Outcome<Vec<(T, T)>> {
    let number = |value: &Value| T::from_json(value).ok_or_else(|| Fail::runner(format!("no fill value: {value}")));
    match setting {
        Some(Value::Array(entries)) if entries.len() == rank => (entries.iter())
            .map(|entry| match entry {
                Value::Array(pair) => Ok((number(&pair[0])?, number(&pair[pair.len() - 1])?)),
                both => Ok((number(both)?, number(both)?)),
            })
            .collect(),
        Some(Value::Array(entries)) => Err(Fail::runner(format!("{} fill values", entries.len()))),
        Some(value) => Ok(vec![(number(value)?, number(value)?); rank]),
        None => {
            let given = case.find(&["constant_value", "value"]);
            let fill = given.and_then(|input| input.tensor.to_f64s().first().copied());
            let fill = fill.map_or(Value::from(0), Value::from);
            Ok(vec![(number(&fill)?, number(&fill)?); rank])
        }
    }
}
