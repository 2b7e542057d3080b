//! The verbs: gather, reduce, contract, map, fold.

pub(crate) mod contract;
mod coverage;
mod each;
mod fold;
mod gather;
mod map;
mod pieces;
mod reduce;
pub(crate) mod row_loops;
mod windows;

pub use crate::kernel::contract::Scalar;
pub use contract::PreparedConv;
pub use fold::{Accumulator, Fold, FoldElement, FoldPart, Folded, Merge, Taper, Tapers};
pub use reduce::{
    Closures, Max, MaxNum, Min, MinMax, MinNum, Monoid, Number, Ordered, Pixel, Rankable, Real, Summable, Total, Wrap,
    WrappingProduct, WrappingSum, monoid,
};
pub(crate) use reduce::{Pairwise, Powers, cell_counts, short_window};
pub use windows::{AnyWindows, Windows};
