//! Results of tiles put together one after another, and who is told of it.

use super::blender::Joiner;
use super::tiling::{Tiling, write_box};
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::FoldElement;
use crate::spec::Dims;
use core::ops::ControlFlow;

/// Results put together tile after tile, and who is told of it.
pub(super) struct Joined<'t, T, P> {
    tiling: &'t Tiling,
    progress: P,
    /// The first result says how many channels there are.
    parts: Option<(Joiner<T>, Array<T>)>,
}

impl<'t, T: FoldElement, P: FnMut(usize, usize) -> ControlFlow<()>> Joined<'t, T, P> {
    pub(super) fn new(tiling: &'t Tiling, progress: P) -> Self {
        Joined { tiling, progress, parts: None }
    }

    /// Takes the next result.
    pub(super) fn take(&mut self, cells: Array<T>) -> Result<()> {
        let tiling = self.tiling;
        let (joiner, out) = match &mut self.parts {
            Some(parts) => parts,
            None => {
                let plan = tiling.results_of(cells.shape(), "a processed tile")?;
                let joiner = Joiner::new(tiling, plan, tiling.weighted())?;
                let out = Array::try_zeros("blended tiles", Dims::from_slice(joiner.shape()))?;
                self.parts.insert((joiner, out))
            }
        };
        let place = joiner.expected(joiner.next(), cells.shape())?;
        let shape = Dims::from_slice(out.shape());
        let mut written = Ok(());
        joiner.take(&place, cells, false, &mut |ranges, region| {
            written = write_box(out.as_mut_slice(), &shape, ranges, region);
        })?;
        written?;
        let (done, total) = (joiner.next(), tiling.len());
        match (self.progress)(done, total) {
            ControlFlow::Break(()) if done < total => Err(Error::Stopped { done, total }),
            _ => Ok(()),
        }
    }

    /// The whole result.
    pub(super) fn finish(self) -> Result<Array<T>> {
        match self.parts {
            Some((joiner, out)) => joiner.finish().map(|()| out),
            None => Array::try_zeros("blended tiles", Dims::from_slice(self.tiling.result_shape())),
        }
    }
}
