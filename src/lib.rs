//! Sliding windows over N-dimensional arrays.
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code)]

extern crate alloc;

mod array;
mod element;
mod error;
pub mod front;
mod interop;
mod kernel;
mod ops;
mod spec;

pub use array::{Array, IntoView, IntoViewMut, Iter, IterMut, OuterIter, OuterIterMut, View, ViewMut};
pub use element::Element;
pub use error::{Error, Irregular, Result};
pub use front::{audio, image, nn, series, text};
pub use kernel::contract::Scalar;
pub use ops::{Accumulator, Fold, FoldElement, Folded, Merge, Taper, Tapers};
pub use ops::{PreparedConv, Rankable, Windows};
pub use spec::{
    Axes, AxisPlan, Cell, Dims, IntoAxes, IntoModes, IntoPads, IntoShape, IntoSizes, IntoTails, OutAxis, PadMode,
    PerAxis, Plan, Strides, Tail, Unfold, unfold,
};
