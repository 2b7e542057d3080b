//! Elements that turn out to be all there: reduced as others are, without counting any.

use super::super::built_in::under;
use super::super::held::Held;
use super::super::number::Number;
use super::super::total::MeanNarrow;
use super::optional::Optional;
use super::windows::ValidWindows;
use crate::error::Result;
use crate::spec::{Dims, index_of};
use alloc::vec::Vec;

/// Elements that are asked first whether a NaN is among them: where there are many, one is found here, and nothing is reduced in vain.
const ASKED: usize = 4096;

/// The means of windows that hold no NaN, if that is all of them: then every mean is finite, which is seen while it is in a register.
/// Whether they are there.
///
/// # Errors
/// [`Error::BufferLength`](crate::Error::BufferLength).
pub(super) fn means<T: Number<Mean: Optional<Maybe = T::Mean>>>(
    windows: &ValidWindows<'_, T>,
    least: usize,
    out: &mut [T::Mean],
) -> Result<bool> {
    if windows.mask.is_some() || windows.source.iter().take(ASKED).any(|x| x.unordered()) {
        return Ok(false);
    }
    let means = MeanNarrow::new(false);
    under(&windows.filled()?, None, &means, out)?;
    if means.lost() {
        return Ok(false);
    }
    withhold_short(windows, least, out, <T::Mean as Optional>::none());
    Ok(true)
}

/// Puts `none` into the results of windows that hold fewer than `least` cells.
fn withhold_short<T, O: Copy>(windows: &ValidWindows<'_, T>, least: usize, out: &mut [O], none: O) {
    let (plan, filled) = (&windows.plan, windows.fill.is_some());
    let (shape, axes) = (plan.reduced_dims(), plan.axes_in_order());
    let held: Vec<(usize, Held)> = axes.iter().map(|a| (a.axis(), Held::new(a, filled))).collect();
    let Some(((axis, last), others)) = held.split_last() else {
        // Every element is a window of its own.
        if least > 1 {
            out.fill(none);
        }
        return;
    };
    let inner: usize = shape[axis + 1..].iter().product();
    let outer: Dims = shape[..*axis].into();
    for (number, line) in out.chunks_exact_mut((shape[*axis] * inner).max(1)).enumerate() {
        let index = index_of(number, &outer);
        let before = others.iter().fold(1usize, |n, (axis, held)| n.saturating_mul(held.at(index[*axis])));
        let need = if before == 0 { usize::MAX } else { least.div_ceil(before) };
        last.short(need, |windows| line[windows.start * inner..windows.end * inner].fill(none));
    }
}
