//! Row loops for the fronts, which do not reach into the loops themselves: sums and products of rows, and outputs written front
//! to back.

use crate::array::View;
use crate::element::Element;
pub(crate) use crate::kernel::threads::each_chunk;
pub(crate) use crate::kernel::{Lined, Plain, Products, Raised, add, add_product, put_product, raise, scale};
use crate::kernel::{caches::STREAM, copy_block, level::Level};
#[cfg(feature = "fft")]
pub(crate) use crate::kernel::{pairs_mut, stream_copy, untangle};
use num_traits::Float;

/// Whether a result of this many bytes should go past the caches.
#[inline]
pub(crate) fn streams(bytes: usize) -> bool {
    bytes >= STREAM
}

/// An output to be written front to back.
pub(crate) fn lined<T: Element>(out: &mut [T]) -> Lined<'_, T> {
    let streaming = streams(size_of_val(out));
    Lined::new(out, streaming, Level::detect())
}

/// A part of an output of so many `bytes` in all, to be written front to back with rows of products with `w`.
pub(crate) fn products<'a, T: Float + Element>(part: &'a mut [T], w: &'a [T], bytes: usize) -> Products<'a, T> {
    Products::new(part, w, streams(bytes))
}

/// Index `i` of a view goes to `out[offset + sum(i * strides)]`.
///
/// # Panics
/// If some index would go outside `out`.
pub(crate) fn paste<T: Element>(out: &mut [T], offset: usize, strides: &[usize], block: &View<'_, T>) {
    copy_block(out, offset, strides, block);
}
