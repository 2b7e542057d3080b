//! The loops of convolution: one product of weights with a strip that windows lie on, in two shapes of block.

mod boxes;
mod lanes;
mod rows;
mod strip;
mod tile;
mod turn;

pub(crate) use boxes::{Cut, Finish, OutBox, Places, each_box};
pub use lanes::Scalar;
pub(crate) use rows::Rows;
pub(crate) use strip::{Along, read_along, read_block};
pub(crate) use tile::{Tile, rows as tile_rows, widths};
