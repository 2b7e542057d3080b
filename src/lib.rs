//! Sliding windows over N-dimensional arrays.
//!
//! ```text
//! unfold(axes, window, step)         Unfold     what is asked: numbers per axis, no data, no shape
//!    .plan(shape)?                   Plan       where the windows lie on that shape
//!    .windows(&array)?               Windows    the plan over real elements; nothing copied
//!         .view()?                   View       gather without copying: one strided N-d view
//!         .to_array() .copy_into()   Array      gather with copying, in any axis order
//!         .max() .sum() .mean() ...  Array      reduce
//!         .masked(&mask)?            Masked     reduce, of the cells of a mask alone
//!         .conv(..)                  Array      contract
//!         .map(..) .map_into(..)     Array      any function of a window
//!    plan.fold(&patches)?            Array      fold: the way back
//! ```
//!
//! A verb is a method that runs at once and gives its result (`windows.conv(&weights)?`, `plan.fold(&patches)?`). The same
//! name with `_into` writes into a buffer of the caller's; with `prepare_` before it, it does once whatever does not depend on
//! the elements, and what it gives has the verb's two forms again: [`Plan::prepare_conv`], [`Plan::prepare_fold`].
//!
//! | word | meaning |
//! | --- | --- |
//! | axis, shape, rank | as in NumPy and `ndarray`; axes may be negative (count from the end) |
//! | stride | memory only: elements between neighbours along an axis (signed) |
//! | window | size of the window along an axis, in elements |
//! | step | distance between the starts of neighbouring windows |
//! | dilation | distance between neighbouring elements inside a window |
//! | span | extent a window covers: `(window - 1) * dilation + 1` |
//! | base dilation | holes put between the elements of the input |
//! | pad before / after | elements imagined outside the array |
//! | grid | how many windows there are along each axis |
//! | tail | what happens to the elements behind the last whole window |
//! | empty | a cell of a window that holds no element |
//!
//! ```
//! use ndwindow::{View, unfold};
//!
//! let pixels: Vec<u8> = (0..48).collect();
//! let image = View::new(&pixels, [4, 4, 3])?; // height, width, channels
//! let patches = unfold([0, 1], 2, 2).grid_first().windows(&image)?.view()?;
//! assert_eq!(patches.shape(), [2, 2, 2, 2, 3]);
//! assert_eq!(patches.strides(), [24, 6, 12, 3, 1]);
//! assert_eq!(patches.as_ptr(), pixels.as_ptr()); // nothing was copied
//! # Ok::<(), ndwindow::Error>(())
//! ```
//!
//! The fronts speak one field's words and call the same core: [`image`] (patches, filters), [`nn`] (columns, pooling,
//! convolution), [`audio`] (frames, streams, spectra), [`text`] and [`series`].
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))] // says beside an item which feature it needs
#![deny(unsafe_code)]

extern crate alloc;

mod array;
mod element;
mod error;
mod front;
mod interop;
mod kernel;
mod ops;
mod spec;

pub use array::{Array, IntoView, IntoViewMut, Iter, IterMut, OuterIter, OuterIterMut, View, ViewMut};
pub use element::Element;
pub use error::{Error, Irregular, Result};
pub use front::{audio, image, nn, series, text};
pub use ops::{
    AnyWindows, Fold, FoldElement, FoldPart, Mask, Masked, Max, MaxNum, Merge, Min, MinMax, MinNum, Monoid, Number,
    PreparedConv, Real, Scalar, Taper, Tapers, ValidWindows, Windows, WrappingProduct, WrappingSum, monoid,
};
pub use spec::{
    AxisPlan, Cell, Chain, Field, IntoAxes, IntoPerAxis, IntoShape, OutAxis, PadMode, Part, Parts, Plan, Tail, Unfold,
    unfold,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../docs/semantics.md")]
struct Semantics;

#[cfg(doctest)]
#[doc = include_str!("../docs/audio.md")]
struct Audio;

#[cfg(doctest)]
#[doc = include_str!("../docs/arrays.md")]
struct Arrays;

#[cfg(doctest)]
#[doc = include_str!("../docs/guide.md")]
struct Guide;

#[cfg(doctest)]
#[doc = include_str!("../docs/cookbook.md")]
struct Cookbook;
