//! The loops of convolution: one product of weights with a strip that windows lie on, in two shapes of block.

mod boxes;
mod lanes;
mod rows;
mod strip;
mod tile;

pub(crate) use boxes::{Cut, Finish, OutBox, each_box};
pub use lanes::Scalar;
pub(crate) use rows::Rows;
pub(crate) use strip::read_along;
pub(crate) use tile::{Tile, rows as tile_rows, widths};
