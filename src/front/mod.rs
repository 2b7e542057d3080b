//! Thin fronts that speak one field's words and call the core.

pub mod image;
