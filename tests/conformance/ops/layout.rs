//! ONNX's moves between space and channels: patches of `b` by `b`.

use ndwindow::unfold;

use super::{Outputs, one};
use crate::case::{Case, Fail, Outcome};
use crate::tensor::with_any;

/// `[N, C, H, W] -> [N, b*b*C, H/b, W/b]`; channel `(i*b + j)*C + c`, or `c*b*b + i*b + j`.
pub fn space_to_depth(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let b = blocksize(case)?;
    // From [N, C, H/b, W/b, i, j].
    let order = if depth_first(case) { [0, 4, 5, 1, 2, 3] } else { [0, 1, 4, 5, 2, 3] };
    one(
        "y",
        with_any!(&x.tensor, array => {
            let copy = unfold([2, 3], b, b).windows(&x.view(array)?)?.permute(&order)?.to_array();
            let shape = copy.shape();
            let merged = [shape[0], shape[1..4].iter().product(), shape[4], shape[5]];
            Ok(copy.reshape(merged)?.into())
        }),
    )
}

/// The way back: `[N, b*b*C, H, W] -> [N, C, H*b, W*b]`.
pub fn depth_to_space(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let b = blocksize(case)?;
    let &[n, channels, h, w] = x.shape() else {
        return Err(Fail::Inexpressible("four axes expected".into()));
    };
    let c = channels / (b * b);
    let depth_first = depth_first(case);
    one(
        "y",
        with_any!(&x.tensor, array => {
            let split = if depth_first { [n, b, b, c, h, w] } else { [n, c, b, b, h, w] };
            let order = if depth_first { [0, 3, 4, 1, 5, 2] } else { [0, 1, 4, 2, 5, 3] };
            let blocks = x.view(array)?.to_array().reshape(split)?;
            Ok(blocks.view().permute(&order)?.to_array().reshape([n, c, h * b, w * b])?.into())
        }),
    )
}

fn blocksize(case: &Case) -> Outcome<usize> {
    case.size(&["blocksize"])?.ok_or_else(|| Fail::runner("no blocksize".into()))
}

/// The order of channels: depth, column, row (`DCR`), unless `CRD` is said.
fn depth_first(case: &Case) -> bool {
    case.word(&["mode"]) != Some("CRD")
}
