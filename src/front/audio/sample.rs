//! The sample types of the operations that compute.

use crate::element::Element;
use crate::ops::row_loops::Plain;
use num_traits::{Float, FromPrimitive};

/// A sample that audio can compute with: `f32` or `f64`.
///
/// Framing alone ([`frames`](super::frames), [`Framer`](super::Framer)) takes any [`Element`].
pub trait Sample: Float + FromPrimitive + Element + Plain {}

impl Sample for f32 {}
impl Sample for f64 {}
