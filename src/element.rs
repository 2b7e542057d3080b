//! What an element must be able to do.

/// An element that windows can copy: plain data with a zero.
///
/// Implemented for everything that is `Copy + Default + Send + Sync + 'static`: numbers, `bool`, `char`, and pixel
/// structs that derive these. `T::default()` is what an empty cell reads as when nothing else was asked for.
/// Views do not need it: a [`View`](crate::View) holds elements of any type.
pub trait Element: Copy + Default + Send + Sync + 'static {}

impl<T: Copy + Default + Send + Sync + 'static> Element for T {}
