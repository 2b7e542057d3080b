//! Loops over plain memory; they know no windows.

#[cfg(feature = "fft")]
mod complex;
pub(crate) mod contract;
mod copy;
pub(crate) mod level;
mod merge;
pub(crate) mod rows;
mod stream;
mod taper;

#[cfg(feature = "fft")]
pub(crate) use complex::{pairs_mut, untangle};
pub(crate) use copy::copy_block;
pub(crate) use merge::{merge_block, merge_weighted};
pub(crate) use stream::{Plain, STREAM_BYTES, stream_copy};
pub(crate) use taper::{add, add_product, put_product, scale};
