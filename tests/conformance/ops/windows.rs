//! Window views and their copies: NumPy, scikit-image, PyTorch, librosa, JAX.

use ndwindow::nn::Columns;
use ndwindow::{Array, View, unfold};
use serde_json::Value;

use super::{Outputs, one};
use crate::case::{Case, Fail, Outcome, whole};
use crate::geometry::{Geometry, Padding, spatial_rank};
use crate::tensor::{Scalar, with_any};

/// Windows slide along `axis[i]`; an axis named again slides over what is left of it.
pub fn sliding_window_view(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let window = case.sizes(&["window_shape"])?.unwrap_or_default();
    let step = case.sizes(&["step"])?.unwrap_or_else(|| vec![1; x.rank()]);
    let axes = case.wholes(&["axis"])?;
    let tensor = with_any!(&x.tensor, array => {
        let view = x.view(array)?;
        match axes {
            None => Ok(unfold(.., window, step).windows(&view)?.view()?.to_array().into()),
            Some(axes) => slide(view, &window, &axes, &step).map(Into::into),
        }
    });
    one("y", tensor)
}

fn slide<T: Scalar>(x: View<'_, T>, window: &[usize], axes: &[isize], step: &[usize]) -> Outcome<Array<T>> {
    let rank = x.rank() as isize;
    let place = |axis: isize| if axis < 0 { axis + rank } else { axis };
    let step_of = |axis: isize| step.get(place(axis) as usize).copied().unwrap_or(1);
    let repeats = (1..axes.len()).any(|i| axes[..i].iter().any(|&axis| place(axis) == place(axes[i])));
    let mut view = if repeats {
        // One request an axis, in order; the last one on an axis takes its step.
        let mut view = x;
        for (i, (&axis, &window)) in axes.iter().zip(window).enumerate() {
            let last = axes[i + 1..].iter().all(|&later| place(later) != place(axis));
            let step = if last { step_of(axis) } else { 1 };
            view = unfold(place(axis), window, step).windows(&view)?.view()?;
        }
        view
    } else {
        let steps: Vec<usize> = axes.iter().map(|&axis| step_of(axis)).collect();
        unfold(axes, window, steps).windows(&x)?.view()?
    };
    for axis in (0..rank).filter(|&axis| axes.iter().all(|&unfolded| place(unfolded) != axis)) {
        let len = view.shape()[axis as usize];
        let step = step_of(axis);
        view = view.slice(axis, 0, step as isize, len.div_ceil(step))?;
    }
    Ok(view.to_array())
}

pub fn view_as_windows(case: &Case) -> Outcome<Outputs> {
    let window = case.sizes(&["window_shape"])?.unwrap_or_default();
    let step = case.sizes(&["step"])?.unwrap_or_else(|| vec![1]);
    over_all_axes(case, &window, &step)
}

pub fn view_as_blocks(case: &Case) -> Outcome<Outputs> {
    let block = case.sizes(&["block_shape"])?.unwrap_or_default();
    over_all_axes(case, &block, &block)
}

fn over_all_axes(case: &Case, window: &[usize], step: &[usize]) -> Outcome<Outputs> {
    let x = case.x()?;
    // scikit-image takes one step for all axes; a list goes through as it is.
    let step = if step.len() == 1 { vec![step[0]; window.len()] } else { step.to_vec() };
    one(
        "y",
        with_any!(&x.tensor, array => {
            Ok(unfold(.., window, step).windows(&x.view(array)?)?.view()?.to_array().into())
        }),
    )
}

/// A chain of requests of one axis each, every one on the view of the one before.
pub fn tensor_unfold(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let alone = Value::Array(vec![case.attrs.clone()]);
    let chain = case.setting(&["chain"]).unwrap_or(&alone);
    let links = chain.as_array().ok_or_else(|| Fail::runner("chain is no list".into()))?;
    one(
        "y",
        with_any!(&x.tensor, array => {
            let mut view = x.view(array)?;
            for link in links {
                let (size, step): (usize, usize) = (whole(&link["size"], "size")?, whole(&link["step"], "step")?);
                view = unfold(whole::<isize>(&link["dim"], "dim")?, size, step).windows(&view)?.view()?;
            }
            Ok(view.to_array().into())
        }),
    )
}

/// The axis becomes `(frame_length, n_frames)`, or the reverse where it is counted from the front.
pub fn frame(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let length = case.size(&["frame_length"])?.unwrap_or(2048);
    let hop = case.size(&["hop_length"])?.unwrap_or(512);
    let axis = case.wholes(&["axis"])?.map_or(-1, |axes| axes[0]);
    let place = if axis < 0 { axis + x.rank() as isize } else { axis };
    one(
        "y",
        with_any!(&x.tensor, array => {
            let frames = unfold(axis, length, hop).windows(&x.view(array)?)?.view()?;
            let mut order: Vec<isize> = (0..frames.rank() as isize - 1).collect();
            let window_place = if axis < 0 { place } else { place + 1 };
            order.insert(window_place as usize, frames.rank() as isize - 1);
            Ok(frames.permute(&order)?.to_array().into())
        }),
    )
}

/// `F.unfold`: `[N, C, H, W] -> [N, C*kh*kw, L]`, without N for an unbatched input.
pub fn im2col(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let columns = columns(Geometry::pool(case, 2)?)?;
    one("y", with_any!(&x.tensor, array => Ok(columns.im2col(x.view(array)?)?.into())))
}

/// The front's word for a geometry; it has no holes in its input and no ceil mode.
pub fn columns(geometry: Geometry) -> Outcome<Columns> {
    let Padding::Numbers(pads) = geometry.padding else {
        return Err(Fail::Inexpressible("columns of a named padding".into()));
    };
    Ok(Columns::new(geometry.window).step(geometry.step).dilation(geometry.dilation).pad(pads))
}

/// `conv_general_dilated_patches`: `[N, C, spatial..] -> [N, C*prod(k), out..]`.
pub fn patches(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let spatial = spatial_rank(case, x.rank())?;
    let geometry = Geometry::pool(case, spatial)?;
    one(
        "y",
        with_any!(&x.tensor, array => {
            let windows = geometry.request().windows(x.view(array)?)?;
            // [N, C, grid.., window..] in the order N, C, window, grid.
            let (grid, window) = (2..x.rank(), x.rank()..x.rank() + spatial);
            let order: Vec<isize> = (0..2).chain(window).chain(grid).map(|axis| axis as isize).collect();
            let copy = windows.permute(&order)?.to_array();
            let (kept, grid) = copy.shape().split_at(2 + spatial);
            let shape = [&[kept[0], kept[1..].iter().product()], grid].concat();
            Ok(copy.reshape(shape)?.into())
        }),
    )
}
