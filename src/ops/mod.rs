//! The verbs: gather, reduce, contract, map, fold.

pub(crate) mod contract;
mod coverage;
mod each;
mod fold;
mod gather;
mod map;
mod mask;
mod pieces;
mod reduce;
pub(crate) mod row_loops;
mod weigh;
mod windows;

pub use crate::kernel::Raise;
pub use crate::kernel::contract::Scalar;
pub use contract::PreparedConv;
pub use fold::{Fold, FoldElement, FoldPart, Merge, Taper, Tapers};
pub use mask::Mask;
pub use reduce::{
    Masked, Max, MaxNum, Min, MinMax, MinNum, Monoid, Number, Pixel, Real, ValidWindows, WrappingProduct, WrappingSum,
    monoid,
};
pub(crate) use reduce::{Ordered, Pairwise, Powers, Wrap, cell_counts, short_window};
pub(crate) use weigh::weighted;
pub use windows::{AnyWindows, Windows};
