//! Where elements lie: strided views of borrowed memory, and owned arrays.

mod layout;
mod owned;
mod raw;
mod source;
mod view;
mod view_mut;

pub use owned::Array;
pub(crate) use owned::checked_bytes;
pub use raw::{Iter, IterMut, OuterIter, OuterIterMut, View, ViewMut};
pub(crate) use raw::{SameBits, bits_mut};
pub use source::{IntoView, IntoViewMut};

pub(crate) use layout::{Picked, contiguous};
