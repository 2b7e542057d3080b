//! The window geometry of a case, from `norm` or from the words of whoever computed it.

use ndwindow::{Tail, Unfold, unfold};
use serde_json::Value;

use crate::case::{Case, Fail, Outcome, list};

/// Padding: numbers, or the two names that depend on the input's shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Padding {
    Numbers(Vec<(isize, isize)>),
    Same,
    SameLower,
}

/// One list per word, an entry for each spatial axis; counts are not checked here, the library does.
#[derive(Clone, Debug)]
pub struct Geometry {
    /// How many axes are unfolded: the last ones.
    pub rank: usize,
    pub window: Vec<usize>,
    pub step: Vec<usize>,
    pub dilation: Vec<usize>,
    pub base_dilation: Vec<usize>,
    pub padding: Padding,
    pub partial: bool,
}

const WINDOW: &[&str] = &["kernel", "kernel_size", "kernel_shape", "window_dimensions", "filter_shape"];
const STEP: &[&str] = &["stride", "strides", "window_strides"];
const DILATION: &[&str] = &["dilation", "dilations", "rhs_dilation", "window_dilation"];
const BASE_DILATION: &[&str] = &["base_dilation", "lhs_dilation"];

impl Geometry {
    /// The geometry over `rank` spatial axes; the window is the case's own.
    pub fn pool(case: &Case, rank: usize) -> Outcome<Self> {
        let window = case.sizes(WINDOW)?;
        let window = window.ok_or_else(|| Fail::Inexpressible("a window of no size".into()))?;
        Self::with_window(case, rank, window)
    }

    /// The geometry over `rank` spatial axes with the window given (a kernel's shape).
    pub fn with_window(case: &Case, rank: usize, window: Vec<usize>) -> Outcome<Self> {
        // PyTorch's pools step by the window unless told, everything else by one.
        let torch_pool = case.op.contains("pool") && case.attrs.get("kernel_size").is_some();
        let step = case.sizes(STEP)?;
        let step = step.unwrap_or_else(|| if torch_pool { window.clone() } else { vec![1; rank] });
        Ok(Self {
            rank,
            step,
            dilation: case.sizes(DILATION)?.unwrap_or_else(|| vec![1; rank]),
            base_dilation: case.sizes(BASE_DILATION)?.unwrap_or_else(|| vec![1; rank]),
            padding: padding(case, rank)?,
            partial: case.flag(&["ceil_mode"]).unwrap_or(false),
            window,
        })
    }

    /// The library's request over the last axes, one for each entry of the window.
    pub fn request(&self) -> Unfold {
        self.request_over(&last_axes(self.rank))
    }

    pub fn request_over(&self, axes: &[isize]) -> Unfold {
        let request = unfold(axes, self.window.clone(), self.step.clone())
            .dilation(self.dilation.clone())
            .base_dilation(self.base_dilation.clone())
            .tail(if self.partial { Tail::Partial } else { Tail::Drop });
        match &self.padding {
            Padding::Numbers(pads) => request.pad(pads.clone()),
            Padding::Same => request.same(),
            Padding::SameLower => request.same_lower(),
        }
    }
}

/// The last `count` axes, in order.
pub fn last_axes(count: usize) -> Vec<isize> {
    (0..count).map(|axis| axis as isize - count as isize).collect()
}

/// How many spatial axes the case has: said, told by the operation's name, or all but two.
pub fn spatial_rank(case: &Case, rank: usize) -> Outcome<usize> {
    if let Some(said) = case.size(&["spatial_rank"])? {
        return Ok(said);
    }
    let named = case.op.strip_suffix('d').and_then(|op| op.chars().last()).and_then(|c| c.to_digit(10));
    Ok(named.map_or(rank.saturating_sub(2), |digit| digit as usize))
}

fn padding(case: &Case, rank: usize) -> Outcome<Padding> {
    // `norm.pads` is resolved, whatever name `auto_pad` had.
    if let Some(pads) = case.norm.get("pads").filter(|pads| !pads.is_null()) {
        return pairs(pads).map(Padding::Numbers);
    }
    let zero = || Padding::Numbers(vec![(0, 0); rank]);
    if let Some(name) = case.word(&["auto_pad"])
        && name != "NOTSET"
    {
        // The names of `padding` are none of `auto_pad`'s.
        return match name {
            "VALID" | "SAME_UPPER" | "SAME_LOWER" => named(name, zero),
            other => Err(Fail::Inexpressible(format!("an auto_pad called {other}"))),
        };
    }
    if let Some(pads) = case.attrs.get("pads").filter(|pads| !pads.is_null()) {
        return onnx_pads(pads).map(Padding::Numbers);
    }
    match case.attrs.get("padding") {
        None | Some(Value::Null) => Ok(zero()),
        Some(Value::String(name)) => named(name, zero),
        Some(pads) => pairs(pads).map(Padding::Numbers),
    }
}

fn named(name: &str, zero: impl Fn() -> Padding) -> Outcome<Padding> {
    match name {
        "VALID" | "valid" => Ok(zero()),
        "SAME" | "SAME_UPPER" | "same" => Ok(Padding::Same),
        "SAME_LOWER" => Ok(Padding::SameLower),
        other => Err(Fail::Inexpressible(format!("a padding called {other}"))),
    }
}

/// ONNX's flat `[low.., high..]`.
fn onnx_pads(value: &Value) -> Outcome<Vec<(isize, isize)>> {
    if value[0].is_array() {
        return pairs(value);
    }
    let flat = list::<isize>(value, "pads")?;
    let (low, high) = flat.split_at(flat.len() / 2);
    Ok(low.iter().copied().zip(high.iter().copied()).collect())
}

/// `[[low, high], ..]`, or PyTorch's one number for both sides of each axis.
fn pairs(value: &Value) -> Outcome<Vec<(isize, isize)>> {
    let Value::Array(entries) = value else {
        return pair(value).map(|pair| vec![pair]);
    };
    entries.iter().map(pair).collect()
}

fn pair(entry: &Value) -> Outcome<(isize, isize)> {
    match list::<isize>(entry, "padding")?[..] {
        [both] => Ok((both, both)),
        [low, high] => Ok((low, high)),
        _ => Err(Fail::runner(format!("padding {entry} is no pair"))),
    }
}
