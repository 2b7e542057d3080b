//! What is asked, in numbers: requests and plans, without any data.

mod axis;
mod boxes;
mod chain;
mod cover;
#[cfg(feature = "serde")]
mod data;
mod lattice;
mod lists;
mod numbers;
mod pad;
mod part;
mod plan;
mod reads;
#[cfg(feature = "serde")]
mod spelling;
mod starts;
mod svg;
mod table;
mod unfold;

pub use axis::{AxisPlan, Cell};
pub use chain::{Chain, Field};
pub use numbers::{IntoAxes, IntoPerAxis, IntoShape};
pub use pad::{PadMode, Tail};
pub use part::{Part, Parts};
pub use plan::{OutAxis, Plan};
pub use unfold::{Unfold, unfold};

pub(crate) use lists::{Dims, LIMIT, Strides, advance, index_of, list, row_major, sort_few, unravel};
pub(crate) use numbers::{Axes, PerAxis, dims};
pub(crate) use plan::{checked_len, checked_order, normal_axis};
pub(crate) use reads::{Reads, Segment};
pub(crate) use starts::gcd;
pub(crate) use svg::tapers;
