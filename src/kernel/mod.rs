//! Loops over plain memory; they know no windows.

pub(crate) mod caches;
mod clip;
#[cfg(feature = "fft")]
mod complex;
pub(crate) mod contract;
mod copy;
pub(crate) mod folds;
mod frame;
pub(crate) mod histogram;
pub(crate) mod level;
mod lined;
mod loops;
pub(crate) mod lower;
mod merge;
mod merge_rows;
mod moved;
pub(crate) mod network;
pub(crate) mod pairwise;
pub(crate) mod phases;
pub(crate) mod places;
mod product;
pub(crate) mod quotient;
mod raise;
pub(crate) mod rows;
mod run;
pub(crate) mod scan;
mod sink;
pub(crate) mod straight;
mod stream;
mod stretches;
mod strided;
mod taper;
#[cfg(test)]
mod tests;
pub(crate) mod threads;
pub(crate) mod weigh;

pub(crate) use caches::LINE;
pub(crate) use clip::copy_clipped;
#[cfg(feature = "fft")]
pub(crate) use complex::{pairs_mut, untangle};
pub(crate) use copy::copy_block;
pub(crate) use frame::{Along, Placement};
pub(crate) use lined::Lined;
pub(crate) use merge::{merge_block, merge_side_by_side, merge_weighted};
pub(crate) use merge_rows::{merge_rows, same, same_mut};
pub(crate) use product::Products;
pub use raise::Raise;
pub(crate) use raise::{Raised, raise};
#[cfg(feature = "fft")]
pub(crate) use stream::stream_copy;
pub(crate) use stream::{Plain, Streamed, in_line, prefetch};
pub(crate) use strided::copy_view;
pub(crate) use taper::{add, add_product, put_product, scale};
