//! Thin fronts that speak one field's words and call the core.

pub mod audio;
mod grouped;
pub mod image;
pub mod nn;
pub mod series;
pub mod text;
