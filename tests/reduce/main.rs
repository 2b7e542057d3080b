//! Reductions of windows against their definition.

#![allow(unreachable_pub)] // a test binary has no outside

mod checks;
mod golden;
mod grids;
mod levels;
mod oracle;
mod order;
mod random;
