//! What is asked, in numbers: requests and plans, without any data.

mod axis;
mod boxes;
mod chain;
mod cover;
#[cfg(feature = "serde")]
mod data;
mod lattice;
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

use smallvec::SmallVec;

pub use axis::{AxisPlan, Cell};
pub use chain::{Chain, Field};
pub use numbers::{IntoAxes, IntoPerAxis, IntoShape};
pub use pad::{PadMode, Tail};
pub use part::{Part, Parts};
pub use plan::{OutAxis, Plan};
pub use unfold::{Unfold, unfold};

pub(crate) use cover::gcd;
pub(crate) use numbers::{Axes, PerAxis, dims};
pub(crate) use plan::{checked_len, checked_order, normal_axis};
pub(crate) use reads::{Piece, Reads};

/// Sizes, one an axis; inline up to rank 6.
pub(crate) type Dims = SmallVec<[usize; 6]>;
/// Strides in elements, signed, one an axis; inline up to rank 6.
pub(crate) type Strides = SmallVec<[isize; 6]>;

/// The longest line, span or shape that is accepted. A quarter of the address space leaves room to add two of them,
/// and to double one, without a check.
pub(crate) const LIMIT: usize = isize::MAX as usize / 4;

/// A list of `n` values, built in place of a loop of pushes: requests are made in tens of nanoseconds.
#[inline(always)]
pub(crate) fn list<T: Copy + Default>(n: usize, mut f: impl FnMut(usize) -> T) -> SmallVec<[T; 6]> {
    if n > 6 {
        return (0..n).map(f).collect();
    }
    let mut buffer = [T::default(); 6];
    for (k, slot) in buffer.iter_mut().enumerate().take(n) {
        *slot = f(k);
    }
    SmallVec::from_buf_and_len(buffer, n)
}
