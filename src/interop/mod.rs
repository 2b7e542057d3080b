//! Arrays of other crates, in and out, behind features.

#[cfg(feature = "ndarray")]
mod ndarray;
