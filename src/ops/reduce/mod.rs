//! Reductions of windows: separable, one axis at a time, at a cost that does not grow with the window.

mod across;
mod along;
mod arg;
mod block;
mod cells;
mod chain;
mod choice;
mod engine;
mod exact;
mod largest;
mod line;
mod methods;
mod moments;
mod monoid;
mod norm;
mod number;
mod order;
mod pool;
mod ranges;
mod rankable;
mod reading;
mod rounded;
mod sink;
mod tiles;
mod total;
mod tree;
mod worker;

pub(crate) use arg::Search;
pub(crate) use block::{cell_counts, short_window};
pub use moments::Real;
pub(crate) use monoid::Pairwise;
pub use monoid::{Closures, Max, MaxNum, Min, MinMax, MinNum, Monoid, WrappingProduct, WrappingSum, monoid};
pub(crate) use norm::Powers;
pub use number::{Number, Ordered, Summable, Total, Wrap};
pub use rankable::Rankable;
pub use rounded::Pixel;
