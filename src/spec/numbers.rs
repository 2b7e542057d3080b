//! How numbers may be given: one for all axes, or one per axis.

use super::{Dims, PadMode, Tail};
use crate::error::{Error, Result};
use alloc::vec::Vec;
use core::ops::RangeFull;
use smallvec::SmallVec;

/// One value for all axes, or one for each in the order of the request.
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

/// The axes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axes {
    /// Every axis of the array, in order.
    All,
    /// These, in this order; negative ones count from the end.
    List(SmallVec<[isize; 3]>),
}

/// Axes: one number, an array, slice or vector of them, or `..` for all. Negative ones count from the end.
pub trait IntoAxes {
    /// The list.
    fn into_axes(self) -> Axes;
}

impl IntoAxes for RangeFull {
    fn into_axes(self) -> Axes {
        Axes::All
    }
}

impl IntoAxes for Axes {
    fn into_axes(self) -> Axes {
        self
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

/// Makes a trait of one method with implementations for a value, arrays, slices and vectors of it.
macro_rules! per_axis {
    ($(#[$doc:meta])* $trait:ident, $method:ident, $out:ty, $($from:ty => $convert:expr),+ $(,)?) => {
        $(#[$doc])*
        pub trait $trait {
            /// The numbers.
            fn $method(self) -> PerAxis<$out>;
        }
        impl $trait for PerAxis<$out> {
            #[inline]
            fn $method(self) -> PerAxis<$out> { self }
        }
        $(
            impl $trait for $from {
                #[inline]
                fn $method(self) -> PerAxis<$out> { PerAxis::One($convert(self)) }
            }
            impl<const N: usize> $trait for [$from; N] {
                #[inline]
                fn $method(self) -> PerAxis<$out> { PerAxis::Each(self.iter().map(|&v| $convert(v)).collect()) }
            }
            impl<const N: usize> $trait for &[$from; N] {
                #[inline]
                fn $method(self) -> PerAxis<$out> { PerAxis::Each(self.iter().map(|&v| $convert(v)).collect()) }
            }
            impl $trait for &[$from] {
                #[inline]
                fn $method(self) -> PerAxis<$out> { PerAxis::Each(self.iter().map(|&v| $convert(v)).collect()) }
            }
            impl $trait for &Vec<$from> {
                #[inline]
                fn $method(self) -> PerAxis<$out> { self.as_slice().$method() }
            }
            impl $trait for Vec<$from> {
                #[inline]
                fn $method(self) -> PerAxis<$out> { self.as_slice().$method() }
            }
        )+
    };
}

/// Numbers beyond `isize` cannot be met; the plan refuses the largest one.
#[inline]
fn signed(v: usize) -> isize {
    isize::try_from(v).unwrap_or(isize::MAX)
}

per_axis!(
    /// Sizes (window, step, dilation): one `usize` for all axes, or an array, slice or vector with one an axis.
    IntoSizes, into_sizes, usize, usize => |v| v
);
per_axis!(
    /// Pads: one number, one an axis, one `(before, after)`, or one `(before, after)` an axis. Negative pads crop.
    IntoPads, into_pads, (isize, isize),
    isize => |v| (v, v),
    i32 => |v: i32| (v as isize, v as isize),
    usize => |v| (signed(v), signed(v)),
    (isize, isize) => |v| v,
    (i32, i32) => |v: (i32, i32)| (v.0 as isize, v.1 as isize),
    (usize, usize) => |v: (usize, usize)| (signed(v.0), signed(v.1)),
);
per_axis!(
    /// Pad modes: one for all axes, or one an axis.
    IntoModes, into_modes, PadMode, PadMode => |v| v
);
per_axis!(
    /// Tails: one for all axes, or one an axis.
    IntoTails, into_tails, Tail, Tail => |v| v
);

/// A shape: an array, slice or vector of sizes, or one `usize` for a single axis.
pub trait IntoShape {
    /// The sizes.
    fn into_shape(self) -> Dims;
}

impl IntoShape for usize {
    #[inline]
    fn into_shape(self) -> Dims {
        Dims::from_slice(&[self])
    }
}

impl<const N: usize> IntoShape for [usize; N] {
    #[inline]
    fn into_shape(self) -> Dims {
        Dims::from_slice(&self)
    }
}

impl<const N: usize> IntoShape for &[usize; N] {
    #[inline]
    fn into_shape(self) -> Dims {
        Dims::from_slice(self)
    }
}

impl IntoShape for &[usize] {
    #[inline]
    fn into_shape(self) -> Dims {
        Dims::from_slice(self)
    }
}

impl IntoShape for &Vec<usize> {
    fn into_shape(self) -> Dims {
        Dims::from_slice(self)
    }
}

impl IntoShape for Vec<usize> {
    fn into_shape(self) -> Dims {
        Dims::from_vec(self)
    }
}

impl IntoShape for Dims {
    fn into_shape(self) -> Dims {
        self
    }
}

impl IntoShape for &Dims {
    fn into_shape(self) -> Dims {
        self.clone()
    }
}
