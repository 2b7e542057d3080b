//! Loops over plain memory; they know no windows.

mod copy;

pub(crate) use copy::copy_block;
