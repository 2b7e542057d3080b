//! How numbers may be given: one for all axes, or one per axis.

use super::{Dims, PadMode, Tail};
use crate::error::{Error, Result};
use alloc::vec::Vec;
use core::ops::RangeFull;
use smallvec::SmallVec;

/// One value for all axes, or one for each in the order of the request; not named outside of the crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PerAxis<T: Copy> {
    /// The same everywhere.
    One(T),
    /// One an axis.
    Each(SmallVec<[T; 3]>),
}

impl<T: Copy> PerAxis<T> {
    /// Whether the list, if it is one, has as many entries as axes are unfolded.
    #[inline]
    pub(crate) fn check(&self, what: &'static str, axes: usize) -> Result<()> {
        match self {
            PerAxis::Each(v) if v.len() != axes => Err(Error::CountMismatch { what, given: v.len(), axes }),
            _ => Ok(()),
        }
    }

    /// How many axes there are, where there is one number for each.
    #[inline]
    pub(crate) fn axes(&self) -> Option<usize> {
        match self {
            PerAxis::One(_) => None,
            PerAxis::Each(v) => Some(v.len()),
        }
    }

    /// The value of the `k`-th unfolded axis, after [`check`](Self::check).
    #[inline]
    pub(crate) fn at(&self, k: usize) -> T {
        match self {
            PerAxis::One(v) => *v,
            PerAxis::Each(v) => v[k],
        }
    }
}

/// The axes of a request; not named outside of the crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axes {
    /// Every axis of the array, in order.
    All,
    /// These, in this order; negative ones count from the end.
    List(SmallVec<[isize; 3]>),
}

/// Axes: one number, an array, slice or vector of them, or `..` for all. Negative ones count from the end.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name axes",
    label = "write `0` or `-1`, `[0, 1]`, or `..` for all axes",
    note = "axes are `isize`, `i32` or `usize`, one or an array, slice or vector of them: `(0, 1)` is written `[0, 1]`"
)]
pub trait IntoAxes {
    /// The list.
    #[doc(hidden)]
    fn into_axes(self) -> Axes;
}

impl IntoAxes for RangeFull {
    fn into_axes(self) -> Axes {
        Axes::All
    }
}

macro_rules! axes {
    ($($from:ty => $convert:expr),+ $(,)?) => { $(
        impl IntoAxes for $from {
            #[inline]
            fn into_axes(self) -> Axes { Axes::List(SmallVec::from_slice(&[$convert(self)])) }
        }
        impl<const N: usize> IntoAxes for [$from; N] {
            #[inline]
            fn into_axes(self) -> Axes { self.as_slice().into_axes() }
        }
        impl<const N: usize> IntoAxes for &[$from; N] {
            #[inline]
            fn into_axes(self) -> Axes { self.as_slice().into_axes() }
        }
        impl IntoAxes for &[$from] {
            #[inline]
            fn into_axes(self) -> Axes { Axes::List(self.iter().map(|&a| $convert(a)).collect()) }
        }
        impl IntoAxes for &Vec<$from> {
            #[inline]
            fn into_axes(self) -> Axes { self.as_slice().into_axes() }
        }
        impl IntoAxes for Vec<$from> {
            #[inline]
            fn into_axes(self) -> Axes { self.as_slice().into_axes() }
        }
    )+ };
}

// An axis beyond `isize` is out of range of every array, and so is the largest `isize`.
axes!(isize => |a| a, i32 => |a: i32| a as isize, usize => signed);

/// One `T` for all unfolded axes, or an array, slice or vector with one an axis.
///
/// | `T` | what | given as |
/// | --- | --- | --- |
/// | `usize` | window, step, dilation | `usize` |
/// | `(isize, isize)` | pads | `isize`, `i32` or `usize` for both sides, `(before, after)`; negative pads crop |
/// | `(usize, usize)` | scales | `4` for four times the size, `(1, 2)` for half of it |
/// | `f64` | standard deviations | `f64` |
/// | [`PadMode`], [`Tail`] | what stands outside, what happens at the end | themselves |
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not one `{T}` for all axes, nor a list of one an axis",
    label = "write one value for all axes, or `[a, b]` with one an axis",
    note = "sizes are `usize`: `(3, 5)` is written `[3, 5]`, `3.0` is `3`, and a `u32` needs `as usize`",
    note = "pads are whole numbers or pairs: `1`, `[1, 2]` with one an axis, `(1, 2)` before and after, `[(1, 2), (0, 1)]`",
    note = "modes and tails are values: `PadMode::Reflect`, `Tail::Partial`"
)]
pub trait IntoPerAxis<T: Copy> {
    /// The values.
    #[doc(hidden)]
    fn into_per_axis(self) -> PerAxis<T>;
}

