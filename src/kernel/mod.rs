//! Loops over plain memory; they know no windows.

pub(crate) mod contract;
mod copy;
pub(crate) mod level;

pub(crate) use copy::copy_block;
