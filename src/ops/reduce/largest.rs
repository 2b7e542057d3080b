//! The largest element of each window and where it lies: what pooling with indices asks for.

use super::arg::{Search, pack, unpack};
use super::number::Number;
use super::rankable::Rankable;
use crate::array::{IntoView, View};
use crate::error::Result;
use crate::kernel::level::Level;
use crate::kernel::places::{Buffers, KERNELS, Packing, Side, places};
use crate::ops::Windows;
use crate::spec::{AxisPlan, PadMode};
use alloc::vec::Vec;

impl<T: Rankable> Packing<T> for Search {
    type Packed = T::Packed;
    #[inline(always)]
    fn pack(&self, x: T, place: u32) -> T::Packed {
        pack(x, *self, place)
    }
}

/// Below this many elements a job stays on its thread.
#[cfg(feature = "rayon")]
const PARALLEL: usize = 1 << 18;

impl<T: Number> Windows<'_, T> {
    /// The element of each window that is looked for and its flat index in the unfolded axes, which are the array's last ones, in
    /// their order.
    ///
    /// # Errors
    /// [`Error::BufferLength`](crate::Error::BufferLength), [`Error::EmptyWindow`](crate::Error::EmptyWindow) with "argmax",
    /// [`Error::TooLarge`](crate::Error::TooLarge).
    pub(crate) fn largest(&self, search: Search, values: &mut [T], indices: &mut [usize]) -> Result<()> {
        self.check_buffer(values.len())?;
        let copy = if self.source().as_slice().is_none() { Some(self.source().to_array()) } else { None };
        let source: View<'_, T> = copy.as_ref().map_or_else(|| self.source().clone(), |c| c.into_view());
        let elements = source.as_slice().unwrap_or_default();
        let axes = self.plan().axes();
        let plane = axes.iter().map(AxisPlan::len).product::<usize>().max(1);
        let grid = axes.iter().map(AxisPlan::count).product::<usize>().max(1);
        let kernel = match axes {
            [y, x] if x.count() > 0 && y.count() > 0 => small(y, x),
            _ => None,
        };
        let Some((window, step)) = kernel.filter(|_| plane < 1 << 31) else {
            self.search("argmax", search, indices)?;
            let planes =
                values.chunks_exact_mut(grid).zip(indices.chunks_exact(grid)).zip(elements.chunks_exact(plane));
            for ((values, indices), elements) in planes {
                take(values, indices, elements);
            }
            return Ok(());
        };
        self.check_search("argmax", indices.len())?;
        let sides = (side(&axes[0]), side(&axes[1]));
        let level = Level::detect();
        let run = |values: &mut [T], indices: &mut [usize], elements: &[T]| {
            let mut buffers = Buffers::new(window, step, sides.1);
            let mut found: Vec<T::Packed> = alloc::vec![T::Packed::default(); grid];
            let planes = values.chunks_exact_mut(grid).zip(indices.chunks_exact_mut(grid));
            for ((values, indices), elements) in planes.zip(elements.chunks_exact(plane)) {
                places(level, &search, window, step, sides, elements, &mut buffers, &mut found);
                for (index, &p) in indices.iter_mut().zip(&found) {
                    *index = unpack(T::position(p));
                }
                take(values, indices, elements);
            }
        };
        #[cfg(feature = "rayon")]
        if rayon::current_num_threads() > 1 && elements.len() >= PARALLEL {
            use rayon::prelude::*;
            let planes = elements.len() / plane;
            let part = planes.div_ceil(4 * rayon::current_num_threads()).max(1);
            values
                .par_chunks_mut(part * grid)
                .zip(indices.par_chunks_mut(part * grid))
                .zip(elements.par_chunks(part * plane))
                .for_each(|((values, indices), elements)| run(values, indices, elements));
            return Ok(());
        }
        run(values, indices, elements);
        Ok(())
    }
}

fn take<T: Copy>(values: &mut [T], indices: &[usize], elements: &[T]) {
    for (value, &index) in values.iter_mut().zip(indices) {
        *value = elements[index];
    }
}

/// Window and step, if a kernel has them: the same along both axes, without dilation, crop or holes, and nothing around.
fn small(y: &AxisPlan, x: &AxisPlan) -> Option<(usize, usize)> {
    let plain = |a: &AxisPlan| {
        let (before, after) = a.pads();
        let nothing = a.pad_mode() == PadMode::Empty || (before, after) == (0, 0);
        a.dilation() == 1 && a.base_dilation() == 1 && before >= 0 && after >= 0 && nothing
    };
    let same = (y.window(), y.even_step()) == (x.window(), x.even_step());
    let kernel = (x.window(), x.even_step()?);
    (same && plain(y) && plain(x) && KERNELS.contains(&kernel)).then_some(kernel)
}

fn side(axis: &AxisPlan) -> Side {
    Side { len: axis.len(), start: axis.start(0), count: axis.count() }
}
