//! Windows over the arrays of other crates: the lines of `docs/arrays.md`, run as they stand there, and a tiny ONNX model for
//! `src/main.rs` and the tests.

pub mod model;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/arrays.md")]
struct Arrays;
