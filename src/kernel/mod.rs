//! Loops over plain memory; they know no windows.

pub(crate) mod contract;
mod copy;
#[allow(dead_code)] // its loops are those of the reductions
pub(crate) mod level;

pub(crate) use copy::copy_block;
