//! The loops of convolution: one product of weights with a strip that windows lie on, in two shapes of block.
//!
//! Both take products in the order they are given and cut sums alike (`sum.rs`), so they give the same bits, at AVX2 and at
//! AVX-512, which round a product and its addition once. The baseline, without that instruction, rounds both: its floats may
//! differ in the last places, and nothing else differs.

mod boxes;
mod finish;
pub(super) mod lanes;
mod rows;
mod strip;
mod sum;
mod tile;
mod turn;

pub(crate) use boxes::{Cut, OutBox, Places, each_box};
pub(crate) use finish::Finish;
pub use lanes::Scalar;
pub(crate) use rows::Rows;
pub(crate) use strip::{Along, read_along, read_block};
pub(crate) use sum::{block, carry};
pub(crate) use tile::{Tile, rows as tile_rows, widths};