impl<T: Copy> IntoPerAxis<T> for PerAxis<T> {
    #[inline]
    fn into_per_axis(self) -> PerAxis<T> {
        self
    }
}

/// Implements [`IntoPerAxis`] for a value, and arrays, slices and vectors of it.
macro_rules! per_axis {
    ($($from:ty => $into:ty: $convert:expr;)+) => { $(
        impl IntoPerAxis<$into> for $from {
            #[inline]
            fn into_per_axis(self) -> PerAxis<$into> { PerAxis::One($convert(self)) }
        }
        impl<const N: usize> IntoPerAxis<$into> for [$from; N] {
            #[inline]
            fn into_per_axis(self) -> PerAxis<$into> { self.as_slice().into_per_axis() }
        }
        impl<const N: usize> IntoPerAxis<$into> for &[$from; N] {
            #[inline]
            fn into_per_axis(self) -> PerAxis<$into> { self.as_slice().into_per_axis() }
        }
        impl IntoPerAxis<$into> for &[$from] {
            #[inline]
            fn into_per_axis(self) -> PerAxis<$into> { PerAxis::Each(self.iter().map(|&v| $convert(v)).collect()) }
        }
        impl IntoPerAxis<$into> for &Vec<$from> {
            #[inline]
            fn into_per_axis(self) -> PerAxis<$into> { self.as_slice().into_per_axis() }
        }
        impl IntoPerAxis<$into> for Vec<$from> {
            #[inline]
            fn into_per_axis(self) -> PerAxis<$into> { self.as_slice().into_per_axis() }
        }
    )+ };
}

per_axis! {
    usize => usize: |v| v;
    isize => (isize, isize): |v| (v, v);
    i32 => (isize, isize): |v: i32| (v as isize, v as isize);
    usize => (isize, isize): |v| (signed(v), signed(v));
    (isize, isize) => (isize, isize): |v| v;
    (i32, i32) => (isize, isize): |v: (i32, i32)| (v.0 as isize, v.1 as isize);
    (usize, usize) => (isize, isize): |v: (usize, usize)| (signed(v.0), signed(v.1));
    usize => (usize, usize): |v| (v, 1);
    (usize, usize) => (usize, usize): |v| v;
    f64 => f64: |v| v;
    PadMode => PadMode: |v| v;
    Tail => Tail: |v| v;
}

/// Numbers beyond `isize` cannot be met; the plan refuses the largest one.
#[inline]
fn signed(v: usize) -> isize {
    isize::try_from(v).unwrap_or(isize::MAX)
}

/// A shape: an array, slice or vector of sizes, or one `usize` for a single axis.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shape",
    label = "write `[2, 3]`, or `6` for a single axis",
    note = "a shape is a `usize` or an array, slice or vector of `usize`: `(2, 3)` is written `[2, 3]`"
)]
pub trait IntoShape {
    /// The sizes, one an axis.
    fn sizes(&self) -> &[usize];
}

impl IntoShape for usize {
    #[inline]
    fn sizes(&self) -> &[usize] {
        core::slice::from_ref(self)
    }
}

macro_rules! shapes {
    ($([$($n:tt)*] $list:ty),+ $(,)?) => { $(
        impl<$($n)*> IntoShape for $list {
            #[inline]
            fn sizes(&self) -> &[usize] { &self[..] }
        }
    )+ };
}

shapes!([const N: usize] [usize; N], [const N: usize] &[usize; N], [] &[usize], [] Vec<usize>, [] &Vec<usize>);

/// The sizes of a shape, inline up to rank 6.
#[inline]
pub(crate) fn dims(shape: &impl IntoShape) -> Dims {
    Dims::from_slice(shape.sizes())
}
