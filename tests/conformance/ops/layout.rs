//! ONNX's moves between space and channels: pictures to patch vectors of `b` by `b`, and back.

use ndwindow::image::{Channels, Patches};

use super::{Outputs, one};
use crate::case::{Case, Fail, Outcome};
use crate::tensor::with_any;

/// `[N, C, H, W] -> [N, b*b*C, H/b, W/b]`; channel `(i*b + j)*C + c`, or `c*b*b + i*b + j`.
pub fn space_to_depth(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let (b, patches) = patches(case)?;
    let &[n, c, h, w] = x.shape() else {
        return Err(Fail::Inexpressible("four axes expected".into()));
    };
    one(
        "y",
        with_any!(&x.tensor, array => {
            let vectors = patches.split(&x.view(array)?)?;
            Ok(vectors.permute(&[0, 2, 1])?.to_array().reshape([n, b * b * c, h / b, w / b])?.into())
        }),
    )
}

/// The way back: `[N, b*b*C, H, W] -> [N, C, H*b, W*b]`.
pub fn depth_to_space(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let (b, patches) = patches(case)?;
    let &[n, channels, h, w] = x.shape() else {
        return Err(Fail::Inexpressible("four axes expected".into()));
    };
    one(
        "y",
        with_any!(&x.tensor, array => {
            let vectors = x.view(array)?.permute(&[0, 2, 3, 1])?.to_array().reshape([n, h * w, channels])?;
            Ok(patches.join(&vectors, [n, channels / (b * b), h * b, w * b])?.into())
        }),
    )
}

/// The block's size, and patches whose vectors run over row, column, channel unless `CRD` is said.
fn patches(case: &Case) -> Outcome<(usize, Patches)> {
    let b = case.size(&["blocksize"])?.ok_or_else(|| Fail::runner("no blocksize".into()))?;
    let vector = if case.word(&["mode"]) == Some("CRD") { Channels::First } else { Channels::Last };
    Ok((b, Patches::new(b).picture(Channels::First).vector(vector)))
}
